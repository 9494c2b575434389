"""Built files: tables that read back exactly, rows in order, a write that fails leaves the old file, staging first."""

import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi import files
from fhi.engine.errors import DataError
from fhi.files import STAGING, Files, replace_file
from fhi.store import Store, to_csv, with_names

FRAME = pd.DataFrame({"city": ["乙", "甲", "甲"], "year": [2017, 2018, 2017], "value": [0.1, 1 / 3, 1e-300]})
RAW = FRAME.assign(row=[2, 4, 3])


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.delenv(STAGING, raising=False)
    return Store("other", root=tmp_path)


def names_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
@example([0.1, 1 / 3, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 8.41e21, -0.0, 123456789.12345679])
def test_floats_read_back_exactly(tmp_path, values):
    frame = pd.DataFrame({"row": range(len(values)), "value": values})
    Store("other", root=tmp_path).write("tables/numbers", frame)
    found = Store("other", root=tmp_path)["tables/numbers"]["value"].astype(float)
    # hexadecimal shows every bit, the sign of zero too
    # but for the sign of a zero
    assert [value.hex() for value in found] == [(float(value) + 0.0).hex() for value in values]


def test_missing_numbers_stay_missing(store, tmp_path):
    store.write("tables/numbers", pd.DataFrame({"row": [1, 2], "value": [math.nan, 0.5]}))
    assert Store("other", root=tmp_path)["tables/numbers"]["value"].isna().tolist() == [True, False]


def test_a_table_is_written_as_the_contract_says(store, tmp_path):
    path = store.write("changes", FRAME.rename(columns={"year": "from"}).assign(node="gdp"))
    assert path == tmp_path / "data" / "processed" / "other" / "changes.csv"
    expected = "city,from,value,node\n乙,2017,0.1,gdp\n甲,2017,1e-300,gdp\n甲,2018,0.3333333333333333,gdp\n"
    assert path.read_bytes() == expected.encode("utf-8")


def test_rows_are_sorted_by_the_key_in_its_order(store):
    store.write("year_scores", FRAME.assign(node="gdp"))
    assert store["year_scores"][["year", "city"]].to_numpy().tolist() == [[2017, "乙"], [2017, "甲"], [2018, "甲"]]


def test_a_table_that_the_codebook_does_not_list_is_not_written(store):
    with pytest.raises(DataError, match=r"fhi/codebook/tables\.csv.*'rankz'.*or write 'ranks'"):
        store.write("rankz", FRAME)
    assert names_below(store.root) == []


def test_rows_of_one_key_keep_their_order(store):
    frame = pd.DataFrame({"row": [2, 1] * 20, "place": range(40)})
    store.write("tables/places", frame)
    assert store["tables/places"]["place"].tolist() == [*range(1, 40, 2), *range(0, 40, 2)]


def test_the_order_of_the_rows_does_not_show_in_the_file(store):
    straight = store.write("tables/one", RAW).read_bytes()
    assert store.write("tables/one", RAW.iloc[::-1]).read_bytes() == straight


def test_ingested_tables_are_written_in_the_order_of_their_rows(store):
    frame = pd.DataFrame({"row": [3, 2], "city": ["甲", "乙"]})
    store.write_tables({"tables/one": frame, "tables/two": frame.assign(row=[2, 3])})
    assert store["tables/one"]["city"].tolist() == ["乙", "甲"]
    assert store["tables/two"]["city"].tolist() == ["甲", "乙"]


def test_a_table_written_anew_is_read_anew(store):
    store.write("ranks", FRAME)
    assert len(store["ranks"]) == 3
    store.write("ranks", FRAME.head(1))
    assert len(store["ranks"]) == 1


def test_a_table_that_is_not_built_is_named_with_the_command_that_builds_it(store):
    with pytest.raises(DataError) as caught:
        store["scores"]
    (problem,) = caught.value.problems
    assert problem.file == "data/processed/other/scores.csv"
    assert "make report SCENARIO=other" in problem.remedy


