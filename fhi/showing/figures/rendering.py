"""Draw registered figures into files: SVG by language with its texts as text, the drawn data as CSV; PNG on demand.

An SVG file is made small and ready to stand in a page: the same picture in fewer characters. A group with the mark
``unit:<name>`` becomes ``<g class="unit" data-unit="<name>">``: what is drawn of one unit. With a second part,
``unit:<name>|<words>``, it carries these as ``data-tip``. All other groups lose their names.
"""

import io
import json
import re
import sys
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from fhi.files import Kept, digest, resting_on
from fhi.imports import closure, with_packages
from fhi.paths import RAW
from fhi.processes import pool
from fhi.showing.figures import basemap, documents, entries, style
from fhi.showing.figures.evidence import drawable, seen
from fhi.showing.figures.registry import LANGUAGES, FigureEntry
from fhi.showing.figures.wording import slots
from fhi.store import Store, to_csv

#: of a PNG, and the kinds of picture: the first is made for every figure, the second where it is asked for
DPI = 144
KINDS = ("svg", "png")
#: the rank or ranks beside a name
_BESIDE = re.compile(r"^\(?\d+\)?\s+|\s*[\d(（].*$")


def images(entry: FigureEntry, data: pd.DataFrame, language: str, kinds: Iterable[str] = KINDS) -> dict[str, bytes]:
    """Return the picture of a figure as ``{"svg": …, "png": …}``, without dates or versions in them.

    A character without a glyph is an error.

    Parameters
    ----------
    entry : FigureEntry
    data : pandas.DataFrame
        What the figure draws.
    language : str
        ``zh`` or ``en``.
    kinds : iterable of str
        ``svg``, ``png``.
    """
    if entry.document:
        return documents.images(entry, data, language, kinds)
    style.load_fonts()
    # a matplotlibrc in the folder or at home changes no picture
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(style.RC)
        warnings.filterwarnings("error", message="Glyph .* missing")
        figure = _mark_units(style.frame(entry.draw(data, language), entry, language), data)
        return {kind: WRITERS[kind](figure, f"{entry.id}-{language}") for kind in kinds}


def _mark_units(figure: Figure, data: pd.DataFrame) -> Figure:
    """Mark each text that is the name of a unit of the data, with a rank or nothing beside it, as that unit's.

    So page and print can find a unit in a picture (see `compact`); other marks get theirs where they
    are drawn (`style.of_unit`).
    """
    if "city" not in data:
        return figure
    names = data[[name for name in ("city", "city_en") if name in data.columns]].dropna().drop_duplicates()
    units = {style.brief(name): row[0] for row in names.itertuples(index=False) for name in row}
    for text in figure.findobj(Text):
        name = _BESIDE.sub("", text.get_text().strip())
        if name in units and not text.get_gid():
            style.of_unit(text, units[name])
    return figure


def _vector(figure: Figure, name: str) -> bytes:
    buffer = io.BytesIO()
    unwanted = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(buffer, format="svg", dpi=DPI, metadata=unwanted)
    family = ", ".join(style.FAMILY)
    return compact(buffer.getvalue().decode("utf-8"), name, family).encode("utf-8")


def _raster(figure: Figure, name: str) -> bytes:
    from PIL import Image

    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture, buffer = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3]), io.BytesIO()
    # half the time of the usual level for a tenth more bytes
    picture.save(buffer, "png", compress_level=3, dpi=(DPI, DPI))
    return buffer.getvalue()


WRITERS = {"svg": _vector, "png": _raster}


def save(entry: FigureEntry, store: Store, kind: str = KINDS[0], key: str = "") -> dict[str, object] | None:
    """Write a figure's data, what is said of it and its picture in each language; return its row in the list of figures.

    A picture that was made before by the same code from the same data, with the same labels, is taken from the store.

    Parameters
    ----------
    entry : FigureEntry
    store : Store
        Of the scenario.
    kind : str
        ``svg`` or ``png``.
    key : str
        Of all that the figure is made from (`made_from`): what was made of the same is written without a look at the
        tables. Without one the figure is made anew.

    Returns
    -------
    dict or None
        None if the edition has no data to draw.
    """
    kept, pictures = Kept(store.root, "figures"), Kept(store.root, "pictures")
    said = json.loads(kept.get(key) or "{}") if key else {}
    files = {name: pictures.get(picture) for name, picture in said.get("pictures", {}).items()}
    if not said or None in files.values():
        said, files = _made(entry, store, kind, pictures)
        if key:
            kept.put(key, json.dumps(said, ensure_ascii=False).encode("utf-8"))
    for name, content in (said["texts"] | files).items():
        content = content.encode("utf-8") if isinstance(content, str) else content
        store.write_bytes(f"{store.reports}/figures/{entry.id}.{name}", content)
    return said["row"]


