"""Units compared without weights: which dominate which, in layers, which are alike, and what leaving one out does."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from fhi.engine.aggregation import aggregate
from fhi.engine.errors import FhiError, MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import build, prepare
from fhi.engine.parameters import Method
from fhi.engine.weighting import weigh

#: units whose comparisons with all others are held in memory at once
BLOCK = 256
#: scores that differ by less are level
LEVEL = 1e-9
#: the columns of each table of `tables`
COLUMNS = {
    "dominance": ["of", "city", "dominates", "dominated_by", "layer"],
    "clusters": ["city", "cluster", "silhouette"],
    "rank_reversals": ["city", "pairs", "reversed", "first", "second", "note"],
}
#: units up to which `tables` makes each of its tables: time grows with their square, and a build for each
LIMITS = {"dominance": 500, "clusters": 500, "rank_reversals": 100}


def dominance(values: pd.DataFrame) -> pd.DataFrame:
    """Return how many units each unit dominates, by how many it is dominated, and its Pareto layer.

    A unit dominates another if it is at least as good in every column and better in one. No non-negative weights of
    any increasing aggregation put a dominated unit above the one that dominates it. Layer 1 holds the units that none
    dominates, layer 2 those that only units of layer 1 dominate, and so on.

    Parameters
    ----------
    values : pandas.DataFrame
        Units × indicators (or pillars), more is better. Two units are compared only if they have the same columns
        with a value: a unit that lacks a value that the other has neither dominates it nor is dominated.

    Returns
    -------
    pandas.DataFrame
        By unit: ``dominates``, ``dominated_by`` (numbers of units), ``layer`` (1 is the best).

    Notes
    -----
    Time grows with units² × columns, memory with `BLOCK` × units × columns.

    References
    ----------
    Pareto layers: non-dominated sorting of Goldberg (1989), Genetic Algorithms, chapter 5.
    """
    beats = _dominates(values)
    layer, left, number = np.zeros(len(values), dtype=int), np.ones(len(values), dtype=bool), 0
    while left.any():
        number += 1
        best = left & ~beats[left].any(axis=0)
        layer[best], left = number, left & ~best
    found = {"dominates": beats.sum(axis=1), "dominated_by": beats.sum(axis=0), "layer": layer}
    return pd.DataFrame(found, index=values.index)


def _dominates(values: pd.DataFrame) -> np.ndarray:
    """Return units × units: whether the first dominates the second."""
    numbers = values.to_numpy(dtype=float)
    missing = np.isnan(numbers)
    filled = np.where(missing, -np.inf, numbers)
    blocks = []
    for start in range(0, len(numbers), BLOCK):
        mine, gaps = filled[start : start + BLOCK, None], missing[start : start + BLOCK, None]
        same = (gaps == missing).all(axis=2)
        blocks.append(same & (mine >= filled).all(axis=2) & (mine > filled).any(axis=2))
    return np.concatenate(blocks) if blocks else np.zeros((0, 0), dtype=bool)


def rank_reversals(
    panel: pd.DataFrame,
    framework: Framework,
    method: Method,
    *,
    year: int | None = None,
    units: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Build the index again without each unit in turn, and count the pairs of other units whose order turns round.

    An order of two units that depends on a third is a property of the method (min-max and z-scores take their ends and
    spread from all units), not of the two.

    Parameters
    ----------
    panel, framework, method, year, units
        As for `fhi.engine.index.build`.

    Returns
    -------
    pandas.DataFrame
        By unit left out: ``pairs`` (of the others with a score both times), ``reversed`` (in strictly opposite order),
        ``first``, ``second`` (one such pair, the first by place; missing without one), and ``note`` where the index
        cannot be built without it.

    Raises
    ------
    MethodError
        If the index cannot be built at all.

    References
    ----------
    Belton & Gear (1983), On a short-coming of Saaty's method of analytic hierarchies, Omega 11(3).
    """
    names = list(dict.fromkeys(panel["city"]))
    if len(names) < 3:
        raise MethodError(f"reversals need at least three units, not {len(names)}.")
    whole = _root(panel, framework, method, year, units).sort_values(ascending=False, kind="stable")
    records = []
    for name in names:
        rest = units.drop(index=name, errors="ignore") if units is not None else None
        try:
            scores = _root(panel[panel["city"] != name], framework, method, year, rest)
        except FhiError as error:
            records.append((name, 0, 0, None, None, str(error)))
            continue
        kept = pd.DataFrame({"before": whole, "after": scores}).reindex(whole.index).dropna()
        before, after = kept.to_numpy().T
        # scores that differ by the rounding of a sum are level
        turned = (before[:, None] > before) & (after[:, None] < after - LEVEL)
        first = next(zip(*np.nonzero(turned), strict=True), None)
        pair = (None, None) if first is None else (kept.index[first[0]], kept.index[first[1]])
        records.append((name, len(kept) * (len(kept) - 1) // 2, int(turned.sum()), *pair, ""))
    columns = ["city", "pairs", "reversed", "first", "second", "note"]
    return pd.DataFrame(records, columns=columns).set_index("city")


def _root(panel: pd.DataFrame, framework: Framework, method: Method, year: int | None, units) -> pd.Series:
    """Return the scores of the whole, without the ranks of every node that `build` gives."""
    normalised = prepare(panel, framework, method, year, units)["normalised"]
    tree = framework.with_weights(dict(method.weights))
    shares = weigh(normalised, tree, method.weighting.method, **method.weighting.params)
    return aggregate(normalised, tree, shares, method.aggregation, availability=method.availability)[framework.root]


def rank_change(before: np.ndarray, after: np.ndarray, units: list[str], confidence: float = 0.9) -> pd.DataFrame:
    """Return whether the ranks of two years (or two methods) differ by more than the uncertainty of both.

    Parameters
    ----------
    before, after : numpy.ndarray
        Draws × units: the ranks of the same units in the same draws of the assumptions, 0 where one has none.
    units : list of str
        Names of the columns.
    confidence : float, optional
        Share of the draws that the interval holds.

    Returns
    -------
    pandas.DataFrame
        By unit: ``draws`` (that rank it both times), ``median``, ``low``, ``high`` of the change (after − before; a
        negative change is a rise), ``rises``, ``falls`` (shares of the draws), ``significant``: whether the interval
        leaves out 0.

    Raises
    ------
    MethodError
        If the two are not of one shape.
    """
    if before.shape != after.shape or before.shape[1] != len(units):
        shapes = f"{before.shape}, {after.shape}, {len(units)} units"
        raise MethodError(f"the draws before and after must be of the same units and draws, not {shapes}.")
    both = (before > 0) & (after > 0)
    change = np.where(both, after.astype(float) - before, np.nan)
    tail = (1 - confidence) / 2
    table = pd.DataFrame(change, columns=pd.Index(units, name="city"))
    ends = table.quantile([tail, 0.5, 1 - tail], interpolation="nearest")
    counts = table.notna().sum()
    found = {
        "draws": counts,
        "median": ends.loc[0.5],
        "low": ends.iloc[0],
        "high": ends.iloc[2],
        "rises": (table < 0).sum() / counts.where(counts > 0),
        "falls": (table > 0).sum() / counts.where(counts > 0),
        "significant": (ends.iloc[0] > 0) | (ends.iloc[2] < 0),
    }
    return pd.DataFrame(found)


#: fewer units than these have no groups
LEAST = 3


def clusters(values: pd.DataFrame, count: int | None = None, *, tried: Iterable[int] = range(2, 11)) -> pd.DataFrame:
    """Return groups of units by Ward's method.

    Parameters
    ----------
    values : pandas.DataFrame
        Units × indicators (or pillars) on one scale; units without a value in every column are left out.
    count : int, optional
        How many groups; default: the number of `tried` with the greatest mean silhouette (the least among equals).
    tried : iterable of int, optional
        Numbers of groups that are compared.

    Returns
    -------
    pandas.DataFrame
        By unit: ``cluster`` (1 has the highest mean of its units' means), ``silhouette`` (−1 to 1; 0 for a group of
        one). ``attrs["silhouettes"]`` has the mean silhouette of each number of groups.

    Raises
    ------
    MethodError
        With fewer than three units, or a number of groups that is not between 2 and the number of units less one.

    References
    ----------
    Ward (1963), Hierarchical grouping to optimize an objective function, JASA 58; Rousseeuw (1987), Silhouettes,
    J. Computational and Applied Mathematics 20: s = (b − a)/max(a, b), a the mean distance to the own group, b the
    least mean distance to another.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist, squareform

    complete = values.dropna()
    if len(complete) < LEAST:
        raise MethodError(f"groups need at least {LEAST} units with every value, not {len(complete)}.")
    wanted = [count] if count else [number for number in tried if number < len(complete)]
    if not all(2 <= number < len(complete) for number in wanted):
        raise MethodError(f"the number of groups must lie between 2 and {len(complete) - 1}.", key="count", value=count)
    numbers = complete.to_numpy(dtype=float)
    pairs = pdist(numbers)
    tree, distances = linkage(numbers, method="ward"), squareform(pairs)
    labels = {number: fcluster(tree, number, criterion="maxclust") for number in wanted}
    widths = {number: silhouette(distances, found) for number, found in labels.items()}
    means = {number: float(found.mean()) for number, found in widths.items()}
    best = max(means, key=lambda number: (round(means[number], 12), -number))
    heights = pd.Series(numbers.mean(axis=1)).groupby(labels[best]).mean().sort_values(ascending=False)
    places = {label: place for place, label in enumerate(heights.index, start=1)}
    found = {"cluster": [places[label] for label in labels[best]], "silhouette": widths[best]}
    table = pd.DataFrame(found, index=complete.index)
    table.attrs["silhouettes"] = means
    return table


def silhouette(distances: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the silhouette of each unit.

    Parameters
    ----------
    distances : numpy.ndarray
        Units × units.
    labels : numpy.ndarray
        The group of each unit; at least two groups.

    Returns
    -------
    numpy.ndarray
        −1 to 1; 0 for a unit alone in its group.
    """
    groups, own = np.unique(labels, return_inverse=True)
    member = own[:, None] == np.arange(len(groups))
    sums, sizes, rows = distances @ member, member.sum(axis=0), np.arange(len(labels))
    alone = sizes[own] == 1
    inside = sums[rows, own] / np.where(alone, 1, sizes[own] - 1)
    others = sums / sizes
    others[rows, own] = np.inf
    outside = others.min(axis=1)
    widest = np.maximum(inside, outside)
    return np.where(alone | (widest == 0), 0.0, (outside - inside) / np.where(widest == 0, 1, widest))


def tables(
    panel: pd.DataFrame, framework: Framework, method: Method, units: pd.DataFrame | None = None
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Compare the units that have an index without its weights, and by builds without each of them.

    Parameters
    ----------
    panel, framework, method, units
        As for `fhi.engine.index.build`.

    Returns
    -------
    found : dict of str to pandas.DataFrame
        ``dominance`` (``of, city, dominates, dominated_by, layer``: of the pillars, and of the indicators if there are
        levels between), ``clusters`` (``city, cluster, silhouette``, by pillars) and ``rank_reversals``
        (``city, pairs, reversed, first, second, note``).
    said : pandas.DataFrame
        ``table, rows, note``: how many rows each has, and why one has none.

    Raises
    ------
    MethodError
        If the index cannot be built.
    """
    built = build(panel, framework, method, units=units)
    ranked = built.scores.index[built.scores[framework.root].notna()]
    pillars = built.scores.loc[ranked, framework.children(framework.root)]
    levels = {"pillars": pillars}
    if framework.depth > 1:
        levels["indicators"] = built.scores.loc[ranked, framework.leaves]
    jobs = {
        "dominance": lambda: pd.concat([dominance(values).assign(of=of) for of, values in levels.items()]),
        "clusters": lambda: clusters(pillars),
        "rank_reversals": lambda: rank_reversals(panel, framework, method, units=units),
    }
    found, said = {}, []
    for name, job in jobs.items():
        table, note = pd.DataFrame(), f"of {LIMITS[name]} units or fewer; there are {len(ranked)}"
        if len(ranked) <= LIMITS[name]:
            try:
                table, note = job(), ""
            except MethodError as error:
                note = str(error)
        found[name] = table.rename_axis("city").reset_index().reindex(columns=COLUMNS[name])
        said.append((name, len(table), note))
    return found, pd.DataFrame(said, columns=["table", "rows", "note"])
