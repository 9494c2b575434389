"""One visual language: font, palette, type scale, and the frame of title, badge and source line."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path as Outline
from matplotlib.textpath import text_to_path

from fhi.showing.figures.wording import both, said

#: the name of the group of what is drawn of a unit
UNIT = "unit:"
FONT = "FHI Sans SC"
#: the second serves letters that the first lacks, such as Ł; it comes with matplotlib
FAMILY = [FONT, "DejaVu Sans"]
FONTS = Path(__file__).resolve().parents[1] / "assets" / "fonts"

INK, MUTED, LINE, PAPER = "#1c2733", "#5b6773", "#d5dbe1", "#ffffff"
#: greys for marks, each at least 3:1 on paper; what a bar leaves of its room is ground, no mark
DARK, MIDDLE, FAINT, REST = "#26323e", "#5f6c79", "#88939e", "#eef1f4"
#: hues mean pillars and nothing else; in grey they are dark, middle and light, and each has a pale ground
PILLARS = {"FHI": INK, "industry": "#00467f", "experience": "#b87a00", "ecosystem": "#00795a"}
PALE = {"FHI": "#dfe4e9", "industry": "#d5e2ef", "experience": "#f3e3c3", "ecosystem": "#d3ebe2"}
TIERS = {"national": DARK, "regional": MIDDLE, "distinctive": FAINT}
#: places gained and lost: by arrow and lightness
UP, DOWN = INK, "#76828e"
ARROWS = {1: "↑", 0: "", -1: "↓"}
#: evidence is told by shape: before its name, and as the mark of a value
EVIDENCE_SIGNS = {
    "published": "●",
    "derived": "◐",
    "public": "○",
    "reconstructed": "◆",
    "identified": "◇",
    "user": "▲",
    "synthetic": "△",
}
#: and by texture where it fills an area
_AREA = {"facecolor": PAPER, "edgecolor": MIDDLE, "linewidth": 0.8}
EVIDENCE_FILLS = {
    "published": _AREA | {"facecolor": MIDDLE},
    "derived": _AREA | {"hatch": "//////"},
    "public": _AREA,
    "reconstructed": _AREA | {"facecolor": DARK, "edgecolor": DARK},
    "identified": _AREA | {"hatch": "xxxxx"},
    "user": _AREA | {"hatch": "......"},
    "synthetic": _AREA | {"hatch": "++++"},
}
#: the ground of their labels
EVIDENCE_COLOURS = dict.fromkeys(EVIDENCE_SIGNS, DARK)
EVIDENCE_NAMES = {name: both(f"evidence.{name}") for name in EVIDENCE_SIGNS}
#: an area that stands for what is not published
HATCHED = {"facecolor": "#f3f5f7", "edgecolor": "#a9b3bd", "hatch": "////", "linewidth": 0.6}
#: over the colour of values that are older than the scenario's max_age
OLD = {"facecolor": "none", "edgecolor": PAPER, "hatch": "//////", "linewidth": 0}
#: sizes of letters in a drawing 10 inches wide; printed at 176 mm the least of them is 7 points high
TITLE, BODY, SMALL = 15, 11.2, 10.2
#: width of a drawing, in inches, that fills the body of the page, and of one of a pair (85 mm)
FULL, HALF = 10.0, 10.0 * 85 / 176
DOT = 50
NAME = 96  # points that labels leave for the name of a unit
#: the marks of a published rank, and of one by reconstruction
PUBLISHED = {"marker": "o", "s": 62, "facecolor": INK, "edgecolor": PAPER, "linewidth": 0.8}
RECONSTRUCTED = {"marker": "D", "s": 46, "facecolor": PAPER, "edgecolor": INK, "linewidth": 1.3}
#: of a text that stands so many points beside its place, there or not
BESIDE = {"textcoords": "offset points", "annotation_clip": False}
RING = {"s": 115, "facecolor": PAPER, "edgecolor": MUTED}
TOP, BOTTOM, SIDE = 0.85, 0.5, 0.35
#: inches from the top that title and badges take, and from the foot that source and id take; page and print say these as
#: text and show a picture without them
HEAD, FOOT = 0.52, 0.34

RC = {
    "font.family": FAMILY,
    "font.size": BODY,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": LINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.unicode_minus": False,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": BODY,
    "legend.frameon": False,
    "legend.fontsize": SMALL,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    # a dollar sign in a name is a dollar sign
    "text.parse_math": False,
    "hatch.linewidth": 0.8,
    # text stays text: it is searched, copied and read aloud; page and print bring the font
    "svg.fonttype": "none",
    "svg.hashsalt": "fhi",
}


@cache
def load_fonts() -> None:
    """Make the project's font known to matplotlib; no system font is used."""
    for path in sorted(FONTS.glob("*.otf")):
        matplotlib.font_manager.fontManager.addfont(str(path))


