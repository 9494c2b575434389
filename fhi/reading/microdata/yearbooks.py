"""Indicator tables: any indicator of the tree by city and year, each value in the unit of its indicator."""

import re
from collections.abc import Iterator

import pandas as pd

from fhi.engine.errors import DataError, Problem
from fhi.engine.framework import Framework
from fhi.reading import spreadsheets
from fhi.reading.microdata.cell_readers import Context
from fhi.reading.microdata.conversion import Rates, in_unit
from fhi.reading.microdata.file_types import File
from fhi.reading.microdata.quality_log import Quality
from fhi.reading.microdata.reading import all_rows
from fhi.reading.microdata.tables import Cell, Reader, nothing_used, spanned
from fhi.reading.microdata.text_blocks import blocks
from fhi.reading.parsing import fold, is_missing

_YEAR = re.compile(r"(?:19|20)\d{2}", re.ASCII)
ROW = ["place", "year", "measure", "value", "evidence", "row"]


class Yearbooks:
    """Takes indicator tables whole: they are small."""

    def __init__(self, framework: Framework, context: Context, rates: Rates):
        self.framework, self.context, self.rates = framework, context, rates
        self.rows: list[pd.DataFrame] = []

    def read(self, file: File, quality: Quality) -> pd.DataFrame:
        """

        Parameters
        ----------
        file : File
        quality : Quality
            Its ledger.

        Returns
        -------
        pandas.DataFrame
            ``place, year, measure, value, evidence, row``: a row a value that is used.

        Raises
        ------
        DataError
            If no value is used, or most are refused.
        """
        reader = Reader(self.context, self.framework.indicators, quality)
        found, titles = [], []
        for sheet in _sheets_of(file):
            cells = reader.cells(sheet.name, sheet.rows, sheet.copies, file.measure)
            quality.count("sheet not read", not cells, "", sheet.name)
            found += [(sheet.name, cell) for cell in cells]
            titles.append(sheet.name)
        rows = _values(found, self.framework, self.context, self.rates, quality, file.year)
        quality.check()
        if rows.empty:
            problems = [Problem(*case) for case in quality.refused().head(5).itertuples(index=False, name=None)]
            raise nothing_used(file.shown, reader, problems)
        self._tell(found, rows, reader, quality, file.year)
        self.rows.append(rows)
        return rows

    def _tell(
        self, found: list[tuple[str, Cell]], rows: pd.DataFrame, reader: Reader, quality: Quality, year: int
    ) -> None:
        """Note each table and measure that was used: where it stands, its unit, its years and its cities."""
        used = set(zip(rows["row"], rows["measure"], strict=True))
        groups: dict[tuple, list[Cell]] = {}
        for sheet, cell in found:
            if (cell.line, cell.measure) in used and not cell.problem:
                groups.setdefault((sheet, cell.table, cell.measure), []).append(cell)
        for (sheet, number, measure), cells in groups.items():
            table = reader.tables[number]
            layout = {"city": "cities", "measure": "measures"}[table["axis"]] + (
                " in columns" if table["turned"] else " in rows"
            )
            units = {cell.unit or str(self.framework.table.at[measure, "unit"] or "") for cell in cells}
            years = sorted({cell.year or str(year) for cell in cells})
            shown = years if len(years) < 4 else [f"{years[0]}-{years[-1]} ({len(years)})"]
            quality.understand(
                sheet=sheet,
                range=spanned(cells),
                layout=layout,
                measure=measure,
                unit=", ".join(sorted(units - {"nan"})),
                years=", ".join(shown),
                cities=len({cell.place for cell in cells}),
                values=len(cells),
            )

    def finish(self, ledgers: list[Quality]) -> None:
        rows = pd.concat([frame.assign(file=ledger.file) for frame, ledger in zip(self.rows, ledgers, strict=True)])
        twice = rows[rows.duplicated(["place", "year", "measure"])]
        first = rows.drop_duplicates(["place", "year", "measure"]).set_index(["place", "year", "measure"])["value"]
        names, problems = self.context.cities.names, []
        for row in twice.itertuples():
            other = first[row.place, row.year, row.measure]
            if other != row.value:
                expected = f"one value for a city, measure and year over all files (another has {other:g})"
                where = f"{names[row.place]} {row.year}"
                problems.append(Problem(row.file, row.row, row.measure, where, expected, "remove one of them"))
        if problems:
            raise DataError(problems[:20])

    def measures(self) -> pd.DataFrame:
        rows = pd.concat(self.rows, ignore_index=True).drop_duplicates(["place", "year", "measure"])
        return rows[["place", "year", "measure", "value"]].assign(low=rows["value"], high=rows["value"])


