"""The cities and the firms of each issue: how large they are, what the report gives of them, and how files write them.

There are some 4,000 firms, with as many financed, as much financing and such shares of the nation as are printed.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fhi.editions import construction
from fhi.reading.microdata.registers import INFRASTRUCTURE
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


#: 万元 from which a firm counts (p15), and the classes of new finance with their shares, made up
LEAST = 5000
NEW_FINANCE = {
    "lending": 0.4,
    "payment": 0.15,
    "crowdfunding": 0.1,
    "wealth": 0.15,
    "credit": 0.1,
    "other_finance": 0.1,
}
ROUNDS = ("天使轮", "A轮", "B轮", "C轮")
#: years before the last issue in which firms were founded
SPAN = 8
#: share of firms below the threshold that disclose nothing, and of rows that stand twice
UNDISCLOSED, TWICE = 0.3, 0.005


def firms(places: Places, stream: np.random.Generator) -> pd.DataFrame:
    """Return the rows of the last issue, one a financing, with the year of each beside them.

    Parameters
    ----------
    places : Places
        The cities and what the report gives of them.
    stream : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        ``name, city, class, financing, round, date, scale``, and ``year, ago, place`` for `until`.
    """
    counts = financed(places)
    parts = [_listed(places), _infrastructure(places, stream), _financed(places, counts, stream)]
    known = sum(len(part["name"].unique()) for part in parts)
    size = places.size[places.of(places.last)]
    others = np.floor(size / size.sum() * (places.nation("fintech firms") - known)).astype(int)
    parts.append(_small(others, stream))
    frame = pd.concat(parts, ignore_index=True)
    twice = frame.sample(frac=TWICE, random_state=int(stream.integers(2**31)))
    frame = pd.concat([frame, twice]).sort_values(["year", "name"], kind="stable", ignore_index=True)
    return frame.assign(place=frame["city"], city=written_cities(frame["city"].to_numpy(dtype=object), places, stream))


def until(frame: pd.DataFrame, places: Places, year: int) -> pd.DataFrame:
    """Return the rows of an issue: what had been financed by its end; a city that is not in it is elsewhere.

    Parameters
    ----------
    frame : pandas.DataFrame
        All firms (`firms`).
    places : Places
        The cities and what the report gives of them.
    year : int
        Year of the issue.

    Returns
    -------
    pandas.DataFrame
        With the headings of a file of firms.
    """
    kept = frame[frame["year"] <= year - places.last].drop(columns="year")
    kept = kept.assign(city=kept["city"].where(kept["place"].isin(places.of(year)), "其他"))
    days = kept["date"].where(kept["date"] == "", (kept["ago"] + places.last).astype(str) + kept["date"])
    columns = ["name", "city", "class", "financing", "round", "date", "scale"]
    return kept.assign(date=days)[columns].rename(
        columns={"name": "企业名称", "city": "城市", "class": "类别", "financing": "融资额", "round": "轮次"}
        | {"date": "融资日期", "scale": "规模"}
    )


def financed(places: Places) -> pd.Series:
    """Return how many firms of each city are financed with the threshold or more: as printed, else by size."""
    printed = construction.CONSTRUCTIONS["firm_count"](places.tables).set_index("city")["value"]
    order = places.leaders("new_finance")
    size = places.size[places.of(places.last)]
    counts = np.round(size * 0.9 * printed.min())
    counts[printed.index] = printed
    for place, city in enumerate(order):
        if city not in printed.index:
            # between its neighbours in the printed order
            above = counts[order[:place]].min() if place else counts.max()
            below = printed[[name for name in order[place + 1 :] if name in printed.index]].max()
            counts[city] = round((above + (below if below == below else 0.8 * above)) / 2)
    return counts.astype(int)


def _totals(places: Places, counts: pd.Series) -> pd.Series:
    """Return the financing of these firms by city, 万元: as printed, else so much a firm; the first city has most."""
    printed = construction.CONSTRUCTIONS["capital"](places.tables).set_index("city")["value"] * 10_000
    each = (printed / counts[printed.index]).mean()
    sums = counts * each * 0.6
    sums[printed.index] = printed
    ranks = places.tables["city_profiles"].query("node == 'capital' and unit == 'rank'")
    first = ranks[ranks["printed_value"] == 1]["city"]
    sums[first] = 1.5 * sums.max()
    return sums.round().astype(int)


def _financed(places: Places, counts: pd.Series, stream: np.random.Generator) -> pd.DataFrame:
    rows = []
    for city, total in _totals(places, counts).items():
        count = counts[city]
        if not count:
            continue
        # what is above the threshold is spread unevenly; the largest takes what rounding leaves
        weights = stream.lognormal(sigma=1.5, size=count)
        sums = LEAST + np.floor((total - LEAST * count) * weights / weights.sum()).astype(int)
        sums[sums.argmax()] += total - sums.sum()
        for number, amount in enumerate(sums):
            steps = int(stream.integers(1, 4))
            cuts = np.sort(stream.integers(1, amount, steps - 1))
            parts = np.diff(np.concatenate([[0], cuts, [amount]]))
            ago = np.sort(-stream.integers(0, SPAN, steps))
            for step, (part, year) in enumerate(zip(parts, ago, strict=True)):
                rows.append((f"合成融资{city}{number:03d}", city, part, ROUNDS[step], year))
    frame = pd.DataFrame(rows, columns=["name", "city", "amount", "round", "year"])
    classes = dict(zip(frame["name"].unique(), _classes(frame["name"].nunique(), stream), strict=True))
    frame = frame.assign(
        financing=amounts_as_written(frame["amount"].to_numpy(), stream), **{"class": frame["name"].map(classes)}
    )
    return _dated(frame.drop(columns="amount"), stream)


def _classes(count: int, stream: np.random.Generator) -> np.ndarray:
    return stream.choice(list(NEW_FINANCE), count, p=list(NEW_FINANCE.values()))


def _dated(frame: pd.DataFrame, stream: np.random.Generator) -> pd.DataFrame:
    """Return rows with a day of their year, to the end of September as the report's (p15)."""
    months, days = stream.integers(1, 10, len(frame)), stream.integers(1, 29, len(frame))
    text = [f"-{month:02d}-{day:02d}" for month, day in zip(months, days, strict=True)]
    return frame.assign(date=text, ago=frame["year"], scale="")


