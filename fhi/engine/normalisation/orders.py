"""Normalisation by order alone: distances between units do not count.

Ranks run as far as there are units with a value: of two indicators, one known for 20 units and one for 39, the second
would span almost twice the range and count almost twice. So the ranks of every column are put on one scale, that of
all units of the table; ``raw`` leaves them as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.methods import Flag, listed


def rank(data: pd.DataFrame, *, raw: Flag = False) -> pd.DataFrame:
    """Return the rank by column on a common scale, ``1 + (N − 1)·(r − 1)/(n − 1)``: worst 1, best N.

    r is the rank among the n units with a value, worst 1 and best n, ties at the lowest rank of their group; N is the
    number of all units. A column without gaps keeps its ranks; one of a single unit gives it 1, as one of equal values
    does.

    Parameters
    ----------
    raw : bool
        Leave r as it is: a column spans as many ranks as it has units, so that one with gaps counts less.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.5, for r; Hyndman and Fan (1996), Sample quantiles in statistical packages,
    The American Statistician 50(4), definition 7, for ``(r − 1)/(n − 1)``: the lowest at 0 and the highest at 1.
    """
    ranks = data.rank(method="min")
    # the factor is 1 without gaps, and leaves the ranks whole
    return ranks if raw else 1 + (ranks - 1) * ((len(data) - 1) / (data.count() - 1).clip(lower=1))


def borda(data: pd.DataFrame, *, raw: Flag = False) -> pd.DataFrame:
    """Return `rank` less 1 by column, ``(N − 1)·(r − 1)/(n − 1)``: how many units would be worse if all had a value.

    Parameters
    ----------
    raw : bool
        Return the number of units with a value that are worse, ``r − 1``.
    """
    return rank(data, raw=raw) - 1


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


METHODS: Mapping[str, Callable[..., pd.DataFrame]] = {
    "rank": rank,
    "borda": borda,
    "percentile-rank": percentile_rank,
}
