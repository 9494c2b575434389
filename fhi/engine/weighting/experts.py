"""Weights from judgements: budgets of points and pairwise comparisons, as data or as tables beside a scenario."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine.cells import Folder, Table, parse_number
from fhi.engine.errors import DataError, MethodError, Problem, choose, nearest_names, refuse
from fhi.engine.framework import Framework
from fhi.engine.methods import NotNegative, Positive, method

#: tables as they were read, or a mapping of mappings; checked here
Given = Any
#: how far the product of a comparison and its reverse may be from 1: printed decimals, as 0.33 for 1/3
RECIPROCAL = 0.05
#: Saaty's scale ends here; a little more is allowed for the reverse of a rounded ninth
MOST = 9.2


def points(given: str | Mapping[str, Mapping[str, float]], nodes: Sequence[str]) -> pd.DataFrame:
    """Return nodes × experts: the points of each, NaN where an expert gave none.

    Parameters
    ----------
    given : Table or mapping
        With a column ``node`` and one column an expert; or expert → node → points.
    nodes : sequence of str
        The nodes that can be judged.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    DataError, MethodError
        With every bad cell: an unknown node, one that stands twice, points that are no number or negative.
    """
    key = "weighting.experts"
    if isinstance(given, Table):
        return _parsed(given, _points, nodes)
    table = _frame(given, key, "expert → node → points", _points).T
    _refuse_unknown(table.index, nodes, key)
    bad = [f"{node} of {expert}" for expert in table for node in table.index if table.at[node, expert] < 0]
    refuse(bad[:1], "points must not be negative: {}.", key=key)
    return table


def matrix(given: str | Mapping[str, Mapping], parent: str, children: Sequence[str]) -> pd.DataFrame | None:
    """Return the comparisons of the children of a node, children × children, reciprocal; None if there are none.

    Parameters
    ----------
    given : Folder or mapping
        With a table ``<parent>`` a node: the first column ``node`` and the header name the children, a cell says how
        many times as important the row is as the column (``3``, ``1/3``); an empty cell is filled with the reverse of
        the one across the diagonal. Or parent → child → child → ratio.
    parent : str
    children : sequence of str

    Returns
    -------
    pandas.DataFrame or None
        Ratios, 1 on the diagonal.

    Raises
    ------
    DataError, MethodError
        With every bad cell: not from 1/9 to 9, at odds with its reverse, a child that is missing or unknown.
    """
    key = "weighting.matrices"
    if isinstance(given, Folder):
        if parent not in given.tables:
            return None
        table = _parsed(given.tables[parent], _ratio, children, children)
    elif not isinstance(given, Mapping):
        message = f"give a table, or numbers as parent → child → child → ratio; found {given!r}."
        raise MethodError(message, key=key, value=given)
    elif parent not in given:
        return None
    else:
        table = _frame(given[parent], f"{key}.{parent}", "child → child → ratio", _ratio)
        _refuse_unknown(table.index.union(table.columns), children, f"{key}.{parent}")
    return _reciprocal(table.reindex(index=children, columns=children), f"{key}.{parent}")


def _reciprocal(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Fill each empty comparison from its reverse; of a pair the larger counts, and its reverse follows exactly."""
    given = table.to_numpy(dtype=float).copy()
    if ((given > MOST) | (given < 1 / MOST)).any():
        raise MethodError("a comparison must lie from 1/9 to 9 (Saaty's scale).", key=key)
    own = np.diag(given)
    np.fill_diagonal(given, np.where(np.isnan(own), 1.0, own))
    given = np.where(np.isnan(given), 1.0 / given.T, given)
    for row, column in zip(*np.nonzero(np.isnan(given)), strict=True):
        message = f"{table.index[row]} is not compared with {table.columns[column]}; give one of the two."
        raise MethodError(message, key=key)
    odds = given * given.T
    for row, column in zip(*np.nonzero(np.abs(odds - 1.0) > RECIPROCAL), strict=True):
        one, other = table.index[row], table.columns[column]
        message = f"{one} against {other} is {given[row, column]:g} but the reverse is {given[column, row]:g}; "
        raise MethodError(f"{message}the one must be 1 divided by the other.", key=key)
    exact = np.where(given > given.T, given, np.where(given < given.T, 1.0 / given.T, 1.0))
    return pd.DataFrame(exact, index=table.index, columns=table.columns)


