"""What a missing child's weight becomes: the one rule, used for units, cities, draws and the page alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

#: what a share of weight may miss the least share that is asked for by: sums of weights miss it by the last bits
SLACK = 1e-12


class Siblings(NamedTuple):
    """The weights of the children of a parent that are there.

    Attributes
    ----------
    kept : numpy.ndarray
        The weights, 0 where a child is missing.
    covered : numpy.ndarray
        Their sums.
    scored : numpy.ndarray of bool
        Whether there is enough for a score.
    """

    kept: np.ndarray
    covered: np.ndarray
    scored: np.ndarray

    def shares(self, axis: int = -1) -> np.ndarray:
        """Return ``w_j/Σ w`` over the children that are there; 0 for all where none is."""
        return self.kept / np.expand_dims(np.where(self.covered > 0, self.covered, 1.0), axis)


def redistributed(present: np.ndarray, weights: np.ndarray, least: float = 0.0, axis: int = -1) -> Siblings:
    """Leave the weight of missing children to their siblings, in proportion to the weights of these.

    Parameters
    ----------
    present : numpy.ndarray of bool
        Whether a child is there; the children along `axis`, units or draws along the others.
    weights : numpy.ndarray
        Of the children, of the same shape or broadcast to it.
    least : float
        A parent has a score if the children that are there have some weight, and at least this share of all of it.
    axis : int
        Where the children stand.

    Returns
    -------
    Siblings
        `kept` of the shape of `present`; `covered` and `scored` without `axis`.
    """
    kept = np.where(present, weights, 0.0)
    covered = kept.sum(axis=axis)
    scored = (covered > 0) & (covered >= least * np.sum(weights, axis=axis) - SLACK)
    return Siblings(kept, covered, scored)
