"""What a scenario takes from its edition where its file says nothing: year, space of robustness, standard errors."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from fhi.editions.construction import constructed
from fhi.editions.edition import Edition, edition
from fhi.editions.folders import standard_errors_of, units_of
from fhi.engine.robustness.confidence import survey_errors
from fhi.engine.robustness.distributions import Error
from fhi.engine.robustness.space import DATA_NOISE

#: in a space of robustness, in place of errors by indicator: those that the edition states
OF_EDITION = "edition"
ESTIMATES = ["indicator", "city", "estimate", "error", "assumed_answers"]
AGGREGATION = "aggregation"


def of_edition(name: str, settings: Mapping[str, Any], file: str | None = None) -> dict[str, Any]:
    """Return what replaces the keys of a scenario of another edition: the year, and the space fitted to the tree.

    Parameters
    ----------
    name : str
        The edition.
    settings : mapping
        The keys of the scenario so far.
    file : str, optional
        The file of the scenario, for messages.

    Returns
    -------
    dict
        By key of a scenario.

    Raises
    ------
    MethodError
        If there is no such edition, or its file is bad; `DataError` if its tree is.
    """
    found: dict[str, Any] = {"edition": name, "year": edition(name, file).year}
    robustness = settings.get("robustness")
    if isinstance(robustness, Mapping):
        levels = int(units_of(name)[1]["level"].max())
        fitted = {key: _fitted(robustness[key], levels) for key in ("space", "grid") if key in robustness}
        found["robustness"] = {**robustness, **fitted}
    return found


def _fitted(space: Mapping[str, Any], levels: int) -> dict[str, Any]:
    """Return a space or grid that names no level and no indicator of another tree.

    An aggregation by level keeps the levels that the tree computes, those below the named ones being aggregated as the
    lowest named; weight noise is on all levels; errors are those that the edition states.
    """
    found = dict(space)
    if AGGREGATION in found:
        found[AGGREGATION] = _by_level(found[AGGREGATION], levels)
    if "weight_noise" in found:
        found["weight_noise"] = _on_all_levels(found["weight_noise"])
    if DATA_NOISE in found:
        found[DATA_NOISE] = OF_EDITION
    return found


def _by_level(content: Any, levels: int) -> Any:
    if isinstance(content, Mapping) and "alternatives" in content:
        return {**content, "alternatives": _by_level(content["alternatives"], levels)}
    if not isinstance(content, list):
        return content
    fitted = []
    for item in content:
        if isinstance(item, Mapping) and "method" not in item:
            item = {level: item.get(level, item[max(item)]) for level in range(levels)}
        if item not in fitted:
            fitted.append(item)
    return fitted


def _on_all_levels(content: Any) -> Any:
    entry = content[0] if isinstance(content, list) and content else content
    return {key: value for key, value in entry.items() if key != "levels"} if isinstance(entry, Mapping) else entry


def with_errors(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings with the standard errors of the edition where the space says ``data_noise: edition``."""
    robustness = settings.get("robustness")
    space = robustness.get("space") if isinstance(robustness, Mapping) else None
    if not isinstance(space, Mapping) or space.get(DATA_NOISE) != OF_EDITION:
        return settings
    noise = data_noise(settings["edition"], settings.get("year"))
    rest = {key: value for key, value in space.items() if key != DATA_NOISE}
    return {**settings, "robustness": {**robustness, "space": rest | ({DATA_NOISE: noise} if noise else {})}}


def data_noise(name: str, year: int | None) -> dict[str, dict[str, Any]]:
    """Return the standard errors of an edition in the form of a space: stated by unit, else assumed.

    Of an indicator with rows in standard_errors.csv those of the latest year not later than `year` count, by unit.

    Parameters
    ----------
    name : str
        The edition.
    year : int or None
        The latest that counts; None: any.

    Returns
    -------
    dict
        By indicator: one of ``answers``, ``sd`` and ``relative``; ``sd`` a number or by unit.
    """
    noise: dict[str, dict[str, Any]] = {code: found.entry for code, found in edition(name).standard_errors.items()}
    stated = _latest(standard_errors_of(name), year)
    return noise | {
        code: {"sd": rows.set_index("city")["error"].to_dict()} for code, rows in stated.groupby("indicator")
    }


def _latest(rows: pd.DataFrame, year: int | None) -> pd.DataFrame:
    rows = rows if year is None else rows[rows["year"] <= year]
    return rows.sort_values("year", kind="stable").drop_duplicates(["indicator", "city"], keep="last")


def estimates(
    tables: Mapping[str, pd.DataFrame], found: Edition, year: int | None = None, answers: float | None = None
) -> pd.DataFrame:
    """Return the values that have a standard error, as the edition gives them.

    Parameters
    ----------
    tables : mapping
        The raw tables.
    found : Edition
    year : int, optional
        The latest that counts (default: any).
    answers : float, optional
        In place of the assumed number of answers.

    Returns
    -------
    pandas.DataFrame
        ``indicator, city, estimate, error, assumed_answers`` (missing unless the error is that of a share in per cent
        of so many answers), in the order of the raw table; empty if the edition states no errors.
    """
    frames = [pd.DataFrame(columns=ESTIMATES)]
    stated = (
        _latest(tables["standard_errors"], year) if "standard_errors" in tables else pd.DataFrame({"indicator": []})
    )
    for code in dict.fromkeys([*found.standard_errors, *stated["indicator"]]):
        values = constructed(code, tables)
        if values is None:
            continue
        values = _latest(values.assign(indicator=code), year).sort_index().set_index("city")["value"].dropna()
        own = stated[stated["indicator"] == code]
        if len(own):
            error, size = own.set_index("city")["error"].reindex(values.index), np.nan
        else:
            ((kind, size),) = found.standard_errors[code].entry.items()
            if kind == "answers":
                size = size if answers is None else answers
                error = survey_errors(values, size)
            else:
                error, size = pd.Series(Error(kind, size).deviations(values), index=values.index), np.nan
        frame = pd.DataFrame({"estimate": values, "error": error}).dropna().rename_axis("city").reset_index()
        frames.append(frame.assign(indicator=code, assumed_answers=size)[ESTIMATES])
    return pd.concat(frames[1:] or frames, ignore_index=True)
