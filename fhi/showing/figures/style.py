"""One visual language: font, palette, type scale, and the frame of title, badge and source line."""

from __future__ import annotations

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

from fhi.showing.figures.vector import UNIT

FONT = "FHI Sans SC"
#: the second serves letters that the first lacks, such as Ł; it comes with matplotlib
FAMILY = [FONT, "DejaVu Sans"]
FONTS = Path(__file__).resolve().parents[1] / "assets" / "fonts"

INK, MUTED, LINE, PAPER = "#1c2733", "#5b6773", "#d5dbe1", "#ffffff"
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#a04d84"
PILLARS = {"FHI": INK, "industry": BLUE, "experience": "#b87a00", "ecosystem": "#00805d"}
TIERS = {"national": "#0b3c6f", "regional": "#2f7fbf", "distinctive": "#8fc1e3"}
#: a paler shade for experience, and what a bar leaves of its room
PALE_OCHRE, REST = "#e7c98a", "#eef1f4"
#: of places gained, and of places lost
UP, DOWN = PILLARS["ecosystem"], VERMILION
EVIDENCE_COLOURS = {
    "published": "#0b3c6f",
    "derived": "#2b71b1",
    "public": "#00805d",
    "reconstructed": "#9a2d4a",
    "identified": PURPLE,
    "user": "#8f6200",
    "synthetic": "#b84f00",
}
EVIDENCE_NAMES = {
    "published": {"zh": "报告公布", "en": "published"},
    "derived": {"zh": "据报告推算", "en": "derived"},
    "public": {"zh": "公开数据", "en": "public"},
    "reconstructed": {"zh": "重建", "en": "reconstructed"},
    "identified": {"zh": "识别区间", "en": "identified"},
    "user": {"zh": "用户数据", "en": "user"},
    "synthetic": {"zh": "合成数据", "en": "synthetic"},
}
#: an area that stands for what is not published
HATCHED = {"facecolor": "#f3f5f7", "edgecolor": "#a9b3bd", "hatch": "////", "linewidth": 0.6}
#: over the colour of values that are older than the scenario's max_age
OLD = {"facecolor": "none", "edgecolor": PAPER, "hatch": "//////", "linewidth": 0}
TITLE, BODY, SMALL = 15, 10, 8.5
DOT = 50
NAME = 75  # points that labels leave for the name of a city
RING = {"s": 115, "facecolor": PAPER, "edgecolor": MUTED}
TOP, BOTTOM, SIDE = 0.85, 0.5, 0.35
#: inches from the top that title and badges take; where they stand as text, a picture is shown without them
HEAD = 0.52

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
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    # a dollar sign in a name is a dollar sign
    "text.parse_math": False,
    "hatch.linewidth": 0.6,
    # text stays text: it is searched, copied and read aloud; page and print bring the font
    "svg.fonttype": "none",
    "svg.hashsalt": "fhi",
}


@cache
def load_fonts() -> None:
    """Make the project's font known to matplotlib; no system font is used."""
    for path in sorted(FONTS.glob("*.otf")):
        matplotlib.font_manager.fontManager.addfont(str(path))


def canvas(height: float, width: float = 10.0) -> Figure:
    """Return an empty figure, sizes in inches."""
    return Figure(figsize=(width, height))


