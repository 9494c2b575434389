"""Sobol' indices against functions whose indices are known, and against scipy."""

import numpy as np
import pytest
from scipy import stats

from fhi.engine.robustness.saltelli import design, indices


def ishigami(x, a=7.0, b=0.1):
    angle = np.pi * (2 * x - 1)
    return np.sin(angle[:, 0]) + a * np.sin(angle[:, 1]) ** 2 + b * angle[:, 2] ** 4 * np.sin(angle[:, 0])


def ishigami_indices(a=7.0, b=0.1):
    """Ishigami and Homma (1990): the parts of the variance in closed form."""
    alone = np.array([(1 + b * np.pi**4 / 5) ** 2 / 2, a**2 / 8, 0.0])
    together = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = alone.sum() + together
    return alone / variance, (alone + [together, 0, together]) / variance, variance


COEFFICIENTS = np.array([0, 1, 4.5, 9, 99])


def g_function(x):
    return np.prod((np.abs(4 * x - 2) + COEFFICIENTS) / (1 + COEFFICIENTS), axis=1)


def g_indices():
    """Saltelli and Sobol' (1995)."""
    parts = 1 / (3 * (1 + COEFFICIENTS) ** 2)
    variance = np.prod(1 + parts) - 1
    return parts / variance, parts * np.prod(1 + parts) / (1 + parts) / variance, variance


def run(function, inputs, n, seed=1, **arguments):
    a, b = design(inputs, n, seed)
    crossed = [function(np.where(np.arange(inputs) == i, b, a)) for i in range(inputs)]
    outputs = (np.asarray(values)[..., None] for values in (function(a), function(b), crossed))
    return indices(*outputs, **arguments)


@pytest.mark.parametrize(
    ("function", "known", "inputs"),
    [(ishigami, ishigami_indices, 3), (g_function, g_indices, 5)],
    ids=["Ishigami", "g"],
)
def test_indices_of_known_functions(function, known, inputs):
    first, total, variance = known()
    found = run(function, inputs, 2**14)
    np.testing.assert_allclose(found.first[:, 0], first, atol=0.01)
    np.testing.assert_allclose(found.total[:, 0], total, atol=0.01)
    assert found.variance[0] == pytest.approx(variance, rel=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(("function", "known", "inputs"), [(ishigami, ishigami_indices, 3), (g_function, g_indices, 5)])
def test_intervals_hold_the_known_indices_and_narrow_with_the_root_of_n(function, known, inputs):
    first, total, _ = known()
    widths = []
    for n in (2**10, 2**14):
        found = run(function, inputs, n)
        for values, ends in ((first, found.first_interval), (total, found.total_interval)):
            assert (ends[0, :, 0] - 0.01 <= values).all()
            assert (values <= ends[1, :, 0] + 0.01).all()
        widths.append((found.first_interval[1] - found.first_interval[0])[0, 0])
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.25)


def test_indices_of_a_sum_are_the_shares_of_the_variance():
    weights = np.array([1.0, 2, 3])
    found = run(lambda x: x @ weights, 3, 2**13)
    np.testing.assert_allclose(found.first[:, 0], weights**2 / 14, atol=0.01)
    np.testing.assert_allclose(found.total[:, 0], weights**2 / 14, atol=0.01)


def test_the_same_design_gives_the_indices_of_scipy():
    a, b = design(3, 512, 4)
    crossed = np.array([np.where(np.arange(3) == i, b, a) for i in range(3)])
    given = {"f_A": ishigami(a)[None], "f_B": ishigami(b)[None]}
    given["f_AB"] = np.array([ishigami(one) for one in crossed])[:, None]
    theirs = stats.sobol_indices(func=given, n=512)
    ours = indices(given["f_A"].T, given["f_B"].T, np.moveaxis(given["f_AB"], 1, 2))
    np.testing.assert_allclose(ours.first[:, 0], theirs.first_order.ravel(), rtol=1e-10)
    np.testing.assert_allclose(ours.total[:, 0], theirs.total_order.ravel(), rtol=1e-10)
    bootstrap = theirs.bootstrap(confidence_level=0.95, n_resamples=999)
    low, high = ours.first_interval[:, :, 0]
    np.testing.assert_allclose(low, np.ravel(bootstrap.first_order.confidence_interval.low), atol=0.03)
    np.testing.assert_allclose(high, np.ravel(bootstrap.first_order.confidence_interval.high), atol=0.03)


def test_an_output_that_does_not_vary_has_no_indices():
    a = np.ones((64, 1))
    found = indices(a, a, np.ones((2, 64, 1)))
    assert np.isnan(found.first).all()
    assert np.isnan(found.first_interval).all()
    assert found.variance.tolist() == [0]


def test_several_outputs_are_estimated_as_each_alone():
    a, b = design(3, 256, 2)
    crossed = [np.where(np.arange(3) == i, b, a) for i in range(3)]
    both = [np.stack([ishigami(x), x.sum(axis=1)], axis=-1) for x in (a, b, *crossed)]
    found = indices(both[0], both[1], np.array(both[2:]), resamples=120)
    for output in (0, 1):
        one = indices(*(np.asarray(x)[..., [output]] for x in (both[0], both[1], both[2:])), resamples=120)
        np.testing.assert_allclose(found.first[:, output], one.first[:, 0])
        np.testing.assert_allclose(found.total_interval[:, :, output], one.total_interval[:, :, 0])


def test_the_design_is_the_same_for_a_seed_and_fills_the_cube():
    a, b = design(4, 1024, 9)
    again, _ = design(4, 1024, 9)
    np.testing.assert_array_equal(a, again)
    # every 1024th part of each axis holds one point of a digital sequence
    for half in (a, b):
        for column in half.T:
            np.testing.assert_array_equal(np.sort(np.floor(column * 1024)), np.arange(1024))
