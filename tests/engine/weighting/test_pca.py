"""Principal components: the Handbook's tables, scikit-learn, planted factors, and signs that never matter."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sampled import examples
from sklearn.decomposition import PCA, FactorAnalysis

from fhi.engine.errors import MethodError
from fhi.engine.weighting.data_driven import _loadings, correlations, varimax

#: OECD/JRC (2008), Handbook, table A.2: the first 23 countries
TAI = pd.read_csv(Path(__file__).parents[2] / "data" / "tai.csv", index_col="country").drop(columns="bod")
#: table 17, absolute: what a sign of a factor cannot change
TABLE_17 = np.array(
    [
        [0.07, 0.97, 0.06, 0.06],
        [0.13, 0.07, 0.07, 0.93],
        [0.79, 0.21, 0.21, 0.42],
        [0.64, 0.56, 0.04, 0.36],
        [0.37, 0.17, 0.38, 0.68],
        [0.82, 0.04, 0.25, 0.35],
        [0.88, 0.23, 0.09, 0.09],
        [0.08, 0.04, 0.96, 0.04],
    ]
)


def related(seed, units=40):
    """Return scores that share a common part, so that all load the same way on the first component."""
    generator = np.random.default_rng(seed)
    return generator.normal(size=(units, 1)) + generator.normal(size=(units, 4))


def test_the_rotated_loadings_of_table_17():
    # the data are printed in three digits
    found = np.abs(varimax(_loadings(correlations(TAI), 4)))
    assert found == pytest.approx(TABLE_17, abs=0.025)
    assert (found**2).sum(axis=0) == pytest.approx([2.64, 1.39, 1.19, 1.76], abs=0.03)


def test_the_weights_of_table_18(flat):
    weights = flat(TAI, "factor-analysis", factors=4)
    assert weights == pytest.approx([0.17, 0.15, 0.11, 0.07, 0.08, 0.12, 0.14, 0.16], abs=0.0075)


def test_the_weights_are_squared_loadings_inside_a_factor_times_its_share():
    # as the Handbook composes them, in two steps, up to the common factor that rescaling removes
    loadings = varimax(_loadings(correlations(TAI), 4))
    explained = (loadings**2).sum(axis=0)
    factor = np.abs(loadings).argmax(axis=1)
    inside = loadings[range(8), factor] ** 2 / explained[factor]
    expected = inside * explained[factor] / explained.sum()
    found = (loadings**2).max(axis=1)
    assert found / found.sum() == pytest.approx(expected / expected.sum())


@pytest.mark.parametrize("seed", range(5))
def test_the_first_component_is_that_of_scikit_learn(flat, seed):
    scores = related(seed)
    standard = (scores - scores.mean(axis=0)) / scores.std(axis=0)
    first = np.abs(PCA(n_components=1).fit(standard).components_[0])
    assert flat(scores, "pca") == pytest.approx(first / first.sum())


def test_two_indicators_that_run_together_weigh_the_same(flat):
    assert flat([[1, 5], [2, 9], [3, 7], [5, 11]], "pca") == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("method", ["pca", "factor-analysis"])
@pytest.mark.parametrize("seed", range(3))
def test_the_sign_of_an_eigenvector_never_matters(flat, monkeypatch, method, seed):
    scores = related(seed)
    before = flat(scores, method)
    straight = np.linalg.eigh

    def turned(matrix):
        values, vectors = straight(matrix)
        return values, vectors * np.random.default_rng(seed).choice([-1.0, 1.0], size=len(values))

    monkeypatch.setattr(np.linalg, "eigh", turned)
    assert flat(scores, method) == pytest.approx(before)


def test_an_indicator_against_the_others_is_refused_by_name(flat):
    scores = related(1)
    scores[:, 2] *= -1
    with pytest.raises(
        MethodError, match=r"negative loadings on the first component: c .*check its direction.*below root\)"
    ):
        flat(scores, "pca")
    # squares do not mind
    assert flat(scores, "factor-analysis") == pytest.approx(flat(related(1), "factor-analysis"))


@pytest.mark.parametrize("method", ["pca", "factor-analysis"])
def test_components_that_explain_the_same_are_refused(flat, method):
    # two indicators that do not correlate have no first component
    with pytest.raises(MethodError, match="components 1 and 2 of a, b explain the same"):
        flat([[1, 1], [1, -1], [-1, 1], [-1, -1]], method)


def test_two_planted_factors_are_found_and_separated():
    generator = np.random.default_rng(3)
    one, two = generator.normal(size=(2, 4000, 1))
    scores = np.hstack([one + 0.3 * generator.normal(size=(4000, 3)), two + 0.3 * generator.normal(size=(4000, 2))])
    loadings = np.abs(varimax(_loadings(correlations(pd.DataFrame(scores)), None)))
    # a loading on its own factor is near 1/√(1 + 0.3²) or somewhat above, on the other near 0
    assert loadings.shape == (5, 2)
    own = np.sort(loadings, axis=1)
    assert (own[:, 1] > 0.95).all() and (own[:, 0] < 0.05).all()


def test_rotation_changes_neither_communalities_nor_the_sum_explained():
    loadings = _loadings(correlations(TAI), 3)
    rotated = varimax(loadings)
    assert (rotated**2).sum(axis=1) == pytest.approx((loadings**2).sum(axis=1))
    assert rotated @ rotated.T == pytest.approx(loadings @ loadings.T)


def test_of_a_family_smaller_than_the_number_of_factors_all_are_kept(flat):
    scores = related(2)[:, :2]
    # all of the variance of each is explained
    assert flat(scores, "factor-analysis", factors=9) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("factors", [0, -1, 1.5, "2", True])
def test_a_number_of_factors_that_is_none_is_refused(flat, factors):
    with pytest.raises(MethodError) as caught:
        flat(related(0), "factor-analysis", factors=factors)
    assert caught.value.key == "weighting.factors"


@pytest.mark.slow
@settings(max_examples=examples(30), deadline=None)
@given(arrays(float, (8, 3), elements=st.floats(0, 10)), st.sampled_from([0.01, 1, 500]), st.floats(-9, 9))
@pytest.mark.parametrize("method", ["pca", "factor-analysis"])
def test_the_scale_of_an_indicator_does_not_matter(flat, method, noise, factor, shift):
    scores = noise + 8 * np.arange(8)[:, None]
    assume((np.corrcoef(scores.T) < 1 - 1e-6)[np.triu_indices(3, 1)].all())
    moved = scores * np.array([1, factor, 1]) + np.array([0, shift, 0])
    assert flat(moved, method) == pytest.approx(flat(scores, method), abs=1e-6)


def test_unobserved_components_are_the_one_factor_of_scikit_learn(flat):
    rng = np.random.default_rng(11)
    shared = rng.normal(size=200)
    scores = np.column_stack(
        [shared * loading + rng.normal(size=200) * noise for loading, noise in ((1, 0.5), (1, 1), (2, 1), (1, 3))]
    )
    standard = (scores - scores.mean(axis=0)) / scores.std(axis=0)
    peer = FactorAnalysis(1, tol=1e-12, max_iter=100_000, svd_method="lapack").fit(standard)
    expected = peer.components_[0] ** 2 / peer.noise_variance_
    assert flat(scores, "unobserved-components") == pytest.approx((expected / expected.sum()).tolist(), rel=1e-4)


def test_unobserved_components_of_exact_correlations_are_those_of_the_model(flat):
    # three children have as many correlations as loadings: λ_a² = r_ab·r_ac/r_bc
    correlation = np.array([[1, 0.48, 0.4], [0.48, 1, 0.3], [0.4, 0.3, 1]])
    rng = np.random.default_rng(2)
    draws = rng.normal(size=(50, 3))
    draws -= draws.mean(axis=0)
    exact = draws @ np.linalg.inv(np.linalg.cholesky(draws.T @ draws / 49)).T @ np.linalg.cholesky(correlation).T
    squares = np.array([0.48 * 0.4 / 0.3, 0.48 * 0.3 / 0.4, 0.4 * 0.3 / 0.48])
    expected = squares / (1 - squares)
    assert flat(exact, "unobserved-components") == pytest.approx((expected / expected.sum()).tolist(), rel=1e-6)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (np.random.default_rng(1).normal(size=(9, 2)), "three children or more"),
        (np.random.default_rng(1).normal(size=(3, 3)), "more units that have them all than children"),
        (
            np.outer(np.arange(9.0), [1, 1, -1]) + np.random.default_rng(1).normal(size=(9, 3)),
            "is negatively correlated with the others",
        ),
    ],
)
def test_unobserved_components_refuse_what_the_model_cannot_tell(flat, scores, message):
    with pytest.raises(MethodError, match=message):
        flat(scores, "unobserved-components")
