"""Read numerals as Chinese texts write them: digits, Chinese characters, and both with the units 万 and 亿."""

from __future__ import annotations

import re
from decimal import Decimal

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
