"""Beyond the report: the ranks under many alternative choices, as intervals and as probabilities."""

from __future__ import annotations

from bisect import bisect_right

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from fhi.showing.figures import style
from fhi.showing.figures.charts import chosen, height, name_rows, rank_ticks, tier_colours, with_names
from fhi.showing.figures.edition_words import with_words, words
from fhi.showing.figures.registry import Tables, figure

SECTION = "robustness"
EVIDENCE = ("reconstructed", "published")
#: shades of a probability, each from the limit at its place upwards; what is below the first is not drawn
SHADES = ("#f0f5fa", "#dae8f3", "#bfd8ea", "#95bfdd", "#679fcb", "#2f7fbf", "#1b5f9a", "#0b3c6f")
#: ranks at most whose tiles are wide enough for a number
WRITTEN = 31
LIMITS = (0.005, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)

#: the marks of the median of the draws, of the published rank, and of the rank by the scenario itself
MEDIAN = {"marker": "|", "s": 110, "linewidth": 2.6, "color": style.ORANGE}
PUBLISHED = {"s": 75, "facecolor": "none", "edgecolor": style.VERMILION, "linewidth": 1.7}
BY_ITSELF = {"s": 17, "facecolor": style.PAPER, "edgecolor": style.INK, "linewidth": 1.0}


def shade(share: float) -> str:
    """Return the shade of a probability."""
    return SHADES[max(bisect_right(LIMITS, share) - 1, 0)]


def tiles(axes: Axes, cells: pd.DataFrame) -> None:
    """Draw unit squares around (x, y) of the column ``colour``, all of one colour as one path."""
    for colour, group in cells.groupby("colour", sort=False):
        corners = [
            Path([(x - 0.47, y - 0.44), (x + 0.47, y - 0.44), (x + 0.47, y + 0.44), (x - 0.47, y + 0.44)], closed=False)
            for x, y in zip(group["x"], group["y"], strict=True)
        ]
        axes.add_patch(PathPatch(Path.make_compound_path(*corners), facecolor=colour, edgecolor="none"))


def percent(share: float) -> str:
    """Return a probability as a percentage that is 0 or 100 only if it is exactly so."""
    if 0 < share < 0.01:
        return "<1%"
    return ">99%" if 0.99 < share < 1 else f"{share:.0%}"


def intervals_data(tables: Tables) -> pd.DataFrame:
    """Rank interval, median and reference of each city beside its published rank."""
    columns = ["city", "tier", "published", "reference", "low", "median", "high", "unranked", "level", "draws"]
    frame = tables["rank_intervals"].sort_values("published")[columns].dropna(subset=["published"])
    # missing for a city that no draw ranks
    frame = frame.astype({"published": int} | dict.fromkeys(["low", "median", "high"], "Int64"))
    return with_words(with_names(frame, tables), tables)


def left_out_words(data: pd.DataFrame) -> dict[str, str]:
    """Return a sentence on the cities without a score in some draws (`unranked` of `draws`); empty if there are none."""
    some = data[data["unranked"] > 0].drop_duplicates("city")
    if some.empty:
        return {"zh": "", "en": ""}
    unit = words(data)
    shares = [percent(share) for share in some["unranked"] / some["draws"]]
    zh = "、".join(f"{city}（{share}的抽取）" for city, share in zip(some["city"], shares, strict=True))
    en = ", ".join(f"{city} ({share} of the draws)" for city, share in zip(some["city_en"], shares, strict=True))
    return {
        "zh": f"{zh}因缺数据而没有得分：这些抽取不计该{unit.zh if unit.own else '城'}，其余{unit.zh}之间排名。",
        "en": f" Without a score, for lack of data: {en}; such draws leave the {unit.one} out and rank the others among themselves.",
    }


