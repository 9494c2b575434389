"""What is assumed behind the bounds: each assumption replaced by an alternative, and the bounds that move then."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from fhi.engine.errors import DataError, Problem
from fhi.engine.framework import Framework
from fhi.engine.identification.bounds import IdentifiedSet
from fhi.engine.identification.constraints import TOP
from fhi.engine.identification.program import Infeasible

#: bounds that differ by more than this have moved; they are rounded outward to 1e-6
MOVED = 1e-5
#: columns of a fact by which an alternative may name the facts that it concerns
SELECTORS = ("id", "group", "kind", "basis")
FILE = "bound_alternatives.csv"
#: columns of bound_alternatives.csv that say in words what an alternative is
WORDS = [f"{column}_{language}" for column in ("name", "value", "alternative", "why") for language in ("zh", "en")]
#: what moved, as columns, where nothing could be computed
NOTHING = dict.fromkeys(
    ["cities_moved", "largest_move", "city", "end", "before", "after", "weights_moved", "largest_weight_move", "node"]
)


def _numbers(column: str) -> Callable:
    def change(facts: pd.DataFrame, chosen: pd.Series, number: float, framework: Framework) -> tuple:
        return facts.assign(**{column: facts[column].mask(chosen, number)}), {}

    return change


def _scale(**options) -> Callable:
    return lambda facts, chosen, number, framework: (facts, options)


#: kind of change -> function of (facts, which of them, number, framework) to the facts and options of `IdentifiedSet`
CHANGES: Mapping[str, Callable] = {
    "value": _numbers("value_value"),
    "tolerance": _numbers("tolerance"),
    "drop": lambda facts, chosen, number, framework: (facts[~chosen], {}),
    "root-only": lambda facts, chosen, number, framework: (facts[facts["node"] == framework.root], {}),
    "top": _scale(top=False),
    "floor": _scale(floor=False),
    "increasing": _scale(normalisation="increasing"),
}


def moves(alternatives: pd.DataFrame | None, facts: pd.DataFrame, identified: IdentifiedSet) -> pd.DataFrame:
    """Return for each alternative which bounds of the index scores and of the weights move, and by how much.

    Parameters
    ----------
    alternatives : pandas.DataFrame
        As ingested from bound_alternatives.csv; None: there are none.
    facts : pandas.DataFrame
        All rows of facts.csv, those included that were dropped as contradictory.
    identified : IdentifiedSet
        Of the facts that were kept, under the assumptions as they are made.

    Returns
    -------
    pandas.DataFrame
        ``id, place`` (1 first), ``outcome`` (``bounds``, ``contradiction``: with the facts nothing satisfies the
        alternative, ``words``: no linear program holds it), ``cities_moved`` of the 20 score bounds of the index,
        ``largest_move`` (points; infinite without an end) with its ``city``, ``end`` (low or high), ``before, after``,
        then ``weights_moved``, ``largest_weight_move`` (share of the index) with its ``node``, and the texts of
        bound_alternatives.csv. What was not computed, and the place of a move where none is, is missing.

    Raises
    ------
    DataError
        If an alternative names no fact, or needs a number and has none.
    """
    if alternatives is None:
        return pd.DataFrame(columns=["id", "place", "outcome", *NOTHING, *WORDS])
    base = _bounds(identified)
    records = []
    for place, row in enumerate(alternatives.to_dict("records"), start=1):
        outcome, found = _moved(row, _chosen(row, facts), identified, base)
        records.append({"id": row["id"], "place": place, "outcome": outcome} | found | {key: row[key] for key in WORDS})
    frame = pd.DataFrame(records)
    return frame.astype({"cities_moved": "Int64", "weights_moved": "Int64"})


def _chosen(row: Mapping, facts: pd.DataFrame) -> set[str]:
    """Return the ids of the facts that an alternative concerns."""
    place = FILE, row.get("row")
    if row["change"] in ("value", "tolerance") and pd.isna(row["number"]):
        raise DataError([Problem(*place, "number", None, "a number to put in place", "fill in the cell")])
    if row["change"] not in ("value", "tolerance", "drop"):
        return set()
    chosen: set[str] = set()
    for name in str(row["facts"]).split("|"):
        named = facts.loc[facts[list(SELECTORS)].eq(name).any(axis=1), "id"]
        if named.empty:
            expected = "an id, group, kind or basis of facts.csv"
            raise DataError([Problem(*place, "facts", name, expected, "correct the name")])
        chosen |= set(named)
    return chosen


def _moved(row: Mapping, chosen: set[str], identified: IdentifiedSet, base: tuple) -> tuple[str, dict]:
    if row["change"] == "words":
        return "words", dict(NOTHING)
    facts, framework = identified.facts, identified.framework
    kept, options = CHANGES[row["change"]](facts, facts["id"].isin(chosen), row["number"], framework)
    try:
        scores, weights = _bounds(IdentifiedSet(kept, framework, **options))
    except Infeasible:
        return "contradiction", dict(NOTHING)
    # a city that no fact names any more may have any score
    scores = scores.reindex(base[0].index).fillna({"low": 0.0, "high": TOP})
    city, node = _largest(base[0], scores), _largest(base[1], weights)
    found = {"cities_moved": city["moved"], "largest_move": city["largest"], "city": city["name"]}
    found |= {key: city[key] for key in ("end", "before", "after")}
    return "bounds", found | {
        "weights_moved": node["moved"],
        "largest_weight_move": node["largest"],
        "node": node["name"],
    }


def _bounds(identified: IdentifiedSet) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the score bounds of the index by city, and the weight bounds by node."""
    scores = identified.score_bounds([identified.framework.root]).set_index("city")[["low", "high"]]
    return scores, identified.weight_bounds().set_index("node")


def _largest(before: pd.DataFrame, after: pd.DataFrame) -> dict:
    """Return how many rows moved, and the largest move with its row, its end and both values."""
    steps = (after - before).abs()
    steps = steps.where(steps > MOVED, 0.0)
    moved = int((steps > 0).any(axis=1).sum())
    if not moved:
        return {"moved": 0, "largest": 0.0, "name": None, "end": None, "before": None, "after": None}
    name, end = steps.stack().idxmax()
    found = {
        "largest": round(float(steps.at[name, end]), 6),
        "before": before.at[name, end],
        "after": after.at[name, end],
    }
    return {"moved": moved, "name": name, "end": end} | found
