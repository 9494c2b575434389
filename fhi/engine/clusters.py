"""Groups of units that are alike in their scores: hierarchical clustering, their number by the silhouette."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError

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
