"""The central point: closed forms, strictly inside, the same whatever the order of facts and names."""

import numpy as np
import pytest

from fhi.engine.identification import IdentifiedSet
from fhi.engine.identification.bounds import analytic_centre, central_scores, central_weights


def score_of(frame, city, node="FHI"):
    (score,) = frame.loc[(frame["city"] == city) & (frame["node"] == node), "score"]
    return score


#: names a city and says nothing about it: any score from 0 to 100
ANYTHING = ("mean", "a", "FHI", 50, 50)


@pytest.mark.parametrize("leaves", ["p", "pq", "pqrst"])
def test_without_facts_the_centre_has_equal_weights_and_scores_in_the_middle(tree, facts_of, leaves):
    identified = IdentifiedSet(facts_of(ANYTHING), tree(*leaves))
    weights = central_weights(identified).set_index("node")["weight"]
    assert weights.to_numpy() == pytest.approx(np.full(len(leaves), 1 / len(leaves)), abs=1e-6)
    scores = central_scores(identified)
    assert scores["node"].tolist() == ["FHI", *leaves]
    assert scores["score"].to_numpy() == pytest.approx(np.full(len(leaves) + 1, 50), abs=1e-6)


def test_the_centre_of_an_order_of_two_is_that_of_the_closed_form(tree, facts_of):
    frame = central_scores(IdentifiedSet(facts_of(("order", "a|b", "FHI")), tree("p")))
    # a = 100 − b by symmetry; the maximum of 2 log b + 2 log(100 − b) + log(100 − 2b) solves b² − 100b + 2000 = 0
    assert score_of(frame, "b") == pytest.approx(50 - np.sqrt(500), abs=1e-5)
    assert score_of(frame, "a") == pytest.approx(50 + np.sqrt(500), abs=1e-5)


def test_the_centre_of_a_mean_off_the_middle_is_that_of_the_closed_form(tree, facts_of):
    frame = central_scores(IdentifiedSet(facts_of(("mean", "a", "FHI", 80, 20)), tree("p")))
    # walls 0 ≤ y, y ≤ 100, 60 ≤ y, y ≤ 100: the maximum of log y + 2 log(100 − y) + log(y − 60),
    # (2y − 60)(100 − y) = 2(y² − 60y), so 4y² − 380y + 6000 = 0
    assert score_of(frame, "a") == pytest.approx((380 + np.sqrt(380**2 - 96000)) / 8, abs=1e-5)


def test_a_tie_without_tolerance_is_an_equation_and_keeps_the_centre(tree, facts_of):
    framework, tie = tree("p", "q"), ("tie", "a|b", "FHI")
    once = analytic_centre(IdentifiedSet(facts_of(tie), framework))
    thrice = analytic_centre(IdentifiedSet(facts_of(tie, tie, ("tie", "b|a", "FHI")), framework))
    orders = analytic_centre(IdentifiedSet(facts_of(("order", "a|b", "FHI"), ("order", "b|a", "FHI")), framework))
    assert thrice == pytest.approx(once, abs=1e-6)
    assert orders == pytest.approx(once, abs=1e-6)
    # both cities are alike, and so are both indicators
    assert once[:2] == pytest.approx([0.5, 0.5], abs=1e-6)
    assert once[2:] == pytest.approx([25, 25, 25, 25], abs=1e-5)


def test_redundant_equations_leave_room_for_the_rest(tree, facts_of):
    tied = [("tie", "a|b", "FHI"), ("tie", "b|c", "FHI"), ("tie", "a|c", "FHI"), ("mean", "a|b|c", "FHI", 60)]
    frame = central_scores(IdentifiedSet(facts_of(*tied, ("order", "a|b|c", "p", 1)), tree("p", "q")))
    for city in "abc":
        assert score_of(frame, city) == pytest.approx(60, abs=1e-5)
    assert score_of(frame, "a", "p") > score_of(frame, "b", "p") + 1 > score_of(frame, "c", "p") + 2


def test_facts_that_leave_one_point_have_it_as_their_centre(tree, facts_of):
    frame = central_scores(IdentifiedSet(facts_of(("mean", "a", "FHI", 60), ("mean", "b", "FHI", 30)), tree("p")))
    assert score_of(frame, "a") == pytest.approx(60, abs=1e-6)
    assert score_of(frame, "b") == pytest.approx(30, abs=1e-6)


