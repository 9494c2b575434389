"""The tables of page and print, each from the built tables, in one form that both can set."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd

from fhi.editions.provenance import ALL, of_parts, of_whole
from fhi.editions.published import PUBLISHED, published, published_units
from fhi.engine.agreement import LEAST_CITIES
from fhi.engine.framework import leaves_of
from fhi.showing.figures.evidence import label_words, of_index, part_words
from fhi.showing.figures.registry import LANGUAGES, Tables, Texts
from fhi.showing.figures.replication import HOLDS, SHOWN, WHY, written
from fhi.showing.figures.texts import capital
from fhi.showing.report import texts
from fhi.showing.report.texts import NOTHING, decimal, digits, known, names, said, same, signed, span, whole

#: a text, the same or different in each language; with ``href`` a link, with ``mark`` a small mark below; or
#: ``badge``, a label of evidence; or several of them
Cell = str | Mapping[str, str] | list

LAYOUTS = Path(__file__).with_suffix(".csv")
#: columns of orders
ORDERS = ("printed", "built")


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes
    ----------
    id : str
        Anchor on the page.
    title, note : mapping
        By language.
    heads : sequence of mapping
        One a column.
    rows : sequence of list
        Cells in the order of `heads`.
    evidence : tuple of str
        Labels of its numbers.
    texts : tuple of int
        Columns of running text, set to the left; the first is too.
    file : str
        The built table behind it, by its name in the store; empty if there is none.
    widths : tuple of float
        In print, the share of each column in the width; empty: all alike, the first a half wider.
    across : int
        In how many columns side by side print sets the rows.
    """

    id: str
    title: Texts
    heads: Sequence[Texts]
    rows: Sequence[list[Cell]]
    note: Texts = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    texts: tuple[int, ...] = ()
    file: str = ""
    widths: tuple[float, ...] = ()
    across: int = 1


@cache
def _layouts() -> dict[str, dict[str, str]]:
    with LAYOUTS.open(encoding="utf-8", newline="") as file:
        return {row["table"]: row for row in csv.DictReader(file)}


def stated(id: str, rows: Sequence[list[Cell]], tables: Tables | None = None, **values) -> Table:
    """Return a table with the words and the layout that stand for it in ``words.csv`` and ``tables.csv``.

    Parameters
    ----------
    id : str
        Its key in both. One that begins with ``table-`` is its anchor on the page; an alternative of another table
        (``table-comparison-nodes``) has the anchor of that one.
    rows : sequence of list
        Its cells.
    tables : mapping, optional
        The built tables: their edition names the units (``unit, units, a_unit``, and ``Unit, Units`` for heads).
    **values : object
        What else the words are filled with; a head that is a value alone, ``{nodes}``, may be a list of heads.

    Raises
    ------
    KeyError
        If a file has no such table, or a value is not given.
    """
    if tables is not None:
        units = texts.unit_words(tables)
        values |= {"unit": units["one"], "units": units["many"], "a_unit": units["a"], "Unit": texts.unit_head(tables)}
        values["Units"] = units["many"] | {"en": capital(units["many"]["en"])}
    layout = _layouts()[id]
    heads: list[Texts] = []
    parts = (known(f"{id}.heads")[language].split("|") for language in LANGUAGES)
    for head in zip(*parts, strict=True):
        value = values.get(head[0].strip("{}"))
        heads += value if isinstance(value, list) else [texts.filled(dict(zip(LANGUAGES, head, strict=True)), **values)]
    widths = [float(width) if "." in width else int(width) for width in layout["widths"].split()]
    # the last width is that of all further columns
    widths += widths[-1:] * (len(heads) - len(widths))
    return Table(
        layout["anchor"],
        said(f"{id}.title", **values),
        heads,
        rows,
        said(f"{id}.note", **values) if known(f"{id}.note") else {},
        tuple(layout["evidence"].split()) if tables is None else of_index(tuple(layout["evidence"].split()), tables),
        tuple(map(int, layout["texts"].split())),
        layout["file"],
        tuple(widths),
        int(layout["across"] or 1),
    )


def words(table: Table) -> str:
    """Return all text of a table's cells, to look for names in."""
    cells = [cell for row in table.rows for cell in row if not isinstance(cell, list)]
    return "\n".join(cell if isinstance(cell, str) else "\n".join(cell.values()) for cell in cells)


def has(tables: Tables, name: str) -> bool:
    """Return whether an edition has a table and anything in it.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    name : str
        Of a table.
    """
    return name in tables and not tables[name].empty


def city_names(tables: Tables) -> dict[str, dict[str, str]]:
    """Return the names of all cities by their key."""
    return names(tables["tables/cities"], "name_zh")


def node_names(tables: Tables) -> dict[str, dict[str, str]]:
    """Return the names of all nodes by their code."""
    return names(tables["tables/framework"], "code")


def upper_nodes(tables: Tables) -> list[str]:
    """Return the index and its pillars, in the order of the tree."""
    framework = tables["tables/framework"]
    return framework.loc[framework["level"] <= 1, "code"].tolist()


