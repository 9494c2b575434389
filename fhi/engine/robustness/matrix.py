"""One matrix of normalised indicators, and an indicator in it with other values, for many draws at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine import imputation, index, normalisation, treatment
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method, Step
from fhi.engine.robustness.draws import Sample
from fhi.engine.robustness.measurement_error import NOTHING
from fhi.engine.robustness.space import Space
from fhi.engine.robustness.tree import Tree
from fhi.engine.screening import as_panel, panel_of

#: methods that treat every column for itself, so that a column may be left out, or put in many times over
COLUMNWISE: Mapping[str, frozenset[str]] = {
    "imputation": frozenset({"none", "mean", "median", "group-mean", "group-median"}),
    "treatment": frozenset({"none", "winsorise", "winsorise-percentiles"}),
    "normalisation": frozenset(
        {
            *("min-max", "log-min-max", "goalposts", "efficacy", "z-score", "robust", "proportion-of-sum"),
            *("distance-to-maximum", "distance-to-reference", "distance-to-targets"),
            *("rank", "borda", "percentile-rank"),
        }
    ),
}
#: the keys of a method that say what is observed, and with these what is filled
OBSERVED = ("year", "panel")
FILLED = ("exclude_cities", "exclude_indicators", "least_coverage", "imputation")


@dataclass(frozen=True)
class Inputs:
    """The data and the tree.

    Attributes
    ----------
    panel : pandas.DataFrame
    framework : Framework
    tree : Tree
    units : pandas.Index
    attributes : pandas.DataFrame or None
        Of the units, for a method that groups them.
    """

    panel: pd.DataFrame
    framework: Framework
    tree: Tree
    units: pd.Index
    attributes: pd.DataFrame | None

    def __getstate__(self) -> dict[str, Any]:
        # other processes work with what was made of the panel, which may be large
        return self.__dict__ | {"panel": None}

    @classmethod
    def of(cls, data: pd.DataFrame, framework: Framework, attributes: pd.DataFrame | None) -> tuple[Inputs, bool]:
        """Return the inputs of a panel or of units × indicators, and whether it was the latter."""
        panel, wide = panel_of(data, framework)
        units = pd.Index(data.index if wide else sorted(panel["city"].unique()), name="city")
        return cls(panel, framework, Tree.of(framework), units, attributes), wide

    def leaves_below(self, node: str) -> list[str]:
        """Return the indicators below a node, itself if it is one; below `NOTHING` there are none."""
        return [] if node == NOTHING else self.framework.leaves_below(node)

    def values_of(self, indicator: str) -> pd.Series:
        """Return all values of an indicator."""
        return self.panel.loc[self.panel["indicator"] == indicator, "value"].dropna()


def steps(method: Method) -> list[Step]:
    """Return the steps from the observed to the normalised indicators."""
    return [getattr(method, name) for name in COLUMNWISE]


def separable(method: Method) -> bool:
    """Whether an indicator comes out the same whatever stands beside it."""
    return all(step.method in names for step, names in zip(steps(method), COLUMNWISE.values(), strict=True))


def repeatable(method: Method, indicators: Iterable[str]) -> bool:
    """Whether `Matrix.column` may be used for indicators.

    So it is if no step looks across indicators or years, or has a parameter by indicator.
    """
    contents = [value for step in steps(method) for value in step.params.values() if isinstance(value, Mapping | list)]
    named = any(indicator in content for indicator in indicators for content in contents)
    return separable(method) and method.over_years.method == "by-year" and not named


@dataclass(frozen=True)
class Matrix:
    """One matrix of normalised indicators.

    Attributes
    ----------
    method : Method
        What made it.
    observed : pandas.DataFrame
        Units × indicators before any step.
    units : pandas.Index
        The units that it has.
    values : numpy.ndarray
        All units × leaves in the order of the tree; NaN for a unit that it has not.
    others : dict
        The treated indicators of other years, which the method normalises with (see `fhi.engine.index.other_years`).
    """

    method: Method
    observed: pd.DataFrame
    units: pd.Index
    values: np.ndarray
    others: Mapping[int, pd.DataFrame]

    def normalised(self, inputs: Inputs) -> pd.DataFrame:
        """Return its own units × indicators in the order of the framework."""
        frame = pd.DataFrame(self.values, index=inputs.units, columns=inputs.tree.leaves)
        return frame.loc[self.units, inputs.framework.leaves]

    def moved(self, space: Space, sample: Sample, code: str, keys: np.ndarray) -> np.ndarray:
        """Return all units × keys: the observed values of an indicator as draws move them.

        `keys` are points of its interval, or sets of noise; see `fhi.engine.robustness.draws.Sample.keys`.
        """
        observed = self.observed[code]
        if code not in space.points:
            return space.data_noise[code].moved(observed, sample.data[code][:, keys])
        points = space.points[code].reindex(observed.index).to_numpy()
        values = observed.to_numpy()[:, None]
        return np.where(values == points[:, :1], points[:, keys], values)

    def column(self, inputs: Inputs, indicator: str, values: np.ndarray) -> np.ndarray:
        """Return all units × draws: other values of an indicator (such), imputed, treated and normalised.

        The draws are the columns of one table, so that each step is called once; see `repeatable`.
        """
        own = self.units
        rows = inputs.units.get_indexer(own)
        columns = pd.RangeIndex(values.shape[1]).astype(str)
        frame = pd.DataFrame(values[rows], index=own, columns=columns)
        impute, treat, normalise = steps(self.method)
        given = {"framework": inputs.framework, "units": inputs.attributes}
        frame, _ = imputation.impute(frame, impute.method, **given, **impute.params)
        frame, _ = treatment.treat(frame, treat.method, **treat.params)
        directions = pd.Series(inputs.framework.directions[indicator], index=columns)
        frame = normalisation.normalise(frame, normalise.method, directions=directions, **normalise.params)
        result = np.full(values.shape, np.nan)
        result[rows] = frame.to_numpy()
        return result

    def with_values(self, inputs: Inputs, method: Method, values: Mapping[str, np.ndarray]) -> pd.DataFrame:
        """Return the normalised indicators by the ordinary steps, with other values of some, one a unit."""
        panel = as_panel(self.observed.assign(**values), 0 if method.year is None else method.year)
        treated = index.treat(panel, inputs.framework, method, units=inputs.attributes)["treated"]
        return index.normalise({**self.others, method.year: treated}, inputs.framework, method, method.year)


class Workshop:
    """Makes matrices by the ordinary steps, a step once for all the methods that share it."""

    def __init__(self, inputs: Inputs):
        self.inputs = inputs
        self._made: dict[tuple, Any] = {}

    def matrix(self, method: Method) -> Matrix:
        """Return the matrix of a method."""
        inputs = self.inputs
        observed = self._once(method, OBSERVED, self._observe)
        imputed = self._once(method, (*OBSERVED, *FILLED), self._fill)
        keys = (*OBSERVED, *FILLED, "treatment")  # `over_years` is no assumption
        treated = self._once(method, keys, lambda _: index.treat_filled(imputed, method)[0])
        others = self._once(method, (*keys, "over_years"), self._others)
        normalised = index.normalise({**others, method.year: treated}, inputs.framework, method, method.year)
        values = normalised.reindex(index=inputs.units, columns=inputs.tree.leaves).to_numpy()
        return Matrix(method, observed, normalised.index, values, others)

    def _once(self, method: Method, keys: tuple[str, ...], make: Callable[[Method], Any]) -> Any:
        key = tuple(repr(getattr(method, name)) for name in keys)
        if key not in self._made:
            self._made[key] = make(method)
        return self._made[key]

    def _observe(self, method: Method) -> pd.DataFrame:
        values, _ = index.observe(self.inputs.panel, self.inputs.framework, method.year, method.panel)
        return values.reindex(self.inputs.units)

    def _fill(self, method: Method) -> pd.DataFrame:
        inputs = self.inputs
        return index.fill(inputs.panel, inputs.framework, method, units=inputs.attributes)["imputed"]

    def _others(self, method: Method) -> dict[int, pd.DataFrame]:
        inputs = self.inputs
        return index.other_years(inputs.panel, inputs.framework, method, method.year, inputs.attributes)
