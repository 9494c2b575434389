"""Why a city stands where it does: who passed it since the year before, what parts it from the city next above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from fhi.figures.evidence import of_index
from fhi.figures.registry import Tables, Texts
from fhi.report.tables import NODE, Cell, Table, city_names, node_names
from fhi.report.texts import MISSING, decimal, signed

#: by the unit of contributions: its names, and the decimals shown, of which nought is left out
UNITS = {"points": ({"zh": "分", "en": "points"}, 2), "logarithm": ({"zh": "对数", "en": "logarithm"}, 3)}


def printed_moves(tables: Tables) -> dict[str, Texts]:
    """Say of each city how its printed rank came about: who passed whom, who came and who went, as far as is known.

    A change of rank is the cities passed, less those that passed, less those that came in above, plus those that are
    gone from above. Of the pillars in the year before the report prints only the gains of its movers.

    Returns
    -------
    dict
        By city with a printed rank in both years.
    """
    rows = tables["movement"].query("node == 'FHI' and evidence == 'published'")
    both, cities = rows.dropna(subset=["rank_from", "rank_to"]), city_names(tables)
    said = {}
    for row in both.itertuples():
        was_above, is_above = both["rank_from"] < row.rank_from, both["rank_to"] < row.rank_to
        came = rows[rows["rank_from"].isna() & (rows["rank_to"] < row.rank_to)]
        groups = [
            ({"zh": "被超过", "en": "Passed by"}, both.loc[is_above & ~was_above, "city"]),
            ({"zh": "超过", "en": "Passed"}, both.loc[was_above & ~is_above, "city"]),
            ({"zh": "新进入其前", "en": "New above it"}, came["city"]),
        ]
        gone = int(row.rank_from - 1 - was_above.sum())
        text = {
            "zh": f"{row[3]}年第{row.rank_from:.0f}名，{row[4]}年第{row.rank_to:.0f}名。",
            "en": f"Place {row.rank_from:.0f} in {row[3]}, {row.rank_to:.0f} in {row[4]}.",
        }
        for head, found in groups:
            if len(found):
                text["zh"] += f"{head['zh']}：{listed(found, cities, 'zh')}。"
                text["en"] += f" {head['en']}: {listed(found, cities, 'en')}."
        if gone:
            text["zh"] += f"原居其前而今不在二十城之列：{gone}城。"
            text["en"] += f" No longer among the twenty, once above it: {gone}."
        gains = {language: pillar_gains(tables, row.city, language) for language in text}
        if gains["zh"]:
            text["zh"] += f"报告印出的维度升位：{gains['zh']}。"
            text["en"] += f" Gains by pillar that the report prints: {gains['en']}."
        if row.rank_from != row.rank_to or any(len(found) for _, found in groups):
            other = ("其他", "other ") if gains["zh"] else ("", "")
            text["zh"] += f"{row[3]}年的{other[0]}维度名次和得分报告未印，不能据此断定升降的原因。"
            text["en"] += (
                f" The report prints no {other[1]}pillar ranks of {row[3]} and no scores: it does not settle why."
            )
        said[row.city] = text
    return said


def pillar_gains(tables: Tables, city: str, language: str) -> str:
    """Return the places that a city gained in pillars since the year before, where the report prints them."""
    nodes, rows = node_names(tables), tables["tables/movers"].query("city == @city")
    shown = {"zh": "{}{:+d}（第{}页）", "en": "{} {:+d} (p. {})"}[language]
    gains = [shown.format(nodes[row.pillar][language], row.change, row.page) for row in rows.itertuples()]
    return ("、" if language == "zh" else ", ").join(gains)


def listed(cities: Iterable[str], names: Mapping[str, Texts], language: str) -> str:
    """Return the names of cities in one language, in a row."""
    return ("、" if language == "zh" else ", ").join(names[city][language] for city in cities)


def next_above(tables: Tables) -> dict[str, Table]:
    """Return by city what parts it from the city next above in the recomputed index, the largest part first."""
    split, scores = tables["next_above"], tables["scores"].set_index("city")
    cities, nodes, root = city_names(tables), node_names(tables), tables["tables/framework"]["code"].iloc[0]
    leaves = tables["tables/framework"].query("level == level.max()")["code"]
    found = {}
    for (city, above, unit), rows in split.groupby(["city", "above", "unit"], sort=False):
        parts, (unit_name, places) = rows.set_index("node")["contribution"], UNITS[unit]
        indicators = parts[parts.index.isin(leaves)].sort_values(key=abs, ascending=False, kind="stable")
        shown = [root, *indicators.index[indicators.abs() * 10**places >= 0.5]]
        lines = [[nodes[node], *scored(scores, city, above, node), signed(parts[node], places)] for node in shown]
        title = {
            "zh": f"重算指数（全部有得分的城市）中与前一名{cities[above]['zh']}之差",
            "en": f"What parts it from {cities[above]['en']}, next above of all cities with a recomputed score",
        }
        heads = [
            {"zh": "指标", "en": "Indicator"},
            {"zh": "得分", "en": "Score"},
            {"zh": f"{cities[above]['zh']}的得分", "en": f"Of {cities[above]['en']}"},
            {"zh": f"对差的贡献（{unit_name['zh']}）", "en": f"Part in the difference ({unit_name['en']})"},
        ]
        found[city] = Table("", title, heads, lines, evidence=of_index(("public",), tables), file="next_above")
    return found


def changed(tables: Tables) -> dict[str, Table]:
    """Return by city what each indicator did to its score from the year before, where several years are built."""
    rows, nodes = tables["changes"], node_names(tables)
    leaves = tables["tables/framework"].query("level == level.max()")["code"].tolist()
    heads = [
        NODE,
        {"zh": "得分之变（分）", "en": "Change of the score (points)"},
        {"zh": "因数值", "en": "By its value"},
        {"zh": "因权重", "en": "By its weight"},
    ]
    found = {}
    for city, own in rows[rows["to"] == rows["to"].max()].groupby("city", sort=False):
        rank = own["change"].abs().where(own["node"].isin(leaves), float("inf"))
        own = own.loc[rank.sort_values(ascending=False, kind="stable").index]
        before, after = own[["from", "to"]].iloc[0]
        lines = [
            [nodes[row.node], *(signed(part, 2) for part in (row.change, row.by_value, row.by_weight))]
            for row in own.itertuples()
            if row.node not in leaves or max(abs(row.by_value), abs(row.by_weight)) >= 0.005
        ]
        title = {
            "zh": f"{before}年至{after}年重算得分的变化",
            "en": f"What changed its recomputed score from {before} to {after}",
        }
        found[city] = Table("", title, heads, lines, evidence=of_index(("public",), tables), file="changes")
    return found


def scored(scores: pd.DataFrame, city: str, above: str, node: str) -> list[Cell]:
    """Return the scores of two cities in a node."""
    return [MISSING if pd.isna(scores.at[name, node]) else decimal(scores.at[name, node], 1) for name in (city, above)]
