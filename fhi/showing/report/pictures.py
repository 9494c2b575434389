"""Figures as the page shows them: drawn pictures and their data packed inside the file; the small map of a profile."""

import base64
import csv
import io
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from fhi.showing.figures import LANGUAGES, FigureEntry, entries, style
from fhi.showing.figures.basemap import albers, outlines
from fhi.showing.figures.registry import Texts
from fhi.store import Store

POINTS_PER_INCH = 72
#: what only an editor of the picture needs: its texts as comments, names of groups, an older name space of references
UNREAD = re.compile(r'<!--.*?-->|(?<=<g) id="[^"]*"| xmlns:xlink="[^"]*"|(?<= )xlink:(?=href=)', re.DOTALL)
#: a text of one line that is not turned, with the height of its baseline
TEXT = re.compile(r'<text [^>]*?\by="([-\d.]+)"[^>]*>[^<]*</text>')
EMPTY = re.compile(r"<g\s*/>|<g></g>")


class Drawn(NamedTuple):
    """A figure as it was drawn for a scenario, its entry with the labels and words that it has there.

    Attributes
    ----------
    entry : FigureEntry
    caption : mapping
        By language.
    blocks : mapping or None
        Of a document its blocks by language (`fhi.showing.figures.documents`).
    words : str
        All texts of its data.
    data : str
        Its data as CSV.
    """

    entry: FigureEntry
    caption: Texts
    blocks: dict[str, list] | None
    words: str
    data: str


def drawn(store: Store) -> list[Drawn]:
    """Return the figures that were drawn for a scenario, in their order, from what was written with them.

    Raises
    ------
    DataError
        If the list of figures is missing; `FileNotFoundError` if what was written of one is.
    """
    ids = set(store["figures"]["id"])
    return [read_drawn(entry, store) for entry in entries() if entry.id in ids]


def read_drawn(entry: FigureEntry, store: Store) -> Drawn:
    """Return one figure as it was drawn.

    Parameters
    ----------
    entry : FigureEntry
    store : Store
        Of the scenario.
    """
    stem = f"{store.reports}/figures/{entry.id}"
    said = json.loads(store.find(f"{stem}.json").read_text(encoding="utf-8"))
    labels = {"evidence": tuple(said["evidence"]), "read": tuple(said["tables"])}
    entry = replace(entry, **labels, **{name: said[name] for name in ("title", "headline", "cited")})
    data = store.find(f"{stem}.csv").read_bytes().decode("utf-8")
    return Drawn(entry, said["caption"], said["blocks"], said["words"], data)


def figure_context(found: Drawn, store: Store, headlines: dict[str, Texts]) -> dict:
    """Return what the page shows of one figure, labelled as the picture is; its headline above its title.

    Parameters
    ----------
    found : object
        The figure with what was drawn of it.
    store : Store
        Of the scenario.
    headlines : mapping
        Sentences by id of figure and language.
    """
    entry, blocks = found.entry, found.blocks
    svgs = {name: picture(entry, store, name) for name in LANGUAGES}
    size = svg_size(svgs[LANGUAGES[0]])
    heads, *rows = csv.reader(io.StringIO(found.data))
    told = "\n".join([*entry.title.values(), *found.caption.values()])
    return {
        "id": entry.id,
        "page": entry.page,
        "part": entry.part,
        "evidence": entry.evidence,
        "title": entry.title,
        "headline": headlines.get(entry.id, entry.title),
        "caption": found.caption,
        "blocks": blocks,
        "size": size,
        "half": entry.half if blocks else size[0] < style.FULL * POINTS_PER_INCH / 2,
        # a document stands on the page as text: nothing is drawn of it
        "packed": None if blocks else {name: packed(svg) for name, svg in svgs.items()},
        "csv": packed(found.data),
        "source": entry.source or entry.cited,
        "shape": (len(rows), len(heads)),
        "columns": heads,
        "told": told,
        "text": f"{told}\n{found.words}",
        "letters": ("" if blocks else "".join(svgs.values())) + found.data,
    }


def picture(entry: FigureEntry, store: Store, language: str) -> str:
    """Return the drawn picture without head and foot, which page and print set as text, and without its prologue.

    A card, which they set as a document, is whole: it serves those who save it.

    Parameters
    ----------
    entry : FigureEntry
    store : Store
        Of the scenario.
    language : str
        ``zh`` or ``en``.
    """
    path = store.find(f"{store.reports}/figures/{entry.id}.{language}.svg")
    svg = EMPTY.sub("", UNREAD.sub("", path.read_text(encoding="utf-8")))
    svg = svg[svg.index("<svg") :]
    if entry.document:
        return svg
    return beheaded(svg, style.HEAD * POINTS_PER_INCH, style.FOOT * POINTS_PER_INCH)


def beheaded(svg: str, points: float, foot: float = 0.0) -> str:
    """Return a picture that begins so many points below its upper edge and ends so many above its lower one.

    Texts that stand outside are taken out: they would be found, copied and read aloud unseen.

    Parameters
    ----------
    svg : str
    points : float
        Cut off at the top.
    foot : float
        Cut off at the bottom, points.
    """
    head, box, rest = re.split(r'(viewBox="[^"]*")', svg, maxsplit=1)
    width, height = map(float, box.split('"')[1].split()[2:])
    high = height - points - foot
    rest = TEXT.sub(lambda found: found[0] if points <= float(found[1]) <= height - foot else "", rest)
    head = re.sub(r'width="[^"]*" height="[^"]*"', f'width="{width:g}pt" height="{high:g}pt"', head)
    return f'{head}viewBox="0 {points:g} {width:g} {high:g}"{rest}'


def packed(text: str) -> str:
    """Return a text compressed (zlib, in base64), which the script of the page unpacks when it comes into sight."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")


def svg_size(svg: str) -> tuple[int, int]:
    """Return width and height in points, so that the page keeps the room of a picture before it is unpacked."""
    box = svg.split('viewBox="', 1)[1].split('"', 1)[0].split()
    return round(float(box[2])), round(float(box[3]))


#: km of the plane to which outlines are thinned out, and the window that is shown: west, east, south, north
COARSE, WINDOW = 30.0, (-2690, 2450, 230, 6000)


def locator(place: Mapping, unit: str) -> dict | None:
    """Return where a unit stands on the small map, ``x, y`` in the units of `map_svg`, and its province; else None.

    Parameters
    ----------
    place : mapping
        A row of the table of units.
    unit : str
        A unit, by its key.
    """
    rings = outlines(COARSE).rings
    named = [place.get("province_zh"), unit]
    province = next((ring for name in named if isinstance(name, str) for ring in rings if ring.startswith(name)), None)
    if pd.isna(place.get("lon", np.nan)):
        return {"province": province, "x": None, "y": None} if province else None
    x, y = (float(value[0]) for value in albers([place["lon"]], [place["lat"]]))
    return {"province": province, "x": round(x - WINDOW[0]), "y": round(WINDOW[3] - y)}


def map_svg(spot: Mapping, colour: str = "#1c2733") -> str:
    """Return the small map as SVG: the provinces, that of the unit shaded, the dashed line, the unit as a dot.

    Parameters
    ----------
    spot : mapping
        Of `locator`.
    colour : str
        Of the dot.
    """
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
