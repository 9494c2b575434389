"""Weights by which every child matters equally in the result, as far as weights can do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from fhi.weighting.correlations import correlations
from fhi.weighting.families import by_family

#: a share below this is a corner that the search came to but for its last digits
NOTHING = 1e-7


@by_family
def correlation_optimised(scores: pd.DataFrame) -> pd.Series:
    """Weigh so that the children correlate as equally as they can with their weighted arithmetic mean.

    With R the correlations, s the standard deviations and u = s·w, a child's correlation with the mean is
    ``(R·u)_j / √(uᵀRu)``. Minimised over w ≥ 0 is ``Σ_j (q_j − 1/m)²`` of the m shares ``q = R·u / Σ R·u``. Where
    ``R⁻¹·1`` is positive it is the solution and the shares are equal; else some children end at weight 0, and the best
    point that was met is returned. The measure is quasi-convex, so no better one lies elsewhere.

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
    """Return u ≥ 0 of sum 1 for which the entries of ``R·u`` are as equal as they can be."""
    from scipy.optimize import minimize

    count = len(matrix)
    totals = matrix.sum(axis=0)
    best = (np.inf, np.full(count, 1.0 / count))

    def imbalance(point: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal best
        sizes = matrix @ point
        total = sizes.sum()
        if not total > 0:
            return 1e6, np.zeros(count)
        shares = sizes / total
        apart = shares - 1.0 / count
        value = float(apart @ apart)
        if value < best[0] and point.sum() > 0:
            best = (value, point / point.sum())
        return value, 2.0 / total * (matrix @ apart - (apart @ shares) * totals)

    exact = np.linalg.lstsq(matrix, np.ones(count), rcond=None)[0].clip(0.0)
    for start in (exact, np.full(count, 1.0 / count)):
        if imbalance(start)[0] > 1e-20:
            options = {"maxiter": 1000, "ftol": 1e-16, "gtol": 1e-12}
            bounds = [(0.0, None)] * count
            minimize(imbalance, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        else:
            break
    if not np.isfinite(best[0]):
        raise ValueError("no weights make the children run with their mean; check their directions")
    found = np.where(best[1] > NOTHING, best[1], 0.0)
    return found / found.sum()


METHODS: Mapping[str, Callable[..., pd.Series]] = {"correlation-optimised": correlation_optimised}
