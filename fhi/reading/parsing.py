"""Read one printed cell: numbers with Chinese units and qualifiers, dates of any precision.

A printed value is kept as it stands; what is parsed from it goes beside it. Nothing is guessed: a
text that is not wholly understood raises `ValueError` with what was expected.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from fhi.engine.cells import fold, parse_number
from fhi.reading.dates import read_date
from fhi.reading.numerals import CHARACTERS, parse_numeral

COUNTERS = "家个项名件份种人位所次倍年部篇分"
ENGLISH = {"k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6}
ENGLISH |= {"b": 10**9, "bn": 10**9, "billion": 10**9}
CURRENCIES = {"元": "CNY", "人民币": "CNY", "元人民币": "CNY", "人民币元": "CNY", "rmb": "CNY", "¥": "CNY"}
CURRENCIES |= {"美元": "USD", "美金": "USD", "us$": "USD", "$": "USD", "港元": "HKD", "港币": "HKD", "hk$": "HKD"}
CURRENCIES |= {"欧元": "EUR", "€": "EUR", "日元": "JPY", "英镑": "GBP", "£": "GBP", "澳门元": "MOP", "新台币": "TWD"}
CURRENCIES |= {code.casefold(): code for code in ("CNY", "USD", "HKD", "EUR", "JPY", "GBP", "MOP", "TWD")}
ABOVE = {"超过", "突破", "超", "逾", "多于", "过", "上", ">", "≥", "余", "多", "以上"}
BELOW = {"近", "不足", "<", "≤", "以下"}
ABOUT = {"约", "大约", "左右", "级"}
UNDISCLOSED = {"未披露", "未公布", "—", "-", "n/a", "N/A"}
#: how files write that there is no value, after `fold` and in lower case
MISSING = {"", "nan", "na", "n/a", "#n/a", "null", "none", "nil", ".", "-", "--", "—", "——", "/", "?", "无", "不详"}
MISSING |= {"未知", "未披露", "未公布", "未透露", "暂无", "保密", "缺失", "undisclosed", "unknown", "missing"}

_SIMPLIFIED = str.maketrans("萬億圓圆", "万亿元元")
_MARKS = "超过|突破|超|逾|多于|近|不足|大约|约|过|上|>|≥|<|≤"
#: words for currencies and for powers of ten, as alternatives of a pattern
MONEY = "|".join(map(re.escape, sorted(CURRENCIES, key=len, reverse=True)))
TIMES = "|".join(sorted(ENGLISH, key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?P<before>{_MARKS})?"
    rf"(?P<prefix>{MONEY})?"
    r"(?P<of_hundred>百分之)?"
    r"(?P<sign>[+-])?"
    rf"(?P<head>[{CHARACTERS}]+)"
    r"(?P<inner>[余多])?"
    r"(?P<unit>[十百千]?(?:万亿|亿|万)?)"
    rf"(?P<english>{TIMES})?"
    r"(?P<after>[余多级])?"
    rf"(?P<counter>[{COUNTERS}])?"
    rf"(?P<currency>{MONEY})?"
    r"(?P<percent>%|成)?"
    r"(?P<last>以上|以下|左右|多|级)?",
    re.ASCII,
)


class Quantity(NamedTuple):
    """A printed quantity: its value in the plain unit, how exact it is, and its unit if printed.

    `qualifier` is one of ``exact``, ``above``, ``below``, ``about`` and ``undisclosed`` (value NaN).
    `unit` is ``%``, a currency code or an empty text.
    """

    value: float
    qualifier: str
    unit: str


def fold_quantity(text: str) -> str:
    """Return a text as `fold`, its units in simplified characters (萬, 億, 圓)."""
    return fold(text).translate(_SIMPLIFIED)


def is_missing(text: str) -> bool:
    """True if a cell says that there is no value: empty, ``NaN``, ``N/A``, ``null``, ``-``, ``未披露`` …"""
    return fold(text).casefold() in MISSING


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
    """Read a printed quantity such as ``超100亿人民币``, ``18.59万``, ``近500``, ``三成``, ``USD 30 million``.

    ``亿`` is 1e8, ``万`` 1e4, ``成`` ten per cent; ``超 余 多 以上`` mark a lower bound (above), ``近 不足``
    an upper bound (below), ``约 级 左右`` an order of magnitude (about). A mixed marking such as
    ``近4000多`` is read as about. The value is in the plain unit: CNY, firms, per cent. ``$`` is USD, ``¥`` CNY.

    Raises
    ------
    ValueError
        If any part of the text is not understood.
    """
    folded = fold_quantity(text)
    if folded in UNDISCLOSED:
        return Quantity(math.nan, "undisclosed", "")
    match = _QUANTITY.fullmatch(folded.casefold())
    expected = "a quantity such as 8700亿, 超100亿, 近500, 83.5% or 未披露"
    if not match or not _is_sound(match):
        raise ValueError(expected)
    try:
        number = parse_numeral(match["head"] + match["unit"])
    except ValueError:
        raise ValueError(expected) from None
    number *= ENGLISH.get(match["english"], 1) * (10 if match["percent"] == "成" else 1)
    value = float(-number if match["sign"] == "-" else number)
    if not math.isfinite(value):
        raise ValueError("a finite quantity")
    money = match["prefix"] or match["currency"] or ""
    percent = match["percent"] or match["of_hundred"]
    return Quantity(value, _qualifier(match), "%" if percent else CURRENCIES.get(money, ""))


def _is_sound(match: re.Match) -> bool:
    """False for a text with two units, or two marks of the same thing."""
    money = [mark for mark in (match["prefix"], match["currency"]) if mark]
    shares = [mark for mark in (match["percent"], match["of_hundred"]) if mark]
    if len({CURRENCIES[mark] for mark in money}) > 1 or ((money or shares) and match["counter"]):
        return False
    if match["english"] and re.search("[十百千万亿]", match["head"] + match["unit"]):
        return False
    bare = not any(character in "0123456789零〇一二两三四五六七八九" for character in match["head"])
    unit_alone = bare and bool(match["english"] or match["sign"] or match["percent"] == "成")
    return not (len(shares) > 1 or (shares and money) or unit_alone)


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
        If the text is not a date, names a month or day that does not exist, or can be read as two dates (``5/6/2017``).
    """
    return read_date(fold(text))


def parse_change(text: str) -> Quantity:
    """Read a printed change of rank: ``+3``, ``-5``, ``—`` (no change, 0) or ``新增`` (new: undisclosed)."""
    folded = fold(text)
    if folded == "新增":
        return Quantity(math.nan, "undisclosed", "")
    if folded in {"—", "-"}:
        return Quantity(0.0, "exact", "")
    try:
        return Quantity(float(parse_integer(folded)), "exact", "")
    except ValueError:
        raise ValueError("a change such as +3, -5, — or 新增") from None
