"""One matrix of normalised indicators, and an indicator in it with noise, for many draws at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fhi import imputation, index, normalisation, treatment
from fhi.parameters import Method, Step
from fhi.robustness.model import Model

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


def steps(method: Method) -> list[Step]:
    """Return the steps from the observed to the normalised indicators."""
    return [getattr(method, name) for name in COLUMNWISE]


def separable(method: Method) -> bool:
    """Whether an indicator comes out the same whatever stands beside it."""
    return all(step.method in names for step, names in zip(steps(method), COLUMNWISE.values(), strict=True))


def repeatable(method: Method, indicators: Iterable[str]) -> bool:
    """Whether `Matrix.column` may be used for indicators: no step looks across, or has a parameter by indicator."""
    contents = [value for step in steps(method) for value in step.params.values() if isinstance(value, Mapping | list)]
    return separable(method) and not any(indicator in content for indicator in indicators for content in contents)


@dataclass(frozen=True)
class Matrix:
    """One matrix of normalised indicators.

    Attributes
    ----------
    method : Method
        What made it.
    observed : pandas.DataFrame
        Units × indicators before any step.
    normalised : pandas.DataFrame
        Its own units × indicators.
    values : numpy.ndarray
        All units × leaves in the order of the tree; NaN for a unit that is left out.
    """

    method: Method
    observed: pd.DataFrame
    normalised: pd.DataFrame
    values: np.ndarray

    def column(self, model: Model, indicator: str, noise: np.ndarray) -> np.ndarray:
        """Return all units × draws: an indicator with noise, then imputed, treated and normalised.

        The draws are the columns of one table, so that each step is called once; see `repeatable`.
        """
        own = self.normalised.index
        rows = model.units.get_indexer(own)
        columns = pd.RangeIndex(noise.shape[1]).astype(str)
        frame = pd.DataFrame(moved(model, self.observed, indicator, noise)[rows], index=own, columns=columns)
        impute, treat, normalise = steps(self.method)
        given = {"framework": model.framework, "units": model.attributes}
        frame, _ = imputation.impute(frame, impute.method, **given, **impute.params)
        frame, _ = treatment.treat(frame, treat.method, **treat.params)
        directions = pd.Series(model.framework.directions[indicator], index=columns)
        frame = normalisation.normalise(frame, normalise.method, directions=directions, **normalise.params)
        result = np.full(noise.shape, np.nan)
        result[rows] = frame.to_numpy()
        return result

    def with_noise(self, model: Model, method: Method, noise: Mapping[str, np.ndarray]) -> pd.DataFrame:
        """Return the normalised indicators of one draw by the ordinary steps; `noise` has one number a unit."""
        values = self.observed.copy()
        for indicator, numbers in noise.items():
            values[indicator] = moved(model, values, indicator, numbers[:, None])[:, 0]
        long = values.rename_axis(columns="indicator").stack(future_stack=True).rename("value").reset_index()
        panel = long.assign(year=0 if method.year is None else method.year)
        return index.prepare(panel, model.framework, method, units=model.attributes)["normalised"]


class Workshop:
    """Makes the matrices of a model by the ordinary steps, a step once for all the methods that share it."""

    def __init__(self, model: Model):
        self.model = model
        self._made: dict[tuple, pd.DataFrame] = {}

    def matrix(self, method: Method) -> Matrix:
        """Return the matrix of a method."""
        model = self.model
        _, treat, normalise = steps(method)
        observed = self._once(method, OBSERVED, self._observe)
        imputed = self._once(method, (*OBSERVED, *FILLED), self._fill)
        treated = self._once(
            method,
            (*OBSERVED, *FILLED, "treatment"),
            lambda _: treatment.treat(imputed, treat.method, **treat.params)[0],
        )
        directions = model.framework.directions
        normalised = normalisation.normalise(treated, normalise.method, directions=directions, **normalise.params)
        normalised = normalised.reindex(columns=model.framework.leaves)
        values = normalised.reindex(index=model.units, columns=model.tree.leaves).to_numpy()
        return Matrix(method, observed, normalised, values)

    def _once(self, method: Method, keys: tuple[str, ...], make: Callable[[Method], pd.DataFrame]) -> pd.DataFrame:
        key = tuple(repr(getattr(method, name)) for name in keys)
        if key not in self._made:
            self._made[key] = make(method)
        return self._made[key]

    def _observe(self, method: Method) -> pd.DataFrame:
        values, _ = index.observe(self.model.panel, self.model.framework, method.year, method.panel)
        return values.reindex(self.model.units)

    def _fill(self, method: Method) -> pd.DataFrame:
        model = self.model
        return index.fill(model.panel, model.framework, method, units=model.attributes)["imputed"]


def moved(model: Model, values: pd.DataFrame, indicator: str, noise: np.ndarray) -> np.ndarray:
    """Return units × draws: the observed values of an indicator, each with its error."""
    error = model.space.data_noise[indicator]
    column = values[indicator]
    return error.apply(column.to_numpy()[:, None], error.deviations(column)[:, None] * noise)