def _small(counts: pd.Series, stream: np.random.Generator) -> pd.DataFrame:
    """Return firms financed with less than the threshold, or with what nobody knows."""
    cities = np.repeat(counts.index.to_numpy(dtype=object), counts)
    amounts = np.clip(stream.lognormal(6.5, 1.0, len(cities)), 10, LEAST - 1).astype(int)
    texts = np.array(amounts_as_written(amounts, stream), dtype=object)
    texts[stream.random(len(cities)) < UNDISCLOSED] = "未披露"
    frame = pd.DataFrame({"name": [f"合成企业{number:05d}" for number in range(len(cities))], "city": cities})
    frame = frame.assign(financing=texts, round="", year=-stream.integers(0, SPAN, len(cities)))
    return _dated(frame.assign(**{"class": _classes(len(cities), stream)}), stream)


def _listed(places: Places) -> pd.DataFrame:
    """Return the banks, insurers, brokers and exchanges of the report, under made-up names, with printed sizes."""
    rows = []
    kinds = {
        "internet_bank": ("banks", "loans"),
        "internet_insurer": ("insurers", "premiums"),
        "internet_broker": ("brokers", ""),
    }
    for kind, (name, size) in kinds.items():
        for number, row in enumerate(places.tables[f"{name}"].to_dict("records")):
            rows.append((f"合成{kind}{number}", row["city"], kind, row[size] if size else ""))
    for city, count in places.tables["exchanges"].set_index("city")["count"].items():
        rows += [(f"合成交易所{city}{number}", city, "exchange", "") for number in range(count)]
    frame = pd.DataFrame(rows, columns=["name", "city", "class", "scale"])
    # they are in every issue
    return frame.assign(financing="", round="", date="", ago=0, year=-100)


def _infrastructure(places: Places, stream: np.random.Generator) -> pd.DataFrame:
    """Return firms of cloud computing and blockchain whose sizes give the printed shares of the nation."""
    rows = []
    printed = places.tables["contributions"]
    size = places.size[places.of(places.last)]
    for name in [kind for kind in INFRASTRUCTURE if kind in set(printed["class"])]:
        shares = printed[printed["class"] == name].set_index("city")["share_value"]
        rest = size.drop(shares.index).nlargest(6)
        shares = pd.concat([shares, rest / rest.sum() * (100 - shares.sum())])
        for city, share in shares.items():
            count = max(2, round(share))
            parts = stream.dirichlet(np.ones(count)) * share
            # thousandths of a per cent of 1000亿, in whole 万元; the last part takes what rounding leaves
            units = np.floor(parts * 100_000).astype(int)
            units[0] += round(share * 100_000) - units.sum()
            rows += [(f"合成{name}{city}{number:02d}", city, name, f"{unit}万元") for number, unit in enumerate(units)]
    frame = pd.DataFrame(rows, columns=["name", "city", "class", "scale"])
    return frame.assign(financing="", round="", date="", ago=0, year=-100)
