"""Weights of the framework, equal ones, and from the data: by family, or all leaves together; by a regression."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from fhi.engine.cells import Table, parse_number
from fhi.engine.errors import DataError, MethodError, Problem, choose, refuse
from fhi.engine.framework import Framework, redistributed
from fhi.engine.methods import constant, listed, method
from fhi.engine.multivariate import least_squares

#: what is weighed against each other: the children of each parent, or all indicators
Within = Literal["parent", "all"]


def by_family(function: Callable[..., pd.Series]) -> Callable[..., pd.Series]:
    """Make a method of (normalised, framework) of a function of the scores of one family.

    The function takes units × children, none of them empty or constant, missing cells NaN, and its parameters by
    keyword. It returns weights by child that need not sum to 1, and raises `ValueError` for scores it cannot take.

    The method has one parameter more, ``within``:

    - ``parent`` (default): the children of a node are weighed against each other, the deepest first. Above the leaves
      the scores of the children are their arithmetic means, a missing child leaving the mean to its siblings. An only
      child weighs 1.
    - ``all``: all indicators are weighed against each other, and a parent weighs what its children do together.

    An indicator without data takes no part.
    """

    @functools.wraps(function)
    def method(normalised: pd.DataFrame, framework: Framework, *, within: Within = "parent", **params) -> pd.Series:
        return weigh_families(normalised, framework, function, within, params)

    keywords = inspect.signature(method, follow_wrapped=False).parameters.values()
    own = [p for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]
    method.__annotations__ = {**function.__annotations__, "within": Within}
    method.__signature__ = inspect.Signature([*(p for p in keywords if p.kind is not p.VAR_KEYWORD), *own])
    return method


def weigh_families(
    normalised: pd.DataFrame, framework: Framework, function: Callable[..., pd.Series], within: Within, params: dict
) -> pd.Series:
    """Return raw weights by node from a function of one family's scores; see `by_family`.

    Parameters
    ----------
    normalised : pandas.DataFrame
        Units × indicators.
    framework : Framework
    function : callable
        From units × children and its parameters to weights by child.
    within : {"parent", "all"}
        See `by_family`.
    params : dict
        Parameters of `function`.

    Returns
    -------
    pandas.Series
        Raw weights by node below the root.

    Raises
    ------
    MethodError
        If a child is constant, the function refuses its scores, or no child gets a weight.
    """
    weigh = functools.partial(_weigh_family, function=function, params=params)
    return (_upwards if within == "parent" else together)(normalised, framework, weigh)


def with_data(normalised: pd.DataFrame, framework: Framework) -> set[str]:
    """Return the nodes below which some unit has data.

    Parameters
    ----------
    normalised : pandas.DataFrame
        Units × indicators.
    framework : Framework

    Returns
    -------
    set of str
        Indicators, and nodes above them but for the root.
    """
    known = normalised.columns[normalised.notna().to_numpy().any(axis=0)]
    alive = set(framework.leaves).intersection(known)
    for parent, family in framework.upwards.items():
        alive |= {parent} if alive.intersection(family) else set()
    return alive - {framework.root}


def _weigh_family(scores: pd.DataFrame, where: str, *, function, params: dict) -> pd.Series:
    """Return the weights of one family, or raise `MethodError` with the nodes and their parent."""
    name = function.__name__.strip("_").replace("_", "-")
    message = f"every value is the same in {{}} ({where}), which {name} cannot weigh; leave it out."
    refuse(constant(scores), message, key="weighting", value=name)
    try:
        weights = function(scores, **params).reindex(scores.columns)
    except ValueError as error:
        raise MethodError(f"{error} ({where}).", key="weighting", value=name) from None
    if not weights.sum() > 0:
        message = f"{name} gives no weight to any of {', '.join(scores)} ({where}); choose another method."
        raise MethodError(message, key="weighting", value=name)
    return weights


def _upwards(normalised: pd.DataFrame, framework: Framework, weigh: Callable) -> pd.Series:
    raw = framework.weights[framework.nodes].copy()
    alive = with_data(normalised, framework)
    scores = {leaf: normalised[leaf].to_numpy(dtype=float) for leaf in framework.leaves if leaf in alive}
    for parent, children in framework.upwards.items():
        if family := [child for child in children if child in alive]:
            frame = pd.DataFrame({child: scores[child] for child in family}, index=normalised.index)
            weights = weigh(frame, f"below {parent}") if len(family) > 1 else pd.Series(1.0, index=family)
            raw[children] = 0.0
            raw[family] = weights
            scores[parent] = _mean(frame.to_numpy(), weights.to_numpy(dtype=float))
    return raw


def _mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted mean of each row over what it has; NaN if it has nothing that weighs."""
    known = redistributed(~np.isnan(values), weights)
    sums = np.sum(np.where(known.kept > 0, values, 0.0) * known.kept, axis=1)
    return np.where(known.scored, sums / np.where(known.scored, known.covered, 1.0), np.nan)


