"""Imputation by regression: what the unit's other indicators predict by ordinary least squares."""

import zlib

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.least_squares import least_squares
from fhi.engine.methods import Flag, Indicator, Whole, listed, method


@method("imputation", "regression", zh="回归插补", en="regression")
def regression(
    data: pd.DataFrame, *, on: tuple[Indicator, ...] = (), residuals: Flag = False, seed: Whole = 0
) -> pd.DataFrame:
    """Fill with the ordinary least-squares prediction from the unit's other indicators.

    ``x̂ = b₀ + Σ_k b_k·x_k`` over those of `on` that the unit has, fitted to the units that have the indicator and all
    of these. A unit that has none of them gets the mean. With `residuals` the prediction gets an error ``s·z``, z
    standard normal and ``s² = Σ e²/(n − p − 1)``, so that filled values spread as observed ones do.

    Parameters
    ----------
    on : sequence of str
        The indicators to regress on; by default all others. A long list needs many units without gaps.
    residuals : bool
        Add a drawn residual (stochastic regression).
    seed : int
        Of the residuals, which depend on it and on the names of unit and indicator.

    Returns
    -------
    pandas.DataFrame
        Units × indicators, in the units of `data`.

    Raises
    ------
    MethodError
        If an indicator of `on` has no values here, fewer than p + 2 units have all that a regression on p indicators
        needs, or the regressors are collinear: with the indicator and the regressors.

    References
    ----------
    Buck (1960), A method of estimation of missing values in multivariate data, JRSS B 22(2); OECD/JRC (2008), Handbook,
    section 1.3; Little and Rubin (2002), Statistical Analysis with Missing Data, section 4.3, for the residuals.
    """
    absent = [name for name in on if name not in data]
    if absent:
        message = f"{listed(absent)} has no data to regress on here; take it out of `on`."
        raise MethodError(message, key="imputation.on", value=absent[0], valid=map(str, data))
    regressors = [name for name in data if not on or name in on]
    values, filled = data.to_numpy(), data.to_numpy(copy=True)
    observed = ~np.isnan(values)
    place = {name: column for column, name in enumerate(data)}
    for target in np.flatnonzero(~observed.all(axis=0)):
        columns = np.array([place[name] for name in regressors if place[name] != target], dtype=int)
        rows = np.flatnonzero(~observed[:, target])
        patterns, group = np.unique(observed[np.ix_(rows, columns)], axis=0, return_inverse=True)
        for number, pattern in enumerate(patterns):
            used, gaps = columns[pattern], rows[group.ravel() == number]
            slopes, error = _fit(values, target, used, data.columns)
            filled[gaps, target] = slopes[0] + values[np.ix_(gaps, used)] @ slopes[1:]
            if residuals:
                filled[gaps, target] += error * _normals(data.index[gaps], data.columns[target], int(seed))
    return pd.DataFrame(filled, index=data.index, columns=data.columns)


def _fit(values: np.ndarray, target: int, used: np.ndarray, names: pd.Index) -> tuple[np.ndarray, float]:
    """Return intercept and slopes, and the residual standard error, of one regression."""
    known = ~np.isnan(values[:, [target, *used]]).any(axis=1)
    given, count = values[np.ix_(known, used)], len(used)
    if known.sum() < count + 2:
        message = f"only {known.sum()} units have {names[target]} and all of {listed(names[used]) or 'nothing else'}, "
        message += f"and a regression on {count} needs {count + 2}; name fewer indicators in `on`, or use em."
        raise MethodError(message, key="imputation.on", value="regression")
    slopes = least_squares(given, values[known, target])
    if slopes is None:
        message = f"{listed(names[used])} are collinear, or one is constant, over the {known.sum()} units that have "
        message += f"{names[target]}; name fewer indicators in `on`."
        raise MethodError(message, key="imputation.on", value="regression")
    residuals = values[known, target] - slopes[0] - given @ slopes[1:]
    return slopes, float(np.sqrt(residuals @ residuals / (known.sum() - count - 1)))


def _normals(units: pd.Index, indicator: str, seed: int) -> np.ndarray:
    marks = [[seed, zlib.crc32(str(indicator).encode()), zlib.crc32(str(unit).encode())] for unit in units]
    return np.array([np.random.default_rng(mark).standard_normal() for mark in marks])
