"""Beyond the report: what data each city has, and the reconstructed ranks against the published ones."""

from __future__ import annotations

import matplotlib
import pandas as pd
from matplotlib.patches import Rectangle

from fhi.editions.provenance import of_whole
from fhi.editions.published import published
from fhi.engine.framework import Framework
from fhi.showing.figures import style
from fhi.showing.figures.charts import chosen, height, in_order, with_names, with_node_names
from fhi.showing.figures.evidence import kinds
from fhi.showing.figures.registry import LANGUAGES, Tables, figure
from fhi.showing.figures.weight_words import weight_words


def coverage_data(tables: Tables) -> pd.DataFrame:
    """One row a city and indicator: its label (empty: missing), whether the index uses it, its year, age and bounds."""
    cells = tables["coverage"].sort_values("indicator", key=lambda codes: in_order(tables, codes), kind="stable")
    return with_node_names(with_names(cells, tables), tables, "indicator")


def coverage_caption(data: pd.DataFrame) -> dict[str, str]:
    filled = data["evidence"].notna()
    used = data[data["used"]]["indicator"].nunique()
    total, cities = data["indicator"].nunique(), data["city"].nunique()
    complete = data[data["used"] & filled & ~data["old"]].groupby("city").size().eq(used).sum()
    bounds, ages = bound_words(data), age_words(data)
    return {
        "zh": f"{cities}城×{total}项指标中，{filled.sum()}格有数据（{filled.mean():.0%}）。{used}项指标进入指数；"
        f"×标记的数值未进入指数：覆盖城市过少，或方案未取。"
        f"{bounds['zh']}{complete}个城市的这{used}项齐全。{ages['zh']}",
        "en": f"Of {cities} cities × {total} indicators, {filled.sum()} cells hold data ({filled.mean():.0%}). {used} indicators "
        "enter the index; values marked × do not: too few cities have them, or the scenario leaves them out. "
        f"{bounds['en']}{complete} cities have all {used}. {ages['en']}",
    }


def bound_words(data: pd.DataFrame) -> dict[str, str]:
    """Return how many cells are known up to an interval: by the sums that the report prints, or by firms of uncertain city."""
    bounded, public = data["low"] < data["high"], data["evidence"] == "public"
    words = {"zh": "", "en": ""}
    if sums := (bounded & ~public).sum():
        words["zh"] += f"≈标记的{sums}格只知区间（报告给出了合计，未给出各城），取其中点。"
        words["en"] += (
            f"{sums} marked ≈ are known up to an interval that printed sums leave, of which the middle is taken. "
        )
    if firms := (bounded & public).sum():
        words["zh"] += f"≈标记的{firms}格公开数据只知区间（部分上市公司所在城市不确定）。"
        words["en"] += f"{firms} public ones marked ≈ depend on listed firms whose city is not certain. "
    return words


def age_words(data: pd.DataFrame) -> dict[str, str]:
    """Return how many values are of another year than the edition, and how many of them are shown as old."""
    earlier, old = data[data["age"] > 0], data[data["old"]]
    if earlier.empty:
        return {"zh": "数值均为本期年份。", "en": "All values are of the edition's year."}
    most = earlier["age"].max()
    words = {
        "zh": f"格中数字为早于本期的数值年份（{len(earlier)}格，最多早{most:.0f}年）",
        "en": f"A year in a cell is that of a value from before the edition: {len(earlier)} in all, by up to {most:.0f} "
        f"{'year' if most == 1 else 'years'}",
    }
    if old.empty:
        return {"zh": words["zh"] + "。", "en": words["en"] + "."}
    return {
        "zh": words["zh"] + f"；其中{len(old)}格过旧（早{old['age'].min():.0f}年及以上），以斜线标出，不计入齐全。",
        "en": words["en"]
        + f"; {len(old)} of them are old ({old['age'].min():.0f} years and more), are hatched and do not "
        "count as complete.",
    }


