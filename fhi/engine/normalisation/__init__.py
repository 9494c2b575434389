"""Handbook step 5: bring indicators of different units onto one scale, more always better, by year or over years."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from fhi.engine import methods
from fhi.engine.errors import MethodError, choose, refuse
from fhi.engine.methods import Whole, method
from fhi.engine.normalisation import ranges, rules  # noqa: F401 (they register their methods)

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
    known = directions.to_dict()
    signs = pd.Series([known.get(column, np.nan) for column in data], index=data.columns, dtype=float)
    refuse(data.columns[np.abs(signs.to_numpy()) != 1], "no direction (1 or -1) for {}.", key="direction")
    methods.refuse_empty(data, "normalisation")
    if "scale" in methods.keywords(function):
        params["scale"] = scale
    turned = _turned(data, signs, methods.traits("normalisation", method).reflected)
    result = methods.call(METHODS, method, turned, step="normalisation", params=params, directions=signs)
    result = methods.check_frame(result, data, step="normalisation", name=method)
    lost = data.columns[(np.isnan(result.to_numpy()) != np.isnan(turned.to_numpy())).any(axis=0)]
    message = f"{method!r} must give a number where there is one, and none elsewhere; see {{}}."
    refuse(lost, message, key="normalisation", value=method)
    return result


def _turned(data: pd.DataFrame, signs: pd.Series, reflected: bool) -> pd.DataFrame:
    """Return the data with more always better."""
    values = data.to_numpy(dtype=float)
    if reflected:
        low, high = methods.ends(values)
        turned = np.where(signs.to_numpy() > 0, values, high + low - values)
    else:
        turned = values * signs.to_numpy()
    return pd.DataFrame(turned, index=data.index, columns=data.columns)


#: units × indicators by year
History = Mapping[int, pd.DataFrame]
#: the normalisation of a frame, its method and parameters chosen
Normalise = Callable[[pd.DataFrame], pd.DataFrame]


@method("over_years", "by-year", zh="逐年标准化", en="each year by itself", own_year=True)
def by_year(history: History, year: int, normalise: Normalise) -> pd.DataFrame:
    """Normalise a year against itself: places compare between years, levels do not.

    Parameters
    ----------
    history : mapping of int to pandas.DataFrame
        Units × indicators by year.
    year : int
        The year whose values are normalised.
    normalise : callable
        The normalisation of a frame, its method and parameters chosen.

    Returns
    -------
    pandas.DataFrame
        Units × indicators of the year.
    """
    return normalise(history[year])


@method("over_years", "pooled", zh="各年合并标准化", en="all years together")
def pooled(history: History, year: int, normalise: Normalise) -> pd.DataFrame:
    """Normalise all years together, each unit in each year a row: levels compare, and change with every new year.

    Parameters
    ----------
    history, year, normalise
        As for `by_year`.

    Returns
    -------
    pandas.DataFrame
        Units × indicators of the year.
    """
    columns = history[year].columns
    return normalise(pd.concat({at: frame.reindex(columns=columns) for at, frame in history.items()})).xs(year)


@method("over_years", "base-year", zh="以基年为准", en="as in a base year")
def base_year(history: History, year: int, normalise: Normalise, *, base: Whole) -> pd.DataFrame:
    """Normalise as the base year was: the line that takes its values to their scores takes those of any other year.

    ``y = y₀ + (y₁ − y₀)·(x − x₀)/(x₁ − x₀)`` with the least and greatest value of the base year and their scores. A
    score may leave the scale of the base year; that of a past edition stays as it was when a year is added.

    Parameters
    ----------
    history, year, normalise
        As for `by_year`.
    base : int
        The base year, one of those of the panel.

    Returns
    -------
    pandas.DataFrame
        Units × indicators of the year.

    Raises
    ------
    MethodError
        If there is no such year, an indicator has less than three different values in it, or the method is no line
        (ranks, logarithms): then pool the years.
    """
    if base not in history:
        message = f"there are no data of {base}."
        raise MethodError(message, key="over_years.base", value=base, valid=[str(other) for other in sorted(history)])
    current = history[year]
    data = history[base].reindex(columns=current.columns)
    few = [column for column in data if current[column].notna().any() and data[column].nunique() < 3]
    message = f"at least 3 distinct values are needed in {base}: {{}}; choose another base or leave it out."
    refuse(few, message, key="over_years.base", value=base)
    data = data[[column for column in data if data[column].nunique() >= 3]]
    scores, result = normalise(data), current * np.nan
    for column in data:
        x, y = data[column].dropna(), scores[column].dropna()
        low, high = x.idxmin(), x.idxmax()
        slope = (y[high] - y[low]) / (x[high] - x[low])
        line = y[low] + slope * (x - x[low])
        if (line - y).abs().max() > 1e-9 * max(1.0, y.abs().max()):
            message = f"base-year requires a linear normalisation; that of {column} is not linear; "
            raise MethodError(message + "use pooled, or a method such as min-max.", key="over_years", value="base-year")
        result[column] = y[low] + slope * (current[column] - x[low])
    return result
