"""Normalisation by the distance to something: the best unit, a unit that is named, a target."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.methods import Flag, Indicator, Number, Unit, listed
from fhi.engine.normalisation import validation


def distance_to_maximum(data: pd.DataFrame) -> pd.DataFrame:
    """Return ``1 − (max − x)/(max − min)`` by column: a share, 1 for the best unit and 0 for the worst.

    Raises
    ------
    MethodError
        If a column has no spread.
    """
    validation.constant(data, "the distance is measured in max − min")
    return _closeness(data, data.max())


def distance_to_reference(data: pd.DataFrame, *, reference: Unit, truncate: Flag = False) -> pd.DataFrame:
    """Return ``1 − (r − x)/(r − min)`` by column, where r is the value of a unit: 1 for it, more for a better one.

    Parameters
    ----------
    reference : str
        The unit.
    truncate : bool
        Count a unit that is better than the reference as 1.

    Raises
    ------
    MethodError
        If there is no such unit, it lacks a value, or it is the worst in a column.
    """
    if reference not in data.index:
        message = f"there is no unit {reference!r}."
        raise MethodError(message, key="normalisation.reference", value=reference, valid=map(str, data.index))
    values = data.loc[reference]
    for bad, what in (
        (values.isna(), "has no value"),
        (values <= data.min(), "is the worst, so that no distance is left"),
    ):
        if bad.any():
            message = f"{reference} {what} in {listed(data.columns[bad])}; choose another unit or leave the column out."
            raise MethodError(message, key="normalisation.reference", value=reference)
    return _closeness(data, values, truncate)


@validation.in_units("targets")
def distance_to_targets(
    data: pd.DataFrame, *, directions: pd.Series, targets: Mapping[Indicator, Number], truncate: Flag = False
) -> pd.DataFrame:
    """Return ``1 − (t − x)/(t − min)`` by column: 1 at the target t, 0 for the worst unit.

    For direction −1, where the target is a low value, it is ``1 − (x − t)/(max − t)``.

    Parameters
    ----------
    targets : mapping
        By indicator the target, in its own unit; so the treatment must leave the unit as it is.
    truncate : bool
        Count what is better than the target as 1.

    Raises
    ------
    MethodError
        If an indicator has no target, or its target is no better than the worst unit.
    """
    validation.absent(data, targets, "targets", "target")
    values = pd.Series({column: float(targets[column]) for column in data}) * directions
    bad = values.index[values <= data.min()]
    if len(bad):
        cases = (
            f"{name} ({targets[name]:g}, the worst unit has {data[name].min() * directions[name]:g})" for name in bad
        )
        message = f"the target is not above the minimum (for direction -1, not below the maximum): {listed(cases)}; "
        raise MethodError(message + "set a better target.", key="normalisation.targets", value=bad[0])
    return _closeness(data, values, truncate)


def _closeness(data: pd.DataFrame, aims: pd.Series, truncate: bool = False) -> pd.DataFrame:
    shares = 1 - (aims - data) / (aims - data.min())
    return shares.clip(upper=1) if truncate else shares


METHODS: Mapping[str, Callable[..., pd.DataFrame]] = {
    "distance-to-maximum": distance_to_maximum,
    "distance-to-reference": distance_to_reference,
    "distance-to-targets": distance_to_targets,
}
