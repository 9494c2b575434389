"""Benefit of the doubt: every unit is weighed as suits it best, within stated bounds."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from fhi.engine.aggregation.means import refuse_negative
from fhi.engine.methods import method

Share = Annotated[float, Field(ge=0, le=1, strict=True)]

#: a score nearer to 1 than this is 1: a few times what the solver allows
TOLERANCE = 1e-6


def scores_and_weights(
    scores: np.ndarray,
    weights: np.ndarray,
    *,
    least: Share = 0.0,
    most: Share = 1.0,
    least_part: Share = 0.0,
    most_part: Share = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return each unit's best score and the weights, units × children, that give it; see `benefit_of_the_doubt`.

    Where several weightings are best, the solver's choice is given.
    """
    refuse_negative(scores, weights, "benefit of the doubt")
    given = weights > 0
    rivals = np.where(given, scores, 0.0)
    found = np.zeros_like(rivals)
    for unit in range(len(rivals)):
        columns = np.flatnonzero(given[unit])
        for low, high, what in ((least, most, "sum"), (least_part, most_part, "score")):
            if not low * len(columns) <= 1 <= high * len(columns):
                message = f"no weights of {len(columns)} children lie each from {low:g} to {high:g} of their {what}"
                raise ValueError(message, "lower least or raise most")
        if least_part > 0 and not rivals[unit, columns].all():
            message = f"a child whose score is 0 has no part of {least_part:g} in a score"
            raise ValueError(message, "normalise to positive scores, or give no least_part")
        bounds = _bounds(rivals[unit, columns], least, most, least_part, most_part)
        found[unit, columns] = _best(rivals[:, columns], unit, bounds)
    best = np.sum(found * rivals, axis=1)
    # the leaders tie: what the solver leaves over is not a difference between them
    return np.where(np.abs(best - 1.0) < TOLERANCE, 1.0, best), found


def _bounds(own: np.ndarray, least: float, most: float, least_part: float, most_part: float) -> np.ndarray:
    """Return constraints × children, each ``row·w ≤ 0``: bounds of weights and of parts of the score, as shares."""
    unit = np.eye(len(own))
    rows = [least - unit] * (least > 0) + [unit - most] * (most < 1)
    # of the score: low·Σ w·x − w_j·x_j ≤ 0 and w_j·x_j − high·Σ w·x ≤ 0
    rows += [(least_part - unit) * own] * (least_part > 0) + [(unit - most_part) * own] * (most_part < 1)
    return np.vstack(rows) if rows else np.zeros((0, len(own)))


def _best(rivals: np.ndarray, unit: int, bounds: np.ndarray) -> np.ndarray:
    from scipy.optimize import linprog

    count = rivals.shape[1]
    if not rivals[unit].any():
        even = np.full(count, 1.0 / count)
        return even / max((rivals @ even).max(), np.finfo(float).tiny)
    # scores divided by the largest, so that the solver's tolerances suit any scale
    largest = rivals.max()
    limits = np.concatenate([np.ones(len(rivals)), np.zeros(len(bounds))])
    sizes = np.abs(bounds).max(axis=1, initial=0.0, keepdims=True)
    matrix = np.vstack([rivals / largest, bounds / np.where(sizes > 0, sizes, 1.0)])
    solved = linprog(-rivals[unit] / largest, A_ub=matrix, b_ub=limits, method="highs")
    if solved.status != 0:
        raise ValueError("no weights keep all the bounds", "lower least or raise most")
    return solved.x / largest


@method(
    "aggregation", "benefit-of-the-doubt", zh="自选有利权重", en="benefit of the doubt", unit_weights=scores_and_weights
)
def benefit_of_the_doubt(
    scores: np.ndarray,
    weights: np.ndarray,
    *,
    least: Share = 0.0,
    most: Share = 1.0,
    least_part: Share = 0.0,
    most_part: Share = 1.0,
) -> np.ndarray:
    """Return ``Σ_j w_j·x_ij`` with each unit's own best weights, from 0 to 1: one linear program a unit.

    For unit i the sum is maximised subject to ``Σ_j w_j·x_kj ≤ 1`` for every unit k and w ≥ 0, with each weight
    from `least` to `most` of their sum. The weights of the index take no part, except that a child of weight 0 is left
    out. A unit that lacks a child is scored by its others, and counts as 0 there when it is a rival.

    Parameters
    ----------
    least, most : float
        Bounds of a weight as a share of the sum of the unit's weights, over the children that it has (the
        Handbook's example has 0.10 and 0.15 for eight). Free by default; then a unit that leads in one child has 1.
    least_part, most_part : float
        Bounds of what a child contributes, ``w_j·x_ij``, as a share of the unit's score (pie shares): they do not
        depend on the units of the children.

    Raises
    ------
    ValueError
        If a score is negative, no weights of so many children as a unit has can keep the bounds, or a child of score 0
        shall contribute.

    Notes
    -----
    Best used on a few pillars: with many children almost every unit leads somewhere.

    References
    ----------
    Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), An introduction to 'benefit of the doubt' composite
    indicators, Social Indicators Research 82; Kuosmanen (2009), Journal of the Operational Research Society 60, for
    what is missing; OECD/JRC (2008), Handbook, section 6.3.
    """
    bounds = {"least": least, "most": most, "least_part": least_part, "most_part": most_part}
    return scores_and_weights(scores, weights, **bounds)[0]
