"""One visual language: font, palette, type scale, and the frame of title, badge and source line."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

FONT = "FHI Sans SC"
FONTS = Path(__file__).resolve().parents[1] / "assets" / "fonts"

INK, MUTED, LINE, PAPER = "#1c2733", "#5b6773", "#d5dbe1", "#ffffff"
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#a04d84"
PILLARS = {"FHI": INK, "industry": BLUE, "experience": "#b87a00", "ecosystem": "#00805d"}
TIERS = {"national": "#0b3c6f", "regional": "#2f7fbf", "distinctive": "#8fc1e3"}
EVIDENCE_COLOURS = {
    "published": "#0b3c6f",
    "derived": "#2b71b1",
    "public": "#00805d",
    "identified": PURPLE,
    "user": "#8f6200",
    "synthetic": "#b84f00",
}
EVIDENCE_NAMES = {
    "published": {"zh": "报告公布", "en": "published"},
    "derived": {"zh": "据报告推算", "en": "derived"},
    "public": {"zh": "公开数据", "en": "public"},
    "identified": {"zh": "识别区间", "en": "identified"},
    "user": {"zh": "用户数据", "en": "user"},
    "synthetic": {"zh": "合成数据", "en": "synthetic"},
}
TITLE, BODY, SMALL = 15, 10, 8.5
DOT = 50
RING = {"s": 115, "facecolor": PAPER, "edgecolor": MUTED}
TOP, BOTTOM, SIDE = 0.85, 0.5, 0.35
#: inches from the top that title and badges take; where they stand as text, a picture is shown without them
HEAD = 0.52

RC = {
    "font.family": [FONT],
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
    # a name from data may hold dollar signs; it is text, not a formula
    "text.parse_math": False,
    "svg.fonttype": "path",
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


def pick(language: str, zh: str, en: str) -> str:
    """Return the text in a language."""
    return {"zh": zh, "en": en}[language]


def city_names(data, language: str):
    """Return the city names of a frame with ``city`` and ``city_en``."""
    return data["city" if language == "zh" else "city_en"]


def frame(figure: Figure, entry, language: str) -> Figure:
    """Put title, evidence badges and source line around what a drawing function returned."""
    width, height = figure.get_size_inches()
    figure.text(SIDE / width, 1 - 0.34 / height, entry.title[language], size=TITLE, weight="bold", va="center")
    right = width - SIDE
    for label in reversed(entry.evidence):
        right = _badge(figure, EVIDENCE_NAMES[label][language], EVIDENCE_COLOURS[label], right) - 0.08
    report = pick(language, "2018中国金融科技中心城市报告", "2018 China Fintech Hub Index report")
    if entry.page:
        place = pick(language, f"第{entry.page}页", f"p. {entry.page}")
        source = pick(language, f"来源：{report}，{place}", f"Source: {report}, {place}")
    elif "public" in entry.evidence:
        source = pick(language, f"来源：{report}；公开统计", f"Source: {report}; public statistics")
    else:
        source = pick(language, f"来源：据{report}计算", f"Source: computed from the {report}")
    figure.text(SIDE / width, 0.2 / height, source, size=SMALL, color=MUTED, va="center")
    figure.text(1 - SIDE / width, 0.2 / height, entry.id, size=SMALL, color=MUTED, va="center", ha="right")
    return figure


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
