"""The tables of page and print, each from the built tables, in one form that both can set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from fhi.editions.provenance import of_parts, of_whole
from fhi.editions.published import PUBLISHED, published, published_units
from fhi.engine.framework import Framework, leaves_of
from fhi.showing.figures.evidence import label_words, part_words
from fhi.showing.figures.registry import LANGUAGES, Tables, Texts
from fhi.showing.figures.replication import HOLDS, SHOWN, WHY, written
from fhi.showing.report.texts import (
    NOTHING,
    decimal,
    digits,
    minus,
    names,
    same,
    signed,
    span,
    unit_head,
    unit_words,
    whole,
)

#: a text, the same or different in each language; with ``href`` a link, with ``mark`` a small mark below; or
#: ``badge``, a label of evidence; or several of them
Cell = str | Mapping[str, str] | list

#: columns of orders
ORDERS = ("printed", "built")

PAGE: Texts = {"zh": "页", "en": "Page"}
NODE: Texts = {"zh": "指标", "en": "Indicator"}


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


def words(table: Table) -> str:
    """Return all text of a table's cells, to look for names in."""
    cells = [cell for row in table.rows for cell in row if not isinstance(cell, list)]
    return "\n".join(cell if isinstance(cell, str) else "\n".join(cell.values()) for cell in cells)


def has(tables: Tables, name: str) -> bool:
    """Return whether an edition has a table and anything in it."""
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
    rows = [
        [
            cities[row["city"]],
            str(row["rank"]),
            {"zh": minus(row["change"]), "en": minus(row["change"].replace("新增", "new"))},
            *(str(row[column]) for column in list(PUBLISHED.values())[1:]),
        ]
        + [tiers[row["tier"]]]
        for row in tables["tables/top20"].sort_values("rank").to_dict("records")
    ]
    heads = [unit_head(tables), {"zh": "总排名", "en": "Rank"}, {"zh": "较2017年", "en": "Change from 2017"}]
    heads += [nodes[node] for node in list(PUBLISHED)[1:]] + [{"zh": "梯队", "en": "Tier"}]
    return Table(
        "table-top20",
        {"zh": "公布的TOP20", "en": "The published TOP20"},
        heads,
        rows,
        {"zh": "报告第5页给出的名次。", "en": "Ranks as stated on p. 5 of the report."},
        ("published",),
        texts=(6,),
        file="tables/top20",
    )


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
    zh, en = (unit_words(tables)[name][language] for name, language in (("one", "zh"), ("many", "en")))
    heads = [NODE, {"zh": f"{zh}数", "en": en[:1].upper() + en[1:]}, same("Kendall τ-b"), same("Spearman ρ")]
    return Table(
        "table-agreement",
        {"zh": "与公布名次的排名一致性", "en": "Rank agreement with the published ranks"},
        [*heads, {"zh": "平均名次差", "en": "Mean rank difference"}, {"zh": "权重来源", "en": "Its weight rests on"}],
        rows,
        {
            "zh": f"重建指数与公布名次相比，有公布名次的{zh}之间重新排名。某维度的输入若全为公布数字，其名次是公布数字"
            "与自身相比；另有一行不含该维度。",
            "en": f"The reconstructed index against the published ranks, the published {en} ranked among themselves. "
            "Where all inputs of a pillar are published, its published ranks are compared with themselves; one row "
            "leaves it out.",
        },
        ("published", "reconstructed"),
        texts=(5,),
        file="agreement",
        widths=(2.4, 0.6, 0.9, 0.9, 0.9, 2.6),
    )


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
    heads = [
        unit_head(tables),
        {"zh": "得分", "en": "Score"},
        {"zh": "总排名：重建 / 公布", "en": "Rank: reconstructed / published"},
    ]
    heads += [{"zh": "差", "en": "Difference"}, *(nodes[node] for node in list(PUBLISHED)[1:])]
    return Table(
        "table-comparison",
        {"zh": "重建名次与公布名次", "en": "Reconstructed and published ranks"},
        heads,
        rows,
        {
            "zh": "斜线前为重建名次，斜线后为公布名次。差为重建名次减公布名次。",
            "en": "The reconstructed rank stands before the stroke, the published one after it. The difference is the "
            "reconstructed less the published rank.",
        },
        ("published", "reconstructed"),
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
    heads = [
        NODE,
        PAGE,
        {"zh": "报告次序", "en": "Order in the report"},
        {"zh": "重建次序", "en": "Reconstructed order"},
    ]
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
        ("published", "reconstructed"),
        texts=(2, 3, 4, 5, 6),
        file="printed_orders",
        widths=(1.5, 0.45, 1.9, 1.9, 0.9, 0.8, 3.0),
    )


