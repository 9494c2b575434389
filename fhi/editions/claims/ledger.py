"""Recompute every claim and judge it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from fhi.editions.claims.registry import FUNCTIONS, Found, Tables
from fhi.editions.claims.verdicts import CONSTRAINT, NOT_RECOMPUTABLE, judge
from fhi.engine.errors import DataError, Problem

CLAIMS = "report2018/claims"
COLUMNS = ["id", "page", "subject", "printed", "recomputed", "unit", "verdict", "note", "subject_en", "note_en"]


def ledger(tables: Tables) -> pd.DataFrame:
    """Return one row a claim with its verdict.

    While a claim is recomputed, the cells of the raw data that state it are hidden (see `hide`), so that no
    claim is confirmed by itself.

    Parameters
    ----------
    tables : mapping
        The raw tables as `fhi.editions.load` returns them.

    Returns
    -------
    pandas.DataFrame
        ``id, page, subject, printed, recomputed, unit, verdict, note, subject_en, note_en``. The note says what a
        claim that is not recomputable would need, and what other readings the page allows.

    Raises
    ------
    DataError
        For a claim to be recomputed without a function, and a function without a claim.
    """
    own = CLAIMS in tables
    claims = tables[CLAIMS] if own else tables["claims"]
    check_matched(claims, FUNCTIONS if own else {})
    return pd.DataFrame([_row(claim, tables) for claim in claims.itertuples()], columns=COLUMNS)


def check_matched(claims: pd.DataFrame, functions: Mapping = FUNCTIONS) -> None:
    """Raise `DataError` unless the claims to be recomputed are just those that have a function."""
    file = f"data/raw/{CLAIMS}.csv"
    listed = dict(zip(claims["id"], claims["row"], strict=True))
    wanted = set(claims.loc[claims["check"] == "recompute", "id"])
    problems = [
        Problem(file, listed[id], "check", "recompute", "a function for the claim", f"write one under @claim({id!r})")
        for id in sorted(wanted - set(functions))
    ]
    for id in sorted(set(functions) - wanted):
        expected = "a claim to recompute for every function"
        problems.append(Problem(file, listed.get(id), "id", id, expected, "add the claim or remove the function"))
    if problems:
        raise DataError(problems)


def hide(tables: Tables, page: int, printed: str) -> dict[str, pd.DataFrame]:
    """Return the tables without the rows of statements that print this text on this page."""
    visible = dict(tables)
    for name, frame in tables.items():
        if "measure_en" in frame and "printed" in frame:
            visible[name] = frame[(frame["page"] != page) | (frame["printed"] != printed)]
    return visible


def _row(claim, tables: Tables) -> dict[str, object]:
    recomputed, verdict = None, CONSTRAINT if claim.check == "constraint" else NOT_RECOMPUTABLE
    if claim.check == "recompute":
        found = FUNCTIONS[claim.id](hide(tables, claim.page, claim.printed))
        found = found if isinstance(found, Found) else Found(found)
        recomputed, verdict = _shown(found), judge(claim.printed, claim.unit, claim.tolerance, found)
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
