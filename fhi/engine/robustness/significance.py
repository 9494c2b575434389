"""What of scores and ranks is more than noise: their spread over completed tables, and changes beyond it."""

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine import years
from fhi.engine.dominance import rank_change
from fhi.engine.errors import FhiError
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method
from fhi.engine.robustness.draws import BLOCK, draw
from fhi.engine.robustness.engine import Plan, evaluate
from fhi.engine.robustness.monte_carlo import Study, drawn
from fhi.engine.robustness.space import IMPUTED, Space, parse

POOLED = ["tables", "mean", "within", "between", "total", "df", "low", "high", "missing_information"]
SPREAD = ["city", "score", *POOLED]


def pooled(scores: np.ndarray, tables: np.ndarray, level: float = 0.95) -> pd.DataFrame:
    """Return the mean of scores over completed tables and its variance by Rubin's rules.

    With M tables, Q_m the mean score in table m and U_m its variance there: ``Q̄ = Σ Q_m/M``, ``W = Σ U_m/M``,
    ``B = Σ (Q_m − Q̄)²/(M − 1)``, ``T = W + (1 + 1/M)·B``; the interval is ``Q̄ ± t_ν·√T`` with
    ``ν = (M − 1)·(1 + W/((1 + 1/M)·B))²``. U is the variance over the draws of one table, 0 where each has one; what it
    adds to the variance of the means Q_m is taken off B.

    Parameters
    ----------
    scores : numpy.ndarray
        Draws × units.
    tables : numpy.ndarray
        By draw: the number of its table; at least two different ones.
    level : float
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        By unit ``tables, mean, within, between, total`` (W, B, T), ``df`` (ν, infinite if B is 0), ``low, high`` and
        ``missing_information``, ``(1 + 1/M)·B/T``: the share of the variance that is due to the missing cells.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, Wiley, section 3.1; Little and Rubin (2002),
    Statistical Analysis with Missing Data, section 5.4.
    """
    from scipy.special import ndtri, stdtrit  # slow to import

    numbers, counts = np.unique(tables, return_counts=True)
    groups = [scores[tables == number] for number in numbers]
    means = np.stack([group.mean(axis=0) for group in groups])
    # a table with one draw says nothing of the spread within it
    several = [(group.var(axis=0, ddof=1), count) for group, count in zip(groups, counts, strict=True) if count > 1]
    zero = np.zeros(scores.shape[1])
    within = np.mean([variance for variance, _ in several], axis=0) if several else zero
    noise = np.mean([variance / count for variance, count in several], axis=0) if several else zero
    count = len(numbers)
    between = (means.var(axis=0, ddof=1) - noise).clip(min=0)
    extra = (1 + 1 / count) * between
    total = within + extra
    ratio = np.divide(within, extra, out=np.full(len(extra), np.inf), where=extra > 0)
    df = (count - 1) * (1 + ratio) ** 2
    finite = np.isfinite(df)
    width = np.where(finite, stdtrit(np.where(finite, df, 1.0), (1 + level) / 2), ndtri((1 + level) / 2))
    mean, error = means.mean(axis=0), width * np.sqrt(total)
    missing = np.divide(extra, total, out=np.zeros(len(total)), where=total > 0)
    columns = [np.full(len(mean), count), mean, within, between, total, df, mean - error, mean + error, missing]
    return pd.DataFrame(dict(zip(POOLED, columns, strict=True)))


def tables_alone(space: Space) -> Space:
    """Return a space in which nothing but the completed tables and the errors of the values are varied."""
    chosen = tuple(choice for choice in space.choices if choice.name == IMPUTED)
    return replace(space, choices=chosen, weight_noise=(), points={}, interval=False)


def spread(study: Study, seed: int, level: float = 0.95) -> pd.DataFrame:
    """Return ``city, score`` and the columns of `pooled`: the scores over completed tables, by the method as it is.

    Parameters
    ----------
    study : Study
        Of a space of `tables_alone`.
    seed : int
        Of the errors of the values; without these each table gives one score.
    level : float
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        By unit ranked; `score` is that of the values as they are, missing ones not filled by `imputed`.
    """
    model, noisy = study.model, bool(study.model.space.data_noise)
    (tables,) = (choice for choice in model.space.choices if choice.name == IMPUTED)
    count = BLOCK if noisy else len(tables.values) - 1
    sample = draw(model.space, model.inputs.tree, len(model.inputs.units), seed, 0, count)
    if not noisy:
        sample = replace(sample, picks={IMPUTED: np.arange(1, count + 1, dtype=np.int16)})
    scores = evaluate(Plan(model, model.codes(sample), study.ranked), sample)
    table = pooled(scores, sample.picks[IMPUTED], level)
    nominal = study.nominal[study.names].to_numpy()
    return table.assign(city=study.names, score=nominal)[SPREAD]


