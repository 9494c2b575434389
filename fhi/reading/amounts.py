"""Read an amount that may be vague: ``数千万`` or ``1-2亿`` is an interval, ``超100亿`` is open above."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import NamedTuple

from fhi.reading.parsing import CURRENCIES, MONEY, TIMES, Quantity, fold, fold_quantity, parse_number, parse_quantity

EXPECTED = "an amount such as 1.2亿元, 3000万美元, 超100亿, 数千万 or 1-2亿元"
#: 数 and 几 stand for some digit from two to nine
SOME = (2, 9)

_SOME = re.compile(r"(?P<before>[^\d]*?)(?:好几|数|几)(?P<unit>[十百千]*(?:万亿|亿|万)?)(?P<after>[^\d]*)")
_RANGE = re.compile(r"(?P<low>.+?)(?:~|至|到|(?<=[\d十百千万亿元])-)(?P<high>.+)")
_TAIL = re.compile(r"[^\d]*$")
_EXPONENT = re.compile(r"(?<=\d)e[+-]?\d+", re.ASCII)
_OWN = re.compile(rf"[万亿成%a-z]|百分|{MONEY}")
_SCALE = re.compile(rf"[万亿]|\d(?:{TIMES})")
_BARE = re.compile(r"[^\d]*[\d.,]+", re.ASCII)


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
    folded = fold_quantity(text)
    for read in (_plain, _quantity, _some, _range):
        try:
            amount = read(folded)
        except ValueError:
            continue
        if amount.low < 0 or amount.value < 0:
            raise ValueError("an amount, 0 or more")
        return amount
    raise ValueError(EXPECTED)


def has_unit(text: str) -> bool:
    """True if a text names a unit of its own (``3亿``, ``5000元``, ``$5m``), so that its column's does not hold for it.

    Bare are ``12,000``, ``1.2E+04``, ``约1200``, ``三千`` and ``1200家``.
    """
    return bool(_OWN.search(_EXPONENT.sub("", fold_quantity(text).casefold())))


def times(value: float, factor: float) -> float:
    """Return a product in decimals: 18.59 × 10000 is 185900 and nothing beside it."""
    return float(Decimal(repr(value)) * Decimal(repr(factor)))


def parse_amount_in(text: str, unit: str) -> Amount:
    """Read an amount in a column whose heading names a unit, such as ``万美元``.

    The unit holds for a bare number, whatever marks stand about it (``约1200``, ``超1200``, ``1.2E+03``, ``数千``). A
    text that counts in 万 or 亿 but names no currency is in the column's.

    Raises
    ------
    ValueError
        As `parse_amount`, and if the unit is a share.
    """
    amount, column = parse_amount(text), parse_quantity(f"1{unit}")
    if column.unit == "%":
        raise ValueError("an amount of money, not a share")
    if not has_unit(text):
        ends = (times(end, column.value) for end in amount[:3])
        amount = Amount(*ends, amount.qualifier, amount.unit)
    if math.isinf(amount.value):
        raise ValueError("a finite amount")
    return amount._replace(unit=amount.unit or column.unit)


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
    if not has_unit(high):
        # 5-12 may as well be a date that a spreadsheet program made of something
        raise ValueError(EXPECTED)
    if not has_unit(low):
        low += _tail(low, high)
    elif _scaled(high) and not _scaled(low) and re.match(MONEY, low.casefold()):
        # $1-2m: a million or a dollar
        raise ValueError(EXPECTED)
    return _interval(parse_quantity(low), parse_quantity(high))


def _tail(low: str, high: str) -> str:
    """Return what the ends of an interval have in common: of 1-2百万元 百万元, of 三-五亿元 亿元, of 3千-5千万 万."""
    if _BARE.fullmatch(low):
        return _TAIL.search(high)[0]
    return high[_OWN.search(high.casefold()).start() :]


def _scaled(text: str) -> bool:
    return bool(_SCALE.search(text.casefold()))


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
        If it is not one of `fhi.reading.parsing.CURRENCIES`.
    """
    folded = fold(text).casefold()
    if folded not in CURRENCIES:
        raise ValueError(f"a currency such as {', '.join(sorted(set(CURRENCIES.values())))}")
    return CURRENCIES[folded]
