"""Beyond the report: data by unit, reconstructed against published ranks, and every published order against the values."""

import re

import matplotlib
import pandas as pd
from matplotlib.patches import Rectangle

from fhi.editions.provenance import of_whole
from fhi.editions.published import published
from fhi.engine.framework import Framework
from fhi.showing.figures import charts, style
from fhi.showing.figures.charts import chosen, english, in_order, key, margin, row_names, with_names, with_node_names
from fhi.showing.figures.evidence import kinds, weight_words
from fhi.showing.figures.registry import Tables, Texts, figure
from fhi.showing.figures.texts import sheet, wrapped
from fhi.showing.figures.wording import NOTHING, both, columns, each, joined, said, together, with_words, words

#: the signs of evidence as marks, and the ground of a value that is too old
SIGNS = {
    "published": {"marker": "o", "fillstyle": "full"},
    "derived": {"marker": "o", "fillstyle": "left"},
    "public": {"marker": "o", "fillstyle": "none"},
    "reconstructed": {"marker": "D", "fillstyle": "full"},
    "user": {"marker": "^", "fillstyle": "full"},
    "synthetic": {"marker": "^", "fillstyle": "none"},
}
OLD = {"facecolor": style.PAPER, "edgecolor": style.FAINT, "hatch": "/////", "linewidth": 0, "zorder": 1.5}


def coverage_data(tables: Tables) -> pd.DataFrame:
    """One row a city and indicator: its label (empty: missing), whether the index uses it, its year, age and bounds."""
    cells = tables["coverage"].sort_values("indicator", key=lambda codes: in_order(tables, codes), kind="stable")
    return with_words(with_node_names(with_names(cells, tables), tables, "indicator"), tables)


def coverage_caption(data: pd.DataFrame) -> dict[str, str]:
    filled, used = data["evidence"].notna(), data.loc[data["used"], "indicator"].nunique()
    complete = data[data["used"] & filled & ~data["old"]].groupby("city").size().eq(used).sum()
    values = {"cities": data["city"].nunique(), "total": data["indicator"].nunique(), "filled": filled.sum()}
    values |= {"share": filled.mean(), "used": used, "complete": complete, "unit": words(data)}
    return together(both("coverage.caption", **values), *bound_words(data), age_words(data))


def bound_words(data: pd.DataFrame) -> list[Texts]:
    """Say how many cells are known up to an interval: by the sums that a publication gives, or by firms of uncertain place."""
    bounded, public = data["low"] < data["high"], data["evidence"] == "public"
    found = {"sums": (bounded & ~public).sum(), "firms": (bounded & public).sum()}
    return [both(f"coverage.{name}", count=count) for name, count in found.items() if count]


def age_words(data: pd.DataFrame) -> dict[str, str]:
    """Return how many values are of another year than the edition, and how many of them are shown as old."""
    earlier, old = data[data["age"] > 0], data[data["old"]]
    if earlier.empty:
        return both("coverage.all-new")
    most = earlier["age"].max()
    years = {"zh": f"{most:.0f}年", "en": f"{most:.0f} year{'' if most == 1 else 's'}"}
    values = {"count": len(earlier), "most": most, "years": years, "old": len(old), "least": old["age"].min()}
    return both("coverage.earlier" if old.empty else "coverage.earlier-old", **values)


#: points that a slanted head may be long
HEAD = 190


