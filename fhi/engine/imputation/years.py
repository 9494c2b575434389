"""Imputation over the years of a panel: a cell without a value in the edition's year, from its own other years."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from fhi.engine import methods
from fhi.engine.errors import MethodError
from fhi.engine.methods import Whole, method

#: units × indicators by year, the oldest first
History = Mapping[int, pd.DataFrame]


@method("panel", "last-observed", zh="最近观测值", en="last observed value")
def last_observed(history: History, targets: pd.Series, *, max_age: Whole | None = None) -> pd.DataFrame:
    """Return of each cell the latest value not later than the target year.

    Parameters
    ----------
    max_age : int, optional
        How many years before the target year a value may be; 0 takes the target year alone.
    """
    filled = _empty(history)
    for year, frame in history.items():
        if _usable(year, targets, max_age).any():
            filled = frame.where(frame.notna() & _usable(year, targets, max_age), filled)
    return filled


@method("panel", "linear", zh="线性插值", en="linear interpolation")
def linear(history: History, targets: pd.Series, *, max_age: Whole | None = None) -> pd.DataFrame:
    """Return of each cell the value in the target year, interpolated between the nearest years around it.

    ``x = x₀ + (x₁ − x₀)·(t − t₀)/(t₁ − t₀)`` with t₀ < t < t₁. Nothing is extrapolated: a cell without a later value
    gets its last one, not older than `max_age` years, and a cell without an earlier value is left missing.
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
    latest = _latest(history, pd.Series(float("inf"), index=_empty(history).columns))
    targets = latest if year is None else pd.Series(float(year), index=latest.index)
    values = methods.call(methods.TABLES["panel"], method, history, targets, step="panel", params=params)
    values = methods.check_frame(values, _empty(history), step="panel", name=method)
    reference, exact = _latest(history, targets), _empty(history)
    changed = pd.Series(False, index=values.columns)
    for at, frame in history.items():
        changed |= ((frame != values) & frame.notna()).any() & (targets == at)
        exact = frame.where(exact.isna() & (reference == at), exact)
    if changed.any():
        message = f"{method!r} changes values observed in the year itself, of {methods.listed(changed.index[changed])}."
        raise MethodError(message, key="panel", value=method)
    return values, values.notna() & (values != exact)


def _usable(year: int, targets: pd.Series, max_age: int | None) -> pd.Series:
    age = targets - year
    return (age >= 0) & (age <= (float("inf") if max_age is None else max_age))


def _latest(history: History, targets: pd.Series) -> pd.Series:
    """Return the latest year, not later than its target, in which any unit has the indicator."""
    latest = pd.Series(float("nan"), index=targets.index)
    for year, frame in history.items():
        latest = latest.mask(frame.notna().any() & (targets >= year), year)
    return latest


def _empty(history: History) -> pd.DataFrame:
    first = next(iter(history.values()))
    return pd.DataFrame(float("nan"), index=first.index, columns=first.columns)
