"""The indicator tree as arrays, and weights of many draws at once.

Weights are held by level, nodes × draws; one column stands for all draws where they do not differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from fhi.engine.framework import Framework
from fhi.engine.robustness.space import WeightNoise

#: weights, or numbers to draw them from, by level from 1 to the leaves
ByLevel = dict[int, np.ndarray]


@dataclass(frozen=True)
class Tree:
    """A framework in breadth-first order: the children of a node, and its leaves, stand side by side.

    Attributes
    ----------
    nodes : list of list of str
        By level, the root first.
    parents : list of numpy.ndarray
        By level, the position of each node's parent in the level above (empty for the root).
    spans : list of list of slice
        By level, where the children of each node stand in the level below.
    """

    nodes: list[list[str]]
    parents: list[np.ndarray]
    spans: list[list[slice]]

    @classmethod
    def of(cls, framework: Framework) -> Tree:
        nodes, parents, spans = [[framework.root]], [np.zeros(0, dtype=int)], []
        for _ in range(int(framework.levels.max())):
            families = [framework.children(code) for code in nodes[-1]]
            ends = np.cumsum([0, *map(len, families)])
            spans.append([slice(*pair) for pair in pairwise(ends)])
            parents.append(np.repeat(np.arange(len(families)), [len(family) for family in families]))
            nodes.append([child for family in families for child in family])
        return cls(nodes, parents, spans)

    @property
    def depth(self) -> int:
        """The level of the leaves."""
        return len(self.nodes) - 1

    @property
    def leaves(self) -> list[str]:
        return self.nodes[-1]

    def by_level(self, weights: pd.DataFrame) -> ByLevel:
        """Return weights by node, nodes × draws, as arrays by level."""
        return {level: weights.loc[self.nodes[level]].to_numpy() for level in range(1, self.depth + 1)}

    def to_series(self, weights: ByLevel) -> pd.Series:
        """Return the weights of a single draw by node."""
        nodes = [code for level in weights for code in self.nodes[level]]
        return pd.Series(np.concatenate([values[:, 0] for values in weights.values()]), index=nodes)

    def ancestors(self, level: int, above: int) -> np.ndarray:
        """Return the position of each node's ancestor in the level `above`."""
        places = np.arange(len(self.nodes[level]))
        for step in range(level, above, -1):
            places = self.parents[step][places]
        return places

    def sums(self, values: np.ndarray, level: int) -> np.ndarray:
        """Return the sums of values, nodes of `level` × draws, over the children of each node above."""
        return np.stack([values[span].sum(axis=0) for span in self.spans[level - 1]])


def noisy(tree: Tree, weights: ByLevel, noises: tuple[WeightNoise, ...], numbers: ByLevel) -> ByLevel:
    """Return weights with noise, rescaled to sum to what they summed to inside each parent.

    Parameters
    ----------
    numbers : dict
        By level: numbers from [0, 1), nodes × draws; a level without them has no noise.
    """
    result = dict(weights)
    for noise in noises:
        for level in set(noise.levels) & set(numbers):
            before, uniform = weights[level], numbers[level]
            if noise.kind == "uniform":
                # from (−1, 1], so that no weight is lost even with a size of 1
                raw = before * (1.0 + noise.size * (1.0 - 2.0 * uniform))
            else:
                raw = _gamma(before, uniform, noise.size, tree, level)
            # a family without data keeps its shares, so its sum is 1 as well
            result[level] = raw / tree.sums(raw, level)[tree.parents[level]]
    return result


def _gamma(weights: np.ndarray, uniform: np.ndarray, size: float, tree: Tree, level: int) -> np.ndarray:
    """Return gamma variates of the shapes ``size·m·w``, m being the children of positive weight, by inversion."""
    from scipy.special import gammainccinv  # slow to import

    counts = tree.sums((weights > 0).astype(float), level)[tree.parents[level]]
    shapes = size * counts * weights
    # as upper tails from (0, 1]: a tail of 0 would be an infinite variate
    return np.where(shapes > 0, gammainccinv(np.where(shapes > 0, shapes, 1.0), 1.0 - uniform), 0.0)


def rescaled(tree: Tree, weights: ByLevel, present: np.ndarray, least: Mapping[int, float]) -> tuple[ByLevel, ByLevel]:
    """Return the weights of units that have only some leaves, a missing child leaving its weight to its siblings.

    Parameters
    ----------
    present : numpy.ndarray
        By leaf, whether the units have it.
    least : mapping
        By level computed, the least share of a node's weight for which there must be data (see
        `fhi.engine.aggregation.aggregate`).

    Returns
    -------
    shares, scored : dict
        By level: weights that sum to 1 over what there is, and whether a node has a score (level 0 too).
    """
    shares, scored = {}, {tree.depth: present[:, None]}
    for level in range(tree.depth, 0, -1):
        kept = weights[level] * scored[level]
        covered = tree.sums(kept, level)
        enough = least.get(level - 1, 0.0) * tree.sums(weights[level], level) - 1e-12
        scored[level - 1] = (covered > 0) & (covered >= enough)
        shares[level] = kept / np.where(covered > 0, covered, 1.0)[tree.parents[level]]
    return shares, scored


def effective(tree: Tree, shares: ByLevel, top: int, bottom: int) -> np.ndarray:
    """Return the share of each node of level `bottom` in its ancestor of level `top`, nodes × draws."""
    result = np.ones((len(tree.nodes[top]), 1))
    for level in range(top + 1, bottom + 1):
        result = shares[level] * result[tree.parents[level]]
    return result


def columns_of(weights: ByLevel, draws: slice | np.ndarray) -> ByLevel:
    """Return the weights of some of the draws."""
    return {level: values if values.shape[1] == 1 else values[:, draws] for level, values in weights.items()}
