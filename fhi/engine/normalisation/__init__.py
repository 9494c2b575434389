"""Handbook step 5: bring indicators of different units onto one scale, more always better."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.engine import methods
from fhi.engine.errors import MethodError, choose
from fhi.engine.methods import listed
from fhi.engine.normalisation import ranges, reference, rules, standards  # noqa: F401 (they register their methods)

#: name -> function of (data with more always better, **params) that returns the normalised frame
METHODS = methods.TABLES["normalisation"]

#: name -> function of (frames by year, year, normalise, **params): what a year is normalised against
OVER_YEARS = methods.TABLES["over_years"]


def normalise(data: pd.DataFrame, method: str, *, directions: pd.Series, scale=(0, 100), **params) -> pd.DataFrame:
    """Normalise every indicator by a named method.

    A column of direction −1 is turned round before the method sees it, so that more is always better: negated, or
    for a method that needs positive values (trait `reflected`) replaced by max + min − x.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators; missing cells are NaN and stay so.
    method : str
        A name of `METHODS`.
    directions : pandas.Series
        1 or −1 by column.
    scale : pair of float
        Low and high end, for the methods that have a `scale`.
    **params
        The method's own parameters.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`.

    Raises
    ------
    MethodError
        If there is no such method or parameter, a direction is missing, a column is empty or does not fit the
        method, or a method leaves a value out.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, section 1.5.
    """
    function = choose(METHODS, method, "normalisation")
    data = data.astype(float)
    signs = directions.reindex(data.columns).astype(float)
    unknown = ~np.isin(signs.to_numpy(), (1, -1))
    if unknown.any():
        raise MethodError(f"no direction (1 or -1) for {listed(data.columns[unknown])}.", key="direction")
    methods.refuse_empty(data, "normalisation")
    if "scale" in methods.keywords(function):
        params["scale"] = scale
    turned = _turned(data, signs, methods.traits("normalisation", method).reflected)
    result = methods.call(METHODS, method, turned, step="normalisation", params=params, directions=signs)
    result = methods.check_frame(result, data, step="normalisation", name=method)
    lost = (np.isnan(result.to_numpy()) != np.isnan(data.to_numpy())).any(axis=0)
    if lost.any():
        names = listed(data.columns[lost])
        message = f"{method!r} must give a number where there is one, and none elsewhere; see {names}."
        raise MethodError(message, key="normalisation", value=method)
    return result


def _turned(data: pd.DataFrame, signs: pd.Series, reflected: bool) -> pd.DataFrame:
    """Return the data with more always better."""
    values = data.to_numpy()
    if reflected:
        low, high = methods.ends(values)
        turned = np.where(signs.to_numpy() > 0, values, high + low - values)
    else:
        turned = values * signs.to_numpy()
    return pd.DataFrame(turned, index=data.index, columns=data.columns)
