"""Where things stand: the folders of the project, and the places in them that a scenario may name."""

import os
from collections.abc import Iterable
from pathlib import Path

from fhi.engine.errors import MethodError

ROOT = Path(__file__).resolve().parents[1]
RAW = ROOT / "data" / "raw"
NOTEBOOKS = ROOT / "notebooks"
SCENARIOS = NOTEBOOKS / "scenarios"
EXAMPLES = ROOT / "docs" / "examples"
#: where the staff put files of their own; nothing in it is under version control
USER = ROOT / "data" / "user"
BASELINE = "baseline"
#: the edition of the report, and the file that makes a folder below `RAW` an edition
REPORT, EDITION_FILE = "report2018", "edition.yml"
#: the sentences of an edition: words like those of its `EDITION_FILE`, read by the audit and not ingested as data
WORDS = "findings.csv"


def output_root() -> Path:
    """Return the folder that ``data/processed`` and ``reports`` are built in: ``$FHI_OUT`` or the checkout."""
    return Path(os.environ.get("FHI_OUT") or ROOT).resolve()


def beside_scenarios(name: object, key: str) -> Path:
    """Return the file or folder that a scenario names, looked up under ``notebooks/scenarios/`` and nowhere else.

    Parameters
    ----------
    name : object
        As written in the scenario.
    key : str
        The key that holds it, for messages.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    MethodError
        If it lies outside that folder, or is not there.
    """
    folder = SCENARIOS.resolve()
    there = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix != ".yml")
    place = _inside(folder, "notebooks/scenarios/", name, key, there)
    if place == folder:
        message = f"give a path inside notebooks/scenarios/, written from there; found {name!r}."
        raise MethodError(message, key=key, value=name)
    return place


def user_folder(name: str) -> Path:
    """Return the folder of the staff's files that a scenario names, inside ``data/user/``; ``.`` is that itself.

    Raises
    ------
    MethodError
        If it lies outside that folder, or is not there.
    """
    folder = USER.resolve()
    if " " in name:
        raise MethodError(f"give a name without blanks; found {name!r}.", key="user_data.folder", value=name)
    there = [".", *(path.name for path in folder.glob("*") if path.is_dir())]
    return _inside(folder, "data/user/", name, "user_data.folder", there)


def edition_names() -> list[str]:
    """Return the names of the editions: the folders below ``data/raw/`` with an ``edition.yml``."""
    return sorted(path.parent.name for path in RAW.glob(f"*/{EDITION_FILE}"))


def edition_folder(name: str, file: str | None = None) -> Path:
    """Return the folder of an edition below ``data/raw/``; `file` is the scenario that names it, for messages.

    Parameters
    ----------
    name : str
        Of the edition.
    file : str, optional
        The scenario that names it, for messages.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    MethodError
        If there is none of this name.
    """
    there = edition_names()
    if name not in there:
        message = f"there is no edition {name!r} (an edition is a folder data/raw/<name>/ with its {EDITION_FILE})."
        raise MethodError(message, file=file, key="edition", value=name, valid=there)
    return RAW / name


def _inside(folder: Path, shown: str, name: object, key: str, there: Iterable[str]) -> Path:
    """Return a path that stays inside a folder and is there."""
    place = (folder / name).resolve() if isinstance(name, str) else folder.parent
    if not place.is_relative_to(folder):
        message = f"give a path inside {shown}, written from there; found {name!r}."
        raise MethodError(message, key=key, value=name)
    if not place.exists():
        raise MethodError(f"there is no {name!r} in {shown}.", key=key, value=name, valid=sorted(there))
    return place
