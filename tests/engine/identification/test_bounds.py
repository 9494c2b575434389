"""Bounds: closed forms, brute force over a grid of weights, facts made from a known index, the published facts.

Brute force fixes the weights, writes the facts in scores (not in contributions) and solves with scipy.
"""

import itertools
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples
from scipy.optimize import linprog

from fhi.engine.errors import MethodError
from fhi.engine.identification import IdentifiedSet
from fhi.engine.identification.bounds import Infeasible


def pair(frame, **where):
    """Return the only row's bounds."""
    chosen = frame
    for column, value in where.items():
        chosen = chosen[chosen[column] == value]
    ((low, high),) = chosen[["low", "high"]].to_numpy()
    return low, high


# Closed forms


def test_two_cities_with_an_order_a_gap_and_a_mean(tree, facts_of):
    facts = facts_of(("order", "a|b", "FHI", 4), ("mean", "a|b", "FHI", 60, 1))
    identified = IdentifiedSet(facts, tree("p", "q"))
    # a + b within [118, 122] and a ≥ b + 4: a is least at (61, 57), b at (100, 18); b is greatest at (63, 59)
    assert identified.bounds(identified.score("a")) == pytest.approx((61, 100))
    assert identified.bounds(identified.score("b")) == pytest.approx((18, 59))
    assert identified.bounds(identified.score("a") - identified.score("b")) == pytest.approx((4, 82))
    assert identified.bounds(identified.weight("p")) == pytest.approx((0, 1))


def test_two_hundred_units_in_an_order_have_the_bounds_of_their_places(tree, facts_of):
    units = [f"u{place:03d}" for place in range(200)]
    facts = facts_of(("order", "|".join(units), "FHI", 0.25))
    identified = IdentifiedSet(facts, tree(**{pillar: [f"{pillar}{leaf}" for leaf in range(5)] for pillar in "PQR"}))
    # a unit has as many gaps below it as units, and as many above it
    frame = identified.score_bounds(["FHI"])
    assert frame["low"].tolist() == pytest.approx([0.25 * (199 - place) for place in range(200)])
    assert frame["high"].tolist() == pytest.approx([100 - 0.25 * place for place in range(200)])
    # one sum a unit is left of fifteen contributions
    assert identified.program.size == 15 + 200


def test_an_expression_of_one_indicator_is_bounded_though_the_facts_know_only_its_sum(tree, facts_of):
    identified = IdentifiedSet(facts_of(("mean", "a", "FHI", 40)), tree("p", "q"))
    assert identified.bounds(identified.score("a", "p")) == pytest.approx((0, 40))
    assert identified.bounds(identified.score("a", "p") - identified.score("a", "q")) == pytest.approx((-40, 40))


def test_known_scores_of_one_city_pin_the_weights(tree, facts_of):
    facts = facts_of(
        ("mean", "a", "p", 90), ("mean", "a", "q", 30), ("mean", "a", "FHI", 50, 3), ("mean", "b", "FHI", 50, 50)
    )
    identified = IdentifiedSet(facts, tree("p", "q"))
    # 90w + 30(1 − w) within [47, 53]
    frame = identified.weight_bounds()
    assert pair(frame, node="p") == pytest.approx((17 / 60, 23 / 60), abs=1e-6)
    assert pair(frame, node="q") == pytest.approx((37 / 60, 43 / 60), abs=1e-6)
    assert identified.bounds(identified.score("b")) == pytest.approx((0, 100))
    # the ratio of the two weights is not linear, but their difference is
    assert identified.bounds(identified.weight("q") - identified.weight("p")) == pytest.approx(
        (14 / 60, 26 / 60), abs=1e-6
    )


def test_the_score_of_a_city_inside_a_pillar_is_bounded_through_the_others(tree, facts_of):
    facts = facts_of(("mean", "a", "p", 80), ("mean", "a", "FHI", 50), ("order", "b|a", "q"))
    identified = IdentifiedSet(facts, tree("p", "q"))
    # 80w + (1 − w)x = 50 with x ≥ 0, so w ≤ 5/8, and x = (50 − 80w)/(1 − w) is at most 50
    frame = identified.score_bounds()
    assert pair(frame, city="a", node="p") == pytest.approx((80, 80), abs=1e-5)
    assert pair(frame, city="a", node="q") == pytest.approx((0, 50), abs=1e-5)
    assert pair(frame, city="b", node="q") == pytest.approx((0, 100), abs=1e-5)
    assert pair(identified.weight_bounds(), node="p") == pytest.approx((0, 5 / 8), abs=1e-6)


