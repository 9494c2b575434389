"""Imputation by a hot deck: a missing cell gets the value that another unit, its donor, has."""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd

from fhi.engine.imputation.knn import TIE, squared_distances
from fhi.engine.imputation.mean_median import groups_of
from fhi.engine.methods import Attribute, Whole, method


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
    values, alike, names = data.to_numpy(copy=True), _alike(data, groups, units), data.index.astype(str).to_numpy()
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
    values, alike, names = data.to_numpy(copy=True), _alike(data, groups, units), data.index.astype(str).to_numpy()
    order = np.argsort(names, kind="stable")
    observed = ~np.isnan(values)
    for row in np.flatnonzero(~observed.all(axis=1)):
        number = np.random.default_rng([int(seed), zlib.crc32(names[row].encode())]).random()
        for column in np.flatnonzero(~observed[row]):
            donors = order[observed[order, column] & alike[row, order]]
            if len(donors):
                values[row, column] = values[donors[int(number * len(donors))], column]
    return pd.DataFrame(values, index=data.index, columns=data.columns)


def _alike(data: pd.DataFrame, groups: str | pd.Series | None, units: pd.DataFrame | None) -> np.ndarray:
    """Return units × units: whether the two are of one group; without groups all are."""
    if groups is None:
        return np.ones((len(data), len(data)), dtype=bool)
    codes, _ = pd.factorize(groups_of(data, groups, units))
    return (codes[:, None] == codes) & (codes >= 0)
