"""Means with a penalty for imbalance between children: the Mazziotta-Pareto indices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from fhi.engine.aggregation.means import refuse_not_positive

Penalty = Literal["-", "+"]


def mazziotta_pareto(scores: np.ndarray, weights: np.ndarray, *, penalty: Penalty = "-") -> np.ndarray:
    """Return ``MPI = M ∓ S·cv``, with M = Σ w·x, S² = Σ w·(x − M)² and cv = S/M over the children of a unit.

    Expects z-scores of mean 100 and standard deviation 10 (``{method: z-score, mean: 100, sd: 10}``). The penalty
    needs a ratio S/M that means something, so scores around 0 are refused.

    Parameters
    ----------
    penalty : {"-", "+"}
        ``-`` (default) where more is better: imbalance lowers the score; ``+`` where the index measures something
        bad, as poverty: imbalance raises it.

    Raises
    ------
    ValueError
        If a score that has weight is zero or negative.

    References
    ----------
    De Muro, Mazziotta and Pareto (2011), Composite indices of development and poverty, Social Indicators Research 104.
    """
    remedy = "normalise by z-score with mean 100 and sd 10"
    return _penalised(scores, weights, penalty, "the Mazziotta-Pareto index", remedy)


def adjusted_mazziotta_pareto(scores: np.ndarray, weights: np.ndarray, *, penalty: Penalty = "-") -> np.ndarray:
    """Return the adjusted index AMPI: ``M ∓ S·cv`` as for MPI, of scores between goalposts at 70 and 130.

    Expects ``70 + 60·(x − low)/(high − low)``, that is min-max or goalposts with scale [70, 130], so that editions can
    be compared: with fixed goalposts a unit's score does not depend on the others. Of scores from 70 to 130 the result
    lies there too.

    Parameters and errors as for `mazziotta_pareto`.

    References
    ----------
    Mazziotta and Pareto (2016), On a generalized non-compensatory composite index for measuring socio-economic
    phenomena, Social Indicators Research 127.
    """
    remedy = "normalise by min-max or goalposts with scale [70, 130]"
    return _penalised(scores, weights, penalty, "the adjusted Mazziotta-Pareto index", remedy)


def _penalised(scores, weights, penalty: Penalty, what: str, remedy: str) -> np.ndarray:
    refuse_not_positive(scores, weights, what, remedy)
    values = np.where(weights > 0, scores, 0.0)
    mean = np.sum(weights * values, axis=1)
    variance = np.sum(weights * (values - mean[:, None]) ** 2, axis=1)
    return mean - variance / mean if penalty == "-" else mean + variance / mean


METHODS: Mapping[str, Callable[..., np.ndarray]] = {
    "mazziotta-pareto": mazziotta_pareto,
    "adjusted-mazziotta-pareto": adjusted_mazziotta_pareto,
}
