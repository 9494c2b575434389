"""Rubin's rules: by hand, without spread within, and against draws whose variances are known."""

import numpy as np
import pytest
from scipy import stats

from fhi.engine.index import build
from fhi.engine.parameters import Method
from fhi.engine.robustness.monte_carlo import Study
from fhi.engine.robustness.significance import pooled, spread, tables_alone
from fhi.engine.robustness.space import parse, with_fillings


def test_rubins_rules_by_hand():
    # means 1, 2, 3; variances 2 of the pairs (0, 2), (1, 3), (2, 4): of the means 1 − 2/2 = 0 is left between
    scores = np.array([[0.0], [2], [1], [3], [2], [4]])
    found = pooled(scores, np.repeat([1, 2, 3], 2)).iloc[0]
    assert found[["tables", "mean", "within", "between", "total"]].tolist() == [3, 2, 2, 0, 2]
    assert np.isinf(found["df"]) and found["missing_information"] == 0
    assert found["high"] == pytest.approx(2 + 1.959964 * np.sqrt(2))


def test_tables_with_one_draw_each_have_the_spread_between_alone():
    found = pooled(np.array([[1.0, 5], [2, 5], [3, 5]]), np.array([1, 2, 3]))
    first, second = found.iloc[0], found.iloc[1]
    # T = (1 + 1/3)·1, ν = 2; t at 0.975 is 4.302653
    assert first[["within", "between", "df", "missing_information"]].tolist() == [0, 1, 2, 1]
    assert first["total"] == pytest.approx(4 / 3)
    assert first["low"] == pytest.approx(2 - 4.302653 * np.sqrt(4 / 3), abs=1e-5)
    assert (second["low"], second["high"], second["missing_information"]) == (5, 5, 0)


def test_variances_within_and_between_are_told_apart():
    source = np.random.default_rng(2)
    tables = np.repeat(np.arange(200), 30)
    scores = source.normal(0, 2, 200)[tables] + source.normal(0, 3, len(tables))
    found = pooled(scores[:, None], tables).iloc[0]
    assert found["within"] == pytest.approx(9, rel=0.1)
    assert found["between"] == pytest.approx(4, rel=4 * np.sqrt(2 / 199))
    ratio = found["within"] / (1.005 * found["between"])
    assert found["df"] == pytest.approx(199 * (1 + ratio) ** 2)
    assert found["missing_information"] == pytest.approx(1 / (1 + ratio))
    width = stats.t(found["df"]).ppf(0.975) * np.sqrt(found["total"])
    assert found["high"] - found["mean"] == pytest.approx(width)


def test_the_spread_of_scores_is_that_of_the_index_of_each_table(tree, cases):
    data = cases["make_data"](tree, 9, seed=3, gaps=0.2)
    panel, method = cases["as_panel"](data, 2018), Method(year=2018, availability={0: 0.2})
    space = parse({"normalisation": ["min-max", "rank"], "imputed": {"method": "hot-deck", "draws": 5}}, method, tree)
    found = with_fillings(space, panel, tree, method)
    study = Study.of(panel, tree, tables_alone(found), method)
    table = spread(study, 1).set_index("city")
    scores = []
    for number in range(1, 6):
        filled = data.fillna({code: tables[number] for code, tables in found.fillings.items()})
        scores.append(build(filled, tree, method).scores[tree.root][table.index])
    assert table["mean"].to_numpy() == pytest.approx(np.mean(scores, axis=0))
    assert table["between"].to_numpy() == pytest.approx(np.var(scores, axis=0, ddof=1))
    assert (table["within"] == 0).all() and (table["df"].dropna() >= 4).all()