@figure("coverage", coverage_data, coverage_caption)
def coverage(data: pd.DataFrame, language: str):
    """Grid of cities and indicators by label; × marks values left out, ≈ known up to an interval, hatching old ones."""
    import seaborn

    shown = chosen(data.groupby("city")["evidence"].count().sort_values(ascending=False, kind="stable").index)
    order, data = list(shown.place), shown.of(data)
    there = list(dict.fromkeys(data["indicator"]))
    indicators = there[: charts.MOST_COLUMNS]
    data = data[data["indicator"].isin(indicators)].reset_index(drop=True)
    names = data.drop_duplicates("indicator").set_index("indicator")[f"indicator_{language}"]
    heads = [style.fit(names[code], HEAD, style.SMALL) for code in indicators]
    top = 0.85 + max(style.extent(head, style.SMALL) for head in heads) / 72 * 0.71
    figure = style.canvas(top + 0.21 * shown.count + 1.0)
    cities = row_names(data.drop_duplicates("city").set_index("city", drop=False).loc[order], language)
    axes = style.area(figure, left=margin(cities, 0.1), right=0.9, bottom=0.95, top=top)
    # ground: pale where there is a value, white where there is none
    known = data["evidence"].notna().astype(float).groupby([data["city"], data["indicator"]]).first().unstack()
    rows = [*order[: shown.gap], "", *order[shown.gap :]] if shown.left else order
    grid = known.reindex(index=rows, columns=indicators)
    ground = {"cmap": matplotlib.colors.ListedColormap([style.PAPER, style.REST]), "vmin": 0, "vmax": 1}
    seaborn.heatmap(grid, ax=axes, **ground, cbar=False, linewidths=1, linecolor=style.PAPER)
    for item in data[data["evidence"].notna()].itertuples():
        x, y = indicators.index(item.indicator), shown.place[item.city]
        if item.old:
            axes.add_patch(Rectangle((x + 0.04, y + 0.06), 0.92, 0.88, **OLD))
        _sign(axes, x + 0.24, y + 0.5, item.evidence, item.used)
        earlier = f"'{item.value_year % 100:02.0f}" if item.age > 0 else ""
        kind = "≈" if item.used and item.low < item.high else ""
        if mark := f"{kind}{earlier}":
            style.note(axes, x + 0.42, y + 0.5, mark, color=style.INK if item.used else style.MUTED)
    look = {"rotation": 45, "ha": "left", "rotation_mode": "anchor", "size": style.SMALL}
    axes.set_xticks([place + 0.4 for place in range(len(indicators))], heads, **look)
    shown.name_rows(axes, cities, language, rotation=0, size=style.SMALL, middle=0.5)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set(xlabel="", ylabel="")
    _key(axes, kinds(data["evidence"]), language, shown.count, len(indicators), old=data["old"].any())
    drawn = charts.indicators_drawn(len(indicators), len(there), language)
    style.note(axes, len(indicators), shown.count + 0.9, drawn, ha="right")
    return figure


def _sign(axes, x: float, y: float, label: str, used: bool = True) -> None:
    """Draw the sign of a kind of evidence; hollow with a cross where the index does not use the value."""
    look = {"color": style.DARK, "markersize": 7.5, "markerfacecoloralt": style.PAPER, "markeredgewidth": 1.0}
    axes.plot([x], [y], linestyle="none", clip_on=False, **look, **(SIGNS[label] if used else {"marker": "x"}))


def _key(axes, labels: tuple[str, ...], language: str, rows: int, columns: int, *, old: bool) -> None:
    """Say below the table what the signs mean."""
    y, x, inches = rows + 0.9, 0.2, axes.get_position().width * 10 / columns
    entries = {label: style.EVIDENCE_NAMES[label][language] for label in labels}
    for label, text in (entries | {"unused": said("coverage.unused", language)}).items():
        _sign(axes, x, y, label, used=label != "unused")
        axes.text(x + 0.2 / inches, y, text, va="center", size=style.SMALL)
        x += (0.5 + style.extent(text, style.SMALL) / 72) / inches
    rest = said("coverage.rest", language)
    axes.text(0.05, rows + 1.9, rest, va="center", size=style.SMALL)
    if old:
        x = 0.2 + (0.4 + style.extent(rest, style.SMALL) / 72) / inches
        axes.add_patch(Rectangle((x, rows + 1.5), 0.4, 0.8, clip_on=False, **OLD))
        axes.text(x + 0.5, rows + 1.9, said("coverage.old", language), va="center", size=style.SMALL)


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
    frame = frame.assign(**columns("weight", frame["node"].map(weight)))
    printed = published(tables)
    first = next(code for code in tree.table.index if code in set(printed["node"]))
    frame["order"] = frame["city"].map(printed[printed["node"] == first].set_index("city")["rank"])
    frame = with_node_names(frame.assign(place=in_order(tables, frame["node"])), tables, "node")
    return with_names(frame.sort_values(["place", "order"]).drop(columns="place"), tables)


