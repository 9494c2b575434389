"""Any number of records grouped by a key in bounded memory, and which of them stand there already.

What does not fit in memory is parted by key into files. Of the rows of a key the first counts; the others are named,
those that say otherwise as such.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fhi.reading.microdata.quality_log import Quality
from fhi.reading.microdata.reading import Block

#: what every record has: the hashes of its key and of what it says of it, where it stands, its issue and its city
COMMON = [("key", "u8"), ("what", "u8"), ("row", "u4"), ("year", "i2"), ("city", "i2"), ("file", "u2")]
#: bytes of records held in memory, and the parts that more of them are written to
HELD, PARTS = 24 << 20, 64


class Records:
    """A store of records to be read back by groups.

    Parameters
    ----------
    dtype : numpy dtype
        With fields ``key`` (uint64, spread evenly over its range), ``file`` and ``row``.
    held : int, optional
        Bytes kept in memory before they are written out (default: `HELD`).

    Notes
    -----
    Records of one key come back together, those of one file in the order of their rows.
    """

    def __init__(self, dtype: np.dtype, held: int | None = None):
        # aligned records are whole words, by which they are moved much faster
        self.dtype, self.held = np.dtype(np.dtype(dtype).descr, align=True), held or HELD
        self._pending: list[np.ndarray] = []
        self._size = 0
        self._folder: tempfile.TemporaryDirectory | None = None

    def add(self, columns: dict[str, np.ndarray]) -> None:
        """Add records given by column; a field that is not given is 0."""
        records = np.zeros(len(columns["key"]), dtype=self.dtype)
        for name, values in columns.items():
            records[name] = values
        self._pending.append(records)
        self._size += records.nbytes
        if self._size > self.held:
            self._write()

    def add_rows(self, block: Block, file: int, kept: np.ndarray, **given: np.ndarray) -> None:
        """Add the rows of a block that are kept.

        Parameters
        ----------
        block : Block
            Its columns give the fields that are not given.
        file : int
            The place of its file.
        kept : array of bool
            By row.
        **given : array
            Fields of the records by row, the key among them.
        """
        own = {name: block.columns[name] for name in self.dtype.names if name in block.columns}
        columns = {**own, "row": block.lines, "file": np.full(len(kept), file), **given}
        self.add({name: values[kept] for name, values in columns.items()})

    def groups(self) -> Iterator[np.ndarray]:
        """Yield all records, those of a key in one array, by key, file and row; the store is empty afterwards."""
        if self._folder is None:
            if self._pending:
                records, self._pending = np.concatenate(self._pending), []
                yield _sorted(records)
            return
        self._write()
        with self._folder as folder:
            for part in range(PARTS):
                path = Path(folder) / str(part)
                if path.exists():
                    yield _sorted(np.fromfile(path, dtype=self.dtype))
                    path.unlink()
        self._folder = None

    def _write(self) -> None:
        """Append what is held to the files of its parts, by the highest bits of the key."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="fhi-records-")
        if not self._pending:
            return
        records, self._pending, self._size = np.concatenate(self._pending), [], 0
        part = (records["key"] >> np.uint64(58)).astype(np.uint8)
        order = np.argsort(part, kind="stable")
        bounds = np.searchsorted(part[order], np.arange(PARTS + 1))
        for number in range(PARTS):
            chosen = order[bounds[number] : bounds[number + 1]]
            if len(chosen):
                with (Path(self._folder.name) / str(number)).open("ab") as file:
                    take(records, chosen).tofile(file)


def _sorted(records: np.ndarray) -> np.ndarray:
    """Return records by key; files and rows were added in order, so that a stable sort keeps them so."""
    return take(records, np.argsort(records["key"], kind="stable"))


