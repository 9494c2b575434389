"""Normalisation by rules for each end or indicator, by points, by centre and spread, by shares, or by order alone.

Ranks run as far as there are units with a value: of two indicators, one known for 20 units and one for 39, the second
would span almost twice the range and count almost twice. So the ranks of every column are put on one scale, that of
all units of the table; ``raw`` leaves them as they are.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError, refuse
from fhi.engine.methods import Ascending, Flag, Indicator, NotNegative, Number, Percentile, Positive, same
from fhi.engine.normalisation.ranges import by_column, refuse_absent, refuse_constant, refuse_not_positive

#: an end of a range: a number in the indicator's unit, its least or greatest value, its mean, or a percentile
End = Number | Literal["min", "max", "mean"] | Mapping[Literal["percentile"], Percentile]


@by_column("bounds-by-rule", zh="按规则设定上下限", en="bounds by rule", in_units=("worst", "best", "ends", "offsets"))
def bounds_by_rule(
    data: pd.DataFrame,
    *,
    directions: pd.Series,
    worst: End = "min",
    best: End = "max",
    ends: Mapping[Indicator, Mapping[Literal["worst", "best"], End]] | None = None,
    offsets: Mapping[Indicator, NotNegative] | None = None,
    truncate: Flag = True,
    scale: Ascending = (0, 100),
) -> pd.DataFrame:
    """Return ``low + (high − low)·(x − a)/(b − a)`` with a worst end a and a best end b, each by a rule of its own.

    Parameters
    ----------
    worst, best : number, {"min", "max", "mean"} or {"percentile": p}
        The ends of every indicator: a number in its own unit (a fixed value, a target of policy), or a rule over the
        units, counted from the worst value: of an indicator of direction −1, ``min`` and the percentile 5 are its
        greatest value and its percentile 95.
    ends : mapping, optional
        By indicator other ends in place of these: ``{gdp: {best: 30000}}``.
    offsets : mapping, optional
        By indicator a constant c: x, and ends that are numbers, are replaced by ``ln(x + c)``.
    truncate : bool
        Cut what lies beyond the ends at the ends of the scale.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, in points of `scale`.

    Raises
    ------
    MethodError
        If the worst end is not worse than the best, or ``x + c`` is not positive.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.5; Sachs et al. (2018), SDG Index and Dashboards, for targets as the best and
    a percentile as the worst end; Wolf et al. (2022), Environmental Performance Index, for logarithms with an offset.
    """
    shifts = {column: shift for column, shift in (offsets or {}).items() if column in data}
    own = data * directions
    for column, shift in shifts.items():
        refuse_not_positive(own[[column]] + shift, "a logarithm needs positive values after the offset")
        own[column] = np.log(own[column] + shift)
    turned, rules = own * directions, ends or {}
    found = pd.DataFrame(np.nan, index=["worst", "best"], columns=data.columns)
    for column in data:
        for end, default in (("worst", worst), ("best", best)):
            rule = rules.get(column, {}).get(end, default)
            if isinstance(rule, str | Mapping):
                found.at[end, column] = _by_rule(turned[column], rule)
                continue
            if column in shifts and rule + shifts[column] <= 0:
                message = f"a logarithm needs positive ends after the offset; {column} has {rule:g}."
                raise MethodError(message, key=f"normalisation.{end}", value=rule)
            value = np.log(rule + shifts[column]) if column in shifts else rule
            found.at[end, column] = value * directions[column]
    least, most = found.loc["worst"], found.loc["best"]
    bad = found.columns[(same(least, most) | (least > most)).to_numpy(dtype=bool)]
    refuse(bad, "the worst end is not worse than the best in {}; set other ends for it.", key="normalisation.ends")
    shares = (turned - least) / (most - least)
    low, high = scale
    return low + (high - low) * (shares.clip(0, 1) if truncate else shares)


def _by_rule(column: pd.Series, rule: str | Mapping[str, float]) -> float:
    return getattr(column, rule)() if isinstance(rule, str) else column.quantile(rule["percentile"] / 100)


@by_column("optimum", zh="适度指标标准化", en="optimum in the middle", in_units=("optima",))
def optimum(
    data: pd.DataFrame,
    *,
    directions: pd.Series,
    optima: Mapping[Indicator, list[Number]],
    scale: Ascending = (0, 100),
) -> pd.DataFrame:
    """Return the high end of `scale` at an optimum, and less on either side of it, down to the low end at two bounds.

    ``(x − a)/(l − a)`` below l, 1 from l to u, ``(b − x)/(b − u)`` above u, 0 beyond a and b. The direction of the
    indicator plays no part.

    Parameters
    ----------
    optima : mapping
        By indicator ``[a, optimum, b]`` or ``[a, l, u, b]``, ascending, in its own unit.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, in points of `scale`.

    Raises
    ------
    MethodError
        If an indicator has none, or they do not ascend.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.5; 适度指标 (moderate indicators) of the Chinese literature.
    """
    refuse_absent(data, optima, "optima", "optimum")
    result, (low, high) = data * np.nan, scale
    for column in data:
        points = [float(value) for value in optima[column]]
        points = points if len(points) == 4 else points[:2] + points[1:]
        if len(points) != 4 or not points[0] < points[1] <= points[2] < points[3]:
            message = f"give {column} three or four ascending numbers, [a, optimum, b] or [a, l, u, b]."
            raise MethodError(message, key=f"normalisation.optima.{column}", value=optima[column])
        a, least, most, b = points
        x = data[column] * directions[column]
        share = np.minimum(np.minimum((x - a) / (least - a), (b - x) / (b - most)), 1.0).clip(lower=0)
        result[column] = low + (high - low) * share
    return result


@by_column("identity", zh="不标准化", en="values as they are")
def identity(data: pd.DataFrame, *, directions: pd.Series) -> pd.DataFrame:
    """Return the values as they are, whatever their direction: for indicators on one scale, or a parent's own rule.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators, those of direction −1 negated.
    directions : pandas.Series
        1 or −1 by column.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, in the indicators' own units.
    """
    return data * directions


@by_column("categories", zh="分类计分", en="points of categories", in_units=("points",))
def categories(
    data: pd.DataFrame, *, directions: pd.Series, points: Mapping[Indicator, Mapping[Number, Number]]
) -> pd.DataFrame:
    """Return the points of the category that a value is in; the direction plays no part.

    Parameters
    ----------
    points : mapping
        By indicator: value → points. A value that is not named has the points of the next lower one that is, so that
        ``{0: 0, 50: 1, 90: 2}`` makes three classes.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, in points.

    Raises
    ------
    MethodError
        If an indicator has no points, or a value lies below its first category.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.5, categorical scale.
    """
    refuse_absent(data, points, "points", "points")
    result = data * np.nan
    for column in data:
        own = data[column] * directions[column]
        starts = sorted(float(value) for value in points[column])
        if own.min() < starts[0]:
            message = f"{column} has {own.min():g}, below its first category {starts[0]:g}; add one."
            raise MethodError(message, key=f"normalisation.points.{column}", value=float(own.min()))
        given = {float(value): float(score) for value, score in points[column].items()}
        places = np.searchsorted(starts, own.to_numpy(), side="right") - 1
        scores = np.array([given[start] for start in starts])[places]
        result[column] = np.where(own.isna(), np.nan, scores)
    return result


@by_column("above-mean", zh="高于或低于均值", en="above or below the mean")
def above_mean(data: pd.DataFrame, *, threshold: NotNegative = 0.2) -> pd.DataFrame:
    """Return 1 for a value above ``x̄ + p·|x̄|``, −1 for one below ``x̄ − p·|x̄|``, and 0 between.

    Parameters
    ----------
    threshold : float
        p, a share of the mean.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`: −1, 0, 1 or missing.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.5, indicators above or below the mean.
    """
    mean = data.mean()
    margin = threshold * mean.abs()
    marks = (data > mean + margin).astype(float) - (data < mean - margin)
    return marks.where(data.notna())


@by_column("share-of-maximum", zh="与最大值之比", en="share of the maximum", reflected=True)
def share_of_maximum(data: pd.DataFrame) -> pd.DataFrame:
    """Return ``x/max`` by column; of a column of direction −1, of max + min − x.

    Raises
    ------
    MethodError
        If a column has a negative value, or nothing but 0.
    """
    return _share(data, data.max())


@by_column("vector", zh="向量归一化", en="vector scaling", reflected=True)
def vector(data: pd.DataFrame) -> pd.DataFrame:
    """Return ``x/√(Σ x²)`` by column, over the units that have a value; of direction −1, of max + min − x.

    Raises
    ------
    MethodError
        If a column has a negative value, or nothing but 0.

    References
    ----------
    Hwang and Yoon (1981), Multiple Attribute Decision Making, Springer.
    """
    return _share(data, np.sqrt((data**2).sum()))


def _share(data: pd.DataFrame, whole: pd.Series) -> pd.DataFrame:
    refuse_not_positive(data, "a share needs values of 0 or more, and there are others", zero=True)
    message = "every value is 0 in {}, so that there is nothing to divide by; leave it out."
    refuse(data.columns[(whole == 0).to_numpy()], message, key="normalisation")
    return data / whole


@by_column("z-score", zh="Z分数标准化", en="z-score")
def z_score(data: pd.DataFrame, *, mean: Number = 0.0, sd: Positive = 1.0) -> pd.DataFrame:
    """Return ``mean + sd·(x − x̄)/s`` by column, with the sample standard deviation s (ddof 1); no unit.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators with more always better.
    mean, sd : float
        Of the result.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`.

    Raises
    ------
    MethodError
        If a column has no spread, `mean` is not a number, or `sd` is not a positive one.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.5, standardisation.
    """
    refuse_constant(data, "z-score divides by the standard deviation")
    values = data.to_numpy()
    # summed up along a row of the transposed table in memory, as pandas does
    columns, missing = values.T.copy(), np.isnan(values.T)
    known = (~missing).sum(axis=1)
    columns[missing] = 0.0
    centre = columns.sum(axis=1) / known
    squares = (centre[:, None] - columns) ** 2
    squares[missing] = 0.0
    found = mean + sd * (values - centre) / np.sqrt(squares.sum(axis=1) / (known - 1))
    return pd.DataFrame(found, index=data.index, columns=data.columns)


@by_column("robust", zh="中位数与四分位距标准化", en="median and interquartile range")
def robust(data: pd.DataFrame) -> pd.DataFrame:
    """Return ``(x − median)/IQR`` by column; the quartiles are interpolated linearly (type 7); no unit.

    Raises
    ------
    MethodError
        If the quartiles of a column are equal.
    """
    low, high = data.quantile(0.25), data.quantile(0.75)
    message = "the quartiles are equal in {}, and robust divides by their distance; leave it out or choose z-score."
    refuse(data.columns[same(low, high).to_numpy(dtype=bool)], message, key="normalisation")
    return (data - data.median()) / (high - low)


@by_column("proportion-of-sum", zh="比重法", en="share of the sum", reflected=True)
def proportion_of_sum(data: pd.DataFrame, *, raw: Flag = False) -> pd.DataFrame:
    """Return ``x/Σx·n/N`` by column: shares of the sum; of a column of direction −1 the shares of max + min − x.

    n of the N units have a value. Without gaps the shares sum to 1; with gaps to n/N, so that they average 1/N in
    every column, and one with few values does not count more for it.

    Parameters
    ----------
    raw : bool
        Return ``x/Σx``, which sums to 1 whatever the gaps.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`: shares.

    Raises
    ------
    MethodError
        If a column has a negative value, or nothing but 0.
    """
    return _share(data, data.sum()) * (1 if raw else data.notna().mean())


@by_column("rank", zh="名次", en="rank")
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

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`: places, of which more is better.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.5, for r; Hyndman and Fan (1996), Sample quantiles in statistical packages,
    The American Statistician 50(4), definition 7, for ``(r − 1)/(n − 1)``: the lowest at 0 and the highest at 1.
    """
    ranks = data.rank(method="average" if ties == "mean" else ties)
    # the factor is 1 without gaps, and leaves the ranks whole
    return ranks if raw else 1 + (ranks - 1) * ((len(data) - 1) / (data.count() - 1).clip(lower=1))


@by_column("borda", zh="博尔达计数", en="Borda count")
def borda(data: pd.DataFrame, *, raw: Flag = False) -> pd.DataFrame:
    """Return `rank` less 1 by column, ``(N − 1)·(r − 1)/(n − 1)``: how many units would be worse if all had a value.

    Parameters
    ----------
    raw : bool
        Return the number of units with a value that are worse, ``r − 1``.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`: numbers of units.
    """
    return rank(data, raw=raw) - 1


@by_column("percentile-rank", zh="百分位名次", en="percentile rank")
def percentile_rank(data: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the other units that are worse, ``(rank − 1)/(n − 1)`` by column, from 0 to 1.

    Raises
    ------
    MethodError
        If only one unit has a value.
    """
    others = data.notna().sum() - 1
    message = "at least 2 units need a value: {} has one; leave it out."
    refuse(data.columns[(others < 1).to_numpy()], message, key="normalisation")
    return borda(data, raw=True) / others
