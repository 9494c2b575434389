"""What a run was made from and what it made: checksums, versions, counts, and the closing summary."""

import json
import platform
import re
import shutil
import subprocess
import tomllib
from collections.abc import Collection, Iterable
from importlib.metadata import version
from pathlib import Path

from fhi.editions.catalogue import checksum
from fhi.editions.provenance import of_parts, of_whole
from fhi.files import Files, is_hidden
from fhi.paths import RAW, ROOT, SCENARIOS, edition_folder, edition_names
from fhi.records import all_records, altered, record_path
from fhi.scenarios import layers_of, load_scenario
from fhi.showing.figures.evidence import label_words, part_words
from fhi.showing.figures.registry import EVIDENCE, LANGUAGES
from fhi.showing.report.ledger import verdict_counts
from fhi.showing.report.tables import node_names
from fhi.store import Store

NAME = "manifest.json"


def build_manifest(store: Store) -> dict:
    """Return the manifest of a scenario whose page and print have been written.

    Returns
    -------
    dict
        ``scenario`` and its whole ``method``; ``commit`` and whether what the build read differs from it (null
        without git); ``altered``, the files that were altered after they were built and accepted; ``python`` and
        ``packages``; ``inputs`` and ``outputs``, the SHA-256 of each file; ``evidence``, the number of figures and of
        panel values by label; ``verdicts``, the number of claims by verdict.
    """
    return {
        "scenario": store.scenario,
        "method": load_scenario(store.scenario).model_dump(mode="json"),
        "commit": commit(ROOT, read_files(store)),
        "altered": altered(store),
        "python": platform.python_version(),
        "packages": packages(),
        "inputs": _checksums(ROOT, inputs(store.scenario)),
        "outputs": _checksums(store.root, outputs(store)),
        "evidence": evidence(store),
        "verdicts": dict(sorted((row["name"], row["count"]) for row in verdict_counts(store) if row["count"])),
    }


