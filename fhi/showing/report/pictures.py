"""Figures as the page shows them: drawn pictures and their data packed inside the file, and what stands around them."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zlib
from dataclasses import replace
from typing import NamedTuple

from fhi.showing.figures import LANGUAGES, FigureEntry, entries, style
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
    """Return one figure as it was drawn."""
    stem = f"{store.reports}/figures/{entry.id}"
    said = json.loads(store.find(f"{stem}.json").read_text(encoding="utf-8"))
    labels = {"evidence": tuple(said["evidence"]), "read": tuple(said["tables"])}
    entry = replace(entry, **labels, **{name: said[name] for name in ("title", "headline", "cited")})
    data = store.find(f"{stem}.csv").read_bytes().decode("utf-8")
    return Drawn(entry, said["caption"], said["blocks"], said["words"], data)


def figure_context(found: Drawn, store: Store, headlines: dict[str, Texts]) -> dict:
    """Return what the page shows of one figure, labelled as the picture is; its headline above its title."""
    entry, blocks = found.entry, found.blocks
    svgs = {name: picture(entry, store, name) for name in LANGUAGES}
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
        "size": svg_size(svgs[LANGUAGES[0]]),
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
