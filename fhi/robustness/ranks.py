"""Ranks of many draws at once; what only the order of a sum can tell apart is a tie."""

from __future__ import annotations

import numpy as np

#: scores that differ by less than this share of the draw's largest are ties
TIE = 1e-12
#: up to so many units, counting the better ones is faster than sorting
COUNTED = 96
#: draws ranked at a time: few enough for the fast memory of a core
AT_ONCE = 1024


def rank(scores: np.ndarray) -> np.ndarray:
    """Return the ranks within each draw: 1 is best, ties share the lower number.

    Parameters
    ----------
    scores : numpy.ndarray
        Units × draws, all finite.

    Returns
    -------
    numpy.ndarray
        Units × draws, of the smallest unsigned type that holds the number of units.
    """
    units, draws = scores.shape
    ranks = np.empty(scores.shape, dtype=np.min_scalar_type(units))
    ranked = _counted if units <= COUNTED else _sorted
    width = max(1, min(AT_ONCE, 2**22 // units))
    for start in range(0, draws, width):
        part = slice(start, start + width)
        ranks[:, part] = ranked(scores[:, part])
    return ranks


def _counted(scores: np.ndarray) -> np.ndarray:
    """Return 1 + the number of units that are better."""
    beaten = scores + TIE * np.abs(scores).max(axis=0)
    ranks = np.ones(scores.shape, dtype=np.min_scalar_type(len(scores)))
    better = np.empty(scores.shape, dtype=bool)
    for row in scores:
        np.greater(row, beaten, out=better)
        ranks += better.view(np.uint8)
    return ranks


def _sorted(scores: np.ndarray) -> np.ndarray:
    """Return the place at which the unit's group of ties begins in descending order."""
    rows = np.ascontiguousarray(scores.T)
    order = np.argsort(-rows, axis=1)
    ordered = np.take_along_axis(rows, order, axis=1)
    gaps = ordered[:, :-1] - ordered[:, 1:] > TIE * np.abs(ordered[:, [0, -1]]).max(axis=1)[:, None]
    starts = np.ones(rows.shape, dtype=np.int64)
    starts[:, 1:] = np.where(gaps, np.arange(2, rows.shape[1] + 1), 1)
    ranks = np.empty(rows.shape, dtype=np.min_scalar_type(rows.shape[1]))
    np.put_along_axis(ranks, order, np.maximum.accumulate(starts, axis=1).astype(ranks.dtype), axis=1)
    return ranks.T