def commit(root: Path, read: Collection[str] = ()) -> dict | None:
    """Return the commit of a checkout, and whether a build of it can be told apart from one of the commit.

    Parameters
    ----------
    root : Path
    read : collection of str
        What the build read, by path below the checkout.

    Returns
    -------
    dict or None
        ``id``; ``modified``, true if a tracked file differs, or if one that was read is not in the commit;
        ``not_in_commit``, those that were read. None if this is not a checkout.
    """
    if not shutil.which("git") or _git(root, "rev-parse", "--show-toplevel") != f"{root}\n":
        return None
    found = _git(root, "rev-parse", "--verify", "HEAD").strip()
    if not found:
        return None
    states = _git(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignored=matching")
    listed = {entry[3:]: entry[:2] for entry in states.split("\0") if entry}
    tracked = {path for path, state in listed.items() if state not in ("??", "!!")}
    # a folder that is ignored is listed itself
    folders = tuple(path for path in listed if path.endswith("/"))
    own = sorted(path for path in read if path in listed or path.startswith(folders))
    return {"id": found, "modified": bool(tracked or own), "not_in_commit": own}


def read_files(store: Store) -> list[str]:
    """Return the paths below the checkout of what a build read: raw data, own files, scenarios, notebooks, code."""
    read = {name for record in all_records(store).values() for name in record.get("inputs", {})}
    read = {name for name in read if not name.startswith(("processed/", "reports/"))}
    return sorted(read | {path.relative_to(ROOT).as_posix() for path in inputs(store.scenario)})


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def packages() -> dict[str, str]:
    """Return the installed version of every package that the project asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.match(r"[\w.-]+", requirement)[0] for requirement in project["dependencies"]}
    return {name: version(name) for name in sorted(names)}


def inputs(scenario: str) -> list[Path]:
    """Return the files that a run starts from: raw data of its edition, the scenarios it rests on, the lock."""
    others = {RAW / name for name in edition_names()} - {edition_folder(load_scenario(scenario).edition)}
    raw = [path for path in RAW.rglob("*") if path.is_file() and not is_hidden(path, RAW)]
    raw = [path for path in raw if not others & set(path.parents)]
    return [*raw, *(SCENARIOS / f"{name}.yml" for name in layers_of(scenario)), ROOT / "requirements.lock"]


def outputs(store: Store) -> list[Path]:
    """Return the built files of a scenario.

    Pictures of figures that are no longer registered are not among them, nor what other commands leave beside the
    report: comparisons and the workbook.
    """
    drawn = set(store["figures"]["id"])
    folders = [store.root / store.processed, store.root / store.reports]
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file() and not is_hidden(path, folder)]
    own = {store.root / record_path(store, "manifest")}
    found = [path for path in found if path.name != NAME and path not in own]
    beside = store.root / store.reports / "compare"
    found = [path for path in found if beside not in path.parents and path.suffix not in (".xlsx", ".png")]
    return [path for path in found if path.parent.name != "figures" or path.name.split(".")[0] in drawn]


def _checksums(root: Path, paths: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of files by their path below a folder, sorted."""
    return {path.relative_to(root).as_posix(): checksum(path) for path in sorted(paths)}


def evidence(store: Store) -> dict[str, dict[str, int]]:
    """Return how many figures and how many values of the panel carry each label."""
    labels = store["figures"]["evidence"].str.split("+").explode()
    counts = {"figures": labels.value_counts(), "panel": store["panel"]["evidence"].value_counts()}
    return {name: {label: int(found.get(label, 0)) for label in EVIDENCE} for name, found in counts.items()}


def write_manifest(store: Store) -> Path:
    """Write ``reports/<scenario>/manifest.json``."""
    text = json.dumps(build_manifest(store), ensure_ascii=False, indent=1, sort_keys=True)
    return store.write_bytes(f"{store.reports}/{NAME}", f"{text}\n".encode())


def made(files: Files) -> list[Path]:
    """Return what `make report` leaves for readers: page, print, manifest."""
    names = ("report.html", "report.zh.pdf", "report.en.pdf", NAME)
    return [files.root / files.reports / name for name in names]


def summary(store: Store) -> str:
    """Return what was made and where, figures by evidence, agreement with what it rests on, seconds by stage."""
    timings = store.root / ".timings" / store.scenario
    seconds = {path.name: path.read_text().strip() for path in sorted(timings.glob("*"))}
    counts = evidence(store)["figures"]
    labels = ", ".join(f"{label} {counts[label]}" for label in EVIDENCE if counts[label])
    named = zip(("page", "print", "", "manifest"), made(store), strict=True)
    there = [(name, path, path.stat().st_size / 1e6) for name, path in named if path.is_file()]
    lines = [f"{name:<10} {path} ({size:.1f} MB)" for name, path, size in there]
    lines.append(f"figures    {len(store['figures'])} in {' and '.join(LANGUAGES)}; by evidence: {labels}")
    lines += agreement(store)
    lines.append(f"seconds    {', '.join(f'{name} {value}' for name, value in seconds.items())}")
    return "\n".join(lines)


def agreement(store: Store) -> list[str]:
    """Return Kendall's tau-b with the published ranks, the evidence behind the weight, and the tau-b of its parts."""
    names = node_names(store)
    measures = of_whole(store["agreement"])["kendall_tau_b"].dropna()
    nodes = [node for node in names if node in measures]
    if not nodes:
        return ["agreement  no published ranks"]
    first = nodes[0]
    weight = "; ".join(f"{node}: {label_words(store, node)['en']}" for node in nodes)
    parts = of_parts(store["agreement"], first)["kendall_tau_b"].dropna()
    taus = ", ".join(f"{node} {measures[node]:.2f}" for node in nodes)
    lines = [f"agreement  Kendall's tau-b with the published ranks: {taus}", f"weight     {weight}"]
    if len(parts):
        told = ", ".join(f"{part_words(part, names)['en']} {tau:.2f}" for part, tau in parts.items())
        lines.append(f"parts      {first}, tau-b of {told}")
    return lines


def tau_of_root(store: Store) -> float | None:
    """Return Kendall's tau-b of the index with the published ranks; None if there are none."""
    measures = of_whole(store["agreement"])["kendall_tau_b"].dropna()
    return next((float(measures[node]) for node in node_names(store) if node in measures), None)
