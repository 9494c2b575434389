"""Part four, the ecosystem: the economic base (p29-30), listed companies by city."""

import numpy as np
import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import key, row_names, with_names
from fhi.showing.figures.registry import LANGUAGES, Tables, figure
from fhi.showing.figures.texts import GROUND, SIGNS, line, nearest, place_labels, sheet, width, wrapped
from fhi.showing.figures.wording import both, listed, said

GREEN = style.PILLARS["ecosystem"]
#: the sectors of a_share_totals.csv, and where the report prints a count of its own
MEASURES = {"finance": "listed financial institutions", "technology": "listed information-technology companies"}
#: (technology, finance) at or above the median -> slot with the name of the quadrant in the report
QUADRANTS = {
    (True, True): "p29-economy.strong-in-both",
    (True, False): "p29-economy.strong-in-technology",
    (False, True): "p29-economy.strong-in-finance",
    (False, False): "p29-economy.strong-in-neither",
}
LISTS = ("first_list", "second_list")
DECADES = [100, 1000, 10000]
#: where 0 stands on the strip beside the logarithmic axis, which has no place for it
ZERO = 0.15
MEDIAN = {"color": style.MUTED, "linewidth": 0.9, "linestyle": (0, (4, 3))}


def _listed(tables: Tables, sector: str) -> pd.DataFrame:
    return tables["a_share_totals"].query("sector == @sector").set_index("city")


def base_data(tables: Tables) -> pd.DataFrame:
    """Market value of listed A-share companies of the 20 cities, 100 million CNY, with the medians; public figures.

    A city without A-share data (香港) has none. ``quadrant`` compares with the medians of the cities that have. ``low`` and
    ``high`` hold the firms whose city is not certain; ``undated`` and ``without_city`` are how many these are in the nation.
    """
    frame = tables["tables/top20"].sort_values("rank")[["city", "tier", "rank"]]
    for name in MEASURES:
        totals = _listed(tables, name)[["market_cap", "market_cap_low", "market_cap_high", "firms"]]
        frame = frame.join(totals.set_axis([name, f"{name}_low", f"{name}_high", f"{name}_firms"], axis=1), on="city")
        frame[f"{name}_median"] = frame[name].median()
    high = zip(*(frame[name] >= frame[f"{name}_median"] for name in ("technology", "finance")), strict=True)
    slots = [QUADRANTS[pair] if has else None for pair, has in zip(high, frame["finance"].notna(), strict=True)]
    for language in LANGUAGES:
        frame[f"quadrant_{language}"] = [slot and said(slot, language) for slot in slots]
    placed = tables["a_share_uncertain"]["city"].notna()
    frame = frame.assign(undated=placed.sum(), without_city=(~placed).sum())
    return with_names(frame, tables).assign(page=29, evidence="public", source="public/a_share_firms")


def base_caption(data: pd.DataFrame) -> dict[str, str]:
    known, without = data[data["finance"].notna()], data[data["finance"].isna()]
    strong = known[known["quadrant_zh"] == said(QUADRANTS[True, True], "zh")]
    groups = {"strong": strong, "none": known[known["finance"] == 0], "without": without}
    names, values = {name: listed(rows) for name, rows in groups.items()}, data[["undated", "without_city"]].iloc[0]
    return both("p29-economy.caption", cities=len(known), **values, **names)


@figure("p29-economy", base_data, base_caption)
def base(data: pd.DataFrame, language: str):
    """Scatter of finance against technology on log axes, in four quadrants; zeros on a strip of their own (p29)."""
    figure = style.canvas(5.85, style.HALF)
    known = data[data["finance"].notna()]
    # room above and below the points for the names of the quadrants
    limits = {"technology": _range(known["technology_high"], 3.6, 4.2), "finance": _range(known["finance_high"], 2.2)}
    none, some = _parts(known, limits)
    # in billions for English readers
    decades = [f"{tick if language == 'zh' else tick // 10:,}" for tick in DECADES]
    edges = {"top": 1.2, "bottom": 1.1}
    zeros = style.quiet(style.area(figure, left=0.75, right=style.HALF - 1.5, **edges), grid=None)
    axes = style.quiet(style.area(figure, left=1.6, right=0.15, **edges), grid=None)
    for part, rows in ((axes, some), (zeros, none)):
        part.set(yscale="log", ylim=limits["technology"], facecolor=GROUND)
        part.vlines(rows["finance"], rows["technology_low"], rows["technology_high"], color=style.MUTED, linewidth=1)
        part.hlines(rows["technology"], rows["finance_low"], rows["finance_high"], color=style.MUTED, linewidth=1)
        rows = rows[rows["finance"].notna()]
        part.scatter(rows["finance"], rows["technology"], s=46, color=rows["tier"].map(style.TIERS), zorder=3)
        part.axhline(known["technology_median"].iloc[0], **MEDIAN)
        part.yaxis.set_ticks(DECADES, decades if part is zeros else [""] * 3, size=style.SMALL)
        part.yaxis.set_ticks([], minor=True)
        part.grid(axis="y", color=style.PAPER, linewidth=1.2)
    zeros.set(xlim=(0, 1))
    zeros.xaxis.set_ticks([ZERO], ["0"])
    axes.set(xscale="log", xlim=limits["finance"])
    axes.axvline(known["finance_median"].iloc[0], **MEDIAN)
    axes.xaxis.set_ticks(DECADES, decades)
    axes.xaxis.set_ticks([], minor=True)
    axes.grid(axis="x", color=style.PAPER, linewidth=1.2)
    _name_points(axes, some, language, [*_corners(axes, language), *_lines(axes, known)])
    _name_points(zeros, none, language, _lines(zeros, known))
    _around(figure, data, language)
    return figure


