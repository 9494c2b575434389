"""Ranks of many draws at once; what only the order of a sum can tell apart is a tie.

A unit without a score in a draw has no rank there (0), and the others are ranked among themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

#: scores that differ by less than this share of the draw's largest are ties
TIE = 1e-12
#: cells ranked at a time: few enough for the fast memory of a core
CELLS = 2**16

_SIGN = np.int64(63)
_REST = np.int64(2**63 - 1)


def rank(scores: np.ndarray) -> np.ndarray:
    """Return the ranks within each draw: 1 is best, ties share the lower number, 0 is no score.

    Parameters
    ----------
    scores : numpy.ndarray
        Draws × units, finite or NaN.

    Returns
    -------
    numpy.ndarray
        Draws × units, of the smallest unsigned type that holds the number of units.
    """
    draws, units = scores.shape
    ranks = np.empty(scores.shape, dtype=np.min_scalar_type(units))
    width = max(1, CELLS // units)
    for start in range(0, draws, width):
        part, places = scores[start : start + width], ranks[start : start + width]
        # a sum is faster than a test of every cell
        if not np.isnan(part.sum()):
            _rank(part, places)
            continue
        places[:] = 0
        for rows, present in patterns(~np.isnan(part)):
            cells = np.ix_(rows, present)
            found = np.empty(tuple(map(len, (rows, present))), dtype=ranks.dtype)
            _rank(part[cells], found)
            places[cells] = found
    return ranks


def _rank(scores: np.ndarray, ranks: np.ndarray) -> None:
    """Write the ranks of draws × units that all have a score."""
    order, ordered = _ordered(scores)
    places = _places(ordered, ranks.dtype)
    ranks.reshape(-1)[order + np.arange(0, scores.size, scores.shape[1])[:, None]] = places


def patterns(ranked: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the draws that rank the same units, and these units; draws that rank none are left out.

    Parameters
    ----------
    ranked : numpy.ndarray of bool
        Draws × units.
    """
    kinds, which = np.unique(np.packbits(ranked, axis=1), axis=0, return_inverse=True)
    for number in range(len(kinds)):
        rows = np.flatnonzero(which.ravel() == number)
        present = np.flatnonzero(ranked[rows[0]])
        if len(present):
            yield rows, present


def among(reference: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Return the ranks of some units among themselves, from their ranks among all."""
    return 1 + (reference[present][:, None] > reference[present]).sum(axis=1)


def shifts(ranks: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return by draw the mean absolute shift of the ranks from the reference; NaN for a draw that ranks no unit.

    Both are the ranks among the units that the draw ranks.
    """
    ranks = ranks.astype(np.int32)
    if ranks.all():
        return np.abs(ranks - reference).mean(axis=1)
    result = np.full(len(ranks), np.nan)
    for rows, present in patterns(ranks > 0):
        result[rows] = np.abs(ranks[np.ix_(rows, present)] - among(reference, present)).mean(axis=1)
    return result


def _places(values: np.ndarray, kind: np.dtype) -> np.ndarray:
    """Return the ranks of scores in descending order: where the group of ties of each begins."""
    places = np.arange(1, values.shape[1] + 1, dtype=kind)
    largest = np.maximum(np.abs(values[:, :1]), np.abs(values[:, -1:]))
    apart = values[:, :-1] - values[:, 1:] > TIE * largest
    if apart.all():
        return np.broadcast_to(places, values.shape)
    starts = np.broadcast_to(places, values.shape).copy()
    starts[:, 1:] *= apart
    return np.maximum.accumulate(starts, axis=1)


def _ordered(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the order of the units from the best down, and their scores in that order.

    Sorting is several times faster than finding the order of what is sorted: so the number of the unit takes the place
    of the last bits of its score, and what is sorted are these keys. The bits of a float read as an integer are in the
    order of the floats, if those of negative ones are turned round. Where the lost bits made a difference, the order
    is found in the slow way.
    """
    units = scores.shape[1]
    low = np.int64(2 ** (units - 1).bit_length() - 1)
    keys = (-scores).view(np.int64)
    keys ^= (keys >> _SIGN) & _REST
    keys &= ~low
    keys |= np.arange(units)
    keys.sort(axis=1)
    order = keys & low
    ordered = np.take_along_axis(scores, order, axis=1)
    wrong = np.flatnonzero((ordered[:, :-1] < ordered[:, 1:]).any(axis=1))
    if len(wrong):
        order[wrong] = np.argsort(-scores[wrong], axis=1, kind="stable")
        ordered[wrong] = np.take_along_axis(scores[wrong], order[wrong], axis=1)
    return order, ordered
