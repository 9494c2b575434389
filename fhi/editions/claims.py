"""The ledger of claims: numbers and orders that a report prints, recomputed from other cells where these allow it."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from fhi.engine.errors import Problem, reject
from fhi.engine.expressions import Outcome, evaluate
from fhi.engine.grammar import ExpressionError
from fhi.paths import REPORT
from fhi.reading.parsing import parse_change, parse_date, parse_quantity

REPRODUCED, ROUNDED, SUPPORTED = "reproduced", "reproduced-within-rounding", "supported"
CONTRADICTED, NOT_RECOMPUTABLE, CONSTRAINT = "contradicted", "not-recomputable", "constraint"
VERDICTS = (REPRODUCED, ROUNDED, SUPPORTED, CONTRADICTED, NOT_RECOMPUTABLE, CONSTRAINT)
#: units of claims that are no numbers
ORDER, SET, DATE, VERSION = "order", "set", "date", "version"
NAMES = (ORDER, SET, DATE, VERSION)
#: how far a printed 近 (nearly) may lie above its number, and 约 (about) from it
NEAR = 0.1
EXACT = 1e-9
#: with fewer printed rivals a place is supported, not reproduced: beside two of them one city in three is first anyway
FEW = 3


@dataclass(frozen=True)
class Found:
    """What other cells of the raw data give for a claim.

    Attributes
    ----------
    value : float, str or None
        The number in the plain unit, or names joined by 、, or an ISO date; None where other cells only bound it.
    low, high : float, optional
        The range of the number that the rounding of the printed inputs allows (default: the number alone).
    tied : bool
        Names only: the inputs do not tell the names apart, each of them may be meant.
    partial : bool
        The inputs are too few to confirm the claim: few rivals (`FEW`), or a bound only. It is supported at best.
    accepts : callable, optional
        Whether a printed text meets the condition that other cells set, where they give no number; `value` words it.
    """

    value: float | str | None
    low: float | None = None
    high: float | None = None
    tied: bool = False
    partial: bool = False
    accepts: Callable[[str], bool] | None = None

    @property
    def range(self) -> tuple[float, float]:
        low, high = (self.value if end is None else end for end in (self.low, self.high))
        return float(low), float(high)


def judge(printed: str, unit: str | None, tolerance: float, found: Found) -> str:
    """Return the verdict on a claim that was recomputed.

    Parameters
    ----------
    printed : str
        As the report prints it, e.g. ``63.86%``, ``近500``, ``北京、上海``.
    unit : str or None
        ``order``, ``set``, ``date``, ``version``, or the unit of a number.
    tolerance : float
        Half the last printed digit; 0 for counts.
    found : Found
        What other cells give.

    Returns
    -------
    str
        ``reproduced``: the recomputed value is the printed one to its digits. ``reproduced-within-rounding``: it is
        not, but some inputs that round to the printed ones give it. ``contradicted``: none do. ``supported``: not
        contradicted, but the inputs are too few to confirm it (see `Found`).
    """
    if found.accepts:
        return SUPPORTED if found.accepts(printed) else CONTRADICTED
    verdict = _judge_names(printed, unit, found) if unit in NAMES else _judge_number(printed, tolerance, found)
    return SUPPORTED if found.partial and verdict != CONTRADICTED else verdict


def _judge_number(printed: str, tolerance: float, found: Found) -> str:
    low, high = found.range
    if found.value is not None and _allows(printed, tolerance, float(found.value), float(found.value)):
        return REPRODUCED
    return ROUNDED if _allows(printed, tolerance, low, high) else CONTRADICTED


def _judge_names(printed: str, unit: str, found: Found) -> str:
    value = str(found.value)
    if unit == DATE:
        return REPRODUCED if value.startswith(parse_date(printed)) else CONTRADICTED
    if unit == VERSION:
        return REPRODUCED if value == printed else CONTRADICTED
    claimed, given = printed.split("、"), value.split("、")
    if claimed == given or (unit == SET and set(claimed) == set(given)):
        return REPRODUCED
    return ROUNDED if found.tied and set(claimed) <= set(given) else CONTRADICTED


def _allows(printed: str, tolerance: float, low: float, high: float) -> bool:
    """Return whether some number from low to high is one that the printed quantity, or rise (↑), can stand for."""
    quantity = parse_quantity(printed.removeprefix("↑"))
    least, most = {
        "exact": (quantity.value - tolerance, quantity.value + tolerance),
        "above": (quantity.value + (EXACT * 2 if printed.startswith(">") else 0), float("inf")),
        "below": (quantity.value * (1 - NEAR), quantity.value),
        "about": (quantity.value * (1 - NEAR), quantity.value * (1 + NEAR)),
    }[quantity.qualifier]
    return low <= most + EXACT and high >= least - EXACT


def found_in(value: object) -> Found:
    """Return what an expression gave as `Found`: a number, a text, or a list as the names that it joins."""
    if isinstance(value, pd.Series | list):
        return Found("、".join(one if isinstance(one, str) else f"{one:.6g}" for one in value))
    if isinstance(value, bool) or not isinstance(value, float | str | Found):
        raise TypeError("a number or names, not a condition or a table")
    return value if isinstance(value, Found) else Found(value)


def bounds(low, high) -> Found:
    """Bounds of a number, an ISO date or a set: it lies between both, ends included; it is supported at best.

    Parameters
    ----------
    low, high : float, str or pandas.Series
        Two numbers, two ISO dates, or two lists of names.

    Returns
    -------
    Found
        Without a value where it is of numbers.
    """
    if isinstance(low, float) and isinstance(high, float):
        return Found(None, low, high, partial=True)
    if isinstance(low, str) and isinstance(high, str):
        return _between(low, high)
    least, most = set(low), set(high)
    return Found("、".join(high), accepts=lambda printed: least <= set(printed.split("、")) <= most)


def _between(first: str, last: str) -> Found:
    """The condition that a printed date lies between two ISO dates, as far as the digits of both go."""

    def accepts(printed: str) -> bool:
        date = parse_date(printed)
        return first[: len(date)] <= date and date[: len(last)] <= last[: len(date)]

    return Found(f"[{first}, {last}]", accepts=accepts)


def within(value: float, half: float) -> Found:
    """A number that the rounding of the printed inputs leaves within `half` on both sides.

    Parameters
    ----------
    value : float
    half : float
        Half the width of the interval, in the unit of `value`.

    Returns
    -------
    Found
    """
    return Found(value, value - half, value + half)


def partial(value, condition: bool = True) -> Found:
    """A value from inputs that are too few to confirm it, where the condition holds: supported at best.

    Parameters
    ----------
    value : float, str, pandas.Series or Found
    condition : bool
        Whether the inputs are too few.

    Returns
    -------
    Found
    """
    found = found_in(value)
    return dataclasses.replace(found, partial=found.partial or condition)


def one_of(names: pd.Series) -> Found:
    """Names that the inputs do not tell apart: each of them may be meant."""
    return dataclasses.replace(found_in(names), tied=len(names) > 1)


def half_digit(printed: pd.Series) -> pd.Series:
    """Half the last printed digit of numbers as printed, each in the unit that it is printed in."""
    digits = printed.astype(str).str.replace(r"[^0-9.]", "", regex=True).str.partition(".")[2]
    return 0.5 * 10.0 ** -digits.str.len().astype(float)


def years(first: str, last: str) -> float:
    """Years from the month of an ISO date to that of another.

    Parameters
    ----------
    first, last : str
        ISO dates with a month.

    Returns
    -------
    float
    """
    (begun, month), (ended, final) = (map(int, date.split("-")[:2]) for date in (first, last))
    return float((ended - begun) + (final - month) / 12)


def version(texts: pd.Series) -> pd.Series:
    """The numbers of versions, such as 2.0, in those of the texts that name one."""
    return texts.str.extract(r"\b(\d+\.\d+)\b")[0].dropna()


def earlier_places(ranks: pd.Series, places: float) -> Found:
    """The condition on printed changes, in the order of the ranks: they give distinct earlier ranks up to `places`.

    Parameters
    ----------
    ranks : pandas.Series
        Present ranks.
    places : float
        Number of units of the earlier ranking.

    Returns
    -------
    Found
        A condition alone.
    """

    def accepts(printed: str) -> bool:
        changes = [parse_change(text).value for text in printed.split()]
        earlier = {rank + change for rank, change in zip(ranks, changes, strict=False)}
        return len(changes) == len(earlier) == len(ranks) and earlier <= set(range(1, int(places) + 1))

    return Found(f"1–{int(places)}", accepts=accepts)


def whole_multiple(number: float) -> Found:
    """The condition on a printed multiple: with its two decimals it is this number over a whole one."""

    def accepts(printed: str) -> bool:
        multiple = parse_quantity(printed).value
        return any(round(number / other, 2) == multiple for other in range(1, int(number) + 1))

    return Found(f"{number:.0f}/n", accepts=accepts)


FUNCTIONS = {
    function.__name__: function
    for function in (bounds, within, partial, one_of, half_digit, years, version, earlier_places, whole_multiple)
}


Tables = Mapping[str, pd.DataFrame]
COLUMNS = ["id", "page", "subject", "printed", "recomputed", "unit", "verdict", "note", "subject_en", "note_en"]


def ledger(tables: Tables, edition: str = REPORT) -> pd.DataFrame:
    """Return one row a claim with its verdict.

    While a claim is recomputed, the cells of the raw data that state it are hidden (see `hide`), so that no
    claim is confirmed by itself; claims that confirm one another in a circle are refused.

    Parameters
    ----------
    tables : mapping
        The raw tables as `fhi.editions.load` returns them.
    edition : str
        Whose claims, for messages.

    Returns
    -------
    pandas.DataFrame
        ``id, page, subject, printed, recomputed, unit, verdict, note, subject_en, note_en``. The note says what a
        claim that is not recomputable would need, and what other readings the page allows. Empty without claims.

    Raises
    ------
    DataError
        With every claim to be recomputed that has no expression, a faulty one, or a printed text that cannot be read.
    """
    if "claims" not in tables:
        return pd.DataFrame(columns=COLUMNS)
    claims, named = tables["claims"], named_tables(tables)
    statements, rows, problems, read = stating(named), [], [], {}
    for claim in claims.itertuples():
        try:
            visible = hide(named, statements.get((claim.page, claim.printed), ()))
            recomputed, verdict, read[claim.id] = _checked(claim, visible)
            rows.append(_row(claim, recomputed, verdict))
        except ExpressionError as error:
            problems.append(_problem(edition, claim, error.part or None, error.expected, error.remedy))
        except ValueError as error:
            problem = _problem(edition, claim, claim.printed, str(error), "write it as it is printed")
            problems.append(problem._replace(column="printed"))
    reject(problems or _circles(claims, statements, read, edition))
    return pd.DataFrame(rows, columns=COLUMNS)


def named_tables(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the tables by the names that expressions use: without folder, those of the edition before public ones.

    The claims are none of them: a claim confirms none.
    """
    public = {name.removeprefix("public/"): frame for name, frame in tables.items() if name.startswith("public/")}
    found = public | {name: frame for name, frame in tables.items() if "/" not in name}
    found.pop("claims", None)
    return found


