"""Tables of coloured cells: two-sided shades around nothing, a number in each cell, slanted heads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from fhi.showing.figures import style
from fhi.showing.figures.charts import Chosen

#: from least to greatest by lightness alone
SHADES = matplotlib.colors.LinearSegmentedColormap.from_list("lightness", ["#f4f6f8", "#aab4bd", style.DARK])
#: degrees that heads rise, and points that each may be long
SLANT, HEAD = 38, 122


def table(rows: int, pitch: float, names: Sequence[str], labels: Sequence[str] = ()) -> Axes:
    """Return axes for a table of rows `pitch` inches high, with room for the heads, the labels of the rows and the scale."""
    longest = max((style.extent(label, style.BODY) for label in labels), default=0) / 72 + 0.25
    top = 0.75 + room(names)
    figure = style.canvas(top + 0.95 + pitch * rows, width=style.FULL)
    return style.area(figure, left=max(1.5, longest), right=1.35, top=top, bottom=0.95)


def cells(axes: Axes, values: np.ndarray, limit: float, texts: Sequence[Sequence[str]], size: float = style.SMALL):
    """Fill the axes with a table, first row on top: a cell's shade is its value from -limit to limit; NaN is left white.

    Cell (row, column) is centred on (column + 0.5, row + 0.5).
    """
    rows, columns = values.shape
    mesh = {"cmap": SHADES, "vmin": -limit, "vmax": limit, "edgecolor": style.PAPER, "linewidth": 1.2}
    axes.pcolormesh(np.ma.masked_invalid(values), **mesh)
    for row in range(rows):
        for column in range(columns):
            value, text = values[row, column], texts[row][column]
            if text:
                shade = SHADES(0.5 + value / (2 * limit)) if np.isfinite(value) else (1, 1, 1)
                ink = style.ink_on(matplotlib.colors.to_hex(shade))
                axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", size=size, color=ink)
    axes.set(xlim=(0, columns), ylim=(rows, 0))
    axes.set_axis_off()


def heads(axes: Axes, names: Sequence[str]) -> None:
    """Write slanted heads above the columns."""
    for place, name in enumerate(names):
        look = {"rotation": SLANT, "ha": "left", "va": "bottom", "rotation_mode": "anchor", "size": style.SMALL}
        axes.text(place + 0.5, -0.15, style.fit(name, HEAD, style.SMALL), **look)


def rows(axes: Axes, names: Iterable[str], size: float) -> None:
    """Write the names of the rows to the left of a table."""
    for row, name in enumerate(names):
        look = {"ha": "right", "va": "center", "size": size, "textcoords": "offset points"}
        axes.annotate(name, (0, row + 0.5), (-8, 0), **look)


def room(names: Sequence[str]) -> float:
    """Return the inches that slanted heads take above a table."""
    longest = max(style.extent(style.fit(name, HEAD, style.SMALL), style.SMALL) for name in names)
    return (longest * math.sin(math.radians(SLANT)) + style.SMALL) / 72 + 0.1


def scale(axes: Axes, low: str, high: str) -> None:
    """Draw the scale of shades in the middle below a table, its ends named."""
    width, height = axes.get_figure().get_size_inches()
    box = axes.get_position()
    across, down = np.ptp(axes.get_xlim()) / (box.width * width), np.ptp(axes.get_ylim()) / (box.height * height)
    steps, pitch = 9, 0.24 * across
    start, y = np.mean(axes.get_xlim()) - steps * pitch / 2, max(axes.get_ylim()) + 0.26 * down
    for step in range(steps):
        left, half = start + step * pitch, 0.06 * down
        corners = [left, left + pitch, left + pitch, left], [y - half, y - half, y + half, y + half]
        axes.fill(*corners, color=SHADES(step / (steps - 1)), linewidth=0, clip_on=False)
    look = {"va": "center", "size": style.SMALL, "color": style.MUTED}
    axes.text(start - 0.1 * across, y, low, ha="right", **look)
    axes.text(start + steps * pitch + 0.1 * across, y, high, ha="left", **look)


def grid(data: pd.DataFrame, rows: str, columns: str, value: str, shown: Chosen | None = None) -> pd.DataFrame:
    """Return a long frame as a table, rows and columns in the order in which they first occur.

    What is `shown` of the rows may leave some out: an empty row stands in their place.
    """
    wide = data.pivot(index=rows, columns=columns, values=value)
    order = list(dict.fromkeys(data[rows]))
    if shown and shown.left:
        order.insert(shown.gap, "")
    return wide.reindex(index=order, columns=list(dict.fromkeys(data[columns])))
