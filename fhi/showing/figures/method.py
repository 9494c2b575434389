"""Part five, about the index: the indicator tree (p38)."""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Rectangle

from fhi.engine.framework import leaves_of
from fhi.showing.figures import style
from fhi.showing.figures.charts import pillars
from fhi.showing.figures.evidence import kinds
from fhi.showing.figures.registry import EVIDENCE, Tables, figure
from fhi.showing.figures.texts import wrapped
from fhi.showing.figures.wording import both, said

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
    nodes.loc[nodes["code"].isin(leaves_of(nodes)), "coverage"] = nodes["coverage"].fillna(0.0)
    return nodes


def framework_caption(data: pd.DataFrame) -> dict[str, str]:
    sizes, old = data.groupby("level").size(), int((data["old"] > 0).sum())
    values = {f"level_{level}": sizes.get(level, 0) for level in (1, 2, 3)} | {"empty": (data["coverage"] == 0).sum()}
    text = both("p38-framework.caption", **values)
    more = both("p38-framework.old", old=old) if old else {"zh": "", "en": ""}
    return {language: text[language] + more[language] for language in text}


def _heights(data: pd.DataFrame) -> dict[str, float]:
    """Return the height of each node: leaves one apart, a parent in the middle of its children."""
    leaves = leaves_of(data)
    heights = {code: float(row) for row, code in enumerate(leaves)}
    for level in range(data["level"].max() - 1, -1, -1):
        for code in data.loc[(data["level"] == level) & ~data["code"].isin(leaves), "code"]:
            below = [heights[child] for child in data.loc[data["parent"] == code, "code"]]
            heights[code] = (min(below) + max(below)) / 2
    return heights


@figure("p38-framework", framework_data, framework_caption)
def framework(data: pd.DataFrame, language: str):
    """Tree from the root to the 16 indicators, with the coverage of each (p38)."""
    figure = style.canvas(8.3)
    axes = style.bare(style.area(figure, bottom=0.75))
    left, width = [0.0, 1.75, 3.65, 6.15], [1.5, 1.65, 2.25, 2.4]
    heights, owners = _heights(data), pillars(data)
    for item in data.itertuples():
        colour, height = style.PILLARS[owners[item.code]], heights[item.code]
        if isinstance(item.parent, str):
            start, end = left[item.level - 1] + width[item.level - 1], left[item.level]
            middle, above = (start + end) / 2, heights[item.parent]
            axes.plot(
                [start, middle, middle, end], [above, above, height, height], color=style.FAINT, linewidth=1.0, zorder=0
            )
        fill = colour if item.level < 2 else style.PAPER
        box = (left[item.level], height - 0.4), width[item.level], 0.8
        axes.add_patch(Rectangle(*box, facecolor=fill, edgecolor=colour))
        name = wrapped(getattr(item, f"name_{language}"), width[item.level] - 0.12, style.SMALL, lines=2)
        ink = style.PAPER if item.level < 2 else style.INK
        look = {"ha": "center", "va": "center", "color": ink, "size": style.SMALL, "linespacing": 1.0}
        axes.text(left[item.level] + width[item.level] / 2, height, name, **look)
        if item.level == 3:
            _coverage_bar(axes, height, item)
    x, shown = 0.0, kinds(data["evidence"])
    axes.text(
        8.7,
        -0.85,
        said("p38-framework.coverage", language),
        size=style.SMALL,
        color=style.MUTED,
        va="center",
        ha="left",
    )
    for label in shown:
        text = style.EVIDENCE_NAMES[label][language]
        axes.add_patch(Rectangle((x, 16.2), 0.25, 0.4, **style.EVIDENCE_FILLS[label]))
        axes.text(x + 0.33, 16.4, text, va="center", size=style.SMALL, color=style.MUTED)
        x += 0.65 + style.extent(text, style.SMALL) / 72
    axes.set(xlim=(0, 9.95), ylim=(16.7, -1.0))
    return figure


def _coverage_bar(axes, height: float, item) -> None:
    start, full = 8.7, 0.7
    axes.barh(height, full, left=start, height=0.34, color=style.REST)
    if item.coverage > 0:
        label = next(name for name in EVIDENCE if name in item.evidence)
        axes.barh(height, full * item.coverage, left=start, height=0.34, **style.EVIDENCE_FILLS[label])
    old = item.old if item.old > 0 else 0.0
    if old:
        axes.barh(height, full * old, left=start + full * (item.coverage - old), height=0.34, **style.OLD)
    share = item.coverage - old
    axes.text(start + full + 0.06, height, f"{share:.0%}", va="center", size=style.SMALL, color=style.MUTED)
