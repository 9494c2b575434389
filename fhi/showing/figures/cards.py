"""A sheet measured in inches, with lines of text and bars at their places."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fhi.showing.figures import style
from fhi.showing.figures.texts import shortened, width

GROUND, TRACK = "#f4f6f8", "#e1e6eb"
MIDDLE = 0.36  # middle of a letter above its baseline, over its size


def sheet(figure: Figure) -> Axes:
    """Return axes over the whole figure, in inches from its upper left corner."""
    width, height = figure.get_size_inches()
    axes = style.bare(figure.add_axes((0, 0, 1, 1)))
    axes.set(xlim=(0, width), ylim=(height, 0))
    return axes


def line(axes: Axes, x: float, y: float, text: str, room: float | None = None, **look) -> float:
    """Write one line of text, its middle at y, shortened to its room; return its width in inches.

    The baseline hangs on the size alone, so that texts with and without descenders stand level.
    """
    look = {"size": style.SMALL} | look
    size, weight = look["size"], look.get("weight", "normal")
    text = shortened(text, room, size, weight) if room else text
    axes.text(x, y + MIDDLE * size / 72, text, va="baseline", **look)
    return width(text, size, weight)


def bar(axes: Axes, x: float, y: float, room: float, share: float, colour: str, height: float = 0.14) -> None:
    """Draw a bar filled from the left to a share of its room, 0 to 1."""
    axes.fill([x, x + room, x + room, x], [y, y, y + height, y + height], color=TRACK, linewidth=0)
    end = x + room * share
    axes.fill([x, end, end, x], [y, y, y + height, y + height], color=colour, linewidth=0)
