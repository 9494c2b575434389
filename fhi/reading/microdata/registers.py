"""Registers, made into measures by city: firms financed, listed companies, city services.

Of the firms: how many are financed, with how much, and a city's share of the nation by class. Of the listed companies:
market value by sector, and what finance companies pay for technology. Of the services: how many a city has.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fhi.reading.microdata.cell_readers import CURRENCY
from fhi.reading.microdata.conversion import Rates, convert
from fhi.reading.microdata.grouping import COMMON, Records, mix, note, once, repeated, runs
from fhi.reading.microdata.quality_log import Quality
from fhi.reading.microdata.reading import Block

#: classes whose shares of the nation make 企业规模 and 贡献率; the others are new finance
SCALE = ("internet_bank", "internet_insurer", "internet_broker")
#: the class of firms that are none of the tree's: they count nowhere
OUTSIDE = "outside"
INFRASTRUCTURE = ("exchange", "information", "cloud", "blockchain")
FIRM = [*COMMON, *((name, "f8") for name in ("value", "low", "high", "scale")), ("class", "i1"), ("known", "?")]
TALLIES = ("firms", "counted", "sure", "possible", "value", "low", "high", "scale", "unsized")


class Firms:
    """Takes blocks of rows, one a financing or one a firm; gives measures by city and year.

    Parameters
    ----------
    classes : list of str
        Codes of the classes, in the order of the reader's places.
    cities : int
        Number of cities; one more place stands for elsewhere.
    rates : Rates
    least : float
        Financing from which a firm counts, CNY.

    Notes
    -----
    A firm is a name in a city and a year's issue; its rows add up. A row with the firm, round, date and amount of an
    earlier one is a duplicate. Memory does not grow with the number of rows (`fhi.reading.microdata.grouping`).
    """

    def __init__(self, classes: list[str], cities: int, rates: Rates, least: float):
        self.classes, self.cities, self.rates, self.least = classes, cities, rates, least
        self.records, self.amounts = Records(FIRM), Amounts()
        self.tallies: dict[int, dict[str, np.ndarray]] = {}
        self.mixed = 0

    def add(self, block: Block, quality: Quality, file: int) -> None:
        """Take the rows of a block; `file` is the place of its ledger.

        Parameters
        ----------
        block : Block
            Rows that were understood.
        quality : Quality
            Ledger of their file.
        file : int
            Place of the ledger in the list that `finish` takes.
        """
        columns = block.columns
        value, low, high, bad = convert(columns, "financing", self.rates, block.lines, quality)
        scale = self._scale(columns, len(value), quality)
        known, zeros = ~np.isnan(value), np.zeros(len(value), dtype="u8")
        if OUTSIDE in self.classes:
            outside = ~bad & (columns["class"] == self.classes.index(OUTSIDE))
            quality.count("outside", int(outside.sum()), "class")
        quality.count("refused", int(bad.sum()))
        said = columns.get("round", zeros), columns.get("date", zeros), np.where(known, value, -1.0)
        ends = {"value": value, "low": low, "high": high}
        money = {name: np.where(known, end, 0.0) for name, end in ends.items()} | {"scale": scale}
        key = mix(columns["name"], columns["city"], columns["year"])
        self.records.add_rows(block, file, ~bad, key=key, what=mix(*said), known=known, **money)

    def _scale(self, columns: dict[str, np.ndarray], count: int, quality: Quality) -> np.ndarray:
        """Return the size of each firm in CNY; NaN where it is not given."""
        if "scale" not in columns:
            return np.full(count, np.nan)
        unit = columns["scale_unit"]
        if "currency" in columns:
            unit = np.where(unit > 0, unit, columns["currency"])
        rate = np.ones(count)
        foreign = unit > CURRENCY.index("CNY")
        rate[foreign] = self.rates.of(unit[foreign], columns["year"][foreign])
        scale, known = columns["scale"], ~np.isnan(columns["scale"])
        quality.count("no rate", int((np.isnan(rate) & known).sum()), "scale", "read as undisclosed")
        quality.count("vague amount", int((columns["scale_vague"] & known).sum()), "scale", "an interval or a bound")
        return scale * rate

    def finish(self, ledgers: list[Quality]) -> None:
        """Group the records by firm; write duplicates and outliers into the ledgers."""
        for group in self.records.groups():
            again, first = repeated(group)
            if len(again):
                note(group, again, first, ledgers)
                group = np.delete(group, again)
            self._tally(group)
        ledgers[0].count("several classes", self.mixed, "class", "firms: the first class of each counts")
        above, fence = self.amounts.above()
        if above:
            detail = f"firms financed with more than {fence:.3g} CNY, three quartile ranges of the logarithms above"
            ledgers[0].count("outlier", above, "financing", detail)

    def _tally(self, group: np.ndarray) -> None:
        starts = runs(group["key"])
        if not len(starts):
            return
        head, classes = group[starts], group["class"]
        self.mixed += int((np.maximum.reduceat(classes, starts) != np.minimum.reduceat(classes, starts)).sum())
        sums = {name: np.add.reduceat(group[name], starts) for name in ("value", "low", "high")}
        scale = np.fmax.reduceat(group["scale"], starts)
        self.amounts.add(sums["value"])
        least = self.least
        marks = {
            "firms": np.ones(len(head)),
            # 近5000万 is less than 5000万, 近6000万 may be taken for more
            "counted": (sums["low"] >= least) | (sums["value"] > least),
            "sure": sums["low"] >= least,
            "possible": (sums["low"] >= least) | (sums["high"] > least),
            "scale": np.nan_to_num(scale),
            "unsized": np.isnan(scale),
        }
        for name, who in (("value", "counted"), ("low", "sure"), ("high", "possible")):
            marks[name] = np.where(marks[who], sums[name], 0.0)
        width = self.cities + 1
        for year in np.unique(head["year"]):
            chosen = head["year"] == year
            # elsewhere (−1) is the last place
            place = head["class"][chosen].astype(np.int64) * width + head["city"][chosen] % width
            tally = self.tallies.setdefault(int(year), {name: np.zeros((len(self.classes), width)) for name in TALLIES})
            for name, values in marks.items():
                added = np.bincount(place, weights=values[chosen].astype(float), minlength=len(self.classes) * width)
                tally[name] += added.reshape(len(self.classes), width)

    def measures(self) -> pd.DataFrame:
        """Return ``place, year, measure, value, low, high`` for every city: a city without a firm has 0.

        ``firm_count`` are firms of new finance financed with `least` or more, ``capital`` their financing in 100
        million CNY; low and high say how far amounts written as bounds or intervals leave it open (``inf``: a bound
        from below). ``firm_scale`` and ``contribution`` are means of the city's shares of the nation by class, per
        cent.
        """
        frames = []
        for year, tally in self.tallies.items():
            new = [place for place, name in enumerate(self.classes) if name not in (*SCALE, *INFRASTRUCTURE, OUTSIDE)]
            total = {name: values[new].sum(axis=0)[: self.cities] for name, values in tally.items()}
            values = {
                "firm_count": (total["counted"], total["sure"], total["possible"]),
                "capital": tuple(total[name] / 1e8 for name in ("value", "low", "high")),
            }
            for measure, names in (("firm_scale", SCALE), ("contribution", INFRASTRUCTURE)):
                shares = self._shares(tally, names)
                if len(shares):
                    mean = shares.mean(axis=0, skipna=False).to_numpy()
                    values[measure] = (mean, mean, mean)
            for measure, (value, low, high) in values.items():
                frame = pd.DataFrame({"place": np.arange(self.cities), "value": value, "low": low, "high": high})
                frames.append(frame.assign(year=year, measure=measure))
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def _shares(self, tally: Mapping[str, np.ndarray], names: tuple[str, ...]) -> pd.DataFrame:
        """Return class × city: the share of the nation by size, or by number where no firm of the class has a size.

        A firm without a size leaves its city missing where others of its class have one.
        """
        rows = {}
        for name in names:
            place = self.classes.index(name) if name in self.classes else None
            if place is None or not tally["firms"][place].any():
                continue
            size = tally["scale"][place]
            amounts = tally["firms"][place] if not size.any() else np.where(tally["unsized"][place] > 0, np.nan, size)
            whole = tally["firms"][place].sum() if not size.any() else size.sum()
            rows[name] = amounts[: self.cities] / whole * 100
        return pd.DataFrame(rows).T


COMPANY = [*COMMON, *((name, "f8") for name in ("value", "low", "high", "spending", "revenue")), ("sector", "i1")]
OF_COMPANY = ("market_value", "technology_spending", "revenue")
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
        self.records = Records(COMPANY)
        self._groups: list[pd.DataFrame] = []

    def add(self, block: Block, quality: Quality, file: int) -> None:
        """Take the rows of a block.

        Parameters
        ----------
        block : Block
            Rows that were understood.
        quality : Quality
            Ledger of their file.
        file : int
            Place of the ledger in the list that `finish` takes.
        """
        columns, bad = block.columns, np.zeros(len(block.lines), dtype=bool)
        money, ends = dict.fromkeys(OF_COMPANY, np.full(len(bad), np.nan)), {}
        for name in OF_COMPANY:
            if name in columns:
                money[name], *ends[name], refused = convert(columns, name, self.rates, block.lines, quality)
                bad |= refused
        quality.count("refused", int(bad.sum()))
        key, what = mix(columns["code"], columns["year"]), mix(columns["city"], columns["sector"], *money.values())
        value, spending, revenue = money.values()
        low, high = ends["market_value"]
        amounts = {"value": value, "low": low, "high": high, "spending": spending, "revenue": revenue}
        self.records.add_rows(block, file, ~bad, key=key, what=what, **amounts)

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


SERVICE = [*COMMON, ("category", "i4"), ("special", "i1")]


class Services:
    """Takes blocks of rows, one a service on a platform in a city; gives counts by city and year.

    A service counts once on each platform; a row that names it there again is a duplicate.
    """

    def __init__(self):
        self.records = Records(SERVICE)
        self.labels: dict[str, int] = {}
        self._groups: list[pd.DataFrame] = []

    def add(self, block: Block, quality: Quality, file: int) -> None:
        """Take the rows of a block.

        Parameters
        ----------
        block : Block
            Rows that were understood.
        quality : Quality
            Ledger of their file.
        file : int
            Place of the ledger in the list that `finish` takes.
        """
        columns, count = block.columns, len(block.lines)
        category, special = self._codes(columns["category"]), columns.get("special", np.zeros(count, dtype="i1"))
        key = mix(columns["service"], self._codes(columns["platform"]), columns["city"], columns["year"])
        given = {"key": key, "what": mix(category, special > 0), "category": category, "special": special}
        self.records.add_rows(block, file, np.ones(count, dtype=bool), **given)

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


#: decades from the least to the greatest amount, and bins in a decade
LEAST_DECADE, GREATEST_DECADE, FINE = -2, 18, 100
FENCE = 3.0


class Amounts:
    """A histogram of positive amounts on a logarithmic scale."""

    def __init__(self):
        self.counts = np.zeros((GREATEST_DECADE - LEAST_DECADE) * FINE, dtype=np.int64)

    def add(self, values: np.ndarray) -> None:
        """Count amounts; what is 0, missing or infinite is left out."""
        kept = values[np.isfinite(values) & (values > 0)]
        if len(kept):
            places = ((np.log10(kept) - LEAST_DECADE) * FINE).astype(np.int64)
            self.counts += np.bincount(np.clip(places, 0, len(self.counts) - 1), minlength=len(self.counts))

    def above(self) -> tuple[int, float]:
        """Return how many lie above the outer fence of the logarithms, and the fence.

        It is ``Q₃ + 3·(Q₃ − Q₁)`` (Tukey 1977), to a hundredth of a decade.
        """
        total = np.cumsum(self.counts)
        if not total[-1]:
            return 0, float("inf")
        first, third = (np.searchsorted(total, share * total[-1]) for share in (0.25, 0.75))
        place = third + FENCE * (third - first) + 1
        fence = 10.0 ** (place / FINE + LEAST_DECADE)
        return int(self.counts[int(place) :].sum()), fence
