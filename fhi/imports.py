"""Which modules of this project a module imports, directly or not, read from its text: what its results depend on.

Run as a script, with nothing but the standard library, it prints for Make the code that each stage and command
uses, and the tables that each stage writes.
"""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


#: an import of this project, alone on its line or lines; parsing every module takes thirty times as long
_IMPORT = re.compile(r"^[ \t]*(?:from (fhi[\w.]*) import (\([^)]*\)|[^\n#]*)|import (fhi[\w.]*))", re.MULTILINE)


def imported(code: str) -> set[tuple[str, str]]:
    """Return the imports of a text, wherever in it, as (module, name in it); no name where it is the module itself."""
    found = set()
    for module, names, alone in _IMPORT.findall(code):
        found |= {(module, name.split()[0]) for name in names.strip("() \n").split(",") if name.strip()}
        found |= {(alone, "")} if alone else set()
    return found


def _file(module: str) -> Path | None:
    base = ROOT / module.replace(".", "/")
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def files(code: str) -> set[Path]:
    """Return the files that a text imports by name.

    ``from fhi.showing.figures import style`` names the module ``style``, not what the package itself registers.
    """
    found = (_file(f"{module}.{name}") or _file(module) for module, name in imported(code))
    return {path for path in found if path}


@cache
def _files_of(path: Path) -> frozenset[Path]:
    return frozenset(files(path.read_text(encoding="utf-8")))


@cache
def closure(path: Path) -> frozenset[Path]:
    """Return the files of this project that a module imports, directly or not, itself included."""
    seen: set[Path] = set()
    todo = {path}
    while todo:
        seen |= todo
        todo = set().union(*map(_files_of, todo)) - seen
    return frozenset(seen)


def with_packages(modules: Iterable[Path]) -> set[Path]:
    """Return modules with what else they are made of.

    That is the packages that they stand in, since to import a module is to run the text of its package, and the CSV
    files of this project that they read: that of the same name beside a module, and those whose name its text has.
    """
    modules = set(modules)
    tables = set().union(*map(_tables_of, modules))
    return modules | tables | {path.with_name("__init__.py") for path in modules}


@cache
def _tables() -> tuple[Path, ...]:
    return tuple((ROOT / "fhi").rglob("*.csv"))


@cache
def _tables_of(path: Path) -> frozenset[Path]:
    named = set(re.findall(r'"(\w+\.csv)"', path.read_text(encoding="utf-8")))
    return frozenset(table for table in _tables() if table == path.with_suffix(".csv") or table.name in named)


def used_by(code: str) -> set[Path]:
    """Return every file of this project that a text uses, directly or not."""
    return with_packages(path for file in files(code) for path in closure(file))


def notebook_code(path: Path) -> str:
    """Return the code of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def make_rules() -> str:
    """Return for Make the variables ``CODE_<notebook>``, ``CODE_<command>`` (the code that each uses), ``KNOWN``, and
    those of `outputs`.
    """
    codes = {path.stem: notebook_code(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
    main = (ROOT / "fhi/__main__.py").read_text(encoding="utf-8")
    commands = [node for node in ast.parse(main).body if isinstance(node, ast.FunctionDef)]
    common = main[: main.index("\ndef ")]
    codes |= {node.name: common + (ast.get_source_segment(main, node) or "") for node in commands}
    listed = {f"CODE_{name}": used_by(code) for name, code in codes.items()} | {"KNOWN": (ROOT / "fhi").rglob("*.py")}
    lines = {name: sorted(path.relative_to(ROOT).as_posix() for path in paths) for name, paths in listed.items()}
    return "".join(f"{name} := {' '.join(words)}\n" for name, words in (lines | outputs()).items())


def outputs() -> dict[str, list[str]]:
    """Return the tables that each notebook writes, by the variable that lists them for Make.

    ``OUTPUTS_03`` are those of the stage 03 that are always written, ``OUTPUTS_03_<word>`` those that the column
    ``when`` of the codebook gives this word. Folders have no list: what is in them depends on the files given.
    """
    with (ROOT / "fhi/codebook/tables.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["stage"][:2].isdigit() and "/" not in row["name"]]
    found: dict[str, list[str]] = {}
    for row in rows:
        condition = "" if row["when"] == "always" else f"_{row['when']}"
        found.setdefault(f"OUTPUTS_{row['stage'][:2]}{condition}", []).append(row["name"])
    return found


if __name__ == "__main__":
    print(make_rules(), end="")