def together(normalised: pd.DataFrame, framework: Framework, weigh: Callable) -> pd.Series:
    """Return raw weights by node: those that `weigh` gives all leaves with data, summed up the tree.

    Parameters
    ----------
    normalised : pandas.DataFrame
        Units × indicators.
    framework : Framework
    weigh : callable
        From units × indicators and words for messages to weights by indicator; not called for an only indicator.

    Returns
    -------
    pandas.Series
        By node below the root; below a node without data the raw weights of the framework.
    """
    alive = with_data(normalised, framework)
    leaves = [leaf for leaf in framework.leaves if leaf in alive]
    weights = weigh(normalised[leaves].astype(float), "all indicators together") if len(leaves) > 1 else {}
    share = dict.fromkeys(framework.leaves, 0.0) | dict.fromkeys(leaves, 1.0) | dict(weights)
    for parent, family in framework.upwards.items():
        share[parent] = sum(share[child] for child in family)
    raw = framework.weights[framework.nodes].to_dict()
    # below a node that weighs nothing the nominal shares stay: they do not reach the root
    raw |= {node: share[node] for node in framework.nodes if share[framework.parents[node]] > 0}
    return pd.Series(raw)


@method("weighting", "original", zh="框架权重", en="weights of the framework", raw_weights=True, from_data=False)
def original(normalised: pd.DataFrame, framework: Framework) -> pd.Series:
    """Return the raw weights of the framework (its column ``weight``).

    Parameters
    ----------
    normalised : pandas.DataFrame
        Plays no part.
    framework : Framework

    Returns
    -------
    pandas.Series
        Raw weights by node below the root.
    """
    return framework.weights.drop(framework.root)


@method("weighting", "equal", zh="等权", en="equal weights", from_data=False)
def equal(normalised: pd.DataFrame, framework: Framework, *, within: Within = "parent") -> pd.Series:
    """Return equal weights inside each parent; with ``within: all`` every indicator that has data weighs the same.

    Parameters
    ----------
    normalised : pandas.DataFrame
        Units × indicators: which indicators have data counts with ``within: all``.
    framework : Framework
    within : {"parent", "all"}
        Equal inside each parent, or over all indicators.

    Returns
    -------
    pandas.Series
        Raw weights by node below the root.
    """
    if within == "parent":
        return pd.Series(1.0, index=framework.nodes)
    return together(normalised, framework, lambda scores, where: pd.Series(1.0, index=scores.columns))


#: the columns of a table with the outside variable
COLUMNS = ("city", "value")


