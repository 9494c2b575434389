"""Questionnaires: the share of users by city, post-stratified to the population by age and sex where that is known."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from fhi.engine.errors import DataError, Problem, reject
from fhi.reading.microdata.grouping import COMMON, Records, again, mix, once
from fhi.reading.microdata.quality_log import Quality
from fhi.reading.microdata.reading import Block

MARGIN = [*COMMON, ("people", "f8"), ("age", "i2"), ("age_high", "i2"), ("sex", "i1")]
RECORD = [*COMMON, ("weight", "f8"), ("age", "i2"), ("age_high", "i2"), ("sex", "i1"), ("use", "i1")]
#: the band of rows without ages
ALL_AGES = (-1, -1)
#: an interval is given only if strata with at least this part of the population were asked
LEAST_COVERED = 0.5


class Population:
    """People by city, year, age band and sex; a table without age or sex has one stratum in it."""

    def __init__(self):
        self.records = Records(MARGIN)
        self.table, self.bands = pd.DataFrame(), []

    def add(self, block: Block, quality: Quality, file: int) -> None:
        """Take the rows of a block; people elsewhere are not needed.

        Parameters
        ----------
        block : Block
            Rows that were understood.
        quality : Quality
            Ledger of their file.
        file : int
            Place of the ledger in the list that `finish` takes.
        """
        missing = np.full(len(block.lines), -1)
        columns = {name: block.columns.get(name, missing) for name in ("city", "year", "age", "age_high", "sex")}
        key, people = mix(*columns.values()), block.columns["people"]
        self.records.add_rows(block, file, columns["city"] >= 0, key=key, what=mix(people), **columns)

    def finish(self, ledgers: list[Quality]) -> None:
        """Take each stratum of a city and year once; write duplicates into the ledgers.

        Raises
        ------
        DataError
            If a stratum has several numbers of people (districts of a city, say: which is meant is not to be guessed),
            or age bands overlap.
        """
        groups = [_agreed(group, ledgers) for group in self.records.groups()]
        names = ("city", "year", "people", "age", "age_high", "sex", "file")
        self.table = pd.concat([pd.DataFrame({name: group[name] for name in names}) for group in groups])
        files = self.table.groupby(["age", "age_high"])["file"].min()
        self.bands = files.index.tolist()
        for (_, high), (low, top) in pairwise(self.bands):
            if low <= high:
                expected, remedy = "age bands that do not overlap", "give every city the same bands"
                file = ledgers[files[low, top]].file
                raise DataError([Problem(file, None, "age", f"{low}-{top} beside …-{high}", expected, remedy)])

    def strata(self, city: int, year: int) -> np.ndarray | None:
        """Return people by band and sex (male, female, both) of the latest year not later; None if unknown.

        Parameters
        ----------
        city : int
            Place of the city.
        year : int
            Of the issue.

        Returns
        -------
        array or None
            Bands × 3, people.
        """
        if not len(self.table):
            return None
        rows = self.table[(self.table["city"] == city) & (self.table["year"] <= year)]
        rows = rows[rows["year"] == rows["year"].max()]
        if not rows["people"].sum() > 0:
            return None
        people = np.zeros((len(self.bands), 3))
        for row in rows.itertuples():
            # a row without a sex (-1) is of both: the last place
            people[self.bands.index((row.age, row.age_high)), row.sex] += row.people
        # totals beside their parts are not counted again
        if people[:, :2].any():
            people[:, 2] = 0
        if ALL_AGES in self.bands and people[1:].any():
            people[0] = 0
        return people

    def place(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Return the age band that each age (or band of ages) lies in; −1: none.

        Parameters
        ----------
        low, high : array of int
            Ends of the ages of each row.

        Returns
        -------
        array of int
            Place of the band in `bands`, by row.
        """
        found = np.full(len(low), -1)
        for place, (least, most) in enumerate(self.bands):
            found[(low >= least) & (high <= most) if least >= 0 else np.ones(len(low), dtype=bool)] = place
        return found


