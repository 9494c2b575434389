"""Read one printed cell: numbers with Chinese units and qualifiers, dates of any precision.

A printed value is kept as it stands; what is parsed from it goes beside it. Nothing is guessed: a
text that is not wholly understood raises `ValueError` with what was expected.
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

MULTIPLIERS = {"": 1, "十": 10, "百": 100, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8}
MULTIPLIERS |= {"万亿": 1e12, "十亿": 1e9, "百亿": 1e10, "千亿": 1e11}
DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
COUNTERS = "家个项名件份种人位所次倍年部篇分"
CURRENCIES = {"元": "CNY", "人民币": "CNY", "元人民币": "CNY", "美元": "USD", "港元": "HKD"}
ABOVE = {"超过", "突破", "超", "逾", "多于", ">", "≥", "余", "多", "以上"}
BELOW = {"近", "不足", "<", "≤", "以下"}
ABOUT = {"约", "大约", "左右", "级"}
UNDISCLOSED = {"未披露", "未公布", "—", "-", "n/a", "N/A"}

_MARKS = "超过|突破|超|逾|多于|近|不足|大约|约|>|≥|<|≤"
_UNITS = "|".join(sorted((unit for unit in MULTIPLIERS if unit), key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?P<before>{_MARKS})?"
    r"(?:(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)|(?P<word>[零一二两三四五六七八九]))?"
    r"(?P<inner>[余多])?"
    rf"(?P<unit>{_UNITS})?"
    r"(?P<after>[余多级])?"
    rf"(?P<counter>[{COUNTERS}])?"
    r"(?P<currency>元人民币|人民币|美元|港元|元)?"
    r"(?P<percent>%|成)?"
    r"(?P<last>以上|以下|左右|多)?",
    re.ASCII,
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"(?P<year>\d{4})(?:[.\-/年](?P<month>\d{1,2})(?:[.\-/月](?P<day>\d{1,2})日?|月)?|年)?", re.ASCII)


class Quantity(NamedTuple):
    """A printed quantity: its value in the plain unit, how exact it is, and its unit if printed.

    `qualifier` is one of ``exact``, ``above``, ``below``, ``about`` and ``undisclosed`` (value NaN).
    `unit` is ``%``, a currency code or an empty text.
    """

    value: float
    qualifier: str
    unit: str


def fold(text: str) -> str:
    """Return `text` with full-width digits and signs as plain ones and without blanks, but for those between digits.

    A blank between two digits stays, so that ``1 2`` is refused rather than read as 12.
    """
    folded = unicodedata.normalize("NFKC", str(text)).replace("−", "-").replace("–", "-")
    return re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", folded)


def parse_number(text: str) -> float:
    """Return the number that `text` is, full-width digits and thousands separators allowed.

    Raises
    ------
    ValueError
        If `text` is not wholly one finite number.
    """
    folded = fold(text)
    if not _NUMBER.fullmatch(folded):
        raise ValueError("a number such as 1234.5")
    value = float(folded.replace(",", ""))
    if not math.isfinite(value):
        raise ValueError("a finite number")
    return value


def parse_integer(text: str) -> int:
    """Return the whole number that `text` is; raises `ValueError` otherwise."""
    try:
        value = parse_number(text)
    except ValueError:
        raise ValueError("a whole number such as 12") from None
    if value != int(value):
        raise ValueError("a whole number such as 12")
    return int(value)


def parse_quantity(text: str) -> Quantity:
    """Read a printed quantity such as ``超100亿人民币``, ``18.59万``, ``近500``, ``三成``, ``83.5%``, ``未披露``.

    ``亿`` is 1e8, ``万`` 1e4, ``成`` ten per cent; ``超 余 多 以上`` mark a lower bound (above), ``近 不足``
    an upper bound (below), ``约 级 左右`` an order of magnitude (about). A mixed marking such as
    ``近4000多`` is read as about. The value is in the plain unit: CNY, firms, per cent.

    Raises
    ------
    ValueError
        If any part of the text is not understood.
    """
    folded = fold(text)
    if folded in UNDISCLOSED:
        return Quantity(math.nan, "undisclosed", "")
    match = _QUANTITY.fullmatch(folded)
    if not match or not (match["number"] or match["word"] or match["unit"]):
        raise ValueError("a quantity such as 8700亿, 超100亿, 近500, 83.5% or 未披露")
    if match["number"]:
        number = Decimal(match["number"].replace(",", ""))
    else:
        number = Decimal(DIGITS[match["word"]]) if match["word"] else Decimal(1)
    # decimal arithmetic: 18.59万 is 185900, not 185900.00000000003
    value = float(number * int(MULTIPLIERS[match["unit"] or ""]) * (10 if match["percent"] == "成" else 1))
    if not math.isfinite(value):
        raise ValueError("a finite quantity")
    unit = "%" if match["percent"] else CURRENCIES.get(match["currency"] or "", "")
    return Quantity(value, _qualifier(match), unit)


def _qualifier(match: re.Match) -> str:
    marks = {match[group] for group in ("before", "inner", "after", "last")} - {None}
    above, below, about = bool(marks & ABOVE), bool(marks & BELOW), bool(marks & ABOUT)
    if about or (above and below):
        return "about"
    return "above" if above else "below" if below else "exact"


def parse_date(text: str) -> str:
    """Return an ISO date of the printed precision: ``2014.12`` gives ``2014-12``, ``2012`` stays ``2012``.

    Raises
    ------
    ValueError
        If the text is not a date or names a month or day that does not exist.
    """
    match = _DATE.fullmatch(fold(text))
    parts = [part for part in match.groups() if part] if match else []
    try:
        year, month, day = (int(part) for part in [*parts, "1", "1"][:3])
        datetime.date(year, month, day)
    except ValueError:
        raise ValueError("a date such as 2014.12, 2017年9月29日 or 2012") from None
    return "-".join([parts[0], *(f"{int(part):02d}" for part in parts[1:])])


def parse_change(text: str) -> Quantity:
    """Read a printed change of rank: ``+3``, ``-5``, ``—`` (no change, 0) or ``新增`` (new: undisclosed)."""
    folded = fold(text)
    if folded == "新增":
        return Quantity(math.nan, "undisclosed", "")
    if str(text).strip() in {"—", "-", "–"}:
        return Quantity(0.0, "exact", "")
    try:
        return Quantity(float(parse_integer(folded)), "exact", "")
    except ValueError:
        raise ValueError("a change such as +3, -5, — or 新增") from None
