"""Recompute every claim from its expression and judge it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

import pandas as pd

from fhi.editions.claims.functions import FUNCTIONS, found_in
from fhi.editions.claims.verdicts import CONSTRAINT, FEW, NAMES, NOT_RECOMPUTABLE, Found, judge
from fhi.engine.errors import DataError, Problem
from fhi.engine.expressions import Outcome, evaluate
from fhi.engine.grammar import ExpressionError
from fhi.paths import REPORT

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
    problems = problems or _circles(claims, statements, read, edition)
    if problems:
        raise DataError(problems)
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


def _row(claim, recomputed: str | None, verdict: str) -> dict[str, object]:
    words = (("zh", "；", "需要"), ("en", "; ", "needs "))
    notes = {language: _note(claim, language, joint, needs) for language, joint, needs in words}
    return {
        "id": claim.id,
        "page": claim.page,
        "subject": claim.subject_zh,
        "printed": claim.printed,
        "recomputed": recomputed,
        "unit": claim.unit,
        "verdict": verdict,
        "note": notes["zh"],
        "subject_en": claim.subject_en,
        "note_en": notes["en"],
    }


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
