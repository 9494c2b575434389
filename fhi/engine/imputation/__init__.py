"""Handbook step 3: fill missing cells, or leave them. Observed values never change.

First a city's own values of other years (`fhi.engine.imputation.years`), then those of other cities or indicators.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.engine import methods
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.imputation import em, hot_deck, mean_median, multiple, regression, years  # noqa: F401 (they register)
from fhi.engine.imputation.years import impute_years
from fhi.engine.methods import method

__all__ = ["METHODS", "YEARS", "impute", "impute_years"]


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
    changed = ((after != before) & ~missing).any(axis=0)
    if changed.any():
        names = methods.listed(data.columns[changed])
        message = f"{method!r} changes observed values of {names}; it may only fill missing ones."
        raise MethodError(message, key="imputation", value=method)
    return filled, pd.DataFrame(missing & ~np.isnan(after), index=data.index, columns=data.columns)
