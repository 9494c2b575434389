"""Means of the children of a unit: from full compensation (arithmetic) to little (harmonic)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from fhi.engine.methods import Number

POSITIVE = "after min-max on 0-100 the worst unit has 0: normalise with scale [1, 100] or choose arithmetic"


def refuse_not_positive(scores: np.ndarray, weights: np.ndarray, what: str, remedy: str = POSITIVE) -> None:
    """Raise `ValueError` (what is wrong, what to do) if a score that has weight is zero or negative."""
    if np.any((scores <= 0) & (weights > 0)):
        raise ValueError(f"{what} needs positive scores", remedy)


def refuse_negative(scores: np.ndarray, weights: np.ndarray, what: str, remedy: str = "normalise by min-max") -> None:
    """Raise `ValueError` (what is wrong, what to do) if a score that has weight is negative."""
    if np.any((scores < 0) & (weights > 0)):
        raise ValueError(f"{what} needs scores that are not negative", remedy)


#: an exponent nearer to 0 than this is taken as 0
NEAR_ZERO = 1e-9


def arithmetic(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``Σ w·x``: full compensation between children."""
    return np.nansum(weights * scores, axis=1)


def geometric(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``Π x^w = exp(Σ w·ln x)``: partial compensation; every score must be positive.

    Raises
    ------
    ValueError
        If a score that has weight is zero or negative.
    """
    refuse_not_positive(scores, weights, "a geometric mean")
    return np.exp(np.nansum(weights * np.log(np.where(weights > 0, scores, 1.0)), axis=1))


def harmonic(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``1 / Σ (w/x)``: less compensation than the geometric mean; every score must be positive.

    Raises
    ------
    ValueError
        If a score that has weight is zero or negative.
    """
    refuse_not_positive(scores, weights, "a harmonic mean")
    return 1.0 / np.sum(weights / np.where(weights > 0, scores, 1.0), axis=1)


def generalised_mean(scores: np.ndarray, weights: np.ndarray, *, exponent: Number) -> np.ndarray:
    """Return ``(Σ w·x^p)^(1/p)``, and for p = 0 its limit, the geometric mean.

    p = 1 is the arithmetic mean, p = −1 the harmonic; the smaller p, the less a strength makes up for a weakness.
    The largest (for p < 0 the smallest) score of a unit is divided out first, so that no power overflows.

    Parameters
    ----------
    exponent : float
        p, any finite number.

    Raises
    ------
    ValueError
        If a score that has weight is negative (for p ≤ 0: zero or negative), unless p = 1.

    References
    ----------
    Decancq and Lugo (2013), Weights in multidimensional indices of wellbeing, Econometric Reviews 32.
    """
    if exponent == 1:
        return arithmetic(scores, weights)
    if abs(exponent) < NEAR_ZERO:
        return geometric(scores, weights)
    refuse = refuse_negative if exponent > 0 else refuse_not_positive
    refuse(scores, weights, f"a generalised mean of exponent {exponent:g}")
    weighted = weights > 0
    if exponent > 0:
        leading = np.where(weighted, scores, 0.0).max(axis=1)
    else:
        leading = np.where(weighted, scores, np.inf).min(axis=1)
    unit = np.where(leading > 0, leading, 1.0)[:, None]
    ratios = np.where(weighted & (scores > 0), scores / unit, 1.0)
    # w·(r^p − 1) rather than w·r^p keeps its digits for p near 0; a score of 0 has r^p = 0
    nothing = weighted & (scores <= 0) & (leading > 0)[:, None]
    terms = np.where(nothing, -1.0, np.expm1(exponent * np.log(ratios)))
    return leading * np.exp(np.log1p(np.sum(weights * terms, axis=1)) / exponent)


METHODS: Mapping[str, Callable[..., np.ndarray]] = {
    "arithmetic": arithmetic,
    "geometric": geometric,
    "harmonic": harmonic,
    "generalised-mean": generalised_mean,
}
