"""Running a notebook: unknown parameters fail, a failing cell is named, older results stay, nothing changes by run."""

import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from fhi.engine.errors import MethodError
from fhi.processes import threads
from fhi.running import pipeline
from fhi.running.pipeline import NotebookError

HEADER = "from fhi.store import Store\nstore = Store(scenario)\n"


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """Return a function that writes a notebook of the given cells where the pipeline looks for notebooks."""
    monkeypatch.setattr(pipeline, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setenv("FHI_OUT", str(tmp_path / "out"))
    (tmp_path / "notebooks").mkdir()

    def write(name, *cells):
        parameters = new_code_cell('scenario = "baseline"\nlevel = 1')
        parameters.metadata["tags"] = ["parameters"]
        notebook = new_notebook(cells=[parameters, *map(new_code_cell, cells)])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, tmp_path / "notebooks" / f"{name}.ipynb")
        return tmp_path / "out"

    return write


def test_an_unknown_parameter_is_refused_with_the_nearest_name(notebooks):
    notebooks("one", "1 + 1")
    with pytest.raises(MethodError, match=r"one\.ipynb.*levle.*Did you mean level"):
        pipeline.run("one", "baseline", {"levle": 2})


@pytest.mark.slow
def test_a_parameter_reaches_the_notebook(notebooks):
    notebooks("one", "level * 10")
    executed = nbformat.read(pipeline.run("one", "baseline", {"level": 7}), as_version=4)
    assert executed.cells[-1].outputs[0]["data"]["text/plain"] == "70"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ['"; raise SystemExit #', "'''\nraise SystemExit\n'''", "\\", "{level}", "!touch made"]
)
def test_a_parameter_is_a_value_whatever_it_looks_like(notebooks, text):
    notebooks("one", "print(repr(level))")
    executed = nbformat.read(pipeline.run("one", "baseline", {"level": text}), as_version=4)
    assert executed.cells[-1].outputs[0]["text"] == f"{text!r}\n"


@pytest.mark.slow
def test_the_name_of_a_scenario_is_a_value_whatever_it_looks_like(notebooks):
    name = '"; raise SystemExit #'
    notebooks("one", "print(repr(scenario))")
    executed = nbformat.read(pipeline.run("one", name), as_version=4)
    assert executed.cells[-1].outputs[0]["text"] == f"{name!r}\n"


@pytest.mark.slow
def test_a_failing_cell_is_named_and_the_older_results_stay(notebooks):
    good = HEADER + 'store.write_bytes("reports/baseline/a.txt", b"old")'
    out = notebooks("one", good)
    pipeline.run("one", "baseline")
    notebooks("one", good.replace("old", "new"), 'raise ValueError("no such thing")')
    with pytest.raises(NotebookError, match=r"one\.ipynb, cell 3: ValueError: no such thing"):
        pipeline.run("one", "baseline")
    assert (out / "reports/baseline/a.txt").read_bytes() == b"old"
    assert [path.name for path in (out / "data/processed/baseline").iterdir()] == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted on Linux")
def test_a_stage_begins_no_thread(notebooks):
    # a process with a second thread is not copied for work side by side (fhi.processes.pool), but begun anew
    notebooks("one", "from fhi.processes import threads", "threads()")
    before = threads()
    executed = nbformat.read(pipeline.run("one", "baseline"), as_version=4)
    assert executed.cells[-1].outputs[0]["data"]["text/plain"] == str(before)


@pytest.mark.slow
def test_a_notebook_reads_what_it_has_just_written(notebooks):
    cell = HEADER + "import pandas as pd\n"
    cell += 'store.write("tables/t", pd.DataFrame({"row": [2, 1]}))\nStore(scenario)["tables/t"]["row"].tolist()'
    notebooks("one", cell)
    executed = nbformat.read(pipeline.run("one", "baseline"), as_version=4)
    assert executed.cells[-1].outputs[0]["data"]["text/plain"] == "[1, 2]"


@pytest.mark.slow
def test_two_runs_give_the_same_bytes(notebooks):
    notebooks("one", HEADER, "print(level)")
    first = pipeline.run("one", "baseline").read_bytes()
    assert pipeline.run("one", "baseline").read_bytes() == first


@pytest.mark.slow
def test_the_executed_notebook_is_newer_than_what_it_wrote(notebooks):
    out = notebooks("one", HEADER + 'store.write_bytes("reports/baseline/a.txt", b"x")')
    executed = pipeline.run("one", "baseline")
    assert executed.stat().st_mtime_ns >= (out / "reports/baseline/a.txt").stat().st_mtime_ns
