"""The catalogue of raw files: what was changed, lost or added is named, and so is every bad file at once."""

import hashlib
import shutil

import pytest

from fhi.editions import folders
from fhi.editions.catalogue import checksum, raw_files, tidy, update_checksums, verify
from fhi.engine.errors import DataError
from fhi.paths import RAW


@pytest.fixture
def raw(tmp_path):
    """A copy of the raw data that a test may spoil."""
    return shutil.copytree(RAW, tmp_path / "raw")


def replace_text(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def load(raw):
    """Return the tables of the report's edition in a copy of the raw data."""
    return folders.read(raw / "report2018", raw)


def problems(function, raw):
    """Return what the error says: problems by file, relative to the raw folder."""
    with pytest.raises(DataError) as caught:
        function(raw)
    found = {}
    for problem in caught.value.problems:
        found.setdefault(problem.file.removeprefix(f"{raw}/"), []).append(problem)
    return found


def test_a_checksum_is_the_sha_256_of_the_bytes(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    # the first example of FIPS 180-2, appendix B.1
    assert checksum(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_an_unchanged_copy_passes(raw):
    listed = verify(raw)
    assert set(listed["file"]) == set(raw_files(raw)) == set(raw_files())
    assert "sources.csv" not in set(listed["file"])


def test_one_changed_byte_is_reported_by_name(raw):
    path = raw / "report2018" / "adoption.csv"
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)
    found = problems(load, raw)
    (problem,) = found.pop("report2018/adoption.csv")
    assert not found
    assert hashlib.sha256(content).hexdigest()[:12] in problem.value
    assert "make checksums" in problem.remedy


def test_a_deleted_file_is_reported_by_name(raw):
    (raw / "public" / "universities.csv").unlink()
    found = problems(verify, raw)
    (problem,) = found.pop("public/universities.csv")
    assert not found
    assert "restore" in problem.remedy


def test_a_deleted_file_is_reported_with_the_line_that_lists_it(raw):
    lines = (raw / "sources.csv").read_text(encoding="utf-8").splitlines()
    (raw / "sources.csv").write_text("\n".join([lines[0], "", *lines[1:]]) + "\n", encoding="utf-8")
    line = next(place for place, text in enumerate(lines, start=2) if ",public/universities.csv," in text)
    (raw / "public" / "universities.csv").unlink()
    (problem,) = problems(verify, raw)["public/universities.csv"]
    assert f"sources.csv row {line})" in problem.expected


def test_an_unlisted_file_is_reported_by_name(raw):
    (raw / "public" / "new.csv").write_text("city,value\n北京,1\n", encoding="utf-8")
    found = problems(verify, raw)
    (problem,) = found.pop("public/new.csv")
    assert not found
    assert "add a row to sources.csv" in problem.remedy


def test_a_changed_a_deleted_and_an_unlisted_file_are_reported_together(raw):
    own = raw / "report2018"
    replace_text(own / "cities.csv", "Beijing", "Peking")
    (own / "tiers.csv").unlink()
    (own / "new.csv").write_text("a\n1\n", encoding="utf-8")
    assert set(problems(load, raw)) == {f"report2018/{name}.csv" for name in ("cities", "tiers", "new")}


def test_a_file_of_an_edition_belongs_into_its_own_list(raw):
    listed = (raw / "report2018" / "sources.csv").read_text(encoding="utf-8").splitlines()
    row = next(line for line in listed if ",tiers.csv," in line).replace(",tiers.csv,", ",report2018/tiers.csv,")
    with (raw / "sources.csv").open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")
    (problem,) = problems(load, raw)["sources.csv"]
    assert problem.value == "report2018/tiers.csv" and "report2018/sources.csv" in problem.remedy


@pytest.mark.parametrize("file", ["../outside.csv", "public/../../outside.csv", "/etc/hostname"])
def test_a_file_outside_the_folder_is_not_read(raw, file):
    (raw.parent / "outside.csv").write_text("a\n1\n", encoding="utf-8")
    replace_text(raw / "sources.csv", ",vocabulary.csv,", f",{file},")
    found = [problem for listed in problems(verify, raw).values() for problem in listed]
    assert any(problem.value is None and problem.expected.startswith("a file (sources.csv row") for problem in found)
    assert not any("sha256" in problem.expected for problem in found)


def test_a_missing_catalogue_is_reported_by_name(raw):
    (raw / "sources.csv").unlink()
    assert set(problems(verify, raw)) == {"sources.csv"}


def test_a_file_listed_twice_is_refused(raw):
    path = raw / "sources.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[-1]]) + "\n", encoding="utf-8")
    found = problems(verify, raw)["sources.csv"]
    assert {problem.row for problem in found} == {len(lines), len(lines) + 1}


@pytest.mark.slow
def test_new_checksums_repair_a_changed_file(raw):
    replace_text(raw / "report2018" / "adoption.csv", "91.5", "91.6")
    own = raw / "report2018"
    assert update_checksums(raw) == [] and folders.update(own) == ["adoption.csv"]
    assert verify(own).set_index("file")["sha256"]["adoption.csv"] == checksum(own / "adoption.csv")
    assert load(raw)["adoption"]["rate"].max() == 91.6


def test_new_checksums_of_unchanged_files_change_nothing(raw):
    before = (raw / "sources.csv").read_bytes()
    assert update_checksums(raw) == []
    assert (raw / "sources.csv").read_bytes() == before


def test_new_checksums_do_not_hide_a_deleted_file(raw):
    (raw / "report2018" / "tiers.csv").unlink()
    assert folders.update(raw / "report2018") == []
    (problem,) = problems(load, raw)["report2018/tiers.csv"]
    assert "restore" in problem.remedy


@pytest.mark.slow
def test_bad_cells_of_several_files_are_reported_together(raw):
    replace_text(raw / "report2018" / "adoption.csv", "91.5", "much")  # line 2
    replace_text(raw / "report2018" / "top20.csv", ",贵阳,19", ",贵州,19")  # line 20
    replace_text(raw / "report2018" / "leaders.csv", "internet_finance,1,", "internet_finanze,1,")  # line 2
    folders.update(raw / "report2018")
    found = problems(load, raw)
    cells = {(file, p.row, p.column, p.value) for file, listed in found.items() for p in listed}
    assert cells == {
        ("report2018/adoption.csv", 2, "rate", "much"),
        ("report2018/top20.csv", 20, "city", "贵州"),
        ("report2018/leaders.csv", 2, "node", "internet_finanze"),
    }


def test_a_changed_file_is_not_read(raw):
    replace_text(raw / "report2018" / "adoption.csv", "91.5", "much")
    (problem,) = problems(load, raw)["report2018/adoption.csv"]
    assert "sha256" in problem.value


@pytest.mark.slow
def test_a_loaded_copy_has_every_table_with_the_lines_of_its_file(raw):
    tables = load(raw)
    made = {"edition.csv", "published_ranks.csv", "earlier_ranks.csv"}  # of edition.yml, and of the TOP20 table
    files = {*raw_files(raw), *raw_files(raw / "report2018"), "sources.csv"} - {"schemas.csv", "places.csv"}
    listed = {file for file in files if file.endswith(".csv")}
    assert {f"{name}.csv" for name in tables} - made == listed and {f"{name}.csv" for name in tables} >= made
    assert tables["top20"]["row"].tolist() == list(range(2, 22))


def test_a_table_once_ingested_has_a_short_name():
    assert tidy({"public/regions": 1, "cities": 2}) == {"tables/regions": 1, "tables/cities": 2}
