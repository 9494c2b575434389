"""The columns of a raw table, and its strict reading: encoding, header, cells, schema; all problems in one DataError.

A column's ``metadata["kind"]`` says how its printed text is parsed (see `PARSERS`); its description goes into the data
dictionary.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from fhi.engine.cells import parse_number, read_cells
from fhi.engine.errors import DataError, Problem, nearest_names
from fhi.reading import parsing

#: the columns of the panel: ``low`` and ``high`` are the least and the greatest value that its sources allow
PANEL = ["city", "year", "indicator", "value", "low", "high", "unit", "source_id", "evidence"]
CITIES = 20


def column(dtype, kind: str, description: str, *checks: pa.Check, nullable=False, unique=False) -> pa.Column:
    return pa.Column(
        dtype, list(checks), nullable=nullable, unique=unique, description=description, metadata={"kind": kind}
    )


def check(function, expected: str, remedy: str, **options) -> pa.Check:
    return pa.Check(function, error=f"{expected}|{remedy}", **options)


def between(low: float, high: float, what: str) -> pa.Check:
    return check(lambda value: low <= value <= high, f"{what} from {low} to {high}", "correct it", element_wise=True)


def one_of(*values: object) -> pa.Check:
    names = ", ".join(map(str, values))
    return check(lambda value: value in values, f"one of {names}", "use one of these names", element_wise=True)


def _competition(ranks) -> object:
    """True where a rank equals one plus the number of better ranks (1, 2, 2, 4)."""
    return ranks == ranks.rank(method="min").astype(int)


def text(description: str, *checks: pa.Check, nullable=False, unique=False) -> pa.Column:
    return column(str, "text", description, *checks, nullable=nullable, unique=unique)


def city(description="city, a name_zh of cities.csv", *, nullable=False) -> pa.Column:
    return column(str, "city", description, nullable=nullable)


def node(description="node of framework.csv that the number bears on", *, nullable=True) -> pa.Column:
    return column(str, "node", description, nullable=nullable)


def integer(description: str, low: int, high: int, *checks: pa.Check, nullable=False, unique=False) -> pa.Column:
    dtype = float if nullable else int
    checks = (between(low, high, "a whole number"), *checks)
    return column(dtype, "integer", description, *checks, nullable=nullable, unique=unique)


def number(description: str, low=float("-inf"), high=float("inf"), *, nullable=False) -> pa.Column:
    return column(float, "number", description, between(low, high, "a number"), nullable=nullable)


def quantity(description: str, nullable=False) -> pa.Column:
    return column(str, "quantity", f"{description}, as printed", nullable=nullable)


def date(description: str) -> pa.Column:
    return column(str, "date", f"{description}, as printed")


def rank(description: str, *, ties=False) -> pa.Column:
    standing = check(_competition, "ranks without a gap (1, 2, 2, 4)", "compare the column with the page")
    return integer(description, 1, CITIES, standing, unique=not ties)


def page() -> pa.Column:
    return integer("page of the report (printed on most from 9 to 39, counted elsewhere)", 1, 43)


def schema(key: list[str], description: str, **columns: pa.Column) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, unique=key, strict=True, description=description)


def of_report(key: list[str], description: str, **columns: pa.Column) -> pa.DataFrameSchema:
    return schema(key, description, page=page(), **columns)


NOTE = text("reading of the page, where it is not plain", nullable=True)
#: the words of the project, and those that a folder of the staff's files adds
VOCABULARY = schema(
    ["list", "written"],
    "the words by which files of the staff name columns, classes and answers",
    list=text("column.<kind>, class, sector, sex, flag, platform, evidence, place, city, measure or kind"),
    code=text("what the word stands for"),
    written=text("the word; blanks, hyphens, width and case do not matter"),
)

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


def read_table(
    path: Path, schema: pa.DataFrameSchema, *, file: str | None = None, known: Mapping[str, Collection[str]] = {}
) -> pd.DataFrame:
    """Read and validate one raw CSV table.

    Parameters
    ----------
    path : Path
        The file.
    schema : pandera.DataFrameSchema
        Its columns, whose ``metadata["kind"]`` names the parser.
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
    schema: pa.DataFrameSchema,
    *,
    file: str,
    known: Mapping[str, Collection[str]] = {},
) -> pd.DataFrame:
    """Validate the cells of a table, wherever they were read; see `read_table`."""
    _check_header(header, schema, file)
    lines = [line for line, _ in rows]
    cells = pd.DataFrame([row for _, row in rows], columns=header, dtype=object)[list(schema.columns)]
    problems: list[Problem] = []
    columns = {}
    for name, column in schema.columns.items():
        columns |= _parse_column(cells[name], name, column, lines, file, known, problems)
    frame = pd.DataFrame(columns)
    problems += _validate(frame, schema, lines, file, {(p.row, p.column) for p in problems})
    if problems:
        raise DataError(sorted(problems, key=lambda p: (p.row or 0, list(schema.columns).index(p.column))))
    frame.insert(0, "row", lines)
    return frame


