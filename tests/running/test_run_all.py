"""A notebook run by hand, as Run All of JupyterLab does it, in a kernel and its own folder, writes a build's tables."""

import json
import os

import nbformat
import pytest
from nbclient import NotebookClient
from sampled import FUZZ

from fhi.codebook import tables as codebook
from fhi.paths import NOTEBOOKS
from fhi.running import notebooks, pipeline

STAGES = ("01_ingestion", "02_indicators", "03_weighting")


def run_all(stage, scenario):
    """Run a notebook in a kernel, from the folder that it stands in."""
    notebook = notebooks.for_scenario(notebooks.read(NOTEBOOKS / f"{stage}.ipynb"), scenario)
    read = nbformat.reads(json.dumps(notebook), as_version=4)
    client = NotebookClient(read, timeout=600, startup_timeout=300, kernel_name="python3")
    client.execute(cwd=str(NOTEBOOKS), env=dict(os.environ))


def tables(root, scenario):
    folder = root / "data/processed" / scenario
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.csv"))}


@pytest.mark.fuzz
@pytest.mark.parametrize("scenario", ["baseline", "hdi2021-undp"] if FUZZ else ["baseline"])
def test_run_all_writes_the_tables_of_a_build(scenario, built, tmp_path, monkeypatch):
    for name, run in (("by-hand", run_all), ("build", pipeline.run)):
        monkeypatch.setenv("FHI_OUT", str(tmp_path / name))
        # the baseline is built already
        for stage in STAGES if run is run_all or scenario != "baseline" else ():
            run(stage, scenario)
    found = tables(tmp_path / "by-hand", scenario)
    expected = tables(built.folder if scenario == "baseline" else tmp_path / "build", scenario)
    assert {"panel.csv", "normalised.csv", "scores.csv", "tables/framework.csv"} <= set(found)
    later = {name for name, row in codebook.tables().items() if row.stage not in STAGES}
    assert found == {name: content for name, content in expected.items() if name.removesuffix(".csv") not in later}
    # a record is left by the build of Make alone: what was run by hand is not taken for it
    assert not list((tmp_path / "by-hand/data/processed" / scenario).glob("stages/*"))
