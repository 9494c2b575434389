"""Part five, about the index: the indicator tree (p38)."""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import FancyBboxPatch

from fhi.showing.figures import style
from fhi.showing.figures.charts import pillars
from fhi.showing.figures.evidence import kinds
from fhi.showing.figures.registry import EVIDENCE, Tables, figure

LABELS = ("published", "derived", "public")


def framework_data(tables: Tables) -> pd.DataFrame:
    """The nodes of the tree, with the share of cities that have data for each indicator, that of old ones, and its evidence."""
    nodes = tables["tables/framework"][["level", "code", "parent", "name_zh", "name_en"]].copy()
    cells = tables["coverage"].dropna(subset=["evidence"])
    units = tables["coverage"]["city"].nunique()
    nodes["coverage"] = nodes["code"].map(cells.groupby("indicator").size() / units)
    nodes["old"] = nodes["code"].map(cells.groupby("indicator")["old"].sum() / units)
    nodes["evidence"] = nodes["code"].map(
        cells.groupby("indicator")["evidence"].agg(lambda e: "+".join(sorted(set(e))))
    )
    nodes.loc[nodes["level"] == nodes["level"].max(), "coverage"] = nodes["coverage"].fillna(0.0)
    return nodes


def framework_caption(data: pd.DataFrame) -> dict[str, str]:
    sizes = data.groupby("level").size()
    counts = "/".join(str(sizes[level]) for level in sorted(sizes.index) if level)
    empty = int((data["coverage"] == 0).sum())
    old = int((data["old"] > 0).sum())
    return {
        "zh": f"{counts}个一、二、三级指标。右侧条形为有数据的城市占比，颜色为证据类型；{empty}个指标既无公布、也无公开的数值。"
        + (f"斜线为过旧的数值，见于{old}个指标，百分比不含它们。" if old else ""),
        "en": f"{counts} pillars, sub-pillars and indicators. The bars give the share of cities with data, coloured by kind of "
        f"evidence; {empty} indicators have no published or public value at all."
        + (f" Hatched: old values, in {old} of the indicators; the percentages leave them out." if old else ""),
    }


def _heights(data: pd.DataFrame) -> dict[str, float]:
    """Return the height of each node: leaves one apart, a parent in the middle of its children."""
    leaves = data[data["level"] == data["level"].max()]["code"]
    heights = {code: float(row) for row, code in enumerate(leaves)}
    for level in range(data["level"].max() - 1, -1, -1):
        for code in data.loc[data["level"] == level, "code"]:
            below = [heights[child] for child in data.loc[data["parent"] == code, "code"]]
            heights[code] = (min(below) + max(below)) / 2
    return heights


@figure(
    "p38-framework",
    page=38,
    evidence=LABELS,
    title={"zh": "指标体系与数据覆盖", "en": "The indicator tree and its coverage"},
    data=framework_data,
    caption=framework_caption,
)
def framework(data: pd.DataFrame, language: str):
    """Tree from the root to the 16 indicators, with the coverage of each (p38)."""
    figure = style.canvas(7.6, width=11)
    axes = style.bare(style.area(figure, bottom=0.75))
    left, width = [0.0, 2.05, 4.3, 7.3], [1.75, 1.95, 2.7, 2.95]
    heights, owners = _heights(data), pillars(data)
    for item in data.itertuples():
        colour, height = style.PILLARS[owners[item.code]], heights[item.code]
        if isinstance(item.parent, str):
            start, end = left[item.level - 1] + width[item.level - 1], left[item.level]
            middle, above = (start + end) / 2, heights[item.parent]
            axes.plot(
                [start, middle, middle, end], [above, above, height, height], color=style.LINE, linewidth=1.2, zorder=0
            )
        fill = colour if item.level < 2 else style.PAPER
        box = (left[item.level], height - 0.36), width[item.level], 0.72
        axes.add_patch(
            FancyBboxPatch(*box, boxstyle="round,pad=0,rounding_size=0.08", facecolor=fill, edgecolor=colour)
        )
        name = _wrapped(item.name_zh if language == "zh" else item.name_en, 24 if item.level < 2 else 44)
        size = 9.5 if language == "zh" else 8
        ink = style.PAPER if item.level < 2 else style.INK
        axes.text(
            left[item.level] + width[item.level] / 2, height, name, ha="center", va="center", color=ink, size=size
        )
        if item.level == 3:
            _coverage_bar(axes, height, item)
    for number, label in enumerate(kinds(data["evidence"])):
        place, row = 10.4, 16.05 + 0.42 * number
        axes.scatter([place], [row], marker="s", s=34, color=style.EVIDENCE_COLOURS[label], clip_on=False)
        axes.text(
            place + 0.15, row, style.EVIDENCE_NAMES[label][language], va="center", size=style.SMALL, color=style.MUTED
        )
    axes.set(xlim=(0, 11.95), ylim=(16.9, -0.6))
    return figure


def _coverage_bar(axes, height: float, item) -> None:
    start, full = 10.4, 1.0
    axes.barh(height, full, left=start, height=0.3, color=style.REST)
    if item.coverage > 0:
        label = next(name for name in EVIDENCE if name in item.evidence)
        axes.barh(height, full * item.coverage, left=start, height=0.3, color=style.EVIDENCE_COLOURS[label])
    old = item.old if item.old > 0 else 0.0
    if old:
        axes.barh(height, full * old, left=start + full * (item.coverage - old), height=0.3, **style.OLD)
    share = item.coverage - old
    axes.text(start + full + 0.06, height, f"{share:.0%}", va="center", size=7.5, color=style.MUTED)


def _wrapped(text: str, width: int) -> str:
    """Break a long name once, near its middle, at a blank or a stroke."""
    if len(text) <= width:
        return text
    breaks = [place + 1 for place, character in enumerate(text) if character in " /"]
    middle = min(breaks, key=lambda place: abs(place - len(text) / 2))
    return text[:middle].rstrip() + "\n" + text[middle:]