def _agreed(group: np.ndarray, ledgers: list[Quality]) -> np.ndarray:
    """Return each stratum once, or raise `DataError` where two rows give it different numbers."""
    _, other, first = again(group)
    remedy = "add up the districts of a city into one row, or remove the wrong one"
    problems = []
    for record, before in zip(group[other], group[first[other]], strict=True):
        where = f"row {before['row']} of {ledgers[before['file']].file}"
        expected = f"{before['people']:g} as in {where}, of the same stratum"
        place = ledgers[record["file"]].file, int(record["row"]), "people"
        problems.append(Problem(*place, f"{record['people']:g}", expected, remedy))
    reject(problems)
    return once(group, ledgers)


class Questionnaires:
    """Takes blocks of answers; gives the adoption rate by city and year.

    Parameters
    ----------
    population : Population
        Finished before the first block is taken.

    Notes
    -----
    A user is who uses any of the services asked for (the columns of use). An id stands once in a city and year; later
    ones are duplicates.
    """

    def __init__(self, population: Population):
        self.population = population
        self.records = Records(RECORD)
        self._sums: dict[tuple[int, int], np.ndarray] = {}

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
        uses = np.stack([values for name, values in columns.items() if name.startswith("use:")])
        missing = np.full(count, -1, dtype="i2")
        weight = columns.get("weight", np.ones(count))
        quality.count("no weight", int(np.isnan(weight).sum()), "weight", "counted as 1")
        weight = np.nan_to_num(weight, nan=1.0)
        answered = {name: columns.get(name, missing) for name in ("age", "age_high", "sex")}
        # 1: uses any; 0: answers that none; -1: answers nothing
        answered |= {"weight": weight, "use": uses.max(axis=0)}
        quality.count("no answer", int((answered["use"] < 0).sum()), "use")
        key = mix(columns["id"], columns["city"], columns["year"])
        what = mix(weight, answered["age"], answered["sex"], *uses)
        self.records.add_rows(block, file, np.ones(count, dtype=bool), key=key, what=what, **answered)

    def finish(self, ledgers: list[Quality]) -> None:
        """Sum the answers up by stratum; write duplicates, and answers in no stratum, into the ledgers."""
        for group in self.records.groups():
            group = once(group, ledgers)
            self._sum(group[(group["use"] >= 0) & (group["city"] >= 0)], ledgers)

    def _sum(self, group: np.ndarray, ledgers: list[Quality]) -> None:
        bands = self.population.place(group["age"], group["age_high"])
        for city, year in sorted(set(zip(group["city"].tolist(), group["year"].tolist(), strict=True))):
            chosen = (group["city"] == city) & (group["year"] == year)
            people, rows = self.population.strata(city, year), group[chosen]
            whole = people is None or (ALL_AGES in self.population.bands and not people[1:].any())
            people = np.array([[0, 0, 1]]) if people is None else people
            # margins without ages, or without the sexes, take all of them together
            band = np.zeros(len(rows), dtype=int) if whole else bands[chosen]
            sex = rows["sex"].astype(int) if people[:, :2].any() else np.full(len(rows), 2)
            outside = (band < 0) | (sex < 0) | (people[band, sex] == 0)
            for file in np.unique(rows["file"][outside]):
                lines = rows["row"][outside & (rows["file"] == file)]
                expected = "an age and a sex of a stratum of the population"
                ledgers[file].refuse(lines, "age", ["in no stratum"] * len(lines), expected)
                ledgers[file].count("refused", len(lines))
            place = (band * 3 + sex)[~outside]
            weight, use = rows["weight"][~outside], rows["use"][~outside] > 0
            sums = self._sums.setdefault((city, year), np.zeros((4, people.size)))
            for number, values in enumerate((weight, weight**2, weight * use, np.ones(len(weight)))):
                sums[number] += np.bincount(place, weights=values, minlength=people.size)

    def measures(self) -> pd.DataFrame:
        """Return ``place, year, measure, value, low, high, respondents, covered``: the adoption rate in per cent.

        A city of which less than `LEAST_COVERED` of the population was asked has none.
        """
        rows = []
        for (city, year), (weights, squares, hits, numbers) in sorted(self._sums.items()):
            people = self.population.strata(city, year)
            share = post_stratified(weights, squares, hits, None if people is None else people.ravel())
            if share.covered >= LEAST_COVERED:
                ends = [100 * end for end in share[:3]]
                rows.append((city, year, "adoption", *ends, int(numbers.sum()), share.covered))
        names = ["place", "year", "measure", "value", "low", "high", "respondents", "covered"]
        return pd.DataFrame(rows, columns=names)


