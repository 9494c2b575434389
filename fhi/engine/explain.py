"""After building: what each indicator does to the ranks, what a city is strong in, and why one stands above another."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
import pandas as pd

from fhi.engine.agreement import shifts
from fhi.engine.errors import FhiError, MethodError, choose
from fhi.engine.framework import Framework
from fhi.engine.index import Index, build
from fhi.engine.methods import traits
from fhi.engine.parameters import Method, steps_by_level
from fhi.engine.siblings import redistributed

EFFECTS = ["node", "cities", "mean_absolute_shift", "largest_shift", "city", "note"]
SHIFTS = ["node", "city", "rank", "rank_without", "shift"]
NEXT_ABOVE = ["city", "above", "node", "contribution", "unit"]


def drop_each(
    panel: pd.DataFrame,
    framework: Framework,
    method: Method,
    nodes: Iterable[str] | None = None,
    *,
    year: int | None = None,
    units: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Build the index again without each of some nodes in turn, everything else as it was.

    Without a node is without the indicators below it, as ``exclude_indicators`` leaves them out: imputation, weights
    and aggregation do without them, and their weight goes to their siblings. Ranks are compared among the cities that
    have a score both times, ranked among themselves, since a city may gain or lose its score.

    Parameters
    ----------
    panel, framework, method, year, units
        As for `fhi.engine.index.build`.
    nodes : iterable of str, optional
        Default: the pillars, then the indicators that the index uses.

    Returns
    -------
    effects : pandas.DataFrame
        One row a node: ``node, cities`` (with a score both times), ``mean_absolute_shift``, ``largest_shift`` (signed,
        positive for a fall) and its ``city``, the first by name of several. Where the index cannot be built without
        the node, ``note`` says why and no city is compared.
    shifts : pandas.DataFrame
        ``node, city, rank, rank_without, shift``; a positive shift is a lower place without the node.

    Raises
    ------
    MethodError
        If a node does not exist, or the index cannot be built at all.

    References
    ----------
    OECD/JRC (2008), Handbook, section 7.2, equation 38: the average shift in ranks.
    """
    rebuild = partial(build, panel, framework, year=year, units=units)
    whole = rebuild(method=method)
    if nodes is None:
        used = whole.weights.index[whole.weights["effective"] > 0]
        nodes = [node for node in used if framework.parents[node] == framework.root or node in framework.leaves]
    effects, frames = [], [pd.DataFrame(columns=SHIFTS)]
    for node in nodes:
        choose(dict.fromkeys(framework.nodes), node, "nodes")
        left_out = dict.fromkeys([*method.exclude_indicators, *framework.leaves_below(node)])
        try:
            without = rebuild(method=method.model_copy(update={"exclude_indicators": tuple(left_out)}))
        except FhiError as error:
            effects.append((node, 0, np.nan, np.nan, None, str(error)))
            continue
        moved = shifts(whole.scores[framework.root], without.scores[framework.root], decimals=method.ranking.decimals)
        moved = moved.rename(columns={"before": "rank", "after": "rank_without"}).rename_axis("city").reset_index()
        effects.append((node, *_summary(moved), ""))
        frames.append(moved.assign(node=node)[SHIFTS])
    found = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.DataFrame(effects, columns=EFFECTS), pd.concat(found, ignore_index=True)


def _summary(shifts: pd.DataFrame) -> tuple:
    """Return the number of cities, their mean absolute shift, and the largest shift with its city."""
    size = shifts["shift"].abs()
    most = shifts.loc[size.idxmax()] if len(shifts) else {"shift": np.nan, "city": None}
    return len(shifts), size.mean(), most["shift"], most["city"]


