"""The cities of each issue, how large they are, what the report gives of them, and how files write them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fhi.editions import construction
from fhi.store import to_csv

#: points that the adoption rate rises a year where the report prints no rise
RISE = 2.0
#: share by which counts and sums grow from one issue to the next
GROWTH = 0.12


class Places:
    """Cities with their targets.

    Attributes
    ----------
    names : list of str
        All cities, in the order of cities.csv.
    size : pandas.Series
        By city its share of the largest GDP; where none is published, the least of those that are.
    last : int
        Year of the issue that matches the report.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], last: int):
        self.tables, self.last = tables, last
        cities = tables["cities"].set_index("name_zh")
        self.names = cities.index.tolist()
        gdp = construction.gdp(tables).sort_values("year").groupby("city")["value"].last().reindex(self.names)
        self.gdp = gdp.fillna(gdp.min())
        self.size = self.gdp / self.gdp.max()
        codes = cities["code_gbt2260"]
        # the report took them in with its last issue (p2, p39): they enter
        self.new = [name for name in self.names if codes[name] >= 710_000]
        # one city leaves with it, to show what becomes of it: the smallest that the report does not print
        small = self.size[(cities["in_top20"] == 0) & ~self.size.index.isin(self.new)]
        self.leaving = small.idxmin()
        self.english = cities["name_en"]
        self.codes = codes

    def of(self, year: int) -> list[str]:
        """Return the cities of an issue."""
        out = {self.leaving} if year >= self.last else set(self.new)
        return [name for name in self.names if name not in out]

    def growth(self, year: int) -> float:
        """Return the size of an issue's counts and sums in parts of the last one's."""
        return (1 + GROWTH) ** (year - self.last)

    def printed(self, node: str, unit: str) -> pd.Series:
        """Return the numbers of the city profiles (p6-8) by city.

        Parameters
        ----------
        node : str
            Code of the node.
        unit : str
            Unit of the value in city_profiles.csv.

        Returns
        -------
        pandas.Series
            In the unit as printed.
        """
        rows = self.tables["city_profiles"].query("node == @node and unit == @unit")
        rows = rows[~rows["city"].duplicated()]
        return rows.set_index("city")["printed_value"]

    def public(self, indicator: str) -> pd.Series:
        """Return a public figure by city, its latest year."""
        rows = self.tables["public/public_indicators"].query("indicator == @indicator").sort_values("year")
        return rows.groupby("city")["value"].last()

    def nation(self, measure: str) -> float:
        """Return a number printed for the nation (p11-18, p39) by its English name."""
        rows = pd.concat([self.tables["headlines"], self.tables["coverage"]])
        return float(rows[rows["measure_en"] == measure]["printed_value"].iloc[0])

    def leaders(self, name: str) -> list[str]:
        """Return a printed order of leading cities, best first."""
        rows = self.tables["leaders"].query("list == @name").sort_values(["page", "position"])
        return rows["city"].drop_duplicates().tolist()

    def rates(self, year: int) -> pd.Series:
        """Return the adoption rate that an issue has in each of its cities, per cent."""
        printed = self.tables["adoption"].set_index("city")["rate"]
        # the others are no better than the last of the mainland cities printed, the smaller the less
        least = printed.drop(self.new, errors="ignore").min()
        rates = printed.reindex(self.of(year)).fillna(least - 8 * (1 - self.size))
        facts = self.tables["experience_facts"]
        risen = facts[(facts["node"] == "adoption") & (facts["measure_en"] == "rise of the adoption rate")]
        rise = risen.set_index("city")["printed_value"].reindex(rates.index).fillna(RISE)
        return (rates - rise * (self.last - year)).clip(1, 99)


LABEL = "synthetic"
#: share of the rows in which a city is written in another way than by its name
ODD = 0.15


def to_bytes(frame: pd.DataFrame) -> bytes:
    """Return a file in UTF-8; every row carries the label."""
    return to_csv(frame.assign(evidence=LABEL)).encode("utf-8")


def written_cities(names: np.ndarray, places: Places, stream: np.random.Generator) -> np.ndarray:
    """Return cities as files write them: ``北京``, and now and then ``北京市``, ``Beijing`` or ``110000``.

    Parameters
    ----------
    names : numpy.ndarray of str
        Names of cities.
    places : Places
        The cities and what the report gives of them.
    stream : numpy.random.Generator

    Returns
    -------
    array of str
    """
    ways = np.stack([names, names + "市", places.english[names].to_numpy(), places.codes[names].astype(str).to_numpy()])
    way = np.where(stream.random(len(names)) < ODD, stream.integers(1, len(ways), len(names)), 0)
    # 香港市 is no name
    way[(way == 1) & np.isin(names, places.new)] = 0
    return ways[way, np.arange(len(names))]


def amounts_as_written(units: np.ndarray, stream: np.random.Generator) -> list[str]:
    """Return whole numbers of 万元 as texts of the same: ``5000万元``, ``0.5亿元``, ``5,000万``, ``５０００万元``.

    Parameters
    ----------
    units : numpy.ndarray of int
        Amounts in 万元 (10,000 CNY).
    stream : numpy.random.Generator

    Returns
    -------
    list of str
    """
    return [
        _amount(int(units_), int(way)) for units_, way in zip(units, stream.integers(0, 20, len(units)), strict=True)
    ]


def _amount(units: int, way: int) -> str:
    if way < 7:
        return f"{units / 10_000:.4f}".rstrip("0").rstrip(".") + "亿元"
    if way < 17:
        return f"{units}万元"
    return f"{units:,}万" if way < 19 else f"{units}万元".translate({48 + digit: 0xFF10 + digit for digit in range(10)})