def _made(entry: FigureEntry, store: Store, kind: str, pictures: Kept) -> tuple[dict, dict[str, bytes]]:
    """Return a figure's row, its texts and the keys of its pictures in the store, and these, by the endings of files."""
    if not drawable(store, [entry]):
        return {"row": None, "texts": {}, "pictures": {}}, {}
    entry, data = seen(entry, store)
    drawn = to_csv(data)
    texts = {"csv": drawn, "json": json.dumps(sayings(entry, data), ensure_ascii=False, indent=1)}
    keys = {
        f"{language}.{kind}": pictures.key(cause(entry, drawn.encode("utf-8"), language) | {"kind": kind})
        for language in LANGUAGES
    }
    files = {
        name: pictures.get(key) or pictures.put(key, images(entry, data, language, [kind])[kind])
        for language, (name, key) in zip(LANGUAGES, keys.items(), strict=True)
    }
    return {"row": listing(entry) | {"rows": len(data)}, "texts": texts, "pictures": keys}, files


def sayings(entry: FigureEntry, data: pd.DataFrame) -> dict[str, object]:
    """Return as plain values what page and print say of a figure, so that neither reads its tables again.

    Its title, headline, caption, labels of evidence, source and tables; the blocks of a document; all texts of its data.

    Parameters
    ----------
    entry : FigureEntry
    data : pandas.DataFrame
        What the figure draws.
    """
    return {
        "title": dict(entry.title),
        "headline": entry.headline and dict(entry.headline),
        "caption": dict(entry.caption(data)),
        "evidence": entry.evidence,
        "cited": dict(entry.cited),
        "tables": entry.read,
        "blocks": {name: entry.draw(data, name) for name in LANGUAGES} if entry.document else None,
        "words": words(data),
    }


def words(data: pd.DataFrame) -> str:
    """Return all text of a frame, to look for names in."""
    cells = {cell for column in data for cell in data[column] if isinstance(cell, str)}
    return "\n".join(sorted(cells))


def cause(entry: FigureEntry, drawn: bytes, language: str) -> dict:
    """Return all that a picture depends on: its module and what that imports, its data, its labels, the versions.

    Parameters
    ----------
    entry : FigureEntry
    drawn : bytes
        The data, as its CSV file has them.
    language : str
        ``zh`` or ``en``.
    """
    code = {Path(__file__), *closure(Path(style.__file__)), *_used(_modules(entry))}
    files = [*code, *style.FONTS.iterdir(), *(documents.ASSETS.glob("*.typ") if entry.document else [])]
    if Path(basemap.__file__) in code:
        files.append(RAW / basemap.FILE)
    texts = (entry.id, entry.page, entry.evidence, entry.title, entry.source, entry.cited, entry.headline)
    return {
        **resting_on(files),
        "data": digest(drawn),
        "words": _words(entry.id),
        "entry": json.loads(json.dumps(texts, default=dict)),
        "language": language,
    }


def made_from(entry: FigureEntry, tables: Mapping[str, str], kind: str) -> dict:
    """Return all that a figure depends on before its data are known; more than `cause`, and never less.

    Parameters
    ----------
    entry : FigureEntry
    tables : mapping
        The checksum of every built table by name.
    kind : str
        ``svg`` or ``png``.

    Returns
    -------
    dict
        Its own module and all code but the modules of other figures, the tables, what is read beside them, the versions.
    """
    others = set().union(*map(_modules, entries()))
    code = with_packages(closure(Path(__file__)) - others | _used(_modules(entry)))
    files = [
        *code,
        *style.FONTS.iterdir(),
        *documents.ASSETS.glob("*.typ"),
        RAW / basemap.FILE,
        *RAW.glob("*/schemas.csv"),
    ]
    return resting_on(files) | {"tables": tables, "figure": [entry.id, kind]}


