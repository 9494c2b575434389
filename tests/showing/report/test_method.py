"""The method as tables: every choice of the scenario, every node of the tree, every construction."""

import pytest

from fhi.engine.parameters import Step
from fhi.engine.ranking import outward
from fhi.scenarios import Scenario, load_scenario
from fhi.showing.report import method


@pytest.fixture(scope="module")
def store(built):
    return built.store()


def test_every_choice_of_a_method_has_a_row():
    table = method.choices(load_scenario("baseline"))
    assert len(table.rows) == len(Scenario.model_fields) - 2
    assert all(row[2]["zh"] and row[2]["en"] for row in table.rows), "a choice without its meaning"


def test_choices_show_method_and_parameters():
    chosen = Scenario(
        normalisation=Step(method="min-max", scale=[1, 100]),
        weights={"adoption": 2},
        aggregation={0: "geometric", 1: Step(method="owa", exponent=2)},
    )
    rows = {row[0]["en"]: row[1] for row in method.choices(chosen).rows}
    assert rows["Normalisation"] == {"zh": "极差标准化（区间 1–100）", "en": "min–max (scale 1–100)"}
    assert rows["Custom weights"]["en"] == "adoption: 2"
    assert rows["Aggregation"]["en"] == "0: geometric mean, 1: ordered weighted average (exponent 2)"
    assert rows["Excluded units"] == "—"


def test_the_tree_shows_weights_direction_and_data(store):
    rows = {row[0]["en"].strip("　"): row for row in method.tree(store, Scenario(directions={"gdp": -1})).rows}
    assert len(rows) == 30
    weights = store["weights"].set_index("node")
    assert rows["Users of fintech"][1:4] == [
        f"{weights.at['adoption', 'weight']:.3f}",
        f"{weights.at['adoption', 'effective']:.3f}",
        "{:.2f}–{:.2f}".format(*outward(*store["weight_bounds"].set_index("node").loc["adoption"], 2)),
    ]
    assert rows["Users of fintech"][4:] == [
        {"zh": "正向", "en": "positive"},
        "20",
        {"zh": "是", "en": "yes"},
        [{"badge": "published"}],
    ]
    assert [name for name, row in rows.items() if row[4] == {"zh": "逆向", "en": "negative"}] == ["Size of the economy"]
    assert rows["Support for fintech"][5:] == ["0", {"zh": "否", "en": "no"}, "—"]
    assert rows["Fintech industry"][4:] == [""] * 4


def test_every_indicator_says_what_it_measures(store):
    rows = method.constructions(store).rows
    assert len(rows) == 16
    assert all(row[1]["en"] for row in rows)
