"""The ledger of printed numbers, as tables of page and print."""

from __future__ import annotations

import re

import pandas as pd

from fhi.showing.figures.audit import CHECKED, VERDICTS
from fhi.showing.figures.registry import LANGUAGES, Tables
from fhi.showing.report.tables import PAGE, Table

HEADS = [
    {"zh": "内容", "en": "Claim"},
    PAGE,
    {"zh": "印出", "en": "Printed"},
    {"zh": "重算", "en": "Recomputed"},
    {"zh": "结论", "en": "Verdict"},
    {"zh": "备注", "en": "Note"},
]
NOTABLE = ("contradicted", "reproduced-within-rounding")


def _rows(claims: pd.DataFrame) -> list[list]:
    rows = []
    for claim in claims.fillna("").astype(str).to_dict("records"):
        subject = {"zh": claim["subject"], "en": claim["subject_en"], "mark": claim["id"]}
        note = {"zh": claim["note"], "en": claim["note_en"]}
        verdict = {language: VERDICTS[claim["verdict"]][language] for language in LANGUAGES}
        values = [_with_unit(claim[name], claim["unit"]) for name in ("printed", "recomputed")]
        rows.append([subject, claim["page"], *values, verdict, note])
    return rows


def _with_unit(value: str, unit: str) -> str:
    """Return a bare number with the sign of its unit; other units are plain from the claim."""
    return f"{value}%" if unit == "%" and re.fullmatch(r"[-+]?[\d.]+", value) else value


def ledger(tables: Tables) -> Table:
    """The numbers and orders that the report prints, each with its verdict."""
    claims = tables["claims"]
    checked = claims["verdict"].isin(CHECKED).sum()
    return Table(
        "table-ledger",
        {"zh": "全部核对", "en": "The whole ledger"},
        HEADS,
        _rows(claims),
        {
            "zh": f"报告给出的{len(claims)}个数字或次序，其中{checked}个与其他数字核对；"
            "任何数字都不由给出它的那一格证实。",
            "en": f"{len(claims)} numbers and orders that the report prints, {checked} of them checked against others; "
            "no number is confirmed by the cell that states it.",
        },
        ("published", "derived", "public"),
        texts=(2, 3, 4, 5),
        file="claims",
        widths=(2.9, 0.45, 1.4, 1.4, 1.1, 2.6),
    )


def contradictions(tables: Tables) -> Table:
    """The numbers that the printed inputs contradict, and those that agree within rounding only."""
    claims = tables["claims"]
    return Table(
        "table-contradictions",
        {"zh": "不一致与舍入差异", "en": "Contradictions and rounding"},
        HEADS,
        _rows(claims[claims["verdict"].isin(NOTABLE)]),
        {
            "zh": "按页面自身读法，由报告其他数字无法得到或只在舍入范围内得到的数字。其他读法见备注。",
            "en": "Numbers that the report's other numbers do not give on the page's own reading, or give only within "
            "rounding. Other readings are in the note.",
        },
        ("published", "derived"),
        texts=(2, 3, 4, 5),
        file="claims",
        widths=(2.9, 0.45, 1.4, 1.4, 1.1, 2.6),
    )


def verdict_counts(tables: Tables) -> list[dict]:
    """Return each verdict with its name and the number of claims; nothing where there is no ledger."""
    if "claims" not in tables:
        return []
    counts = tables["claims"]["verdict"].value_counts()
    return [{"name": name, "label": look, "count": int(counts.get(name, 0))} for name, look in VERDICTS.items()]
