"""Read one printed cell: numerals, quantities with Chinese units and qualifiers, dates of any precision, vague amounts.

A printed value is kept as it stands; what is parsed from it goes beside it. Nothing is guessed: a
text that is not wholly understood raises `ValueError` with what was expected.
"""

import calendar
import datetime
import math
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fhi.engine.cells import NOTE, fold, parse_number, read_cells

SCALES = {"十": 10, "百": 100, "千": 1000}
UNITS = {"万": 10**4, "亿": 10**8, "万亿": 10**12}
DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
#: characters that a numeral is made of
CHARACTERS = "0123456789.,零〇一二两三四五六七八九十百千万亿"

_SEGMENT = re.compile(
    r"(?:(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)|(?P<han>[零〇一二两三四五六七八九十百千]+))?"
    r"(?P<scale>[十百千])?(?P<unit>万亿|亿|万)?",
    re.ASCII,
)


def parse_numeral(text: str) -> Decimal:
    """Return the number that `text` is: ``8,700亿``, ``5千万``, ``三千五百``, ``1亿5000万``, ``百万``.

    Decimal arithmetic keeps the digits: 18.59万 is 185900, not 185900.00000000003.

    Raises
    ------
    ValueError
        If `text` is not wholly one numeral, or is one that people read differently (``一千五``, ``1万2``).
    """
    total, limit, place = Decimal(0), None, 0
    while place < len(text) or limit is None:
        match = _SEGMENT.match(text, place)
        if match.end() == place:
            raise ValueError("a numeral such as 8700亿 or 三千五百")
        number, multiplier = _segment(match, first=limit is None)
        value = number * multiplier
        if limit is not None and not _continues(match, value, multiplier, limit):
            raise ValueError("a numeral with descending units such as 1亿5000万")
        total, limit, place = total + value, multiplier, match.end()
        if place < len(text) and (multiplier == 1 or number != int(number)):
            raise ValueError("a numeral such as 8700亿 or 三千五百")
    return total


def _segment(match: re.Match, *, first: bool) -> tuple[Decimal, int]:
    """Return number and multiplier of one part of a numeral; a unit alone (``百万``) counts once."""
    if match["digits"]:
        number = Decimal(match["digits"].replace(",", ""))
    elif match["han"]:
        number = Decimal(_below_ten_thousand(match["han"]))
    elif first:
        number = Decimal(1)
    else:
        raise ValueError("a number before each unit")
    return number, SCALES.get(match["scale"], 1) * UNITS.get(match["unit"], 1)


def _continues(match: re.Match, value: Decimal, multiplier: int, limit: int) -> bool:
    """True if a part may follow one with the multiplier `limit`: smaller, and with its place made clear."""
    if not (multiplier < limit and value < limit):
        return False
    clear = multiplier > 1 or (match["han"] or "").startswith(("零", "〇"))
    return clear or value * 10 >= limit


def _below_ten_thousand(text: str) -> int:
    total, last, digit, zero = 0, 10_000, None, False
    for place, character in enumerate(text):
        if character in SCALES:
            scale = SCALES[character]
            implied = digit is None and (character == "十" or place == 0)
            if scale >= last or (digit is None and not implied):
                raise ValueError("a numeral with descending places such as 三千五百")
            total, last, digit, zero = total + (1 if digit is None else digit) * scale, scale, None, False
        elif digit is not None:
            raise ValueError("one digit for each place")
        elif DIGITS[character] == 0 and place < len(text) - 1:
            zero = True
        else:
            digit = DIGITS[character]
    if digit is None:
        return total
    if last > 10 and last < 10_000 and not zero:
        raise ValueError("a numeral with its places such as 一千五百 or 一千零五")
    return total + digit


COUNTERS = "家个项名件份种人位所次倍年部篇分"


def _words(kind: str) -> dict[str, str]:
    """Return the words of a kind in ``parsing.csv`` with what each stands for."""
    path = Path(__file__).with_suffix(".csv")
    return {word: value for _, (of, word, value) in read_cells(path, path.name)[1] if of == kind}


#: powers of ten, and the codes of currencies, by word
ENGLISH = {word: int(value) for word, value in _words("power").items()}
CURRENCIES = _words("currency")
#: currency codes by place; 0 is none, 1 is CNY
CURRENCY = tuple(dict.fromkeys(["", *CURRENCIES.values()]))
ABOVE, BELOW, ABOUT, UNDISCLOSED = (set(_words(kind)) for kind in ("above", "below", "about", "undisclosed"))
#: how files write that there is no value, after `fold` and in lower case
MISSING = {"", *_words("missing")}

