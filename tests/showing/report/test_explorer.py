"""The weight explorer against the engine: its script gives the index under any weights, means and scales."""

import json
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
import yaml

from fhi.engine import index
from fhi.engine.framework import Framework
from fhi.engine.parameters import Step
from fhi.scenarios import Scenario, load_scenario, validated
from fhi.showing.report import explorer, page

needs_node = pytest.mark.skipif(not shutil.which("node"), reason="no node to run the script outside a browser")


@pytest.fixture(scope="module")
def tables(built):
    return built.store()


@pytest.fixture(scope="module")
def rebuilt(tables):
    """Return a function from settings to the tables of a run with them, and its method."""

    def run(**settings) -> tuple[dict, Scenario]:
        framework = Framework.from_table(tables["tables/framework"])
        method = Scenario(least_coverage=0.5, year=2018, **settings)
        found = index.build(tables["panel"], framework, method)
        frames = {name: tables[f"tables/{name}"] for name in ("framework", "cities", "published_ranks", "edition")}
        frames = {f"tables/{name}": frame for name, frame in frames.items()}
        frames |= {name: tables[name] for name in ("bounds", "weight_bounds", "central_weights")}
        frames |= {name: found.stages[name].rename_axis("city").reset_index() for name in ("treated", "normalised")}
        frames |= {"scores": found.scores.rename_axis("city").reset_index()}
        frames |= {"ranks": found.ranks.rename_axis("city").reset_index(), "weights": found.weights.reset_index()}
        return frames, method

    return run