def _sheets_of(file: File) -> Iterator[spreadsheets.Sheet]:
    """Yield the sheets of a file; a text file is one without a name."""
    if file.path.suffix.lower() in spreadsheets.SUFFIXES:
        yield from spreadsheets.sheets(file.path, file.shown)
    else:
        text = b"".join(block for _, block in blocks(file.path, file.shown))
        yield spreadsheets.Sheet("", all_rows(text))


def _values(
    found: list[tuple[str, Cell]], framework: Framework, context: Context, rates: Rates, quality: Quality, year: int
) -> pd.DataFrame:
    """Return ``place, year, measure, value, evidence, row`` of the cells that give a value of an indicator.

    A value is brought to the indicator's unit; without a unit it is taken to be in it. The later of two values for one
    cell of the panel is a duplicate if they agree; if they do not, both are refused and the cell of the panel is empty.
    """
    kept: dict[tuple, tuple] = {}
    bad, torn = set(), set()
    for _, cell in found:
        code = cell.measure
        try:
            row = _value(cell, framework, context, rates, year)
        except _Refused as refusal:
            quality.refuse([cell.line], refusal.column, [refusal.value], refusal.expected)
            bad.add(cell.line)
            continue
        if row is None:
            quality.count("undisclosed", 1, code)
            continue
        key = row[:3]
        if key not in kept:
            kept[key] = (*row, cell.line)
        elif kept[key][3] == row[3]:
            shown = f"{cell.value} (row {kept[key][5]} has {kept[key][3]:g})"
            quality.refuse([cell.line], code, [shown], "a value that is not there already")
            quality.count("duplicate", 1, code)
        else:
            expected = (
                f"one value for a city, measure and year (rows {kept[key][5]} and {cell.line} differ: none counts)"
            )
            lines = [cell.line] if key in torn else [kept[key][5], cell.line]
            shown = [f"{row[3]:g}"] if key in torn else [f"{kept[key][3]:g}", f"{row[3]:g}"]
            quality.refuse(lines, code, shown, expected)
            torn.add(key)
            bad.update(lines)
    quality.count("refused", len(bad))
    return pd.DataFrame([row for key, row in kept.items() if key not in torn], columns=ROW)


class _Refused(Exception):
    def __init__(self, column: str, value: str, expected: str):
        self.column, self.value, self.expected = column, value, expected


def _value(cell: Cell, framework: Framework, context: Context, rates: Rates, year: int) -> tuple | None:
    """Return place, year, measure, value and evidence of a cell; None if it says that there is no value."""
    code = cell.measure
    if cell.place < 0:
        raise _Refused("city", cell.city, cell.problem)
    if is_missing(cell.value):
        return None
    if cell.problem:
        raise _Refused(code, cell.value, cell.problem)
    of_year = cell.year or str(year)
    if not (_YEAR.fullmatch(of_year) and int(of_year) <= context.latest):
        raise _Refused("year", of_year, f"a year up to {context.latest}")
    try:
        if fold(cell.value).startswith(("=", "#")):
            raise ValueError("a stored value, not a formula or an error of one")
        wanted = framework.table.at[code, "unit"]
        value = in_unit(cell.value, cell.unit, wanted if isinstance(wanted, str) else "", rates, int(of_year))
    except ValueError as error:
        raise _Refused(code, cell.value, str(error)) from None
    evidence = context.vocabulary.find("evidence", cell.evidence) if cell.evidence else "user"
    if evidence is None:
        raise _Refused("evidence", cell.evidence, f"one of {', '.join(context.vocabulary.codes('evidence'))}")
    return cell.place, int(of_year), code, value, evidence
