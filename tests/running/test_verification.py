"""Comparing a build with what is expected: planted differences are found and told, and the data alone decide."""

import math

import pandas as pd
import pytest

from fhi.engine.errors import DataError
from fhi.running import verification
from fhi.running.verification import Difference, VerificationError, difference, failures, gap, verify, write_expected
from fhi.store import Store

RANKS = "city,FHI\n上海,2\n北京,1\n"
SCORES = "city,FHI\n上海,78.25\n北京,93.0\n"


@pytest.fixture
def store(tmp_path):
    """A build of two tables and one figure, with the page and one print."""
    store = Store("baseline", root=tmp_path / "out")
    for name, text in {"ranks": RANKS, "scores": SCORES}.items():
        store.write_bytes(f"{store.processed}/{name}.csv", text.encode())
    for name in ("figures/p05-top20.zh.svg", "figures/p05-top20.en.png", "report.html", "report.en.pdf"):
        store.write_bytes(f"{store.reports}/{name}", name.encode())
    store.write_bytes(f"{store.reports}/figures/p05-top20.csv", RANKS.encode())
    return store


@pytest.fixture
def expected(store, tmp_path):
    write_expected(store, tmp_path / "expected")
    return tmp_path / "expected"


def found(store, expected):
    return {check.name: check for check in verify(store, expected)}


def plant(store, name, old, new):
    path = store.root / store.processed / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_same_build_is_as_expected(store, expected):
    checks = verify(store, expected)
    assert [check.name for check in checks] == [
        "figures/p05-top20",
        "processed/ranks.csv",
        "processed/scores.csv",
        "report.en.pdf",
        "report.html",
    ]
    assert [check.data for check in checks] == ["identical"] * 3 + [""] * 2
    assert [check.pictures for check in checks] == ["identical", "", "", "identical", "identical"]
    verification.require(checks, store)
    text = verification.text(checks)
    assert "3 of 3 identical, 0 within 1e-09, 0 not as expected" in text
    assert "3 of 3 identical, page and print too" in text


def test_another_rank_decides(store, expected):
    plant(store, "ranks", "上海,2", "上海,3")
    check = found(store, expected)["processed/ranks.csv"]
    assert (check.data, check.largest) == ("differs", Difference(math.inf, "row 2, FHI: 2 expected, 3 built"))
    checks = verify(store, expected)
    assert "row 2, FHI: 2 expected, 3 built" in verification.text(checks)
    with pytest.raises(VerificationError, match=r"processed/ranks\.csv.*make expected SCENARIO=baseline"):
        verification.require(checks, store)


@pytest.mark.parametrize("share, verdict", [(1e-6, "differs"), (1.1e-9, "differs"), (1e-12, "within")])
def test_a_number_that_is_a_little_off(store, expected, share, verdict):
    plant(store, "scores", "78.25", repr(78.25 * (1 + share)))
    check = found(store, expected)["processed/scores.csv"]
    assert check.data == verdict
    assert check.largest.size == pytest.approx(share, rel=1e-2)
    assert check.largest.place.startswith("row 2, FHI: 78.25 expected, ")
    assert bool(failures([check])) == (verdict == "differs")
    assert f"{share:.0e}" in verification.text([check])


def test_the_largest_difference_is_told_not_the_first(store, expected):
    plant(store, "scores", "78.25", "78.250001")
    plant(store, "scores", "93.0", "90.0")
    assert found(store, expected)["processed/scores.csv"].largest.place == "row 3, FHI: 93.0 expected, 90.0 built"


def test_a_missing_and_an_extra_file_decide(store, expected):
    (store.root / store.processed / "ranks.csv").unlink()
    store.write_bytes(f"{store.processed}/more.csv", b"a\n1\n")
    checks = found(store, expected)
    assert (checks["processed/ranks.csv"].data, checks["processed/more.csv"].data) == ("missing", "not expected")
    assert [check.name for check in failures(verify(store, expected))] == ["processed/more.csv", "processed/ranks.csv"]


