"""Ordinary least squares with an intercept, refused where the regressors do not determine it."""

import numpy as np

from fhi.engine.methods import same

#: a regressor of which those before it leave less than this share of the variance is a combination of them
COLLINEAR = 1e-10


def least_squares(given: np.ndarray, outcome: np.ndarray) -> np.ndarray | None:
    """Return the intercept and the slopes; None if the regressors are collinear, or one is constant.

    Parameters
    ----------
    given : numpy.ndarray
        Units × regressors, without gaps; they are judged after scaling to unit variance.
    outcome : numpy.ndarray
        By unit.

    Returns
    -------
    numpy.ndarray or None
        ``b₀, b₁, …`` that minimise ``Σ (y − b₀ − Σ b_k·x_k)²``, in units of the outcome by unit of the regressor.
    """
    centre, spread = given.mean(axis=0), given.std(axis=0)
    if np.any(same(given.min(axis=0, initial=np.inf), given.max(axis=0, initial=-np.inf))):
        return None
    scaled = (given - centre) / spread
    triangle = np.linalg.qr(scaled, mode="r")
    if given.shape[1] and (np.diag(triangle) ** 2).min() / len(given) < COLLINEAR:
        return None
    slopes = np.linalg.lstsq(scaled, outcome - outcome.mean(), rcond=None)[0] / spread
    return np.concatenate([[outcome.mean() - centre @ slopes], slopes])
