"""Bring amounts to CNY, each at the annual average rate of its own year, and values to the unit of their indicator."""

import math
from decimal import Decimal

import numpy as np
import pandas as pd

from fhi.reading.microdata.quality_log import Quality
from fhi.reading.microdata.reading import Block
from fhi.reading.parsing import COUNTERS, CURRENCY, Quantity, fold, has_unit, parse_number, parse_quantity, unit_of

KIND = "annual average"


class Rates:
    """Exchange rates by currency and year.

    Parameters
    ----------
    table : pandas.DataFrame
        ``currency, year, cny_per_unit`` and perhaps ``kind``, of which only the annual average counts.
    gap : int
        How many years away a rate may be taken from where the year itself has none (0: nowhere else). The nearer year
        counts, of two as near the earlier.
    """

    def __init__(self, table: pd.DataFrame, gap: int = 0):
        rows = table[table["kind"] == KIND] if "kind" in table else table
        self.gap = gap
        self._rates: dict[tuple[int, int], float] = {}
        for currency, year, rate in zip(rows["currency"], rows["year"], rows["cny_per_unit"], strict=True):
            if currency in CURRENCY:
                self._rates[CURRENCY.index(currency), int(year)] = float(rate)

    def add(self, block: Block, quality: Quality, file: int) -> None:
        """Take the rows of a block of the staff's own exchange rates, which replace those that are there.

        Parameters
        ----------
        block : Block
            Rows that were understood.
        quality : Quality
            Ledger of their file.
        file : int
            Place of the ledger in the list that `finish` takes.
        """
        currencies, years, rates = (block.columns[name].tolist() for name in ("currency", "year", "cny_per_unit"))
        self._rates |= dict(zip(zip(currencies, years, strict=True), rates, strict=True))

    def finish(self, ledgers: list[Quality]) -> None:
        """Do nothing more: a rate counts once it is there."""

    def find(self, currency: int, year: int) -> float:
        """Return CNY for one unit in a year; NaN if no rate is near enough.

        Parameters
        ----------
        currency : int
            Place of the currency in `fhi.reading.parsing.CURRENCY`.
        year : int

        Returns
        -------
        float
            CNY for one unit.
        """
        if currency == CURRENCY.index("CNY"):
            return 1.0
        near = [(abs(other - year), other) for code, other in self._rates if code == currency]
        away, other = min(near, default=(self.gap + 1, year))
        return self._rates[currency, other] if away <= self.gap else float("nan")

    def of(self, currencies: np.ndarray, years: np.ndarray) -> np.ndarray:
        """Return the rate of each row.

        Parameters
        ----------
        currencies, years : array of int
            By row; currencies as in `find`.

        Returns
        -------
        array of float
            CNY for one unit, by row; NaN where no rate is near enough.
        """
        pairs = currencies.astype(np.int64) * 10_000 + years
        distinct, places = np.unique(pairs, return_inverse=True)
        return np.array([self.find(int(pair) // 10_000, int(pair) % 10_000) for pair in distinct])[places]


def convert(
    columns: dict[str, np.ndarray], name: str, rates: Rates, lines: np.ndarray, quality: Quality
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return value, low and high end of an amount in CNY, and True where a row must be refused.

    The currency is that of the text, else that of the column ``currency``, else CNY; its year that of the row's date,
    else of the issue. A text and a column that name different currencies are refused, and a currency without a rate of
    its year.

    Parameters
    ----------
    columns : dict of str to array
        Of a block, by row: ``<name>``, its parts ``_low, _high, _unit, _vague``, ``year``, and perhaps ``currency`` and
        ``date``.
    name : str
        Column of the amount.
    rates : Rates
    lines : array of int
        Line of each row in the file.
    quality : Quality
        Takes what is refused and what is counted.

    Returns
    -------
    value, low, high : array of float
        CNY, by row; NaN where no amount is disclosed.
    refused : array of bool
        By row.
    """
    value = columns[name]
    empty = np.zeros(len(value), dtype="i1")
    written, stated = columns[f"{name}_unit"], columns.get("currency", empty)
    known = ~np.isnan(value)
    two = known & (written > 0) & (stated > 0) & (written != stated)
    currency = np.where(written > 0, written, np.where(stated > 0, stated, CURRENCY.index("CNY")))
    dated = columns.get("date", np.zeros(len(value), dtype="i4")) // 10_000
    years = np.where(dated > 0, dated, columns["year"])
    foreign = known & (currency != CURRENCY.index("CNY"))
    rate = np.ones(len(value))
    rate[foreign] = rates.of(currency[foreign], years[foreign])
    unrated = foreign & np.isnan(rate) & ~two
    if two.any():
        shown = [
            f"{CURRENCY[a]} in the text, {CURRENCY[b]} in the column"
            for a, b in zip(written[two], stated[two], strict=True)
        ]
        quality.refuse(lines[two], name, shown, "one currency")
    if unrated.any():
        pairs = pd.Series(lines[unrated]).groupby([currency[unrated], years[unrated]]).agg(["min", "size"])
        remedy = "add the rate to rates.csv beside this file, or set rate_gap in the scenario"
        for (code, year), (first, rows) in pairs.iterrows():
            # one message a currency and year, at the first of its rows
            shown = f"{CURRENCY[code]} of {year}" + (f" ({rows} rows)" if rows > 1 else "")
            quality.refuse([first], name, [shown], "a currency with a rate of its year", remedy)
    quality.count("converted", int((foreign & ~unrated & ~two).sum()), name, "at the annual average rate")
    quality.count("undisclosed", int((~known).sum()), name)
    quality.count("vague amount", int((columns[f"{name}_vague"] & known).sum()), name, "an interval or a bound")
    return value * rate, columns[f"{name}_low"] * rate, columns[f"{name}_high"] * rate, two | unrated


#: units of a column that count and name no currency
BARE = ("万", "亿", "千万", "百万", "万亿")


def in_unit(text: str, written: str, wanted: str, rates: Rates, year: int) -> float:
    """Return a value in the unit of its indicator.

    Parameters
    ----------
    text : str
        The cell, perhaps with a unit of its own (``1.2万亿元``), which then counts.
    written : str
        The unit of its column; empty: that of the indicator.
    wanted : str
        The unit of the indicator in framework.csv, such as ``100 million CNY``; a word that is no unit of a number
        (``firms``) counts ones.
    rates : Rates
        For an amount in another currency.
    year : int
        Year of the value, whose rate counts.

    Returns
    -------
    float
        In the unit `wanted`.

    Raises
    ------
    ValueError
        If one is a share or an amount of money and the other is not, or a currency has no rate of the year.
    """
    aim = _aim(wanted)
    same = not written or fold(written).casefold() == fold(wanted).casefold()
    given = _exact(text) if has_unit(text) else None
    if given and given.unit:
        return given.value / aim.value * _rate(given.unit, aim.unit, wanted, rates, year)
    try:
        column = aim if same else unit_of(written)
    except ValueError:
        raise ValueError(f"a value in {_shown(wanted)}; {written!r} is no unit of a number") from None
    if given:
        # 8700亿 in a column of money is money, in its currency; a column of 亿 alone leaves the indicator its own
        bare = not column.unit and fold(written) in BARE
        unit = aim.unit if bare else column.unit.removesuffix("%")
        return given.value / aim.value * _rate(unit, aim.unit, wanted, rates, year)
    number = _bare(text, aim)
    if same:
        return number
    # in decimals, so that 280149400万元 are 28014.94亿元 and nothing beside it
    value = float(Decimal(str(number)) * Decimal(column.value) / Decimal(aim.value))
    return value * _rate(column.unit, aim.unit, wanted, rates, year)


def _bare(text: str, aim: Quantity) -> float:
    """Return a number without a unit of its own: ``1,200``, ``1.2E+03``, ``约1200``; ``1200家`` of what is counted."""
    try:
        return parse_number(text)
    except ValueError:
        if aim.unit and any(counter in fold(text) for counter in COUNTERS):
            raise ValueError(f"a value in {_shown(aim.unit)}, not a count") from None
        return _exact(text).value


def _exact(text: str) -> Quantity:
    given = parse_quantity(text)
    if given.qualifier not in ("exact", "about"):
        raise ValueError("a value, not a bound or a blank")
    return given


def _aim(wanted: str) -> Quantity:
    try:
        return unit_of(wanted) if wanted else Quantity(1.0, "exact", "")
    except ValueError:
        return Quantity(1.0, "exact", "")


def _rate(given: str, aim: str, wanted: str, rates: Rates, year: int) -> float:
    if given == aim:
        return 1.0
    if "%" in (given, aim) or "" in (given, aim) or aim != "CNY":
        raise ValueError(f"a value in {_shown(wanted)}, not in {_shown(given)}")
    rate = rates.find(CURRENCY.index(given), year)
    if math.isnan(rate):
        raise ValueError(f"a currency with a rate of its year (none of {given} for {year})")
    return rate


def _shown(unit: str) -> str:
    return unit or "a plain number"
