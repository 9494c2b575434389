"""Which labels of evidence a figure carries: those of the tables that its data are made of.

What a figure draws of raw tables it states at registration, since only it knows whether it computes; a test compares
that with every value drawn. What it draws of built tables the codebook tells (`fhi.editions.outputs`), and the values themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from fhi.editions.outputs import EVIDENCE, RECONSTRUCTED, VALUES, behind, named, ordered, results, stated
from fhi.showing.figures.registry import LANGUAGES, REPORT, FigureEntry, Tables, Texts, entries
from fhi.showing.figures.wording import citation, of_edition, worded
from fhi.store import MissingTable

PRINTED, PUBLIC = ("published", "derived"), "public"


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
    """Return the labels to draw for a column of them: those that stand there."""
    return ordered(named(column))


def seen(entry: FigureEntry, tables: Tables) -> tuple[FigureEntry, pd.DataFrame]:
    """Return a figure with the labels that it carries in a scenario and the tables that were read, and its data."""
    reading = Reading(tables)
    data = entry.data(reading)
    read = tuple(sorted(reading.names))
    entry = titled(entry, tables)
    return replace(entry, evidence=labels(entry, data, reading), cited=cited(tables), read=read), data


def titled(entry: FigureEntry, tables: Tables) -> FigureEntry:
    """Return a figure with the title that it has in an edition, and the sentence of its findings that is told over it."""
    told = tables.get("findings")
    if told is not None:
        told = told[(told["kind"] == "headline") & (told["id"] == entry.id)].set_index("language")["text"]
    headline = told.to_dict() if told is not None and set(told.index) == set(LANGUAGES) else None
    return replace(entry, title=worded(f"{entry.id}.title", unit=of_edition(tables)) or entry.title, headline=headline)


def of_index(labels: tuple[str, ...], tables: Tables) -> tuple[str, ...]:
    """Return the labels of a table of results: for ``reconstructed``, those of what the index rests on (see `results`)."""
    if RECONSTRUCTED not in labels:
        return labels
    found = results(behind(tables))
    return labels if found == {RECONSTRUCTED} else ordered(found | set(labels) - {RECONSTRUCTED})


def cited(tables: Tables) -> Texts:
    """Return what the source lines of an edition name: the source of its own table of values, else its publication."""
    sources = tables.get("tables/sources")
    own = [] if sources is None else sources.loc[sources["file"].str.fullmatch("(.*/)?indicators.csv"), "citation"]
    if not len(own):
        return citation(tables) or REPORT
    parts = own.iloc[0].split("|")
    return {"zh": parts[0].strip(), "en": parts[-1].strip()}


def drawable(tables: Tables) -> list[FigureEntry]:
    """Return the figures of an edition: those whose tables it has with rows, and beyond pages with data to draw."""
    return [titled(entry, tables) for entry in entries() if _has_data(entry, tables)]


def _has_data(entry: FigureEntry, tables: Tables) -> bool:
    try:
        if any(tables[name].empty for name in entry.needs):
            return False
        return bool(entry.page or entry.beside) or not entry.data(tables).empty
    except MissingTable:
        return False


def labels(entry: FigureEntry, data: pd.DataFrame, reading: Reading) -> tuple[str, ...]:
    """Return the labels of a figure, those registered with it first.

    Of each table that was read, the labels that the codebook states: of results those of `fhi.editions.outputs.results`, of values
    all of the panel's cells. Where the drawn data name the label of each value in a column ``evidence``, these stand for
    the values and what is drawn beside them. Of printed and public numbers only the registered labels count: a figure may
    compute from them, or take their order alone.
    """
    drawn = named(data["evidence"]) if "evidence" in data else set()
    found, texts = drawn & set(entry.evidence), {stated(name) for name in reading.names}
    if any(RECONSTRUCTED in text for text in texts):
        found |= results(behind(reading.tables))
    if VALUES in texts:
        found |= drawn or _of_cells(reading.tables)
    if not (VALUES in texts and drawn):
        found |= set().union(*map(_stands_for, texts)) & set(entry.evidence)
    kept = [label for label in entry.evidence if label in found]
    return (*kept, *(label for label in EVIDENCE if label in found and label not in kept))


def _stands_for(text: str) -> set[str]:
    """Return the registered labels that a table may be drawn as: what is computed of printed numbers is derived."""
    found = set(text.split()) & {*PRINTED, PUBLIC, "identified"}
    return found | ({"derived"} if "published" in found else set())


def _of_cells(tables: Tables) -> set[str]:
    """Return the labels of all cells of an edition, used or not."""
    return named(tables["coverage" if "coverage" in tables else "panel"]["evidence"])
