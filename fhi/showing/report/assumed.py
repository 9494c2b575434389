"""The table of what is assumed behind the bounds of the identified set."""

from __future__ import annotations

from collections.abc import Mapping

from fhi.engine.ranking import outward
from fhi.showing.figures.registry import LANGUAGES, Tables, Texts
from fhi.showing.report.tables import Cell, Table, city_names, node_names
from fhi.showing.report.texts import NOTHING, minus, whole

#: what bound_assumptions.csv says of an alternative in words
SAID = ("name", "value", "alternative", "why")
#: the least move of a weight, in percentage points, that is written as a number
LEAST = 0.1
#: why nothing moved could be computed
OUTCOMES: Mapping[str, Texts] = {
    "contradiction": {"zh": "与事实矛盾", "en": "contradicts the facts"},
    "words": {"zh": "无法计算", "en": "not computable"},
}


def assumptions(tables: Tables) -> Table:
    """What is assumed behind the bounds, and which of them move under an alternative."""
    cities, nodes = city_names(tables), node_names(tables)
    rows: list[list[Cell]] = []
    for row in tables["bound_assumptions"].sort_values("place").to_dict("records"):
        said = [{language: row[f"{column}_{language}"] for language in LANGUAGES} for column in SAID]
        rows.append([*said[:3], *_moves(row, cities, nodes), said[3]])
    heads = [
        {"zh": "假设", "en": "Assumption"},
        {"zh": "现取", "en": "As made"},
        {"zh": "备选", "en": "Alternative"},
        {"zh": "变动的得分区间（个）", "en": "Score bounds changed"},
        {"zh": "最大变动", "en": "Largest change"},
        {"zh": "变动的权重区间（个）", "en": "Weight bounds changed"},
        {"zh": "说明", "en": "Note"},
    ]
    return Table(
        "table-assumptions",
        {"zh": "识别区间的假设", "en": "The assumptions behind the bounds"},
        heads,
        rows,
        {
            "zh": "每行只换一项假设，其余不变，重新求全部得分与权重的区间；得分指总指数。",
            "en": "Each row replaces one assumption, keeps the others, and solves all bounds anew; scores are those of "
            "the index.",
        },
        ("identified",),
        texts=(1, 2, 4, 5, 6),
        file="bound_assumptions",
        widths=(1.5, 1.2, 1, 0.7, 1.6, 1.6, 3.2),
    )


def _moves(row: Mapping, cities: Mapping[str, Texts], nodes: Mapping[str, Texts]) -> list[Cell]:
    """Return what moved under an alternative: how many score bounds, the largest move, and the weights."""
    if row["outcome"] != "bounds":
        return [OUTCOMES[row["outcome"]], NOTHING, NOTHING]
    largest, weights = NOTHING, whole(row["weights_moved"])
    if row["cities_moved"]:
        # 0 is the low end, 1 the high one
        side = ("low", "high").index(row["end"])
        before, after = (outward(row[key], row[key], 1)[side] for key in ("before", "after"))
        end = ({"zh": "下界", "en": "low"}, {"zh": "上界", "en": "high"})[side]
        largest = {
            language: minus(f"{cities[row['city']][language]} {end[language]} {before:.1f} → {after:.1f}").replace(
                "inf", "∞"
            )
            for language in LANGUAGES
        }
    if row["weights_moved"]:
        points = 100 * row["largest_weight_move"]
        # a move is none only where it is not counted
        said = (
            {"zh": f"{points:.1f}", "en": f"{points:.1f}"}
            if points >= LEAST
            else {"zh": f"不到{LEAST}", "en": f"under {LEAST}"}
        )
        weights = {
            "zh": f"{weights}（{nodes[row['node']]['zh']}：{said['zh']}个百分点）",
            "en": f"{weights} ({nodes[row['node']]['en']}: {said['en']} percentage points)",
        }
    return [whole(row["cities_moved"]), largest, weights]