def stating(named: Tables) -> dict[tuple[int, str], list[tuple[str, object]]]:
    """Return, for a page and a text that it prints, the statements that print it: table and label of the row."""
    found: dict[tuple[int, str], list] = {}
    for name, frame in named.items():
        if {"page", "measure_en", "printed"} <= set(frame):
            for label, page, printed in zip(frame.index, frame["page"], frame["printed"], strict=True):
                found.setdefault((page, printed), []).append((name, label))
    return found


def hide(named: Tables, statements: Iterable[tuple[str, object]]) -> dict[str, pd.DataFrame]:
    """Return the tables without these rows.

    Parameters
    ----------
    named : mapping
        Tables by the names that expressions use.
    statements : iterable of (str, label)
        Rows to leave out: table and label.

    Returns
    -------
    dict
        The tables by name; those given stay as they are.
    """
    visible = dict(named)
    for name, label in statements:
        visible[name] = visible[name].drop(index=label)
    return visible


def recompute(expression: str, named: Tables) -> tuple[Found, Outcome]:
    """Return what an expression gives for a claim, and what it read; a place among few rivals is partial.

    Parameters
    ----------
    expression : str
        In the language of docs/claims.md.
    named : mapping
        Tables by the names that expressions use.

    Returns
    -------
    found : Found
    outcome : Outcome
        With the cells that were read.

    Raises
    ------
    ExpressionError
        If the expression cannot be computed, or gives a condition or a table.
    """
    outcome = evaluate(expression, named, FUNCTIONS)
    try:
        found = found_in(outcome.value)
    except TypeError as error:
        raise ExpressionError(expression, str(error), "use value(…), count(…) or a list") from None
    few = outcome.rivals is not None and outcome.rivals < FEW
    return (dataclasses.replace(found, partial=True) if few else found), outcome


