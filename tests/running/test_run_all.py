"""A notebook run by hand, as Run All of JupyterLab does it, in a kernel and its own folder, writes a build's tables."""

import json
import os

import nbformat
import pytest
from nbclient import NotebookClient

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


@pytest.mark.parametrize("scenario", ["baseline", "hdi2021-undp"])
def test_run_all_writes_the_tables_of_a_build(scenario, tmp_path, monkeypatch):
    for name, run in (("by-hand", run_all), ("build", pipeline.run)):
        monkeypatch.setenv("FHI_OUT", str(tmp_path / name))
        for stage in STAGES:
            run(stage, scenario)
    found, expected = tables(tmp_path / "by-hand", scenario), tables(tmp_path / "build", scenario)
    assert {"panel.csv", "normalised.csv", "scores.csv", "tables/framework.csv"} <= set(found)
    assert found == expected
    # a record is left by the build of Make alone: what was run by hand is not taken for it
    assert not list((tmp_path / "by-hand/data/processed" / scenario).glob("stages/*"))
