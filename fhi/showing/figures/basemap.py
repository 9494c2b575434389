"""The map of China that figures draw on: provinces, dashed line, and the South China Sea in an inset."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from fhi.paths import RAW
from fhi.showing.figures import style

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
    """Return where places stand on the map, in points from the lower left corner of its axes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    lon : array-like
        Longitude, degrees.
    lat : array-like
        Latitude, degrees.
    """
    west, south = axes.get_xlim()[0], axes.get_ylim()[0]
    return (np.column_stack(albers(lon, lat)) - (west, south)) / kilometres(axes)


def kilometres(axes: Axes) -> float:
    """Return the km that one point (1/72 inch) of the map stands for."""
    west, east = axes.get_xlim()
    return (east - west) / (axes.get_position().width * axes.figure.get_size_inches()[0] * 72)


def middle(axes: Axes, provinces: Iterable[str]) -> np.ndarray:
    """Return the middle of the box around some provinces, in points from the lower left corner of the axes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    provinces : iterable of str
        Names of provinces.
    """
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


RADIUS = 6371.007  # km, of the sphere of the earth's surface area


def albers(lon, lat, *, lat_1=25.0, lat_2=47.0, lon_0=105.0, lat_0=0.0, radius=RADIUS):
    """Project longitude and latitude on a plane so that areas keep their size.

    Parameters
    ----------
    lon, lat : array-like
        Degrees.
    lat_1, lat_2 : float
        Standard parallels, degrees, where lengths are true; not opposite to one another.
    lon_0, lat_0 : float
        Longitude and latitude of the origin, degrees.
    radius : float
        Radius of the sphere; its unit is that of the result.

    Returns
    -------
    tuple of numpy.ndarray
        x to the east and y to the north of the origin.

    Notes
    -----
    .. math:: n = (\\sin φ_1 + \\sin φ_2) / 2, \\quad C = \\cos^2 φ_1 + 2 n \\sin φ_1, \\quad
              ρ(φ) = R \\sqrt{C - 2 n \\sin φ} / n, \\quad θ = n (λ - λ_0), \\\\
              x = ρ \\sin θ, \\quad y = ρ(φ_0) - ρ \\cos θ

    Source: J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987), equations 14-1 to 14-6, p. 100.
    The earth is taken as a sphere: against the ellipsoid the error of a length is below 0.3 %, less than a line's width here.
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    first, second = np.sin(np.radians([lat_1, lat_2]))
    n = (first + second) / 2
    constant = 1 - first**2 + 2 * n * first

    def distance(latitude):
        return radius * np.sqrt(constant - 2 * n * np.sin(np.radians(latitude))) / n

    angle = n * np.radians(lon - lon_0)
    return distance(lat) * np.sin(angle), distance(lat_0) - distance(lat) * np.cos(angle)


FILE = "boundaries/china_provinces.geojson"


class Outlines(NamedTuple):
    """Outlines in km on the plane of the projection.

    `rings` holds the closed rings of each province by name; `islets` the places of islands too small for a ring;
    `dashes` the strokes of the nine-dash line.
    """

    rings: dict[str, list[np.ndarray]]
    islets: np.ndarray
    dashes: list[np.ndarray]


@cache
def _projected() -> tuple[dict[str, list[np.ndarray]], list[np.ndarray]]:
    """Return the rings by province and the strokes of the dashed line as the file has them, in km."""
    features = json.loads((RAW / FILE).read_text(encoding="utf-8"))["features"]
    rings, dashes = {}, []
    for feature in features:
        kind, parts = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        if kind == "MultiLineString":
            dashes += [_plane(part) for part in parts]
        else:
            polygons = parts if kind == "MultiPolygon" else [parts]
            rings[feature["properties"]["name"]] = [_plane(ring) for polygon in polygons for ring in polygon]
    return rings, dashes


def _plane(points) -> np.ndarray:
    return np.column_stack(albers(*np.array(points).T))


