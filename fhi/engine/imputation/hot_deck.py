"""Imputation from donors: units of the same class or group, or the nearest in what both of them have."""

import zlib

import numpy as np
import pandas as pd

from fhi.engine.imputation.mean_median import groups_of
from fhi.engine.methods import Attribute, Count, Whole, method, same


@method("imputation", "nearest-donor", zh="最近邻热卡插补", en="nearest-donor hot deck")
def nearest_donor(
    data: pd.DataFrame, *, groups: Attribute | pd.Series | None = None, units: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Fill with the value of the nearest unit that has the indicator: a value that was observed, and no mean.

    The distance of two units is that of ``k-nearest-neighbours``: the root of the mean squared difference over the
    indicators that both have, each in standard deviations. Of donors that tie, the first by name gives. A unit with
    no indicator in common with any donor is left missing.

    Parameters
    ----------
    groups : str or pandas.Series, optional
        A column of `units`, or the groups by unit: donors are of the same group. A unit without a group, or whose
        group has no donor, is left missing.
    units : pandas.DataFrame, optional
        Attributes by unit; needed if `groups` is a name.

    Returns
    -------
    pandas.DataFrame
        Units × indicators, in the units of `data`.

    Raises
    ------
    MethodError
        If there is no such column, or `units` lacks a unit of `data`.

    References
    ----------
    Andridge and Little (2010), A review of hot deck imputation for survey non-response, International Statistical
    Review 78(1); OECD/JRC (2008), Handbook, section 1.3.
    """
    values, alike, names = data.to_numpy(copy=True), alike_units(data, groups, units), data.index.astype(str).to_numpy()
    observed = ~np.isnan(values)
    rows = np.flatnonzero(~observed.all(axis=1))
    distances = np.where(alike[rows], squared_distances(data, rows), np.inf)
    for column in np.flatnonzero(~observed.all(axis=0)):
        donors = np.flatnonzero(observed[:, column])
        donors = donors[np.argsort(names[donors], kind="stable")]
        gaps = np.flatnonzero(~observed[rows, column])
        known = distances[np.ix_(gaps, donors)]
        least = known.min(axis=1, keepdims=True)
        first = np.argmax(known <= least + TIE, axis=1)
        found = np.isfinite(least[:, 0])
        values[rows[gaps[found]], column] = values[donors[first[found]], column]
    return pd.DataFrame(values, index=data.index, columns=data.columns)


@method("imputation", "random-donor", zh="随机热卡插补", en="random hot deck", columnwise=True)
def random_donor(
    data: pd.DataFrame,
    *,
    groups: Attribute | pd.Series | None = None,
    seed: Whole = 0,
    units: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Fill with the value of a unit drawn at random from those that have the indicator, in the same group.

    Each unit has one number u from [0, 1), of the seed and its name; with n donors in the order of their names the
    one at place ``⌊u·n⌋`` gives. So indicators that lack the same units take one donor for all, and the order of the
    rows plays no part.

    Parameters
    ----------
    groups : str or pandas.Series, optional
        As for ``nearest-donor``; without it all units are donors.
    seed : int
        Another seed draws other donors.
    units : pandas.DataFrame, optional
        Attributes by unit; needed if `groups` is a name.

    Returns
    -------
    pandas.DataFrame
        Units × indicators, in the units of `data`.

    Raises
    ------
    MethodError
        As for ``nearest-donor``.

    References
    ----------
    Andridge and Little (2010), A review of hot deck imputation for survey non-response, International Statistical
    Review 78(1); OECD/JRC (2008), Handbook, section 1.3.
    """
    values, alike, names = data.to_numpy(copy=True), alike_units(data, groups, units), data.index.astype(str).to_numpy()
    order = np.argsort(names, kind="stable")
    observed = ~np.isnan(values)
    for row in np.flatnonzero(~observed.all(axis=1)):
        number = np.random.default_rng([int(seed), zlib.crc32(names[row].encode())]).random()
        for column in np.flatnonzero(~observed[row]):
            donors = order[observed[order, column] & alike[row, order]]
            if len(donors):
                values[row, column] = values[donors[int(number * len(donors))], column]
    return pd.DataFrame(values, index=data.index, columns=data.columns)


def alike_units(data: pd.DataFrame, groups: str | pd.Series | None, units: pd.DataFrame | None) -> np.ndarray:
    """Return units × units: whether the two are of one group; a unit without a group is alike to none.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    groups : str, pandas.Series or None
        A column of `units`, or the groups by unit; without groups all units are alike.
    units : pandas.DataFrame or None
        Attributes by unit; needed if `groups` is a name.

    Returns
    -------
    numpy.ndarray of bool

    Raises
    ------
    MethodError
        As for `groups_of`.
    """
    if groups is None:
        return np.ones((len(data), len(data)), dtype=bool)
    codes, _ = pd.factorize(groups_of(data, groups, units))
    return (codes[:, None] == codes) & (codes >= 0)


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
