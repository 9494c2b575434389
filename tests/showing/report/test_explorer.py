"""What the weight explorer starts from: the run's own scores and weights, and the rule of the index, or a refusal."""

import json
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from fhi.engine import index
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method, Step
from fhi.showing.report import explorer, explorer_chart


@pytest.fixture(scope="module")
def tables(built):
    return built.store()


@pytest.fixture(scope="module")
def rebuilt(tables):
    """Return a function from a method to the tables of a run with it."""

    def run(**settings) -> dict:
        framework = Framework.from_table(tables["tables/framework"])
        method = Method(least_coverage=0.5, year=2018, **settings)
        found = index.build(tables["panel"], framework, method)
        raw = ("framework", "cities", "edition", "published_ranks")
        names = (*(f"tables/{name}" for name in raw), "bounds", "weight_bounds")
        frames = {name: tables[name] for name in names}
        frames |= {"scores": found.scores.reset_index(), "ranks": found.ranks.reset_index()}
        return frames | {"weights": found.weights.reset_index(), "method": method}

    return run


def opened(frames):
    run = explorer.read_run(frames, frames["method"])
    return run, explorer.rows_of(frames, run)


def look(**settings) -> explorer_chart.Look:
    unit = {"zh": "城市", "en": "City"}
    return explorer_chart.Look(
        **{"hundred": False, "bands": False, "published": True, "places": 1, "unit": unit} | settings
    )


