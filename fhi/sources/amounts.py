"""Read an amount that may be vague: ``数千万`` or ``1-2亿`` is an interval, ``超100亿`` is open above."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from fhi.sources.parsing import CURRENCIES, Quantity, fold, parse_number, parse_quantity

EXPECTED = "an amount such as 1.2亿元, 3000万美元, 超100亿, 数千万 or 1-2亿元"
#: 数 and 几 stand for some digit from two to nine
SOME = (2, 9)

_SOME = re.compile(r"(?P<before>[^\d]*?)(?:好几|数|几)(?P<unit>[十百千]*(?:万亿|亿|万)?)(?P<after>[^\d]*)")
_RANGE = re.compile(r"(?P<low>.+?)(?:~|至|到|(?<=[\d十百千万亿元])-)(?P<high>.+)")
_TAIL = re.compile(r"[^\d]*$")


class Amount(NamedTuple):
    """What a text says of an amount, in the plain unit of its currency.

    `low` ≤ `value` ≤ `high`. The value is the number printed; of an interval its low end. ``below`` leaves the
    low end at 0, ``above`` the high end open. `unit` is a currency code, ``%`` or empty.
    """

    value: float
    low: float
    high: float
    qualifier: str
    unit: str


def parse_amount(text: str) -> Amount:
    """Read an amount as `parse_quantity`, and also intervals and exponents.

    ``数千万元`` is from 2000 to 9000 万, ``1-2亿元`` from 1 to 2 亿 (a low end without a unit has that of the high
    end), ``1.2E+08`` a plain number. What says that there is no amount is ``undisclosed`` (value NaN).

    Raises
    ------
    ValueError
        If any part is not understood, the ends of an interval do not ascend, or an amount is negative.
    """
    folded = fold(text)
    for read in (_plain, _quantity, _some, _range):
        try:
            amount = read(folded)
        except ValueError:
            continue
        if amount.low < 0 or amount.value < 0:
            raise ValueError("an amount, 0 or more")
        return amount
    raise ValueError(EXPECTED)


def _plain(text: str) -> Amount:
    value = parse_number(text)
    return Amount(value, value, value, "exact", "")


def _quantity(text: str) -> Amount:
    value, qualifier, unit = parse_quantity(text)
    low = 0.0 if qualifier == "below" else value
    return Amount(value, min(low, value), math.inf if qualifier == "above" else value, qualifier, unit)


def _some(text: str) -> Amount:
    match = _SOME.fullmatch(text)
    if not match or not match["unit"]:
        raise ValueError(EXPECTED)
    ends = [parse_quantity(f"{match['before']}{digit}{match['unit']}{match['after']}") for digit in SOME]
    return _interval(*ends)


def _range(text: str) -> Amount:
    match = _RANGE.fullmatch(text)
    if not match:
        raise ValueError(EXPECTED)
    low, high = match["low"], match["high"]
    ends = parse_quantity(low), parse_quantity(high)
    tail = _TAIL.search(high)[0]
    if not tail:
        # 5-12 may as well be a date that a spreadsheet program made of something
        raise ValueError(EXPECTED)
    if re.fullmatch(r"[\d.,]+", low):
        # 1-2亿元: the unit of the high end is that of both
        ends = parse_quantity(low + tail), ends[1]
    return _interval(*ends)


def _interval(low: Quantity, high: Quantity) -> Amount:
    if {low.qualifier, high.qualifier} - {"exact", "about"} or not low.value < high.value:
        raise ValueError(EXPECTED)
    if low.unit and high.unit and low.unit != high.unit:
        raise ValueError("one currency")
    return Amount(low.value, low.value, high.value, "interval", low.unit or high.unit)


def parse_currency(text: str) -> str:
    """Return the code of a currency: ``人民币``, ``RMB`` and ``元`` are CNY.

    Raises
    ------
    ValueError
        If it is not one of `fhi.sources.parsing.CURRENCIES`.
    """
    folded = fold(text).casefold()
    if folded not in CURRENCIES:
        raise ValueError(f"a currency such as {', '.join(sorted(set(CURRENCIES.values())))}")
    return CURRENCIES[folded]
