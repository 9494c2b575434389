"""Draws: one number from [0, 1) an assumption, and the numbers behind the noise, from streams of their own.

Every block of `BLOCK` draws has a stream a source of chance, found by its number alone. So a draw is the same however
many there are, however they are spread over processes, and whatever else is uncertain.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from fhi.engine.framework import Framework, redistributed
from fhi.engine.robustness.space import DATA_NOISE, IMPUTED, SHARES, WEIGHT_NOISE, Space, WeightNoise

#: weights, or numbers to draw them from, by level from 1 to the leaves
ByLevel = dict[int, np.ndarray]


@dataclass(frozen=True)
class Tree:
    """A framework in breadth-first order: the children of a node, and its leaves, stand side by side.

    All leaves stand at the deepest level: one of a level above is its own only child at each level below, of weight 1.

    Attributes
    ----------
    nodes : list of list of str
        By level, the root first.
    parents : list of numpy.ndarray
        By level, the position of each node's parent in the level above (empty for the root).
    spans : list of list of slice
        By level, where the children of each node stand in the level below.
    repeated : list of numpy.ndarray of bool
        By level, whether a node is a leaf of a level above that stands here again.
    """

    nodes: list[list[str]]
    parents: list[np.ndarray]
    spans: list[list[slice]]
    repeated: list[np.ndarray]

    @classmethod
    def of(cls, framework: Framework) -> Tree:
        nodes, parents, spans, repeated = [[framework.root]], [np.zeros(0, dtype=int)], [], [np.zeros(1, dtype=bool)]
        for _ in range(framework.depth):
            families = [framework.children(code) or [code] for code in nodes[-1]]
            ends = np.cumsum([0, *map(len, families)])
            spans.append([slice(*pair) for pair in pairwise(ends)])
            parents.append(np.repeat(np.arange(len(families)), [len(family) for family in families]))
            ends = {code for code in nodes[-1] if not framework.children(code)}
            nodes.append([child for family in families for child in family])
            repeated.append(np.array([code in ends for code in nodes[-1]]))
        return cls(nodes, parents, spans, repeated)

    @property
    def depth(self) -> int:
        """The level of the leaves."""
        return len(self.nodes) - 1

    @property
    def leaves(self) -> list[str]:
        return self.nodes[-1]

    def by_level(self, weights: pd.DataFrame) -> ByLevel:
        """Return weights by node, nodes × draws, as arrays by level."""
        places, values = {node: place for place, node in enumerate(weights.index)}, weights.to_numpy()
        return {
            level: np.where(self.repeated[level][:, None], 1.0, values[[places[node] for node in self.nodes[level]]])
            for level in range(1, self.depth + 1)
        }

    def to_series(self, weights: ByLevel) -> pd.Series:
        """Return the weights of a single draw by node."""
        own = {level: ~self.repeated[level] for level in weights}
        nodes = [code for level, kept in own.items() for code in np.array(self.nodes[level], dtype=object)[kept]]
        return pd.Series(np.concatenate([weights[level][kept, 0] for level, kept in own.items()]), index=nodes)

    def ancestors(self, level: int, above: int) -> np.ndarray:
        """Return the position of each node's ancestor in the level `above`.

        Parameters
        ----------
        level, above : int
            Levels, ``above ≤ level``.

        Returns
        -------
        numpy.ndarray of int
            By node of `level`, in the order of `nodes`.
        """
        places = np.arange(len(self.nodes[level]))
        for step in range(level, above, -1):
            places = self.parents[step][places]
        return places

    def sums(self, values: np.ndarray, level: int) -> np.ndarray:
        """Return the sums of values, nodes of `level` × draws, over the children of each node above.

        Parameters
        ----------
        values : numpy.ndarray
            Nodes of `level` × draws.
        level : int
            From 1 to the level of the leaves.

        Returns
        -------
        numpy.ndarray
            Nodes of the level above × draws.
        """
        return np.stack([values[span].sum(axis=0) for span in self.spans[level - 1]])


def noisy(tree: Tree, weights: ByLevel, noises: tuple[WeightNoise, ...], numbers: ByLevel) -> ByLevel:
    """Return weights with noise, rescaled to sum to what they summed to inside each parent.

    Parameters
    ----------
    numbers : dict
        By level: numbers from [0, 1), nodes × draws; a level without them has no noise.

    Returns
    -------
    dict
        By level: weights, nodes × draws.
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


#: cells of shares that are kept for units that lack the same leaves of a family
SHARED = 2**23


