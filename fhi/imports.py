"""Which modules of this project a module imports, directly or not, read from its text: what its results depend on."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from fhi.paths import ROOT


def imported(code: str) -> set[tuple[str, str]]:
    """Return the imports of a text, wherever in it, as (module, name in it); no name where it is the module itself."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {(node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
    return {(module, name) for module, name in found if module.split(".")[0] == "fhi"}


def _file(module: str) -> Path | None:
    base = ROOT / module.replace(".", "/")
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def files(code: str) -> set[Path]:
    """Return the files that a text imports by name.

    ``from fhi.figures import style`` names the module ``style``, not what the package itself registers.
    """
    found = (_file(f"{module}.{name}") or _file(module) for module, name in imported(code))
    return {path for path in found if path}


@cache
def closure(path: Path) -> frozenset[Path]:
    """Return the files of this project that a module imports, directly or not, itself included."""
    seen: set[Path] = set()
    todo = {path}
    while todo:
        seen |= todo
        todo = set().union(*(files(file.read_text(encoding="utf-8")) for file in todo)) - seen
    return frozenset(seen)
