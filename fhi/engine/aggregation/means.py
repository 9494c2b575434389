"""Aggregations by unit: means of full to little compensation, ordered and penalised ones, TOPSIS, and rules of nodes.

The rules (ratio, product, difference, complement) are for a node named in the scenario (``aggregation: {0: geometric,
1: arithmetic, gdi: ratio}``), of its children in the order of the framework. Weights play no part in them, and a unit
that lacks a child has no score.
"""

from functools import partial
from typing import Literal

import numpy as np

from fhi.engine.errors import MethodError
from fhi.engine.methods import NotNegative, Number, Positive, method

POSITIVE = "after min-max on 0-100 the worst unit has 0: normalise with scale [1, 100] or choose arithmetic"

#: the head of a method that looks at one unit at a time
_by_unit = partial(method, "aggregation", rowwise=True)


def _refuse_not_positive(scores: np.ndarray, weights: np.ndarray, what: str, remedy: str = POSITIVE) -> None:
    """Raise `ValueError` (what is wrong, what to do) if a score that has weight is zero or negative."""
    if np.any((scores <= 0) & (weights > 0)):
        raise ValueError(f"{what} needs positive scores", remedy)


def refuse_negative(scores: np.ndarray, weights: np.ndarray, what: str, remedy: str = "normalise by min-max") -> None:
    """Raise `ValueError` (what is wrong, what to do) if a score that has weight is negative.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × children.
    what, remedy : str
        The method that refuses, and what to do.
    """
    if np.any((scores < 0) & (weights > 0)):
        raise ValueError(f"{what} needs scores that are not negative", remedy)


#: an exponent nearer to 0 than this is taken as 0
NEAR_ZERO = 1e-9


