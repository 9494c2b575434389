"""What is constant but for rounding is constant to everything that divides by a spread."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine import imputation, multivariate, normalisation, treatment, weighting
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.methods import constant, same

#: 0.1 + 0.2 is 0.30000000000000004
ALMOST = [0.1 + 0.2, 0.3, 0.3, 0.3, 0.3]
DATA = pd.DataFrame({"flat": ALMOST, "a": [1.0, 2, 4, 3, 7], "b": [2.0, 1, 5, 5, 3]}, index=list("uvwxy"))
UP = pd.Series(1, index=DATA.columns)


@pytest.fixture(scope="module")
def tree():
    rows = [(0, "r", None, 1, 1.0), *((1, code, "r", 1, 1.0) for code in DATA)]
    return Framework.from_table(pd.DataFrame(rows, columns=["level", "code", "parent", "direction", "weight"]))


def test_the_rule_is_one():
    assert constant(DATA) == ["flat"]
    assert constant(DATA * 1e9) == constant(-DATA) == ["flat"]
    assert constant(DATA.assign(flat=0.0)) == ["flat"] and constant(DATA.assign(flat=np.nan)) == []
    assert not same(1.0, 1.0 + 1e-9)


@pytest.mark.parametrize("method", ["min-max", "z-score", "robust", "distance-to-maximum"])
def test_normalisations_refuse_it(method):
    with pytest.raises(MethodError, match=r"(same|equal) in flat"):
        normalisation.normalise(DATA, method, directions=UP)


@pytest.mark.parametrize("method", ["entropy", "critic", "pca"])
def test_weights_refuse_it(method, tree):
    with pytest.raises(MethodError, match="every value is the same in flat"):
        weighting.weigh(DATA, tree, method)


def test_imputations_take_it_for_constant(tree):
    holed = DATA.mask(DATA == 7)
    with pytest.raises(MethodError, match="every value is the same in flat"):
        imputation.impute(holed, "em", framework=tree)
    plain = holed.assign(flat=0.3)
    for method in ("k-nearest-neighbours", "parent-mean"):
        found, expected = (imputation.impute(data, method, framework=tree)[0] for data in (holed, plain))
        pd.testing.assert_frame_equal(found[["a", "b"]], expected[["a", "b"]])


def test_what_describes_indicators_gives_it_no_spread(tree):
    assert np.isnan(treatment.skewness(DATA)[0]) and np.isnan(treatment.kurtosis(DATA)[0])
    pairs = multivariate.correlations(DATA, tree).set_index(["first", "second"])["correlation"]
    assert pairs["flat"].isna().all() and pairs["a", "b"] == pytest.approx(DATA["a"].corr(DATA["b"]))
    assert np.isnan(multivariate.cronbach_alpha(pd.DataFrame({"a": ALMOST, "b": ALMOST})))
    scores = DATA.assign(r=DATA["a"])
    found = multivariate.effective_weights(scores, tree, UP / 3)
    assert np.isnan(found["correlation"]["flat"]) and found["correlation"]["a"] == pytest.approx(1)
    with pytest.raises(MethodError, match="every value of flat is the same"):
        multivariate.principal_components(DATA)
