"""One assumption at a time."""

import numpy as np
import pytest

from fhi.engine.index import build
from fhi.engine.parameters import Method
from fhi.engine.robustness import RobustnessError, uncertainty
from fhi.engine.robustness.saltelli import tornado

SPACE = {
    "normalisation": ["min-max", "rank"],
    "aggregation": ["arithmetic", "median"],
    "weight_noise": {"uniform": 0.5, "levels": [1, 2, 3]},
    "data_noise": {"wage": {"relative": 0.3}},
}


@pytest.fixture(scope="module")
def data(cases, tree):
    return cases["make_data"](tree, 8, seed=6)


@pytest.mark.slow
def test_a_tornado_changes_one_assumption_at_a_time(cases, data, tree):
    space = SPACE | {"left_out": ["none", "indicators"]}
    table = tornado(data, tree, space, 3)
    assert len(table) == 8 * 5
    method = Method()
    base = ranks(cases, data, tree, method)
    for _, row in table[table["assumption"] == "aggregation"].iterrows():
        other = ranks(cases, data, tree, method.model_copy(update={"aggregation": "median"}))
        both = sorted([base[row["city"]], other[row["city"]]])
        assert [row["base"], row["best"], row["worst"]] == [base[row["city"]], *both]
        assert row["worst_at"] == ("median" if both[1] > base[row["city"]] else "")
    without = {leaf: ranks(cases, data, tree, Method(exclude_indicators=[leaf])) for leaf in tree.leaves}
    for _, row in table[table["assumption"] == "left_out"].iterrows():
        found = [base[row["city"]], *(without[leaf][row["city"]] for leaf in tree.leaves)]
        assert (row["best"], row["worst"]) == (min(found), max(found))
        if row["best_at"]:
            assert without[row["best_at"]][row["city"]] == row["best"]


def ranks(cases, data, tree, method):
    return build(cases["as_panel"](data, 0), tree, method).ranks["index"].astype(int)


def test_a_tornado_of_noise_holds_the_stated_share_of_the_draws(data, tree):
    table = tornado(data, tree, SPACE, 3, draws=2000, level=0.8)
    alone = uncertainty(data, tree, {"weight_noise": SPACE["weight_noise"]}, 2000, 3).ranks
    noise = table[table["assumption"] == "weight_noise"].set_index("city")
    np.testing.assert_array_equal(noise["best"], alone.quantile(0.1, interpolation="lower"))
    np.testing.assert_array_equal(noise["worst"], alone.quantile(0.9, interpolation="higher"))
    assert (noise["worst_at"] == "").all()


def test_an_alternative_that_cannot_be_computed_is_told(data, tree):
    with pytest.raises(RobustnessError, match="normalisation: min-max; aggregation: geometric"):
        tornado(data, tree, {"normalisation": ["min-max", "rank"], "aggregation": ["median", "geometric"]})
