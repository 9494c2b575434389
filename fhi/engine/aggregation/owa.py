"""Aggregations that look at the order of a unit's children: median, minimum, ordered weighted averages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from fhi.engine.errors import MethodError
from fhi.engine.methods import NotNegative, Positive

#: cumulative weights nearer to one half than this are one half
HALF = 1e-12


def median(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted median: half of the weight lies at or below it, half at or above.

    Where the cumulative weight is exactly one half at a child, the median is the mean of it and the next, so
    that equal weights give the ordinary median.
    """
    values, shares = _sorted(scores, weights)
    reached = np.cumsum(shares, axis=1)
    rows = np.arange(len(values))
    lower = np.argmax(reached >= 0.5 - HALF, axis=1)
    upper = np.argmax(reached > 0.5 + HALF, axis=1)
    return (values[rows, lower] + values[rows, upper]) / 2


def minimum(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the lowest score that has weight: no compensation at all."""
    return np.where(weights > 0, scores, np.inf).min(axis=1)


def owa(
    scores: np.ndarray, weights: np.ndarray, *, exponent: Positive | None = None, order: list[NotNegative] | None = None
) -> np.ndarray:
    """Return an ordered weighted average, ``Σ v_k·x_(k)`` with x_(1) the best child of the unit.

    The order weights are ``v_k = Q(W_k) − Q(W_{k−1})``, W_k being the cumulative weight of the k best children, and
    Q either ``Q(r) = r^exponent`` or the line through the cumulative sums of `order` at 1/n, 2/n, …, 1. Children of
    equal weight, as many as `order` is long, so get exactly the weights of `order`.

    Parameters
    ----------
    exponent : float, optional
        1 is the arithmetic mean; the larger, the more the worst children count; near 0 the best one alone.
    order : list of float, optional
        Weights from the best child to the worst, rescaled to sum to 1. Exactly one of the two is given.

    Raises
    ------
    MethodError
        If not exactly one is given, or the weights of `order` sum to zero.

    References
    ----------
    Yager (1988), IEEE Transactions on Systems, Man, and Cybernetics 18; Torra (1997), The weighted OWA operator,
    International Journal of Intelligent Systems 12.
    """
    if (exponent is None) == (order is None):
        raise MethodError("owa takes either exponent or order, and needs one.", key="aggregation.exponent")
    values, shares = _sorted(scores, weights)
    # best first: the order of the sort turned round
    values, shares = values[:, ::-1], shares[:, ::-1]
    # sums of weights miss 1 by the last bits
    reached = np.minimum(np.cumsum(shares, axis=1), 1.0)
    reached[:, -1] = 1.0
    if order is None:
        steps = reached**exponent
    else:
        if not sum(order) > 0:
            raise MethodError("the weights of order sum to zero.", key="aggregation.order", value=order)
        cumulative = np.concatenate([[0.0], np.cumsum(order) / sum(order)])
        steps = np.interp(reached, np.linspace(0.0, 1.0, len(cumulative)), cumulative)
    return np.sum(np.diff(steps, axis=1, prepend=0.0) * np.where(shares > 0, values, 0.0), axis=1)


def _sorted(scores: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of each unit in ascending order with their weights; what has no weight comes first."""
    placed = np.where(weights > 0, scores, -np.inf)
    order = np.argsort(placed, axis=1, kind="stable")
    return np.take_along_axis(placed, order, axis=1), np.take_along_axis(weights, order, axis=1)


METHODS: Mapping[str, Callable[..., np.ndarray]] = {"median": median, "minimum": minimum, "owa": owa}
