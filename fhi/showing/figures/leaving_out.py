"""The method room: what leaving out a pillar or an indicator does to the ranks, and where each city stands."""

from __future__ import annotations

import math

import pandas as pd

from fhi.showing.figures import heat, style
from fhi.showing.figures.charts import chosen, in_order, rank_ticks, with_names, with_node_names
from fhi.showing.figures.firsts import denied, remark, remarked, with_firsts
from fhi.showing.figures.moves import arrow
from fhi.showing.figures.registry import Tables, figure


def effect_data(tables: Tables) -> pd.DataFrame:
    """How many cities move by how many places without a node: one row a node and shift, with its mean and its extreme."""
    shifts = tables["rank_shifts"]
    counts = shifts.groupby(["node", "shift"]).size().rename("moved").reset_index()
    summary = tables["effects"].set_index("node")
    frame = counts.assign(
        cities=counts["node"].map(summary["cities"]),
        mean_absolute_shift=counts["node"].map(summary["mean_absolute_shift"]),
        largest_shift=counts["node"].map(summary["largest_shift"]).astype(int),
        city=counts["node"].map(summary["city"]),
    )
    nodes = tables["tables/framework"].set_index("code")
    frame["pillar"] = frame["node"].map(nodes["level"]) == 1
    frame["place"] = in_order(tables, frame["node"])
    frame = frame.sort_values(["pillar", "mean_absolute_shift", "place", "shift"], ascending=[False, False, True, True])
    return with_names(with_node_names(frame.drop(columns="place"), tables, "node"), tables)


def effect_caption(data: pd.DataFrame) -> dict[str, str]:
    nodes = data.drop_duplicates("node")
    leaves = nodes[~nodes["pillar"]]
    most, least = leaves.iloc[0], leaves.iloc[-1]
    return {
        "zh": f"依次去掉一个维度或一项指标，重新构建指数；圈的大小为变动相同位数的城市数，左为上升，右为下降。影响最大的指标是{most['node_zh']}"
        f"（平均{most['mean_absolute_shift']:.1f}位），最小的是{least['node_zh']}（{least['mean_absolute_shift']:.1f}位）。",
        "en": f"A pillar or an indicator is left out in turn and the index built again. The larger a circle, the more cities move by so "
        f"many places: up to the left, down to the right. {most['node_en']} matters most of the indicators "
        f"({most['mean_absolute_shift']:.1f} places on average), {least['node_en']} least ({least['mean_absolute_shift']:.1f}).",
    }


