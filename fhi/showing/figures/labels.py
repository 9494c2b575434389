"""Where labels go beside their points so that none lies on another: the same places in every run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, count
from math import cos, hypot, radians, sin

import numpy as np

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
    """Return the point of a box that is nearest to a point."""
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
    """True if two boxes come nearer to one another than the gap."""
    return a[0] < b[2] + GAP and b[0] < a[2] + GAP and a[1] < b[3] + GAP and b[1] < a[3] + GAP


def crosses(line: Box, box: Box) -> bool:
    """True if a line runs through a box: clipped to the box (Liang and Barsky 1984), something of it is left."""
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
    """True if two lines cross inside both."""

    def side(line, x, y):
        return (line[2] - line[0]) * (y - line[1]) - (line[3] - line[1]) * (x - line[0])

    return side(a, *b[:2]) * side(a, *b[2:]) < 0 and side(b, *a[:2]) * side(b, *a[2:]) < 0