def _checked(claim, named: Tables) -> tuple[str | None, str, Outcome | None]:
    """Return the recomputed value as text, the verdict and what was read."""
    if claim.check != "recompute":
        if not pd.isna(claim.expression):
            raise ExpressionError(
                claim.expression, "nothing, as check is not recompute", "empty the cell, or set check"
            )
        return None, CONSTRAINT if claim.check == "constraint" else NOT_RECOMPUTABLE, None
    if pd.isna(claim.expression):
        raise ExpressionError("", "an expression for a claim to recompute", "write one (docs/claims.md)")
    found, outcome = recompute(claim.expression, named)
    if not found.accepts and isinstance(found.value, str) != (claim.unit in NAMES):
        wanted = "names" if claim.unit in NAMES else "a number"
        raise ExpressionError(
            claim.expression, f"{wanted}, for the unit {claim.unit}", "correct the expression or the unit"
        )
    return _shown(found), judge(claim.printed, claim.unit, claim.tolerance, found), outcome


def _circles(claims: pd.DataFrame, statements: Mapping, read: Mapping[str, Outcome | None], edition: str):
    """Return a problem for every claim that confirms itself, if by way of others."""
    confirmed = confirmations(claims, statements, read)
    problems = []
    for claim in claims[claims["id"].isin(circles(confirmed))].itertuples():
        others = "、".join(sorted(confirmed[claim.id]))
        expected = "cells that no claim states which this one confirms"
        problems.append(
            _problem(edition, claim, claim.expression, expected, f"read other cells than those of {others}")
        )
    return problems


