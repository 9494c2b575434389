"""The tables of page and print hold the numbers of the built tables, and nothing that is missing becomes one."""

import math

import pandas as pd
import pytest

from fhi.showing.report import method, tables
from fhi.showing.report.texts import NOTHING


@pytest.fixture(scope="module")
def store(built):
    return built.store()


def column(table, place):
    return [row[place] for row in table.rows]


@pytest.mark.parametrize(
    "name", ["top20", "agreement", "comparison", "ranks_compared", "orders", "scores", "bounds", "statements"]
)
def test_every_table_is_whole_and_speaks_both_languages(store, name):
    table = getattr(tables, name)(store)
    assert table.rows and all(len(row) == len(table.heads) for row in table.rows)
    for text in (table.title, table.note, *table.heads):
        assert set(text) == {"zh", "en"}
    assert table.evidence
    assert f"{table.file}" in store


def test_the_published_ranking_is_the_printed_one(store):
    table = tables.top20(store)
    assert [cell["zh"] for cell in column(table, 0)][:3] == ["北京", "上海", "杭州"]
    assert column(table, 1) == [str(rank) for rank in range(1, 21)]
    assert table.rows[4][0]["en"] == "Hong Kong" and table.rows[4][3:6] == ["5", "20", "2"]


def test_scores_of_all_cities_come_best_first_and_missing_ones_stay_missing(store):
    table, scores = tables.scores(store), store["scores"].set_index("city")["FHI"]
    assert len(table.rows) == len(scores)
    shown = {row[0]["zh"]: row[1] for row in table.rows}
    for city, score in scores.items():
        assert shown[city] == NOTHING if pd.isna(score) else shown[city].startswith(f"{score:.1f} (")
    assert sum(cell == NOTHING for cell in column(table, 1)) == scores.isna().sum() > 0


def test_bounds_are_those_of_bounds_csv(store):
    row = next(row for row in tables.bounds(store).rows if row[0]["zh"] == "北京")
    low, high = store["bounds"].query("city == '北京' and node == 'FHI'")[["low", "high"]].iloc[0]
    assert row[1] == f"{math.floor(10 * low + 1e-6) / 10:.1f}–{math.ceil(10 * high - 1e-6) / 10:.1f}"


def test_the_assumptions_behind_the_bounds_are_those_of_the_built_table(store):
    table, built = method.assumptions(store), store["bound_assumptions"].sort_values("place")
    assert len(table.rows) == len(built) and all(len(row) == len(table.heads) for row in table.rows)
    for cells, row in zip(table.rows, built.to_dict("records"), strict=True):
        assert cells[0]["zh"] == row["name_zh"] and cells[2]["en"] == row["alternative_en"]
        if row["outcome"] != "bounds":
            assert cells[3]["en"] == "not computable"
        else:
            assert cells[3] == f"{row['cities_moved']:.0f}"
            assert (cells[4] == NOTHING) == (row["cities_moved"] == 0)
    assert table.rows[0][4]["en"] == "Beijing high 100.0 → 175.9"


def test_an_end_that_is_gone_is_shown_as_infinite(store):
    frames = {name: store[name] for name in ("tables/cities", "tables/framework", "bound_assumptions")}
    frames["bound_assumptions"] = frames["bound_assumptions"].head(1).assign(after=float("inf"))
    assert method.assumptions(frames).rows[0][4]["zh"] == "北京 上界 100.0 → ∞"


def test_a_pillar_without_data_agrees_with_nothing(store):
    frames = {name: store[name] for name in ("tables/edition", "tables/framework", "agreement", "weight_by_evidence")}
    frames["agreement"] = frames["agreement"].query("node != 'experience'")
    assert [row[0]["en"] for row in tables.agreement(frames).rows][1:3] == ["Fintech industry", "Fintech ecosystem"]


def test_beside_the_agreement_stands_what_its_weight_rests_on(store):
    rows = {row[0]["en"]: row for row in tables.agreement(store).rows}
    assert rows["China Fintech Hub Index"][-1]["en"] == "published (33%), derived (44%) and public (22%)"
    assert rows["Fintech experience"][-1]["zh"] == "报告公布100%"
    parts = [name.split(": ")[1] for name in rows if ": " in name]
    assert parts == ["public data alone", "the report's own numbers alone", "without Fintech experience"]
    found = store["agreement"].query("node == 'FHI'").set_index("subset")["kendall_tau_b"]
    shown = [rows[f"China Fintech Hub Index: {part}"][2] for part in parts]
    assert shown == [f"{found[name]:.3f}" for name in ("public", "report", "without-experience")]


def test_a_city_without_a_score_is_compared_with_nothing(store):
    raw = ("cities", "edition", "framework", "top20")
    frames = {name: store[name] for name in (*(f"tables/{name}" for name in raw), "scores", "comparison")}
    frames["comparison"] = frames["comparison"].query("city != '贵阳'")
    frames["scores"] = frames["scores"].query("city != '贵阳'")
    row = next(row for row in tables.comparison(frames).rows if row[0]["zh"] == "贵阳")
    assert row[1:] == [NOTHING] * 6
