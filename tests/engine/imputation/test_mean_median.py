"""Imputation by middle values, each worked by hand."""

import pandas as pd
import pytest

from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.imputation import impute

NAN = float("nan")
CITIES = ["甲", "乙", "丙", "丁", "戊"]
UNITS = pd.DataFrame({"class": ["省会", "省会", "省会", "地级市", None], "row": range(5)}, index=CITIES)
TREE = Framework.from_table(
    pd.DataFrame(
        {
            "code": ["root", "p", "q", "s", "t", "u", "a", "b", "c", "d", "e"],
            "level": [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
            "parent": [None, "root", "root", "p", "p", "q", "s", "s", "s", "t", "u"],
            "direction": [1, 1, 1, 1, 1, 1, 1, -1, 1, 1, 1],
            "weight": 1.0,
            "unit": None,
            "name_zh": "名",
            "name_en": "name",
        }
    )
)


def frame(*values, column="x"):
    return pd.DataFrame({column: [float(value) for value in values]}, index=CITIES)


def filled(data, method, **params):
    return impute(data, method, **params)[0]


def test_the_mean_and_the_median_of_the_indicator():
    data = frame(1, 2, NAN, 9, NAN)
    assert filled(data, "mean")["x"].tolist() == [1, 2, 4, 9, 4]
    assert filled(data, "median")["x"].tolist() == [1, 2, 2, 9, 2]


def test_the_mean_of_equal_values_is_that_value():
    # 0.1 + 0.1 + 0.1 is a little more than 0.3
    data = frame(0.1, 0.1, 0.1, NAN, NAN)
    assert filled(data, "mean")["x"].tolist() == [0.1] * 5
    assert filled(data, "group-mean", groups=pd.Series("all", index=CITIES))["x"].tolist() == [0.1] * 5


def test_the_mean_and_the_median_of_the_group():
    data = frame(1, 4, NAN, 9, NAN)
    # the mean of 甲 and 乙; 戊 has no group
    assert filled(data, "group-mean", groups="class", units=UNITS)["x"].tolist() == pytest.approx(
        [1, 4, 2.5, 9, NAN], nan_ok=True
    )
    groups = pd.Series(["south", "south", "south", "south", "north"], index=CITIES)
    assert filled(data, "group-median", groups=groups)["x"].tolist() == pytest.approx([1, 4, 4, 9, NAN], nan_ok=True)
    assert filled(data, "group-mean", groups=groups)["x"].tolist() == pytest.approx([1, 4, 14 / 3, 9, NAN], nan_ok=True)


def test_a_group_without_a_value_leaves_its_units_missing():
    data = frame(1, 4, 5, NAN, 7)
    result, mask = impute(data, "group-mean", groups="class", units=UNITS)
    assert result["x"].isna().tolist() == [False, False, False, True, False]
    assert not mask.to_numpy().any()


def test_groups_go_by_the_name_of_the_unit_and_not_by_its_row():
    data = frame(1, 4, NAN, 9, 7)
    shuffled = UNITS.iloc[[4, 2, 0, 3, 1]]
    assert filled(data, "group-mean", groups="class", units=shuffled).loc["丙", "x"] == 2.5


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"groups": "clas", "units": UNITS}, "no column 'clas' in the table of units. Did you mean class"),
        ({"groups": "class"}, "pass it as units"),
        ({"groups": "class", "units": UNITS.drop(index=["丙", "戊"])}, "no group is given for (丙, 戊|戊, 丙)"),
        ({"units": UNITS}, "'group-mean' needs 'groups'"),
    ],
)
def test_groups_that_are_not_there_are_refused(params, message):
    with pytest.raises(MethodError, match=message) as caught:
        impute(frame(1, 4, NAN, 9, 7), "group-mean", **params)
    assert caught.value.key == "imputation.groups"


def tree_data(**columns):
    return pd.DataFrame({name: columns.get(name, [0.0, 1, 2]) for name in "abcde"}, index=CITIES[:3], dtype=float)


def test_the_mean_of_the_siblings_on_a_common_scale():
    data = tree_data(a=[10, 30, NAN], b=[0, 5, 20], c=[100, 300, 200])
    # 丙: b, less being better, is the worst: 0; c is half way: 0.5; mean 0.25 of the way from 10 to 30
    result, mask = impute(data, "parent-mean", framework=TREE)
    assert result.loc["丙", "a"] == pytest.approx(15)
    assert mask.sum().sum() == 1


def test_the_mean_of_the_siblings_of_an_indicator_of_which_less_is_better():
    data = tree_data(a=[10, 30, 20], b=[0, NAN, 20], c=[100, 175, 200])
    # 乙: a is 1, c is 0.75; mean 0.875 of the way from the worst, 20, to the best, 0
    assert filled(data, "parent-mean", framework=TREE).loc["乙", "b"] == pytest.approx(20 - 0.875 * 20)


def test_an_only_child_and_a_unit_without_siblings_are_left_missing():
    data = tree_data(d=[1, 2, NAN], a=[NAN, 1, 2], b=[NAN, 3, 4], c=[NAN, 5, 6])
    result, mask = impute(data, "parent-mean", framework=TREE)
    assert result.isna().sum().sum() == 4
    assert not mask.to_numpy().any()


def test_siblings_that_are_the_same_for_all_say_nothing():
    data = tree_data(a=[10, 30, NAN], b=[7, 7, 7], c=[100, 300, 200])
    assert filled(data, "parent-mean", framework=TREE).loc["丙", "a"] == pytest.approx(20)
    constant = tree_data(a=[10, 10, NAN], b=[7, 7, 7], c=[100, 300, 200])
    assert filled(constant, "parent-mean", framework=TREE).loc["丙", "a"] == 10


def test_the_common_ancestor_may_stand_higher():
    data = tree_data(d=[0, 8, NAN], a=[1, 3, 2], b=[1, 2, 5], c=[0, 10, 1], e=[0, 1, 1])
    # below p: a 0.5, b 0, c 0.1; below the root e 1 as well
    assert filled(data, "parent-mean", framework=TREE, level=1).loc["丙", "d"] == pytest.approx(8 * 0.2)
    assert filled(data, "parent-mean", framework=TREE, level=0).loc["丙", "d"] == pytest.approx(8 * 0.4)
    pd.testing.assert_frame_equal(
        filled(data, "parent-mean", framework=TREE, level=2), filled(data, "parent-mean", framework=TREE)
    )


def test_a_level_without_ancestors_a_foreign_column_and_a_missing_tree_are_refused():
    data = tree_data(a=[10, 30, NAN])
    with pytest.raises(MethodError, match="stand at level 3") as caught:
        impute(data, "parent-mean", framework=TREE, level=3)
    assert caught.value.key == "imputation.level"
    with pytest.raises(MethodError, match="no indicator of the framework: z"):
        impute(data.rename(columns={"e": "z"}), "parent-mean", framework=TREE)
    with pytest.raises(MethodError, match="'parent-mean' needs 'framework'"):
        impute(data, "parent-mean")
