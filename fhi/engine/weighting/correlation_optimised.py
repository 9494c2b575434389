"""Weights by which every child matters equally in the result, as far as weights can do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from fhi.engine.weighting.families import by_family
from fhi.engine.weighting.pca import correlations

#: a slope of this size is level: the child may carry weight
NOTHING = 1e-9
#: singular values below this share of the largest are directions in which nothing changes
SINGULAR = 1e-11


@by_family
def correlation_optimised(scores: pd.DataFrame) -> pd.Series:
    """Weigh so that the children correlate as equally as they can with their weighted arithmetic mean.

    With R the correlations, s the standard deviations and u = s·w, a child's correlation with the mean is
    ``(R·u)_j / √(uᵀRu)``. Minimised over w ≥ 0 is ``Σ_j (q_j − 1/m)²`` of the m shares ``q = R·u / Σ R·u``, which is
    to turn ``R·u`` as near to the direction ``(1, …, 1)`` as u ≥ 0 allows: least squares of ``R·u`` to 1 over
    u ≥ 0, solved exactly. Where ``R⁻¹·1`` is positive it is the solution and the shares are equal; else some children
    end at weight 0.

    Raises
    ------
    ValueError
        If a correlation cannot be computed, or no weights give a mean that the children run with on the whole.

    References
    ----------
    Becker, Saisana, Paruolo and Vandecasteele (2017), Weights and importance in composite indicators: closing the gap,
    Ecological Indicators 80.
    """
    matrix = correlations(scores)
    found = balance(matrix.to_numpy())
    return pd.Series(found, index=matrix.columns) / scores.std(ddof=1)


def balance(matrix: np.ndarray) -> np.ndarray:
    """Return u ≥ 0 of sum 1 for which the entries of ``R·u`` are as equal as they can be.

    Of several (twins among the children) the one that spreads the weight most evenly, if that has no negative entry.
    """
    from scipy.optimize import nnls

    found, _ = nnls(matrix, np.ones(len(matrix)))
    if not found.sum() > 0:
        raise ValueError("no weights make the children run with their mean; check their directions")
    nearest = matrix @ found
    free = matrix.T @ (1.0 - nearest) > -NOTHING
    even = np.zeros(len(matrix))
    even[free] = np.linalg.pinv(matrix[:, free], rcond=SINGULAR) @ nearest
    if even.min() >= 0 and np.allclose(matrix @ even, nearest, rtol=0, atol=NOTHING):
        found = even
    return found / found.sum()


METHODS: Mapping[str, Callable[..., pd.Series]] = {"correlation-optimised": correlation_optimised}
