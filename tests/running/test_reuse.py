"""Taking results over: only from the same content and the same parameters read, whole, and as if it had run."""

import json
import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from fhi import paths
from fhi.files import Files, digest
from fhi.records import AlteredError
from fhi.running import notebooks, pipeline, reuse
from fhi.scenarios import READS, Scenario

NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "execution_count": 1, "id": "cell-01", "outputs": [], "source": ['scenario = "baseline"']}
        | {"metadata": {"tags": ["parameters"]}},
    ],
    "metadata": {"kernelspec": {"name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of two stages and three scenarios in which stages are pretended to run."""
    monkeypatch.setattr(reuse, "ROOT", tmp_path)
    monkeypatch.setattr(reuse, "load_scenario", lambda name: Project.methods[name])
    monkeypatch.setattr(paths, "SCENARIOS", tmp_path / "scenarios")
    return Project(tmp_path)


class Project:
    methods = {  # noqa: RUF012
        "baseline": Scenario(),
        "equal": Scenario(weighting="equal"),
        "rank": Scenario(normalisation="rank"),
        "judged": Scenario(weighting={"method": "budget-allocation", "experts": "points/a.csv"}),
    }

    def __init__(self, root):
        self.root = root
        for name, text in {"raw.csv": "1", "code.py": "x = 1", "scenarios/points/a.csv": "node,A"}.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def prerequisites(self, stage, scenario):
        before = {"01_ingestion": [], "02_indicators": ["01_ingestion"], "03_weighting": ["02_indicators"]}[stage]
        executed = [str(self.root / f"reports/{scenario}/notebooks/{name}.ipynb") for name in before]
        own = {"01_ingestion": "raw.csv", "02_indicators": "code.py", "03_weighting": "code.py"}[stage]
        return [str(self.root / own), *executed, str(self.root / f"data/processed/{scenario}/scenario.yml")]

    def cause(self, stage, scenario):
        return reuse.cause(stage, Files(scenario, self.root), self.prerequisites(stage, scenario))

    def run(self, stage, scenario, outputs=("a.csv",), text="result"):
        """Take a stage over, or pretend to run it; return the scenario that it is from, None if it ran."""
        files = Files(scenario, self.root)
        found = self.cause(stage, scenario)
        source = reuse.take_over(found, files)
        if source is None:
            staging = self.root / "staging"
            for name in outputs:
                self.write(f"staging/data/processed/{scenario}/{stage}/{name}", f"{text} of {name}")
            executed = f"reports/{scenario}/notebooks/{stage}.ipynb"
            notebook = notebooks.encode(notebooks.for_scenario(NOTEBOOK, scenario))
            self.write(f"staging/{executed}", notebook.decode())
            reuse.write_record(found, files, staging)
            files.put_in_place(staging, last=executed)
        return source

    def result(self, stage, scenario, name="a.csv"):
        return self.root / f"data/processed/{scenario}/{stage}/{name}"


def test_the_same_content_and_parameters_are_taken_over(project):
    assert project.run("01_ingestion", "baseline") is None
    assert project.run("01_ingestion", "equal") == "baseline"
    assert project.result("01_ingestion", "equal").read_bytes() == b"result of a.csv"
    executed = project.root / "reports/equal/notebooks/01_ingestion.ipynb"
    assert notebooks.read(executed)["cells"][1]["source"] == ["# Parameters\n", 'scenario = "equal"\n']
    # what was taken over can be taken over again
    record = project.root / "data/processed/equal/stages/01_ingestion.json"
    assert json.loads(record.read_text(encoding="utf-8"))["inputs"] == {"raw.csv": digest(b"1")}


def test_a_later_date_alone_reruns_nothing(project):
    project.run("01_ingestion", "baseline")
    executed = project.root / "reports/baseline/notebooks/01_ingestion.ipynb"
    os.utime(executed, (0, 0))
    os.utime(project.root / "raw.csv", (9e8, 9e8))
    assert project.run("01_ingestion", "baseline") == "baseline"
    # what Make compares is now newer
    assert executed.stat().st_mtime > 9e8


def test_other_content_runs(project):
    project.run("01_ingestion", "baseline")
    project.write("raw.csv", "2")
    assert project.run("01_ingestion", "baseline") is None
    assert project.run("01_ingestion", "equal") == "baseline"


def test_a_parameter_matters_to_the_stages_that_read_it_and_to_no_other(project):
    for stage in ("01_ingestion", "02_indicators", "03_weighting"):
        assert project.run(stage, "baseline") is None
    assert [project.run(stage, "equal") for stage in ("01_ingestion", "02_indicators", "03_weighting")] == [
        "baseline",
        "baseline",
        None,
    ]
    assert [project.run(stage, "rank") for stage in ("01_ingestion", "02_indicators")] == ["baseline", None]


def test_what_a_stage_far_above_wrote_matters(project):
    for stage in ("01_ingestion", "02_indicators", "03_weighting"):
        project.run(stage, "baseline")
    project.write("raw.csv", "2")
    assert project.run("01_ingestion", "baseline", text="another result") is None
    # the second stage writes what it wrote before, and the third reads the first's tables too
    assert project.run("02_indicators", "baseline") is None
    assert project.run("03_weighting", "baseline") is None


def test_a_table_that_the_scenario_names_matters(project):
    for stage in ("01_ingestion", "02_indicators", "03_weighting"):
        project.run(stage, "judged")
    assert "scenarios/points/a.csv" in project.cause("03_weighting", "judged")["inputs"]
    project.write("scenarios/points/a.csv", "node,B")
    assert project.run("02_indicators", "judged") == "judged"
    assert project.run("03_weighting", "judged") is None


@pytest.mark.parametrize("damage", ["changed", "deleted"])
def test_results_that_are_not_as_they_were_written_are_not_taken_over(project, damage):
    project.run("01_ingestion", "baseline")
    path = project.result("01_ingestion", "baseline")
    path.write_bytes(b"by hand") if damage == "changed" else path.unlink()
    assert project.run("01_ingestion", "equal") is None
    # and the damaged stage itself finds a whole copy
    assert project.run("01_ingestion", "baseline") == "equal"
    assert path.read_bytes() == b"result of a.csv"


def test_a_stage_reads_no_altered_table_unless_it_is_accepted(project, monkeypatch):
    for stage in ("01_ingestion", "02_indicators"):
        project.run(stage, "baseline")
    path = project.result("01_ingestion", "baseline")
    path.write_bytes(b"by hand")
    for stage in ("02_indicators", "03_weighting"):
        with pytest.raises(AlteredError, match=r"01_ingestion/a\.csv was changed after 01_ingestion wrote it"):
            project.cause(stage, "baseline")
    monkeypatch.setenv("ACCEPT", "01_ingestion/a.csv")
    files = Files("baseline", project.root)
    assert reuse.accept(project.cause("01_ingestion", "baseline"), files) == ["01_ingestion/a.csv"]
    assert project.run("02_indicators", "baseline", text="of altered") is None
    # no other scenario takes it over, and without ACCEPT the stage is computed anew
    assert project.run("01_ingestion", "equal") is None
    assert project.run("01_ingestion", "baseline") == "equal"
    assert path.read_bytes() == b"result of a.csv" and project.run("02_indicators", "baseline") is None


def test_what_is_altered_is_not_kept_when_the_stage_must_run_for_another_reason(project, monkeypatch):
    project.run("01_ingestion", "baseline")
    project.result("01_ingestion", "baseline").write_bytes(b"by hand")
    project.write("raw.csv", "2")
    monkeypatch.setenv("ACCEPT", "01_ingestion/a.csv")
    with pytest.raises(AlteredError, match="cannot be kept as altered: what 01_ingestion reads has changed too"):
        reuse.accept(project.cause("01_ingestion", "baseline"), Files("baseline", project.root))


@pytest.mark.parametrize("moves", range(4))
def test_a_run_that_ends_while_its_files_are_put_in_place_leaves_whole_files_and_is_run_again(
    project, monkeypatch, moves
):
    names, before = ("a.csv", "b.csv"), []
    project.run("01_ingestion", "baseline", outputs=names)
    project.write("raw.csv", "2")
    replace = Path.replace

    def move(self, target):
        if len(before) == moves:
            raise KeyboardInterrupt
        before.append(target)
        return replace(self, target)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "replace", move)
        project.run("01_ingestion", "baseline", outputs=names, text="new result")
    found = [project.result("01_ingestion", "baseline", name).read_text() for name in names]
    assert found == [f"{'new result' if place < moves else 'result'} of {name}" for place, name in enumerate(names)]
    project.run("01_ingestion", "baseline", outputs=names, text="new result")
    found = [project.result("01_ingestion", "baseline", name).read_text() for name in names]
    assert found == [f"new result of {name}" for name in names]


def test_a_stage_after_one_without_a_record_waits_for_it(project):
    project.run("01_ingestion", "baseline")
    (project.root / "data/processed/baseline/stages/01_ingestion.json").unlink()
    with pytest.raises(AlteredError, match="01_ingestion left no record"):
        project.cause("02_indicators", "baseline")
    assert reuse.cause("01_ingestion", Files("baseline", project.root), []) is None
    assert reuse.take_over(None, Files("baseline", project.root)) is None


@pytest.mark.parametrize("broken", [b"{", "城".encode()[:2]])
def test_a_broken_record_is_no_record(project, broken):
    project.run("01_ingestion", "baseline")
    (project.root / "data/processed/baseline/stages/01_ingestion.json").write_bytes(broken)
    assert project.run("01_ingestion", "equal") is None


def test_a_file_behind_a_link_out_of_the_checkout_counts_by_its_content(project, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("share") / "raw.csv"
    elsewhere.write_text("1", encoding="utf-8")
    (project.root / "raw.csv").unlink()
    (project.root / "raw.csv").symlink_to(elsewhere)
    project.run("01_ingestion", "baseline")
    assert project.run("01_ingestion", "equal") == "baseline"
    elsewhere.write_text("2", encoding="utf-8")
    assert project.run("01_ingestion", "equal") is None


def test_the_outputs_of_a_notebook_are_no_part_of_its_content(project):
    path = project.write("notebooks/n.ipynb", json.dumps(NOTEBOOK))
    before = reuse._content(path)
    with_outputs = {**NOTEBOOK, "cells": [NOTEBOOK["cells"][0] | {"outputs": [1], "execution_count": 7}]}
    assert reuse._content(project.write("notebooks/n.ipynb", json.dumps(with_outputs))) == before
    other = {**NOTEBOOK, "cells": [NOTEBOOK["cells"][0] | {"source": ["scenario = 1"]}]}
    assert reuse._content(project.write("notebooks/n.ipynb", json.dumps(other))) != before


def test_the_keys_that_stages_read_exist():
    assert set().union(*READS.values()) <= set(Scenario.model_fields)


@pytest.fixture
def write_notebook(tmp_path, monkeypatch):
    """Return a function that writes a notebook of the given cells where the pipeline looks for notebooks."""
    monkeypatch.setattr(pipeline, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setenv("FHI_OUT", str(tmp_path / "out"))
    (tmp_path / "notebooks").mkdir()

    def write(*cells):
        first = new_code_cell('scenario = "baseline"')
        first.metadata["tags"] = ["parameters"]
        notebook = new_notebook(cells=[first, *map(new_code_cell, cells)])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, tmp_path / "notebooks/one.ipynb")

    return write


@pytest.mark.slow
def test_a_notebook_taken_over_is_the_one_that_would_have_been_executed(write_notebook):
    write_notebook("import pandas as pd\nprint('several')\npd.DataFrame({'a': [1]})", "1 + 1")
    baseline = notebooks.read(pipeline.run("one", "baseline"))
    for name in ("equal", "方案_1", '"; raise SystemExit #\\'):
        executed = pipeline.run("one", name).read_bytes()
        assert notebooks.encode(notebooks.for_scenario(baseline, name)) == executed
        # and back
        back = notebooks.for_scenario(json.loads(executed), "baseline")
        assert notebooks.encode(back) == notebooks.encode(baseline)


@pytest.mark.slow
def test_a_run_by_hand_leaves_no_record(write_notebook, tmp_path):
    write_notebook("1 + 1")
    cause = {"stage": "one", "parameters": {}, "python": "3", "inputs": {}}
    record = tmp_path / "out/data/processed/baseline/stages/one.json"
    pipeline.run("one", "baseline", cause=cause)
    assert set(json.loads(record.read_text(encoding="utf-8"))["outputs"]) == {"reports/notebooks/one.ipynb"}
    pipeline.run("one", "baseline")
    assert not record.exists()
