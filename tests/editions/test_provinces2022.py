"""The edition of 31 provinces: its names, and what is too old to enter."""

import json

import pytest

from fhi import editions
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.engine.years import build_years, comparable
from fhi.paths import RAW
from fhi.scenarios import load_scenario

METHOD = load_scenario("provinces2022")


@pytest.fixture(scope="module")
def tables():
    return editions.load(METHOD.edition)


def test_every_province_is_one_of_the_map_by_name_full_name_and_code(tables):
    features = json.loads((RAW / "boundaries/china_provinces.geojson").read_text(encoding="utf-8"))["features"]
    places = [item["properties"] for item in features if "adcode" in item["properties"]]
    known = {(str(place["adcode"]), place["name"]) for place in places}
    cities = tables["cities"]
    assert len(cities) == 31 and set(zip(cities["code"].astype(str), cities["aliases"], strict=True)) <= known
    assert all(alias.startswith(name) for name, alias in zip(cities["name_zh"], cities["aliases"], strict=True))


def test_what_is_too_old_stays_out_and_its_weight_with_its_siblings(tables):
    tree = Framework.from_table(tables["framework"])
    index = build(tables["indicators"], tree, METHOD)
    used = index.stages["screening"]["used"]
    # technical staff end in 2017, private employment in 2019: neither would enter without being excluded
    lenient = build(tables["indicators"], tree, METHOD.model_copy(update={"exclude_indicators": ()}))
    assert lenient.scores.equals(index.scores)
    assert set(used.index[~used]) == {"tech", "private"}
    assert index.weights["effective"]["patents"] == pytest.approx(1 / 6)
    assert index.weights["effective"]["urban"] == pytest.approx(1 / 9)
    assert index.scores[tree.root].notna().all()
    # every value that enters is of the edition's own year
    latest = tables["indicators"].query("indicator in @used.index[@used] and year == 2022")
    assert len(latest) == 8 * 31


def test_the_index_compares_over_the_years_that_have_every_indicator(tables):
    tree = Framework.from_table(tables["framework"])
    alike = comparable(build_years(tables["indicators"], tree, METHOD), tree)
    # the growth of investment funds begins in 2018
    assert [year for year, nodes in alike.items() if tree.root in nodes] == [2018, 2019, 2020, 2021, 2022]
