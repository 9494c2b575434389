"""Which files a folder holds, of what kind and issue each is, and the words they use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from fhi.engine.errors import DataError, Problem, nearest_names
from fhi.engine.framework import Framework
from fhi.reading.csv_tables import VOCABULARY, read_table
from fhi.reading.microdata.synonyms import Vocabulary

_NAME = re.compile(r"(?P<kind>[^\d\-_ .]+)(?:[-_ .]?(?P<rest>.*))?")
_READ, _KNOWN = {".csv", ".xlsx"}, {".csv", ".xlsx", ".xls", ".tsv", ".txt"}


class File(NamedTuple):
    """A file of a kind: `year` is the issue of rows that name none, `shown` its name in reports."""

    path: Path
    kind: str
    year: int
    shown: str


def files(folder: Path, shown: str, year: int | None, vocabulary: Vocabulary) -> list[File]:
    """Return the files of a folder with kind and year; what looks like data and has no known name is an error."""
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
            found.append(File(path, kind, int(issue[0]) if issue else (year or 0), place))
            if kind not in ("vocabulary", "rates"):
                problems += _bad_issue(found[-1], year)
    if problems:
        raise DataError(problems)
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


def words(table: pd.DataFrame, framework: Framework, files: list[File]) -> Vocabulary:
    """Return the words of the project and of the folder, and the names of the tree's indicators as measures."""
    own = [file for file in files if file.kind == "vocabulary"]
    vocabulary = Vocabulary(table, {file.shown: read_table(file.path, VOCABULARY, file=file.shown) for file in own})
    for column in ("code", "name_zh", "name_en"):
        names = framework.table.loc[framework.leaves, column]
        vocabulary.add("measure", zip(names, framework.leaves, strict=True))
    return vocabulary
