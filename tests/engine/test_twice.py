"""An indicator in two branches: one column of data, a weight in each place, left out and moved in both at once."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine import Framework, Method, build, uncertainty
from fhi.engine.errors import DataError, MethodError
from fhi.engine.explain import drop_each, why
from fhi.engine.multivariate import correlations, reliability


def tree(**changes):
    rows = [(0, "all", None, 1), (1, "a", "all", 3), (1, "b", "all", 1), (2, "x", "a", 1), (2, "y", "a", 1)]
    rows += [(2, "z", "b", 1), (2, "x_again", "b", 3)]
    table = pd.DataFrame(rows, columns=["level", "code", "parent", "weight"])
    table = table.assign(direction=1, unit="", name_zh="", name_en="", same_as=None).astype({"same_as": object})
    table.loc[table["code"] == "x_again", "same_as"] = "x"
    for column, value in changes.items():
        table.loc[table["code"] == "x_again", column] = value
    return Framework.from_table(table)


TREE = tree()
DATA = pd.DataFrame({"x": [10.0, 40, 70, 100], "y": [3.0, 9, 1, 5], "z": [8.0, 2, 6, np.nan]}, index=list("abcd"))
#: the same values as two indicators
DOUBLE = DATA.assign(x_again=DATA["x"])
APART = Framework.from_table(TREE.table.drop(columns="same_as"))
METHOD = Method(availability={})


@pytest.mark.parametrize(
    "steps",
    [
        {},
        {"imputation": {"method": "k-nearest-neighbours", "k": 1}},
        {"normalisation": "rank", "treatment": "winsorise"},
    ],
)
def test_it_is_one_column_of_data_that_counts_in_both_branches(steps):
    method = Method(availability={}, **steps)
    found = build(DATA, TREE, method)
    assert [*found.stages["indicators"]] == ["x", "y", "z"]
    assert found.stages["normalised"]["x_again"].tolist() == found.stages["normalised"]["x"].tolist()
    if "imputation" not in steps:  # neighbours would count the values of two indicators twice
        pd.testing.assert_frame_equal(found.scores, build(DOUBLE, APART, method).scores)
    # its weight is split between its places
    assert found.weights["effective"][["x", "x_again"]].tolist() == [3 / 8, 3 / 16]


def test_left_out_it_is_left_out_of_both_branches():
    effects, shifts = drop_each(DATA, TREE, METHOD)
    assert effects["node"].tolist() == ["a", "b", "x", "y", "z"]
    without = build(DATA, TREE, METHOD.model_copy(update={"exclude_indicators": ("x",)}))
    assert without.weights["effective"][["x", "x_again"]].tolist() == [0, 0]
    ranks = shifts.query("node == 'x'").set_index("city")["rank_without"]
    assert ranks.to_dict() == without.ranks["all"][ranks.index].to_dict()
    with pytest.raises(MethodError, match="there is no 'x_again'"):
        build(DATA, TREE, METHOD.model_copy(update={"exclude_indicators": ("x_again",)}))


def test_draws_move_and_leave_out_both_at_once():
    space = {"left_out": ["none", "indicators", "b"], "data_noise": {"x": {"sd": 2}}, "weight_noise": {"uniform": 0.2}}
    found = uncertainty(DATA, TREE, space, 16, method=METHOD)
    picked = set(found.parameters["left_out"])
    assert "x_again" not in picked and picked <= {"none", "x", "y", "z", "b"}
    for draw, row in found.parameters.iterrows():
        noise = row[[f"data_noise.x.{unit}" for unit in DATA.index]].to_numpy(dtype=float)
        raw = TREE.weights.astype(float)
        for parent in ("all", "a", "b"):
            numbers = row[[f"weight_noise.{node}" for node in TREE.children(parent)]].to_numpy(dtype=float)
            raw[TREE.children(parent)] *= 1 + 0.2 * (1 - 2 * numbers)
        left_out = {"none": [], "b": ["z", "x"]}.get(row["left_out"], [row["left_out"]])
        changed = {"exclude_indicators": tuple(left_out), "weights": raw[TREE.nodes].to_dict()}
        again = build(DATA.assign(x=DATA["x"] + 2 * noise), TREE, METHOD.model_copy(update=changed)).scores["all"]
        np.testing.assert_allclose(found.scores.loc[draw], again[found.units], rtol=1e-9)


def test_what_explains_a_gap_names_each_place_and_adds_up():
    index = build(DATA, TREE, METHOD)
    parts = why(index, TREE, METHOD, "c", "a").set_index("node")["contribution"]
    assert parts["x"] == pytest.approx(2 * parts["x_again"])
    assert parts[["x", "y", "z", "x_again"]].sum() == pytest.approx(parts["all"])


def test_it_is_not_correlated_with_itself():
    normalised = build(DATA, TREE, METHOD).stages["normalised"]
    assert "x_again" not in {*correlations(normalised, TREE)["second"]}
    assert reliability(normalised, TREE)["indicators"].to_dict() == {"all": 3, "a": 2, "b": 2}


@pytest.mark.parametrize(
    ("changes", "column"),
    [({"same_as": "w"}, "same_as"), ({"same_as": "a"}, "same_as"), ({"direction": -1}, "direction")],
)
def test_what_it_repeats_must_be_an_indicator_of_its_direction(changes, column):
    with pytest.raises(DataError) as error:
        tree(**changes)
    assert [problem.column for problem in error.value.problems] == [column]
