"""Normalisation by a range or by the distance to something: observed bounds, fixed ones, the best unit, a target."""

from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError, refuse
from fhi.engine.methods import Ascending, Flag, Indicator, Number, Positive, Unit, constant, ends, method

#: the head of a method: every column comes out the same whatever stands beside it
by_column = partial(method, "normalisation", columnwise=True)


def refuse_constant(data: pd.DataFrame, why: str) -> None:
    """Raise for columns in which every value is the same, but for rounding; `why` says what divides by their spread.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    why : str
        Follows the names of the columns in the message.

    Raises
    ------
    MethodError
        With all such columns.
    """
    refuse(constant(data), f"every value is the same in {{}}, and {why}; leave it out.", key="normalisation")


def refuse_not_positive(data: pd.DataFrame, why: str, *, zero: bool = False) -> None:
    """Raise for columns with a negative value, or a 0 unless `zero` is allowed, each with its least value.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    why : str
        Precedes the names of the columns in the message.
    zero : bool, optional
        Whether 0 is allowed.

    Raises
    ------
    MethodError
        With all such columns.
    """
    least = data.min()
    bad = least[(least < 0) if zero else (least <= 0)]
    cases = {column: f"{column} (least: {value:g})" for column, value in bad.items()}
    refuse(cases, f"{why} in {{}}; leave the column out or choose min-max.", key="normalisation")


def refuse_absent(columns: Iterable[str], given: Mapping, key: str, what: str) -> None:
    """Raise for columns without an entry in a parameter that needs one for each.

    Parameters
    ----------
    columns : iterable of str
        Indicators.
    given : mapping
        The parameter, by indicator.
    key, what : str
        The name of the parameter, and what it holds, for the message.

    Raises
    ------
    MethodError
        With all columns without an entry.
    """
    without = [column for column in columns if column not in given]
    refuse(without, f"no {what} for {{}}; add it under {key}.", key=f"normalisation.{key}")


@by_column("min-max", zh="极差标准化", en="min–max")
def min_max(data: pd.DataFrame, *, scale: Ascending = (0, 100)) -> pd.DataFrame:
    """Return ``low + (high − low)·(x − min)/(max − min)`` by column; unit: points of `scale`.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators with more always better.
    scale : pair of float
        The low and the high end.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, from low to high.

    Raises
    ------
    MethodError
        If a column has no spread, or `scale` is not two ascending numbers.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.5, min-max.
    """
    low, high = scale
    refuse_constant(data, "min-max divides by max − min")
    values = data.to_numpy()
    least, most = ends(values)
    found = low + (high - low) * (values - least) / (most - least)
    return pd.DataFrame(found, index=data.index, columns=data.columns)


@by_column("log-min-max", zh="对数极差标准化", en="min–max of logarithms", reflected=True)
def log_min_max(data: pd.DataFrame, *, scale: Ascending = (0, 100)) -> pd.DataFrame:
    """Return the min-max of ``ln x`` by column; unit: points of `scale`.

    A column of direction −1 is ``ln(max + min − x)``.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators with more always better, every value positive.
    scale : pair of float
        The low and the high end.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, from low to high.

    Raises
    ------
    MethodError
        If a column has no spread, or a value that is not positive.
    """
    refuse_not_positive(data, "a logarithm needs positive values, and there are others")
    refuse_constant(data, "min-max divides by max − min")
    return min_max(np.log(data), scale=scale)


