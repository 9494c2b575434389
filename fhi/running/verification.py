"""Compare a build with what is expected of it: the data decide, the pictures inform.

``tests/expected/<scenario>/`` holds every table and every figure's data as CSV, and in ``checksums.csv`` the SHA-256 of
what is too large to keep: pictures, page and print.
"""

import csv
import io
import math
import re
import shutil
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pandas as pd

from fhi.engine.errors import DataError, FhiError, Problem
from fhi.files import Files, digest, replace_file
from fhi.paths import ROOT
from fhi.showing.figures.registry import LANGUAGES
from fhi.showing.terminal import table
from fhi.store import Store, to_csv

EXPECTED = ROOT / "tests" / "expected"
CHECKSUMS = "checksums.csv"
#: numbers may differ by this share of the larger one: sums in another order, on another processor
TOLERANCE = 1e-9
#: and a difference below this is one of two zeros, where a share says nothing
ZERO = 1e-12
INTEGER = re.compile(r"[+-]?\d+")
IDENTICAL, WITHIN, DIFFERS, MISSING, UNEXPECTED = "identical", "within", "differs", "missing", "not expected"


class VerificationError(FhiError):
    """The data of a build are not those expected."""


class Difference(NamedTuple):
    """The largest relative difference of two tables, infinite where text, whole numbers or shape differ; its place."""

    size: float
    place: str = ""


class Check(NamedTuple):
    """What was found of one figure or file; a part that it does not have is empty."""

    name: str
    data: str
    largest: Difference
    pictures: str


def data_files(files: Files) -> dict[str, Path]:
    """Return the tables and the figures' data that were built, by the names they have among what is expected."""
    folders = {"processed": files.processed, "figures": f"{files.reports}/figures"}
    return {
        f"{name}/{path.name}": path
        for name, folder in folders.items()
        for path in sorted((files.root / folder).glob("*.csv"))
    }


def picture_files(files: Files) -> dict[str, Path]:
    """Return the pictures, the page and the prints that were built, by their path below the scenario's reports."""
    folder = files.root / files.reports
    paths = [*folder.glob("figures/*.svg"), *folder.glob("figures/*.png"), folder / "report.html"]
    paths += [folder / f"report.{language}.pdf" for language in LANGUAGES]
    return {path.relative_to(folder).as_posix(): path for path in sorted(paths) if path.is_file()}


def gap(built: str, expected: str) -> float:
    """Return how far two cells differ: a share of the larger number; infinite for texts and whole numbers.

    Parameters
    ----------
    built, expected : str
        Cells of a CSV file.

    Returns
    -------
    float
        0 for equal numbers and for a difference below `ZERO`.
    """
    if built == expected:
        return 0.0
    if INTEGER.fullmatch(built) and INTEGER.fullmatch(expected):
        return math.inf
    try:
        one, other = float(built), float(expected)
    except ValueError:
        return math.inf
    if not (math.isfinite(one) and math.isfinite(other)):
        return math.inf
    return 0.0 if abs(one - other) < ZERO else abs(one - other) / max(abs(one), abs(other))


def _cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def difference(built: bytes, expected: bytes) -> Difference:
    """Return the largest difference of two tables in CSV, and where it is.

    Parameters
    ----------
    built, expected : bytes
        The contents of two CSV files.

    Returns
    -------
    Difference
        Infinite where columns or rows are not the same.
    """
    if built == expected:
        return Difference(0.0)
    found, wanted = (_cells(content) for content in (built, expected))
    if found[:1] != wanted[:1]:
        return Difference(math.inf, "other columns")
    if [len(row) for row in found] != [len(row) for row in wanted]:
        return Difference(math.inf, f"{len(wanted) - 1} rows expected, {len(found) - 1} built")
    largest = Difference(0.0)
    for number, (row, should) in enumerate(zip(found, wanted, strict=True), start=1):
        for column, cell, other in zip(wanted[0], row, should, strict=True):
            if (size := gap(cell, other)) > largest.size:
                place = f"row {number}, {column}: {other or 'empty'} expected, {cell or 'empty'} built"
                largest = Difference(size, place)
    return largest


def verify(files: Files, expected: Path) -> list[Check]:
    """Compare a built scenario with the folder of what is expected: figures and tables first, page and print last.

    Parameters
    ----------
    files : Files
        Of the scenario, built.
    expected : pathlib.Path
        The folder.

    Returns
    -------
    list of Check
        One a file.

    Raises
    ------
    DataError
        If nothing is expected.
    """
    if not (expected / CHECKSUMS).is_file():
        shown = expected.relative_to(ROOT).as_posix() if expected.is_relative_to(ROOT) else str(expected)
        remedy = f"make expected SCENARIO={files.scenario}, and commit the folder"
        raise DataError([Problem(f"{shown}/{CHECKSUMS}", None, None, None, "the stored results of the build", remedy)])
    data = _compare_data(files, expected)
    pictures = _compare_pictures(files, expected)
    names = [*data, *sorted(set(pictures) - set(data))]
    return [Check(name, *data.get(name, ("", Difference(0.0))), pictures.get(name, "")) for name in names]


