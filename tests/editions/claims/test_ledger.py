"""The ledger as shipped: each claim with its verdict, none confirmed by itself, none without a function."""

import re
from collections.abc import Mapping

import pandas as pd
import pytest

from fhi import editions
from fhi.editions.claims.ledger import CLAIMS, COLUMNS, _shown, check_matched, hide, ledger
from fhi.editions.claims.registry import FUNCTIONS, Found
from fhi.editions.claims.verdicts import VERDICTS
from fhi.engine.errors import DataError

TABLES = editions.load()
LEDGER = ledger(TABLES)
RECOMPUTED = TABLES[CLAIMS].query("check == 'recompute'")


def test_every_claim_has_one_of_the_six_verdicts():
    assert list(LEDGER.columns) == COLUMNS
    assert LEDGER["id"].tolist() == TABLES[CLAIMS]["id"].tolist()
    assert set(LEDGER["verdict"]) == set(VERDICTS)
    assert len(LEDGER) >= 170


def test_the_contradicted_claims_are_these():
    listed = LEDGER.set_index("id")
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
    listed = LEDGER.set_index("id")
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
    assert not counted & set(LEDGER["id"])


def test_a_claim_says_in_both_languages_what_it_is_and_what_it_needs():
    assert LEDGER[["subject", "subject_en", "printed"]].notna().all(axis=None)
    assert not LEDGER["subject_en"].str.contains("[\u4e00-\u9fff]").any()
    assert not LEDGER["note_en"].dropna().str.contains("[\u4e00-\u9fff]").any()
    lacking = LEDGER[LEDGER["verdict"] == "not-recomputable"]
    assert lacking["note"].str.startswith("需要").all() and lacking["note_en"].str.startswith("needs ").all()
    assert lacking["recomputed"].isna().all()


def test_every_constraint_is_a_fact_of_the_identified_set_with_its_value():
    facts = TABLES["report2018/facts"]
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
    shown = hide(TABLES, 21, "74.7%")["report2018/headlines"]
    assert len(TABLES["report2018/headlines"]) - len(shown) == 1
    assert "national mean of the adoption rate" not in set(shown["measure_en"])


@pytest.mark.parametrize("id", sorted(FUNCTIONS))
def test_no_claim_is_confirmed_by_the_cell_that_states_it(id):
    claim = RECOMPUTED.set_index("id").loc[id]
    altered = {}
    for name, frame in TABLES.items():
        if "measure_en" in frame and "printed" in frame:
            states = (frame["page"] == claim["page"]) & (frame["printed"] == claim["printed"])
            frame = frame.assign(printed_value=frame["printed_value"].mask(states, 12345.0))
        altered[name] = frame
    altered[CLAIMS] = TABLES[CLAIMS][TABLES[CLAIMS]["id"] == id]
    recomputed = LEDGER.set_index("id").at[id, "recomputed"]
    found = FUNCTIONS[id](hide(altered, claim["page"], claim["printed"]))
    found = found if isinstance(found, Found) else Found(found)
    assert _shown(found) == recomputed


@pytest.fixture(scope="module")
def misprinted() -> pd.Series:
    """The verdicts on a report that prints something else wherever a claim is recomputed."""
    claims = TABLES[CLAIMS]
    wrong = claims["unit"].map({"order": "拉萨、长沙", "set": "拉萨", "date": "1999年1月", "version": "9.9"})
    # none of the numbers of the report is within rounding of a billion
    printed = claims["printed"].where(claims["check"] != "recompute", wrong.fillna("1000000000"))
    return ledger({**TABLES, CLAIMS: claims.assign(printed=printed)}).set_index("id")["verdict"]


@pytest.mark.parametrize("id", sorted(FUNCTIONS))
def test_another_printed_number_or_order_is_not_reproduced(misprinted, id):
    assert misprinted[id] == "contradicted"


class Watched(Mapping):
    """The tables, and which of them were read."""

    def __init__(self, tables):
        self.tables, self.read = tables, set()

    def __getitem__(self, name):
        self.read.add(name)
        return self.tables[name]

    def __iter__(self):
        return iter(self.tables)

    def __len__(self):
        return len(self.tables)


def outcome(id, tables):
    """What a function gives, its range, whether the printed text meets its condition; or the error it ends in."""
    try:
        found = FUNCTIONS[id](tables)
        found = found if isinstance(found, Found) else Found(found)
        met = found.accepts and found.accepts(RECOMPUTED.set_index("id").at[id, "printed"])
    except (KeyError, IndexError, ValueError, TypeError) as error:
        return type(error).__name__
    return found.value, found.low, found.high, met


@pytest.mark.parametrize("id", sorted(FUNCTIONS))
def test_a_claim_follows_its_inputs(id):
    watched = Watched(TABLES)
    before = outcome(id, watched)
    assert watched.read - {CLAIMS}
    after = []
    for name in watched.read:
        frame = TABLES[name]
        numbers = frame.select_dtypes("number").columns.difference(["row", "page"])
        half = frame.iloc[: len(frame) // 2]
        moved = frame.assign(**{column: frame[column].to_numpy()[::-1] for column in numbers})
        after += [outcome(id, {**TABLES, name: changed}) for changed in (half, moved, frame.iloc[:0])]
    assert any(value != before for value in after)


def test_a_claim_without_a_function_and_a_function_without_a_claim_are_refused():
    claims = TABLES[CLAIMS]
    with pytest.raises(DataError, match=r"claims.csv: row \d+, column check.*write one under @claim\('p21-rates'\)"):
        check_matched(claims.assign(check=claims["check"].mask(claims["id"] == "p21-rates", "recompute")))
    with pytest.raises(DataError, match="found 'p21-mean'; expected a claim to recompute for every function"):
        check_matched(claims[claims["id"] != "p21-mean"])


def test_the_ledger_is_written_and_read_back(built):
    written = built.store()["claims"].set_index("id")
    assert set(written.index) == set(LEDGER["id"])
    expected = LEDGER.set_index("id").loc[written.index]
    pd.testing.assert_series_equal(written["verdict"], expected["verdict"])
    assert (written["page"] == expected["page"]).all()
