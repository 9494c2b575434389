"""Take over what a stage gave before from the same inputs and parameters, instead of running it again.

A stage that has run leaves a record, ``data/processed/<scenario>/stages/<stage>.json``: the parameters that it reads,
the checksum of every file that Make lists as its prerequisite and of everything that the stages before it wrote (its
cause), and the checksum of everything that it wrote itself. A run with the same cause as a record, of whatever
scenario, whose files are all still as recorded, would write the same again; so they are copied. What was written is
kept by its cause in the store too (`fhi.files`), so that a build after `make clean` runs nothing twice.
"""

import contextlib
import io
import json
import platform
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from fhi import paths, records
from fhi.files import Files, Kept, digest
from fhi.paths import BASELINE, ROOT
from fhi.records import AlteredError
from fhi.running import notebooks
from fhi.scenarios import READS, load_scenario

BUILT = ("processed/", "reports/")
#: so many causes are named
NAMED = 3
#: the kind of entry in the store (`fhi.files`) for the files of a stage, and how they are said to be from there
KIND, STORE = "stages", "the store"


def cause(stage: str, files: Files, prerequisites: Iterable[str]) -> dict | None:
    """Return all that the results of a stage depend on; None if it cannot be told, and the stage must run.

    Parameters
    ----------
    stage : str
    files : Files
        Of the scenario.
    prerequisites : iterable of str
        The files that Make lists. An executed notebook of the scenario stands for all that its stage and those before
        it wrote, and the resolved scenario for the parameters that this stage reads (`fhi.scenarios.READS`).

    Raises
    ------
    AlteredError
        If one of the tables so read is not as the stage that wrote it left it, and was not accepted.

    Returns
    -------
    dict
        ``stage, parameters, python, inputs``; inputs are checksums by name, a built file named without its scenario.
    """
    needed = [Path(path).resolve() for path in prerequisites]
    if not needed:
        return None
    method = load_scenario(files.scenario).model_dump(mode="json", exclude={"description"})
    read = {key: value for key, value in method.items() if key in READS.get(stage, method)}
    records.require(files, _stages_behind(files, needed))
    inputs = {}
    for path in [*needed, *_named_files(read)]:
        if path.parent == files.root / files.reports / "notebooks":
            before = records.read_record(files, path.stem)
            if before is None:
                return None
            names = [*before["outputs"], *(name for name in before["inputs"] if name.startswith(BUILT))]
            inputs |= {name: _content(records.place(files, name)) for name in names if not name.endswith(".ipynb")}
        elif path != files.root / files.processed / "scenario.yml":
            # a folder of the checkout may be a link to a place elsewhere
            inputs[(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()] = _content(path)
    found = {"stage": stage, "parameters": read, "python": platform.python_version(), "inputs": inputs}
    return json.loads(json.dumps(found))


def reason(found: dict | None, files: Files, stage: str) -> str:
    """Return why a stage is not as it was left: what differs from the cause of its results, or what became of these.

    Parameters
    ----------
    found : dict or None
        The cause of the results now, as of `cause`.
    files : Files
        Of the scenario.
    stage : str

    Returns
    -------
    str
        At most `NAMED` differences by name, and how many more there are.
    """
    before = records.read_record(files, stage)
    if before is None or found is None:
        return "there is no earlier result"
    differ = [
        f"{key} changed" for key in before["parameters"] if before["parameters"][key] != found["parameters"].get(key)
    ]
    old, new = before["inputs"], found["inputs"]
    differ += [f"{name} {'changed' if name in old else 'is new'}" for name in new if new[name] != old.get(name)]
    differ += [f"{name} is gone" for name in old if name not in new]
    differ += ["Python changed"] if before["python"] != found["python"] else []
    differ += [f"{change.shown} was {change.how}" for change in records.changes(files, {stage})]
    if not differ:
        return "nothing but dates"
    return "; ".join(differ[:NAMED]) + (f" and {len(differ) - NAMED} more" if len(differ) > NAMED else "")


def _stages_behind(files: Files, prerequisites: Iterable[Path]) -> set[str]:
    """Return the stages whose files a stage reads: those of the executed notebooks, and those before them."""
    home = files.root / files.reports / "notebooks"
    nearest = {path.stem for path in prerequisites if path.parent == home}
    wanted = {
        name
        for stage in nearest
        for name in (records.read_record(files, stage) or {}).get("inputs", {})
        if name.startswith(BUILT)
    }
    others = {stage for stage, record in records.all_records(files).items() if wanted & set(record["outputs"])}
    return nearest | others


def out_of_date(files: Files, stages: Iterable[str]) -> list[str]:
    """Return what the stored results of some stages do not rest on as it is now: files, or the scenario.

    Parameters
    ----------
    files : Files
        Of the scenario.
    stages : iterable of str

    Returns
    -------
    list of str
        Paths from the folder of the project, each once.
    """
    method = load_scenario(files.scenario).model_dump(mode="json", exclude={"description"})
    found: dict[str, None] = {}
    for record in filter(None, (records.read_record(files, stage) for stage in stages)):
        read = json.loads(json.dumps({key: method[key] for key in record.get("parameters", {}) if key in method}))
        if read != record.get("parameters", {}):
            found[f"notebooks/scenarios/{files.scenario}.yml"] = None
        raw = {name: content for name, content in record.get("inputs", {}).items() if not name.startswith(BUILT)}
        found |= dict.fromkeys(name for name, content in raw.items() if _content(ROOT / name) != content)
    return list(found)


def _named_files(value: object) -> Iterator[Path]:
    """Yield the files beside the scenarios that parameters name: tables of judgements."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _named_files(item)
    elif isinstance(value, str) and value:
        place = (paths.SCENARIOS / value).resolve()
        within = place.is_relative_to(paths.SCENARIOS.resolve()) and place != paths.SCENARIOS.resolve()
        if within and place.exists():
            yield from sorted(p for p in ([place] if place.is_file() else place.rglob("*")) if p.is_file())


def _content(path: Path) -> str | None:
    """Return the checksum of a file, of a notebook without its outputs; None if it is not there."""
    if not path.is_file():
        return None
    return digest(notebooks.sources(notebooks.read(path)) if path.suffix == ".ipynb" else path.read_bytes())


def write_record(found: dict, files: Files, staging: Path) -> None:
    """Write into a staging folder the record of what a stage has written there.

    Parameters
    ----------
    found : dict
        The cause, as of `cause`.
    files : Files
        Of the scenario.
    staging : pathlib.Path
        The folder that holds what is to be put in place.
    """
    written = sorted(path for path in staging.rglob("*") if path.is_file())
    outputs = {records.name_of(files, path, staging): digest(path.read_bytes()) for path in written}
    path = staging / records.record_path(files, found["stage"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(records.encode(found | {"outputs": outputs}))


def _scenarios(files: Files) -> list[Files]:
    """Return the scenarios that have been built: this one first, then the baseline, then by name."""
    names = sorted(path.parent.name for path in (files.root / "data/processed").glob("*/stages"))
    return [Files(name, files.root) for name in dict.fromkeys([files.scenario, BASELINE, *names])]


def _intact(files: Files, record: dict) -> bool:
    """True if the files of a record are as they were written."""
    paths = ((records.place(files, name), content) for name, content in record["outputs"].items())
    return all(path.is_file() and digest(path.read_bytes()) == content for path, content in paths)


def take_over(found: dict | None, files: Files) -> str | None:
    """Put in place what a stage gave before from the same cause; return where it is from, None if there is none.

    That is the name of a scenario, or `STORE`.

    The executed notebook is written as if it had run for this scenario, and dated now.

    Parameters
    ----------
    found : dict or None
        The cause, as of `cause`; without one nothing is taken over.
    files : Files
        Of the scenario.

    Returns
    -------
    str or None
    """
    for other in _scenarios(files) if found else ():
        record = records.read_record(other, found["stage"])
        if (
            record is None
            or record.get("altered")
            or any(record[key] != value for key, value in found.items())
            or not _intact(other, record)
        ):
            continue
        executed = f"{files.reports}/notebooks/{found['stage']}.ipynb"
        if other.scenario == files.scenario:
            (files.root / executed).touch()
        else:
            contents = {name: records.place(other, name).read_bytes() for name in record["outputs"]}
            _put(found, contents, files, executed)
        return other.scenario
    if found and (contents := _kept(found, files)):
        _put(found, contents, files, f"{files.reports}/notebooks/{found['stage']}.ipynb")
        return STORE
    return None


def accept(found: dict | None, files: Files) -> list[str]:
    """Keep what was altered of a stage and is to be accepted (``ACCEPT``), and date it now; return the names.

    Parameters
    ----------
    found : dict or None
        The cause, as of `cause`.
    files : Files
        Of the scenario.

    Returns
    -------
    list of str
        As messages show them; empty if nothing is kept.

    Raises
    ------
    AlteredError
        If the stage must run for another reason as well, which would undo the change.
    """
    wanted = records.wanted_names()
    if not found or not wanted:
        return []
    record = records.read_record(files, found["stage"])
    given = [change.shown for change in records.changes(files, {found["stage"]}) if records.is_accepted(change, wanted)]
    if not given:
        return []
    if any(record[key] != value for key, value in found.items()):
        names = ", ".join(given)
        raise AlteredError(
            f"{names} cannot be kept as altered: what {found['stage']} reads has changed too; "
            "remove ACCEPT= to compute it anew"
        )
    kept = records.accept(files, found["stage"], wanted)
    if kept:
        (files.root / files.reports / f"notebooks/{found['stage']}.ipynb").touch()
    return kept


def keep(found: dict, files: Files, staging: Path) -> None:
    """Keep what a stage has written into a staging folder by its cause, in the store that `make clean` leaves.

    Parameters
    ----------
    found : dict
        The cause, as of `cause`.
    files : Files
        Of the scenario.
    staging : pathlib.Path
        The folder that holds what is to be put in place.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(path for path in staging.rglob("*") if path.is_file()):
            name = records.name_of(files, path, staging)
            if name != f"processed/stages/{found['stage']}.json":
                archive.writestr(name, path.read_bytes())
    kept = Kept(files.root, KIND)
    # results that are not kept are made again another time: no reason to lose them now
    with contextlib.suppress(OSError):
        kept.put(kept.key(found), content.getvalue())
        kept.prune()


def _kept(found: dict, files: Files) -> dict[str, bytes]:
    """Return what was kept of a stage of the same cause, by name; nothing if there is none that is whole."""
    kept = Kept(files.root, KIND)
    content = kept.get(kept.key(found))
    if content is None:
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _put(found: dict, contents: Mapping[str, bytes], files: Files, executed: str) -> None:
    """Put files of a stage in place as if it had run for this scenario."""
    with files.staging(found["stage"]) as staging:
        staged = Files(files.scenario, staging)
        for name, content in contents.items():
            path = records.place(staged, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        notebook = notebooks.for_scenario(notebooks.read(staging / executed), files.scenario)
        (staging / executed).write_bytes(notebooks.encode(notebook))
        write_record(found, files, staging)
        files.put_in_place(staging, last=executed)