def standings(index: Index, framework: Framework) -> pd.DataFrame:
    """Return where each city stands among the cities in each indicator.

    ``standing`` is the share of the other cities with a value that it is ahead of, those level with it counted half: a
    city that shares the last place with thirty others does not pass for strong because their shared rank is 6.

    Returns
    -------
    pandas.DataFrame
        One row a city and indicator with a score: ``city, node, rank, cities`` (with a score), ``standing`` (from 0,
        the last, to 1, the first; one half for the only one), ``score, median, effective``.
    """
    scores = index.scores[framework.leaves].dropna(axis=1, how="all")
    rivals = scores.notna().sum() - 1
    # the mean place from below, less one, is how many stand below and half of those that are level
    standing = ((scores.rank() - 1) / rivals.where(rivals > 0)).fillna(0.5)
    rows = scores.rename_axis(index="city", columns="node").stack(future_stack=True).dropna()
    table = rows.rename("score").reset_index()
    cells = pd.MultiIndex.from_frame(table[["city", "node"]])
    by_node = {"cities": rivals + 1, "median": scores.median(), "effective": index.weights["effective"]}
    table = table.assign(
        rank=index.ranks.stack(future_stack=True).reindex(cells).astype(int).to_numpy(),
        standing=standing.stack(future_stack=True).reindex(cells).to_numpy(),
        **{name: table["node"].map(values) for name, values in by_node.items()},
    )
    return table[["city", "node", "rank", "cities", "standing", "score", "median", "effective"]]


def strengths(index: Index, framework: Framework, city: str, count: int = 3) -> pd.DataFrame:
    """Return the indicators in which a city stands best and worst among the cities (see `standings`).

    Parameters
    ----------
    index : Index
    framework : Framework
    city : str
    count : int
        At most so many of each.

    Returns
    -------
    pandas.DataFrame
        ``kind`` (``strength`` above one half, ``weakness`` below), ``node, rank, cities, standing, score, median,
        effective``; strengths from the best, then weaknesses from the worst.

    Raises
    ------
    MethodError
        If the city is not in the index.
    """
    choose(dict.fromkeys(index.scores.index), city, "city")
    table = standings(index, framework).query("city == @city").drop(columns="city")
    best = table[table["standing"] > 0.5].sort_values("standing", ascending=False, kind="stable").head(count)
    worst = table[table["standing"] < 0.5].sort_values("standing", kind="stable").head(count)
    parts = [best.assign(kind="strength"), worst.assign(kind="weakness")]
    return pd.concat(parts, ignore_index=True)[["kind", *table]]


def why(index: Index, framework: Framework, method: Method, city: str, other: str) -> pd.DataFrame:
    """Split the difference of two cities' scores into what each node contributes: why one stands above the other.

    With only arithmetic means a score is ``Σ W·x`` over the indicators, W being the city's effective weights (a cell
    that it lacks leaves its weight to the siblings), and an indicator contributes ``W·x`` of the one city less that of
    the other. With only geometric means the same holds of the logarithms, ``ln`` of the ratio of the scores being
    split. A node above the indicators contributes what they do together, so that every level sums to the whole.

    Parameters
    ----------
    index : Index
    framework : Framework
    method : Method
        The method that `index` was built by.
    city, other : str
        Positive contributions speak for `city`.

    Returns
    -------
    pandas.DataFrame
        One row a node, the root first: ``node, parent, level, score, other_score, weight, other_weight`` (effective,
        of each city), ``contribution`` in points, or in logarithms if geometric. Nodes that neither city has are left
        out.

    Raises
    ------
    MethodError
        If a city has no score, or a level is aggregated by another method: then no such split is exact.
    """
    kind = common_mean(framework, method)
    if kind is None:
        message = "only an index of arithmetic means, or of geometric means, at every level is such a sum."
        raise MethodError(message, key="aggregation", value=sorted(aggregations(framework, method)))
    weights, values = decompose(index, framework, [city, other], kind)
    nodes = [framework.root, *framework.nodes]
    table = pd.DataFrame({"parent": framework.parents, "level": framework.levels}).loc[nodes]
    for name, prefix in ((city, ""), (other, "other_")):
        table[f"{prefix}score"] = index.scores.loc[name, nodes]
        table[f"{prefix}weight"] = weights.loc[name]
    terms = weights[framework.leaves] * values
    difference = (terms.loc[city] - terms.loc[other]).to_dict()
    table["contribution"] = [np.nansum([difference[leaf] for leaf in framework.leaves_below(node)]) for node in nodes]
    known = table[["score", "other_score"]].notna().any(axis=1)
    columns = ["parent", "level", "score", "other_score", "weight", "other_weight", "contribution"]
    return table.loc[known, columns].rename_axis("node").reset_index()


