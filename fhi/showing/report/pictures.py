"""Figures as the page shows them: drawn pictures and their data packed inside the file, and what stands around them."""

from __future__ import annotations

import base64
import re
import zlib

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.evidence import seen
from fhi.showing.figures.registry import LANGUAGES, FigureEntry, Texts
from fhi.store import Store, to_csv

POINTS_PER_INCH = 72
#: what only an editor of the picture needs: its texts as comments, names of groups, an older name space of references
UNREAD = re.compile(r'<!--.*?-->|(?<=<g) id="[^"]*"| xmlns:xlink="[^"]*"|(?<= )xlink:(?=href=)', re.DOTALL)
#: a text of one line that is not turned, with the height of its baseline
TEXT = re.compile(r'<text [^>]*?\by="([-\d.]+)"[^>]*>[^<]*</text>')
EMPTY = re.compile(r"<g\s*/>|<g></g>")


def figure_context(entry: FigureEntry, store: Store, headlines: dict[str, Texts]) -> dict:
    """Return what the page shows of one figure, labelled as the picture is; its headline above its title."""
    entry, data = seen(entry, store)
    caption, drawn = entry.caption(data), {name: picture(entry, store, name) for name in LANGUAGES}
    blocks = {name: entry.draw(data, name) for name in LANGUAGES} if entry.document else None
    return {
        "id": entry.id,
        "page": entry.page,
        "part": entry.part,
        "evidence": entry.evidence,
        "title": entry.title,
        "headline": headlines.get(entry.id, entry.title),
        "caption": caption,
        "blocks": blocks,
        "size": svg_size(drawn[LANGUAGES[0]]),
        # a document stands on the page as text: nothing is drawn of it
        "packed": None if blocks else {name: packed(svg) for name, svg in drawn.items()},
        "csv": packed(to_csv(data)),
        "source": entry.source or entry.cited,
        "shape": (len(data), len(data.columns)),
        "columns": [str(column) for column in data.columns],
        "told": "\n".join([*entry.title.values(), *caption.values()]),
        "text": "\n".join([*entry.title.values(), *caption.values(), words(data)]),
        "letters": ("" if blocks else "".join(drawn.values())) + "".join(map(str, data.to_numpy().ravel())),
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


def words(data: pd.DataFrame) -> str:
    """Return all text of a frame, to look for names in."""
    cells = {cell for column in data for cell in data[column] if isinstance(cell, str)}
    return "\n".join(sorted(cells))


def packed(text: str) -> str:
    """Return a text compressed (zlib, in base64), which the script of the page unpacks when it comes into sight."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")


def svg_size(svg: str) -> tuple[int, int]:
    """Return width and height in points, so that the page keeps the room of a picture before it is unpacked."""
    box = svg.split('viewBox="', 1)[1].split('"', 1)[0].split()
    return round(float(box[2])), round(float(box[3]))
