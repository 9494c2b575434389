"""What the project rests on: every package of the lock, and the systems on which the lock can be installed."""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from datetime import date
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pandas as pd

from fhi.files import replace_file
from fhi.paths import ROOT
from fhi.running.phrases import TEXTS
from fhi.store import to_csv

LOCK, PROJECT = ROOT / "requirements.lock", ROOT / "pyproject.toml"
FOLDER = ROOT / "fhi" / "codebook"
#: what is measured of each package, with what it is for; the systems, and whether the tests ran there
PACKAGES, SYSTEMS = FOLDER / "packages.csv", FOLDER / "systems.csv"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
#: systems as the installer names them
PLATFORMS = {
    "Linux x86-64": "x86_64-manylinux_2_28",
    "Linux ARM": "aarch64-manylinux_2_28",
    "macOS ARM": "aarch64-apple-darwin",
    "macOS x86-64": "x86_64-apple-darwin",
    "Windows x86-64": "x86_64-pc-windows-msvc",
}
#: names of licences as packages write them, and their short names
LICENCES = {
    r"MIT( License)?": "MIT",
    r"(The )?Apache.*2(\.0)?( License)?|Apache Software License.*": "Apache-2.0",
    r"(3-Clause |New )?BSD( 3-Clause.*|-3-Clause)?": "BSD-3-Clause",
    r"BSD License|BSD": "BSD",
    r"Mozilla Public License 2\.0.*": "MPL-2.0",
    r"Python Software Foundation License|PSF.*": "PSF-2.0",
    r"ISC.*": "ISC",
}


def locked(text: str | None = None) -> dict[str, tuple[str, list[str]]]:
    """Return by package of a lock its version and the packages that need it."""
    text = LOCK.read_text(encoding="utf-8") if text is None else text
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in text.splitlines():
        if match := re.match(r"([\w.-]+)==([^ \\;]+)", line):
            name = match[1]
            found[name] = (match[2], [])
        elif name and (match := re.match(r"    # (?:via|  ) ?([\w.-]+)", line)):
            found[name][1].append(match[1])
    return found