_SIMPLIFIED = str.maketrans("萬億圓圆", "万亿元元")
_MARKS = "超过|突破|超|逾|多于|近|不足|大约|约|过|上|>|≥|<|≤"
#: words for currencies and for powers of ten, as alternatives of a pattern
MONEY = "|".join(map(re.escape, sorted(CURRENCIES, key=len, reverse=True)))
TIMES = "|".join(sorted(ENGLISH, key=len, reverse=True))
#: 未透露人民币, 未披露美元: an amount that is not told, in a currency
_UNTOLD = re.compile(rf"(?:未披露|未公布|未透露|金额未知|不详|保密)(?:{MONEY})")
#: 亿元及以上美元 is of USD: 亿元 is but how such lists write 亿
_AT_LEAST = re.compile(rf"(?P<head>.*?)元?(?:及以上|以上)(?P<money>{MONEY})")
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
    folded = fold(text).casefold()
    return folded in MISSING or bool(_UNTOLD.fullmatch(folded))


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
    folded = NOTE.sub("", fold_quantity(text))
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


DATE = "a date such as 2014.12, 2017年9月29日 or 2012"
MONTHS = [name.casefold() for name in calendar.month_name]

# a time of day is dropped; between it and the day stands T, a blank or 日
_TIME = r"(?:(?:T|\s+|(?<=日))\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_BIG_END = re.compile(
    r"(?P<year>\d{4})(?:[.\-/年](?P<month>\d{1,2})(?:[.\-/月](?P<day>\d{1,2})日?" + _TIME + r"|月)?|年)?",
    re.ASCII,
)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII)
_LITTLE_END = re.compile(r"(?P<first>\d{1,2})[.\-/](?P<second>\d{1,2})[.\-/](?P<year>\d{4})" + _TIME, re.ASCII)
_NAMED = re.compile(
    r"(?:(?P<day>\d{1,2})[\s\-]?)?(?P<name>[a-z]{3,9})\.?[\s\-]?(?:(?P<other>\d{1,2}),\s?)?[\s\-]?(?P<year>\d{4})",
    re.ASCII,
)


def parse_date(text: str) -> str:
    """Return an ISO date of the printed precision: ``2014.12`` gives ``2014-12``, ``2012`` stays ``2012``.

    Raises
    ------
    ValueError
        If the text is not a date, names a month or day that does not exist, or can be read as two dates (``5/6/2017``).
    """
    parts = _parts(re.sub(r"(?<=\d{4})\.0$", "", fold(text)))
    try:
        datetime.date(*(int(part) for part in [*parts, "1", "1"][:3]))
    except (TypeError, ValueError):
        raise ValueError(DATE) from None
    return "-".join([parts[0], *(f"{int(part):02d}" for part in parts[1:])])


def _parts(text: str) -> list[str]:
    """Return year, month and day, as far as they are written."""
    for form in (_BIG_END, _COMPACT):
        if match := form.fullmatch(text):
            return [match[name] for name in ("year", "month", "day") if match[name]]
    if match := _LITTLE_END.fullmatch(text):
        first, second = int(match["first"]), int(match["second"])
        if first != second and max(first, second) <= 12:
            raise ValueError("a date that can be read in one way only, such as 2017-06-05")
        month, day = sorted((match["first"], match["second"]), key=int)
        return [match["year"], month, day]
    if match := _NAMED.fullmatch(text.casefold()):
        return _named(match)
    return []


def _named(match: re.Match) -> list[str]:
    """Return the parts of a date with the month as an English word."""
    name, days = match["name"], [day for day in (match["day"], match["other"]) if day]
    month = [number for number, word in enumerate(MONTHS) if name in (word, word[:3])]
    month = [9] if name == "sept" else month
    return [match["year"], str(month[0]), *days] if month and len(days) < 2 else []


AMOUNT = "an amount such as 1.2亿元, 3000万美元, 超100亿, 数千万 or 1-2亿元"
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
    if match := _AT_LEAST.fullmatch(folded.casefold()):
        folded = f"{match['head']}{match['money']}以上"
    if _UNTOLD.fullmatch(folded):
        return Amount(*[math.nan] * 3, "undisclosed", "")
    for read in (_plain, _quantity, _some, _range):
        try:
            amount = read(folded)
        except ValueError:
            continue
        if amount.low < 0 or amount.value < 0:
            raise ValueError("an amount, 0 or more")
        return amount
    raise ValueError(AMOUNT)


