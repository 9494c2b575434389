"""The method of a scenario: typed, frozen, every level with its aggregation."""

import pytest
from pydantic import ValidationError

from fhi.engine.errors import MethodError
from fhi.engine.parameters import Method, Step, steps_by_level


def test_an_aggregation_of_one_name_is_a_step_of_every_level():
    assert steps_by_level("median", [0, 1]) == {0: Step(method="median"), 1: Step(method="median")}
    with pytest.raises(MethodError, match=r"aggregation: no method for level 1\."):
        steps_by_level({0: "median"}, [0, 1])


def test_a_method_is_frozen():
    method = Method()
    with pytest.raises(ValidationError, match="frozen"):
        method.year = 2017
    with pytest.raises(ValidationError, match="frozen"):
        method.normalisation.method = "rank"


def test_an_unknown_argument_of_a_method_is_refused():
    with pytest.raises(ValidationError, match="normalization"):
        Method(normalization="rank")


def test_the_defaults_of_one_method_are_not_those_of_another():
    Method().availability[0] = 0.0
    Method().weights["adoption"] = 2.0
    assert (Method().availability, Method().weights) == ({0: 1.0}, {})
