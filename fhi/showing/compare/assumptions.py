"""Which of the assumptions that differ moved which city: each changed alone, and each taken back alone."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from fhi.engine.agreement import shifts
from fhi.engine.errors import FhiError
from fhi.engine.robustness.significance import COLUMNS, between_methods
from fhi.engine.words import label
from fhi.scenarios import ASIDE, KEYS, Scenario
from fhi.showing.compare.moves import Data, Result, rebuild_result

#: keys that are compared node by node
BY_NODE = ("weights", "directions")
#: keys that make the panel; where several differ, it changes with the first
OF_PANEL = ("user_data", "constructions")
ASSUMPTIONS = ["assumption", "before", "after", "city", "alone", "last", "note"]


def changes(base: Scenario, other: Scenario) -> dict[str, tuple[Any, Any]]:
    """Return the assumptions that differ, ``weights`` and ``directions`` by node: name -> (value, other value).

    Parameters
    ----------
    base : Scenario
        The method that is compared with.
    other : Scenario
        The method that is compared.
    """
    found = {}
    for key in KEYS:
        before, after = getattr(base, key), getattr(other, key)
        if key in ASIDE or before == after:
            continue
        if key in BY_NODE:
            for node in dict.fromkeys([*before, *after]):
                if before.get(node) != after.get(node):
                    found[f"{key}.{node}"] = (before.get(node), after.get(node))
        else:
            found[key] = (before, after)
    return found


def significance(base: Result, other: Result, data: Data, base_data: Data, draws: int = 0) -> tuple[pd.DataFrame, str]:
    """Return by city whether its rank differs by more than the uncertainty of both, and why that cannot be told.

    Both are drawn from the space of `base` without the assumptions in which the two differ (`weights` and `weighting`
    are one), each draw alike; see
    `fhi.engine.robustness.significance.between_methods`.

    Parameters
    ----------
    base, other : Result
    data, base_data : Data
        What `other` and what `base` is built from.
    draws : int
        Fewer are made where they go one by one; 0 makes none, and the table is empty.
    """
    empty = pd.DataFrame(columns=COLUMNS)
    if not draws:
        return empty, ""
    # points of shares are of one panel; a weighting that is drawn would put weights of its own in place of those given
    left = {name.partition(".")[0] for name in changes(base.method, other.method)} | {"shares"}
    left |= {"weighting"} if "weights" in left else set()
    settings = base.method.robustness
    space = {key: value for key, value in settings.space.items() if key not in left}
    sides = (base_data.panel, base.method), (data.panel, other.method)
    given = {"units": data.units, "draws": draws, "seed": settings.seed, "one_by_one": settings.one_by_one.draws}
    try:
        return between_methods(*sides, data.framework, space, **given), ""
    except FhiError as error:
        return empty, str(error)


def with_change(method: Scenario, assumption: str, value: Any) -> Scenario:
    """Return a method with one assumption (a name of `changes`) set to a value; None takes a node's entry out.

    Parameters
    ----------
    method : Scenario
    assumption : str
        A name of `changes`: a key, or key and node joined by a dot.
    value : object
        What it becomes; None takes the entry of a node out.
    """
    key, _, node = assumption.partition(".")
    if node:
        entries = {code: entry for code, entry in getattr(method, key).items() if code != node}
        value = entries if value is None else entries | {node: value}
    return method.model_copy(update={key: value})


def assumptions(base: Result, other: Result, data: Data, base_data: Data) -> pd.DataFrame:
    """Return what each assumption that differs does to the ranks by itself.

    The index is built anew with one assumption changed and all others as in `base` (``alone``), and with all changed
    but that one (``last`` compares it with `other`). Assumptions that act upon one another make the two differ, and
    the sum of either differ from the whole shift.

    Parameters
    ----------
    base, other : Result
    data, base_data : Data
        What `other` and what `base` is built from. Where the panels differ, files of the staff's own or other
        constructions made them so: the panel changes with the first of these assumptions that differs (or, if none
        does, with the year that the rows of files are of) and no other.

    Returns
    -------
    pandas.DataFrame
        ``assumption, before, after, city, alone, last, note``: shifts, positive for a lower place, missing for a city
        that has no score both times; where the index cannot be built, one row without a city whose note says why.
    """
    rows = []
    root, found = data.framework.root, changes(base.method, other.method)
    of_panel = next((key for key in OF_PANEL if key in found), "year")
    same = data.panel.equals(base_data.panel)
    for name, (before, after) in found.items():
        changed, kept = (data, base_data) if name == of_panel else (base_data, data)
        # what was built is not built again: of these data, or where both are of the same
        near = {id(base_data): [base, other] if same else [base], id(data): [other, base] if same else [other]}
        alone, why = _scores(with_change(base.method, name, after), changed, root, near[id(changed)])
        without, why_not = _scores(with_change(other.method, name, before), kept, root, near[id(kept)])
        pairs = {"alone": (base.index.scores[root], alone), "last": (without, other.index.scores[root])}
        moved = pd.DataFrame({kind: shifts(*pair)["shift"] for kind, pair in pairs.items()}).astype("Int64")
        frame = moved.rename_axis("city").reset_index().assign(note="")
        notes = [f"{what}: {note}" for what, note in (("alone", why), ("last", why_not)) if note]
        if notes:
            frame = pd.concat([frame, pd.DataFrame({"city": [None], "note": ["; ".join(notes)]})], ignore_index=True)
        choices = {kind: _choice(name, value, data) for kind, value in (("before", before), ("after", after))}
        rows.append(frame.assign(assumption=name, **choices))
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=ASSUMPTIONS)
    return table[ASSUMPTIONS]


def _choice(assumption: str, value: Any, data: Data) -> str:
    """Return a value as text; of a node without an entry of its own, what the framework says."""
    key, _, node = assumption.partition(".")
    return label(getattr(data.framework, key)[node] if node and value is None else value)


def _scores(method: Scenario, data: Data, root: str, near: Sequence[Result]) -> tuple[pd.Series, str]:
    """Return the scores of the index by a method, or none and why it cannot be built."""
    try:
        return rebuild_result("", method, data, *near).index.scores[root], ""
    except FhiError as error:
        return pd.Series(dtype=float), str(error)