def has_unit(text: str) -> bool:
    """True if a text names a unit of its own (``3亿``, ``5000元``, ``$5m``), so that its column's does not hold for it.

    Bare are ``12,000``, ``1.2E+04``, ``约1200``, ``三千`` and ``1200家``.
    """
    return bool(_OWN.search(_EXPONENT.sub("", fold_quantity(text).casefold())))


@cache
def unit_of(text: str) -> Quantity:
    """Return how many plain units a unit is: ``100 million CNY`` is 1e8 CNY, ``万元`` 1e4 CNY, ``%`` one per cent.

    Raises
    ------
    ValueError
        If it is no unit of a number; ``firms`` is none, and counts ones.
    """
    folded = re.sub(r"(?<=\d)[ ,](?=\d{3}(?!\d))", "", fold(text))
    return parse_quantity(folded if folded[:1].isdigit() else f"1{folded}")


def is_unit(unit: str) -> bool:
    """True for a unit of a number: ``万元``, ``亿美元``, ``%``, ``million USD``, ``家``."""
    try:
        return bool(unit) and not _NOT_UNIT.fullmatch(fold(unit)) and bool(unit_of(unit))
    except ValueError:
        return False


#: a number alone, as in the heading 2017, is no unit
_NOT_UNIT = re.compile(r"[\d.,年 ]+", re.ASCII)


def times(value: float, factor: float) -> float:
    """Return a product in decimals: 18.59 × 10000 is 185900 and nothing beside it.

    Parameters
    ----------
    value, factor : float

    Returns
    -------
    float
    """
    return float(Decimal(repr(value)) * Decimal(repr(factor)))


def parse_amount_in(text: str, unit: str) -> Amount:
    """Read an amount in a column whose heading names a unit, such as ``万美元``.

    The unit holds for a bare number, whatever marks stand about it (``约1200``, ``超1200``, ``1.2E+03``, ``数千``). A
    text that counts in 万 or 亿 but names no currency is in the column's.

    Parameters
    ----------
    text : str
        A cell.
    unit : str
        Of its column, as `unit_of` reads it.

    Returns
    -------
    Amount
        In the plain unit; of the column where the text names none.

    Raises
    ------
    ValueError
        As `parse_amount`, and if the unit is a share.
    """
    amount, column = parse_amount(text), unit_of(unit)
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
        raise ValueError(AMOUNT)
    ends = [parse_quantity(f"{match['before']}{digit}{match['unit']}{match['after']}") for digit in SOME]
    return _interval(*ends)


def _range(text: str) -> Amount:
    match = _RANGE.fullmatch(text)
    if not match:
        raise ValueError(AMOUNT)
    low, high = match["low"], match["high"]
    if not has_unit(high):
        # 5-12 may as well be a date that a spreadsheet program made of something
        raise ValueError(AMOUNT)
    if not has_unit(low):
        low += _tail(low, high)
    elif _SCALE.search(high.casefold()) and not _SCALE.search(low.casefold()) and re.match(MONEY, low.casefold()):
        # $1-2m: a million or a dollar
        raise ValueError(AMOUNT)
    return _interval(parse_quantity(low), parse_quantity(high))


def _tail(low: str, high: str) -> str:
    """Return what the ends of an interval have in common: of 1-2百万元 百万元, of 三-五亿元 亿元, of 3千-5千万 万."""
    if _BARE.fullmatch(low):
        return _TAIL.search(high)[0]
    return high[_OWN.search(high.casefold()).start() :]


def _interval(low: Quantity, high: Quantity) -> Amount:
    if {low.qualifier, high.qualifier} - {"exact", "about"} or not low.value < high.value:
        raise ValueError(AMOUNT)
    if low.unit and high.unit and low.unit != high.unit:
        raise ValueError("one currency")
    return Amount(low.value, low.value, high.value, "interval", low.unit or high.unit)


def parse_currency(text: str) -> str:
    """Return the code of a currency: ``人民币``, ``RMB`` and ``元`` are CNY.

    Raises
    ------
    ValueError
        If it is not one of `CURRENCIES`.
    """
    folded = fold(text).casefold()
    if folded not in CURRENCIES:
        raise ValueError(f"a currency such as {', '.join(sorted(set(CURRENCIES.values())))}")
    return CURRENCIES[folded]
