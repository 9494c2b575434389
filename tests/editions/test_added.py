"""What added indicators do to the agreement: against a direct computation, and other rankings."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from report_tables import load
from scipy import stats

from fhi import editions
from fhi.editions.alternatives import described
from fhi.editions.provenance import ADDED, ALL, added_indicators
from fhi.editions.published import external_rankings, published
from fhi.engine.agreement import (
    compare_ranks,
    external_agreement,
    kendall_tau_b,
    tau_difference,
)
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.paths import ROOT
from fhi.reading.microdata import Microdata
from fhi.running import user_data
from fhi.scenarios import load_scenario

RAW = load()
TABLES = editions.tidy(RAW)
PRINTED = published(TABLES)
WIDER = load_scenario("wider")
TREE = Framework.from_table(described(RAW, WIDER)["framework"])


def panel(method):
    return user_data.panel(method, described(RAW, method), TREE, Microdata.empty())


def taus(method):
    comparison = compare_ranks(build(panel(method), TREE, method).scores, PRINTED)
    return {
        node: stats.kendalltau(rows["rank"], rows["published"]).statistic for node, rows in comparison.groupby("node")
    }


@pytest.fixture(scope="module")
def table():
    return added_indicators(panel(WIDER), user_data.replaced(WIDER, RAW, Microdata.empty()), TREE, WIDER, PRINTED)


@pytest.mark.slow
def test_each_indicator_is_added_alone_and_all_together(table):
    assert list(table.columns) == ADDED
    assert list(dict.fromkeys(table["added"])) == ["firm_count", "capital", "services", ALL]
    assert set(table["node"]) == {"FHI", "industry", "experience", "ecosystem"} and len(table) == 16


@pytest.mark.slow
@pytest.mark.parametrize("added", ["firm_count", "capital", "services", ALL])
def test_the_taus_are_those_of_an_index_built_so(table, added):
    own = WIDER.constructions if added == ALL else {added: WIDER.constructions[added]}
    before, after = (taus(WIDER.model_copy(update={"constructions": names})) for names in ({}, own))
    rows = table[table["added"] == added].set_index("node")
    for node in after:
        assert rows.at[node, "tau_baseline"] == pytest.approx(before[node])
        assert rows.at[node, "tau"] == pytest.approx(after[node])
        assert rows.at[node, "difference"] == pytest.approx(after[node] - before[node], abs=1e-12)


@pytest.mark.slow
def test_the_index_gains_a_little_and_experience_loses_and_only_the_loss_is_told_from_chance(table):
    rows = table[table["added"] == ALL].set_index("node")
    assert rows.at["FHI", "difference"] > 0 and rows.at["FHI", "low"] <= 0 <= rows.at["FHI", "high"]
    assert rows.at["experience", "high"] < 0
    # none of the three indicators is one of the ecosystem
    assert rows.loc["ecosystem", ["difference", "low", "high"]].tolist() == [0, 0, 0]


@pytest.mark.slow
def test_a_scenario_without_other_constructions_has_no_rows():
    baseline = load_scenario("baseline")
    rows = added_indicators(
        panel(baseline), user_data.replaced(baseline, RAW, Microdata.empty()), TREE, baseline, PRINTED
    )
    assert rows.empty and list(rows.columns) == ADDED


@pytest.mark.slow
def test_the_interval_is_that_of_drawing_the_cities_one_by_one():
    generator = np.random.default_rng(5)
    printed = np.arange(12.0)
    before, after = printed + generator.normal(0, 4, 12), np.round(printed + generator.normal(0, 3, 12))
    difference, low, high = tau_difference(before, after, printed, seed=1)
    assert difference == pytest.approx(kendall_tau_b(after, printed) - kendall_tau_b(before, printed))
    direct = []
    for _ in range(4000):
        drawn = generator.integers(0, 12, 12)
        a, b, c = before[drawn], after[drawn], printed[drawn]
        direct.append(stats.kendalltau(b, c).statistic - stats.kendalltau(a, c).statistic)
    assert [low, high] == pytest.approx(np.nanquantile(direct, [0.025, 0.975]), abs=0.03)
    assert tau_difference(before, after, printed, seed=1) == (difference, low, high)
    assert tau_difference(before, after, printed, seed=2) != (difference, low, high)


def test_an_order_that_does_not_change_differs_by_nothing_and_one_city_says_nothing():
    assert tau_difference([1, 2, 3], [1, 2, 3], [1, 3, 2], seed=1) == (0, 0, 0)
    assert all(math.isnan(value) for value in tau_difference([1], [1], [1], seed=1))


@pytest.mark.slow
def test_the_payment_index_is_a_ranking_of_the_same_year_in_the_baseline():
    baseline = load_scenario("baseline")
    rows = panel(baseline)
    scores = build(rows, TREE, baseline).scores[["FHI", "experience"]]
    found = external_agreement(scores, external_rankings(TABLES), rows["source_id"])
    own = found[found["ranking"] == "Mobile payment development index"].set_index("node")
    assert set(own["status"]) == {"compared"} and set(own["year"]) == {2018}
    values = RAW["public/mobile_payment_index_2018"].set_index("city")["value"]
    both = pd.concat([scores["FHI"], values], axis=1).dropna()
    assert own.at["FHI", "cities"] == len(both) == 19
    assert own.at["FHI", "kendall_tau_b"] == pytest.approx(stats.kendalltau(both["FHI"], both["value"]).statistic)


@pytest.mark.slow
def test_a_ranking_whose_source_is_an_input_is_left_out_and_said_to_be():
    rows = panel(WIDER)
    scores = build(rows, TREE, WIDER).scores[["FHI"]]
    found = external_agreement(scores, external_rankings(TABLES), rows["source_id"]).set_index("ranking")
    assert found.at["Mobile payment development index", "status"] == "input"
    assert math.isnan(found.at["Mobile payment development index", "kendall_tau_b"])
    assert found.at["CDI CFCI 12", "status"] == "compared"


def test_any_ranking_is_left_out_whose_source_is_one_of_those_of_a_value():
    rankings = pd.DataFrame(
        {"ranking": ["a"] * 5 + ["b"] * 5, "year": 2018, "city": list("vwxyz") * 2, "place": [1, 2, 3, 4, 5] * 2}
    ).assign(source_id=["public/a"] * 5 + ["public/b"] * 5)
    scores = pd.DataFrame({"FHI": [50.0, 40, 30, 20, 10]}, index=list("vwxyz"))
    found = external_agreement(scores, rankings, pd.Series(["report2018/top20", "report2018/banks+public/b"]))
    assert found.set_index("ranking")["status"].to_dict() == {"a": "compared", "b": "input"}
    assert found.set_index("ranking").at["a", "kendall_tau_b"] == 1


def test_few_cities_give_no_coefficient_and_another_edition_has_no_rankings():
    scores = pd.DataFrame({"FHI": [3.0, 2, 1]}, index=["香港", "上海", "北京"])
    found = external_agreement(scores, external_rankings(TABLES), pd.Series(dtype=object))
    row = found[found["ranking"] == "GFCI 24"].iloc[0]
    assert (row["cities"], row["status"]) == (3, "few cities") and math.isnan(row["kendall_tau_b"])
    assert external_agreement(scores, external_rankings({}), pd.Series(dtype=object)).empty


@pytest.mark.slow
def test_the_guide_states_what_the_wider_data_do(table):
    """The tau-b before and after of index, industry and experience, and the interval of the index."""
    rows = table[table["added"] == ALL].set_index("node")
    expected = [
        rows.loc[node, column] for node in ("FHI", "industry", "experience") for column in ("tau_baseline", "tau")
    ]
    expected[2:2] = rows.loc["FHI", ["low", "high"]].abs().tolist()
    for page, words in (
        ("docs/guide.md", ("In `wider`, ", "(significant")),
        ("docs/zh/guide.md", ("`wider` 的", "（显著")),
    ):
        text = (ROOT / page).read_text(encoding="utf-8")
        sentence = text[text.index(words[0]) : text.index(words[1])]
        assert re.findall(r"0\.\d\d", sentence) == [f"{value:.2f}" for value in expected]
