"""MEREC: an indicator weighs as much as the units' performance changes when it is removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from fhi.engine.weighting.families import by_family


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


METHODS: Mapping[str, Callable[..., pd.Series]] = {"merec": merec}