def canvas(height: float, width: float = FULL) -> Figure:
    """Return an empty figure, sizes in inches.

    Parameters
    ----------
    height : float
        Inches.
    width : float
        Inches.
    """
    return Figure(figsize=(width, height))


def area(figure: Figure, left=SIDE, right=SIDE, top=TOP, bottom=BOTTOM) -> Axes:
    """Return axes that keep these distances, in inches, from the edges of the figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    left, right, top, bottom : float
        Inches from the edges of the figure.
    """
    width, height = figure.get_size_inches()
    box = (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    return figure.add_axes(box)


def bare(axes: Axes) -> Axes:
    """Take spines and ticks off, for tables and tiles."""
    axes.set_axis_off()
    return axes


def quiet(axes: Axes, grid: str | None = "x") -> Axes:
    """Keep only a light grid along one direction, and no spines or tick marks.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    grid : str or None
        ``x``, ``y`` or none: along which axis a light grid runs.
    """
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)
    if grid:
        axes.grid(axis=grid, color=LINE, linewidth=0.7)
        axes.set_axisbelow(True)
    return axes


@cache
def extent(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of a line of text in points.

    Parameters
    ----------
    text : str
    size : float
        Of the letters, in points.
    weight : str
        Of the letters: ``normal`` or ``bold``.
    """
    load_fonts()
    properties = FontProperties(family=FAMILY, size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(text, properties, ismath=False)[0]


def fit(text: str, width: float, size: float, weight: str = "normal") -> str:
    """Return a line of text cut so that it is at most `width` points long, with … where it was cut.

    Parameters
    ----------
    text : str
    width : float
        Points that it may take.
    size : float
        Of the letters, in points.
    weight : str
        Of the letters: ``normal`` or ``bold``.
    """
    if extent(text, size, weight) <= width:
        return text
    keep = len(text)
    while keep and extent(text[:keep].rstrip() + "…", size, weight) > width:
        keep -= 1
    return text[:keep].rstrip() + "…"


def of_unit(artist: Artist, unit: str, tip: str = "") -> Artist:
    """Mark what is drawn of a unit, so that a page can light it up and say `tip` over it; return it.

    Parameters
    ----------
    artist : matplotlib.artist.Artist
    unit : str
        A unit, by its key.
    tip : str
        What is said over it.
    """
    artist.set_gid(f"{UNIT}{unit}|{tip}" if tip else f"{UNIT}{unit}")
    return artist


def ink_on(colour: str) -> str:
    """Return the colour of text on a colour: the one with the greater contrast (WCAG 2.1, relative luminance)."""

    def luminance(name: str) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(name)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark, ground = luminance(PAPER), luminance(INK), luminance(colour)
    return PAPER if (light + 0.05) / (ground + 0.05) >= (ground + 0.05) / (dark + 0.05) else INK


def direction(gained: float) -> str:
    """Return the colour of so many places gained."""
    return UP if gained > 0 else DOWN if gained < 0 else MUTED


def dots(axes: Axes, points: Iterable[tuple[float, float]], size: float, colour: str) -> None:
    """Draw dots, `size` points wide, as one path of short strokes with round ends.

    A marker each takes eight times as many characters in the picture's file.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    points : iterable of (float, float)
        In the units of the axes.
    size : float
        Points across.
    colour : str
    """
    scale = axes.transData.inverted()
    half = abs(scale.transform((0.05, 0))[0] - scale.transform((0, 0))[0])
    strokes = Outline.make_compound_path(*(Outline([(x - half, y), (x + half, y)]) for x, y in points))
    # else the strokes, shorter than a pixel, are simplified away or snapped to nothing
    strokes.should_simplify = False
    look = {"edgecolor": colour, "linewidth": size, "capstyle": "round", "fill": False, "snap": False, "zorder": 2}
    axes.add_artist(PathPatch(strokes, **look))


def write(figure: Figure, x: float, inches: float, text: str, **look) -> None:
    """Write a small text in grey across a figure, so many inches above its foot, or below its head if negative.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    x : float
        Share of the width.
    inches : float
        To the middle of the text.
    text : str
    **look : object
        As `Figure.text` takes it.
    """
    y = inches / figure.get_size_inches()[1] + (inches < 0)
    figure.text(x, y, text, **{"size": SMALL, "color": MUTED, "va": "center"} | look)


def note(axes: Axes, x: float, y: float, text: str, **look) -> None:
    """Write a small text in grey, its middle at the height y; `look` as for `Axes.text`.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    x, y : float
        In the units of the axes.
    text : str
    **look : object
        As `Axes.text` takes it.
    """
    axes.text(x, y, text, **{"size": SMALL, "color": MUTED, "va": "center"} | look)


def city_names(data, language: str):
    """Return the city names of a frame with ``city`` and ``city_en``, a name too long for a label cut.

    Parameters
    ----------
    data : pandas.DataFrame
        With ``city`` and ``city_en``.
    language : str
        ``zh`` or ``en``.
    """
    return data["city" if language == "zh" else "city_en"].map(brief, na_action="ignore")


def brief(name: str, room: float = NAME) -> str:
    """Return a name cut to the room in points that labels leave for it, with … where it was cut.

    Parameters
    ----------
    name : str
    room : float
        Points.
    """
    return fit(name, room, BODY)


def frame(figure: Figure, entry, language: str) -> Figure:
    """Put title, evidence badges and source line around what a drawing function returned.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    entry : FigureEntry
    language : str
        ``zh`` or ``en``.
    """
    width = figure.get_size_inches()[0]
    right, signs = width - SIDE, ""
    if width < FULL:
        # the title needs the whole width; the signs of the labels stand before the source
        signs = " ".join(EVIDENCE_SIGNS[label] for label in entry.evidence) + "  "
    else:
        for label in reversed(entry.evidence):
            right = _badge(figure, label, language, right) - 0.08
        right -= 0.1
    _title(figure, entry, language, right - SIDE)
    room = (width - 2 * SIDE - 0.2) * 72 - extent(entry.id, SMALL)
    write(figure, SIDE / width, 0.2, fit(signs + source_line(entry, language), room, SMALL))
    write(figure, 1 - SIDE / width, 0.2, entry.id, ha="right")
    return figure


def _title(figure: Figure, entry, language: str, room: float) -> None:
    """Write the title; where a sentence says what the figure shows, that in its place and the title small above it."""
    left, title, bold = SIDE / figure.get_size_inches()[0], entry.title[language], {"weight": "bold", "color": INK}
    if not entry.headline:
        write(figure, left, -0.34, fit(title, room * 72, TITLE, "bold"), size=TITLE, **bold)
        return
    # the whole width below the labels if the sentence takes two lines
    write(figure, left, -0.13, fit(title, room * 72, SMALL))
    for place, text in enumerate(_broken(entry.headline[language], room * 72, BODY, "bold")):
        write(figure, left, -0.29 - 0.155 * place, text, size=BODY, **bold)


def _broken(text: str, room: float, size: float, weight: str) -> list[str]:
    """Return a sentence on at most two lines of `room` points, broken at a blank or after a Chinese character."""
    if extent(text, size, weight) <= room:
        return [text]
    places = [place for place, letter in enumerate(text, start=1) if letter in " ，、；" or ord(letter) > 0x2E80]
    fits = [place for place in places if extent(text[:place].rstrip(), size, weight) <= room] or [len(text)]
    return [text[: fits[-1]].rstrip(), fit(text[fits[-1] :].lstrip(), room, size, weight)]


def source_line(entry, language: str) -> str:
    """Return what stands below a figure: the report with the page, and the public source of what it does not print.

    Parameters
    ----------
    entry : FigureEntry
    language : str
        ``zh`` or ``en``.
    """
    if entry.beside:
        return _sources([entry.source[language]], language)
    report, public = entry.cited[language], said("source.public", language)
    if entry.page:
        report = said("source.page", language, report=report, page=entry.page)
    if given := [label for label in ("synthetic", "user") if label in entry.evidence]:
        # what given files are comes first
        parts = [said(f"source.{given[0]}", language)]
        parts += [report] if {"published", "derived", "reconstructed"} & set(entry.evidence) else []
        return _sources(parts + ([public] if {"public", "reconstructed"} & set(entry.evidence) else []), language)
    if not entry.page and not {"public", "reconstructed"} & set(entry.evidence):
        return said("source.computed", language, report=report)
    if entry.source:
        return _sources([report, entry.source[language]], language)
    return _sources([report, public] if not entry.page or "public" in entry.evidence else [report], language)


def _sources(parts: list[str], language: str) -> str:
    return said("source.line", language, parts=said("source.joint", language).join(parts))


def badge(label: str, language: str) -> str:
    """Return the words of a label of evidence, its sign first.

    Parameters
    ----------
    label : str
    language : str
        ``zh`` or ``en``.
    """
    return f"{EVIDENCE_SIGNS[label]} {EVIDENCE_NAMES[label][language]}"


def _badge(figure: Figure, label: str, language: str, right: float) -> float:
    """Draw the label of a kind of evidence, its sign first, so that it ends at `right` inches; return where it begins."""
    width, height = figure.get_size_inches()
    text = badge(label, language)
    room = 0.16 + extent(text, SMALL) / 72
    left, base = right - room, height - 0.46
    corner, look = (left / width, base / height), {"facecolor": PAPER, "edgecolor": MUTED, "linewidth": 0.8}
    form = {"boxstyle": "round,pad=0,rounding_size=0.006", "transform": figure.transFigure}
    figure.add_artist(FancyBboxPatch(corner, room / width, 0.24 / height, **form, **look))
    write(figure, (left + room / 2) / width, base + 0.115, text, color=INK, ha="center")
    return left
