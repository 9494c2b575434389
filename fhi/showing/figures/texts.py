"""Text that comes from data: measured, wrapped, placed where nothing else lies; numbers in two languages; lines on a sheet."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import chain, count
from math import cos, hypot, radians, sin

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fhi.editions.findings import date_in_words
from fhi.engine.ranking import significant
from fhi.showing.figures import style
from fhi.showing.figures.wording import LANGUAGES, said, worded

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
    """Return the width of one line of text in inches, in the project's font at `size` points.

    Parameters
    ----------
    text : str
    size : float
        Of the letters, in points.
    weight : str
        Of the letters: ``normal`` or ``bold``.
    """
    return style.extent(text, size, weight) / 72


def wrapped(text: str, room: float, size: float, weight: str = "normal", lines: int = 9) -> str:
    """Return `text` broken into at most `lines` lines of `room` inches; what does not fit is cut and marked with ….

    English breaks at blanks, Chinese at any character but before a closing or after an opening mark. A word
    wider than the room is broken anywhere. Of all breaks into as few lines, the lines are the most even.

    Parameters
    ----------
    text : str
    room : float
        Width of a line, inches.
    size : float
        Of the letters, in points.
    weight : str
        Of the letters: ``normal`` or ``bold``.
    lines : int
        Lines at most.
    """
    rows = _rows(text, room, size, weight)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], style.fit("".join(rows[lines - 1 :]), room * 72, size, weight)]
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
    """Return a number as it is spoken of: 2100000 is 210万, or 2.1 million; above, below and about become a word.

    Parameters
    ----------
    value : float
    language : str
        ``zh`` or ``en``.
    qualifier : str
        ``exact``, ``above``, ``below`` or ``about``.
    """
    prefix = _PREFIXES[language][qualifier]
    if language == "zh" and value >= 1e5:
        divisor, unit = (1e8, "亿") if value >= 1e8 else (1e4, "万")
        return f"{prefix}{significant(value / divisor, printed=True):,.15g}{unit}"
    if value >= 1e6:
        divisor, unit = (1e9, "billion") if value >= 1e9 else (1e6, "million")
        return f"{prefix}{significant(value / divisor, printed=True):,.15g} {unit}"
    return f"{prefix}{significant(value, printed=True):,.15g}"


def counted(value: float, unit: str, language: str, qualifier: str = "exact") -> str:
    """Return a number as it is spoken of, with the name of its unit where that has one.

    Parameters
    ----------
    value : float
    unit : str
        Of the slots ``unit``.
    language : str
        ``zh`` or ``en``.
    qualifier : str
        See `number`.
    """
    name = worded(f"unit.{unit}")
    return f"{number(value, language, qualifier)}{name[language] if name else ''}"


def quantity_text(value: float, qualifier: str, unit: str, printed: str, language: str) -> str:
    """Return a printed quantity in words: in Chinese as printed, in English from its value, qualifier and unit.

    Parameters
    ----------
    value : float
    qualifier : str
        ``exact``, ``above``, ``below`` or ``about``.
    unit : str
        ``rank``, ``CNY``, ``%``, or what is counted.
    printed : str
        As the report prints it.
    language : str
        ``zh`` or ``en``.
    """
    if unit == "rank":
        return said("quantity.rank", language, rank=f"{value:.0f}", ordinal=ordinal(int(value)))
    if language == "zh":
        return printed
    if math.isnan(value):
        return "not disclosed"
    prefix = _PREFIXES["en"][qualifier]
    if unit == "CNY":
        size, name = (1e9, "bn") if value >= 1e9 else (1e6, "m")
        return f"{prefix}CNY {significant(value / size, printed=True):,.15g} {name}"
    return f"{prefix}{significant(value, printed=True):,.15g}{'%' if unit == '%' else ''}"


def capital(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def ordinal(number: int) -> str:
    """Return an English ordinal: 1st, 2nd, 3rd, 4th, 11th, 21st."""
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{suffix}"


def ranked(value: float) -> dict[str, str]:
    """Return a rank as it stands in a sentence after 第, and in English: 2 and 2nd."""
    return {"zh": f"{value:.0f}", "en": ordinal(int(value))}


def dated(date: str) -> dict[str, str]:
    """Return an ISO month or day in the words of each language."""
    return {language: date_in_words(date, language) for language in LANGUAGES}


Box = tuple[float, float, float, float]

#: directions in the order in which they are tried: to the right and left first, as a reader expects
ANGLES = [0, 180, 45, 315, 135, 225, 90, 270, 22, 338, 158, 202, 67, 293, 113, 247]
DIRECTIONS = [(round(cos(radians(angle)), 6), round(sin(radians(angle)), 6)) for angle in ANGLES]
GAP, DOT, NEAREST, STEP = 1.5, 2.5, 5.0, 3.0


def place_labels(points: np.ndarray, sizes: np.ndarray, taken: Sequence[Box], limits: np.ndarray, tied=True):
    """Return the lower left corner of each label, an array of shape (n, 2).

    Parameters
    ----------
    points : array of shape (n, 2)
        What the labels belong to; the first is served first.
    sizes : array of shape (n, 2)
        Width and height of each label, in the unit of the points.
    taken : sequence of (left, bottom, right, top)
        Boxes that labels must keep off.
    limits : array ((left, right), (bottom, top))
        Labels stay inside as long as there is room.
    tied : bool
        Whether a line ties each label to its point, which no label or other line may touch.

    Notes
    -----
    A label tries growing distances from its point, at each of them 16 directions, and takes the first place where it keeps off
    the taken boxes, all points and the labels already placed, and where its line crosses nothing. If there is no such place inside
    the limits, lines may cross; if there is none then either, the label leaves the limits.
    """
    keep_off, lines, corners = [tuple(map(float, box)) for box in taken], [], []
    dots = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in points.tolist()]
    limits = limits.T.ravel().tolist()
    reach = hypot(limits[2] - limits[0], limits[3] - limits[1])
    for index, (point, size) in enumerate(zip(points.tolist(), sizes.tolist(), strict=True)):
        others = keep_off + dots[:index] + dots[index + 1 :]
        spots = (box for box in _candidates(point, size, reach) if _within(box, limits))
        box = None
        if tied:
            ties = ((box, (*point, *nearest(box, point))) for box in spots if _clear(box, others))
            box = next((box for box, line in ties if _untangled(box, line, keep_off, lines)), None)
        if box is None:
            inside = (box for box in _candidates(point, size, reach) if _within(box, limits))
            box = next(box for box in chain(inside, _candidates(point, size)) if _clear(box, others))
        keep_off.append(box)
        lines.append((*point, *nearest(box, point)))
        corners.append(box[:2])
    return np.array(corners)


def nearest(box: Box, point: Sequence[float]) -> tuple[float, float]:
    """Return the point of a box that is nearest to a point.

    Parameters
    ----------
    box : tuple of float
        Left, bottom, right and top.
    point : sequence of float
        x and y.
    """
    return min(max(point[0], box[0]), box[2]), min(max(point[1], box[1]), box[3])


def _candidates(point: Sequence[float], size: Sequence[float], reach: float | None = None) -> Iterator[Box]:
    """Yield the boxes of a size around a point, nearest first, as far as `reach`."""
    for turn in count():
        distance = NEAREST + STEP * turn
        if reach is not None and distance > reach:
            return
        for x, y in DIRECTIONS:
            # the corner or side that faces the point lies at this distance from it
            left = point[0] + x * distance + ((x > 0) - (x < 0) - 1) * size[0] / 2
            bottom = point[1] + y * distance + ((y > 0) - (y < 0) - 1) * size[1] / 2
            yield left, bottom, left + size[0], bottom + size[1]


def _within(box: Box, limits: Sequence[float]) -> bool:
    return box[0] >= limits[0] and box[1] >= limits[1] and box[2] <= limits[2] and box[3] <= limits[3]


def _clear(box: Box, others: list[Box]) -> bool:
    return not any(overlap(box, other) for other in others)


def _untangled(box: Box, line: Box, boxes: list[Box], lines: list[Box]) -> bool:
    return not any(crosses(line, other) for other in boxes) and not any(
        crosses(other, box) or meet(line, other) for other in lines
    )


def overlap(a: Box, b: Box) -> bool:
    """True if two boxes come nearer to one another than the gap.

    Parameters
    ----------
    a, b : tuple of float
        Left, bottom, right and top of each.
    """
    return a[0] < b[2] + GAP and b[0] < a[2] + GAP and a[1] < b[3] + GAP and b[1] < a[3] + GAP


def crosses(line: Box, box: Box) -> bool:
    """True if a line runs through a box: clipped to the box (Liang and Barsky 1984), something of it is left.

    Parameters
    ----------
    line : tuple of float
        x and y of its two ends.
    box : tuple of float
        Left, bottom, right and top.
    """
    low, high = 0.0, 1.0
    for axis in (0, 1):
        origin, step = line[axis], line[axis + 2] - line[axis]
        if step == 0:
            if not box[axis] < origin < box[axis + 2]:
                return False
            continue
        enter, leave = sorted(((box[axis] - origin) / step, (box[axis + 2] - origin) / step))
        low, high = max(low, enter), min(high, leave)
    return low < high


def meet(a: Box, b: Box) -> bool:
    """True if two lines cross inside both.

    Parameters
    ----------
    a, b : tuple of float
        x and y of the two ends of each.
    """

    def side(line, x, y):
        return (line[2] - line[0]) * (y - line[1]) - (line[3] - line[1]) * (x - line[0])

    return side(a, *b[:2]) * side(a, *b[2:]) < 0 and side(b, *a[:2]) * side(b, *a[2:]) < 0


GROUND, TRACK = "#f4f6f8", "#e1e6eb"
MIDDLE = 0.36  # middle of a letter above its baseline, over its size


def sheet(figure: Figure) -> Axes:
    """Return axes over the whole figure, in inches from its upper left corner."""
    width, height = figure.get_size_inches()
    axes = style.bare(figure.add_axes((0, 0, 1, 1)))
    axes.set(xlim=(0, width), ylim=(height, 0))
    return axes


def line(axes: Axes, x: float, y: float, text: str, room: float | None = None, **look) -> float:
    """Write one line of text, its middle at y, shortened to its room; return its width in inches.

    The baseline hangs on the size alone, so that texts with and without descenders stand level.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    x, y : float
        Inches from the upper left corner of the sheet.
    text : str
    room : float, optional
        Inches that it may take.
    **look : object
        As `Axes.text` takes it.
    """
    look = {"size": style.SMALL} | look
    size, weight = look["size"], look.get("weight", "normal")
    text = style.fit(text, room * 72, size, weight) if room else text
    axes.text(x, y + MIDDLE * size / 72, text, va="baseline", **look)
    return width(text, size, weight)


def bar(axes: Axes, x: float, y: float, room: float, share: float, colour: str, height: float = 0.14) -> None:
    """Draw a bar filled from the left to a share of its room, 0 to 1.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    x, y : float
        Inches from the upper left corner of the sheet.
    room : float
        Inches of a full bar.
    share : float
        0 to 1.
    colour : str
    height : float
        Inches.
    """
    for end, fill in ((x + room, TRACK), (x + room * share, colour)):
        axes.fill([x, end, end, x], [y, y, y + height, y + height], color=fill, linewidth=0)
