"""Forms that infographics share: a sheet measured in inches, cards, rings of a share, ladders of a rank, arrows."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Wedge

from fhi.showing.figures import style
from fhi.showing.figures.texts import shortened, width, wrapped

GROUND, TRACK, EMPTY = "#f4f6f8", "#e1e6eb", "#fbfcfd"
LEADING = 1.36  # height of a line over its size
MIDDLE = 0.36  # middle of a letter above its baseline, over its size


def sheet(figure: Figure) -> Axes:
    """Return axes over the whole figure, in inches from its upper left corner."""
    width, height = figure.get_size_inches()
    axes = style.bare(figure.add_axes((0, 0, 1, 1)))
    axes.set(xlim=(0, width), ylim=(height, 0))
    return axes


def box(axes: Axes, x: float, y: float, width: float, height: float, fill=GROUND, edge="none", **look) -> None:
    """Draw a rectangle of rounded corners, its upper left corner at (x, y)."""
    look = {"linewidth": 1, "zorder": 0.5} | look
    shape = f"round,pad=0,rounding_size={min(0.08, width / 2, height / 2):.3f}"
    axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=shape, facecolor=fill, edgecolor=edge, **look))


def missing(axes: Axes, x: float, y: float, width: float, height: float) -> None:
    """Draw the empty box with a dashed edge that stands for what is not published."""
    box(axes, x, y, width, height, fill=EMPTY, edge="#b9c2cb", linestyle=(0, (3, 2.5)), linewidth=0.9)


def block(axes: Axes, x: float, y: float, text: str, room: float, lines: int = 9, **look) -> float:
    """Write wrapped text with its top at y; return the y below it."""
    look = {"size": style.SMALL} | look
    leading = look["size"] * LEADING / 72
    rows = wrapped(text, room, look["size"], look.get("weight", "normal"), lines).split("\n")
    for place, row in enumerate(rows):
        line(axes, x, y + (place + 0.5) * leading, row, **look)
    return y + leading * len(rows)


def line(axes: Axes, x: float, y: float, text: str, room: float | None = None, **look) -> float:
    """Write one line of text, its middle at y, shortened to its room; return its width in inches.

    The baseline hangs on the size alone, so that texts with and without descenders stand level.
    """
    look = {"size": style.SMALL} | look
    size, weight = look["size"], look.get("weight", "normal")
    text = shortened(text, room, size, weight) if room else text
    axes.text(x, y + MIDDLE * size / 72, text, va="baseline", **look)
    return width(text, size, weight)


def ring(axes: Axes, x: float, y: float, radius: float, share: float, colour: str) -> None:
    """Draw a ring filled clockwise from the top to a share in per cent."""
    axes.add_patch(Wedge((x, y), radius, 0, 360, width=radius * 0.28, facecolor=TRACK, edgecolor="none"))
    # the y axis points down, which turns the sense of angles round
    axes.add_patch(Wedge((x, y), radius, -90, -90 + 3.6 * share, width=radius * 0.28, facecolor=colour))


def ladder(axes: Axes, x: float, y: float, room: float, place: float, places: int, colour: str, height=0.16) -> None:
    """Draw a row of places, the first at the left, one of them filled."""
    step = room / places
    for rung in range(places):
        fill = colour if rung == place - 1 else TRACK
        box(axes, x + rung * step, y, step * 0.78, height, fill=fill)


def bar(axes: Axes, x: float, y: float, room: float, share: float, colour: str, height: float = 0.14) -> None:
    """Draw a bar filled from the left to a share of its room, 0 to 1."""
    axes.fill([x, x + room, x + room, x], [y, y, y + height, y + height], color=TRACK, linewidth=0)
    end = x + room * share
    axes.fill([x, end, end, x], [y, y, y + height, y + height], color=colour, linewidth=0)


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], colour=style.MUTED, **look) -> None:
    """Draw an arrow between two points."""
    look = {"arrowstyle": "-|>", "mutation_scale": 9, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0} | look
    axes.add_patch(FancyArrowPatch(start, end, color=colour, **look))
