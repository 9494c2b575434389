"""The map of China that figures draw on: provinces, dashed line, and the South China Sea in an inset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from fhi.showing.figures import style
from fhi.showing.figures.outlines import Outlines, outlines
from fhi.showing.figures.projection import albers

LAND, SPECK, DASH = "#eef1f4", "#b4bfc9", "#8b96a1"
ISLAND = "台湾省"


class View(NamedTuple):
    """A window on the plane of the projection, in km."""

    west: float
    east: float
    south: float
    north: float

    def holds(self, points: np.ndarray) -> bool:
        """True if the box around the points touches the window."""
        (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
        return east > self.west and west < self.east and north > self.south and south < self.north


#: the mainland with Hainan and Taiwan
NATION = View(-2690, 2450, 1820, 6000)
#: everything down to the last island, for maps without an inset
WHOLE = View(-2690, 2450, 230, 6000)
#: the South China Sea, and where its frame stands on the map of the nation: in the open sea, east of Taiwan and Fujian
SEA = View(90, 1890, 230, 2790)
FRAME = View(1840, 2430, 1840, 2679)


def china(
    figure: Figure, left: float, bottom: float, width: float, fills: Mapping[str, str] = {}, view: View = NATION
) -> Axes:
    """Draw the provinces on new axes in km, and the inset if the view needs one.

    Parameters
    ----------
    left, bottom, width : float
        Where the axes stand, in inches from the corner of the figure; their height follows from the view.
    fills : mapping
        Colour by province; `LAND` for the others.
    view : View
        `NATION` (with the inset) or `WHOLE`.
    """
    axes = _window(figure, left, bottom, width, view)
    _provinces(axes, view, fills)
    if view == NATION:
        scale = width / (view.east - view.west)
        box = (FRAME.west - view.west) * scale, (FRAME.south - view.south) * scale
        inset = _window(figure, left + box[0], bottom + box[1], (FRAME.east - FRAME.west) * scale, SEA)
        inset.add_artist(
            Rectangle((0, 0), 1, 1, transform=inset.transAxes, fill=False, edgecolor=DASH, linewidth=0.8, zorder=3)
        )
        _provinces(inset, SEA, fills)
    return axes


def place(axes: Axes, lon: Iterable[float], lat: Iterable[float]) -> np.ndarray:
    """Return where places stand on the map, in points from the lower left corner of its axes."""
    west, south = axes.get_xlim()[0], axes.get_ylim()[0]
    return (np.column_stack(albers(lon, lat)) - (west, south)) / kilometres(axes)


def kilometres(axes: Axes) -> float:
    """Return the km that one point (1/72 inch) of the map stands for."""
    west, east = axes.get_xlim()
    return (east - west) / (axes.get_position().width * axes.figure.get_size_inches()[0] * 72)


def middle(axes: Axes, provinces: Iterable[str]) -> np.ndarray:
    """Return the middle of the box around some provinces, in points from the lower left corner of the axes."""
    rings = _at_scale(axes).rings
    points = np.vstack([max(rings[name], key=len) for name in provinces if rings[name]])
    corner = axes.get_xlim()[0], axes.get_ylim()[0]
    return ((points.min(axis=0) + points.max(axis=0)) / 2 - corner) / kilometres(axes)


def _at_scale(axes: Axes) -> Outlines:
    return outlines(round(0.65 * kilometres(axes), 3))


def in_points(axes: Axes) -> Axes:
    """Lay clear axes over a map, with coordinates in points from its lower left corner."""
    box = axes.get_position()
    above = style.bare(axes.figure.add_axes(box))
    width, height = axes.figure.get_size_inches() * 72
    above.set(xlim=(0, box.width * width), ylim=(0, box.height * height))
    return above


def _window(figure: Figure, left: float, bottom: float, width: float, view: View) -> Axes:
    whole = figure.get_size_inches()
    height = width * (view.north - view.south) / (view.east - view.west)
    axes = figure.add_axes((left / whole[0], bottom / whole[1], width / whole[0], height / whole[1]))
    axes.set(xlim=(view.west, view.east), ylim=(view.south, view.north))
    return style.bare(axes)


def _provinces(axes: Axes, view: View, fills: Mapping[str, str]) -> None:
    """Draw what the view holds: one shape a colour, islets as specks, the dashed line."""
    scale = kilometres(axes)
    # coordinates of a tenth of a point have few digits: the picture's file stays small
    step = scale / 10
    lines = _at_scale(axes)
    shapes: dict[str, list[np.ndarray]] = {}
    for name, rings in lines.rings.items():
        shown = [_snapped(ring, view, step) for ring in rings if view.holds(ring)]
        shapes.setdefault(fills.get(name, LAND), []).extend(shown)
    for colour, rings in shapes.items():
        if rings:
            # each ring closes at its first point once more
            path = Path.make_compound_path(*(Path(np.vstack([ring, ring[:1]]), closed=True) for ring in rings))
            axes.add_artist(PathPatch(path, facecolor=colour, edgecolor=style.PAPER, linewidth=0.5))
    islets = [islet for islet in lines.islets if view.holds(islet[None])]
    if islets:
        style.dots(axes, _snapped(np.array(islets), view, step), 0.8, SPECK)
    dashes = [Path(_snapped(dash, view, step)) for dash in lines.dashes if view.holds(dash)]
    axes.add_artist(PathPatch(Path.make_compound_path(*dashes), fill=False, edgecolor=DASH, linewidth=1))


def _snapped(points: np.ndarray, view: View, step: float) -> np.ndarray:
    corner = np.array([view.west, view.south])
    return np.round((points - corner) / step) * step + corner


def occupied(axes: Axes) -> list[tuple[float, float, float, float]]:
    """Return the boxes on a map of the nation that labels keep off: the inset, and the island beside it; in points."""
    corner, scale = np.array([NATION.west, NATION.south]), kilometres(axes)
    island = max(_at_scale(axes).rings[ISLAND], key=len)
    frame = np.array([(FRAME.west, FRAME.south), (FRAME.east, FRAME.north)])
    boxes = [(np.array([box.min(axis=0), box.max(axis=0)]) - corner) / scale for box in (frame, island)]
    return [tuple(box.ravel()) for box in boxes]
