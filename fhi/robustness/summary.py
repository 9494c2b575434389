"""What is kept of draws: counts that are added up draw by draw, in memory that does not grow with their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from fhi.errors import MethodError

#: for more units than this, who beats whom is not counted: units × units × draws comparisons
PAIRED = 256


@dataclass(frozen=True)
class Target:
    """What ranks are compared with, by position of the unit.

    Attributes
    ----------
    reference : numpy.ndarray
        The ranks that shifts are counted from.
    order : numpy.ndarray
        Another order, best first; empty if there is none.
    sizes : tuple of int
        Sizes of the tiers that divide that order, best first; empty if there are none.
    """

    reference: np.ndarray
    order: np.ndarray
    sizes: tuple[int, ...] = ()


@dataclass
class Summary:
    """Counts over draws; summaries of different draws can be added.

    Attributes
    ----------
    draws : int
    ranks : numpy.ndarray
        Units × ranks: in how many draws the unit has the rank.
    wins : numpy.ndarray
        Units × units: in how many draws the first is above the second (empty for more than `PAIRED` units).
    mean, squares : numpy.ndarray
        By unit, the mean score and the sum of squared deviations from it.
    shifts : numpy.ndarray
        By sum over units of the absolute shift from the reference rank, the number of draws.
    same_order : int
        Draws that keep the order of the target.
    same_tier : numpy.ndarray
        By tier, draws in which its units, no others, have the places of the tier.
    same_tiers : int
        Draws that keep all tiers.
    """

    draws: int
    ranks: np.ndarray
    wins: np.ndarray
    mean: np.ndarray
    squares: np.ndarray
    shifts: np.ndarray
    same_order: int
    same_tier: np.ndarray
    same_tiers: int

    @classmethod
    def of(cls, scores: np.ndarray, ranks: np.ndarray, target: Target) -> Summary:
        """Count draws; scores and ranks are draws × units."""
        draws, units = ranks.shape
        ranks = np.ascontiguousarray(ranks.T)
        counts = np.stack([np.bincount(row, minlength=units + 1)[1:] for row in ranks])
        reference = target.reference[:, None].astype(ranks.dtype)
        total = (np.maximum(ranks, reference) - np.minimum(ranks, reference)).sum(axis=0, dtype=np.int32)
        mean = scores.mean(axis=0)
        centred = scores - mean
        ordered = ranks[target.order]
        tiers = _kept_tiers(ordered, target.sizes)
        return cls(
            draws,
            counts,
            _wins(ranks) if units <= PAIRED else np.empty((0, 0), dtype=np.int64),
            mean,
            np.einsum("ij,ij->j", centred, centred),
            np.bincount(total, minlength=units * (units - 1) + 1),
            int((ordered[:-1] < ordered[1:]).all(axis=0).sum()) if len(ordered) else 0,
            tiers.sum(axis=1),
            int(tiers.all(axis=0).sum()) if len(tiers) else 0,
        )

    def __add__(self, other: Summary) -> Summary:
        draws = self.draws + other.draws
        gap = other.mean - self.mean
        sums = {field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)}
        # Chan, Golub and LeVeque (1979): means and squares of the parts give those of the whole without cancellation
        sums["mean"] = self.mean + gap * (other.draws / draws)
        sums["squares"] += gap**2 * (self.draws * other.draws / draws)
        return Summary(**sums)

    def quantiles(self, shares: Sequence[float]) -> np.ndarray:
        """Return units × shares: the least rank that at least a share of the draws does not exceed."""
        reached = np.cumsum(self.ranks, axis=1)
        wanted = np.asarray(shares) * self.draws
        return 1 + (reached[:, :, None] < wanted * (1 - 1e-12)).sum(axis=1)

    def beats(self) -> np.ndarray:
        """Return units × units: the share of draws in which the first is above the second."""
        if not len(self.wins):
            raise MethodError(f"who beats whom is counted for at most {PAIRED} units; name fewer.", key="among")
        return self.wins / self.draws


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
