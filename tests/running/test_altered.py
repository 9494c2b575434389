"""Altered results: every table of every stage, changed by hand, is named with its stage and stops what reads it."""

import os
import shutil

import pytest

from fhi import records
from fhi.codebook.tables import tables
from fhi.files import Files
from fhi.records import AlteredError, Change


@pytest.fixture(scope="module")
def copy(built, tmp_path_factory):
    """The outputs of the shared build, to be altered."""
    root = tmp_path_factory.mktemp("altered")
    for name in ("data/processed/baseline", "reports/baseline"):
        shutil.copytree(built.folder / name, root / name)
    files = Files("baseline", root)
    # what was copied has other dates: it is read once
    assert records.changes(files) == []
    return files


def alter(path):
    """Change one byte and neither the size nor the date of a file; return what stood there."""
    before, content = path.stat(), path.read_bytes()
    path.write_bytes(content[:-2] + (b"0" if content[-2:-1] != b"0" else b"1") + content[-1:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return content


def test_every_table_of_every_stage_is_named_when_it_is_altered(copy):
    written = {name: stage for stage, record in records.all_records(copy).items() for name in record["outputs"]}
    stages = {f"processed/{name}.csv": row.stage for name, row in tables().items() if row.stage[:2].isdigit()}
    always = {f"processed/{name}.csv": row.stage for name, row in tables().items() if "{" not in name}
    always = {name: stage for name, stage in always.items() if stage[:2].isdigit() and "microdata" not in name}
    assert always.items() <= written.items()
    for name in [name for name in written if name in stages or name.startswith("processed/tables/")]:
        path = records.place(copy, name)
        content = alter(path)
        assert records.changes(copy) == [Change(name, written[name], "changed")], name
        with pytest.raises(AlteredError, match=f"was changed after {written[name]} wrote it; `make report`"):
            records.require(copy)
        path.write_bytes(content)
    assert records.changes(copy) == []


@pytest.mark.parametrize(
    "name, stage",
    [
        ("processed/scenario.yml", "check"),
        ("reports/figures/p21-adoption.zh.svg", "07_charting"),
        ("reports/notebooks/03_weighting.ipynb", "03_weighting"),
        ("reports/report.html", "page"),
        ("reports/report.en.pdf", "pdf"),
        ("reports/manifest.json", "manifest"),
    ],
)
def test_a_picture_a_page_and_a_notebook_are_named_and_made_again(copy, name, stage):
    path = records.place(copy, name)
    content = alter(path)
    stages, notes = records.to_run(copy, [])
    assert stages == [stage] and stage in notes[0]
    path.unlink()
    assert records.to_run(copy, [])[0] == [stage]
    path.write_bytes(content)
    assert records.to_run(copy, []) == ([], [])


def test_a_notebook_that_was_run_by_hand_is_run_again(copy):
    path = copy.root / records.record_path(copy, "03_weighting")
    content = path.read_bytes()
    path.unlink()
    stages, notes = records.to_run(copy, [])
    assert stages == ["03_weighting"] and "run by hand" in notes[0]
    path.write_bytes(content)


def test_what_is_accepted_is_entered_in_the_record_and_told(copy):
    path = records.place(copy, "processed/scores.csv")
    kept = (copy.root / records.record_path(copy, "03_weighting")).read_bytes()
    content = alter(path)
    with pytest.raises(AlteredError, match=r"ACCEPT=score\.csv.*did you mean scores\.csv"):
        records.to_run(copy, ["score.csv"])
    assert records.to_run(copy, ["scores.csv"])[0] == ["03_weighting"]
    assert records.accept(copy, "03_weighting", ["ranks.csv"]) == []
    assert records.accept(copy, "03_weighting", ["scores.csv"]) == ["scores.csv"]
    assert records.altered(copy) == ["scores.csv"]
    records.require(copy)
    # asked for again, nothing is to do; not asked for, it is computed anew; changed once more, it is not accepted
    assert records.to_run(copy, ["scores.csv"]) == ([], [])
    assert records.to_run(copy, [])[0] == ["03_weighting"]
    alter(path)
    with pytest.raises(AlteredError, match=r"scores\.csv was changed"):
        records.require(copy)
    path.write_bytes(content)
    (copy.root / records.record_path(copy, "03_weighting")).write_bytes(kept)
    assert records.changes(copy) == []


def test_a_file_that_changes_within_a_tick_of_the_clock_is_read_again(copy):
    path = records.place(copy, "processed/ranks.csv")
    content = path.read_bytes()
    path.write_bytes(content)
    sums = records.Sums(copy)
    sums.of("processed/ranks.csv")
    assert "processed/ranks.csv" not in sums.new and "processed/weights.csv" in sums.known