def test_a_value_between_two_known_scores_is_interpolated(tree, facts_of):
    values = [("value", "a", "p", 40), ("value", "b", "p", 20), ("value", "c", "p", 10)]
    ends = [("mean", "a", "p", 70), ("mean", "c", "p", 10), ("mean", "a", "FHI", 60, 20)]
    frame = IdentifiedSet(facts_of(*values, *ends), tree("p", "q")).score_bounds(["p"])
    # 10 is 10 and 40 is 70: 2 points a unit, so 20 is 30
    assert pair(frame, city="b") == pytest.approx((30, 30), abs=1e-5)


def test_a_value_between_two_known_scores_is_interpolated_within_the_tolerances(tree, facts_of):
    values = [("value", "a", "p", 40, 2), ("value", "b", "p", 20, 2), ("value", "c", "p", 10, 2)]
    ends = [("mean", "a", "p", 70), ("mean", "c", "p", 10)]
    found = pair(IdentifiedSet(facts_of(*values, *ends), tree("p", "q")).score_bounds(["p"]), city="b")
    # 10 + 60·(b − c)/(a − c): least at a 42, b 18, c 12, greatest at a 38, b 22, c 8
    assert found == pytest.approx((22, 38), abs=1e-5)
    steps = np.linspace(-2, 2, 9)
    grid = [10 + 60 * (20 + b - 10 - c) / (40 + a - 10 - c) for a, b, c in itertools.product(steps, repeat=3)]
    assert found == pytest.approx((min(grid), max(grid)), abs=1e-5)


def test_the_min_max_of_rounded_values_runs_over_all_that_they_can_be(tree, facts_of):
    values = [("value", "a", "p", 40, 2), ("value", "b", "p", 20, 2), ("value", "c", "p", 10, 2)]
    frame = IdentifiedSet(facts_of(*values), tree("p", "q"), normalisation="min-max").score_bounds(["p"])
    assert pair(frame, city="a") == pytest.approx((100, 100), abs=1e-5)
    assert pair(frame, city="b") == pytest.approx((100 * 6 / 30, 100 * 14 / 30), abs=1e-5)
    assert pair(frame, city="c") == pytest.approx((0, 0), abs=1e-5)


@pytest.mark.slow
def test_min_max_bounds_hold_whichever_of_two_rounded_values_is_the_least(tree, facts_of):
    values = [("value", "a", "p", 40, 1), ("value", "b", "p", 11, 1), ("value", "c", "p", 10, 1)]
    frame = IdentifiedSet(facts_of(*values), tree("p", "q"), normalisation="min-max").score_bounds(["p"])
    steps = np.linspace(-1, 1, 9)
    for shifts in itertools.product(steps, repeat=3):
        true = np.array([40, 11, 10]) + shifts
        scores = 100 * (true - true.min()) / (true.max() - true.min())
        for city, score in zip("abc", scores, strict=True):
            low, high = pair(frame, city=city)
            assert low - 1e-5 <= score <= high + 1e-5


@pytest.mark.parametrize(
    ("scale", "a", "b"),
    [
        ({}, (59, 100), (18, 61)),
        # b is 0 at least, so a is 122 at most
        ({"top": False}, (59, 122), (0, 61)),
        ({"floor": False}, (59, 100), (18, 61)),
        ({"top": False, "floor": False}, (59, np.inf), (-np.inf, 61)),
    ],
)
def test_the_ends_of_the_scale_can_be_taken_away(tree, facts_of, scale, a, b):
    # a + b within [118, 122] and a ≥ b
    facts = facts_of(("order", "a|b", "FHI"), ("mean", "a|b", "FHI", 60, 1))
    frame = IdentifiedSet(facts, tree("p", "q"), **scale).score_bounds(["FHI"])
    assert pair(frame, city="a") == pytest.approx(a)
    assert pair(frame, city="b") == pytest.approx(b)


def test_bounds_are_rounded_outward(tree, facts_of):
    # (100 + 2·x)/3 of a third, two thirds: neither end is a decimal
    facts = facts_of(("mean", "a|b|c", "FHI", 50, 0), ("mean", "a", "FHI", 1, 1 / 3), ("mean", "b", "FHI", 60))
    identified = IdentifiedSet(facts, tree("p", "q"))
    low, high = identified.bounds(identified.score("a"))
    assert low == 0.666666 < 2 / 3 and high == 1.333334 > 4 / 3
    low, high = identified.bounds(identified.score("b"))
    assert (low, high) == (60, 60)