def scores(tables: Tables) -> Table:
    """Score and rank of every city that the index covers."""
    cities, nodes, units = city_names(tables), node_names(tables), unit_words(tables)
    shown, (one, many) = upper_nodes(tables), (units["one"], units["many"])
    points, ranks = (tables[name].set_index("city").reindex(columns=shown) for name in ("scores", "ranks"))
    places = digits(points)
    order = points.sort_values(shown, ascending=False, kind="stable", na_position="last").index
    rows = [
        [cities[city]]
        + [
            NOTHING
            if pd.isna(points.at[city, node])
            else f"{points.at[city, node]:.{places}f} ({whole(ranks.at[city, node])})"
            for node in shown
        ]
        for city in order
    ]
    return Table(
        "table-scores",
        {"zh": f"全部{one['zh']}的得分与名次", "en": f"Scores and ranks of all {many['en']}"},
        [unit_head(tables), *(nodes[node] for node in shown)],
        rows,
        {
            "zh": f"括号内为全部{one['zh']}中的名次；—为没有得分：数据不足的{one['zh']}没有名次。",
            "en": f"The rank among all {many['en']} is in brackets; — is no score, where {units['a']['en']} has too "
            "little data.",
        },
        ("reconstructed",),
        file="scores",
    )


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
    return Table(
        "table-bounds",
        {"zh": "公布的数字允许的得分", "en": "Scores that the published numbers allow"},
        [unit_head(tables), *(nodes[node] for node in shown)],
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


def ranks_compared(tables: Tables) -> Table:
    """Computed beside published ranks of another edition, node by node."""
    cities, nodes, units = city_names(tables), node_names(tables), unit_words(tables)
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
    heads = [
        NODE,
        unit_head(tables),
        {"zh": "重建名次", "en": "Reconstructed rank"},
        {"zh": "公布名次", "en": "Rank published"},
    ]
    return Table(
        "table-comparison",
        {"zh": "重建名次与公布名次", "en": "Reconstructed and published ranks"},
        [*heads, {"zh": "差", "en": "Difference"}],
        rows,
        {
            "zh": f"有公布名次的{units['one']['zh']}之间重新排名。",
            "en": f"The {units['many']['en']} with a published rank, ranked among themselves.",
        },
        ("published", "reconstructed"),
        texts=(1,),
        file="comparison",
    )


def statements(tables: Tables) -> Table:
    """What the report says beside its numbers, in our own words, page by page."""
    cities = city_names(tables)
    rows: list[list[Cell]] = [
        [
            str(row["page"]),
            {language: row[f"statement_{language}"] for language in LANGUAGES},
            cities.get(row["city"], NOTHING),
        ]
        for row in tables["tables/statements"].to_dict("records")
    ]
    return Table(
        "table-statements",
        {"zh": "报告的陈述", "en": "What the report says"},
        [PAGE, {"zh": "内容", "en": "Statement"}, unit_head(tables)],
        rows,
        {
            "zh": "报告在数字之外的事实与论点，用自己的话转述。",
            "en": "Facts and arguments beside the numbers, in our own words.",
        },
        ("published",),
        texts=(1, 2),
        file="tables/statements",
        widths=(0.6, 5.2, 1.2),
        across=2,
    )


#: the tables of the chapter "tables", in order
TABLES: Mapping[str, Callable[[Tables], Table]] = {
    function.__name__: function
    for function in (top20, agreement, comparison, ranks_compared, orders, scores, bounds, statements)
}


def all_tables(tables: Tables) -> list[Table]:
    """Return the tables of the chapter "tables" that an edition has."""
    of_report, with_ranks = "tables/top20" in tables, not published(tables).empty
    there = {
        "top20": of_report,
        "agreement": with_ranks,
        "comparison": of_report,
        "ranks_compared": with_ranks and not of_report,
        "orders": of_report or has(tables, "printed_orders"),
        "scores": True,
        "bounds": has(tables, "bounds"),
        "statements": has(tables, "tables/statements"),
    }
    return [function(tables) for name, function in TABLES.items() if there[name]]


def shown_units(tables: Tables) -> pd.DataFrame:
    """Return ``city, rank, tier`` of the units that have a profile: those with a published rank, else with a score."""
    root = Framework.from_table(tables["tables/framework"]).root
    found = published_units(tables, root)
    if len(found):
        return found
    ranks = tables["ranks"][["city", root]].rename(columns={root: "rank"}).dropna()
    return ranks.sort_values("rank", kind="stable").assign(tier=None).reset_index(drop=True)


#: profiles on a page at most, and how many values they may hold together: more make a page that no browser bears
MOST, VALUES = 300, 12_000


def profiled(tables: Tables) -> list[str]:
    """Return the units whose profiles stand on the page: all that have one (`shown_units`), or of many the first."""
    leaves = len(Framework.from_table(tables["tables/framework"]).leaves)
    return shown_units(tables)["city"].tolist()[: min(MOST, max(1, VALUES // leaves))]
