"""The outlines of the provinces, projected and thinned out to what a picture can show."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from fhi.paths import RAW
from fhi.showing.figures.projection import albers

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
