"""The door to the tables of methods: parameters checked by kind, context handed over, results checked."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
import pytest

from fhi.engine import methods
from fhi.engine.errors import MethodError
from fhi.engine.methods import (
    Ascending,
    Attribute,
    Count,
    Flag,
    Indicator,
    NotNegative,
    Number,
    Percentile,
    Positive,
    Unit,
    Whole,
    call,
    check_frame,
    check_params,
)

NAN = float("nan")
DATA = pd.DataFrame({"x": [1.0, 2.0]}, index=["甲", "乙"])


def of(kind):
    """Return a method with one parameter of a kind."""

    def method(data, *, value):
        return value

    method.__annotations__["value"] = kind
    return method


def refusal(method, params, **options):
    with pytest.raises(MethodError) as caught:
        check_params(method, params, step="treatment", name="m", **options)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Number, [0, -1.5, np.float64(2), np.int64(2)], [NAN, float("inf"), "2", True, None]),
        (Positive, [0.1, 3], [0, -1, NAN, "2", True]),
        (NotNegative, [0, 3.5], [-0.1, float("inf"), "0"]),
        (Percentile, [0, 50, 100], [-1, 100.5, NAN]),
        (Count, [1, 5, 2.0], [0, 1.5, -3, True, "1"]),
        (Whole, [0, 7], [-1, 0.5, False]),
        (Flag, [True, False], [1, 0, "yes", None]),
        (
            Ascending,
            [(0, 1), [-1.5, 2], np.array([1, 2])],
            [(1, 0), (1, 1), (1,), (0, 1, 2), "01", (0, NAN), 5, ("a", "b")],
        ),
        (Literal["log", "none"], ["log"], ["sqrt", 1]),
        (Mapping[str, Positive], [{}, {"x": 1}], [{"x": 0}, [1]]),
        (list[Number], [[], [1, 2]], [["a"], 3]),
    ],
)
def test_a_value_is_of_the_kind_that_the_method_names_or_refused_with_key_and_value(kind, good, bad):
    for value in good:
        check_params(of(kind), {"value": value}, step="treatment", name="m")
    for value in bad:
        error = refusal(of(kind), {"value": value}, file="scenarios/x.yml")
        assert str(error).startswith("scenarios/x.yml: treatment.value")
        assert "found" in str(error)


def test_the_key_of_a_bad_value_inside_a_mapping_names_the_entry():
    error = refusal(of(Mapping[str, Ascending]), {"value": {"gdp": [1, 2], "loans": [3, 1]}})
    assert error.key == "treatment.value.loans"
    assert "must be two ascending numbers; found [3, 1]" in str(error)


@pytest.mark.parametrize(
    ("kind", "value"), [(Indicator, "gpd"), (Mapping[Indicator, Number], {"gpd": 1}), (list[Indicator], ["gpd"])]
)
def test_an_unknown_indicator_is_refused_with_the_nearest(kind, value):
    error = refusal(of(kind), {"value": value}, indicators=["gdp", "loans"], file="scenarios/x.yml")
    assert (error.file, error.key) == ("scenarios/x.yml", "treatment.value")
    assert "there is no 'gpd'. Did you mean gdp?" in str(error)
    # a step that is called by itself does not know them
    check_params(of(kind), {"value": value}, step="treatment", name="m")


def test_names_of_units_and_attributes_are_checked_against_their_own_lists():
    known = {"cities": ["北京"], "attributes": ["province_zh"], "indicators": ["gdp"]}
    check_params(of(Unit), {"value": "北京"}, step="s", name="m", **known)
    check_params(of(Attribute | pd.Series), {"value": "province_zh"}, step="s", name="m", **known)
    check_params(of(Attribute | pd.Series), {"value": pd.Series([1])}, step="s", name="m", **known)
    assert "Valid: 北京" in str(refusal(of(Unit), {"value": "gdp"}, **known))
    assert "Valid: province_zh" in str(refusal(of(Attribute), {"value": "北京"}, **known))


def test_an_unknown_parameter_and_a_missing_one_are_refused_by_name():
    def method(data, *, framework, needed, settable=1):
        return data

    error = refusal(method, {"need": 1})
    assert (error.key, error.valid) == ("treatment.need", ["needed", "settable"])
    error = refusal(method, {"settable": 2})
    assert error.key == "treatment.needed"
    assert "'m' needs 'needed'" in str(error)
    # what the index hands over is not for a scenario to set
    assert refusal(method, {"needed": 1, "framework": 3}).key == "treatment.framework"


def test_a_parameter_without_an_annotation_is_passed_on_as_it_is():
    marker = object()
    table = {"m": lambda data, *, value: value}
    assert call(table, "m", DATA, step="treatment", params={"value": marker}) is marker


def test_context_reaches_the_method_that_asks_for_it_and_no_other():
    table = {
        "asks": lambda data, *, units: units,
        "may do without": lambda data, *, units=None: units,
        "does not ask": lambda data: "nothing",
    }
    given = {"step": "imputation", "params": {}}
    assert call(table, "asks", DATA, units=5, **given) == 5
    assert call(table, "does not ask", DATA, units=5, **given) == "nothing"
    assert call(table, "may do without", DATA, units=None, **given) is None
    with pytest.raises(MethodError, match="'asks' needs 'units'"):
        call(table, "asks", DATA, units=None, **given)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (DATA.to_numpy(), "must return a frame"),
        (DATA["x"], "must return a frame"),
        (DATA.iloc[::-1], "same order"),
        (DATA.rename(columns={"x": "y"}), "must return a frame"),
        (DATA.assign(y=1.0), "must return a frame"),
        (DATA.assign(x=["a", "b"]), "must return numbers"),
        (DATA.assign(x=[1.0, float("inf")]), "infinite values in x"),
    ],
)
def test_what_is_not_units_by_indicators_of_finite_numbers_is_refused(result, message):
    with pytest.raises(MethodError, match=message) as caught:
        check_frame(result, DATA, step="treatment", name="m")
    assert (caught.value.key, caught.value.value) == ("treatment", "m")


def test_whole_numbers_come_back_as_floats():
    assert check_frame(DATA.astype(int), DATA, step="treatment", name="m").dtypes.tolist() == [float]


def test_the_context_is_what_the_steps_hand_over():
    assert methods.CONTEXT == ("framework", "units", "directions")
