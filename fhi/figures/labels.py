"""Where the labels of points go, so that none lies on another or on a point."""

from __future__ import annotations

from collections.abc import Sequence

#: places of a label around its point: shift in widths and heights of the label, horizontal alignment
_AROUND = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)]


def place(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    frame: tuple[float, float, float, float],
    taken: Sequence[tuple[float, float, float, float]] = (),
    radius: float = 0.06,
) -> list[tuple[float, float]]:
    """Return the centre of each label, all in inches.

    Parameters
    ----------
    points, sizes : sequence
        Centres of the points; width and height of their labels.
    frame : tuple
        left, bottom, right, top of the room; labels stay inside where they can.
    taken : sequence
        Boxes (left, bottom, right, top) that labels keep off, such as other texts.
    radius : float
        Radius of a point.

    Notes
    -----
    Greedy: each label takes the place around its point, near before far, that covers least of what is there.
    Points in crowds go first. The result depends on nothing but the numbers.
    """
    dots = [(x - radius, y - radius, x + radius, y + radius) for x, y in points]
    boxes = [*taken, *dots]
    near = [sum(abs(x - a) < 0.8 and abs(y - b) < 0.3 for a, b in points) for x, y in points]
    centres: dict[int, tuple[float, float]] = {}
    for one in sorted(range(len(points)), key=lambda one: (-near[one], one)):
        choices = [_centre(points[one], sizes[one], way, radius * gap) for gap in (1.3, 3, 5) for way in _AROUND]
        costs = [_cost(_box(centre, sizes[one]), boxes, frame) + 1e-4 * rank for rank, centre in enumerate(choices)]
        centres[one] = choices[costs.index(min(costs))]
        boxes.append(_box(centres[one], sizes[one]))
    return [centres[one] for one in range(len(points))]


def _centre(point, size, way, gap) -> tuple[float, float]:
    return point[0] + way[0] * (size[0] / 2 + gap), point[1] + way[1] * (size[1] / 2 + gap)


def _box(centre, size) -> tuple[float, float, float, float]:
    (x, y), (width, height) = centre, size
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _cost(box, boxes, frame) -> float:
    """Return the area that a box shares with others, what leaves the frame counted ten times."""
    left, bottom, right, top = box
    inside = _common(box, frame)
    return sum(_common(box, other) for other in boxes) + 10 * ((right - left) * (top - bottom) - inside)


def _common(one, other) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    along = min(one[3], other[3]) - max(one[1], other[1])
    return across * along if across > 0 and along > 0 else 0.0
