"""The engine alone: its folder, copied into an empty one, builds an index, draws and bounds from a small frame."""

import ast
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from fhi.engine import Framework, build, uncertainty
from fhi.engine.errors import DataError
from fhi.paths import ROOT

#: what the engine may import; all the others only while they are used
NEEDED = {"numpy", "pandas", "scipy", "pydantic"}
LATER = {"tqdm", "threadpoolctl", "joblib", "highspy", "distributed"}
TREE = """level,code,parent,direction,weight,unit,name_zh,name_en
0,index,,1,1,,指数,Index
1,wage,index,1,2,,工资,Wage
1,rent,index,-1,1,,房租,Rent
"""
FIVE_LINES = """
tree = Framework.from_csv("tree.csv")
index = build(frame, tree, Method(normalisation="min-max"))
draws = uncertainty(frame, tree, {"weight_noise": {"uniform": 0.5}}, 200)
bounds = IdentifiedSet(facts, tree).score_bounds()
print(index.scores["index"].round(1).to_dict(), draws.intervals()["median"].tolist(), len(bounds))
"""
SCRIPT = f"""
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import pandas as pd
import fhi.engine
from fhi.engine import Framework, IdentifiedSet, Method, build, sensitivity, uncertainty

frame = pd.DataFrame({{"wage": [1.0, 3, 2], "rent": [5.0, 9, 1]}}, index=["x", "y", "z"])
columns = ["id", "kind", "subjects", "node", "value_value", "tolerance"]
facts = pd.DataFrame([("f", "order", "z|y|x", "index", None, 0.0)], columns=columns)
{FIVE_LINES}
homes = {{Path(module.__file__).parent for name, module in sys.modules.items() if name.startswith("fhi.")}}
assert all(str(home).startswith(sys.argv[1]) for home in homes), homes
"""
FRAME = pd.DataFrame({"wage": [1.0, 3, 2], "rent": [5.0, 9, 1]}, index=["x", "y", "z"])


@pytest.mark.slow
def test_the_folder_alone_builds_an_index_draws_and_bounds(tmp_path):
    shutil.copytree(ROOT / "fhi/engine", tmp_path / "fhi/engine", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "fhi/__init__.py").touch()
    (tmp_path / "tree.csv").write_text(TREE, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-I", "-c", SCRIPT, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stderr
    # min-max: wage 0, 100, 50 at 2/3, rent (less is better) 50, 0, 100 at 1/3
    assert run.stdout.startswith("{'x': 16.7, 'y': 66.7, 'z': 66.7}")


@pytest.mark.parametrize("path", sorted((ROOT / "fhi/engine").rglob("*.py")), ids=lambda path: path.stem)
def test_it_imports_itself_and_few_others(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            first = name.split(".")[0]
            assert name.startswith("fhi.engine") or first in NEEDED | LATER | sys.stdlib_module_names, name


def test_a_frame_and_a_panel_give_the_same_index(tmp_path):
    (tmp_path / "tree.csv").write_text(TREE, encoding="utf-8")
    tree = Framework.from_csv(tmp_path / "tree.csv")
    panel = FRAME.rename_axis(index="city", columns="indicator").stack().rename("value").reset_index()
    wide, long = build(FRAME, tree), build(panel.assign(year=2020), tree)
    pd.testing.assert_frame_equal(wide.scores, long.scores)
    reference = uncertainty(FRAME, tree, {"weight_noise": {"uniform": 0.5}}, 10).study.reference
    assert reference.tolist() == wide.ranks["index"].tolist()


def test_a_column_that_is_no_indicator_is_refused(tmp_path):
    (tmp_path / "tree.csv").write_text(TREE, encoding="utf-8")
    tree = Framework.from_csv(tmp_path / "tree.csv")
    with pytest.raises(DataError, match=r"column wages: found 'wages'; expected an indicator of the tree"):
        build(FRAME.rename(columns={"wage": "wages"}), tree)
