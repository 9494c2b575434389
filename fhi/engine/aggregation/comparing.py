"""Aggregations that compare units with one another: pair by pair, or each with its own best weights."""

from collections.abc import Callable
from itertools import combinations
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from fhi.engine.aggregation.means import refuse_negative
from fhi.engine.errors import MethodError
from fhi.engine.methods import Count, NotNegative, Whole, method

#: beyond this many units the program has too many triangles to be solved in reasonable time
MOST_UNITS = 40
#: weight of the tie-breaking flow against a whole unit of support: only orders whose support differs by less than some
#: 1e-5 could change places by it
TIE = 1e-7


def best_order(support: np.ndarray) -> np.ndarray:
    """Return the place (0 first) of each unit in the order that maximises ``Σ e_ik`` over its pairs i before k.

    One binary variable a pair i < k, 1 if i stands before k, and for each triple two constraints that forbid a cycle.

    Parameters
    ----------
    support : numpy.ndarray
        Units × units, from 0 to 1.

    Raises
    ------
    MethodError
        If there are more than `MOST_UNITS` units.
    """
    count = len(support)
    if count > MOST_UNITS:
        message = f"the order is found for at most {MOST_UNITS} units, not {count}; choose copeland or outranking."
        raise MethodError(message, key="aggregation", value="condorcet")
    if count < 3:
        return np.argsort(np.argsort(-support.sum(axis=1), kind="stable"), kind="stable").astype(float)
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    first, second = np.triu_indices(count, 1)
    number = np.zeros((count, count), dtype=int)
    number[first, second] = range(len(first))
    flow = (support - support.T).sum(axis=1)
    gain = support[first, second] - support[second, first] + TIE * (flow[first] - flow[second])
    # of i < j < k: 0 ≤ x_ij + x_jk − x_ik ≤ 1
    i, j, k = np.array(list(combinations(range(count), 3))).T
    columns = np.column_stack([number[i, j], number[j, k], number[i, k]]).ravel()
    rows = np.repeat(np.arange(len(i)), 3)
    triangles = csr_matrix((np.tile([1.0, 1.0, -1.0], len(i)), (rows, columns)), shape=(len(i), len(first)))
    cycles = LinearConstraint(triangles, 0.0, 1.0)
    options = {"mip_rel_gap": 0.0}
    solved = milp(-gain, integrality=np.ones(len(first)), bounds=Bounds(0, 1), constraints=cycles, options=options)
    before = np.zeros((count, count))
    before[first, second] = np.round(solved.x)
    before[second, first] = 1.0 - before[first, second]
    return before.sum(axis=0)