@method("weighting", "regression", zh="回归赋权", en="regression on an outcome", judgements={"outcome": Table})
def regression(
    normalised: pd.DataFrame,
    framework: Framework,
    *,
    outcome: Any,
    within: Within = "parent",
    negative: Literal["refuse", "constrain"] = "refuse",
) -> pd.Series:
    """Weigh by the coefficients of a regression of an outside variable on the scores of the children: ``w_j ∝ b_j``.

    ``y = b₀ + Σ_j b_j·x_j + e`` by ordinary least squares over the units that have the variable and every child. The
    weights say how far the children tell the variable, which must stand for what the index is to measure and be none
    of its indicators.

    Parameters
    ----------
    outcome : Table or mapping
        The outside variable, more of it being better: a table with the columns ``city`` and ``value`` (in a scenario:
        the name of a file beside it), or unit → number.
    within : {"parent", "all"}
        Weigh the children of each node by a regression of their own, or all indicators by one.
    negative : {"refuse", "constrain"}
        A negative coefficient is no weight: refuse it by name, or fit anew with all coefficients held at 0 or more
        (non-negative least squares), where some children end at weight 0.

    Returns
    -------
    pandas.Series
        Raw weights by node below the root.

    Raises
    ------
    DataError, MethodError
        If a cell of the table is bad, a unit unknown, fewer units than the children and two have all values, children
        are collinear, the variable is the same for all units, or a coefficient is negative.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.6; Lawson and Hanson (1974), Solving Least Squares Problems, chapter 23, for
    the constraint.
    """
    values = _outcome(outcome)
    unknown = [name for name in values.index if name not in normalised.index]
    if len(normalised) and unknown and normalised.isna().all(axis=None):
        # only while a scenario is checked are all units there, those that it leaves out too
        choose(dict.fromkeys(normalised.index), unknown[0], "weighting.outcome")
    params = {"outcome": values, "negative": negative}
    return weigh_families(normalised, framework, _regression, within, params)


def _regression(scores: pd.DataFrame, *, outcome: pd.Series, negative: str) -> pd.Series:
    known = scores.assign(outcome=outcome.reindex(scores.index)).dropna()
    given, told, count = known[scores.columns].to_numpy(), known["outcome"].to_numpy(), scores.shape[1]
    if len(known) < count + 2:
        raise ValueError(f"{len(known)} units have the outcome and all of {listed(scores)}; {count + 2} are needed")
    if told.min() == told.max():
        raise ValueError("the outcome is the same for all units that have it")
    slopes = least_squares(given, told)
    if slopes is None:
        raise ValueError(f"{listed(scores)} are collinear over the {len(known)} units; leave one out")
    found = pd.Series(slopes[1:], index=scores.columns)
    against = found.index[found < 0]
    if len(against) and negative == "refuse":
        shown = ", ".join(f"{child} {slope:+.3g}" for child, slope in found.items())
        message = f"{listed(against)} against the outcome (coefficients {shown}); check the direction, leave it out, "
        raise ValueError(f"{message}or set negative: constrain")
    if len(against):
        from scipy.optimize import nnls  # slow to import

        found[:] = nnls(given - given.mean(axis=0), told - told.mean())[0]
    return found


def _outcome(given: Any) -> pd.Series:
    """Return the outside variable by unit, every cell of it checked."""
    if isinstance(given, Table):
        return _from_table(given)
    if not isinstance(given, Mapping) or not given:
        message = f"give the file of a table, or numbers as unit → number; found {given!r}."
        raise MethodError(message, key="weighting.outcome", value=given)
    found = pd.to_numeric(pd.Series(dict(given), dtype=object), errors="coerce").astype(float)
    bad = found.index[~np.isfinite(found)]
    if len(bad):
        message = f"the outcome of {bad[0]} must be a number; found {given[bad[0]]!r}."
        raise MethodError(message, key=f"weighting.outcome.{bad[0]}", value=given[bad[0]])
    return found


def _from_table(table: Table) -> pd.Series:
    absent = [column for column in COLUMNS if column not in table.header]
    if absent:
        problem = Problem(table.file, 1, absent[0], ",".join(table.header), "the columns city,value", "add the column")
        raise DataError([problem])
    found, problems = {}, []
    for row, line in table.rows:
        city, cell = (line[table.header.index(column)] for column in COLUMNS)
        try:
            value = parse_number(cell)
        except ValueError as error:
            problems.append(Problem(table.file, row, "value", cell, str(error.args[0]), "correct it, or drop the row"))
            continue
        if city in found:
            problems.append(Problem(table.file, row, "city", city, "each unit once", "remove one of the rows"))
        found[city] = value
    if problems:
        raise DataError(problems)
    return pd.Series(found, dtype=float)
