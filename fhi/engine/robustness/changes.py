"""Whether ranks differ between two years or two methods by more than the uncertainty of both."""

import warnings
from collections.abc import Mapping
from typing import Any

import pandas as pd

from fhi.engine import years
from fhi.engine.dominance import rank_change
from fhi.engine.errors import FhiError
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method
from fhi.engine.robustness.monte_carlo import Study, drawn
from fhi.engine.robustness.space import Space, parse

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
