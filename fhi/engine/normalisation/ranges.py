"""Normalisation by a range: the observed one, or one that is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from fhi.engine.methods import Ascending, Flag, Indicator, Number, Positive
from fhi.engine.normalisation import validation


def min_max(data: pd.DataFrame, *, scale: Ascending = (0, 100)) -> pd.DataFrame:
    """Return ``low + (high − low)·(x − min)/(max − min)`` by column; unit: points of `scale`.

    Raises
    ------
    MethodError
        If a column has no spread, or `scale` is not two ascending numbers.
    """
    low, high = scale
    validation.constant(data, "min-max divides by max − min")
    return low + (high - low) * (data - data.min()) / (data.max() - data.min())


@validation.reflected
def log_min_max(data: pd.DataFrame, *, scale: Ascending = (0, 100)) -> pd.DataFrame:
    """Return the min-max of ``ln x`` by column; unit: points of `scale`.

    A column of direction −1 is ``ln(max + min − x)``.

    Raises
    ------
    MethodError
        If a column has no spread, or a value that is not positive.
    """
    validation.not_positive(data, "a logarithm needs positive values, and there are others")
    validation.constant(data, "min-max divides by max − min")
    return min_max(np.log(data), scale=scale)


@validation.in_units("goalposts")
def goalposts(
    data: pd.DataFrame,
    *,
    directions: pd.Series,
    goalposts: Mapping[Indicator, Ascending],
    logarithmic: list[Indicator] = (),
    truncate: Flag = True,
    scale: Ascending = (0, 100),
) -> pd.DataFrame:
    """Return the min-max between fixed bounds, ``low + (high − low)·(x − a)/(b − a)``; unit: points of `scale`.

    For direction −1 it is ``low + (high − low)·(b − x)/(b − a)``.

    Parameters
    ----------
    goalposts : mapping
        By indicator the two bounds a < b, in its own unit; so the treatment must leave the unit as it is.
    logarithmic : list of str
        Indicators of which x, a and b are replaced by their logarithms.
    truncate : bool
        Cut what lies beyond the bounds at the ends of the scale.

    Raises
    ------
    MethodError
        If an indicator has no goalposts, or one in `logarithmic` a value or bound that is not positive.

    References
    ----------
    UNDP (2018), Human Development Indices and Indicators, Technical note 1.
    """
    validation.absent(data, goalposts, "goalposts", "goalposts")
    values = data * directions
    bounds = pd.DataFrame({column: goalposts[column] for column in data}, index=["a", "b"], dtype=float)
    curved = [column for column in data if column in logarithmic]
    validation.not_positive(bounds[curved], "a logarithm needs positive goalposts, and there are others")
    validation.not_positive(values[curved], "a logarithm needs positive values, and there are others")
    values[curved], bounds[curved] = np.log(values[curved]), np.log(bounds[curved])
    shares = (values - bounds.loc["a"]) / (bounds.loc["b"] - bounds.loc["a"])
    shares = shares.where(directions > 0, 1 - shares, axis=1)
    low, high = scale
    return low + (high - low) * (shares.clip(0, 1) if truncate else shares)


@validation.in_units("bounds")
def efficacy(
    data: pd.DataFrame,
    *,
    directions: pd.Series,
    base: Number = 60.0,
    span: Positive = 40.0,
    bounds: Mapping[Indicator, Ascending] | None = None,
) -> pd.DataFrame:
    """Return 功效系数法, ``base + span·(x − a)/(b − a)``; unit: points, 60 to 100 between the bounds.

    The bounds are the value not allowed (不允许值) and the satisfactory one (满意值); for direction −1 the
    satisfactory value is a, and the coefficient ``(b − x)/(b − a)``. A value beyond them is not cut.

    Parameters
    ----------
    base, span : float
        c and d of the usual notation ``c + d·…``.
    bounds : mapping, optional
        By indicator a < b in its own unit, which the treatment must leave as it is; an indicator that is not named
        takes its minimum and maximum.

    Raises
    ------
    MethodError
        If an indicator without bounds has no spread.
    """
    given = {column: pair for column, pair in (bounds or {}).items() if column in data}
    validation.constant(data.drop(columns=list(given)), "its bounds are the minimum and maximum; set bounds for it")
    worst, best = data.min(), data.max()
    for column, pair in given.items():
        worst[column], best[column] = sorted(float(bound) * directions[column] for bound in pair)
    return base + span * (data - worst) / (best - worst)


METHODS: Mapping[str, Callable[..., pd.DataFrame]] = {
    "min-max": min_max,
    "log-min-max": log_min_max,
    "goalposts": goalposts,
    "efficacy": efficacy,
}
