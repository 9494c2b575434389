"""The texts of a sheet as a grid: which way its labels stand, what stands side by side, what headings cover."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fhi.engine.cells import parse_number
from fhi.reading.microdata.layouts import COUNTED, label
from fhi.reading.parsing import fold

#: share of the texts of a column that must be labels of one sort, so that it is a stub
MOSTLY = 0.6


@dataclass
class Grid:
    """The texts of a sheet or of a part of it; `line` and `column` of each row and column as they stand in the file."""

    texts: list[list[str]]
    lines: list[int]
    columns: list[int]
    turned: bool = False

    def turn(self) -> Grid:
        """Return the grid with rows and columns exchanged."""
        return Grid(
            [list(column) for column in zip(*self.texts, strict=True)], self.columns, self.lines, not self.turned
        )

    def part(self, first: int, last: int) -> Grid:
        """Return the columns from one place up to another.

        Parameters
        ----------
        first, last : int
            Places of columns; the last is not in it.

        Returns
        -------
        Grid
        """
        return Grid([row[first:last] for row in self.texts], self.lines, self.columns[first:last], self.turned)

    def at(self, row: int, column: int) -> tuple[int, int]:
        """Return line and column of a cell as they stand in the file.

        Parameters
        ----------
        row, column : int
            Places in this grid.

        Returns
        -------
        line, column : int
            From 1.
        """
        place = self.lines[row], self.columns[column]
        return place[::-1] if self.turned else place


def most_labels(grid: Grid, known: Callable) -> int:
    """Return the greatest number of different labels of a sort in one column.

    Parameters
    ----------
    grid : Grid
    known : callable
        Returns None for a text that is no label of the sort (a city, a measure).

    Returns
    -------
    int
        0 if there is none.
    """
    return max(
        (len({row[place] for row in grid.texts if _is_label(row[place], known)}) for place in range(len(grid.columns))),
        default=0,
    )


def _is_label(text: str, known: Callable) -> bool:
    """True for a text that is known and no bare number (a number of six digits may be the code of a place)."""
    return (
        bool(text) and (not is_number(text) or bool(re.fullmatch(r"\d{6}(?:\.0)?", text))) and known(text) is not None
    )


def share(texts: list[str], known: Callable) -> float:
    """Return the share of texts that are labels of a sort.

    Parameters
    ----------
    texts : list of str
    known : callable
        Returns None for a text that is no label of the sort (a city, a measure).

    Returns
    -------
    float
        0 to 1; 0 without texts.
    """
    return sum(_is_label(text, known) for text in texts) / len(texts) if texts else 0.0


def side_by_side(grid: Grid, known: Callable, aside: Callable) -> Iterator[tuple[Grid, list[int]]]:
    """Yield the tables that stand side by side, each with the columns of its stub.

    Parameters
    ----------
    grid : Grid
    known : callable
        Returns None for a text that is no label of the sort (a city, a measure).
    aside : callable
        True for the texts of a column that parts no two tables.

    Yields
    ------
    part : Grid
        One of the tables.
    stubs : list of int
        Places of its columns of labels.
    """
    width = len(grid.columns)
    first = next(row for row, texts in enumerate(grid.texts) if any(_is_label(text, known) for text in texts))
    best = max(range(width), key=lambda place: len({row[place] for row in grid.texts if _is_label(row[place], known)}))
    stubs = []
    for place in range(width):
        below = [row[place] for row in grid.texts[first:] if row[place]]
        if place == best or share(below, known) > MOSTLY:
            stubs.append(place)
    groups: list[list[int]] = []
    for stub in stubs:
        # a column of numbers of rows or of years between two stubs does not part two tables
        between = (
            [n for n in range(groups[-1][-1] + 1, stub) if not aside(row[n] for row in grid.texts)] if groups else []
        )
        values = any(
            is_number(row[place]) and not is_year(row[place]) for row in grid.texts[first:] for place in between
        )
        if groups and not values:
            groups[-1].append(stub)
        else:
            groups.append([stub])
    starts = [0, *(group[0] for group in groups[1:]), width]
    parts = [
        (grid.part(starts[n], starts[n + 1]), [stub - starts[n] for stub in group]) for n, group in enumerate(groups)
    ]
    for number, (part, group) in enumerate(parts):
        rest = [place for place in range(len(part.columns)) if place not in group]
        if number and not any(is_number(row[place]) for row in part.texts for place in rest):
            # names again behind the values, in another language
            continue
        if number:
            # titles stand at the left of the whole sheet
            title = [row for row in range(len(grid.texts)) if sum(map(bool, grid.texts[row])) == 1 and row < first]
            for row in title:
                part.texts[row][0] = part.texts[row][0] or next(filter(None, grid.texts[row]))
        yield part, group


def filled(rows: list[list[str]], stubs: list[int]) -> list[list[str]]:
    """Return headings with what is merged over several columns written in each: all but the last row, from the left.

    A heading goes on to the right as long as those above it do.

    Parameters
    ----------
    rows : list of list of str
        Rows of headings, from above.
    stubs : list of int
        Places of the columns of labels, over which nothing goes on.

    Returns
    -------
    list of list of str
        As many rows as wide.
    """
    rows_filled: list[list[str]] = []
    for number, texts in enumerate(rows):
        if number == len(rows) - 1:
            rows_filled.append(texts)
            break
        row: list[str] = []
        for place, text in enumerate(texts):
            same = place > 0 and place not in stubs and place - 1 not in stubs
            same = same and all(above[place] == above[place - 1] for above in rows_filled)
            row.append(text or (row[-1] if same else ""))
        rows_filled.append(row)
    return rows_filled


def is_year(text: str) -> bool:
    """True for a text that is a year and no more."""
    found = label(text)
    return bool(found.year) and not found.name and not found.unit


def is_number(text: str) -> bool:
    """True for a text that is a number, perhaps with a unit or a mark, and no date."""
    if COUNTED.fullmatch(text.strip()):
        return False
    try:
        parse_number(text)
    except ValueError:
        return bool(re.match(r"[-+约超近¥$€£]?\d[\d,. ]*", fold(text))) and not re.search(r"年|-\d|/", text)
    return True
