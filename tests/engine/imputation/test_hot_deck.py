"""Hot deck: donors worked by hand, within groups, by the seed, whatever the order of the rows."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine.errors import MethodError
from fhi.engine.imputation import impute

NAN = float("nan")
# sd of x is 1 over the five, so that distances in x can be read off
DATA = pd.DataFrame({"x": [1.0, 2, 2.4, 9, 9.3], "y": [10.0, NAN, 30, NAN, 50]}, index=list("abcde"))
UNITS = pd.DataFrame({"region": ["n", "n", "s", "s", None]}, index=DATA.index)


def test_the_nearest_unit_that_has_the_indicator_gives():
    filled, mask = impute(DATA, "nearest-donor")
    assert filled["y"].tolist() == [10, 30, 30, 50, 50]
    assert mask.to_numpy().sum() == 2


def test_donors_are_of_the_same_group():
    filled, _ = impute(DATA, "nearest-donor", groups="region", units=UNITS)
    # b of the north takes from a, d of the south from c, though e is nearer
    assert filled["y"].tolist() == [10, 10, 30, 30, 50]


def test_a_unit_without_group_or_donor_stays_missing():
    units = UNITS.assign(region=["n", None, "s", "w", "n"])
    for method in ("nearest-donor", "random-donor"):
        filled, _ = impute(DATA, method, groups="region", units=units)
        assert filled["y"].isna().tolist() == [False, True, False, True, False]


def test_of_donors_that_tie_the_first_by_name_gives():
    data = pd.DataFrame({"x": [1.0, 3, 2], "y": [10.0, 30, NAN]}, index=["b", "a", "c"])
    assert impute(data, "nearest-donor")[0].loc["c", "y"] == 30


@pytest.mark.parametrize("method", ["nearest-donor", "random-donor"])
def test_the_order_of_rows_plays_no_part(method):
    source = np.random.default_rng(1)
    data = pd.DataFrame(source.normal(size=(30, 4)), index=[f"u{n}" for n in range(30)], columns=list("wxyz"))
    data = data.mask(source.random(data.shape) < 0.3)
    shuffled = data.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(impute(shuffled, method)[0].loc[data.index], impute(data, method)[0])


@pytest.mark.slow
def test_each_donor_is_as_likely_as_the_others_and_a_seed_repeats():
    data = pd.DataFrame({"y": [1.0, 2, 3, NAN]}, index=list("abcd"))
    drawn = [impute(data, "random-donor", seed=seed)[0].loc["d", "y"] for seed in range(1200)]
    counts = np.unique(drawn, return_counts=True)[1]
    # four standard deviations of a third of 1200 draws
    assert counts == pytest.approx([400] * 3, abs=4 * np.sqrt(1200 * 2 / 9))
    assert drawn[7] == impute(data, "random-donor", seed=7)[0].loc["d", "y"]


def test_indicators_that_lack_the_same_units_take_one_donor():
    donors = np.arange(6.0)
    data = pd.DataFrame({"x": [*donors, NAN], "y": [*donors * 10, NAN]}, index=list("abcdefg"))
    filled, _ = impute(data, "random-donor", seed=3)
    assert filled.loc["g", "y"] == 10 * filled.loc["g", "x"]


def test_a_column_that_does_not_exist_is_refused():
    with pytest.raises(MethodError, match=r"no column 'regoin'.*region"):
        impute(DATA, "nearest-donor", groups="regoin", units=UNITS)
