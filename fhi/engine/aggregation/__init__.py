"""Handbook step 6, aggregation: the score of a parent from the scores of its children, up to the root.

To add a method, write a function of (scores, weights) in the module it is nearest to, with the decorator
`methods.method`; a parameter is an argument by keyword, annotated with its kind (see `methods`), and scores that it
cannot take raise `ValueError` (what is wrong, what to do).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine import methods
from fhi.engine.aggregation import comparing, means  # noqa: F401 (they register their methods)
from fhi.engine.errors import MethodError, choose
from fhi.engine.framework import Framework, redistributed
from fhi.engine.parameters import Step, steps_by_level, steps_by_node

#: by level: the least share of a parent's weight that a unit must have data for; the root asks for all of it
AVAILABILITY: Mapping[int, float] = {0: 1.0}

#: name -> function of (scores, weights, **params), both units × children; the weights of a row sum to 1 and are 0
#: where the score is missing (NaN); returns one value a unit
METHODS = methods.TABLES["aggregation"]

#: ``city, parent, node, weight`` of units that have no weights of their own
NO_WEIGHTS = pd.DataFrame(
    {"city": pd.Series(dtype=str), "parent": pd.Series(dtype=str), "node": pd.Series(dtype=object), "weight": []}
).astype({"weight": float})


def aggregate(*given: Any, **options: Any) -> pd.DataFrame:
    """Return the scores of `aggregate_and_weigh` alone."""
    return aggregate_and_weigh(*given, **options)[0]


def aggregate_and_weigh(
    normalised: pd.DataFrame,
    framework: Framework,
    weights: pd.Series,
    method: str | Step | Mapping[int, str | Step | Mapping],
    *,
    availability: Mapping[int, float] = AVAILABILITY,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Aggregate normalised indicators up the tree.

    A missing child leaves the score to its siblings, whose weights are rescaled for that unit alone. A
    unit with data for less than ``availability[level]`` of a parent's weight has no score there.

    Parameters
    ----------
    normalised : pandas.DataFrame
        Units × indicators.
    weights : pandas.Series
        By node below the root; they sum to 1 inside each parent.
    method : str, Step or mapping
        A name of `METHODS`, or one for each level that is computed (0 for the root, 1, …) and, by its code, for a node
        that has a rule of its own (``{0: geometric, 1: arithmetic, gdi: ratio}``). A method with
        parameters is a step: ``{"method": "owa", "exponent": 2}``.
    availability : mapping, optional
        Least share of weight by level computed, or by node; a level that is not named asks for any data at all.

    Returns
    -------
    scores : pandas.DataFrame
        Units × all nodes, the root included, in framework order.
    unit_weights : pandas.DataFrame
        ``city, parent, node, weight``, the weights that are a unit's own: empty unless a level is aggregated by a
        method with the trait `unit_weights`.

    Raises
    ------
    MethodError
        If a method does not exist or cannot be computed for a node (named with the first such unit).

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, section 1.6.
    """
    nodes = [framework.root, *framework.nodes]
    place = {node: column for column, node in enumerate(nodes)}
    # one row a node, so that the children of a node are read from memory in one piece
    scores = np.full((len(nodes), len(normalised)), np.nan)
    scores[[place[leaf] for leaf in framework.leaves]] = framework.complete(normalised).to_numpy().T
    share, own = weights.to_dict(), []
    levels, steps = framework.levels.to_dict(), steps_by_level(method, range(framework.depth))
    by_node = steps_by_node(method)
    for step in (*steps.values(), *by_node.values()):
        function = choose(METHODS, step.method, "aggregation")
        methods.check_params(function, step.params, step="aggregation", name=step.method)
    for parent, family in framework.upwards.items():
        level = levels[parent]
        least, step = availability.get(parent, availability.get(level, 0.0)), by_node.get(parent, steps[level])
        block = scores[[place[child] for child in family]].T
        shares = np.array([share[child] for child in family], dtype=float)
        try:
            scores[place[parent]], used = _family(block, shares, least, step)
        except _Unfit as error:
            message = error.explain(parent, family, normalised.index)
            raise MethodError(message, key="aggregation", value=step.method) from None
        if used is not None:
            own.append(_long(used, normalised.index, parent, family))
    unit_weights = pd.concat(own, ignore_index=True) if own else NO_WEIGHTS.copy()
    return pd.DataFrame(scores.T, index=normalised.index, columns=nodes), unit_weights


class _Unfit(Exception):
    """A family that a method cannot aggregate: why, what to do, and the row and the columns that it cannot take."""

    def explain(self, parent: str, family: Sequence[str], units: pd.Index) -> str:
        why, remedy, row, column = self.args
        if row is None:
            return f"{why} for {parent}; {remedy}."
        return f"{why} ({', '.join(np.atleast_1d(np.array(family)[column]))} of {units[row]} below {parent}); {remedy}."


def _family(block: np.ndarray, shares: np.ndarray, least: float, step: Step) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the scores of one parent and, if the method gives units weights of their own, these."""
    complete = methods.traits("aggregation", step.method).complete
    known = redistributed(~np.isnan(block), np.ones_like(shares) if complete else shares, 1.0 if complete else least)
    scored = known.scored
    result, used = np.full(len(block), np.nan), None
    if not scored.any():
        return result, used
    rows, weights = (block, known.shares()) if scored.all() else (block[scored], known.shares()[scored])
    try:
        if own := methods.traits("aggregation", step.method).unit_weights:
            used = np.full(block.shape, np.nan)
            found, used[scored] = own(rows, weights, **step.params)
        else:
            found = np.asarray(METHODS[step.method](rows, weights, **step.params), dtype=float)
    except ValueError as error:
        why, *remedy = error.args or ("it cannot be computed",)
        row, column = divmod(int(np.nanargmin(np.where(weights > 0, rows, np.nan))), rows.shape[1])
        remedy = remedy[0] if remedy else means.POSITIVE
        raise _Unfit(why, remedy, int(np.flatnonzero(scored)[row]), column) from None
    if found.shape != (len(rows),):
        raise _Unfit(f"{step.method!r} gave no score a unit", f"it must return {len(rows)} numbers", None, None)
    if not np.isfinite(found).all():
        row = int(np.argmin(np.isfinite(found)))
        why, remedy = (
            f"{step.method!r} gave {found[row]} for the scores {rows[row].tolist()}",
            "it must return a number",
        )
        raise _Unfit(why, remedy, int(np.flatnonzero(scored)[row]), slice(None))
    result[scored] = found
    return result, used


def _long(weights: np.ndarray, units: pd.Index, parent: str, family: Sequence[str]) -> pd.DataFrame:
    """Return units × children as one row each, without what has no weight at all."""
    frame = pd.DataFrame(weights, index=pd.Index(units, name="city"), columns=pd.Index(family, name="node"))
    rows = frame.stack(future_stack=True).dropna().rename("weight").reset_index()
    return rows.assign(parent=parent)[["city", "parent", "node", "weight"]]