def _modules(entry: FigureEntry) -> set[Path]:
    """Return the modules of the functions of a figure, but for this one."""
    functions = (getattr(function, "func", function) for function in (entry.draw, entry.data))
    names = {getattr(function, "__module__", None) or __name__ for function in functions} - {__name__}
    return {Path(sys.modules[name].__file__) for name in names}


def _used(modules: Iterable[Path]) -> set[Path]:
    return set().union(*map(closure, modules))


def _words(id: str) -> dict[str, Mapping[str, str]]:
    """Return the words that a figure may say: its own, and those that belong to no single figure."""
    ids = {entry.id for entry in entries()} - {id}
    return {slot: dict(texts) for slot, texts in slots().items() if slot.split(".", 1)[0] not in ids}


def listing(entry: FigureEntry) -> dict[str, object]:
    """Return what the lists of figures say of an entry."""
    return {"id": entry.id, "page": entry.page, "evidence": "+".join(entry.evidence), "function": entry.function}


def save_all(store: Store, workers: int = 2, kind: str = KINDS[0]) -> pd.DataFrame:
    """Write every registered figure as one kind of picture, in several processes; return the list of figures.

    Parameters
    ----------
    store : Store
        Of the scenario.
    workers : int
        Processes.
    kind : str
        ``svg`` or ``png``.

    Raises
    ------
    Exception
        Whatever a drawing function raised, with the figure's id as a note.
    """
    # the last figures are the largest: begun first, they do not leave one process waiting for the other
    # all but what is written here
    tables = {name: checksum for name, checksum in store.checksums().items() if name != "figures"}
    keys = {entry.id: Kept.key(made_from(entry, tables, kind)) for entry in entries()[::-1]}
    with pool(workers) as processes:
        rows = list(processes.map(_save_one, keys, [store] * len(keys), [kind] * len(keys), keys.values()))
    for name in ("figures", "pictures"):
        Kept(store.root, name).prune()
    return pd.DataFrame([row for row in rows[::-1] if row]).astype({"page": "Int64"})


def _save_one(id: str, store: Store, kind: str, key: str) -> dict[str, object] | None:
    entry = next(entry for entry in entries() if entry.id == id)
    try:
        return save(entry, store, kind, key)
    except Exception as error:
        error.add_note(f"figure {id}")
        raise


def fingerprints(store: Store, ids: Iterable[str]) -> pd.DataFrame:
    """Return the SHA-256 of each figure's data, to notice a change of what is drawn.

    Parameters
    ----------
    store : Store
        Of the scenario.
    ids : iterable of str
        Of figures.
    """
    paths = {id: store.find(f"{store.reports}/figures/{id}.csv") for id in ids}
    rows = [(id, digest(path.read_bytes())[:16]) for id, path in paths.items()]
    return pd.DataFrame(rows, columns=["id", "sha256 of the data"])


