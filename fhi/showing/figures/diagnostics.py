"""The method room: how the indicators hang together, and what a weight does beside what it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.engine.multivariate import COLLINEAR
from fhi.showing.figures import heat, style
from fhi.showing.figures.charts import in_order, with_node_names
from fhi.showing.figures.registry import LANGUAGES, Tables, figure

NAMED = ("first", "second")
#: inches for the names of nodes
LEFT = 3.0


def correlation_data(tables: Tables) -> pd.DataFrame:
    """Correlation of every pair of indicators (kind ``pair``), and Cronbach's alpha by node (kind ``alpha``)."""
    pairs = tables["correlations"].rename(columns={"correlation": "value"}).assign(kind="pair")
    for name in NAMED:
        pairs[f"{name}_place"] = in_order(tables, pairs[name])
    # a pair is written with the indicator that stands first in the tree as its first
    turned = pairs["first_place"] > pairs["second_place"]
    swapped = {a + tail: b + tail for a, b in (NAMED, NAMED[::-1]) for tail in ("", "_pillar", "_place")}
    pairs = pd.concat([pairs[~turned], pairs[turned].rename(columns=swapped)])
    pairs = pairs.sort_values(["first_place", "second_place"])
    alphas = tables["reliability"].dropna(subset=["alpha"])
    alphas = alphas.rename(columns={"node": "first", "alpha": "value"}).assign(kind="alpha")
    alphas = alphas.sort_values("first", key=lambda nodes: in_order(tables, nodes))
    frame = with_node_names(pd.concat([pairs, alphas], ignore_index=True), tables, *NAMED)
    names = [f"{name}_{language}" for name in NAMED for language in LANGUAGES]
    columns = ["kind", "first", "second", "first_pillar", "second_pillar", *names]
    frame = frame.assign(collinear=frame["kind"].map({"pair": COLLINEAR}))
    return frame[[*columns, "within", "units", "indicators", "value", "flag", "collinear"]].astype(
        {"indicators": "Int64"}
    )


def correlation_caption(data: pd.DataFrame) -> dict[str, str]:
    pairs = data[data["kind"] == "pair"].dropna(subset=["value"])
    within = pairs["within"].astype(bool)
    # a pillar of one indicator has no pair within
    values = pairs.loc[within, "value"], pairs.loc[~within, "value"]
    means = [f"{side.mean():.2f}" if len(side) else "—" for side in values]
    flagged = {flag: pairs[pairs["flag"] == flag] for flag in ("negative", "collinear")}
    limit = pairs["collinear"].max()
    listed = {language: {flag: _pairs(rows, language) for flag, rows in flagged.items()} for language in LANGUAGES}
    return {
        "zh": f"标准化指标两两之间的Pearson相关系数，按共有数据的城市计算。同一维度内平均{means[0]}，跨维度平均{means[1]}。"
        f"负相关（相互抵消）：{listed['zh']['negative'] or '无'}；高于{limit:g}（重复计算）：{listed['zh']['collinear'] or '无'}。",
        "en": f"Pearson correlation of the normalised indicators, over the cities that have both: {means[0]} on average within a "
        f"pillar, {means[1]} across. Negative, so that the two cancel out: {listed['en']['negative'] or 'none'}. Above {limit:g}, "
        f"so that the same counts twice: {listed['en']['collinear'] or 'none'}.",
    }


def _pairs(rows: pd.DataFrame, language: str) -> str:
    joined = [
        f"{first} {style.pick(language, '与', 'and')} {second} ({value:.2f})".replace("-", "−")
        for first, second, value in zip(
            rows[f"first_{language}"], rows[f"second_{language}"], rows["value"], strict=True
        )
    ]
    return style.pick(language, "、", "; ").join(joined)


@figure(
    "diagnostic-correlations",
    page=None,
    evidence="reconstructed",
    section="diagnostics",
    title={"zh": "指标之间的相关", "en": "How the indicators hang together"},
    data=correlation_data,
    caption=correlation_caption,
)
def correlations(data: pd.DataFrame, language: str):
    """Half a matrix of correlations, pillars set apart, flagged pairs framed; Cronbach's alpha beside it."""
    pairs = data[data["kind"] == "pair"]
    order = list(dict.fromkeys([*pairs["first"], *pairs["second"]]))
    place = {node: number for number, node in enumerate(order)}
    names, pillars = {}, {}
    for name in NAMED:
        names |= dict(zip(pairs[name], pairs[f"{name}_{language}"], strict=True))
        pillars |= dict(zip(pairs[name], pairs[f"{name}_pillar"], strict=True))
    grid = np.full((len(order), len(order)), np.nan)
    grid[pairs["second"].map(place), pairs["first"].map(place)] = pairs["value"]
    texts = [["" if np.isnan(value) else f"{value:.2f}".replace("-", "−") for value in row] for row in grid]
    rows = len(order) - 1
    figure = style.canvas(2.3 + 0.46 * rows, width=11)
    axes = style.area(figure, left=1.75, right=1.4, top=0.95, bottom=0.95)
    # the first indicator has no row and the last no column
    heat.cells(axes, grid[1:, :-1], 1.0, [row[:-1] for row in texts[1:]])
    for node, number in place.items():
        look = {"color": style.PILLARS.get(pillars[node], style.INK), "size": style.SMALL, "va": "center"}
        name = style.fit(names[node], 118, style.SMALL)
        if number:
            axes.annotate(name, (0, number - 0.5), (-8, 0), textcoords="offset points", ha="right", **look)
        if number < rows:
            axes.text(number + 0.12, number - 0.18, name, ha="left", **look)
    for pair in pairs[pairs["flag"].fillna("") != ""].itertuples():
        x, y = place[pair.first], place[pair.second] - 1
        axes.plot([x, x + 1, x + 1, x, x], [y, y, y + 1, y + 1, y], color=style.INK, linewidth=1.8, clip_on=False)
    _alphas(axes, data[data["kind"] == "alpha"], language)
    note = (
        style.pick(language, "    粗框：负相关，或高于", "    framed: negative, or above ")
        + f"{pairs['collinear'].max():g}"
    )
    heat.scale(axes, "−1", "+1" + note)
    return figure


