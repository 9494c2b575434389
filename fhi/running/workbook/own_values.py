"""Raw values that were changed in a workbook, as a file of the staff's own: ``data/user/<name>/yearbooks.csv``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from fhi import editions, paths
from fhi.editions import alternatives
from fhi.engine.errors import DataError, MethodError, Problem
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method
from fhi.files import replace_file
from fhi.reading.microdata import collect
from fhi.reading.spreadsheets import Book
from fhi.running.workbook.edits import Value
from fhi.running.workbook.sheets import VALUES
from fhi.store import to_csv

FILE = "yearbooks.csv"
COLUMNS = ["city", "year", "measure", "value"]


def dated(found: list[Value], method: Method, book: Book) -> list[Value]:
    """Return the values with the year that each is of, each cell of the panel once.

    Parameters
    ----------
    found : list of Value
    method : Method
        Of the scenario that was exported.
    book : Book
        The edited workbook.

    Returns
    -------
    list of Value
        With years.

    Raises
    ------
    DataError
        If one cell has two values, or is of a later year than the scenario.
    """
    years = [int(row[2]) for row in book.cells(VALUES)[1:] if row[2].isdigit()] if VALUES in book else []
    edition = method.year or max(years, default=None)
    values, problems = {}, []
    for value in found:
        value = value._replace(year=edition if value.year is None else value.year)
        place, cell = value[:3], f"{value.indicator} of {value.city}, {value.year}"
        if values.setdefault(place, value).value != value.value:
            remedy = "write it in one of the sheets raw and provenance, and put the other back"
            problems.append(Problem(book.name, None, cell, value.value, f"one value ({values[place].value:g})", remedy))
        if method.year and value.year > method.year:
            expected = f"a year up to {method.year}, that of the scenario"
            problems.append(Problem(book.shown(VALUES), None, cell, value.value, expected, "put it back"))
    if problems:
        raise DataError(problems)
    return list(values.values())


def rows(found: list[Value], method: Method, base: str, name: str, imported: bool) -> pd.DataFrame:
    """Return the rows of the file, with those that the scenario was imported with before.

    Parameters
    ----------
    found : list of Value
    method : Method
        Of the scenario that was exported.
    base, name : str
        The names of that scenario and of the one to write.
    imported : bool
        Whether that scenario was imported itself.

    Returns
    -------
    pandas.DataFrame
        The columns `COLUMNS`, sorted; of one cell the last value.

    Raises
    ------
    MethodError
        If that scenario has files of its own beside which these cannot stand, or the folder is in use.
    """
    before, given = pd.DataFrame(columns=COLUMNS), method.user_data
    if given is not None:
        if not (imported and given.folder == base and _is_own(paths.USER / base)):
            what = f"data/user/{given.folder}" if given.folder else "made up by seed"
            message = f"its indicators come from files ({what}); change the value there, not in the workbook."
            raise MethodError(message, file=f"scenarios/{base}.yml", key="user_data", value=given.folder)
        before = pd.read_csv(paths.USER / base / FILE)
    if (paths.USER / name).exists() and not _is_own(paths.USER / name):
        message = f"the folder data/user/{name} holds files that were not imported; give another name."
        raise MethodError(message, key="name", value=name)
    new = pd.DataFrame([(v.city, v.year, v.indicator, v.value) for v in found], columns=COLUMNS)
    table = pd.concat([frame for frame in (before, new) if len(frame)], ignore_index=True)
    return table.drop_duplicates(COLUMNS[:3], keep="last").sort_values(["measure", "city", "year"], ignore_index=True)


def _is_own(folder: Path) -> bool:
    return [path.name for path in folder.glob("*")] == [FILE] and list(pd.read_csv(folder / FILE, nrows=0)) == COLUMNS


def write(table: pd.DataFrame, name: str, method: Method) -> None:
    """Write the file, once it is sure that it is read back as it stands.

    Parameters
    ----------
    table : pandas.DataFrame
        As of `rows`.
    name : str
        Of the scenario; the file goes into its folder below data/user/.
    method : Method
        Of that scenario.

    Raises
    ------
    DataError
        With the cells that would not be; nothing is written.
    """
    tables = alternatives.described(editions.load(method.edition), method)
    content, shown = to_csv(table).encode("utf-8"), f"data/user/{name}"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / FILE).write_bytes(content)
        found = collect(Path(folder), tables, Framework.from_table(tables["framework"]), shown=shown, year=method.year)
    if len(found.panel) != len(table):
        raise DataError(Problem(*case) for case in found.refused.itertuples(index=False, name=None))
    replace_file(paths.USER / name / FILE, content)
