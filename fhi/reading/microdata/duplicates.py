"""Rows that stand there already: the first counts, the others are named, those that say otherwise as such."""

from __future__ import annotations

import numpy as np

from fhi.reading.microdata.quality_log import Quality
from fhi.reading.microdata.records import runs

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
    """Write records that stand there already, each with the first of them, into the ledgers of their files."""
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
