"""The ledger as shipped: each claim with its verdict, none confirmed by itself, each from an expression."""

import re

import pandas as pd
import pytest
import report_tables

from fhi.editions.claims import COLUMNS, VERDICTS, hide, ledger, named_tables, recompute, stating
from fhi.engine.errors import DataError
from fhi.engine.grammar import ExpressionError

CLAIMS = "claims"
TABLES = report_tables.load()
NAMED = named_tables(TABLES)
RECOMPUTED = TABLES[CLAIMS].query("check == 'recompute'").set_index("id")


def test_every_claim_has_one_of_the_six_verdicts():
    assert list(report_tables.ledger().columns) == COLUMNS
    assert report_tables.ledger()["id"].tolist() == TABLES[CLAIMS]["id"].tolist()
    assert set(report_tables.ledger()["verdict"]) == set(VERDICTS)
    assert len(report_tables.ledger()) >= 170


def test_the_contradicted_claims_are_these():
    listed = report_tables.ledger().set_index("id")
    contradicted = listed.index[listed["verdict"] == "contradicted"]
    assert set(contradicted) == {
        "p08-webank-half",  # the only bank of its city
        "p15-top20",  # 7 + 5 + 5 + 1 + 1 = 19
        "p21-mean",  # 73.46 of the twenty
        "p35-numbering",  # 1) 2) 2)
        "p39-mainland",  # 4 + 5 + 27 = 36
    }
    assert (listed.loc[contradicted, ["note", "note_en"]].notna()).all(axis=None)
    rounded = listed.index[listed["verdict"] == "reproduced-within-rounding"]
    assert set(rounded) == {"p13-youngest", "p20-lead"}


def test_what_few_rivals_or_a_bound_support_is_not_called_reproduced():
    listed = report_tables.ledger().set_index("id")
    supported = listed[listed["verdict"] == "supported"]
    one_rival = {
        "p08-hongkong-finance-first",  # 29 and 28
        "p20-breadth",  # 165 and 138
        "p20-special",  # 20 and 12
        "p23-breadth",
        "p25-special-first",
        "p31-patents-beijing-first",  # 94.5 and 41.5
        "p31-rd-beijing-first",  # 5.4 and 3.9
        "p31-spaces-first",  # 1.85 times the second
    }
    few = {"p17-blockchain-order", "p17-vendor-first", "p20-most-progress"}
    risers = {id for id in listed.index if "-riser-" in id} | {"p21-xian-places"}
    bounds = {"p18-blockchain-four", "p18-cloud-three", "p31-guangzhou-hightech", "p15-date", "p43-alliance"}
    conditions = {"p02-regions", "p05-changes", "p30-title", "p31-spaces-multiple"}
    assert set(supported.index) == one_rival | few | risers | bounds | conditions
    assert supported[["note", "note_en"]].notna().all(axis=None)
    # a place against which another source speaks, or which is stated twice, is confirmed by nothing
    mended = ["p31-rd-shanghai-second", "p31-patents-shanghai-second", "p07-hangzhou-growth"]
    mended += ["p04-central-rise", "p14-futu-pioneer", "p26-alipay", "p31-growth", "p31-growth-first"]
    assert set(listed.loc[mended, "verdict"]) == {"not-recomputable"}
    assert listed.at["p07-shanghai-research", "verdict"] == "constraint"
    assert listed.at["p17-cloud-order", "verdict"] == "reproduced"


def test_what_the_report_does_not_print_is_no_claim():
    counted = {f"p38-{name}" for name in ("pillars", "sub-pillars", "indicators")} | {"p39-added"}
    counted |= {f"p{page}-topics" for page in ("09", "19", "27")}
    assert not counted & set(report_tables.ledger()["id"])


def test_a_claim_says_in_both_languages_what_it_is_and_what_it_needs():
    assert report_tables.ledger()[["subject", "subject_en", "printed"]].notna().all(axis=None)
    assert not report_tables.ledger()["subject_en"].str.contains("[\u4e00-\u9fff]").any()
    assert not report_tables.ledger()["note_en"].dropna().str.contains("[\u4e00-\u9fff]").any()
    lacking = report_tables.ledger()[report_tables.ledger()["verdict"] == "not-recomputable"]
    assert lacking["note"].str.startswith("需要").all() and lacking["note_en"].str.startswith("needs ").all()
    assert lacking["recomputed"].isna().all()