@by_column("goalposts", zh="固定阈值", en="goalposts", in_units=("goalposts",))
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

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`; from low to high if truncated.

    Raises
    ------
    MethodError
        If an indicator has no goalposts, or one in `logarithmic` a value or bound that is not positive.

    References
    ----------
    UNDP (2018), Human Development Indices and Indicators, Technical note 1.
    """
    refuse_absent(data, goalposts, "goalposts", "goalposts")
    values = data * directions
    bounds = pd.DataFrame({column: goalposts[column] for column in data}, index=["a", "b"], dtype=float)
    curved = [column for column in data if column in logarithmic]
    refuse_not_positive(bounds[curved], "a logarithm needs positive goalposts, and there are others")
    refuse_not_positive(values[curved], "a logarithm needs positive values, and there are others")
    values[curved], bounds[curved] = np.log(values[curved]), np.log(bounds[curved])
    shares = (values - bounds.loc["a"]) / (bounds.loc["b"] - bounds.loc["a"])
    # a mask by column is aligned otherwise in pandas 3.0 than in 3.1; arithmetic is not: s, or 1 − s
    shares = shares * directions + (directions < 0)
    low, high = scale
    return low + (high - low) * (shares.clip(0, 1) if truncate else shares)


@by_column("efficacy", zh="功效系数法", en="efficacy coefficient", in_units=("bounds",))
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

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`.

    Raises
    ------
    MethodError
        If an indicator without bounds has no spread.
    """
    given = {column: pair for column, pair in (bounds or {}).items() if column in data}
    refuse_constant(data.drop(columns=list(given)), "its bounds are the minimum and maximum; set bounds for it")
    worst, best = data.min(), data.max()
    for column, pair in given.items():
        worst[column], best[column] = sorted(float(bound) * directions[column] for bound in pair)
    return base + span * (data - worst) / (best - worst)


@by_column("distance-to-maximum", zh="与最大值的距离", en="distance to the maximum")
def distance_to_maximum(data: pd.DataFrame) -> pd.DataFrame:
    """Return ``1 − (max − x)/(max − min)`` by column: a share, 1 for the best unit and 0 for the worst.

    Raises
    ------
    MethodError
        If a column has no spread.
    """
    refuse_constant(data, "the distance is measured in max − min")
    return _closeness(data, data.max())


@by_column("distance-to-reference", zh="与参照对象的距离", en="distance to a reference unit")
def distance_to_reference(data: pd.DataFrame, *, reference: Unit, truncate: Flag = False) -> pd.DataFrame:
    """Return ``1 − (r − x)/(r − min)`` by column, where r is the value of a unit: 1 for it, more for a better one.

    Parameters
    ----------
    reference : str
        The unit.
    truncate : bool
        Count a unit that is better than the reference as 1.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`; 0 for the worst unit, no unit.

    Raises
    ------
    MethodError
        If there is no such unit, it lacks a value, or it is the worst in a column.
    """
    if reference not in data.index:
        message = f"there is no unit {reference!r}."
        raise MethodError(message, key="normalisation.reference", value=reference, valid=map(str, data.index))
    values = data.loc[reference]
    for bad, what in (
        (values.isna(), "has no value"),
        (values <= data.min(), "is no better than the worst value, so there is no distance to measure"),
    ):
        message = f"{reference} {what} in {{}}; choose another unit or leave the column out."
        refuse(data.columns[bad], message, key="normalisation.reference", value=reference)
    return _closeness(data, values, truncate)


@by_column("distance-to-targets", zh="与目标值的距离", en="distance to targets", in_units=("targets",))
def distance_to_targets(
    data: pd.DataFrame, *, directions: pd.Series, targets: Mapping[Indicator, Number], truncate: Flag = False
) -> pd.DataFrame:
    """Return ``1 − (t − x)/(t − min)`` by column: 1 at the target t, 0 for the worst unit.

    For direction −1, where the target is a low value, it is ``1 − (x − t)/(max − t)``.

    Parameters
    ----------
    targets : mapping
        By indicator the target, in its own unit; so the treatment must leave the unit as it is.
    truncate : bool
        Count what is better than the target as 1.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`; no unit.

    Raises
    ------
    MethodError
        If an indicator has no target, or its target is no better than the worst unit.
    """
    refuse_absent(data, targets, "targets", "target")
    values = pd.Series({column: float(targets[column]) for column in data}) * directions
    bad = values.index[values <= data.min()]
    worst = data.min() * directions
    cases = {name: f"{name} ({targets[name]:g}, the worst unit has {worst[name]:g})" for name in bad}
    message = "the target is not above the minimum (for direction -1, not below the maximum): {}; set a better target."
    refuse(cases, message, key="normalisation.targets")
    return _closeness(data, values, truncate)


def _closeness(data: pd.DataFrame, aims: pd.Series, truncate: bool = False) -> pd.DataFrame:
    shares = 1 - (aims - data) / (aims - data.min())
    return shares.clip(upper=1) if truncate else shares
