"""The records of what was written: ``data/processed/<scenario>/stages/<stage>.json``, and what is no longer as written.

A record holds the checksum of every file that a stage, or a command of the same kind (``check``, ``page``, ``pdf``,
``manifest``), has written. Size and dates of a file that was checked are kept in ``.checked/`` beside the outputs, so
that a file is read again only when they differ.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from fhi.engine.errors import FhiError, nearest_names
from fhi.files import Files, digest, replace_file

#: what is written by commands and not by notebooks: the file whose date Make compares
COMMANDS = {"check": "processed/scenario.yml", "page": "reports/report.html", "pdf": "reports/report.zh.pdf"}
COMMANDS |= {"manifest": "reports/manifest.json"}
#: what the ranks of a scenario rest on
RANKS = ("check", "01_ingestion", "02_indicators", "03_weighting")
#: the environment variable with the names of altered files that a report may be made from
ACCEPT = "ACCEPT"
#: seconds for which dates do not tell that a file is the same: it may change again within a tick of the clock
TICK = 1


class AlteredError(FhiError):
    """A file is not as the stage that wrote it left it."""


class Change(NamedTuple):
    """A file that is not as written; `how` is ``changed``, ``deleted``, ``unrecorded`` or ``accepted``."""

    name: str
    stage: str
    how: str

    @property
    def shown(self) -> str:
        return self.name.removeprefix("processed/").removeprefix("reports/")

    def __str__(self) -> str:
        if self.how == "unrecorded":
            return f"{self.stage} left no record of a build (was it run by hand?); `make report` runs it anew"
        if self.how == "accepted":
            return f"{self.shown} was accepted as altered before; `make report` computes it anew"
        return f"{self.shown} was {self.how} after {self.stage} wrote it; `make report` computes it anew"


def record_path(files: Files, stage: str) -> str:
    """Return the path of the record of a stage from the folder of the outputs.

    Parameters
    ----------
    files : Files
        Of the scenario.
    stage : str

    Returns
    -------
    str
    """
    return f"{files.processed}/stages/{stage}.json"


def read_record(files: Files, stage: str) -> dict | None:
    """Return the record of a stage; None if there is none that is whole.

    Parameters
    ----------
    files : Files
        Of the scenario.
    stage : str

    Returns
    -------
    dict or None
        ``stage, outputs`` (checksums by name), and of a stage ``parameters, python, inputs``.
    """
    try:
        found = json.loads((files.root / record_path(files, stage)).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("outputs"), dict) else None


def all_records(files: Files) -> dict[str, dict]:
    """Return the records of a scenario by stage."""
    names = sorted(path.stem for path in (files.root / files.processed / "stages").glob("*.json"))
    return {name: record for name in names if (record := read_record(files, name))}


def place(files: Files, name: str) -> Path:
    """Return where a built file of a scenario stands by its name in a record.

    Parameters
    ----------
    files : Files
        Of the scenario.
    name : str
        ``processed/…`` or ``reports/…``.

    Returns
    -------
    pathlib.Path
    """
    kind, rest = name.split("/", 1)
    return files.root / {"processed": files.processed, "reports": files.reports}[kind] / rest


def name_of(files: Files, path: Path, root: Path) -> str:
    """Return the name of a built file in a record: its path without the scenario.

    Parameters
    ----------
    files : Files
        Of the scenario.
    path : pathlib.Path
        A file below `root`.
    root : pathlib.Path
        The folder of the outputs, or a staging folder laid out like it.

    Returns
    -------
    str
        ``processed/…`` or ``reports/…``.

    Raises
    ------
    ValueError
        If the file is in neither folder of the scenario.
    """
    relative = path.relative_to(root)
    for kind, folder in (("processed", files.processed), ("reports", files.reports)):
        if relative.is_relative_to(folder):
            return f"{kind}/{relative.relative_to(folder).as_posix()}"
    raise ValueError(f"{relative}: a stage writes to the folders of its scenario")


def encode(record: dict) -> bytes:
    return (json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def write_record(files: Files, record: dict) -> Path:
    """Write a record in its place.

    Parameters
    ----------
    files : Files
        Of the scenario.
    record : dict
        With ``stage`` and ``outputs``.

    Returns
    -------
    pathlib.Path
        The file.
    """
    return files.write_bytes(record_path(files, record["stage"]), encode(record))


def write_of_command(files: Files, stage: str, paths: Iterable[Path]) -> None:
    """Write the record of a command (see `COMMANDS`) that has written some files.

    Parameters
    ----------
    files : Files
        Of the scenario.
    stage : str
        The name of the command.
    paths : iterable of pathlib.Path
        The files that it has written.
    """
    outputs = {name_of(files, path, files.root): digest(path.read_bytes()) for path in paths}
    write_record(files, {"stage": stage, "outputs": outputs})


class Sums:
    """Checksums of the built files of a scenario; a file whose size and dates are as at the last check is not read."""

    def __init__(self, files: Files):
        self.files, self.path = files, files.root / ".checked" / f"{files.scenario}.json"
        try:
            self.known = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.known = {}
        self.new: dict[str, list] = {}

    def of(self, name: str) -> str | None:
        """Return the checksum of a file by its name in a record; None if it is not there."""
        path = place(self.files, name)
        try:
            stat = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        state = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
        known = self.known.get(name)
        found = known[3] if known and known[:3] == state else digest(path.read_bytes())
        if time.time() - max(stat.st_mtime, stat.st_ctime) > TICK:
            self.new[name] = [*state, found]
        return found

    def keep(self) -> None:
        """Keep what was found for the next check, where one may write."""
        known = {name: state for name, state in (self.known | self.new).items() if place(self.files, name).exists()}
        if known != self.known:
            with contextlib.suppress(OSError):
                replace_file(self.path, json.dumps(known).encode("utf-8"))


def changes(files: Files, stages: Collection[str] | None = None) -> list[Change]:
    """Return the files that are not as written, or not by a build: of all stages, or of some.

    Parameters
    ----------
    files : Files
        Of the scenario.
    stages : collection of str, optional
        Default: all.

    Returns
    -------
    list of Change
    """
    sums, records = Sums(files), all_records(files)
    found = [
        change for stage, record in records.items() if stages is None or stage in stages for change in _of(sums, record)
    ]
    executed = {path.stem: path for path in (files.root / files.reports / "notebooks").glob("[0-9]*.ipynb")}
    there = {*executed, *(stage for stage, name in COMMANDS.items() if place(files, name).exists())}
    unrecorded = sorted(there - set(records))
    found += [Change("", stage, "unrecorded") for stage in unrecorded if stages is None or stage in stages]
    sums.keep()
    return found


def _of(sums: Sums, record: dict) -> Iterator[Change]:
    accepted = record.get("altered", {})
    for name, content in record["outputs"].items():
        there = sums.of(name)
        if there is None:
            yield Change(name, record["stage"], "deleted")
        elif name in accepted:
            yield Change(name, record["stage"], "accepted" if accepted[name] == there else "changed")
        elif there != content:
            yield Change(name, record["stage"], "changed")


def altered(files: Files) -> list[str]:
    """Return the names of the altered files that the results of a scenario were made from, as accepted."""
    found = {name for record in all_records(files).values() for name in record.get("altered", {})}
    return sorted(Change(name, "", "").shown for name in found)


def require(files: Files, stages: Collection[str] | None = None) -> None:
    """Raise `AlteredError` if a file of some stages is not as written, unless it was accepted; of all by default.

    Parameters
    ----------
    files : Files
        Of the scenario.
    stages : collection of str, optional
        Default: all.

    Raises
    ------
    AlteredError
        With one line a file.
    """
    found = [change for change in changes(files, stages) if change.how != "accepted"]
    if found:
        raise AlteredError("\n".join(map(str, found)))


def accept(files: Files, stage: str, wanted: Collection[str]) -> list[str]:
    """Enter in the record of a stage which of its files are altered, if all of them are accepted; return them.

    Parameters
    ----------
    files : Files
        Of the scenario.
    stage : str
    wanted : collection of str
        The names that are to be accepted.

    Returns
    -------
    list of str
        As messages show them; empty if any of the altered files is not among `wanted`.
    """
    found = [change for change in changes(files, {stage}) if change.how != "deleted"]
    if not found or not all(is_accepted(change, wanted) for change in found):
        return []
    now = {change.name: digest(place(files, change.name).read_bytes()) for change in found}
    write_record(files, read_record(files, stage) | {"altered": now})
    return [change.shown for change in found]


def is_accepted(change: Change, wanted: Collection[str]) -> bool:
    """Return whether a file was changed, not added or deleted, and is among those to be accepted.

    Parameters
    ----------
    change : Change
    wanted : collection of str
        Names, as messages or records show them.

    Returns
    -------
    bool
    """
    return change.how in ("changed", "accepted") and bool({change.shown, change.name} & set(wanted))


def wanted_names() -> list[str]:
    """Return the names of files in the environment variable ``ACCEPT``."""
    return os.environ.get(ACCEPT, "").replace(",", " ").split()


def to_run(files: Files, wanted: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the stages that must run again because of what was altered, and what to say of it.

    Parameters
    ----------
    files : Files
        Of the scenario.
    wanted : collection of str
        The names that are to be accepted.

    Returns
    -------
    stages : list of str
    notes : list of str
        One line a file.

    Raises
    ------
    AlteredError
        If a file is to be accepted that is not altered.
    """
    found = changes(files)
    names = [change.shown for change in found if change.how in ("changed", "accepted")]
    for name in wanted:
        if name not in {*names, *(change.name for change in found)}:
            near = nearest_names(name, names, 1)
            meant = f"did you mean {near[0]}?" if near else "no table or picture is altered."
            raise AlteredError(f"ACCEPT={name}: no altered file has this name; {meant}")
    settled = [change for change in found if change.how == "accepted" and is_accepted(change, wanted)]
    rest = [change for change in found if change not in settled]
    notes = [
        f"{change.shown} is accepted as altered; the report says so" if is_accepted(change, wanted) else str(change)
        for change in rest
    ]
    return sorted({change.stage for change in rest}), notes


def print_to_run(scenario: str) -> None:
    """Print for Make the stages that must run again, and say why; ``stop`` if what is asked for cannot be done."""
    try:
        stages, notes = to_run(Files(scenario), wanted_names())
    except AlteredError as error:
        stages, notes = ["stop"], [str(error)]
    print("\n".join(notes), end="\n" if notes else "", file=sys.stderr)
    print(" ".join(stages))
