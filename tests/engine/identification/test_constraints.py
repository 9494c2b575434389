"""Facts as constraints: which points of a hand-worked case satisfy them, and what a malformed fact says.

The case: pillars P (indicators p and q) and R (indicator r), cities 甲, 乙, 丙. A point is written as weights
and scores, as a reader thinks of it; contributions are their products.
"""

import numpy as np
import pytest

from fhi.engine.errors import DataError, MethodError
from fhi.engine.identification import IdentifiedSet
from fhi.engine.identification.bounds import Infeasible, LinearProgram
from fhi.engine.identification.constraints import RESTRICTIONS, Row, Space, ceilings, fact_rows, groups, space_of, whole

CITIES = ("丙", "乙", "甲")  # by code point, the order of the variables


@pytest.fixture(scope="module")
def plane(tree):
    return Space(tree(P=["p", "q"], R=["r"]), CITIES)


def point(weights, scores, line=()):
    """Return the variables: weights of p, q, r, then contributions by city, then p and q of known indicators."""
    weights = np.array(weights, dtype=float)
    contributions = [weights * scores[city] for city in CITIES]
    return np.concatenate([weights, *contributions, np.array(line, dtype=float)])


def holds(rows, at, tolerance=1e-9):
    slacks = [row.bound - row.expression @ at for row in rows]
    return all(abs(s) <= tolerance if row.equal else s >= -tolerance for s, row in zip(slacks, rows, strict=True))


#: P is half p, half q of the weight 0.4; scores in P: 甲 70, 乙 50, 丙 30; in FHI: 甲 64, 乙 50, 丙 54
WEIGHTS = (0.2, 0.2, 0.6)
SCORES = {"甲": (80, 60, 60), "乙": (40, 60, 50), "丙": (0, 60, 70)}


def satisfied(plane, facts, scores=SCORES, weights=WEIGHTS, least_gap=None):
    return holds(fact_rows(facts, plane, least_gap), point(weights, scores))


def test_subjects_are_read_from_best_to_worst_with_shared_places():
    assert groups("甲|乙=丙|丁") == [["甲"], ["乙", "丙"], ["丁"]]


def test_the_variables_are_weights_then_contributions_by_city_then_the_line(tree):
    space = Space(tree(P=["p", "q"], R=["r"]), CITIES, known=("q",))
    assert space.size == 3 + 3 * 3 + 2
    at = point(WEIGHTS, SCORES, line=(5, 0.5))
    assert space.weight("P") @ at == pytest.approx(0.4)
    assert space.weight("FHI") @ at == pytest.approx(1)
    # 0.2·80 + 0.2·60 of the weight 0.4, and 0.6·60 more in the root
    assert space.score("甲", "P") @ at == pytest.approx(28)
    assert space.score("甲", "FHI") @ at == pytest.approx(64)
    assert space.line("q", 10) @ at == pytest.approx(10)


def test_the_definitions_hold_at_scores_within_0_and_100_and_weights_that_sum_to_one(plane):
    rows = [whole(plane), *ceilings(plane)]
    assert holds(rows, point(WEIGHTS, SCORES))
    assert holds(rows, point((0, 0, 1), dict.fromkeys(CITIES, (0, 0, 100))))
    assert not holds(rows, point((0.2, 0.2, 0.7), SCORES))
    assert not holds(rows, point((0.2, 0.2, 0.5), SCORES))
    assert not holds(rows, point(WEIGHTS, SCORES | {"乙": (40, 101, 50)}))


def test_the_definitions_refuse_a_contribution_without_a_weight(plane):
    at = point((0, 0.4, 0.6), SCORES)
    at[3] = 1.0  # 丙 in p, whose weight is 0
    assert not holds([whole(plane), *ceilings(plane)], at)


def test_an_order_asks_each_city_to_be_no_worse_than_the_next(plane, facts_of):
    assert satisfied(plane, facts_of(("order", "甲|乙|丙", "P")))
    assert satisfied(plane, facts_of(("order", "甲|丙|乙", "FHI")))
    assert not satisfied(plane, facts_of(("order", "乙|甲|丙", "P")))
    assert not satisfied(plane, facts_of(("order", "甲|丙|乙", "P")))


def test_an_order_without_a_gap_allows_equal_scores(plane, facts_of):
    # all have 60 in q
    assert satisfied(plane, facts_of(("order", "丙|甲|乙", "q")))
    assert not satisfied(plane, facts_of(("order", "丙|甲|乙", "q", 0.01)))


