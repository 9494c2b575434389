"""Monte Carlo over the assumptions of an index: how far its ranks depend on choices that could have been others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial, reduce
from operator import add
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError, choose, refuse
from fhi.engine.framework import Framework
from fhi.engine.index import STEPS, repeatable
from fhi.engine.methods import traits
from fhi.engine.parameters import Method, level_alone
from fhi.engine.robustness import draws, parallel
from fhi.engine.robustness.draws import BLOCK
from fhi.engine.robustness.engine import Plan, evaluate, rowwise
from fhi.engine.robustness.model import Model
from fhi.engine.robustness.space import DATA_NOISE, WEIGHT_NOISE, Space
from fhi.engine.robustness.summary import Summary, Target, rank, shares

#: cells of units × draws in one task
CELLS = 2**20


@dataclass(frozen=True)
class Study:
    """What several analyses of one model share.

    Attributes
    ----------
    model : Model
    nominal : pandas.Series
        The score of each unit by the method as it is, the reference.
    ranked : numpy.ndarray
        The positions of the units that are ranked.
    """

    model: Model
    nominal: pd.Series
    ranked: np.ndarray

    @classmethod
    def of(
        cls,
        data: pd.DataFrame,
        framework: Framework,
        space: Mapping[str, Any] | Space,
        method: Method | None = None,
        among: Iterable[str] | None = None,
        units: pd.DataFrame | None = None,
    ) -> Study:
        """Check everything and build the index as it is.

        Parameters
        ----------
        data, framework, space, method, among, units
            As for `fhi.engine.robustness.uncertainty`.

        Returns
        -------
        Study

        Raises
        ------
        MethodError
            If an argument is bad, a unit of `among` has no index, or fewer than two units are to be ranked.
        """
        model = Model(data, framework, space, method, units)
        nominal = model.nominal()
        every = cls(model, nominal, np.arange(len(nominal)))
        return every.among(nominal.dropna().index if among is None else among)

    def among(self, names: Iterable[str]) -> Study:
        """Return the study with these units ranked among themselves; raises as `of`."""
        names, known = [*dict.fromkeys(names)], dict(zip(self.model.inputs.units, self.nominal, strict=True))
        for name in names:
            if np.isnan(choose(known, name, "among")):
                message = f"{name} has no index and cannot be ranked; leave it out."
                raise MethodError(message, key="among", value=name)
        if len(names) < 2:
            raise MethodError("a ranking needs at least two units.", key="among", value=names)
        return replace(self, ranked=self.model.inputs.units.get_indexer(names))

    @property
    def names(self) -> list[str]:
        """The units that are ranked."""
        return self.model.inputs.units[self.ranked].tolist()

    @property
    def reference(self) -> np.ndarray:
        """The ranks by the method as it is."""
        return rank(self.nominal.to_numpy()[None, self.ranked])[0].astype(int)

    @cached_property
    def together(self) -> bool:
        """Whether the draws can be computed together."""
        model = self.model

        def alternatives(name: str) -> list[Method]:
            values = next((choice.values for choice in model.space.alternatives if choice.name == name), None)
            return [model.method.model_copy(update={name: value}) for value in values or [getattr(model.method, name)]]

        depth = model.inputs.tree.depth
        if not all(rowwise(method, depth) for method in alternatives("aggregation")):
            return False
        if not all(map(level_alone, alternatives("availability"))):
            return False
        noise = model.space.moved
        columnwise = all(repeatable(method, noise) for name in STEPS for method in alternatives(name))
        driven = any(traits("weighting", method.weighting.method).from_data for method in alternatives("weighting"))
        return not noise or (columnwise and not driven)

    def tasks(self, n: int) -> list[tuple[int, int]]:
        """Divide draws into tasks: the number of the first and how many. They depend on nothing but the numbers."""
        size = BLOCK * max(1, min(8, CELLS // (BLOCK * len(self.ranked))))
        return [(first, min(size, n - first)) for first in range(0, n, size)]

    def codes(self, n: int, seed: int) -> np.ndarray:
        """Return every combination of alternatives that is drawn.

        Parameters
        ----------
        n, seed : int
            Of the draws.

        Returns
        -------
        numpy.ndarray of int
            Each once, see `Model.codes`.
        """
        model, found = self.model, np.zeros(0, dtype=np.int64)
        for first, count in self.tasks(n):
            drawn = model.codes(draws.picks(model.space, seed, first, count))
            # sorting is slow where there are few combinations
            few = len(drawn) and drawn.max() < len(drawn)
            found = np.union1d(found, np.flatnonzero(np.bincount(drawn)) if few else drawn)
        return found

    def target(self, published: pd.Series | None = None, tiers: pd.Series | None = None) -> Target:
        """Return what the ranks are compared with.

        Parameters
        ----------
        published, tiers : pandas.Series, optional
            Ranks and tiers by unit.

        Returns
        -------
        Target

        Raises
        ------
        MethodError
            If a ranked unit is absent from them, or tiers do not follow each other in the published order.
        """
        if published is None:
            if tiers is not None:
                raise MethodError("tiers divide a published order; give published as well.", key="tiers")
            return Target(self.reference, np.zeros(0, dtype=int))
        for name, series in {"published": published, "tiers": tiers}.items():
            absent = [] if series is None else [unit for unit in self.names if unit not in series.index]
            refuse(absent, f"{name} lacks {{}}, which is ranked.", key=name)
        order = np.argsort(published[self.names].to_numpy(), kind="stable")
        # a unit that is published and not ranked leaves no gap
        places = published[self.names].rank(method="min").to_numpy(dtype=int)[order]
        if tiers is None:
            return Target(self.reference, order, (), places)
        along = tiers[self.names].to_numpy()[order]
        starts = [0, *(np.flatnonzero(along[1:] != along[:-1]) + 1), len(along)]
        if len(starts) - 1 != len(set(along)):
            raise MethodError("the tiers must follow each other in the published order.", key="tiers")
        return Target(self.reference, order, tuple(int(size) for size in np.diff(starts)), places)


#: draws are kept if their scores and ranks take no more bytes than this
KEPT = 2**28


@dataclass(frozen=True)
class Uncertainty:
    """Draws of an index, or what is known of them.

    Attributes
    ----------
    study : Study
        The units that are ranked, their scores by the method as it is (the reference), and the space.
    n, seed : int
    target : Target
        What the ranks are compared with.
    counts : Summary, optional
        What was summed up on the way, if the draws are not kept.
    cells : tuple of numpy.ndarray, optional
        If every draw is kept: its scores and ranks, draws × units; NaN and 0 where a unit has none.
    """

    study: Study
    n: int
    seed: int
    target: Target
    counts: Summary | None = None
    cells: tuple[np.ndarray, np.ndarray] | None = None

    @cached_property
    def summary(self) -> Summary:
        """Counts over the draws."""
        return self.counts or Summary.of(self.cells[1], self.target)

    @property
    def units(self) -> list[str]:
        """The units that are ranked."""
        return self.study.names

    @property
    def scores(self) -> pd.DataFrame:
        """Draws × units."""
        self._need_draws()
        return pd.DataFrame(self.cells[0], columns=self.units).rename_axis("draw")

    @property
    def ranks(self) -> pd.DataFrame:
        """Draws × units: 1 is best, ties share the lower number; missing for a unit without a score in the draw."""
        self._need_draws()
        # kept without a sign, which differences need
        ranks = pd.DataFrame(self.cells[1].astype(np.int32), columns=self.units).rename_axis("draw")
        return ranks if self.cells[1].all() else ranks.mask(ranks == 0)

    def _need_draws(self) -> None:
        if self.cells is None:
            raise MethodError(f"the {self.n} draws were summed up and not kept; ask for keep=True.", key="keep")

    @cached_property
    def sample(self) -> draws.Sample:
        """What was drawn, drawn once more: a draw is the same whenever it is asked for."""
        self._need_draws()
        model = self.study.model
        return draws.draw(model.space, model.inputs.tree, len(model.inputs.units), self.seed, 0, self.n)

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """Draws × what was drawn.

        A column an assumption with the alternative in words; for each node with weight noise
        ``weight_noise.<node>``, a number u from [0, 1) that multiplies its weight by ``1 + size·(1 − 2u)`` (or is the
        upper tail 1 − u of a gamma variate); for each unit with data noise ``data_noise.<indicator>.<unit>``, its
        error in standard errors.
        """
        self._need_draws()
        space, tree, sample = self.study.model.space, self.study.model.inputs.tree, self.sample
        columns: dict[str, Any] = {
            choice.name: pd.Categorical.from_codes(sample.picks[choice.name], choice.labels) for choice in space.choices
        }
        for level, numbers in sample.weights.items():
            nodes = zip(tree.nodes[level], numbers, tree.repeated[level], strict=True)
            columns |= {f"{WEIGHT_NOISE}.{node}": row for node, row, repeated in nodes if not repeated}
        for code, noise in sample.data.items():
            columns |= {
                f"{DATA_NOISE}.{code}.{unit}": row
                for unit, row in zip(self.study.model.inputs.units, noise, strict=True)
            }
        return pd.DataFrame(columns).rename_axis("draw")

    def intervals(self, level: float = 0.9) -> pd.DataFrame:
        """Return ``city, reference, low, median, high, mean`` of the rank, and ``unranked``.

        Low and high cut off ``(1 − level)/2`` of the draws on each side; a quantile is the least rank that so large a
        share of the draws does not exceed. `unranked` is the number of draws in which the unit has no score: they are
        left out of its other figures, which are missing if there are no more.
        """
        if not 0 < level < 1:
            raise MethodError(f"the level must lie between 0 and 1; found {level!r}.", key="level", value=level)
        summary, places = self.summary, np.arange(1, len(self.units) + 1)
        found = summary.quantiles([(1 - level) / 2, 0.5, (1 + level) / 2])
        quantiles = pd.DataFrame(found, columns=["low", "median", "high"])
        if not summary.ranked.all():
            quantiles = quantiles.astype("Int64")
            quantiles.loc[summary.ranked == 0] = pd.NA
        mean = shares(summary.ranks @ places, summary.ranked)
        table = quantiles.assign(mean=mean, unranked=self.n - summary.ranked)
        return pd.concat([pd.DataFrame({"city": self.units, "reference": self.study.reference}), table], axis=1)

    def probabilities(self) -> pd.DataFrame:
        """Return units × ranks: the share of the draws that rank the unit in which it has the rank."""
        ranks = pd.RangeIndex(1, len(self.units) + 1, name="rank")
        found = shares(self.summary.ranks, self.summary.ranked[:, None])
        return pd.DataFrame(found, index=pd.Index(self.units, name="city"), columns=ranks)

    def probabilities_long(self) -> pd.DataFrame:
        """Return ``city, rank, probability``: `probabilities` with one row a unit and rank.

        Of more than `fhi.engine.robustness.summary.PAIRED` units, those with the best reference ranks: the table would
        grow with their square.
        """
        found = self.probabilities().iloc[self.target.paired]
        return found.stack().rename("probability").reset_index()

    def beats(self) -> pd.DataFrame:
        """Return units × units: the share of draws in which the first is above the second; ties count for neither.

        Of a pair, the draws that rank both count. Of more than `fhi.engine.robustness.summary.PAIRED` units, those with
        the best reference ranks.
        """
        units = [self.units[place] for place in self.target.paired]
        return pd.DataFrame(self.summary.beats(), index=pd.Index(units, name="city"), columns=units)

    def beats_long(self) -> pd.DataFrame:
        """Return ``city, other, probability``: `beats` with one row a pair of different units."""
        long = self.beats().rename_axis(columns="other").stack(future_stack=True).rename("probability").reset_index()
        return long[long["city"] != long["other"]].reset_index(drop=True)


def uncertainty(
    data: pd.DataFrame,
    framework: Framework,
    space: Mapping[str, Any] | Space,
    n: int = 10_000,
    seed: int = 0,
    *,
    method: Method | None = None,
    among: Iterable[str] | None = None,
    units: pd.DataFrame | None = None,
    published: pd.Series | None = None,
    tiers: pd.Series | None = None,
    keep: bool | None = None,
    workers: int = 1,
    cluster: str | None = None,
) -> Uncertainty:
    """Draw the assumptions of an index at random, and rank the units under each draw.

    Parameters
    ----------
    data : pandas.DataFrame
        A panel (``city, year, indicator, value``), or units × indicators.
    framework : Framework
    space : mapping
        Assumption → list of alternatives, or a distribution; see `fhi.engine.robustness.space.parse`.
    n : int
        Number of draws. The first of a longer run are those of a shorter one.
    seed : int
    method : Method, optional
        What the space does not name (default: the defaults of `Method`); as it is, it is the reference.
    among : iterable of str, optional
        The units to rank, all the others being normalised with them (default: those that have an
        index). One that has no score in some draw is left out of it, the others being ranked among themselves.
    units : pandas.DataFrame, optional
        Attributes of the units by name, for a method that groups them: the table of cities.
    published : pandas.Series, optional
        Ranks by unit: the share of draws that keep their order is counted.
    tiers : pandas.Series, optional
        Tier by unit, following each other in the order of `published`: the draws that keep them are counted.
    keep : bool, optional
        Keep every draw, or only counts (default: keep them up to `KEPT` bytes).
    workers : int
        Processes of this machine to spread the draws over.
    cluster : str, optional
        The address of a Dask scheduler to spread them over. Neither changes a bit of the result.

    Returns
    -------
    Uncertainty

    Raises
    ------
    RobustnessError
        If a draw cannot be computed: with its assumptions.
    MethodError
        If the space or another argument is bad.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, section 1.7; Saisana, Saltelli and Tarantola
    (2005), Journal of the Royal Statistical Society A 168(2).
    """
    n, seed = whole(n, "n", 1), whole(seed, "seed", 0)
    study = Study.of(data, framework, space, method, among, units)
    return drawn(study, n, seed, study.target(published, tiers), keep, workers=workers, cluster=cluster)


def drawn(study: Study, n: int, seed: int, target: Target, keep: bool | None = None, **processes: Any) -> Uncertainty:
    """Make the draws of a study; see `uncertainty`.

    Parameters
    ----------
    study : Study
    n, seed, keep
        As for `uncertainty`.
    target : Target
        What the ranks are compared with.
    **processes
        ``workers, cluster``, as for `uncertainty`.

    Returns
    -------
    Uncertainty

    Raises
    ------
    RobustnessError
        If a draw cannot be computed: with its assumptions.
    """
    plan = Plan(study.model, study.codes(n, seed), study.ranked)
    kept = 9 * n * len(study.ranked) <= KEPT if keep is None else keep
    tasks = study.tasks(n)
    function = partial(_task, plan, target, seed, kept)
    sizes = [count for _, count in tasks]
    results = parallel.run(function, tasks, sizes=sizes, **processes)
    if not kept:
        return Uncertainty(study, n, seed, target, reduce(add, results))
    if len(tasks) == 1:
        (cells,) = results
        return Uncertainty(study, n, seed, target, None, cells)
    shape = n, len(study.ranked)
    scores, ranks = np.empty(shape), np.empty(shape, dtype=np.min_scalar_type(shape[1]))
    for (first, count), part in zip(tasks, results, strict=True):
        scores[first : first + count], ranks[first : first + count] = part
    return Uncertainty(study, n, seed, target, None, (scores, ranks))


def _task(plan: Plan, target: Target, seed: int, kept: bool, task: tuple[int, int]):
    """Return the scores and ranks of some draws, or their summary."""
    model = plan.model
    sample = draws.draw(model.space, model.inputs.tree, len(model.inputs.units), seed, *task)
    scores = evaluate(plan, sample)
    ranks = rank(scores)
    return (scores, ranks) if kept else Summary.of(ranks, target)


def whole(value: Any, name: str, least: int) -> int:
    """Return a whole number of at least `least`, or raise `MethodError`.

    Parameters
    ----------
    value : object
        What was given.
    name : str
        Of the argument, for the message.
    least : int

    Returns
    -------
    int
    """
    good = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least
    if not good:
        raise MethodError(f"{name} must be a whole number of at least {least}; found {value!r}.", key=name, value=value)
    return int(value)
