"""Rank changes between years and between methods under the same draws."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine.parameters import Method
from fhi.engine.robustness import uncertainty
from fhi.engine.robustness.runs import Analysis
from fhi.engine.robustness.significance import between_methods

SPACE = {"normalisation": ["min-max", "rank"], "weight_noise": {"uniform": 0.2, "levels": [1]}}


@pytest.fixture(scope="module")
def panel(tree, cases):
    """Two years, of which the second differs in one unit alone, far the best then."""
    old = cases["make_data"](tree, 8, seed=5)
    new = old.copy()
    new.loc["unit 3"] = np.where(tree.directions[new.columns] > 0, 200.0, 0.0)
    return pd.concat([cases["as_panel"](old, 2017), cases["as_panel"](new, 2018)])


def test_the_same_method_changes_no_rank(panel, tree):
    method = Method(year=2018)
    table = between_methods((panel, method), (panel, method), tree, SPACE, draws=50)
    assert not table["significant"].any() and (table[["low", "high", "rises", "falls"]] == 0).all(axis=None)


def test_the_changes_are_those_of_the_draws(panel, tree):
    methods = Method(year=2018), Method(year=2018, weights={"money": 9})
    table = between_methods((panel, methods[0]), (panel, methods[1]), tree, SPACE, draws=80, seed=4).set_index("city")
    ranks = [uncertainty(panel, tree, SPACE, 80, 4, method=method).ranks for method in methods]
    change = ranks[1] - ranks[0]
    assert table["rises"].to_dict() == pytest.approx((change < 0).mean().to_dict())
    assert table["falls"].to_dict() == pytest.approx((change > 0).mean().to_dict())


def test_a_unit_that_becomes_the_best_has_changed_and_others_need_not(panel, tree):
    method = Method(year=2018, robustness={"draws": 300, "space": SPACE, "seed": 1})
    units = pd.DataFrame(index=panel["city"].unique())
    published = pd.DataFrame(columns=["city", "rank", "tier"])
    found = Analysis(panel, tree, method, published, units).rank_changes().set_index("city")
    assert set(found["from"]) == {2017} and set(found["to"]) == {2018}
    assert found.loc["unit 3", "significant"] and found.loc["unit 3", "high"] < 0
    one_year = Analysis(panel[panel["year"] == 2018], tree, method, published, units).rank_changes()
    assert one_year.empty and [*one_year.columns][:3] == ["from", "to", "city"]
