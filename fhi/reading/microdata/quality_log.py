"""What was read, kept and refused of each file, and why: nothing is dropped in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd

from fhi.engine.errors import DataError, Problem

REPORT = ["file", "kind", "what", "column", "rows", "detail"]
REFUSED = ["file", "row", "column", "value", "expected", "remedy"]
REMEDY = "correct the cell, or leave the row out"
#: for a name that no city has
OF_CITY = (
    "correct the name, leave the row out, or say whose name it is: in the column aliases of the edition's cities.csv, "
    "or in a vocabulary.csv beside the file (list city)"
)
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

    def count(self, what: str, rows: int, column: str = "", detail: str = "") -> None:
        """Add rows to a line of the report."""
        if rows:
            self._counts[what, column, detail] += int(rows)

    def rows(self, what: str) -> int:
        """Return the rows of all lines of the report under a word."""
        return sum(rows for (name, _, _), rows in self._counts.items() if name == what)

    def refuse(self, lines: Iterable[int], column: str, values: Iterable[object], expected: str, remedy=REMEDY) -> None:
        """Put cells on the list of what was refused; the rows are counted by `count`, once each."""
        lines = np.asarray(list(lines), dtype=np.int64)
        remedy = OF_CITY if column == "city" and remedy == REMEDY else remedy
        frame = pd.DataFrame({"row": lines, "value": [str(value)[:200] for value in values]})
        frame = frame.assign(column=column, expected=expected, remedy=remedy)
        self._refused.append(frame.astype(dict.fromkeys(("column", "expected", "remedy"), "category")))
        self.count("problem", len(lines), column, expected)

    def check(self) -> None:
        """Raise `DataError` if most rows were refused, with the first of them."""
        refused, read = self.rows("refused"), self.rows("read")
        if refused > MOST_REFUSED * max(read, 1):
            problems = [Problem(*case) for case in self.refused().head(SHOWN).itertuples(index=False, name=None)]
            note = f"at most half of the {read:,} rows refused ({refused:,} are; the first follow)"
            whole = Problem(
                self.file, None, None, f"{refused:,} refused", note, "see that the file is what it is named"
            )
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
