"""The space of assumptions is checked before anything runs."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine.errors import MethodError
from fhi.engine.parameters import Method, Step
from fhi.engine.robustness.distributions import Error
from fhi.engine.robustness.space import Choice, parse
from fhi.engine.words import label


def refused(tree, space, cities=()):
    with pytest.raises(MethodError) as caught:
        parse(space, Method(), tree, cities, file="scenarios/x.yml")
    assert caught.value.file == "scenarios/x.yml"
    return str(caught.value)


def test_a_space_is_read_with_its_alternatives_as_the_method_has_them(tree):
    space = parse(
        {
            "data_noise": {"wage": {"relative": 0.1}},
            "aggregation": ["arithmetic", {0: "geometric", 1: "median", 2: "arithmetic"}],
            "normalisation": ["rank", {"method": "z-score", "mean": 10, "sd": 2}],
            "weight_noise": [{"uniform": 0.5, "levels": [2, 1]}, {"dirichlet": 3, "levels": [3]}],
            "left_out": ["none", "income"],
        },
        Method(),
        tree,
    )
    assert space.assumptions == ["normalisation", "left_out", "weight_noise", "aggregation", "data_noise"]
    assert space.choices[0].values[1] == Step(method="z-score", mean=10, sd=2)
    assert space.choices[0].labels == ("rank", "z-score (mean 10, sd 2)")
    assert space.choices[2].labels[1] == "0: geometric, 1: median, 2: arithmetic"
    assert [noise.levels for noise in space.weight_noise] == [(1, 2), (3,)]
    assert space.choices[0].probabilities == (0.5, 0.5)


@pytest.mark.parametrize(
    ("space", "message"),
    [
        (
            {"normalization": ["rank"]},
            "robustness.normalization: there is no assumption 'normalization'. Did you mean norm",
        ),
        ({"normalisation": ["rnk"]}, "robustness.normalisation: normalisation: there is no 'rnk'. Did you mean rank"),
        ({"normalisation": [{"method": "z-score", "sd": -1}]}, "must be a positive number"),
        ({"normalisation": "rank"}, "give a list of alternatives"),
        ({"normalisation": []}, "give a list of alternatives"),
        ({"normalisation": ["rank", "rank"]}, "'rank' stands twice"),
        ({"normalisation": {"alternatives": ["rank"]}}, "{alternatives: […], probabilities: […]}"),
        ({"normalisation": {"alternatives": ["rank", "z-score"], "probabilities": [0.5, 0.6]}}, "of sum 1"),
        ({"normalisation": {"alternatives": ["rank", "z-score"], "probabilities": [1.0, 0.0]}}, "positive probability"),
        ({"normalisation": {"alternatives": ["rank", "z-score"], "probabilities": [1.0]}}, "each of the 2"),
        ({"aggregation": [{0: "median"}]}, "give exactly one method for each of the levels"),
        ({"weights": [{"mony": 2}]}, "Did you mean money"),
        ({"year": [2018, "later"]}, "valid integer"),
        ({"least_coverage": [0.5, 2]}, "less than or equal to 1"),
        ({"left_out": ["none", "incom"]}, "there is no node 'incom'. Did you mean income"),
        ({"weight_noise": {"uniform": 0.25, "level": [1]}}, "give {uniform: size, levels: […]}"),
        ({"weight_noise": {"uniform": 0.25, "dirichlet": 1}}, "give {uniform: size, levels: […]}"),
        ({"weight_noise": {"uniform": 1.5}}, "above 0 and at most 1"),
        ({"weight_noise": {"uniform": 0}}, "above 0 and at most 1"),
        ({"weight_noise": {"dirichlet": 0.01}}, "at least 0.05"),
        ({"weight_noise": {"uniform": 0.5, "levels": [0, 1]}}, "levels must be among [1, 2, 3]"),
        ({"weight_noise": {"uniform": 0.5, "levels": [[1]]}}, "levels must be among [1, 2, 3]"),
        ({"weight_noise": [{"uniform": 0.5, "levels": [1]}, {"dirichlet": 1, "levels": [1]}]}, "name each level once"),
        ({"weight_noise": []}, "name each level once"),
        ({"data_noise": {"wages": {"sd": 1}}}, "there is no 'wages'. Did you mean wage"),
        ({"data_noise": {"wage": {"sd": 1, "relative": 0.1}}}, "give one of"),
        ({"data_noise": {"wage": 2}}, "give one of"),
        ({"data_noise": {"wage": {"sd": 0}}}, "must be positive"),
        ({"data_noise": {"wage": {"relative": True}}}, "must be positive"),
        ({"data_noise": {"wage": {"sd": {"nowhere": 1}}}}, "there is no 'nowhere'"),
        ({"data_noise": {}}, "give the error by indicator"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(tree, space, message):
    assert message in refused(tree, space, cities=["unit 1"])


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_a_number_stands_for_the_alternative_that_its_floor_counts(count):
    choice = Choice("year", tuple(range(count)), tuple(map(str, range(count))), (1 / count,) * count)
    numbers = np.random.default_rng(0).random(1000)
    np.testing.assert_array_equal(choice.pick(numbers), np.floor(numbers * count))
    assert choice.pick(np.array([0.0, np.nextafter(1, 0)])).tolist() == [0, count - 1]


def test_standard_errors_are_as_stated():
    values = pd.Series({"a": 75.0, "b": 20.0, "c": np.nan})
    np.testing.assert_allclose(Error("answers", 200).deviations(values), [np.sqrt(75 * 25 / 200), np.sqrt(8), np.nan])
    np.testing.assert_allclose(Error("relative", 0.1).deviations(values), [7.5, 2, np.nan])
    np.testing.assert_allclose(Error("sd", 3).deviations(values), [3, 3, np.nan])
    np.testing.assert_allclose(Error("sd", {"b": 2}).deviations(values), [0, 2, np.nan])
    assert Error("answers", 200).moved(values, np.full((3, 1), 20.0))[:2, 0].tolist() == [100.0, 20 + 20 * np.sqrt(8)]


def test_alternatives_are_named_in_a_few_words():
    assert label(Step(method="winsorise", points=2)) == "winsorise (points 2)"
    assert label(None) == "none"
    assert label(()) == label({}) == "none"
    assert label({"gdp": 2.0}) == "gdp: 2"
