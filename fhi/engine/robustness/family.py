"""Scores of units that lack the same cells, in draws that share a matrix and an aggregation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

import numpy as np

from fhi.engine.aggregation import METHODS
from fhi.engine.parameters import Step
from fhi.engine.robustness.tree import ByLevel, Tree, columns_of, effective

#: aggregation -> what its scores are added up in, and the way back
LINEAR: Mapping[str, tuple[Callable, Callable]] = {
    "arithmetic": (np.asarray, np.asarray),
    "geometric": (np.log, np.exp),
    "harmonic": (np.reciprocal, np.reciprocal),
}
#: of these, the ones that need positive scores
POSITIVE = frozenset({"geometric", "harmonic"})
#: aggregations that look at one unit at a time
ROWWISE = frozenset(
    {*LINEAR, "generalised-mean", "median", "minimum", "owa", "mazziotta-pareto", "adjusted-mazziotta-pareto"}
)
#: cells of units × draws × children that are handled at a time
CELLS = 2**21


class Unusual(Exception):
    """Draws that cannot be computed together."""


class Family:
    """Units that lack the same cells.

    Parameters
    ----------
    tree : Tree
    steps : list of Step
        The aggregation of each level computed, the root first; of `ROWWISE`.
    shares : dict
        By level, nodes × draws: weights that sum to 1 over what the units have.
    values : numpy.ndarray
        Units × leaves, NaN for what they lack or nobody needs.
    noise : dict
        By position of a leaf, units × draws that stand in its place.
    """

    def __init__(
        self, tree: Tree, steps: list[Step], shares: ByLevel, values: np.ndarray, noise: Mapping[int, np.ndarray]
    ):
        self.tree, self.steps, self.shares, self.values, self.noise = tree, steps, shares, values, noise
        # the levels below `top` are added up in one go
        self.top = tree.depth
        while self.top and steps[-1].method in LINEAR and steps[self.top - 1] == steps[-1]:
            self.top -= 1

    def scores(self, draws: int) -> np.ndarray:
        """Return draws × units (or one row for all).

        Raises
        ------
        Unusual
            If a method refuses the scores.
        """
        if self.top == 0:
            return self._collapsed(slice(None))[0]
        width = max(1, CELLS // (len(self.values) * max(map(len, self.tree.nodes))))
        parts = [slice(start, min(start + width, draws)) for start in range(0, draws, width)]
        try:
            rows = [np.broadcast_to(self._stacked(part), (part.stop - part.start, len(self.values))) for part in parts]
        except ValueError as error:
            raise Unusual(*error.args) from None
        return np.concatenate(rows)

    def _collapsed(self, part: slice) -> list[np.ndarray]:
        """Return, by node of the level `top`, draws × units (or one row for all)."""
        tree, top, bottom = self.tree, self.top, self.tree.depth
        shares = columns_of(self.shares, part)
        forward, backward = LINEAR[self.steps[-1].method]
        # what is missing or replaced by noise adds nothing
        blank = np.isnan(self.values)
        blank[:, list(self.noise)] = True
        terms = np.where(blank, 0.0, forward(np.where(blank, 1.0, self.values))).T
        # below the deepest level whose weights differ between draws, the sums are the same for all of them
        cut = max((level for level in range(top + 1, bottom + 1) if shares[level].shape[1] > 1), default=top)
        if cut < bottom:
            inner = self._branches(effective(tree, shares, cut, bottom), cut, bottom)
            terms = np.concatenate([share.T @ terms[span] for span, share in inner])
        totals = [share.T @ terms[span] for span, share in self._branches(effective(tree, shares, top, cut), top, cut)]
        above = tree.ancestors(bottom, top)
        for leaf, column in self.noise.items():
            added = self._share(shares, leaf)[:, None] * forward(column[:, part].T)
            totals[above[leaf]] = totals[above[leaf]] + added
        return [backward(total) for total in totals]

    def _branches(self, shares: np.ndarray, top: int, bottom: int) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield of each node of the level `top` where its descendants stand in the level `bottom`, and their shares."""
        above = self.tree.ancestors(bottom, top)
        for start, stop in pairwise(np.searchsorted(above, np.arange(len(self.tree.nodes[top]) + 1))):
            yield slice(start, stop), shares[start:stop]

    def _share(self, shares: ByLevel, leaf: int) -> np.ndarray:
        """Return the share of one leaf in its ancestor of the level `top`, by draw."""
        share, place = np.ones(1), leaf
        for level in range(self.tree.depth, self.top, -1):
            share, place = share * shares[level][place], self.tree.parents[level][place]
        return share

    def _stacked(self, part: slice) -> np.ndarray:
        """Return draws × units (or one row for all): level by level above `top`, a row for each draw and unit."""
        tree, shares = self.tree, columns_of(self.shares, part)
        if self.top < tree.depth:
            scores = self._collapsed(part)
        else:
            scores = [column[None, :] for column in self.values.T]
            for leaf, column in self.noise.items():
                scores[leaf] = column[:, part].T
        for level in range(self.top - 1, -1, -1):
            # what has no weight in the whole need not have a score
            alive = effective(tree, shares, 0, level) > 0
            scores = [
                self._parent(self.steps[level], scores[span], shares[level + 1][span], alive[node])
                for node, span in enumerate(tree.spans[level])
            ]
        return scores[0]

    def _parent(self, step: Step, children: list[np.ndarray], weights: np.ndarray, alive: np.ndarray) -> np.ndarray:
        """Return draws × units: the scores of a node, NaN in draws in which it has no weight."""
        draws = max(alive.size, weights.shape[1], *(len(child) for child in children))
        shape = draws, len(self.values)
        result = np.full(shape, np.nan)
        chosen = np.flatnonzero(np.broadcast_to(alive, draws))
        if len(chosen):
            block = np.stack([np.broadcast_to(child, shape)[chosen] for child in children], axis=-1)
            given = np.broadcast_to(weights, (len(children), draws)).T[chosen]
            given = np.broadcast_to(given[:, None, :], block.shape)
            rows = np.where(given > 0, block, np.nan).reshape(-1, len(children))
            found = METHODS[step.method](rows, given.reshape(rows.shape), **step.params)
            result[chosen] = found.reshape(-1, shape[1])
        return result
