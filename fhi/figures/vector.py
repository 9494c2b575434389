"""Make SVG files small: the same picture in fewer characters, since the page holds all of them."""

from __future__ import annotations

import re

DIGITS = 2  # of a coordinate, in points: a hundredth is less than any printer shows
_PATH = re.compile(r' d="([^"]*)"')
_SEGMENT = re.compile(r"([MLQCz])([^MLQCz]*)")
_USE = re.compile(r'(<use xlink:href="#[^"]+") transform="translate\(([\d.]+) 0\)"/>')
_GLYPH = re.compile(r"\bFHISansSC-([RB])\w*-(?=[0-9a-f]+\")")


def compact(svg: str) -> str:
    """Return an SVG picture of matplotlib with its paths in relative, rounded coordinates, short names of glyphs, and no
    blanks between tags.

    Rounding errors do not add up: each point is rounded where it stands, and the steps are taken between rounded points.
    """
    svg = _PATH.sub(lambda match: f' d="{_relative(match[1])}"', svg)
    svg = _GLYPH.sub(r"\1", svg)
    # the place of a glyph in its line, in hundredths of its size
    svg = _USE.sub(lambda match: f'{match[1]} x="{round(float(match[2]), 1):.10g}"/>', svg)
    return re.sub(r">\s+<", "><", svg)


def _relative(path: str) -> str:
    """Rewrite absolute M, L, Q and C (and z) as m, l, q and c; other commands leave the path as it is."""
    if re.search(r"[^MLQCz\d\s.e+-]", path):
        return path
    parts, here, start, before = [], (0, 0), (0, 0), ""
    for command, numbers in _SEGMENT.findall(path):
        if command == "z":
            parts.append("z")
            here = start
        else:
            values = [round(float(number) * 10**DIGITS) for number in numbers.split()]
            text = "".join(_number(value - here[place % 2]) for place, value in enumerate(values))
            # a command that is repeated need not be written again, but for m, which would mean a line
            parts.append(text if command == before != "M" else command.lower() + text.removeprefix(" "))
            here = (values[-2], values[-1])
            start = here if command == "M" else start
        before = command
    return "".join(parts)


def _number(step: int) -> str:
    """Write a step with what parts it from the number before: its sign, or a blank."""
    text = f"{abs(step) / 10**DIGITS:.10g}"
    text = text.removeprefix("0") if text.startswith("0.") else text
    return f"-{text}" if step < 0 else f" {text}"
