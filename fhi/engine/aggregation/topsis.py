"""TOPSIS: how near a unit is to the best that any unit shows, and how far from the worst."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np


def topsis(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``d⁻/(d⁺ + d⁻)``, from 0 to 1: Euclidean distances of the weighted scores from the worst and the best.

    The best and the worst are those of each child among the units that have a score there, so a unit's result depends
    on the others. Scores are taken as normalised: no vector normalisation is added. A missing child leaves the
    distance to its siblings, reweighted.

    Raises
    ------
    ValueError
        If every unit has the same scores, so that best and worst are one.

    References
    ----------
    Hwang and Yoon (1981), Multiple Attribute Decision Making, Springer.
    """
    weighted = weights > 0
    best = np.where(weighted, scores, -np.inf).max(axis=0)
    worst = np.where(weighted, scores, np.inf).min(axis=0)
    to_best = _distance(scores, weights, best)
    to_worst = _distance(scores, weights, worst)
    if np.any(to_best + to_worst == 0):
        raise ValueError("TOPSIS needs units that differ: best and worst are the same", "leave the node out")
    return to_worst / (to_best + to_worst)


def _distance(scores: np.ndarray, weights: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return the distance of each unit from a point, over the children that have weight."""
    apart = np.where(weights > 0, scores - np.where(np.isfinite(point), point, 0.0), 0.0)
    return np.sqrt(np.sum((weights * apart) ** 2, axis=1))


METHODS: Mapping[str, Callable[..., np.ndarray]] = {"topsis": topsis}
