"""All files of a folder, read and made into rows of the panel; what was refused, and how exact the values are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from fhi.engine.errors import DataError, Problem, collected, reject
from fhi.engine.framework import Framework
from fhi.reading.microdata import file_types, reading
from fhi.reading.microdata.cell_readers import Context
from fhi.reading.microdata.conversion import Rates
from fhi.reading.microdata.file_types import KINDS, File
from fhi.reading.microdata.names import CityNames
from fhi.reading.microdata.quality_log import REFUSED, REPORT, UNDERSTOOD, Quality
from fhi.reading.microdata.questionnaires import Population, Questionnaires
from fhi.reading.microdata.registers import Companies, Firms, Services
from fhi.reading.microdata.yearbooks import Yearbooks
from fhi.reading.schemas import PANEL

INTERVALS = ["city", "year", "indicator", "value", "low", "high", "respondents", "covered", "evidence"]
SERVICES = ["city", "year", "category", "services", "special", "evidence"]
#: kinds that others refer to, and that give no indicator themselves
MARGINS = ("rates", "population")
#: issues are of years up to this one where the scenario names no year
LATEST = 2100


class Microdata(NamedTuple):
    """What the files of a folder give.

    Attributes
    ----------
    panel : pandas.DataFrame
        Rows of the panel, evidence ``user`` or ``synthetic``; ``low, high`` as far as amounts written as bounds or
        intervals leave a value open.
    intervals : pandas.DataFrame
        ``city, year, indicator, value, low, high, respondents, covered, evidence``: 95 % intervals of shares; for sums
        and counts how far amounts written as bounds leave them open.
    services : pandas.DataFrame
        ``city, year, category, services, special, evidence``.
    quality, refused, understood : pandas.DataFrame
        See `fhi.reading.microdata.quality_log.Quality`; ``understood`` with the citation of each file.
    """

    panel: pd.DataFrame
    intervals: pd.DataFrame
    services: pd.DataFrame
    quality: pd.DataFrame
    refused: pd.DataFrame
    understood: pd.DataFrame

    @classmethod
    def empty(cls) -> Microdata:
        """Return what no files give."""
        columns = PANEL, INTERVALS, SERVICES, REPORT, REFUSED, [*UNDERSTOOD, "citation"]
        return cls(*(pd.DataFrame(columns=names) for names in columns))


def collect(
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    framework: Framework,
    *,
    shown: str = "data/user",
    year: int | None = None,
    least_financing: float = 5e7,
    rate_gap: int = 0,
) -> Microdata:
    """Read the files of a folder and construct the indicators that they give.

    Parameters
    ----------
    folder : Path
        With ``<kind>.csv`` or ``<kind>.xlsx``, kinds as in `fhi.reading.microdata.file_types`, and ``vocabulary.csv``;
        ``firms-2017.csv`` is the issue of 2017. A column of years makes one file hold several issues.
    tables : mapping
        The raw tables: ``cities, vocabulary, public/exchange_rates``.
    framework : Framework
        Indicators that are no leaf of it are left out and noted.
    shown : str
        The name of the folder in reports and sources.
    year : int, optional
        The issue of rows that name none, and the latest there is.
    least_financing : float
        Financing from which a firm counts, CNY.
    rate_gap : int
        See `fhi.reading.microdata.conversion.Rates`.

    Returns
    -------
    Microdata

    Raises
    ------
    DataError
        With the problems of every file that cannot be read.
    """
    files = file_types.files(folder, shown, year, file_types.words(tables["vocabulary"], framework))
    vocabulary = file_types.words(tables["vocabulary"], framework, files)
    cities = CityNames(tables["cities"], vocabulary)
    context = Context(cities, vocabulary, year or LATEST)
    rates = Rates(tables["public/exchange_rates"], rate_gap)
    population = Population()
    collectors = {
        "rates": rates,
        "population": population,
        "firms": Firms(vocabulary.codes("class"), len(cities.names), rates, least_financing),
        "questionnaires": Questionnaires(population),
        "services": Services(),
        "companies": Companies(vocabulary.codes("sector"), len(cities.names), rates),
        "yearbooks": Yearbooks(framework, context, rates),
    }
    collection = _Collection(collectors, context, shown)
    collection.cited = file_types.citations(files)
    collection.read(files)
    return collection.result(framework)


class _Collection:
    """The kinds in order, each with the ledgers of its files."""

    def __init__(self, collectors: dict, context: Context, shown: str):
        self.collectors, self.context, self.shown = collectors, context, shown
        self.ledgers: list[Quality] = []
        self.given: list[str] = []
        self.synthetic: set[str] = set()
        self.named: dict[int, set[int]] = {}
        self.cited: dict[str, file_types.Cited] = {}
        self.files: dict[str, list[str]] = {}
        self.shown_places: dict[str, set[str]] = {}

    def read(self, files: list[File]) -> None:
        """Read all files; raise one `DataError` with the problems of all that cannot be read."""
        problems: list[Problem] = []
        for kind, collector in self.collectors.items():
            own = [file for file in files if file.kind == kind]
            ledgers = [Quality(file.shown, kind) for file in own]
            self.files[kind] = [file.shown for file in own]
            self.ledgers += ledgers
            with collected(problems):
                for number, (file, quality) in enumerate(zip(own, ledgers, strict=True)):
                    self._read(file, collector, quality, number)
                if own and not problems:
                    collector.finish(ledgers)
                    for quality in ledgers:
                        # answers that are in no stratum are refused only now
                        quality.check()
                    self._used(kind, own)
                    self.given.append(kind)
            for quality in ledgers:
                kept = quality.rows("read") - sum(map(quality.rows, ("empty", "refused", "duplicate")))
                quality.count("kept", kept)
        reject(problems)
        if "population" in self.synthetic:
            self.synthetic.add("questionnaires")

    def _read(self, file: File, collector, quality: Quality, number: int) -> None:
        if file.kind == "yearbooks":
            rows = collector.read(file, quality)
            self._note(file.kind, rows["place"].to_numpy(), rows["year"].to_numpy(), rows["evidence"] == "synthetic")
            return
        synthetic = self.context.vocabulary.codes("evidence").index("synthetic")
        for block in reading.read(file.path, KINDS[file.kind], self.context, quality, file.year):
            collector.add(block, quality, number)
            places = block.columns.get("city", np.zeros(0))
            self.shown_places.setdefault(file.shown, set()).update(np.unique(places[places >= 0]).tolist()[:1])
            self._note(file.kind, places, block.columns["year"], block.columns.get("evidence", 0) == synthetic)

    def _used(self, kind: str, files: list[File]) -> None:
        """Raise `DataError` if no row of any file of a kind is of a city of the list."""
        if kind in ("rates", "yearbooks") or any(self.shown_places.get(file.shown) for file in files):
            return
        counted = {ledger.file: ledger for ledger in self.ledgers}
        problems = []
        for file in files:
            found = f"{counted[file.shown].rows('read')} rows, {counted[file.shown].rows('outside')} of them outside"
            remedy = "name the cities as cities.csv does, or in the column aliases or a vocabulary.csv beside the file"
            problems.append(Problem(file.shown, None, "city", found, "a row of a city of cities.csv", remedy))
        raise DataError(problems)

    def _note(self, kind: str, places: np.ndarray, years: np.ndarray, synthetic) -> None:
        """Note that data are made up, and the cities that an issue names: only they can have a 0 in it."""
        if np.any(synthetic):
            self.synthetic.add(kind)
        if kind not in MARGINS:
            pairs = np.unique(np.asarray(places, dtype=np.int64) * 10_000 + np.asarray(years, dtype=np.int64))
            for pair in pairs[pairs >= 0].tolist():
                self.named.setdefault(pair % 10_000, set()).add(pair // 10_000)

    def result(self, framework: Framework) -> Microdata:
        """Return what was read as tables."""
        rows = self._rows()
        outside = rows[~rows["indicator"].isin(framework.indicators)]
        for (source, measure), count in outside[["source_id", "indicator"]].value_counts().items():
            ledger = next(ledger for ledger in self.ledgers if source.endswith(f"/{ledger.kind}"))
            ledger.count("measure not in the tree", count, str(measure))
        left_out = set(outside["source_id"]) - set(rows.drop(outside.index)["source_id"])
        if left_out:
            raise DataError(self._unwanted(outside, sorted(left_out), framework))
        rows = rows.drop(outside.index).sort_values(["indicator", "city", "year"], ignore_index=True)
        rows["unit"] = rows["indicator"].map(framework.table["unit"])
        # a sampling interval is no bound: the value is exact
        sampled = rows["respondents"].notna()
        bounded = rows.assign(**{end: rows[end].mask(sampled, rows["value"]) for end in ("low", "high")})
        return Microdata(
            bounded[PANEL],
            rows.loc[sampled | (rows["low"] != rows["high"]), INTERVALS],
            self._services(),
            _together([ledger.report() for ledger in self.ledgers], REPORT),
            _together([ledger.refused() for ledger in self.ledgers], REFUSED),
            self._understood(),
        )

    def _unwanted(self, outside: pd.DataFrame, sources: list[str], framework: Framework) -> list[Problem]:
        """Return a problem for each kind of file of which nothing is an indicator of the tree."""
        problems = []
        for source in sources:
            ledger = next(ledger for ledger in self.ledgers if source.endswith(f"/{ledger.kind}"))
            found = ", ".join(sorted(outside[outside["source_id"] == source]["indicator"].unique()))
            expected = f"an indicator of the tree ({', '.join(framework.indicators[:8])} …)"
            problems.append(Problem(ledger.file, None, None, found, expected, "take the file out of the folder"))
        return problems

    def _rows(self) -> pd.DataFrame:
        """Return ``city, year, indicator, value, low, high, …`` of every kind, one kind for an indicator."""
        names, frames, kinds = self.context.cities.names, [], {}
        for kind in self.given:
            frame = self.collectors[kind].measures() if kind not in MARGINS else pd.DataFrame()
            if not frame.empty:
                named = [
                    place in self.named.get(year, ()) for place, year in zip(frame["place"], frame["year"], strict=True)
                ]
                frame = frame[named].dropna(subset=["value"])
                frame = frame.assign(source_id=f"{self.shown.split('/')[-1]}/{kind}", evidence=self._evidence(kind))
                frames.append(frame.assign(city=[names[place] for place in frame["place"]]))
                for measure in frame["measure"].unique():
                    kinds.setdefault(measure, []).append(kind)
        problems = [
            Problem(self.shown, None, measure, " and ".join(several), "one kind of file", "give it in one kind")
            for measure, several in kinds.items()
            if len(several) > 1
        ]
        reject(problems)
        columns = [*INTERVALS, "source_id"]
        rows = _together([frame.rename(columns={"measure": "indicator"}) for frame in frames], columns)
        return rows.reindex(columns=columns).astype({"year": int, "value": float, "respondents": "Int64"})

    def _evidence(self, kind: str) -> str:
        labels = {self.cited[file].label if file in self.cited else "user" for file in self.files.get(kind, [])}
        return "synthetic" if kind in self.synthetic else labels.pop() if len(labels) == 1 else "user"

    def _understood(self) -> pd.DataFrame:
        frame = _together([ledger.understood() for ledger in self.ledgers], UNDERSTOOD)
        return frame.assign(
            citation=[self.cited[file].citation if file in self.cited else "" for file in frame["file"]]
        )

    def _services(self) -> pd.DataFrame:
        if "services" not in self.given:
            return pd.DataFrame(columns=SERVICES)
        names, frame = self.context.cities.names, self.collectors["services"].categories()
        return frame.assign(city=[names[place] for place in frame["place"]], evidence=self._evidence("services"))[
            SERVICES
        ]


def _together(frames: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    kept = [frame for frame in frames if not frame.empty]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns)
