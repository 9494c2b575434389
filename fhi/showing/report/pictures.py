"""Figures as the page shows them: pictures inside the file, alternative texts, and the drawn data as a table."""

from __future__ import annotations

import base64
import re
import zlib
from urllib.parse import quote

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.evidence import seen
from fhi.showing.figures.registry import LANGUAGES, FigureEntry
from fhi.showing.report.texts import built, significant
from fhi.store import Store

#: the language of the page before anything is chosen; its pictures need no script
FIRST = LANGUAGES[0]
#: a table longer than this is cut on the page; the CSV has all of it
LONGEST = 1000
POINTS_PER_INCH = 72
#: what only an editor of the picture needs: its texts as comments, names of groups, an older name space of references
UNREAD = re.compile(r'<!--.*?-->|(?<=<g) id="[^"]*"| xmlns:xlink="[^"]*"|(?<= )xlink:(?=href=)', re.DOTALL)
EMPTY = re.compile(r"<g\s*/>|<g></g>")


def figure_context(entry: FigureEntry, store: Store) -> dict:
    """Return what the page shows of one figure, labelled as the picture is."""
    entry, data = seen(entry, store)
    caption = entry.caption(data)
    pictures = {}
    for language in LANGUAGES:
        svg = picture(entry, store, language)
        pictures[language] = svg_uri(svg) if language == FIRST else packed(svg)
    return {
        "id": entry.id,
        "page": entry.page,
        "part": entry.part,
        "evidence": entry.evidence,
        "title": entry.title,
        "caption": caption,
        "pictures": pictures,
        "size": svg_size(svg),
        "function": entry.function,
        "module": f"{entry.draw.__module__.rsplit('.', 1)[-1]}.py",
        "data": f"figures/{entry.id}.csv",
        "tables": {name.rsplit("/", 1)[-1]: f"{built(store.scenario)}/{name}.csv" for name in entry.read},
        "rows": len(data),
        "columns": [str(column) for column in data.columns],
        "cells": [[significant(cell) for cell in row] for row in data.head(LONGEST).itertuples(index=False)],
        "text": "\n".join([*entry.title.values(), *caption.values(), words(data)]),
    }


def picture(entry: FigureEntry, store: Store, language: str) -> str:
    """Return the drawn picture without the head, which page and print set as text, and without the file's prologue."""
    path = store.find(f"{store.reports}/figures/{entry.id}.{language}.svg")
    svg = EMPTY.sub("", UNREAD.sub("", path.read_text(encoding="utf-8")))
    return beheaded(svg[svg.index("<svg") :], style.HEAD * POINTS_PER_INCH)


def beheaded(svg: str, points: float) -> str:
    """Return a picture that begins so many points below its upper edge."""
    head, box, rest = re.split(r'(viewBox="[^"]*")', svg, maxsplit=1)
    width, height = map(float, box.split('"')[1].split()[2:])
    size = f'width="{width:g}pt" height="{height - points:g}pt"'
    head = re.sub(r'width="[^"]*" height="[^"]*"', size, head)
    return f'{head}viewBox="0 {points:g} {width:g} {height - points:g}"{rest}'


def words(data: pd.DataFrame) -> str:
    """Return all text of a frame, to look for names in."""
    cells = {cell for column in data for cell in data[column] if isinstance(cell, str)}
    return "\n".join(sorted(cells))


def svg_uri(svg: str) -> str:
    """Return a picture as a data address that stands safely inside double quotes."""
    markup = " ".join(svg.split()).replace("'", "&apos;").replace('"', "'")
    return "data:image/svg+xml," + quote(markup, safe=" !$'()*+,-./:;<=>?@[]^_`{|}~")


def packed(svg: str) -> str:
    """Return a picture compressed (zlib, in base64), to be unpacked when its language is chosen."""
    return base64.b64encode(zlib.compress(svg.encode("utf-8"), 9)).decode("ascii")


def svg_size(svg: str) -> tuple[int, int]:
    """Return width and height in points, so that the page keeps the room of a picture before it is decoded."""
    box = svg.split('viewBox="', 1)[1].split('"', 1)[0].split()
    return round(float(box[2])), round(float(box[3]))
