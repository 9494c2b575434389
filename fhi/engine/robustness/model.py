"""What a robustness analysis is about: the data, the space of assumptions, and the method that they vary."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine import aggregation, imputation, index, normalisation, treatment, weighting
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import STEPS
from fhi.engine.methods import traits
from fhi.engine.parameters import Method
from fhi.engine.robustness.distributions import WITHIN, Error
from fhi.engine.robustness.draws import Sample, Tree
from fhi.engine.robustness.space import (
    EACH,
    IMPUTED,
    LEFT_OUT,
    NOTHING,
    SHARES,
    Choice,
    Space,
    check_pairs,
    parse,
    with_fillings,
)
from fhi.engine.screening import as_panel, is_wide, observe, observe_wide

#: the keys of a method that say what is observed, and with these what is filled
OBSERVED = ("year", "panel")
FILLED = ("exclude_cities", "exclude_indicators", "least_coverage", "unit_screening", "imputation")


@dataclass(frozen=True)
class Inputs:
    """The data and the tree.

    Attributes
    ----------
    data : pandas.DataFrame
        A panel, or units × indicators.
    wide : bool
        Whether it is the latter.
    framework : Framework
    tree : Tree
    units : pandas.Index
    attributes : pandas.DataFrame or None
        Of the units, for a method that groups them.
    """

    data: pd.DataFrame
    wide: bool
    framework: Framework
    tree: Tree
    units: pd.Index
    attributes: pd.DataFrame | None

    def __getstate__(self) -> dict[str, Any]:
        # other processes work with what was made of the data, which may be large
        return {name: value for name, value in self.__dict__.items() if name != "panel"} | {"data": None}

    @classmethod
    def of(cls, data: pd.DataFrame, framework: Framework, attributes: pd.DataFrame | None) -> Inputs:
        """Return the inputs of a panel or of units × indicators.

        Parameters
        ----------
        data : pandas.DataFrame
            A panel, or units × indicators.
        framework : Framework
        attributes : pandas.DataFrame or None
            Of the units.

        Returns
        -------
        Inputs
        """
        wide = is_wide(data, framework)
        units = pd.Index(data.index if wide else sorted(data["city"].unique()), name="city")
        return cls(data, wide, framework, Tree.of(framework), units, attributes)

    @cached_property
    def panel(self) -> pd.DataFrame:
        """The data as a panel."""
        return as_panel(self.data) if self.wide else self.data

    @cached_property
    def leaves(self) -> pd.Index:
        """The leaves in the order of the framework."""
        return pd.Index(self.framework.leaves)

    @cached_property
    def places(self) -> np.ndarray:
        """Where the leaves of the tree stand in the framework."""
        return np.array([self.framework.leaves.index(leaf) for leaf in self.tree.leaves])

    def observe(self, method: Method) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the values that a method takes from the data; see `fhi.engine.screening.observe`."""
        if self.wide and method.year is None:
            return observe_wide(self.data, self.framework, method.panel)
        return observe(self.panel, self.framework, method.year, method.panel)

    def aligned(self, normalised: pd.DataFrame) -> np.ndarray:
        """Return all units × leaves in the order of the tree, from units × leaves in that of the framework."""
        values = np.full((len(self.units), len(self.tree.leaves)), np.nan)
        values[self.units.get_indexer(normalised.index)] = normalised.to_numpy()[:, self.places]
        return values

    def leaves_below(self, node: str) -> list[str]:
        """Return the places of the indicators below a node, in whatever branch; below `NOTHING` there are none."""
        return [] if node == NOTHING else self.framework.everywhere(node)

    def rows_of(self, indicator: str) -> pd.DataFrame:
        """Return the rows of an indicator in the panel."""
        return self.panel[self.panel["indicator"] == indicator]


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
        found = np.empty((len(self.units), len(inputs.leaves)))
        found[:, inputs.places] = self.values[inputs.units.get_indexer(self.units)]
        return pd.DataFrame(found, index=self.units, columns=inputs.leaves)

    def moved(self, space: Space, sample: Sample, code: str, keys: np.ndarray) -> np.ndarray:
        """Return all units × keys: the observed values of an indicator as draws move them.

        `keys` are points of its interval, or sets of noise; see `fhi.engine.robustness.draws.Sample.keys`.

        Parameters
        ----------
        space : Space
        sample : Sample
            Holds the numbers behind the data noise.
        code : str
            The indicator.
        keys : numpy.ndarray of int
            Points of its interval, or sets of noise.

        Returns
        -------
        numpy.ndarray
            Units × keys, in the indicator's own unit.
        """
        observed, tables = self.observed[code], space.fillings.get(code)
        if tables is not None:
            keys, table = np.divmod(keys, tables.shape[1])
        if code in space.points:
            points = space.points[code].reindex(observed.index).to_numpy()
            values = observed.to_numpy()[:, None]
            values = np.where(values == points[:, :1], points[:, keys], values)
        elif code in sample.data:
            values = space.data_noise[code].moved(observed, sample.data[code][:, keys])
        else:
            values = np.repeat(observed.to_numpy()[:, None], len(keys), axis=1)
        if tables is None:
            return values
        drawn = tables.reindex(observed.index).to_numpy()[:, table]
        return np.where(np.isnan(values), drawn, values)

    def column(self, inputs: Inputs, indicator: str, values: np.ndarray) -> np.ndarray:
        """Return all units × draws: other values of an indicator (such), imputed, treated and normalised.

        The draws are the columns of one table, so that each step is called once; see `fhi.engine.index.repeatable`.

        Parameters
        ----------
        inputs : Inputs
        indicator : str
            Its code.
        values : numpy.ndarray
            Units × draws, in the indicator's own unit.

        Returns
        -------
        numpy.ndarray
            Of the shape of `values`, on the scale of the normalisation; NaN for a unit that the matrix has not.
        """
        own = self.units
        rows = inputs.units.get_indexer(own)
        columns = pd.RangeIndex(values.shape[1]).astype(str)
        frame = pd.DataFrame(values[rows], index=own, columns=columns)
        impute, treat, normalise = (self.method.step_of(name, indicator) for name in STEPS)
        given = {"framework": inputs.framework, "units": inputs.attributes}
        frame, _ = imputation.impute(frame, impute.method, **given, **impute.params)
        frame, _ = treatment.treat_alone(frame, treat.method, **treat.params)
        directions = pd.Series(inputs.framework.directions[indicator], index=columns)
        frame = normalisation.normalise(frame, normalise.method, directions=directions, **normalise.params)
        result = np.full(values.shape, np.nan)
        result[rows] = frame.to_numpy()
        return result

    def with_values(self, inputs: Inputs, method: Method, values: Mapping[str, np.ndarray]) -> pd.DataFrame:
        """Return the normalised indicators by the ordinary steps, with other values of some, one a unit.

        Parameters
        ----------
        inputs : Inputs
        method : Method
        values : mapping
            By indicator, one value a unit.

        Returns
        -------
        pandas.DataFrame
            Units × indicators in the order of the framework.
        """
        panel = as_panel(self.observed.assign(**values), 0 if method.year is None else method.year)
        imputed = index.fill(panel, inputs.framework, method, units=inputs.attributes)["imputed"]
        treated = index.treat_filled(imputed, method)[0]
        return index.normalise({**self.others, method.year: treated}, inputs.framework, method, method.year)


