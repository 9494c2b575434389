"""Which labels of evidence a figure carries: those registered with it, unless the scenario's data say otherwise.

A figure says at registration what its numbers are in the report's edition. What is built from files of the staff's own,
or from files made up, is labelled so whatever the figure: the tables that its data are made of tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from fhi.figures.registry import EVIDENCE, REPORT, FigureEntry, Tables, Texts, entries
from fhi.store import MissingTable

#: labels of what does not come from the report or public sources
GIVEN = ("user", "synthetic")
PRINTED, PUBLIC = ("published", "derived"), "public"
#: ingested tables that hold no number of their own
NEUTRAL = ("cities", "framework", "sources", "vocabulary")
#: what is built from printed numbers alone, or compares with them
FROM_PRINTED = ("bounds", "weight_bounds", "gap_bounds", "weight_map", "fact_influence", "central", "dropped", "claims")
FROM_PRINTED += ("rank_confidence",)
#: what is built from public lists alone
FROM_PUBLIC = "a_share"
COMPARED = ("comparison", "agreement", "movement", "rank_intervals", "printed_orders")


class Reading(Mapping[str, pd.DataFrame]):
    """The tables of a scenario, with a note of which were asked for."""

    def __init__(self, tables: Tables):
        self.tables = tables
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> pd.DataFrame:
        self.names.add(name)
        return self.tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def __contains__(self, name: object) -> bool:
        return name in self.tables


def kinds(column: pd.Series) -> tuple[str, ...]:
    """Return the labels to draw for a column of them: the report's edition's, or what stands there if files are given."""
    named = _named(column)
    return tuple(label for label in EVIDENCE if label in named) if named & set(GIVEN) else (*PRINTED, PUBLIC)


def seen(entry: FigureEntry, tables: Tables) -> tuple[FigureEntry, pd.DataFrame]:
    """Return a figure with the labels that it carries in a scenario and the tables that were read, and its data."""
    reading = Reading(tables)
    data = entry.data(reading)
    read = tuple(sorted(reading.names))
    return replace(entry, evidence=labels(entry, data, reading), cited=cited(tables), read=read), data


def of_index(labels: tuple[str, ...], tables: Tables) -> tuple[str, ...]:
    """Return the labels of a table of results: where files are given, what stands behind the index for ``public``."""
    behind = _behind(tables)
    if PUBLIC not in labels or not behind & set(GIVEN):
        return labels
    return tuple(label for label in EVIDENCE if label in behind | set(labels) - {PUBLIC})


def is_own(tables: Tables) -> bool:
    """True for the tables of another edition than the report's."""
    return "tables/indicators" in tables


def cited(tables: Tables) -> Texts:
    """Return what the source lines of an edition name: the report, or what its own list of sources says of the values."""
    if not is_own(tables):
        return REPORT
    sources = tables["tables/sources"]
    parts = sources.loc[sources["file"] == "indicators.csv", "citation"].iloc[0].split("|")
    return {"zh": parts[0].strip(), "en": parts[-1].strip()}


def drawable(tables: Tables) -> list[FigureEntry]:
    """Return the figures that an edition can have: all of the report's; of another those beyond pages whose tables it has."""
    if not is_own(tables):
        return entries()
    return [entry for entry in entries() if entry.page is None and _has_data(entry, tables)]


def _has_data(entry: FigureEntry, tables: Tables) -> bool:
    if any(tables[name].empty for name in entry.needs if name in tables):
        return False
    try:
        entry.data(tables)
    except MissingTable:
        return False
    return True


def labels(entry: FigureEntry, data: pd.DataFrame, reading: Reading) -> tuple[str, ...]:
    """Return the labels of a figure, those registered with it first.

    In a scenario whose index rests on given files, a figure that reads tables of the index has the labels that its data
    name in a column ``evidence``; without one, those of the values behind the index, and beside them ``published`` and
    ``derived`` only if it reads printed numbers, ``public`` only if it reads public ones. Any other figure keeps its
    own.
    """
    built = {name for name in reading.names if not name.startswith(("tables/", *FROM_PRINTED, FROM_PUBLIC))}
    behind = _behind(reading.tables)
    if not built or not behind & set(GIVEN):
        return entry.evidence
    if "evidence" in data and (named := _named(data["evidence"])):
        found = named
    else:
        found = behind | _read(entry, reading.names)
    kept = [label for label in entry.evidence if label in found]
    return (*kept, *(label for label in EVIDENCE if label in found and label not in kept))


def _read(entry: FigureEntry, names: set[str]) -> set[str]:
    """Return the registered labels that stand for numbers beside the index."""
    tables = {name.removeprefix("tables/") for name in names if name.startswith(("tables/", FROM_PUBLIC))} - set(
        NEUTRAL
    )
    public = {
        name
        for name in tables
        if name.startswith(("public", "universities", "external", "exchange_rates", FROM_PUBLIC))
    }
    stands = {"identified"}
    if tables - public or names & set(COMPARED) or any(name.startswith(FROM_PRINTED) for name in names):
        stands |= set(PRINTED)
    if public:
        stands.add(PUBLIC)
    return stands & set(entry.evidence)


def _behind(tables: Tables) -> set[str]:
    """Return the labels of the values that the index uses."""
    if "coverage" not in tables:
        return set()
    cells = tables["coverage"]
    return _named(cells.loc[cells["used"], "evidence"])


def _named(column: pd.Series) -> set[str]:
    return {label for cell in column.dropna() for label in str(cell).split("+")} & set(EVIDENCE)