def _points(cell: str) -> float:
    value = parse_number(cell)
    if value < 0:
        raise ValueError("points that are not negative")
    return value


def _ratio(cell: str) -> float:
    """Return ``3``, ``0.5`` or ``1/3`` as a number from 1/9 to 9."""
    above, slash, below = cell.partition("/")
    divisor = parse_number(below) if slash else 1.0
    value = parse_number(above) / divisor if divisor else np.nan
    if not 1 / MOST <= value <= MOST:
        raise ValueError("a comparison from 1/9 to 9, as 3 or 1/3")
    return value


def _parsed(table: Table, parse, nodes: Sequence[str], columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return nodes × columns of numbers, or raise `DataError` with every bad cell and label, or a bad header.

    The columns behind ``node`` must be `columns`, if these are given; an empty cell is NaN.
    """
    header, file, names, problems, values = table.header, table.file, table.header[1:], [], []
    good = header[0] == "node" and len(set(names)) == len(names) > 0 and all(names)
    if not good or (columns is not None and set(names) != set(columns)):
        expected = f"node,{','.join(columns)}" if columns else "node and one column an expert, each named once"
        raise DataError([Problem(file, 1, None, ",".join(header), expected, "correct the header")])
    labels = [cells[0] for _, cells in table.rows]
    for (row, cells), label in zip(table.rows, labels, strict=True):
        if label not in nodes or labels.count(label) > 1:
            near = nearest_names(label, nodes, 1)
            remedy = f"write {near[0]!r}" if near and near[0] != label else "correct or remove the row"
            problems.append(Problem(file, row, "node", label, f"each once of {', '.join(nodes)}", remedy))
        values.append([])
        for name, cell in zip(names, cells[1:], strict=True):
            values[-1].append(np.nan)
            try:
                values[-1][-1] = parse(cell) if cell else np.nan
            except ValueError as error:
                problems.append(Problem(file, row, name, cell, str(error), "correct the cell"))
    if problems:
        raise DataError(problems)
    return pd.DataFrame(values, index=labels, columns=names, dtype=float)


def _frame(given: object, key: str, shape: str, parse) -> pd.DataFrame:
    """Return a mapping of mappings (or a frame) as a frame of numbers, outer keys down, or raise `MethodError`."""
    rows = given.to_dict(orient="index") if isinstance(given, pd.DataFrame) else given
    try:
        if not isinstance(rows, Mapping) or not all(isinstance(row, Mapping) for row in rows.values()):
            raise TypeError(shape)
        numbers = {
            name: {other: parse(cell) if isinstance(cell, str) else float(cell) for other, cell in row.items()}
            for name, row in rows.items()
        }
    except (TypeError, ValueError):
        message = f"give a table, or numbers as {shape}; found {given!r}."
        raise MethodError(message, key=key, value=given) from None
    return pd.DataFrame.from_dict(numbers, orient="index", dtype=float)


def _refuse_unknown(names: Iterable[str], valid: Sequence[str], key: str) -> None:
    for name in names:
        choose(dict.fromkeys(valid), name, key)


#: mean consistency index of random matrices by size, Saaty (1980), table 1.4
RANDOM_INDEX = (0, 0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)

#: the head of a method of judgements, which looks at no data
_judged = partial(method, "weighting", from_data=False)


@_judged("budget-allocation", zh="预算分配法", en="budget allocation", judgements={"experts": Table})
def budget_allocation(
    normalised: pd.DataFrame, framework: Framework, *, experts: Given, budget: Positive | None = 100
) -> pd.Series:
    """Weigh by the mean share of points that experts give the children of a node.

    Each expert divides `budget` among the children of a node; an expert without points for a family abstains there.

    Parameters
    ----------
    experts : Table or mapping
        Columns ``node`` and one an expert (in a scenario: the name of a CSV file beside it), or expert → node → points.
    budget : float or None
        What an expert's points in a family must sum to (within one per cent); None takes any positive sum.

    Returns
    -------
    pandas.Series
        Raw weights by node below the root; 1 for an only child.

    Raises
    ------
    DataError, MethodError
        If the table is bad, a budget is not spent in full, an expert leaves out some children of a family, or nobody
        judged a family of two or more.

    References
    ----------
    OECD/JRC (2008), Handbook, section 6.5.
    """

    def weigh(given: pd.Series, where: str) -> pd.Series:
        total = given.sum()
        if not total > 0 or (budget is not None and abs(total - budget) > 0.01 * budget):
            wanted = "a positive sum" if budget is None else f"{budget:g}"
            message = f"the points of {where} sum to {total:g}, not {wanted}."
            raise MethodError(message, key="weighting.experts", value=given.name)
        return given / total

    return _mean_of_experts(points(experts, framework.nodes), framework, weigh)


@_judged("ahp", zh="层次分析法", en="analytic hierarchy process", judgements={"matrices": Folder})
def ahp(
    normalised: pd.DataFrame, framework: Framework, *, matrices: Given, consistency: NotNegative = 0.1
) -> pd.Series:
    """Weigh by the principal eigenvector of a matrix of pairwise comparisons for each family.

    Parameters
    ----------
    matrices : Folder or mapping
        A square table for every node of two or more children (in a scenario: the name of a folder beside it, with a
        file ``<parent>.csv`` each), or parent → child → child → ratio; see `fhi.engine.weighting.experts.matrix`.
    consistency : float
        The largest consistency ratio that is accepted.

    Returns
    -------
    pandas.Series
        Raw weights by node below the root; 1 for an only child.

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
    for parent, family in _judged(framework):
        table = matrix(matrices, parent, family)
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


@_judged("rank-order-centroid", zh="排序质心法", en="rank-order centroid", judgements={"experts": Table})
def rank_order_centroid(normalised: pd.DataFrame, framework: Framework, *, experts: Given) -> pd.Series:
    """Weigh by the places in which experts put the children of a node: ``w_k = (1/n)·Σ_{j=k}^{n} 1/j`` for place k.

    That is the mean of all weights that keep the order. Children that share places share the mean of their weights;
    the weights of several experts are averaged. An expert without a place for any child of a family abstains there.

    Parameters
    ----------
    experts : Table or mapping
        Columns ``node`` and one an expert (in a scenario: the name of a CSV file beside it), or expert → node → place;
        1 is the most important.

    Returns
    -------
    pandas.Series
        Raw weights by node below the root; 1 for an only child.

    Raises
    ------
    DataError, MethodError
        If the table is bad, a place is no whole number from 1 to the number of children, an expert leaves out some
        children of a family, or nobody judged a family of two or more.

    References
    ----------
    Barron & Barrett (1996), Decision quality using ranked attribute weights, Management Science 42(11).
    """

    def weigh(places: pd.Series, where: str) -> pd.Series:
        count = len(places)
        if not places.isin(range(1, count + 1)).all():
            message = f"the places of {where} must be whole numbers from 1 to {count}."
            raise MethodError(message, key="weighting.experts", value=places.name)
        by_place = np.cumsum(1.0 / np.arange(count, 0, -1))[::-1] / count
        ordered = places.sort_values(kind="stable")
        return pd.Series(by_place, index=ordered.index).groupby(ordered).transform("mean")[places.index]

    return _mean_of_experts(points(experts, framework.nodes), framework, weigh)


@_judged("swing", zh="摆幅赋权法", en="swing weights", judgements={"experts": Table})
def swing(normalised: pd.DataFrame, framework: Framework, *, experts: Given) -> pd.Series:
    """Weigh by what experts think a swing from the worst to the best value is worth, the most important one 100.

    ``w_k = p_k/Σ p`` for the points p, averaged over the experts.

    Parameters
    ----------
    experts : Table or mapping
        As for `budget_allocation`, with points from 0 to 100 and 100 for the most important child of each node.

    Returns
    -------
    pandas.Series
        Raw weights by node below the root; 1 for an only child.

    Raises
    ------
    DataError, MethodError
        If the table is bad, the most of a family is not 100, an expert leaves out some children of a family, or nobody
        judged a family of two or more.

    References
    ----------
    von Winterfeldt & Edwards (1986), Decision Analysis and Behavioral Research, Cambridge University Press.
    """

    def weigh(given: pd.Series, where: str) -> pd.Series:
        if given.max() != 100:
            message = f"the most important of {where} must have 100 points, not {given.max():g}."
            raise MethodError(message, key="weighting.experts", value=given.name)
        return given / given.sum()

    return _mean_of_experts(points(experts, framework.nodes), framework, weigh)


def _mean_of_experts(
    table: pd.DataFrame, framework: Framework, weigh: Callable[[pd.Series, str], pd.Series]
) -> pd.Series:
    """Return raw weights by node: the mean over the experts of what `weigh` makes of their judgements of a family."""
    table, weights = table.reindex(framework.nodes), pd.Series(1.0, index=framework.nodes)
    for parent, family in _judged(framework):
        given = table.loc[family].dropna(axis=1, how="all")
        if given.empty:
            message = f"no expert judges {', '.join(family)} (below {parent})."
            raise MethodError(message, key="weighting.experts")
        for expert in given:
            message = f"{expert} does not judge {{}} (below {parent}); judge all children or none."
            refuse(given.index[given[expert].isna()], message, key="weighting.experts", value=expert)
        weights[family] = given.apply(lambda own, parent=parent: weigh(own, f"{own.name} below {parent}")).mean(axis=1)
    return weights


@_judged("best-worst", zh="最优最劣法", en="best-worst method", judgements={"comparisons": Table})
def best_worst(
    normalised: pd.DataFrame, framework: Framework, *, comparisons: Given, consistency: NotNegative = 0.3
) -> pd.Series:
    """Weigh by comparisons of the best child with all others, and of all others with the worst, from 1 to 9.

    The linear model: ``min ξ`` subject to ``|w_B − a_Bj·w_j| ≤ ξ``, ``|w_j − a_jW·w_W| ≤ ξ``, ``Σ w = 1``, ``w ≥ 0``.

    Parameters
    ----------
    comparisons : Table or mapping
        Columns ``node, best_to_others, others_to_worst`` (in a scenario: the name of a CSV file beside it), or column →
        node → number: how many times as important the best child is as this one, and this one as the worst. The best
        child of a node has 1 in the first column, the worst 1 in the second.
    consistency : float
        The largest input-based consistency ratio that is accepted: ``max_j |a_Bj·a_jW − a_BW|/(a_BW² − a_BW)``.

    Returns
    -------
    pandas.Series
        Raw weights by node below the root.

    Raises
    ------
    DataError, MethodError
        If the table is bad, a family has no best or no worst child, a number lies outside 1 to 9, the two columns give
        other numbers for best against worst, or the consistency ratio is larger.

    References
    ----------
    Rezaei (2016), Best-worst multi-criteria decision-making method: some properties and a linear model, Omega 64;
    Liang, Brunelli & Rezaei (2020), Consistency issues in the best worst method, Omega 96.
    """
    columns = ["best_to_others", "others_to_worst"]
    table = points(comparisons, framework.nodes)
    for name in columns:
        choose(dict.fromkeys(table), name, "weighting.comparisons")
    table, weights = table.reindex(index=framework.nodes, columns=columns), pd.Series(1.0, index=framework.nodes)
    for parent, family in _judged(framework):
        weights[family] = _best_worst(*table.loc[family].to_numpy().T, parent, consistency)
    return weights


def _best_worst(best: np.ndarray, worst: np.ndarray, parent: str, consistency: float) -> np.ndarray:
    def refuse(message: str) -> None:
        raise MethodError(f"{message} (below {parent}).", key="weighting.comparisons", value=parent)

    if not ((best >= 1) & (best <= 9) & (worst >= 1) & (worst <= 9)).all():
        refuse("enter two numbers from 1 to 9 for every child")
    if 1 not in best or 1 not in worst:
        refuse("the best child has 1 in best_to_others, the worst 1 in others_to_worst")
    first, last = int(best.argmin()), int(worst.argmin())
    most = best[last]
    if worst[first] != most:
        refuse(f"the best against the worst is {most:g} in the one column and {worst[first]:g} in the other")
    ratio = float(np.abs(best * worst - most).max() / (most**2 - most)) if most > 1 else 0.0
    if ratio > consistency:
        refuse(f"the comparisons contradict one another: consistency ratio {ratio:.3f}, above {consistency:g}")
    from scipy.optimize import linprog

    count = len(best)
    unit = np.eye(count)
    gaps = np.vstack([unit[first] - best[:, None] * unit, unit - worst[:, None] * unit[last]])
    slack = -np.ones((2 * len(gaps), 1))
    limits = np.hstack([np.vstack([gaps, -gaps]), slack])
    total = np.append(np.ones(count), 0.0)[None]
    return linprog(np.append(np.zeros(count), 1.0), limits, np.zeros(len(limits)), total, [1.0]).x[:count]


def _judged(framework: Framework) -> list[tuple[str, list[str]]]:
    """Return the nodes with two or more children, with these: where there is something to judge."""
    return [(parent, family) for parent, family in framework.families.items() if len(family) > 1]