def test_the_min_max_of_known_values_pins_the_scores(tree, facts_of):
    values = [("value", "a", "p", 40), ("value", "b", "p", 20), ("value", "c", "p", 10)]
    frame = IdentifiedSet(facts_of(*values), tree("p", "q"), normalisation="min-max").score_bounds(["p"])
    assert pair(frame, city="a") == pytest.approx((100, 100), abs=1e-5)
    assert pair(frame, city="b") == pytest.approx((100 / 3, 100 / 3), abs=1e-5)
    assert pair(frame, city="c") == pytest.approx((0, 0), abs=1e-5)


def test_weights_equal_inside_parents_give_the_pillar_the_mean_of_its_indicators(tree, facts_of):
    facts = facts_of(("mean", "a", "p", 90), ("mean", "a", "q", 40))
    framework = tree(P=["p", "q"], R=["r"])
    equal = IdentifiedSet(facts, framework, weights="equal-inside-parents")
    assert pair(equal.score_bounds(["P"]), city="a") == pytest.approx((65, 65), abs=1e-5)
    assert pair(equal.weight_bounds(), node="p") == pytest.approx((0, 0.5), abs=1e-6)
    free = IdentifiedSet(facts, framework)
    assert pair(free.score_bounds(["P"]), city="a") == pytest.approx((40, 90), abs=1e-5)


def test_an_unknown_restriction_of_weights_names_the_nearest(tree, facts_of):
    with pytest.raises(MethodError, match="Did you mean equal-inside-parents"):
        IdentifiedSet(facts_of(("order", "a|b", "FHI")), tree("p", "q"), weights="equal-in-parents")


def test_facts_that_contradict_each_other_are_infeasible(tree, facts_of):
    facts = facts_of(("mean", "a", "FHI", 60, 1), ("mean", "a", "FHI", 70, 1))
    identified = IdentifiedSet(facts, tree("p", "q"))
    with pytest.raises(Infeasible):
        identified.bounds(identified.score("a"))


def test_without_a_fact_its_constraints_are_gone_and_no_others(tree, facts_of):
    facts = facts_of(("mean", "a", "FHI", 60, 1), ("mean", "b", "FHI", 40, 1))
    identified = IdentifiedSet(facts, tree("p", "q"))
    program = identified.without("fact-1")
    assert program.bounds(identified.score("a")) == pytest.approx((0, 100))
    assert program.bounds(identified.score("b")) == pytest.approx((39, 41))


# Brute force over weights


class Fixed:
    """Facts at given weights of the indicators, as rows in the scores x (cities × indicators), and scipy's answers."""

    def __init__(self, facts, weights, below, root="FHI"):
        self.weights, self.below = weights, below | {root: list(weights)}
        names = facts["subjects"].str.split(r"[|=]").explode()
        self.cities, self.leaves = sorted(set(names)), list(weights)
        self.upper, self.limits = [], []
        for fact in facts.itertuples():
            if sum(self.weights[leaf] for leaf in self.leaves_of(fact.node)) > 1e-12:
                getattr(self, fact.kind)(fact, fact.subjects.split("|"))

    def leaves_of(self, node):
        return self.below.get(node, [node])

    def expression(self, city, node):
        """Return the score of a city in a node: the mean of its indicators' scores by weight."""
        leaves = self.leaves_of(node)
        total = sum(self.weights[leaf] for leaf in leaves)
        row = np.zeros((len(self.cities), len(self.leaves)))
        for leaf in leaves:
            row[self.cities.index(city), self.leaves.index(leaf)] = self.weights[leaf] / total
        return row.ravel()

    def at_most(self, row, limit):
        self.upper.append(row)
        self.limits.append(limit)

    def order(self, fact, names):
        gap = 0 if np.isnan(fact.value_value) else fact.value_value
        for better, worse in pairwise(names):
            self.at_most(self.expression(worse, fact.node) - self.expression(better, fact.node), -gap)

    def leaders(self, fact, names):
        self.order(fact, names)
        for city in set(self.cities) - set(names):
            self.order(fact, [names[-1], city])

    def tie(self, fact, names):
        difference = self.expression(names[0], fact.node) - self.expression(names[1], fact.node)
        self.at_most(difference, fact.tolerance)
        self.at_most(-difference, fact.tolerance)

    def mean(self, fact, names):
        row = sum(self.expression(name, fact.node) for name in names) / len(names)
        self.at_most(row, fact.value_value + fact.tolerance)
        self.at_most(-row, fact.tolerance - fact.value_value)

    def least(self, row):
        """Return the least value of an expression in the scores; infinite if nothing satisfies the facts."""
        found = linprog(row, np.array(self.upper), np.array(self.limits), bounds=(0, 100))
        assert found.status in (0, 2), found.message
        return found.fun if found.status == 0 else np.inf

    def possible(self):
        return np.isfinite(self.least(np.zeros(len(self.cities) * len(self.leaves))))

    def bounds(self, city, node):
        row = self.expression(city, node)
        return self.least(row), -self.least(-row)


