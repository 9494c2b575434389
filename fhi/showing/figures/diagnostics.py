"""Diagnostics: correlations, importance beside nominal weights, leave-one-out, and the standing of each unit by indicator."""

import math
from functools import partial

import numpy as np
import pandas as pd

from fhi.engine.multivariate import COLLINEAR
from fhi.showing.figures import charts, style
from fhi.showing.figures.charts import chosen, in_order, key, row_names, with_names, with_node_names
from fhi.showing.figures.evidence import denied, remark, with_firsts
from fhi.showing.figures.moves import arrow
from fhi.showing.figures.registry import LANGUAGES, Tables, figure
from fhi.showing.figures.wording import JOINTS, NOTHING, both, inside, joined, said, together, with_words, words

NAMED = ("first", "second")
#: pairs and alphas that a text tells, of many
TOLD = 12
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
    columns = [
        "kind",
        *NAMED,
        "first_pillar",
        "second_pillar",
        *names,
        "within",
        "units",
        "indicators",
        "value",
        "flag",
    ]
    frame = frame[columns].assign(collinear=frame["kind"].map({"pair": COLLINEAR}))
    return frame.astype({"indicators": "Int64"})


def correlation_caption(data: pd.DataFrame) -> dict[str, str]:
    pairs = data[data["kind"] == "pair"].dropna(subset=["value"])
    within = pairs["within"].astype(bool)
    # a pillar of one indicator has no pair within
    means = {"inner": pairs.loc[within, "value"].mean(), "outer": pairs.loc[~within, "value"].mean()}
    values = {side: "—" if pd.isna(mean) else _two(mean) for side, mean in means.items()}
    values["limit"] = pairs["collinear"].max()
    for flag in ("negative", "collinear"):
        rows = pairs[pairs["flag"] == flag]
        values[flag] = {name: _pairs(rows, name) or said("diagnostic-correlations.none", name) for name in LANGUAGES}
    return both("diagnostic-correlations.caption", **values)


def _two(value: float) -> str:
    """Return a number with two decimals and a minus for a hyphen."""
    return f"{value:.2f}".replace("-", "−")


def _pairs(rows: pd.DataFrame, language: str) -> str:
    columns = rows[[*(f"{name}_{language}" for name in NAMED), "value"]].itertuples(index=False, name=None)
    pair = partial(said, "diagnostic-correlations.pair", language)
    pairs = [pair(first=first, second=second, value=_two(value)) for first, second, value in columns]
    if len(pairs) > TOLD:
        pairs = [*pairs[:TOLD], said("diagnostic-correlations.more", language, count=len(pairs) - TOLD)]
    return {"zh": "、", "en": "; "}[language].join(pairs)


@figure("diagnostic-correlations", correlation_data, correlation_caption)
def correlations(data: pd.DataFrame, language: str):
    """Half a matrix of correlations, pillars set apart, flagged pairs framed; Cronbach's alpha beside it."""
    pairs = data[data["kind"] == "pair"]
    there = list(dict.fromkeys([*pairs["first"], *pairs["second"]]))
    if len(there) > charts.MOST_PAIRED:
        # those in the strongest pairs
        strongest = pairs.sort_values("value", key=abs, ascending=False, kind="stable")
        kept = list(dict.fromkeys(strongest[["first", "second"]].to_numpy().ravel()))[: charts.MOST_PAIRED]
        pairs = pairs[pairs["first"].isin(kept) & pairs["second"].isin(kept)]
    order = list(dict.fromkeys([*pairs["first"], *pairs["second"]]))
    place = {node: number for number, node in enumerate(order)}
    names, pillars = {}, {}
    for name in NAMED:
        short = [style.fit(text, 150, style.SMALL) for text in pairs[f"{name}_{language}"]]
        names |= dict(zip(pairs[name], short, strict=True))
        pillars |= dict(zip(pairs[name], pairs[f"{name}_pillar"], strict=True))
    # the first indicator has no row and the last no column
    grid = pairs.pivot(index="second", columns="first", values="value").reindex(index=order[1:], columns=order[:-1])
    grid, rows = grid.to_numpy(dtype=float), len(order) - 1
    figure = style.canvas(2.3 + 0.46 * rows)
    longest = max((style.extent(name, style.SMALL) for name in names.values()), default=0)
    axes = style.area(figure, left=longest / 72 + 0.2, right=1.5, top=0.95, bottom=0.95)
    charts.heat_cells(axes, grid, 1.0, [["" if np.isnan(value) else _two(value) for value in row] for row in grid])
    for node, number in place.items():
        look = {"color": style.PILLARS.get(pillars[node], style.INK), "size": style.SMALL, "va": "center"}
        name = names[node]
        if number:
            axes.annotate(name, (0, number - 0.5), (-8, 0), textcoords="offset points", ha="right", **look)
        if number < rows:
            axes.text(number + 0.12, number - 0.18, name, ha="left", **look)
    for pair in pairs[pairs["flag"].fillna("") != ""].itertuples():
        x, y = place[pair.first], place[pair.second] - 1
        axes.plot([x, x + 1, x + 1, x, x], [y, y, y + 1, y + 1, y], color=style.INK, linewidth=1.8, clip_on=False)
    _alphas(axes, data[data["kind"] == "alpha"][:TOLD], language)
    charts.indicators_left(figure, len(order), len(there), language)
    note = said("diagnostic-correlations.framed", language, limit=pairs["collinear"].max())
    charts.heat_scale(axes, "−1", f"+1    {note}")
    return figure