def confirmations(claims: pd.DataFrame, statements: Mapping, read: Mapping[str, Outcome | None]) -> dict[str, set[str]]:
    """Return, for every claim that was recomputed, those whose statements its expression read.

    Parameters
    ----------
    claims : pandas.DataFrame
        The table of claims.
    statements : mapping
        As `stating` returns them.
    read : mapping
        By id of a claim what its expression read; None: not recomputed.

    Returns
    -------
    dict of str to set of str
        By id of the claim.
    """
    stated: dict[tuple, set[str]] = {}
    for claim in claims[claims["check"] == "recompute"].itertuples():
        for row in statements.get((claim.page, claim.printed), ()):
            stated.setdefault(row, set()).add(claim.id)
    found = {}
    for id, outcome in read.items():
        rows = {(table, label) for table, column, label in outcome.cells if _printed(column)} if outcome else set()
        found[id] = set().union(*(stated[row] for row in rows & set(stated)))
    return found


def _printed(column: str | None) -> bool:
    """Return whether a column of statements holds what they print; None stands for a row that was counted."""
    return column is None or column.startswith("printed")


def circles(edges: Mapping[str, set[str]]) -> set[str]:
    """Return the claims from which a chain of confirmations leads back to themselves."""

    def reached(id: str) -> set[str]:
        seen, todo = set(), [id]
        while todo:
            new = edges.get(todo.pop(), set()) - seen
            seen |= new
            todo += new
        return seen

    return {id for id in edges if id in reached(id)}


def _problem(edition: str, claim, part: str | None, expected: str, remedy: str) -> Problem:
    return Problem(f"data/raw/{edition}/claims.csv", claim.row, "expression", part, expected, remedy)


def _row(claim, recomputed: str | None, verdict: str) -> tuple:
    """Return the values of `COLUMNS`."""
    note_zh, note_en = _note(claim, "zh", "；", "需要"), _note(claim, "en", "; ", "needs ")
    judged = claim.id, claim.page, claim.subject_zh, claim.printed, recomputed, claim.unit, verdict
    return *judged, note_zh, claim.subject_en, note_en


def _note(claim, language: str, joint: str, needs: str) -> str | None:
    needed, note = getattr(claim, f"needed_{language}"), getattr(claim, f"note_{language}")
    parts = [] if pd.isna(needed) else [needs + needed]
    return joint.join(parts + ([] if pd.isna(note) else [note])) or None


def _shown(found: Found) -> str:
    """Return a recomputed value as text: up to six significant digits, and its range where there is one."""
    if isinstance(found.value, str):
        return found.value
    low, high = found.range
    if found.value is None:
        return f"[{low:.6g}, {high:.6g}]"
    text = f"{float(found.value):.6g}"
    return text if low == high else f"{text} [{low:.6g}, {high:.6g}]"