#: draws of each of the two: an interval of ranks needs no more
DRAWS = 2000
COLUMNS = ["city", "draws", "median", "low", "high", "rises", "falls", "significant"]


class NotCompared(UserWarning):
    """Two years whose draws cannot both be computed."""


def between_methods(
    before: tuple[pd.DataFrame, Method],
    after: tuple[pd.DataFrame, Method],
    framework: Framework,
    space: Mapping[str, Any] | Space,
    *,
    units: pd.DataFrame | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    level: float = 0.9,
    one_by_one: int | None = None,
) -> pd.DataFrame:
    """Return by unit how its rank changes from one method, or panel, to another under the same draws of a space.

    Both indices are built with the same number of the same stream for every assumption, so that what both share cancels
    out. A key of the method in which the two differ must not be in the space.

    Parameters
    ----------
    before, after : tuple of pandas.DataFrame and Method
        The panel and the method of each.
    framework : Framework
    space : mapping or Space
        What is uncertain in both.
    units : pandas.DataFrame, optional
        Attributes of the units, by name.
    draws, seed : int
    level : float
        Share of the draws that an interval holds.
    one_by_one : int, optional
        Draws at most where they cannot be computed together.

    Returns
    -------
    pandas.DataFrame
        ``city, draws, median, low, high, rises, falls, significant``, see `fhi.engine.dominance.rank_change`: the units
        with a score in both, ranked among themselves.

    Raises
    ------
    RobustnessError, MethodError
        If one of them cannot be built, or the space is empty.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.7; common random numbers: Glasserman (2003), Monte Carlo Methods in Financial
    Engineering, section 4.2.
    """
    studies = [Study.of(panel, framework, space, method, units=units) for panel, method in (before, after)]
    if one_by_one is not None and not all(study.together for study in studies):
        draws = min(draws, one_by_one)
    among = sorted(set.intersection(*(set(study.names) for study in studies)))
    studies = [study.among(among) for study in studies]
    ranks = [drawn(study, draws, seed, study.target(), keep=True).cells[1] for study in studies]
    return rank_change(*ranks, among, level).reset_index()


def between_years(
    panel: pd.DataFrame,
    framework: Framework,
    method: Method,
    units: pd.DataFrame,
    draws: int = DRAWS,
    level: float = 0.9,
) -> pd.DataFrame:
    """Return by unit whether its rank changed since the last earlier year that compares; see `between_methods`.

    Parameters
    ----------
    panel, framework, method, units
        As for `fhi.engine.index.build`; the space and the seed are those of the method's `robustness`.
    draws : int
        At most `DRAWS` are made.
    level : float
        Share of the draws that an interval holds.

    Returns
    -------
    pandas.DataFrame
        ``from, to`` and the columns of `between_methods`; empty if the panel has no earlier year in which the index is
        made of the same indicators, or the space varies the year or draws points of one year.
    """
    empty = pd.DataFrame(columns=["from", "to", *COLUMNS])
    if method.year is None or panel["year"].nunique() < 2:
        return empty
    built = years.build_years(panel, framework, method, units)
    alike = years.comparable(built, framework)
    earlier = [year for year in sorted(built) if year < method.year and framework.root in alike[year]]
    observed = [year for year in earlier if (panel["year"] == year).any()]
    if not observed:
        return empty
    old = method.model_copy(update={"year": observed[-1]})
    settings = {key: value for key, value in method.robustness.space.items() if key not in ("year", "shares")}
    space = parse(settings, method, framework, units.index, attributes=units)
    given = {"draws": min(DRAWS, draws), "seed": method.robustness.seed, "level": level}
    try:
        found = between_methods((panel, old), (panel, method), framework, space, units=units, **given)
    except FhiError as error:
        message = f"the ranks of {observed[-1]} and {method.year} are not compared: {error}"
        warnings.warn(message, NotCompared, stacklevel=2)
        return empty
    return found.assign(**{"from": observed[-1], "to": method.year})[[*empty]]