def support(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return units × units: the share of weight by which the first is better than the second, ties counted half.

    A pair is compared on the children that both have, reweighted; without any it is a tie. Off the diagonal
    ``e_ik + e_ki = 1``.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × children; a weight is 0 where the score is missing.

    Returns
    -------
    numpy.ndarray
        Units × units, from 0 to 1; one half on the diagonal.

    References
    ----------
    OECD/JRC (2008), Handbook, section 6.13, equation 32.
    """
    ahead, shared = _sums(scores, weights, lambda lead: (lead > 0) + 0.5 * (lead == 0))
    return np.where(shared > 0, ahead / np.where(shared > 0, shared, 1.0), 0.5)


@method("aggregation", "copeland", zh="Copeland规则", en="Copeland rule")
def copeland(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the number of units that a unit beats less the number that beat it: from −(n − 1) to n − 1.

    One unit beats another if it is better on more than half of the weight that both have, ties counted half.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × children; a weight is 0 where the score is missing.

    Returns
    -------
    numpy.ndarray
        By unit: a number of units.

    References
    ----------
    Copeland (1951), A reasonable social welfare function, University of Michigan; Saari and Merlin (1996), The
    Copeland method, Economic Theory 8.
    """
    majority = support(scores, weights) - 0.5
    # sums of weights miss one half by the last bits
    return np.sign(np.where(np.abs(majority) < 1e-9, 0.0, majority)).sum(axis=1)


@method("aggregation", "outranking", zh="PROMETHEE级别优先", en="PROMETHEE outranking")
def outranking(
    scores: np.ndarray, weights: np.ndarray, *, indifference: NotNegative = 0.0, preference: NotNegative = 0.0
) -> np.ndarray:
    """Return the net outranking flow of PROMETHEE II, ``φ_i = Σ_k (π_ik − π_ki)/(n − 1)``, from −1 to 1.

    ``π_ik = Σ w·P(x_i − x_k)`` over the children that both have, reweighted. P is 0 up to a lead of `indifference`,
    1 beyond one of `preference`, and linear between them; by default any lead counts in full, however small.

    Parameters
    ----------
    indifference, preference : float
        Leads in points of the children's scores; 0 ≤ indifference ≤ preference, or both 0.

    Returns
    -------
    numpy.ndarray
        By unit, rounded to 12 decimals.

    Raises
    ------
    MethodError
        If the preference is below the indifference.

    References
    ----------
    Brans and Vincke (1985), A preference ranking organisation method, Management Science 31.
    """
    low, high = indifference, preference
    if high < low:
        message = f"give a preference of at least the indifference ({low:g}); found {high:g}."
        raise MethodError(message, key="aggregation.preference", value=preference)

    def degree(lead: np.ndarray) -> np.ndarray:
        return (lead > low).astype(float) if high == low else np.clip((lead - low) / (high - low), 0.0, 1.0)

    ahead, shared = _sums(scores, weights, degree)
    strength = ahead / np.where(shared > 0, shared, 1.0)
    # few values are possible and many tie: the last bits of sums of weights are no difference
    return np.round((strength - strength.T).sum(axis=1) / max(len(scores) - 1, 1), 12)


@method("aggregation", "condorcet", zh="Condorcet排序", en="Condorcet order")
def condorcet(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return n − the place in the order that most weight supports, pair by pair (Condorcet-Kemeny-Young-Levenglick).

    The order maximises ``Σ e_ik`` over its pairs, e_ik being the share of the weight that both have on which i is
    better than k, ties counted half: the Handbook's non-compensatory approach. Among orders of the same support the
    one nearer to the net flow of that support is taken, units of equal scores share the mean of their places, and of a
    cycle without any difference one order is given. Exact, by integer programming, and so for at most 40 units.

    Parameters
    ----------
    scores, weights : numpy.ndarray
        Units × children; a weight is 0 where the score is missing.

    Returns
    -------
    numpy.ndarray
        By unit: n for the first of n units, 1 for the last; units of equal scores share the mean of their places.

    Raises
    ------
    MethodError
        If there are more units.

    References
    ----------
    Young and Levenglick (1978), SIAM Journal on Applied Mathematics 35; Munda and Nardo (2009), Applied Economics 41.
    """
    shares = support(scores, weights)
    # between orders alike in all the solver chooses: let it see the units by their scores, not as the table has them
    order = np.lexsort(np.sort(np.where(weights > 0, weights * scores, -np.inf), axis=1).T)
    shares = shares[np.ix_(order, order)]
    values = np.empty(len(order))
    values[order] = len(order) - 1.0 - best_order(shares)
    # units whose scores are all the same share their places
    _, groups = np.unique(np.where(weights > 0, scores, -np.inf), axis=0, return_inverse=True)
    return pd.Series(values).groupby(groups.ravel()).transform("mean").to_numpy()


def _sums(scores: np.ndarray, weights: np.ndarray, degree: Callable) -> tuple[np.ndarray, np.ndarray]:
    """Return, units × units, the sum of weight·degree(lead) over the children both have, and the sum of that weight."""
    ahead, shared = np.zeros((2, len(scores), len(scores)))
    for column in range(scores.shape[1]):
        given = weights[:, column] > 0
        values = np.where(given, scores[:, column], 0.0)
        both = np.where(given, weights[:, [column]], 0.0)
        both = np.where(given[None, :], both, 0.0)
        ahead += both * degree(values[:, None] - values[None, :])
        shared += both
    return ahead, shared


Share = Annotated[float, Field(ge=0, le=1, strict=True)]

#: a score nearer to 1 than this is 1: a few times what the solver allows
TOLERANCE = 1e-6
#: units, and cells of units × constraints × children, that are solved as one program
UNITS, CELLS = 64, 2**15


def scores_and_weights(scores: np.ndarray, weights: np.ndarray, **bounds: Share) -> tuple[np.ndarray, np.ndarray]:
    """Return each unit's best score and the weights, units × children, that give it; see `benefit_of_the_doubt`.

    Where several weightings are best, the solver's choice is given.

    Parameters
    ----------
    scores, weights, **bounds
        As for `benefit_of_the_doubt`.

    Returns
    -------
    best : numpy.ndarray
        By unit, from 0 to 1.
    found : numpy.ndarray
        Units × children: weights of the scores as they are, so that ``Σ_j found·scores`` is `best`; 0 for a child
        that the unit lacks.

    Raises
    ------
    ValueError
        As of `benefit_of_the_doubt`.
    """
    refuse_negative(scores, weights, "benefit of the doubt")
    given = weights > 0
    rivals, limits = np.where(given, scores, 0.0), Limits(**bounds)
    limits.refuse(rivals, given)
    found = np.zeros_like(rivals)
    scored = np.flatnonzero(rivals.any(axis=1))
    for units in np.split(scored, _cuts(len(scored), *rivals.shape)):
        shape = (len(units), *rivals.shape)
        found[units] = _best(rivals[units], given[units], np.broadcast_to(rivals, shape), limits)
    for unit in np.flatnonzero(~rivals.any(axis=1)):
        even = given[unit] / given[unit].sum()
        found[unit] = even / max((rivals @ even).max(), np.finfo(float).tiny)
    best = np.sum(found * rivals, axis=1)
    # the leaders tie: what the solver leaves over is not a difference between them
    return np.where(np.abs(best - 1.0) < TOLERANCE, 1.0, best), found


class Limits(NamedTuple):
    """Bounds of a weight as a share of the sum of weights, and of what a child contributes as a share of the score."""

    least: float = 0.0
    most: float = 1.0
    least_part: float = 0.0
    most_part: float = 1.0

    def refuse(self, scores: np.ndarray, given: np.ndarray) -> None:
        """Raise `ValueError` if no weights of so many children as a unit has can keep the bounds.

        Parameters
        ----------
        scores : numpy.ndarray
            Units × children, 0 where a unit lacks a child.
        given : numpy.ndarray of bool
            Of the same shape: which children a unit has.

        Raises
        ------
        ValueError
            With what is wrong and what to do; also if a child of score 0 shall contribute.
        """
        for count in np.unique(given.sum(axis=1)):
            for low, high, what in ((self.least, self.most, "sum"), (self.least_part, self.most_part, "score")):
                if not low * count <= 1 <= high * count:
                    message = f"no weights of {count} children lie each from {low:g} to {high:g} of their {what}"
                    raise ValueError(message, "lower least or raise most")
        if self.least_part > 0 and not scores[given].all():
            message = f"a child whose score is 0 has no part of {self.least_part:g} in a score"
            raise ValueError(message, "normalise to positive scores, or give no least_part")

    def rows(self, own: np.ndarray) -> np.ndarray:
        """Return constraints × children of one unit, each ``row·w ≤ 0``, its greatest number ±1."""
        unit = np.eye(len(own))
        rows = [self.least - unit] * (self.least > 0) + [unit - self.most] * (self.most < 1)
        # of the score: low·Σ w·x − w_j·x_j ≤ 0 and w_j·x_j − high·Σ w·x ≤ 0
        rows += [(self.least_part - unit) * own] * (self.least_part > 0)
        rows += [(unit - self.most_part) * own] * (self.most_part < 1)
        bounds = np.vstack(rows) if rows else np.zeros((0, len(own)))
        sizes = np.abs(bounds).max(axis=1, initial=0.0, keepdims=True)
        return bounds / np.where(sizes > 0, sizes, 1.0)


def _cuts(count: int, rivals: int, children: int) -> np.ndarray:
    """Return where to cut so many units, each with so many rivals, into blocks of one program."""
    # each child has as many bounds again
    size = max(1, min(UNITS, CELLS // ((rivals + 2 * children) * children)))
    return np.arange(size, count, size)


def _best(own: np.ndarray, given: np.ndarray, rivals: np.ndarray, limits: Limits) -> np.ndarray:
    """Return the best weights of some units, units × children, of one linear program with a block for each.

    Parameters
    ----------
    own : numpy.ndarray
        Units × children, of each unit at least one above 0.
    given : numpy.ndarray of bool
        Which children a unit has; the others weigh nothing.
    rivals : numpy.ndarray
        Units × rivals × children: whose scores none may pass 1 with the weights of the unit.
    """
    from scipy.optimize import linprog
    from scipy.sparse import block_diag, csr_array, vstack

    count, each, children = rivals.shape
    # scores divided by the largest, so that the solver's tolerances suit any scale
    largest = rivals.max()
    columns = np.broadcast_to(np.arange(count * children).reshape(count, 1, children), rivals.shape)
    ends = np.arange(0, rivals.size + 1, children)
    matrix = csr_array(((rivals / largest).ravel(), columns.ravel(), ends), (count * each, count * children))
    bounds = np.zeros((0, 0))
    if limits != Limits():
        blocks = []
        for scores, mask in zip(own / largest, given, strict=True):
            held = limits.rows(scores[mask])
            rows = np.zeros((len(held), children))
            rows[:, mask] = held
            blocks.append(rows)
        bounds = block_diag(blocks, format="csr")
        matrix = vstack([matrix, bounds], format="csr")
    ceilings = np.concatenate([np.ones(count * each), np.zeros(bounds.shape[0])])
    ranges = np.column_stack([np.zeros(given.size), np.where(given.ravel(), np.inf, 0.0)])
    solved = linprog(-(own / largest).ravel(), A_ub=matrix, b_ub=ceilings, bounds=ranges, method="highs")
    if solved.status != 0:
        raise ValueError("no weights keep all the bounds", "lower least or raise most")
    return solved.x.reshape(count, children) / largest


@method(
    "aggregation", "benefit-of-the-doubt", zh="自选有利权重", en="benefit of the doubt", unit_weights=scores_and_weights
)
def benefit_of_the_doubt(
    scores: np.ndarray,
    weights: np.ndarray,
    *,
    least: Share = 0.0,
    most: Share = 1.0,
    least_part: Share = 0.0,
    most_part: Share = 1.0,
) -> np.ndarray:
    """Return ``Σ_j w_j·x_ij`` with each unit's own best weights, from 0 to 1, by linear programs.

    For unit i the sum is maximised subject to ``Σ_j w_j·x_kj ≤ 1`` for every unit k and w ≥ 0, with each weight
    from `least` to `most` of their sum. The weights of the index take no part, except that a child of weight 0 is left
    out. A unit that lacks a child is scored by its others, and counts as 0 there when it is a rival.

    Parameters
    ----------
    least, most : float
        Bounds of a weight as a share of the sum of the unit's weights, over the children that it has (the
        Handbook's example has 0.10 and 0.15 for eight). Free by default; then a unit that leads in one child has 1.
    least_part, most_part : float
        Bounds of what a child contributes, ``w_j·x_ij``, as a share of the unit's score (pie shares): they do not
        depend on the units of the children.

    Returns
    -------
    numpy.ndarray
        By unit, a share of what the best units reach with its weights; no unit.

    Raises
    ------
    ValueError
        If a score is negative, no weights of so many children as a unit has can keep the bounds, or a child of score 0
        shall contribute.

    Notes
    -----
    Best used on a few pillars: with many children almost every unit leads somewhere.

    References
    ----------
    Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), An introduction to 'benefit of the doubt' composite
    indicators, Social Indicators Research 82; Kuosmanen (2009), Journal of the Operational Research Society 60, for
    what is missing; OECD/JRC (2008), Handbook, section 6.3.
    """
    return scores_and_weights(scores, weights, least=least, most=most, least_part=least_part, most_part=most_part)[0]


@method("aggregation", "order-m", zh="稳健自选有利权重（order-m）", en="robust benefit of the doubt (order-m)")
def order_m(
    scores: np.ndarray,
    weights: np.ndarray,
    *,
    m: Count,
    draws: Count = 100,
    seed: Whole = 0,
    least: Share = 0.0,
    most: Share = 1.0,
    least_part: Share = 0.0,
    most_part: Share = 1.0,
) -> np.ndarray:
    """Return the mean benefit-of-the-doubt score against m units drawn at random, so that no single leader decides.

    In each draw m rivals, the same for all, are drawn with replacement from all units, and the score of unit i is
    ``max_w Σ_j w_j·x_ij`` subject to ``Σ_j w_j·x_kj ≤ 1`` for the rivals k alone: a unit above all of its rivals
    has more than 1. The result is the mean over the draws. With m large it is that of ``benefit-of-the-doubt``; the
    smaller m, the less an outlier among the leaders lowers the others.

    Parameters
    ----------
    m : int
        Rivals in a draw.
    draws, seed : int
        How many draws are made, and of which stream.
    least, most, least_part, most_part : float
        As for ``benefit-of-the-doubt``.

    Returns
    -------
    numpy.ndarray
        By unit, above 0; no unit.

    Raises
    ------
    ValueError
        If a score is missing or not positive, or the bounds cannot be kept.

    References
    ----------
    Cazals, Florens and Simar (2002), Nonparametric frontier estimation: a robust approach, Journal of Econometrics
    106(1); Vidoli and Mazziotta (2013), Robust weighted composite indicators by means of frontier methods, Social
    Indicators Research 114(1).
    """
    given = weights > 0
    used = scores[:, given.any(axis=0)]
    if not given[:, given.any(axis=0)].all():
        raise ValueError("order-m needs every child of every unit", "impute, or leave the unit or the child out")
    if not (used > 0).all():
        raise ValueError("order-m needs positive scores", "normalise to positive ones, as min-max to [1, 100]")
    limits, source = Limits(least, most, least_part, most_part), np.random.default_rng(int(seed))
    limits.refuse(used, np.ones(used.shape, dtype=bool))
    # drawn by a place that no order of rows or columns changes
    order = np.lexsort(np.sort(used, axis=1).T)
    rivals = np.repeat(order[source.integers(len(used), size=(int(draws), int(m)))], len(used), axis=0)
    own, totals = np.tile(used, (int(draws), 1)), []
    for part in np.split(np.arange(len(own)), _cuts(len(own), int(m), used.shape[1])):
        found = _best(own[part], np.ones((len(part), used.shape[1]), dtype=bool), used[rivals[part]], limits)
        totals.append(np.sum(found * own[part], axis=1))
    return np.concatenate(totals).reshape(int(draws), len(used)).mean(axis=0)