#: coordinates are kept to a hundredth of a point, finer than print
HUNDREDTH = 0.01
#: width of the body of an A4 page, in points and in inches of a drawing: a picture is drawn 10 inches wide, printed at 176 mm
FULL_POINTS, FULL_INCHES = 176 / 25.4 * 72, 10.0
_PATH = re.compile(r' d="([MLQCz\d\s.e+-]*)"')
_SEGMENT = re.compile(r"([MLQCz])([^MLQCz]*)")
_HEAD = re.compile(r'<svg [^>]*width="([\d.]+)pt" height="([\d.]+)pt" viewBox="([^"]*)"[^>]*>')
_TEXT = re.compile(r'<text style="([^"]*)" x="([^"]*)" y="([^"]*)"(?: transform="rotate\((-?[\d.]+) [^"]*\)")?>')
_GROUP = re.compile(r'<g(?: id="([^"]*)")?([^>]*?)(/?)>|</g>')
_UNREAD = re.compile(r"<!--.*?-->|<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL)
_NAMED = re.compile(r' id="([^"]+)"')


def compact(svg: str, name: str = "", family: str = "") -> str:
    """Return an SVG picture of matplotlib with relative, rounded coordinates and without what nobody reads.

    Parameters
    ----------
    svg : str
        As matplotlib writes it, with texts as text and absolute M, L, Q, C and z in its paths.
    name : str
        Goes before the names of clips and marks, so that several pictures can stand in one page.
    family : str
        The fonts of all its texts, for the root.

    Notes
    -----
    Rounding errors do not add up: each point is rounded where it stands, and the steps are taken between rounded points.
    The size in the root is that of print (see `FULL_POINTS`); the coordinates stay those of the drawing.
    """
    svg = _groups(_UNREAD.sub("", svg).replace("xlink:href", "href").strip())
    svg = _PATH.sub(lambda match: f' d="{_relative(match[1])}"', svg)
    svg = _TEXT.sub(_text, svg)
    svg = re.sub(r'style="([^"]*)"', lambda match: f'style="{match[1].replace(": ", ":").replace("; ", ";")}"', svg)
    for place, id in enumerate(dict.fromkeys(_NAMED.findall(svg))):
        svg = re.sub(rf'(id="|#){id}', rf"\g<1>{name}-{place}", svg)
    svg = _HEAD.sub(lambda match: _head(match, family), svg, count=1)
    return re.sub(r">\s+<", "><", svg)


def _head(match: re.Match, family: str) -> str:
    scale = FULL_POINTS / FULL_INCHES / 72
    width, height = (float(size) * scale for size in match.groups()[:2])
    look = f' font-family="{family}"' if family else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="{width:.2f}pt" height="{height:.2f}pt"'
        f' viewBox="{match[3]}" xml:space="preserve" stroke-linejoin="round" stroke-linecap="butt"{look}>'
    )


def _text(match: re.Match) -> str:
    """Rewrite the head of a text: its font is the picture's, and what is usual is not said."""
    style, x, y, angle = match.groups()
    drop = ("font-family", "text-anchor: start")
    style = "; ".join(part for part in style.split("; ") if not part.startswith(drop))
    x, y = (_number(round(float(value) / HUNDREDTH)).strip() for value in (x, y))
    turn = f' transform="rotate({angle} {x} {y})"' if angle and float(angle) else ""
    return f'<text style="{style}" x="{x}" y="{y}"{turn}>'


def _groups(svg: str) -> str:
    """Drop groups that say nothing, keep those of units and of looks."""
    kept: list[bool] = []

    def rewrite(match: re.Match) -> str:
        if match[0] == "</g>":
            return match[0] if kept.pop() else ""
        id, look, closed = match.groups()
        if id and id.startswith(style.UNIT):
            unit, _, tip = id[len(style.UNIT) :].partition("|")
            look = f' class="unit" data-unit="{unit}"' + (f' data-tip="{tip}"' if tip else "") + look
        if closed:
            return ""
        kept.append(bool(look.strip()))
        return f"<g{look}>" if kept[-1] else ""

    return _GROUP.sub(rewrite, svg)


@cache
def _relative(path: str) -> str:
    """Rewrite a path in relative steps, counted in whole hundredths."""
    parts, here, start, before = [], (0, 0), (0, 0), ""
    for command, numbers in _SEGMENT.findall(path):
        if command == "z":
            parts.append("z")
            here, before = start, "z"
            continue
        values = [round(float(number) / HUNDREDTH) for number in numbers.split()]
        steps = [value - here[place % 2] for place, value in enumerate(values)]
        here = (values[-2], values[-1])
        start = here if command == "M" else start
        letter = command.lower()
        if letter == "l" and 0 in steps:
            letter, steps = ("h", steps[:1]) if steps[1] == 0 else ("v", steps[1:])
        text = "".join(map(_number, steps))
        # a letter that is repeated need not be written again, but for m, which would mean a line
        parts.append(text if letter == before != "m" else letter + text.removeprefix(" "))
        before = letter
    return "".join(parts)


def _number(step: int) -> str:
    """Write a step of so many hundredths with what parts it from the number before: its sign, or a blank."""
    text = f"{abs(step) * HUNDREDTH:.10g}"
    text = text.removeprefix("0") if text.startswith("0.") else text
    return f"-{text}" if step < 0 else f" {text}"
