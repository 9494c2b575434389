"""Weights of many draws at once, by level."""

import numpy as np
import pytest
from scipy.stats import kstest

from fhi.engine.robustness.draws import Rescaled, Tree, effective, noisy
from fhi.engine.robustness.space import WeightNoise


@pytest.fixture
def arrays(tree):
    found = Tree.of(tree)
    shares = tree.weights / tree.weights.groupby(tree.parents).transform("sum")
    return found, found.by_level(shares.to_frame())


def test_children_and_leaves_of_a_node_stand_side_by_side(tree):
    found = Tree.of(tree)
    assert found.nodes[0] == ["index"]
    assert sorted(found.leaves) == sorted(tree.leaves)
    for level, spans in enumerate(found.spans):
        for node, span in zip(found.nodes[level], spans, strict=True):
            assert found.nodes[level + 1][span] == tree.children(node)
    places = found.ancestors(found.depth, 1)
    assert (np.diff(places) >= 0).all()
    assert [found.nodes[1][place] for place in places] == [ancestor(tree, leaf, 1) for leaf in found.leaves]


def ancestor(tree, node, level):
    while tree.levels[node] > level:
        node = tree.parents[node]
    return node


def test_effective_weights_are_products_down_the_tree(tree, arrays):
    found, weights = arrays
    expected = tree.effective(tree.weights / tree.weights.groupby(tree.parents).transform("sum"))
    np.testing.assert_allclose(effective(found, weights, 0, 3)[:, 0], expected[found.leaves])
    assert effective(found, weights, 0, 3).sum() == pytest.approx(1)


def numbers(found, level, draws, seed=0):
    return {level: np.random.default_rng(seed).random((len(found.nodes[level]), draws))}


def test_uniform_noise_keeps_within_its_size_before_it_is_rescaled(arrays):
    found, weights = arrays
    moved = noisy(found, weights, (WeightNoise("uniform", 0.25, (3,)),), numbers(found, 3, 500))
    np.testing.assert_allclose(found.sums(moved[3], 3), 1.0)
    ratio = moved[3] / weights[3]
    assert 0.75 / 1.25 <= ratio.min() < 0.8
    assert 1.2 < ratio.max() <= 1.25 / 0.75
    np.testing.assert_array_equal(moved[1], weights[1])


def test_a_dirichlet_of_size_one_and_equal_weights_is_uniform_on_the_simplex(arrays):
    found, weights = arrays
    weights = weights | {1: np.full((3, 1), 1 / 3)}
    moved = noisy(found, weights, (WeightNoise("dirichlet", 1.0, (1,)),), numbers(found, 1, 4000))[1]
    np.testing.assert_allclose(moved.sum(axis=0), 1.0)
    # a coordinate of the uniform distribution on a simplex of three corners has the distribution Beta(1, 2)
    assert kstest(moved[0], "beta", (1, 2)).pvalue > 0.001


def test_a_dirichlet_has_the_weights_as_its_mean_and_is_narrower_the_larger_it_is(arrays):
    found, weights = arrays
    spread = {}
    for size in (0.5, 2, 8):
        moved = noisy(found, weights, (WeightNoise("dirichlet", size, (1,)),), numbers(found, 1, 6000))[1]
        np.testing.assert_allclose(moved.mean(axis=1), weights[1][:, 0], atol=0.02)
        spread[size] = moved.std(axis=1)[0]
        # variance w(1 − w)/(α0 + 1) with α0 = 3·size
        assert spread[size] == pytest.approx(
            np.sqrt(weights[1][0, 0] * (1 - weights[1][0, 0]) / (3 * size + 1)), rel=0.05
        )
    assert spread[0.5] > spread[2] > spread[8]


def test_weights_of_zero_stay_zero(arrays):
    found, weights = arrays
    weights = weights | {1: np.array([[0.0], [0.6], [0.4]])}
    for kind in ("uniform", "dirichlet"):
        moved = noisy(found, weights, (WeightNoise(kind, 0.5, (1,)),), numbers(found, 1, 50))[1]
        assert (moved[0] == 0).all()
        np.testing.assert_allclose(moved.sum(axis=0), 1.0)


def test_a_missing_child_leaves_its_weight_to_its_siblings(tree, arrays):
    found, weights = arrays
    present = np.array([leaf not in ("wage", "dust") for leaf in found.leaves])
    shares, scored = Rescaled(found, weights, {}).shares(present)
    by_node = {
        node: value for level in shares for node, value in zip(found.nodes[level], shares[level][:, 0], strict=True)
    }
    # wage has 3/5 below income, rent and pension 1/5 each; place has only dust below it
    assert by_node["rent"] == by_node["pension"] == pytest.approx(0.5)
    assert by_node["wage"] == by_node["place"] == 0
    assert by_node["people"] == pytest.approx(2 / 3)
    assert not scored[1][found.nodes[1].index("place"), 0]
    assert scored[0].all()
    # income has data for 2/5 of its weight
    _, scored = Rescaled(found, weights, {2: 0.5}).shares(present)
    assert not scored[2][found.nodes[2].index("income"), 0]
    _, scored = Rescaled(found, weights, {0: 1.0}).shares(present)
    assert not scored[0].any()
