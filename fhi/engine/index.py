"""Build an index: the steps of the Handbook in order, every intermediate kept."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

import pandas as pd

from fhi.engine import aggregation, imputation, methods, normalisation, treatment, weighting
from fhi.engine.errors import MethodError, refuse
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method, Step
from fhi.engine.ranking import ranked
from fhi.engine.screening import coverage, observe, panel_of, screen, screen_units, select  # noqa: F401 (of this step)
from fhi.engine.validation import check, check_units, check_weights  # noqa: F401 (of this step)

#: the steps from the observed to the normalised indicators
STEPS = ("imputation", "treatment", "normalisation")


@dataclass(frozen=True)
class Index:
    """A built index.

    Attributes
    ----------
    scores, ranks : pandas.DataFrame
        Units × all nodes. Ranks come from scores rounded to `Method.ranking.decimals`, unrounded where that is None:
        1 is best, ties share the lower number, a unit without a score has none. Scores stay unrounded.
    weights : pandas.DataFrame
        Indexed by node below the root: ``parent``, ``weight`` inside the parent, ``effective`` share in the root.
    stages : dict of pandas.DataFrame
        ``indicators``, ``screening``, ``unit_screening``, ``imputed``, ``imputation`` (True where a cell was filled,
        from other years, cities or indicators), ``treated``, ``treatment``, ``normalised``, and ``unit_weights``
        (``city, parent, node, weight``), empty unless an aggregation weighs each city for itself.
    """

    scores: pd.DataFrame
    ranks: pd.DataFrame
    weights: pd.DataFrame
    stages: dict[str, pd.DataFrame] = field(repr=False)


def separable(method: Method) -> bool:
    """Whether an indicator comes out the same whatever stands beside it."""
    return not method.unit_screening and all(
        methods.traits(name, method.step_of(name, indicator).method).columnwise
        for name in STEPS
        for indicator in (None, *method.by_indicator)
    )


def repeatable(method: Method, indicators: Iterable[str]) -> bool:
    """Whether indicators may be normalised many times over, as columns of one table.

    So it is if no step looks across indicators or years, or has a parameter by indicator.

    Parameters
    ----------
    method : Method
    indicators : iterable of str
        Those whose values differ between draws.

    Returns
    -------
    bool
    """
    tried = [method.step_of(name, indicator) for name in STEPS for indicator in (None, *method.by_indicator)]
    contents = [value for step in tried for value in step.params.values() if isinstance(value, Mapping | list)]
    named = any(indicator in content for indicator in indicators for content in contents)
    return separable(method) and methods.traits("over_years", method.over_years.method).own_year and not named


def fill(
    panel: pd.DataFrame,
    framework: Framework,
    method: Method,
    year: int | None = None,
    units: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the stages up to the imputed indicators (see `Index.stages`).

    Parameters
    ----------
    panel, framework, method, year, units
        As for `build`; the panel is long.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``indicators, screening, imputed, imputation``.

    Raises
    ------
    DataError
        If the panel is bad.
    MethodError
        If no indicator has data for enough units, or the imputation fails.
    """
    observed = observe(panel, framework, method.year if year is None else year, method.panel)
    return fill_observed(*observed, framework, method, units)


def fill_observed(
    observed: pd.DataFrame, carried: pd.DataFrame, framework: Framework, method: Method, units: pd.DataFrame | None
) -> dict[str, pd.DataFrame]:
    """Return what `fill` returns, from what `fhi.engine.screening.observe` found.

    Parameters
    ----------
    observed, carried : pandas.DataFrame
        Units × indicators: the values of the year, and whether each comes from another year.
    framework, method, units
        As for `build`.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``indicators, screening, imputed, imputation``.

    Raises
    ------
    MethodError
        If no indicator has data for enough units, or the imputation fails.
    """
    framework = framework.with_directions(dict(method.directions))
    indicators = observed.drop(index=list(method.exclude_cities)) if method.exclude_cities else observed.copy()
    if method.exclude_indicators:
        indicators[[framework.same.get(code, code) for code in method.exclude_indicators]] = float("nan")
    kept, screening = screen(indicators, method.least_coverage)
    used = screening.index[screening["used"]]
    if used.empty:
        raise MethodError("no indicator has data for enough units; lower least_coverage.", key="least_coverage")
    kept = kept if len(used) == kept.shape[1] else kept[used]
    kept, unit_screening = screen_units(kept, framework, method.unit_screening)
    indicators = indicators if len(kept) == len(indicators) else indicators.loc[kept.index]
    impute = partial(imputation.impute, framework=framework, units=units)
    imputed, mask = _each(kept, method, "imputation", lambda data, step: impute(data, step.method, **step.params))
    if carried.to_numpy().any():
        mask |= carried.loc[imputed.index, used]
    stages = {"indicators": indicators, "screening": screening, "unit_screening": unit_screening}
    return stages | {"imputed": imputed, "imputation": mask}


