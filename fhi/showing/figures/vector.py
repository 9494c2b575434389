"""Make SVG files small: the same picture in fewer characters, since the page holds all of them."""

from __future__ import annotations

import re
from functools import cache

#: coordinates are kept to a hundredth of a point, and those of glyphs to 1/400 of the type size: finer than print
HUNDREDTH, GLYPH_GRID = 0.01, 16
#: matplotlib draws glyphs in 64ths of a unit, a hundred units to the type size
GLYPH_UNIT = 0.015625 * GLYPH_GRID
_GLYPH = re.compile(r'<path id="FHISansSC-([RB])\w*-([0-9a-f]+)"(?: d="([^"]*)")? transform="scale\(0.015625\)"/>')
_REFERENCE = re.compile(r'<use xlink:href="#FHISansSC-([RB])\w*-([0-9a-f]+)"')
_OFFSET = re.compile(r'(<use xlink:href="#[^"]+") transform="translate\(([\d.]+) 0\)"/>')
#: the scale of a line of glyphs; nothing else is turned upside down
_LINE = re.compile(r" scale\(([\d.]+) -\1\)")
_PATH = re.compile(r' d="([MLQCz\d\s.e+-]*)"')
_SEGMENT = re.compile(r"([MLQCz])([^MLQCz]*)")


def compact(svg: str) -> str:
    """Return an SVG picture of matplotlib with relative, rounded coordinates, short names of glyphs, no blanks between tags.

    Rounding errors do not add up: each point is rounded where it stands, and the steps are taken between rounded points.
    Glyphs lose a scale of their own: the line of text in which they stand has it in its own.
    Expects the paths as matplotlib writes them, absolute M, L, Q, C and z.
    """
    svg = _PATH.sub(lambda match: f' d="{_relative(match[1], HUNDREDTH)}"', _GLYPH.sub(_glyph, svg))
    svg = _REFERENCE.sub(r'<use xlink:href="#\1\2"', svg)
    svg = _LINE.sub(lambda match: " scale({0:.10g} -{0:.10g})".format(float(match[1]) * GLYPH_UNIT), svg)
    svg = _OFFSET.sub(lambda match: f'{match[1]} x="{round(float(match[2]) / GLYPH_UNIT)}"/>', svg)
    return re.sub(r">\s+<", "><", svg)


def _glyph(match: re.Match) -> str:
    # a blank has no path
    path = f' d="{_relative(match[3], GLYPH_GRID)}"' if match[3] else ""
    return f'<path id="{match[1]}{match[2]}"{path}/>'


@cache
def _relative(path: str, unit: float) -> str:
    """Rewrite a path in relative steps, counted in whole units (tenths and hundredths are written out)."""
    parts, here, start, before = [], (0, 0), (0, 0), ""
    for command, numbers in _SEGMENT.findall(path):
        if command == "z":
            parts.append("z")
            here, before = start, "z"
            continue
        values = [round(float(number) / unit) for number in numbers.split()]
        steps = [value - here[place % 2] for place, value in enumerate(values)]
        here = (values[-2], values[-1])
        start = here if command == "M" else start
        letter = command.lower()
        if letter == "l" and 0 in steps:
            letter, steps = ("h", steps[:1]) if steps[1] == 0 else ("v", steps[1:])
        text = "".join(_number(step, unit) for step in steps)
        # a letter that is repeated need not be written again, but for m, which would mean a line
        parts.append(text if letter == before != "m" else letter + text.removeprefix(" "))
        before = letter
    return "".join(parts)


def _number(step: int, unit: float) -> str:
    """Write a step with what parts it from the number before: its sign, or a blank."""
    text = f"{abs(step) * unit if unit < 1 else abs(step):.10g}"
    text = text.removeprefix("0") if text.startswith("0.") else text
    return f"-{text}" if step < 0 else f" {text}"
