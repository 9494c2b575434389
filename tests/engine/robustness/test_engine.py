"""Draws computed together are the draws computed one after the other, for every assumption and combination."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples, sampled

from fhi.engine import aggregation, imputation, normalisation, treatment, weighting
from fhi.engine.index import build
from fhi.engine.methods import traits
from fhi.engine.parameters import Method
from fhi.engine.robustness import uncertainty

MIN_MAX = {"method": "min-max", "scale": [1, 100]}
POSITIVE = [MIN_MAX, {"method": "z-score", "mean": 100, "sd": 10}, "rank"]
MIXED = {0: "geometric", 1: "arithmetic", 2: "arithmetic"}
WEIGHT_NOISE = {"uniform": 0.25, "levels": [1, 2]}
DATA_NOISE = {"wage": {"relative": 0.02}, "school": {"answers": 200}}
KINDS = pd.DataFrame({"kind": list("aabbaabba")}, index=[f"unit {number}" for number in range(9)])
LEAVES = ["school", "work", "age", "wage", "rent", "pension", "savings", "debt", "dust"]
EXPERTS = {
    "Li": {"people": 50, "money": 30, "place": 20, "income": 60, "wealth": 40, "health": 50, "skills": 50}
    | {"school": 70, "work": 30, "wage": 50, "rent": 25, "pension": 25, "savings": 50, "debt": 50},
}
COMPARISONS = {
    "index": {"people": {"money": 2, "place": 4}, "money": {"place": 2}},
    "money": {"income": {"wealth": 2}},
    "people": {"health": {"skills": 1}},
    "skills": {"school": {"work": 3}},
    "income": {"wage": {"rent": 3, "pension": 3}, "rent": {"pension": 1}},
    "wealth": {"savings": {"debt": 2}},
}

#: the same families judged by their order, by swings of 100 and less, and by their best and worst
FAMILIES = {}
for _parent, _rows in COMPARISONS.items():
    _children = dict.fromkeys([*_rows, *(child for row in _rows.values() for child in row)])
    FAMILIES[_parent] = list(_children)
PLACES = {"one": {child: place for family in FAMILIES.values() for place, child in enumerate(family, start=1)}}
SWINGS = {"one": {child: 100 / place for child, place in PLACES["one"].items()}}
BEST_WORST = {
    "best_to_others": dict(PLACES["one"]),
    "others_to_worst": {
        child: len(family) / (1 + place) for family in FAMILIES.values() for place, child in enumerate(family)
    },
}

SPACES = {
    "normalisation": {"normalisation": POSITIVE},
    "weighting": {"weighting": ["original", "equal"]},
    "weights": {"weights": [{}, {"money": 3, "school": 0.5}]},
    "aggregation": {"normalisation": [MIN_MAX], "aggregation": ["arithmetic", "geometric", MIXED]},
    "aggregation upwards": {
        "normalisation": [MIN_MAX],
        "aggregation": [
            {0: "arithmetic", 1: "arithmetic", 2: "geometric"},
            {0: "geometric", 1: "arithmetic", 2: "geometric"},
        ],
        "weight_noise": {"uniform": 0.3, "levels": [1, 2, 3]},
    },
    "left out": {"left_out": ["none", "pillars", "indicators"]},
    "a node left out": {"left_out": ["none", "income", "dust"], "aggregation": ["arithmetic", "median"]},
    "weight noise": {"weight_noise": WEIGHT_NOISE},
    "weight noise of the leaves": {"weight_noise": {"uniform": 1, "levels": [3]}},
    "dirichlet": {"weight_noise": {"dirichlet": 1, "levels": [1]}},
    "two kinds of weight noise": {
        "weight_noise": [{"dirichlet": 2.5, "levels": [1, 3]}, {"uniform": 0.5, "levels": [2]}]
    },
    "data noise": {"data_noise": {"wage": {"relative": 0.1}, "dust": {"sd": 0.5}, "debt": {"sd": {"unit 1": 2.0}}}},
    "answers": {"data_noise": {"school": {"answers": 30}}, "normalisation": POSITIVE},
    "availability": {"availability": [{0: 1.0}, {0: 0.6, 1: 0.5, 2: 0.4}], "weight_noise": WEIGHT_NOISE},
    "everything": {
        "normalisation": POSITIVE,
        "left_out": ["none", "indicators"],
        "weighting": ["original", "equal"],
        "weight_noise": [{"dirichlet": 3, "levels": [1]}, {"uniform": 0.25, "levels": [2, 3]}],
        "aggregation": ["arithmetic", "geometric", MIXED],
        "data_noise": DATA_NOISE,
    },
}


def named(alternative):
    return {"method": alternative} if isinstance(alternative, str) else alternative


def with_all(alternatives, module, but=()):
    """Return alternatives and, by their names alone, the methods of a step that are not among them."""
    listed = {named(one).get("method") for one in alternatives}
    return [*alternatives, *sorted(set(module.METHODS) - listed - set(but))]


TREATMENTS = [
    "none",
    *({"method": "winsorise", "points": points, "skew": 0.3, "kurt": 0.1} for points in range(1, 4)),
    {"method": "winsorise", "points": 0, "skew": 0.3, "kurt": 0.1, "otherwise": "box-cox"},
    {"method": "winsorise-percentiles", "low": 10, "high": 85},
]
IMPUTATIONS = [
    *("none", "mean", "median", "parent-mean", {"method": "group-mean", "groups": "kind"}),
    *({"method": "k-nearest-neighbours", "k": 2}, {"method": "em", "ridge": 0.3, "tolerance": 1e-4}),
    {"method": "group-median", "groups": "kind"},
    *({"method": "regression", "on": ["age"]}, {"method": "random-donor", "groups": "kind"}),
]
NORMALISATIONS = [
    *("log-min-max", "efficacy", "z-score", "robust", "proportion-of-sum", "rank", "borda", "percentile-rank"),
    *("min-max", "distance-to-maximum", {"method": "goalposts", "goalposts": {leaf: [0, 100] for leaf in LEAVES}}),
    {"method": "distance-to-targets", "targets": dict.fromkeys(LEAVES, 100) | {"debt": 0, "dust": 0}},
    {"method": "distance-to-reference", "reference": "unit 0"},
    {"method": "bounds-by-rule", "worst": {"percentile": 5}, "best": "max"},
    {"method": "optimum", "optima": {leaf: [-300, 60, 500] for leaf in LEAVES}},
    {"method": "categories", "points": {leaf: {-1000: 1, 50: 2, 60: 4} for leaf in LEAVES}},
]
WEIGHTINGS = [
    *("original", "equal", {"method": "equal", "within": "all"}, "entropy", "coefficient-of-variation", "critic"),
    *("standard-deviation", "merec", {"method": "factor-analysis", "factors": 1}, "correlation-optimised"),
    {"method": "budget-allocation", "experts": EXPERTS},
    {"method": "ahp", "matrices": COMPARISONS},
    {"method": "rank-order-centroid", "experts": PLACES},
    {"method": "swing", "experts": SWINGS},
    {"method": "best-worst", "comparisons": BEST_WORST},
]
AGGREGATIONS = [
    *("arithmetic", "geometric", "harmonic", "median", "minimum", "mazziotta-pareto", "adjusted-mazziotta-pareto"),
    *({"method": "generalised-mean", "exponent": -0.5}, {"method": "owa", "exponent": 2}, "topsis", "copeland"),
    *("outranking", "condorcet", {"method": "benefit-of-the-doubt", "least": 0.05}),
    {0: "copeland", 1: "median", 2: "arithmetic"},
    {0: "harmonic", 1: "geometric", 2: "geometric"},
]
#: rules of single nodes, which ask for a number of children of their own
RULES = {name for name in aggregation.METHODS if traits("aggregation", name).complete}
#: and a method that refuses gaps
RULES |= {"order-m"}
TREATMENTS, IMPUTATIONS = with_all(TREATMENTS, treatment), with_all(IMPUTATIONS, imputation)
NORMALISATIONS, AGGREGATIONS = with_all(NORMALISATIONS, normalisation), with_all(AGGREGATIONS, aggregation, RULES)
# these refuse the data: some indicators run against the others, or against any outcome
REFUSING = {"pca", "unobserved-components", "regression"}
WEIGHTINGS = with_all(WEIGHTINGS, weighting, but=REFUSING)
METHODS = {
    "every treatment": {"treatment": TREATMENTS, "data_noise": DATA_NOISE, "weight_noise": WEIGHT_NOISE},
    "every imputation": {"imputation": IMPUTATIONS, "left_out": ["none", "income"], "weight_noise": WEIGHT_NOISE},
    "every imputation of noise": {"imputation": IMPUTATIONS, "data_noise": DATA_NOISE},
    "every normalisation": {"normalisation": NORMALISATIONS, "data_noise": DATA_NOISE},
    "every weighting": {"normalisation": [MIN_MAX], "weighting": WEIGHTINGS, "weight_noise": WEIGHT_NOISE},
    "every weighting of noise": {
        "normalisation": [MIN_MAX],
        "weighting": WEIGHTINGS,
        "left_out": ["none", "wage"],
        "data_noise": DATA_NOISE,
    },
    "every aggregation": {"normalisation": POSITIVE[1:2], "aggregation": AGGREGATIONS, "weight_noise": WEIGHT_NOISE},
    "every aggregation of noise": {
        "normalisation": POSITIVE[1:2],
        "aggregation": AGGREGATIONS,
        "left_out": ["none", "savings", "people"],
        "data_noise": {"wage": {"sd": {"unit 1": 1.0}}},
    },
}


def compare(cases, data, tree, space, n, seed=5, method=None, **arguments):
    """Draw fast, build slowly, and compare scores to a relative 1e-12 and ranks exactly."""
    method = method or Method(availability={0: 0.2})
    result = uncertainty(data, tree, space, n, seed, method=method, **arguments)
    panel = data if "value" in data else cases["as_panel"](data, 0)
    expected = cases["slow"](panel, tree, space, result.parameters, method, arguments.get("units"))[result.units]
    np.testing.assert_allclose(result.scores.to_numpy(), expected.to_numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(result.ranks.to_numpy(), cases["ranks_of"](expected).to_numpy())
    return result


@pytest.mark.slow
@pytest.mark.parametrize("name, gaps", sampled([*SPACES], [0, 0.15]))
def test_draws_together_are_the_draws_one_by_one(cases, tree, name, gaps):
    data = cases["make_data"](tree, 9, seed=3, gaps=gaps)
    # the others may lack so much in some draw that they have no score
    among = None if gaps == 0 else ["unit 0", "unit 7", "unit 8"]
    result = compare(cases, data, tree, SPACES[name], 12, among=among)
    assert len(result.scores) == 12
    assert (result.scores.nunique() > 1).any()


@pytest.mark.slow
@pytest.mark.parametrize("name, gaps", sampled([*METHODS], [0, 0.1]))
def test_every_method_of_every_step_is_the_same_together(cases, tree, name, gaps):
    data = cases["make_data"](tree, 9, seed=8, gaps=gaps)
    result = compare(cases, data, tree, METHODS[name], 24, among=["unit 0", "unit 7", "unit 8"], units=KINDS)
    varied = next(
        iter(set(METHODS[name]) - {"normalisation", "weight_noise", "data_noise", "left_out"}), "normalisation"
    )
    assert result.parameters[varied].nunique() > 4


@pytest.mark.slow
@settings(max_examples=examples(15), deadline=None)
@given(st.data())
def test_any_combination_of_assumptions_is_the_same_one_by_one(cases, tree, data):
    names = data.draw(st.lists(st.sampled_from(sorted(SPACES)), min_size=2, max_size=4, unique=True))
    space = {key: value for name in names for key, value in SPACES[name].items()}
    space["normalisation"] = POSITIVE
    if "weights" in space:
        # equal weights take no account of raw ones, and that is refused
        space.pop("weighting", None)
    space |= data.draw(st.sampled_from([{}, {"treatment": TREATMENTS[:3]}, {"imputation": IMPUTATIONS[:4]}]))
    cells = cases["make_data"](tree, 7, data.draw(st.integers(0, 1000)), data.draw(st.sampled_from([0, 0.2])))
    compare(cases, cells, tree, space, 5, data.draw(st.integers(0, 2**31)), among=["unit 0", "unit 5", "unit 6"])


@pytest.mark.slow
def test_years_and_cities_and_coverage_of_a_panel(cases, tree):
    old, new = (cases["make_data"](tree, 8, seed=year, gaps=0.1) for year in (2016, 2018))
    panel = pd.concat([cases["as_panel"](old, 2016), cases["as_panel"](new.drop(columns="wage"), 2018)])
    space = {"year": [2018, 2016], "exclude_cities": [[], ["unit 3"]], "exclude_indicators": [[], ["rent"]]}
    space |= {"least_coverage": [0, 0.95], "panel": ["last-observed", {"method": "last-observed", "max_age": 2}]}
    space |= {"weight_noise": WEIGHT_NOISE, "data_noise": {"savings": {"relative": 0.05}}}
    compare(cases, panel, tree, space, 24, among=["unit 0", "unit 6", "unit 7"])


@pytest.mark.slow
@pytest.mark.parametrize("over", ["pooled", {"method": "base-year", "base": 2016}])
def test_draws_are_normalised_with_the_other_years_as_the_index_is(cases, tree, over):
    old, new = (cases["make_data"](tree, 8, seed=year) for year in (2016, 2018))
    units, method = new.index, Method(year=2018, over_years=over)
    old = cases["as_panel"](old, 2016)
    space = {"normalisation": [MIN_MAX, "z-score"], "left_out": ["none", "rent"]}
    space |= {"data_noise": {"savings": {"relative": 0.05}}}
    panel = pd.concat([old, cases["as_panel"](new, 2018)])
    result = uncertainty(panel, tree, space, 16, 5, method=method)
    pd.testing.assert_series_equal(result.study.nominal, build(panel, tree, method).scores[tree.root])
    assert result.parameters[["normalisation", "left_out"]].drop_duplicates().shape[0] == 4
    for draw, row in result.parameters.iterrows():
        noise = row[[f"data_noise.savings.{unit}" for unit in units]].to_numpy(dtype=float)
        moved = cases["as_panel"](new.assign(savings=new["savings"] * (1 + 0.05 * noise)), 2018)
        chosen = {"normalisation": space["normalisation"][result.sample.picks["normalisation"][draw]]}
        chosen |= {"exclude_indicators": [] if row["left_out"] == "none" else ["rent"]}
        expected = build(pd.concat([old, moved]), tree, Method(**(method.model_dump() | chosen))).scores[tree.root]
        np.testing.assert_allclose(result.scores.loc[draw], expected, rtol=1e-12)


@pytest.mark.slow
def test_a_method_is_taken_for_columnwise_only_if_columns_do_not_touch(cases, tree):
    data = cases["make_data"](tree, 9, seed=4, gaps=0.1)
    tables = {"imputation": IMPUTATIONS, "treatment": TREATMENTS, "normalisation": NORMALISATIONS}
    for step, alternatives in tables.items():
        for alternative in map(named, alternatives):
            params = {key: value for key, value in alternative.items() if key != "method"}
            run = {
                "imputation": lambda x, m, **p: imputation.impute(x, m, framework=tree, units=KINDS, **p)[0],
                "treatment": lambda x, m, **p: treatment.treat(x, m, **p)[0],
                "normalisation": lambda x, m, **p: normalisation.normalise(x, m, directions=tree.directions, **p),
            }[step]
            whole = run(data, alternative["method"], **params)
            if traits(step, alternative["method"]).columnwise:
                for column in data:
                    pd.testing.assert_frame_equal(run(data[[column]], alternative["method"], **params), whole[[column]])


def test_every_method_of_the_tables_is_among_those_compared():
    steps = {"imputation": (imputation, IMPUTATIONS), "treatment": (treatment, TREATMENTS)}
    steps |= {"normalisation": (normalisation, NORMALISATIONS), "aggregation": (aggregation, AGGREGATIONS)}
    for module, alternatives in steps.values():
        assert set(module.METHODS) <= {named(one).get("method") for one in alternatives} | RULES
    assert set(weighting.METHODS) - {named(one)["method"] for one in WEIGHTINGS} == REFUSING
