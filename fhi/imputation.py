"""Handbook step 3: fill missing cells, or leave them. Observed values never change."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from fhi.errors import MethodError, choose


def none(data: pd.DataFrame) -> pd.DataFrame:
    """Leave missing cells missing: aggregation then works with the indicators at hand (available case)."""
    return data.copy()


#: name -> function of (data, **params) that returns the filled frame
METHODS: Mapping[str, Callable[..., pd.DataFrame]] = {"none": none}


def impute(data: pd.DataFrame, method: str, **params) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill missing cells by a named method.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators, in the indicators' own units; missing cells are NaN.
    method : str
        A name of `METHODS`.

    Returns
    -------
    filled, mask : pandas.DataFrame
        Of the shape of `data`; `mask` is True where a cell was imputed.

    Raises
    ------
    MethodError
        If there is no such method, or it changes an observed value.
    """
    filled = choose(METHODS, method, "imputation")(data, **params)
    if not filled.where(data.notna()).equals(data):
        raise MethodError(f"{method!r} changes observed values; it may only fill missing ones.", key="imputation")
    return filled, data.isna() & filled.notna()
