"""Beyond the report: what the published numbers pin down about hidden scores and weights."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.engine.rounding import outward
from fhi.showing.figures import style
from fhi.showing.figures.charts import chosen, english, height, name_rows, with_names
from fhi.showing.figures.registry import Tables, figure

SECTION = "identified"
RUNS = {
    "index": {"zh": "仅总指数的名次与均分", "en": "ranks and means of the index"},
    "ranks": {"zh": "仅名次", "en": "ranks only"},
    "ranks+means": {"zh": "+ 梯队均分", "en": "+ tier means"},
    "ranks+means+adoption": {"zh": "+ 应用率", "en": "+ adoption rates"},
    "ranks+means+adoption+attention": {"zh": "+ 社会关注次序", "en": "+ order of attention"},
    "all": {"zh": "全部事实", "en": "all facts"},
    "all, gap 0": {"zh": "全部，总排名最小差为0", "en": "all, least gap of ranks 0"},
    "all, adoption by min-max": {"zh": "全部，应用率极差标准化", "en": "all, adoption by min-max"},
    "all, equal inside parents": {"zh": "全部，父节点内等权", "en": "all, equal inside parents"},
    "all, indicators within 1/48-1/4": {"zh": "全部，指标权重1/48–1/4", "en": "all, indicators within 1/48–1/4"},
}
KINDS = {
    "order": {"zh": "次序", "en": "order"},
    "leaders": {"zh": "领先城市", "en": "leaders"},
    "tie": {"zh": "并列", "en": "tie"},
    "mean": {"zh": "均分", "en": "mean"},
    "value": {"zh": "数值", "en": "value"},
}


def scores_data(tables: Tables) -> pd.DataFrame:
    """Bounds of the 20 scores (all facts, free weights) and the score at the analytic centre, by published rank."""
    bounds = tables["bounds"].query("node == 'FHI'").drop(columns="node")
    centre = tables["central_scores"].query("node == 'FHI'")[["city", "score"]]
    frame = tables["tables/top20"][["city", "tier", "rank"]].merge(bounds, on="city").merge(centre, on="city")
    return with_names(frame.sort_values("rank"), tables)


def scores_caption(data: pd.DataFrame) -> dict[str, str]:
    widths = data["high"] - data["low"]
    narrow, wide = data.loc[widths.idxmin()], data.loc[widths.idxmax()]
    return {
        "zh": f"设总指数是0–100得分的加权算术平均，横条为所有公布事实共同允许的得分区间，"
        f"平均宽{widths.mean():.1f}分；最窄的是{narrow['city']}（{widths.min():.1f}），"
        f"最宽的是{wide['city']}（{widths.max():.1f}）。竖线为解析中心，仅供参考：区间内任何一点都同样符合公布的数字。",
        "en": "Bars are the scores that all published facts allow together, if the index is a weighted arithmetic mean of "
        f"scores from 0 to 100: {widths.mean():.1f} points wide on average; the narrowest is {narrow['city_en']} "
        f"({widths.min():.1f}), the widest {wide['city_en']} ({widths.max():.1f}). The tick is "
        "the analytic centre, indicative only: any point inside fits the published numbers as well.",
    }


@figure(
    "identified-scores",
    page=None,
    section=SECTION,
    evidence=("identified", "published"),
    title={"zh": "公布的数字允许的城市得分", "en": "City scores that the published numbers allow"},
    data=scores_data,
    caption=scores_caption,
)
def scores(data: pd.DataFrame, language: str):
    """One bar a city from the least to the greatest possible score, a tick at the analytic centre."""
    shown = chosen(data["city"])
    data, rows = shown.of(data), list(shown.place.values())
    figure = style.canvas(height(7.2, shown.count))
    axes = style.quiet(style.area(figure, left=1.6, right=0.6, bottom=0.95))
    colours = [style.TIERS[tier] for tier in data["tier"]]
    axes.barh(rows, data["high"] - data["low"], left=data["low"], height=0.56, color=colours)
    axes.scatter(data["score"], rows, marker="|", s=190, linewidth=2.4, color=style.ORANGE, zorder=3)
    for row, item in zip(rows, data.itertuples(), strict=True):
        low, high = outward(item.low, item.high, 1)
        axes.text(item.low - 0.8, row, f"{low:.1f}", ha="right", va="center", size=7.5, color=style.MUTED)
        axes.text(item.high + 0.8, row, f"{high:.1f}", va="center", size=7.5, color=style.MUTED)
    name_rows(axes, data, language, "rank", shown)
    axes.set(xlim=(-6, 106), ylim=(shown.count - 0.4, -0.6), xticks=range(0, 101, 20))
    axes.set_xlabel(
        style.pick(language, "得分（0–100）；城市后为公布的总排名", "score (0–100); published rank beside the city"),
        size=style.SMALL,
    )
    return figure


def groups_data(tables: Tables) -> pd.DataFrame:
    """Mean width of the 20 score bounds, how many are not those of all facts, and the gap of ranks 3 and 4, by run."""
    scores = pd.concat([tables["bounds"].assign(facts="all"), tables["bounds_by_facts"]]).query("node == 'FHI'")
    widths = (scores["high"] - scores["low"]).groupby(scores["facts"]).mean()
    third = tables["tables/top20"].query("rank == 3")["city"].iloc[0]
    gaps = tables["gap_bounds"].query("city == @third").set_index("facts")
    frame = pd.DataFrame({"facts": [run for run in RUNS if run in widths.index]})
    frame["mean_width"] = frame["facts"].map(widths)
    ends = scores.set_index(["facts", "city"])[["low", "high"]]
    # solved to 1e-7 and rounded outward to 1e-6
    frame["cities_moved"] = [
        int((np.abs(ends.loc[run] - ends.loc["all"]) > 1e-5).any(axis=1).sum()) for run in frame["facts"]
    ]
    frame["cities"] = len(ends.loc["all"])
    frame["gap_low"], frame["gap_high"] = frame["facts"].map(gaps["low"]), frame["facts"].map(gaps["high"])
    names = english(tables)
    pair = third, gaps["next"].iloc[0]
    return frame.assign(first=pair[0], second=pair[1], first_en=names[pair[0]], second_en=names[pair[1]])


def groups_caption(data: pd.DataFrame) -> dict[str, str]:
    by_run = data.set_index("facts")
    everything = by_run.loc["all"]
    low, high = outward(everything["gap_low"], everything["gap_high"], 2)
    own = everything["cities"] - by_run.at["index", "cities_moved"]
    rest = by_run.at["ranks+means", "cities_moved"]
    changed = (
        {"zh": f"改变{rest}个", "en": f"change {rest}"} if rest else {"zh": "没有改变任何一个", "en": "change none"}
    )
    return {
        "zh": f"{everything['cities']}城中{own}城的得分区间只由总指数的名次、梯队均分与0–100的分值范围得出；应用率、社会关注次序与"
        f"领先城市{changed['zh']}得分区间。{everything['first']}与{everything['second']}的分差可在{low:.2f}至{high:.2f}分之间"
        f"（{low:.2f}为设定的最小分差）：是否“微弱”，公布的数字不能确定。",
        "en": f"The bounds of {own} of the {everything['cities']} cities follow from the ranks of the index, its tier means and the "
        f"scale of 0–100 alone; adoption, attention and leading cities {changed['en']} of the score bounds. The gap between "
        f"{everything['first_en']} and {everything['second_en']} may be anything from {low:.2f} (the minimum gap "
        f"assumed) to {high:.2f} points: whether it is slight, the published numbers do not say.",
    }


@figure(
    "identified-groups",
    page=None,
    section=SECTION,
    evidence=("identified", "published"),
    title={"zh": "每组事实使区间收窄多少", "en": "How far each group of facts narrows the bounds"},
    data=groups_data,
    caption=groups_caption,
)
def groups(data: pd.DataFrame, language: str):
    """Two panels of bars: mean width of the score bounds, and bounds of the gap between ranks 3 and 4."""
    figure = style.canvas(5.4)
    rows = range(len(data))
    left = style.quiet(style.area(figure, left=2.75, right=3.95, top=1.2, bottom=0.6), grid=None)
    left.barh(rows, data["mean_width"], height=0.55, color=style.PURPLE)
    for row, width in zip(rows, data["mean_width"], strict=True):
        left.text(width + 1.5, row, f"{width:.1f}", va="center", size=style.SMALL)
    left.set_yticks(rows, [RUNS[run][language] for run in data["facts"]], size=style.SMALL)
    left.set(xlim=(0, 118), xticks=[])
    left.set_title(
        style.pick(language, "20个得分区间的平均宽度", "mean width of the 20 score bounds"),
        loc="left",
        size=style.SMALL,
    )
    right = style.quiet(style.area(figure, left=6.4, right=0.45, top=1.2, bottom=0.6), grid=None)
    right.barh(rows, data["gap_high"] - data["gap_low"], left=data["gap_low"], height=0.55, color="#b676a0")
    for row, item in zip(rows, data.itertuples(), strict=True):
        low, high = outward(item.gap_low, item.gap_high, 2)
        right.text(item.gap_high + 1, row, f"{low:.2f} – {high:.2f}", va="center", size=style.SMALL)
    keys = style.pick(language, ["first", "second"], ["first_en", "second_en"])
    one, other = (style.brief(name) for name in data.iloc[0][keys])
    title = style.pick(language, f"{one}与{other}的分差", f"gap {one} – {other}")
    right.set_title(title, loc="left", size=style.SMALL)
    right.set(xlim=(0, 72), xticks=[], yticks=[])
    for axes in (left, right):
        axes.set_ylim(len(data) - 0.4, -0.6)
    return figure


def facts_data(tables: Tables) -> pd.DataFrame:
    """The facts without which the score bounds grow, and how much (sum over the 20 cities)."""
    frame = tables["fact_influence"].query("widening > 0").sort_values(["widening", "id"], ascending=[False, True])
    facts = tables["tables/facts"].set_index("id")
    nodes = tables["tables/framework"].set_index("code")
    names = english(tables)
    for language in ("zh", "en"):
        frame[f"label_{language}"] = [
            _fact_label(facts.loc[id], nodes.at[node, f"name_{language}"], names, language)
            for id, node in zip(frame["id"], frame["node"], strict=True)
        ]
    return frame.reset_index(drop=True)


def _fact_label(fact: pd.Series, node: str, names: pd.Series, language: str) -> str:
    cities = fact["subjects"].replace("=", "|").split("|")
    ends = [cities[0], cities[-1]] if language == "zh" else [names[cities[0]], names[cities[-1]]]
    kind = KINDS[fact["kind"]][language]
    return f"{node}{style.pick(language, '：', ': ')}{kind}\n{ends[0]} – {ends[1]}"


def facts_caption(data: pd.DataFrame) -> dict[str, str]:
    first = data.iloc[0]
    return {
        "zh": f"单独去掉一个事实时，20个得分区间合计变宽的分数（其余事实去掉后不变）。影响最大的是总排名的次序（第{first['page']}页）。",
        "en": "Points by which the 20 score bounds grow together when a single fact is left out (the others change nothing). The "
        f"order of the overall ranks (p. {first['page']}) matters most.",
    }


@figure(
    "identified-facts",
    page=None,
    section=SECTION,
    evidence="identified",
    title={"zh": "哪些事实最要紧", "en": "Which single facts matter most"},
    data=facts_data,
    caption=facts_caption,
)
def facts(data: pd.DataFrame, language: str):
    """Bars of the widening of the score bounds without each fact."""
    shown = data.head(12)
    figure = style.canvas(1.7 + 0.5 * len(shown))
    axes = style.quiet(style.area(figure, left=3.2, right=0.9, bottom=0.8), grid=None)
    rows = range(len(shown))
    unit = style.pick(
        language, "去掉该事实后20个得分区间合计变宽（分）", "growth of the 20 score bounds without the fact (points)"
    )
    axes.set_xlabel(unit, size=style.SMALL)
    axes.barh(rows, shown["widening"], height=0.55, color=style.PURPLE)
    for row, widening in zip(rows, shown["widening"], strict=True):
        axes.text(widening + shown["widening"].max() * 0.01, row, f"{widening:.1f}", va="center", size=style.SMALL)
    axes.set_yticks(rows, shown[f"label_{language}"], size=style.SMALL)
    axes.set(xlim=(0, shown["widening"].max() * 1.1), ylim=(len(shown) - 0.4, -0.6), xticks=[])
    return figure
