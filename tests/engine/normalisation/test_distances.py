"""Distances to the best unit, to a named one and to targets, worked by hand."""

import pandas as pd
import pytest

from fhi.engine.errors import MethodError
from fhi.engine.normalisation import normalise

NAN = float("nan")


def test_the_distance_to_the_maximum(normalised):
    # 1 - (12 - 5)/(12 - 2)
    assert normalised([2, 5, 12], "distance-to-maximum") == pytest.approx([0, 0.3, 1])


def test_the_distance_to_the_maximum_is_one_to_the_minimum_where_less_is_better(normalised):
    assert normalised([2, 5, 12], "distance-to-maximum", -1) == pytest.approx([1, 0.7, 0])
    # the wrong turn: a share of the maximum, 1 for the worst
    assert normalised([2, 5, 12], "distance-to-maximum", -1) != pytest.approx([2 / 12, 5 / 12, 1])


def test_the_distance_to_a_unit(normalised):
    # 乙 has 6: 1 - (6 - x)/(6 - 2)
    assert normalised([2, 6, 12], "distance-to-reference", reference="乙") == pytest.approx([0, 1, 2.5])
    assert normalised([2, 6, 12], "distance-to-reference", reference="乙", truncate=True) == pytest.approx([0, 1, 1])
    # less is better: 1 - (x - 6)/(12 - 6)
    assert normalised([2, 6, 12], "distance-to-reference", -1, reference="乙") == pytest.approx([10 / 6, 1, 0])


def test_a_reference_that_is_not_there_has_no_value_or_is_the_worst_is_refused(normalised):
    with pytest.raises(MethodError, match=r"no unit '乙方'. Did you mean 乙") as caught:
        normalised([2, 6], "distance-to-reference", reference="乙方")
    assert caught.value.key == "normalisation.reference"
    data = pd.DataFrame({"x": [1.0, 2, 3], "y": [5.0, NAN, 7], "z": [9.0, 3, 4]}, index=["甲", "乙", "丙"])
    directions = pd.Series({"x": 1, "y": 1, "z": -1})
    with pytest.raises(MethodError, match="乙 has no value in y; choose another unit"):
        normalise(data, "distance-to-reference", directions=directions, reference="乙")
    with pytest.raises(MethodError, match=r"甲 is no better than the worst value, .* in x, y, z; choose another unit"):
        normalise(data, "distance-to-reference", directions=directions, reference="甲")


def test_the_distance_to_a_target(normalised):
    # 1 - (8 - x)/(8 - 2)
    assert normalised([2, 5, 11], "distance-to-targets", targets={"x": 8}) == pytest.approx([0, 0.5, 1.5])
    assert normalised([2, 5, 11], "distance-to-targets", targets={"x": 8}, truncate=True) == pytest.approx([0, 0.5, 1])


def test_a_target_stays_in_the_indicators_own_unit_where_less_is_better(normalised):
    # 1 - (x - 5)/(11 - 5)
    assert normalised([2, 8, 11], "distance-to-targets", -1, targets={"x": 5}) == pytest.approx([1.5, 0.5, 0])


@pytest.mark.parametrize(("direction", "target", "worst"), [(1, 2, 2), (1, 1, 2), (-1, 11, 11), (-1, 12, 11)])
def test_a_target_that_the_worst_unit_meets_is_refused_with_column_and_values(normalised, direction, target, worst):
    with pytest.raises(MethodError, match=rf"x \({target}, the worst unit has {worst}\); set a better") as caught:
        normalised([2, 8, 11], "distance-to-targets", direction, targets={"x": target})
    assert (caught.value.key, caught.value.value) == ("normalisation.targets", "x")


def test_every_indicator_needs_a_target(normalised):
    with pytest.raises(MethodError, match="no target for x; add it under targets"):
        normalised([2, 8], "distance-to-targets", targets={"y": 3})
    with pytest.raises(MethodError) as caught:
        normalised([2, 8], "distance-to-targets", targets={"x": "high"})
    assert caught.value.key == "normalisation.targets.x"