def test_an_altered_a_missing_and_an_extra_picture_inform(store, expected):
    folder = store.root / store.reports
    (folder / "figures/p05-top20.zh.svg").write_bytes(b"altered")
    (folder / "figures/p05-top20.en.png").unlink()
    (folder / "figures/p05-top20.zh.png").write_bytes(b"new")
    (folder / "report.html").write_bytes(b"altered")
    checks = found(store, expected)
    assert checks["figures/p05-top20"].pictures == "missing: en.png; not expected: zh.png; differs: zh.svg"
    assert checks["report.html"].pictures == "differs: html"
    assert checks["figures/p05-top20"].data == "identical"
    verification.require(verify(store, expected), store)


@pytest.mark.parametrize(
    "new, place",
    [
        ("city,FHI\n上海,78.25\n", "2 rows expected, 1 built"),
        ("city,FHI\n上海,78.25\n北京,93.0,\n", "2 rows expected, 2 built"),
        ("city,FHJ\n上海,78.25\n北京,93.0\n", "other columns"),
        ("city,FHI\n上海,78.25\n北平,93.0\n", "row 3, city: 北京 expected, 北平 built"),
        ("city,FHI\n上海,78.25\n北京,\n", "row 3, FHI: 93.0 expected, empty built"),
    ],
)
def test_another_shape_or_text_is_told(new, place):
    assert difference(new.encode(), SCORES.encode()) == Difference(math.inf, place)


def test_cells_are_compared_by_what_they_say():
    assert gap("1.0", "1") == 0  # equal numbers, written otherwise
    assert gap("1e-15", "-2e-16") == 0  # zero, rounded
    assert gap("1000000000000", "1000000000001") == math.inf  # whole numbers are equal or not
    assert gap("", "0") == gap("nan", "0.0") == gap("reproduced", "contradicted") == math.inf
    assert gap("2.0", "1.0") == gap("1.0", "2.0") == 0.5


def test_without_anything_expected_it_is_said_how_to_write_it(store, tmp_path):
    with pytest.raises(DataError, match="make expected SCENARIO=baseline"):
        verify(store, tmp_path / "nothing")


def test_what_is_expected_is_written_anew_as_a_whole(store, expected):
    assert write_expected(store, expected) == []
    plant(store, "ranks", "上海,2", "上海,3")
    (store.root / store.processed / "scores.csv").unlink()
    (store.root / store.reports / "report.html").write_bytes(b"altered")
    assert write_expected(store, expected) == ["checksums.csv", "processed/ranks.csv", "processed/scores.csv"]
    assert not (expected / "processed/scores.csv").exists()
    assert verify(store, expected)[0].data == "identical"


def test_a_build_is_what_is_committed(built):
    """What make verify asks of a fresh build; pictures may differ on another machine."""
    files = built.store()
    verification.require(verify(files, verification.EXPECTED / "baseline"), files)


def test_what_is_committed_is_small_and_holds_no_picture():
    paths = [path for path in verification.EXPECTED.rglob("*") if path.is_file()]
    assert {path.suffix for path in paths} == {".csv"}
    assert sum(path.stat().st_size for path in paths) < 2e6


def test_nothing_is_verified_of_a_scenario_of_which_nothing_is_expected(built):
    done = built.make("verify", "SCENARIO=equal", check=False)
    assert done.returncode != 0 and "make expected SCENARIO=equal" in done.stderr
    assert not (built.folder / ".verify").exists()


def test_every_table_and_picture_that_a_build_writes_is_listed(built):
    listed = set(pd.read_csv(verification.EXPECTED / "baseline/checksums.csv")["file"])
    assert {f"figures/{id}.{kind}" for id in built.store()["figures"]["id"] for kind in ("zh.svg", "en.svg")} < listed
    assert {"report.html", "report.zh.pdf", "report.en.pdf"} < listed
    assert not [name for name in listed if name.endswith(".csv")]
