"""The columns that raw tables are made of: kinds of cells with their checks and their meaning.

A column's ``metadata["kind"]`` says how its printed text is parsed (see `fhi.reading.csv_tables.PARSERS`);
its description goes into the data dictionary.
"""

from __future__ import annotations

import pandera.pandas as pa

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