def _alphas(axes, rows: pd.DataFrame, language: str) -> None:
    """Write Cronbach's alpha by node into the empty half of the matrix, from its upper right corner down."""
    look = {"transform": axes.transAxes, "va": "center", "ha": "right", "size": style.SMALL}
    axes.text(1.14, 1.0, said("diagnostic-correlations.alpha", language), weight="bold", **look)
    high = axes.get_position().height * axes.figure.get_size_inches()[1]
    for number, item in enumerate(rows.itertuples(), start=1):
        name = style.fit(getattr(item, f"first_{language}"), 150, style.SMALL)
        text = said("diagnostic-correlations.counts", language, item=item, name=name)
        axes.text(1.14, 1.0 - 0.24 * number / high, text, color=style.MUTED, **look)


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
    ends = {"more": data.loc[gaps.idxmax()], "less": data.loc[gaps.idxmin()]}
    return both("diagnostic-weights.caption", **ends, other=inside(ends["less"], "node"))


@figure("diagnostic-weights", weight_data, weight_caption)
def weights(data: pd.DataFrame, language: str):
    """One row a node, by family: ring for its weight, dot for its share of importance, a line between."""
    whole = len(data)
    data = _widest(data)
    heads, ys, y = {}, [], 0.0
    for parent, family in data.groupby(f"parent_{language}", sort=False):
        heads[parent] = y
        ys += [y + row for row in range(1, len(family) + 1)]
        y = ys[-1] + 1.5
    figure = style.canvas(1.9 + 0.3 * y)
    axes = style.quiet(style.area(figure, left=LEFT, right=0.9, top=0.95, bottom=0.95), grid="x")
    room = (LEFT - style.SIDE) * 72
    axes.hlines(ys, data["weight"], data["share"], color=style.FAINT, linewidth=1.4, zorder=1)
    axes.scatter(data["weight"], ys, zorder=2, **style.RING)
    colours = [style.PILLARS.get(node, style.INK) for node in data["node"]]
    axes.scatter(data["share"], ys, zorder=3, s=style.DOT, color=colours)
    for name, top in heads.items():
        name = style.fit(name, room, style.BODY, "bold")
        axes.annotate(name, (0, top), (-room, 0), va="center", weight="bold", **style.BESIDE)
    axes.set_yticks(ys, [style.fit(name, room - 12, style.BODY) for name in data[f"node_{language}"]])
    highest = max(data["share"].max(), data["weight"].max())
    axes.set(xlim=(0, highest * 1.08), ylim=(y - 1.0, -0.7))
    dot = {"marker": "o", "s": style.DOT, "color": style.INK}
    charts.explain(axes, "diagnostic-weights", language, {"nominal": style.RING | {"marker": "o"}, "importance": dot})
    charts.indicators_left(figure, len(data), whole, language)
    return figure


