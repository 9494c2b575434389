"""Raw tables: what they must look like, and the strict reading of one with all its problems in one DataError.

The schemas are a CSV file with a row a table and a row each of its columns. `SCHEMAS` are those of ``schemas.csv``
beside this module: the tables that any edition may have, and the common ones in ``public/``. An edition describes
further tables of its own in a file of the same form. The kind of a column says how its text is parsed (`PARSERS`).
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from fhi.engine.cells import parse_number, read_cells
from fhi.engine.errors import Problem, misnamed, nearest_names, reject
from fhi.reading import parsing

#: the columns of the panel: ``low`` and ``high`` are the least and the greatest value that its sources allow
PANEL = ["city", "year", "indicator", "value", "low", "high", "unit", "source_id", "evidence"]

#: kind of column -> parser of one cell
PARSERS: Mapping[str, Callable] = {
    "text": lambda cell: cell,
    "city": lambda cell: cell,
    "node": lambda cell: cell,
    "integer": parsing.parse_integer,
    "number": parse_number,
    "quantity": parsing.parse_quantity,
    "change": parsing.parse_change,
    "date": parsing.parse_date,
}
#: what the example texts and rows of the template of an edition begin with
EXAMPLE = "EXAMPLE"
#: kinds of numbers, as errors name them
NUMBERS = {"integer": "a whole number", "number": "a number"}


@dataclass(frozen=True)
class Column:
    """A column of a raw table.

    Attributes
    ----------
    kind : str
        How its cells are parsed: one of `PARSERS`.
    description : str
    nullable, unique, gapless : bool
        Whether cells may be empty, each value stands once, and the values are ranks (1, 2, 2, 4).
    low, high : float
        The least and the greatest number.
    values : tuple of str
        The texts or numbers that it may have; empty: any.
    absent, blank, unknown : str
        The remedy if the column is not there, a cell is empty, a name is unknown (``{}``: the usual one).
    own : str
        What is expected in place of an example, a text that begins with `EXAMPLE`.
    """

    kind: str
    description: str
    nullable: bool = False
    unique: bool = False
    gapless: bool = False
    low: float = float("-inf")
    high: float = float("inf")
    values: tuple[str, ...] = ()
    absent: str = ""
    blank: str = ""
    unknown: str = "{}"
    own: str = ""

    def fault(self, value: object) -> tuple[str, str] | None:
        """Return what is expected instead of a parsed value, and the remedy; None if it is valid."""
        if self.own and str(value).startswith(EXAMPLE):
            return self.own, "remove the row: it shows how the table is filled in"
        if self.values and (f"{value:g}" if self.kind in NUMBERS else value) not in self.values:
            return f"one of {', '.join(self.values)}", "use one of these names"
        if self.kind in NUMBERS and not self.low <= value <= self.high:
            return f"{NUMBERS[self.kind]} from {self.low:.10g} to {self.high:.10g}", "correct it"
        return None


@dataclass(frozen=True)
class Schema:
    """A raw table: its columns by name, its key, and the provenance labels of its numbers, joined by a blank."""

    description: str
    columns: Mapping[str, Column]
    key: list[str] = field(default_factory=list)
    evidence: str = ""


def read_table(
    path: Path, schema: Schema, *, file: str | None = None, known: Mapping[str, Collection[str]] = {}
) -> pd.DataFrame:
    """Read and validate one raw CSV table.

    Parameters
    ----------
    path : Path
        The file.
    schema : Schema
        Its columns.
    file : str, optional
        The name shown in errors (default: the path).
    known : mapping, optional
        The valid names of the kinds ``city`` and ``node``; a kind that is not given is not checked.

    Returns
    -------
    pandas.DataFrame
        ``row``, the line of the file, then the columns of the schema in its order. Beside a printed
        quantity or change ``x`` stand ``x_value`` (plain unit) and ``x_qualifier``; beside a date ``x_iso``.

    Raises
    ------
    DataError
        With every bad cell of the file: file, row (line of the file), column, value, remedy.
    """
    file = file or str(path)
    return table_from_cells(*read_cells(Path(path), file), schema, file=file, known=known)


def table_from_cells(
    header: list[str],
    rows: list[tuple[int, list[str]]],
    schema: Schema,
    *,
    file: str,
    known: Mapping[str, Collection[str]] = {},
) -> pd.DataFrame:
    """Validate the cells of a table, wherever they were read; see `read_table`.

    Parameters
    ----------
    header : list of str
    rows : list of (line, cells)
        As many cells as the header has.
    schema : Schema
    file : str
        Name in messages.
    known : mapping, optional
        As for `read_table`.

    Returns
    -------
    pandas.DataFrame
        As of `read_table`.

    Raises
    ------
    DataError
        With every bad cell.
    """
    _check_header(header, schema, file)
    lines = [line for line, _ in rows]
    cells = pd.DataFrame([row for _, row in rows], columns=header, dtype=object)[list(schema.columns)]
    problems: list[Problem] = []
    columns = {}
    for name, column in schema.columns.items():
        columns |= _parse_column(cells[name], name, column, lines, file, known, problems)
    frame = pd.DataFrame(columns)
    problems += _validate(frame, schema, lines, file, {(p.row, p.column) for p in problems})
    reject(sorted(problems, key=lambda p: (p.row or 0, list(schema.columns).index(p.column))))
    frame.insert(0, "row", lines)
    return frame


def _check_header(header: list[str], schema: Schema, file: str) -> None:
    wanted = list(schema.columns)
    problems = []
    for name in wanted:
        if name not in header:
            near = nearest_names(name, [h for h in header if h not in wanted], 1)
            remedy = f"rename {near[0]!r} to {name!r}" if near else f"add the column {name!r}"
            remedy = schema.columns[name].absent or remedy
            problems.append(Problem(file, 1, name, None, f"a column {name!r}", remedy))
    for name in dict.fromkeys(header):
        if name not in wanted:
            expected = f"only the columns {', '.join(wanted)}"
            problems.append(Problem(file, 1, name, name, expected, "remove or rename the column"))
        elif header.count(name) > 1:
            problems.append(Problem(file, 1, name, name, "each column once", "remove the second one"))
    reject(problems)


def _parse_column(cells, name, column, lines, file, known, problems) -> dict[str, pd.Series]:
    kind, parsed = column.kind, []
    for line, cell in zip(lines, cells, strict=True):
        parsed.append(None)
        remedy = column.blank
        if cell == "" or (remedy and parsing.is_missing(cell)):
            if not column.nullable:
                expected = f"a value ({column.description})"
                problems.append(Problem(file, line, name, cell, expected, remedy or "fill in the cell"))
            continue
        try:
            parsed[-1] = PARSERS[kind](cell)
        except ValueError as error:
            problems.append(Problem(file, line, name, cell, str(error), "correct the cell"))
        if kind in known and cell not in known[kind]:
            listed = "cities.csv" if kind == "city" else "framework.csv"
            expected, remedy = f"a {kind} of {listed}", f"correct the name or add it to {listed}"
            problem = misnamed(file, line, name, cell, known[kind], expected, remedy)
            problems.append(problem._replace(remedy=column.unknown.format(problem.remedy)))
    if kind in ("integer", "number"):
        return {name: pd.Series([math.nan if value is None else value for value in parsed], dtype=float)}
    series = {name: cells.where(cells != "", None).astype("str").reset_index(drop=True)}
    if kind in ("quantity", "change"):
        empty = parsing.Quantity(math.nan, None, None)
        series[f"{name}_value"] = pd.Series([(value or empty).value for value in parsed], dtype=float)
        series[f"{name}_qualifier"] = pd.Series([(value or empty).qualifier for value in parsed], dtype="str")
    if kind == "date":
        series[f"{name}_iso"] = pd.Series(parsed, dtype="str")
    return series


def _validate(frame, schema, lines, file, seen) -> list[Problem]:
    """Compare the parsed cells with the schema; a cell that did not parse is not reported twice."""
    found: dict[tuple[int, str], Problem] = {}

    def add(places, name: str, expected: str, remedy: str) -> None:
        for place in places:
            if (lines[place], name) not in seen:
                value = frame[name].iloc[place]
                value = value.item() if hasattr(value, "item") else value
                found.setdefault((lines[place], name), Problem(file, lines[place], name, value, expected, remedy))

    for name, column in schema.columns.items():
        values = frame[name].dropna()
        for place, value in values.items():
            if fault := column.fault(value):
                add([place], name, *fault)
        if not any(bad == name for _, bad in seen):
            # what compares cells with one another would blame the good ones
            _compared(values, column, lambda *problem, name=name: add(problem[0], name, *problem[1:]))
            if column.kind == "integer" and not column.nullable and values.abs().max() < 2**53:
                frame[name] = frame[name].astype(int)
    if not any(name in schema.key for _, name in seen):
        twice = frame.index[frame.duplicated(schema.key, keep=False)] if schema.key else []
        add(twice, schema.key[0] if schema.key else "", "each value once", "remove or correct one of the rows")
    return list(found.values())


def _compared(values: pd.Series, column, add: Callable) -> None:
    """Report the values that do not go with the others of their column."""
    if column.unique:
        add(values.index[values.duplicated(keep=False)], "each value once", "remove or correct one of the rows")
    if column.gapless:
        # a rank is one more than the number of better ranks (1, 2, 2, 4)
        wrong = values.index[values != values.rank(method="min")]
        add(wrong, "ranks without a gap (1, 2, 2, 4)", "compare the column with the page")


#: the name of the file
SCHEMA_FILE = "schemas.csv"


def schemas(table: pd.DataFrame) -> dict[str, Schema]:
    """Return the schema of each table that a table in the form of ``schemas.csv`` describes.

    Parameters
    ----------
    table : pandas.DataFrame
        ``table, column, kind, key, empty, unique, low, high, values, meaning``, texts or missing. A row without a
        column describes the table: its meaning, and in ``values`` the provenance labels of its numbers (joined by a
        blank). In the row of a column: its kind (one of `fhi.reading.schemas.PARSERS`, or ``rank``,
        an integer without gaps); ``1`` if it is part of the key, may be empty, or has each value once; the least and
        the greatest value; or the values that it may have, joined by ``|``. Beside them perhaps ``own, absent, blank,
        unknown``: see `Column`.

    Returns
    -------
    dict
        By name of the table.
    """
    found = {}
    for name, rows in table.astype(object).fillna("").groupby("table", sort=False):
        about = rows[rows["column"] == ""].agg(" ".join)
        rows = rows[rows["column"] != ""]
        columns = {row["column"]: _column(row) for row in rows.to_dict("records")}
        found[name] = Schema(about["meaning"], columns, rows.loc[rows["key"] != "", "column"].tolist(), about["values"])
    return found


def _column(row: Mapping[str, str]) -> Column:
    ends = {end: float(row[end]) for end in ("low", "high") if row[end]}
    remedies = {name: row[name] for name in ("own", "absent", "blank", "unknown") if row.get(name)}
    rank, values = row["kind"] == "rank", tuple(filter(None, row["values"].split("|")))
    kind, flags = "integer" if rank else row["kind"], {"nullable": bool(row["empty"]), "unique": bool(row["unique"])}
    return Column(kind, row["meaning"], **flags, gapless=rank, values=values, **ends, **remedies)


def read_schemas(path: Path, file: str | None = None) -> dict[str, Schema]:
    """Return the schemas that a file of an edition describes; see `schemas`.

    Parameters
    ----------
    path : Path
        A file of the form `FORM`.
    file : str, optional
        Its name in messages (default: the path).

    Returns
    -------
    dict
        By name of the table.

    Raises
    ------
    DataError
        With every bad cell of the file.
    """
    read_table(path, FORM, file=file)
    return _schemas(path)


def _schemas(path: Path) -> dict[str, Schema]:
    return schemas(pd.read_csv(path, dtype=str, keep_default_na=False))


SCHEMAS = _schemas(Path(__file__).with_name(SCHEMA_FILE))
#: the form of such a file of an edition; remedies stand in the file beside this module alone
FORM = SCHEMAS.pop("schemas")
