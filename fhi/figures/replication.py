"""Beyond the report: what data each city has, and the recomputed ranks against the published ones."""

from __future__ import annotations

import matplotlib
import pandas as pd

from fhi.agreement import published
from fhi.figures import style
from fhi.figures.charts import in_order, with_names, with_node_names
from fhi.figures.evidence import kinds
from fhi.figures.registry import Tables, figure
from fhi.framework import Framework


def coverage_data(tables: Tables) -> pd.DataFrame:
    """One row a city and indicator: its evidence label (empty: missing), whether the index uses it, and its bounds."""
    cells = tables["coverage"].sort_values("indicator", key=lambda codes: in_order(tables, codes), kind="stable")
    return with_node_names(with_names(cells, tables), tables, "indicator")


def coverage_caption(data: pd.DataFrame) -> dict[str, str]:
    filled = data["evidence"].notna()
    used = data[data["used"]]["indicator"].nunique()
    total, cities = data["indicator"].nunique(), data["city"].nunique()
    complete = data[data["used"] & filled].groupby("city").size().eq(used).sum()
    bounded = (data["low"] < data["high"]).sum()
    return {
        "zh": f"{cities}城×{total}项指标中，{filled.sum()}格有数据（{filled.mean():.0%}）。{used}项指标进入指数；"
        f"×标记的数值未进入指数：覆盖城市过少，或方案未取。"
        + (f"≈标记的{bounded}格只知区间（报告印出了合计，未印各城），取其中点。" if bounded else "")
        + f"{complete}个城市的这{used}项齐全。",
        "en": f"Of {cities} cities × {total} indicators, {filled.sum()} cells hold data ({filled.mean():.0%}). {used} indicators "
        "enter the index; values marked × do not: too few cities have them, or the scenario leaves them out. "
        + (f"{bounded} marked ≈ are known up to an interval, of which the middle is taken. " if bounded else "")
        + f"{complete} cities have all {used}.",
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
    """Grid of cities and indicators coloured by evidence; × marks values left out, ≈ those known up to an interval."""
    import seaborn

    figure = style.canvas(11.2)
    axes = style.area(figure, left=1.3, right=1.2, bottom=0.85, top=2.5)
    order = data.groupby("city")["evidence"].count().sort_values(ascending=False, kind="stable").index
    label = "city" if language == "zh" else "city_en"
    labels = kinds(data["evidence"])
    codes = data.assign(
        code=data["evidence"].map({name: place for place, name in enumerate(labels, start=1)}).fillna(0)
    )
    indicators = list(dict.fromkeys(data["indicator"]))
    grid = codes.pivot(index="city", columns="indicator", values="code").loc[order, indicators]
    colours = ["#f3f5f7", *(style.EVIDENCE_COLOURS[name] for name in labels)]
    colours = matplotlib.colors.ListedColormap(colours)
    shades = {"cmap": colours, "vmin": 0, "vmax": len(labels)}
    seaborn.heatmap(grid, ax=axes, **shades, cbar=False, linewidths=1, linecolor=style.PAPER)
    marks = {"×": data["evidence"].notna() & ~data["used"], "≈": data["used"] & (data["low"] < data["high"])}
    for mark, marked in marks.items():
        for city, indicator in zip(data.loc[marked, "city"], data.loc[marked, "indicator"], strict=True):
            place = indicators.index(indicator) + 0.5, list(order).index(city) + 0.5
            axes.text(*place, mark, color=style.PAPER, ha="center", va="center", weight="bold")
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
    axes.set_yticks([place + 0.5 for place in range(len(order))], cities[order], rotation=0, size=style.SMALL)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set(xlabel="", ylabel="")
    _key(axes, labels, language, len(order), len(indicators))
    return figure


def _key(axes, labels: tuple[str, ...], language: str, rows: int, columns: int) -> None:
    entries = [(style.EVIDENCE_COLOURS[name], style.EVIDENCE_NAMES[name][language]) for name in labels]
    entries.append(("#f3f5f7", style.pick(language, "缺失", "missing")))
    for place, (colour, text) in enumerate(entries):
        x = columns * place / (len(entries) + 1)
        axes.scatter([x + 0.2], [rows + 0.75], marker="s", s=60, color=colour, edgecolor=style.LINE, clip_on=False)
        axes.text(x + 0.5, rows + 0.75, text, va="center", size=style.SMALL)
    axes.text(
        columns * len(entries) / (len(entries) + 1),
        rows + 0.75,
        style.pick(language, "×  未用    ≈  区间", "×  not used    ≈  bounds"),
        va="center",
        size=style.SMALL,
    )


def replication_data(tables: Tables) -> pd.DataFrame:
    """Computed and published rank by city and node, with the agreement of each node and the number of indicators used below it."""
    tree = Framework.from_table(tables["tables/framework"])
    frame = tables["comparison"].merge(tables["agreement"][["node", "kendall_tau_b", "spearman_rho"]], on="node")
    used = set(tables["weights"].query("effective > 0")["node"])
    frame["indicators"] = [len(used & set(tree.leaves_below(node))) for node in frame["node"]]
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
    overall = data[data["node"] == nodes["node"].iloc[0]]
    widest = overall.loc[overall["difference"].abs().idxmax()]
    return {
        "zh": f"与公布名次的Kendall τ-b（括号内为所用指标数）：{'、'.join(taus['zh'])}。总排名相差最大的是{widest['city']}"
        f"（重算减公布：{widest['difference']:+d}位）。方法未向公布名次调整。",
        "en": f"Kendall's tau-b with the published ranks (indicators used in brackets): {', '.join(taus['en'])}. The widest "
        f"overall difference, recomputed less published, is {widest['city_en']} ({widest['difference']:+d}). Nothing was tuned "
        "towards the published ranks.",
    }


@figure(
    "replication",
    page=None,
    evidence=("public", "published"),
    title={"zh": "重算的名次与公布的名次", "en": "Ranks as recomputed and as published"},
    data=replication_data,
    caption=replication_caption,
    needs=("comparison",),
)
def replication(data: pd.DataFrame, language: str):
    """Panels (index and pillars, at most four): recomputed rank a dot, published rank a ring, one row a city."""
    figure = style.canvas(7.4, width=11)
    nodes = list(dict.fromkeys(data["node"]))[:4]
    last = int(data[["rank", "published"]].max().max())
    cities = data[data["node"] == nodes[0]].reset_index(drop=True)
    place = {city: row for row, city in enumerate(cities["city"])}
    for column, node in enumerate(nodes):
        left = 1.35 + column * 2.36
        axes = style.quiet(style.area(figure, left=left, right=11 - left - 2.15, top=1.6, bottom=0.85), grid="x")
        rows = data[data["node"] == node]
        heights = rows["city"].map(place)
        axes.hlines(heights, rows["published"], rows["rank"], color=style.LINE, linewidth=2, zorder=1)
        axes.scatter(rows["published"], heights, zorder=2, **style.RING)
        axes.scatter(rows["rank"], heights, s=style.DOT, color=style.PILLARS.get(node, style.INK), zorder=3)
        names = style.city_names(cities, language) if column == 0 else [""] * len(cities)
        axes.set_yticks(range(len(cities)), names)
        axes.set(xlim=(0, last + 1), ylim=(len(cities) - 0.4, -0.6), xticks=[1, last // 2, last])
        first = rows.iloc[0]
        axes.text(
            0,
            1.085,
            first[f"node_{language}"],
            transform=axes.transAxes,
            weight="bold",
            size=style.BODY if language == "zh" else style.SMALL,
        )
        statistics = f"τ-b {first['kendall_tau_b']:.2f}   ρ {first['spearman_rho']:.2f}"
        axes.text(0, 1.03, statistics, transform=axes.transAxes, size=style.SMALL, color=style.MUTED)
    note = style.pick(
        language, "●  重算名次    ○  公布名次    （1为最佳）", "●  recomputed rank    ○  published rank    (1 is best)"
    )
    figure.text(1.35 / 11, 0.42 / 7.4, note, size=style.SMALL, color=style.MUTED, va="center")
    return figure
