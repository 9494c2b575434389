"""What a robustness analysis is about: the data, the space of assumptions, and the method that they vary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from fhi.errors import MethodError
from fhi.framework import Framework
from fhi.parameters import Method
from fhi.robustness.draws import Sample
from fhi.robustness.matrix import Inputs, Workshop
from fhi.robustness.space import EACH, LEFT_OUT, NOTHING, Choice, Space, parse


class Model:
    """The data, the tree and the space of assumptions.

    Parameters
    ----------
    data : pandas.DataFrame
        Long as a panel (``city, year, indicator, value``), or units × indicators.
    framework : Framework
    space : mapping or Space
        See `fhi.robustness.space.parse`.
    method : Method, optional
        What the space does not name (default: the defaults of `Method`).
    attributes : pandas.DataFrame, optional
        Attributes of the units by name, for a method that groups them.

    Raises
    ------
    MethodError
        If the space is bad, empty, or names what makes no difference.
    """

    def __init__(
        self,
        data: pd.DataFrame,
        framework: Framework,
        space: Mapping[str, Any] | Space,
        method: Method | None = None,
        attributes: pd.DataFrame | None = None,
    ):
        self.inputs, wide = Inputs.of(data, framework, attributes)
        given = method or Method()
        if wide:
            given = given.model_copy(update={"year": None})
        if wide and not isinstance(space, Space) and "year" in space:
            raise MethodError("units × indicators have no years; pass a panel.", key="robustness.year")
        if not isinstance(space, Space):
            space = parse(space, given, framework, self.inputs.units, attributes=attributes)
        if not space.assumptions:
            raise MethodError("the space is empty: name at least one assumption.", key="robustness")
        updates = {choice.name: choice.values[0] for choice in space.choices if choice.name != LEFT_OUT}
        self.method = given.model_copy(update=updates)
        self.workshop = Workshop(self.inputs)
        normalised = self.workshop.matrix(self.method).normalised
        self.used = [leaf for leaf in framework.leaves if normalised[leaf].notna().any()]
        self.space = self._expanded(space)

    def __getstate__(self) -> dict[str, Any]:
        # what the workshop made on the way is not needed in other processes
        return self.__dict__ | {"workshop": Workshop(self.inputs)}

    def _expanded(self, space: Space) -> Space:
        """Return the space with the words of `left_out` replaced by nodes; refuse what makes no difference."""
        for indicator, error in (space.data_noise or {}).items():
            self._refuse_unused(indicator, "data_noise")
            values = self.inputs.values_of(indicator)
            if error.kind == "answers" and not values.dropna().between(0, 100).all():
                message = f"{indicator} holds values that are no per cents of answers; give sd or relative."
                raise MethodError(message, key=f"robustness.data_noise.{indicator}", value=indicator)
        choices = []
        for choice in space.choices:
            if choice.name == LEFT_OUT:
                choice = self._nodes(choice)
            choices.append(choice)
        return replace(space, choices=tuple(choices))

    def _nodes(self, choice: Choice) -> Choice:
        pillars = self.inputs.framework.children(self.inputs.framework.root)
        words = {
            "pillars": [node for node in pillars if set(self.inputs.leaves_below(node)) & set(self.used)],
            "indicators": self.used,
        }
        shares: dict[str, float] = {}
        for value, probability in zip(choice.values, choice.probabilities, strict=True):
            nodes = words[value] if value in EACH else [value]
            for node in nodes:
                if node != NOTHING:
                    self._refuse_unused(node, LEFT_OUT)
                shares[node] = shares.get(node, 0.0) + probability / len(nodes)
        names = tuple(shares)
        return Choice(LEFT_OUT, names, names, tuple(shares.values()))

    def _refuse_unused(self, node: str, key: str) -> None:
        if not set(self.inputs.leaves_below(node)) & set(self.used):
            message = f"{node} has no data that the index uses, so that it makes no difference; take it out."
            raise MethodError(message, key=f"robustness.{key}", value=node, valid=self.used)

    def codes(self, sample: Sample) -> np.ndarray:
        """Return one number for each draw's combination of alternatives."""
        codes = np.zeros(len(sample), dtype=np.int64)
        for choice in self.space.choices:
            codes = codes * len(choice.values) + sample.picks[choice.name]
        return codes

    def decoded(self, code: int) -> dict[str, int]:
        """Return the position of the alternative of each assumption in a combination."""
        picks = {}
        for choice in reversed(self.space.choices):
            code, picks[choice.name] = divmod(int(code), len(choice.values))
        return picks

    def words(self, picks: Mapping[str, int]) -> dict[str, str]:
        """Return the alternatives of a combination in words."""
        return {choice.name: choice.labels[picks[choice.name]] for choice in self.space.choices}

    def values(self, picks: Mapping[str, int]) -> dict[str, Any]:
        """Return the alternatives of a combination."""
        return {choice.name: choice.values[picks[choice.name]] for choice in self.space.choices}