def simplex(steps):
    """Yield all weights of three indicators that are multiples of 1/steps, the corners included."""
    for first in range(steps + 1):
        for second in range(steps + 1 - first):
            yield np.array([first, second, steps - first - second]) / steps


#: scores known at indicators, a tie, a mean and orders: the extremes lie inside the simplex as well as at its edges
THREE = [
    ("order", "a|b|c", "FHI", 5),
    ("mean", "a|b|c", "FHI", 50, 1),
    ("order", "c|b", "p"),
    ("leaders", "b", "q"),
    ("mean", "a", "r", 70, 2),
    ("tie", "a|c", "r", None, 30),
]


def brute(facts, leaves, below, nodes, steps):
    """Return the least and the greatest score by (city, node) over the grid, and the weights that are possible."""
    ends, possible = {}, []
    for weights in simplex(steps):
        fixed = Fixed(facts, dict(zip(leaves, weights, strict=True)), below)
        if not fixed.possible():
            continue
        possible.append(weights)
        for node in nodes:
            if sum(fixed.weights[leaf] for leaf in fixed.leaves_of(node)) < 1e-12:
                continue
            for city in fixed.cities:
                low, high = fixed.bounds(city, node)
                least, most = ends.get((city, node), (np.inf, -np.inf))
                ends[city, node] = min(least, low), max(most, high)
    return ends, np.array(possible)


@pytest.mark.slow
@pytest.mark.parametrize("below", [{}, {"P": ["p", "q"], "R": ["r"]}], ids=["three pillars", "two and one"])
def test_root_score_bounds_are_those_of_brute_force(tree, facts_of, below):
    framework = tree(**below) if below else tree("p", "q", "r")
    facts = facts_of(*THREE, *([("order", "b|c", "P", 3)] if below else []))
    frame = IdentifiedSet(facts, framework).score_bounds(["FHI"])
    ends, possible = brute(facts, ["p", "q", "r"], below, ["FHI"], 10)
    assert len(possible) > 10
    for (city, node), (low, high) in ends.items():
        bounds = pair(frame, city=city, node=node)
        assert bounds[0] - 1e-5 <= low and high <= bounds[1] + 1e-5
        # the extremes lie on the grid: at its edges, where one indicator or two have no weight
        assert bounds == pytest.approx((low, high), abs=1e-5)


#: one more city known everywhere, so that the extremes need weights between those of a grid
NARROW = [*THREE, ("mean", "b", "p", 40, 1), ("mean", "b", "q", 70, 1), ("mean", "b", "r", 20, 1)]


@pytest.mark.parametrize("given_facts", [THREE, NARROW], ids=["at the edges", "inside"])
def test_every_root_bound_is_attained_at_the_weights_that_the_program_found(tree, facts_of, given_facts):
    facts = facts_of(*given_facts)
    identified = IdentifiedSet(facts, tree("p", "q", "r"))
    frame = identified.score_bounds(["FHI"])
    for city in "abc":
        for sign, end in zip((1, -1), pair(frame, city=city), strict=True):
            point = identified.program.minimise(sign * identified.score(city))[1]
            fixed = Fixed(facts, dict(zip("pqr", point[:3], strict=True)), {})
            assert sign * fixed.least(sign * fixed.expression(city, "FHI")) == pytest.approx(end, abs=1e-4)


@pytest.mark.slow
def test_pillar_score_bounds_are_those_of_brute_force(tree, facts_of):
    below = {"P": ["p", "q"], "R": ["r"]}
    facts = facts_of(
        ("mean", "a", "p", 80, 2),
        ("mean", "a", "q", 20, 2),
        ("mean", "b", "p", 40, 2),
        ("mean", "b", "q", 70, 2),
        ("order", "a|b", "FHI", 5),
        ("mean", "a|b", "FHI", 60, 1),
        ("order", "b|a", "R", 1),
        ("order", "c|b", "P", 10),
    )
    frame = IdentifiedSet(facts, tree(**below)).score_bounds(["P", "R"])
    ends, possible = brute(facts, ["p", "q", "r"], below, ["P", "R"], 20)
    assert len(possible) > 5
    for (city, node), (low, high) in ends.items():
        bounds = pair(frame, city=city, node=node)
        assert bounds[0] - 1e-5 <= low and high <= bounds[1] + 1e-5
        # the weights of the extremes lie between the grid points, 1/20 apart
        assert bounds == pytest.approx((low, high), abs=2)