def area(figure: Figure, left=SIDE, right=SIDE, top=TOP, bottom=BOTTOM) -> Axes:
    """Return axes that keep these distances, in inches, from the edges of the figure."""
    width, height = figure.get_size_inches()
    box = (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    return figure.add_axes(box)


def bare(axes: Axes) -> Axes:
    """Take spines and ticks off, for tables and tiles."""
    axes.set_axis_off()
    return axes


def quiet(axes: Axes, grid: str | None = "x") -> Axes:
    """Keep only a light grid along one direction, and no spines or tick marks."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)
    if grid:
        axes.grid(axis=grid, color=LINE, linewidth=0.7)
        axes.set_axisbelow(True)
    return axes


@cache
def extent(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of a line of text in points."""
    load_fonts()
    properties = FontProperties(family=FAMILY, size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(text, properties, ismath=False)[0]


def fit(text: str, width: float, size: float, weight: str = "normal") -> str:
    """Return a line of text cut so that it is at most `width` points long, with … where it was cut."""
    if extent(text, size, weight) <= width:
        return text
    keep = len(text)
    while keep and extent(text[:keep].rstrip() + "…", size, weight) > width:
        keep -= 1
    return text[:keep].rstrip() + "…"


def of_unit(artist: Artist, unit: str, tip: str = "") -> Artist:
    """Mark what is drawn of a unit, so that a page can light it up and say `tip` over it; return it."""
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
    """
    scale = axes.transData.inverted()
    half = abs(scale.transform((0.05, 0))[0] - scale.transform((0, 0))[0])
    strokes = Outline.make_compound_path(*(Outline([(x - half, y), (x + half, y)]) for x, y in points))
    # else the strokes, shorter than a pixel, are simplified away or snapped to nothing
    strokes.should_simplify = False
    look = {"edgecolor": colour, "linewidth": size, "capstyle": "round", "fill": False, "snap": False, "zorder": 2}
    axes.add_artist(PathPatch(strokes, **look))


def pick(language: str, zh: str, en: str) -> str:
    """Return the text in a language."""
    return {"zh": zh, "en": en}[language]


def city_names(data, language: str):
    """Return the city names of a frame with ``city`` and ``city_en``, a name too long for a label cut."""
    return data["city" if language == "zh" else "city_en"].map(brief, na_action="ignore")


def brief(name: str) -> str:
    """Return a name cut to the room that labels leave for it, with … where it was cut."""
    return fit(name, NAME, BODY)


def frame(figure: Figure, entry, language: str) -> Figure:
    """Put title, evidence badges and source line around what a drawing function returned."""
    width, height = figure.get_size_inches()
    right = width - SIDE
    for label in reversed(entry.evidence):
        right = _badge(figure, EVIDENCE_NAMES[label][language], EVIDENCE_COLOURS[label], right) - 0.08
    title = fit(entry.title[language], (right - SIDE - 0.1) * 72, TITLE, "bold")
    figure.text(SIDE / width, 1 - 0.34 / height, title, size=TITLE, weight="bold", va="center")
    room = (width - 2 * SIDE - 0.2) * 72 - extent(entry.id, SMALL)
    source = fit(source_line(entry, language), room, SMALL)
    figure.text(SIDE / width, 0.2 / height, source, size=SMALL, color=MUTED, va="center")
    figure.text(1 - SIDE / width, 0.2 / height, entry.id, size=SMALL, color=MUTED, va="center", ha="right")
    return figure


def source_line(entry, language: str) -> str:
    """Return what stands below a figure: the report with the page, and the public source of what it does not print."""
    if entry.beside:
        return pick(language, "来源：", "Source: ") + entry.source[language]
    report = entry.cited[language]
    if entry.page:
        report += pick(language, f"，第{entry.page}页", f", p. {entry.page}")
    if given := [label for label in ("synthetic", "user") if label in entry.evidence]:
        return _given_line(given[0], report, entry, language)
    if not entry.page and not {"public", "reconstructed"} & set(entry.evidence):
        return pick(language, f"来源：据{report}计算", f"Source: computed from the {report}")
    other = not entry.page or "public" in entry.evidence
    public = entry.source or ({"zh": "公开统计", "en": "public statistics"} if other else None)
    parts = [report, public[language]] if public else [report]
    return pick(language, "来源：", "Source: ") + pick(language, "；", "; ").join(parts)


def _given_line(label: str, report: str, entry, language: str) -> str:
    """Return the source line of a figure that rests on given files: what they are comes first."""
    names = {
        "synthetic": ("合成数据（虚构，仅供测试与教学）", "synthetic data, made up for tests and teaching"),
        "user": ("用户文件", "files of the staff"),
    }
    parts = [pick(language, *names[label])]
    if {"published", "derived", "reconstructed"} & set(entry.evidence):
        parts.append(report)
    if {"public", "reconstructed"} & set(entry.evidence):
        parts.append(pick(language, "公开统计", "public statistics"))
    return pick(language, "来源：", "Source: ") + pick(language, "；", "; ").join(parts)


def _badge(figure: Figure, text: str, colour: str, right: float) -> float:
    """Draw one badge that ends at `right` inches; return where it begins."""
    width, height = figure.get_size_inches()
    extent = 0.16 + sum(0.125 if ord(character) > 255 else 0.07 for character in text)
    left, base = right - extent, height - 0.46
    box = FancyBboxPatch(
        (left / width, base / height),
        extent / width,
        0.24 / height,
        boxstyle="round,pad=0,rounding_size=0.006",
        transform=figure.transFigure,
        facecolor=colour,
        edgecolor="none",
    )
    figure.add_artist(box)
    centre = (left + extent / 2) / width
    figure.text(centre, (base + 0.115) / height, text, size=SMALL, color=PAPER, va="center", ha="center")
    return left