def _check_header(header: list[str], schema: pa.DataFrameSchema, file: str) -> None:
    wanted = list(schema.columns)
    problems = []
    for name in wanted:
        if name not in header:
            near = nearest_names(name, [h for h in header if h not in wanted], 1)
            remedy = f"rename {near[0]!r} to {name!r}" if near else f"add the column {name!r}"
            remedy = schema.columns[name].metadata.get("absent", remedy)
            problems.append(Problem(file, 1, name, None, f"a column {name!r}", remedy))
    for name in dict.fromkeys(header):
        if name not in wanted:
            expected = f"only the columns {', '.join(wanted)}"
            problems.append(Problem(file, 1, name, name, expected, "remove or rename the column"))
        elif header.count(name) > 1:
            problems.append(Problem(file, 1, name, name, "each column once", "remove the second one"))
    if problems:
        raise DataError(problems)


def _parse_column(cells, name, column, lines, file, known, problems) -> dict[str, pd.Series]:
    kind = column.metadata["kind"]
    parsed = []
    for line, cell in zip(lines, cells, strict=True):
        parsed.append(None)
        remedy = column.metadata.get("empty")
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
            near = nearest_names(cell, known[kind], 1)
            listed = "cities.csv" if kind == "city" else "framework.csv"
            remedy = f"write {near[0]!r}" if near else f"correct the name or add it to {listed}"
            remedy = column.metadata.get("unknown", "{}").format(remedy)
            problems.append(Problem(file, line, name, cell, f"a {kind} of {listed}", remedy))
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
    """Run the schema over the parsed frame; a cell that did not parse is not reported twice."""
    incomplete = {column for _, column in seen}
    for name, column in schema.columns.items():
        if str(column.dtype) == "int64" and name not in incomplete:
            if frame[name].abs().max() < 2**53:
                frame[name] = frame[name].astype(int)
            else:
                incomplete.add(name)
    extra = [name for name in frame if name not in schema.columns]
    for name in incomplete:
        # what compares cells with one another would blame the good ones
        single = [check for check in schema.columns[name].checks if check.element_wise]
        schema = schema.update_column(name, checks=single, unique=False)
    try:
        schema.validate(frame.drop(columns=extra), lazy=True)
    except pa.errors.SchemaErrors as errors:
        problems = [_problem(case, lines, file) for case in errors.failure_cases.itertuples()]
        wanted = [p for p in problems if (p.row, p.column) not in seen and (p.row or p.column not in incomplete)]
        return list({(p.row, p.column): p for p in reversed(wanted)}.values())
    return []


def _problem(case, lines: list[int], file: str) -> Problem:
    row = lines[int(case.index)] if case.index is not None and not pd.isna(case.index) else None
    check = str(case.check)
    if "unique" in check:
        expected, remedy = "each value once", "remove or correct one of the rows"
    elif "|" in check:
        expected, remedy = check.split("|", 1)
    else:
        expected, remedy = check, "correct the cell"
    value = case.failure_case
    return Problem(file, row, str(case.column), value.item() if hasattr(value, "item") else value, expected, remedy)
