"""Tables of agreement beside that with the published ranks: other rankings, and what alternative constructions do."""

from __future__ import annotations

from fhi.editions.added import ALL
from fhi.engine.agreement import LEAST_CITIES
from fhi.showing.figures.registry import Tables, Texts
from fhi.showing.report.tables import NODE, Cell, Table, has, node_names, upper_nodes
from fhi.showing.report.texts import NOTHING, decimal, known, same, signed

INPUT = {"zh": "为本方案的输入，不比较", "en": "an input of this scenario: left out"}


def external(tables: Tables) -> Table:
    """How far index and pillars agree with the rankings of others."""
    names, nodes = node_names(tables), upper_nodes(tables)
    found = tables["external_agreement"].query("status != 'few cities'")
    rows: list[list[Cell]] = []
    for (ranking, year), group in found.groupby(["ranking", "year"]):
        cells = group.set_index("node").to_dict("index")
        rows.append([_named(ranking, year), *(_external(cells.get(node)) for node in nodes)])
    return Table(
        "table-external",
        {"zh": "与其他排名的一致性", "en": "Agreement with other rankings"},
        [{"zh": "排名", "en": "Ranking"}, *(names[node] for node in nodes)],
        rows,
        {
            "zh": f"重建指数与各排名的Kendall τ-b，括号内为共有城市数；少于{LEAST_CITIES}城的不列。"
            "各排名只用于比较，不进入指数。",
            "en": "Kendall's tau-b of the reconstructed index and each ranking, cities in both in brackets; those with "
            f"fewer than {LEAST_CITIES} are not listed. The rankings are for comparison and do not enter the index.",
        },
        ("public", "reconstructed"),
        file="external_agreement",
        widths=(2.2, *[1] * len(nodes)),
    )


def _named(ranking: str, year: int) -> Texts:
    """Return a ranking with its year, its name in both languages."""
    name = known(f"ranking.{ranking}") or same(ranking)
    return {"zh": f"{name['zh']}，{year}", "en": f"{name['en']}, {year}"}


def _external(row: dict | None) -> Cell:
    if row is None:
        return NOTHING
    return INPUT if row["status"] == "input" else same(f"{decimal(row['kendall_tau_b'], 2)} ({row['cities']})")


def added(tables: Tables) -> Table:
    """What each alternative construction does to the agreement with the published ranks, alone and all together."""
    names = node_names(tables)
    labels = names | {ALL: {"zh": "全部", "en": "all together"}}
    found = tables["added_indicators"]
    order = {name: place for place, name in enumerate([*tables["tables/framework"]["code"], ALL])}
    found = found.assign(place=found["added"].map(order), under=found["node"].map(order))
    rows: list[list[Cell]] = [
        [labels[row.added], names[row.node], decimal(row.tau_baseline, 3), decimal(row.tau, 3)]
        + [signed(row.difference, 3), same(f"[{signed(row.low, 3)}, {signed(row.high, 3)}]"), _sign(row.low, row.high)]
        for row in found.sort_values(["place", "under"]).itertuples()
    ]
    heads = [{"zh": "另定构建的指标", "en": "Constructed otherwise"}, NODE]
    heads += [{"zh": "默认构建 τ-b", "en": "τ-b by default"}, {"zh": "本方案 τ-b", "en": "τ-b so"}]
    heads += [{"zh": "差", "en": "Difference"}, {"zh": "95%自助法区间", "en": "95% bootstrap interval"}]
    return Table(
        "table-added",
        {"zh": "另定的构建对排名一致性的影响", "en": "What the other constructions do to the agreement"},
        [*heads, {"zh": "差是否显著", "en": "Significant"}],
        rows,
        {
            "zh": "与公布名次的Kendall τ-b。区间由城市有放回抽样得到，含0则差不显著。"
            "默认构建下体验维度只有公布的应用率，其次序与公布的体验名次几乎相同，加入其他指标难以提高一致性。",
            "en": "Kendall's tau-b with the published ranks. The interval is from drawing the cities with replacement; "
            "if it holds 0, the difference is not significant. By default the experience pillar holds the published "
            "adoption rates alone, in nearly the order of the published experience ranks: other indicators can "
            "hardly raise its agreement.",
        },
        ("published", "reconstructed"),
        texts=(1, 6),
        file="added_indicators",
        widths=(1.7, 1.4, 0.9, 0.9, 0.9, 1.4, 0.9),
    )


def _sign(low: float, high: float) -> Cell:
    if low <= 0 <= high:
        return {"zh": "不显著", "en": "no"}
    return {"zh": "显著", "en": "yes"}


def all_agreements(tables: Tables) -> list[Table]:
    """Return the tables that have rows."""
    functions = {"external_agreement": external, "added_indicators": added}
    made = [function(tables) for name, function in functions.items() if has(tables, name)]
    return [table for table in made if table.rows]
