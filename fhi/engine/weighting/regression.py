"""Weights from a regression of an outside variable on the scores."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from fhi.engine.cells import Table, parse_number
from fhi.engine.errors import DataError, MethodError, Problem, choose
from fhi.engine.framework import Framework
from fhi.engine.least_squares import least_squares
from fhi.engine.methods import listed, method
from fhi.engine.weighting.experts import Given
from fhi.engine.weighting.families import Within, weigh_families

#: the columns of a table with the outside variable
COLUMNS = ("city", "value")


@method("weighting", "regression", zh="回归赋权", en="regression on an outcome", judgements={"outcome": Table})
def regression(
    normalised: pd.DataFrame,
    framework: Framework,
    *,
    outcome: Given,
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


def _outcome(given: Given) -> pd.Series:
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
