"""Tables of coloured cells: two-sided shades around nothing, a number in each cell, slanted heads."""

from __future__ import annotations

import math
from collections.abc import Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from fhi.figures import style

BELOW, NOTHING, ABOVE = "#c2571a", "#f7f7f7", "#2166ac"
SHADES = matplotlib.colors.LinearSegmentedColormap.from_list("two-sided", [BELOW, NOTHING, ABOVE])
#: degrees that heads rise, and points that each may be long
SLANT, HEAD = 38, 122


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


def room(names: Sequence[str]) -> float:
    """Return the inches that slanted heads take above a table."""
    longest = max(style.extent(style.fit(name, HEAD, style.SMALL), style.SMALL) for name in names)
    return (longest * math.sin(math.radians(SLANT)) + style.SMALL) / 72 + 0.1


def scale(axes: Axes, y: float, low: str, high: str) -> None:
    """Draw the scale of shades in the middle below a table of the height `y`, its ends named."""
    figure = axes.get_figure()
    inch = np.ptp(axes.get_xlim()) / (axes.get_position().width * figure.get_size_inches()[0])
    steps, pitch = 9, 0.24 * inch
    start = np.mean(axes.get_xlim()) - steps * pitch / 2
    for step in range(steps):
        left = start + step * pitch
        corners = [left, left + pitch, left + pitch, left], [y + 0.7, y + 0.7, y + 1.1, y + 1.1]
        axes.fill(*corners, color=SHADES(step / (steps - 1)), linewidth=0, clip_on=False)
    look = {"va": "center", "size": style.SMALL, "color": style.MUTED}
    axes.text(start - 0.1 * inch, y + 0.9, low, ha="right", **look)
    axes.text(start + steps * pitch + 0.1 * inch, y + 0.9, high, ha="left", **look)


def grid(data: pd.DataFrame, rows: str, columns: str, value: str) -> pd.DataFrame:
    """Return a long frame as a table, rows and columns in the order in which they first occur."""
    wide = data.pivot(index=rows, columns=columns, values=value)
    return wide.loc[list(dict.fromkeys(data[rows])), list(dict.fromkeys(data[columns]))]