def test_every_constraint_is_a_fact_of_the_identified_set_with_its_value():
    facts = TABLES["facts"]
    for claim in TABLES[CLAIMS].query("check == 'constraint'").itertuples():
        rows = facts[(facts["id"] == claim.fact) | (facts["group"] == claim.fact)]
        assert len(rows), claim.id
        values = rows["value_value"].tolist()
        if claim.unit == "score":
            assert [float(claim.printed)] == values
        elif claim.unit == "%":
            assert [float(text) for text in claim.printed.split("、")] == values
        elif claim.unit in ("order", "set"):
            claimed, subjects = (re.split("[、=|]", text) for text in (claim.printed, rows["subjects"].iloc[0]))
            assert claimed == subjects[: len(claimed)], claim.id


def test_the_statements_of_a_claim_are_hidden_while_it_is_recomputed():
    shown = hide(NAMED, stating(NAMED)[(21, "74.7%")])["headlines"]
    assert len(NAMED["headlines"]) - len(shown) == 1
    assert "national mean of the adoption rate" not in set(shown["measure_en"])


@pytest.mark.slow
def test_no_claim_is_confirmed_by_the_cell_that_states_it():
    for id, claim in RECOMPUTED.iterrows():
        altered = {**TABLES, CLAIMS: TABLES[CLAIMS][TABLES[CLAIMS]["id"] == id]}
        for name, frame in TABLES.items():
            if "measure_en" in frame and "printed" in frame:
                states = (frame["page"] == claim["page"]) & (frame["printed"] == claim["printed"])
                if states.any():
                    altered[name] = frame.assign(printed_value=frame["printed_value"].mask(states, 12345.0))
        again = ledger(altered)["recomputed"].iloc[0]
        assert again == report_tables.ledger().set_index("id").at[id, "recomputed"], id


@pytest.fixture(scope="module")
def misprinted() -> pd.Series:
    """The verdicts on a report that prints something else wherever a claim is recomputed."""
    claims = TABLES[CLAIMS]
    wrong = claims["unit"].map({"order": "拉萨、长沙", "set": "拉萨", "date": "1999年1月", "version": "9.9"})
    # none of the numbers of the report is within rounding of a billion
    printed = claims["printed"].where(claims["check"] != "recompute", wrong.fillna("1000000000"))
    return ledger({**TABLES, CLAIMS: claims.assign(printed=printed)}).set_index("id")["verdict"]


@pytest.mark.slow
@pytest.mark.parametrize("id", RECOMPUTED.index)
def test_another_printed_number_or_order_is_not_reproduced(misprinted, id):
    assert misprinted[id] == "contradicted"


def outcome(id, named):
    """What an expression gives, its range, whether the printed text meets its condition; or that it gives nothing."""
    try:
        found, _ = recompute(RECOMPUTED.at[id, "expression"], named)
    except ExpressionError:
        return ("nothing",)
    return found.value, found.low, found.high, found.accepts and found.accepts(RECOMPUTED.at[id, "printed"])


