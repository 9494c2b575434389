"""The analyses of a scenario, with the space and the numbers of draws that stand in its file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.parameters import Effort, Method, steps_by_level
from fhi.engine.robustness import sweep
from fhi.engine.robustness.answers import COLUMNS, answers, convergence
from fhi.engine.robustness.draws import BLOCK
from fhi.engine.robustness.family import ROWWISE
from fhi.engine.robustness.matrix import COLUMNWISE, repeatable
from fhi.engine.robustness.measurement_error import DATA_NOISE
from fhi.engine.robustness.model import Model, check_pairs
from fhi.engine.robustness.monte_carlo import Uncertainty, uncertainty
from fhi.engine.robustness.plan import WITHOUT_DATA
from fhi.engine.robustness.points import with_points
from fhi.engine.robustness.saltelli import sensitivity
from fhi.engine.robustness.space import SHARES, WEIGHT_NOISE, Space, parse
from fhi.engine.robustness.study import Study
from fhi.engine.robustness.tornado import tornado


def check(
    method: Method,
    framework: Framework,
    cities: Iterable[str] = (),
    file: str | None = None,
    units: pd.DataFrame | None = None,
) -> None:
    """Raise `MethodError` for what is wrong in the space and the grid of a scenario, before anything runs."""
    settings = method.robustness
    for key, effort in {"robustness": settings, "robustness.one_by_one": settings.one_by_one}.items():
        if effort.sobol & (effort.sobol - 1):
            message = f"sobol must be a power of two; found {effort.sobol}."
            raise MethodError(message, file=file, key=f"{key}.sobol", value=effort.sobol)
    space = parse(settings.space, method, framework, cities, file=file, attributes=units)
    check_pairs(space, method, file)
    sweep.check(method, framework, cities, file, units)


@dataclass(frozen=True)
class Analysis:
    """A scenario whose ranks are questioned.

    Parameters
    ----------
    panel : pandas.DataFrame
    framework : Framework
    method : Method
        Its `robustness` says what is uncertain and how many draws are made.
    published : pandas.DataFrame
        ``city, rank`` and ``tier``, the units whose ranks are questioned: those that have an index. Empty: all that
        have one are ranked, and no order is compared with. Tiers count where every unit has one.
    units : pandas.DataFrame
        The table of cities, by name.
    joint : pandas.DataFrame, optional
        Points of the joint set of values known up to an interval, see `fhi.engine.robustness.points`.
    cluster : str, optional
        The address of a Dask scheduler whose workers make the draws.
    """

    panel: pd.DataFrame
    framework: Framework
    method: Method
    published: pd.DataFrame
    units: pd.DataFrame
    joint: pd.DataFrame | None = None
    cluster: str | None = None

    @cached_property
    def space(self) -> Space:
        """The space of the scenario, with the points that `shares` draws from."""
        settings = self.method.robustness
        space = parse(settings.space, self.method, self.framework, self.units.index, attributes=self.units)
        return space if self.joint is None else with_points(space, self.joint)

    @cached_property
    def study(self) -> Study:
        """The index as it is, with the published cities that have one to be ranked."""
        everyone = Study.of(self.panel, self.framework, self.space, self.method, units=self.units)
        if self.published.empty:
            return everyone
        ranked = [city for city in self.published["city"] if city in everyone.names]
        return Study.of(self.panel, self.framework, self.space, self.method, ranked, self.units)

    @cached_property
    def effort(self) -> Effort:
        """How many draws are made: fewer if they have to be computed one by one."""
        settings = self.method.robustness
        return settings if together(self.study.model) else settings.one_by_one

    @property
    def order(self) -> pd.Series | None:
        """The published ranks by city; None if there are none."""
        return None if self.published.empty else self.published.set_index("city")["rank"]

    @property
    def tiers(self) -> pd.Series | None:
        """The published tiers by city; None if there are none."""
        tiers = self.published.set_index("city")["tier"]
        return None if tiers.isna().any() or tiers.empty else tiers

    @property
    def _given(self) -> dict[str, Any]:
        return {"method": self.method, "among": self.study.names, "units": self.units}

    def describe(self) -> pd.DataFrame:
        """Return ``assumption, alternatives`` in words, one row an assumption."""
        space = self.study.model.space
        words = {choice.name: "; ".join(choice.labels) for choice in space.alternatives}
        words |= {
            choice.name: f"{', '.join(space.points)}: {len(choice.values) - 1} points of the joint interval"
            for choice in space.choices
            if choice.name == SHARES
        }
        words[WEIGHT_NOISE] = "; ".join(noise.label for noise in space.weight_noise)
        words[DATA_NOISE] = "; ".join(f"{code}: {error.label}" for code, error in (space.data_noise or {}).items())
        rows = [(name, words[name]) for name in space.assumptions]
        return pd.DataFrame(rows, columns=["assumption", "alternatives"])

    def uncertainty(self, **arguments: Any) -> Uncertainty:
        """Draw from the space; see `fhi.engine.robustness.uncertainty`."""
        settings = self.method.robustness
        given = self._given | {"published": self.order, "tiers": self.tiers, "cluster": self.cluster} | arguments
        return uncertainty(self.panel, self.framework, self.space, self.effort.draws, settings.seed, **given)

    def sensitivity(self, **arguments: Any) -> pd.DataFrame:
        """Share the variance of the ranks between the assumptions; see `fhi.engine.robustness.sensitivity`."""
        settings = self.method.robustness
        given = self._given | {"cluster": self.cluster} | arguments
        return sensitivity(self.panel, self.framework, self.space, self.effort.sobol, settings.seed, **given)

    def tornado(self, **arguments: Any) -> pd.DataFrame:
        """Change one assumption at a time; see `fhi.engine.robustness.tornado`."""
        settings = self.method.robustness
        draws = min(self.effort.draws, BLOCK)
        given = self._given | {"draws": draws} | arguments
        return tornado(self.panel, self.framework, self.space, settings.seed, **given)

    def convergence(self, result: Uncertainty) -> pd.DataFrame:
        """Return the estimates from fewer draws for the neighbours in the first five published places."""
        if self.order is None:
            order = pd.Series(result.study.reference, index=result.units)
        else:
            order = self.order[result.units]
        return convergence(result, pairwise(order.sort_values(kind="stable").index[:5]))

    def intervals(self, result: Uncertainty, level: float) -> pd.DataFrame:
        """Return the intervals of the ranks beside the published ones, ``city, published, tier`` first, with the draws.

        In the order of the published ranks, else of the reference.
        """
        published = self.published[["city", "rank", "tier"]].rename(columns={"rank": "published"})
        found = published.merge(result.intervals(level), on="city", how="right")
        return found.sort_values(["published", "reference"], kind="stable").assign(level=level, draws=result.n)

    def answers(self, result: Uncertainty) -> pd.DataFrame:
        """Return the shares of draws that keep what was published; none if nothing was."""
        if self.order is None:
            return pd.DataFrame(columns=COLUMNS)
        return answers(result, self.order, self.tiers)


def together(model: Model) -> bool:
    """Return whether the draws of a model can be computed together."""

    def alternatives(name: str) -> list[Method]:
        values = next((choice.values for choice in model.space.alternatives if choice.name == name), None)
        return [model.method.model_copy(update={name: value}) for value in values or [getattr(model.method, name)]]

    levels = range(model.inputs.tree.depth)
    aggregations = [steps_by_level(method.aggregation, levels).values() for method in alternatives("aggregation")]
    if not all(step.method in ROWWISE for steps in aggregations for step in steps):
        return False
    noise = model.space.moved
    columnwise = all(repeatable(method, noise) for name in COLUMNWISE for method in alternatives(name))
    without_data = all(method.weighting.method in WITHOUT_DATA for method in alternatives("weighting"))
    return not noise or (columnwise and without_data)
