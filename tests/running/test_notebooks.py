"""The notebooks as committed: thin, with documented parameters and stored outputs that hold on any machine."""

import ast
import json
import re

import pytest

from fhi.paths import NOTEBOOKS, ROOT

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))


def cells(path, kind):
    return [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == kind]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_is_thin(path):
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.For | ast.While), ast.unparse(node)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_parameter_is_documented_in_the_table_at_the_top(path):
    tagged = [c for c in cells(path, "code") if "parameters" in c["metadata"].get("tags", [])]
    assert len(tagged) == 1
    names = [node.targets[0].id for node in ast.parse("".join(tagged[0]["source"])).body]
    documented = re.findall(r"^\| `(\w+)` \|", "".join(cells(path, "markdown")[0]["source"]), re.MULTILINE)
    assert documented == names


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_with_outputs_and_without_this_machine(path):
    assert any(cell["outputs"] for cell in cells(path, "code"))
    text = path.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert "papermill" not in text