@pytest.mark.parametrize("id", RECOMPUTED.index)
def test_a_claim_follows_its_inputs(id):
    before, after = outcome(id, NAMED), []
    for name in {table for table, *_ in recompute(RECOMPUTED.at[id, "expression"], NAMED)[1].cells}:
        frame = NAMED[name]
        numbers = frame.select_dtypes("number").columns.difference(["row", "page"])
        half = frame.iloc[: len(frame) // 2]
        moved = frame.assign(**{column: frame[column].to_numpy()[::-1] for column in numbers})
        after += [outcome(id, {**NAMED, name: changed}) for changed in (half, moved, frame.iloc[:0])]
    assert any(value != before for value in after)


def test_the_claims_are_not_among_the_tables_that_expressions_read():
    assert "claims" not in NAMED and {"top20", "cities", "public_indicators"} <= set(NAMED)
    mine = pd.DataFrame({"mine": [1]})
    named = named_tables({"public/gdp": mine.assign(mine=2), "gdp": mine, "f/x": mine})
    assert set(named) == {"gdp"} and named["gdp"]["mine"].tolist() == [1]


def with_claim(id: str, **cells) -> dict[str, pd.DataFrame]:
    claims = TABLES[CLAIMS]
    changed = claims.assign(**{column: claims[column].mask(claims["id"] == id, cell) for column, cell in cells.items()})
    return {**TABLES, CLAIMS: changed}


@pytest.mark.slow
@pytest.mark.parametrize(
    "id, cells, words",
    [
        ("p21-rates", {"check": "recompute"}, "column expression: found nothing; expected an expression for a claim"),
        (
            "p21-mean",
            {"check": "none"},
            "column expression: found 'within.*expected nothing, as check is not recompute",
        ),
        ("p21-mean", {"expression": "mean(adoption.rates)"}, "found 'adoption.rates'; expected a column.*mean rate"),
        ("p21-mean", {"expression": "mean(adopt.rate)"}, "found 'adopt.rate'; expected a table.*mean adoption"),
        ("p21-mean", {"expression": "avg(adoption.rate)"}, "found 'avg.adoption.rate.'; expected a function"),
        ("p21-mean", {"expression": "adoption.city"}, "found 'adoption.city'; expected a number, for the unit %"),
        ("p36-four", {"expression": "count(top20)"}, "found 'count.top20.'; expected names, for the unit order"),
        ("p36-four", {"expression": "1 = 1"}, "expected a number or names, not a condition"),
        ("p21-mean", {"printed": "many"}, "column printed: found 'many'"),
    ],
)
def test_a_faulty_row_is_refused_with_its_place(id, cells, words):
    row = TABLES[CLAIMS].set_index("id").at[id, "row"]
    with pytest.raises(DataError, match=rf"data/raw/report2018/claims.csv: row {row}, .*{words}"):
        ledger(with_claim(id, **cells))


@pytest.mark.slow
def test_every_faulty_row_is_named_at_once():
    both = with_claim("p21-mean", expression="mean(adoption)")
    claims = both[CLAIMS]
    both[CLAIMS] = claims.assign(expression=claims["expression"].mask(claims["id"] == "p36-four", "1 +"))
    with pytest.raises(DataError, match="2 problems"):
        ledger(both)


def test_an_edition_of_ones_own_has_a_ledger_from_its_rows_alone():
    wages = pd.DataFrame({"city": list("ABCDE"), "wage": [10.0, 30.0, 20.0, 40.0, None], "kind": list("xxyyy")})
    rows = [
        ("first", "D", "set", 0, "recompute", "top(wages.city by wage desc)"),
        ("mean", "25", "kCNY", 0.5, "recompute", "mean(wages.wage)"),
        ("share", "超50%", "%", 0, "recompute", "share(wages.wage, kind = 'y')"),
        ("order", "B、A", "order", 0, "recompute", "wages.city where kind = 'x' by wage"),
        ("third", "2", "rank", 0, "recompute", "rank(wages.wage where kind = 'x', city = 'A')"),
        ("hidden", "9", "score", 0, "none", None),
    ]
    columns = ["id", "printed", "unit", "tolerance", "check", "expression"]
    claims = pd.DataFrame(rows, columns=columns).assign(page=1, row=range(2, 8), subject_zh="甲", subject_en="A")
    claims = claims.assign(**dict.fromkeys(("needed_zh", "needed_en", "note_zh", "note_en")))
    found = ledger({"claims": claims, "wages": wages}, "mine").set_index("id")
    assert found["verdict"].to_dict() == {
        "first": "reproduced",
        "mean": "reproduced",
        "share": "reproduced",
        "order": "contradicted",
        "third": "supported",
        "hidden": "not-recomputable",
    }
    assert found["recomputed"].dropna().tolist() == ["D", "25", "60", "A、B", "2"]


def test_the_ledger_is_written_and_read_back(built):
    written = built.store()["claims"].set_index("id")
    assert set(written.index) == set(report_tables.ledger()["id"])
    expected = report_tables.ledger().set_index("id").loc[written.index]
    pd.testing.assert_series_equal(written["verdict"], expected["verdict"])
    assert (written["page"] == expected["page"]).all()
