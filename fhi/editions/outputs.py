"""The codebook of the outputs: which stage writes each built table, and which labels its numbers carry.

A new table states both here, in one row; a table without a row is an error wherever its label is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from fhi.editions import SCHEMAS

#: labels of numbers, in the order in which they are shown
EVIDENCE = ("published", "derived", "public", "reconstructed", "identified", "user", "synthetic")
#: labels of what comes from the staff's own files, or from files made up
GIVEN = ("user", "synthetic")
RECONSTRUCTED = "reconstructed"
#: in place of labels: each value carries the label of its row in the panel
VALUES = "values"

#: stage -> table -> labels, in words; an empty text holds no numbers of its own
OUTPUTS: Mapping[str, Mapping[str, str]] = {
    "01_ingestion": {
        **dict.fromkeys(("panel", "replaced", "national_shares"), VALUES),
        **dict.fromkeys(("a_share_totals", "a_share_uncertain"), "public"),
    },
    "02_indicators": {
        **dict.fromkeys(("indicators", "screening", "coverage"), VALUES),
        **dict.fromkeys(("imputation", "treatment", "treated", "normalised"), RECONSTRUCTED),
        **dict.fromkeys(("distribution", "correlations", "reliability"), RECONSTRUCTED),
    },
    "03_weighting": {
        **dict.fromkeys(("weights", "unit_weights", "weight_by_evidence", "scores", "ranks"), RECONSTRUCTED),
        **dict.fromkeys(("effects", "rank_shifts", "importance", "standings", "next_above"), RECONSTRUCTED),
        **dict.fromkeys(("year_scores", "changes"), RECONSTRUCTED),
        **dict.fromkeys(("movement", "comparison", "agreement"), "published reconstructed"),
        **dict.fromkeys(("printed_orders", "external_agreement"), "published reconstructed"),
        "added_indicators": "published reconstructed",
    },
    "04_robustness": {
        **dict.fromkeys(("rank_probabilities", "beats", "convergence", "robust_answers"), RECONSTRUCTED),
        **dict.fromkeys(("sensitivity", "tornado"), RECONSTRUCTED),
        "rank_intervals": "published reconstructed",
        "rank_confidence": "published derived",
    },
    "05_identification": {
        **dict.fromkeys(("bounds", "weight_bounds", "bounds_by_facts", "weight_bounds_by_facts"), "identified"),
        **dict.fromkeys(("gap_bounds", "weight_map", "fact_influence", "central_scores"), "identified"),
        **dict.fromkeys(("central_weights", "dropped_facts", "bound_assumptions"), "identified"),
    },
    "06_audit": {"claims": "published derived public"},
    "07_charting": {"figures": ""},
    "sweep": dict.fromkeys(("sweep", "sweep_ranks"), "published reconstructed"),
}
_TEXTS = {name: text for tables in OUTPUTS.values() for name, text in tables.items()}
#: where the raw tables of the report's edition lie -> labels; those at the top hold names alone
_FOLDERS = {"report2018": "published", "public": "public", "": ""}
_RAW = {name.split("/")[-1]: _FOLDERS[name.rpartition("/")[0]] for name in SCHEMAS}
#: tables that only another edition has, and those of the report in which cities or seats are public knowledge
_RAW |= {"indicators": VALUES, "published_ranks": "published", "published_scores": "published"}
_RAW |= dict.fromkeys(("named_firms", "quoted_institutions"), "published public")


def stated(name: str) -> str:
    """Return the labels of a table as the codebook states them: labels in a row, `VALUES`, or nothing.

    Parameters
    ----------
    name : str
        As in the store: ``scores``, ``tables/adoption``, ``microdata/quality``.

    Raises
    ------
    KeyError
        For a table that has no row.
    """
    folder, _, table = name.rpartition("/")
    if name.startswith("microdata/"):
        return " ".join(GIVEN)
    rows = _RAW if folder == "tables" else _TEXTS
    if table not in rows:
        where = "a schema in fhi/sources" if folder == "tables" else "a row of OUTPUTS in fhi/editions/outputs.py"
        raise KeyError(f"the table {name!r} has no label; state it: {where}")
    return rows[table]


def of_table(name: str, tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    """Return the labels of a built table of a scenario, given files behind the index included."""
    text = stated(name)
    if text == VALUES:
        table = tables[name]
        return ordered(named((table if "evidence" in table else tables["panel"])["evidence"]))
    found = set(text.split())
    if name.startswith("microdata/"):
        return ordered(found & named(tables["panel"]["evidence"]))
    return ordered(found - {RECONSTRUCTED} | (results(behind(tables)) if RECONSTRUCTED in found else set()))


def results(labels: Iterable[str]) -> set[str]:
    """Return the labels of what is computed of values so labelled: `reconstructed`, unless all come from given files.

    Given files stay visible: their label stands beside it, or alone if nothing else is used.
    """
    labels = set(labels)
    given = labels & set(GIVEN)
    return given if given and not labels - given else given | {RECONSTRUCTED}


def behind(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """Return the labels of the values that the index of a scenario uses."""
    if "coverage" not in tables:
        return set()
    cells = tables["coverage"]
    return named(cells.loc[cells["used"], "evidence"])


def named(column: pd.Series) -> set[str]:
    """Return the labels that a column names, alone or joined by ``+``."""
    return {label for cell in column.dropna() for label in str(cell).split("+")} & set(EVIDENCE)


def ordered(labels: Iterable[str]) -> tuple[str, ...]:
    """Return labels in the order in which they are shown."""
    return tuple(sorted(labels, key=EVIDENCE.index))


def built_tables() -> Iterator[tuple[str, str]]:
    """Yield every table that a stage writes, with the stage."""
    for stage, tables in OUTPUTS.items():
        for name in tables:
            yield name, stage
