"""Beyond the report: what the published numbers pin down about hidden scores and weights."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from fhi.editions.published import published_units
from fhi.engine.framework import Framework
from fhi.engine.ranking import outward
from fhi.showing.figures import style
from fhi.showing.figures.charts import chosen, english, height, name_rows, tier_colours, with_names
from fhi.showing.figures.edition_words import Words, with_words, words
from fhi.showing.figures.evidence import is_own
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
    """Bounds of the scores (all facts, free weights) and the score at the analytic centre, by published rank."""
    root = Framework.from_table(tables["tables/framework"]).root
    bounds = tables["bounds"].query("node == @root").drop(columns="node")
    centre = tables["central_scores"].query("node == @root")[["city", "score"]]
    printed = published_units(tables, root)[["city", "tier", "rank"]]
    frame = printed.merge(bounds, on="city").merge(centre, on="city")
    return with_words(with_names(frame, tables), tables)


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
    elsewhere={"zh": "公布的数字允许的得分", "en": "Scores that the published numbers allow"},
    data=scores_data,
    caption=scores_caption,
    needs=("bounds", "central_scores"),
)
def scores(data: pd.DataFrame, language: str):
    """One bar a city from the least to the greatest possible score, a tick at the analytic centre."""
    shown, unit = chosen(data["city"]), words(data)
    data = data.assign(colour=tier_colours(data["tier"]))
    data, rows = shown.of(data), list(shown.place.values())
    figure = style.canvas(height(7.2, shown.count))
    axes = style.quiet(style.area(figure, left=1.6, right=0.6, bottom=0.95))
    axes.barh(rows, data["high"] - data["low"], left=data["low"], height=0.56, color=data["colour"])
    axes.scatter(data["score"], rows, marker="|", s=190, linewidth=2.4, color=style.ORANGE, zorder=3)
    for row, item in zip(rows, data.itertuples(), strict=True):
        low, high = outward(item.low, item.high, 1)
        axes.text(item.low - 0.8, row, f"{low:.1f}", ha="right", va="center", size=7.5, color=style.MUTED)
        axes.text(item.high + 0.8, row, f"{high:.1f}", va="center", size=7.5, color=style.MUTED)
    name_rows(axes, data, language, "rank", shown)
    axes.set(xlim=(-6, 106), ylim=(shown.count - 0.4, -0.6), xticks=range(0, 101, 20))
    axes.set_xlabel(
        style.pick(
            language,
            f"得分（0–100）；{unit.zh}后为公布的总排名",
            f"score (0–100); published rank beside the {unit.one}",
        ),
        size=style.SMALL,
    )
    return figure


def groups_data(tables: Tables) -> pd.DataFrame:
    """Mean width of the score bounds, how many are not those of all facts, and the gap of ranks 3 and 4, by run."""
    root = Framework.from_table(tables["tables/framework"]).root
    scores = pd.concat([tables["bounds"].assign(facts="all"), tables["bounds_by_facts"]]).query("node == @root")
    widths = (scores["high"] - scores["low"]).groupby(scores["facts"]).mean()
    gaps = tables["gap_bounds"].query("facts == 'all'")
    named = [city for city in published_units(tables, root)["city"] if city in set(gaps["city"])]
    third = named[:3][-1]
    gaps = tables["gap_bounds"].query("city == @third").set_index("facts")
    frame = pd.DataFrame({"facts": _in_order(widths.index, tables)})
    frame["mean_width"] = frame["facts"].map(widths)
    ends = scores.set_index(["facts", "city"])[["low", "high"]]
    # solved to 1e-7 and rounded outward to 1e-6
    frame["cities_moved"] = [
        int((~(np.abs(ends.loc[run] - ends.loc["all"]) <= 1e-5)).any(axis=1).sum()) for run in frame["facts"]
    ]
    frame["cities"] = len(ends.loc["all"])
    frame["gap_low"], frame["gap_high"] = frame["facts"].map(gaps["low"]), frame["facts"].map(gaps["high"])
    names = english(tables)
    pair = third, gaps.at["all", "next"]
    frame = frame.assign(first=pair[0], second=pair[1], first_en=names[pair[0]], second_en=names[pair[1]])
    return with_words(frame, tables)


def _in_order(runs: Iterable[str], tables: Tables) -> list[str]:
    """Return the runs in the order of the figure: the report's, or facts group by group, all of them, then the variants."""
    if not is_own(tables):
        return [run for run in RUNS if run in runs]
    groups = set(tables["tables/facts"]["group"])

    def place(run: str) -> tuple[int, int, str]:
        by_group = set(run.split("+")) <= groups
        return (0 if run == "index" else 1 if by_group else 2 if run == "all" else 3, run.count("+"), run)

    return sorted(runs, key=place)


