"""The kinds of files that staff have, what stands in their columns, and which of them a folder holds."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from fhi.engine.cells import read_cells
from fhi.engine.errors import DataError, Problem, nearest_names, reject
from fhi.engine.framework import Framework
from fhi.reading.microdata.names import Vocabulary
from fhi.reading.schemas import SCHEMAS, read_table
from fhi.reading.spreadsheets import SUFFIXES


class Field(NamedTuple):
    """A column of a kind of file.

    Attributes
    ----------
    name : str
        Code of the column; the headings that mean it stand in vocabulary.csv.
    reader : str
        How a cell is read: a name of `microdata.cell_readers.READERS`, with a list of the vocabulary after a colon.
    required, filled : float
        1: a file without the column, a row without a value in it is refused.
    low, high : float
        Bounds of a number.
    """

    name: str
    reader: str
    required: float = 0
    filled: float = 0
    low: float = float("-inf")
    high: float = float("inf")


class Kind(NamedTuple):
    """A kind of file and its columns.

    `repeated` are the columns that an export writes once for several rows, which then name one of `own` alone.
    """

    name: str
    by_name: Mapping[str, Field]
    repeated: tuple[str, ...]
    own: tuple[str, ...]

    @property
    def uses(self) -> bool:
        """Whether the columns that ask for use are read as well."""
        return self.name == "questionnaires"


def _kinds() -> Iterator[Kind]:
    """Yield the kinds of ``file_types.csv``; the rows of ``*`` are columns of every kind."""
    table = pd.read_csv(Path(__file__).with_suffix(".csv"))
    table = table.fillna({"low": -math.inf, "high": math.inf, "required": 0, "filled": 0})
    common = table[table["kind"] == "*"]
    for name, own in table.drop(common.index).groupby("kind", sort=False):
        rows = pd.concat([own, common]).drop_duplicates("column")
        fields = {row[1]: Field(*row[1:7]) for row in rows.itertuples(index=False, name=None)}
        written = (tuple(rows.loc[rows["written"] == when, "column"]) for when in ("once", "own"))
        yield Kind(name, fields, *written)


KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _kinds()}
#: labels that a file of the staff's may have: it is theirs unless they cite where it was published
LABELS = ("user", "published", "public")
_NAME = re.compile(r"(?P<kind>[^\d\-_ .]+)(?:[-_ .]?(?P<rest>.*))?")
_READ = {".csv", *SUFFIXES}
_KNOWN = _READ | {".tsv", ".txt"}


class File(NamedTuple):
    """A file of a kind: `year` is the issue of rows that name none, `shown` its name in reports.

    `measure` is the indicator that a file of indicators is named by; its table may name none.
    """

    path: Path
    kind: str
    year: int
    shown: str
    measure: str = ""


def files(folder: Path, shown: str, year: int | None, vocabulary: Vocabulary) -> list[File]:
    """Return the files of a folder with kind and year; what looks like data and has no known name is an error.

    Parameters
    ----------
    folder : Path
    shown : str
        Its name in reports and messages.
    year : int or None
        Issue of the files that name none, and the latest there may be.
    vocabulary : Vocabulary
        With the words for kinds of files, and the measures of the tree.

    Returns
    -------
    list of File
        Sorted by name.

    Raises
    ------
    DataError
        With every file whose name, ending or year is wrong; or if there is no such folder.
    """
    if not folder.is_dir():
        raise DataError([Problem(shown, None, None, None, "a folder", "make it and put the files in")])
    found, problems = [], []
    for path in sorted(folder.iterdir()):
        suffix = path.suffix.lower()
        if path.name.startswith((".", "~$")) or path.is_dir() or suffix not in _KNOWN:
            continue
        place = f"{shown}/{path.name}"
        match = _NAME.fullmatch(path.stem)
        kind = vocabulary.find("kind", match["kind"]) if match else None
        measure = vocabulary.find("measure", match["kind"]) if match else None
        kind = kind or ("yearbooks" if measure else None)
        issue = re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", path.stem)
        if " " in path.name:
            # Make knows no file by such a name, and would not see that it changed
            remedy = f"rename it to {path.name.replace(' ', '-')}"
            problems.append(Problem(place, None, None, path.name, "a name without blanks", remedy))
        elif kind is None:
            near = nearest_names(match["kind"] if match else path.stem, vocabulary.codes("kind"), 1)
            remedy = f"rename it to {near[0]}{suffix}" if near else "rename it, or take it out of the folder"
            expected = f"a name that begins with one of {', '.join(vocabulary.codes('kind'))}"
            problems.append(Problem(place, None, None, path.name, expected, remedy))
        elif suffix not in _READ:
            problems.append(Problem(place, None, None, suffix, "a file .csv or .xlsx", "save it as one of these"))
        else:
            found.append(File(path, kind, int(issue[0]) if issue else (year or 0), place, measure or ""))
            if kind not in ("vocabulary", "rates", "sources"):
                problems += _bad_issue(found[-1], year)
    reject(problems)
    return found


class Cited(NamedTuple):
    """What a file is taken from, and the label of its numbers: ``user``, ``published`` or ``public``."""

    citation: str
    label: str


def citations(files: list[File]) -> dict[str, Cited]:
    """Return the citations of the files that a ``sources.csv`` beside them lists, by their name in reports.

    Raises
    ------
    DataError
        If it lacks a column, names a file that is not there, gives no citation, or a label that is none.
    """
    names = {file.path.name: file.shown for file in files}
    found, problems = {}, []
    for own in (file for file in files if file.kind == "sources"):
        header, rows = read_cells(own.path, own.shown)
        missing = [name for name in ("file", "citation", "label") if name not in header]
        problems += [Problem(own.shown, 1, name, None, f"a column {name!r}", "add it") for name in missing]
        for line, cells in rows if not missing else ():
            row = dict(zip(header, cells, strict=True))
            if row["file"] not in names:
                near = ", ".join(names)
                problems.append(Problem(own.shown, line, "file", row["file"], f"one of {near}", "correct the name"))
            elif not row["citation"]:
                problems.append(Problem(own.shown, line, "citation", "", "the source of the file", "fill in the cell"))
            elif row["label"] not in LABELS:
                expected = f"one of {', '.join(LABELS)}"
                problems.append(Problem(own.shown, line, "label", row["label"], expected, "use one of these"))
            else:
                found[names[row["file"]]] = Cited(row["citation"], row["label"])
    reject(problems)
    return found


def _bad_issue(file: File, year: int | None) -> list[Problem]:
    """Return what is wrong with the year of a file."""
    if not file.year:
        remedy = "name the file by it (firms-2018.csv), or set year in the scenario"
        return [Problem(file.shown, None, None, None, "a year for its rows", remedy)]
    if year and file.year > year:
        remedy = "set a later year in the scenario, or take the file out of the folder"
        return [Problem(file.shown, None, None, file.year, f"an issue up to {year}", remedy)]
    return []


def words(table: pd.DataFrame, framework: Framework, files: Iterable[File] = ()) -> Vocabulary:
    """Return the words of the project and of the folder, and the indicators of the tree as measures.

    An indicator is named by its code, its names and its aliases (joined by ``|``).

    Parameters
    ----------
    table : pandas.DataFrame
        The vocabulary of the project: ``list, code, written``.
    framework : Framework
    files : iterable of File
        Of the folder; those of the kind ``vocabulary`` add to it.

    Returns
    -------
    Vocabulary

    Raises
    ------
    DataError
        With every bad cell of these files, and every word with two meanings.
    """
    own = [file for file in files if file.kind == "vocabulary"]
    vocabulary = Vocabulary(
        table, {file.shown: read_table(file.path, SCHEMAS["vocabulary"], file=file.shown) for file in own}
    )
    leaves = framework.table.loc[framework.indicators].reindex(columns=["code", "name_zh", "name_en", "aliases"])
    for column in leaves:
        for names, code in zip(leaves[column], leaves.index, strict=True):
            own = (name for name in str(names or "").split("|") if name not in ("", "nan"))
            vocabulary.add("measure", ((name, code) for name in own))
    return vocabulary