def _parts(known: pd.DataFrame, limits: dict[str, tuple[float, float]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cities of the strip of zeros and those of the axes, with bounds that end where the axes do.

    Bounds that begin at 0 and go on run from the strip into the axes: there they have a row without a point.
    """
    ends = {f"{name}_{end}": known[f"{name}_{end}"].clip(*limits[name]) for name in MEASURES for end in ("low", "high")}
    zero, more = known["finance"] == 0, known["finance_high"] > 0
    clipped = known.assign(**ends)
    none = clipped[zero].assign(finance=ZERO, finance_low=ZERO, finance_high=np.where(more[zero], 1.0, ZERO))
    return none, clipped[more].assign(finance=clipped["finance"].where(~zero))


def _range(values: pd.Series, above: float, below: float = 1.6) -> tuple[float, float]:
    """Return the limits of a logarithmic axis around the positive values."""
    return values[values > 0].min() / below, values.max() * above


def _edges(axes) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of axes in points."""
    extents = axes.get_window_extent().transformed(axes.figure.dpi_scale_trans.inverted()).extents
    return tuple(72 * extents)


def _points(axes, values) -> np.ndarray:
    """Return where values of the two axes lie, in points."""
    return axes.transData.transform(values) / axes.figure.dpi * 72


def _name_points(axes, rows: pd.DataFrame, language: str, taken: list) -> None:
    """Write the city beside each point, clear of points, of other names and of what is taken."""
    taken = [*taken, *_bounds(axes, rows)]
    rows = rows[rows["finance"].notna()]
    names = style.city_names(rows, language)
    sizes = np.array([(style.extent(name, style.SMALL) + 4, style.SMALL * 1.1) for name in names])
    left, bottom, right, top = _edges(axes)
    limits = np.array([(left, right), (bottom, top)])
    points = _points(axes, rows[["finance", "technology"]].to_numpy())
    corners = place_labels(points, sizes, taken, limits, tied=False)
    back = axes.figure.dpi_scale_trans + axes.transData.inverted()
    for name, corner, size, point in zip(names, corners, sizes, points, strict=True):
        # a line from a name to its point
        ends = back.transform(np.array([point, nearest((*corner, *(corner + size)), point)]) / 72)
        axes.plot(*ends.T, color=style.MUTED, linewidth=0.6, zorder=1)
        axes.text(*back.transform((corner + size / 2) / 72), name, ha="center", va="center", size=style.SMALL)


def _bounds(axes, rows: pd.DataFrame) -> list[tuple[float, float, float, float]]:
    """Return the boxes that the thin lines take, in points."""
    upright = ["finance", "technology_low", "finance", "technology_high"]
    level = ["finance_low", "technology", "finance_high", "technology"]
    ends = np.concatenate([rows[upright].to_numpy(), rows[level].to_numpy()])
    ends = ends[np.isfinite(ends).all(axis=1) & (ends[:, :2] != ends[:, 2:]).any(axis=1)]
    return [tuple(box) for box in _points(axes, ends.reshape(-1, 2)).reshape(-1, 4)]


def _corners(axes, language: str) -> list[tuple[float, float, float, float]]:
    """Write the names of the quadrants into the corners; return the boxes they take, in points."""
    left, bottom, right, top = _edges(axes)
    boxes = []
    for (technology, finance), slot in QUADRANTS.items():
        name = wrapped(said(slot, language), 1.15, style.SMALL, "bold", lines=2)
        extent = max(style.extent(part, style.SMALL, "bold") for part in name.split("\n"))
        middle = top - 18 if technology else bottom + 18
        start = right - 9 - extent if finance else left + 9
        place = (start - left) / (right - left), (middle - bottom) / (top - bottom)
        look = {"va": "center", "weight": "bold", "color": GREEN, "size": style.SMALL, "linespacing": 1.1}
        look["bbox"] = {"facecolor": GROUND, "edgecolor": "none", "pad": 0.5}
        axes.text(*place, name, transform=axes.transAxes, **look)
        boxes.append((start, middle - 15, start + extent, middle + 15))
    return boxes


def _lines(axes, known: pd.DataFrame) -> list[tuple[float, float, float, float]]:
    """Return the boxes that the two medians take, in points."""
    left, bottom, right, top = _edges(axes)
    x, y = _points(axes, known[["finance_median", "technology_median"]].iloc[0])
    return [(x, bottom, x, top), (left, y, right, y)]


def _around(figure, data: pd.DataFrame, language: str) -> None:
    """Write the names of the axes, the keys and what is missing."""
    wide, high = figure.get_size_inches()
    axes = sheet(figure)
    line(axes, style.SIDE, high - 0.75, said("p29-economy.market-value-of", language), color=style.MUTED)
    line(axes, style.SIDE, 1.03, said("p29-economy.market-value-of-2", language), color=style.MUTED)
    x = wide - style.SIDE
    for slot in [*reversed(style.TIERS), "median"]:
        name = said(f"p29-economy.{slot}", language)
        x -= width(name, style.SMALL)
        line(axes, x, 0.75, name, color=style.MUTED)
        if slot in style.TIERS:
            axes.scatter([x - 0.11], [0.75], s=38, color=style.TIERS[slot])
        else:
            axes.plot([x - 0.35, x - 0.06], [0.75, 0.75], **MEDIAN)
        x -= 0.38
    without = style.city_names(data[data["finance"].isna()], language)
    text = said("p29-economy.missing-no-a", language, without="、".join(without), without_=", ".join(without))
    line(axes, style.SIDE, high - 0.52, text, color=style.INK)


def leading_data(tables: Tables) -> pd.DataFrame:
    """The two lists of p30 by city: place in each, printed and A-share counts of listed companies."""
    lists = tables["tables/leaders"].query("page == 30").pivot(index="city", columns="list", values="position")
    profiles = tables["tables/city_profiles"].set_index(["measure_en", "city"])
    frame = lists.rename(columns={"first_panel": "first_list", "second_panel": "second_list"}).reset_index()
    for name, printed in MEASURES.items():
        rows = profiles.loc[printed, ["printed_value", "printed_qualifier", "page"]]
        frame = frame.join(rows.set_axis([f"{name}_published", f"{name}_qualifier", f"{name}_page"], axis=1), on="city")
        frame[f"{name}_public"] = frame["city"].map(_listed(tables, name)["firms"])
    frame = frame.rename_axis(columns=None).sort_values(["first_list", "second_list"])
    return with_names(frame, tables).assign(page=30)


def _lists(data: pd.DataFrame) -> dict[str, str]:
    """Return which list is of which sector: that whose own cities have the more listed finance companies is of finance."""
    own = [data.loc[data[name].notna() & data[other].isna(), "finance_public"] for name, other in (LISTS, LISTS[::-1])]
    return dict(zip(("finance", "technology"), LISTS if own[0].sum() >= own[1].sum() else LISTS[::-1], strict=True))


def leading_caption(data: pd.DataFrame) -> dict[str, str]:
    both_lists = data.dropna(subset=list(LISTS))
    return both("p30-leading.caption", shared=listed(both_lists))


@figure("p30-leading", leading_data, leading_caption)
def leading(data: pd.DataFrame, language: str):
    """A panel a list in its own order: listed companies as published, and by the A-share list (p30)."""
    figure = style.canvas(4.0)
    looks = {kind: style.EVIDENCE_FILLS[kind] for kind in ("published", "public")}
    for place, (sector, column) in enumerate(_lists(data).items()):
        rows = data.dropna(subset=[column]).sort_values(column).reset_index(drop=True)
        left = 1.4 + 4.75 * place
        axes = style.quiet(style.area(figure, left=left, right=10 - left - 3.4, top=1.75, bottom=0.55), grid=None)
        most = rows[[f"{sector}_published", f"{sector}_public"]].max().max()
        for kind, shift in (("published", -0.18), ("public", 0.18)):
            values = rows[f"{sector}_{kind}"]
            axes.barh(rows.index + shift, values.fillna(0), height=0.3, **looks[kind])
            for row, value in values.items():
                text, tone = said(f"p30-leading.no-{kind}", language), style.MUTED
                if pd.notna(value):
                    sign = SIGNS[rows.at[row, f"{sector}_qualifier"]] if kind == "published" else ""
                    text, tone = f"{sign}{value:.0f}", style.INK
                style.note(axes, np.nan_to_num(value) + 0.02 * most, row + shift, text, color=tone)
        names = [style.fit(name, 78, style.BODY) for name in row_names(rows, language)]
        names = [f"{place:.0f}  {name}" for place, name in zip(rows[column], names, strict=True)]
        axes.set_yticks(rows.index, names)
        axes.set(xlim=(0, 1.2 * most), ylim=(len(rows) - 0.5, -0.5), xticks=[])
        axes.set_title(said(f"p30-leading.{sector}", language), loc="left", weight="bold", size=style.BODY, x=-0.3)
    entries = [(look, said(f"p30-leading.{kind}", language)) for kind, look in looks.items()]
    key(figure.axes[0], entries, bbox_to_anchor=(-0.32, 1.12))
    return figure
