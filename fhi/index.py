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
from fhi.parameters import Method, Step

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
        ``indicators``, ``screening``, ``imputed``, ``imputation``, ``treated``, ``treatment``, ``normalised``.
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
    levels = list(range(framework.levels.max()))
    by_level = method.aggregation
    if not isinstance(by_level, str):
        for level in set(levels) ^ set(by_level):
            message = f"give a method for each of the levels {levels}, no more and no fewer."
            raise MethodError(message, file=file, key=f"aggregation.{level}", value=level)
    for name in [by_level] if isinstance(by_level, str) else by_level.values():
        choose(aggregation.METHODS, name, "aggregation", file)
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


def _try_normalisation(step: Step, file: str | None) -> None:
    """Normalise two numbers, so that a bad value of a parameter is found before anything runs."""
    trial = pd.DataFrame({"trial": [1.0, 2.0]})
    try:
        normalisation.normalise(trial, step.method, directions=pd.Series({"trial": 1}), **step.params)
    except MethodError as error:
        raise MethodError(str(error), file=file) from None


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
    numbered = panel["year"].map(lambda year: isinstance(year, Real) and np.isfinite(year))
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
    latest = rows.sort_values("year").groupby(["city", "indicator"])[column].last().unstack()
    cities = sorted(panel["city"].unique())
    wide = latest.reindex(index=pd.Index(cities, name="city"), columns=framework.leaves)
    return wide.astype(float) if column == "value" else wide


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
    scores = aggregation.aggregate(normalised, tree, shares, method.aggregation, availability=method.availability)
    ranks = scores.rank(ascending=False, method="min").astype("Int64")
    weights = pd.DataFrame({"parent": tree.parents, "weight": shares, "effective": tree.effective(shares)})
    return Index(scores, ranks, weights.loc[tree.nodes].rename_axis("node"), {"normalised": normalised})


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
    return replace(combine(stages["normalised"], framework, method), stages=stages)


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
