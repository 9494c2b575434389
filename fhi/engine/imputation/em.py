"""Imputation by expectation and maximisation: what a multivariate normal distribution expects."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.methods import Count, NotNegative, Positive, constant, listed, method

#: the least share of an indicator's variance that the others must leave unexplained
SINGULAR = 1e-10
#: with more than this, the inverse of the covariance is exact enough to work with
FINE = 1e-6


class Pattern(NamedTuple):
    """The units that lack the same indicators."""

    rows: np.ndarray
    missing: np.ndarray
    observed: np.ndarray


@method("imputation", "em", zh="期望最大化插补", en="expectation maximisation")
def em(
    data: pd.DataFrame, *, ridge: NotNegative = 0.0, tolerance: Positive = 1e-8, iterations: Count = 5000
) -> pd.DataFrame:
    """Fill with the expectation given the unit's other indicators, for a multivariate normal distribution.

    Its mean μ and covariance Σ are those of maximum likelihood, found by the EM algorithm on standardised indicators:
    with m missing and o observed, ``E[x_m] = μ_m + Σ_mo Σ_oo⁻¹ (x_o − μ_o)``, and in each round Σ is the
    covariance of the filled data (divisor n) plus the mean conditional covariance of what was filled. A unit
    without any value gets the means.

    Parameters
    ----------
    ridge : float
        Added to the diagonal of Σ in each round, in units of each indicator's variance: the maximum of the
        likelihood less ``½·n·ridge·tr Σ⁻¹``. 0 is plain maximum likelihood; with few units or collinear
        indicators take 0.01 or more.
    tolerance : float
        The rounds end when no element of μ (in standard deviations) or Σ changes by more.
    iterations : int
        The most rounds.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, without gaps, in the indicators' own units.

    Raises
    ------
    MethodError
        If an indicator has no spread, Σ becomes singular, or the rounds do not converge.

    Notes
    -----
    A round costs the inverse of Σ and, for each pattern of missing cells, that of its missing block.

    References
    ----------
    Dempster, Laird and Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm, JRSS B 39(1).
    Schneider (2001), Analysis of incomplete climate data, Journal of Climate 14(5), for the ridge.
    """
    centre, spread = scales(data)
    values, _, _ = fit(((data - centre) / spread).to_numpy(), data.columns, ridge, tolerance, int(iterations))
    return data.fillna(pd.DataFrame(values, index=data.index, columns=data.columns) * spread + centre)


def scales(data: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return means and standard deviations (divisor n), or refuse an indicator without spread."""
    alike = constant(data)
    if alike:
        message = f"every value is the same in {listed(alike)}: nothing to regress on; leave it out or use mean."
        raise MethodError(message, key="imputation", value="em")
    return data.mean(), data.std(ddof=0)


def fit(
    values: np.ndarray, names: pd.Index, ridge: float, tolerance: float, iterations: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return standardised values filled with their expectation, the mean and the covariance; see `em`.

    Parameters
    ----------
    values : numpy.ndarray
        Units × indicators, standardised; missing cells NaN.
    names : pandas.Index
        Of the indicators, for messages.
    ridge, tolerance, iterations
        As for `em`.

    Returns
    -------
    filled, mean, covariance : numpy.ndarray
        Units × indicators, by indicator, indicators × indicators, all in standard deviations.

    Raises
    ------
    MethodError
        As for `em`.
    """
    patterns = _patterns(np.isnan(values))
    values = np.nan_to_num(values)
    mean, covariance = values.mean(axis=0), np.cov(values.T, ddof=0).reshape(values.shape[1], -1)
    covariance += np.eye(len(mean)) * ridge
    for _ in range(iterations):
        values, spare = _expect(values, patterns, mean, covariance, names)
        old = mean, covariance
        mean = values.mean(axis=0)
        covariance = (values - mean).T @ (values - mean) / len(values) + spare + np.eye(len(mean)) * ridge
        change = max(np.abs(mean - old[0]).max(), np.abs(covariance - old[1]).max())
        if change <= tolerance:
            return values, mean, covariance
    message = f"no convergence in {iterations} rounds (last change {change:.2g}); raise iterations, tolerance or ridge."
    raise MethodError(message, key="imputation", value="em")


def _patterns(missing: np.ndarray) -> list[Pattern]:
    masks, places = np.unique(missing, axis=0, return_inverse=True)
    places = places.ravel()
    return [
        Pattern(np.flatnonzero(places == number), np.flatnonzero(mask), np.flatnonzero(~mask))
        for number, mask in enumerate(masks)
        if mask.any()
    ]


def _expect(values: np.ndarray, patterns: list[Pattern], mean: np.ndarray, covariance: np.ndarray, names: pd.Index):
    """Return the values with the missing ones as expected, and the mean conditional covariance of these."""
    filled, spare = values.copy(), np.zeros_like(covariance)
    precision = np.linalg.inv(covariance) if _smallest_pivot(covariance) > FINE else None
    for rows, missing, observed in patterns:
        if precision is not None and len(missing) < len(observed):
            # the conditional distribution from Σ⁻¹, for the price of the missing block alone
            residual = np.linalg.inv(precision[np.ix_(missing, missing)])
            slopes = -precision[np.ix_(observed, missing)] @ residual
        else:
            known = covariance[np.ix_(observed, observed)]
            _refuse_singular(known, names[observed])
            slopes = np.linalg.solve(known, covariance[np.ix_(observed, missing)])
            residual = covariance[np.ix_(missing, missing)] - covariance[np.ix_(missing, observed)] @ slopes
        filled[np.ix_(rows, missing)] = mean[missing] + (values[np.ix_(rows, observed)] - mean[observed]) @ slopes
        spare[np.ix_(missing, missing)] += len(rows) / len(values) * residual
    return filled, spare


def _smallest_pivot(covariance: np.ndarray) -> float:
    """Return the least share of an indicator's variance that those before it leave unexplained (by Cholesky)."""
    if not len(covariance):
        return 1.0
    try:
        return float((np.diag(np.linalg.cholesky(covariance)) ** 2 / np.diag(covariance)).min())
    except np.linalg.LinAlgError:
        return 0.0


def _refuse_singular(covariance: np.ndarray, names: pd.Index) -> None:
    """Raise if an indicator is a linear combination of the others."""
    if _smallest_pivot(covariance) < SINGULAR:
        message = f"the covariance of {listed(names)} is singular: too few units, or an indicator that follows "
        message += "from the others; set ridge, to 0.01 for instance, or leave an indicator out."
        raise MethodError(message, key="imputation.ridge", value="em")
