"""Methods of the staff's own in a file beside the scenarios: used like any other, recorded with their checksum."""

import hashlib
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from fhi import scenarios
from fhi.engine import Framework, build, methods
from fhi.engine.errors import MethodError
from fhi.scenarios import resolved_yaml, validated

OWN = """
from fhi.engine.methods import method


@method("normalisation", "halved", zh="减半", en="halved", columnwise=True)
def halved(data):
    return data / {}
"""
TREE = Framework.from_table(
    pd.DataFrame([(0, "all", None), (1, "x", "all"), (1, "y", "all")], columns=["level", "code", "parent"]).assign(
        direction=1, weight=1.0, unit="", name_zh="", name_en=""
    )
)
DATA = pd.DataFrame({"x": [2.0, 4], "y": [6.0, 8]}, index=["a", "b"])


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(scenarios, "beside_scenarios", lambda name, key: tmp_path / name)
    yield tmp_path / "methods.py"
    for _, names in methods._FILES.values():
        for step, name in names:
            methods.TABLES[step].pop(name, None)
    methods._FILES.clear()


def test_a_method_of_the_file_is_used_and_recorded(file):
    file.write_text(OWN.format(2))
    method = validated({"methods": "methods.py", "normalisation": "halved"}, "x.yml")
    assert build(DATA, TREE, method).scores["all"].tolist() == [2, 3]
    written = yaml.safe_load(resolved_yaml(method))
    assert written["methods"] == {"file": "methods.py", "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    assert validated(written, "scenario.yml") == method
    # changed: the next scenario has the new one, what was built says so
    file.write_text(OWN.format(4))
    with pytest.raises(MethodError, match="was changed after this was built"):
        validated(written, "scenario.yml")
    again = validated({"methods": "methods.py", "normalisation": "halved"}, "x.yml")
    assert build(DATA, TREE, again).scores["all"].tolist() == [1, 1.5]


@pytest.mark.parametrize("guide", ["docs/guide.md", "docs/zh/guide.md"])
def test_the_method_of_the_guide_works_as_written(file, guide):
    text = Path(guide).read_text(encoding="utf-8")
    code, scenario = re.search(r"(?s)```python\n(.*?)```\n\n```\nprintf '(.*?)'", text).groups()
    file.write_text(code, encoding="utf-8")
    method = validated(yaml.safe_load(scenario.replace("\\n", "\n")) | {"normalisation": "identity"}, "mine.yml")
    # the roots of (4 + 36) / 2 and of (16 + 64) / 2
    assert build(DATA, TREE, method).scores["all"].tolist() == pytest.approx([20**0.5, 40**0.5])


def test_without_the_file_there_is_no_such_method(file):
    file.write_text(OWN.format(2))
    with pytest.raises(MethodError, match="there is no 'halved'"):
        build(DATA, TREE, validated({"normalisation": "halved"}, "x.yml"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (OWN.format(2) + "1 / 0\n", r"methods\.py cannot be run: line 8: ZeroDivisionError"),
        ("def (", r"methods\.py cannot be run: SyntaxError"),
        (OWN.format(2).replace('halved"', 'rank"', 1), r"there is a method 'rank' already"),
        (None, r"x\.yml: methods: there is no file 'methods\.py'"),
    ],
)
def test_a_file_that_cannot_be_run_is_refused_and_leaves_nothing(file, text, message):
    if text:
        file.write_text(text)
    before = {step: set(table) for step, table in methods.TABLES.items()}
    with pytest.raises(MethodError, match=message):
        validated({"methods": "methods.py"}, "x.yml")
    assert {step: set(table) for step, table in methods.TABLES.items()} == before
