"""Normalisation by order alone: distances between units do not count."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from fhi.calling import listed
from fhi.errors import MethodError


def rank(data: pd.DataFrame) -> pd.DataFrame:
    """Return the rank by column, worst 1 and best n; ties share the lowest rank of their group."""
    return data.rank(method="min")


def borda(data: pd.DataFrame) -> pd.DataFrame:
    """Return the number of units that are worse, by column: `rank` less 1."""
    return rank(data) - 1


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
    return borda(data) / others


METHODS: Mapping[str, Callable[..., pd.DataFrame]] = {
    "rank": rank,
    "borda": borda,
    "percentile-rank": percentile_rank,
}