def test_the_gap_of_an_order_is_in_points_of_the_score_of_its_node(plane, facts_of):
    # 20 points apart in P, though only 8 in contributions to the index
    assert satisfied(plane, facts_of(("order", "甲|乙|丙", "P", 20)))
    assert not satisfied(plane, facts_of(("order", "甲|乙|丙", "P", 20.01)))


def test_a_least_gap_replaces_the_gap_of_every_order(plane, facts_of):
    strict = facts_of(("order", "甲|乙|丙", "P", 30))
    assert not satisfied(plane, strict)
    assert satisfied(plane, strict, least_gap=20)
    assert satisfied(plane, strict, least_gap=0)
    assert not satisfied(plane, facts_of(("order", "甲|乙|丙", "P")), least_gap=20.01)


def test_cities_that_share_a_place_are_not_ordered_among_themselves(plane, facts_of):
    assert satisfied(plane, facts_of(("order", "甲|乙=丙", "P")))
    assert satisfied(plane, facts_of(("order", "甲|丙=乙", "P")))
    assert satisfied(plane, facts_of(("order", "乙=甲|丙", "P")))


def test_every_city_of_a_shared_place_is_compared_with_the_places_beside_it(plane, facts_of):
    # 丙 is last in P, so it can share no place but the last
    assert not satisfied(plane, facts_of(("order", "甲=丙|乙", "P")))
    assert not satisfied(plane, facts_of(("order", "丙=甲|乙", "P")))
    assert not satisfied(plane, facts_of(("order", "乙|甲=丙", "P")))
    assert not satisfied(plane, facts_of(("order", "乙|丙=甲", "P")))


def test_an_order_in_a_node_without_weight_says_nothing(plane, facts_of):
    assert satisfied(plane, facts_of(("order", "丙|乙|甲", "P", 5)), weights=(0, 0, 1))


def test_leaders_are_in_order_with_no_unlisted_city_above_the_last(plane, facts_of):
    assert satisfied(plane, facts_of(("leaders", "甲|乙", "P")))
    assert satisfied(plane, facts_of(("leaders", "甲", "P")))
    assert not satisfied(plane, facts_of(("leaders", "乙", "P")))
    assert not satisfied(plane, facts_of(("leaders", "乙|甲", "P")))
    # 丙 stands between them in the index: an order holds, leaders do not
    assert satisfied(plane, facts_of(("order", "甲|乙", "FHI")))
    assert not satisfied(plane, facts_of(("leaders", "甲|乙", "FHI")))


def test_the_gap_of_leaders_holds_towards_the_unlisted_too(plane, facts_of):
    assert satisfied(plane, facts_of(("leaders", "甲|乙", "P", 20)))
    # 丙 within 30 points of 乙
    closer = SCORES | {"丙": (10, 60, 70)}
    assert not satisfied(plane, facts_of(("leaders", "甲|乙", "P", 20)), scores=closer)
    assert satisfied(plane, facts_of(("order", "甲|乙", "P", 20)), scores=closer)


def test_every_leader_of_a_shared_last_place_is_above_the_unlisted(plane, facts_of):
    # in the index 甲 64, 丙 54, 乙 50
    assert satisfied(plane, facts_of(("leaders", "甲=丙", "FHI")))
    assert not satisfied(plane, facts_of(("leaders", "甲=乙", "FHI")))
    assert not satisfied(plane, facts_of(("leaders", "乙=甲", "FHI")))


def test_a_tie_holds_within_its_tolerance_from_both_sides(plane, facts_of):
    for subjects in ("甲|乙", "乙|甲"):
        assert satisfied(plane, facts_of(("tie", subjects, "P", None, 20)))
        assert not satisfied(plane, facts_of(("tie", subjects, "P", None, 19.9)))


def test_a_mean_in_the_root_holds_within_its_tolerance(plane, facts_of):
    # (64 + 50)/2 = 57
    assert satisfied(plane, facts_of(("mean", "甲|乙", "FHI", 57.5, 0.5)))
    assert satisfied(plane, facts_of(("mean", "甲|乙", "FHI", 56.5, 0.5)))
    assert not satisfied(plane, facts_of(("mean", "甲|乙", "FHI", 57.6, 0.5)))
    assert not satisfied(plane, facts_of(("mean", "甲|乙", "FHI", 56.4, 0.5)))