def test_an_indicator_alone_below_its_pillar_has_the_bounds_of_the_pillar(tree, facts_of):
    identified = IdentifiedSet(facts_of(*THREE), tree(P=["p", "q"], R=["r"]))
    assert pair(identified.score_bounds(["r"]), city="a") == pytest.approx(
        pair(identified.score_bounds(["R"]), city="a"), abs=1e-5
    )


#: with these scores of a and b in p, q, r, what the root says are straight lines across the triangle of weights
KNOWN = {"a": (90, 30, 50), "b": (20, 80, 50)}
BAND = [
    *(("mean", city, leaf, score) for city, scores in KNOWN.items() for leaf, score in zip("pqr", scores, strict=True)),
    ("mean", "a", "FHI", 56, 5),
    ("order", "a|b", "FHI", 4),
]


def in_band(weights, slack):
    """Say whether weights satisfy BAND, by hand; `slack` widens the lines."""
    a, b = (np.dot(weights, KNOWN[city]) for city in "ab")
    return 51 - slack <= a <= 61 + slack and a - b >= 4 - slack


def outside(corners, point):
    """Return how far a point of the plane (first two weights) lies outside a convex polygon, by its edges."""
    turned = np.roll(corners, -1, axis=0)
    edges = turned - corners
    area = np.sum(corners[:, 0] * turned[:, 1] - turned[:, 0] * corners[:, 1])
    lengths = np.hypot(*edges.T)
    cross = edges[:, 0] * (point[1] - corners[:, 1]) - edges[:, 1] * (point[0] - corners[:, 0])
    return (-np.sign(area) * cross / lengths).max()


def test_the_map_of_weights_is_the_area_of_all_possible_grid_points(tree, facts_of):
    identified = IdentifiedSet(facts_of(*BAND), tree("p", "q", "r"))
    corners = identified.weight_map()
    assert corners.columns.tolist() == ["p", "q", "r"]
    plane = corners[["p", "q"]].to_numpy()
    inside = 0
    for weights in simplex(40):
        beyond = outside(plane, weights[:2])
        if in_band(weights, 0):
            inside += 1
            assert beyond <= 1e-5, weights
        elif not in_band(weights, 1e-3):
            assert beyond > 1e-6, weights
    assert inside > 20


def test_every_corner_of_the_map_is_possible_and_lies_on_two_limits(tree, facts_of):
    for corner in IdentifiedSet(facts_of(*BAND), tree("p", "q", "r")).weight_map().to_numpy():
        assert in_band(corner, 1e-3)
        a, b = (corner @ KNOWN[city] for city in "ab")
        limits = [*corner, a - 51, 61 - a, a - b - 4]
        assert sum(abs(limit) < 1e-3 for limit in limits) >= 2


def test_corners_are_possible_and_points_slightly_outside_are_not_by_brute_force(tree, facts_of):
    facts = facts_of(*NARROW)
    corners = IdentifiedSet(facts, tree("p", "q", "r")).weight_map().to_numpy()
    middle = corners.mean(axis=0)
    tried = 0
    for corner, following in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        # a little towards the middle, since the solver's corner is exact to 1e-6 only
        assert Fixed(facts, dict(zip("pqr", corner + 1e-4 * (middle - corner), strict=True)), {}).possible()
        pushed = (corner + following) / 2
        pushed = pushed + 0.01 * (pushed - middle) / np.linalg.norm(pushed - middle)
        if pushed.min() >= 0:
            tried += 1
            assert not Fixed(facts, dict(zip("pqr", pushed, strict=True)), {}).possible()
    assert tried


def test_without_facts_on_weights_the_map_is_the_whole_triangle(tree, facts_of):
    corners = IdentifiedSet(facts_of(("order", "a|b", "FHI")), tree("p", "q", "r")).weight_map()
    assert sorted(map(tuple, corners.to_numpy())) == [(0, 0, 1), (0, 1, 0), (1, 0, 0)]


