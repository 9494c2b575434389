"""What the draws say to plain questions: who is above whom, is a place sure, do the tiers hold, were there enough."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pandas as pd

from fhi.robustness.monte_carlo import Uncertainty

#: standard errors on each side of an estimate
SPREAD = 1.96


def answers(result: Uncertainty, published: pd.Series, tiers: pd.Series) -> pd.DataFrame:
    """Return shares of draws that keep what was published.

    Parameters
    ----------
    result : Uncertainty
        Of `fhi.robustness.uncertainty` with the same `published` and `tiers`.
    published, tiers : pandas.Series
        Rank and tier by unit.

    Returns
    -------
    pandas.DataFrame
        ``question, city, other, tier, probability, low, high``, the last two 95 % limits for the number of draws:

        - ``above``: the first of two neighbours in the published order is above the second (a tie counts for neither);
        - ``place``: the unit has its published rank among those that are ranked;
        - ``tier``: the unit has one of the places of its tier;
        - ``whole-tier``: the units of a tier, no others, have its places;
        - ``tiers``: so it is for all tiers; ``order``: the whole order is kept.
    """
    # a unit that is published and not ranked leaves no gap
    places = published[result.units].rank(method="min").astype(int).sort_values(kind="stable")
    order = places.index
    ranks, beats, summary = result.probabilities(), result.beats(), result.summary
    rows = [("above", city, other, None, beats.at[city, other]) for city, other in pairwise(order)]
    rows += [("place", city, None, None, ranks.at[city, place]) for city, place in places.items()]
    along = tiers[order]
    for tier, names in along.groupby(along, sort=False).groups.items():
        first = places[names].min()
        span = range(first, first + len(names))
        rows += [("tier", city, None, tier, ranks.loc[city, list(span)].sum()) for city in names]
    kept = dict(zip(dict.fromkeys(along), summary.same_tier / result.n, strict=True))
    rows += [("whole-tier", None, None, tier, share) for tier, share in kept.items()]
    rows += [("tiers", None, None, None, summary.same_tiers / result.n)]
    rows += [("order", None, None, None, summary.same_order / result.n)]
    table = pd.DataFrame(rows, columns=["question", "city", "other", "tier", "probability"])
    low, high = limits(table["probability"].to_numpy(dtype=float), result.n)
    return table.assign(low=low, high=high)


def convergence(result: Uncertainty, pairs: Iterable[tuple[str, str]], points: int = 40) -> pd.DataFrame:
    """Return what would have been estimated from fewer of the draws.

    Parameters
    ----------
    result : Uncertainty
        With its draws kept.
    pairs : iterable
        Two units each.
    points : int
        How many numbers of draws, evenly on a logarithmic scale.

    Returns
    -------
    pandas.DataFrame
        ``measure`` (``above``: the share of draws in which `city` is above `other`; ``shift``: the mean absolute shift
        of the ranks from the reference), ``city, other, n, estimate, low, high``, the last two 95 % limits.
    """
    ranks = result.ranks
    sizes = np.unique(np.geomspace(min(10, result.n), result.n, points).round().astype(int))
    shift = (ranks - result.study.reference).abs().mean(axis=1).to_numpy()
    series = {("shift", None, None): shift}
    series |= {("above", *pair): (ranks[pair[0]] < ranks[pair[1]]).to_numpy(dtype=float) for pair in pairs}
    frames = []
    for (measure, city, other), values in series.items():
        means = np.cumsum(values)[sizes - 1] / sizes
        if measure == "above":
            low, high = limits(means, sizes)
        else:
            variances = np.cumsum(values**2)[sizes - 1] / sizes - means**2
            error = SPREAD * np.sqrt(variances.clip(0) / sizes)
            low, high = means - error, means + error
        columns = {"n": sizes, "estimate": means, "low": low, "high": high}
        frames.append(pd.DataFrame(columns).assign(measure=measure, city=city, other=other))
    return pd.concat(frames, ignore_index=True)[["measure", "city", "other", "n", "estimate", "low", "high"]]


def limits(shares: np.ndarray, n: int | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % limits of shares of n independent draws (Wilson 1927); they stay between 0 and 1."""
    centre = (shares + SPREAD**2 / (2 * n)) / (1 + SPREAD**2 / n)
    width = SPREAD / (1 + SPREAD**2 / n) * np.sqrt(shares * (1 - shares) / n + SPREAD**2 / (4 * n**2))
    # at shares of 0 and 1 the limits meet them, but for rounding
    return np.minimum((centre - width).clip(0), shares), np.maximum((centre + width).clip(max=1), shares)
