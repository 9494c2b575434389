"""What the draws say to plain questions: who is above whom, is a place sure, do the tiers hold, were there enough."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pandas as pd

from fhi.engine.robustness.monte_carlo import Uncertainty
from fhi.engine.robustness.ranks import shifts
from fhi.engine.robustness.summary import shares

#: standard errors on each side of an estimate
SPREAD = 1.96
COLUMNS = ["question", "city", "other", "tier", "probability", "low", "high", "draws"]


def answers(result: Uncertainty, published: pd.Series, tiers: pd.Series | None = None) -> pd.DataFrame:
    """Return shares of draws that keep what was published.

    Parameters
    ----------
    result : Uncertainty
        Of `fhi.engine.robustness.uncertainty` with the same `published` and `tiers`.
    published : pandas.Series
        Rank by unit.
    tiers : pandas.Series, optional
        Tier by unit; without it nothing is said of tiers.

    Returns
    -------
    pandas.DataFrame
        ``question, city, other, tier, probability, low, high, draws``: `low` and `high` are 95 % limits for the number
        of `draws` that the share is taken of, those that rank the units that it is about:

        - ``above``: the first of two neighbours in the published order is above the second (a tie counts for neither);
        - ``place``: the unit has its published rank among those that are ranked;
        - ``tier``: the unit has one of the places of its tier;
        - ``whole-tier``: the units of a tier, no others, have its places;
        - ``tiers``: so it is for all tiers; ``order``: the whole order is kept.

        A unit that is published and not ranked leaves no gap: in each draw, order and tiers are those of the units that
        it ranks.
    """
    summary, at = result.summary, {city: place for place, city in enumerate(result.units)}
    order = published[result.units].sort_values(kind="stable").index
    ranked = dict(zip(result.units, summary.ranked, strict=True))
    rows = [
        ("above", city, other, None, summary.wins[at[city], at[other]], summary.pairs[at[city], at[other]])
        for city, other in pairwise(order)
    ]
    rows += [("place", city, None, None, summary.same_place[at[city]], ranked[city]) for city in order]
    if tiers is not None:
        along = tiers[order]
        rows += [("tier", city, None, tier, summary.own_tier[at[city]], ranked[city]) for city, tier in along.items()]
        kept = zip(dict.fromkeys(along), summary.same_tier, summary.tiers, strict=True)
        rows += [("whole-tier", None, None, *counts) for counts in kept]
        rows += [("tiers", None, None, None, summary.same_tiers, result.n)]
    rows += [("order", None, None, None, summary.same_order, result.n)]
    table = pd.DataFrame(rows, columns=["question", "city", "other", "tier", "count", "draws"])
    probability = shares(table["count"].to_numpy(), table["draws"].to_numpy())
    low, high = limits(probability, table["draws"].to_numpy())
    return table.assign(probability=probability, low=low, high=high)[COLUMNS]


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
        of the ranks from the reference), ``city, other, n, estimate, low, high``, the last two 95 % limits. Of the
        first n draws those count that rank both units; the shift is that of the units that a draw ranks.
    """
    ranks = result.ranks
    sizes = np.unique(np.geomspace(min(10, result.n), result.n, points).round().astype(int))
    series = {("shift", None, None): shifts(result.cells[1], result.study.reference)}
    for one, other in pairs:
        both = ranks[[one, other]].notna().all(axis=1)
        series["above", one, other] = (ranks[one] < ranks[other]).where(both).to_numpy(dtype=float)
    frames = []
    for (measure, city, other), values in series.items():
        counts = np.cumsum(~np.isnan(values))[sizes - 1]
        means = shares(np.nancumsum(values)[sizes - 1], counts)
        if measure == "above":
            low, high = limits(means, counts)
        else:
            variances = shares(np.nancumsum(values**2)[sizes - 1], counts) - means**2
            error = SPREAD * np.sqrt(shares(variances.clip(0), counts))
            low, high = means - error, means + error
        columns = {"n": sizes, "estimate": means, "low": low, "high": high}
        frames.append(pd.DataFrame(columns).assign(measure=measure, city=city, other=other))
    return pd.concat(frames, ignore_index=True)[["measure", "city", "other", "n", "estimate", "low", "high"]]


def limits(shares: np.ndarray, n: int | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % limits of shares of n independent draws (Wilson 1927); they stay between 0 and 1.

    A share of no draws is missing, and so are its limits.
    """
    n = np.maximum(n, 1)
    centre = (shares + SPREAD**2 / (2 * n)) / (1 + SPREAD**2 / n)
    width = SPREAD / (1 + SPREAD**2 / n) * np.sqrt(shares * (1 - shares) / n + SPREAD**2 / (4 * n**2))
    # at shares of 0 and 1 the limits meet them, but for rounding
    return np.minimum((centre - width).clip(0), shares), np.maximum((centre + width).clip(max=1), shares)
