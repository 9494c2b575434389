"""Make SVG files small and ready to stand in a page: the same picture in fewer characters, its texts as text.

A group with the mark ``unit:<name>`` becomes ``<g class="unit" data-unit="<name>">``: what is drawn of one unit. With a
second part, ``unit:<name>|<words>``, it carries these as ``data-tip``. All other groups lose their names.
"""

from __future__ import annotations

import re
from functools import cache

#: coordinates are kept to a hundredth of a point, finer than print
HUNDREDTH = 0.01
#: width of the body of an A4 page, in points and in inches of a drawing: a picture is drawn 10 inches wide, printed at 176 mm
FULL_POINTS, FULL_INCHES = 176 / 25.4 * 72, 10.0
_PATH = re.compile(r' d="([MLQCz\d\s.e+-]*)"')
_SEGMENT = re.compile(r"([MLQCz])([^MLQCz]*)")
_HEAD = re.compile(r'<svg [^>]*width="([\d.]+)pt" height="([\d.]+)pt" viewBox="([^"]*)"[^>]*>')
_TEXT = re.compile(r'<text style="([^"]*)" x="([^"]*)" y="([^"]*)"(?: transform="rotate\((-?[\d.]+) [^"]*\)")?>')
_GROUP = re.compile(r'<g(?: id="([^"]*)")?([^>]*?)(/?)>|</g>')
_UNREAD = re.compile(r"<!--.*?-->|<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL)
_NAMED = re.compile(r' id="([^"]+)"')
UNIT = "unit:"


def compact(svg: str, name: str = "", family: str = "") -> str:
    """Return an SVG picture of matplotlib with relative, rounded coordinates and without what nobody reads.

    Parameters
    ----------
    svg : str
        As matplotlib writes it, with texts as text and absolute M, L, Q, C and z in its paths.
    name : str
        Goes before the names of clips and marks, so that several pictures can stand in one page.
    family : str
        The fonts of all its texts, for the root.

    Notes
    -----
    Rounding errors do not add up: each point is rounded where it stands, and the steps are taken between rounded points.
    The size in the root is that of print (see `FULL_POINTS`); the coordinates stay those of the drawing.
    """
    svg = _groups(_UNREAD.sub("", svg).replace("xlink:href", "href").strip())
    svg = _PATH.sub(lambda match: f' d="{_relative(match[1])}"', svg)
    svg = _TEXT.sub(_text, svg)
    svg = re.sub(r'style="([^"]*)"', lambda match: f'style="{match[1].replace(": ", ":").replace("; ", ";")}"', svg)
    for place, id in enumerate(dict.fromkeys(_NAMED.findall(svg))):
        svg = re.sub(rf'(id="|#){id}', rf"\g<1>{name}-{place}", svg)
    svg = _HEAD.sub(lambda match: _head(match, family), svg, count=1)
    return re.sub(r">\s+<", "><", svg)


def _head(match: re.Match, family: str) -> str:
    scale = FULL_POINTS / FULL_INCHES / 72
    width, height = (float(size) * scale for size in match.groups()[:2])
    look = f' font-family="{family}"' if family else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="{width:.2f}pt" height="{height:.2f}pt"'
        f' viewBox="{match[3]}" xml:space="preserve" stroke-linejoin="round" stroke-linecap="butt"{look}>'
    )


def _text(match: re.Match) -> str:
    """Rewrite the head of a text: its font is the picture's, and what is usual is not said."""
    style, x, y, angle = match.groups()
    drop = ("font-family", "text-anchor: start")
    style = "; ".join(part for part in style.split("; ") if not part.startswith(drop))
    x, y = (_number(round(float(value) / HUNDREDTH)).strip() for value in (x, y))
    turn = f' transform="rotate({angle} {x} {y})"' if angle and float(angle) else ""
    return f'<text style="{style}" x="{x}" y="{y}"{turn}>'


def _groups(svg: str) -> str:
    """Drop groups that say nothing, keep those of units and of looks."""
    kept: list[bool] = []

    def rewrite(match: re.Match) -> str:
        if match[0] == "</g>":
            return match[0] if kept.pop() else ""
        id, look, closed = match.groups()
        if id and id.startswith(UNIT):
            unit, _, tip = id[len(UNIT) :].partition("|")
            look = f' class="unit" data-unit="{unit}"' + (f' data-tip="{tip}"' if tip else "") + look
        if closed:
            return ""
        kept.append(bool(look.strip()))
        return f"<g{look}>" if kept[-1] else ""

    return _GROUP.sub(rewrite, svg)


@cache
def _relative(path: str) -> str:
    """Rewrite a path in relative steps, counted in whole hundredths."""
    parts, here, start, before = [], (0, 0), (0, 0), ""
    for command, numbers in _SEGMENT.findall(path):
        if command == "z":
            parts.append("z")
            here, before = start, "z"
            continue
        values = [round(float(number) / HUNDREDTH) for number in numbers.split()]
        steps = [value - here[place % 2] for place, value in enumerate(values)]
        here = (values[-2], values[-1])
        start = here if command == "M" else start
        letter = command.lower()
        if letter == "l" and 0 in steps:
            letter, steps = ("h", steps[:1]) if steps[1] == 0 else ("v", steps[1:])
        text = "".join(map(_number, steps))
        # a letter that is repeated need not be written again, but for m, which would mean a line
        parts.append(text if letter == before != "m" else letter + text.removeprefix(" "))
        before = letter
    return "".join(parts)


def _number(step: int) -> str:
    """Write a step of so many hundredths with what parts it from the number before: its sign, or a blank."""
    text = f"{abs(step) * HUNDREDTH:.10g}"
    text = text.removeprefix("0") if text.startswith("0.") else text
    return f"-{text}" if step < 0 else f" {text}"
