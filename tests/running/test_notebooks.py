"""The notebooks as committed: thin, with documented parameters and stored outputs that hold on any machine."""

import ast
import json
import re

import pytest
from shipped import notebook_paths

from fhi.paths import EXAMPLES, ROOT
from fhi.running import notebooks, pipeline

PATHS = notebook_paths()
SHOWN = sorted(EXAMPLES.glob("*.ipynb"))


def cells(path, kind):
    return [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == kind]


@pytest.mark.parametrize("path", PATHS + SHOWN, ids=lambda path: path.stem)
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


@pytest.mark.parametrize("path", PATHS + SHOWN, ids=lambda path: path.stem)
def test_what_a_notebook_explains_is_said_in_both_languages(path):
    for cell in cells(path, "markdown"):
        heading, _, text = "".join(cell["source"]).partition("\n") if cell["source"][0][0] == "#" else ("", "", "")
        assert not heading or re.fullmatch(r"#+ [^一-鿿]+ · .*[一-鿿].*", heading), heading
        paragraphs = [part for part in (text or "".join(cell["source"])).strip().split("\n\n") if part[0] != "|"]
        assert len(paragraphs) % 2 == 0, "a paragraph in English, then the same in Chinese"
        chinese = [part.endswith("。") for part in paragraphs]
        assert chinese == [False, True] * (len(paragraphs) // 2), heading


@pytest.mark.parametrize("path", PATHS + SHOWN, ids=lambda path: path.stem)
def test_a_notebook_is_stored_with_outputs_and_without_this_machine(path):
    assert any(cell["outputs"] for cell in cells(path, "code"))
    text = path.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert "papermill" not in text


@pytest.mark.slow
@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_an_example_runs_and_gives_what_is_stored(path):
    stored, found = notebooks.read(path), pipeline.run_example(path)
    assert [cell.get("outputs") for cell in found["cells"]] == [cell.get("outputs") for cell in stored["cells"]]


@pytest.fixture(scope="module")
def executed(built, tmp_path_factory):
    """Return by name the notebooks as they run now: those of the shared build, and the lab."""
    folder = built.folder / "reports/baseline/notebooks"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("FHI_OUT", str(tmp_path_factory.mktemp("lab")))
        return {path.stem: path for path in (*folder.glob("*.ipynb"), pipeline.run("lab", "baseline"))}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_stored_pictures_are_those_that_are_drawn_now(path, executed):
    """Pictures are no part of what nbval compares; `make notebooks` stores them anew."""
    stored, drawn = (notebooks.pictures(notebooks.read(file)) for file in (path, executed[path.stem]))
    changed = [name for name in {**stored, **drawn} if stored.get(name) != drawn.get(name)]
    assert not changed, f"{path.name}: {'; '.join(changed)} changed"


def said(notebook):
    """Return by cell and number what a notebook put out, pictures left out."""
    found = {}
    for place, cell in enumerate(notebook["cells"], start=1):
        for number, output in enumerate(cell.get("outputs", ()), start=1):
            data = {"text": output.get("text", ""), **output.get("data", {})}
            texts = {kind: "".join(text) for kind, text in data.items() if not kind.startswith("image/")}
            found[f"cell {place}, output {number}"] = texts
    return found


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_stored_texts_are_those_that_a_build_puts_out(path, executed):
    """All notebooks, in the build of Make; nbval runs the short ones in kernels of their own, in make fuzz all."""
    stored, now = (said(notebooks.read(file)) for file in (path, executed[path.stem]))
    changed = [name for name in {**stored, **now} if stored.get(name) != now.get(name)]
    assert not changed, f"{path.name}: {'; '.join(changed)} changed; make notebooks stores them anew"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_tables_of_cities_have_both_names(path, executed):
    shown = [
        "".join(output["data"]["text/html"])
        for cell in notebooks.read(executed[path.stem])["cells"]
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
    heads = [re.findall("<th>(\\w+)</th>", table) for table in shown]
    assert not [head for head in heads if "city" in head and "city_en" not in head]
    assert path.stem in ("02_indicators", "06_audit", "07_charting") or any("city_en" in head for head in heads)


def test_a_picture_that_changed_is_named():
    def shown(*images):
        outputs = [{"data": {"image/png": image, "text/plain": "x"}} for image in images]
        return {"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": [{"text": "a"}, *outputs]}]}

    before, after = notebooks.pictures(shown("aGE=\n", "aGI=")), notebooks.pictures(shown(["aGE="], "aGM="))
    assert [name for name in before if before[name] != after[name]] == ["cell 2, picture 2"]