def replication_caption(data: pd.DataFrame) -> dict[str, str]:
    nodes = data.drop_duplicates("node")
    first = nodes.iloc[0]
    overall = data[data["node"] == first["node"]]
    widest = overall.loc[overall["difference"].abs().idxmax()]
    gap = abs(widest["difference"])
    apart = both(f"replication.{'apart' if gap else 'equal'}", gap=gap, widest=widest)
    return both("replication.caption", taus=each(nodes, "replication.tau"), first=first, apart=apart)


@figure("replication", replication_data, replication_caption)
def replication(data: pd.DataFrame, language: str):
    """Panels (index and pillars, at most four): published rank a dot, reconstructed rank a diamond, one row a unit."""
    nodes = list(dict.fromkeys(data["node"]))[:4]
    last = int(data[["rank", "published"]].max().max())
    shown = chosen(data[data["node"] == nodes[0]]["city"])
    tall, data = charts.height(7.9, shown.count), shown.of(data)
    cities = data[data["node"] == nodes[0]].reset_index(drop=True)
    figure, names = style.canvas(tall), row_names(cities, language)
    left, edge = margin(names, 0.15), max(1, 0.05 * last)
    pitch = (10 - left - 0.2) / len(nodes)
    for column, node in enumerate(nodes):
        start, width = left + column * pitch, pitch - 0.25
        axes = style.quiet(style.area(figure, left=start, right=10 - start - width, top=2.2, bottom=0.95), grid="x")
        rows = data[data["node"] == node]
        heights, hue = rows["city"].map(shown.place), style.PILLARS.get(node, style.INK)
        axes.hlines(heights, rows["published"], rows["rank"], color=style.FAINT, linewidth=1.4, zorder=1)
        axes.scatter(rows["rank"], heights, zorder=2, **style.RECONSTRUCTED | {"edgecolor": hue})
        axes.scatter(rows["published"], heights, zorder=3, **style.PUBLISHED | {"facecolor": hue})
        if column:
            axes.set_yticks(range(shown.count), [""] * shown.count)
        else:
            shown.name_rows(axes, names, language)
            entries = ((style.PUBLISHED, "published"), (style.RECONSTRUCTED, "reconstructed"))
            looks = [(look, said(f"replication.{name}", language)) for look, name in entries]
            key(axes, looks, loc="upper left", bbox_to_anchor=(-0.05, -0.3 / (tall - 3.0)))
        axes.set(xlim=(1 - edge, last + edge), ylim=(shown.count - 0.4, -0.6), xticks=[1, last // 2, last])
        first = rows.iloc[0]
        # three lines of text above a panel, in inches from the top
        node = wrapped(first[f"node_{language}"], width, style.BODY, "bold")
        measures = f"τ-b {first['kendall_tau_b']:.2f}   ρ {first['spearman_rho']:.2f}"
        weight = wrapped(first[f"weight_{language}"], width, style.SMALL, lines=3)
        style.write(figure, start / 10, -0.95, node, weight="bold", size=style.BODY, color=style.INK, va="top")
        style.write(figure, start / 10, -1.35, measures, va="top")
        style.write(figure, start / 10, -1.55, weight, va="top")
    return figure


#: how far a printed order holds, with the mark drawn for it: shapes, so that no colour is needed
HOLDS: dict[str, Texts] = {name: both(f"holds.{name}") for name in ("yes", "no", "partly", "unknown")}
MARKS = {
    "yes": {"marker": "o", "fillstyle": "full"},
    "no": {"marker": "X", "fillstyle": "full"},
    "partly": {"marker": "o", "fillstyle": "left"},
    "unknown": {"marker": "o", "fillstyle": "none"},
}
WHY: dict[str, Texts] = {
    name: both(f"why.{name}") for name in ("proxy", "unprinted share", "coverage", "definition", "tie")
}
#: places of an order that are written out, and the signs between them
SHOWN = 5
BETWEEN = {"|": " > ", "=": " = ", "~": " ~ "}
LINE, TOP = 0.2, 1.0
#: left edges of the columns: indicator, page, published, built, mark, reason; and the right edge
COLUMNS = (0.35, 2.05, 2.5, 5.4, 8.35, 8.55, 9.75)
STARTS = (*COLUMNS[:4], COLUMNS[5])


def written(order: object, names: pd.Series) -> str:
    """Return an order of cities in words, the first `SHOWN` of them; — where no value is known.

    Parameters
    ----------
    order : object
        Units joined by | (before), = (equal) or ~ (not decided).
    names : pandas.Series or mapping
        Names shown, by unit.
    """
    if pd.isna(order) or order == "":
        return "—"
    parts = re.split(r"([|=~])", str(order))
    shown = [BETWEEN.get(part) or names.get(part, part) for part in parts[: 2 * SHOWN - 1]]
    return "".join(shown) + (" …" if len(parts) > 2 * SHOWN else "")


def orders_data(tables: Tables) -> pd.DataFrame:
    """Every printed order with the built one, how far it holds and why not; orders in words in both languages."""
    frame = tables["printed_orders"]
    frame = frame.assign(place=in_order(tables, frame["node"])).sort_values(["place", "page", "fact"])
    for column in ("printed", "built"):
        for language, names in (("zh", {}), ("en", english(tables))):
            frame[f"{column}_{language}"] = [written(order, names) for order in frame[column]]
    return with_node_names(frame.drop(columns="place").reset_index(drop=True), tables, "node")


def orders_caption(data: pd.DataFrame) -> dict[str, str]:
    counts = data["holds"].value_counts().reindex(list(HOLDS), fill_value=0)
    reasons = data.loc[data["holds"] == "no", "why"].value_counts()
    why = joined({name: f"{text} {count}" for name, text in WHY[reason].items()} for reason, count in reasons.items())
    reasons = both("printed-orders.reasons", **why) if counts["no"] else NOTHING
    return both("printed-orders.caption", all=len(data), shown=SHOWN, reasons=reasons, **counts)


@figure("printed-orders", orders_data, orders_caption)
def orders(data: pd.DataFrame, language: str):
    """Table: one row a printed order; full dot: it holds, cross: it does not, half: as far as known, ring: not told."""
    rows = [_cells(item, language) for item in data.itertuples()]
    heights = [LINE * max(cell.count("\n") + 1 for cell in cells) + 0.09 for cells in rows]
    figure = style.canvas(TOP + 0.4 + sum(heights) + 0.85)
    axes = sheet(figure)
    for x, name in zip(STARTS, ("node", "page", "printed", "built", "reason"), strict=True):
        axes.text(x, TOP, said(f"printed-orders.{name}", language), weight="bold", size=style.SMALL, va="center")
    axes.plot([COLUMNS[0], COLUMNS[-1]], [TOP + 0.17] * 2, color=style.MUTED, linewidth=0.8)
    y = TOP + 0.28
    for cells, tall, holds in zip(rows, heights, data["holds"], strict=True):
        for x, text in zip(STARTS, cells, strict=True):
            axes.text(x, y, text, size=style.SMALL, va="top", linespacing=1.25)
        _mark(axes, COLUMNS[4], y + 0.08, holds)
        y += tall
    x, y = COLUMNS[0] + 0.08, y + 0.12
    for holds, text in HOLDS.items():
        _mark(axes, x, y, holds)
        style.note(axes, x + 0.15, y, text[language])
        x += 0.5 + style.extent(text[language], style.SMALL) / 72
    return figure


def _cells(item, language: str) -> list[str]:
    """Return the texts of a row, each broken to the width of its column."""
    reason = "" if pd.isna(item.why) or item.why == "" else WHY[item.why][language]
    node, *orders = (getattr(item, f"{name}_{language}") for name in ("node", "printed", "built"))
    texts = zip((node, str(item.page), *orders, reason), STARTS, (*COLUMNS[1:5], COLUMNS[6]), strict=True)
    return [wrapped(text, end - start - 0.1, style.SMALL, lines=2) for text, start, end in texts]


def _mark(axes, x: float, y: float, holds: str) -> None:
    """Draw the mark of how far an order holds."""
    look = {"color": style.INK, "markersize": 7, "markerfacecoloralt": style.PAPER, "markeredgewidth": 0.9}
    axes.plot([x], [y], linestyle="none", **look, **MARKS[holds])