@cache
def outlines(tolerance: float) -> Outlines:
    """Return the outlines without the detail that is smaller than `tolerance` km.

    Each border is cut at the points where three provinces meet and thinned once for both sides, so that neighbours keep
    one common border. A ring that shrinks to nothing becomes an islet, one for each square of twice the tolerance.
    """
    rings, dashes = _projected()
    corners = _corners([ring for listed in rings.values() for ring in listed])
    thinned: dict[bytes, np.ndarray] = {}
    kept: dict[str, list[np.ndarray]] = {}
    islets = {}
    for name, listed in rings.items():
        kept[name] = []
        for ring in listed:
            coarse = np.concatenate([_thin_arc(arc, tolerance, thinned)[:-1] for arc in _arcs(ring, corners)])
            if len(coarse) > 2 and abs(area(coarse)) > tolerance**2:
                kept[name].append(coarse)
            else:
                centre = ring.mean(axis=0)
                islets.setdefault(tuple(np.round(centre / (2 * tolerance))), centre)
    return Outlines(kept, np.array(list(islets.values())), [thin(dash, tolerance) for dash in dashes])


def area(ring: np.ndarray) -> float:
    """Return the signed area inside a ring (shoelace formula), in the square of its unit."""
    x, y = ring.T
    return (x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def thin(line: np.ndarray, tolerance: float) -> np.ndarray:
    """Return the points of a line without which it would move by more than `tolerance`; both ends stay.

    Douglas and Peucker (1973): keep the point furthest from the chord, and look again on both sides of it.

    Parameters
    ----------
    line : numpy.ndarray of shape (n, 2)
        Points of a line.
    tolerance : float
        How far a point that is left out may lie from the line, in the unit of the points.
    """
    keep = np.zeros(len(line), dtype=bool)
    keep[[0, -1]] = True
    parts = [(0, len(line) - 1)]
    while parts:
        first, last = parts.pop()
        if last - first < 2:
            continue
        inner, chord = line[first + 1 : last] - line[first], line[last] - line[first]
        along = np.clip(inner @ chord / (chord @ chord or 1), 0, 1)
        distances = np.hypot(*(inner - np.outer(along, chord)).T)
        furthest = int(distances.argmax())
        if distances[furthest] > tolerance:
            middle = first + 1 + furthest
            keep[middle] = True
            parts += [(first, middle), (middle, last)]
    return line[keep]


def _corners(rings: list[np.ndarray]) -> set[tuple[float, float]]:
    """Return the points where borders meet: those with other than two neighbours over all rings."""
    neighbours = defaultdict(set)
    for ring in rings:
        points = list(map(tuple, ring))
        for point, following in pairwise(points):
            neighbours[point].add(following)
            neighbours[following].add(point)
    return {point for point, beside in neighbours.items() if len(beside) != 2}


def _arcs(ring: np.ndarray, corners: set) -> list[np.ndarray]:
    """Cut a closed ring at its corners; a ring without corners is cut at its least point and the one furthest from it."""
    points = list(map(tuple, ring[:-1]))
    cuts = [place for place, point in enumerate(points) if point in corners]
    if not cuts:
        least = min(range(len(points)), key=points.__getitem__)
        cuts = [least, int(np.hypot(*(ring[:-1] - ring[least]).T).argmax())]
    start = cuts[0]
    turned = np.concatenate([ring[start:-1], ring[: start + 1]])
    places = [*sorted({(cut - start) % len(points) for cut in cuts}), len(points)]
    return [turned[first : last + 1] for first, last in pairwise(places)]


def _thin_arc(arc: np.ndarray, tolerance: float, thinned: dict[bytes, np.ndarray]) -> np.ndarray:
    """Thin an arc in one direction for both of its sides, and remember it."""
    backwards = tuple(arc[0]) > tuple(arc[-1])
    forward = arc[::-1] if backwards else arc
    key = forward.tobytes()
    if key not in thinned:
        thinned[key] = thin(forward, tolerance)
    return thinned[key][::-1] if backwards else thinned[key]
