"""What a robustness analysis is about: the data, the tree, the space of assumptions, and the method they vary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from fhi import index
from fhi.errors import MethodError
from fhi.framework import Framework
from fhi.parameters import Method
from fhi.robustness.draws import Sample
from fhi.robustness.space import EACH, LEFT_OUT, NOTHING, Choice, Space, parse
from fhi.robustness.tree import Tree


class Model:
    """The data, the tree and the space of assumptions: what an analysis is about.

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
        self.framework, self.tree, self.attributes = framework, Tree.of(framework), attributes
        self.panel, wide = as_panel(data)
        names = data.index if wide else sorted(self.panel["city"].unique())
        self.units = pd.Index(names, name="city")
        given = method or Method()
        if wide:
            given = given.model_copy(update={"year": None})
        if wide and not isinstance(space, Space) and "year" in space:
            raise MethodError("units × indicators have no years; pass a panel.", key="robustness.year")
        parsed = (
            space if isinstance(space, Space) else parse(space, given, framework, self.units, attributes=attributes)
        )
        if not parsed.assumptions:
            raise MethodError("the space is empty: name at least one assumption.", key="robustness")
        updates = {choice.name: choice.values[0] for choice in parsed.choices if choice.name != LEFT_OUT}
        self.method = given.model_copy(update=updates)
        self.space = parsed
        self.used = self._used()
        self.space = self._expanded(parsed)

    def _used(self) -> list[str]:
        """Return the indicators that the reference uses."""
        normalised = index.prepare(self.panel, self.framework, self.method, units=self.attributes)["normalised"]
        return [leaf for leaf in self.framework.leaves if normalised[leaf].notna().any()]

    def _expanded(self, space: Space) -> Space:
        """Return the space with the words of `left_out` replaced by nodes; refuse what makes no difference."""
        for indicator, error in (space.data_noise or {}).items():
            self._refuse_unused(indicator, "data_noise")
            values = self.panel.loc[self.panel["indicator"] == indicator, "value"]
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
        pillars = self.framework.children(self.framework.root)
        words = {
            "pillars": [node for node in pillars if set(self.leaves_below(node)) & set(self.used)],
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
        if not set(self.leaves_below(node)) & set(self.used):
            message = f"{node} has no data that the index uses, so that it makes no difference; take it out."
            raise MethodError(message, key=f"robustness.{key}", value=node, valid=self.used)

    def leaves_below(self, node: str) -> list[str]:
        """Return the indicators below a node, itself if it is one; below `NOTHING` there are none."""
        if node == NOTHING:
            return []
        level = next(level for level, nodes in enumerate(self.tree.nodes) if node in nodes)
        place = self.tree.nodes[level].index(node)
        below = self.tree.ancestors(self.tree.depth, level) == place
        return [leaf for leaf, inside in zip(self.tree.leaves, below, strict=True) if inside]

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


def as_panel(data: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Return data as a panel, and whether it was units × indicators."""
    if {"city", "year", "indicator", "value"} <= set(data.columns):
        return data, False
    wide = data.rename_axis(index="city", columns="indicator")
    long = wide.stack(future_stack=True).rename("value").reset_index()
    return long.assign(year=0), True
