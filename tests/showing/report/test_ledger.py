"""The ledger on page and in print: every claim once, the notable ones apart, nothing invented for what is not there."""

import pandas as pd
import pytest

from fhi.showing.figures.audit import VERDICTS
from fhi.showing.report import ledger

COLUMNS = ["id", "page", "subject", "subject_en", "printed", "recomputed", "unit", "verdict", "note", "note_en"]


@pytest.fixture
def tables():
    rows = [
        ("a", 5, "甲", "first", "79.7", "79.7", "points", "reproduced", None, None),
        ("b", 6, "乙", "second", "5.4", "5.5", "%", "contradicted", "另读", "another reading"),
        ("c", 7, "丙", "third", "约一半", None, "%", "not-recomputable", "需要数据", "needs data"),
        ("d", 8, "丁", "fourth", "63.86%", "63.8604", "%", "reproduced-within-rounding", None, None),
    ]
    return {"claims": pd.DataFrame(rows, columns=COLUMNS)}


def test_every_claim_has_a_row_with_its_verdict_in_both_languages(tables):
    table = ledger.ledger(tables)
    assert [row[0]["mark"] for row in table.rows] == list("abcd")
    assert table.rows[1] == [
        {"zh": "乙", "en": "second", "mark": "b"},
        "6",
        "5.4%",
        "5.5%",
        {"zh": "不一致", "en": "inconsistent"},
        {"zh": "另读", "en": "another reading"},
    ]


def test_the_note_counts_what_was_checked(tables):
    checked = sum(row[4]["en"] not in ("cannot be checked", "constraint only") for row in ledger.ledger(tables).rows)
    assert f"报告给出的4项数字、次序或日期，其中{checked}项已与其他数据核对" in ledger.ledger(tables).note["zh"]
    assert (
        f"4 numbers, orders and dates that the report states; {checked} of them are checked"
        in ledger.ledger(tables).note["en"]
    )


def test_what_was_not_recomputed_stays_empty(tables):
    assert ledger.ledger(tables).rows[2][2:4] == [{"zh": "约一半", "en": "about half"}, ""]


def test_contradictions_and_roundings_stand_apart(tables):
    assert [row[0]["mark"] for row in ledger.contradictions(tables).rows] == ["b", "d"]


def test_a_sign_of_the_unit_is_not_set_twice_and_a_computed_value_has_four_digits(tables):
    assert ledger.ledger(tables).rows[3][2:4] == ["63.86%", "63.86%"]


def test_verdicts_are_counted_in_their_order(tables):
    counts = ledger.verdict_counts(tables)
    assert [item["name"] for item in counts] == list(VERDICTS)
    assert {item["name"]: item["count"] for item in counts}["constraint"] == 0


def test_the_built_ledger_is_whole(built):
    claims = built.store()["claims"]
    assert len(ledger.ledger(built.store()).rows) == len(claims)
    assert sum(item["count"] for item in ledger.verdict_counts(built.store())) == len(claims)


@pytest.mark.parametrize(
    ("printed", "unit", "told"),
    [
        ("北京、上海", "order", "Beijing, Shanghai"),
        ("超400亿元", "CNY", "over 40 billion"),
        ("三成", "%", "30%"),
        ("近50%", "%", "nearly 50%"),
        ("2018年11月", "date", "November 2018"),
        ("2015年9月29日", "date", "29 September 2015"),
        ("5.4", "%", "5.4%"),
        ("说不清", "", "—"),
    ],
)
def test_what_is_printed_in_chinese_is_told_in_english(printed, unit, told):
    assert ledger.in_english(printed, unit, {"北京": "Beijing", "上海": "Shanghai"}) == told


def test_no_cell_of_the_ledger_holds_chinese_for_english_readers(built):
    for row in ledger.ledger(built.store()).rows:
        assert not [cell for cell in row if ledger.HAN.search(cell if isinstance(cell, str) else cell["en"])]
