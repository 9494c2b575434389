"""Text that comes from data: measured, wrapped and shortened to the room there is; numbers in two languages."""

from __future__ import annotations

import math
import re

from fhi.showing.figures import style

_OPENING, _CLOSING = "“《（(「", "”》）)」，。、；：？！,.;:?!%"
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
#: a word of Latin letters (10 000 is one) or one Chinese character, with the marks that must not stand apart from it
_WORD = rf"[^\s{_WIDE}{_OPENING}]+"
_PIECE = re.compile(rf"\s*[{_OPENING}]*(?:[{_WIDE}]|{_WORD}(?:(?<=\d) (?=\d){_WORD})*|.)[{_CLOSING}]*")

_PREFIXES = {
    "zh": {"above": "超", "below": "近", "about": "约", "exact": ""},
    "en": {"above": "over ", "below": "nearly ", "about": "about ", "exact": ""},
}
#: the same before a number in a table
SIGNS = {"above": ">", "below": "<", "about": "≈", "exact": ""}


def width(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of one line of text in inches, in the project's font at `size` points."""
    return style.extent(text, size, weight) / 72


def shortened(text: str, room: float, size: float, weight: str = "normal") -> str:
    """Return `text`, its end cut and marked with … if it is wider than `room` inches."""
    return style.fit(text, room * 72, size, weight)


def wrapped(text: str, room: float, size: float, weight: str = "normal", lines: int = 9) -> str:
    """Return `text` broken into at most `lines` lines of `room` inches; what does not fit is cut and marked with ….

    English breaks at blanks, Chinese at any character but before a closing or after an opening mark. A word
    wider than the room is broken anywhere. Of all breaks into as few lines, the lines are the most even.
    """
    rows = _rows(text, room, size, weight)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], shortened("".join(rows[lines - 1 :]), room, size, weight)]
    elif len(rows) > 1:
        rows = _evened(text, rows, room, size, weight)
    return "\n".join(row.strip() for row in rows)


def _rows(text: str, room: float, size: float, weight: str) -> list[str]:
    """Return the lines of a text, each filled as far as it goes."""
    rows = [""]
    for piece in _pieces(text, room, size, weight):
        if rows[-1] and width((rows[-1] + piece).strip(), size, weight) > room:
            rows.append("")
        rows[-1] += piece
    return rows


def _evened(text: str, rows: list[str], room: float, size: float, weight: str) -> list[str]:
    """Return the lines in the narrowest room that takes no line more, to a twentieth of the room."""
    widest = max(width(piece.strip(), size, weight) for piece in _pieces(text, room, size, weight))
    for step in range(19, 0, -1):
        narrower = _rows(text, room * step / 20, size, weight)
        if room * step / 20 < widest or len(narrower) > len(rows):
            break
        rows = narrower
    return rows


def _pieces(text: str, room: float, size: float, weight: str) -> list[str]:
    result = []
    for piece in _PIECE.findall(text):
        result += list(piece) if width(piece.strip(), size, weight) > room else [piece]
    return result


def number(value: float, language: str, qualifier: str = "exact") -> str:
    """Return a number as it is spoken of: 2100000 is 210万, or 2.1 million; above, below and about become a word."""
    prefix = _PREFIXES[language][qualifier]
    if language == "zh" and value >= 1e5:
        divisor, unit = (1e8, "亿") if value >= 1e8 else (1e4, "万")
        return f"{prefix}{value / divisor:,.6g}{unit}"
    if value >= 1e6:
        divisor, unit = (1e9, "billion") if value >= 1e9 else (1e6, "million")
        return f"{prefix}{value / divisor:,.6g} {unit}"
    return f"{prefix}{value:,.10g}"


def quantity_text(value: float, qualifier: str, unit: str, printed: str, language: str) -> str:
    """Return a printed quantity in words: in Chinese as printed, in English from its value, qualifier and unit."""
    if unit == "rank":
        return style.pick(language, f"第{value:.0f}位", ordinal(int(value)))
    if language == "zh":
        return printed
    if math.isnan(value):
        return "not disclosed"
    prefix = _PREFIXES["en"][qualifier]
    if unit == "CNY":
        size, name = (1e9, "bn") if value >= 1e9 else (1e6, "m")
        return f"{prefix}CNY {value / size:,.10g} {name}"
    return f"{prefix}{value:,.10g}{'%' if unit == '%' else ''}"


def capital(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def ordinal(number: int) -> str:
    """Return an English ordinal: 1st, 2nd, 3rd, 4th, 11th, 21st."""
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{suffix}"