def leaf_nodes(tables: Tables) -> list[str]:
    """Return the indicators, in the order of the tree."""
    return leaves_of(tables["tables/framework"])


def top20(tables: Tables) -> Table:
    """The published ranking (p5)."""
    cities, nodes, tiers = city_names(tables), node_names(tables), names(tables["tables/tiers"], "tier")
    pillars = list(PUBLISHED.values())[1:]
    rows = [
        [cities[row["city"]], str(row["rank"])]
        + [{"zh": texts.minus(row["change"]), "en": texts.minus(row["change"].replace("新增", "new"))}]
        + [*(str(row[column]) for column in pillars), tiers[row["tier"]]]
        for row in tables["tables/top20"].sort_values("rank").to_dict("records")
    ]
    shown = [nodes[node] for node in list(PUBLISHED)[1:]]
    return stated("table-top20", rows, tables, nodes=shown)


def agreement(tables: Tables) -> Table:
    """How far reconstructed ranks agree with the published ones, and what the index rests on; then of parts of it."""
    nodes = node_names(tables)
    measures = of_whole(tables["agreement"]).to_dict("index")
    # a pillar that has no data in a scenario agrees with nothing
    shown = [node for node in nodes if node in measures]
    rows = [[nodes[node], *_measures(measures[node]), label_words(tables, node)] for node in shown]
    for first in shown[:1]:
        for subset, row in of_parts(tables["agreement"], first).to_dict("index").items():
            part = part_words(subset, nodes)
            named = {"zh": f"{nodes[first]['zh']}：{part['zh']}", "en": f"{nodes[first]['en']}: {part['en']}"}
            rows.append([named, *_measures(row), NOTHING])
    return stated("table-agreement", rows, tables)


def _measures(row: Mapping) -> list[str]:
    """Return the cells of an agreement: cities, tau-b, rho, mean difference."""
    cells = [decimal(row["kendall_tau_b"], 3), decimal(row["spearman_rho"], 3)]
    return [str(row["cities"]), *cells, decimal(row["mean_absolute_difference"], 2)]


def comparison(tables: Tables) -> Table:
    """Reconstructed beside published ranks of the published cities."""
    cities, nodes = city_names(tables), node_names(tables)
    scores = tables["scores"].set_index("city")["FHI"]
    cells = tables["comparison"].set_index(["node", "city"])
    order = tables["tables/top20"].sort_values("rank")["city"]
    rows: list[list[Cell]] = []
    for city in order:
        row = [cities[city], decimal(scores.get(city, float("nan")), 1)]
        for node in PUBLISHED:
            cell = cells.loc[(node, city)] if (node, city) in cells.index else None
            row.append(NOTHING if cell is None else f"{cell['rank']} / {cell['published']}")
            row += [NOTHING if cell is None else signed(cell["difference"])] if node == "FHI" else []
        rows.append(row)
    shown = [nodes[node] for node in list(PUBLISHED)[1:]]
    return stated("table-comparison", rows, tables, nodes=shown)


def orders(tables: Tables) -> Table:
    """Every printed order and first place against the built values."""
    nodes, cities = node_names(tables), city_names(tables)
    known = tables["printed_orders"].fillna("")
    rows: list[list[Cell]] = [
        [nodes[row["node"]], str(row["page"])]
        + [
            {name: written(row[column], {c: t[name] for c, t in cities.items()}) for name in LANGUAGES}
            for column in ORDERS
        ]
        + [HOLDS[row["holds"]], WHY.get(row["why"], NOTHING), {name: row[f"note_{name}"] for name in LANGUAGES}]
        for row in known.to_dict("records")
    ]
    return stated("table-orders", rows, tables, shown=SHOWN)


def scores(tables: Tables) -> Table:
    """Score and rank of every city that the index covers."""
    cities, nodes, shown = city_names(tables), node_names(tables), upper_nodes(tables)
    points, ranks = (tables[name].set_index("city").reindex(columns=shown) for name in ("scores", "ranks"))
    places = digits(points)
    order = points.sort_values(shown, ascending=False, kind="stable", na_position="last").index

    def cell(city: str, node: str) -> str:
        score = points.at[city, node]
        return NOTHING if pd.isna(score) else f"{score:.{places}f} ({whole(ranks.at[city, node])})"

    rows = [[cities[city], *(cell(city, node) for node in shown)] for city in order]
    return stated("table-scores", rows, tables, nodes=[nodes[node] for node in shown])


def bounds(tables: Tables) -> Table:
    """Bounds that the published numbers put on every score of the published cities."""
    cities, nodes = city_names(tables), node_names(tables)
    cells = tables["bounds"].set_index(["city", "node"])
    shown = [node for node in upper_nodes(tables) if node in set(tables["bounds"]["node"])]
    order = published_units(tables, tables["tables/framework"]["code"].iloc[0])["city"]
    rows = [
        [cities[city], *(span(*cells.loc[(city, node)]) if (city, node) in cells.index else NOTHING for node in shown)]
        for city in order
    ]
    return stated("table-bounds", rows, tables, nodes=[nodes[node] for node in shown])