def test_a_mean_below_the_root_is_one_of_scores_not_of_contributions(plane, facts_of):
    # (70 + 30)/2 = 50 in P
    assert satisfied(plane, facts_of(("mean", "甲|丙", "P", 50.1, 0.1)))
    assert satisfied(plane, facts_of(("mean", "甲|丙", "P", 49.9, 0.1)))
    assert not satisfied(plane, facts_of(("mean", "甲|丙", "P", 50.2, 0.1)))
    assert not satisfied(plane, facts_of(("mean", "甲|丙", "P", 49.8, 0.1)))


VALUES = (("value", "甲", "p", 9), ("value", "乙", "p", 7), ("value", "丙", "p", 5))


def test_known_values_put_the_scores_on_a_rising_line(tree, facts_of):
    facts = facts_of(*VALUES)
    space = space_of(facts, tree(P=["p", "q"], R=["r"]))
    rows = fact_rows(facts, space)
    # scores 80, 40, 0 of the values 9, 7, 5: 20 points a unit from −100; times the weight 0.2
    assert holds(rows, point(WEIGHTS, SCORES, line=(-20, 4)))
    assert not holds(rows, point(WEIGHTS, SCORES, line=(-20, 5)))
    bent = SCORES | {"乙": (41, 60, 50)}
    assert not holds(rows, point(WEIGHTS, bent, line=(-20, 4)))


def test_known_values_under_min_max_run_from_0_to_100(tree, facts_of):
    facts = facts_of(*VALUES)
    space = space_of(facts, tree(P=["p", "q"], R=["r"]), "min-max")
    rows = fact_rows(facts, space)
    stretched = {"甲": (100, 60, 60), "乙": (50, 60, 50), "丙": (0, 60, 70)}
    # 25 points a unit from −125, times the weight 0.2; no other line has 0 at 5 and 100 at 9
    assert holds(rows, point(WEIGHTS, stretched, line=(-25, 5)))
    assert not holds(rows, point(WEIGHTS, SCORES, line=(-20, 4)))
    assert not holds(rows, point(WEIGHTS, SCORES, line=(-25, 5)))
    assert holds(rows, point((0, 0.4, 0.6), SCORES, line=(0, 0)))


def test_known_values_that_are_all_the_same_cannot_be_min_maxed(tree, facts_of):
    facts = facts_of(("value", "甲", "p", 7), ("value", "乙", "p", 7))
    space = space_of(facts, tree("p", "q"), "min-max")
    with pytest.raises(MethodError, match="known values of p are all the same"):
        fact_rows(facts, space)


def test_a_known_value_lies_anywhere_within_its_tolerance(tree, facts_of):
    facts = facts_of(*((*fact, 0.5) for fact in VALUES))
    rows = fact_rows(facts, space_of(facts, tree(P=["p", "q"], R=["r"])))
    for score, inside in ((30, True), (50, True), (29.9, False), (50.1, False)):
        # on the line of 20 points a unit half a unit is 10 points either way
        bent = SCORES | {"乙": (score, 60, 50)}
        assert holds(rows, point(WEIGHTS, bent, line=(-20, 4))) == inside, score


def test_known_values_under_any_increasing_function_keep_the_order_that_no_rounding_turns(tree, facts_of):
    near = (("value", "甲", "p", 9, 0.5), ("value", "乙", "p", 8.5, 0.5), ("value", "丙", "p", 5, 0.5))
    facts = facts_of(*near)
    space = space_of(facts, tree(P=["p", "q"], R=["r"]), "increasing")
    assert space.size == 3 + 3 * 3
    rows = fact_rows(facts, space)
    for scores, inside in (((80, 40, 0), True), ((80, 81, 0), True), ((80, 40, 41), False), ((1, 40, 2), False)):
        changed = {city: (score, 60, 60) for city, score in zip("甲乙丙", scores, strict=True)}
        assert holds(rows, point(WEIGHTS, changed)) == inside, scores


