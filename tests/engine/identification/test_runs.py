"""The runs: which facts and restrictions each has, and what they do to the bounds."""

import itertools

import numpy as np
import pandas as pd
import pytest

from fhi import editions
from fhi.engine.identification import IdentifiedSet
from fhi.engine.identification.analyses import (
    ALL,
    INDEX,
    by_facts,
    gap_bounds,
    influence,
    runs,
    weight_maps,
)

EDITION = editions.edition("report2018")
GROUPS, VARIANTS = EDITION.facts.groups, EDITION.variants
#: every city is in the overall order, and in means of every size
SMALL = [
    ("order", "a|b|c", "FHI", 2),
    ("mean", "a|b", "FHI", 70, 1),
    ("mean", "b|c", "FHI", 45, 2),
    ("order", "b|a|c", "P", 1),
    ("leaders", "c", "r"),
    ("tie", "a|b", "q", None, 5),
    ("value", "a", "p", 12),
    ("value", "b", "p", 30),
    ("value", "c", "p", 20),
    ("mean", "a", "p", 40, 5),
    ("mean", "c", "FHI", 50, 50),
]
#: the groups that are added one by one
GROUPED = [
    ("order", "a|b|c", "FHI", 2),
    ("order", "b|a|c", "P", 1, {"group": "ranks"}),
    ("mean", "a|b|c", "FHI", 60, 1, {"group": "means"}),
    ("value", "a", "p", 12, 0, {"group": "adoption"}),
    ("value", "b", "p", 30, 0, {"group": "adoption"}),
    ("value", "c", "p", 20, 0, {"group": "adoption"}),
    ("order", "a|c|b", "q", None, 0, {"group": "attention"}),
    ("leaders", "c", "r", None, 0, {"group": "leaders"}),
    ("mean", "a", "p", 40, 5, {"group": "leaders"}),
]


@pytest.fixture(scope="module")
def small(tree, facts_of):
    # three pillars, since the map of weights is drawn for three
    return facts_of(*SMALL), tree(P=["p", "q"], R=["r"], S=["s"])


@pytest.fixture(scope="module")
def sets(published, framework):
    return runs(published, framework, GROUPS, VARIANTS)


def width(identified):
    frame = identified.score_bounds(["FHI"])
    return (frame["high"] - frame["low"]).sum()


def test_influence_is_that_of_a_plain_leave_one_out(small):
    facts, framework = small
    identified = IdentifiedSet(facts, framework)
    frame = influence(identified).set_index("id")["widening"]
    assert sorted(frame.index) == sorted(facts["id"])
    base = width(identified)
    for id in facts["id"]:
        wider = width(IdentifiedSet(facts[facts["id"] != id], framework)) - base
        assert frame[id] == pytest.approx(wider, abs=1e-4), id
    # neither nothing nor everything matters
    assert frame.max() > 1 and frame.min() == 0


def test_influence_comes_largest_first_with_what_each_fact_is(small):
    facts, framework = small
    frame = influence(IdentifiedSet(facts, framework))
    assert frame.columns.tolist() == ["id", "page", "group", "kind", "node", "widening"]
    assert frame["widening"].is_monotonic_decreasing
    described = frame.merge(facts, on=["id", "page", "group", "kind", "node"], validate="one_to_one")
    assert len(described) == len(facts)


#: in the order in which the table of facts has them
GROUPS = ("ranks", "means", "adoption", "attention", "leaders")


def test_a_fact_that_stands_twice_has_no_influence(tree, facts_of):
    twice = facts_of(("mean", "a", "FHI", 60, 5), ("mean", "a", "FHI", 60, 5), ("order", "a|b", "FHI"))
    frame = influence(IdentifiedSet(twice, tree("p", "q"))).set_index("id")["widening"]
    # without the order b is free: from [0, 65] to [0, 100]
    assert frame.to_dict() == pytest.approx({"fact-1": 0, "fact-2": 0, "fact-3": 35}, abs=1e-5)


