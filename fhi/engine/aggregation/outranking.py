"""Aggregations that compare units pair by pair, so that a large lead on one child buys nothing on another."""

from collections.abc import Callable
from itertools import combinations

import numpy as np

from fhi.engine.errors import MethodError
from fhi.engine.methods import NotNegative, method

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
    for twins in _alike(scores, weights):
        values[twins] = values[twins].mean()
    return values


def _alike(scores: np.ndarray, weights: np.ndarray) -> list[np.ndarray]:
    """Return the groups of units whose scores are all the same."""
    placed = np.where(weights > 0, scores, -np.inf)
    _, groups = np.unique(placed, axis=0, return_inverse=True)
    return [np.flatnonzero(groups.ravel() == group) for group in range(groups.max() + 1)]


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
