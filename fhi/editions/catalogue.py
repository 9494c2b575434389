"""The raw files as a whole: each listed once in sources.csv, unchanged since, and valid."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from fhi.engine.errors import Problem, reject
from fhi.files import digest, replace_file
from fhi.paths import RAW, WORDS
from fhi.reading.schemas import SCHEMAS, read_table
from fhi.store import to_csv

CATALOGUE = "sources.csv"
KINDS = ("*.csv", "*.geojson")


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return digest(path.read_bytes())


def raw_files(raw: Path = RAW) -> list[str]:
    """Return the raw tables and boundaries under `raw`, sorted, without its catalogue, words and editions."""
    paths = [path for kind in KINDS for path in raw.rglob(kind)]
    others = {path.parent for path in paths if path.name == CATALOGUE} - {raw}
    own = (path for path in paths if not others & set(path.parents) and path != raw / CATALOGUE and path.name != WORDS)
    return sorted(path.relative_to(raw).as_posix() for path in own)


def editions(raw: Path = RAW) -> list[Path]:
    """Return the folders of the editions: those below `raw` with a catalogue of their own."""
    return sorted(path.parent for path in raw.glob(f"*/{CATALOGUE}"))


def shown(raw: Path, file: str) -> str:
    """Return the name of a raw file as errors show it: ``data/raw/<file>`` in the checkout, else its path.

    Parameters
    ----------
    raw : Path
        The folder with the catalogue.
    file : str
        Path below it.

    Returns
    -------
    str
    """
    return f"data/raw/{(raw / file).relative_to(RAW).as_posix()}" if raw.is_relative_to(RAW) else str(raw / file)


def verify(raw: Path = RAW) -> pd.DataFrame:
    """Return sources.csv after comparing it with the files: each listed, present and of the stated checksum.

    Raises
    ------
    DataError
        With one problem a file that is missing, unlisted or changed.
    """
    listed = read_table(raw / CATALOGUE, SCHEMAS["sources"], file=shown(raw, CATALOGUE))
    present, problems = set(raw_files(raw)), []
    for row, file, stated in zip(listed["row"], listed["file"], listed["sha256"], strict=True):
        place = (shown(raw, file), None, None)
        # what lies outside the folder is not there either
        owner = raw / file.split("/")[0]
        if file not in present and owner != raw and (owner / CATALOGUE).is_file():
            expected, remedy = f"a file of {shown(raw, CATALOGUE)}", f"list it in {shown(owner, CATALOGUE)}"
            problems.append(Problem(shown(raw, CATALOGUE), row, "file", file, expected, remedy))
        elif file not in present:
            problems.append(Problem(*place, None, f"a file (sources.csv row {row})", "restore it from version control"))
        elif (found := checksum(raw / file)) != stated:
            remedy = "restore it from version control; if the change is meant, run make checksums and commit both"
            problems.append(
                Problem(*place, f"sha256 {found[:12]}…", f"sha256 {stated[:12]}… as in sources.csv", remedy)
            )
    for file in sorted(present - set(listed["file"])):
        remedy = "add a row to sources.csv, then run make checksums"
        problems.append(Problem(shown(raw, file), None, None, file, "a row of sources.csv", remedy))
    reject(problems)
    return listed


def listing(raw: Path = RAW) -> pd.DataFrame:
    """Return sources.csv as it is written, every cell a text."""
    table = pd.read_csv(raw / CATALOGUE, dtype=str, keep_default_na=False)
    return table if "sha256" in table else table.assign(sha256="")


def update_checksums(raw: Path = RAW, needed: Collection[str] | None = None) -> list[str]:
    """Write the present checksums into sources.csv; return the files that changed.

    Files beside those `needed` (default: every file is) may be gone: these are taken off the list, and returned first.

    Parameters
    ----------
    raw : Path
        The folder with the catalogue.
    needed : collection of str, optional
        Files that stay on the list although they are gone (default: all).

    Returns
    -------
    list of str
        Paths below `raw`.
    """
    listed = listing(raw)
    there = listed["file"].map(lambda file: (raw / file).is_file())
    kept = there | (True if needed is None else listed["file"].isin(needed))
    gone, listed = listed["file"][~kept], listed[kept]
    triples = zip(listed["file"], there[kept], listed["sha256"], strict=True)
    present = [checksum(raw / file) if found else stated for file, found, stated in triples]
    changed = listed["file"][listed["sha256"] != present]
    replace_file(raw / CATALOGUE, to_csv(listed.assign(sha256=present)).encode())
    return [*gone, *changed]


def tidy(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables by the names they have once ingested: ``public/regions`` becomes ``tables/regions``."""
    return {f"tables/{name.split('/')[-1]}": frame for name, frame in tables.items()}


def source_of(tables: Mapping[str, pd.DataFrame], name: str, column: str = "source_id") -> str:
    """Return what the table ``sources`` says of a table of the edition: its source_id, or another column.

    Parameters
    ----------
    tables : mapping
        With ``sources``, as `fhi.editions.folders.read` returns it.
    name : str
        The table.
    column : str
        What of its row in ``sources`` to return.

    Returns
    -------
    str
    """
    rows = tables["sources"]
    return rows.loc[rows["file"].str.endswith(f"/{name}.csv"), column].iloc[0]
