"""Values with their units in words, in both languages: plurals, currencies, and numbers by the hundred million.

The names of units are in ``assets/report/units.csv``. A unit that counts in a larger number, such as
``100 million CNY`` or ``万人``, is said as each language counts: 23,042 亿元 are CNY 2,304.2 billion.
"""

import csv
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fhi.engine.ranking import outward, significant, significant_places
from fhi.showing.figures.registry import LANGUAGES
from fhi.showing.report.texts import minus

FILE = Path(__file__).resolve().parents[1] / "assets" / "report" / "units.csv"
#: by how much a unit counts: the words for it, and how many of what each language says in its place
SCALES = {
    1e3: (r"1[ ,]?000|thousands?|千", (0.1, "万"), (1, "thousand")),
    1e4: (r"10[ ,]?000|万", (1, "万"), (10, "thousand")),
    1e6: (r"1[ ,]?000[ ,]?000|(?:1 ?)?millions?|百万", (100, "万"), (1, "million")),
    1e8: (r"100 ?millions?|亿", (1, "亿"), (0.1, "billion")),
    1e9: (r"(?:1 ?)?billions?|十亿", (10, "亿"), (1, "billion")),
    1e12: (r"(?:1 ?)?trillions?|万亿", (1, "万亿"), (1, "trillion")),
}
#: a unit that begins with a year is prices of that year
YEAR = re.compile(r"(19|20)\d\d\b")


class Unit(NamedTuple):
    """How a unit is said in a language.

    Attributes
    ----------
    factor : float
        What a value is multiplied by.
    before, one, many : str
        What stands before the number, and after it if it is one, or another.
    decimals : int or None
        What a computed value has at most.
    """

    factor: float = 1.0
    before: str = ""
    one: str = ""
    many: str = ""
    decimals: int | None = None

    def written(self, number: str) -> str:
        """Return a number, as it is written, with its unit."""
        return f"{self.before}{number}{self.one if number == '1' else self.many}"


@cache
def _names() -> dict[str, dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["name"].casefold(): row for row in csv.DictReader(file)}


@cache
def unit_in(unit: str, language: str) -> Unit:
    """Return how a unit is said.

    Parameters
    ----------
    unit : str
        As framework.csv or a panel writes it; one that is not known is said as written.
    language : str
        ``zh`` or ``en``.
    """
    if YEAR.match(unit):
        # a year of prices, no number of anything: 2017 PPP$
        end = {"zh": f"（{unit}）", "en": f" ({unit})"}[language]
        return Unit(one=end, many=end)
    factor, scale, rest = _scale(unit, language)
    known = _names().get(rest.casefold())
    if known is None:
        known = {"zh": rest, "one": _singular(rest), "many": rest, "decimals": ""}
    decimals = int(known["decimals"]) if known["decimals"] and not scale else None
    if unit == "%":
        return Unit(one="%", many="%", decimals=decimals)
    if language == "zh":
        ending = scale + known["zh"]
        ending = f" {ending}" if ending[:1].isascii() and ending else ending
        return Unit(factor, "", ending, ending, decimals)
    if re.fullmatch("[A-Z]{3}", known["many"]):
        end = f" {scale}" if scale else ""
        return Unit(factor, f"{known['many']} ", end, end)
    one, many = (f" {' '.join(part for part in (scale, known[name]) if part)}".rstrip() for name in ("one", "many"))
    return Unit(factor, "", many if scale else one, many, decimals)


def _scale(unit: str, language: str) -> tuple[float, str, str]:
    """Return by what a value is multiplied, the word for it, and the unit without its number."""
    for pattern, *told in sorted(SCALES.values(), reverse=True, key=lambda scale: len(scale[0])):
        found = re.match(rf"(?:{pattern})(?![a-z\d])\s*(.*)", unit, re.IGNORECASE)
        if found and (found[1] or not unit[0].isdigit()):
            return *told[LANGUAGES.index(language)], found[1]
    return 1.0, "", unit


def _singular(word: str) -> str:
    """Return an English noun in the singular, as far as its ending tells."""
    noun, per, rest = word.partition(" per ")
    if re.search("[a-z]ies$", noun):
        return f"{noun[:-3]}y{per}{rest}"
    return noun[:-1] + per + rest if re.search("[a-z][^siu]s$", noun) else word


def measured(value: float, unit: object, *, printed: bool = False) -> dict[str, str]:
    """Return a value with its unit, by language; an empty unit is none.

    Parameters
    ----------
    value : float
    unit : object
        Name of the unit; empty: none.
    printed : bool
        Whether the publication prints it: it keeps its digits.
    """
    found = {}
    for language in LANGUAGES:
        said = _unit(unit, language)
        rounded = significant(value, printed=printed, decimals=said.decimals)
        found[language] = said.written(minus(f"{rounded * said.factor:,.15g}"))
    return found


def measured_span(low: float, high: float, unit: object, language: str) -> str:
    """Return the bounds of a value, rounded outward to the digits of a computed value, in the number of its unit.

    Parameters
    ----------
    low, high : float
        The bounds.
    unit : object
        Name of the unit; empty: none.
    language : str
        ``zh`` or ``en``.
    """
    said = _unit(unit, language)
    ends = outward(low, high, significant_places(max(abs(low), abs(high)), said.decimals))
    return minus("–".join(f"{end * said.factor:,.15g}" for end in ends))


def unit_name(unit: object, language: str) -> str:
    """Return a unit as the head of a column says it: 亿元, CNY billion, firms; empty if it is none.

    Parameters
    ----------
    unit : str
        Name of a unit of measure.
    language : str
        ``zh`` or ``en``.
    """
    said = _unit(unit, language)
    return f"{said.before}{said.many.strip()}".strip(" （）()")


def _unit(unit: object, language: str) -> Unit:
    return unit_in(unit.strip(), language) if isinstance(unit, str) and unit.strip() else Unit()
