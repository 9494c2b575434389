"""Which row of a file holds the headings, what separates its cells, and which column is which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from fhi.engine.errors import DataError, Problem, nearest_names
from fhi.reading.microdata.file_types import Kind
from fhi.reading.microdata.synonyms import Vocabulary, plain
from fhi.reading.parsing import fold, parse_quantity

#: rows in which headings are looked for: titles and merged cells may stand above them
DEPTH = 12
DELIMITERS = (",", ";", "\t", "|")
_UNIT = re.compile(r"(?P<name>.*?)[(（\[]\s*(?P<unit>[^()（）\[\]]*)[)）\]]\s*$")


class Layout(NamedTuple):
    """The line of the headings, the number of columns, and by position the columns that are read.

    `columns` holds ``position: (field, unit)``; a column of use is ``use:<heading>``. `ignored` are headings not known.
    """

    line: int
    width: int
    columns: dict[int, tuple[str, str]]
    ignored: list[str]


def find(rows: Sequence[tuple[int, list[str]]], kind: Kind, vocabulary: Vocabulary, file: str) -> Layout:
    """Return the layout of a file from its first rows.

    Parameters
    ----------
    rows : sequence of (line, texts)
        The first rows that hold anything.

    Raises
    ------
    DataError
        If no row names every required column once.
    """
    above: list[str] = []
    tried = []
    for line, texts in rows[:DEPTH]:
        # a heading over two rows is written in the upper one
        full = [
            text or (above[place] if place < len(above) else "")
            for place, text in enumerate(texts + [""] * (len(above) - len(texts)))
        ]
        for candidate in (texts, full):
            layout, problems = _read(line, candidate, kind, vocabulary, file)
            if not problems:
                return layout
            tried.append((len(layout.columns), layout, problems))
        above = texts
    if not tried:
        raise DataError([Problem(file, None, None, None, "a row of headings and rows below it", "fill in the file")])
    # of rows that know equally many headings the first is meant
    raise DataError(max(tried, key=lambda item: item[0])[2])


def known(rows: Sequence[tuple[int, list[str]]], kind: Kind, vocabulary: Vocabulary) -> int:
    """Return how many columns the best row of headings knows, to compare ways of splitting a file."""
    return max((len(_read(line, texts, kind, vocabulary, "")[0].columns) for line, texts in rows[:DEPTH]), default=0)


def _read(line: int, texts: list[str], kind: Kind, vocabulary: Vocabulary, file: str) -> tuple[Layout, list[Problem]]:
    columns, ignored, problems = {}, [], []
    for place, text in enumerate(texts):
        name, unit = meaning(text, kind, vocabulary)
        if name is None:
            ignored += [text] if text.strip() else []
        elif name in {other for other, _ in columns.values()}:
            problems.append(Problem(file, line, name, text, "each column once", "remove or rename one of them"))
        else:
            columns[place] = (name, unit)
    found = {name for name, _ in columns.values()}
    wanted = [field.name for field in kind.fields if field.required and field.name not in found]
    for name in wanted:
        near = nearest_names(name, ignored, 1)
        remedy = f"rename {near[0]!r} to {name!r}" if near else f"add the column {name!r}"
        problems.append(Problem(file, line, name, None, f"a column {name!r} of {kind.name}", remedy))
    if kind.uses and not any(name.startswith("use:") for name in found):
        expected = "a column of use, whose heading begins with use or 使用"
        problems.append(Problem(file, line, "use", None, expected, "add one, such as 使用移动支付"))
    return Layout(line, len(texts), columns, ignored), problems


def meaning(text: str, kind: Kind, vocabulary: Vocabulary) -> tuple[str | None, str]:
    """Return the column that a heading means and the unit that it names: ``融资额（万元）`` is financing in 万元."""
    for name, unit in ((text, ""), split_unit(text)):
        found = vocabulary.find(f"column.{kind.name}", name) or vocabulary.find("column.any", name)
        if found in kind.by_name:
            return found, unit
    if kind.uses and any(plain(text).startswith(word) for word, code in _uses(vocabulary)):
        return f"use:{text.strip()}", ""
    return None, ""


def _uses(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    return [(word, code) for word, code in vocabulary.words("column.any").items() if code == "use"]


def split_unit(text: str) -> tuple[str, str]:
    """Return the name and the unit of a heading; what stands in brackets and is no unit belongs to the name."""
    match = _UNIT.fullmatch(text.strip())
    if not match:
        return text, ""
    unit = fold(match["unit"]).removeprefix("单位:")
    return (match["name"], unit) if is_unit(unit) else (text, "")


def is_unit(unit: str) -> bool:
    """True for a unit of a number: ``万元``, ``亿美元``, ``%``, ``million USD``, ``家``."""
    try:
        return bool(unit) and bool(parse_quantity(f"1{unit}"))
    except ValueError:
        return False