def intervals_caption(data: pd.DataFrame) -> dict[str, str]:
    outside = data[(data["published"] < data["low"]) | (data["published"] > data["high"])]
    widths = data["high"] - data["low"]
    wide, narrow = data.loc[widths.idxmax()], data.loc[widths.idxmin()]
    without, unit = left_out_words(data), words(data)
    share, draws = f"{data['level'].iloc[0]:.0%}", data["draws"].iloc[0]
    return {
        "zh": f"横条是{draws:,}次抽取中居中{share}的名次：条越短，名次越不取决于方法；圆圈落在条外，说明在这些选择下重建指数很少得出公布的名次。"
        f"最短的是{narrow['city']}（{narrow['low']}–{narrow['high']}），最长的是{wide['city']}（{wide['low']}–{wide['high']}）；"
        f"公布名次落在条外的有{unit.count(len(outside))}{_listed(outside['city'], '：', '、')}。{without['zh']}",
        "en": f"Bars hold the middle {share} of the ranks in {draws:,} draws: the shorter a bar, the less the rank depends on the "
        "method; a ring outside its bar is a published rank that the reconstructed index seldom gives under these choices. The shortest is "
        f"{narrow['city_en']} ({narrow['low']}–{narrow['high']}), the longest {wide['city_en']} ({wide['low']}–{wide['high']}); "
        f"{len(outside)} published {'rank lies' if len(outside) == 1 else 'ranks lie'} outside{_listed(outside['city_en'], ': ', ', ')}.{without['en']}",
    }


def _listed(names: pd.Series, before: str, between: str) -> str:
    return before + between.join(names) if len(names) else ""


@figure(
    "robust-intervals",
    page=None,
    section=SECTION,
    evidence=EVIDENCE,
    title={"zh": "换一种合理的方法，名次会落在哪里", "en": "Where the ranks fall under other defensible choices"},
    data=intervals_data,
    caption=intervals_caption,
    needs=("rank_intervals",),
)
def intervals(data: pd.DataFrame, language: str):
    """A bar a city from the low to the high rank, a tick at the median, a ring at the published rank."""
    last, shown, unit = len(data), chosen(data["city"]), words(data)
    data = data.assign(colour=tier_colours(data["tier"]))
    data, rows = shown.of(data), list(shown.place.values())
    figure = style.canvas(height(7.6, shown.count))
    axes = style.quiet(style.area(figure, left=1.6, right=1.1, top=1.15, bottom=0.95))
    known = data.assign(row=rows).dropna(subset=["low"]).astype({"low": int, "median": int, "high": int})
    axes.barh(
        known["row"],
        known["high"] - known["low"] + 0.56,
        left=known["low"] - 0.28,
        height=0.5,
        color=known["colour"],
    )
    axes.scatter(known["median"], known["row"], zorder=3, **MEDIAN)
    axes.scatter(data["published"], rows, zorder=4, **PUBLISHED)
    axes.scatter(data["reference"], rows, zorder=4, **BY_ITSELF)
    for item in known.itertuples():
        axes.text(
            1.01 * last + 0.7, item.row, f"{item.low}–{item.high}", va="center", size=style.SMALL, color=style.MUTED
        )
    name_rows(axes, data, language, "published", shown)
    axes.set(ylim=(shown.count - 0.4, -0.6), xlim=(0.3, last + 0.7), xticks=rank_ticks(last))
    label = style.pick(
        language,
        f"在已公布{unit.zh}中的名次（1为最佳）；{unit.zh}后为公布的总排名",
        f"rank among the published {unit.many} (1 is best); published rank beside the {unit.one}",
    )
    axes.set_xlabel(label, size=style.SMALL)
    share = f"{data['level'].iloc[0]:.0%}"
    middle = {"marker": "s", "s": 80, "color": style.TIERS["regional"]}
    looks = [
        (middle, f"居中{share}的抽取", f"middle {share} of the draws"),
        (MEDIAN, "中位数", "median"),
        (PUBLISHED, "公布的名次", "published rank"),
        (BY_ITSELF, "本方案的名次", "rank by the scenario itself"),
    ]
    for look, zh, en in looks:
        axes.scatter([], [], label=style.pick(language, zh, en), **look)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=4, frameon=False, fontsize=style.SMALL)
    return figure


def ranks_data(tables: Tables) -> pd.DataFrame:
    """The probability of each rank by city, with the published rank."""
    published = tables["rank_intervals"][["city", "published", "unranked", "draws"]]
    published = published.dropna(subset=["published"]).astype({"published": int})
    frame = tables["rank_probabilities"].merge(published, on="city").sort_values(["published", "rank"])
    frame = frame[["city", "published", "rank", "probability", "unranked", "draws"]]
    return with_words(with_names(frame, tables), tables)