def test_the_map_shrinks_to_a_segment_or_a_point_where_the_facts_do(tree, facts_of):
    line = [("mean", "a", "p", 90), ("mean", "a", "q", 30), ("mean", "a", "r", 30), ("mean", "a", "FHI", 60)]
    segment = IdentifiedSet(facts_of(*line), tree("p", "q", "r")).weight_map()
    # 30 + 60w = 60: half for p, the other half anyhow
    assert sorted(map(tuple, segment.to_numpy())) == [(0.5, 0, 0.5), (0.5, 0.5, 0)]
    other = [("mean", "b", "p", 0), ("mean", "b", "q", 100), ("mean", "b", "r", 0), ("mean", "b", "FHI", 20)]
    point = IdentifiedSet(facts_of(*line, *other), tree("p", "q", "r")).weight_map()
    assert point.to_numpy() == pytest.approx(np.array([[0.5, 0.2, 0.3]]), abs=1e-5)


# Facts made from a known index

LEAVES = ("p", "q", "r", "s")
PILLARS = {"P": ["p", "q"], "R": ["r"], "S": ["s"]}


class Known:
    """A random index of some cities, and true facts about it; the indicator p is known in full."""

    def __init__(self, seed, size):
        random = np.random.default_rng(seed)
        self.cities = [f"city{place}" for place in range(size)]
        weights = random.dirichlet(np.ones(len(LEAVES)))
        self.weights = dict(zip(LEAVES, weights, strict=True))
        self.leaf_scores = pd.DataFrame(random.uniform(0, 100, (size, len(LEAVES))), self.cities, LEAVES)
        self.start, self.step = random.uniform(-50, 50), random.uniform(0.1, 5)
        self.facts = [*self._orders(random), *self._tiers(random), *self._values()]

    def scores(self, node):
        leaves = PILLARS.get(node, [node] if node in LEAVES else list(LEAVES))
        total = sum(self.weights[leaf] for leaf in leaves)
        return sum(self.leaf_scores[leaf] * self.weights[leaf] / total for leaf in leaves)

    def _orders(self, random):
        for node in ("FHI", *PILLARS, *LEAVES):
            scores = self.scores(node).sort_values(ascending=False)
            steps = -np.diff(scores)
            names, closest = list(scores.index), int(steps.argmin())
            # the two closest share a place at times, within a tie no wider than it must be
            if random.random() < 0.5:
                shared = [*names[:closest], "=".join(names[closest : closest + 2]), *names[closest + 2 :]]
                yield "order", "|".join(shared), node
                yield "tie", "|".join(names[closest : closest + 2]), node, None, steps.min() + 1e-9
            else:
                yield "order", "|".join(names), node, steps.min() * random.choice([0, 0.5])
            if random.random() < 0.3:
                yield "leaders", "|".join(names[: random.integers(1, len(names))]), node

    def _tiers(self, random):
        scores = self.scores("FHI")
        cut = int(random.integers(1, len(scores)))
        for names in (self.cities[:cut], self.cities[cut:]):
            # as printed: rounded to one decimal
            yield "mean", "|".join(names), "FHI", round(scores[names].mean(), 1), 0.05 + 1e-9

    def _values(self):
        for city, score in self.leaf_scores["p"].items():
            yield "value", city, "p", self.start + self.step * score

    def point(self):
        """Return the variables: weights, contributions by city, and the line from the values to the contributions."""
        weights = np.array(list(self.weights.values()))
        contributions = (self.leaf_scores.loc[sorted(self.cities)] * weights).to_numpy().ravel()
        slope = self.weights["p"] / self.step
        return np.concatenate([weights, contributions, [-slope * self.start, slope]])


INDICES = st.builds(Known, st.integers(0, 2**32 - 1), st.integers(2, 5))
SOME = settings(max_examples=examples(25), deadline=None)


def all_bounds(identified):
    """Return all bounds by (city, node), weights with an empty city."""
    scores = identified.score_bounds()
    weights = identified.weight_bounds().assign(city="")
    return pd.concat([scores, weights]).set_index(["city", "node"])[["low", "high"]].sort_index()


@pytest.mark.slow
@SOME
@given(INDICES)
def test_facts_of_a_known_index_contain_it(tree, facts_of, known):
    identified = IdentifiedSet(facts_of(*known.facts), tree(**PILLARS))
    point = known.point()
    for row in identified.rows:
        slack = row.bound - row.expression @ point
        assert (abs(slack) if row.equal else -slack) <= 1e-9, row.fact
    bounds = all_bounds(identified)
    for node in ("FHI", *PILLARS):
        for city, score in known.scores(node).items():
            low, high = bounds.loc[(city, node)]
            assert low - 1e-5 <= score <= high + 1e-5
    for leaf, weight in known.weights.items():
        low, high = bounds.loc[("", leaf)]
        assert low - 1e-6 <= weight <= high + 1e-6


