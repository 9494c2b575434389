"""Weights by regression: R's coefficients for `stackloss`, least squares under a constraint, refusals, files."""

import numpy as np
import pandas as pd
import pytest

from fhi import paths
from fhi.engine import index
from fhi.engine.errors import DataError, MethodError
from fhi.engine.framework import Framework
from fhi.engine.weighting import weigh
from fhi.scenarios import validated

# R's data set `stackloss` (Brownlee 1965)
AIR = [80, 80, 75, 62, 62, 62, 62, 62, 58, 58, 58, 58, 58, 58, 50, 50, 50, 50, 50, 56, 70]
WATER = [27, 27, 25, 24, 22, 23, 24, 24, 23, 18, 18, 17, 18, 19, 18, 18, 19, 19, 20, 20, 20]
ACID = [89, 88, 90, 87, 87, 87, 93, 93, 87, 80, 89, 88, 82, 93, 89, 86, 72, 79, 80, 82, 91]
LOSS = [42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15]
UNITS = [f"day {number:02d}" for number in range(1, 22)]
DATA = pd.DataFrame({"air": AIR, "water": WATER, "acid": ACID}, index=UNITS, dtype=float)
OUTCOME = dict(zip(UNITS, map(float, LOSS), strict=True))


def tree(*leaves):
    table = pd.DataFrame({"code": ["root", *leaves], "level": [0, *[1] * len(leaves)]})
    table["parent"] = [None, *["root"] * len(leaves)]
    return Framework.from_table(table.assign(direction=1, weight=1.0, unit=None, name_zh="名", name_en="name"))


def test_the_weights_are_the_coefficients_that_r_prints():
    # lm(stack.loss ~ Air.Flow + Water.Temp): 0.6712, 1.2954
    found = weigh(DATA, tree("air", "water"), "regression", outcome=OUTCOME)
    assert found.to_dict() == pytest.approx({"air": 0.6712 / 1.9666, "water": 1.2954 / 1.9666}, abs=5e-5)


def test_a_negative_coefficient_is_refused_by_name():
    # lm(stack.loss ~ .): 0.7156, 1.2953, -0.1521
    with pytest.raises(MethodError, match=r"acid against the outcome .*air \+0.716, water \+1.3, acid -0.152"):
        weigh(DATA, tree("air", "water", "acid"), "regression", outcome=OUTCOME)


def test_with_the_constraint_what_runs_against_it_weighs_nothing():
    found = weigh(DATA, tree("air", "water", "acid"), "regression", outcome=OUTCOME, negative="constrain")
    # the fit without acid is the constrained one: its gradient in acid is negative there
    assert found.to_dict() == pytest.approx({"air": 0.6712 / 1.9666, "water": 1.2954 / 1.9666, "acid": 0}, abs=5e-5)


def test_families_and_all_indicators_together():
    nodes = pd.DataFrame(
        {"code": ["root", "p", "q", *"abc"], "level": [0, 1, 1, 2, 2, 2], "parent": [None, "root", "root", *"ppq"]}
    )
    framework = Framework.from_table(nodes.assign(direction=1, weight=1.0, unit=None, name_zh="名", name_en="name"))
    source = np.random.default_rng(5)
    data = pd.DataFrame(source.normal(size=(40, 3)), columns=list("abc"), index=[f"u{n}" for n in range(40)])
    outcome = dict(zip(data.index, data @ [3.0, 1.0, 4.0], strict=True))
    together = weigh(data, framework, "regression", outcome=outcome, within="all")
    assert together.to_dict() == pytest.approx({"p": 0.5, "q": 0.5, "a": 0.75, "b": 0.25, "c": 1.0})
    by_parent = weigh(data, framework, "regression", outcome=outcome)
    ones = np.column_stack([np.ones(40), data[["a", "b"]]])
    slopes = np.linalg.solve(ones.T @ ones, ones.T @ np.array([*outcome.values()]))[1:]
    assert by_parent[["a", "b"]].to_numpy() == pytest.approx(slopes / slopes.sum())


@pytest.mark.parametrize(
    ("data", "outcome", "told"),
    [
        (DATA.iloc[:3], OUTCOME, "3 units have the outcome and all of air, water; 4 are needed"),
        (DATA.assign(water=2.0 * DATA["air"]), OUTCOME, "air, water are collinear"),
        (DATA, dict.fromkeys(UNITS, 1.0), "outcome is the same for all"),
        (DATA, {"day 01": "much"}, "outcome of day 01 must be a number"),
        (DATA, "none.csv", "give the file of a table"),
    ],
)
def test_refusals(data, outcome, told):
    with pytest.raises(MethodError, match=told):
        weigh(data, tree("air", "water"), "regression", outcome=outcome)


def test_a_scenario_names_a_file_whose_cells_and_units_are_checked(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "SCENARIOS", tmp_path)
    framework = tree("air", "water")
    lines = [f"{unit},{value}" for unit, value in OUTCOME.items()]

    def method(*rows):
        (tmp_path / "loss.csv").write_text("\n".join(["city,value", *rows]), encoding="utf-8")
        return validated({"weighting": {"method": "regression", "outcome": "loss.csv"}}, "scenarios/mine.yml")

    good = method(*lines)
    index.check(good, framework, UNITS)
    assert weigh(DATA, framework, "regression", **good.weighting.params)["air"] == pytest.approx(
        0.6712 / 1.9666, abs=5e-5
    )
    with pytest.raises(MethodError, match=r"day 1.*day 01"):
        index.check(method(*lines, "day 1,3"), framework, UNITS)
    with pytest.raises(DataError, match=r"row 23.*much"):
        index.check(method(*lines, "day 22,much"), framework, UNITS)