def decompose(
    index: Index, framework: Framework, cities: Iterable[str], kind: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the effective weights and the values by which the score of a city is ``Σ W·x`` over the indicators.

    Parameters
    ----------
    kind : str
        The one mean of all levels (`common_mean`), an aggregation with the trait `split`. What is the sum is the score
        on that scale.

    Returns
    -------
    weights : pandas.DataFrame
        Cities × nodes, the root included; see `own_weights`.
    values : pandas.DataFrame
        Cities × indicators, on the scale; 0 where the city has no weight: a cell that it lacks has no part.
    """
    weights = pd.DataFrame({city: own_weights(index, framework, city) for city in cities}).T
    used = weights[framework.leaves] > 0
    scores = index.scores.loc[weights.index, framework.leaves]
    forward = traits("aggregation", kind).sums[0]
    values = np.where(used, forward(scores.where(used, 1.0).to_numpy()), 0.0)
    return weights, pd.DataFrame(values, index=scores.index, columns=scores.columns)


def next_above(index: Index, framework: Framework, method: Method) -> pd.DataFrame:
    """Split the gap of each city to the city next above it, as `why` splits it.

    Returns
    -------
    pandas.DataFrame
        ``city, above, node, contribution, unit``: every node that either of the two has, the root with the whole gap,
        from the second city on in order of rank. Of cities that share the place above, the first by name. Contributions
        are negative where the city is behind; `unit` is ``points``, or ``logarithm`` if all means are geometric. Empty
        if levels are aggregated by other methods, since no such split is exact then.
    """
    kind, frames = common_mean(framework, method), [pd.DataFrame(columns=NEXT_ABOVE)]
    scores = index.scores[framework.root].dropna().sort_index().sort_values(ascending=False, kind="stable")
    for city, score in scores.items() if kind else ():
        better = scores[scores > score]
        if len(better):
            # the first that has the lowest of the better scores
            split = why(index, framework, method, city, better.idxmin())
            frames.append(
                split.assign(city=city, above=better.idxmin(), unit=traits("aggregation", kind).split)[NEXT_ABOVE]
            )
    return pd.concat(frames[1:] or frames, ignore_index=True)


def common_mean(framework: Framework, *methods: Method) -> str | None:
    """Return the one mean of all levels by which scores are sums over the indicators; None if there is none."""
    kinds = aggregations(framework, *methods)
    return kinds.pop() if len(kinds) == 1 and all(traits("aggregation", kind).split for kind in kinds) else None


def aggregations(framework: Framework, *methods: Method) -> set[str]:
    """Return the methods by which the levels of the tree are aggregated."""
    levels = range(framework.levels.max())
    return {step.method for method in methods for step in steps_by_level(method.aggregation, levels).values()}


def own_weights(index: Index, framework: Framework, city: str) -> pd.Series:
    """Return the effective weights of one city by node: of what it lacks, the siblings have the weight.

    Raises
    ------
    MethodError
        If the city is not in the index or has no score.
    """
    choose(dict.fromkeys(index.scores.index), city, "city")
    scores, weights = index.scores.loc[city].to_dict(), index.weights["weight"].to_dict()
    if np.isnan(scores[framework.root]):
        raise MethodError(f"{city} has no score to explain.", key="city", value=city)
    own = {framework.root: 1.0}
    for code in sorted(framework.nodes, key=framework.levels.__getitem__):
        parent = framework.parents[code]
        family = framework.children(parent)
        known = redistributed(~np.isnan([scores[child] for child in family]), [weights[child] for child in family])
        place = family.index(code)
        own[code] = own[parent] * known.kept[place] / known.covered if known.scored else 0.0
    return pd.Series(own)
