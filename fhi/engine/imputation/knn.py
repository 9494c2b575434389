"""Imputation by the nearest neighbours: the units that are most alike in what both of them have."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.engine.methods import Count, method, same

#: squared distances (in standard deviations) that differ by less are ties: what the order of a sum can change
TIE = 1e-9


@method("imputation", "k-nearest-neighbours", zh="K近邻插补", en="nearest neighbours")
def nearest_neighbours(data: pd.DataFrame, *, k: Count = 5) -> pd.DataFrame:
    """Fill with the mean of the k nearest units that have the indicator.

    Every indicator is divided by its sample standard deviation. The distance of two units is the root of the mean
    squared difference over the indicators that both have. All units that tie with the k-th take part, so that no
    order of rows decides. A unit with no indicator in common with any that has the missing one is left missing.

    Parameters
    ----------
    k : int
        How many; if fewer units have the indicator, all of them.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, in the indicators' own units.

    Notes
    -----
    The cost is units with a gap × units × indicators.

    References
    ----------
    Troyanskaya et al. (2001), Missing value estimation methods for DNA microarrays, Bioinformatics 17(6).
    """
    values = data.to_numpy()
    observed = ~np.isnan(values)
    gaps = np.flatnonzero(~observed.all(axis=1))
    distances = squared_distances(data, gaps)
    filled = values.copy()
    for column in np.flatnonzero(~observed.all(axis=0)):
        rows = np.flatnonzero(~observed[gaps, column])
        donors = np.flatnonzero(observed[:, column])
        known = distances[np.ix_(rows, donors)]
        last = min(int(k), len(donors)) - 1
        reach = np.partition(known, last, axis=1)[:, [last]]
        near = (known <= reach + TIE) & np.isfinite(known)
        counts = near.sum(axis=1)
        sums = near @ values[donors, column]
        filled[gaps[rows], column] = np.divide(sums, counts, out=np.full(len(rows), np.nan), where=counts > 0)
    return pd.DataFrame(filled, index=data.index, columns=data.columns)


def squared_distances(data: pd.DataFrame, rows: np.ndarray) -> np.ndarray:
    """Return the mean squared standardised difference of some units to all; infinite without a common indicator.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    rows : numpy.ndarray of int
        The positions of the units.

    Returns
    -------
    numpy.ndarray
        These units × all units, in squared standard deviations; 0 for a unit and itself.
    """
    # a single value has no spread either
    spread = data.std(ddof=1).mask(same(data.min(), data.max()), 1.0).fillna(1.0)
    scaled = ((data - data.mean()) / spread).to_numpy()
    observed = (~np.isnan(scaled)).astype(float)
    scaled = np.nan_to_num(scaled)
    squares = scaled**2
    # Σ (a − b)² over common indicators, as products of matrices
    sums = squares[rows] @ observed.T + observed[rows] @ squares.T - 2 * scaled[rows] @ scaled.T
    common = observed[rows] @ observed.T
    return np.divide(sums, common, out=np.full(sums.shape, np.inf), where=common > 0)
