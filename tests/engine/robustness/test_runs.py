"""The analyses of the scenarios, and the grid."""

import pandas as pd
import pytest
from report_tables import load
from shipped import SCENARIO_NAMES

from fhi import editions
from fhi.editions.construction import panel
from fhi.editions.published import published
from fhi.engine.agreement import compare_ranks
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.engine.parameters import Effort, Method
from fhi.engine.robustness import runs
from fhi.paths import BASELINE, RAW, REPORT
from fhi.scenarios import load_scenario

FRAMEWORK = Framework.from_csv(RAW / "report2018" / "framework.csv")


@pytest.fixture(scope="module")
def tables():
    found = load()
    return {
        "panel": panel(found, FRAMEWORK),
        "top20": found["top20"],
        "published": published(editions.tidy(found)),
        "cities": found["cities"].set_index("name_zh"),
    }


def analysis(tables, method):
    return runs.Analysis(tables["panel"], FRAMEWORK, method, tables["top20"], tables["cities"])


def small(method, **changes):
    return method.model_copy(
        update={"robustness": method.robustness.model_copy(update={"draws": 300, "sobol": 8} | changes)}
    )


@pytest.mark.slow
def test_the_baseline_ranks_the_published_cities_and_its_reference_is_its_index(tables):
    method = load_scenario(BASELINE)
    found = analysis(tables, small(method))
    assert found.effort.draws == 300
    result = found.uncertainty()
    assert result.units == tables["top20"]["city"].tolist()
    expected = compare_ranks(
        build(tables["panel"], FRAMEWORK, method, units=tables["cities"]).scores, tables["published"]
    )
    expected = expected[expected["node"] == "FHI"].set_index("city")["rank"]
    assert result.study.reference.tolist() == expected[result.units].tolist()
    assert found.describe()["assumption"].tolist() == found.study.model.space.assumptions


@pytest.mark.slow
def test_the_base_of_the_tornado_of_the_baseline_is_its_reference(tables):
    found = analysis(tables, small(load_scenario(BASELINE)))
    base = found.tornado().drop_duplicates("city").set_index("city")["base"]
    assert base[found.study.names].tolist() == found.study.reference.tolist()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SCENARIO_NAMES if load_scenario(name).edition == REPORT])
def test_the_space_of_every_scenario_is_good_and_its_effort_fits(tables, name):
    method = load_scenario(name)
    runs.check(method, FRAMEWORK, tables["cities"].index, name, tables["cities"])
    effort = analysis(tables, method).effort
    driven = method.weighting.method in ("entropy", "pca")
    assert effort == (method.robustness.one_by_one if driven else method.robustness)


def test_only_cities_with_an_index_are_ranked(tables):
    method = small(load_scenario(BASELINE)).model_copy(update={"exclude_cities": ("香港",)})
    assert analysis(tables, method).study.names == [city for city in tables["top20"]["city"] if city != "香港"]


@pytest.mark.slow
def test_convergence_follows_the_first_published_places(tables):
    found = analysis(tables, small(load_scenario(BASELINE)))
    pairs = found.convergence(found.uncertainty()).dropna().drop_duplicates(["city", "other"])
    assert list(zip(pairs["city"], pairs["other"], strict=True)) == [
        *(("北京", "上海"), ("上海", "杭州"), ("杭州", "深圳"), ("深圳", "香港"))
    ]


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"sobol": 1000}, "robustness.sobol"),
        ({"one_by_one": {"draws": 5, "sobol": 12}}, "robustness.one_by_one.sobol"),
        ({"space": {"aggregation": ["arithmetical"]}}, "robustness.aggregation"),
        ({"grid": {"aggregation": ["arithmetical"]}}, "robustness.aggregation"),
        ({"grid": {"weight_noise": [{"uniform": 0.5}]}}, "robustness.grid"),
        ({"grid": {"left_out": ["none", "gdp"]}}, "robustness.grid"),
    ],
)
def test_what_is_wrong_in_a_scenario_is_refused_by_key(tables, settings, key):
    with pytest.raises(MethodError) as caught:
        runs.check(Method(robustness=settings), FRAMEWORK, (), "scenarios/x.yml")
    assert (caught.value.file, caught.value.key) == ("scenarios/x.yml", key)


def test_a_sweep_builds_every_combination(tables):
    grid = {"normalisation": ["min-max", "rank"], "aggregation": ["arithmetic", "geometric"]}
    method = load_scenario(BASELINE).model_copy(update={"robustness": Method(robustness={"grid": grid}).robustness})
    table, ranks = runs.sweep(tables["panel"], FRAMEWORK, method, tables["published"], units=tables["cities"])
    assert table["combination"].tolist() == [1, 2, 3, 4]
    assert table["normalisation"].tolist() == ["min-max", "min-max", "rank", "rank"]
    assert table["error"].notna().tolist() == [False, True, False, False]
    assert "a geometric mean needs positive scores" in table["error"][1]
    assert pd.isna(table["kendall_tau_b"][1])
    changed = method.model_copy(update={"normalisation": Method(normalisation="rank").normalisation})
    expected = compare_ranks(
        build(tables["panel"], FRAMEWORK, changed, units=tables["cities"]).scores, tables["published"]
    )
    expected = expected[expected["node"] == "FHI"].set_index("city")["rank"]
    found = ranks[ranks["combination"] == 3].set_index("city")["rank"]
    assert found[expected.index].tolist() == expected.tolist()
    assert "4, of which 1 cannot be built" in runs.describe_sweep(table)


def test_weights_that_a_weighting_does_not_take_are_an_error_of_the_combination_and_not_of_the_grid(tables):
    grid = {"weighting": ["original", "equal"]}
    method = Method(weights={"gdp": 2}, least_coverage=0.5, year=2018, robustness={"grid": grid})
    runs.check(method, FRAMEWORK)
    table, _ = runs.sweep(tables["panel"], FRAMEWORK, method, tables["published"])
    assert "takes no account of raw weights" in table["error"][1]


def test_beyond_five_hundred_units_the_effort_falls_in_proportion():
    asked = Effort(draws=10_000, sobol=4096)
    assert runs.within(asked, 500) == asked
    assert runs.within(asked, 2000) == Effort(draws=2500, sobol=1024)
    assert runs.within(asked, 3000) == Effort(draws=1666, sobol=512)
    assert runs.within(Effort(draws=1, sobol=2), 10**6) == Effort(draws=1, sobol=2)
