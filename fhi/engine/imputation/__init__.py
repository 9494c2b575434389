"""Handbook step 3: fill missing cells, or leave them. Observed values never change.

First a city's own values of other years (`impute_years`), then those of other cities or indicators.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fhi.engine import methods
from fhi.engine.errors import refuse
from fhi.engine.framework import Framework
from fhi.engine.imputation import donors, models  # noqa: F401 (they register their methods)
from fhi.engine.methods import Whole, method


@method("imputation", "none", zh="不插补", en="none", columnwise=True)
def none(data: pd.DataFrame) -> pd.DataFrame:
    """Leave missing cells missing: aggregation then works with the indicators at hand (available case)."""
    return data.copy()


#: name -> function of (history, targets, **params): the methods over the years of a panel
YEARS = methods.TABLES["panel"]
#: name -> function of (data, **params) that returns the filled frame
METHODS = methods.TABLES["imputation"]


def impute(
    data: pd.DataFrame,
    method: str,
    *,
    framework: Framework | None = None,
    units: pd.DataFrame | None = None,
    **params,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill missing cells by a named method.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators, in the indicators' own units; missing cells are NaN.
    method : str
        A name of `METHODS`.
    framework : Framework, optional
        For a method that asks for it: the parents and directions of the indicators.
    units : pandas.DataFrame, optional
        For a method that asks for it: attributes by unit (the table of cities, indexed by name).
    **params
        The method's own parameters.

    Returns
    -------
    filled, mask : pandas.DataFrame
        Of the shape of `data`; `mask` is True where a cell was imputed.

    Raises
    ------
    MethodError
        If there is no such method or parameter, a column has no data to impute from, or the method changes an
        observed value.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, section 1.3.
    """
    data = methods.floats(data)
    if method != "none":
        methods.refuse_empty(data, "imputation")
    given = {"step": "imputation", "params": params, "framework": framework, "units": units}
    filled = methods.check_frame(methods.call(METHODS, method, data, **given), data, step="imputation", name=method)
    before, after = data.to_numpy(), filled.to_numpy()
    missing = np.isnan(before)
    changed = data.columns[((after != before) & ~missing).any(axis=0)]
    message = f"{method!r} changes observed values of {{}}; it may only fill missing ones."
    refuse(changed, message, key="imputation", value=method)
    return filled, pd.DataFrame(missing & ~np.isnan(after), index=data.index, columns=data.columns)


#: units × indicators by year, the oldest first
History = Mapping[int, pd.DataFrame]


@method("panel", "last-observed", zh="最近观测值", en="last observed value")
def last_observed(history: History, targets: pd.Series, *, max_age: Whole | None = None) -> pd.DataFrame:
    """Return of each cell the latest value not later than the target year.

    Parameters
    ----------
    max_age : int, optional
        How many years before the target year a value may be; 0 takes the target year alone.

    Returns
    -------
    pandas.DataFrame
        Units × indicators.
    """
    first = _empty(history)
    filled = first.to_numpy(copy=True)
    for year, frame in history.items():
        usable, cells = _usable(year, targets, max_age).to_numpy(), frame.to_numpy()
        filled = np.where(~np.isnan(cells) & usable, cells, filled)
    return pd.DataFrame(filled, index=first.index, columns=first.columns)


@method("panel", "linear", zh="线性插值", en="linear interpolation")
def linear(history: History, targets: pd.Series, *, max_age: Whole | None = None) -> pd.DataFrame:
    """Return of each cell the value in the target year, interpolated between the nearest years around it.

    ``x = x₀ + (x₁ − x₀)·(t − t₀)/(t₁ − t₀)`` with t₀ < t < t₁. Nothing is extrapolated: a cell without a later value
    gets its last one, not older than `max_age` years, and a cell without an earlier value is left missing.

    Parameters
    ----------
    history : mapping of int to pandas.DataFrame
        Units × indicators by year, the oldest first.
    targets : pandas.Series
        The target year by indicator.
    max_age : int, optional
        As for `last_observed`, of a cell without a later value.

    Returns
    -------
    pandas.DataFrame
        Units × indicators.
    """
    before, before_year = _empty(history), _empty(history)
    after, after_year = _empty(history), _empty(history)
    for year, frame in history.items():
        earlier = frame.notna() & (targets >= year)
        later = frame.notna() & (targets < year) & after.isna()
        before, before_year = frame.where(earlier, before), before_year.mask(earlier, year)
        after, after_year = frame.where(later, after), after_year.mask(later, year)
    between = before + (after - before) * (targets - before_year) / (after_year - before_year)
    return before.where(before_year.eq(targets), between.fillna(last_observed(history, targets, max_age=max_age)))


def impute_years(
    history: History, method: str = "last-observed", *, year: int | None = None, **params
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the values of a year, cells without one filled from their own other years by a named method.

    Parameters
    ----------
    history : mapping of int to pandas.DataFrame
        Units × indicators by year, the oldest first, all of one shape; missing cells are NaN.
    method : str
        The name of a method of the step ``panel``.
    year : int, optional
        The target year (default: of each indicator the latest that any unit has).

    Returns
    -------
    values, mask : pandas.DataFrame
        `mask` is True where a cell does not hold what was observed in the indicator's latest year up to the target.

    Raises
    ------
    MethodError
        If there is no such method or parameter, or the method changes a value observed in the target year.
    """
    empty = _empty(history)
    targets = _latest(history, np.inf) if year is None else pd.Series(float(year), index=empty.columns)
    values = methods.call(YEARS, method, history, targets, step="panel", params=params)
    values = methods.check_frame(values, empty, step="panel", name=method)
    wanted, reference = targets.to_numpy(), _latest(history, targets.to_numpy()).to_numpy()
    found, exact, changed = values.to_numpy(), empty.to_numpy(copy=True), np.zeros(len(targets), dtype=bool)
    for at, frame in history.items():
        cells = frame.to_numpy()
        changed |= ((cells != found) & ~np.isnan(cells)).any(axis=0) & (wanted == at)
        exact = np.where(np.isnan(exact) & (reference == at), cells, exact)
    message = f"{method!r} changes values observed in the year itself, of {{}}."
    refuse(values.columns[changed], message, key="panel", value=method)
    carried = ~np.isnan(found) & (found != exact)
    return values, pd.DataFrame(carried, index=values.index, columns=values.columns)


def _usable(year: int, targets: pd.Series, max_age: int | None) -> pd.Series:
    age = targets - year
    return (age >= 0) & (age <= (float("inf") if max_age is None else max_age))


def _latest(history: History, targets: np.ndarray | float) -> pd.Series:
    """Return the latest year, not later than its target, in which any unit has the indicator."""
    columns = _empty(history).columns
    latest = np.full(len(columns), np.nan)
    for year, frame in history.items():
        latest = np.where((~np.isnan(frame.to_numpy())).any(axis=0) & (targets >= year), year, latest)
    return pd.Series(latest, index=columns)


def _empty(history: History) -> pd.DataFrame:
    first = next(iter(history.values()))
    return pd.DataFrame(float("nan"), index=first.index, columns=first.columns)
