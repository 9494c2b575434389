"""The manifest: every input and output with its checksum, versions, counts, and no time."""

import hashlib
import json
import subprocess

import pandas as pd
import pytest

from fhi.editions.catalogue import raw_files
from fhi.paths import RAW, ROOT
from fhi.showing.report import manifest
from fhi.showing.report.manifest import summary
from fhi.store import Store


@pytest.fixture(scope="module")
def written(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_every_raw_file_is_listed_with_its_checksum(written):
    for file in [*raw_files(), "sources.csv"]:
        assert written["inputs"][f"data/raw/{file}"] == hashlib.sha256((RAW / file).read_bytes()).hexdigest()
    assert "notebooks/scenarios/baseline.yml" in written["inputs"] and "requirements.lock" in written["inputs"]


def test_every_output_is_listed_with_its_checksum(written, built):
    found = {
        path.relative_to(built.folder).as_posix()
        for name in ("data/processed", "reports")
        for path in (built.folder / name).rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert set(written["outputs"]) == found
    for name in ("reports/baseline/report.html", "reports/baseline/report.en.pdf", "data/processed/baseline/ranks.csv"):
        assert written["outputs"][name] == hashlib.sha256((built.folder / name).read_bytes()).hexdigest()


def test_a_picture_of_a_figure_that_is_gone_is_no_output(tmp_path):
    store = Store("baseline", root=tmp_path)
    store.write("figures", pd.DataFrame({"id": ["p05-top20"]}))
    drawn, gone = (
        store.write_bytes(f"reports/baseline/figures/{id}.zh.svg", b"<svg/>") for id in ("p05-top20", "p99-gone")
    )
    found = manifest.outputs(store)
    assert drawn in found and gone not in found


def test_evidence_is_counted(written, built):
    counts = written["evidence"]
    assert sum(counts["panel"].values()) == len(built.store()["panel"])
    assert counts["figures"]["identified"] == built.store()["figures"]["evidence"].str.contains("identified").sum() > 0
    assert sum(written["verdicts"].values()) == len(built.store()["claims"])


def test_versions_are_those_installed(written):
    assert written["packages"]["pandas"] == pd.__version__
    assert {"jinja2", "typst", "matplotlib"} <= set(written["packages"])


def test_the_method_is_the_resolved_one(written):
    assert written["method"]["normalisation"]["method"] == "min-max"
    assert written["method"]["availability"] == {"0": 1.0}


def test_the_same_run_gives_the_same_manifest(written, built):
    again = manifest.build_manifest(built.store())
    # the checkout of the test is a copy; the commit is that of the code that runs
    assert json.loads(json.dumps(again))["outputs"] == written["outputs"]
    assert again["evidence"] == written["evidence"]


def test_a_commit_is_told_with_whether_files_differ(tmp_path):
    def git(*arguments):
        subprocess.run(
            ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@y", *arguments], check=True
        )

    assert manifest.commit(tmp_path) is None
    git("init", "-q")
    assert manifest.commit(tmp_path) is None
    (tmp_path / "a").write_text("1")
    git("add", "a")
    git("commit", "-qm", "x")
    found = manifest.commit(tmp_path)
    assert len(found["id"]) == 40 and found["modified"] is False
    # a file that was read and is not in the commit, or that git ignores, makes a build another; any other does not
    (tmp_path / "new").mkdir()
    (tmp_path / "new/edition.yml").write_text("1")
    (tmp_path / ".git/info/exclude").write_text("own/\n")
    (tmp_path / "own").mkdir()
    (tmp_path / "own/firms.csv").write_text("1")
    assert manifest.commit(tmp_path, ["a"]) == found
    for name in ("new/edition.yml", "own/firms.csv"):
        assert manifest.commit(tmp_path, ["a", name]) == found | {"modified": True, "not_in_commit": [name]}
    (tmp_path / "a").write_text("2")
    assert manifest.commit(tmp_path)["modified"] is True
    (tmp_path / "below").mkdir()
    assert manifest.commit(tmp_path / "below") is None


def test_without_git_there_is_no_commit(monkeypatch):
    monkeypatch.setattr(manifest.shutil, "which", lambda name: None)
    assert manifest.commit(ROOT) is None


def test_the_summary_names_what_was_made_the_figures_and_the_agreement(built):
    text = summary(built.store())
    for name in ("report.html", "report.zh.pdf", "report.en.pdf", "manifest.json"):
        assert name in text
    assert f"{len(built.store()['figures'])} in zh and en; by evidence: published " in text
    assert "experience 0.97" in text
    told = [line for line in text.splitlines() if line.startswith(("figures ", "agreement "))]
    for readme in ("README.md", "README.zh.md"):
        assert "\n".join(told) in (ROOT / readme).read_text(encoding="utf-8"), f"{readme} expects something else"
