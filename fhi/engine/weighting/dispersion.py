"""Weights from how much an indicator tells units apart: entropy, standard deviation, CRITIC and the like."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from fhi.engine.weighting.families import by_family
from fhi.engine.weighting.pca import correlations


@by_family
def entropy(scores: pd.DataFrame) -> pd.Series:
    """Weigh by ``1 − e``, with ``e = −Σ p·ln p / ln n`` and ``p = x/Σ x`` over the n units that have the child.

    A child that spreads its total evenly over the units tells them apart least and weighs least. It depends on the
    zero of the scale: min-max to [1, 100] and to [0, 100] give other weights.

    Raises
    ------
    ValueError
        If a score is negative.

    References
    ----------
    Shannon (1948); Zeleny (1982), Multiple Criteria Decision Making, McGraw-Hill, chapter 7.
    """
    _refuse(scores.columns[scores.min() < 0], "entropy needs scores that are not negative", "normalise by min-max")
    shares = scores / scores.sum()
    logs = np.log(shares.where(shares > 0, 1.0))
    evenness = -(shares * logs).sum() / np.log(scores.count())
    return (1 - evenness).clip(lower=0)


@by_family
def coefficient_of_variation(scores: pd.DataFrame) -> pd.Series:
    """Weigh by ``s/x̄``, the sample standard deviation (ddof 1) over the mean, of the units that have the child.

    Raises
    ------
    ValueError
        If a mean is zero or negative.
    """
    _refuse(scores.columns[~(scores.mean() > 0)], "a coefficient of variation needs a positive mean", "use min-max")
    return scores.std(ddof=1) / scores.mean()


@by_family
def standard_deviation(scores: pd.DataFrame) -> pd.Series:
    """Weigh by s, the sample standard deviation (ddof 1) of the units that have the child."""
    return scores.std(ddof=1)


@by_family
def critic(scores: pd.DataFrame) -> pd.Series:
    """Weigh by ``s·Σ_k (1 − r_k)``: spread times conflict with the other children, r from the units two have in common.

    Of scores normalised by min-max this is CRITIC as published; it is computed of the scores as they are.

    Raises
    ------
    ValueError
        If two children have too few units in common for a correlation.

    References
    ----------
    Diakoulaki, Mavrotas and Papayannakis (1995), Computers and Operations Research 22.
    """
    conflict = (1 - correlations(scores)).sum()
    return scores.std(ddof=1) * conflict.where(conflict > 1e-9, 0.0)


def _refuse(columns: pd.Index, why: str, remedy: str) -> None:
    if len(columns):
        raise ValueError(f"{why}: {', '.join(columns)}; {remedy}")


METHODS: Mapping[str, Callable[..., pd.Series]] = {
    "entropy": entropy,
    "coefficient-of-variation": coefficient_of_variation,
    "standard-deviation": standard_deviation,
    "critic": critic,
}
