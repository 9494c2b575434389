"""The small map of a profile: where a unit stands, as a place on a map and as SVG."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from fhi.showing.figures.basemap import albers, outlines

#: km of the plane to which outlines are thinned out, and the window that is shown: west, east, south, north
COARSE, WINDOW = 30.0, (-2690, 2450, 230, 6000)


def locator(place: Mapping, unit: str) -> dict | None:
    """Return where a unit stands on the small map, ``x, y`` in the units of `map_svg`, and its province; else None."""
    rings = outlines(COARSE).rings
    named = [place.get("province_zh"), unit]
    province = next((ring for name in named if isinstance(name, str) for ring in rings if ring.startswith(name)), None)
    if pd.isna(place.get("lon", np.nan)):
        return {"province": province, "x": None, "y": None} if province else None
    x, y = (float(value[0]) for value in albers([place["lon"]], [place["lat"]]))
    return {"province": province, "x": round(x - WINDOW[0]), "y": round(WINDOW[3] - y)}


def map_svg(spot: Mapping, colour: str = "#1c2733") -> str:
    """Return the small map as SVG: the provinces, that of the unit shaded, the dashed line, the unit as a dot."""
    west, east, south, north = WINDOW
    fills = {spot["province"]: "#b9c6d2"}
    body = [
        f'<path d="{path}" fill="{fills.get(name, "#e4e9ee")}" stroke="#fff" stroke-width="12"/>'
        for name, path in _shapes().items()
    ]
    body.append(f'<path d="{_dashes()}" fill="none" stroke="#8b96a1" stroke-width="26"/>')
    if spot["x"] is not None:
        body.append(
            f'<circle cx="{spot["x"]}" cy="{spot["y"]}" r="120" fill="{colour}" stroke="#fff" stroke-width="40"/>'
        )
    size = f"0 0 {east - west} {north - south}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}">{"".join(body)}</svg>'


@cache
def _shapes() -> dict[str, str]:
    """Return the path of each province in the units of the map (km from its upper left corner)."""
    found = outlines(COARSE)
    shapes = {name: "".join(f"{_path(ring)}Z" for ring in rings) for name, rings in found.rings.items()}
    islets = "".join(f"{_path(point[None])}h9v9h-9Z" for point in found.islets)
    return shapes | {"islets": islets}


@cache
def _dashes() -> str:
    return "".join(map(_path, outlines(COARSE).dashes))


def _path(points: np.ndarray) -> str:
    corners = np.round(points * (1, -1) + (-WINDOW[0], WINDOW[3])).astype(int)
    return "M" + "L".join(f"{x} {y}" for x, y in corners)
