"""The tables of page and print, each from the built tables, in one form that both can set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from fhi.agreement import PUBLISHED, published
from fhi.figures.registry import LANGUAGES, Tables, Texts
from fhi.figures.replication_orders import HOLDS, SHOWN, WHY, written
from fhi.report.texts import NOTHING, decimal, names, same, signed, span, whole

#: a text, the same or different in each language; with ``href`` a link, with ``mark`` a small mark below; or
#: ``badge``, a label of evidence; or several of them
Cell = str | Mapping[str, str] | list

#: columns of orders
ORDERS = ("printed", "built")

CITY: Texts = {"zh": "城市", "en": "City"}
PAGE: Texts = {"zh": "页", "en": "Page"}
NODE: Texts = {"zh": "节点", "en": "Node"}


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


def words(table: Table) -> str:
    """Return all text of a table's cells, to look for names in."""
    cells = [cell for row in table.rows for cell in row if not isinstance(cell, list)]
    return "\n".join(cell if isinstance(cell, str) else "\n".join(cell.values()) for cell in cells)


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
    framework = tables["tables/framework"]
    return framework.loc[framework["level"] == framework["level"].max(), "code"].tolist()


def top20(tables: Tables) -> Table:
    """The published ranking (p5)."""
    cities, nodes, tiers = city_names(tables), node_names(tables), names(tables["tables/tiers"], "tier")
    rows = [
        [
            cities[row["city"]],
            str(row["rank"]),
            row["change"],
            *(str(row[column]) for column in list(PUBLISHED.values())[1:]),
        ]
        + [tiers[row["tier"]]]
        for row in tables["tables/top20"].sort_values("rank").to_dict("records")
    ]
    heads = [CITY, {"zh": "总排名", "en": "Rank"}, {"zh": "较2017年", "en": "Change from 2017"}]
    heads += [nodes[node] for node in list(PUBLISHED)[1:]] + [{"zh": "梯队", "en": "Tier"}]
    return Table(
        "table-top20",
        {"zh": "公布的TOP20", "en": "The published TOP20"},
        heads,
        rows,
        {"zh": "报告第5页印出的名次。", "en": "Ranks as printed on p. 5 of the report."},
        ("published",),
        texts=(6,),
        file="tables/top20",
    )


def agreement(tables: Tables) -> Table:
    """How far recomputed ranks agree with the published ones."""
    nodes = node_names(tables)
    measures = tables["agreement"].set_index("node").to_dict("index")
    # a pillar that has no data in a scenario agrees with nothing
    rows = [
        [nodes[node], str(row["cities"]), decimal(row["kendall_tau_b"], 3), decimal(row["spearman_rho"], 3)]
        + [decimal(row["mean_absolute_difference"], 2)]
        for node, row in ((node, measures[node]) for node in PUBLISHED if node in measures)
    ]
    heads = [NODE, {"zh": "城市数", "en": "Cities"}, same("Kendall τ-b"), same("Spearman ρ")]
    return Table(
        "table-agreement",
        {"zh": "与公布名次的一致程度", "en": "Agreement with the published ranks"},
        [*heads, {"zh": "平均名次差", "en": "Mean rank difference"}],
        rows,
        {
            "zh": "重建的指数与公布名次相比，TOP20城市之间重新排名。",
            "en": "The index as rebuilt against the published ranks, the twenty cities ranked among themselves.",
        },
        ("public", "published"),
        file="agreement",
    )


def comparison(tables: Tables) -> Table:
    """Recomputed beside published ranks of the published cities."""
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
    heads = [CITY, {"zh": "得分", "en": "Score"}, {"zh": "总排名：重算 / 公布", "en": "Rank: recomputed / published"}]
    heads += [{"zh": "差", "en": "Difference"}, *(nodes[node] for node in list(PUBLISHED)[1:])]
    return Table(
        "table-comparison",
        {"zh": "重算名次与公布名次", "en": "Recomputed and published ranks"},
        heads,
        rows,
        {
            "zh": "斜线前为重算的名次，斜线后为公布的名次；差为重算减公布。",
            "en": "Before the stroke the rank as recomputed, behind it the published one; the difference "
            "is recomputed less published.",
        },
        ("public", "published"),
        file="comparison",
    )


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
    heads = [NODE, PAGE, {"zh": "报告次序", "en": "Order in the report"}, {"zh": "重建次序", "en": "Order as built"}]
    heads += [{"zh": "是否成立", "en": "Holds"}, {"zh": "原因", "en": "Reason"}, {"zh": "说明", "en": "Note"}]
    return Table(
        "table-orders",
        {"zh": "报告给出的次序与重建结果", "en": "The orders that the report gives, against the reconstruction"},
        heads,
        rows,
        {
            "zh": f"“>”为先后，“=”为数值相同，“~”为区间重叠而先后不定，只写前{SHOWN}城。一对城市次序相反，即为不成立；"
            "能比较的各对均成立、其余缺数值或区间重叠，为已知部分成立；各对均不能比较，为无法判断。",
            "en": "> stands between places, = between equal values, ~ between intervals that overlap; "
            f"only the first {SHOWN} cities are written. An order does not hold if one pair of cities stands the other "
            "way round; it holds as far as known if every pair that can be compared does, and cannot be told else.",
        },
        ("public", "published"),
        texts=(2, 3, 4, 5, 6),
        file="printed_orders",
        widths=(1.5, 0.45, 1.9, 1.9, 0.9, 0.8, 3.0),
    )


