"""Read a date as files write it: of any precision, in Chinese, ISO, compact or English form."""

from __future__ import annotations

import datetime
import re

EXPECTED = "a date such as 2014.12, 2017年9月29日 or 2012"
MONTHS = ("january", "february", "march", "april", "may", "june")
MONTHS += ("july", "august", "september", "october", "november", "december")

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


def read_date(text: str) -> str:
    """Return the ISO date of a text without stray blanks (see `fhi.reading.parsing.parse_date`)."""
    parts = _parts(text)
    try:
        datetime.date(*(int(part) for part in [*parts, "1", "1"][:3]))
    except (TypeError, ValueError):
        raise ValueError(EXPECTED) from None
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
    month = [number for number, word in enumerate(MONTHS, start=1) if name in (word, word[:3])]
    month = [9] if name == "sept" else month
    return [match["year"], str(month[0]), *days] if month and len(days) < 2 else []