def run_name(run: str, language: str, own: bool) -> str:
    """Return a run in words: those of the report, or in another edition the groups of facts and variants as it names them."""
    known = run in RUNS and (not own or run in ("index", "all"))
    return RUNS[run][language] if known else run


def groups_caption(data: pd.DataFrame) -> dict[str, str]:
    by_run = data.set_index("facts")
    everything = by_run.loc["all"]
    low, high = outward(everything["gap_low"], everything["gap_high"], 2)
    unit = words(data)
    if unit.own:
        return _own_groups_caption(by_run, low, high, unit)
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


def _own_groups_caption(by_run: pd.DataFrame, low: float, high: float, unit: Words) -> dict[str, str]:
    everything, zh, en = by_run.loc["all"], "", ""
    if "index" in by_run.index:
        own = everything["cities"] - by_run.at["index", "cities_moved"]
        zh = f"{unit.count(everything['cities'])}中{own}个的得分区间只由总指数的事实与0–100的分值范围得出。"
        en = f"The bounds of {own} of {everything['cities']} {unit.many} follow from facts on the index and the scale of 0–100 alone. "
    return {
        "zh": f"{zh}全部事实下，{everything['first']}与{everything['second']}的分差可在{low:.2f}至{high:.2f}分之间。",
        "en": f"{en}With all facts the gap between {everything['first_en']} and {everything['second_en']} may be anything from "
        f"{low:.2f} to {high:.2f} points.",
    }


@figure(
    "identified-groups",
    page=None,
    section=SECTION,
    evidence=("identified", "published"),
    title={"zh": "每组事实使区间收窄多少", "en": "How far each group of facts narrows the bounds"},
    data=groups_data,
    caption=groups_caption,
    needs=("bounds", "bounds_by_facts", "gap_bounds"),
)
def groups(data: pd.DataFrame, language: str):
    """Two panels of bars: mean width of the score bounds, and bounds of the gap between ranks 3 and 4."""
    figure = style.canvas(5.4)
    rows, own, count = range(len(data)), words(data).own, data["cities"].iloc[0]
    left = style.quiet(style.area(figure, left=2.75, right=3.95, top=1.2, bottom=0.6), grid=None)
    left.barh(rows, data["mean_width"], height=0.55, color=style.PURPLE)
    for row, width in zip(rows, data["mean_width"], strict=True):
        left.text(width + 1.5, row, f"{width:.1f}", va="center", size=style.SMALL)
    names = [run_name(run, language, own) for run in data["facts"]]
    names = [style.fit(name, 2.65 * 72, style.SMALL) for name in names] if own else names
    left.set_yticks(rows, names, size=style.SMALL)
    left.set(xlim=(0, 118), xticks=[])
    left.set_title(
        style.pick(language, f"{count}个得分区间的平均宽度", f"mean width of the {count} score bounds"),
        loc="left",
        size=style.SMALL,
    )
    right = style.quiet(style.area(figure, left=6.4, right=0.45, top=1.2, bottom=0.6), grid=None)
    right.barh(rows, data["gap_high"] - data["gap_low"], left=data["gap_low"], height=0.55, color="#b676a0")
    for row, item in zip(rows, data.itertuples(), strict=True):
        if pd.isna(item.gap_low):
            continue
        low, high = outward(item.gap_low, item.gap_high, 2)
        right.text(item.gap_high + 1, row, f"{low:.2f} – {high:.2f}", va="center", size=style.SMALL)
    keys = style.pick(language, ["first", "second"], ["first_en", "second_en"])
    one, other = (style.brief(name) for name in data.iloc[0][keys])
    title = style.pick(language, f"{one}与{other}的分差", f"gap {one} – {other}")
    right.set_title(title, loc="left", size=style.SMALL)
    right.set(xlim=(0, 1.6 * data["gap_high"].max() if own else 72), xticks=[], yticks=[])
    for axes in (left, right):
        axes.set_ylim(len(data) - 0.4, -0.6)
    return figure