def take(records: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the records at these places, moved as rows of words.

    Parameters
    ----------
    records : array
        Of an aligned dtype.
    places : array of int

    Returns
    -------
    array
        Records in the order of the places.
    """
    words = records.view(np.uint64).reshape(-1, records.dtype.itemsize // 8)
    return words[places].reshape(-1).view(records.dtype)


def runs(keys: np.ndarray) -> np.ndarray:
    """Return where the runs of equal keys begin."""
    return np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.zeros(0, dtype=int)


def repeated(records: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of records that repeat an earlier one of their key in `what`, and of what they repeat.

    Parameters
    ----------
    records : array
        Sorted by key, with a field ``what``: the hash of what makes two records of a key the same.
    """
    if len(records) < 2:
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    # few keys stand more than once: only their records are sorted further
    same = records["key"][1:] == records["key"][:-1]
    several = np.flatnonzero(np.concatenate([same, [False]]) | np.concatenate([[False], same]))
    part = records[several]
    order = np.lexsort((np.arange(len(part)), part["what"], part["key"]))
    again = (np.diff(part["key"][order]) == 0) & (np.diff(part["what"][order]) == 0)
    first = np.maximum.accumulate(np.where(np.concatenate([[True], ~again]), np.arange(len(order)), 0))
    later = np.flatnonzero(again) + 1
    return several[order[later]], several[order[first[later]]]


def mix(*parts: np.ndarray) -> np.ndarray:
    """Return one 64-bit number of several whole numbers or floats by row (the finaliser of MurmurHash3, chained)."""
    total = np.zeros(len(parts[0]), dtype=np.uint64)
    for part in parts:
        bits = part.astype(np.float64).view(np.uint64) if part.dtype.kind == "f" else part.astype(np.uint64)
        total = ((total ^ bits) + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xFF51AFD7ED558CCD)
        total ^= total >> np.uint64(33)
        total *= np.uint64(0xC4CEB9FE1A85EC53)
        total ^= total >> np.uint64(33)
    return total


SAME = ("a row that is not there already", "nothing: it is counted once", "")
OTHER = ("one row for it", "remove the wrong row: the first one counts", "says otherwise than the first")


def once(group: np.ndarray, ledgers: list[Quality]) -> np.ndarray:
    """Return the first record of each key; write the others into the ledgers of their files.

    Parameters
    ----------
    group : array
        Records sorted by key, with ``what``: the hash of what a row says of its key.
    ledgers : list of Quality
        By place of the file.

    Returns
    -------
    array
        One record a key.
    """
    same, other, first = again(group)
    if not len(same) and not len(other):
        return group
    for words, which in ((SAME, same), (OTHER, other)):
        note(group, which, first[which], ledgers, words)
    return group[first == np.arange(len(group))]


def again(group: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the records whose key stands there already, saying the same and otherwise; and the first of each key."""
    starts = runs(group["key"])
    if len(starts) == len(group):
        return starts[:0], starts[:0], starts
    first = np.repeat(starts, np.diff(starts, append=len(group)))
    repeated = np.flatnonzero(first != np.arange(len(group)))
    same = group["what"][repeated] == group["what"][first[repeated]]
    return repeated[same], repeated[~same], first


def note(group: np.ndarray, again: np.ndarray, first: np.ndarray, ledgers: list[Quality], words=SAME) -> None:
    """Write records that stand there already, each with the first of them, into the ledgers of their files.

    Parameters
    ----------
    group : array
        Records of some keys.
    again, first : array of int
        Places of the records that stand there already, and of what each repeats.
    ledgers : list of Quality
        By place of the file.
    words : tuple of str
        What was expected, the remedy, and the detail in the report: `SAME` or `OTHER`.
    """
    expected, remedy, detail = words
    for file in np.unique(group["file"][again]):
        chosen = again[group["file"][again] == file], first[group["file"][again] == file]
        shown = [_place(group[place], file, ledgers) for place in chosen[1]]
        ledgers[file].refuse(group["row"][chosen[0]], "", shown, expected, remedy)
        ledgers[file].count("duplicate", len(shown), "", detail)


def _place(record: np.void, file: int, ledgers: list[Quality]) -> str:
    """Return where a record stands, with its file if it is another one."""
    other = "" if record["file"] == file else f" of {ledgers[record['file']].file}"
    return f"as row {record['row']}{other}"
