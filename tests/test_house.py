"""The layout of the code: imports go down only, no circles, small modules; what documents point to is there."""

import ast
import graphlib
import re

import pytest

from fhi.imports import imported
from fhi.paths import ROOT
from fhi.showing.figures import entries

#: the floors from the ground up; what stands on one floor may be used by those above it, and by its own
FLOORS = (
    {"engine"},
    {"codebook", "files", "imports", "kept", "paths", "processes", "records", "store"},
    {"reading"},
    {"editions", "scenarios"},
    {"showing"},
    {"running"},
    {"__main__"},
)
STEPS = {"imputation", "treatment", "normalisation", "weighting", "aggregation"}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "fhi").rglob("*.py"))
}


def imports(name: str) -> set[str]:
    """Return the modules of this project that a module imports, wherever in it."""
    pairs = imported(MODULES[name].read_text(encoding="utf-8"))
    found = {path if (path := f"{module}.{part}") in MODULES else module for module, part in pairs}
    return found - {"fhi", name}


def room(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room(name) in rooms)


def test_every_room_has_its_floor():
    rooms = [name for floor in FLOORS for name in floor]
    assert len(rooms) == len(set(rooms))
    assert {room(name) for name in MODULES} - {""} <= set(rooms)


@pytest.mark.parametrize("name", [name for name in MODULES if room(name)])
def test_imports_go_down(name):
    above = {other for other in imports(name) if floor(other) > floor(name)}
    assert not above, f"{name} reaches up to {above}"


def test_the_steps_do_not_import_one_another():
    def step(name):
        parts = name.split(".")
        return parts[2] if parts[1:2] == ["engine"] and parts[2:3] and parts[2] in STEPS else ""

    for name in MODULES:
        if step(name):
            assert not {other for other in imports(name) if step(other) not in ("", step(name))}, name


def test_there_are_no_circles():
    rooms = {}
    for name in MODULES:
        rooms.setdefault(room(name), set()).update(room(other) for other in imports(name) if room(other) != room(name))
    graphlib.TopologicalSorter(rooms).prepare()
    graphlib.TopologicalSorter({name: imports(name) for name in MODULES}).prepare()


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_small(name):
    text = MODULES[name].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 500
    assert ast.get_docstring(ast.parse(text)), "say what it is for"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            described = node.body[0].end_lineno if ast.get_docstring(node) else node.lineno
            assert node.end_lineno - described <= 60, node.name


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "data/raw/README.md", "data/user/README.md"])
def test_what_a_document_points_to_is_there(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    folder = (ROOT / name).parent
    for target in re.findall(r"\]\(([^)#]+?)\)", text):
        assert target.startswith("https://") or (folder / target).exists(), target
    for path in re.findall(r"`((?:data/raw|fhi|tests|notebooks|docs)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path


#: rooms, and "" for the modules beside them, in which every public function of two arguments or more has these sections
DESCRIBED = {
    "codebook": ["Parameters", "Returns|Yields"],
    "editions": ["Parameters", "Returns|Yields"],
    "engine": ["Parameters", "Returns|Yields"],
    "reading": ["Parameters", "Returns|Yields"],
    "running": ["Parameters", "Returns|Yields"],
    "showing": ["Parameters"],
    "": ["Parameters", "Returns|Yields"],
}
#: what `fhi.showing.figures.registry.figure` registers: all take what it says there
REGISTERED = {
    f"{plain.__module__}.{plain.__name__}"
    for entry in entries()
    for plain in (getattr(function, "func", function) for function in (entry.data, entry.caption, entry.draw))
}


@pytest.mark.parametrize("room", DESCRIBED)
def test_public_functions_describe_their_parameters(room):
    """Check the sections; what returns nothing needs no Returns, and a private class has no public functions."""
    lacking = []
    for name, path in MODULES.items():
        if room != ("" if path.parent == ROOT / "fhi" else path.relative_to(ROOT / "fhi").parts[0]):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
        bodies = [tree.body, *(node.body for node in classes)]
        for function in (node for body in bodies for node in body if isinstance(node, ast.FunctionDef)):
            given = function.args
            named = {one.arg for one in given.posonlyargs + given.args + given.kwonlyargs} - {"self", "cls"}
            if function.name.startswith("_") or len(named) < 2 or f"{name}.{function.name}" in REGISTERED:
                continue
            silent = function.returns is not None and ast.unparse(function.returns) == "None"
            for section in DESCRIBED[room][: 1 if silent else None]:
                if not re.search(rf"^({section})\n-+\n", ast.get_docstring(function) or "", re.MULTILINE):
                    lacking.append(f"{name}.{function.name}: {section}")
    assert not lacking
