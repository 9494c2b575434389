"""Handbook step 5, outliers: treat skewed indicators, or leave them; every treated cell is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from fhi.errors import choose


def none(data: pd.DataFrame) -> pd.DataFrame:
    """Leave every value as it is."""
    return data.copy()


#: name -> function of (data, **params) that returns the treated frame
METHODS: Mapping[str, Callable[..., pd.DataFrame]] = {"none": none}


def treat(data: pd.DataFrame, method: str, **params) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Treat outliers by a named method.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators, in the indicators' own units; missing cells are NaN and stay so.
    method : str
        A name of `METHODS`.

    Returns
    -------
    treated : pandas.DataFrame
        Of the shape of `data`.
    record : pandas.DataFrame
        One row a changed cell: ``city, indicator, before, after, method``.

    Raises
    ------
    MethodError
        If there is no such method.
    """
    treated = choose(METHODS, method, "treatment")(data, **params)
    changed = (treated != data) & (treated.notna() | data.notna())
    cells = [(unit, column) for column in data for unit in data.index[changed[column]]]
    record = pd.DataFrame(cells, columns=["city", "indicator"])
    record["before"] = [data.at[cell] for cell in cells]
    record["after"] = [treated.at[cell] for cell in cells]
    return treated, record.assign(method=method)