@figure(
    "coverage",
    page=None,
    evidence=("published", "derived", "public"),
    title={"zh": "数据覆盖：城市×指标×证据", "en": "Data coverage: city by indicator by evidence"},
    data=coverage_data,
    caption=coverage_caption,
)
def coverage(data: pd.DataFrame, language: str):
    """Grid of cities and indicators by label; × marks values left out, ≈ known up to an interval, hatching old ones."""
    import seaborn

    figure = style.canvas(11.2)
    axes = style.area(figure, left=1.3, right=1.2, bottom=0.85, top=2.5)
    shown = chosen(data.groupby("city")["evidence"].count().sort_values(ascending=False, kind="stable").index)
    order, data = list(shown.place), shown.of(data)
    label = "city" if language == "zh" else "city_en"
    labels = kinds(data["evidence"])
    codes = data.assign(
        code=data["evidence"].map({name: place for place, name in enumerate(labels, start=1)}).fillna(0)
    )
    indicators = list(dict.fromkeys(data["indicator"]))
    grid = codes.pivot(index="city", columns="indicator", values="code").loc[order, indicators]
    if shown.left:
        # a row of its own, coloured like nothing, for what is left out
        grid = pd.concat(
            [grid[: shown.gap], pd.DataFrame(index=[""], columns=indicators, dtype=float), grid[shown.gap :]]
        )
    colours = ["#f3f5f7", *(style.EVIDENCE_COLOURS[name] for name in labels)]
    colours = matplotlib.colors.ListedColormap(colours)
    shades = {"cmap": colours, "vmin": 0, "vmax": len(labels)}
    seaborn.heatmap(grid, ax=axes, **shades, cbar=False, linewidths=1, linecolor=style.PAPER)
    for item in data[data["evidence"].notna()].itertuples():
        x, y = indicators.index(item.indicator), shown.place[item.city]
        if item.old:
            axes.add_patch(Rectangle((x, y), 1, 1, **style.OLD))
        earlier = f"{item.value_year:.0f}" if item.age > 0 else ""
        kind = "×" if not item.used else "≈" if item.low < item.high else ""
        if mark := " ".join(part for part in (kind, earlier) if part):
            size = 6.5 if earlier else style.BODY
            text = axes.text(
                x + 0.5, y + 0.5, mark, color=style.PAPER, ha="center", va="center", weight="bold", size=size
            )
            if item.old:
                # legible on the hatching
                text.set_bbox({"facecolor": style.EVIDENCE_COLOURS[item.evidence], "edgecolor": "none", "pad": 1})
    names = data.drop_duplicates("indicator").set_index("indicator")[f"indicator_{language}"]
    cities = data.drop_duplicates("city").set_index("city", drop=False)[label].map(style.brief)
    axes.set_xticks(
        [place + 0.5 for place in range(len(indicators))],
        names[indicators],
        rotation=45,
        ha="left",
        rotation_mode="anchor",
        size=style.SMALL,
    )
    shown.name_rows(axes, cities[order], language, rotation=0, size=style.SMALL, middle=0.5)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set(xlabel="", ylabel="")
    _key(axes, labels, language, shown.count, len(indicators), old=data["old"].any())
    return figure


def _key(axes, labels: tuple[str, ...], language: str, rows: int, columns: int, *, old: bool) -> None:
    entries = [(style.EVIDENCE_COLOURS[name], style.EVIDENCE_NAMES[name][language]) for name in labels]
    entries.append(("#f3f5f7", style.pick(language, "缺失", "missing")))
    if old:
        entries.append((style.MUTED, style.pick(language, "过旧", "old")))
    for place, (colour, text) in enumerate(entries):
        x = columns * place / (len(entries) + 1)
        axes.scatter([x + 0.2], [rows + 0.75], marker="s", s=60, color=colour, edgecolor=style.LINE, clip_on=False)
        if old and place == len(entries) - 1:
            axes.add_patch(Rectangle((x, rows + 0.5), 0.4, 0.5, clip_on=False, zorder=4, **style.OLD))
        axes.text(x + 0.5, rows + 0.75, text, va="center", size=style.SMALL)
    axes.text(
        columns * len(entries) / (len(entries) + 1),
        rows + 0.75,
        style.pick(language, "×  未用    ≈  区间", "×  not used    ≈  bounds"),
        va="center",
        size=style.SMALL,
    )


def replication_data(tables: Tables) -> pd.DataFrame:
    """Reconstructed and published rank by city and node, with the agreement of each node, the number of indicators used
    below it and the evidence that carries its weight.
    """
    tree = Framework.from_table(tables["tables/framework"])
    measures = of_whole(tables["agreement"])[["kendall_tau_b", "spearman_rho"]]
    frame = tables["comparison"].merge(measures, left_on="node", right_index=True)
    used = set(tables["weights"].query("effective > 0")["node"])
    frame["indicators"] = [len(used & set(tree.leaves_below(node))) for node in frame["node"]]
    weight = {node: weight_words(tables, node) for node in frame["node"].unique()}
    for language in LANGUAGES:
        frame[f"weight_{language}"] = [weight[node][language] for node in frame["node"]]
    printed = published(tables)
    first = next(code for code in tree.table.index if code in set(printed["node"]))
    frame["order"] = frame["city"].map(printed[printed["node"] == first].set_index("city")["rank"])
    frame = with_node_names(frame.assign(place=in_order(tables, frame["node"])), tables, "node")
    return with_names(frame.sort_values(["place", "order"]).drop(columns="place"), tables)


