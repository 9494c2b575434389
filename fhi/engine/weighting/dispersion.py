"""Weights from how much an indicator tells units apart: entropy, standard deviation, CRITIC, MEREC and the like."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.engine.methods import method
from fhi.engine.weighting.correlation import correlations
from fhi.engine.weighting.families import by_family


@method("weighting", "entropy", zh="熵权法", en="entropy")
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


@method("weighting", "coefficient-of-variation", zh="变异系数法", en="coefficient of variation")
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


@method("weighting", "standard-deviation", zh="标准差法", en="standard deviation")
@by_family
def standard_deviation(scores: pd.DataFrame) -> pd.Series:
    """Weigh by s, the sample standard deviation (ddof 1) of the units that have the child."""
    return scores.std(ddof=1)


@method("weighting", "critic", zh="CRITIC法", en="CRITIC")
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


@method("weighting", "merec", zh="MEREC法", en="MEREC")
@by_family
def merec(scores: pd.DataFrame) -> pd.Series:
    """Weigh by the mean over units of ``|S'_ij − S_i|``, the effect of removing child j.

    ``S_i = ln(1 + Σ_k |ln n_ik| / m_i)`` with ``n_ik = min x_k / x_ik`` and m_i the number of children that the unit
    has; S'_ij leaves out the term of j and keeps m_i. Scores must be positive and are all of the kind where more is
    better.

    Raises
    ------
    ValueError
        If a score is zero or negative.

    References
    ----------
    Keshavarz-Ghorabaee, Amiri, Zavadskas, Turskis and Antucheviciene (2021), Determination of objective weights using
    a new method based on the removal effects of criteria (MEREC), Symmetry 13.
    """
    bad = scores.columns[~(scores.min() > 0)]
    if len(bad):
        raise ValueError(f"MEREC needs positive scores: {', '.join(bad)}; normalise with scale [1, 100]")
    terms = np.abs(np.log(scores.min() / scores))
    count = scores.notna().sum(axis=1)
    total = terms.sum(axis=1)
    performance = np.log1p(total / count)
    without = np.log1p(terms.rsub(total, axis=0).div(count, axis=0))
    return without.rsub(performance, axis=0).abs().mean()
