"""Chart forms that several figures share: rows of units, keys, tables of coloured cells, names in two languages."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from fhi.showing.figures import style
from fhi.showing.figures.registry import LANGUAGES, Tables
from fhi.showing.figures.wording import said

#: rows that a figure draws at most, one for what is left out included, and how many of them are the last units
MOST, LAST = 40, 10
#: indicators that a figure draws in tall rows, in columns and against one another
MOST_ROWS, MOST_COLUMNS, MOST_PAIRED = 32, 20, 24
#: points that the name of a row may take, and the columns of ranks that a publication gives
LONGEST = 205
PUBLISHED_RANKS = ("rank", "published", "pillar_rank", "overall_rank")
#: rows that the heights of the figures are made for, and the inches that each beyond these adds
USUAL, PITCH = 20, 0.25


@dataclass(frozen=True)
class Chosen:
    """The units that a figure draws, a row each, and the row in which it says how many are left out.

    Attributes
    ----------
    place : dict
        Row of each unit drawn, from 0 at the top.
    count : int
        Rows in all.
    gap, left : int
        The row of what is left out, and how many units that are; ``left`` is 0 if all are drawn.
    """

    place: dict[str, int]
    count: int
    gap: int = 0
    left: int = 0

    def of(self, data: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the units drawn, of a frame with the column ``city``."""
        return data[data["city"].isin(self.place)].reset_index(drop=True)

    def name_rows(self, axes: Axes, labels: Iterable[str], language: str, middle: float = 0.0, **look) -> None:
        """Label the rows at the left, the units in the order of `place`; a row is `middle` below its number.

        Parameters
        ----------
        axes : matplotlib.axes.Axes
        labels : iterable of str
            Of the units drawn.
        language : str
            ``zh`` or ``en``.
        middle : float
            How far below its number the middle of a row is.
        **look : object
            As `Axes.set_yticks` takes it.
        """
        rows, texts = [*self.place.values()], [*labels]
        for unit, row in self.place.items():
            # nothing to see: the row, from the name at the left to the right edge, for a page to light up
            band = Rectangle((-0.25, row + middle - 0.5), 1.25, 1, transform=axes.get_yaxis_transform(), clip_on=False)
            band.set(facecolor="none", edgecolor="none", in_layout=False)
            axes.add_artist(style.of_unit(band, unit))
        if self.left:
            rows, texts = [*rows, self.gap], [*texts, self.more(language)]
        axes.set_yticks([row + middle for row in rows], texts, **look)

    def more(self, language: str) -> str:
        """Return how many units are left out, in words; empty if none are."""
        return said("rows.more", language, left=self.left) if self.left else ""


def chosen(units: Iterable[str], most: int = MOST, last: int = LAST) -> Chosen:
    """Return which units a figure draws: all, or if there are more than `most` the first and the `last` of them.

    Parameters
    ----------
    units : iterable of str
        In the order of the rows; one that stands twice counts once.
    most, last : int
        Rows at most, and how many of them are the last units; without any of these, nothing stands below the gap.
    """
    units = list(dict.fromkeys(units))
    if len(units) <= most:
        return Chosen({unit: row for row, unit in enumerate(units)}, len(units))
    gap, low = most - last - 1, len(units) - last
    place = {unit: row for row, unit in enumerate(units[:gap])}
    place |= {unit: row for row, unit in enumerate(units[low:], start=gap + 1)}
    return Chosen(place, most, gap, low - gap)


def indicators_left(figure, drawn: int, there: int, language: str) -> None:
    """Write at the foot of a figure how many indicators it draws, where it leaves some out.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    drawn, there : int
        How many it draws, and how many its data have.
    language : str
    """
    if drawn < there:
        style.write(figure, 0.98, 0.48, indicators_drawn(drawn, there, language), ha="right")


def indicators_drawn(drawn: int, there: int, language: str) -> str:
    """Return in words how many indicators a figure draws.

    Parameters
    ----------
    drawn, there : int
        How many it draws, and how many its data have.
    language : str

    Returns
    -------
    str
        Empty if it draws all.
    """
    return said("charts.indicators", language, drawn=drawn, all=there) if drawn < there else ""


def height(usual: float, rows: int) -> float:
    """Return the inches of a figure that has `usual` of them for up to `USUAL` rows: `PITCH` more for each row more.

    Parameters
    ----------
    usual : float
        Inches for up to `USUAL` rows.
    rows : int
    """
    return usual + PITCH * max(0, rows - USUAL)


def rank_ticks(last: int) -> list[int]:
    """Return ticks of an axis of ranks: 1 and the multiples of the least round step that gives at most nine of them."""
    step = next((step for step in (5, 10, 20, 50, 100, 200, 500) if last < 10 * step), 1000)
    return [1, *range(step, last + 1, step)]


