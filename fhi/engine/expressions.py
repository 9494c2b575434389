"""A closed language of expressions over tables, with a parser of its own; nothing in it is run as Python.

::

    expression  numbers, 'texts', + - * /, = != < <= > >=, contains, in (…), and, or, not, brackets
    list        table.column [where condition] [by column [desc]]      within a condition a bare name is a column
    rows        table [where condition]                                to be counted
    call        a name of `SIGNATURES`, or of the functions that the caller adds, with its arguments

Cells without a value are left out of every list; a comparison with one is neither true nor false, and a condition
that is not true leaves its row out. Every cell that enters a result is recorded (`Outcome.cells`).
"""

import inspect
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from fhi.engine.errors import nearest_names
from fhi.engine.grammar import ExpressionError, Node, parse

COMPARISONS = {"=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le}
COMPARISONS |= {">": operator.gt, ">=": operator.ge}
ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


@dataclass(frozen=True)
class Outcome:
    """What an expression gives.

    Attributes
    ----------
    value : float, str, bool, list, or what an added function returns
        Lists are in the order of the expression.
    cells : frozenset of (table, column, label of the row)
        The cells that were read: a column in a condition counts for the rows that the conditions before it leave.
        The column is None where only the row was counted.
    rivals : int or None
        The fewest others that a ``rank``, ``rank_lowest``, ``top`` or ``mode`` was taken among.
    """

    value: object
    cells: frozenset[tuple[str, str | None, object]]
    rivals: int | None


class Rows(NamedTuple):
    """Rows of a table that a condition is asked of, or that are to be counted."""

    table: str
    frame: pd.DataFrame


def evaluate(text: str, tables: Mapping[str, pd.DataFrame], functions: Mapping[str, Callable] | None = None) -> Outcome:
    """Compute an expression.

    Parameters
    ----------
    text : str
        The expression.
    tables : mapping of str to pandas.DataFrame
        The tables by name; the labels of the rows of one are distinct.
    functions : mapping of str to callable, optional
        Further functions; each is called with its computed arguments: floats, texts, truths and Series for lists.
        A `ValueError` or `TypeError` of theirs is reported as a fault of the call.

    Returns
    -------
    Outcome
        The value, and what it was computed from.

    Raises
    ------
    ExpressionError
        For an expression that does not follow the language, names what is not there, divides by zero, takes something
        of no values, or takes one value of several.
    """
    run = _Run(text, tables, functions or {})
    found = run.of(parse(text))
    if isinstance(found, Rows):
        raise ExpressionError(text, "a value", f"count the rows: count({text})")
    plain = found.tolist() if isinstance(found, pd.Series) else found
    return Outcome(plain, frozenset(run.cells), min(run.rivals, default=None))


def evaluate_rows(
    text: str, table: str, tables: Mapping[str, pd.DataFrame], functions: Mapping[str, Callable] | None = None
) -> pd.Series:
    """Compute an expression for every row of a table, its columns by their bare names, e.g. ``gdp / population``.

    Parameters
    ----------
    text : str
        The expression.
    table : str
        Name of the table.
    tables : mapping of str to pandas.DataFrame
        The tables by name.
    functions : mapping of str to callable, optional
        As of `evaluate`; what one returns with a value for each row counts as a column.

    Returns
    -------
    pandas.Series
        By the labels of the rows; missing where a column of the expression is.

    Raises
    ------
    ExpressionError
        As `evaluate` does.
    """
    run = _Run(text, tables, functions or {}, rowwise=True)
    frame = run.table(table, Node("name", table, (), 0, len(text), 1))
    found = run.of(parse(text), Rows(table, frame))
    return found if isinstance(found, pd.Series) else pd.Series(found, index=frame.index)


class _Run:
    """One evaluation: what the names mean, and which cells were read."""

    def __init__(
        self, text: str, tables: Mapping[str, pd.DataFrame], functions: Mapping[str, Callable], rowwise: bool = False
    ):
        self.text, self.tables, self.functions, self.rowwise = text, tables, functions, rowwise
        self.cells: set[tuple] = set()
        self.rivals: list[int] = []

    def of(self, node: Node, rows: Rows | None = None):
        """Return the value of a part; `rows` are those whose columns bare names mean, if any."""
        return getattr(self, f"of_{node.kind}")(node, rows)

    def fail(self, node: Node, expected: str, remedy: str):
        raise ExpressionError(self.text[node.start : node.end], expected, remedy)

    def need(self, good: object, node: Node, expected: str, remedy: str) -> None:
        if not good:
            self.fail(node, expected, remedy)

    def unknown(self, node: Node, name: str, what: str, valid: Sequence[str]):
        nearest = nearest_names(name, valid, 3)
        remedy = f"did you mean {' or '.join(nearest)}?" if nearest else f"valid: {', '.join(map(str, valid))}"
        quoted = "; a text stands in quotes" if node.kind == "name" else ""
        self.fail(node, f"{what} (there is no {name!r})", remedy + quoted)

    # --- names, lists and rows ---

    def table(self, name: str, node: Node) -> pd.DataFrame:
        if name not in self.tables:
            self.unknown(node, name, "a table", sorted(self.tables))
        return self.tables[name]

    def column(self, rows: Rows, name: str, node: Node) -> pd.Series:
        """Return a column of rows, and record its cells."""
        if name not in rows.frame.columns:
            self.unknown(node, name, f"a column of {rows.table}", list(rows.frame.columns))
        self.cells.update((rows.table, name, label) for label in rows.frame.index)
        return rows.frame[name]

    def of_plain(self, node: Node, rows: Rows | None):
        return node.held

    def of_name(self, node: Node, rows: Rows | None):
        if rows is not None:
            return self.column(rows, node.held, node)
        if node.held not in self.tables and any(node.held in frame.columns for frame in self.tables.values()):
            self.fail(node, "a table", f"name the table of the column: table.{node.held}")
        return self.counted(Rows(node.held, self.table(node.held, node)))

    def counted(self, rows: Rows) -> Rows:
        self.cells.update((rows.table, None, label) for label in rows.frame.index)
        return rows

    def of_chosen(self, node: Node, rows: Rows | None):
        chosen, column = self.chosen(node), node.held[1]
        return self.counted(chosen) if column is None else self.column(chosen, column, node).dropna()

    def chosen(self, node: Node) -> Rows:
        """Return the rows that the condition of a part leaves, in the order that it asks for."""
        (name, _, falling), (condition, key) = node.held, node.parts
        rows = Rows(name, self.table(name, node))
        if condition is not None:
            rows = Rows(name, rows.frame[self.truths(condition, rows)])
        if key is not None:
            keys = self.spread(self.of(key, rows), rows).dropna()
            rows = Rows(name, rows.frame.loc[keys.sort_values(ascending=not falling, kind="stable").index])
        return rows

    def spread(self, value, rows: Rows) -> pd.Series:
        return value if isinstance(value, pd.Series) else pd.Series(value, index=rows.frame.index)

    def truths(self, node: Node, rows: Rows) -> np.ndarray:
        """Return for every row whether a condition holds; a condition on a cell without a value does not."""
        found = self.of(node, rows)
        if not isinstance(found, bool) and not _is_truth(found):
            self.fail(node, "a condition, such as city = '北京'", "compare it with something")
        return self.spread(found, rows).astype("boolean").fillna(False).to_numpy(bool)

    def of_listed(self, node: Node, rows: Rows | None):
        values = [self.of(part) for part in node.parts]
        if len({type(value) for value in values}) != 1 or not isinstance(values[0], float | str):
            self.fail(node, "numbers only or texts only between the brackets", "write ('a', 'b') or (1, 2)")
        return pd.Series(values)

    # --- signs ---

    def of_both(self, node: Node, rows: Rows | None):
        """``and``, ``or``: the right side is asked only of the rows that the left side does not settle."""
        settled = node.held == "or"
        left = self.truth(node.parts[0], rows)
        if isinstance(left, bool):
            return left if left is settled else self.truth(node.parts[1], rows)
        open_ = Rows(rows.table, rows.frame[(left != settled).fillna(True).to_numpy(bool)])
        right = self.spread(self.truth(node.parts[1], open_), open_).astype("boolean").reindex(left.index)
        return left | right if settled else left & right

    def of_not(self, node: Node, rows: Rows | None):
        found = self.truth(node.parts[0], rows)
        return not found if isinstance(found, bool) else ~found

    def truth(self, node: Node, rows: Rows | None):
        found = self.of(node, rows)
        if isinstance(found, bool) or (rows is not None and _is_truth(found)):
            return found if isinstance(found, bool) else found.astype("boolean")
        return self.fail(node, "a condition, such as city = '北京'", "compare it with something")

    def of_compared(self, node: Node, rows: Rows | None):
        left, right = (self.single(part, rows) for part in node.parts)
        kinds = {kind for kind in map(_kind, (left, right)) if kind}
        if len(kinds) > 1 or (node.held == "contains" and kinds == {"number"}):
            self.fail(node, "two numbers or two texts", "a text stands in quotes, a number does not")
        if node.held == "contains":
            self.need(not isinstance(right, pd.Series), node, "one text after contains", "write it in quotes")
            test = np.vectorize(lambda text, part: part in text, otypes=[bool])
        else:
            test = COMPARISONS[node.held]
        if not isinstance(left, pd.Series) and not isinstance(right, pd.Series):
            return bool(test(left, right))
        left, right = self.spread(left, rows), self.spread(right, rows)
        known = left.notna() & right.notna()
        found = pd.Series(pd.NA, index=left.index, dtype="boolean")
        if known.any():
            found[known] = np.asarray(test(left[known].to_numpy(), right[known].to_numpy()), dtype=bool)
        return found

    def of_in(self, node: Node, rows: Rows | None):
        left, right = self.single(node.parts[0], rows), self.of(node.parts[1])
        good = isinstance(right, pd.Series | float | str)
        self.need(good, node.parts[1], "values in brackets, or table.column", "write ('a', 'b')")
        values = set(right) if isinstance(right, pd.Series) else {right}
        kinds = {kind for kind in (_kind(left), _kind(right)) if kind}
        expected = "numbers among numbers or texts among texts"
        self.need(len(kinds) <= 1, node, expected, "a text stands in quotes, a number does not")
        if not isinstance(left, pd.Series):
            return left in values
        return left.isin(values).astype("boolean").mask(left.isna())

    def of_sum(self, node: Node, rows: Rows | None):
        left, right = (self.number(part, rows) for part in node.parts)
        if node.held == "/" and np.any(np.asarray(right) == 0):
            self.fail(node.parts[1], "a number other than 0 to divide by", "leave out the rows that give 0")
        return ARITHMETIC[node.held](left, right)

    def of_minus(self, node: Node, rows: Rows | None):
        return -self.number(node.parts[0], rows)

    def single(self, node: Node, rows: Rows | None = None):
        """Return one number or text, or a column of the rows."""
        found = self.of(node, rows)
        kinds = ("name", "sum", "minus", *(["call"] if self.rowwise and node.held in self.functions else []))
        column = rows is not None and isinstance(found, pd.Series) and node.kind in kinds
        if column or isinstance(found, float | str):
            return found
        return self.fail(node, "one number or text", "take one of several: value(…), sum(…), max(…)")

    def number(self, node: Node, rows: Rows | None = None):
        found = self.single(node, rows)
        self.need(_kind(found) != "text", node, "a number", "use a column of numbers, such as one that ends in _value")
        return found.astype(float) if isinstance(found, pd.Series) else found

    # --- calls ---

    def of_call(self, node: Node, rows: Rows | None):
        name = node.held
        if name not in SIGNATURES and name not in self.functions:
            self.unknown(node, name, "a function", [*SIGNATURES, *self.functions])
        function, parts = self.functions.get(name), node.parts
        try:
            if function is None:
                function, parts = getattr(self, f"call_{name}"), (node, *parts)
            inspect.signature(function).bind(*parts)
        except TypeError:
            self.fail(node, SIGNATURES.get(name, f"the arguments of {name}"), "give as many as it takes")
        try:
            if name not in self.functions:
                return function(*parts)
            return function(*(self.of(part, rows if self.rowwise else None) for part in parts))
        except (TypeError, ValueError) as error:
            return self.fail(node, f"arguments that {name} can take", f"mend them ({error})")

    def list_of(self, node: Node, numbers: bool = False) -> pd.Series:
        """Return a list of at least one value."""
        found = self.of(node)
        self.need(isinstance(found, pd.Series), node, "a list: table.column", "name table and column")
        self.need(len(found), node, "at least one value", "change the condition, or the rows of the table")
        good = not numbers or _kind(found) == "number"
        self.need(good, node, "a list of numbers", "use a column of numbers, such as one that ends in _value")
        return found

    def call_count(self, node: Node, part: Node) -> float:
        """count(table where …) or count(table.column)"""
        found = self.of(part)
        self.need(isinstance(found, Rows | pd.Series), part, "a table or a list", SIGNATURES["count"])
        return float(len(found.frame if isinstance(found, Rows) else found))

    def call_sum(self, node: Node, part: Node) -> float:
        """sum(table.column)"""
        return float(self.list_of(part, numbers=True).sum())

    def call_mean(self, node: Node, part: Node) -> float:
        """mean(table.column)"""
        return float(self.list_of(part, numbers=True).mean())

    def call_min(self, node: Node, *parts: Node):
        """min(table.column) or min(number, number)"""
        return self.extreme(min, *parts)

    def call_max(self, node: Node, *parts: Node):
        """max(table.column) or max(number, number)"""
        return self.extreme(max, *parts)

    def extreme(self, choose: Callable, *parts: Node):
        if len(parts) == 1:
            found = choose(self.list_of(parts[0]))
            return found if isinstance(found, str) else float(found)
        return choose(self.number(part) for part in parts)

    def call_value(self, node: Node, part: Node):
        """value(table.column where …), of one cell"""
        found = self.list_of(part)
        self.need(len(found) == 1, part, f"one cell ({len(found)} were found)", "narrow the condition")
        return found.iloc[0] if isinstance(found.iloc[0], str) else float(found.iloc[0])

    def among(self, node: Node, condition: Node, numbers: bool) -> tuple[pd.Series, pd.Series]:
        """Return a list, and those of its values whose rows meet a condition."""
        column = node.kind == "chosen" and node.held[1] is not None
        self.need(column, node, "a list: table.column", "name table and column")
        values, rows = self.list_of(node, numbers), self.chosen(node)
        rows = Rows(rows.table, rows.frame.loc[values.index])
        picked = values[self.truths(condition, rows)]
        self.need(len(picked), condition, "a condition that holds in a row with a value", "change the condition")
        return values, picked

    def call_share(self, node: Node, part: Node, condition: Node) -> float:
        """share(table.column, condition), in per cent of the whole list"""
        values, picked = self.among(part, condition, numbers=True)
        self.need(values.sum() != 0, part, "a whole other than 0", "a share of nothing is none")
        return float(100 * picked.sum() / values.sum())

    def call_rank(self, node: Node, part: Node, condition: Node) -> float:
        """rank(table.column, condition), the largest first"""
        return self.place(part, condition, ascending=False)

    def call_rank_lowest(self, node: Node, part: Node, condition: Node) -> float:
        """rank_lowest(table.column, condition), the smallest or earliest first"""
        return self.place(part, condition, ascending=True)

    def place(self, part: Node, condition: Node, ascending: bool) -> float:
        """Return the place of one of the values; ties share the better place."""
        values, picked = self.among(part, condition, numbers=False)
        expected = f"a condition that holds in one row ({len(picked)} were found)"
        self.need(len(picked) == 1, condition, expected, "narrow it")
        self.rivals.append(len(values) - 1)
        return float(values.rank(ascending=ascending, method="min")[picked.index[0]])

    def call_distinct(self, node: Node, *parts: Node) -> pd.Series:
        """distinct(table.column, …)"""
        return pd.Series(pd.concat([self.list_of(part) for part in parts]).unique())

    def call_first(self, node: Node, number: Node, part: Node) -> pd.Series:
        """first(number, table.column by …)"""
        count = self.number(number)
        self.need(count == int(count) and count >= 1, number, "a whole number from 1", SIGNATURES["first"])
        return self.list_of(part).iloc[: int(count)]

    def call_top(self, node: Node, part: Node) -> pd.Series:
        """top(table.column by …), the first and what is level with it"""
        ordered = part.kind == "chosen" and part.held[1] is not None and part.parts[1] is not None
        self.need(ordered, part, "a list in an order", SIGNATURES["top"])
        values, rows = self.list_of(part), self.chosen(part)
        keys = self.spread(self.of(part.parts[1], rows), rows).loc[values.index]
        self.rivals.append(len(values) - 1)
        return values[(keys == keys.iloc[0]).to_numpy()]

    def call_mode(self, node: Node, part: Node) -> pd.Series:
        """mode(table.column), the most frequent"""
        found = self.list_of(part)
        self.rivals.append(found.nunique() - 1)
        return found.mode()

    def call_by_mean(self, node: Node, part: Node, measured: Node) -> pd.Series:
        """by_mean(table.column, table.column), the first list once each, by the mean of the second"""
        groups, numbers = self.list_of(part), self.list_of(measured, numbers=True)
        self.need(_of_one_table(part, measured), node, "two columns of one table", SIGNATURES["by_mean"])
        return pd.Series(numbers.groupby(groups).mean().sort_values(kind="stable").index)

    def call_lookup(self, node: Node, part: Node, keys: Node, results: Node) -> pd.Series:
        """lookup(list, table.column, table.column), as XLOOKUP"""
        sought, known, given = (self.list_of(one) for one in (part, keys, results))
        expected = "two columns of one table, the first without a repetition"
        self.need(_of_one_table(keys, results) and known.is_unique, node, expected, SIGNATURES["lookup"])
        missing = sorted(set(sought) - set(known[given.index.intersection(known.index)]))
        if missing:
            self.fail(node, f"a row with {missing[0]!r}", "add it to the table, or change the list")
        return pd.Series([given[known.index[known == one][0]] for one in sought])

    def call_if(self, node: Node, condition: Node, then: Node, otherwise: Node):
        """if(condition, value, value)"""
        return self.of(then if self.truth(condition, None) else otherwise)


#: the functions of the language as error messages show them: each by the first line of what it says of itself
SIGNATURES = {name[5:]: vars(_Run)[name].__doc__ for name in vars(_Run) if name.startswith("call_")}


def _of_one_table(*parts: Node) -> bool:
    return all(part.kind == "chosen" for part in parts) and len({part.held[0] for part in parts}) == 1


def _is_truth(value) -> bool:
    return isinstance(value, pd.Series) and pd.api.types.is_bool_dtype(value)


def _kind(value) -> str | None:
    """Return whether a value or column is of numbers or of texts; None for a column without values."""
    if not isinstance(value, pd.Series):
        return "text" if isinstance(value, str) else "number"
    if not value.notna().any():
        return None
    return "number" if pd.api.types.is_numeric_dtype(value) else "text"
