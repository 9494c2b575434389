"""The analyses of a scenario, with the space and the numbers of draws that stand in its file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine.agreement import agreement, compare_ranks
from fhi.engine.errors import FhiError, MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.engine.parameters import Effort, Method
from fhi.engine.robustness import parallel, significance
from fhi.engine.robustness.distributions import ranges
from fhi.engine.robustness.draws import BLOCK
from fhi.engine.robustness.monte_carlo import Study, Uncertainty, uncertainty
from fhi.engine.robustness.saltelli import sensitivity, tornado
from fhi.engine.robustness.space import LEFT_OUT, Choice, Space, check_pairs, parse, with_fillings, with_points
from fhi.engine.robustness.summary import PAIRED, shares, shifts

#: units up to which a scenario's effort is made in full
FULL = 500
#: standard errors on each side of an estimate
SPREAD = 1.96
COLUMNS = ["question", "city", "other", "tier", "probability", "low", "high", "draws"]


def answers(result: Uncertainty, published: pd.Series, tiers: pd.Series | None = None) -> pd.DataFrame:
    """Return shares of draws that keep what was published.

    Parameters
    ----------
    result : Uncertainty
        Of `fhi.engine.robustness.uncertainty` with the same `published` and `tiers`.
    published : pandas.Series
        Rank by unit.
    tiers : pandas.Series, optional
        Tier by unit; without it nothing is said of tiers.

    Returns
    -------
    pandas.DataFrame
        ``question, city, other, tier, probability, low, high, draws``: `low` and `high` are 95 % limits for the number
        of `draws` that the share is taken of, those that rank the units that it is about:

        - ``above``: the first of two neighbours in the published order is above the second (a tie counts for neither);
        - ``place``: the unit has its published rank among those that are ranked;
        - ``tier``: the unit has one of the places of its tier;
        - ``whole-tier``: the units of a tier, no others, have its places;
        - ``tiers``: so it is for all tiers; ``order``: the whole order is kept.

        A unit that is published and not ranked leaves no gap: in each draw, order and tiers are those of the units that
        it ranks.
    """
    summary, at = result.summary, {city: place for place, city in enumerate(result.units)}
    order = published[result.units].sort_values(kind="stable").index
    ranked = dict(zip(result.units, summary.ranked, strict=True))
    rows = [
        ("above", city, other, None, summary.wins[at[city], at[other]], summary.pairs[at[city], at[other]])
        for city, other in pairwise(order)
    ]
    rows += [("place", city, None, None, summary.same_place[at[city]], ranked[city]) for city in order]
    if tiers is not None:
        along = tiers[order]
        rows += [("tier", city, None, tier, summary.own_tier[at[city]], ranked[city]) for city, tier in along.items()]
        kept = zip(dict.fromkeys(along), summary.same_tier, summary.tiers, strict=True)
        rows += [("whole-tier", None, None, *counts) for counts in kept]
        rows += [("tiers", None, None, None, summary.same_tiers, result.n)]
    rows += [("order", None, None, None, summary.same_order, result.n)]
    table = pd.DataFrame(rows, columns=["question", "city", "other", "tier", "count", "draws"])
    probability = shares(table["count"].to_numpy(), table["draws"].to_numpy())
    low, high = limits(probability, table["draws"].to_numpy())
    return table.assign(probability=probability, low=low, high=high)[COLUMNS]


def convergence(result: Uncertainty, pairs: Iterable[tuple[str, str]], points: int = 40) -> pd.DataFrame:
    """Return what would have been estimated from fewer of the draws.

    Parameters
    ----------
    result : Uncertainty
        With its draws kept.
    pairs : iterable
        Two units each.
    points : int
        How many numbers of draws, evenly on a logarithmic scale.

    Returns
    -------
    pandas.DataFrame
        ``measure`` (``above``: the share of draws in which `city` is above `other`; ``shift``: the mean absolute shift
        of the ranks from the reference), ``city, other, n, estimate, low, high``, the last two 95 % limits. Of the
        first n draws those count that rank both units; the shift is that of the units that a draw ranks.
    """
    ranks = result.ranks
    sizes = np.unique(np.geomspace(min(10, result.n), result.n, points).round().astype(int))
    series = {("shift", None, None): shifts(result.cells[1], result.study.reference)}
    for one, other in pairs:
        both = ranks[[one, other]].notna().all(axis=1)
        series["above", one, other] = (ranks[one] < ranks[other]).where(both).to_numpy(dtype=float)
    frames = []
    for (measure, city, other), values in series.items():
        counts = np.cumsum(~np.isnan(values))[sizes - 1]
        means = shares(np.nancumsum(values)[sizes - 1], counts)
        if measure == "above":
            low, high = limits(means, counts)
        else:
            variances = shares(np.nancumsum(values**2)[sizes - 1], counts) - means**2
            error = SPREAD * np.sqrt(shares(variances.clip(0), counts))
            low, high = means - error, means + error
        columns = {"n": sizes, "estimate": means, "low": low, "high": high}
        frames.append(pd.DataFrame(columns).assign(measure=measure, city=city, other=other))
    return pd.concat(frames, ignore_index=True)[["measure", "city", "other", "n", "estimate", "low", "high"]]


def limits(shares: np.ndarray, n: int | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % limits of shares of n independent draws (Wilson 1927); they stay between 0 and 1.

    A share of no draws is missing, and so are its limits.

    Parameters
    ----------
    shares : numpy.ndarray
        From 0 to 1.
    n : int or numpy.ndarray
        The number of draws behind each.

    Returns
    -------
    low, high : numpy.ndarray
        Of the shape of `shares`.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.
    """
    n = np.maximum(n, 1)
    centre = (shares + SPREAD**2 / (2 * n)) / (1 + SPREAD**2 / n)
    width = SPREAD / (1 + SPREAD**2 / n) * np.sqrt(shares * (1 - shares) / n + SPREAD**2 / (4 * n**2))
    # at shares of 0 and 1 the limits meet them, but for rounding
    return np.minimum((centre - width).clip(0), shares), np.maximum((centre + width).clip(max=1), shares)


