"""Cards without a data axis, as documents: blocks of plain values that page and print set, each by its own template.

A card is a list of blocks. Print sets them by ``blocks.typ``, the page by ``blocks.html.j2``; both know these kinds:

- ``table``: ``heads``, ``rows``, ``widths``, and ``across``, in how many columns print sets its rows side by side; a cell
  is a text, a list of texts (points), or a `bar`
- ``text``, with ``text``; ``list``, with ``title`` and ``items``
- ``facts``: ``items`` of ``value`` and ``label``, large numbers side by side
- ``steps``: ``items`` of ``title``, ``actor``, ``text``, ``facts`` and ``open`` (what is not disclosed), joined by arrows
- ``ranks``: ``items`` of ``rank`` and ``name`` in reading order

Each has a ``title`` (may be empty) and a ``colour``.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import matplotlib
import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.registry import FigureEntry

ASSETS = Path(__file__).resolve().parents[1] / "assets" / "report"
#: pixels per inch of a PNG
DPI = 144

Block = dict[str, object]
Cell = str | Sequence[str] | Mapping[str, object]


def block(kind: str, title: str = "", colour: str = style.INK, **parts) -> Block:
    """Return a block of one kind.

    Parameters
    ----------
    kind : str
        One of the kinds above.
    title : str
        May be empty.
    colour : str
    **parts : object
        What the kind has.
    """
    return {"kind": kind, "title": title, "colour": colour, **parts}


def table(heads: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[float], **look) -> Block:
    """Return a table; `widths` are the shares of its columns in the width.

    Parameters
    ----------
    heads : sequence of str
    rows : iterable of sequences
        Cells: a text, a list of texts, or a `bar`.
    widths : sequence of float
        Shares of the columns in the width.
    **look : object
        ``title``, ``colour``, ``across``.

    Raises
    ------
    ValueError
        If a row has more or fewer cells than there are heads or widths.
    """
    rows = [list(row) for row in rows]
    if {len(heads), len(widths), *map(len, rows)} != {len(heads)}:
        raise ValueError(f"a table of {len(heads)} columns whose rows or widths have others")
    return block("table", heads=list(heads), rows=rows, widths=list(widths), **look)


def step(
    title: str, text: str = "", actor: str = "", facts: Sequence = (), open: Sequence[str] = (), head: str = ""
) -> dict[str, object]:
    """Return an item of a block ``steps``; `head` stands over what is not disclosed (`open`).

    Parameters
    ----------
    title, text, actor : str
        What is done, by whom, and in what way.
    facts : sequence of dict
        ``value`` and ``label`` each.
    open : sequence of str
        What is not disclosed.
    head : str
        What stands over it.
    """
    return {"title": title, "text": text, "actor": actor, "facts": list(facts), "open": list(open), "head": head}


def bar(share: float, text: str, colour: str) -> dict[str, object]:
    """Return a cell with a bar filled to a share in per cent, and a text beside it; an unknown share has no bar.

    Parameters
    ----------
    share : float
        In per cent; NaN: no bar.
    text : str
        Beside the bar.
    colour : str
    """
    return {"share": None if pd.isna(share) else round(float(share), 2), "text": text, "colour": colour}


def typeset(template: str, data: object, kind: str = "pdf", **options) -> bytes | list[bytes]:
    """Set a template of the folder of templates with the project's fonts and no other.

    Parameters
    ----------
    template : str
        Its file name.
    data : object
        What it says, as plain values.
    kind : str
        ``pdf``, ``svg`` or ``png``.
    """
    import typst

    return typst.compile((ASSETS / template).read_bytes(), format=kind, **given(data), **options)


def given(data: object, **inputs: str) -> dict[str, object]:
    """Return what a compiler is given beside a template: its folder, the fonts, and what it says."""
    # the second family of the project's letters comes with matplotlib
    fonts = [str(style.FONTS), str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")]
    said = {"data": json.dumps(data, ensure_ascii=False), **inputs}
    return {"root": str(ASSETS), "font_paths": fonts, "ignore_system_fonts": True, "sys_inputs": said}


def images(entry: FigureEntry, data: pd.DataFrame, language: str, kinds: Iterable[str]) -> dict[str, bytes]:
    """Return the pictures of a card by kind, framed as a figure is: title, labels of evidence, source line.

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
    card = {
        "language": language,
        "fonts": style.FAMILY,
        "title": entry.title[language],
        "badges": [{"text": style.badge(name, language), "colour": style.DARK} for name in entry.evidence],
        "source": style.source_line(entry, language),
        "id": entry.id,
        "blocks": entry.draw(data, language),
    }
    options = {"png": {"ppi": DPI}}
    return {kind: typeset("card.typ", card, kind, **options.get(kind, {})) for kind in kinds}