class Workshop:
    """Makes matrices by the ordinary steps, a step once for all the methods that share it."""

    def __init__(self, inputs: Inputs):
        self.inputs = inputs
        self._made: dict[tuple, Any] = {}

    def matrix(self, method: Method) -> Matrix:
        """Return the matrix of a method."""
        marks = [repr(getattr(method, name)) for name in (*OBSERVED, *FILLED, *STEPS, "over_years", "directions")]
        return self._once("matrix", marks, lambda: self._matrix(method))

    def _matrix(self, method: Method) -> Matrix:
        inputs = self.inputs
        # `over_years` is no assumption
        marks = [repr(getattr(method, name)) for name in (*OBSERVED, *FILLED, "treatment", "over_years")]
        first, filled = len(OBSERVED), len(OBSERVED) + len(FILLED)
        observed, carried = self._once("observed", marks[:first], lambda: self.inputs.observe(method))
        imputed = self._once("imputed", marks[:filled], lambda: self._fill(method, observed, carried))
        treated = self._once("treated", marks[: filled + 1], lambda: index.treat_filled(imputed, method)[0])
        others = self._once("others", marks, lambda: self._others(method))
        normalised = index.normalise({**others, method.year: treated}, inputs.framework, method, method.year)
        aligned = self._once("aligned", marks[:first], lambda: observed.reindex(inputs.units))
        return Matrix(method, aligned, normalised.index, inputs.aligned(normalised), others)

    def _once(self, what: str, marks: Sequence[str], make: Callable[[], Any]) -> Any:
        key = (what, *marks)
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def _fill(self, method: Method, observed: pd.DataFrame, carried: pd.DataFrame) -> pd.DataFrame:
        inputs = self.inputs
        return index.fill_observed(observed, carried, inputs.framework, method, inputs.attributes)["imputed"]

    def _others(self, method: Method) -> dict[int, pd.DataFrame]:
        inputs = self.inputs
        if traits("over_years", method.over_years.method).own_year:
            return {}
        return index.other_years(inputs.panel, inputs.framework, method, method.year, inputs.attributes)


