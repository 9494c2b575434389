"""The lab: changes are checked as those of a scenario file, computed in memory, and nothing is written."""

import pandas as pd
import pytest

from fhi.engine.errors import MethodError
from fhi.engine.index import build
from fhi.running import lab
from fhi.scenarios import load_scenario
from fhi.showing import compare


@pytest.fixture(scope="module")
def data():
    return compare.raw_data()


@pytest.fixture(scope="module")
def base(data):
    return lab.start("baseline", data)


def test_a_change_gives_the_index_of_a_scenario_with_that_change(base, data):
    equal = {"weighting": {"method": "equal", "within": "all"}}
    expected = build(data.panel, data.framework, load_scenario("equal"), units=data.units)
    pd.testing.assert_frame_equal(lab.change(base, equal, data).index.scores, expected.scores)
    pd.testing.assert_frame_equal(lab.change(base, {}, data).index.scores, base.index.scores)


@pytest.mark.parametrize("name", ["geometric", "non-compensatory", "ahp"])
def test_a_change_starts_from_any_scenario(name, data):
    start = lab.start(name, data)
    pd.testing.assert_frame_equal(lab.change(start, {}, data).index.scores, start.index.scores)


@pytest.mark.parametrize(
    "changes, nearest",
    [
        ({"weigths": {}}, "weights"),
        ({"weights": {"adoptoin": 2}}, "adoption"),
        ({"normalisation": "zscore"}, "z-score"),
        ({"exclude_cities": ["香港市"]}, "香港"),
        ({"least_coverage": 2}, "less than or equal to 1"),
    ],
)
def test_what_does_not_exist_is_refused_with_the_nearest(base, data, changes, nearest):
    with pytest.raises(MethodError, match=rf"lab.*{nearest}"):
        lab.change(base, changes, data)


@pytest.mark.parametrize(
    "changes", [{"edition": "baltic"}, {"user_data": "."}, {"constructions": {"services": "mobile-payment-index"}}]
)
def test_other_data_than_those_of_the_report_are_refused(base, data, changes):
    with pytest.raises(MethodError, match=rf"lab: {next(iter(changes))}: the lab computes from the raw files"):
        lab.change(base, changes, data)
    with pytest.raises(MethodError, match="synthetic: user_data: the lab computes from the raw files"):
        lab.start("synthetic", data)


def test_what_is_said_and_kept(base, data, capsys):
    lab.say(compare.compare(base, lab.change(base, {"weights": {"experience": 2}}, data), data))
    assert "lab against baseline" in capsys.readouterr().out
    lab.as_yaml({"weights": {"experience": 2}, "exclude_cities": ["香港"]})
    assert capsys.readouterr().out == "weights:\n  experience: 2\nexclude_cities:\n- 香港\n"
