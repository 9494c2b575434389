"""A grid of scenarios: every combination of a few alternatives, built and compared with what was published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import product
from typing import Any

import pandas as pd

from fhi.engine.agreement import agreement, compare_ranks
from fhi.engine.errors import FhiError, MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.engine.parameters import Method
from fhi.engine.robustness import parallel
from fhi.engine.robustness.space import ASSUMPTIONS, LEFT_OUT, Choice, parse


def check(
    method: Method,
    framework: Framework,
    cities: Iterable[str] = (),
    file: str | None = None,
    units: pd.DataFrame | None = None,
) -> list[Choice]:
    """Return the alternatives of a scenario's grid, or raise `MethodError` for what is wrong in it."""
    # combinations that raw weights do not go with are told in the results
    plain = method.model_copy(update={"weights": {}})
    space = parse(method.robustness.grid, plain, framework, cities, file=file, attributes=units)
    noise = [name for name in space.assumptions if name not in {choice.name for choice in space.choices} - {LEFT_OUT}]
    if noise:
        message = f"a grid is of keys of the method; {noise[0]} is none."
        raise MethodError(message, file=file, key="robustness.grid", value=noise[0])
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
    choices = check(method, framework, panel["city"].unique(), units=units)
    tasks = list(product(*(range(len(choice.values)) for choice in choices)))
    function = partial(_one, panel, framework, method, choices, published, units)
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


def summary(table: pd.DataFrame) -> str:
    """Return a few lines on a table of combinations: how many, the range of agreement, the best and the worst."""
    built = table[table["error"].isna()].sort_values("kendall_tau_b", ascending=False)
    lines = [f"{'combinations':<14}{len(table)}, of which {len(table) - len(built)} cannot be built (see error)"]
    names = [name for name in table if name in ASSUMPTIONS]
    for title, row in (("nearest", built.head(1)), ("furthest", built.tail(1))):
        for item in row.to_dict("records"):
            words = "; ".join(f"{name} {item[name]}" for name in names)
            lines.append(f"{title:<14}Kendall's tau-b {item['kendall_tau_b']:.2f}: {words}")
    return "\n".join(lines)


def _one(
    panel: pd.DataFrame,
    framework: Framework,
    method: Method,
    choices: list[Choice],
    published: pd.DataFrame,
    units: pd.DataFrame | None,
    picks: tuple[int, ...],
) -> tuple[Mapping[str, Any], pd.DataFrame]:
    """Return the agreement of one combination with the published ranks, or its error, and the ranks."""
    values = {choice.name: choice.values[pick] for choice, pick in zip(choices, picks, strict=True)}
    try:
        scores = build(panel, framework, method.model_copy(update=values), units=units).scores
    except FhiError as error:
        return {"error": str(error)}, pd.DataFrame(columns=["city", "rank", "published"])
    comparison = compare_ranks(scores, published, method.ranking.decimals)
    comparison = comparison[comparison["node"] == framework.root]
    measures = agreement(comparison).iloc[0].drop("node").to_dict() if len(comparison) else {"cities": 0}
    return measures, comparison[["city", "rank", "published"]]
