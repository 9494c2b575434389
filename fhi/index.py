"""Build an index: the steps of the Handbook in order, every intermediate kept."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from numbers import Real

import numpy as np
import pandas as pd

from fhi import aggregation, imputation, normalisation, treatment, weighting
from fhi.errors import DataError, MethodError, Problem, choose
from fhi.framework import Framework
from fhi.parameters import Method, Step, steps_by_level

STEPS: Mapping[str, Mapping] = {
    "imputation": imputation.METHODS,
    "treatment": treatment.METHODS,
    "normalisation": normalisation.METHODS,
    "weighting": weighting.METHODS,
}


@dataclass(frozen=True)
class Index:
    """A built index.

    Attributes
    ----------
    scores, ranks : pandas.DataFrame
        Units × all nodes. Ranks come from unrounded scores: 1 is best, ties share the lower number, a unit
        without a score has none.
    weights : pandas.DataFrame
        Indexed by node below the root: ``parent``, ``weight`` inside the parent, ``effective`` share in the root.
    stages : dict of pandas.DataFrame
        ``indicators``, ``screening``, ``imputed``, ``imputation``, ``treated``, ``treatment``, ``normalised``, and
        ``unit_weights`` (``city, parent, node, weight``), empty unless an aggregation weighs each city for itself.
    """

    scores: pd.DataFrame
    ranks: pd.DataFrame
    weights: pd.DataFrame
    stages: dict[str, pd.DataFrame] = field(repr=False)


def check(method: Method, framework: Framework, cities: Iterable[str] = (), file: str | None = None) -> None:
    """Raise `MethodError` for any name in a method that does not exist, before anything runs.

    Checked: the name and the parameters of each step, the aggregation of each level, nodes with a weight,
    excluded indicators, and excluded cities if `cities` is given.
    """
    for key, table in STEPS.items():
        step: Step = getattr(method, key)
        _check_params(choose(table, step.method, key, file), step, key, file)
    _try_normalisation(method.normalisation, file)
    _try_weighting(method, framework, file)
    levels = list(range(framework.levels.max()))
    if isinstance(method.aggregation, dict):
        for level in set(levels) ^ set(method.aggregation):
            message = f"give a method for each of the levels {levels}, no more and no fewer."
            raise MethodError(message, file=file, key=f"aggregation.{level}", value=level)
    for step in steps_by_level(method.aggregation, levels).values():
        _try_aggregation(step, file)
    for level in method.availability:
        if level not in levels:
            raise MethodError(f"there is no level {level} to compute.", file=file, key="availability", value=level)
    for code in method.weights:
        choose(dict.fromkeys(framework.nodes), code, "weights", file)
    for code in method.exclude_indicators:
        choose(dict.fromkeys(framework.leaves), code, "exclude_indicators", file)
    known = dict.fromkeys(cities)
    for city in method.exclude_cities if known else ():
        choose(known, city, "exclude_cities", file)


def _check_params(function, step: Step, key: str, file: str | None) -> None:
    keywords = inspect.signature(function).parameters.values()
    valid = [p.name for p in keywords if p.kind is inspect.Parameter.KEYWORD_ONLY]
    for name in step.params:
        if name not in valid:
            message = f"{step.method!r} takes no {name!r}."
            raise MethodError(message, file=file, key=f"{key}.{name}", value=name, valid=valid)
    for parameter in keywords:
        if parameter.name in valid and parameter.default is parameter.empty and parameter.name not in step.params:
            message = f"{step.method!r} needs {parameter.name!r}: {{method: {step.method}, {parameter.name}: …}}."
            raise MethodError(message, file=file, key=f"{key}.{parameter.name}", value=step.method)


def _try_normalisation(step: Step, file: str | None) -> None:
    """Normalise two numbers, so that a bad value of a parameter is found before anything runs."""
    trial = pd.DataFrame({"trial": [1.0, 2.0]})
    try:
        normalisation.normalise(trial, step.method, directions=pd.Series({"trial": 1}), **step.params)
    except MethodError as error:
        raise MethodError(str(error), file=file) from None


def _try_weighting(method: Method, framework: Framework, file: str | None) -> None:
    """Weigh made-up scores that suit every method, so that a bad file or parameter is found before anything runs."""
    step = method.weighting
    if method.weights and step.method in weighting.WITHOUT_RAW:
        message = f"{step.method!r} takes no account of raw weights; leave them out, or choose weighting: original."
        raise MethodError(message, file=file, key="weights", value=dict(method.weights))
    if not step.params:
        return
    unit, leaf = np.ogrid[:6, : len(framework.leaves)]
    trial = pd.DataFrame(10.0 + unit + 0.3 * ((unit * (leaf + 2)) % 5), columns=framework.leaves)
    try:
        weighting.weigh(trial, framework, step.method, **step.params)
    except MethodError as error:
        raise MethodError(str(error), file=file) from None


def _try_aggregation(step: Step, file: str | None) -> None:
    """Aggregate scores that suit every method, so that a bad value of a parameter is found before anything runs."""
    function = choose(aggregation.METHODS, step.method, "aggregation", file)
    _check_params(function, step, "aggregation", file)
    try:
        function(np.array([[80.0, 120.0], [110.0, 90.0]]), np.full((2, 2), 0.5), **step.params)
    except MethodError as error:
        raise MethodError(str(error), file=file) from None
    except ValueError:
        pass  # it depends on the scores and is told with city and node when they are there


def select(panel: pd.DataFrame, framework: Framework, year: int | None = None, column: str = "value") -> pd.DataFrame:
    """Return units × indicators: of each cell the latest row of the panel, not later than `year`.

    `column` is what to take from that row: its value, or another column such as ``evidence``.

    Raises
    ------
    DataError
        If the panel lacks a column, repeats a cell, names an unknown indicator, or holds a row without a city, a
        year or a finite number.
    """
    needed = ["city", "year", "indicator", "value"]
    absent = [name for name in needed if name not in panel]
    if absent:
        raise DataError([Problem("panel", 1, name, None, f"a column {name!r}", "add it") for name in absent])
    values = pd.to_numeric(panel["value"], errors="coerce").to_numpy(dtype=float)
    years = panel["year"]
    numeric = pd.api.types.is_numeric_dtype(years)
    numbered = np.isfinite(years) if numeric else years.map(lambda year: isinstance(year, Real) and np.isfinite(year))
    problems = []
    for name, what, bad, remedy in (
        ("city", "a city", panel["city"].isna(), "fill it in"),
        ("year", "a year", ~numbered.astype(bool), "correct it"),
        (
            "indicator",
            "an indicator of the framework",
            ~panel["indicator"].isin(framework.leaves),
            "add it to framework.csv",
        ),
        ("indicator", "each city, year and indicator once", panel.duplicated(needed[:3], keep=False), "remove one row"),
        ("value", "a finite number", panel["value"].notna() & ~np.isfinite(values), "correct it"),
    ):
        for position in np.flatnonzero(bad):
            problems.append(Problem("panel", int(position) + 2, name, panel[name].iloc[position], what, remedy))
    if problems:
        raise DataError(problems)
    rows = panel.dropna(subset=["value"])
    if year is not None:
        rows = rows[rows["year"] <= year]
    rows = rows.sort_values("year", kind="stable")
    cities = pd.Index(sorted(panel["city"].unique()), name="city")
    leaves = pd.Index(framework.leaves, name="indicator")
    cells = np.full((len(cities), len(leaves)), np.nan, dtype=float if column == "value" else object)
    # of rows for the same cell the last, of the latest year, stays
    cells[cities.get_indexer(rows["city"]), leaves.get_indexer(rows["indicator"])] = rows[column]
    return pd.DataFrame(cells, index=cities, columns=leaves)


def screen(indicators: pd.DataFrame, least_coverage: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Empty the indicators that too few units have; say which and why.

    A list of a few leaders (three cities with a printed count, say) cannot be normalised against the
    cities it leaves out: the last of the leaders would score 0. So an indicator needs data for at least
    the share `least_coverage` of the units.

    Returns
    -------
    kept : pandas.DataFrame
        `indicators` with the columns that fail set to NaN.
    screening : pandas.DataFrame
        By indicator: ``units`` with data, ``coverage`` (share of all), ``used``.
    """
    counts = indicators.notna().sum()
    coverage = counts / len(indicators)
    used = (counts > 0) & (coverage >= least_coverage - 1e-12)
    screening = pd.DataFrame({"units": counts, "coverage": coverage, "used": used}).rename_axis("indicator")
    return indicators.where(used, axis=1), screening