@pytest.mark.slow
@SOME
@given(INDICES, st.lists(st.booleans(), min_size=60, max_size=60))
def test_adding_facts_never_widens_a_bound(tree, facts_of, known, keep):
    facts = facts_of(*known.facts)
    chosen = np.array(keep[: len(facts)])
    chosen[0] = True  # the overall order names every city
    fewer = all_bounds(IdentifiedSet(facts[chosen], tree(**PILLARS)))
    more = all_bounds(IdentifiedSet(facts, tree(**PILLARS)))
    assert (more["low"] >= fewer["low"] - 1e-5).all()
    assert (more["high"] <= fewer["high"] + 1e-5).all()


@pytest.mark.slow
@SOME
@given(INDICES, st.randoms(use_true_random=False))
def test_names_of_cities_and_the_order_of_rows_change_nothing_else(tree, facts_of, known, random):
    facts = facts_of(*known.facts)
    names = [f"市{place}" for place in range(len(known.cities))]
    random.shuffle(names)
    renamed = dict(zip(known.cities, names, strict=True))
    rows = list(range(len(facts)))
    random.shuffle(rows)
    other = facts.iloc[rows].copy()
    other["subjects"] = other["subjects"].replace(renamed, regex=True)
    before = all_bounds(IdentifiedSet(facts, tree(**PILLARS))).rename(index=renamed, level=0).sort_index()
    after = all_bounds(IdentifiedSet(other, tree(**PILLARS)))
    assert before.index.equals(after.index)
    assert after.to_numpy() == pytest.approx(before.to_numpy(), abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("normalisation", ["linear", "min-max"])
@settings(max_examples=examples(12), deadline=None)
@given(known=INDICES)
def test_an_affine_change_of_the_known_values_changes_no_bound(tree, facts_of, normalisation, known):
    facts = facts_of(*known.facts)
    if normalisation == "min-max":
        # it asks for scores of 0 and 100 in p, which the facts about p and the nodes above it need not allow
        facts = facts[(facts["kind"] == "value") | facts["node"].isin(["q", "r", "s"])]
    changed = facts.copy()
    changed.loc[changed["kind"] == "value", "value_value"] *= 3
    changed.loc[changed["kind"] == "value", "value_value"] += 7
    before = all_bounds(IdentifiedSet(facts, tree(**PILLARS), normalisation=normalisation))
    after = all_bounds(IdentifiedSet(changed, tree(**PILLARS), normalisation=normalisation))
    assert after.to_numpy() == pytest.approx(before.to_numpy(), abs=1e-5)


# The published facts


class Model:
    """The constraints of an identified set handed to scipy, with further rows."""

    def __init__(self, identified):
        rows = identified.rows
        matrix, limits = np.array([row.expression for row in rows]), np.array([row.bound for row in rows])
        equal = np.array([row.equal for row in rows])
        self.upper, self.left = (matrix[~equal], limits[~equal]), (matrix[equal], limits[equal])
        self.signs = [(0, None)] * identified.space.size
        for place in range(len(identified.space.known)):
            self.signs[-2 * (place + 1)] = (None, None)

    def greatest(self, target, at_most=(), equal=()):
        """Return the greatest value of a target; further rows are (expression, bound); −∞ if nothing satisfies them."""
        upper, left = (
            (np.vstack([part[0], *(row for row, _ in more)]), np.append(part[1], [bound for _, bound in more]))
            for part, more in ((self.upper, at_most), (self.left, equal))
        )
        found = linprog(-target, *upper, *left, bounds=self.signs)
        assert found.status in (0, 2), found.message
        return -found.fun if found.status == 0 else -np.inf


@pytest.mark.slow
@pytest.mark.parametrize("pillar", ["industry", "experience", "ecosystem"])
@pytest.mark.parametrize("city", ["杭州", "武汉", "贵阳"])
def test_a_pillar_score_reaches_its_bounds_and_goes_no_further(identified, scores, city, pillar):
    # a score is at most v where score·W − v·W ≤ 0; the pillar can have weight then only if v is not below the bound
    weight, score, model = identified.weight(pillar), identified.score(city, pillar), Model(identified)
    low, high = pair(scores, city=city, node=pillar)
    step = 0.02
    for sign, end in ((1, low), (-1, high)):
        reached, beyond = (sign * (score - (end + sign * move) * weight) for move in (step, -step))
        assert model.greatest(weight, at_most=[(reached, 0)]) > 1e-4
        if 0 <= end - sign * step <= 100:
            assert model.greatest(weight, at_most=[(beyond, 0)]) < 1e-6


@pytest.fixture(scope="module")
def scores(identified):
    return identified.score_bounds()


def test_published_ranks_order_both_ends_of_the_score_bounds(scores, top20):
    assert len(scores) == 20 * 4
    root = scores[scores["node"] == "FHI"].set_index("city").loc[top20["city"]]
    assert (root["low"].diff().iloc[1:] <= 1e-6).all()
    assert (root["high"].diff().iloc[1:] <= 1e-6).all()
    assert (root["low"] < root["high"]).all()


@pytest.mark.parametrize("pillar", ["industry", "experience", "ecosystem"])
def test_published_pillar_ranks_order_both_ends_of_the_pillar_bounds(scores, top20, pillar):
    ranked = top20.sort_values(f"{pillar}_rank")
    ends = scores[scores["node"] == pillar].set_index("city").loc[ranked["city"]]
    # 南京 and 青岛 share a rank in experience, within 0.1 points
    slack = np.where(ranked[f"{pillar}_rank"].diff().iloc[1:] == 0, 0.1, 0) + 1e-5
    assert (ends["low"].diff().iloc[1:] <= slack).all()
    assert (ends["high"].diff().iloc[1:] <= slack).all()


def test_the_printed_mean_of_each_tier_lies_between_the_means_of_the_ends(scores, top20, tiers):
    root = scores[scores["node"] == "FHI"].merge(top20[["city", "tier"]], on="city")
    ends = root.groupby("tier")[["low", "high"]].mean()
    for tier in tiers.itertuples():
        assert ends.loc[tier.tier, "low"] <= tier.mean_value <= ends.loc[tier.tier, "high"]


def test_the_mean_of_a_tier_is_bounded_by_the_rounding_of_its_printed_mean(identified, top20):
    for tier, low, high in [("national", 79.65, 79.75), ("distinctive", 47.25, 47.35)]:
        cities = top20.loc[top20["tier"] == tier, "city"]
        mean = sum(identified.score(city) for city in cities) / len(cities)
        assert identified.bounds(mean) == pytest.approx((low, high), abs=1e-5)


def test_the_slight_lead_of_hangzhou_over_shenzhen_is_not_pinned_down(identified):
    low, high = identified.bounds(identified.score("杭州") - identified.score("深圳"))
    assert low >= 0.05 - 1e-6
    assert high > 10


def test_the_published_facts_force_no_weight_to_zero(identified):
    assert identified.forced_to_zero() == []


def test_bounds_of_the_weights_are_shares_and_a_node_is_as_wide_as_its_widest_child(identified, framework):
    frame = identified.weight_bounds().set_index("node")
    assert frame.index.tolist() == framework.nodes and len(frame) == 16 + 11 + 3
    assert (frame["low"] >= 0).all() and (frame["high"] <= 1).all()
    for node in framework.nodes:
        for child in framework.children(node):
            assert frame.loc[child, "high"] <= frame.loc[node, "high"] + 1e-6
            assert frame.loc[child, "low"] <= frame.loc[node, "low"] + 1e-6


def test_two_opposite_strict_orders_force_the_weight_of_an_indicator_to_zero(published, framework):
    extra = published.iloc[[0, 0]].assign(
        id=["one", "other"], node="support", subjects=["厦门|合肥", "合肥|厦门"], value_value=0.01
    )
    facts = pd.concat([published, extra], ignore_index=True)
    identified = IdentifiedSet(facts, framework)
    assert identified.forced_to_zero() == ["support"]
    frame = identified.score_bounds(["support"])
    assert len(frame) == 20 and frame[["low", "high"]].isna().all(axis=None)


@pytest.mark.slow
def test_the_published_map_of_weights_is_possible_at_its_corners_and_nowhere_outside(identified, framework):
    pillars, model = framework.children("FHI"), Model(identified)

    def possible(weights):
        fixed = [(identified.weight(pillar), weight) for pillar, weight in zip(pillars, weights, strict=True)]
        return np.isfinite(model.greatest(np.zeros(identified.space.size), equal=fixed))

    corners = identified.weight_map()[pillars].to_numpy()
    assert corners.sum(axis=1) == pytest.approx(np.ones(len(corners)), abs=2e-6)
    middle = corners.mean(axis=0)
    for corner, following in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        inside = corner + 1e-3 * (middle - corner)
        assert possible(inside / inside.sum())
        edge, along = (corner + following) / 2, following - corner
        # perpendicular to the edge inside the plane of weights that sum to one
        outward = np.cross(along, np.ones(3))
        outward *= -np.sign(outward @ (middle - edge)) / np.linalg.norm(outward)
        pushed = edge + 1e-4 * outward
        assert not possible(pushed / pushed.sum())
