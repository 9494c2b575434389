"""The indicator tree: nodes with parents, directions, weights and units, read from framework.csv.

A missing child leaves its weight to its siblings: `redistributed` is the one rule for units, draws and the page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from fhi.engine.cells import parse_number, read_cells
from fhi.engine.errors import DataError, MethodError, Problem, nearest_names

REQUIRED = ("level", "code", "parent", "direction", "weight", "unit", "name_zh", "name_en")
#: columns in which a cell may be empty
NULLABLE = ("parent", "unit")
#: columns that a table may have: what the values of an indicator are divided by, or computed by
FORMULAS = ("denominator", "formula")
#: column that a table may have: the indicator that stands here again
SAME = "same_as"
#: column of numbers -> what a cell must be, in words and as a test
NUMBERS = {
    "level": ("a whole number, 0 the root", lambda value: value >= 0 and value == int(value)),
    "direction": ("1 (more is better) or -1 (less is better)", lambda value: value in (1, -1)),
    "weight": ("a number, 0 or more", lambda value: value >= 0),
}


@dataclass(frozen=True, eq=False)
class Framework:
    """A tree of indicators: level 0 is the root, the leaves are the nodes without children, at whatever level.

    Parameters
    ----------
    table : pandas.DataFrame
        Indexed by node code, in file order, with the columns of framework.csv (checked by `from_table`).

    Attributes
    ----------
    root : str
        Code of the root.
    leaves : list of str
        Codes of the indicators, in file order.
    levels, parents, directions, weights : pandas.Series
        By node code; weights are raw, to be rescaled inside each parent.
    """

    table: pd.DataFrame

    @classmethod
    def from_csv(cls, path: Path | str) -> Framework:
        """Read and check a tree: a CSV file in UTF-8, UTF-16 (with mark), GBK or GB18030.

        Raises
        ------
        DataError
            With every bad cell: a level that is no whole number from 0, a direction other than 1 and -1, a weight that
            is no number from 0; a repeated code, an unknown parent, a level that is not one below its parent's, a leaf
            above the deepest level without a unit, more than one root, a weightless family. Or without one of the
            columns `REQUIRED`.
        """
        return cls.from_table(_read(Path(path), str(path)), str(path))

    @classmethod
    def from_table(cls, table: pd.DataFrame, file: str = "framework.csv") -> Framework:
        """Check a table with the columns of framework.csv and make it a tree (see `from_csv`).

        Parameters
        ----------
        table : pandas.DataFrame
            One row a node; a column ``row``, if there is one, holds the lines for messages.
        file : str, optional
            The name in messages.

        Returns
        -------
        Framework

        Raises
        ------
        DataError
            With everything that makes it no tree.
        """
        problems = list(_problems(table.reset_index(drop=True), file))
        if problems:
            raise DataError(problems)
        return cls(table.set_index("code", drop=False))

    @cached_property
    def root(self) -> str:
        return self.levels.idxmin()

    @cached_property
    def leaves(self) -> list[str]:
        return leaves_of(self.table)

    @cached_property
    def levels(self) -> pd.Series:
        return self.table["level"].astype(int)

    @cached_property
    def parents(self) -> pd.Series:
        return self.table["parent"]

    @cached_property
    def depth(self) -> int:
        """The level of the deepest indicators."""
        return int(self.levels.max())

    @cached_property
    def directions(self) -> pd.Series:
        return self.table["direction"].astype(int)

    @cached_property
    def weights(self) -> pd.Series:
        return self.table["weight"].astype(float)

    @cached_property
    def nodes(self) -> list[str]:
        """All nodes below the root, in file order."""
        return [code for code in self.table.index if code != self.root]

    def children(self, code: str) -> list[str]:
        """Return the codes of the children of a node, in file order."""
        return self._children.get(code, [])

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for code, parent in self.table["parent"].dropna().items():
            found.setdefault(parent, []).append(code)
        return found

    @cached_property
    def families(self) -> dict[str, list[str]]:
        """The children of each node that has some: level by level from the root down, in file order within a level."""
        levels = self.levels.to_dict()
        return {code: self._children[code] for code in sorted(levels, key=levels.get) if code in self._children}

    @cached_property
    def upwards(self) -> dict[str, list[str]]:
        """The `families` from the deepest level up, in file order within a level."""
        deepest = sorted(self.families, key=self.levels.to_dict().get, reverse=True)
        return {code: self.families[code] for code in deepest}

    def subtree(self, code: str) -> list[str]:
        """Return a node and all nodes below it, a parent before its children."""
        return [code, *(below for child in self.children(code) for below in self.subtree(child))]

    def leaves_below(self, code: str) -> list[str]:
        """Return the indicators below a node, itself if it is one, in file order."""
        below = set(self.subtree(code))
        return [leaf for leaf in self.leaves if leaf in below]

    def names(self, language: str) -> pd.Series:
        """Return the names of all nodes in a language (``zh`` or ``en``)."""
        return self.table[f"name_{language}"]

    def effective(self, weights: pd.Series) -> pd.Series:
        """Return the share of each node below the root in the root: the product of the weights down to it."""
        shares, weights, parents = {self.root: 1.0}, weights.to_dict(), self.parents.to_dict()
        for code in sorted(self.nodes, key=self.levels.to_dict().__getitem__):
            shares[code] = shares[parents[code]] * weights[code]
        return pd.Series({code: shares[code] for code in self.nodes}, dtype=float)

    @cached_property
    def same(self) -> dict[str, str]:
        """By leaf in which an indicator of another branch stands again: that indicator."""
        return self.table[SAME].dropna().to_dict() if SAME in self.table else {}

    @cached_property
    def indicators(self) -> list[str]:
        """The leaves that have values of their own, each once, in file order."""
        return [leaf for leaf in self.leaves if leaf not in self.same]

    def places(self, indicator: str) -> list[str]:
        """Return the leaves in which an indicator stands, its own first."""
        return [indicator, *(leaf for leaf, own in self.same.items() if own == indicator)]

    def indicators_below(self, node: str) -> list[str]:
        """Return the indicators below a node, each once, wherever its values are."""
        return list(dict.fromkeys(self.same.get(leaf, leaf) for leaf in self.leaves_below(node)))

    def everywhere(self, node: str) -> list[str]:
        """Return the leaves in which the indicators below a node stand, those in other branches too."""
        return [leaf for indicator in self.indicators_below(node) for leaf in self.places(indicator)]

    def spread(self, data: pd.DataFrame) -> pd.DataFrame:
        """Return units × leaves of units × indicators: a column for each place in which an indicator stands."""
        if not self.same:
            return self.complete(data)
        found = data.reindex(columns=[self.same.get(leaf, leaf) for leaf in self.leaves])
        return found.set_axis(pd.Index(self.leaves, name=data.columns.name), axis=1)

    def complete(self, data: pd.DataFrame) -> pd.DataFrame:
        """Return units × leaves in file order, missing for a leaf that the data have not."""
        return data if data.columns.tolist() == self.leaves else data.reindex(columns=self.leaves)

    @cached_property
    def formulas(self) -> dict[str, str]:
        """The formula of each indicator that has one; a ``denominator`` is what its own values are divided by."""
        table = self.table.reindex(columns=[*FORMULAS])
        over = {code: f"`{code}` / ({text})" for code, text in table["denominator"].dropna().items()}
        return over | table["formula"].dropna().to_dict()

    def with_weights(self, overrides: dict[str, float]) -> Framework:
        """Return the tree with other raw weights for some nodes.

        Raises
        ------
        MethodError
            If a code is not a node below the root.
        """
        return self._with("weight", overrides, self.nodes, "node")

    def with_directions(self, overrides: dict[str, int]) -> Framework:
        """Return the tree with other directions for some indicators.

        Raises
        ------
        MethodError
            If a code is not an indicator.
        """
        return self._with("direction", overrides, self.indicators, "indicator")

    def _with(self, column: str, overrides: dict, valid: list[str], what: str) -> Framework:
        if not overrides:
            return self
        for code in overrides:
            if code not in valid:
                raise MethodError(f"there is no {what} {code!r}.", key=f"{column}s.{code}", value=code, valid=valid)
        table = self.table.assign(**{column: getattr(self, f"{column}s")})
        table.loc[list(overrides), column] = list(overrides.values())
        return replace(self, table=table)


def leaves_of(table: pd.DataFrame) -> list[str]:
    """Return the codes of the indicators of a table of framework.csv: the nodes that are no parent, in its order."""
    return table.loc[~table["code"].isin(table["parent"]), "code"].tolist()


def indicators_of(table: pd.DataFrame) -> list[str]:
    """Return the leaves of a table of framework.csv that have values of their own (see `Framework.indicators`)."""
    same = set(table.loc[table[SAME].notna(), "code"]) if SAME in table else set()
    return [leaf for leaf in leaves_of(table) if leaf not in same]


def _read(path: Path, file: str) -> pd.DataFrame:
    """Return the cells of a tree with its numbers as numbers, and the line of each in the column ``row``."""
    header, rows = read_cells(path, file)
    problems = list(_header_problems(header, file))
    if problems:
        raise DataError(problems)
    table = pd.DataFrame([cells for _, cells in rows], columns=header, dtype="str")
    table = table.where(table != "")
    table.insert(0, "row", [row for row, _ in rows])
    return _with_numbers(table, file)


def _header_problems(header: list[str], file: str):
    for name in REQUIRED:
        if name not in header:
            near = nearest_names(name, [other for other in header if other not in REQUIRED], 1)
            remedy = f"rename {near[0]!r} to {name!r}" if near else f"add the column {name!r}"
            yield Problem(file, 1, name, None, f"a column {name!r}", remedy)
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield Problem(file, 1, name, name, "each column once", "remove the second one")


def _with_numbers(table: pd.DataFrame, file: str) -> pd.DataFrame:
    """Return a table of texts with the columns `NUMBERS` as numbers, or raise `DataError` with every bad cell."""
    problems = []
    for name in REQUIRED:
        expected, good = NUMBERS.get(name, ("a text", None))
        for row, cell in zip(table["row"], table[name], strict=True):
            if pd.isna(cell):
                if name not in NULLABLE:
                    problems.append(Problem(file, row, name, "", expected, "fill in the cell"))
            elif good and not _is(cell, good):
                problems.append(Problem(file, row, name, cell, expected, "correct the cell"))
    if problems:
        raise DataError(sorted(problems, key=lambda problem: problem.row))
    numbers = {name: table[name].map(parse_number).astype(float) for name in NUMBERS}
    return table.assign(**numbers | {name: numbers[name].astype(int) for name in ("level", "direction")})


def _is(cell: str, good) -> bool:
    try:
        return good(parse_number(cell))
    except ValueError:
        return False


def _problems(table: pd.DataFrame, file: str):
    """Yield what makes the table not a tree; rows are lines of the file."""
    levels = dict(zip(table["code"], table["level"], strict=True))
    inner = set(table["parent"].dropna())
    deepest = table["level"].max()
    roots = table.index[table["level"] == 0]
    if len(roots) != 1:
        yield Problem(file, None, "level", len(roots), "one root of level 0", "give exactly one row the level 0")
    lines = table["row"] if "row" in table else table.index + 2
    for row, node, again in zip(lines, table.itertuples(), table["code"].duplicated(keep=False), strict=True):
        parent = node.parent if isinstance(node.parent, str) and node.parent else None
        stray, low = node.code not in inner and node.level != deepest, f"a parent of level {node.level - 1}"
        unit = isinstance(getattr(node, "unit", None), str) and node.unit
        texts = [name for name in FORMULAS if isinstance(getattr(node, name, None), str)]
        first = next(iter(texts), "")
        children = f"children, the level {deepest} of the other indicators, or a unit"
        mend = "give the node a child or remove it; an indicator of a level above states its unit"
        for bad, name, expected, remedy in (
            (again, "code", "each code once", "rename or remove one of the nodes"),
            (node.level == 0 and parent, "parent", "no parent for the root", "empty the cell"),
            (node.level > 0 and parent not in levels, "parent", "the code of another row", "correct the code"),
            (levels.get(parent, node.level - 1) != node.level - 1, "parent", low, "correct the level or the parent"),
            (stray and not unit, "code", children, mend),
            (texts and node.code in inner, first, "an empty cell above the indicators", "empty the cell"),
            (len(texts) > 1, "formula", "either a denominator or a formula", "empty one of the two cells"),
            (node.code in inner and node.direction != 1, "direction", "1 above the indicators", "set it to 1"),
        ):
            if bad:
                yield Problem(file, row, name, parent if name == "parent" else getattr(node, name), expected, remedy)
    for parent, group in table.groupby("parent"):
        if not group["weight"].sum() > 0:
            expected = f"a positive sum of weights below {parent}"
            yield Problem(file, lines[group.index[0]], "weight", 0, expected, "raise one of them")
    if SAME in table:
        yield from _unlike(table.assign(row=lines).set_index("code"), inner, file)


def _unlike(table: pd.DataFrame, inner: set[str], file: str):
    """Yield the leaves that repeat what is no indicator, or state what is that indicator's own."""
    for code, node in table[table[SAME].notna()].iterrows():
        other = node[SAME]
        if other not in table.index or other in inner or code in inner or isinstance(table.at[other, SAME], str):
            expected = "an indicator with values of its own, in the row of a leaf"
            yield Problem(file, node["row"], SAME, other, expected, "correct the code, or empty the cell")
            continue
        if node["direction"] != table.at[other, "direction"]:
            expected = f"{table.at[other, 'direction']}, as for {other}"
            yield Problem(file, node["row"], "direction", node["direction"], expected, "give it one direction")
        for name in FORMULAS:
            if isinstance(node.get(name), str):
                yield Problem(file, node["row"], name, node[name], "an empty cell", f"write it in the row of {other}")