class Rescaled:
    """Weights of draws, rescaled for units that have only some leaves (see `shares`).

    Units that lack different leaves have most families alike: what is found of a family is kept for the next of them.

    Parameters
    ----------
    tree : Tree
    weights : dict
        By level, nodes × draws.
    least : mapping
        By level computed, the least share of a node's weight for which there must be data (see
        `fhi.engine.aggregation.aggregate`).
    """

    def __init__(self, tree: Tree, weights: ByLevel, least: Mapping[int, float]):
        self.tree, self.weights, self.least = tree, weights, least
        self._known: dict[tuple[int, int, bytes], tuple[np.ndarray, np.ndarray]] = {}
        self._cells = 0

    def shares(self, present: np.ndarray) -> tuple[ByLevel, ByLevel]:
        """Return the weights of units that have only some leaves, a missing child leaving its weight to its siblings.

        Parameters
        ----------
        present : numpy.ndarray
            By leaf, whether the units have it.

        Returns
        -------
        shares, scored : dict
            By level: weights that sum to 1 over what there is, and whether a node has a score (level 0 too).
        """
        shares, scored = {}, {self.tree.depth: present[:, None]}
        for level in range(self.tree.depth, 0, -1):
            spans = self.tree.spans[level - 1]
            families = [self._family(level, place, scored[level][span]) for place, span in enumerate(spans)]
            scored[level - 1] = np.stack([there for there, _ in families])
            shares[level] = np.concatenate([part for _, part in families])
        return shares, scored

    def _family(self, level: int, place: int, present: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return whether a node has a score, and the shares of its children, of which some are there."""
        key = level, place, present.tobytes()
        if key in self._known:
            return self._known[key]
        weights = self.weights[level][self.tree.spans[level - 1][place]]
        found = redistributed(present, weights, self.least.get(level - 1, 0.0), axis=0)
        result = found.scored, found.shares(axis=0)
        self._cells += result[1].size
        if self._cells <= SHARED:
            self._known[key] = result
        return result


def effective(tree: Tree, shares: ByLevel, top: int, bottom: int) -> np.ndarray:
    """Return the share of each node of level `bottom` in its ancestor of level `top`, nodes × draws.

    Parameters
    ----------
    tree : Tree
    shares : dict
        By level, nodes × draws: weights that sum to 1 inside each parent.
    top, bottom : int
        Levels, ``top ≤ bottom``.

    Returns
    -------
    numpy.ndarray
        Nodes of `bottom` × draws (one column if all draws have the same).
    """
    result = np.ones((len(tree.nodes[top]), 1))
    for level in range(top + 1, bottom + 1):
        result = shares[level] * result[tree.parents[level]]
    return result


def columns_of(weights: ByLevel, draws: slice | np.ndarray) -> ByLevel:
    """Return the weights of some of the draws.

    Parameters
    ----------
    weights : dict
        By level, nodes × draws, or × 1 if all draws have the same.
    draws : slice or numpy.ndarray
        Which draws.

    Returns
    -------
    dict
        By level.
    """
    return {level: values if values.shape[1] == 1 else values[:, draws] for level, values in weights.items()}


#: draws that share a stream of random numbers
BLOCK = 2048


def _stream(seed: int, block: int, *names: object) -> np.random.Generator:
    """Return the random numbers of one source of chance in one block."""
    marks = [zlib.crc32(str(name).encode()) for name in names]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(block, *marks))))


@dataclass(frozen=True)
class Sample:
    """Some draws.

    Attributes
    ----------
    numbers : numpy.ndarray
        What each draw is called in a message.
    picks : dict
        By assumption with alternatives: the position of the one drawn.
    weights : dict
        By level with weight noise: numbers from [0, 1), nodes × draws.
    data : dict
        By indicator with data noise: standard normal numbers, units × sets of them.
    sets : numpy.ndarray
        Which set of data noise each draw has; draws that have the same one share what is made of it.
    """

    numbers: np.ndarray
    picks: dict[str, np.ndarray]
    weights: ByLevel = field(default_factory=dict)
    data: dict[str, np.ndarray] = field(default_factory=dict)
    sets: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    def keys(self, space: Space) -> dict[str, np.ndarray]:
        """Return by indicator what tells its values in draws apart.

        That is the point of its interval, or the set of noise (0 for none); and, if its missing cells are drawn, the
        table: ``key·tables + table``.
        """
        points = dict.fromkeys(space.points, self.picks[SHARES]) if SHARES in self.picks else {}
        found = points | dict.fromkeys(self.data, self.sets)
        if IMPUTED in self.picks:
            tables = self.picks[IMPUTED].astype(np.int64)
            found |= {
                code: np.asarray(found.get(code, 0), dtype=np.int64) * columns.shape[1] + tables
                for code, columns in space.fillings.items()
            }
        return found

    def take(self, places: np.ndarray | slice) -> Sample:
        """Return some of the draws."""
        return Sample(
            self.numbers[places],
            {name: picks[places] for name, picks in self.picks.items()},
            {level: numbers[:, places] for level, numbers in self.weights.items()},
            self.data,
            None if self.sets is None else self.sets[places],
        )

    def exchanged(self, other: Sample, assumption: str) -> Sample:
        """Return the draws with one assumption as in `other`; of data noise, they share the sets.

        Parameters
        ----------
        other : Sample
            As many draws.
        assumption : str
            Its name.

        Returns
        -------
        Sample
        """
        if assumption == WEIGHT_NOISE:
            return replace(self, weights=other.weights)
        if assumption == DATA_NOISE:
            return replace(self, sets=other.sets)
        return replace(self, picks=self.picks | {assumption: other.picks[assumption]})


def draw(space: Space, tree: Tree, units: int, seed: int, first: int, count: int) -> Sample:
    """Return the draws from number `first` on, which begins a block; `units` is how many data noise is drawn for.

    Parameters
    ----------
    space : Space
    tree : Tree
    units : int
        How many units data noise is drawn for.
    seed : int
    first, count : int
        The number of the first draw, a multiple of `BLOCK`, and how many.

    Returns
    -------
    Sample
    """
    return with_noise({"": picks(space, seed, first, count)}, space, tree, units, seed, first)[0]


def picks(space: Space, seed: int, first: int, count: int) -> Sample:
    """Return the alternatives of `draw` without its noise.

    Parameters
    ----------
    space : Space
    seed : int
    first, count : int
        As for `draw`.

    Returns
    -------
    Sample
    """
    source = _Source(seed, first, count, "")
    chosen = {choice.name: choice.pick(source.numbers("random", (), choice.name)) for choice in space.choices}
    return Sample(np.arange(first, first + count), chosen)


def with_noise(
    samples: Mapping[str, Sample], space: Space, tree: Tree, units: int, seed: int, first: int
) -> list[Sample]:
    """Return draws with the noise of those from number `first` on.

    Parameters
    ----------
    samples : mapping
        Draws of the same number, by a name that tells their noise from that of the others.

    Returns
    -------
    list of Sample
        In the order of `samples`, with one set of data noise among them.
    """
    sources = [_Source(seed, first, len(sample), side) for side, sample in samples.items()]
    levels = [level for noise in space.weight_noise for level in noise.levels]
    data = {
        code: np.concatenate(
            [source.numbers("standard_normal", (units,), DATA_NOISE, code) for source in sources], axis=1
        )
        for code in space.data_noise or ()
    }
    result = []
    for place, (source, sample) in enumerate(zip(sources, samples.values(), strict=True)):
        weights = {level: source.numbers("random", (len(tree.nodes[level]),), WEIGHT_NOISE, level) for level in levels}
        sets = place * len(sample) + np.arange(len(sample)) if data else None
        result.append(replace(sample, weights=weights, data=data, sets=sets))
    return result


@dataclass(frozen=True)
class _Source:
    seed: int
    first: int
    count: int
    side: str

    def numbers(self, kind: str, rows: tuple[int, ...], *names: object) -> np.ndarray:
        """Return rows × draws of random numbers of a kind, each block from its own stream."""
        blocks = range(self.first // BLOCK, -(-(self.first + self.count) // BLOCK))
        parts = [getattr(_stream(self.seed, block, self.side, *names), kind)((*rows, BLOCK)) for block in blocks]
        return np.concatenate(parts, axis=-1)[..., : self.count]


def join(samples: Iterable[Sample]) -> Sample:
    """Return the draws of several samples one after the other; they have the same sets of data noise."""
    parts = list(samples)
    return Sample(
        np.concatenate([part.numbers for part in parts]),
        {name: np.concatenate([part.picks[name] for part in parts]) for name in parts[0].picks},
        {level: np.concatenate([part.weights[level] for part in parts], axis=1) for level in parts[0].weights},
        parts[0].data,
        np.concatenate([part.sets for part in parts]) if parts[0].data else None,
    )