def _widest(data: pd.DataFrame) -> pd.DataFrame:
    """Return the families with the widest gaps between weight and importance, of more than `charts.MOST` nodes."""
    if len(data) <= charts.MOST:
        return data
    gaps = (data["share"] - data["weight"]).abs().groupby(data["parent"]).max()
    sizes = data.groupby("parent").size().loc[gaps.sort_values(ascending=False, kind="stable").index]
    # a family takes a row for its head and one and a half between
    kept = sizes.index[(sizes + 2.5).cumsum() <= max(charts.MOST, sizes.iloc[0] + 2.5)]
    return data[data["parent"].isin(kept)].reset_index(drop=True)


def effect_data(tables: Tables) -> pd.DataFrame:
    """How many cities move by how many places without a node: one row a node and shift, with its mean and its extreme."""
    shifts = tables["rank_shifts"]
    counts = shifts.groupby(["node", "shift"]).size().rename("moved").reset_index()
    summary = tables["effects"][["node", "cities", "mean_absolute_shift", "largest_shift", "city"]]
    frame = counts.merge(summary, on="node").astype({"largest_shift": int})
    nodes = tables["tables/framework"].set_index("code")
    frame["pillar"] = frame["node"].map(nodes["level"]) == 1
    frame["place"] = in_order(tables, frame["node"])
    frame = frame.sort_values(["pillar", "mean_absolute_shift", "place", "shift"], ascending=[False, False, True, True])
    return with_words(with_names(with_node_names(frame.drop(columns="place"), tables, "node"), tables), tables)


def effect_caption(data: pd.DataFrame) -> dict[str, str]:
    leaves = data.drop_duplicates("node").query("not pillar")
    ends = {"most": leaves.iloc[0], "least": leaves.iloc[-1]}
    names = {f"{end}_name": inside(item, "node") for end, item in ends.items()}
    return both("diagnostic-effects.caption", **ends, **names, unit=words(data))