#: what a share of weight may miss the least share that is asked for by: sums of weights miss it by the last bits
SLACK = 1e-12


class Siblings(NamedTuple):
    """The weights of the children of a parent that are there.

    Attributes
    ----------
    kept : numpy.ndarray
        The weights, 0 where a child is missing.
    covered : numpy.ndarray
        Their sums.
    scored : numpy.ndarray of bool
        Whether there is enough for a score.
    """

    kept: np.ndarray
    covered: np.ndarray
    scored: np.ndarray

    def shares(self, axis: int = -1) -> np.ndarray:
        """Return ``w_j/Σ w`` over the children that are there; 0 for all where none is."""
        whole = np.where(self.covered > 0, self.covered, 1.0)
        return self.kept / (whole[..., None] if axis == -1 else np.expand_dims(whole, axis))


def redistributed(present: np.ndarray, weights: np.ndarray, least: float = 0.0, axis: int = -1) -> Siblings:
    """Leave the weight of missing children to their siblings, in proportion to the weights of these.

    Parameters
    ----------
    present : numpy.ndarray of bool
        Whether a child is there; the children along `axis`, units or draws along the others.
    weights : numpy.ndarray
        Of the children, of the same shape or broadcast to it.
    least : float
        A parent has a score if the children that are there have some weight, and at least this share of all of it.
    axis : int
        Where the children stand.

    Returns
    -------
    Siblings
        `kept` of the shape of `present`; `covered` and `scored` without `axis`.
    """
    kept = np.where(present, weights, 0.0)
    covered = kept.sum(axis=axis)
    scored = (covered > 0) & (covered >= least * np.sum(weights, axis=axis) - SLACK)
    return Siblings(kept, covered, scored)