def replication_caption(data: pd.DataFrame) -> dict[str, str]:
    nodes = data.drop_duplicates("node")
    taus = {
        language: [
            f"{item[f'node_{language}']} {item['kendall_tau_b']:.2f} ({item['indicators']})"
            for _, item in nodes.iterrows()
        ]
        for language in ("zh", "en")
    }
    first = nodes.iloc[0]
    overall = data[data["node"] == first["node"]]
    widest = overall.loc[overall["difference"].abs().idxmax()]
    return {
        "zh": f"与公布名次的Kendall τ-b（括号内为所用指标数）：{'、'.join(taus['zh'])}。重建指数的权重来源：{first['weight_zh']}。"
        f"总排名相差最大的是{widest['city']}（重建减公布：{widest['difference']:+d}位）。方法未向公布名次调整。",
        "en": f"Kendall's tau-b with the published ranks (indicators used in brackets): {', '.join(taus['en'])}. The weight of "
        f"the reconstructed index rests on: {first['weight_en']}. The widest overall difference, reconstructed less "
        f"published, is {widest['city_en']} ({widest['difference']:+d}). Nothing was tuned towards the published ranks.",
    }


@figure(
    "replication",
    page=None,
    evidence=("reconstructed", "published"),
    title={"zh": "重建名次与公布名次", "en": "Reconstructed and published ranks"},
    data=replication_data,
    caption=replication_caption,
    needs=("comparison",),
)
def replication(data: pd.DataFrame, language: str):
    """Panels (index and pillars, at most four): reconstructed rank a dot, published rank a ring, one row a city."""
    nodes = list(dict.fromkeys(data["node"]))[:4]
    last = int(data[["rank", "published"]].max().max())
    shown = chosen(data[data["node"] == nodes[0]]["city"])
    tall, data = height(7.4, shown.count), shown.of(data)
    cities = data[data["node"] == nodes[0]].reset_index(drop=True)
    figure = style.canvas(tall, width=11)
    pitch, edge = 9.44 / len(nodes), max(1, 0.05 * last)
    width = round(pitch - 0.21, 2)
    # lines of text above a panel, as shares of its height: they keep their distances in inches
    line = 4.95 / (tall - 1.6 - 0.85)
    for column, node in enumerate(nodes):
        left = 1.35 + column * pitch
        axes = style.quiet(style.area(figure, left=left, right=11 - left - width, top=1.6, bottom=0.85), grid="x")
        rows = data[data["node"] == node]
        heights = rows["city"].map(shown.place)
        axes.hlines(heights, rows["published"], rows["rank"], color=style.LINE, linewidth=2, zorder=1)
        axes.scatter(rows["published"], heights, zorder=2, **style.RING)
        axes.scatter(rows["rank"], heights, s=style.DOT, color=style.PILLARS.get(node, style.INK), zorder=3)
        if column == 0:
            shown.name_rows(axes, style.city_names(cities, language), language)
        else:
            axes.set_yticks(range(shown.count), [""] * shown.count)
        axes.set(xlim=(1 - edge, last + edge), ylim=(shown.count - 0.4, -0.6), xticks=[1, last // 2, last])
        first = rows.iloc[0]
        axes.text(
            0,
            1 + 0.085 * line,
            first[f"node_{language}"],
            transform=axes.transAxes,
            weight="bold",
            size=style.BODY if language == "zh" else style.SMALL,
        )
        statistics = f"τ-b {first['kendall_tau_b']:.2f}   ρ {first['spearman_rho']:.2f}"
        axes.text(0, 1 + 0.043 * line, statistics, transform=axes.transAxes, size=style.SMALL, color=style.MUTED)
        weight = style.fit(first[f"weight_{language}"], (pitch - 0.22) * 72, 7)
        axes.text(0, 1 + 0.005 * line, weight, transform=axes.transAxes, size=7, color=style.MUTED)
    note = style.pick(
        language,
        "●  重建名次    ○  公布名次    （1为最佳）",
        "●  reconstructed rank    ○  published rank    (1 is best)",
    )
    figure.text(1.35 / 11, 0.42 / tall, note, size=style.SMALL, color=style.MUTED, va="center")
    return figure