def prepare(
    panel: pd.DataFrame, framework: Framework, method: Method, year: int | None = None
) -> dict[str, pd.DataFrame]:
    """Return the stages up to the normalised indicators (see `Index.stages`).

    Parameters and errors as for `build`.
    """
    check(method, framework, panel["city"].unique() if "city" in panel else ())
    indicators = select(panel, framework, method.year if year is None else year)
    indicators = indicators.drop(index=list(method.exclude_cities))
    indicators[list(method.exclude_indicators)] = float("nan")
    kept, screening = screen(indicators, method.least_coverage)
    used = screening.index[screening["used"]]
    if used.empty:
        raise MethodError("no indicator has data for enough units; lower least_coverage.", key="least_coverage")
    imputed, mask = imputation.impute(kept[used], method.imputation.method, **method.imputation.params)
    treated, record = treatment.treat(imputed, method.treatment.method, **method.treatment.params)
    step = method.normalisation
    normalised = normalisation.normalise(treated, step.method, directions=framework.directions, **step.params)
    stages = {"indicators": indicators, "screening": screening, "imputed": imputed, "imputation": mask}
    return stages | {
        "treated": treated,
        "treatment": record,
        "normalised": normalised.reindex(columns=framework.leaves),
    }


def combine(normalised: pd.DataFrame, framework: Framework, method: Method) -> Index:
    """Weigh and aggregate normalised indicators; parameters and errors as for `build`."""
    tree = framework.with_weights(dict(method.weights))
    shares = weighting.weigh(normalised, tree, method.weighting.method, **method.weighting.params)
    scores, unit_weights = aggregation.aggregate_and_weigh(
        normalised, tree, shares, method.aggregation, availability=method.availability
    )
    ranks = scores.rank(ascending=False, method="min").astype("Int64")
    weights = pd.DataFrame({"parent": tree.parents, "weight": shares, "effective": tree.effective(shares)})
    stages = {"normalised": normalised, "unit_weights": unit_weights}
    return Index(scores, ranks, weights.loc[tree.nodes].rename_axis("node"), stages)