@_by_unit("arithmetic", zh="算术平均", en="arithmetic mean", sums=(np.asarray, np.asarray), split="points")
def arithmetic(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``Σ w·x``: full compensation between children.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × children; the weights of a row sum to 1 and are 0 where the score is missing.

    Returns
    -------
    numpy.ndarray
        By unit, in points of the scores.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.6, linear aggregation.
    """
    return np.nansum(weights * scores, axis=1)


@_by_unit("geometric", zh="几何平均", en="geometric mean", sums=(np.log, np.exp), split="logarithm", positive=True)
def geometric(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``Π x^w = exp(Σ w·ln x)``: partial compensation; every score must be positive.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × children; the weights of a row sum to 1 and are 0 where the score is missing.

    Returns
    -------
    numpy.ndarray
        By unit, in points of the scores.

    Raises
    ------
    ValueError
        If a score that has weight is zero or negative.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.6, geometric aggregation.
    """
    _refuse_not_positive(scores, weights, "a geometric mean")
    return np.exp(np.nansum(weights * np.log(np.where(weights > 0, scores, 1.0)), axis=1))


@_by_unit("harmonic", zh="调和平均", en="harmonic mean", sums=(np.reciprocal, np.reciprocal), positive=True)
def harmonic(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``1 / Σ (w/x)``: less compensation than the geometric mean; every score must be positive.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × children; the weights of a row sum to 1 and are 0 where the score is missing.

    Returns
    -------
    numpy.ndarray
        By unit, in points of the scores.

    Raises
    ------
    ValueError
        If a score that has weight is zero or negative.
    """
    _refuse_not_positive(scores, weights, "a harmonic mean")
    return 1.0 / np.sum(weights / np.where(weights > 0, scores, 1.0), axis=1)


@_by_unit("generalised-mean", zh="广义平均", en="generalised mean")
def generalised_mean(scores: np.ndarray, weights: np.ndarray, *, exponent: Number) -> np.ndarray:
    """Return ``(Σ w·x^p)^(1/p)``, and for p = 0 its limit, the geometric mean.

    p = 1 is the arithmetic mean, p = −1 the harmonic; the smaller p, the less a strength makes up for a weakness.
    The largest (for p < 0 the smallest) score of a unit is divided out first, so that no power overflows.

    Parameters
    ----------
    exponent : float
        p, any finite number.

    Returns
    -------
    numpy.ndarray
        By unit, in points of the scores.

    Raises
    ------
    ValueError
        If a score that has weight is negative (for p ≤ 0: zero or negative), unless p = 1.

    References
    ----------
    Decancq and Lugo (2013), Weights in multidimensional indices of wellbeing, Econometric Reviews 32.
    """
    if exponent == 1:
        return arithmetic(scores, weights)
    if abs(exponent) < NEAR_ZERO:
        return geometric(scores, weights)
    refuse = refuse_negative if exponent > 0 else _refuse_not_positive
    refuse(scores, weights, f"a generalised mean of exponent {exponent:g}")
    weighted = weights > 0
    if exponent > 0:
        leading = np.where(weighted, scores, 0.0).max(axis=1)
    else:
        leading = np.where(weighted, scores, np.inf).min(axis=1)
    unit = np.where(leading > 0, leading, 1.0)[:, None]
    ratios = np.where(weighted & (scores > 0), scores / unit, 1.0)
    # w·(r^p − 1) rather than w·r^p keeps its digits for p near 0; a score of 0 has r^p = 0
    nothing = weighted & (scores <= 0) & (leading > 0)[:, None]
    terms = np.where(nothing, -1.0, np.expm1(exponent * np.log(ratios)))
    return leading * np.exp(np.log1p(np.sum(weights * terms, axis=1)) / exponent)


#: cumulative weights nearer to one half than this are one half
HALF = 1e-12


@_by_unit("median", zh="中位数", en="median")
def median(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted median: half of the weight lies at or below it, half at or above.

    Where the cumulative weight is exactly one half at a child, the median is the mean of it and the next, so
    that equal weights give the ordinary median.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × children; the weights of a row sum to 1 and are 0 where the score is missing.

    Returns
    -------
    numpy.ndarray
        By unit: the score of a child, or the mean of two.
    """
    values, shares = _sorted(scores, weights)
    reached = np.cumsum(shares, axis=1)
    rows = np.arange(len(values))
    lower = np.argmax(reached >= 0.5 - HALF, axis=1)
    upper = np.argmax(reached > 0.5 + HALF, axis=1)
    return (values[rows, lower] + values[rows, upper]) / 2


@_by_unit("minimum", zh="最小值", en="minimum")
def minimum(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the lowest score that has weight: no compensation at all.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × children; only whether a weight is above 0 counts.

    Returns
    -------
    numpy.ndarray
        By unit, in points of the scores.
    """
    return np.where(weights > 0, scores, np.inf).min(axis=1)


@_by_unit("owa", zh="有序加权平均", en="ordered weighted average")
def owa(
    scores: np.ndarray, weights: np.ndarray, *, exponent: Positive | None = None, order: list[NotNegative] | None = None
) -> np.ndarray:
    """Return an ordered weighted average, ``Σ v_k·x_(k)`` with x_(1) the best child of the unit.

    The order weights are ``v_k = Q(W_k) − Q(W_{k−1})``, W_k being the cumulative weight of the k best children, and
    Q either ``Q(r) = r^exponent`` or the line through the cumulative sums of `order` at 1/n, 2/n, …, 1. Children of
    equal weight, as many as `order` is long, so get exactly the weights of `order`.

    Parameters
    ----------
    exponent : float, optional
        1 is the arithmetic mean; the larger, the more the worst children count; near 0 the best one alone.
    order : list of float, optional
        Weights from the best child to the worst, rescaled to sum to 1. Exactly one of the two is given.

    Returns
    -------
    numpy.ndarray
        By unit, in points of the scores.

    Raises
    ------
    MethodError
        If not exactly one is given, or the weights of `order` sum to zero.

    References
    ----------
    Yager (1988), IEEE Transactions on Systems, Man, and Cybernetics 18; Torra (1997), The weighted OWA operator,
    International Journal of Intelligent Systems 12.
    """
    if (exponent is None) == (order is None):
        raise MethodError("owa takes either exponent or order, and needs one.", key="aggregation.exponent")
    values, shares = _sorted(scores, weights)
    # best first: the order of the sort turned round
    values, shares = values[:, ::-1], shares[:, ::-1]
    # sums of weights miss 1 by the last bits
    reached = np.minimum(np.cumsum(shares, axis=1), 1.0)
    reached[:, -1] = 1.0
    if order is None:
        steps = reached**exponent
    else:
        if not sum(order) > 0:
            raise MethodError("the weights of order sum to zero.", key="aggregation.order", value=order)
        cumulative = np.concatenate([[0.0], np.cumsum(order) / sum(order)])
        steps = np.interp(reached, np.linspace(0.0, 1.0, len(cumulative)), cumulative)
    return np.sum(np.diff(steps, axis=1, prepend=0.0) * np.where(shares > 0, values, 0.0), axis=1)


def _sorted(scores: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of each unit in ascending order with their weights; what has no weight comes first."""
    placed = np.where(weights > 0, scores, -np.inf)
    order = np.argsort(placed, axis=1, kind="stable")
    return np.take_along_axis(placed, order, axis=1), np.take_along_axis(weights, order, axis=1)


Penalty = Literal["-", "+"]


@_by_unit("mazziotta-pareto", zh="Mazziotta–Pareto指数", en="Mazziotta–Pareto index")
def mazziotta_pareto(scores: np.ndarray, weights: np.ndarray, *, penalty: Penalty = "-") -> np.ndarray:
    """Return ``MPI = M ∓ S·cv``, with M = Σ w·x, S² = Σ w·(x − M)² and cv = S/M over the children of a unit.

    Expects z-scores of mean 100 and standard deviation 10 (``{method: z-score, mean: 100, sd: 10}``). The penalty
    needs a ratio S/M that means something, so scores around 0 are refused.

    Parameters
    ----------
    penalty : {"-", "+"}
        ``-`` (default) where more is better: imbalance lowers the score; ``+`` where the index measures something
        bad, as poverty: imbalance raises it.

    Returns
    -------
    numpy.ndarray
        By unit, in points of the scores; below the mean with penalty ``-``, above it with ``+``.

    Raises
    ------
    ValueError
        If a score that has weight is zero or negative.

    References
    ----------
    De Muro, Mazziotta and Pareto (2011), Composite indices of development and poverty, Social Indicators Research 104.
    """
    remedy = "normalise by z-score with mean 100 and sd 10"
    return _penalised(scores, weights, penalty, "the Mazziotta-Pareto index", remedy)


@_by_unit("adjusted-mazziotta-pareto", zh="调整的Mazziotta–Pareto指数", en="adjusted Mazziotta–Pareto index")
def adjusted_mazziotta_pareto(scores: np.ndarray, weights: np.ndarray, *, penalty: Penalty = "-") -> np.ndarray:
    """Return the adjusted index AMPI: ``M ∓ S·cv`` as for MPI, of scores between goalposts at 70 and 130.

    Expects ``70 + 60·(x − low)/(high − low)``, that is min-max or goalposts with scale [70, 130], so that editions can
    be compared: with fixed goalposts a unit's score does not depend on the others. Of scores from 70 to 130 the result
    lies there too.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × children; the weights of a row sum to 1 and are 0 where the score is missing.
    penalty : {"-", "+"}
        As for `mazziotta_pareto`.

    Returns
    -------
    numpy.ndarray
        By unit, in points of the scores.

    Raises
    ------
    ValueError
        If a score that has weight is zero or negative.

    References
    ----------
    Mazziotta and Pareto (2016), On a generalized non-compensatory composite index for measuring socio-economic
    phenomena, Social Indicators Research 127.
    """
    remedy = "normalise by min-max or goalposts with scale [70, 130]"
    return _penalised(scores, weights, penalty, "the adjusted Mazziotta-Pareto index", remedy)


def _penalised(scores, weights, penalty: Penalty, what: str, remedy: str) -> np.ndarray:
    _refuse_not_positive(scores, weights, what, remedy)
    values = np.where(weights > 0, scores, 0.0)
    mean = np.sum(weights * values, axis=1)
    variance = np.sum(weights * (values - mean[:, None]) ** 2, axis=1)
    return mean - variance / mean if penalty == "-" else mean + variance / mean


@method("aggregation", "topsis", zh="TOPSIS法", en="TOPSIS")
def topsis(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``d⁻/(d⁺ + d⁻)``, from 0 to 1: Euclidean distances of the weighted scores from the worst and the best.

    The best and the worst are those of each child among the units that have a score there, so a unit's result depends
    on the others. Scores are taken as normalised: no vector normalisation is added. A missing child leaves the
    distance to its siblings, reweighted.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × children; the weights of a row sum to 1 and are 0 where the score is missing.

    Returns
    -------
    numpy.ndarray
        By unit: 0 at the worst of every child, 1 at the best of every child.

    Raises
    ------
    ValueError
        If every unit has the same scores, so that best and worst are one.

    References
    ----------
    Hwang and Yoon (1981), Multiple Attribute Decision Making, Springer.
    """
    weighted = weights > 0
    best = np.where(weighted, scores, -np.inf).max(axis=0)
    worst = np.where(weighted, scores, np.inf).min(axis=0)
    to_best = _distance(scores, weights, best)
    to_worst = _distance(scores, weights, worst)
    if np.any(to_best + to_worst == 0):
        raise ValueError("TOPSIS needs units that differ: best and worst are the same", "leave the node out")
    return to_worst / (to_best + to_worst)


def _distance(scores: np.ndarray, weights: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return the distance of each unit from a point, over the children that have weight."""
    apart = np.where(weights > 0, scores - np.where(np.isfinite(point), point, 0.0), 0.0)
    return np.sqrt(np.sum((weights * apart) ** 2, axis=1))


_rule = partial(method, "aggregation", rowwise=True, complete=True)


@_rule("ratio", zh="比值", en="ratio")
def ratio(scores: np.ndarray, weights: np.ndarray, *, factor: Number = 1.0) -> np.ndarray:
    """Return ``factor·x₁/x₂`` of the two children.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × 2, without a gap; the weights play no part.
    factor : float
        100 gives a percentage.

    Returns
    -------
    numpy.ndarray
        By unit.

    Raises
    ------
    ValueError
        If there are not two, or the second is 0.

    References
    ----------
    UNDP (2022), Human Development Report, technical note 3: the Gender Development Index.
    """
    _refuse_unless_two(scores, "a ratio")
    if np.any(scores[:, 1] == 0):
        raise ValueError("a ratio needs a second child that is not 0", "normalise it, or leave the unit out")
    return factor * scores[:, 0] / scores[:, 1]


@_rule("product", zh="乘积", en="product")
def product(scores: np.ndarray, weights: np.ndarray, *, factor: Number = 1.0) -> np.ndarray:
    """Return ``factor·Π x`` of all children.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × children, without a gap; the weights play no part.
    factor : float
        Multiplies the product.

    Returns
    -------
    numpy.ndarray
        By unit.

    References
    ----------
    UNDP (2022), Human Development Report, technical note 2: the inequality-adjusted index of a dimension.
    """
    return factor * scores.prod(axis=1)


@_rule("difference", zh="差值", en="difference")
def difference(scores: np.ndarray, weights: np.ndarray, *, factor: Number = 1.0) -> np.ndarray:
    """Return ``x₁ − factor·x₂`` of the two children.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × 2, without a gap; the weights play no part.
    factor : float
        Of the second child.

    Returns
    -------
    numpy.ndarray
        By unit, in the unit of the first child.

    Raises
    ------
    ValueError
        If there are not two.
    """
    _refuse_unless_two(scores, "a difference")
    return scores[:, 0] - factor * scores[:, 1]


@_rule("complement", zh="余数", en="complement")
def complement(scores: np.ndarray, weights: np.ndarray, *, whole: Number = 1.0) -> np.ndarray:
    """Return ``whole − x`` of the only child: of a loss, what remains.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × 1, without a gap; the weights play no part.
    whole : float
        What the child is taken from.

    Returns
    -------
    numpy.ndarray
        By unit, in the unit of the child.

    Raises
    ------
    ValueError
        If there are more children.

    References
    ----------
    UNDP (2022), Human Development Report, technical notes 2 and 4: ``1 − A`` and ``GII = 1 − ratio``.
    """
    if scores.shape[1] != 1:
        raise ValueError("a complement needs exactly one child", "give the node one child, or choose another method")
    return whole - scores[:, 0]


def _refuse_unless_two(scores: np.ndarray, what: str) -> None:
    if scores.shape[1] != 2:
        raise ValueError(f"{what} needs exactly two children", "give the node two children, or choose another method")