def _grid(method: Method, framework: Framework, cities: Iterable[str], **given: Any) -> list[Choice]:
    """Return the alternatives of a scenario's grid, or raise `MethodError` for what is wrong in it."""
    # combinations that raw weights do not go with are told in the results
    plain = method.model_copy(update={"weights": {}})
    space = parse(method.robustness.grid, plain, framework, cities, **given)
    noise = [name for name in space.assumptions if name not in {choice.name for choice in space.choices} - {LEFT_OUT}]
    if noise:
        message = f"only keys of the method are accepted; remove {noise[0]}."
        raise MethodError(message, file=given.get("file"), key="robustness.grid", value=noise[0])
    return list(space.choices)


def sweep(
    panel: pd.DataFrame,
    framework: Framework,
    method: Method,
    published: pd.DataFrame,
    *,
    units: pd.DataFrame | None = None,
    workers: int = 1,
    cluster: str | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Build the index for every combination of the grid of a scenario.

    Parameters
    ----------
    panel, framework, method, units
        As for `fhi.engine.index.build`; the grid is ``method.robustness.grid``.
    published : pandas.DataFrame
        ``node, city, rank``; the ranks of the root count.
    workers, cluster
        As for `fhi.engine.robustness.uncertainty`.

    Returns
    -------
    combinations : pandas.DataFrame
        ``combination`` (from 1), a column an assumption with the alternative in words, ``cities`` (published ones that
        have an index), ``kendall_tau_b, spearman_rho, mean_absolute_difference`` of their ranks from the published
        ones, ``error``: why the combination cannot be built (else empty).
    ranks : pandas.DataFrame
        ``combination, city, rank, published``, the published cities ranked among themselves.
    """
    choices = _grid(method, framework, panel["city"].unique(), attributes=units)
    tasks = list(product(*(range(len(choice.values)) for choice in choices)))
    make, printed = partial(build, panel, framework, units=units), published[published["node"] == framework.root]
    function = partial(_one, make, method, choices, printed)
    found = parallel.run(function, tasks, workers=workers, cluster=cluster, title="combinations", unit="")
    rows, frames = [], []
    for number, (picks, (measures, ranks)) in enumerate(zip(tasks, found, strict=True), start=1):
        words = {choice.name: choice.labels[pick] for choice, pick in zip(choices, picks, strict=True)}
        rows.append({"combination": number} | words | measures)
        frames.append(ranks.assign(combination=number))
    columns = ["cities", "kendall_tau_b", "spearman_rho", "mean_absolute_difference", "error"]
    table = pd.DataFrame(rows).reindex(columns=["combination", *(choice.name for choice in choices), *columns])
    ranks = pd.concat(frames, ignore_index=True)[["combination", "city", "rank", "published"]]
    return table.astype({"cities": "Int64"}), ranks


def describe_sweep(table: pd.DataFrame) -> str:
    """Return a few lines on a table of combinations: how many, the range of agreement, the best and the worst."""
    built = table[table["error"].isna()].sort_values("kendall_tau_b", ascending=False)
    lines = [f"{'combinations':<14}{len(table)}, of which {len(table) - len(built)} cannot be built (see error)"]
    names = table.columns[1 : table.columns.get_loc("cities")]
    ends = built.iloc[[0, -1]].to_dict("records") if len(built) else []
    for title, item in zip(("nearest", "furthest"), ends, strict=False):
        words = "; ".join(f"{name} {item[name]}" for name in names)
        lines.append(f"{title:<14}Kendall's tau-b {item['kendall_tau_b']:.2f}: {words}")
    return "\n".join(lines)


def _one(
    make: Callable, method: Method, choices: list[Choice], published: pd.DataFrame, picks: tuple[int, ...]
) -> tuple[Mapping[str, Any], pd.DataFrame]:
    """Return the agreement of one combination with the published ranks, or its error, and the ranks."""
    values = {choice.name: choice.values[pick] for choice, pick in zip(choices, picks, strict=True)}
    try:
        scores = make(method=method.model_copy(update=values)).scores
    except FhiError as error:
        return {"error": str(error)}, pd.DataFrame(columns=["city", "rank", "published"])
    comparison = compare_ranks(scores, published, method.ranking.decimals)

    measures = agreement(comparison).iloc[0].drop("node").to_dict() if len(comparison) else {"cities": 0}
    return measures, comparison[["city", "rank", "published"]]


def check(
    method: Method,
    framework: Framework,
    cities: Iterable[str] = (),
    file: str | None = None,
    units: pd.DataFrame | None = None,
) -> None:
    """Raise `MethodError` for what is wrong in the space and the grid of a scenario, before anything runs.

    Parameters
    ----------
    method, framework
        The method of the scenario and the tree.
    cities, file, units
        As for `fhi.engine.index.check`.

    Raises
    ------
    MethodError
        With the key below ``robustness`` and the value.
    """
    settings = method.robustness
    for key, effort in {"robustness": settings, "robustness.one_by_one": settings.one_by_one}.items():
        if effort.sobol & (effort.sobol - 1):
            message = f"sobol must be a power of two; found {effort.sobol}."
            raise MethodError(message, file=file, key=f"{key}.sobol", value=effort.sobol)
    space = parse(settings.space, method, framework, cities, file=file, attributes=units)
    check_pairs(space, method, file)
    _grid(method, framework, cities, file=file, attributes=units)


def within(effort: Effort, units: int) -> Effort:
    """Return an effort for so many units: beyond `FULL` of them in proportion less, so that time grows no further.

    Parameters
    ----------
    effort : Effort
        As asked for.
    units : int
        Units that are ranked.

    Returns
    -------
    Effort
        ``draws·FULL/units`` rounded down, and the power of two next below ``sobol·FULL/units``; never below 1 and 2.
    """
    if units <= FULL:
        return effort
    draws, sobol = effort.draws * FULL // units, max(2, effort.sobol * FULL // units)
    return Effort(draws=max(1, draws), sobol=1 << (sobol.bit_length() - 1))


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
        Points of the joint set of values known up to an interval, see `fhi.engine.robustness.space`.
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
        space = space if self.joint is None else with_points(space, self.joint)
        return with_fillings(space, self.panel, self.framework, self.method, self.units)

    @cached_property
    def study(self) -> Study:
        """The index as it is, with the published cities that have one to be ranked."""
        everyone = Study.of(self.panel, self.framework, self.space, self.method, units=self.units)
        ranked = [city for city in self.published["city"] if city in everyone.names]
        return everyone if self.published.empty else everyone.among(ranked)

    @cached_property
    def effort(self) -> Effort:
        """How many draws are made: fewer if they have to be computed one by one, and of more than `FULL` units."""
        return within(self._asked, len(self.study.names))

    @property
    def _asked(self) -> Effort:
        settings = self.method.robustness
        return settings if self.study.together else settings.one_by_one

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
        given = {"data": self.panel, "framework": self.framework, "space": self.space, "method": self.method}
        return given | {"among": self.study.names, "units": self.units, "seed": self.method.robustness.seed}

    def describe(self) -> pd.DataFrame:
        """Return ``assumption, alternatives`` in words, one row an assumption.

        Of many units the last rows say of how many the tables hold pairs and every rank
        (`fhi.engine.robustness.summary.PAIRED`), and how many draws are made of those that the scenario asks for.
        """
        rows = [*self.study.model.space.words.items()]
        ranked = len(self.study.names)
        if ranked > PAIRED:
            rows.append(("pairs and every rank", f"of the {PAIRED} units ranked best of {ranked}; intervals of all"))
        effort, asked = self.effort, self._asked
        if ranked > FULL:
            said = f"{effort.draws} draws, Sobol {effort.sobol}; of {FULL} units or fewer "
            rows.append((f"effort for {ranked} units", f"{said}{asked.draws} and {asked.sobol}"))
        return pd.DataFrame(rows, columns=["assumption", "alternatives"])

    def uncertainty(self, **arguments: Any) -> Uncertainty:
        """Draw from the space; see `fhi.engine.robustness.uncertainty`."""
        given = {"published": self.order, "tiers": self.tiers, "cluster": self.cluster}
        return uncertainty(n=self.effort.draws, **self._given | given | arguments)

    def sensitivity(self, **arguments: Any) -> pd.DataFrame:
        """Share the variance of the ranks between the assumptions; see `fhi.engine.robustness.sensitivity`."""
        return sensitivity(n=self.effort.sobol, **self._given | {"cluster": self.cluster} | arguments)

    def imputation_spread(self, level: float = 0.95) -> pd.DataFrame:
        """Return the scores over the tables of ``imputed``, see `significance.spread`; empty without these."""
        if not self.space.fillings:
            return pd.DataFrame(columns=significance.SPREAD)
        given = self.panel, self.framework, significance.tables_alone(self.space), self.method
        return significance.spread(Study.of(*given, self.study.names, self.units), self.method.robustness.seed, level)

    def rank_changes(self, level: float = 0.9) -> pd.DataFrame:
        """Return whether ranks changed since the year before beyond noise; see `significance.between_years`."""
        return significance.between_years(self.panel, self.framework, self.method, self.units, self.effort.draws, level)

    def value_ranges(self) -> pd.DataFrame:
        """Return what `data_noise` draws values between; see `distributions.ranges`."""
        return ranges(self.study.model.space.data_noise or {})

    def tornado(self, **arguments: Any) -> pd.DataFrame:
        """Change one assumption at a time; see `fhi.engine.robustness.saltelli`."""
        return tornado(**self._given | {"draws": min(self.effort.draws, BLOCK)} | arguments)

    def convergence(self, result: Uncertainty) -> pd.DataFrame:
        """Return the estimates from fewer draws for the neighbours in the first five published places."""
        order = pd.Series(result.study.reference, index=result.units) if self.order is None else self.order
        return convergence(result, pairwise(order[result.units].sort_values(kind="stable").index[:5]))

    def intervals(self, result: Uncertainty, level: float) -> pd.DataFrame:
        """Return the intervals of the ranks beside the published ones, ``city, published, tier`` first, with the draws.

        In the order of the published ranks, else of the reference.

        Parameters
        ----------
        result : Uncertainty
        level : float
            The share of the draws that an interval holds.

        Returns
        -------
        pandas.DataFrame
            ``city, published, tier``, the columns of `Uncertainty.intervals`, ``level, draws``.
        """
        published = self.published[["city", "rank", "tier"]].rename(columns={"rank": "published"})
        found = published.merge(result.intervals(level), on="city", how="right")
        return found.sort_values(["published", "reference"], kind="stable").assign(level=level, draws=result.n)

    def answers(self, result: Uncertainty) -> pd.DataFrame:
        """Return the shares of draws that keep what was published; none if nothing was."""
        if self.order is None:
            return pd.DataFrame(columns=COLUMNS)
        return answers(result, self.order, self.tiers)