def direct() -> tuple[list[str], list[str]]:
    """Return the packages that the project imports, and those of its developers alone, as pyproject.toml names them."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    more = project["optional-dependencies"]
    return _names([*project["dependencies"], *more["cluster"]]), _names(more["develop"])


def _names(entries: Sequence[str]) -> list[str]:
    """Return the packages of requirements, as the lock writes them."""
    return [re.match(r"[\w.-]+", entry)[0].replace("_", "-") for entry in entries]


def packages() -> pd.DataFrame:
    """Return what is known of every package, as `measure` wrote it."""
    return pd.read_csv(PACKAGES, dtype=str, keep_default_na=False)


def measure(python: Path = Path(sys.executable)) -> pd.DataFrame:
    """Measure the packages of the lock anew; needs the package index. What each is for is kept.

    Parameters
    ----------
    python : Path
        Interpreter of the environment.

    Returns
    -------
    DataFrame
        ``name, version, released, newest, newest_released, licence, megabytes, for_en, for_zh``.
    """
    lock = locked()
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "names.txt"
        names.write_text("\n".join(lock), encoding="utf-8")
        released, newest = _releases(LOCK, folder), _releases(names, folder)
        found = _described(distributions())
        # what this system does not install
        for platform in ("x86_64-pc-windows-msvc", "aarch64-apple-darwin"):
            for name in set(lock) - set(found):
                target = Path(folder) / name
                wanted = [f"{name}=={lock[name][0]}", "--no-deps", "--only-binary", ":all:", "--target", str(target)]
                _uv("pip", "install", "--quiet", "--python", str(python), "--python-platform", platform, *wanted)
                found |= _described(distributions(path=[str(target)]))
    known = packages().set_index("name") if PACKAGES.exists() else pd.DataFrame(columns=["for_en", "for_zh"])
    rows = []
    for name, (version, _) in lock.items():
        licence, size = found.get(name, ("", ""))
        words = [known[column].get(name, "") for column in ("for_en", "for_zh")]
        rows.append((name, version, released[name][1], *newest[name], licence, size, *words))
    columns = ["name", "version", "released", "newest", "newest_released", "licence", "megabytes", "for_en", "for_zh"]
    return pd.DataFrame(rows, columns=columns)


def _described(found) -> dict[str, tuple[str, str]]:
    """Return by package its licence and its size in megabytes."""
    return {
        re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower(): (licence(one), f"{_size(one) / 1e6:.1f}") for one in found
    }


def _size(distribution: Distribution) -> int:
    files = (file for file in distribution.files or () if file.suffix != ".pyc")
    return sum(path.stat().st_size for file in files if (path := Path(file.locate())).is_file())


def licence(distribution: Distribution) -> str:
    """Return the short name of the licence that a package states of itself."""
    about = distribution.metadata
    classified = [
        text.rsplit(" :: ", 1)[1] for text in about.get_all("Classifier", ()) if text.startswith("License ::")
    ]
    stated = (
        text for text in (*classified, about.get("License")) if text and text != "OSI Approved" and len(text) < 60
    )
    # what is no expression may be the whole text of a licence
    text = about.get("License-Expression") or next(stated, "")
    return next((short for pattern, short in LICENCES.items() if re.fullmatch(pattern, text)), text)


def _releases(requirements: Path, folder: str) -> dict[str, tuple[str, str]]:
    """Return by package the version to which requirements resolve, and the day on which it was published."""
    written = Path(folder) / "pylock.toml"
    written.unlink(missing_ok=True)
    options = ("--universal", "--fork-strategy", "fewest", "--no-deps", "--format", "pylock.toml", "--no-header")
    _uv("pip", "compile", "--quiet", *options, str(requirements), "-o", str(written))
    found = {}
    for package in tomllib.loads(written.read_text(encoding="utf-8"))["packages"]:
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        found[package["name"]] = (package["version"], min(f"{file['upload-time']:%Y-%m-%d}" for file in files))
    return found


def systems() -> pd.DataFrame:
    """Return on which systems the lock was tried: ``system, python, state``, and the day on which the tests ran."""
    return pd.read_csv(SYSTEMS, dtype=str, keep_default_na=False)


def resolve(tested: Sequence[str] = ()) -> pd.DataFrame:
    """Resolve the lock for every system and version of Python, wheels alone; needs the package index.

    Parameters
    ----------
    tested : sequence of str, optional
        Versions of Python whose tests passed on this system.

    Returns
    -------
    DataFrame
        As of `systems`. A version whose tests ran on an earlier day stays so, with that day, while its lock resolves.
    """
    here = next(name for name in PLATFORMS if name.startswith({"darwin": "macOS"}.get(sys.platform, "Linux")))
    known = {(row.system, row.python): (row.state, row.tested) for row in systems().itertuples() if row.tested}
    rows = []
    for system, platform in PLATFORMS.items():
        for python in PYTHONS:
            wanted = ["--python-version", python, "--python-platform", platform, "--only-binary", ":all:"]
            wanted += ["--require-hashes", "-r", str(LOCK), "--target", "none"]
            done = _uv("pip", "install", "--dry-run", "--quiet", "--python", sys.executable, *wanted, check=False)
            state, day = known.get((system, python), ("resolved", ""))
            if system == here and python in tested:
                state, day = "run", f"{date.today()}"
            if done.returncode:
                state, day = "no", ""
            rows.append((system, python, state, day))
            said, last = TEXTS["state"][state]["en"], (done.stderr.splitlines() or [""])[-1]
            print(f"{system:<15} {python}  {said}  {last}".rstrip())
    return pd.DataFrame(rows, columns=["system", "python", "state", "tested"])


def _uv(*arguments: str, check: bool = True) -> subprocess.CompletedProcess:
    command = [str(Path(sys.executable).with_name("uv")), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=check, cwd=ROOT)


def write(path: Path, table: pd.DataFrame) -> Path:
    """Write a table of this module.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    table : pandas.DataFrame
        In the order in which it is to be read.

    Returns
    -------
    pathlib.Path
        `path`.
    """
    return replace_file(path, to_csv(table).encode("utf-8"))


def package_list(language: str = "en") -> str:
    """Return every package of the lock with what is known of it, in Markdown."""
    lock, table = locked(), packages().set_index("name")
    first, second = direct()
    parts = (first, second, [name for name in lock if name not in {*first, *second}])
    blocks = []
    for title, names in zip(TEXTS["packages"].values(), parts, strict=True):
        lines = [f"### {title[language]}\n", TEXTS["head"]["packages"][language], "|---|---|---|---|---|---:|---|"]
        for name in sorted(names):
            row = table.loc[name]
            why = row[f"for_{language}"] or TEXTS["package"]["needed by"][language].format(_named(lock[name][1]))
            newest = "" if row["newest"] == row["version"] else f"{row['newest']} ({row['newest_released']})"
            cells = (name, row["version"], row["released"], newest, row["licence"], row["megabytes"], why)
            lines.append(f"| {' | '.join(cells)} |")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def system_list(language: str = "en") -> str:
    """Return on which systems the lock was tried, in Markdown."""
    found = systems()
    found["words"] = (
        found["state"].map({state: text[language] for state, text in TEXTS["state"].items()})
        + (" " + found["tested"]).str.rstrip()
    )
    words = found.pivot(index="system", columns="python", values="words").loc[list(PLATFORMS), list(PYTHONS)]
    lines = [f"| | {' | '.join(f'Python {python}' for python in PYTHONS)} |", "|---|" + "---|" * len(PYTHONS)]
    lines += [f"| {system} | {' | '.join(row)} |" for system, row in words.iterrows()]
    return "\n".join(lines)
