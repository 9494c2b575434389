"""The scenarios that come with the project: each says what it is, holds only what differs, and builds."""

import subprocess

import pandas as pd
import pytest
import yaml
from report_tables import load
from shipped import EDITION_NAMES, SCENARIO_NAMES, is_own

from fhi import editions, paths
from fhi.editions.alternatives import chosen
from fhi.editions.construction import panel
from fhi.engine.framework import Framework
from fhi.engine.index import build, check
from fhi.engine.weighting import experts
from fhi.engine.weighting.experts import priorities
from fhi.paths import BASELINE, RAW, REPORT, SCENARIOS
from fhi.scenarios import load_scenario, scenario_names

SPECIAL = {"香港", "澳门", "台北"}


@pytest.fixture(scope="module")
def framework():
    return Framework.from_csv(RAW / "report2018" / "framework.csv")


@pytest.fixture(scope="module")
def tables():
    return load()


@pytest.fixture(scope="module")
def index_of(tables, framework):
    """Return a function that builds the index of a scenario from the raw data of its edition."""
    built = {}

    def build_once(name):
        if name not in built:
            method = load_scenario(name)
            if method.edition == REPORT:
                built[name] = build(panel(tables, framework, instead=chosen(method)), framework, method)
            else:
                own = editions.load(method.edition)
                built[name] = build(own["indicators"], Framework.from_table(own["framework"]), method)
        return built[name]

    return build_once


def written(name):
    return yaml.safe_load((SCENARIOS / f"{name}.yml").read_text(encoding="utf-8"))


def test_the_scenarios_are_there():
    assert set(scenario_names()) >= set(SCENARIO_NAMES)
    assert set(paths.edition_names()) >= set(EDITION_NAMES)


def test_what_is_listed_as_shipped_is_what_is_under_version_control():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=paths.ROOT, capture_output=True, text=True)
    if listed.returncode:
        return  # the folder is no clone
    files = [paths.ROOT / name for name in listed.stdout.split("\0") if name]
    assert [path for path in files if any(map(is_own, (path, *path.parents)))] == []


@pytest.mark.parametrize("name", SCENARIO_NAMES)
def test_a_scenario_is_described_in_both_languages_and_repeats_nothing(name):
    settings, baseline = written(name), written(BASELINE)
    assert all(settings["description"][language].strip() for language in ("zh", "en"))
    if name != BASELINE:
        same = [key for key, value in settings.items() if baseline[key] == value]
        assert not same, f"as in the baseline: {same}"


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIO_NAMES)
def test_a_scenario_is_valid_and_builds_an_index(name, index_of):
    method = load_scenario(name)
    units, nodes = editions.units_of(method.edition)
    tree = Framework.from_table(nodes)
    check(method, tree, units.index, f"scenarios/{name}.yml")
    index = index_of(name)
    scored = index.scores[tree.root].dropna()
    assert len(scored) >= 19
    assert scored.nunique() > 10
    sums = index.weights.groupby("parent")["weight"].sum()
    assert sums.to_list() == pytest.approx([1] * len(sums))


@pytest.mark.slow
@pytest.mark.shipped("equal")
def test_equal_weighs_every_indicator_used_the_same(index_of, framework):
    effective = index_of("equal").weights.loc[framework.leaves, "effective"]
    assert effective[effective > 0].to_list() == pytest.approx([1 / 8] * 8)


@pytest.mark.slow
@pytest.mark.shipped("drop-experience")
def test_without_experience_the_index_is_of_the_other_pillars(index_of):
    with_it, without = index_of(BASELINE).scores, index_of("drop-experience").scores
    expected = with_it[["industry", "ecosystem"]].mean(axis=1, skipna=False)
    pd.testing.assert_series_equal(without["FHI"], expected, check_names=False)
    assert without["FHI"].count() > with_it["FHI"].count()


@pytest.mark.slow
@pytest.mark.shipped("mainland-only")
def test_mainland_only_normalises_without_the_others(index_of):
    index = index_of("mainland-only")
    assert not SPECIAL & set(index.scores.index)
    # a broker in 香港 made it the first in firm scale
    assert index.scores["firm_scale"].max() == 100
    assert index_of(BASELINE).scores["firm_scale"].drop(index="香港").max() < 100


@pytest.mark.slow
@pytest.mark.shipped("non-compensatory")
def test_the_order_of_the_non_compensatory_index_needs_the_order_of_the_pillars_alone(index_of):
    scores = index_of("non-compensatory").scores[["FHI", "industry", "experience", "ecosystem"]].dropna()
    assert sorted(scores["FHI"])[-1] <= len(scores) - 1
    for city, row in scores.iterrows():
        better = (scores.iloc[:, 1:] > row.iloc[1:]).all(axis=1)
        assert (scores.loc[better, "FHI"] > row["FHI"]).all(), city


@pytest.mark.slow
@pytest.mark.shipped("geometric")
def test_geometric_scores_never_pass_the_arithmetic_ones(index_of):
    geometric = index_of("geometric").scores["FHI"].dropna()
    # one point more for the worst: the scale runs from 1
    arithmetic = 1 + 0.99 * index_of(BASELINE).scores["FHI"].dropna()
    assert (geometric <= arithmetic + 1e-9).all()


@pytest.mark.shipped("ahp")
def test_the_example_matrices_follow_their_rule_and_are_consistent(framework):
    compared = [node for node in [framework.root, *framework.nodes] if len(framework.children(node)) > 1]
    for node in compared:
        family = framework.children(node)
        table = experts.matrix(load_scenario("ahp").weighting.params["matrices"], node, family)
        # twice the next, three times the one after it
        assert table.iloc[0].to_list() == list(range(1, len(family) + 1))
        assert priorities(table)[1] < 0.1
    assert {path.stem for path in (SCENARIOS / "ahp").glob("*.csv")} >= set(compared)