def test_a_node_of_forced_zero_weight_has_no_central_score(tree, facts_of):
    opposite = [("order", "a|b", "P", 1), ("order", "b|a", "P", 1)]
    identified = IdentifiedSet(facts_of(*opposite, ("mean", "a|b", "FHI", 50, 20)), tree(P=["p", "q"], R=["r"]))
    frame = central_scores(identified)
    # as its bounds: a share of nothing is no score
    assert frame.loc[frame["node"] == "P", "score"].isna().all()
    assert frame.loc[frame["node"] != "P", "score"].to_numpy() == pytest.approx(np.full(4, 50), abs=1e-5)


def test_a_single_known_value_says_nothing_and_leaves_the_centre(tree, facts_of):
    framework, order = tree("p", "q"), ("order", "a|b", "FHI", 1)
    without = central_scores(IdentifiedSet(facts_of(order), framework))
    with_value = central_scores(IdentifiedSet(facts_of(order, ("value", "a", "p", 3)), framework))
    # a line through one point fits any score
    assert with_value["score"].to_numpy() == pytest.approx(without["score"].to_numpy(), abs=1e-6)


@pytest.fixture(scope="module")
def centre(identified):
    return analytic_centre(identified)


@pytest.fixture(scope="module")
def scores(identified):
    return central_scores(identified)


@pytest.fixture(scope="module")
def weights(identified):
    return central_weights(identified).set_index("node")["weight"]


@pytest.mark.slow
def test_the_published_centre_lies_strictly_inside_every_inequality(identified, centre):
    for row in identified.rows:
        slack = row.bound - row.expression @ centre
        assert abs(slack) < 1e-7 if row.equal else slack > 1e-9, row.fact
    restricted = np.setdiff1d(np.arange(identified.space.size), identified.space.free)
    assert (centre[restricted] > 0).all()


@pytest.mark.slow
def test_two_runs_of_the_centre_agree(identified, published, framework, centre):
    assert analytic_centre(identified) == pytest.approx(centre, abs=1e-9)
    assert analytic_centre(IdentifiedSet(published, framework)) == pytest.approx(centre, abs=1e-9)


@pytest.mark.slow
def test_the_centre_does_not_depend_on_the_order_of_facts_or_the_names_of_cities(
    scores, weights, published, framework, top20
):
    cities = top20["city"].tolist()
    # letters in the reverse of the printed order, so that the variables change places too
    renamed = {city: f"C{place:02d}" for place, city in enumerate(reversed(cities))}
    shuffled = published.sample(frac=1, random_state=3)
    other = IdentifiedSet(shuffled.assign(subjects=shuffled["subjects"].replace(renamed, regex=True)), framework)
    before = scores.assign(city=scores["city"].map(renamed))
    both = before.merge(central_scores(other), on=["city", "node"], validate="one_to_one")
    assert len(both) == 80
    # what is written is rounded to 1e-6
    assert (both["score_x"] - both["score_y"]).abs().max() < 1.5e-6
    again = central_weights(other).set_index("node")["weight"]
    assert (again - weights).abs().max() < 1.5e-6


@pytest.mark.slow
def test_central_scores_and_weights_lie_within_their_bounds(identified, scores, weights):
    both = scores.merge(identified.score_bounds(), on=["city", "node"], validate="one_to_one")
    assert len(both) == 80
    assert (both["low"] < both["score"]).all() and (both["score"] < both["high"]).all()
    bounds = identified.weight_bounds().set_index("node")
    assert len(weights) == 30
    assert (bounds["low"] < weights).all() and (weights < bounds["high"]).all()


@pytest.mark.slow
def test_central_scores_follow_the_published_ranks_and_means(scores, top20):
    root = scores[scores["node"] == "FHI"].set_index("city")["score"]
    assert root.sort_values(ascending=False).index.tolist() == top20["city"].tolist()
    assert root[top20.loc[top20["tier"] == "national", "city"]].mean() == pytest.approx(79.7, abs=0.05)
    assert root[top20.loc[top20["tier"] == "distinctive", "city"]].mean() == pytest.approx(47.3, abs=0.05)


@pytest.mark.slow
def test_central_weights_are_shares_of_the_index_that_sum_up_the_tree(weights, framework):
    assert weights[framework.children("FHI")].sum() == pytest.approx(1, abs=1e-5)
    for node in framework.nodes:
        if framework.children(node):
            assert weights[framework.children(node)].sum() == pytest.approx(weights[node], abs=1e-5)
