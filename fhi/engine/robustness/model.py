"""What a robustness analysis is about: the data, the space of assumptions, and the method that they vary."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine import aggregation, index, weighting
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method
from fhi.engine.robustness.draws import Sample
from fhi.engine.robustness.matrix import Inputs, Workshop
from fhi.engine.robustness.measurement_error import NOTHING, label
from fhi.engine.robustness.space import EACH, LEFT_OUT, SHARES, Choice, Space, parse


class UnusedAssumption(UserWarning):
    """An assumption about what is not in the index."""


def check_pairs(space: Space, method: Method, file: str | None = None) -> None:
    """Raise `MethodError` for a treatment and a normalisation of the space that do not go together."""
    listed = {choice.name: choice.values for choice in space.choices}
    treatments, normalisations = (listed.get(name, (getattr(method, name),)) for name in ("treatment", "normalisation"))
    for treat, norm in product(treatments, normalisations):
        try:
            index.check_units(method.model_copy(update={"treatment": treat, "normalisation": norm}))
        except MethodError as error:
            message = f"{label(treat)} with {norm.method}: {error}"
            raise MethodError(message, file=file, key="robustness.space", value=label(norm)) from None


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
        self.inputs, wide = Inputs.of(data, framework, attributes)
        if wide:
            given = given.model_copy(update={"year": None})
        if wide and not isinstance(space, Space) and "year" in space:
            raise MethodError("units × indicators have no years; pass a panel.", key="robustness.year")
        if not isinstance(space, Space):
            space = parse(space, given, framework, self.inputs.units, attributes=attributes)
        check_pairs(space, given)
        self.method = given
        self.workshop = Workshop(self.inputs)
        normalised = self.workshop.matrix(given).normalised(self.inputs)
        self.used = [leaf for leaf in framework.leaves if normalised[leaf].notna().any()]
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
            if error.kind == "answers" and not self.inputs.values_of(indicator).between(0, 100).all():
                message = f"{indicator} holds values that are no per cents of answers; give sd or relative."
                raise MethodError(message, key=f"robustness.data_noise.{indicator}", value=indicator)
        choices = [self._nodes(choice) if choice.name == LEFT_OUT else choice for choice in space.choices]
        points = {code: values for code, values in space.points.items() if code in self.used}
        if not points:
            choices = [choice for choice in choices if choice.name != SHARES]
        return replace(space, choices=tuple(choices), data_noise=errors or None, points=points)

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
            raise MethodError("nothing of it is in the index.", key=f"robustness.{LEFT_OUT}", value=choice.values)
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
        """Return the weights of a method by node."""
        if method.weights:
            # not every weighting takes account of raw weights
            index.check(method, self.inputs.framework, units=self.inputs.attributes)
        tree = self.inputs.framework.with_weights(dict(method.weights))
        return weighting.weigh(normalised, tree, method.weighting.method, **method.weighting.params)

    def scores(self, normalised: pd.DataFrame, weights: pd.Series, method: Method) -> pd.Series:
        """Return the scores of all units by the aggregation of a method."""
        framework = self.inputs.framework
        found = aggregation.aggregate(
            normalised, framework, weights, method.aggregation, availability=method.availability
        )
        return found[framework.root].reindex(self.inputs.units)

    def nominal(self) -> pd.Series:
        """Return the scores of all units by the method as it is."""
        normalised = self.workshop.matrix(self.method).normalised(self.inputs)
        return self.scores(normalised, self.weigh(normalised, self.method), self.method)
