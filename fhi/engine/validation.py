"""What is wrong in a method, said before anything runs: names, parameters, levels, weights, units."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

import numpy as np
import pandas as pd

from fhi.engine import aggregation, methods, treatment, weighting
from fhi.engine.errors import MethodError, choose, told
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method, Step, steps_by_level, steps_by_node


def check(
    method: Method,
    framework: Framework,
    cities: Iterable[str] = (),
    file: str | None = None,
    units: pd.DataFrame | None = None,
) -> None:
    """Raise `MethodError` for any name in a method that does not exist, before anything runs.

    Checked: the name and the parameters of each step, the aggregation of each level, nodes with a weight, indicators
    with a direction or excluded, cities that are named if `cities` is given, and attributes of cities if `units` is
    given.

    Parameters
    ----------
    method : Method
    framework : Framework
    cities : iterable of str, optional
        The units that there are.
    file : str, optional
        The scenario file, for messages.
    units : pandas.DataFrame, optional
        Attributes of the units.

    Raises
    ------
    MethodError
        With the key, the value and the nearest valid names.
    """
    cities = [*cities]
    names = {"indicators": framework.indicators, "cities": cities, "attributes": () if units is None else units}
    # an aggregation is one a level, and steps of the space are no key of the method
    keys = [key for key in methods.TABLES if key != "aggregation" and key not in methods.OF_SPACE]
    steps = [(key, key, getattr(method, key)) for key in keys]
    for indicator, own in method.by_indicator.items():
        choose(dict.fromkeys(framework.indicators), indicator, "by_indicator", file)
        steps += [(f"by_indicator.{indicator}.{key}", key, step) for key, step in own if step is not None]
    for where, key, step in steps:
        function = choose(methods.TABLES[key], step.method, where, file)
        methods.check_params(function, step.params, step=where, name=step.method, file=file, **names)
    check_units(method, file)
    check_weights(method, framework, file, cities)
    _check_levels(method, framework, file)
    for node in method.unit_screening:
        choose(dict.fromkeys([framework.root, *framework.nodes]), node, "unit_screening", file)
    indicators = framework.indicators
    valid = {"weights": framework.nodes, "directions": indicators, "exclude_indicators": indicators}
    # without a table of units their names are not known
    valid |= {"exclude_cities": cities or method.exclude_cities}
    valid |= {"groups": method.groups if units is None else [*units]}
    for key, known in valid.items():
        for name in getattr(method, key):
            choose(dict.fromkeys(known), name, key, file)


def _check_levels(method: Method, framework: Framework, file: str | None) -> None:
    """Check what is said by level: how each is aggregated, and how much data it asks for."""
    levels = list(range(framework.depth))

    if isinstance(method.aggregation, dict):
        for level in set(levels) ^ {level for level in method.aggregation if isinstance(level, int)}:
            message = f"give exactly one method for each of the levels {levels}."
            raise MethodError(message, file=file, key=f"aggregation.{level}", value=level)
    own = steps_by_node(method.aggregation)
    for node in own:
        choose(framework.families, node, "aggregation", file)
    for step in (*steps_by_level(method.aggregation, levels).values(), *own.values()):
        _try_aggregation(step, file)
    for level in method.availability:
        if isinstance(level, str):
            choose(framework.families, level, "availability", file)
        elif level not in levels:
            raise MethodError(f"there is no level {level} to compute.", file=file, key="availability", value=level)


def check_units(method: Method, file: str | None = None) -> None:
    """Refuse bounds and targets in the indicators' own units after a treatment that may change these.

    They cannot be transformed with the column: the logarithm of `treatment.log` is one of the place between the
    least and the greatest value, and bounds outside these have none.

    Parameters
    ----------
    method : Method
    file : str, optional
        The scenario file, for messages.

    Raises
    ------
    MethodError
        With the parameter and the treatment.
    """
    for indicator in (None, *method.by_indicator):
        treat, norm = (method.step_of(key, indicator) for key in ("treatment", "normalisation"))
        turned = treatment.transformation(treat.method, treat.params)
        for name in methods.traits("normalisation", norm.method).in_units if turned else ():
            if _in_units(norm.params.get(name)):
                message = f"{name} are in the indicators' own units, but the treatment {treat.method!r} transforms "
                message += f"columns that stay skewed (otherwise: {turned}); set otherwise: none in the treatment, or "
                message += "choose a normalisation without bounds, such as min-max."
                raise MethodError(message, file=file, key=f"normalisation.{name}", value=norm.params[name])


def _in_units(value: object) -> bool:
    """Whether a parameter holds numbers in an indicator's unit, and not only rules such as a percentile."""
    if isinstance(value, Mapping):
        return set(value) != {"percentile"} and len(value) > 0
    return value is not None and not isinstance(value, str)


def check_weights(method: Method, framework: Framework, file: str | None = None, cities: Sequence[str] = ()) -> None:
    """Refuse raw weights that a weighting ignores, and judgements that are bad, before anything runs.

    Parameters
    ----------
    method : Method
    framework : Framework
    file : str, optional
        The scenario file, for messages.
    cities : sequence of str, optional
        The units that there are, for judgements by unit.

    Raises
    ------
    MethodError
        With the raw weights, or with what is wrong in the judgements.
    """
    step, known = method.weighting, methods.traits("weighting", method.weighting.method)
    if method.weights and not known.raw_weights:
        message = f"{step.method!r} takes no account of raw weights; leave them out, or choose weighting: original."
        raise MethodError(message, file=file, key="weights", value=dict(method.weights))
    if known.judgements:
        # what looks at the values has none to look at yet
        cell, units = (np.nan, cities) if known.from_data else (1.0, ["trial"])
        trial = pd.DataFrame(cell, index=units, columns=framework.leaves)
        with told(file=file):
            weighting.weigh(trial, framework, step.method, **step.params)


def _try_aggregation(step: Step, file: str | None) -> None:
    """Aggregate scores that suit every method, so that a bad value of a parameter is found before anything runs."""
    function = choose(aggregation.METHODS, step.method, "aggregation", file)
    methods.check_params(function, step.params, step="aggregation", name=step.method, file=file)
    # a ValueError depends on the scores and is told with city and node when they are there
    with told(file=file), suppress(ValueError):
        function(np.array([[80.0, 120.0], [110.0, 90.0]]), np.full((2, 2), 0.5), **step.params)