@pytest.mark.parametrize(
    ("values", "tolerance", "same", "rising", "falling"),
    [
        # without a tolerance equal values have equal scores
        ((7, 7, 7), 0, True, False, False),
        # they may be one value or in any order: nothing is said
        ((7, 7.1, 7.2), 0.2, True, True, True),
        # the greatest is at least the least, and that is all
        ((7, 7.1, 7.2), 0.1, True, True, False),
    ],
)
def test_known_values_that_may_all_be_the_same(tree, facts_of, values, tolerance, same, rising, falling):
    facts = facts_of(*(("value", city, "p", value, tolerance) for city, value in zip("丙乙甲", values, strict=True)))
    identified = IdentifiedSet(facts, tree(P=["p", "q"], R=["r"]))

    def possible(**scores):
        rows = [*identified.rows, Row(identified.weight("p"), 1.0, equal=True)]
        rows += [Row(identified.score(city, "p"), score, equal=True) for city, score in scores.items()]
        try:
            LinearProgram(rows, identified.space.size, identified.space.free).minimise(np.zeros(identified.space.size))
        except Infeasible:
            return False
        return True

    assert possible(丙=50, 乙=50, 甲=50) == same
    assert possible(丙=10, 乙=40, 甲=90) == rising
    assert possible(丙=90, 乙=40, 甲=10) == falling


def test_each_constraint_carries_the_fact_that_it_comes_from(plane, facts_of):
    facts = facts_of(("order", "甲|乙|丙", "P"), ("tie", "甲|乙", "r", None, 1))
    assert [row.fact for row in fact_rows(facts, plane)] == ["fact-1", "fact-1", "fact-2", "fact-2"]
    assert {row.fact for row in (whole(plane), *ceilings(plane))} == {None}


def test_weights_equal_inside_parents_leave_the_pillars_free(plane):
    rows = list(RESTRICTIONS["equal-inside-parents"](plane))
    assert holds(rows, point(WEIGHTS, SCORES))
    assert holds(rows, point((0.5, 0.5, 0), SCORES))
    assert not holds(rows, point((0.3, 0.1, 0.6), SCORES))


def test_weights_within_a_range_are_bounded_from_both_sides(plane):
    rows = list(RESTRICTIONS["between-1/48-and-1/4"](plane))
    assert holds(rows, point((1 / 48, 0.25, 0.2), SCORES))
    assert not holds(rows, point((0.02, 0.2, 0.2), SCORES))
    assert not holds(rows, point((0.2, 0.26, 0.2), SCORES))


@pytest.mark.parametrize(
    ("fact", "column", "found"),
    [
        (("tie", "甲|乙|丙", "P"), "subjects", "甲|乙|丙"),
        (("tie", "甲", "P"), "subjects", "甲"),
        (("order", "甲", "P"), "subjects", "甲"),
        (("order", "甲|乙|甲", "P"), "subjects", "甲|乙|甲"),
        (("leaders", "甲|乙=甲", "P"), "subjects", "甲|乙=甲"),
        (("value", "甲|乙", "p", 3), "subjects", "甲|乙"),
        (("mean", "甲|乙", "FHI"), "value", None),
        (("value", "甲", "p"), "value", None),
        # numbers that a kind has no use for are not passed over
        (("order", "甲|乙", "P", 1, 0.5), "tolerance", 0.5),
        (("leaders", "甲", "P", None, 0.5), "tolerance", 0.5),
        (("tie", "甲|乙", "P", 1, 0.5), "value", "1"),
    ],
)
def test_a_malformed_fact_is_named_by_file_row_and_column(plane, facts_of, fact, column, found):
    facts = facts_of(("order", "甲|乙|丙", "FHI"), fact)
    facts.attrs["file"] = "report2018/facts.csv"
    with pytest.raises(DataError) as caught:
        fact_rows(facts, plane)
    (problem,) = caught.value.problems
    # the second fact stands in line 3, below the header
    assert (problem.file, problem.row, problem.column) == ("report2018/facts.csv", 3, column)
    assert problem.value == found
    assert "row 3, column " + column in str(caught.value)


def test_an_unknown_node_names_the_nearest(plane, facts_of):
    with pytest.raises(MethodError, match=r"no node 'FHJ'.*Did you mean FHI"):
        fact_rows(facts_of(("order", "甲|乙", "FHJ")), plane)


def test_an_unknown_normalisation_names_the_nearest(tree, facts_of):
    with pytest.raises(MethodError, match=r"normalisation: .*'min_max'.*Did you mean min-max"):
        space_of(facts_of(("order", "甲|乙", "FHI")), tree("p", "q"), "min_max")


def test_a_city_that_no_fact_names_is_refused(plane):
    with pytest.raises(MethodError, match="丁"):
        plane.score("丁", "FHI")


def test_every_published_fact_yields_a_constraint_and_all_cities_are_named(published, identified, top20):
    assert {row.fact for row in identified.rows} - {None} == set(published["id"])
    assert set(identified.space.cities) == set(top20["city"])
