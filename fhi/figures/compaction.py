"""Write a picture with fewer characters and the same look: what a page with a hundred of them needs.

matplotlib writes each point of a path on a line of its own, in absolute coordinates with six decimals, gives
every group an id and repeats every text as a comment. Here a path becomes relative steps on a grid far finer
than print, and whatever nothing refers to goes. Everything is decided by the text alone, so the same picture
gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import count

#: grid of a path, in points: a hundredth is 0.004 mm
GRID = 100
#: matplotlib writes a glyph in 6400 units an em; the font itself is drawn in 1000, so nothing is lost
GLYPH_UNITS = 6.4
GLYPH_SCALE = "scale(0.015625)"
FONT_SCALE = "scale(.1)"

POINTS = {"M": 1, "L": 1, "Q": 2, "C": 3, "Z": 0}
TOKEN = re.compile(r"[MLQCZz]|-?\d[\d.]*(?:e-?\d+)?")
DECIMAL = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
UNREFERRED = (
    (re.compile(r"<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL), ""),
    (re.compile(r">\s+<"), "><"),
    (re.compile(r"\s*\n\s*"), " "),
)
PATH = re.compile(rf' d="([^"]*)"( transform="{re.escape(GLYPH_SCALE)}")?')
NUMBERS = re.compile(r' (?:x|y|width|height|style|transform|viewBox)="[^"]*"')
SHIFT = re.compile(r'(<use [^>]*) transform="translate\(([\d.-]+) 0\)"')
EMPTY = re.compile(r"<g></g>|<g/>|<defs/>|<defs></defs>")
SINGLE = re.compile(r"<g>(<(?:path|use)\b[^>]*/>)</g>")


def compact(svg: str) -> str:
    """Return a picture written by matplotlib in fewer characters; no point moves by more than 0.005 points."""
    for pattern, replacement in UNREFERRED:
        svg = pattern.sub(replacement, svg)
    svg = PATH.sub(_compact_path, svg)
    svg = _short_ids(svg)
    svg = SHIFT.sub(r'\1 x="\2"', svg)
    svg = NUMBERS.sub(lambda match: DECIMAL.sub(_rounded, match[0]).replace(": ", ":").replace("; ", ";"), svg)
    svg = EMPTY.sub("", EMPTY.sub("", svg))
    return SINGLE.sub(r"\1", svg)


def _compact_path(match: re.Match) -> str:
    if match[2]:
        return f' d="{_glyph(match[1])}" transform="{FONT_SCALE}"'
    return f' d="{relative_path(match[1], 1, GRID)}"'


@cache
def _glyph(path: str) -> str:
    """Return the outline of a character; the same ones come in every picture."""
    return relative_path(path, 1 / GLYPH_UNITS, 1)


def relative_path(path: str, factor: float, grid: int) -> str:
    """Return a path of absolute M, L, Q, C, Z in relative steps.

    Parameters
    ----------
    path : str
        As matplotlib writes it: a letter before every point.
    factor : float
        Every coordinate is multiplied by it.
    grid : int
        Steps of the grid in one unit; coordinates are rounded to it before steps are taken, so that rounding
        does not add up along the path.
    """
    pieces: list[str] = []
    here = start = (0, 0)
    previous = ""
    for letter, points in _commands(path, factor * grid):
        if letter == "Z":
            pieces.append("z")
            here, previous = start, "Z"
            continue
        if letter == "M":
            start, steps = points[0], [*points[0]]
        else:
            steps = [coordinate for x, y in points for coordinate in (x - here[0], y - here[1])]
            letter, steps = _shortest(letter.lower(), steps)
        text = _joined([_number(step, grid) for step in steps])
        # a letter that repeats may be left out, except M: what follows it without a letter is a line
        pieces.append(_behind(text) if letter == previous != "M" else letter + text)
        here, previous = points[-1], letter
    return "".join(pieces)


def _commands(path: str, scale: float) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield each letter of a path with its points on the grid."""
    tokens = TOKEN.findall(path)
    place = 0
    while place < len(tokens):
        letter = tokens[place].upper()
        size = 2 * POINTS[letter]
        values = [round(float(token) * scale) for token in tokens[place + 1 : place + 1 + size]]
        yield letter, list(zip(values[::2], values[1::2], strict=True))
        place += 1 + size


def _shortest(letter: str, steps: list[int]) -> tuple[str, list[int]]:
    """Return a line that goes only across or only down as such."""
    if letter == "l" and steps[1] == 0:
        return "h", steps[:1]
    if letter == "l" and steps[0] == 0:
        return "v", steps[1:]
    return letter, steps


def _number(step: int, grid: int) -> str:
    if grid == 1:
        return str(step)
    return _trimmed(f"{step / grid:.{len(str(grid)) - 1}f}")


def _trimmed(text: str) -> str:
    """Return a decimal number without the zeros that it can do without."""
    sign = "-" if text.startswith("-") else ""
    whole, _, part = text.removeprefix("-").partition(".")
    part = part.rstrip("0")
    short = f"{whole.lstrip('0')}.{part}" if part else whole.lstrip("0")
    return f"{sign}{short}" if short else "0"


def _joined(numbers: list[str]) -> str:
    return numbers[0] + "".join(map(_behind, numbers[1:]))


def _behind(number: str) -> str:
    """Return a number as it follows another: a minus separates by itself."""
    return number if number[0] == "-" else f" {number}"


def _rounded(match: re.Match) -> str:
    """Round to four significant digits behind a zero, and to three decimals else."""
    value = float(match[0])
    return _trimmed(f"{value:.6f}" if abs(value) < 0.1 else f"{value:.3f}")


def _short_ids(svg: str) -> str:
    """Give the ids that something refers to a short name, and drop the others."""
    used = set(re.findall(r'url\(#([^)"]+)\)|href="#([^"]+)"', svg))
    names: dict[str, str] = {}
    numbers = count()
    referred = {name for pair in used for name in pair if name}

    def identity(match: re.Match) -> str:
        if match[1] not in referred:
            return ""
        if match[1] not in names:
            names[match[1]] = f"i{next(numbers)}"
        return f' id="{names[match[1]]}"'

    svg = re.sub(r' id="([^"]*)"', identity, svg)
    svg = re.sub(r'url\(#([^)"]+)\)', lambda match: f"url(#{names.get(match[1], match[1])})", svg)
    return re.sub(r'href="#([^"]+)"', lambda match: f'href="#{names.get(match[1], match[1])}"', svg)
