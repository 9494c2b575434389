"""The order of units that pairwise support backs most: the linear ordering problem, solved exactly."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from fhi.engine.errors import MethodError

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
