"""Confidence sets for ranks: which ranks a unit may truly have, when what is ranked was estimated from samples."""

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError, refuse


def confidence_sets(
    estimates: pd.Series,
    errors: pd.Series,
    *,
    level: float = 0.95,
    simultaneous: bool = False,
    draws: int = 10_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the ranks that each unit may have, 1 the largest.

    For each pair of units it is tested whether one truly lies above the other. The hypotheses "j is not above k" are
    rejected while ``(x_j − x_k)/σ_jk`` exceeds the quantile of the largest such statistic, over the hypotheses not yet
    rejected, in normal draws around equality (stepwise, so that the chance of any false rejection is at most
    1 − level). A unit with a units truly above it and b truly below it, of p, has a rank from 1 + a to p − b.

    Parameters
    ----------
    estimates : pandas.Series
        By unit.
    errors : pandas.Series
        Standard errors, of the same units; the estimates are independent and nearly normal.
    level : float
        The chance that the set holds the true rank.
    simultaneous : bool
        If True, the sets hold all true ranks together with this chance; else each does its own.
    draws, seed : int
        Of the parametric bootstrap.

    Returns
    -------
    pandas.DataFrame
        ``city, estimate, error, rank, low, high``.

    Raises
    ------
    MethodError
        If an estimate or an error is missing, an error is not positive, or the level is not between 0 and 1.

    References
    ----------
    Mogstad, Romano, Shaikh and Wilhelm (2024), Inference for ranks with applications to mobility across neighbourhoods
    and academic achievements across countries, Review of Economic Studies 91(1).
    """
    values, spread = estimates.to_numpy(dtype=float), errors.reindex(estimates.index).to_numpy(dtype=float)
    bad = estimates.index[~np.isfinite(values) | ~(spread > 0) | ~np.isfinite(spread)]
    refuse(bad, "no estimate with a positive standard error for {}.", key="errors")
    if not 0 < level < 1:
        raise MethodError(f"the level must lie between 0 and 1; found {level!r}.", key="level", value=level)
    units = len(values)
    noise = np.random.default_rng(seed).standard_normal((draws, units)) * spread
    scale = np.hypot.outer(spread, spread)
    statistics = np.subtract.outer(values, values) / scale
    if simultaneous:
        above = _rejected(statistics, noise, scale, ~np.eye(units, dtype=bool), level)
        lows, highs = 1 + above.sum(axis=0), units - above.sum(axis=1)
    else:
        ends = [_own(unit, statistics, noise, scale, level) for unit in range(units)]
        lows, highs = np.array(ends).T
    ranks = 1 + (values[:, None] < values).sum(axis=1)
    columns = {"city": estimates.index, "estimate": values, "error": spread, "rank": ranks, "low": lows, "high": highs}
    return pd.DataFrame(columns)


def _own(unit: int, statistics: np.ndarray, noise: np.ndarray, scale: np.ndarray, level: float) -> tuple[int, int]:
    """Return the ends of the set of one unit: only the pairs that it is in are tested."""
    tested = np.zeros(statistics.shape, dtype=bool)
    tested[unit] = tested[:, unit] = True
    tested[unit, unit] = False
    above = _rejected(statistics, noise, scale, tested, level)
    return 1 + above[:, unit].sum(), len(statistics) - above[unit].sum()


def _rejected(
    statistics: np.ndarray, noise: np.ndarray, scale: np.ndarray, tested: np.ndarray, level: float
) -> np.ndarray:
    """Return units × units: where the first is found to lie above the second."""
    rejected = np.zeros_like(tested)
    while (open_ := tested & ~rejected).any():
        first, second = np.nonzero(open_)
        largest = np.full(len(noise), -np.inf)
        # pair by pair: all pairs of all draws at once would not fit into memory
        for one, other in zip(first, second, strict=True):
            np.maximum(largest, (noise[:, one] - noise[:, other]) / scale[one, other], out=largest)
        found = open_ & (statistics > np.quantile(largest, level))
        if not found.any():
            break
        rejected |= found
    return rejected


def survey_errors(shares: pd.Series, answers: float) -> pd.Series:
    """Return the standard errors of shares in per cent, ``√(p·(100 − p)/answers)``; unit: points.

    That shares come from so many independent answers is an assumption where no method is published.

    Parameters
    ----------
    shares : pandas.Series
        By unit, per cent.
    answers : float
        How many independent answers each share is taken of.

    Returns
    -------
    pandas.Series
        By unit, in percentage points.

    Raises
    ------
    MethodError
        If a share is not between 0 and 100, or the number of answers is not positive.
    """
    if not answers > 0 or not shares.between(0, 100).all():
        raise MethodError("give shares from 0 to 100 and a positive number of answers.", key="answers", value=answers)
    return np.sqrt(shares * (100 - shares) / answers)


#: the columns of `rank_sets`
SETS = (
    *("indicator", "city", "estimate", "error", "rank", "low", "high", "low_all", "high_all"),
    *("assumed_answers", "level"),
)


def rank_sets(estimates: pd.DataFrame, *, level: float = 0.95, seed: int = 0) -> pd.DataFrame:
    """Return the confidence sets for the ranks by each indicator whose values have standard errors, own and together.

    Parameters
    ----------
    estimates : pandas.DataFrame
        ``indicator, city, estimate, error, assumed_answers``; the last says of how many independent answers a share in
        per cent is assumed to be, where that is what its error comes from.

    Returns
    -------
    pandas.DataFrame
        ``indicator, city, estimate, error, rank, low, high, low_all, high_all, assumed_answers, level``. Empty without
        estimates.

    Raises
    ------
    MethodError
        As of `confidence_sets`.
    """
    frames = [pd.DataFrame(columns=[*SETS])]
    for indicator, rows in estimates.groupby("indicator", sort=False):
        by_unit = rows.set_index("city")
        values, errors = by_unit["estimate"], by_unit["error"]
        own = confidence_sets(values, errors, level=level, seed=seed)
        together = confidence_sets(values, errors, level=level, simultaneous=True, seed=seed)
        own = own.assign(low_all=together["low"], high_all=together["high"], indicator=indicator, level=level)
        frames.append(own.assign(assumed_answers=by_unit["assumed_answers"].to_numpy())[[*SETS]])
    return pd.concat(frames[1:] or frames, ignore_index=True)
