"""Indicators from other columns: ratios, growth, differences and shares by an expression, with their ranges.

A formula is written in the language of `fhi.engine.expressions`, over the values of one unit and year::

    100 * loans / gdp                     a ratio: per GDP, person, area or any other column
    100 * (gdp / before(gdp) - 1)         growth over the year before; before(gdp, 3): over three years
    100 * (up - down) / (up + same + down)   a balance of opinions
    100 * loans / total(loans)            a share of the sum over the units of the same year that have a value
    loans / latest(population)            the latest value up to the year

A name is a column; that of the indicator itself is its own raw value. A value that lacks a part is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from fhi.engine.errors import FhiError, nearest_names
from fhi.engine.expressions import evaluate_rows
from fhi.engine.grammar import ExpressionError, Node, parse

#: what a formula may call -> how it is written
CALLS = {
    "before": "before(column) or before(column, years)",
    "latest": "latest(column)",
    "total": "total(column)",
}
#: the label of a value that is computed, unless one of its parts has a stronger one
DERIVED, STRONGER = "derived", ("synthetic", "user")
ENDS = ("value", "low", "high")
#: parts known by a range that a formula may have: each doubles the corners that are tried
MOST_RANGES = 10


class FormulaError(FhiError):
    """A formula that cannot be read or computed.

    Attributes
    ----------
    indicator, part, expected, remedy : str
        Whose formula, what is wrong in it, what was expected and what to do.
    """

    def __init__(self, indicator: str, part: str, expected: str, remedy: str):
        self.indicator, self.part, self.expected, self.remedy = indicator, part, expected, remedy
        super().__init__(f"the formula of {indicator}: {part!r}; expected {expected}; remedy: {remedy}")


class _Atom(NamedTuple):
    """A quantity of a formula: a column now, some years before, at its latest, or summed over the other units."""

    column: str
    when: str = "now"
    years: int = 0


def derived(rows: pd.DataFrame, formulas: Mapping[str, str], known: Sequence[str] = ()) -> pd.DataFrame:
    """Compute the indicators that have a formula.

    Parameters
    ----------
    rows : pandas.DataFrame
        Long: ``city, year, indicator, value, low, high, source_id, evidence``; of each column its raw values.
    formulas : mapping of str to str
        By indicator. A name in one means the indicator of that name as it comes out, formula or not; its own name its
        raw values.
    known : sequence of str
        Further names that there are, though without values.

    Returns
    -------
    pandas.DataFrame
        The same columns, rows of the indicators with a formula only, sorted. ``low`` and ``high`` are the least and
        the greatest value that the formula takes while each part stays in its range. ``evidence`` is ``derived``, or
        ``user`` or ``synthetic`` if a part is; ``source_id`` joins those of the parts by ``+``.

    Raises
    ------
    FormulaError
        If a formula does not follow the language, names what is not there or names itself by way of others; if a
        divisor is 0, or may be 0 within its range; if it holds a part known only by a range in such a way that its own
        range is not found at the ends of these.
    """
    names = sorted({*rows["indicator"], *formulas, *known})
    parsed = {indicator: _Formula(indicator, text, names) for indicator, text in formulas.items()}
    columns = {code: group.set_index(["city", "year"]) for code, group in rows.groupby("indicator")}
    found, empty = {}, rows.iloc[:0].set_index(["city", "year"])
    for indicator in _order(parsed):
        formula = parsed[indicator]
        if indicator in columns and indicator not in formula.names:
            expected = f"a formula that uses the values of {indicator}, since it has some"
            raise FormulaError(indicator, formula.text, expected, "name it in the formula, or remove these values")
        parts = {
            name: found[name] if name in found and name != indicator else columns.get(name, empty)
            for name in formula.names
        }
        found[indicator] = formula.computed(parts)
    frames = [frame.reset_index().assign(indicator=indicator) for indicator, frame in found.items()]
    made = pd.concat([rows.iloc[:0], *frames], ignore_index=True)[[*rows]] if frames else rows.iloc[:0]
    return made.sort_values(["indicator", "city", "year"], ignore_index=True)


def _order(formulas: Mapping[str, _Formula]) -> list[str]:
    """Return the indicators so that each comes after those that its formula names."""
    graph = {name: {part for part in one.names if part in formulas and part != name} for name, one in formulas.items()}
    try:
        return [*TopologicalSorter(graph).static_order()]
    except CycleError as error:
        circle = error.args[1]
        expected = "formulas that do not lead back to themselves"
        raise FormulaError(circle[0], " → ".join(circle), expected, "break the circle") from None


class _Formula:
    """A formula that has been read and checked."""

    def __init__(self, indicator: str, text: str, names: Sequence[str]):
        self.indicator, self.text = indicator, text
        try:
            self.node = parse(text)
        except ExpressionError as error:
            raise FormulaError(indicator, error.part, error.expected, error.remedy) from None
        self.divisors: list[Node] = []
        self.atoms = dict.fromkeys(self._atoms(self.node, set(names)))
        self.names = [*dict.fromkeys(atom.column for atom in self.atoms)]
        if not self.names:
            self._fail(self.node, "a formula that names a column", "name one, or give the values in its place")

    def _fail(self, node: Node, expected: str, remedy: str):
        raise FormulaError(self.indicator, self.text[node.start : node.end], expected, remedy)

    def _atoms(self, node: Node, names: set[str]) -> Iterator[_Atom]:
        """Yield the quantities of a part, and note what is divided by."""
        if node.kind == "plain" and isinstance(node.held, float):
            return
        if node.kind in ("sum", "minus"):
            for part in node.parts:
                yield from self._atoms(part, names)
            if node.held == "/":
                self.divisors.append(node.parts[1])
            return
        if node.kind == "name":
            if node.held not in names:
                near = nearest_names(node.held, names, 3)
                remedy = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(sorted(names)[:12])}"
                self._fail(node, f"an indicator or a variable (there is no {node.held!r})", remedy)
            yield _Atom(node.held)
            return
        yield from self._called(node, names)

    def _called(self, node: Node, names: set[str]) -> Iterator[_Atom]:
        if node.kind != "call" or node.held not in CALLS:
            valid = f"numbers, columns, + - * /, brackets, {', '.join(CALLS.values())}"
            self._fail(node, valid, "write it with these")
        column, *rest = node.parts or (node,)
        years = rest[0].held if rest and rest[0].kind == "plain" else 1
        whole = isinstance(years, float | int) and years == int(years) and years >= 1
        if column.kind != "name" or len(rest) > (node.held == "before") or not whole or (rest and rest[0].parts):
            self._fail(node, CALLS[node.held], "name one column, and whole years from 1")
        [plain] = self._atoms(column, names)
        if node.held == "total":
            yield from (plain, plain._replace(when="others"))
        else:
            yield plain._replace(when=node.held, years=int(years) if node.held == "before" else 0)

    def computed(self, parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """Return ``value, low, high, source_id, evidence`` by unit and year."""
        years = [year for rows in parts.values() for year in rows.index.unique("year")]
        given = {atom: _quantity(atom, parts[atom.column], max(years, default=0)) for atom in self.atoms}
        cells = sorted(set().union(*(frame.index for frame in given.values())))
        index = pd.MultiIndex.from_tuples(cells, names=["city", "year"])
        given = {atom: frame.reindex(index) for atom, frame in given.items()}
        complete = np.logical_and.reduce([frame["value"].notna() for frame in given.values()])
        given = {atom: frame[complete] for atom, frame in given.items()}
        values = {atom: frame["value"] for atom, frame in given.items()}
        divisors = [self._at(node, values) for node in self.divisors]
        index = index[complete]
        for node, divisor in zip(self.divisors, divisors, strict=True):
            remedy = "correct the value, or leave the row out: it is missing then"
            self._refuse(node, divisor == 0, index, "a divisor other than 0 (it is 0 for {})", remedy)
        value = self._evaluated(self.text, values)
        tried = [value, *self._corners(given, values, [np.sign(divisor) for divisor in divisors])]
        labels = pd.concat([frame["evidence"] for frame in given.values()], axis=1).agg(_label, axis=1)
        sources = pd.concat([frame["source_id"] for frame in given.values()], axis=1).agg(_sources, axis=1)
        ends = {"value": value, "low": np.minimum.reduce(tried), "high": np.maximum.reduce(tried)}
        return pd.DataFrame(ends | {"source_id": sources.to_numpy(), "evidence": labels.to_numpy()}, index=index)

    def _evaluated(self, text: str, values: Mapping[_Atom, pd.Series]) -> np.ndarray:
        now = {atom.column: series for atom, series in values.items() if atom.when == "now"}
        # a column that stands only in a call is empty: the call looks it up by its name
        frame = pd.DataFrame(now, index=next(iter(values.values())).index).reindex(columns=self.names)
        functions = {
            "before": lambda column, years=1: values[_Atom(column.name, "before", int(years))],
            "latest": lambda column: values[_Atom(column.name, "latest")],
            "total": lambda column: column + values[_Atom(column.name, "others")],
        }
        try:
            return evaluate_rows(text, "formula", {"formula": frame}, functions).to_numpy(dtype=float)
        except ExpressionError as error:
            raise FormulaError(self.indicator, error.part, error.expected, error.remedy) from None

    def _refuse(self, node: Node, bad: np.ndarray, index: pd.MultiIndex, expected: str, remedy: str) -> None:
        if bad.any():
            self._fail(node, expected.format(", ".join(map(str, index[bad.argmax()]))), remedy)

    def _corners(
        self, given: Mapping[_Atom, pd.DataFrame], values: Mapping[_Atom, pd.Series], signs: Sequence[np.ndarray]
    ) -> Iterator[np.ndarray]:
        """Yield the values at the ends of the ranges of the parts, in every combination.

        A quotient of sums of products in which no part stands twice on one side is monotone in each part as long as no
        divisor passes 0, so that the least and the greatest value are among these.
        """
        open_ = [atom for atom, frame in given.items() if (frame["low"] < frame["high"]).any()]
        if not open_:
            return
        self._refuse_ranges(open_)
        index = next(iter(values.values())).index
        for ends in product(("low", "high"), repeat=len(open_)):
            at = values | {atom: given[atom][end] for atom, end in zip(open_, ends, strict=True)}
            for node, sign in zip(self.divisors, signs, strict=True):
                passed, expected = np.sign(self._at(node, at)) != sign, "a divisor whose range does not reach 0"
                remedy = "narrow the range, or leave the row out"
                self._refuse(node, passed, index, f"{expected} (that of {{}} does)", remedy)
            yield self._evaluated(self.text, at)

    def _at(self, node: Node, values: Mapping[_Atom, pd.Series]) -> np.ndarray:
        return self._evaluated(self.text[node.start : node.end], values)

    def _refuse_ranges(self, open_: Sequence[_Atom]) -> None:
        above, below = self._degrees(self.node)
        for atom in open_:
            if max(above[atom], below[atom]) > 1:
                expected = f"a formula in which {atom.column}, which is known by a range, stands once"
                self._fail(self.node, expected, "take it out of the bracket, e.g. (a + b) / c for a / c + b / c")
        if len(open_) > MOST_RANGES:
            self._fail(self.node, f"at most {MOST_RANGES} parts known by a range", "split the formula in two")

    def _degrees(self, node: Node) -> tuple[Counter, Counter]:
        """Return how often each quantity stands above and below the line of a part, as one quotient."""
        if node.kind in ("plain", "name", "call"):
            return Counter(self._atoms(node, {*self.names})), Counter()
        sides = [self._degrees(part) for part in node.parts]
        if node.kind == "minus":
            return sides[0]
        (above, below), (right_above, right_below) = sides
        if node.held == "*":
            return above + right_above, below + right_below
        if node.held == "/":
            return above + right_below, below + right_above
        return (above + right_below) | (right_above + below), below + right_below


def _quantity(atom: _Atom, rows: pd.DataFrame, last: int) -> pd.DataFrame:
    """Return ``value, low, high, source_id, evidence`` of a quantity by unit and year, up to the `last`."""
    rows = rows[[*ENDS, "source_id", "evidence"]].dropna(subset=["value"])
    if atom.when == "now" or rows.empty:
        return rows
    if atom.when == "before":
        moved = rows.reset_index("year")
        return moved.assign(year=moved["year"] + atom.years).set_index("year", append=True)
    if atom.when == "others":
        by_year = rows.groupby("year")
        sums = {end: by_year[end].transform("sum") - rows[end] for end in ENDS}
        return rows.assign(**sums, evidence=by_year["evidence"].transform(_label))
    years = range(rows.index.get_level_values("year").min(), last + 1)
    every = pd.MultiIndex.from_product([rows.index.unique("city"), years], names=rows.index.names)
    return rows.reindex(every).groupby("city").ffill()


def _label(labels: pd.Series) -> str:
    """Return the label of what is computed of values so labelled."""
    held = set(labels)
    return next((label for label in STRONGER if label in held), DERIVED)


def _sources(ids: pd.Series) -> str:
    return "+".join(dict.fromkeys(part for text in ids for part in str(text).split("+")))