class UnusedAssumption(UserWarning):
    """An assumption about what is not in the index."""


class Model:
    """The data, the tree and the space of assumptions.

    Parameters
    ----------
    data : pandas.DataFrame
        Long as a panel (``city, year, indicator, value``), or units × indicators.
    framework : Framework
    space : mapping or Space
        See `fhi.engine.robustness.space.parse`.
    method : Method, optional
        What the space does not name (default: the defaults of `Method`).
    attributes : pandas.DataFrame, optional
        Attributes of the units by name, for a method that groups them.

    Raises
    ------
    MethodError
        If the space is bad or empty.

    Warns
    -----
    UnusedAssumption
        If it names what the index does not use.
    """

    def __init__(
        self,
        data: pd.DataFrame,
        framework: Framework,
        space: Mapping[str, Any] | Space,
        method: Method | None = None,
        attributes: pd.DataFrame | None = None,
    ):
        given = method or Method()
        framework = framework.with_directions(dict(given.directions))
        self.inputs = Inputs.of(data, framework, attributes)
        wide = self.inputs.wide
        if wide:
            given = given.model_copy(update={"year": None})
        if wide and not isinstance(space, Space) and "year" in space:
            raise MethodError("a table of units × indicators has no years; pass a panel.", key="robustness.year")
        if not isinstance(space, Space):
            space = parse(space, given, framework, self.inputs.units, attributes=attributes)
        check_pairs(space, given)
        index.check(given, framework, self.inputs.units, units=attributes)
        self.method = given
        self.workshop = Workshop(self.inputs)
        known = dict(
            zip(self.inputs.tree.leaves, ~np.isnan(self.workshop.matrix(given).values).all(axis=0), strict=True)
        )
        self.used = [leaf for leaf in framework.indicators if known[leaf]]
        if space.imputer is not None:
            space = with_fillings(space, self.inputs.panel, framework, given, attributes)
        self.space = self._expanded(space)
        if not self.space.assumptions:
            raise MethodError("the space is empty: name at least one assumption.", key="robustness")

    def __getstate__(self) -> dict[str, Any]:
        # what the workshop made on the way is not needed in other processes
        return self.__dict__ | {"workshop": Workshop(self.inputs)}

    def _expanded(self, space: Space) -> Space:
        """Return the space with the words of `left_out` replaced by nodes, and without what makes no difference."""
        errors = {indicator: error for indicator, error in (space.data_noise or {}).items() if self._uses(indicator)}
        for indicator, error in errors.items():
            if error.kind == "answers" and not self.inputs.rows_of(indicator)["value"].dropna().between(0, 100).all():
                message = f"{indicator} has values outside 0 to 100, so answers does not apply; give sd or relative."
                raise MethodError(message, key=f"robustness.data_noise.{indicator}", value=indicator)
        errors = self._between(errors)
        choices = [self._nodes(choice) if choice.name == LEFT_OUT else choice for choice in space.choices]
        points = {code: values for code, values in space.points.items() if code in self.used}
        if not points:
            choices = [choice for choice in choices if choice.name != SHARES]
        fillings = {code: tables for code, tables in space.fillings.items() if code in self.used}
        if not fillings:
            choices = [choice for choice in choices if choice.name != IMPUTED]
        given = {"data_noise": errors or None, "points": points, "fillings": fillings}
        given["imputer"] = space.imputer if fillings else None
        return replace(space, choices=tuple(choices), **given)

    def _between(self, errors: dict[str, Error]) -> dict[str, Error]:
        """Return the errors with the ends of the values; without those within an interval that no value has."""
        found = {}
        for code, error in errors.items():
            if error.kind in WITHIN:
                error = error.between(code, self.inputs.rows_of(code))
                if error.ends.empty:
                    message = f"no value of {code} is known up to an interval, so it is not varied."
                    warnings.warn(message, UnusedAssumption, stacklevel=2)
                    continue
            found[code] = error
        return found

    def _nodes(self, choice: Choice) -> Choice:
        root = self.inputs.framework.root
        pillars = [node for node in self.inputs.framework.children(root) if self._leaves(node)]
        words = {"pillars": pillars, "indicators": self.used}
        shares: dict[str, float] = {}
        for value, probability in zip(choice.values, choice.probabilities, strict=True):
            nodes = words[value] if value in EACH else [value]
            for node in nodes:
                if node == NOTHING or self._uses(node):
                    shares[node] = shares.get(node, 0.0) + probability / len(nodes)
        names, total = tuple(shares), sum(shares.values())
        if not names:
            raise MethodError(
                "none of these nodes is used in the index.", key=f"robustness.{LEFT_OUT}", value=choice.values
            )
        return Choice(LEFT_OUT, names, names, tuple(share / total for share in shares.values()))

    def _leaves(self, node: str) -> set[str]:
        return set(self.inputs.leaves_below(node)) & set(self.used)

    def _uses(self, node: str) -> bool:
        """Return whether the index uses a node; warn if it does not."""
        used = bool(self._leaves(node))
        if not used:
            message = f"{node} has no data that this index uses, so it makes no difference and is not varied."
            warnings.warn(message, UnusedAssumption, stacklevel=2)
        return used

    def codes(self, sample: Sample) -> np.ndarray:
        """Return one number for each draw's combination of alternatives of the method."""
        codes = np.zeros(len(sample), dtype=np.int64)
        for choice in self.space.alternatives:
            codes = codes * len(choice.values) + sample.picks[choice.name]
        return codes

    def decoded(self, code: int) -> dict[str, int]:
        """Return the position of the alternative of each assumption in a combination."""
        picks = {}
        for choice in reversed(self.space.alternatives):
            code, picks[choice.name] = divmod(int(code), len(choice.values))
        return picks

    def words(self, picks: Mapping[str, int]) -> dict[str, str]:
        """Return the alternatives of a combination in words."""
        return {choice.name: choice.labels[picks[choice.name]] for choice in self.space.choices if choice.name in picks}

    def values(self, picks: Mapping[str, int]) -> dict[str, Any]:
        """Return the alternatives of a combination."""
        return {choice.name: choice.values[picks[choice.name]] for choice in self.space.alternatives}

    def weigh(self, normalised: pd.DataFrame, method: Method) -> pd.Series:
        """Return the weights of a method by node.

        Parameters
        ----------
        normalised : pandas.DataFrame
            Units × indicators.
        method : Method

        Returns
        -------
        pandas.Series
            By node below the root, 1 inside each parent.

        Raises
        ------
        MethodError
            As of `fhi.engine.weighting.weigh`.
        """
        if method.weights:
            # not every weighting takes account of raw weights
            index.check_weights(method, self.inputs.framework)
        tree = self.inputs.framework.with_weights(dict(method.weights))
        return weighting.weigh(normalised, tree, method.weighting.method, **method.weighting.params)

    def scores(self, normalised: pd.DataFrame, weights: pd.Series, method: Method) -> pd.Series:
        """Return the scores of all units by the aggregation of a method.

        Parameters
        ----------
        normalised : pandas.DataFrame
            Units × indicators.
        weights : pandas.Series
            By node below the root.
        method : Method

        Returns
        -------
        pandas.Series
            By unit: the score of the root, NaN where there is none.

        Raises
        ------
        MethodError
            As of `fhi.engine.aggregation.aggregate`.
        """
        framework = self.inputs.framework
        found = aggregation.aggregate(
            normalised, framework, weights, method.aggregation, availability=method.availability
        )
        return found[framework.root].reindex(self.inputs.units)

    def nominal(self) -> pd.Series:
        """Return the scores of all units by the method as it is."""
        normalised = self.workshop.matrix(self.method).normalised(self.inputs)
        return self.scores(normalised, self.weigh(normalised, self.method), self.method)
