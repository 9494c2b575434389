"""How the functions of claims read the raw tables: ranks, places in lists, printed statements, shares."""

from __future__ import annotations

import datetime

import pandas as pd

from fhi.editions.claims.registry import FEW, Found, Tables
from fhi.reading.parsing import parse_date

REPORT = "report2018"
#: day of publication, to the month (p1)
PUBLISHED = datetime.date(2018, 11, 1)


def by_city(tables: Tables, name: str, column: str) -> pd.Series:
    """Return a column of a table of the report by city."""
    return tables[f"{REPORT}/{name}"].set_index("city")[column]


def place(values: pd.Series, city: str, complete: bool = False) -> Found:
    """Return the place of a city by a number, the largest first; ties share the better place.

    It is partial beside fewer than `FEW` rivals, unless the values are `complete`: of all that the claim speaks of.
    """
    ranks = values.dropna().rank(ascending=False, method="min")
    return Found(float(ranks[city]), partial=not complete and len(ranks) - 1 < FEW)


def descending(values: pd.Series) -> list[str]:
    """Return the labels in order of their values, the largest first."""
    return list(values.dropna().sort_values(ascending=False, kind="stable").index)


def listed(tables: Tables, page: int, name: str) -> list[str]:
    """Return the cities of an ordered list of the report."""
    rows = tables[f"{REPORT}/leaders"].query("page == @page and list == @name")
    return rows.sort_values("position")["city"].tolist()


def stated(tables: Tables, table: str, measure: str, **where) -> pd.Series:
    """Return the printed values of a measure by city; `where` narrows by further columns, such as the page."""
    rows = tables[f"{REPORT}/{table}"]
    for column, value in {"measure_en": measure, **where}.items():
        rows = rows[rows[column] == value]
    return rows.set_index("city")["printed_value"]


def enumerated(tables: Tables, name: str) -> pd.DataFrame:
    """Return a short list that a page prints in full."""
    return tables[f"{REPORT}/enumerations"].query("list == @name").sort_values("position")


def between(first: str, last: str) -> Found:
    """Return the condition that a printed date lies between two ISO dates, as far as the digits of both go."""

    def accepts(printed: str) -> bool:
        date = parse_date(printed)
        return first[: len(date)] <= date and date[: len(last)] <= last[: len(date)]

    return Found(f"[{first}, {last}]", accepts=accepts)


def half_digit(printed: str) -> float:
    """Return half the last printed digit of a number, in the unit that it is printed in."""
    digits = "".join(character for character in printed if character in "0123456789.")
    return 0.5 * 10.0 ** -len(digits.partition(".")[2])


def difference(first: float, second: float, half: float) -> Found:
    """Return first − second of two numbers that are each printed to within `half`."""
    value = first - second
    return Found(value, value - 2 * half, value + 2 * half)
