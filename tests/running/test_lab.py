"""The lab: changes are checked as those of a scenario file, computed in memory, and nothing is written."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest

from fhi import paths
from fhi.engine.errors import MethodError
from fhi.engine.index import build
from fhi.running import lab
from fhi.scenarios import load_scenario


@pytest.fixture(scope="module")
def base():
    return lab.start("baseline")


@pytest.mark.slow
def test_a_change_gives_the_index_of_a_scenario_with_that_change(base):
    equal, data = {"weighting": {"method": "equal", "within": "all"}}, base.data
    expected = build(data.panel, data.framework, load_scenario("equal"), units=data.units)
    pd.testing.assert_frame_equal(lab.change(base, equal).index.scores, expected.scores)
    pd.testing.assert_frame_equal(lab.change(base, {}).index.scores, base.index.scores)
    assert lab.change(base, equal).data is base.data


@pytest.mark.slow
@pytest.mark.parametrize("name", ["geometric", "non-compensatory", "ahp", "wider"])
def test_a_change_starts_from_any_scenario(name):
    start = lab.start(name)
    pd.testing.assert_frame_equal(lab.change(start, {}).index.scores, start.index.scores)


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
def test_what_does_not_exist_is_refused_with_the_nearest(base, changes, nearest):
    with pytest.raises(MethodError, match=rf"lab.*{nearest}"):
        lab.change(base, changes)


@pytest.mark.slow
def test_other_constructions_and_own_files_are_data_of_the_lab(base, tmp_path, monkeypatch):
    wider = lab.change(base, {"constructions": {"services": "mobile-payment-index"}})
    assert len(wider.data.panel.query("indicator == 'services'")) > len(
        base.data.panel.query("indicator == 'services'")
    )
    pd.testing.assert_frame_equal(
        wider.data.panel.query("indicator == 'gdp'"), base.data.panel.query("indicator == 'gdp'")
    )
    monkeypatch.setattr(paths, "USER", tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/yearbooks.csv").write_text("city,measure,value\n北京,gdp,1\n", encoding="utf-8")
    own = lab.change(base, {"user_data": {"folder": "mine", "replaces": "cell"}})
    row = own.data.panel.query("indicator == 'gdp' and city == '北京' and year == 2018").iloc[0]
    assert (row["value"], row["evidence"]) == (1, "user")
    moved = lab.compare(base, own).moves.query("node == 'economy' or node == 'ecosystem'")
    assert moved["difference"].notna().any()
    assert lab.pair(lab.compare(base, own))[0] == "北京"


def test_the_pair_is_who_moved_most_and_who_stands_next_above_or_as_named(base):
    found = lab.compare(base, lab.change(base, {"weights": {"experience": 2}}))
    city, rival = lab.pair(found)
    shifts = found.moves.query("node == 'FHI'").set_index("city")["shift"].abs()
    ranks = found.other.index.ranks["FHI"]
    assert shifts[city] == shifts.max() and ranks[rival] == ranks[ranks <= ranks[city]].drop(city).max()
    assert lab.pair(found, "香港", "重庆") == ("香港", "重庆")
    with pytest.raises(MethodError, match="lab: rival: '重请' has no rank"):
        lab.pair(found, "香港", "重请")


def test_the_notebook_of_a_scenario_starts_from_it_and_is_kept(tmp_path, monkeypatch):
    assert lab.notebook("baseline") == paths.NOTEBOOKS / "lab.ipynb"
    monkeypatch.setenv("FHI_OUT", str(tmp_path))
    path = lab.notebook("equal")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert any('scenario = "equal"' in "".join(cell["source"]) for cell in cells)
    assert not any(cell.get("outputs") for cell in cells)
    path.write_text("edited", encoding="utf-8")
    assert lab.notebook("equal").read_text(encoding="utf-8") == "edited"
    with pytest.raises(MethodError, match="Did you mean equal"):
        lab.notebook("equall")


def test_what_is_said_and_kept(base, capsys):
    lab.say(lab.compare(base, lab.change(base, {"weights": {"experience": 2}})))
    assert "lab against baseline" in capsys.readouterr().out
    lab.as_yaml({"weights": {"experience": 2}, "exclude_cities": ["香港"]})
    assert capsys.readouterr().out == "weights:\n  experience: 2\nexclude_cities:\n- 香港\n"


@pytest.mark.slow
def test_a_slider_redraws_the_picture_in_place(base, monkeypatch):
    # without a front end there is nothing to move: the picture as it is
    assert "<svg" in lab.sliders(base).data
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=object()))
    box = lab.sliders(base, ["experience", "adoption"])
    *bars, picture = box.children
    assert [(bar.description, bar.value) for bar in bars] == [("Fintech experience", 1), ("Users of fintech", 1)]
    before = picture.value
    bars[0].value = 2
    expected = lab.ranks_picture(base, {"experience": 2, "adoption": 1})
    assert picture.value == expected != before
    bars[1].value = 0
    assert picture.value.startswith("<p>weights: the weights below application that have data sum to zero")


@pytest.mark.slow
def test_a_weight_is_tried_without_preparing_the_data_again(base, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("prepared again")

    monkeypatch.setattr("fhi.engine.index.prepare", refuse)
    tried = lab.change(base, {"weights": {"experience": 2}})
    assert lab.compare(base, tried).tau_b < 1
    with pytest.raises(AssertionError):
        lab.change(base, {"normalisation": "rank"})
