"""Beyond the report: who stands above whom, answers to plain questions, and whether there were draws enough."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import chosen, english, height, with_names
from fhi.showing.figures.edition_words import Words, named, with_words, words
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.robust import EVIDENCE, SECTION, percent, tiles

#: shares of draws at which a statement is called firm, or at least likelier than not by far
FIRM, LEANING = 0.9, 2 / 3
#: colours of the share of draws in which the city of the row is above that of the column, from 0 to 1
SIDES = ("#b84f00", "#dd8a4f", "#f2c9a8", "#f1f3f5", "#bcd9ee", "#5fa3d3", "#0b5a9c")
#: points that a slanted name may take
SLANTED = 52
#: cities at most of which the pairs are drawn
SQUARE = 32


def verdict(share: float) -> str:
    """Return ``firm``, ``leaning`` or ``open`` for the share of draws in which a statement holds (or does not)."""
    clear = max(share, 1 - share)
    return "firm" if clear >= FIRM else "leaning" if clear >= LEANING else "open"


def answers_data(tables: Tables) -> pd.DataFrame:
    """Statements of the published ranking and the share of draws in which they hold."""
    table, tiers = tables["robust_answers"], named(tables, "tier")
    order = tables["rank_intervals"].sort_values("published")
    names, unit = english(tables), words(with_words(order, tables))
    rows = []
    above = (
        table[table["question"] == "above"].set_index("city").reindex(order["city"].head(4)).dropna(subset=["other"])
    )
    for item in above.reset_index().itertuples():
        rows.append((item, f"{item.city}在{item.other}之上", f"{names[item.city]} is above {names[item.other]}"))
    fifth = order[order["published"] == 5]["city"]
    for item in table[(table["question"] == "place") & table["city"].isin(fifth)].itertuples():
        rows.append((item, f"{item.city}第五", f"{names[item.city]} is fifth"))
    whole = (
        table[table["question"] == "whole-tier"].set_index("tier").reindex(list(tiers)).dropna(subset=["probability"])
    )
    for item in whole.reset_index().itertuples():
        zh, en = tiers[item.tier]["zh"], tiers[item.tier]["en"]
        here = f"这些{unit.zh}" if unit.own else "这几座"
        rows.append((item, f"“{zh}”正是{here}", f"{en}: these {unit.many} and no others"))
    for item in table[table["question"] == "tiers"].itertuples():
        rows.append((item, *_every_tier(unit, " stay as they are")))
    for item in table[table["question"] == "order"].itertuples():
        rows.append((item, "整个次序不变", "the whole order stays as it is"))
    columns = ["question", "city", "other", "tier", "probability", "low", "high"]
    frame = pd.DataFrame([{name: getattr(item, name) for name in columns} for item, *_ in rows])
    frame["statement_zh"], frame["statement_en"] = [zh for _, zh, _ in rows], [en for *_, en in rows]
    frame = pd.concat([frame, _own_tier(table, unit)], ignore_index=True)
    frame = frame.dropna(subset=["probability"], ignore_index=True)
    frame = frame.assign(verdict=frame["probability"].map(verdict), draws=int(order["draws"].iloc[0]))
    return with_words(frame, tables)


def _every_tier(unit: Words, stay: str) -> tuple[str, str]:
    if unit.own:
        return "各梯队都不变", f"all tiers{stay}"
    return "三个梯队都不变", f"all three tiers{stay}"


def _own_tier(table: pd.DataFrame, unit: Words) -> pd.DataFrame:
    """Return the mean over the cities of the share of draws in which a city keeps its tier."""
    kept = table[table["question"] == "tier"]["probability"]
    said = {"zh": f"任取{unit.count('一')}，仍在原梯队", "en": f"a {unit.one} taken at random keeps its tier"}
    row = {f"statement_{language}": text for language, text in said.items()}
    return pd.DataFrame([{"question": "tier", "probability": kept.mean(), **row}])


def answers_caption(data: pd.DataFrame) -> dict[str, str]:
    by_kind, unit = data.groupby("question")["probability"].first(), words(data)
    pair = data[data["question"] == "above"].iloc[2] if (data["question"] == "above").sum() > 2 else None
    zh = "条长是该说法成立的抽取所占比例：九成以上或一成以下算稳健，接近一半等于没有定论。"
    en = (
        "A bar is the share of draws in which the statement holds: above nine in ten or below one in ten it is firm either way, near "
        "one half it is open. "
    )
    if pair is not None:
        zh += f"“{pair['statement_zh']}”的比例为{percent(pair['probability'])}；"
        en += f"“{pair['statement_en']}” holds in {percent(pair['probability'])}; "
    if "place" in by_kind:
        place = data[data["question"] == "place"].iloc[0]
        zh += f"“{place['statement_zh']}”为{percent(place['probability'])}；"
        en += f"“{place['statement_en']}” in {percent(place['probability'])}; "
    if {"tiers", "tier"} <= set(by_kind.index):
        every, kept = _every_tier(unit, " stay"), f"任取{unit.count('一')}仍在原梯队"
        zh += f"{every[0]}为{percent(by_kind['tiers'])}，而{kept}为{percent(by_kind['tier'])}。"
        en += f"{every[1]} in {percent(by_kind['tiers'])}, though a {unit.one} taken at random keeps its tier in "
        en += f"{percent(by_kind['tier'])}. "
    if unit.own:
        zh, en = zh.rstrip("；。") + "。", en.rstrip("; .") + "."
        return {
            "zh": f"{zh}这里说的是按本方案算出的指数。",
            "en": f"{en} This is the index as computed by the scenario.",
        }
    return {
        "zh": f"{zh}这里说的是重建指数，不是报告未公布的得分。",
        "en": f"{en}This is the reconstructed index, not the report's hidden scores.",
    }


@figure(
    "robust-answers",
    page=None,
    section=SECTION,
    evidence=EVIDENCE,
    title={"zh": "公布的名次经得起换方法吗", "en": "Do the published statements survive other choices?"},
    data=answers_data,
    caption=answers_caption,
    needs=("rank_intervals", "robust_answers"),
)
def answers(data: pd.DataFrame, language: str):
    """A bar a statement: the share of draws in which it holds."""
    figure = style.canvas(1.75 + 0.42 * len(data))
    axes = style.quiet(style.area(figure, left=3.6, right=2.0, top=0.95, bottom=0.75))
    rows = range(len(data))
    colours = {"firm": style.GREEN, "leaning": style.SKY, "open": style.ORANGE}
    axes.barh(rows, [1] * len(data), height=0.56, color=style.REST)
    axes.barh(rows, data["probability"], height=0.56, color=data["verdict"].map(colours))
    words = {
        ("firm", True): ("稳健成立", "firm"),
        ("firm", False): ("稳健不成立", "firmly not so"),
        ("leaning", True): ("偏向成立", "leans to yes"),
        ("leaning", False): ("偏向不成立", "leans to no"),
        ("open", True): ("没有定论", "open"),
        ("open", False): ("没有定论", "open"),
    }
    for row, item in zip(rows, data.itertuples(), strict=True):
        axes.text(1.02, row, percent(item.probability), va="center", weight="bold", size=style.BODY)
        text = style.pick(language, *words[item.verdict, item.probability >= 0.5])
        axes.text(1.16, row, text, va="center", size=style.SMALL, color=style.MUTED)
    statements = data[f"statement_{language}"].map(lambda text: style.fit(text, 3.1 * 72, style.BODY))
    axes.set_yticks(rows, statements)
    axes.set(ylim=(len(data) - 0.4, -0.6), xlim=(0, 1), xticks=[0, 0.25, 0.5, 0.75, 1])
    axes.set_xticklabels(["0%", "25%", "50%", "75%", "100%"])
    draws = f"{data['draws'].iloc[0]:,}"
    axes.set_xlabel(
        style.pick(language, f"成立的比例，共{draws}次抽取", f"share of {draws} draws in which it holds"),
        size=style.SMALL,
    )
    return figure


def beats_data(tables: Tables) -> pd.DataFrame:
    """The share of draws in which each city is above each that is published below it."""
    published = tables["rank_intervals"].set_index("city")["published"]
    frame = tables["beats"].assign(
        published=lambda f: f["city"].map(published), below=lambda f: f["other"].map(published)
    )
    # missing for a pair that no draw ranks
    frame = frame[frame["published"] < frame["below"]].dropna(subset=["probability"])
    frame = frame.sort_values(["published", "below"])
    names = english(tables)
    frame = frame.assign(other_en=frame["other"].map(names)).rename(columns={"below": "other_published"})
    frame = frame[["city", "published", "other", "other_en", "other_published", "probability"]]
    return with_words(with_names(frame, tables), tables)


def beats_caption(data: pd.DataFrame) -> dict[str, str]:
    unit, near = words(data), data[data["other_published"] - data["published"] == 1]
    verdicts = near["probability"].map(verdict)
    firm, open_ = ((verdicts == "firm") & (near["probability"] > 0.5)).sum(), (verdicts == "open").sum()
    upset = data[(data["probability"].map(verdict) == "firm") & (data["probability"] < 0.5)]
    return {
        "zh": f"每格是行{unit.zh}排在列{unit.zh}之上的抽取比例：越蓝越支持公布的次序，越橙越反对，灰白为没有定论；阶梯边上是相邻的{unit.zh}。"
        f"{len(near)}对相邻{unit.zh}中，{firm}对的次序在九成以上的抽取中成立，{open_}对没有定论；{len(data)}对中有{len(upset)}对在九成以上的抽取中相反。",
        "en": f"Each cell is the share of draws in which the {unit.one} of the row stands above that of the column: blue speaks for the "
        "published order, orange against it, grey is open; neighbours stand along the stairs. Of "
        f"{len(near)} pairs of neighbours {firm} keep their order in nine draws of ten or more and {open_} are open; of all {len(data)} pairs "
        f"{len(upset)} stand the other way round in nine of ten or more.",
    }


@figure(
    "robust-pairs",
    page=None,
    section=SECTION,
    evidence=EVIDENCE,
    title={"zh": "谁在谁之上：两两比较", "en": "Who stands above whom, pair by pair"},
    data=beats_data,
    caption=beats_caption,
    needs=("rank_intervals", "beats"),
)
def beats(data: pd.DataFrame, language: str):
    """Stairs of pairs in the published order, shaded by the share of draws that keep it."""
    order = pd.concat([data[["city", "city_en", "published"]], _last(data)]).drop_duplicates("city")
    unit = words(data)
    # both ways: the first alone, since the stairs have no room for a gap
    shown = chosen(order["city"], most=SQUARE, last=0)
    place, order = shown.place, shown.of(order)
    data = shown.of(data)
    data = data[data["other"].isin(place)]
    tall = height(8.2, len(order))
    figure = style.canvas(tall)
    axes = style.quiet(style.area(figure, left=1.6, right=0.6, top=1.55, bottom=0.75), grid=None)
    x, y = data["other"].map(place), data["city"].map(place)
    colours = data["probability"].map(_side)
    tiles(axes, pd.DataFrame({"x": x, "y": y, "colour": colours}))
    for column, row, share, colour in zip(x, y, data["probability"], colours, strict=True):
        if column - row == 1:
            text = f"{share:.0%}"[:-1]
            axes.text(column, row, text, ha="center", va="center", size=7.5, color=style.ink_on(colour))
    names = style.city_names(order, language).tolist()
    axes.set_yticks(
        range(len(names) - 1), [f"{name}  {rank}" for name, rank in zip(names, order["published"], strict=True)][:-1]
    )
    short = [style.fit(name, SLANTED, style.SMALL) for name in names[1:]]
    axes.set_xticks(range(1, len(names)), short, rotation=45, ha="left", rotation_mode="anchor", size=style.SMALL)
    axes.xaxis.tick_top()
    axes.set(xlim=(0.4, len(names) - 0.4), ylim=(len(names) - 1.4, -0.6))
    if shown.left:
        figure.text(1.6 / 10, 0.55 / tall, shown.more(language), size=style.SMALL, color=style.MUTED, va="center")
    note = style.pick(
        language, f"行{unit.zh}在列{unit.zh}之上的抽取（%）", "draws in which the row is above the column, %"
    )
    # the key in the free corner, smaller by as much as there are fewer pairs than of twenty units
    part, foot = min(1.0, len(names) / 20), len(names) - 1.4
    left, key = 0.4 + 0.1 * part, {"size": style.SMALL, "color": style.MUTED}
    axes.text(left, foot - 3.8 * part, note, **key)
    for number, colour in enumerate(SIDES):
        axes.scatter([0.4 + (0.4 + 0.75 * number) * part], [foot - 2.8 * part], marker="s", s=150, color=colour)
    ends = style.pick(language, ["0：相反", "100：一致"], ["0: the other way", "100: as published"])
    axes.text(left, foot - 1.8 * part, ends[0], **key)
    axes.text(left + 0.75 * len(SIDES) * part, foot - 1.8 * part, ends[1], ha="center", **key)
    return figure


def _last(data: pd.DataFrame) -> pd.DataFrame:
    """Return the city that is published last, which begins no pair."""
    last = data[data["other_published"] == data["other_published"].max()].head(1)
    names = {"other": "city", "other_en": "city_en", "other_published": "published"}
    return last[list(names)].rename(columns=names)


def _side(share: float) -> str:
    return SIDES[min(int(share * len(SIDES)), len(SIDES) - 1)]
