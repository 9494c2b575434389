"""A comparison as text for the terminal; of the modules beside it the only one that needs no page and no figure."""

import textwrap

import pandas as pd

from fhi.showing.compare import Comparison
from fhi.showing.terminal import table

#: so many indicators (or assumptions) are named beside a city
NAMED = 3
#: characters that a choice of method may take
CHOICE = 50


def arrow(shift: object) -> str:
    """Return a shift as an arrow with the places gained or lost, – for none, nothing if it is missing."""
    if pd.isna(shift):
        return ""
    return f"{'↓' if shift > 0 else '↑'}{abs(int(shift))}" if shift else "–"


def comparison_text(found: Comparison) -> str:
    """Return a comparison of two scenarios: what differs between them, what moved, and through what."""
    root = found.data.framework.root
    names = found.data.units["name_en"]
    table_of = found.moves[found.moves["node"] == root].sort_values(["base_rank", "rank", "city"])
    common = table_of.dropna(subset=["shift"])
    moved = common["shift"].abs()
    lines = [
        f"{found.other.name} against {found.base.name}: {int((moved > 0).sum())} of {len(common)} cities moved, by "
        f"{moved.mean():.1f} places on average, {int(moved.max())} at most; Kendall's tau-b {found.tau_b:.2f}",
        "",
        *_changed(found),
        "",
    ]
    rows = [["city", "", found.base.name, found.other.name, "moved", "score", "", "", "through"]]
    for item in common.itertuples():
        ranks = [str(item.base_rank), str(item.rank), arrow(item.shift)]
        scores = [f"{item.base_score:.1f}", "→", f"{item.score:.1f}"]
        parts = ", ".join(map(" ".join, through(found, item)))
        rows.append([item.city, names.get(item.city, ""), *ranks, *scores, parts])
    lines += table(rows, "llrrrrlrl")
    lines += _one_sided(found, table_of)
    lines += _beyond(found)
    return "\n".join([*lines, "", *_reading(found)]) + "\n"


def _changed(found: Comparison) -> list[str]:
    if found.assumptions.empty:
        return ["No assumption differs."]
    rows = []
    for name, group in found.assumptions.groupby("assumption", sort=False):
        first = group.iloc[0]
        effect = "alone moves {} cities, taken back alone {}".format(
            *("–" if group[kind].isna().all() else int((group[kind].abs() > 0).sum()) for kind in ("alone", "last"))
        )
        before, after = (textwrap.shorten(first[kind], CHOICE, placeholder="…") for kind in ("before", "after"))
        rows.append([name, f"{before} → {after}", effect])
    return table(rows, "lll")


def through(found: Comparison, item) -> list[tuple[str, str]]:
    """Return the indicators (or assumptions) that moved a city most, each with how far.

    Parameters
    ----------
    found : Comparison
    item : row
        A row of its moves.
    """
    if found.scale:
        parts = found.contributions[found.contributions["city"] == item.city].set_index("node")["relative"]
        parts = parts[parts.abs() >= 0.005]
        order = parts.abs().sort_values(ascending=False, kind="stable").index[:NAMED]
        return [(node, f"{parts[node]:+.2f}") for node in order]
    parts = found.assumptions[found.assumptions["city"] == item.city].set_index("assumption")
    shift = parts["alone"].fillna(parts["last"])
    shift = shift[shift.fillna(0) != 0]
    order = shift.abs().sort_values(ascending=False, kind="stable").index[:NAMED]
    return [(name, arrow(shift[name])) for name in order]


def _beyond(found: Comparison) -> list[str]:
    """Return who moved by more than the uncertainty of both, if that was asked for."""
    if found.unsure:
        return ["", f"  whether moves exceed the uncertainty cannot be told: {found.unsure}"]
    if found.significance.empty:
        return []
    table = found.significance[found.significance["significant"]]
    rows = [[row.city, f"{row.low:+.0f} to {row.high:+.0f}"] for row in table.itertuples()]
    head = (
        f"  beyond the uncertainty (places in 90 % of {found.significance['draws'].max()} draws, negative for a rise): "
    )
    return ["", head + (", ".join(f"{city} ({places})" for city, places in rows) or "none")]


def _one_sided(found: Comparison, rows: pd.DataFrame) -> list[str]:
    """Return who has a score in one of the two alone."""
    lines = []
    for kept, gone in ((found.base, "score"), (found.other, "base_score")):
        cities = rows.loc[rows[gone].isna(), "city"]
        if len(cities):
            lines.append(f"  only in {kept.name}: {', '.join(cities)}")
    return ["", *lines] if lines else []


def _reading(found: Comparison) -> list[str]:
    moved = "moved: places up or down among the cities that have a score in both"
    if found.scale is None:
        what = "through: the assumptions that differ, each changed alone (where that cannot be built, taken back alone)"
        why = "a split by indicator is exact only between means of one kind: arithmetic, or geometric, at every level"
        notes = dict.fromkeys(found.assumptions["note"][found.assumptions["note"] != ""])
        return [moved, what, why, *notes]
    scores = "scores" if found.scale == "arithmetic" else "logarithms of the scores"
    return [
        moved,
        "through: the indicators that lift or lower the city most against the others, in standard deviations of the",
        f"{scores} (what all cities gain alike, or in proportion, moves no rank)",
    ]


def across_text(ranks: pd.DataFrame, agreement: pd.DataFrame, names: pd.Series) -> str:
    """Return the rank table over all scenarios, and how far each agrees with the first and the published ranks.

    Parameters
    ----------
    ranks : pandas.DataFrame
        Ranks by scenario and unit (`fhi.showing.compare.moves.across`).
    agreement : pandas.DataFrame
        One row a scenario, of the same function.
    names : pandas.Series
        Names shown, by unit.
    """
    wide = ranks.pivot(index="city", columns="scenario", values="rank")[agreement["scenario"].tolist()]
    wide = wide.loc[wide.assign(best=wide.median(axis=1)).sort_values([*wide.columns[:1], "best"]).index]
    rows = [["city", "", *wide.columns]]
    for city, row in wide.iterrows():
        rows.append([city, names.get(city, ""), *("" if pd.isna(rank) else str(int(rank)) for rank in row)])
    lines = table(rows, "ll" + "r" * wide.shape[1])
    first = agreement["scenario"].iloc[0]
    rows = [["scenario", "cities", f"tau-b with {first}", "moved", "places on average", "tau-b with published"]]
    for item in agreement.itertuples():
        # nothing moved, and nothing stayed, where no city is in both
        alone = pd.isna(item.mean_shift)
        shift = ["–"] * 3 if alone else [f"{item.tau_b:.2f}", str(item.moved), f"{item.mean_shift:.1f}"]
        printed = "–" if pd.isna(item.published_tau_b) else f"{item.published_tau_b:.2f}"
        rows.append([item.scenario, str(item.cities), *shift, printed])
    return "\n".join([*lines, "", *table(rows, "lrrrrr")]) + "\n"
