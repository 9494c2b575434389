"""Imputation from other units or indicators: a middle value, or the value of a unit that is alike or near."""

import zlib

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError, refuse
from fhi.engine.framework import Framework
from fhi.engine.methods import Attribute, Count, Whole, method, same


@method("imputation", "mean", zh="均值插补", en="mean", columnwise=True)
def mean(data: pd.DataFrame) -> pd.DataFrame:
    """Fill with the mean of the indicator over the units that have it."""
    # the mean of equal values is that value, to the last bit: else they would differ for a rank or a range
    return _filled(data, data.mean().clip(data.min(), data.max()))


@method("imputation", "median", zh="中位数插补", en="median", columnwise=True)
def median(data: pd.DataFrame) -> pd.DataFrame:
    """Fill with the median of the indicator over the units that have it."""
    return _filled(data, data.median())


def _filled(data: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    """Return the table with one value a column in its gaps; `fillna` would go column by column."""
    cells = data.to_numpy()
    return pd.DataFrame(np.where(np.isnan(cells), values.to_numpy(), cells), index=data.index, columns=data.columns)


@method("imputation", "group-mean", zh="组内均值插补", en="mean of the group", columnwise=True)
def group_mean(data: pd.DataFrame, *, groups: Attribute | pd.Series, units: pd.DataFrame | None = None) -> pd.DataFrame:
    """Fill with the mean of the indicator over the units of the same group.

    A unit without a group, or whose group has no value of the indicator, is left missing.

    Parameters
    ----------
    groups : str or pandas.Series
        A column of `units`, such as ``admin_class`` or ``province_zh``, or the groups by unit.
    units : pandas.DataFrame
        Attributes by unit; needed if `groups` is a name.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, in the indicators' own units.

    Raises
    ------
    MethodError
        If there is no such column, or `units` lacks a unit of `data`.
    """
    grouped = data.groupby(groups_of(data, groups, units))
    return data.fillna(grouped.transform("mean").clip(grouped.transform("min"), grouped.transform("max")))


@method("imputation", "group-median", zh="组内中位数插补", en="median of the group", columnwise=True)
def group_median(
    data: pd.DataFrame, *, groups: Attribute | pd.Series, units: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Fill with the median of the indicator over the units of the same group; else as ``group-mean``.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    groups, units
        As for `group_mean`.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, in the indicators' own units.

    Raises
    ------
    MethodError
        As of `group_mean`.
    """
    return data.fillna(data.groupby(groups_of(data, groups, units)).transform("median"))


@method("imputation", "parent-mean", zh="同级指标均值插补", en="mean of the siblings")
def parent_mean(data: pd.DataFrame, *, framework: Framework, level: Whole | None = None) -> pd.DataFrame:
    """Fill with the mean of the unit's other indicators below the same parent, on a common scale.

    With ``s = (x − worst)/(best − worst)`` over the units, the missing cell of a unit gets
    ``worst + s̄·(best − worst)``, where s̄ is the mean of the unit's known s below the same node. An indicator that is
    the same for all units has no s. Without any known s the cell is left missing: an only child always is.

    Parameters
    ----------
    level : int, optional
        The level of the common ancestor: 1 the pillar, 0 the root. By default each indicator's own parent.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, in the indicators' own units.

    Raises
    ------
    MethodError
        If a column is not an indicator of the framework, or there is no such level above the indicators.
    """
    unknown = [column for column in data if column not in framework.leaves]
    refuse(unknown, "no indicator of the framework: {}.", key="imputation", valid=framework.leaves)
    better = data * framework.directions[data.columns]
    worst = better.min()
    spread = better.max() - worst
    relative = (better - worst) / spread.mask(same(worst, better.max()))
    ancestors = _ancestors(framework, [*data], level)
    means = relative.T.groupby(ancestors).mean().T
    estimates = worst + spread * means[ancestors].set_axis(data.columns, axis=1)
    return data.fillna(estimates * framework.directions[data.columns])


def groups_of(data: pd.DataFrame, groups: str | pd.Series, units: pd.DataFrame | None) -> pd.Series:
    """Return the group of each unit, NaN for none.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    groups : str or pandas.Series
        A column of `units`, or the groups by unit.
    units : pandas.DataFrame or None
        Attributes by unit.

    Returns
    -------
    pandas.Series
        By unit of `data`.

    Raises
    ------
    MethodError
        If there is no such column, or a unit is absent.
    """
    if isinstance(groups, str):
        if units is None:
            message = f"the groups {groups!r} are a column of a table of units; pass it as units."
            raise MethodError(message, key="imputation.groups", value=groups)
        if groups not in units:
            message = f"there is no column {groups!r} in the table of units."
            raise MethodError(message, key="imputation.groups", value=groups, valid=map(str, units))
        groups = units[groups]
    message = "no group is given for {}; add a row (its group may be empty)."
    refuse(data.index.difference(groups.index), message, key="imputation.groups")
    return groups[data.index]


def _ancestors(framework: Framework, leaves: list[str], level: int | None) -> list[str]:
    depth = int(framework.levels[leaves].min())
    if level is None:
        return framework.parents[leaves].tolist()
    if level >= depth:
        message = f"the first indicators stand at level {depth}; choose a level above them."
        raise MethodError(message, key="imputation.level", value=level, valid=map(str, range(depth)))
    parents = framework.parents
    ancestors = leaves
    while any(deeper := framework.levels[ancestors].to_numpy() > level):
        ancestors = [parents[code] if deep else code for code, deep in zip(ancestors, deeper, strict=True)]
    return ancestors


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
