"""Correlations between the children of a family, each pair over the units that have both."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: fewer units than this always correlate perfectly
LEAST_UNITS = 3


def correlations(scores: pd.DataFrame) -> pd.DataFrame:
    """Return Pearson's correlations, children × children, each from the units that both have.

    Raises
    ------
    ValueError
        If two children have fewer than three units in common, or one does not vary over these.
    """
    if len(scores) >= LEAST_UNITS and scores.notna().all(axis=None):
        found = np.atleast_2d(np.corrcoef(scores.to_numpy(), rowvar=False))
    else:
        found = scores.corr(min_periods=LEAST_UNITS).to_numpy(copy=True)
    rows, columns = np.nonzero(np.triu(np.isnan(found), 1))
    if len(rows):
        one, other = scores.columns[rows[0]], scores.columns[columns[0]]
        message = f"{one} and {other} cannot be correlated: they share fewer than {LEAST_UNITS} units, or one is the "
        raise ValueError(f"{message}same in all of these; impute, or leave one out")
    np.fill_diagonal(found, 1.0)
    return pd.DataFrame(np.clip(found, -1.0, 1.0), index=scores.columns, columns=scores.columns)