@figure(
    "diagnostic-effects",
    page=None,
    evidence="reconstructed",
    section="diagnostics",
    title={"zh": "去掉一项，名次如何变动", "en": "Leaving one out: what happens to the ranks"},
    data=effect_data,
    caption=effect_caption,
)
def effects(data: pd.DataFrame, language: str):
    """One row a node: circles at the shifts, sized by the number of cities; the mean and the furthest city as text."""
    nodes = data.drop_duplicates("node").reset_index(drop=True)
    # a gap between the pillars and the indicators
    heights = [row + (0 if pillar else 0.6) for row, pillar in enumerate(nodes["pillar"])]
    place = dict(zip(nodes["node"], heights, strict=True))
    figure = style.canvas(2.0 + 0.36 * len(nodes))
    axes = style.quiet(style.area(figure, left=1.9, right=2.4, top=1.15, bottom=0.95), grid="x")
    axes.axvline(0, color=style.MUTED, linewidth=0.9, zorder=1)
    ys = data["node"].map(place)
    colours = [style.PILLARS.get(node, style.BLUE) for node in data["node"]]
    # the largest circle stays as large as one of twenty cities
    sizes = data["moved"] * 16 * min(1, 20 / data["moved"].max())
    axes.scatter(data["shift"], ys, s=sizes.clip(lower=5), color=colours, alpha=0.85, linewidth=0, zorder=2)
    axes.set_yticks(heights, [style.fit(name, 116, style.BODY) for name in nodes[f"node_{language}"]])
    most = int(data["shift"].abs().max())
    # room for the largest circle, 10 points from its middle, on axes of 5.7 inches
    reach = max(3, most + max(1, math.ceil(most * 20 / (5.7 * 72 - 20))))
    step = next((step for step in (1, 2) if reach <= 6 * step), None) or rank_ticks(2 * reach)[1]
    ticks = range(-(reach // step) * step, reach + 1, step)
    axes.set(xlim=(-reach, reach), ylim=(heights[-1] + 0.7, -0.7))
    axes.set_xticks(ticks, [f"{abs(tick)}" for tick in ticks])
    label = style.pick(language, "去掉后的名次变动（位）：←上升    下降→", "places moved without it:  ← up    down →")
    axes.set_xlabel(label, size=style.SMALL)
    heads = (style.pick(language, "平均", "mean"), style.pick(language, "变动最大", "furthest"))
    names = style.city_names(nodes, language)
    for x, head in zip((1.1, 1.16), heads, strict=True):
        side = "right" if x < 1.15 else "left"
        look = {"size": style.SMALL, "color": style.MUTED, "ha": side, "va": "center"}
        axes.text(x, -1.0, head, transform=axes.get_yaxis_transform(), **look)
    for y, name, item in zip(heights, names, nodes.itertuples(), strict=True):
        look = {"va": "center", "transform": axes.get_yaxis_transform()}
        axes.text(1.1, y, f"{item.mean_absolute_shift:.1f}", ha="right", **look)
        furthest = f"{arrow(item.largest_shift)}  {name}" if item.largest_shift else "–"
        axes.text(1.16, y, furthest, ha="left", **look)
    return figure


def standing_data(tables: Tables) -> pd.DataFrame:
    """Standing of each city with an index in each indicator that the index uses, in the order of the index."""
    root = tables["tables/framework"].query("level == 0")["code"].iloc[0]
    overall = tables["ranks"].set_index("city")[root].dropna()
    frame = tables["standings"].query("effective > 0")
    frame = frame[frame["city"].isin(overall.index)]
    frame = frame.assign(overall=frame["city"].map(overall).astype(int), place=in_order(tables, frame["node"]))
    frame = frame.sort_values(["overall", "city", "place"]).drop(columns=["place", "median"])
    return with_firsts(with_names(with_node_names(frame, tables, "node"), tables), tables)


def standing_caption(data: pd.DataFrame) -> dict[str, str]:
    spread = data.groupby(["city", "city_en"], sort=False)["standing"].agg(lambda part: part.max() - part.min())
    (zh, en), widest = spread.idxmax(), spread.max()
    own = data[data["city"] == zh]
    best, worst = own.loc[own["standing"].idxmax()], own.loc[own["standing"].idxmin()]
    said = remark(best) if best["rank"] == 1 else {"zh": "", "en": ""}
    firsts = data[(data["rank"] == 1) & denied(data)].drop(index=best.name, errors="ignore")
    cells = {
        language: [f"{item[city]} {name}" for (_, item), name in zip(firsts.iterrows(), names, strict=True)]
        for language, city in (("zh", "city"), ("en", "city_en"))
        for names in [remarked(firsts, language, "node")]
    }
    zh_also = f"名次为1而报告列他城第一的还有{'、'.join(cells['zh'])}。" if len(firsts) else ""
    en_also = f" Also ranked 1 here against the report: {', '.join(cells['en'])}." if len(firsts) else ""
    return {
        "zh": f"格内为该指标的名次；颜色为领先于其他有数据城市的比例（蓝：过半；橙：不足半数；并列各计一半）。最不均衡的是{zh}："
        f"{best['node_zh']}领先{best['standing']:.0%}的城市{said['zh']}，{worst['node_zh']}领先{worst['standing']:.0%}。{zh_also}空格为缺失。",
        "en": f"Cells give the rank in the indicator; shades the share of the other cities with data that a city is ahead of (blue more, "
        f"orange less than half; level ones count half). {en} is least even: ahead of {best['standing']:.0%} in {best['node_en']}{said['en']} and "
        f"of {worst['standing']:.0%} in {worst['node_en']} ({widest:.0%} apart).{en_also} An empty cell is missing.",
    }


@figure(
    "diagnostic-standings",
    page=None,
    evidence="reconstructed",
    section="diagnostics",
    title={"zh": "各城的强项与弱项", "en": "Strengths and weaknesses of the cities"},
    data=standing_data,
    caption=standing_caption,
)
def standings(data: pd.DataFrame, language: str):
    """Table of cities by indicators: the rank in each, shaded by the share of the cities left behind."""
    shown = chosen(data["city"])
    data = shown.of(data)
    standing, ranks = (heat.grid(data, "city", "node", value, shown) for value in ("standing", "rank"))
    texts = [["" if pd.isna(rank) else f"{rank:.0f}" for rank in row] for row in ranks.to_numpy()]
    heads = data.drop_duplicates("node")[f"node_{language}"].tolist()
    axes = heat.table(len(standing), len(heads), 0.27, heads)
    heat.cells(axes, 2 * standing.to_numpy(dtype=float) - 1, 1.0, texts)
    heat.heads(axes, heads)
    cities = data.drop_duplicates("city").set_index("city", drop=False)
    names = style.city_names(cities, language)
    labels = [f"{name}  {rank}" for name, rank in zip(names, cities["overall"], strict=True)]
    heat.rows(
        axes, [*labels[: shown.gap], shown.more(language), *labels[shown.gap :]] if shown.left else labels, style.BODY
    )
    low = style.pick(language, "落后于所有城市", "behind all others")
    heat.scale(axes, low, style.pick(language, "领先于所有城市", "ahead of all others"))
    return axes.get_figure()
