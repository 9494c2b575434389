"""What expressions of claims have beside the functions of the engine: bounds, roundings, printed texts and dates."""

from __future__ import annotations

import dataclasses

import pandas as pd

from fhi.editions.claims.verdicts import Found
from fhi.reading.parsing import parse_change, parse_date, parse_quantity


def found_in(value: object) -> Found:
    """Return what an expression gave as `Found`: a number, a text, or a list as the names that it joins."""
    if isinstance(value, pd.Series | list):
        return Found("、".join(one if isinstance(one, str) else f"{one:.6g}" for one in value))
    if isinstance(value, bool) or not isinstance(value, float | str | Found):
        raise TypeError("a number or names, not a condition or a table")
    return value if isinstance(value, Found) else Found(value)


def bounds(low, high) -> Found:
    """Bounds of a number, an ISO date or a set: it lies between both, ends included; it is supported at best.

    Parameters
    ----------
    low, high : float, str or pandas.Series
        Two numbers, two ISO dates, or two lists of names.
    """
    if isinstance(low, float) and isinstance(high, float):
        return Found(None, low, high, partial=True)
    if isinstance(low, str) and isinstance(high, str):
        return _between(low, high)
    least, most = set(low), set(high)
    return Found("、".join(high), accepts=lambda printed: least <= set(printed.split("、")) <= most)


def _between(first: str, last: str) -> Found:
    """The condition that a printed date lies between two ISO dates, as far as the digits of both go."""

    def accepts(printed: str) -> bool:
        date = parse_date(printed)
        return first[: len(date)] <= date and date[: len(last)] <= last[: len(date)]

    return Found(f"[{first}, {last}]", accepts=accepts)


def within(value: float, half: float) -> Found:
    """A number that the rounding of the printed inputs leaves within `half` on both sides.

    Parameters
    ----------
    value : float
    half : float
        Half the width of the interval, in the unit of `value`.
    """
    return Found(value, value - half, value + half)


def partial(value, condition: bool = True) -> Found:
    """A value from inputs that are too few to confirm it, where the condition holds: supported at best.

    Parameters
    ----------
    value : float, str, pandas.Series or Found
    condition : bool
        Whether the inputs are too few.
    """
    found = found_in(value)
    return dataclasses.replace(found, partial=found.partial or condition)


def one_of(names: pd.Series) -> Found:
    """Names that the inputs do not tell apart: each of them may be meant."""
    return dataclasses.replace(found_in(names), tied=len(names) > 1)


def half_digit(printed: pd.Series) -> pd.Series:
    """Half the last printed digit of numbers as printed, each in the unit that it is printed in."""
    digits = printed.astype(str).str.replace(r"[^0-9.]", "", regex=True).str.partition(".")[2]
    return 0.5 * 10.0 ** -digits.str.len().astype(float)


def years(first: str, last: str) -> float:
    """Years from the month of an ISO date to that of another.

    Parameters
    ----------
    first, last : str
        ISO dates with a month.
    """
    (begun, month), (ended, final) = (map(int, date.split("-")[:2]) for date in (first, last))
    return float((ended - begun) + (final - month) / 12)


def version(texts: pd.Series) -> pd.Series:
    """The numbers of versions, such as 2.0, in those of the texts that name one."""
    return texts.str.extract(r"\b(\d+\.\d+)\b")[0].dropna()


def earlier_places(ranks: pd.Series, places: float) -> Found:
    """The condition on printed changes, in the order of the ranks: they give distinct earlier ranks up to `places`.

    Parameters
    ----------
    ranks : pandas.Series
        Present ranks.
    places : float
        Number of units of the earlier ranking.
    """

    def accepts(printed: str) -> bool:
        changes = [parse_change(text).value for text in printed.split()]
        earlier = {rank + change for rank, change in zip(ranks, changes, strict=False)}
        return len(changes) == len(earlier) == len(ranks) and earlier <= set(range(1, int(places) + 1))

    return Found(f"1–{int(places)}", accepts=accepts)


def whole_multiple(number: float) -> Found:
    """The condition on a printed multiple: with its two decimals it is this number over a whole one."""

    def accepts(printed: str) -> bool:
        multiple = parse_quantity(printed).value
        return any(round(number / other, 2) == multiple for other in range(1, int(number) + 1))

    return Found(f"{number:.0f}/n", accepts=accepts)


FUNCTIONS = {
    function.__name__: function
    for function in (bounds, within, partial, one_of, half_digit, years, version, earlier_places, whole_multiple)
}