def test_the_tables_of_a_store_are_listed_by_name(store):
    assert (list(store), len(store)) == ([], 0)
    store.write("ranks", FRAME)
    store.write("tables/adoption", RAW)
    store.write_bytes("data/processed/other/scenario.yml", b"")
    assert list(store) == ["ranks", "tables/adoption"]
    assert len(store) == 2
    assert list(Store("baseline", root=store.root)) == []


def test_a_store_answers_whether_it_has_a_table(store):
    store.write("ranks", FRAME)
    assert "ranks" in store
    assert "scores" not in store
    assert store.get("scores") is None


@pytest.mark.parametrize("broken", ["rename", "disk full"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(store, monkeypatch, broken):
    path = store.write("ranks", FRAME)
    before = path.read_bytes()

    def fail(*arguments, **options):
        raise OSError(broken)

    with monkeypatch.context() as patched:
        if broken == "rename":
            patched.setattr(Path, "replace", fail)
        else:
            patched.setattr(os, "fdopen", fail)
        with pytest.raises(OSError, match=broken):
            store.write("ranks", FRAME.head(1))
    assert path.read_bytes() == before
    assert names_below(store.root) == ["data/processed/other/ranks.csv"]


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = replace_file(tmp_path / "folder" / "a.txt", b"old")

    def interrupt(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "chmod", interrupt)
        with pytest.raises(KeyboardInterrupt):
            replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert names_below(tmp_path) == ["folder/a.txt"]


def test_a_file_is_finished_before_it_takes_its_name(tmp_path, monkeypatch):
    path = replace_file(tmp_path / "a.txt", b"old")
    seen = {}
    rename = Path.replace

    def watch(self, target):
        seen.update(before=path.read_bytes(), temporary=self.read_bytes(), folder=self.parent)
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", watch)
    replace_file(path, b"new")
    # in the same folder, so that the rename stays on one disk
    assert seen == {"before": b"old", "temporary": b"new", "folder": tmp_path}
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_a_file_has_the_rights_that_the_umask_leaves(tmp_path):
    # a temporary file is private; the finished one must not be
    before = os.umask(0o027)
    try:
        path = replace_file(tmp_path / "a.txt", b"")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_is_not_in_place_yet_is_no_table(store):
    store.write("ranks", FRAME)
    with store.staging("03_weighting") as staging:
        Store("other", root=staging).write("scores", FRAME)
        (store.root / store.processed / ".ranks.csv.x1.csv").touch()
        assert list(store) == ["ranks"]


def test_a_staging_folder_that_a_killed_run_left_is_removed_and_no_other(store):
    home = store.root / store.processed
    script = (
        "import os, sys, pathlib, fhi.files as f; m = f.Files('other', pathlib.Path(sys.argv[1])).staging('one');"
        "print(m.__enter__(), flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(store.root)], capture_output=True, text=True)
    left = Path(done.stdout.strip())
    with store.staging("one"):
        assert left.is_dir()  # it is young: it may be about to be locked
    past = left.stat().st_mtime - 2 * files.YOUNG
    os.utime(left, (past, past))
    with store.staging("other"):
        assert left.is_dir()  # another stage's
    with store.staging("one") as running:
        os.utime(running, (past, past))
        assert not left.exists()
        with store.staging("one"):
            assert running.is_dir()  # locked: it is in use
    assert list(home.iterdir()) == []


def test_a_temporary_file_that_a_killed_run_left_is_removed_when_the_file_is_written(store):
    path = store.write_bytes("reports/other/report.html", b"old")
    left, young, other = (path.with_name(f".{name}") for name in ("report.html.x1", "report.html.x2", "report.pdf.x1"))
    for file in (left, young, other):
        file.write_bytes(b"half")
    past = left.stat().st_mtime - 2 * files.YOUNG
    for file in (left, other):
        os.utime(file, (past, past))
    store.write_bytes("reports/other/report.html", b"new")
    assert (left.exists(), young.exists(), other.exists()) == (False, True, True)


def test_a_staged_file_is_read_first_and_written_first(tmp_path, monkeypatch):
    monkeypatch.delenv(STAGING, raising=False)
    root, staging = tmp_path / "root", tmp_path / "staging"
    plain = Store("other", root=root)
    plain.write("ranks", FRAME)
    plain.write("scores", FRAME)
    monkeypatch.setenv("FHI_STAGING", str(staging))
    staged = Store("other", root=root)
    assert len(staged["ranks"]) == 3  # nothing is staged yet
    staged.write("ranks", FRAME.head(1))
    staged.write("indicators", FRAME)
    assert len(staged["ranks"]) == 1
    assert len(staged["scores"]) == 3
    assert list(staged) == ["indicators", "ranks", "scores"]
    assert names_below(staging) == ["data/processed/other/indicators.csv", "data/processed/other/ranks.csv"]
    monkeypatch.delenv("FHI_STAGING")
    assert len(Store("other", root=root)["ranks"]) == 3
    assert list(Store("other", root=root)) == ["ranks", "scores"]


def test_files_stand_below_the_folder_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.delenv(STAGING, raising=False)
    monkeypatch.setenv("FHI_OUT", str(tmp_path))
    files = Files("other")
    assert (files.processed, files.reports) == ("data/processed/other", "reports/other")
    written = files.write_bytes("reports/other/a.txt", b"a")
    assert written == files.find("reports/other/a.txt") == tmp_path.resolve() / "reports" / "other" / "a.txt"
    assert files.find("reports/other/absent.txt") == tmp_path.resolve() / "reports" / "other" / "absent.txt"


def test_csv_has_no_index_plain_line_ends_and_shortest_exact_floats():
    frame = pd.DataFrame({"x": [0.1 + 0.2, 100.0, None], "y": ["a,b", 'c"d', "行"]}, index=[7, 8, 9])
    assert to_csv(frame) == 'x,y\n0.30000000000000004,"a,b"\n100.0,"c""d"\n,行\n'


def test_a_zero_has_no_sign_whatever_the_kind_of_the_column():
    frame = pd.DataFrame({"x": [-0.0, -1.5], "y": ["a", -0.0], "z": pd.array([-0.0, None], dtype="Float64")})
    assert to_csv(frame) == "x,y,z\n0.0,a,0.0\n-1.5,0.0,\n"
    twice = pd.DataFrame([[-0.0, -0.0]], columns=["x", "x"], index=[4])
    assert to_csv(twice) == "x,x\n0.0,0.0\n"
    assert to_csv(pd.DataFrame(columns=["a", "b"])) == "a,b\n"


def test_no_built_table_has_a_zero_with_a_sign(built):
    tables = [path for part in ("data/processed", "reports") for path in (built.folder / part).rglob("*.csv")]
    assert len(tables) > 100
    signed = re.compile(r"(^|,)-0(\.0*)?(e[-+]?\d+)?(,|$)", re.MULTILINE)
    assert [path.name for path in tables if signed.search(path.read_text(encoding="utf-8"))] == []


def test_a_shown_table_has_the_names_in_both_languages():
    units, nodes = pd.Series({"甲": "A", "乙": "B"}), pd.Series({"gdp": "生产总值"})
    shown = with_names(pd.DataFrame({"city": ["乙", "丙"], "node": ["gdp", "FHI"], "share": [1, 2]}), units, nodes)
    assert list(shown) == ["city", "city_en", "node", "node_zh", "share"]
    assert shown["city_en"].tolist()[0] == "B" and shown["city_en"].isna().tolist() == [False, True]
    # an index becomes a column; names that are the same in both languages stand once
    ranks = pd.DataFrame({"rank": [1]}, index=pd.Index(["Vilnius"], name="city"))
    assert list(with_names(ranks, pd.Series({"Vilnius": "Vilnius"}), nodes)) == ["city", "rank"]
    assert list(ranks) == ["rank"]
