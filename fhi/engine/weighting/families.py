"""Weights of the framework, equal ones, and from the data: family by family up to the root, or all leaves together."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework, redistributed
from fhi.engine.methods import constant, method

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
    for level in range(framework.depth - 1, 0, -1):
        alive |= {code for code in framework.inner(level) if alive & set(framework.children(code))}
    return alive


def _weigh_family(scores: pd.DataFrame, where: str, *, function, params: dict) -> pd.Series:
    """Return the weights of one family, or raise `MethodError` with the nodes and their parent."""
    name = function.__name__.strip("_").replace("_", "-")
    alike = constant(scores)
    if alike:
        message = f"every value is the same in {', '.join(alike)} ({where}), which {name} cannot weigh; leave it out."
        raise MethodError(message, key="weighting", value=name)
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
    for level in range(framework.depth - 1, -1, -1):
        for parent in framework.inner(level):
            family = [child for child in framework.children(parent) if child in alive]
            if not family:
                continue
            frame = pd.DataFrame({child: scores[child] for child in family}, index=normalised.index)
            weights = weigh(frame, f"below {parent}") if len(family) > 1 else pd.Series(1.0, index=family)
            raw[framework.children(parent)] = 0.0
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
    for level in range(framework.depth - 1, -1, -1):
        share |= {code: sum(share[child] for child in framework.children(code)) for code in framework.inner(level)}
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
