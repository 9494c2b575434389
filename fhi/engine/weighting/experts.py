"""Weights from judgements: budgets of points, and the analytic hierarchy process."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.methods import NotNegative, Positive
from fhi.engine.weighting import judgements

#: mean consistency index of random matrices by size, Saaty (1980), table 1.4
RANDOM_INDEX = (0, 0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)


def budget_allocation(
    normalised: pd.DataFrame, framework: Framework, *, experts: judgements.Given, budget: Positive | None = 100
) -> pd.Series:
    """Weigh by the mean share of points that experts give the children of a node.

    Each expert divides `budget` among the children of a node; an expert without points for a family abstains there.

    Parameters
    ----------
    experts : Table or mapping
        Columns ``node`` and one an expert (in a scenario: the name of a CSV file beside it), or expert → node → points.
    budget : float or None
        What an expert's points in a family must sum to (within one per cent); None takes any positive sum.

    Raises
    ------
    DataError, MethodError
        If the table is bad, a budget is not spent in full, an expert leaves out some children of a family, or nobody
        judged a family of two or more.

    References
    ----------
    OECD/JRC (2008), Handbook, section 6.5.
    """
    table = judgements.points(experts, framework.nodes).reindex(framework.nodes)
    weights = pd.Series(1.0, index=framework.nodes)
    for parent in _families(framework):
        family = framework.children(parent)
        given = table.loc[family].dropna(axis=1, how="all")
        if given.empty:
            message = f"no expert divides points among {', '.join(family)} (below {parent})."
            raise MethodError(message, key="weighting.experts")
        for expert in given:
            _check_budget(given[expert], expert, parent, budget)
        weights[family] = (given / given.sum()).mean(axis=1)
    return weights


def _check_budget(given: pd.Series, expert: str, parent: str, budget: float | None) -> None:
    left_out = given.index[given.isna()]
    if len(left_out):
        message = f"{expert} gives no points to {', '.join(left_out)} (below {parent}); give 0 if that is meant."
        raise MethodError(message, key="weighting.experts", value=expert)
    total = given.sum()
    if not total > 0 or (budget is not None and abs(total - budget) > 0.01 * budget):
        wanted = "a positive sum" if budget is None else f"{budget:g}"
        message = f"the points of {expert} below {parent} sum to {total:g}, not {wanted}."
        raise MethodError(message, key="weighting.experts", value=expert)


def ahp(
    normalised: pd.DataFrame, framework: Framework, *, matrices: judgements.Given, consistency: NotNegative = 0.1
) -> pd.Series:
    """Weigh by the principal eigenvector of a matrix of pairwise comparisons for each family.

    Parameters
    ----------
    matrices : Folder or mapping
        A square table for every node of two or more children (in a scenario: the name of a folder beside it, with a
        file ``<parent>.csv`` each), or parent → child → child → ratio; see `fhi.engine.weighting.judgements.matrix`.
    consistency : float
        The largest consistency ratio that is accepted.

    Raises
    ------
    DataError, MethodError
        If a matrix is missing or bad, or its consistency ratio is larger: named by parent.

    References
    ----------
    Saaty (1980), The Analytic Hierarchy Process, McGraw-Hill; Saaty (1990), How to make a decision, European Journal
    of Operational Research 48.
    """
    weights = pd.Series(1.0, index=framework.nodes)
    for parent in _families(framework):
        family = framework.children(parent)
        table = judgements.matrix(matrices, parent, family)
        if table is None:
            message = f"there is no matrix that compares {', '.join(family)}."
            raise MethodError(message, key=f"weighting.matrices.{parent}", value=parent)
        weights[family], ratio = priorities(table)
        if ratio > consistency:
            message = f"the comparisons contradict one another: consistency ratio {ratio:.3f}, above {consistency:g}. "
            remedy = f"Revise them, or accept them by consistency: {np.ceil(ratio * 100) / 100:g}."
            raise MethodError(message + remedy, key=f"weighting.matrices.{parent}", value=ratio)
    return weights


def priorities(comparisons: pd.DataFrame) -> tuple[pd.Series, float]:
    """Return the weights of a reciprocal matrix, its principal eigenvector of sum 1, and its consistency ratio.

    ``CR = (λ − n)/(n − 1)/RI_n``, with λ the largest eigenvalue and RI Saaty's mean index of random matrices; of two
    children it is 0.

    Raises
    ------
    MethodError
        If the matrix is larger than the table of random indices.
    """
    count = len(comparisons)
    if count >= len(RANDOM_INDEX):
        message = f"at most {len(RANDOM_INDEX) - 1} children can be compared, not {count}; group them."
        raise MethodError(message, key="weighting.matrices", value=count)
    values, vectors = np.linalg.eig(comparisons.to_numpy(dtype=float))
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    ratio = (values[first].real - count) / (count - 1) / RANDOM_INDEX[count] if count > 2 else 0.0
    return pd.Series(vector / vector.sum(), index=comparisons.index), max(float(ratio), 0.0)


def _families(framework: Framework) -> list[str]:
    """Return the nodes with two or more children: where there is something to judge."""
    return [node for node in [framework.root, *framework.nodes] if len(framework.children(node)) > 1]


METHODS: Mapping[str, Callable[..., pd.Series]] = {"budget-allocation": budget_allocation, "ahp": ahp}