def scripted(state: dict, runs: list[tuple[dict, str, str]]) -> list[dict]:
    """Return what the script gives for each of (points, mean, scale): scores and ranks by city, or a fault."""
    program = (page.ASSETS / "explorer.js").read_text(encoding="utf-8")
    script = f"""
        const document = {{ getElementById: () => null }};
        {program}
        const state = {json.dumps(state)}, {{ build, ranked, tau }} = engine(state);
        const one = ([points, mean, scale]) => {{
          try {{
            const rows = ranked(build(new Map(Object.entries(points)), mean, scale).get(state.root));
            return {{ tau: tau(rows), rows: Object.fromEntries(rows.map((row) => [row.zh, [row.score, row.place]])) }};
          }} catch (fault) {{ return {{ fault: Object.keys(fault) }}; }}
        }};
        console.log(JSON.stringify({json.dumps(runs)}.map(one)));"""
    done = subprocess.run(["node", "-"], input=script, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def check(found: dict, expected: index.Index, root: str = "FHI") -> None:
    scores, ranks = expected.scores[root].dropna(), expected.ranks[root].dropna()
    assert set(found["rows"]) == set(scores.index) and len(scores) >= 3
    assert {city: row[1] for city, row in found["rows"].items()} == ranks.to_dict()
    np.testing.assert_allclose([found["rows"][city][0] for city in scores.index], scores, rtol=1e-9, atol=1e-9)


SETTINGS = {
    "baseline": {},
    "weights": {"weights": {"experience": 2, "economy": 5, "research": 0}},
    "geometric": {"aggregation": "geometric", "normalisation": Step(method="min-max", scale=[1, 100])},
    "harmonic": {"aggregation": "harmonic", "normalisation": Step(method="min-max", scale=[1, 100])},
    "mixed": {
        "aggregation": {0: "geometric", 1: "arithmetic", 2: "arithmetic"},
        "normalisation": Step(method="min-max", scale=[1, 100]),
    },
    "z-score": {"normalisation": Step(method="z-score")},
    "half": {"availability": {0: 0.6, 1: 0.5}},
    "rounded": {"ranking": {"decimals": 0}},
}


@needs_node
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_the_script_opens_with_the_index_of_the_run(rebuilt, settings):
    frames, method = rebuilt(**settings)
    state = explorer.state(frames, method, "mine")
    assert state["obstacle"] is None
    (found,) = scripted(state, [({node["code"]: node["open"] for node in state["nodes"]}, "own", "own")])
    framework = Framework.from_table(frames["tables/framework"])
    check(found, index.combine(frames["normalised"].set_index("city"), framework, method))


@needs_node
def test_twenty_random_sets_of_weights_rank_as_in_the_engine(rebuilt):
    frames, method = rebuilt()
    state, random = explorer.state(frames, method, "mine"), np.random.default_rng(20)
    sets = [{node["code"]: float(random.integers(0, 101)) for node in state["nodes"]} for _ in range(20)]
    framework, values = Framework.from_table(frames["tables/framework"]), frames["normalised"].set_index("city")
    for points, found in zip(sets, scripted(state, [(points, "own", "own") for points in sets]), strict=True):
        check(found, index.combine(values, framework, method.model_copy(update={"weights": points})))


SCALES = {
    "min-max": Step(method="min-max", scale=[0, 100]),
    "min-max-1": Step(method="min-max", scale=[1, 100]),
    "z-score": Step(method="z-score", mean=100, sd=10),
    "rank": Step(method="rank"),
}


@needs_node
@pytest.mark.parametrize("mean", explorer.MEANS)
@pytest.mark.parametrize("scale", SCALES)
def test_another_mean_and_another_normalisation_rank_as_in_the_engine(tables, rebuilt, mean, scale):
    frames, method = rebuilt(directions={"gdp": -1})
    state = explorer.state(frames, method, "mine")
    (found,) = scripted(state, [({node["code"]: node["open"] for node in state["nodes"]}, mean, scale)])
    if scale == "min-max" and mean != "arithmetic":
        assert found == {"fault": ["unit", "node", "name"]}
        return
    settings = {"directions": {"gdp": -1}, "aggregation": mean, "normalisation": SCALES[scale]}
    check(found, index.build(tables["panel"], Framework.from_table(tables["tables/framework"]), rebuilt(**settings)[1]))


@needs_node
def test_the_agreement_is_kendalls_tau_b_of_the_tables(tables):
    state = explorer.state(tables, load_scenario("baseline"), "baseline")
    (found,) = scripted(state, [({node["code"]: node["open"] for node in state["nodes"]}, "own", "own")])
    stored = tables["agreement"].set_index(["subset", "node"])["kendall_tau_b"]
    assert found["tau"] == pytest.approx(stored["all", "FHI"], abs=1e-12)


@needs_node
def test_weights_that_sum_to_zero_name_the_group(rebuilt):
    state = explorer.state(*rebuilt(), "mine")
    points = {node["code"]: node["open"] for node in state["nodes"]}
    below = [node["code"] for node in state["nodes"] if node["parent"] == "ecosystem"]
    (found,) = scripted(state, [(points | dict.fromkeys(below, 0.0), "own", "own")])
    assert found == {"fault": ["zero"]}


def test_only_what_has_data_gets_a_weight(rebuilt):
    frames, method = rebuilt()
    state = explorer.state(frames, method, "mine")
    codes = {node["code"] for node in state["nodes"]}
    assert {"industry", "infrastructure", "gdp"} <= codes and not {"innovation", "regulation", "support"} & codes
    ecosystem = next(node for node in explorer.sliders(frames, state) if node["code"] == "ecosystem")
    assert [node["code"] for node in ecosystem["children"]] == ["economy", "research", "attention"]
    assert [name["en"] for name in ecosystem["idle"]] == ["Innovation", "Regulatory environment"] or len(
        ecosystem["idle"]
    ) == 2


def test_presets_are_those_that_an_edition_has_ground_for(tables, rebuilt):
    method = load_scenario("baseline")
    found = explorer.state(tables, method, "baseline")["presets"]
    assert set(found) == {"equal", "ahp", "centre", "fitted"}
    assert found["equal"]["research"] == found["equal"]["economy"] == pytest.approx(100 / 3, abs=0.01)
    central = tables["central_weights"].set_index("node")["weight"]
    share = central["industry"] / central[["industry", "experience", "ecosystem"]].sum()
    assert found["centre"]["industry"] == pytest.approx(100 * share, abs=0.01)
    example = index.combine(
        tables["normalised"].set_index("city"),
        Framework.from_table(tables["tables/framework"]),
        load_scenario("ahp"),
    )
    assert found["ahp"]["experience"] == pytest.approx(100 * example.weights.at["experience", "weight"], abs=0.01)
    frames, own = rebuilt()
    frames.pop("central_weights")
    frames["tables/published_ranks"] = frames["tables/published_ranks"].iloc[:0]
    assert "fitted" not in explorer.state(frames, own, "mine")["presets"]
    assert "centre" not in explorer.state(frames, own, "mine")["presets"]


@needs_node
def test_fitted_weights_agree_more_with_the_published_order_than_those_of_the_run(tables):
    state = explorer.state(tables, load_scenario("baseline"), "baseline")
    opening = {node["code"]: node["open"] for node in state["nodes"]}
    own, fitted = scripted(state, [(opening, "own", "own"), (state["presets"]["fitted"], "own", "own")])
    assert fitted["tau"] > own["tau"] and len(fitted["rows"]) >= len(own["rows"])


@pytest.mark.parametrize("aggregation", ["borda", {0: Step(method="generalised-mean", exponent=2), 1: "arithmetic"}])
def test_an_aggregation_that_the_page_does_not_know_is_said_not_guessed(rebuilt, aggregation):
    frames, method = rebuilt()
    chosen = aggregation if isinstance(aggregation, str) else aggregation | {2: "arithmetic"}
    state = explorer.state(frames, method.model_copy(update={"aggregation": chosen}), "mine")
    assert ("borda" if isinstance(aggregation, str) else "generalised-mean") in state["obstacle"]["en"]
    assert "fitted" not in state["presets"]


def test_bounds_share_the_axis_only_where_scores_run_from_0_to_100():
    assert explorer.on_hundred(Scenario(normalisation="min-max"))
    assert not explorer.on_hundred(Scenario(normalisation=Step(method="min-max", scale=[0, 1])))
    assert not explorer.on_hundred(Scenario(normalisation="z-score"))


def test_units_hold_what_is_known_of_them_and_no_more(tables):
    units = {row["zh"]: row for row in explorer.state(tables, load_scenario("baseline"), "baseline")["units"]}
    bounds = tables["bounds"].query("city == '贵阳' and node == 'FHI'").iloc[0]
    assert (units["贵阳"]["published"], units["贵阳"]["low"]) == (19, bounds["low"])
    assert set(units["大连"]) == {"zh", "en", "key"}


def test_a_scenario_of_the_explorer_is_one(tables):
    text = "base: baseline\nweighting: {method: original}\nweights:\n  industry: 90\n  experience: 33.333333\n"
    text += "aggregation: geometric\nnormalisation: {method: min-max, scale: [1, 100]}\n"
    own = yaml.safe_load(text)
    own.pop("base")
    settings = yaml.safe_load((page.Path("notebooks/scenarios/baseline.yml")).read_text(encoding="utf-8")) | own
    assert validated(settings, "mine.yml", {}).weights["industry"] == 90


def test_missing_values_are_null_for_the_script():
    frame = pd.DataFrame({"a": [1.0, np.nan]})
    assert explorer.columns(frame, ["a"]) == {"a": [1.0, None]}