def printed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of printed numbers with ``value`` and ``qualifier`` for what is read off the print."""
    return frame.rename(columns={"printed_value": "value", "printed_qualifier": "qualifier"})


def english(tables: Tables) -> pd.Series:
    """Return the English names of the cities, by their Chinese ones."""
    return tables["tables/cities"].set_index("name_zh")["name_en"]


def with_names(frame: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Return `frame` with the English city name in ``city_en`` beside ``city``.

    Parameters
    ----------
    frame : pandas.DataFrame
        With the column ``city``.
    tables : mapping
        The built tables of a scenario, by name.
    """
    result = frame.reset_index(drop=True)
    result.insert(result.columns.get_loc("city") + 1, "city_en", result["city"].map(english(tables)))
    return result


def with_node_names(frame: pd.DataFrame, tables: Tables, *columns: str) -> pd.DataFrame:
    """Return `frame` with the names of nodes in ``<column>_zh`` and ``<column>_en`` for columns of their codes.

    Parameters
    ----------
    frame : pandas.DataFrame
        With columns of codes of nodes.
    tables : mapping
        The built tables of a scenario, by name.
    *columns : str
        Names of these columns.
    """
    nodes = tables["tables/framework"].set_index("code")
    pairs = [(column, language) for column in columns for language in LANGUAGES]
    return frame.assign(**{f"{column}_{name}": frame[column].map(nodes[f"name_{name}"]) for column, name in pairs})


def in_order(tables: Tables, nodes: pd.Series) -> pd.Series:
    """Return the places of nodes in the indicator tree, to sort by.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    nodes : pandas.Series
        Codes of nodes.
    """
    return nodes.map({code: place for place, code in enumerate(tables["tables/framework"]["code"])})


def pillars(nodes: pd.DataFrame) -> dict[str, str]:
    """Return the pillar that each node of a tree (``code, parent, level``) belongs to; the root stands for itself."""
    result = {}
    for item in nodes.sort_values("level").itertuples():
        result[item.code] = item.code if item.level < 2 else result[item.parent]
    return result


def row_names(data: pd.DataFrame, language: str) -> list[str]:
    """Return the names of rows at the left of a chart, one too long for half a line cut.

    Parameters
    ----------
    data : pandas.DataFrame
        With ``city`` and ``city_en``.
    language : str
        ``zh`` or ``en``.
    """
    column = data["city" if language == "zh" else "city_en"]
    return [style.fit(name, LONGEST, style.BODY) for name in column]


def margin(names: Iterable[str], more: float = 0.5) -> float:
    """Return the inches that names at the left need, with `more` for a rank beside them.

    Parameters
    ----------
    names : iterable of str
        At the left of the rows.
    more : float
        Inches for what stands beside them.
    """
    return max((style.extent(name, style.BODY) for name in names), default=0) / 72 + more + 0.12


def name_rows(axes: Axes, data: pd.DataFrame, language: str, rank: str, shown: Chosen | None = None) -> None:
    """Name one row a unit at the left, with its rank in that column of the frame.

    A published rank is bold; a reconstructed one (a column that is not `PUBLISHED_RANKS`) stands in brackets.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    data : pandas.DataFrame
        One row a unit, as drawn.
    language : str
        ``zh`` or ``en``.
    rank : str
        The column of the rank that stands beside the name.
    shown : Chosen, optional
        Which units are drawn (default: those of the data).
    """
    shown, published = shown or chosen(data["city"]), rank in PUBLISHED_RANKS
    shown.name_rows(axes, row_names(data, language), language)
    axes.tick_params(axis="y", pad=32)
    look = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points", "ha": "right", "va": "center"}
    for unit, place in zip(data["city"], data[rank], strict=True):
        text = f"{place}" if published else f"({place})"
        weight = "bold" if published else "normal"
        label = axes.annotate(text, (0, shown.place[unit]), (-5, 0), weight=weight, size=style.SMALL, **look)
        style.of_unit(label, unit)


def key(axes: Axes, looks: Iterable[tuple[dict, str]], columns: int | None = None, **place) -> None:
    """Draw a key above the axes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    looks : iterable of (dict, str)
        Looks of `scatter`, or of a bar (without ``marker``), with their names.
    columns : int, optional
        Columns of the key (default: one for each look).
    **place : object
        As `Axes.legend` takes them.
    """
    entries = list(looks)
    handles = [
        axes.scatter([], [], **look) if "marker" in look else Rectangle((0, 0), 1, 0.6, **look) for look, _ in entries
    ]
    place = {"loc": "lower left", "bbox_to_anchor": (-0.01, 1.0), "ncols": columns or len(entries)} | place
    spacing = {"handlelength": 1.3, "columnspacing": 1.3, "handletextpad": 0.5}
    axes.legend(handles, [name for _, name in entries], **place, **spacing)


#: from least to greatest by lightness alone
SHADES = matplotlib.colors.LinearSegmentedColormap.from_list("lightness", ["#f4f6f8", "#aab4bd", style.DARK])
#: degrees that heads rise, and points that each may be long
SLANT, HEAD = 38, 122


