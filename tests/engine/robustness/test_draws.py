"""Draws come from streams of their own and do not depend on what else is drawn."""

import numpy as np
import pytest
from scipy.stats import kstest

from fhi.engine.parameters import Method
from fhi.engine.robustness import draws
from fhi.engine.robustness.draws import BLOCK, Tree
from fhi.engine.robustness.space import parse

SPACE = {
    "normalisation": ["min-max", "rank", "z-score"],
    "weight_noise": {"uniform": 0.25, "levels": [1, 3]},
    "data_noise": {"wage": {"sd": 1}, "dust": {"sd": 1}},
}


def sample(tree, first=0, count=100, seed=1, **changed):
    space = parse(SPACE | changed, Method(), tree)
    return draws.draw(space, Tree.of(tree), 5, seed, first, count)


def arrays(one):
    noise = {f"data {code}": sets[:, one.sets] for code, sets in one.data.items()}
    return one.picks | {f"level {level}": numbers for level, numbers in one.weights.items()} | noise


def same(one, other):
    assert arrays(one).keys() == arrays(other).keys()
    for name, values in arrays(one).items():
        np.testing.assert_array_equal(values, arrays(other)[name])


def test_the_same_seed_gives_the_same_draws_and_another_seed_others(tree):
    same(sample(tree), sample(tree))
    assert any((values != arrays(sample(tree, seed=2))[name]).any() for name, values in arrays(sample(tree)).items())


def test_the_first_draws_of_a_longer_run_are_those_of_a_shorter_one(tree):
    same(sample(tree, count=2 * BLOCK + 7).take(slice(0, 100)), sample(tree))


def test_a_run_that_is_divided_at_blocks_is_the_same(tree):
    whole = sample(tree, count=3 * BLOCK)
    same(whole.take(slice(BLOCK, 2 * BLOCK + 9)), sample(tree, first=BLOCK, count=BLOCK + 9))


def test_another_assumption_leaves_the_draws_of_the_others(tree):
    more, fewer = arrays(sample(tree, aggregation=["arithmetic", "median"])), arrays(sample(tree))
    for name, values in fewer.items():
        np.testing.assert_array_equal(values, more[name])


def test_alternatives_are_drawn_with_their_probabilities(tree):
    chances = {"alternatives": ["min-max", "rank", "z-score"], "probabilities": [0.5, 0.2, 0.3]}
    picks = sample(tree, count=20_000, normalisation=chances).picks["normalisation"]
    np.testing.assert_allclose(np.bincount(picks) / 20_000, [0.5, 0.2, 0.3], atol=0.015)


def test_noise_is_uniform_and_normal_and_of_one_source_independent_of_another(tree):
    found = sample(tree, count=5000)
    assert kstest(found.weights[1].ravel(), "uniform").pvalue > 0.001
    assert kstest(found.data["wage"].ravel(), "norm").pvalue > 0.001
    assert abs(np.corrcoef(found.data["wage"][0], found.data["dust"][0])[0, 1]) < 0.06
    assert abs(np.corrcoef(found.weights[1][0], found.weights[3][0])[0, 1]) < 0.06


@pytest.mark.parametrize("assumption", ["normalisation", "weight_noise", "data_noise"])
def test_one_assumption_is_exchanged_and_nothing_else(tree, assumption):
    space = parse(SPACE, Method(), tree)
    both = {side: draws.picks(space, seed, 0, 50) for side, seed in (("A", 1), ("B", 2))}
    one, other = draws.with_noise(both, space, Tree.of(tree), 5, 1, 0)
    mixed = arrays(one.exchanged(other, assumption))
    prefix = {"normalisation": "normalisation", "weight_noise": "level", "data_noise": "data"}[assumption]
    for name, values in mixed.items():
        source = other if name.startswith(prefix) else one
        np.testing.assert_array_equal(values, arrays(source)[name])
        assert (arrays(one)[name] != arrays(other)[name]).any()


def test_joined_draws_stand_one_after_the_other(tree):
    found = sample(tree)
    same(draws.join([found.take(slice(0, 30)), found.take(slice(30, 100))]), found)
