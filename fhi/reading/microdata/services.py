"""Lists of city services: how many a city has on the payment platforms, by category, and how many are special."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.reading.microdata.grouping import Records, mix, once
from fhi.reading.microdata.quality_log import Quality
from fhi.reading.microdata.reading import Block

RECORD = np.dtype(
    [("key", "u8"), ("what", "u8"), ("row", "u4"), ("year", "i2"), ("city", "i2"), ("category", "i4")]
    + [("special", "i1"), ("file", "u2")]
)


class Services:
    """Takes blocks of rows, one a service on a platform in a city; gives counts by city and year.

    A service counts once on each platform; a row that names it there again is a duplicate.
    """

    def __init__(self):
        self.records = Records(RECORD)
        self.labels: dict[str, int] = {}
        self._groups: list[pd.DataFrame] = []

    def add(self, block: Block, quality: Quality, file: int) -> None:
        """Take the rows of a block."""
        columns, count = block.columns, len(block.lines)
        category, special = self._codes(columns["category"]), columns.get("special", np.zeros(count, dtype="i1"))
        records = {
            "key": mix(columns["service"], self._codes(columns["platform"]), columns["city"], columns["year"]),
            "what": mix(category, special > 0),
            "row": block.lines,
            "year": columns["year"],
            "city": columns["city"],
            "category": category,
            "special": special,
            "file": np.full(count, file),
        }
        self.records.add(records)

    def _codes(self, labels: np.ndarray) -> np.ndarray:
        places, distinct = pd.factorize(labels)
        return np.array([self.labels.setdefault(label, len(self.labels)) for label in distinct], dtype="i4")[places]

    def finish(self, ledgers: list[Quality]) -> None:
        """Count the services; write duplicates into the ledgers."""
        for group in self.records.groups():
            group = once(group, ledgers)
            kept = group[group["city"] >= 0]
            names = ("city", "year", "category")
            frame = pd.DataFrame({name: kept[name] for name in names}).assign(special=kept["special"] > 0, services=1)
            self._groups.append(frame.groupby(list(names), as_index=False).sum())

    def categories(self) -> pd.DataFrame:
        """Return ``place, year, category, services, special``: the breadth of a city's services."""
        frame = pd.concat(self._groups).groupby(["city", "year", "category"], as_index=False).sum()
        labels = list(self.labels)
        return frame.assign(category=[labels[code] for code in frame["category"]]).rename(columns={"city": "place"})

    def measures(self) -> pd.DataFrame:
        """Return ``place, year, measure, value, low, high``: the number of services."""
        total = self.categories().groupby(["place", "year"], as_index=False)["services"].sum()
        value = total["services"].astype(float)
        return total[["place", "year"]].assign(measure="services", value=value, low=value, high=value)
