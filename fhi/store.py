"""The built tables of one scenario, by name; a table is written so that it reads back exactly."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from fhi.codebook.tables import table
from fhi.engine.errors import DataError, Problem
from fhi.files import Files, digest, is_hidden
from fhi.paths import BASELINE

#: the columns of a table that hold units, and those that hold nodes of the tree
UNITS = ("city", "above", "other", "rival")
NODES = ("node", "indicator", "first", "second")


class MissingTable(DataError, KeyError):
    """A table that has not been built."""

    __str__ = Exception.__str__


class Store(Files, Mapping[str, pd.DataFrame]):
    """The tables of a scenario, read when asked for: ``store["ranks"]``, ``store["tables/adoption"]``.

    Parameters as for `fhi.files.Files`.
    """

    def __init__(self, scenario: str = BASELINE, root: Path | None = None):
        super().__init__(scenario, root)
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            path = self.find(f"{self.processed}/{name}.csv")
            if not path.is_file():
                remedy = f"build it: make report SCENARIO={self.scenario}"
                raise MissingTable([Problem(f"{self.processed}/{name}.csv", None, None, None, "a built table", remedy)])
            self._read[name] = pd.read_csv(path)
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return self.find(f"{self.processed}/{name}.csv").is_file()

    def __iter__(self) -> Iterator[str]:
        folders = [base / self.processed for base in self.bases]
        paths = ((path, folder) for folder in folders for path in folder.rglob("*.csv") if not is_hidden(path, folder))
        return iter(sorted({path.relative_to(folder).with_suffix("").as_posix() for path, folder in paths}))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def checksums(self) -> dict[str, str]:
        """Return the SHA-256 of each table by name."""
        return {name: digest(self.find(f"{self.processed}/{name}.csv").read_bytes()) for name in self}

    def write(self, name: str, frame: pd.DataFrame) -> Path:
        r"""Write a table as CSV (UTF-8, ``\n``, floats that read back exactly), sorted by its key in the codebook.

        Parameters
        ----------
        name : str
            Of the table, without its ending.
        frame : pandas.DataFrame

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        DataError
            If `fhi.codebook` has no row for the table.
        """
        text = to_csv(in_order(name, frame))
        self._read.pop(name, None)
        return self.write_bytes(f"{self.processed}/{name}.csv", text.encode("utf-8"))

    def write_tables(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Write several tables."""
        for name, frame in tables.items():
            self.write(name, frame)

    def named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table to be shown with the names of its units and nodes in both languages: `with_names`."""
        units, nodes = self["tables/cities"], self["tables/framework"]
        return with_names(frame, units.set_index("name_zh")["name_en"], nodes.set_index("code")["name_zh"])


def with_names(frame: pd.DataFrame, units: pd.Series, nodes: pd.Series) -> pd.DataFrame:
    """Return a table to be shown, each column of units or of nodes followed by one of their names.

    Parameters
    ----------
    frame : DataFrame
        Left as it is. An index with a name becomes a column first.
    units : Series
        English name by unit; a column of `UNITS`, as ``city``, is followed by ``city_en`` where the names differ.
    nodes : Series
        Chinese name by node; a column of `NODES`, as ``indicator``, is followed by ``indicator_zh``.

    Returns
    -------
    DataFrame
    """
    shown = frame.reset_index() if any(frame.index.names) else frame.copy()
    for columns, names, language in ((UNITS, units, "en"), (NODES, nodes, "zh")):
        for column in shown.columns.intersection(columns):
            values = shown[column].map(names)
            if shown.empty or (values.notna().any() and not values.equals(shown[column])):
                shown.insert(shown.columns.get_loc(column) + 1, f"{column}_{language}", values)
    return shown


def in_order(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its rows sorted by its key in the codebook; errors as for `Store.write`.

    Parameters
    ----------
    name : str
        Of the table.
    frame : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
    """
    return frame.sort_values(list(table(name).key), kind="stable")


def to_csv(frame: pd.DataFrame) -> str:
    """Return a frame as the project writes CSV: no index, ``\\n``, floats in their shortest exact form, no −0."""
    # position by position: names may stand twice
    columns = [_without_sign(column) for _, column in frame.items()]
    frame = pd.concat(columns, axis=1) if columns else frame
    return frame.to_csv(index=False, lineterminator="\n")


def _without_sign(column: pd.Series) -> pd.Series:
    """Return a column with 0 in the place of −0."""
    if column.dtype.kind == "f":
        return column + 0.0
    if column.dtype == object:
        return column.map(lambda value: value + 0.0 if isinstance(value, float) else value)
    return column