def _alphas(axes, rows: pd.DataFrame, language: str) -> None:
    """Write Cronbach's alpha by node into the empty half of the matrix."""
    lines = [(style.pick(language, "Cronbach α", "Cronbach's alpha"), "", "")]
    for item in rows.itertuples():
        name = style.fit(getattr(item, f"first_{language}"), 122, style.SMALL)
        counts = style.pick(
            language,
            f"{item.indicators}项，{item.units:.0f}城",
            f"{item.indicators} indicators, {item.units:.0f} cities",
        )
        lines.append((name, f"{item.value:.2f}", counts))
    for number, cells in enumerate(lines):
        for x, text, side in zip((0.63, 0.845, 0.86), cells, ("left", "right", "left"), strict=True):
            weight = "bold" if number == 0 else "normal"
            colour = style.MUTED if side == "left" and x > 0.7 else style.INK
            look = {"ha": side, "va": "center", "weight": weight, "color": colour, "size": style.SMALL}
            axes.text(x, 1.0 - 0.075 * number, text, transform=axes.transAxes, **look)


def weight_data(tables: Tables) -> pd.DataFrame:
    """Weight of each node beside its share of importance, in the families of two and more that have data."""
    frame = tables["importance"].query("weight > 0").dropna(subset=["share"])
    frame = frame[frame.groupby("parent")["node"].transform("size") > 1]
    places = {name: in_order(tables, frame[name]) for name in ("parent", "node")}
    order = frame.assign(**places).sort_values(["parent", "node"]).index
    frame = frame.loc[order, ["parent", "node", "weight", "share", "correlation"]].reset_index(drop=True)
    return with_node_names(frame, tables, "parent", "node")


def weight_caption(data: pd.DataFrame) -> dict[str, str]:
    gaps = data["share"] - data["weight"]
    more, less = data.loc[gaps.idxmax()], data.loc[gaps.idxmin()]
    return {
        "zh": f"空心圈为名义权重，实心点为实际重要性：与父节点得分相关系数的平方在同级中的份额。超出名义权重最多的是{more['node_zh']}"
        f"（{more['weight']:.2f}→{more['share']:.2f}），不足最多的是{less['node_zh']}（{less['weight']:.2f}→{less['share']:.2f}）。",
        "en": f"Rings are the weights as given; dots are what they do: the squared correlation of a node with its parent's score, as a "
        f"share of its family's. {more['node_en']} matters most beyond its weight ({more['weight']:.2f} → {more['share']:.2f}), "
        f"{less['node_en']} falls furthest short ({less['weight']:.2f} → {less['share']:.2f}).",
    }


@figure(
    "diagnostic-weights",
    page=None,
    evidence="reconstructed",
    section="diagnostics",
    title={"zh": "名义权重与实际重要性", "en": "Weights as given, and what they do"},
    data=weight_data,
    caption=weight_caption,
)
def weights(data: pd.DataFrame, language: str):
    """One row a node, by family: ring for its weight, dot for its share of importance, a line between."""
    families = list(dict.fromkeys(data["parent"]))
    heights, heads, y = {}, {}, 0.0
    for parent in families:
        heads[parent] = y
        for row in data.index[data["parent"] == parent]:
            y += 1
            heights[row] = y
        y += 1.5
    figure = style.canvas(1.9 + 0.3 * y)
    axes = style.quiet(style.area(figure, left=LEFT, right=0.9, top=0.95, bottom=0.95), grid="x")
    ys, room = [heights[row] for row in data.index], (LEFT - style.SIDE) * 72
    axes.hlines(ys, data["weight"], data["share"], color=style.LINE, linewidth=2.4, zorder=1)
    axes.scatter(data["weight"], ys, zorder=2, **style.RING)
    colours = [style.PILLARS.get(node, style.INK) for node in data["node"]]
    axes.scatter(data["share"], ys, zorder=3, s=style.DOT, color=colours)
    for parent, top in heads.items():
        name = data.loc[data["parent"] == parent, f"parent_{language}"].iloc[0]
        look = {"textcoords": "offset points", "va": "center", "weight": "bold", "annotation_clip": False}
        axes.annotate(style.fit(name, room, style.BODY, "bold"), (0, top), (-room, 0), **look)
    axes.set_yticks(ys, [style.fit(name, room - 12, style.BODY) for name in data[f"node_{language}"]])
    highest = max(data["share"].max(), data["weight"].max())
    axes.set(xlim=(0, highest * 1.08), ylim=(y - 1.0, -0.7))
    axes.set_xlabel(style.pick(language, "在父节点中的份额", "share of the parent"), size=style.SMALL)
    axes.scatter([], [], **style.RING, label=style.pick(language, "名义权重", "weight as given"))
    axes.scatter([], [], s=style.DOT, color=style.INK, label=style.pick(language, "实际重要性", "importance"))
    axes.legend(
        loc="lower right", frameon=False, fontsize=style.SMALL, bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0
    )
    return figure
