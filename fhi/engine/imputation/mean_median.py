"""Imputation by a middle value: of the indicator, of a group of units, or of the unit's other indicators."""

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.methods import Attribute, Whole, listed, method, same


@method("imputation", "mean", zh="均值插补", en="mean", columnwise=True)
def mean(data: pd.DataFrame) -> pd.DataFrame:
    """Fill with the mean of the indicator over the units that have it."""
    # the mean of equal values is that value, to the last bit: else they would differ for a rank or a range
    return _filled(data, data.mean().clip(data.min(), data.max()))


@method("imputation", "median", zh="中位数插补", en="median", columnwise=True)
def median(data: pd.DataFrame) -> pd.DataFrame:
    """Fill with the median of the indicator over the units that have it."""
    return _filled(data, data.median())


def _filled(data: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    """Return the table with one value a column in its gaps; `fillna` would go column by column."""
    cells = data.to_numpy()
    return pd.DataFrame(np.where(np.isnan(cells), values.to_numpy(), cells), index=data.index, columns=data.columns)


@method("imputation", "group-mean", zh="组内均值插补", en="mean of the group", columnwise=True)
def group_mean(data: pd.DataFrame, *, groups: Attribute | pd.Series, units: pd.DataFrame | None = None) -> pd.DataFrame:
    """Fill with the mean of the indicator over the units of the same group.

    A unit without a group, or whose group has no value of the indicator, is left missing.

    Parameters
    ----------
    groups : str or pandas.Series
        A column of `units`, such as ``admin_class`` or ``province_zh``, or the groups by unit.
    units : pandas.DataFrame
        Attributes by unit; needed if `groups` is a name.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, in the indicators' own units.

    Raises
    ------
    MethodError
        If there is no such column, or `units` lacks a unit of `data`.
    """
    grouped = data.groupby(groups_of(data, groups, units))
    return data.fillna(grouped.transform("mean").clip(grouped.transform("min"), grouped.transform("max")))


@method("imputation", "group-median", zh="组内中位数插补", en="median of the group", columnwise=True)
def group_median(
    data: pd.DataFrame, *, groups: Attribute | pd.Series, units: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Fill with the median of the indicator over the units of the same group; else as ``group-mean``.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    groups, units
        As for `group_mean`.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, in the indicators' own units.

    Raises
    ------
    MethodError
        As of `group_mean`.
    """
    return data.fillna(data.groupby(groups_of(data, groups, units)).transform("median"))


@method("imputation", "parent-mean", zh="同级指标均值插补", en="mean of the siblings")
def parent_mean(data: pd.DataFrame, *, framework: Framework, level: Whole | None = None) -> pd.DataFrame:
    """Fill with the mean of the unit's other indicators below the same parent, on a common scale.

    With ``s = (x − worst)/(best − worst)`` over the units, the missing cell of a unit gets
    ``worst + s̄·(best − worst)``, where s̄ is the mean of the unit's known s below the same node. An indicator that is
    the same for all units has no s. Without any known s the cell is left missing: an only child always is.

    Parameters
    ----------
    level : int, optional
        The level of the common ancestor: 1 the pillar, 0 the root. By default each indicator's own parent.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, in the indicators' own units.

    Raises
    ------
    MethodError
        If a column is not an indicator of the framework, or there is no such level above the indicators.
    """
    unknown = [column for column in data if column not in framework.leaves]
    if unknown:
        message = f"no indicator of the framework: {listed(unknown)}."
        raise MethodError(message, key="imputation", value=unknown[0], valid=framework.leaves)
    better = data * framework.directions[data.columns]
    worst = better.min()
    spread = better.max() - worst
    relative = (better - worst) / spread.mask(same(worst, better.max()))
    ancestors = _ancestors(framework, [*data], level)
    means = relative.T.groupby(ancestors).mean().T
    estimates = worst + spread * means[ancestors].set_axis(data.columns, axis=1)
    return data.fillna(estimates * framework.directions[data.columns])


def groups_of(data: pd.DataFrame, groups: str | pd.Series, units: pd.DataFrame | None) -> pd.Series:
    """Return the group of each unit, NaN for none.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    groups : str or pandas.Series
        A column of `units`, or the groups by unit.
    units : pandas.DataFrame or None
        Attributes by unit.

    Returns
    -------
    pandas.Series
        By unit of `data`.

    Raises
    ------
    MethodError
        If there is no such column, or a unit is absent.
    """
    if isinstance(groups, str):
        if units is None:
            message = f"the groups {groups!r} are a column of a table of units; pass it as units."
            raise MethodError(message, key="imputation.groups", value=groups)
        if groups not in units:
            message = f"there is no column {groups!r} in the table of units."
            raise MethodError(message, key="imputation.groups", value=groups, valid=map(str, units))
        groups = units[groups]
    absent = data.index.difference(groups.index)
    if len(absent):
        message = f"no group is given for {listed(absent)}; add a row (its group may be empty)."
        raise MethodError(message, key="imputation.groups")
    return groups[data.index]


def _ancestors(framework: Framework, leaves: list[str], level: int | None) -> list[str]:
    depth = int(framework.levels[leaves].min())
    if level is None:
        return framework.parents[leaves].tolist()
    if level >= depth:
        message = f"the first indicators stand at level {depth}; choose a level above them."
        raise MethodError(message, key="imputation.level", value=level, valid=map(str, range(depth)))
    parents = framework.parents
    ancestors = leaves
    while any(deeper := framework.levels[ancestors].to_numpy() > level):
        ancestors = [parents[code] if deep else code for code, deep in zip(ancestors, deeper, strict=True)]
    return ancestors