@figure("diagnostic-effects", effect_data, effect_caption)
def effects(data: pd.DataFrame, language: str):
    """One row a node: circles at the places lost and gained, sized by the number of units; the mean and the furthest unit."""
    nodes = data.drop_duplicates("node").reset_index(drop=True)
    there = len(nodes)
    nodes = nodes[nodes["node"].isin(chosen(nodes["node"], charts.MOST_ROWS).place)].reset_index(drop=True)
    data = data[data["node"].isin(nodes["node"])]
    # a gap between the pillars and the indicators
    heights = [row + (0 if pillar else 0.6) for row, pillar in enumerate(nodes["pillar"])]
    place = dict(zip(nodes["node"], heights, strict=True))
    figure = style.canvas(2.5 + 0.36 * len(nodes))
    labels = [style.fit(name, 150, style.BODY) for name in nodes[f"node_{language}"]]
    axes = style.quiet(style.area(figure, left=charts.margin(labels, 0.15), right=2.9, top=1.5, bottom=0.95), grid="x")
    axes.axvline(0, color=style.MUTED, linewidth=0.9, zorder=1)
    colours = [style.PILLARS.get(node, style.MIDDLE) for node in data["node"]]
    # the largest circle stays as large as one of twenty units
    scale = 16 * min(1, 20 / data["moved"].max())
    axes.scatter(
        -data["shift"], data["node"].map(place), s=(data["moved"] * scale).clip(lower=8), color=colours, zorder=2
    )
    axes.set_yticks(heights, labels)
    most = int(data["shift"].abs().max())
    # room for the largest circle, 10 points from its middle, on axes of 5 inches
    reach = max(3, most + max(1, math.ceil(most * 20 / (5 * 72 - 20))))
    step = next((step for step in (1, 2) if reach <= 6 * step), None) or charts.rank_ticks(2 * reach)[1]
    ticks = range(-(reach // step) * step, reach + 1, step)
    axes.set(xlim=(-reach, reach), ylim=(heights[-1] + 0.7, -0.7))
    axes.set_xticks(ticks, [f"{abs(tick)}" for tick in ticks])
    axes.set_xlabel(said("diagnostic-effects.axis", language), size=style.SMALL)
    # the key: circles of one unit, of half and of all that the largest has
    counts = sorted({1, max(1, round(data["moved"].max() / 2)), int(data["moved"].max())})
    circles = [({"marker": "o", "s": max(8, count * scale), "color": style.MIDDLE}, f"{count}") for count in counts]
    title = said("diagnostic-effects.key", language, unit=words(data))
    key(axes, circles, title=title, title_fontsize=style.SMALL, alignment="left", bbox_to_anchor=(-0.01, 1.02))
    across = {"transform": axes.get_yaxis_transform()}
    for x, name, side in ((1.16, "mean", "right"), (1.2, "furthest", "left")):
        style.note(axes, x, -1.0, said(f"diagnostic-effects.{name}", language), ha=side, **across)
    look = across | {"color": style.INK, "size": style.BODY}
    for y, name, item in zip(heights, row_names(nodes, language), nodes.itertuples(), strict=True):
        style.note(axes, 1.16, y, f"{item.mean_absolute_shift:.1f}", ha="right", **look)
        furthest = f"{arrow(item.largest_shift)}  {name}" if item.largest_shift else "–"
        style.note(axes, 1.2, y, style.fit(furthest, 120, style.BODY), ha="left", **look)
    charts.indicators_left(figure, len(nodes), there, language)
    return figure


def standing_data(tables: Tables) -> pd.DataFrame:
    """Standing of each city with an index in each indicator that the index uses, in the order of the index."""
    root = tables["tables/framework"].query("level == 0")["code"].iloc[0]
    overall = tables["ranks"].set_index("city")[root].dropna()
    frame = tables["standings"].query("effective > 0")
    frame = frame[frame["city"].isin(overall.index)]
    frame = frame.assign(overall=frame["city"].map(overall).astype(int), place=in_order(tables, frame["node"]))
    frame = frame.sort_values(["overall", "city", "place"]).drop(columns=["place", "median"])
    return with_words(with_firsts(with_names(with_node_names(frame, tables, "node"), tables), tables), tables)


def standing_caption(data: pd.DataFrame) -> dict[str, str]:
    spread = data.groupby("city", sort=False)["standing"].agg(lambda part: part.max() - part.min())
    own = data[data["city"] == spread.idxmax()]
    best, worst = own.loc[own["standing"].idxmax()], own.loc[own["standing"].idxmin()]
    remarks = remark(best) if best["rank"] == 1 else NOTHING
    firsts = data[(data["rank"] == 1) & denied(data)].drop(index=best.name, errors="ignore")
    text = both("diagnostic-standings.caption", best=best, worst=worst, remark=remarks, unit=words(data))
    if firsts.empty:
        return text
    cells = (both("diagnostic-standings.cell", item=item, remark=remark(item)) for _, item in firsts.iterrows())
    return together(text, both("diagnostic-standings.denied", cells=joined(cells, JOINTS)))


@figure("diagnostic-standings", standing_data, standing_caption)
def standings(data: pd.DataFrame, language: str):
    """Table of cities by indicators: the rank in each, shaded by the share of the cities left behind."""
    shown = chosen(data["city"])
    data, there = shown.of(data), list(dict.fromkeys(data["node"]))
    data = data[data["node"].isin(there[: charts.MOST_COLUMNS])].reset_index(drop=True)
    standing, ranks = (charts.heat_grid(data, "city", "node", value, shown) for value in ("standing", "rank"))
    texts = [["" if pd.isna(rank) else f"{rank:.0f}" for rank in row] for row in ranks.to_numpy()]
    heads = data.drop_duplicates("node")[f"node_{language}"].tolist()
    cities = data.drop_duplicates("city").set_index("city", drop=False)
    labels = [f"{name}  ({rank})" for name, rank in zip(row_names(cities, language), cities["overall"], strict=True)]
    rows = [*labels[: shown.gap], shown.more(language), *labels[shown.gap :]] if shown.left else labels
    ends = tuple(said(f"diagnostic-standings.{end}", language) for end in ("behind", "ahead"))
    figure = charts.heat_table(0.27, heads, rows, 2 * standing.to_numpy(dtype=float) - 1, texts, ends).get_figure()
    drawn = charts.indicators_drawn(min(charts.MOST_COLUMNS, len(there)), len(there), language)
    texts = [said("diagnostic-standings.note", language), *([drawn] if drawn else [])]
    style.write(figure, 0.5, 0.48, " · ".join(texts), ha="center")
    return figure