def build(panel: pd.DataFrame, framework: Framework, method: Method, year: int | None = None) -> Index:
    """Build the index of a panel: `prepare`, then `combine`.

    Parameters
    ----------
    panel : pandas.DataFrame
        Long: ``city, year, indicator, value`` and any other columns.
    framework : Framework
    method : Method
    year : int, optional
        Edition year: of each indicator the latest value not later than it (default: the method's, else the latest).

    Returns
    -------
    Index

    Raises
    ------
    DataError, MethodError
        See the steps.
    """
    stages = prepare(panel, framework, method, year)
    result = combine(stages["normalised"], framework, method)
    return replace(result, stages=stages | result.stages)


def coverage(panel: pd.DataFrame, framework: Framework, method: Method, screening: pd.DataFrame) -> pd.DataFrame:
    """Return what stands behind each cell of the index.

    Returns
    -------
    pandas.DataFrame
        ``city, indicator, evidence, used``: the evidence label of the value (missing: none), and whether the
        index uses it.
    """
    labels = select(panel, framework, method.year, "evidence").drop(index=list(method.exclude_cities))
    cells = labels.rename_axis(columns="indicator").stack(future_stack=True).rename("evidence").reset_index()
    used = cells["indicator"].map(screening["used"])
    return cells.assign(used=used & cells["evidence"].notna())
