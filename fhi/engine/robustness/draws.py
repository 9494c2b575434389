"""Draws: one number from [0, 1) an assumption, and the numbers behind the noise, from streams of their own.

Every block of `BLOCK` draws has a stream a source of chance, found by its number alone. So a draw is the same however
many there are, however they are spread over processes, and whatever else is uncertain.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from fhi.engine.robustness.measurement_error import DATA_NOISE
from fhi.engine.robustness.space import SHARES, WEIGHT_NOISE, Space
from fhi.engine.robustness.tree import ByLevel, Tree

#: draws that share a stream of random numbers
BLOCK = 2048


def stream(seed: int, block: int, *names: object) -> np.random.Generator:
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
        """Return by indicator what tells its values in draws apart: the point of its interval, or the set of noise."""
        points = dict.fromkeys(space.points, self.picks[SHARES]) if SHARES in self.picks else {}
        return points | dict.fromkeys(self.data, self.sets)

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
        """Return the draws with one assumption as in `other`; of data noise, they share the sets."""
        if assumption == WEIGHT_NOISE:
            return replace(self, weights=other.weights)
        if assumption == DATA_NOISE:
            return replace(self, sets=other.sets)
        return replace(self, picks=self.picks | {assumption: other.picks[assumption]})


def draw(space: Space, tree: Tree, units: int, seed: int, first: int, count: int) -> Sample:
    """Return the draws from number `first` on, which begins a block; `units` is how many data noise is drawn for."""
    return with_noise({"": picks(space, seed, first, count)}, space, tree, units, seed, first)[0]


def picks(space: Space, seed: int, first: int, count: int) -> Sample:
    """Return the alternatives of `draw` without its noise."""
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
        parts = [getattr(stream(self.seed, block, self.side, *names), kind)((*rows, BLOCK)) for block in blocks]
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
