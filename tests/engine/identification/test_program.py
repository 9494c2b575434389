"""The linear program: hand-solved cases, its failures, and agreement with scipy on the published facts."""

import numpy as np
import pytest
from scipy.optimize import linprog

from fhi.engine.errors import MethodError
from fhi.engine.identification import IdentifiedSet
from fhi.engine.identification.bounds import Infeasible, LinearProgram
from fhi.engine.identification.constraints import Row


def at_most(bound, *coefficients):
    return Row(np.array(coefficients, dtype=float), bound)


def exactly(bound, *coefficients):
    return Row(np.array(coefficients, dtype=float), bound, equal=True)


#: 3x + 2y ≤ 12, x + 2y ≤ 8, x ≥ 0, y ≥ 0: corners (0, 0), (4, 0), (2, 3), (0, 4)
QUADRANGLE = [at_most(12, 3, 2), at_most(8, 1, 2)]


def test_the_optimum_and_its_point_are_those_of_a_program_solved_by_hand():
    value, point = LinearProgram(QUADRANGLE, 2).minimise(np.array([-3.0, -4.0]))
    # 3x + 4y is 0, 12, 18 and 16 at the four corners
    assert value == pytest.approx(-18)
    assert point == pytest.approx([2, 3])


def test_another_objective_over_the_same_program_starts_afresh():
    program = LinearProgram(QUADRANGLE, 2)
    for objective, corner in [((-3, -4), (2, 3)), ((-1, 0), (4, 0)), ((0, -1), (0, 4)), ((1, 1), (0, 0))]:
        value, point = program.minimise(np.array(objective))
        assert point == pytest.approx(corner, abs=1e-9)
        assert value == pytest.approx(np.dot(objective, corner), abs=1e-9)


def test_bounds_are_the_least_and_the_greatest_value():
    # x − y is 0, 4, −1 and −4 at the corners
    assert LinearProgram(QUADRANGLE, 2).bounds(np.array([1.0, -1.0])) == pytest.approx((-4, 4))


def test_an_equality_row_holds_from_both_sides():
    program = LinearProgram([*QUADRANGLE, exactly(4, 1, 1)], 2)
    # on x + y = 4 the second row asks y ≤ 4 and the first x ≤ 4
    assert program.bounds(np.array([1.0, 0.0])) == pytest.approx((0, 4))
    assert program.bounds(np.array([1.0, 1.0])) == pytest.approx((4, 4))


def test_variables_are_not_negative_unless_they_are_free():
    rows = [at_most(5, 1, 0), at_most(3, -1, 0), at_most(0, 0, 1)]
    assert LinearProgram(rows, 2).bounds(np.array([1.0, 0.0])) == pytest.approx((0, 5))
    assert LinearProgram(rows, 2, free=[0]).bounds(np.array([1.0, 0.0])) == pytest.approx((-3, 5))


def test_rows_that_contradict_each_other_are_infeasible():
    with pytest.raises(Infeasible, match="contradict"):
        LinearProgram([at_most(1, 1, 1), at_most(-2, -1, -1)], 2).minimise(np.zeros(2))


def test_an_infeasible_program_is_infeasible_for_every_objective():
    program = LinearProgram([exactly(1, 1, 0), exactly(2, 1, 0)], 2)
    for objective in ([0.0, 0.0], [1.0, 0.0], [0.0, -1.0]):
        with pytest.raises(Infeasible):
            program.minimise(np.array(objective))


def test_an_objective_without_a_least_value_is_refused_but_not_as_a_contradiction():
    with pytest.raises(MethodError) as caught:
        LinearProgram([at_most(1, 1, -1)], 2).minimise(np.array([0.0, -1.0]))
    # the rows hold at (0, 0): to speak of contradicting facts would mislead
    assert not isinstance(caught.value, Infeasible)


