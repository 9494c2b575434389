"""Normalisation by a centre and a spread, or by the sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.methods import Flag, Number, Positive, listed, same
from fhi.engine.normalisation import validation


def z_score(data: pd.DataFrame, *, mean: Number = 0.0, sd: Positive = 1.0) -> pd.DataFrame:
    """Return ``mean + sd·(x − x̄)/s`` by column, with the sample standard deviation s (ddof 1); no unit.

    Raises
    ------
    MethodError
        If a column has no spread, `mean` is not a number, or `sd` is not a positive one.
    """
    validation.constant(data, "z-score divides by the standard deviation")
    return mean + sd * (data - data.mean()) / data.std(ddof=1)


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


@validation.reflected
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
    validation.not_positive(data, "a share of the sum needs values of 0 or more, and there are others", zero=True)
    empty = data.columns[(data.max() == 0).to_numpy()]
    if len(empty):
        message = f"every value is 0 in {listed(empty)}, so that there is no sum to share; leave it out."
        raise MethodError(message, key="normalisation", value=empty[0])
    return data / data.sum() * (1 if raw else data.notna().mean())


METHODS: Mapping[str, Callable[..., pd.DataFrame]] = {
    "z-score": z_score,
    "robust": robust,
    "proportion-of-sum": proportion_of_sum,
}
