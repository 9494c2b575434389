"""Several years: scores and ranks of each, who rose and fell, who came and went, and which indicators did it."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import pairwise

import numpy as np
import pandas as pd

from fhi.engine.agreement import shifts
from fhi.engine.errors import MethodError
from fhi.engine.explain import common_mean, decompose
from fhi.engine.framework import Framework
from fhi.engine.index import Index, build
from fhi.engine.methods import traits
from fhi.engine.parameters import Method

SCORES = ["year", "node", "city", "score", "rank", "evidence"]
MOVES = ["node", "city", "from", "to", "rank_from", "rank_to", "change", "among", "status", "evidence"]
GROWTH = ["indicator", "city", "from", "to", "value_from", "value_to", "change", "annual", "trend", "years"]
CHANGES = ["city", "from", "to", "node", "change", "by_value", "by_weight"]


def build_years(
    panel: pd.DataFrame, framework: Framework, method: Method, units: pd.DataFrame | None = None
) -> dict[int, Index]:
    """Return the index of every year of the panel up to the edition's, the oldest first.

    An earlier year in which the index cannot be built at all (no indicator has data for enough units) is left out.
    Levels compare between years only if `method.over_years` measures them alike; ranks always do.

    Parameters
    ----------
    panel : pandas.DataFrame
        ``city, year, indicator, value``.
    framework : Framework
    method : Method
        Its `year` is the edition's (default: the latest of the panel).
    units : pandas.DataFrame, optional
        As for `fhi.engine.index.build`.

    Returns
    -------
    dict of int to Index

    Raises
    ------
    MethodError
        If the edition's year, or the latest of the panel, cannot be built.
    """
    edition = int(panel["year"].max()) if method.year is None else method.year
    # every year is normalised with the same others
    method = method.model_copy(update={"year": edition})
    built = {}
    for year in sorted(int(year) for year in panel["year"].unique() if year < edition):
        with suppress(MethodError):
            built[year] = build(panel, framework, method, year=year, units=units)
    return built | {edition: build(panel, framework, method, year=edition, units=units)}


def scores(
    built: Mapping[int, Index],
    panel: pd.DataFrame,
    framework: Framework,
    label: Callable[[Iterable[str]], Iterable[str]] = set,
) -> pd.DataFrame:
    """Return ``year, node, city, score, rank, evidence``: the scores of every node in the years in which it compares.

    That is where it is made of the same indicators as in the last year, and any of them was observed in the year
    itself: an index of one indicator of many is no index, and what is carried on from the year before shows no
    movement. `evidence` is what `label` makes of the labels of the values that the scores rest on (by default the
    labels themselves), joined by ``+``; empty if the panel has no column ``evidence``.

    Parameters
    ----------
    built : mapping of int to Index
        As of `build_years`.
    panel : pandas.DataFrame
        What they were built of.
    framework : Framework
    label : callable, optional
        From the labels of values to those of a score.

    Returns
    -------
    pandas.DataFrame
        One row a year, node and city with a score; `rank` among all cities of the year.
    """
    frames, alike = [pd.DataFrame(columns=SCORES)], comparable(built, framework)
    for year, index in built.items():
        for node, below in alike[year].items():
            known = index.scores[node].dropna()
            if len(known) and (panel["indicator"].isin(below) & (panel["year"] == year)).any():
                frame = pd.DataFrame({"score": known, "rank": index.ranks.loc[known.index, node].astype(int)})
                frame = frame.assign(year=year, node=node, evidence=_labels(panel, below, year, label))
                frames.append(frame.rename_axis("city").reset_index())
    return pd.concat(frames[1:] or frames, ignore_index=True)[SCORES]


def comparable(built: Mapping[int, Index], framework: Framework) -> dict[int, dict[str, list[str]]]:
    """Return by year the nodes that are made of the same indicators as in the last year, with these.

    Parameters
    ----------
    built : mapping of int to Index
        As of `build_years`.
    framework : Framework

    Returns
    -------
    dict of int to dict
        By year: node → its indicators with weight.
    """
    used = {}
    for year, index in built.items():
        weights = index.weights["effective"]
        below = {node: framework.leaves_below(node) for node in [framework.root, *framework.nodes]}
        used[year] = {node: [leaf for leaf in leaves if weights[leaf] > 0] for node, leaves in below.items()}
    last = used[max(used)]
    return {
        year: {node: leaves for node, leaves in nodes.items() if leaves and leaves == last[node]}
        for year, nodes in used.items()
    }


def _labels(panel: pd.DataFrame, indicators: list[str], year: int, label: Callable) -> str:
    if "evidence" not in panel:
        return ""
    rows = panel[panel["indicator"].isin(indicators) & (panel["year"] <= year)]
    # the latest row of a cell is the one that counts
    latest = rows.sort_values("year").drop_duplicates(["city", "indicator"], keep="last")
    return "+".join(sorted(label(latest["evidence"].unique())))


def movement(table: pd.DataFrame) -> pd.DataFrame:
    """Return who moved between neighbouring years, by node.

    Parameters
    ----------
    table : pandas.DataFrame
        As `scores` returns it.

    Returns
    -------
    pandas.DataFrame
        ``node, city, from, to, rank_from, rank_to, change, among, status, evidence``. `change` is the rank before less
        the rank after, so that a rise is positive; ranks are those among all cities of each year. `among` is the change
        among the cities of both years: a city that enters pushes nobody down. `status` goes by it: ``rose``, ``fell``,
        ``same``, ``entered`` (no score before) or ``left`` (none after).
    """
    frames = [pd.DataFrame(columns=MOVES)]
    for node, rows in table.groupby("node", sort=False):
        by_year = dict(list(rows.groupby("year")))
        years = sorted(by_year)
        for before, after in pairwise(years):
            old, new = by_year[before].set_index("city"), by_year[after].set_index("city")
            labels = {label for frame in (old, new) for label in frame["evidence"].iloc[0].split("+")}
            frame = moved(old["rank"], new["rank"]).assign(node=node, evidence="+".join(sorted(labels)))
            frames.append(frame.assign(**{"from": before, "to": after}))
    return pd.concat(frames[1:] or frames, ignore_index=True)[MOVES]


def growth(panel: pd.DataFrame) -> pd.DataFrame:
    """Return how each value grew from the first to the last year in which it was observed.

    Parameters
    ----------
    panel : pandas.DataFrame
        ``city, year, indicator, value``.

    Returns
    -------
    pandas.DataFrame
        ``indicator, city, from, to, value_from, value_to``; ``change``, their difference; ``annual``, the compound rate
        a year, ``(x₁/x₀)^(1/(t₁ − t₀)) − 1``; ``trend``, the rate of the least-squares line through the logarithms,
        ``e^b − 1`` with b the slope of ln x on the year, of three years or more; ``years``, how many were observed.
        A rate is missing where a value is not positive. Only cells observed in two years or more.
    """
    rows = panel.dropna(subset=["value"]).sort_values("year", kind="stable")
    rows = rows.drop_duplicates(["indicator", "city", "year"], keep="last")
    key = ["indicator", "city"]
    rows = rows[rows.duplicated(key, keep=False)].astype({"year": int, "value": float})
    rows = rows.assign(log=np.log(rows["value"].where(rows["value"] > 0)))
    cells = rows.groupby(key)
    apart = rows["year"] - cells["year"].transform("mean")
    sums = rows.assign(up=apart * rows["log"], square=apart**2).groupby(key)[["up", "square"]].sum(min_count=1)
    first, last, count = cells.first(), cells.last(), cells.size()
    found = pd.DataFrame({"from": first["year"], "to": last["year"]})
    found = found.assign(value_from=first["value"], value_to=last["value"], change=last["value"] - first["value"])
    positive = cells["value"].min() > 0
    annual = (last["value"] / first["value"]) ** (1 / (last["year"] - first["year"])) - 1
    trend = np.expm1(sums["up"] / sums["square"]).where(count > 2)
    found = found.assign(annual=annual.where(positive), trend=trend.where(positive), years=count)
    return found.reset_index()[GROWTH]


def moved(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """Return the move of each city between two years from its ranks in them.

    Parameters
    ----------
    before, after : pandas.Series
        Ranks by city, 1 the best.

    Returns
    -------
    pandas.DataFrame
        ``city, rank_from, rank_to, change, among, status``; see `movement`.
    """
    frame = pd.DataFrame({"rank_from": before, "rank_to": after}).astype("Int64").rename_axis("city")
    frame["change"] = frame["rank_from"] - frame["rank_to"]
    frame["among"] = -shifts(before, after, ascending=True)["shift"].astype("Int64")
    status = np.sign(frame["among"]).map({1: "rose", 0: "same", -1: "fell"})
    frame["status"] = status.astype(object).where(frame["rank_from"].notna(), "entered")
    frame["status"] = frame["status"].where(frame["rank_to"].notna(), "left")
    return frame.reset_index()


def changes(built: Mapping[int, Index], framework: Framework, method: Method) -> pd.DataFrame:
    """Split the change of each city's score between neighbouring years into what each indicator did.

    With arithmetic means at every level a score is ``Σ W·x``, W being the city's effective weights. An indicator that a
    city has in both years adds ``W̄·Δx`` by its value and ``x̄·ΔW`` by its weight (bars: means of the two years), which
    together are its whole change; one that it has in one year only adds or takes away ``W·x``, by its weight.

    Parameters
    ----------
    built : mapping of int to Index
        As of `build_years`.
    framework : Framework
    method : Method
        That they were built by.

    Returns
    -------
    pandas.DataFrame
        ``city, from, to, node, change, by_value, by_weight``: the indicators, and the root with the whole change. Empty
        if another aggregation is used, since no such split is exact then; without cities that lack a score in a year.
    """
    alike = comparable(built, framework)
    frames = [pd.DataFrame(columns=CHANGES)]
    years = sorted(year for year in built if framework.root in alike[year])
    kind = common_mean(framework, method)
    linear = kind is not None and traits("aggregation", kind).split == "points"
    for before, after in pairwise(years) if linear else ():
        old, new = built[before], built[after]
        both = old.scores[framework.root].dropna().index.intersection(new.scores[framework.root].dropna().index)
        parts = [_change(old, new, framework, city).assign(city=city) for city in both]
        frames += [part.assign(**{"from": before, "to": after}) for part in parts]
    return pd.concat(frames[1:] or frames, ignore_index=True)[CHANGES]


def _change(old: Index, new: Index, framework: Framework, city: str) -> pd.DataFrame:
    leaves = framework.leaves
    split = [decompose(index, framework, [city], "arithmetic") for index in (old, new)]
    weights = [weights.loc[city, leaves] for weights, _ in split]
    values = [index.scores.loc[city, leaves] for index in (old, new)]
    change = weights[1] * split[1][1].loc[city] - weights[0] * split[0][1].loc[city]
    by_value = ((weights[0] + weights[1]) / 2 * (values[1] - values[0])).fillna(0.0)
    frame = pd.DataFrame({"change": change, "by_value": by_value, "by_weight": change - by_value})
    frame = frame[(weights[0] > 0) | (weights[1] > 0)]
    frame.loc[framework.root] = frame.sum()
    return frame.rename_axis("node").reset_index()
