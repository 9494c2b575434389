"""Why a city stands where it does: who passed it since the year before, what parts it from the city next above."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable

import pandas as pd

from fhi.showing.figures.evidence import of_index
from fhi.showing.figures.registry import Tables, Texts
from fhi.showing.report.tables import NODE, Cell, Table, city_names, has, leaf_nodes, node_names, upper_nodes
from fhi.showing.report.texts import MISSING, decimal, digits, signed, unit_words

#: by the unit of contributions: its names, and the decimals shown, of which nought is left out
UNITS = {"points": ({"zh": "分", "en": "points"}, 2), "logarithm": ({"zh": "对数", "en": "logarithm"}, 3)}

JOINTS = {"zh": "、", "en": ", "}


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
    both, cities, gains = rows.dropna(subset=["rank_from", "rank_to"]), city_names(tables), printed_gains(tables)
    said = {}
    for row in both.itertuples():
        was_above, is_above = both["rank_from"] < row.rank_from, both["rank_to"] < row.rank_to
        came = rows[rows["rank_from"].isna() & (rows["rank_to"] < row.rank_to)]
        moved = {
            ("被超过", "Passed by"): both.loc[is_above & ~was_above, "city"],
            ("超过", "Passed"): both.loc[was_above & ~is_above, "city"],
            ("新进入其前", "New above it"): came["city"],
        }
        named = [(heads, joined(cities[city] for city in found)) for heads, found in moved.items() if len(found)]
        (before, first), (after, last) = (row[3], int(row.rank_from)), (row[4], int(row.rank_to))
        sentences = [
            (f"{before}年第{first}名，{after}年第{last}名。", f"Place {first} in {before}, {last} in {after}.")
        ]
        sentences += [(f"{zh}：{found['zh']}。", f"{en}: {found['en']}.") for (zh, en), found in named]
        if gone := first - 1 - was_above.sum():
            sentences += [
                (f"原居其前而今不在二十城之列：{gone}城。", f"No longer among the twenty, once above it: {gone}.")
            ]
        other = ("", "")
        if up := gains.get(row.city):
            other = ("其他", "other ")
            sentences += [(f"报告印出的维度升位：{up['zh']}。", f"Gains by pillar that the report prints: {up['en']}.")]
        if named or first != last:
            zh = f"{before}年的{other[0]}维度名次和得分报告未印，不能据此断定升降的原因。"
            en = f"The report prints no {other[1]}pillar ranks of {before} and no scores: it does not settle why."
            sentences += [(zh, en)]
        zh, en = zip(*sentences, strict=True)
        said[row.city] = {"zh": "".join(zh), "en": " ".join(en)}
    return said


def printed_gains(tables: Tables) -> dict[str, Texts]:
    """Return by city the places that it gained in pillars since the year before, as far as the report prints them."""
    nodes = node_names(tables)
    return {
        city: joined(
            {
                "zh": f"{nodes[row.pillar]['zh']}{row.change:+d}（第{row.page}页）",
                "en": f"{nodes[row.pillar]['en']} {row.change:+d} (p. {row.page})",
            }
            for row in rows.itertuples()
        )
        for city, rows in tables["tables/movers"].groupby("city")
    }


def joined(texts: Iterable[Texts]) -> Texts:
    """Return texts in a row."""
    texts = [*texts]
    return {language: joint.join(text[language] for text in texts) for language, joint in JOINTS.items()}


def next_above(tables: Tables, wanted: Collection[str] | None = None) -> dict[str, Table]:
    """Return by city what parts it from the city next above in the reconstructed index, the largest part first.

    `wanted` are the cities that are asked for (default: all), here and in the other functions.
    """
    split, scores, units = tables["next_above"], tables["scores"].set_index("city"), unit_words(tables)
    cities, nodes, root = city_names(tables), node_names(tables), tables["tables/framework"]["code"].iloc[0]
    leaves, found, decimals = leaf_nodes(tables), {}, digits(scores[upper_nodes(tables)])
    split = split if wanted is None else split[split["city"].isin(wanted)]
    for (city, above, unit), rows in split.groupby(["city", "above", "unit"], sort=False):
        parts, (unit_name, places) = rows.set_index("node")["contribution"], UNITS[unit]
        indicators = parts[parts.index.isin(leaves)].sort_values(key=abs, ascending=False, kind="stable")
        shown = [root, *indicators.index[indicators.abs() * 10**places >= 0.5]]
        lines = [
            [nodes[node], *scored(scores, city, above, node, decimals), signed(parts[node], places)] for node in shown
        ]
        title = {
            "zh": f"重建指数（全部有得分的{units['one']['zh']}）中与前一名{cities[above]['zh']}之差",
            "en": f"What parts it from {cities[above]['en']}, next above of all {units['many']['en']} with a "
            "reconstructed score",
        }
        heads = [
            {"zh": "指标", "en": "Indicator"},
            {"zh": "得分", "en": "Score"},
            {"zh": f"{cities[above]['zh']}的得分", "en": f"Of {cities[above]['en']}"},
            {"zh": f"对差的贡献（{unit_name['zh']}）", "en": f"Part in the difference ({unit_name['en']})"},
        ]
        found[city] = Table("", title, heads, lines, evidence=of_index(("reconstructed",), tables), file="next_above")
    return found


def beside_next_above(tables: Tables, wanted: Collection[str] | None = None) -> dict[str, Table]:
    """Return by city its scores beside those of the city next above, where the difference was not split into parts.

    So where levels are aggregated in different ways (`fhi.engine.contributions`); empty if ``next_above`` has rows.
    Of several that share the rank above, the one with the least score.
    """
    if has(tables, "next_above"):
        return {}
    cities, nodes, root = city_names(tables), node_names(tables), tables["tables/framework"]["code"].iloc[0]
    scores = tables["scores"].set_index("city")
    ranks = tables["ranks"].set_index("city")[root]
    order = scores[root].dropna().sort_values(ascending=False, kind="stable").index
    shown, found, places = [*upper_nodes(tables), *leaf_nodes(tables)], {}, digits(scores[upper_nodes(tables)])
    shown = [node for node in dict.fromkeys(shown) if scores[node].notna().any()]
    above = None
    for before, city in itertools.pairwise(order):
        above = before if ranks[before] < ranks[city] else above
        if above is None or (wanted is not None and city not in wanted):
            continue
        lines = [
            [nodes[node], *scored(scores, city, above, node, places)]
            + [signed(scores.at[city, node] - scores.at[above, node], places + 1)]
            for node in shown
        ]
        title = {"zh": f"与前一名{cities[above]['zh']}相比", "en": f"Beside {cities[above]['en']}, next above"}
        heads = [
            NODE,
            {"zh": "得分", "en": "Score"},
            {"zh": f"{cities[above]['zh']}的得分", "en": f"Of {cities[above]['en']}"},
        ]
        heads.append({"zh": "差", "en": "Difference"})
        found[city] = Table("", title, heads, lines, evidence=of_index(("reconstructed",), tables), file="scores")
    return found


def changed(tables: Tables, wanted: Collection[str] | None = None) -> dict[str, Table]:
    """Return by city what each indicator did to its score from the year before, where several years are built."""
    rows, nodes, leaves = tables["changes"], node_names(tables), leaf_nodes(tables)
    heads = [
        NODE,
        {"zh": "得分之变（分）", "en": "Change of the score (points)"},
        {"zh": "因数值", "en": "By its value"},
        {"zh": "因权重", "en": "By its weight"},
    ]
    found = {}
    rows = rows[rows["to"] == rows["to"].max()]
    for city, own in (rows if wanted is None else rows[rows["city"].isin(wanted)]).groupby("city", sort=False):
        rank = own["change"].abs().where(own["node"].isin(leaves), float("inf"))
        own = own.loc[rank.sort_values(ascending=False, kind="stable").index]
        before, after = own[["from", "to"]].iloc[0]
        lines = [
            [nodes[row.node], *(signed(part, 2) for part in (row.change, row.by_value, row.by_weight))]
            for row in own.itertuples()
            if row.node not in leaves or max(abs(row.by_value), abs(row.by_weight)) >= 0.005
        ]
        title = {
            "zh": f"{before}年至{after}年重建得分的变化",
            "en": f"What changed its reconstructed score from {before} to {after}",
        }
        found[city] = Table("", title, heads, lines, evidence=of_index(("reconstructed",), tables), file="changes")
    return found


def scored(scores: pd.DataFrame, city: str, above: str, node: str, places: int = 1) -> list[Cell]:
    """Return the scores of two cities in a node."""
    return [
        MISSING if pd.isna(scores.at[name, node]) else decimal(scores.at[name, node], places) for name in (city, above)
    ]
