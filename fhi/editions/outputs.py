"""Which labels the numbers of a built table carry: the column ``evidence`` of `fhi.codebook.tables`, resolved.

It holds labels; `VALUES`; `RAW`; or nothing, if a table holds no numbers of its own.
"""

from collections.abc import Iterable, Mapping
from functools import cache

import pandas as pd

from fhi.codebook.tables import table
from fhi.editions import SCHEMAS, schemas_of
from fhi.paths import RAW as RAW_FOLDER
from fhi.paths import edition_names

#: labels of numbers, in the order in which they are shown
EVIDENCE = ("published", "derived", "public", "reconstructed", "identified", "user", "synthetic")
#: labels of what comes from the staff's own files, or from files made up
GIVEN = ("user", "synthetic")
RECONSTRUCTED = "reconstructed"
#: in place of labels: each value carries the label of its row in the panel
VALUES = "values"
#: in place of labels: a raw table as ingested carries those of its file
RAW = "raw"


@cache
def _raw_labels() -> dict[str, str]:
    """Return the labels of every raw table of every edition, as ``schemas.csv`` gives them."""
    own = (schemas_of(RAW_FOLDER / name) for name in edition_names())
    found = {"edition": ""} | {name: schema.evidence for each in own for name, schema in each.items()}
    return found | {name.split("/")[-1]: schema.evidence for name, schema in SCHEMAS.items()}


def stated(name: str) -> str:
    """Return the labels of a table: in a row, `VALUES`, or nothing.

    Parameters
    ----------
    name : str
        As in the store: ``scores``, ``tables/adoption``, ``microdata/quality``.

    Raises
    ------
    DataError
        For a table without a row in the codebook.
    KeyError
        For a raw table without a schema.
    """
    text = table(name).evidence
    if text != RAW:
        return text
    raw = name.rpartition("/")[2]
    if raw not in _raw_labels():
        raise KeyError(f"the table {name!r} has no label; state it: a row for the table in schemas.csv")
    return _raw_labels()[raw]


def of_table(name: str, tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    """Return the labels of a built table of a scenario, given files behind the index included.

    Parameters
    ----------
    name : str
        Name in the store, such as ``scores``.
    tables : mapping
        The built tables of the scenario.

    Returns
    -------
    tuple of str
        In the order of `EVIDENCE`.
    """
    text = stated(name)
    if text == VALUES:
        frame = tables[name]
        return ordered(named((frame if "evidence" in frame else tables["panel"])["evidence"]))
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
