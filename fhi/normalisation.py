"""Handbook step 5: bring indicators of different units onto one scale, more always better."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from fhi.errors import MethodError, choose


def min_max(data: pd.DataFrame, *, scale=(0, 100)) -> pd.DataFrame:
    """Return ``low + (high − low)·(x − min)/(max − min)`` by column; unit: points of `scale`.

    Raises
    ------
    MethodError
        If a column has no spread, or `scale` is not two ascending numbers.
    """
    low, high = _ascending(scale)
    least, most = data.min(), data.max()
    _refuse_constant(data, "min-max divides by max − min")
    return low + (high - low) * (data - least) / (most - least)


def z_score(data: pd.DataFrame, *, mean: float = 0.0, sd: float = 1.0) -> pd.DataFrame:
    """Return ``mean + sd·(x − x̄)/s`` by column, with the sample standard deviation s (ddof 1); no unit.

    Raises
    ------
    MethodError
        If a column has no spread, `mean` is not a number, or `sd` is not a positive one.
    """
    if not _finite(mean):
        raise MethodError(f"the mean must be a number; found {mean!r}.", key="normalisation.mean")
    if not _finite(sd) or not sd > 0:
        raise MethodError(f"the standard deviation must be a positive number; found {sd!r}.", key="normalisation.sd")
    _refuse_constant(data, "z-score divides by the standard deviation")
    return mean + sd * (data - data.mean()) / data.std(ddof=1)


def rank(data: pd.DataFrame) -> pd.DataFrame:
    """Return the rank by column, worst 1 and best n; ties share the lowest rank of their group."""
    return data.rank(method="min")


#: name -> function of (data with more always better, **params) that returns the normalised frame
METHODS: Mapping[str, Callable[..., pd.DataFrame]] = {"min-max": min_max, "z-score": z_score, "rank": rank}


def normalise(data: pd.DataFrame, method: str, *, directions: pd.Series, scale=(0, 100), **params) -> pd.DataFrame:
    """Normalise every indicator by a named method.

    A column of direction −1 is negated before the method sees it, so that more is always better.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators; missing cells are NaN and stay so.
    method : str
        A name of `METHODS`.
    directions : pandas.Series
        1 or −1 by column.
    scale : pair of float
        Low and high end, for the min-max kinds only.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`.

    Raises
    ------
    MethodError
        If there is no such method, a direction is missing, a column is empty or has no spread.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, section 1.5.
    """
    function = choose(METHODS, method, "normalisation")
    unknown = [column for column in data if directions.get(column) not in (1, -1)]
    if unknown:
        raise MethodError(f"no direction (1 or -1) for {', '.join(unknown)}.", key="direction")
    empty = [column for column in data if data[column].isna().all()]
    if empty:
        raise MethodError(f"no data in {', '.join(empty)}; leave the column out.", key="normalisation")
    if function is min_max:
        params["scale"] = scale
    return function(data * directions[data.columns].astype(float), **params)


def _ascending(scale) -> tuple[float, float]:
    try:
        low, high = map(float, scale)
    except (TypeError, ValueError):
        low = high = 0.0
    if not -np.inf < low < high < np.inf:
        raise MethodError(f"the scale must be two ascending numbers; found {scale!r}.", key="normalisation.scale")
    return low, high


def _finite(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _refuse_constant(data: pd.DataFrame, why: str) -> None:
    constant = [column for column in data if data[column].nunique() < 2]
    if constant:
        raise MethodError(f"every value is the same in {', '.join(constant)}, and {why}; leave it out.")