#: 97.5th percentile of the normal distribution: intervals of 95 %
Z = 1.959963984540054


class Share(NamedTuple):
    """An estimated share (0 to 1), the ends of its 95 % interval, and the part of the population that it stands for."""

    value: float
    low: float
    high: float
    covered: float


def post_stratified(
    weights: np.ndarray, squares: np.ndarray, hits: np.ndarray, people: np.ndarray | None = None
) -> Share:
    """Return the share of hits in a population of which strata of the sample are drawn.

    ``p = Σ W_h p_h`` with p_h the weighted share in stratum h and W_h its part of the population. Its variance is
    ``Σ W_h² p_h(1 − p_h)/(m_h − 1)`` with the effective size ``m_h = (Σw)²/Σw²`` (Kish 1965); a stratum of size 1 or
    less tells nothing of its spread and takes ``p(1 − p)``. The interval is Wilson's (1927) with the size at which
    a simple sample would have that variance; it stays inside 0 and 1.

    Parameters
    ----------
    weights, squares, hits : array
        By stratum: Σw, Σw² and Σw over those who are hits. Unweighted: n, n and the number of hits.
    people : array, optional
        By stratum its size in the population (default: one stratum). Strata without anyone in the sample pass their
        part on to the others in proportion; `covered` says how much is left.

    Returns
    -------
    Share
        All NaN if nobody is in the sample.

    References
    ----------
    Holt, Smith (1979), Post stratification, JRSS A 142. Wilson (1927), JASA 22. Korn, Graubard (1998), Survey
    Methodology 24.
    """
    if people is None:
        weights, squares, hits = (np.array([values.sum()]) for values in (weights, squares, hits))
        people = np.ones(1)
    asked = weights > 0
    covered = float(people[asked].sum() / people.sum()) if people.sum() > 0 else 0.0
    if not covered:
        return Share(*[float("nan")] * 3, 0.0)
    weights, squares, hits, people = (values[asked].astype(float) for values in (weights, squares, hits, people))
    parts = people / people.sum()
    shares, sizes = hits / weights, weights**2 / squares
    value = float(np.clip((parts * shares).sum(), 0, 1))
    known = sizes > 1
    spread = np.where(known, shares * (1 - shares), value * (1 - value)) / np.where(known, sizes - 1, sizes)
    variance = float((parts**2 * spread).sum())
    # a share of 0 or 1 has no variance to tell a size by: that of the sample counts
    size = value * (1 - value) / variance if variance > 0 else float(weights.sum() ** 2 / squares.sum())
    return Share(value, *wilson(value, size), covered)


def wilson(share: float, size: float) -> tuple[float, float]:
    """Return Wilson's interval of 95 %, ``(p + z²/2n ± z√(p(1−p)/n + z²/4n²)) / (1 + z²/n)``; n need not be whole.

    Parameters
    ----------
    share : float
        0 to 1.
    size : float
        Effective size of the sample, above 0.

    Returns
    -------
    low, high : float
        Ends of the interval, 0 to 1.
    """
    centre = share + Z**2 / (2 * size)
    half = Z * np.sqrt(share * (1 - share) / size + Z**2 / (4 * size**2))
    low, high = (centre - half) / (1 + Z**2 / size), (centre + half) / (1 + Z**2 / size)
    return float(max(low, 0.0)), float(min(high, 1.0))