def facts_data(tables: Tables) -> pd.DataFrame:
    """The facts without which the score bounds grow, and how much (sum over the units)."""
    frame = tables["fact_influence"].query("widening > 0").sort_values(["widening", "id"], ascending=[False, True])
    facts = tables["tables/facts"].set_index("id")
    nodes = tables["tables/framework"].set_index("code")
    names = english(tables)
    for language in ("zh", "en"):
        frame[f"label_{language}"] = [
            _fact_label(facts.loc[id], nodes.at[node, f"name_{language}"], names, language)
            for id, node in zip(frame["id"], frame["node"], strict=True)
        ]
    return with_words(frame.reset_index(drop=True), tables)


def _fact_label(fact: pd.Series, node: str, names: pd.Series, language: str) -> str:
    cities = fact["subjects"].replace("=", "|").split("|")
    ends = [cities[0], cities[-1]] if language == "zh" else [names[cities[0]], names[cities[-1]]]
    kind = KINDS[fact["kind"]][language] if fact["kind"] in KINDS else fact["kind"]
    return f"{node}{style.pick(language, '：', ': ')}{kind}\n{ends[0]} – {ends[1]}"


def facts_caption(data: pd.DataFrame) -> dict[str, str]:
    first = data.iloc[0]
    if words(data).own:
        zh, en = (first[f"label_{language}"].replace("\n", gap) for language, gap in (("zh", "，"), ("en", ", ")))
        return {
            "zh": f"单独去掉一个事实时，各得分区间合计变宽的分数（其余事实去掉后不变）。影响最大的是{zh}。",
            "en": "Points by which the score bounds grow together when a single fact is left out (the others change nothing). "
            f"What matters most is {en}.",
        }
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
    needs=("fact_influence",),
)
def facts(data: pd.DataFrame, language: str):
    """Bars of the widening of the score bounds without each fact."""
    shown, own = data.head(12), words(data).own
    figure = style.canvas(1.7 + 0.5 * len(shown))
    axes = style.quiet(style.area(figure, left=3.2, right=0.9, bottom=0.8), grid=None)
    rows = range(len(shown))
    unit = style.pick(
        language,
        f"去掉该事实后{'各' if own else '20个'}得分区间合计变宽（分）",
        f"growth of the {'' if own else '20 '}score bounds without the fact (points)",
    )
    axes.set_xlabel(unit, size=style.SMALL)
    axes.barh(rows, shown["widening"], height=0.55, color=style.PURPLE)
    for row, widening in zip(rows, shown["widening"], strict=True):
        axes.text(widening + shown["widening"].max() * 0.01, row, f"{widening:.1f}", va="center", size=style.SMALL)
    axes.set_yticks(rows, shown[f"label_{language}"], size=style.SMALL)
    axes.set(xlim=(0, shown["widening"].max() * 1.1), ylim=(len(shown) - 0.4, -0.6), xticks=[])
    return figure