SETTINGS = {
    "baseline": {},
    "weights": {"weights": {"experience": 2, "economy": 5, "research": 0}},
    "geometric": {"aggregation": "geometric", "normalisation": Step(method="min-max", scale=[1, 100])},
    "mixed": {
        "aggregation": {0: "geometric", 1: "arithmetic", 2: "arithmetic"},
        "normalisation": Step(method="min-max", scale=[1, 100]),
    },
    "step": {
        "aggregation": {0: Step(method="arithmetic"), 1: "arithmetic", 2: Step(method="generalised-mean", exponent=2)}
    },
    "z-score": {"normalisation": Step(method="z-score")},
    "half": {"availability": {0: 0.6, 1: 0.5}},
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_the_rule_of_the_page_gives_the_scores_of_the_run(rebuilt, settings):
    frames = rebuilt(**settings)
    run, rows = opened(frames)
    assert explorer.obstacle(frames, run, rows) is None
    expected = frames["scores"].set_index("city")["FHI"]
    found = pd.Series(explorer.replay(run, rows), index=[row["zh"] for row in rows])[expected.index]
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert expected.notna().sum() >= 20


def test_only_what_has_data_gets_a_weight(rebuilt):
    run, _ = opened(rebuilt())
    nodes = {pillar.code: [node.code for node in below] for pillar, below in run.families}
    assert nodes == {
        "industry": ["internet_finance", "infrastructure"],
        "experience": ["application"],
        "ecosystem": ["economy", "research", "attention"],
    }
    assert run.idle["ecosystem"] == ["innovation", "regulation"]


def test_opening_weights_are_those_of_the_run(rebuilt):
    run, _ = opened(rebuilt(weights={"experience": 2}))
    assert [pillar.opening for pillar, _ in run.families] == pytest.approx([25, 50, 25])


def test_a_row_holds_the_published_rank_and_the_bounds_or_nothing(rebuilt, tables):
    _, rows = opened(rebuilt())
    by_city = {row["zh"]: row for row in rows}
    bounds = tables["bounds"].query("city == '贵阳' and node == 'FHI'").iloc[0]
    assert (by_city["贵阳"]["published"], by_city["贵阳"]["low"]) == (19, bounds["low"])
    assert by_city["大连"]["published"] is by_city["大连"]["low"] is by_city["大连"]["opening"] is None


@pytest.mark.parametrize(
    "aggregation, name",
    [("borda", "borda"), ({0: Step(method="arithmetic", p=2), 1: "arithmetic"}, "arithmetic {'p': 2}"), ({}, "()")],
    ids=["unknown", "parameters", "none"],
)
def test_an_aggregation_that_the_page_does_not_know_is_said_not_guessed(rebuilt, aggregation, name):
    frames = rebuilt()
    frames["method"] = frames["method"].model_copy(update={"aggregation": aggregation})
    run, rows = opened(frames)
    assert name in explorer.obstacle(frames, run, rows)["en"]


def test_a_geometric_mean_of_zero_is_said(rebuilt):
    frames = rebuilt()
    frames["method"] = frames["method"].model_copy(update={"aggregation": "geometric"})
    run, rows = opened(frames)
    assert "positive" in explorer.obstacle(frames, run, rows)["en"]


def test_scores_that_the_rule_does_not_give_are_noticed(rebuilt):
    frames = rebuilt()
    frames["scores"] = frames["scores"].assign(FHI=frames["scores"]["FHI"] + 1e-6)
    run, rows = opened(frames)
    assert "does not give" in explorer.obstacle(frames, run, rows)["en"]


def test_a_run_without_a_ranked_city_is_said(rebuilt):
    frames = rebuilt()
    frames["scores"] = frames["scores"].assign(FHI=float("nan"))
    run, rows = opened(frames)
    assert "No city" in explorer.obstacle(frames, run, rows)["en"]


def test_bounds_share_the_axis_only_where_scores_run_from_0_to_100():
    assert explorer.on_hundred(Method(normalisation="min-max"))
    assert not explorer.on_hundred(Method(normalisation=Step(method="min-max", scale=[0, 1])))
    assert not explorer.on_hundred(Method(normalisation="z-score"))


@pytest.mark.parametrize("settings", [SETTINGS["baseline"], SETTINGS["z-score"]], ids=["hundred", "other"])
def test_no_text_from_data_is_part_of_an_expression(rebuilt, settings):
    frames = rebuilt(**settings)
    frames["tables/framework"] = frames["tables/framework"].replace("economy", "evil'); alert('x")
    frames["scores"] = frames["scores"].rename(columns={"economy": "evil'); alert('x"})
    frames["weights"] = frames["weights"].replace("economy", "evil'); alert('x")
    run, _ = opened(frames)
    hundred = explorer.on_hundred(frames["method"])
    spec = explorer_chart.layers(run, look(hundred=hundred, bands=hundred)).to_dict()
    assert "evil" not in json.dumps(spec)
    assert ("low" in json.dumps(spec)) is hundred


def test_every_transform_stands_on_the_base_and_rows_are_ordered_by_rank(rebuilt):
    run, _ = opened(rebuilt())
    layers = explorer_chart.layers(run, look(hundred=True, bands=True)).to_dict()["layer"]
    with_rows = [layer for layer in layers if layer.get("data") == {"name": explorer_chart.ROWS}]
    assert len(with_rows) >= 6
    assert all(layer["transform"] == with_rows[0]["transform"] for layer in with_rows)
    assert all(layer["encoding"]["y"]["field"] == "row" for layer in with_rows)


@pytest.mark.skipif(not shutil.which("node"), reason="no node to run the expression outside a browser")
@pytest.mark.parametrize("aggregation", explorer.LIVE)
@pytest.mark.parametrize("least", [0.0, 0.5, 1.0])
def test_the_expression_is_the_rule_of_the_index(aggregation, least):
    """Random scores with gaps and random weights with zeros: the expression against the function of the index."""
    random = np.random.default_rng(7)
    scores = np.where(random.random((60, 3)) < 0.3, np.nan, random.uniform(1, 100, (60, 3)))
    nodes = [explorer.Node(f"n{j}", f"w{j}", f"s{j}", 1.0) for j in range(3)]
    rows = [{f"s{j}": None if np.isnan(x) else x for j, x in enumerate(row)} for row in scores]
    for weights in ([1.0, 1.0, 1.0], [0.0, 2.5, 1.0], [0.0, 0.0, 3.0], *random.uniform(0, 9, (5, 3)).tolist()):
        names = ", ".join(f"w{j} = {w!r}" for j, w in enumerate(weights))
        script = f"""
            const isValid = (x) => x !== null && x === x, log = Math.log, exp = Math.exp, {names};
            const mean = (datum) => {explorer_chart.mean(nodes, aggregation, least)};
            console.log(JSON.stringify({json.dumps(rows)}.map(mean)));"""
        done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
        found = np.array(json.loads(done.stdout), dtype=float)
        np.testing.assert_allclose(found, explorer._mean(scores, weights, aggregation, least), rtol=1e-12)
