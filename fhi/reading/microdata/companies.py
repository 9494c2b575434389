"""The list of listed companies: market value by sector, and how much technology its finance companies pay for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.reading.microdata.conversion import Rates, convert
from fhi.reading.microdata.grouping import Records, mix, once
from fhi.reading.microdata.quality_log import Quality
from fhi.reading.microdata.reading import Block

RECORD = np.dtype(
    [("key", "u8"), ("what", "u8"), ("value", "f8"), ("low", "f8"), ("high", "f8"), ("spending", "f8")]
    + [("revenue", "f8"), ("row", "u4"), ("year", "i2"), ("city", "i2"), ("sector", "i1"), ("file", "u2")]
)
AMOUNTS = ("market_value", "technology_spending", "revenue")
ENDS = ["value", "low", "high"]
MEASURES = {"finance": "finance_industry", "information_technology": "technology_industry"}


class Companies:
    """Takes blocks of rows, one a company; gives measures by city and year.

    Parameters
    ----------
    sectors : list of str
        Codes of the sectors, in the order of the reader's places.
    cities : int
        Number of cities.
    rates : Rates

    Notes
    -----
    A code stands once in a year's issue; later rows are duplicates.
    """

    def __init__(self, sectors: list[str], cities: int, rates: Rates):
        self.sectors, self.cities, self.rates = sectors, cities, rates
        self.records = Records(RECORD)
        self._groups: list[pd.DataFrame] = []

    def add(self, block: Block, quality: Quality, file: int) -> None:
        """Take the rows of a block."""
        columns, bad = block.columns, np.zeros(len(block.lines), dtype=bool)
        money, ends = dict.fromkeys(AMOUNTS, np.full(len(bad), np.nan)), {}
        for name in AMOUNTS:
            if name in columns:
                money[name], *ends[name], refused = convert(columns, name, self.rates, block.lines, quality)
                bad |= refused
        records = {
            "key": mix(columns["code"], columns["year"]),
            "what": mix(columns["city"], columns["sector"], *money.values()),
            "value": money["market_value"],
            "low": ends["market_value"][0],
            "high": ends["market_value"][1],
            "spending": money["technology_spending"],
            "revenue": money["revenue"],
            "row": block.lines,
            "year": columns["year"],
            "city": columns["city"],
            "sector": columns["sector"],
            "file": np.full(len(bad), file),
        }
        quality.count("refused", int(bad.sum()))
        self.records.add({name: values[~bad] for name, values in records.items()})

    def finish(self, ledgers: list[Quality]) -> None:
        """Group the companies; write duplicates into the ledgers."""
        for group in self.records.groups():
            group = once(group, ledgers)
            names = (*ENDS, "spending", "revenue", "year", "city", "sector")
            self._groups.append(pd.DataFrame({name: group[name] for name in names}))

    def measures(self) -> pd.DataFrame:
        """Return ``place, year, measure, value, low, high`` for every city.

        ``finance_industry`` and ``technology_industry`` are market values in 100 million CNY; a city without a company
        of the sector has 0, and low and high say how far vague values leave the sum open. ``technology_level`` is the
        technology spending of a city's finance companies in per cent of their revenue, over those that disclose both;
        a city without any has none.
        """
        rows = pd.concat(self._groups, ignore_index=True)
        rows["sector"] = [self.sectors[code] for code in rows["sector"]]
        frames = []
        for year, issue in rows[rows["city"] >= 0].groupby("year"):
            for sector, measure in MEASURES.items():
                total = issue[issue["sector"] == sector].groupby("city")[ENDS].sum() / 1e8
                frames.append(_frame(total.reindex(range(self.cities), fill_value=0.0), year, measure))
            told = issue[issue["sector"] == "finance"].dropna(subset=["spending", "revenue"])
            sums = told.groupby("city")[["spending", "revenue"]].sum()
            level = (sums["spending"] / sums["revenue"] * 100)[sums["revenue"] > 0]
            frames.append(_frame(pd.DataFrame(dict.fromkeys(ENDS, level)), year, "technology_level"))
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _frame(ends: pd.DataFrame, year: int, measure: str) -> pd.DataFrame:
    return ends.rename_axis("place").reset_index().assign(year=int(year), measure=measure)