def ranks_compared(tables: Tables) -> Table:
    """Computed beside published ranks of another edition, node by node."""
    cities, nodes = city_names(tables), node_names(tables)
    rows = [
        [nodes[row.node], cities[row.city], whole(row.rank), whole(row.published), signed(row.difference)]
        for row in tables["comparison"].itertuples()
    ]
    return stated("table-comparison-nodes", rows, tables)


def statements(tables: Tables) -> Table:
    """What the report says beside its numbers, in our own words, page by page."""
    cities = city_names(tables)
    rows: list[list[Cell]] = [
        [str(row.page), {"zh": row.statement_zh, "en": row.statement_en}, cities.get(row.city, NOTHING)]
        for row in tables["tables/statements"].itertuples()
    ]
    return stated("table-statements", rows, tables)


def all_tables(tables: Tables) -> list[Table]:
    """Return the tables of the chapter "tables" that an edition has."""
    of_report, with_ranks = "tables/top20" in tables, not published(tables).empty
    there = {
        top20: of_report,
        agreement: with_ranks,
        comparison: of_report,
        ranks_compared: with_ranks and not of_report,
        orders: of_report or has(tables, "printed_orders"),
        scores: True,
        bounds: has(tables, "bounds"),
        statements: has(tables, "tables/statements"),
    }
    return [function(tables) for function, shown in there.items() if shown]


def latest(panel: pd.DataFrame, year: int | None) -> pd.DataFrame:
    """Return the row of the panel that stands behind each cell of the index, by city and indicator.

    Parameters
    ----------
    panel : pandas.DataFrame
        One row a city, year and indicator.
    year : int or None
        The edition year: values of later years are left out.
    """
    rows = panel.dropna(subset=["value"])
    if year is not None:
        rows = rows[rows["year"] <= year]
    rows = rows.sort_values("year", kind="stable").drop_duplicates(["city", "indicator"], keep="last")
    return rows.set_index(["city", "indicator"])


def shown_units(tables: Tables) -> pd.DataFrame:
    """Return ``city, rank, tier`` of the units that have a profile: those with a published rank, else with a score."""
    root = upper_nodes(tables)[0]
    found = published_units(tables, root)
    if len(found):
        return found
    ranks = tables["ranks"][["city", root]].rename(columns={root: "rank"}).dropna()
    return ranks.sort_values("rank", kind="stable").assign(tier=None).reset_index(drop=True)


#: profiles on a page at most, and how many values they may hold together: more make a page that no browser bears
MOST, VALUES = 300, 12_000


def profiled(tables: Tables) -> list[str]:
    """Return the units whose profiles stand on the page: all that have one (`shown_units`), or of many the first."""
    most = min(MOST, max(1, VALUES // len(leaf_nodes(tables))))
    return shown_units(tables)["city"].tolist()[:most]


def external(tables: Tables) -> Table:
    """How far index and pillars agree with the rankings of others."""
    names, nodes = node_names(tables), upper_nodes(tables)
    found = tables["external_agreement"].query("status != 'few cities'")
    rows: list[list[Cell]] = []
    for (ranking, year), group in found.groupby(["ranking", "year"]):
        cells = group.set_index("node").to_dict("index")
        rows.append([_named(ranking, year), *(_external(cells.get(node)) for node in nodes)])
    return stated("table-external", rows, tables, nodes=[names[node] for node in nodes], least=LEAST_CITIES)


def _named(ranking: str, year: int) -> Texts:
    """Return a ranking with its year, its name in both languages."""
    name = known(f"ranking.{ranking}") or same(ranking)
    return {"zh": f"{name['zh']}，{year}", "en": f"{name['en']}, {year}"}


def _external(row: dict | None) -> Cell:
    if row is None:
        return NOTHING
    told = same(f"{decimal(row['kendall_tau_b'], 2)} ({row['cities']})")
    return said("agreement.input") if row["status"] == "input" else told


def added(tables: Tables) -> Table:
    """What each alternative construction does to the agreement with the published ranks, alone and all together."""
    names = node_names(tables)
    labels = names | {ALL: said("agreement.all")}
    found = tables["added_indicators"]
    order = {name: place for place, name in enumerate([*tables["tables/framework"]["code"], ALL])}
    found = found.assign(place=found["added"].map(order), under=found["node"].map(order))
    rows: list[list[Cell]] = [
        [labels[row.added], names[row.node], decimal(row.tau_baseline, 3), decimal(row.tau, 3)]
        + [signed(row.difference, 3), same(f"[{signed(row.low, 3)}, {signed(row.high, 3)}]"), _sign(row.low, row.high)]
        for row in found.sort_values(["place", "under"]).itertuples()
    ]
    return stated("table-added", rows, tables)


def _sign(low: float, high: float) -> Cell:
    return said(f"agreement.{'not-significant' if low <= 0 <= high else 'significant'}")


def all_agreements(tables: Tables) -> list[Table]:
    """Return the tables that have rows."""
    functions = {"external_agreement": external, "added_indicators": added}
    made = [function(tables) for name, function in functions.items() if has(tables, name)]
    return [table for table in made if table.rows]
