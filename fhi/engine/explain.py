"""After building: what each indicator does to the ranks, what a city is strong in, and why one stands above another."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from fhi.engine.agreement import shifts
from fhi.engine.errors import FhiError, MethodError, choose
from fhi.engine.framework import Framework, redistributed
from fhi.engine.index import Index, build, combine, separable
from fhi.engine.methods import traits
from fhi.engine.parameters import Method, steps_by_level, steps_by_node

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
    and aggregation do without them, and their weight goes to their siblings. An indicator that stands in two branches
    is left out of both. Ranks are compared among the cities that
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
    whole = build(panel, framework, method, year=year, units=units)
    if nodes is None:
        used = whole.weights.index[whole.weights["effective"] > 0]
        pillars = set(framework.children(framework.root))
        nodes = [node for node in used if node not in framework.same and node in pillars.union(framework.leaves)]
    effects, frames = [], [pd.DataFrame(columns=SHIFTS)]
    for node in nodes:
        choose(dict.fromkeys(framework.nodes), node, "nodes")
        left_out = framework.everywhere(node)
        try:
            without = _combined_without(whole, framework, method, left_out)
            if without is None:
                own = [leaf for leaf in left_out if leaf not in framework.same]
                excluded = tuple(dict.fromkeys([*method.exclude_indicators, *own]))
                changed = method.model_copy(update={"exclude_indicators": excluded})
                without = build(panel, framework, changed, year=year, units=units)
        except FhiError as error:
            effects.append((node, 0, np.nan, np.nan, None, str(error)))
            continue
        moved = shifts(whole.scores[framework.root], without.scores[framework.root], decimals=method.ranking.decimals)
        moved = moved.rename(columns={"before": "rank", "after": "rank_without"}).rename_axis("city").reset_index()
        size = moved["shift"].abs()
        most = moved.loc[size.idxmax()] if len(moved) else {"shift": np.nan, "city": None}
        effects.append((node, len(moved), size.mean(), most["shift"], most["city"], ""))
        frames.append(moved.assign(node=node)[SHIFTS])
    found = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.DataFrame(effects, columns=EFFECTS), pd.concat(found, ignore_index=True)


def _combined_without(whole: Index, framework: Framework, method: Method, left_out: list[str]) -> Index | None:
    """Return the index of the other columns as they are; None where a step would give them other values."""
    if not (separable(method) and traits("over_years", method.over_years.method).own_year):
        return None
    kept = whole.stages["normalised"].assign(**dict.fromkeys(left_out, np.nan))
    return None if kept.isna().all(axis=None) else combine(kept, framework, method)


def standings(index: Index, framework: Framework) -> pd.DataFrame:
    """Return where each city stands among the cities in each indicator.

    ``standing`` is the share of the other cities with a value that it is ahead of, those level with it counted half: a
    city that shares the last place with thirty others does not pass for strong because their shared rank is 6.

    Parameters
    ----------
    index : Index
    framework : Framework
        The tree that the index was built on.

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
        message = "a gap is split only if every level is an arithmetic mean, or every level a geometric one."
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
        Cities × nodes, the root included; see `_own_weights`.
    values : pandas.DataFrame
        Cities × indicators, on the scale; 0 where the city has no weight: a cell that it lacks has no part.
    """
    weights = _own_weights(index, framework, [*cities])
    used = weights[framework.leaves] > 0
    scores = index.scores.loc[weights.index, framework.leaves]
    forward = traits("aggregation", kind).sums[0]
    values = np.where(used, forward(scores.where(used, 1.0).to_numpy()), 0.0)
    return weights, pd.DataFrame(values, index=scores.index, columns=scores.columns)


def next_above(index: Index, framework: Framework, method: Method) -> pd.DataFrame:
    """Split the gap of each city to the city next above it, as `why` splits it.

    Parameters
    ----------
    index : Index
    framework : Framework
    method : Method
        The method that `index` was built by.

    Returns
    -------
    pandas.DataFrame
        ``city, above, node, contribution, unit``: every node that either of the two has, the root with the whole gap,
        from the second city on in order of rank. Of cities that share the place above, the first by name. Contributions
        are negative where the city is behind; `unit` is ``points``, or ``logarithm`` if all means are geometric. Empty
        if levels are aggregated by other methods, since no such split is exact then.
    """
    kind = common_mean(framework, method)
    scores = index.scores[framework.root].dropna().sort_index().sort_values(ascending=False, kind="stable")
    if kind is None or scores.nunique() < 2:
        return pd.DataFrame(columns=NEXT_ABOVE)
    # cities of one score stand together, the first by name first: the one above is the first of the group before
    first = np.flatnonzero(np.diff(scores.to_numpy(), prepend=np.inf))
    group = np.searchsorted(first, np.arange(len(scores)), side="right") - 1
    behind = np.flatnonzero(group > 0)
    above = first[group[behind] - 1]
    weights, values = decompose(index, framework, scores.index, kind)
    terms = (weights[framework.leaves] * values).to_numpy()
    differences, nodes = terms[behind] - terms[above], [framework.root, *framework.nodes]
    places = {leaf: place for place, leaf in enumerate(framework.leaves)}
    below = [[places[leaf] for leaf in framework.leaves_below(node)] for node in nodes]
    parts = np.stack([np.nansum(np.ascontiguousarray(differences[:, columns]), axis=1) for columns in below], axis=1)
    present = index.scores.loc[scores.index, nodes].notna().to_numpy()
    rows, columns = np.nonzero(present[behind] | present[above])
    names, codes = scores.index.to_numpy(), np.array(nodes, dtype=object)
    table = {"city": names[behind[rows]], "above": names[above[rows]], "node": codes[columns]}
    return pd.DataFrame(table | {"contribution": parts[rows, columns], "unit": traits("aggregation", kind).split})


def common_mean(framework: Framework, *methods: Method) -> str | None:
    """Return the one mean of all levels by which scores are sums over the indicators; None if there is none."""
    kinds = aggregations(framework, *methods)
    return kinds.pop() if len(kinds) == 1 and all(traits("aggregation", kind).split for kind in kinds) else None


def aggregations(framework: Framework, *methods: Method) -> set[str]:
    """Return the methods by which the levels of the tree are aggregated."""
    levels = range(framework.depth)
    return {
        step.method
        for method in methods
        for steps in (steps_by_level(method.aggregation, levels), steps_by_node(method.aggregation))
        for step in steps.values()
    }


def _own_weights(index: Index, framework: Framework, cities: Sequence[str]) -> pd.DataFrame:
    """Return the effective weights of cities, cities × nodes: of what a city lacks, the siblings have the weight.

    Raises
    ------
    MethodError
        If a city is not in the index or has no score.
    """
    for city in set(cities) - set(index.scores.index):
        choose(dict.fromkeys(index.scores.index), city, "city")
    scores, weights = index.scores.loc[[*cities]], index.weights["weight"]
    if scores[framework.root].isna().any():
        city = scores.index[scores[framework.root].isna()][0]
        raise MethodError(f"{city} has no score to explain.", key="city", value=city)
    own = {framework.root: np.ones(len(scores))}
    for parent, family in framework.families.items():
        known = redistributed(scores[family].notna().to_numpy(), weights[family].to_numpy(dtype=float))
        for child, kept in zip(family, known.kept.T, strict=True):
            total = known.covered
            own[child] = np.divide(own[parent] * kept, total, out=np.zeros(len(total)), where=known.scored)
    return pd.DataFrame({node: own[node] for node in [framework.root, *framework.nodes]}, index=scores.index)