@pytest.mark.slow
def test_the_runs_take_the_index_alone_add_the_groups_one_by_one_then_vary_all_of_them(sets, published, framework):
    chain = ["+".join(GROUPS[:count]) for count in range(1, len(GROUPS))]
    assert list(sets) == [INDEX, *chain, ALL, *VARIANTS]
    assert set(sets[INDEX].facts["node"]) == {framework.root}
    assert set(sets[INDEX].facts["id"]) == set(published.loc[published["node"] == framework.root, "id"])
    for name in chain:
        assert set(sets[name].facts["group"]) == set(name.split("+"))
    assert set(published["group"]) == set(GROUPS)
    for name in (ALL, *VARIANTS):
        assert len(sets[name].facts) == len(published)


@pytest.fixture(scope="module")
def tables(sets):
    return by_facts(sets)


@pytest.mark.slow
def test_every_run_but_that_of_all_facts_has_its_rows(tables, sets):
    scores, weights = tables
    assert scores.columns.tolist() == ["facts", "city", "node", "low", "high"]
    assert weights.columns.tolist() == ["facts", "node", "low", "high"]
    others = {name: 1 for name in sets if name != ALL}
    assert scores["facts"].value_counts().to_dict() == dict.fromkeys(others, 20)
    assert weights["facts"].value_counts().to_dict() == dict.fromkeys(others, 30)
    assert set(scores["node"]) == {"FHI"}


def nested(frames, keys, tolerance=1e-5):
    """Check that the bounds of each frame lie within those of the frame before."""
    for wide, narrow in itertools.pairwise(frames):
        both = wide.merge(narrow, on=keys, suffixes=("_wide", "_narrow"), validate="one_to_one")
        assert len(both) == len(narrow) > 0
        assert (both["low_narrow"] >= both["low_wide"] - tolerance).all()
        assert (both["high_narrow"] <= both["high_wide"] + tolerance).all()


def chain(tables, sets):
    """Return the score and the weight bounds of the runs from ranks only to all facts."""
    names = ["+".join(GROUPS[:count]) for count in range(1, len(GROUPS))]
    scores = [tables[0][tables[0]["facts"] == name] for name in names] + [sets[ALL].score_bounds(["FHI"])]
    weights = [tables[1][tables[1]["facts"] == name] for name in names] + [sets[ALL].weight_bounds()]
    return scores, weights


@pytest.mark.slow
def test_bounds_never_grow_as_groups_of_published_facts_are_added(tables, sets):
    scores, weights = chain(tables, sets)
    nested(scores, ["city", "node"])
    nested(weights, ["node"])
    # the means say most about the scores: the bounds do move
    widths = [(frame["high"] - frame["low"]).sum() for frame in scores]
    assert widths[1] < widths[0] - 100


def test_bounds_never_grow_as_groups_of_a_small_case_are_added(tree, facts_of):
    sets = runs(facts_of(*GROUPED), tree(P=["p", "q"], R=["r"], S=["s"]), GROUPS, VARIANTS)
    scores, weights = chain(by_facts(sets), sets)
    nested(scores, ["city", "node"])
    nested(weights, ["node"])


@pytest.mark.slow
def test_a_restriction_narrows_the_bounds_and_a_smaller_gap_widens_them(tables, sets):
    scores, weights = tables
    everything = sets[ALL].score_bounds(["FHI"]), sets[ALL].weight_bounds()
    for name in ("all, adoption by min-max", "all, equal inside parents", "all, indicators within 1/48-1/4"):
        nested([everything[0], scores[scores["facts"] == name]], ["city", "node"])
        nested([everything[1], weights[weights["facts"] == name]], ["node"])
    nested([scores[scores["facts"] == "all, gap 0"], everything[0]], ["city", "node"])


