"""What was read, kept and refused of each file, and why: nothing is dropped in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fhi.engine.errors import DataError, Problem

if TYPE_CHECKING:
    from fhi.reading.microdata.layouts import Layout

REPORT = ["file", "kind", "what", "column", "rows", "detail"]
REFUSED = ["file", "row", "column", "value", "expected", "remedy"]
UNDERSTOOD = ["file", "kind", "sheet", "range", "layout", "heading", "measure", "unit", "years", "cities", "values"]
REMEDY = "correct the cell, or leave the row out"
#: by column, for words that the project does not know
REMEDIES = {
    "city": "correct the name, write 其他 if it lies outside the list, or say whose name it is: in the column aliases "
    "of the edition's cities.csv, or in a vocabulary.csv beside the file (list city)",
    "class": "correct the word, or say what it means in a vocabulary.csv beside the file (list class; code outside for "
    "firms that are no fintech)",
    "sector": "write 其他, or say what the word means in a vocabulary.csv beside the file (list sector; other,* makes "
    "every further word one of another sector)",
}
#: a file of which more than this share of the rows is refused is not what its name says
MOST_REFUSED, SHOWN = 0.5, 20


class Quality:
    """The ledger of one file.

    Parameters
    ----------
    file, kind : str
        As the report names them.
    """

    def __init__(self, file: str, kind: str):
        self.file, self.kind = file, kind
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._refused: list[pd.DataFrame] = []
        self._understood: list[dict[str, object]] = []

    def count(self, what: str, rows: int, column: str = "", detail: str = "") -> None:
        """Add rows to a line of the report.

        Parameters
        ----------
        what : str
            Word of the line: ``read``, ``kept``, ``refused``, ``converted`` …
        rows : int
            0 adds no line.
        column, detail : str, optional
            What the line is of; lines that differ in them are told apart.
        """
        if rows:
            self._counts[what, column, detail] += int(rows)

    def rows(self, what: str) -> int:
        """Return the rows of all lines of the report under a word."""
        return sum(rows for (name, _, _), rows in self._counts.items() if name == what)

    def wrong(self) -> int:
        """Return the rows refused but for those that sum up others."""
        return self.rows("refused") - self.rows("total")

    def refuse(self, lines: Iterable[int], column: str, values: Iterable[object], expected: str, remedy=REMEDY) -> None:
        """Put cells on the list of what was refused; the rows are counted by `count`, once each.

        Parameters
        ----------
        lines : iterable of int
            Rows of the file.
        column : str
            Code of the column; empty: of the whole row.
        values : iterable
            What stands there, by line.
        expected, remedy : str
            A remedy of `REMEDIES` takes the place of the usual one.
        """
        lines = np.asarray(list(lines), dtype=np.int64)
        remedy = REMEDIES.get(column, remedy) if remedy == REMEDY else remedy
        frame = pd.DataFrame({"row": lines, "value": [str(value)[:200] for value in values]})
        frame = frame.assign(column=column, expected=expected, remedy=remedy)
        self._refused.append(frame.astype(dict.fromkeys(("column", "expected", "remedy"), "category")))
        self.count("problem", len(lines), column, expected)

    def understand(self, **found: object) -> None:
        """Note what was understood of a table: the columns of `UNDERSTOOD` after file and kind."""
        self._understood.append(found)

    def understand_list(self, sheet: str, layout: Layout, read: Mapping[int, str]) -> None:
        """Note the columns of a list that are read; ``name ← heading (unit)``.

        Parameters
        ----------
        sheet : str
            Name of the sheet; empty for a text file.
        layout : Layout
        read : mapping
            By place of the column its code.
        """
        for place, name in read.items():
            _, unit = layout.columns[place]
            where = f"{letter(place + 1)}{layout.line + 1}"
            shown = layout.shown.get(place, "")
            self.understand(sheet=sheet, range=f"{where}:", layout="list", heading=shown, measure=name, unit=unit)

    def understood(self) -> pd.DataFrame:
        """Return what was understood of each table of the file, one row a column of a list or a measure of a table."""
        kept = self.rows("kept")
        rows = [{"file": self.file, "kind": self.kind, "values": kept} | found for found in self._understood]
        frame = pd.DataFrame(rows, columns=UNDERSTOOD, dtype=object)
        numbers = {name: frame[name].astype("Int64") for name in ("cities", "values")}
        return frame.where(frame.notna(), "").assign(**numbers)

    def check(self) -> None:
        """Raise `DataError` if most rows were refused, with the first of them."""
        refused, read = self.wrong(), self.rows("read")
        if refused > MOST_REFUSED * max(read, 1):
            problems = [Problem(*case) for case in self.refused().head(SHOWN).itertuples(index=False, name=None)]
            note = f"at most half of the {read:,} rows refused; {refused:,} are, of which the first follow"
            found, remedy = f"{refused:,} refused", "check that the file is of the kind that its name says"
            whole = Problem(self.file, None, None, found, note, remedy)
            raise DataError([whole, *problems])

    def report(self) -> pd.DataFrame:
        """Return ``file, kind, what, column, rows, detail``: rows read, kept, refused, empty, duplicate, and why."""
        rows = [(self.file, self.kind, what, column, n, detail) for (what, column, detail), n in self._counts.items()]
        return pd.DataFrame(rows, columns=REPORT)

    def refused(self) -> pd.DataFrame:
        """Return every refused cell: ``file, row, column, value, expected, remedy``, in the order of the file."""
        if not self._refused:
            return pd.DataFrame(columns=REFUSED).astype({"row": "int64"})
        frame = pd.concat(
            [part.astype({"column": "str", "expected": "str", "remedy": "str"}) for part in self._refused]
        )
        return frame.assign(file=self.file).sort_values(["row", "column"], kind="stable", ignore_index=True)[REFUSED]


def letter(column: int) -> str:
    """Return the letter of a column as spreadsheet programs count them: 1 is A, 27 AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
