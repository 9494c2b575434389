"""Normalisation by a centre and a spread, by the sum, or by order alone, where distances between units do not count.

Ranks run as far as there are units with a value: of two indicators, one known for 20 units and one for 39, the second
would span almost twice the range and count almost twice. So the ranks of every column are put on one scale, that of
all units of the table; ``raw`` leaves them as they are.
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.methods import Flag, Number, Positive, listed, method, same
from fhi.engine.normalisation.ranges import refuse_constant, refuse_not_positive


@method("normalisation", "z-score", zh="Z分数标准化", en="z-score", columnwise=True)
def z_score(data: pd.DataFrame, *, mean: Number = 0.0, sd: Positive = 1.0) -> pd.DataFrame:
    """Return ``mean + sd·(x − x̄)/s`` by column, with the sample standard deviation s (ddof 1); no unit.

    Raises
    ------
    MethodError
        If a column has no spread, `mean` is not a number, or `sd` is not a positive one.
    """
    refuse_constant(data, "z-score divides by the standard deviation")
    found = mean + sd * (data.to_numpy() - data.mean().to_numpy()) / data.std(ddof=1).to_numpy()
    return pd.DataFrame(found, index=data.index, columns=data.columns)


@method("normalisation", "robust", zh="中位数与四分位距标准化", en="median and interquartile range", columnwise=True)
def robust(data: pd.DataFrame) -> pd.DataFrame:
    """Return ``(x − median)/IQR`` by column; the quartiles are interpolated linearly (type 7); no unit.

    Raises
    ------
    MethodError
        If the quartiles of a column are equal.
    """
    low, high = data.quantile(0.25), data.quantile(0.75)
    bad = data.columns[same(low, high).to_numpy(dtype=bool)]
    if len(bad):
        message = f"the quartiles are equal in {listed(bad)}, and robust divides by their distance; "
        raise MethodError(message + "leave it out or choose z-score.", key="normalisation", value=bad[0])
    return (data - data.median()) / (high - low)


@method("normalisation", "proportion-of-sum", zh="比重法", en="share of the sum", columnwise=True, reflected=True)
def proportion_of_sum(data: pd.DataFrame, *, raw: Flag = False) -> pd.DataFrame:
    """Return ``x/Σx·n/N`` by column: shares of the sum; of a column of direction −1 the shares of max + min − x.

    n of the N units have a value. Without gaps the shares sum to 1; with gaps to n/N, so that they average 1/N in
    every column, and one with few values does not count more for it.

    Parameters
    ----------
    raw : bool
        Return ``x/Σx``, which sums to 1 whatever the gaps.

    Raises
    ------
    MethodError
        If a column has a negative value, or nothing but 0.
    """
    refuse_not_positive(data, "a share of the sum needs values of 0 or more, and there are others", zero=True)
    empty = data.columns[(data.max() == 0).to_numpy()]
    if len(empty):
        message = f"every value is 0 in {listed(empty)}, so that there is no sum to share; leave it out."
        raise MethodError(message, key="normalisation", value=empty[0])
    return data / data.sum() * (1 if raw else data.notna().mean())


@method("normalisation", "rank", zh="名次", en="rank", columnwise=True)
def rank(data: pd.DataFrame, *, raw: Flag = False, ties: Literal["min", "mean", "max"] = "min") -> pd.DataFrame:
    """Return the rank by column on a common scale, ``1 + (N − 1)·(r − 1)/(n − 1)``: worst 1, best N.

    r is the rank among the n units with a value, worst 1 and best n, ties at the lowest rank of their group; N is the
    number of all units. A column without gaps keeps its ranks; one of a single unit gives it 1, as one of equal values
    does.

    Parameters
    ----------
    raw : bool
        Leave r as it is: a column spans as many ranks as it has units, so that one with gaps counts less.
    ties : {"min", "mean", "max"}
        The rank of equal values: the lowest of their group, its mean, or the highest.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.5, for r; Hyndman and Fan (1996), Sample quantiles in statistical packages,
    The American Statistician 50(4), definition 7, for ``(r − 1)/(n − 1)``: the lowest at 0 and the highest at 1.
    """
    ranks = data.rank(method="average" if ties == "mean" else ties)
    # the factor is 1 without gaps, and leaves the ranks whole
    return ranks if raw else 1 + (ranks - 1) * ((len(data) - 1) / (data.count() - 1).clip(lower=1))


@method("normalisation", "borda", zh="博尔达计数", en="Borda count", columnwise=True)
def borda(data: pd.DataFrame, *, raw: Flag = False) -> pd.DataFrame:
    """Return `rank` less 1 by column, ``(N − 1)·(r − 1)/(n − 1)``: how many units would be worse if all had a value.

    Parameters
    ----------
    raw : bool
        Return the number of units with a value that are worse, ``r − 1``.
    """
    return rank(data, raw=raw) - 1


@method("normalisation", "percentile-rank", zh="百分位名次", en="percentile rank", columnwise=True)
def percentile_rank(data: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the other units that are worse, ``(rank − 1)/(n − 1)`` by column, from 0 to 1.

    Raises
    ------
    MethodError
        If only one unit has a value.
    """
    others = data.notna().sum() - 1
    alone = data.columns[(others < 1).to_numpy()]
    if len(alone):
        message = f"only one unit has a value in {listed(alone)}, so that there are no others; leave it out."
        raise MethodError(message, key="normalisation", value=alone[0])
    return borda(data, raw=True) / others