def test_restricted_weights_keep_to_their_restriction(tables, framework):
    weights = tables[1].set_index(["facts", "node"])
    leaves = weights.loc["all, indicators within 1/48-1/4"].loc[framework.leaves]
    assert (leaves["low"] >= 1 / 48 - 1e-6).all() and (leaves["high"] <= 1 / 4 + 1e-6).all()
    equal = weights.loc["all, equal inside parents"]
    for pillar in framework.children("FHI"):
        for child in framework.children(pillar):
            share = 1 / len(framework.children(pillar))
            assert equal.loc[child, "high"] == pytest.approx(share * equal.loc[pillar, "high"], abs=2e-6)


def test_a_run_that_contradicts_its_facts_has_no_rows(tree, facts_of):
    # by min-max the worst of three known values scores 0, not 40
    facts = facts_of(*GROUPED, ("order", "a|b|c", "FHI", 3), ("mean", "a", "s", 40, 1, {"group": "leaders"}))
    extra = facts_of(
        *(("value", city, "s", value, 0, {"group": "leaders"}) for city, value in zip("abc", (1, 2, 3), strict=True))
    )
    extra["id"] = ["x", "y", "z"]
    floor = facts_of(("mean", "a|b|c", "FHI", 60, 1))
    facts = pd.concat([facts, extra, floor.assign(id="w")], ignore_index=True)
    framework = tree(P=["p", "q"], R=["r"], S=["s"])
    sets = {
        "linear": IdentifiedSet(facts, framework, weights="equal-inside-parents"),
        "impossible": IdentifiedSet(pd.concat([facts, floor.assign(id="v", value_value=90.0)]), framework),
    }
    scores, weights = by_facts(sets)
    assert set(scores["facts"]) == set(weights["facts"]) == {"linear"}
    assert gap_bounds(sets, list("abc"))["facts"].unique().tolist() == ["linear"]


@pytest.mark.slow
def test_maps_of_weights_are_shares_numbered_from_one(sets, framework):
    frame = weight_maps(sets)
    pillars = framework.children("FHI")
    assert frame.columns.tolist() == ["facts", "corner", *pillars]
    assert frame["facts"].unique().tolist() == [
        ALL,
        "all, equal inside parents",
        "all, indicators within 1/48-1/4",
    ]
    assert frame[pillars].sum(axis=1).to_numpy() == pytest.approx(np.ones(len(frame)), abs=2e-6)
    for _, corners in frame.groupby("facts"):
        assert corners["corner"].tolist() == list(range(1, len(corners) + 1))
        assert len(corners) >= 3


@pytest.mark.slow
def test_maps_of_weights_reach_the_bounds_of_the_pillars(sets, tables, framework):
    frame, weights = weight_maps(sets), tables[1].set_index(["facts", "node"])
    everything = sets[ALL].weight_bounds().set_index("node")
    for name, corners in frame.groupby("facts"):
        bounds = everything if name == ALL else weights.loc[name]
        for pillar in framework.children("FHI"):
            assert corners[pillar].min() == pytest.approx(bounds.loc[pillar, "low"], abs=2e-6)
            assert corners[pillar].max() == pytest.approx(bounds.loc[pillar, "high"], abs=2e-6)


@pytest.mark.slow
def test_gaps_between_neighbours_are_at_least_the_least_gap(sets, top20):
    order = top20["city"].tolist()
    frame = gap_bounds(sets, order)
    assert frame.columns.tolist() == ["facts", "city", "next", "low", "high"]
    assert frame["facts"].value_counts().to_dict() == dict.fromkeys(sets, 19)
    assert frame["city"].unique().tolist() == order[:-1]
    least = np.where(frame["facts"] == "all, gap 0", 0, 0.05)
    assert (frame["low"] >= least - 1e-6).all()
    assert (frame["high"] >= frame["low"]).all()
    # without a gap the cities may tie
    assert frame.loc[frame["facts"] == "all, gap 0", "low"].min() == pytest.approx(0, abs=1e-6)
