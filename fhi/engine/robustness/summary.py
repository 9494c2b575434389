"""What is kept of draws: counts that are added up draw by draw, in memory that does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np

#: scores that differ by less than this share of the draw's largest are ties
TIE = 1e-12
#: cells ranked at a time: few enough for the fast memory of a core, and to be given from memory already at hand
CELLS = 2**14

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
    ranks.reshape(-1)[order] = _places(ordered, ranks.dtype)


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
    """Return the ranks of some units among themselves, from their ranks among all.

    Parameters
    ----------
    reference : numpy.ndarray
        Ranks among all units, 1 the best.
    present : numpy.ndarray of int
        The positions of the units.

    Returns
    -------
    numpy.ndarray of int
        By unit of `present`; ties share the lower number.
    """
    return 1 + (reference[present][:, None] > reference[present]).sum(axis=1)


def shifts(ranks: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return by draw the mean absolute shift of the ranks from the reference; NaN for a draw that ranks no unit.

    Both are the ranks among the units that the draw ranks.

    Parameters
    ----------
    ranks : numpy.ndarray
        Draws × units, 0 for no rank.
    reference : numpy.ndarray
        By unit.

    Returns
    -------
    numpy.ndarray
        By draw, in places.
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
    """Return the positions of the scores from the best of each draw down, in all of them, and these scores.

    Sorting is several times faster than finding the order of what is sorted: so the number of the unit takes the place
    of the last bits of its score, and what is sorted are these keys. The bits of a float read as an integer are in the
    order of the floats, if those of negative ones are turned round. Where the lost bits made a difference, the order
    is found in the slow way.
    """
    draws, units = scores.shape
    low = np.int64(2 ** (units - 1).bit_length() - 1)
    keys = (-scores).view(np.int64)
    keys ^= (keys >> _SIGN) & _REST
    keys &= ~low
    keys |= np.arange(units)
    keys.sort(axis=1)
    keys &= low
    first = np.arange(0, draws * units, units)[:, None]
    keys += first
    flat = scores.reshape(-1)
    ordered = flat.take(keys)
    rising = ordered[:, :-1] < ordered[:, 1:]
    # a test of all is faster than one of each draw
    if rising.any():
        wrong = np.flatnonzero(rising.any(axis=1))
        keys[wrong] = np.argsort(-scores[wrong], axis=1, kind="stable") + first[wrong]
        ordered[wrong] = flat.take(keys[wrong])
    return keys, ordered


#: who beats whom is counted among so many units at most, those of the best reference: units² × draws comparisons
PAIRED = 256


@dataclass(frozen=True)
class Target:
    """What ranks are compared with, by position of the unit.

    Attributes
    ----------
    reference : numpy.ndarray
        The ranks by the method as it is: pairs are counted among the best of these.
    order : numpy.ndarray
        Another order, best first; empty if there is none.
    sizes : tuple of int
        Sizes of the tiers that divide that order, best first; empty if there are none.
    places : numpy.ndarray, optional
        The rank of each unit of that order (default: 1, 2, … without ties).
    paired : numpy.ndarray, optional
        The units of which who beats whom is counted (default: all, or the `PAIRED` of the best reference).
    """

    reference: np.ndarray
    order: np.ndarray
    sizes: tuple[int, ...] = ()
    places: np.ndarray | None = None
    paired: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.paired is None:
            unranked = np.where(self.reference > 0, self.reference, len(self.reference) + 1)
            best = np.sort(np.argsort(unranked, kind="stable")[:PAIRED])
            object.__setattr__(self, "paired", best)

    def among(self, present: np.ndarray) -> Target:
        """Return the target of some units among themselves; a tier may be left without any."""
        position = np.full(len(self.reference), -1)
        position[present] = np.arange(len(present))
        order = position[self.order]
        ends = np.cumsum(self.sizes, dtype=int)
        sizes = tuple(int((order[end - size : end] >= 0).sum()) for size, end in zip(self.sizes, ends, strict=True))
        kept = np.flatnonzero(order >= 0)
        places = None if self.places is None else among(self.places, kept)
        paired = position[self.paired]
        return Target(among(self.reference, present), order[kept], sizes, places, paired[paired >= 0])


@dataclass
class Summary:
    """Counts over draws; summaries of different draws can be added.

    In a draw in which a unit has no score, all is counted among the others: their reference, order and tiers are those
    that they have among themselves.

    Attributes
    ----------
    ranks : numpy.ndarray
        Units × ranks: in how many draws the unit has the rank.
    wins : numpy.ndarray
        Among the units `Target.paired`: in how many draws the first is above the second.
    pairs : numpy.ndarray
        Among the same: in how many draws both are ranked.

    same_order : int
        Draws that keep the order of the target.
    same_place, own_tier : numpy.ndarray
        By unit, draws in which it has its place of the target, or one of the places of its tier (0 without tiers).
    same_tier, tiers : numpy.ndarray
        By tier, draws in which its units, no others, have the places of the tier; draws that rank any of its units.
    same_tiers : int
        Draws that keep all tiers.
    """

    ranks: np.ndarray
    wins: np.ndarray
    pairs: np.ndarray

    same_order: int
    same_place: np.ndarray
    own_tier: np.ndarray
    same_tier: np.ndarray
    tiers: np.ndarray
    same_tiers: int

    @classmethod
    def of(cls, ranks: np.ndarray, target: Target) -> Summary:
        """Count draws; ranks are draws × units, 0 where a unit has none.

        Parameters
        ----------
        ranks : numpy.ndarray
            Draws × units, unsigned.
        target : Target

        Returns
        -------
        Summary
        """
        if ranks.all():
            return cls._complete(np.ascontiguousarray(ranks.T), target)
        units = ranks.shape[1]
        total = cls._complete(np.empty((units, 0), dtype=ranks.dtype), target)

        for rows, present in patterns(ranks > 0):
            part = cls._complete(np.ascontiguousarray(ranks[np.ix_(rows, present)].T), target.among(present))
            total.ranks[present, : len(present)] += part.ranks
            both = np.flatnonzero(np.isin(target.paired, present))
            for name in ("wins", "pairs"):
                getattr(total, name)[np.ix_(both, both)] += getattr(part, name)
            for name in ("same_place", "own_tier"):
                getattr(total, name)[present] += getattr(part, name)
            for name in ("same_order", "same_tier", "tiers", "same_tiers"):
                setattr(total, name, getattr(total, name) + getattr(part, name))

        return total

    @classmethod
    def _complete(cls, ranks: np.ndarray, target: Target) -> Summary:
        """Count draws that rank every unit; ranks are units × draws."""
        units, draws = ranks.shape
        counts = np.stack([np.bincount(row, minlength=units + 1)[1:] for row in ranks])
        order, ends, paired = target.order, np.cumsum(target.sizes, dtype=int), target.paired
        ordered, asked = ranks[order], np.array(target.sizes, dtype=int) > 0
        tiers = _kept_tiers(ordered, target.sizes)
        same_place, own_tier = np.zeros((2, units), dtype=np.int64)
        same_place[order] = counts[order, (np.arange(len(order)) if target.places is None else target.places - 1)]
        for size, end in zip(target.sizes, ends, strict=True):
            own_tier[order[end - size : end]] = counts[order[end - size : end], end - size : end].sum(axis=1)
        return cls(
            counts,
            _wins(ranks[paired]),
            np.full((len(paired), len(paired)), draws),
            int((ordered[:-1] < ordered[1:]).all(axis=0).sum()) if len(ordered) else 0,
            same_place,
            own_tier,
            tiers.sum(axis=1) * asked,
            draws * asked,
            int(tiers.all(axis=0).sum()) if len(tiers) else 0,
        )

    def __add__(self, other: Summary) -> Summary:
        return Summary(**{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)})

    @property
    def ranked(self) -> np.ndarray:
        """By unit, the number of draws in which it has a rank."""
        return self.ranks.sum(axis=1)

    def quantiles(self, shares: Sequence[float]) -> np.ndarray:
        """Return units × shares: the least rank that a share of the draws that rank the unit does not exceed."""
        reached = np.cumsum(self.ranks, axis=1)
        wanted = np.asarray(shares) * self.ranked[:, None, None]
        return 1 + (reached[:, :, None] < wanted * (1 - 1e-12)).sum(axis=1)

    def beats(self) -> np.ndarray:
        """Return the share of the draws that rank both in which the first is above the second, among the paired."""
        return shares(self.wins, self.pairs)


def shares(counts: np.ndarray | int, draws: np.ndarray | int) -> np.ndarray:
    """Return counts as shares of numbers of draws; NaN where there are none.

    Parameters
    ----------
    counts, draws : numpy.ndarray or int
        Of one shape, or broadcast to it.

    Returns
    -------
    numpy.ndarray
        From 0 to 1.
    """
    return np.divide(counts, draws, out=np.full(np.shape(counts), np.nan), where=np.asarray(draws) > 0)


def _wins(ranks: np.ndarray) -> np.ndarray:
    """Return units × units: in how many draws the first has the lower rank."""
    wins = np.empty((len(ranks), len(ranks)), dtype=np.int64)
    for unit, row in enumerate(ranks):
        bits = np.packbits(row < ranks, axis=1)
        wins[unit] = np.bitwise_count(bits).sum(axis=1, dtype=np.int64)
    return wins


def _kept_tiers(ordered: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    """Return tiers × draws: whether the units of the tier, no others, have its places.

    `ordered` are ranks, units × draws, the units in the published order.
    """
    kept = np.ones((len(sizes), ordered.shape[1]), dtype=bool)
    ends = np.cumsum(sizes, dtype=int)
    for tier, (start, end) in enumerate(zip(ends - sizes, ends, strict=True)):
        inside = (ordered > start) & (ordered <= end)
        kept[tier] = inside[start:end].all(axis=0) & (inside.sum(axis=0) == end - start)
    return kept