def _compare_data(files: Files, expected: Path) -> dict[str, tuple[str, Difference]]:
    built = data_files(files)
    wanted = {path.relative_to(expected).as_posix(): path for path in sorted(expected.glob("*/*.csv"))}
    result = {}
    for name in sorted({*built, *wanted}):
        if name not in built or name not in wanted:
            result[_stem(name)] = (UNEXPECTED if name in built else MISSING, Difference(math.inf))
            continue
        contents = built[name].read_bytes(), wanted[name].read_bytes()
        found = difference(*contents)
        verdict = IDENTICAL if contents[0] == contents[1] else WITHIN if found.size <= TOLERANCE else DIFFERS
        result[_stem(name)] = (verdict, found)
    return result


def _compare_pictures(files: Files, expected: Path) -> dict[str, str]:
    listed = pd.read_csv(expected / CHECKSUMS, dtype=str)
    wanted = dict(zip(listed["file"], listed["sha256"], strict=True))
    built = {name: digest(path.read_bytes()) for name, path in picture_files(files).items()}
    found: dict[str, dict[str, list[str]]] = {}
    for name in sorted({*built, *wanted}):
        verdict = UNEXPECTED if name not in wanted else MISSING if name not in built else DIFFERS
        verdict = IDENTICAL if built.get(name) == wanted.get(name) else verdict
        found.setdefault(_stem(name), {}).setdefault(verdict, []).append(name.split(".", 1)[1])
    return {name: _told(verdicts) for name, verdicts in found.items()}


def _stem(name: str) -> str:
    """Return the name of a file in the table: a figure's id with its folder stands for its data and pictures."""
    path = PurePosixPath(name)
    return f"figures/{path.name.split('.')[0]}" if path.parent.name == "figures" else name


def _told(verdicts: dict[str, list[str]]) -> str:
    if set(verdicts) == {IDENTICAL}:
        return IDENTICAL
    return "; ".join(f"{verdict}: {', '.join(kinds)}" for verdict, kinds in verdicts.items() if verdict != IDENTICAL)


def failures(checks: list[Check]) -> list[Check]:
    """Return what does not hold: data that differ, are missing or are not expected. No picture is among them."""
    return [check for check in checks if check.data in (DIFFERS, MISSING, UNEXPECTED)]


def text(checks: list[Check]) -> str:
    """Return the table that says per figure and table how the data and the pictures compare, and a line of counts."""
    rows = [["figure or table", "data", "largest difference", "pictures"]]
    rows += [[check.name, check.data, _size(check), check.pictures] for check in checks]
    data = [check.data for check in checks if check.data]
    pictures = [check.pictures for check in checks if check.pictures]
    same = data.count(IDENTICAL)
    return "\n".join(
        [
            *table(rows, "llll"),
            f"data       {same} of {len(data)} identical, {data.count(WITHIN)} within {TOLERANCE:g}, "
            f"{len(failures(checks))} not as expected",
            f"pictures   {pictures.count(IDENTICAL)} of {len(pictures)} identical, page and print too; they inform",
        ]
    )


def _size(check: Check) -> str:
    if check.data == WITHIN:
        return f"{check.largest.size:.0e}"
    if check.data != DIFFERS:
        return ""
    size = f"{check.largest.size:.0e}, " if math.isfinite(check.largest.size) else ""
    return f"{size}{check.largest.place}"


def require(checks: list[Check], files: Files) -> None:
    """Raise `VerificationError`, naming what does not hold, if anything does not.

    Parameters
    ----------
    checks : list of Check
        As of `verify`.
    files : Files
        Of the scenario.
    """
    names = [check.name for check in failures(checks)]
    if names:
        remedy = f"if the change is meant: make expected SCENARIO={files.scenario}, look through it, and commit"
        raise VerificationError(f"not as expected: {', '.join(names)}; what was built is in {files.root}; {remedy}")


def write_expected(store: Store, expected: Path) -> list[str]:
    """Write what is expected anew from a build; return the names of the files that changed, came or went.

    Parameters
    ----------
    store : Store
        Of the scenario, built.
    expected : pathlib.Path
        The folder; what it holds goes.

    Returns
    -------
    list of str
        From that folder, in alphabetical order.
    """
    before = {path: path.read_bytes() for path in expected.rglob("*.csv")}
    shutil.rmtree(expected, ignore_errors=True)
    for name, path in data_files(store).items():
        replace_file(expected / name, path.read_bytes())
    rows = [(name, digest(path.read_bytes())) for name, path in picture_files(store).items()]
    content = to_csv(pd.DataFrame(rows, columns=["file", "sha256"]))
    replace_file(expected / CHECKSUMS, content.encode("utf-8"))
    after = {path: path.read_bytes() for path in expected.rglob("*.csv")}
    changed = {path for path in {*before, *after} if before.get(path) != after.get(path)}
    return sorted(path.relative_to(expected).as_posix() for path in changed)