def scores(tables: Tables) -> Table:
    """Score and rank of every city that the index covers."""
    cities, nodes = city_names(tables), node_names(tables)
    shown = upper_nodes(tables)
    points, ranks = (tables[name].set_index("city").reindex(columns=shown) for name in ("scores", "ranks"))
    order = points.sort_values(shown, ascending=False, kind="stable", na_position="last").index
    rows = [
        [cities[city]]
        + [
            NOTHING
            if pd.isna(points.at[city, node])
            else f"{points.at[city, node]:.1f} ({whole(ranks.at[city, node])})"
            for node in shown
        ]
        for city in order
    ]
    return Table(
        "table-scores",
        {"zh": "全部城市的得分与名次", "en": "Scores and ranks of all cities"},
        [CITY, *(nodes[node] for node in shown)],
        rows,
        {
            "zh": "括号内为全部城市中的名次；—为没有得分：数据不足的城市没有名次。",
            "en": "The rank among all cities is in brackets; — is no score, where a city has too little data.",
        },
        ("public",),
        file="scores",
    )


def bounds(tables: Tables) -> Table:
    """Bounds that the published numbers put on every score of the published cities."""
    cities, nodes = city_names(tables), node_names(tables)
    cells = tables["bounds"].set_index(["city", "node"])
    shown = [node for node in PUBLISHED if node in set(tables["bounds"]["node"])]
    order = tables["tables/top20"].sort_values("rank")["city"]
    rows = [[cities[city], *(span(*cells.loc[(city, node)]) for node in shown)] for city in order]
    return Table(
        "table-bounds",
        {"zh": "公布的数字允许的得分", "en": "Scores that the published numbers allow"},
        [CITY, *(nodes[node] for node in shown)],
        rows,
        {
            "zh": "全部公布的数字共同允许的最低与最高得分，权重不限，向外舍入至所示位数。"
            "在下表各项假设之下是紧界，不是置信区间。",
            "en": "The lowest and highest score that all published numbers together allow, under any weights, rounded "
            "outward to the digits shown. They are sharp under the assumptions of the next table, and are not "
            "confidence intervals.",
        },
        ("identified",),
        file="bounds",
    )


#: the tables of the chapter "tables", in order
TABLES: Mapping[str, Callable[[Tables], Table]] = {
    function.__name__: function for function in (top20, agreement, comparison, orders, scores, bounds)
}


def ranks_compared(tables: Tables) -> Table:
    """Computed beside published ranks of another edition, node by node."""
    cities, nodes = city_names(tables), node_names(tables)
    rows = [
        [
            nodes[row["node"]],
            cities[row["city"]],
            whole(row["rank"]),
            whole(row["published"]),
            signed(row["difference"]),
        ]
        for row in tables["comparison"].to_dict("records")
    ]
    heads = [NODE, CITY, {"zh": "重算名次", "en": "Rank recomputed"}, {"zh": "公布名次", "en": "Rank published"}]
    return Table(
        "table-comparison",
        {"zh": "重算名次与公布名次", "en": "Recomputed and published ranks"},
        [*heads, {"zh": "差", "en": "Difference"}],
        rows,
        {"zh": "有公布名次的城市之间重新排名。", "en": "The cities with a published rank, ranked among themselves."},
        ("public", "published"),
        texts=(1,),
        file="comparison",
    )


def own_tables(tables: Tables) -> list[Table]:
    """Return the tables of results of another edition: the scores, and published ranks beside them if it has any."""
    return [scores(tables), *([] if published(tables).empty else [ranks_compared(tables)])]


def all_tables(tables: Tables) -> list[Table]:
    """Return the tables of the chapter "tables"."""
    return [function(tables) for function in TABLES.values()]