def test_a_program_solves_on_after_an_objective_without_a_least_value():
    program = LinearProgram([at_most(1, 1, -1)], 2)
    with pytest.raises(MethodError):
        program.minimise(np.array([0.0, -1.0]))
    # max x − 2y on x ≤ 1 + y: at (1, 0)
    assert program.minimise(np.array([-1.0, 2.0]))[0] == pytest.approx(-1)


def test_a_mixed_integer_program_takes_whole_values_only():
    # items of weight 3, 4, 5 and worth 4, 5, 6 into a sack of 7: the first two (9); by fractions 3 + 4 fits exactly too
    value, point = LinearProgram([at_most(7, 3, 4, 5)], 3, binary=[0, 1, 2]).minimise(-np.array([4.0, 5.0, 6.0]))
    assert value == pytest.approx(-9)
    assert point == pytest.approx([1, 1, 0])


def test_a_mixed_integer_program_is_dearer_than_its_relaxation():
    rows = [at_most(6, 3, 4, 5)]
    objective = -np.array([4.0, 5.0, 6.0])
    # one item only fits: the third (6); fractions take the first and 3/4 of the second (4 + 3.75)
    assert LinearProgram(rows, 3, binary=[0, 1, 2]).minimise(objective)[0] == pytest.approx(-6)
    capped = [*rows, at_most(1, 1, 0, 0), at_most(1, 0, 1, 0), at_most(1, 0, 0, 1)]
    assert LinearProgram(capped, 3).minimise(objective)[0] == pytest.approx(-7.75)


def test_marginals_are_zero_where_a_row_does_not_bind():
    program = LinearProgram([*QUADRANGLE, at_most(100, 1, 1)], 2)
    program.minimise(np.array([-3.0, -4.0]))
    # the dual of the hand-solved case: 3u + v = 3 and 2u + 2v = 4, so u = 1/2, v = 3/2
    assert np.abs(program.marginals()) == pytest.approx([0.5, 1.5, 0], abs=1e-9)


def test_bounds_on_the_published_facts_are_those_of_scipy(identified):
    rows = identified.rows
    matrix, limits = np.array([row.expression for row in rows]), np.array([row.bound for row in rows])
    equal = np.array([row.equal for row in rows])
    # p of the known indicator, the last but one variable, is the only one that may be negative
    signs = [(0, None)] * (identified.space.size - 2) + [(None, None), (0, None)]
    targets = {
        "score": identified.score("杭州"),
        "gap": identified.score("杭州") - identified.score("深圳"),
        "weight of an indicator": identified.weight("adoption"),
        "weight of a pillar": identified.weight("experience"),
        "mixed": identified.score("贵阳") + 10 * identified.weight("industry"),
    }
    for name, target in targets.items():
        ends = [
            sign
            * linprog(sign * target, matrix[~equal], limits[~equal], matrix[equal], limits[equal], bounds=signs).fun
            for sign in (1, -1)
        ]
        assert identified.program.bounds(target) == pytest.approx(tuple(ends), abs=1e-5), name


def test_sums_of_contributions_have_the_bounds_of_single_contributions(identified):
    whole = LinearProgram(identified.rows, identified.space.size, identified.space.free)
    assert identified.program.size < whole.size
    for city in ("北京", "杭州", "贵阳"):
        target = identified.score(city) - identified.score("深圳")
        assert identified.program.bounds(target) == pytest.approx(whole.bounds(target), abs=1e-5)


def test_a_point_of_the_merged_program_satisfies_every_constraint(identified):
    value, point = identified.program.minimise(identified.score("杭州"))
    assert value == pytest.approx(identified.score("杭州") @ point, abs=1e-6)
    for row in identified.rows:
        over = row.expression @ point - row.bound
        assert (abs(over) if row.equal else over) < 1e-5


def test_an_objective_that_tells_merged_contributions_apart_is_refused(tree, facts_of):
    identified = IdentifiedSet(facts_of(("mean", "a", "FHI", 40)), tree("p", "q"))
    with pytest.raises(ValueError, match="tells contributions apart"):
        identified.program.minimise(identified.score("a", "p"))