def prepare(
    panel: pd.DataFrame,
    framework: Framework,
    method: Method,
    year: int | None = None,
    units: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Check the method, and return the stages up to the normalised indicators (see `Index.stages`).

    Parameters
    ----------
    panel, framework, method, year, units
        As for `build`; the panel is long.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``indicators, screening, imputed, imputation, treated, treatment, normalised``.

    Raises
    ------
    DataError, MethodError
        As of `build`.
    """
    check(method, framework, panel["city"].unique() if "city" in panel else (), units=units)
    stages = fill(panel, framework, method, year, units)
    treated, labels = treat_filled(stages["imputed"], method)
    record = treatment.changed(stages["imputed"], treated, labels)
    year = method.year if year is None else year
    history = {**other_years(panel, framework, method, year, units), year: treated}
    normalised = normalise(history, framework, method, year)
    return stages | {"treated": treated, "treatment": record, "normalised": normalised}


def normalise(
    history: Mapping[int | None, pd.DataFrame], framework: Framework, method: Method, year: int | None
) -> pd.DataFrame:
    """Return the normalised indicators of a year from the treated ones of it and of `other_years`.

    Parameters
    ----------
    history : mapping
        The treated indicators by year, units × indicators.
    framework : Framework
    method : Method
    year : int or None
        The year that is normalised, a key of `history`.

    Returns
    -------
    pandas.DataFrame
        Units × all indicators of the tree, in its order, more always better; missing for what the year does not use.

    Raises
    ------
    MethodError
        If the normalisation does not fit the values.
    """
    directions = framework.with_directions(dict(method.directions)).directions
    over = method.over_years

    def one(frame: pd.DataFrame) -> pd.DataFrame:
        run = partial(normalisation.normalise, directions=directions)
        return _each(frame, method, "normalisation", lambda data, step: (run(data, step.method, **step.params),))[0]

    given = {"step": "over_years", "params": over.params}
    normalised = methods.call(normalisation.OVER_YEARS, over.method, dict(sorted(history.items())), year, one, **given)
    return framework.spread(normalised)


def treat_filled(imputed: pd.DataFrame, method: Method) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the treated indicators and what was done to each.

    Parameters
    ----------
    imputed : pandas.DataFrame
        Units × indicators, in the indicators' own units.
    method : Method

    Returns
    -------
    treated : pandas.DataFrame
        Of the shape of `imputed`.
    labels : dict of str to str
        By indicator; see `fhi.engine.treatment.treat_alone`.

    Raises
    ------
    MethodError
        If years are measured alike and a column was transformed: each year by itself, so that no two compare.
    """
    treat = treatment.treat_alone
    treated, labels = _each(imputed, method, "treatment", lambda data, step: treat(data, step.method, **step.params))
    if not methods.traits("over_years", method.over_years.method).own_year:
        message = "scores of several years need one unit, but the treatment transforms {} year by year; "
        message += "set otherwise: none in the treatment, or choose over_years: by-year."
        turned = [column for column in imputed if labels[column] in treatment.TRANSFORMS]
        refuse(turned, message, key="over_years", value=method.over_years.method)
    return treated, labels


def other_years(
    panel: pd.DataFrame, framework: Framework, method: Method, year: int | None, units: pd.DataFrame | None
) -> dict[int, pd.DataFrame]:
    """Return the treated indicators of the other years of the panel, up to the edition's; none if `by-year`.

    Parameters
    ----------
    panel, framework, method, year, units
        As for `build`; the panel is long.

    Returns
    -------
    dict of int to pandas.DataFrame
        Units × indicators by year; a year in which no indicator can be used is left out.

    Raises
    ------
    MethodError
        If levels of several years are asked for without an edition year.
    """
    if methods.traits("over_years", method.over_years.method).own_year:
        return {}
    if year is None:
        raise MethodError("scores of several years need the year of the edition; set the key year.", key="over_years")
    last = max(year, method.year or year)
    found = {}
    for other in sorted(int(at) for at in panel["year"].unique() if at <= last and at != year):
        with suppress(MethodError):  # a year in which no indicator can be used tells nothing
            found[other] = fill(panel, framework, method, other, units)["imputed"]
    return {other: treat_filled(imputed, method)[0] for other, imputed in found.items()}


def _each(data: pd.DataFrame, method: Method, key: str, run: Callable[[pd.DataFrame, Step], tuple]) -> list:
    """Return what a step makes of all indicators: those with a step of their own by that one.

    `run` returns a frame of the shape of its data, and may return with it something by column.
    A method that looks across indicators is given them all, and only its own columns are taken.
    """
    if not any(getattr(own, key) for own in method.by_indicator.values()):
        return list(run(data, method.step_of(key)))
    groups: dict[str, tuple[Step, list[str]]] = {}
    for column in data:
        step = method.step_of(key, column)
        groups.setdefault(repr(step), (step, []))[1].append(column)
    if len(groups) == 1:
        return list(run(data, *(step for step, _ in groups.values())))
    found = []
    for step, columns in groups.values():
        alone = methods.traits(key, step.method).columnwise
        found.append((run(data[columns] if alone else data, step), columns))
    first = pd.concat([result[0][columns] for result, columns in found], axis=1)[[*data]]
    more = {column: result[1][column] for result, columns in found for column in columns if len(result) > 1}
    return [first, pd.DataFrame(more)[[*data]] if key == "imputation" else more]


def filled(stages: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the cells that were filled, from other years, cities or indicators: ``city, indicator, value``."""
    cells = stages["imputed"].where(stages["imputation"]).rename_axis(index="city", columns="indicator")
    return cells.stack(future_stack=True).dropna().rename("value").reset_index()


def combine(normalised: pd.DataFrame, framework: Framework, method: Method) -> Index:
    """Weigh and aggregate normalised indicators.

    Parameters
    ----------
    normalised : pandas.DataFrame
        Units × indicators, more always better; missing cells are NaN.
    framework : Framework
    method : Method
        Its keys `weights, weighting, aggregation, availability, ranking` count.

    Returns
    -------
    Index
        Its stages are ``normalised`` and ``unit_weights``.

    Raises
    ------
    MethodError
        If the weights or a node cannot be computed.
    """
    tree = framework.with_weights(dict(method.weights))
    shares = weighting.weigh(normalised, tree, method.weighting.method, **method.weighting.params)
    scores, unit_weights = aggregation.aggregate_and_weigh(
        normalised, tree, shares, method.aggregation, availability=method.availability
    )
    ranks = ranked(scores, method.ranking.decimals)
    weights = pd.DataFrame({"parent": tree.parents, "weight": shares, "effective": tree.effective(shares)})
    stages = {"normalised": normalised, "unit_weights": unit_weights}
    return Index(scores, ranks, weights.loc[tree.nodes].rename_axis("node"), stages)


def build(
    panel: pd.DataFrame,
    framework: Framework,
    method: Method | None = None,
    year: int | None = None,
    units: pd.DataFrame | None = None,
) -> Index:
    """Build the index of a panel: `prepare`, then `combine`.

    Parameters
    ----------
    panel : pandas.DataFrame
        Long: ``city, year, indicator, value`` and any other columns; or units × indicators, whose year plays no part.
    framework : Framework
    method : Method, optional
        Default: the defaults of `Method`.
    year : int, optional
        Edition year (default: the method's, else the latest of each indicator); which value of a cell counts
        for it, the method's `panel` says.
    units : pandas.DataFrame, optional
        Attributes of the cities by name, for a method that groups them: the table of cities.

    Returns
    -------
    Index

    Raises
    ------
    DataError, MethodError
        See the steps.
    """
    method = method or Method()
    panel, wide = panel_of(panel, framework)
    if wide:
        method, year = method.model_copy(update={"year": None}), None
    stages = prepare(panel, framework, method, year, units)
    result = combine(stages["normalised"], framework, method)
    return replace(result, stages=stages | result.stages)
