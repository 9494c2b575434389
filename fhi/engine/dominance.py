"""What no weights can change: which units dominate which, in layers; and what leaving a unit out does to the others."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from fhi.engine.errors import FhiError, MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.engine.parameters import Method

#: units whose comparisons with all others are held in memory at once
BLOCK = 256


def dominance(values: pd.DataFrame) -> pd.DataFrame:
    """Return how many units each unit dominates, by how many it is dominated, and its Pareto layer.

    A unit dominates another if it is at least as good in every column and better in one. No non-negative weights of
    any increasing aggregation put a dominated unit above the one that dominates it. Layer 1 holds the units that none
    dominates, layer 2 those that only units of layer 1 dominate, and so on.

    Parameters
    ----------
    values : pandas.DataFrame
        Units × indicators (or pillars), more is better. Two units are compared only if they have the same columns
        with a value: a unit that lacks a value that the other has neither dominates it nor is dominated.

    Returns
    -------
    pandas.DataFrame
        By unit: ``dominates``, ``dominated_by`` (numbers of units), ``layer`` (1 is the best).

    Notes
    -----
    Time grows with units² × columns, memory with `BLOCK` × units × columns.

    References
    ----------
    Pareto layers: non-dominated sorting of Goldberg (1989), Genetic Algorithms, chapter 5.
    """
    beats = _dominates(values)
    layer, left, number = np.zeros(len(values), dtype=int), np.ones(len(values), dtype=bool), 0
    while left.any():
        number += 1
        best = left & ~beats[left].any(axis=0)
        layer[best], left = number, left & ~best
    found = {"dominates": beats.sum(axis=1), "dominated_by": beats.sum(axis=0), "layer": layer}
    return pd.DataFrame(found, index=values.index)


def _dominates(values: pd.DataFrame) -> np.ndarray:
    """Return units × units: whether the first dominates the second."""
    numbers = values.to_numpy(dtype=float)
    missing = np.isnan(numbers)
    filled = np.where(missing, -np.inf, numbers)
    blocks = []
    for start in range(0, len(numbers), BLOCK):
        mine, gaps = filled[start : start + BLOCK, None], missing[start : start + BLOCK, None]
        same = (gaps == missing).all(axis=2)
        blocks.append(same & (mine >= filled).all(axis=2) & (mine > filled).any(axis=2))
    return np.concatenate(blocks) if blocks else np.zeros((0, 0), dtype=bool)


def rank_reversals(
    panel: pd.DataFrame,
    framework: Framework,
    method: Method,
    *,
    year: int | None = None,
    units: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Build the index again without each unit in turn, and count the pairs of other units whose order turns round.

    An order of two units that depends on a third is a property of the method (min-max and z-scores take their ends and
    spread from all units), not of the two.

    Parameters
    ----------
    panel, framework, method, year, units
        As for `fhi.engine.index.build`.

    Returns
    -------
    pandas.DataFrame
        By unit left out: ``pairs`` (of the others with a score both times), ``reversed`` (in strictly opposite order),
        ``first``, ``second`` (one such pair, the first by place; missing without one), and ``note`` where the index
        cannot be built without it.

    Raises
    ------
    MethodError
        If the index cannot be built at all.

    References
    ----------
    Belton & Gear (1983), On a short-coming of Saaty's method of analytic hierarchies, Omega 11(3).
    """
    names = list(dict.fromkeys(panel["city"]))
    if len(names) < 3:
        raise MethodError(f"reversals need at least three units, not {len(names)}.")
    root = framework.root
    whole = (
        build(panel, framework, method, year=year, units=units).scores[root].sort_values(ascending=False, kind="stable")
    )
    records = []
    for name in names:
        rest = units.drop(index=name, errors="ignore") if units is not None else None
        try:
            scores = build(panel[panel["city"] != name], framework, method, year=year, units=rest).scores[root]
        except FhiError as error:
            records.append((name, 0, 0, None, None, str(error)))
            continue
        kept = [city for city in whole.dropna().index if city in scores.index and pd.notna(scores[city])]
        turned = [pair for pair in combinations(kept, 2) if whole[pair[0]] > whole[pair[1]] and _below(scores, *pair)]
        pairs = len(kept) * (len(kept) - 1) // 2
        records.append((name, pairs, len(turned), *(turned[0] if turned else (None, None)), ""))
    columns = ["city", "pairs", "reversed", "first", "second", "note"]
    return pd.DataFrame(records, columns=columns).set_index("city")


def _below(scores: pd.Series, first: str, second: str) -> bool:
    # scores that differ by the rounding of a sum are level
    return bool(scores[first] < scores[second] - 1e-9)


def rank_change(before: np.ndarray, after: np.ndarray, units: list[str], confidence: float = 0.9) -> pd.DataFrame:
    """Return whether the ranks of two years (or two methods) differ by more than the uncertainty of both.

    Parameters
    ----------
    before, after : numpy.ndarray
        Draws × units: the ranks of the same units in the same draws of the assumptions, 0 where one has none.
    units : list of str
        Names of the columns.
    confidence : float, optional
        Share of the draws that the interval holds.

    Returns
    -------
    pandas.DataFrame
        By unit: ``draws`` (that rank it both times), ``median``, ``low``, ``high`` of the change (after − before; a
        negative change is a rise), ``rises``, ``falls`` (shares of the draws), ``significant``: whether the interval
        leaves out 0.

    Raises
    ------
    MethodError
        If the two are not of one shape.
    """
    if before.shape != after.shape or before.shape[1] != len(units):
        shapes = f"{before.shape}, {after.shape}, {len(units)} units"
        raise MethodError(f"the draws before and after must be of the same units and draws, not {shapes}.")
    both = (before > 0) & (after > 0)
    change = np.where(both, after.astype(float) - before, np.nan)
    tail = (1 - confidence) / 2
    table = pd.DataFrame(change, columns=pd.Index(units, name="city"))
    ends = table.quantile([tail, 0.5, 1 - tail], interpolation="nearest")
    counts = table.notna().sum()
    found = {
        "draws": counts,
        "median": ends.loc[0.5],
        "low": ends.iloc[0],
        "high": ends.iloc[2],
        "rises": (table < 0).sum() / counts.where(counts > 0),
        "falls": (table > 0).sum() / counts.where(counts > 0),
        "significant": (ends.iloc[0] > 0) | (ends.iloc[2] < 0),
    }
    return pd.DataFrame(found)
