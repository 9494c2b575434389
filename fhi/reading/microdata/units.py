"""Bring a value from the unit it is written in to the unit of its indicator."""

from __future__ import annotations

import math
from decimal import Decimal

from fhi.reading.microdata.cells import CURRENCY
from fhi.reading.microdata.money import Rates
from fhi.reading.parsing import COUNTERS, Quantity, fold, has_unit, parse_number, parse_quantity

#: units of a column that count and name no currency
BARE = ("万", "亿", "千万", "百万", "万亿")


def unit_of(text: str) -> Quantity:
    """Return how many plain units a unit is: ``100 million CNY`` is 1e8 CNY, ``万元`` 1e4 CNY, ``%`` one per cent.

    Raises
    ------
    ValueError
        If it is no unit of a number; ``firms`` is none, and counts ones.
    """
    folded = fold(text)
    return parse_quantity(folded if folded[:1].isdigit() else f"1{folded}")


def in_unit(text: str, written: str, wanted: str, rates: Rates, year: int) -> float:
    """Return a value in the unit of its indicator.

    Parameters
    ----------
    text : str
        The cell, perhaps with a unit of its own (``1.2万亿元``), which then counts.
    written : str
        The unit of its column; empty: that of the indicator.
    wanted : str
        The unit of the indicator in framework.csv, such as ``100 million CNY``; a word that is no unit of a number
        (``firms``) counts ones.
    rates : Rates
        For an amount in another currency.
    year : int
        Year of the value, whose rate counts.

    Raises
    ------
    ValueError
        If one is a share or an amount of money and the other is not, or a currency has no rate of the year.
    """
    aim = _aim(wanted)
    same = not written or fold(written).casefold() == fold(wanted).casefold()
    given = _exact(text) if has_unit(text) else None
    if given and given.unit:
        return given.value / aim.value * _rate(given.unit, aim.unit, wanted, rates, year)
    try:
        column = aim if same else unit_of(written)
    except ValueError:
        raise ValueError(f"a value in {_shown(wanted)}; {written!r} is no unit of a number") from None
    if given:
        # 8700亿 in a column of money is money, in its currency; a column of 亿 alone leaves the indicator its own
        bare = not column.unit and fold(written) in BARE
        unit = aim.unit if bare else column.unit.removesuffix("%")
        return given.value / aim.value * _rate(unit, aim.unit, wanted, rates, year)
    number = _bare(text, aim)
    if same:
        return number
    # in decimals, so that 280149400万元 are 28014.94亿元 and nothing beside it
    value = float(Decimal(str(number)) * Decimal(column.value) / Decimal(aim.value))
    return value * _rate(column.unit, aim.unit, wanted, rates, year)


def _bare(text: str, aim: Quantity) -> float:
    """Return a number without a unit of its own: ``1,200``, ``1.2E+03``, ``约1200``; ``1200家`` of what is counted."""
    try:
        return parse_number(text)
    except ValueError:
        if aim.unit and any(counter in fold(text) for counter in COUNTERS):
            raise ValueError(f"a value in {_shown(aim.unit)}, not a count") from None
        return _exact(text).value


def _exact(text: str) -> Quantity:
    given = parse_quantity(text)
    if given.qualifier not in ("exact", "about"):
        raise ValueError("a value, not a bound or a blank")
    return given


def _aim(wanted: str) -> Quantity:
    try:
        return unit_of(wanted) if wanted else Quantity(1.0, "exact", "")
    except ValueError:
        return Quantity(1.0, "exact", "")


def _rate(given: str, aim: str, wanted: str, rates: Rates, year: int) -> float:
    if given == aim:
        return 1.0
    if "%" in (given, aim) or "" in (given, aim) or aim != "CNY":
        raise ValueError(f"a value in {_shown(wanted)}, not in {_shown(given)}")
    rate = rates.find(CURRENCY.index(given), year)
    if math.isnan(rate):
        raise ValueError(f"a currency with a rate of its year (none of {given} for {year})")
    return rate


def _shown(unit: str) -> str:
    return unit or "a plain number"