def ranks_caption(data: pd.DataFrame) -> dict[str, str]:
    known = data.dropna(subset=["probability"])
    likeliest = known.loc[known.groupby("city", sort=False)["probability"].idxmax()]
    sure = likeliest[likeliest["probability"] > 0.5]
    same = likeliest[likeliest["rank"] == likeliest["published"]]
    most = likeliest.loc[likeliest["probability"].idxmax()]
    unit, without, zh, en = words(data), left_out_words(data), "", ""
    if most["rank"] != most["published"]:
        zh, en = f"，公布为第{most['published']}", f", published as {most['published']}"
    return {
        "zh": f"每行合计100%：深色集中在一格，名次就稳；颜色铺开，名次就取决于方法；红框为公布的名次。{unit.count(len(sure))}有某一名次的概率过半，"
        f"最高的是{most['city']}第{most['rank']}（{percent(most['probability'])}{zh}）；{unit.count(len(same))}最可能的名次就是公布的名次。{without['zh']}",
        "en": "Each row adds up to 100%: where one cell is dark the rank is firm, where the colour spreads it depends on the method; "
        f"the red frame is the published rank. {unit.several(len(sure))} {'has' if len(sure) == 1 else 'have'} one rank in more than half of the draws, first "
        f"{most['city_en']} at {most['rank']} ({percent(most['probability'])}{en}); for {unit.several(len(same))} the likeliest rank is the "
        f"published one.{without['en']}",
    }


@figure(
    "robust-ranks",
    page=None,
    section=SECTION,
    evidence=EVIDENCE,
    title={"zh": "每个名次的概率", "en": "The probability of each rank"},
    data=ranks_data,
    caption=ranks_caption,
    needs=("rank_intervals", "rank_probabilities"),
)
def ranks(data: pd.DataFrame, language: str):
    """City by rank, shaded by probability; the published rank is framed."""
    shown, last = chosen(data["city"]), data["city"].nunique()
    tall, data = height(7.6, shown.count), shown.of(data)
    figure = style.canvas(tall)
    axes = style.quiet(style.area(figure, left=1.6, right=0.5, top=1.05, bottom=0.95), grid=None)
    cities = data.drop_duplicates("city").reset_index(drop=True)
    drawn = data[data["probability"] >= LIMITS[0]]
    rows = drawn["city"].map(shown.place)
    tiles(axes, pd.DataFrame({"x": drawn["rank"], "y": rows, "colour": drawn["probability"].map(shade)}))
    for row, item in zip(rows, drawn.itertuples(), strict=True):
        if item.probability >= 0.095 and last <= WRITTEN:
            ink = style.ink_on(shade(item.probability))
            axes.text(item.rank, row, f"{item.probability:.0%}"[:-1], ha="center", va="center", size=7.5, color=ink)
    for city, published in zip(cities["city"], cities["published"], strict=True):
        corner = published - 0.47, shown.place[city] - 0.44
        frame = {"fill": False, "edgecolor": style.VERMILION, "linewidth": 1.5}
        axes.add_patch(matplotlib.patches.Rectangle(corner, 0.94, 0.88, **frame))
    name_rows(axes, cities, language, "published", shown)
    ticks = range(1, last + 1) if last <= WRITTEN else rank_ticks(last)
    axes.set(ylim=(shown.count - 0.4, -0.6), xlim=(0.4, last + 0.6), xticks=ticks)
    axes.xaxis.tick_top()
    words = ("；数字为概率（%），10以下只着色", "; figures are probabilities in %, below 10 only shaded")
    if last > WRITTEN:
        words = ("；颜色为概率，越深越大", "; shades are probabilities, the darker the greater")
    label = style.pick(language, f"名次{words[0]}；红框为公布的名次", f"rank{words[1]}; red frame: published rank")
    figure.text(1.6 / 10, 0.62 / tall, label, size=style.SMALL, color=style.INK, va="center")
    return figure