def unit_rows(data: pd.DataFrame, language: str, usual: float, more: float = 0.5, **edges):
    """Begin a chart of one row a unit: the units drawn from the top, their names at the left.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a unit, in the order of the rows.
    language : str
    usual, more : float
        Inches: the height for up to `USUAL` rows, and the room beside the names (see `margin`).
    **edges : float
        Inches at the other edges (see `fhi.showing.figures.style.area`).

    Returns
    -------
    tuple
        The axes, the rows of the data that are drawn, their places from the top, and what is drawn (`Chosen`).
    """
    shown = chosen(data["city"])
    data = shown.of(data)
    side = margin(row_names(data, language), more)
    axes = style.quiet(style.area(style.canvas(height(usual, shown.count)), left=side, **edges))
    return axes, data, list(shown.place.values()), shown


def explain(axes: Axes, id: str, language: str, looks: Mapping, place: Mapping | None = None, **values) -> None:
    """Name the axis and the looks of a figure in its own words.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    id, language : str
        The figure, whose words have a slot ``axis`` and one by the name of each look.
    looks : mapping
        By slot, as `key` takes them.
    place : mapping, optional
        Columns and place of the key, as `key` takes them.
    **values : object
        What the words are filled with (see `fhi.showing.figures.wording.said`).
    """
    axes.set_xlabel(said(f"{id}.axis", language, **values), size=style.SMALL)
    key(axes, [(look, said(f"{id}.{name}", language, **values)) for name, look in looks.items()], **place or {})


def heat_table(
    pitch: float,
    heads: Sequence[str],
    labels: Sequence[str],
    shades: np.ndarray,
    texts: Sequence[Sequence[str]],
    ends: tuple[str, str],
    limit: float = 1.0,
    size: float = style.BODY,
) -> Axes:
    """Draw a table of coloured cells with slanted heads, the names of its rows at the left, and the scale below it.

    Parameters
    ----------
    pitch : float
        Inches from row to row.
    heads, labels : sequence of str
        Of the columns and of the rows, in the order in which they stand.
    shades : numpy.ndarray of shape (rows, columns)
    texts : sequence of sequences of str
        What stands in each cell.
    ends : tuple of str
        What the pale and the dark end of the scale mean.
    limit : float
        See `heat_cells`.
    size : float
        Of the labels, in points.
    """
    heads = [style.fit(head, HEAD, style.SMALL) for head in heads]
    widest = max(style.extent(head, style.SMALL) for head in heads)
    top = 0.75 + (widest * math.sin(math.radians(SLANT)) + style.SMALL) / 72 + 0.1
    longest = max(style.extent(label, style.BODY) for label in labels) / 72 + 0.25
    figure = style.canvas(top + 0.95 + pitch * len(labels))
    axes = style.area(figure, left=max(1.5, longest), right=1.35, top=top, bottom=0.95)
    heat_cells(axes, shades, limit, texts)
    look = {"rotation": SLANT, "ha": "left", "va": "bottom", "rotation_mode": "anchor", "size": style.SMALL}
    for place, head in enumerate(heads):
        axes.text(place + 0.5, -0.15, head, **look)
    look = {"ha": "right", "va": "center", "size": size, "textcoords": "offset points"}
    for row, label in enumerate(labels):
        axes.annotate(label, (0, row + 0.5), (-8, 0), **look)
    heat_scale(axes, *ends)
    return axes


def heat_cells(axes: Axes, values: np.ndarray, limit: float, texts: Sequence[Sequence[str]], size: float = style.SMALL):
    """Fill the axes with a table, first row on top: a cell's shade is its value from -limit to limit; NaN is left white.

    Cell (row, column) is centred on (column + 0.5, row + 0.5).

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    values : numpy.ndarray of shape (rows, columns)
    limit : float
        The value of the darkest shade; its negative has the palest.
    texts : sequence of sequences of str
        What stands in each cell.
    size : float
        Of the letters, in points.
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


def heat_scale(axes: Axes, low: str, high: str) -> None:
    """Draw the scale of shades in the middle below a table, its ends named.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    low : str
        What the pale end means.
    high : str
        What the dark end means.
    """
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


def heat_grid(data: pd.DataFrame, rows: str, columns: str, value: str, shown: Chosen | None = None) -> pd.DataFrame:
    """Return a long frame as a table, rows and columns in the order in which they first occur.

    What is `shown` of the rows may leave some out: an empty row stands in their place.

    Parameters
    ----------
    data : pandas.DataFrame
        Long: one row a cell.
    rows, columns, value : str
        Its columns that name the rows, the columns and the value.
    shown : Chosen, optional
        Which units are drawn.
    """
    wide = data.pivot(index=rows, columns=columns, values=value)
    order = list(dict.fromkeys(data[rows]))
    if shown and shown.left:
        order.insert(shown.gap, "")
    return wide.reindex(index=order, columns=list(dict.fromkeys(data[columns])))
