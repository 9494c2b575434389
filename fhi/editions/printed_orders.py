"""The orders and first places that a publication prints, against the values and scores that are built."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from pathlib import Path

import numpy as np
import pandas as pd

from fhi.editions.outputs import GIVEN
from fhi.engine.cells import read_cells
from fhi.engine.errors import DataError, Problem, reject
from fhi.engine.framework import Framework

Tables = Mapping[str, pd.DataFrame]
KINDS = ("order", "leaders", "tie")
FILES, NOTED = "facts.csv, orders.csv", "order_notes.csv"
#: outcomes of a pair that deny a printed order
DENIED = {"no", "tied", "apart"}
COLUMNS = ["fact", "node", "page", "printed", "built", "holds", "why", "note_zh", "note_en"]
#: why a printed order does not come out, or cannot be told
REASONS = ("proxy", "unprinted share", "coverage", "definition", "tie")
#: what is said where the data, not a reading of the page, give the reason; {zh}, {en}: units, or indicators
NOTES = {cells[0]: cells[1:] for _, cells in read_cells(Path(__file__).with_suffix(".csv"), "printed_orders.csv")[1]}
#: a note names so many cities at most
NAMED = 6


@dataclass(frozen=True)
class Values:
    """Of one node the built values of the units, more is better; ``low = high = value`` where they are exact."""

    value: pd.Series
    low: pd.Series
    high: pd.Series

    def compare(self, better: str, worse: str) -> str:
        """Return ``yes`` or ``no`` for "`better` stands above `worse`", ``tied``, ``overlap``, or ``missing``.

        Parameters
        ----------
        better, worse : str
            Names of two units.

        Returns
        -------
        str
        """
        low, high = self.low.reindex([better, worse]), self.high.reindex([better, worse])
        if low.isna().any() or high.isna().any():
            return "missing"
        if np.allclose([*low, *high], low.iloc[0], rtol=1e-12, atol=1e-12):
            return "tied"
        if low[better] > high[worse]:
            return "yes"
        return "no" if high[better] < low[worse] else "overlap"


def stated(tables: Tables) -> pd.DataFrame:
    """Return the printed orders of nodes, ``fact, kind, node, page, subjects, tolerance``, as they are listed.

    They stand in ``tables/facts`` (those of the `KINDS`) and, where they bound no score, in ``tables/orders``; an
    edition without facts has none.
    """
    columns = {"id": "fact", "kind": "kind", "node": "node", "page": "page", "subjects": "subjects"}
    frames = [tables[name] for name in ("tables/facts", "tables/orders") if name in tables]
    if not frames:
        return pd.DataFrame(columns=[*columns.values(), "tolerance"])
    found = pd.concat(frames, ignore_index=True)
    found = found[found["kind"].isin(KINDS)].rename(columns=columns).reset_index(drop=True)
    return found[[*columns.values(), "tolerance"]]


def places(subjects: str) -> list[list[str]]:
    """Return the units of an order from best to worst; those joined by ``=`` share a place."""
    return [group.split("=") for group in subjects.split("|")]


def built_values(
    panel: pd.DataFrame, scores: pd.DataFrame, framework: Framework, year: int | None = None
) -> Callable[[str], Values]:
    """Return a function from a node to its `Values`.

    An indicator has the panel's latest values not later than `year`, turned by its direction, with the interval
    ``low, high`` where the panel has these columns; so has a node above it that stands on it alone, for the units
    with a score. Any other node has its scores, which the chosen values inside the intervals give: they count as exact.

    Parameters
    ----------
    panel : pandas.DataFrame
        ``city, year, indicator, value`` and, if there are any, ``low, high``.
    scores : pandas.DataFrame
        Units × nodes.

    Returns
    -------
    callable
        From the code of a node.
    """
    rows = panel.dropna(subset=["value"])
    rows = rows[rows["year"] <= year] if year is not None else rows
    rows = rows.sort_values("year", kind="stable").drop_duplicates(["city", "indicator"], keep="last")
    ends = {end: rows[end].fillna(rows["value"]) if end in rows else rows["value"] for end in ("low", "high")}
    rows = rows.assign(**ends).set_index("city")

    def of(node: str) -> Values:
        leaves = framework.leaves_below(node)
        if len(leaves) > 1:
            return Values(*[scores[node].dropna()] * 3)
        own = rows[rows["indicator"] == leaves[0]]
        if node not in framework.leaves:
            own = own[own.index.isin(scores.index[scores[node].notna()])]
        if framework.directions[leaves[0]] > 0:
            return Values(own["value"], own["low"], own["high"])
        return Values(-own["value"], -own["high"], -own["low"])

    return of


def pairs(kind: str, subjects: str, units: Iterable[str]) -> dict[tuple[str, str], bool]:
    """Return the pairs that an order states, the better unit first, with whether the two may be equal.

    ``order``: each before all behind it, units that share a place being left to a ``tie`` of their own. ``leaders``:
    so too, and none of the other `units` above the last of them. ``tie``: the two.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    subjects : str
        Units from best to worst, as in facts.csv.
    units : iterable of str
        All that may stand below leaders.

    Returns
    -------
    dict
        True where the two may be equal, by (better, worse).
    """
    groups = places(subjects)
    named = [unit for group in groups for unit in group]
    if kind == "tie":
        return dict.fromkeys(combinations(named, 2), True)
    found = {pair: False for first, second in combinations(groups, 2) for pair in product(first, second)}
    if kind == "leaders":
        found |= {pair: True for pair in product(groups[-1], units) if pair[1] not in named}
    return found


def check(order, values: Values, units: Iterable[str]) -> dict:
    """Compare one printed order (a row of `stated`) with built values.

    Parameters
    ----------
    order : namedtuple
        ``kind, subjects, tolerance``; a tie holds up to its tolerance.
    values : Values
    units : iterable of str
        Whom leaders are before, beside all units that have a value.

    Returns
    -------
    dict
        ``built``: the named units with a value, and whoever else stands above the last of leaders (if none of these
        has a value, the best of the others), from the best: ``|`` between places, ``=`` between equal values, ``~``
        between intervals that overlap. ``holds``: ``no`` if a stated pair stands the other way round, or is level
        where it may not be; ``yes`` if all stand as stated; ``partly`` if some do and the others cannot be told (a
        value is missing, or intervals overlap); ``unknown`` if none can be told. ``found``: by outcome, the units of
        the pairs that keep it from ``yes``.
    """
    units = list(dict.fromkeys([*units, *values.value.index]))
    found: dict[str, list[str]] = {}
    stands = 0
    for (better, worse), level in pairs(order.kind, order.subjects, units).items():
        state = values.compare(better, worse)
        if order.kind == "tie" and state in ("yes", "no"):
            apart = abs(values.value[better] - values.value[worse]) > order.tolerance
            state = "apart" if apart else "yes"
        if state == "yes" or (level and state == "tied"):
            stands += 1
        else:
            blamed = [unit for unit in (better, worse) if state != "missing" or unit not in values.value]
            found.setdefault(state, []).extend(blamed)
    untold = "partly" if stands else "unknown"
    holds = "no" if set(found) & DENIED else untold if found else "yes"
    found = {state: list(dict.fromkeys(blamed)) for state, blamed in found.items()}
    return {"built": _built(order, values, units), "holds": holds, "found": found}


def _built(order, values: Values, units: Iterable[str]) -> str:
    """Return the built order of the units that a printed one names, and of those that deny its last place."""
    groups = places(order.subjects)
    shown = [unit for group in groups for unit in group if unit in values.value]
    if order.kind == "leaders" and not shown:
        shown = [unit for unit in units if unit in values.value and values.value[unit] == values.value.max()]
    elif order.kind == "leaders":
        last = min(shown, key=lambda unit: values.low[unit])
        shown += [unit for unit in units if unit not in shown and values.compare(unit, last) == "yes"]
    shown.sort(key=lambda unit: -values.value[unit])
    text = "".join(shown[:1])
    for better, worse in pairwise(shown):
        sign = {"yes": "|", "tied": "="}.get(values.compare(better, worse), "~")
        text += sign + worse
    return text


def compare(
    tables: Tables, panel: pd.DataFrame, scores: pd.DataFrame, year: int | None = None, *, reasoned: bool = False
) -> pd.DataFrame:
    """Compare every printed order of a node with the built panel and scores.

    Parameters
    ----------
    tables : mapping
        With ``tables/framework``, ``tables/cities``, and what `stated` reads; reasons from ``tables/order_notes``,
        which speak of the default constructions: not of the indicators in ``replaced``.
    panel, scores, year
        See `built_values`.
    reasoned : bool
        Whether every order that does not hold must have a reason in ``tables/order_notes``. Without one, and where the
        node is built from given files or otherwise than by default, of which the stored reasons do not speak, the
        reason is derived.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, one row a printed order: ``built`` and ``holds`` as in `check`, ``why`` one of `REASONS`, empty where
        it holds.

    Raises
    ------
    DataError
        If an order names an unknown unit, or, if `reasoned`, one that does not hold has no reason.
    """
    framework, orders = Framework.from_table(tables["tables/framework"]), stated(tables)
    english = tables["tables/cities"].set_index("name_zh")["name_en"]
    named = {unit for subjects in orders["subjects"] for group in places(subjects) for unit in group}
    values = built_values(panel, scores, framework, year)
    stored = tables["tables/order_notes"].set_index("fact") if "tables/order_notes" in tables else pd.DataFrame()
    otherwise = set(tables["replaced"]["indicator"]) if "replaced" in tables else set()
    unknown = sorted(named - set(english.index))
    if unknown:
        listed = "a city of cities.csv", "correct the name"
        raise DataError([Problem(FILES, None, "subjects", unit, *listed) for unit in unknown])
    problems, rows = [], []
    for order in orders.itertuples():
        result = check(order, values(order.node), [unit for unit in english.index if unit in named])
        leaves = framework.leaves_below(order.node)
        behind = panel[panel["indicator"].isin(leaves)]
        reason = ("", "", "")
        if result["holds"] != "yes":
            reason = _derived(order, result, behind, framework, english)
        if result["holds"] == "no" and not (behind["evidence"].isin(GIVEN).any() or otherwise & set(leaves)):
            if order.fact in stored.index:
                reason = stored.loc[order.fact, ["why", "note_zh", "note_en"]]
            elif reasoned:
                expected = f"a reason why the order {order.fact} does not hold (built: {result['built']})"
                remedy = "add a row with its why and notes"
                problems.append(Problem(NOTED, None, "fact", order.fact, expected, remedy))
        printed = order.subjects.replace("|", "=") if order.kind == "tie" else order.subjects
        rows.append((order.fact, order.node, order.page, printed, result["built"], result["holds"], *reason))
    reject(problems)
    return pd.DataFrame(rows, columns=COLUMNS)


def _derived(order, result: Mapping, behind: pd.DataFrame, framework: Framework, english: pd.Series) -> tuple:
    """Return the reason that the outcomes and the values behind a node give, with a note in both languages.

    Without a denial: intervals that overlap, which printed sums leave or public values have, or units without a
    value. With one: nothing but ties; public values; an indicator below the node that a named unit lacks; or else the
    definition.
    """
    found, denied = result["found"], set(result["found"]) & DENIED
    units = [unit for group in places(order.subjects) for unit in group]
    have = behind[behind["city"].isin(units)].groupby("indicator")["city"].nunique()
    lacking = [code for code in framework.leaves_below(order.node) if have.get(code, 0) < len(units)]
    public, zh, en, note = (behind["evidence"] == "public").any(), [], [], None
    if not denied and "overlap" in found:
        why, zh = ("proxy", []) if public else ("unprinted share", found["overlap"])
    elif not denied:
        why, zh = "coverage", found["missing"]
    elif not denied - {"tied", "apart"}:
        why, zh = "tie", [unit for state in ("tied", "apart") for unit in found.get(state, [])]
    elif public:
        why = "proxy"
    elif lacking:
        why, note = "coverage", "indicators"
        zh, en = (list(framework.names(language)[lacking]) for language in ("zh", "en"))
    else:
        why = "definition"
    en = en or list(english[zh])
    more = len(zh) - NAMED
    texts = {
        "zh": "、".join(zh[:NAMED]) + (f"等{len(zh)}项" if more > 0 else ""),
        "en": ", ".join(en[:NAMED]) + (f" and {more} more" if more > 0 else ""),
    }
    return (why, *(text.format(**texts) for text in NOTES[note or why]))
