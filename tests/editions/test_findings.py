"""The words of an edition: what is told, what is silent, and that no number in them is written by hand."""

import pandas as pd
import pytest

from fhi.editions import findings as words
from fhi.engine.errors import DataError

HEAD = "id,kind,when,text_zh,text_en,page,claims,verdict,note\n"
TABLES = {
    "framework": pd.DataFrame(
        {"level": [0, 1], "code": ["I", "gdp"], "name_zh": ["指数", "产值"], "name_en": ["Index", "Output"]}
    ),
    "cities": pd.DataFrame({"name_zh": ["甲", "乙", "丙"], "name_en": ["Alpha", "Beta", "L'Île"]}),
    "ranks": pd.DataFrame({"city": ["乙", "丙", "甲"], "I": [2, 3, 1], "gdp": [1, 2, 3]}),
    "scores": pd.DataFrame({"city": ["甲", "乙", "丙"], "I": [80.25, 71.0, 12345.0], "gdp": [-1.5, 2.0, 3e9]}),
    "claims": pd.DataFrame({"id": ["a", "b"], "verdict": ["reproduced", "supported"]}),
}


def told(tmp_path, *rows, tables=TABLES):
    (tmp_path / "findings.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return words.findings(words.read_findings(tmp_path), tables)


def texts(tmp_path, zh, en="x", when=""):
    frame, _ = told(tmp_path, f'a-1,finding,"{when}","{zh}","{en}",,,,')
    return frame["text"].tolist()


@pytest.mark.parametrize(
    ("slot", "zh", "en"),
    [
        ("{value(scores.I where city = '甲')}", "80.25", "80.25"),
        ("{value(scores.I where city = '甲')|.1}", "80.2", "80.2"),
        ("{value(scores.I where city = '丙')}", "12,345", "12,345"),
        ("{value(scores.gdp where city = '甲')}", "−1.5", "−1.5"),
        ("{value(scores.gdp where city = '丙')|amount}", "30亿", "3 billion"),
        ("{count(scores) + 2018|year}", "2021", "2021"),
        ("{count(scores)|word}", "三", "Three"),
        ("{value(ranks.I where city = '乙')|ordinal}", "第2", "2nd"),
        ("{first(3, ranks.city by I)}", "甲、乙和丙", "Alpha, Beta and L'Île"),
        ("{top(ranks.city by I)}", "甲", "Alpha"),
    ],
)
def test_a_slot_is_computed_and_written_in_the_language(tmp_path, slot, zh, en):
    assert texts(tmp_path, slot, slot) == [zh, en]


def test_of_the_rows_of_an_id_the_first_that_holds_is_told(tmp_path):
    rows = [f"a-1,finding,count(ranks) = {number},{number},{number},,,," for number in (4, 3, 2)]
    frame, omitted = told(tmp_path, *rows)
    assert frame["text"].tolist() == ["3", "3"] and omitted.empty


def test_what_cannot_be_computed_is_silent_in_both_languages_and_listed(tmp_path):
    frame, omitted = told(tmp_path, "a-1,finding,,{sum(nothing.here)},fine,,,,", "a-2,finding,,fine,fine,,,,")
    assert frame["id"].tolist() == ["a-2", "a-2"]
    assert omitted["id"].tolist() == ["a-1"] and "nothing" in omitted["reason"].iloc[0]


def test_a_sentence_has_the_weakest_verdict_of_its_claims(tmp_path):
    frame, _ = told(
        tmp_path, "a-1,finding,,x,x,,a|b,,", "a-2,finding,,x,x,,a,,", "p05-1,report-headline,,x,x,5,,holds,"
    )
    assert frame.groupby("id")["verdict"].first().to_dict() == {
        "a-1": "supported",
        "a-2": "reproduced",
        "p05-1": "holds",
    }


def test_a_row_for_every_unit_is_told_of_each_in_rank_order(tmp_path):
    frame, _ = told(tmp_path, "@-1,unit,,@：{value(ranks.I where city = @)},@: {value(ranks.I where city = @)},,,,")
    assert frame.query("language == 'en'")["text"].tolist() == ["Alpha: 1", "Beta: 2", "L'Île: 3"]
    assert frame["id"].unique().tolist() == ["甲-1", "乙-1", "丙-1"]


def test_the_source_names_the_tables_that_were_read_or_the_report(tmp_path):
    frame, _ = told(
        tmp_path, "a-1,finding,count(ranks) = 3,{max(scores.I)},x,,,,", "a-2,finding,,x,x,7,,,", "a-3,finding,,x,x,,,,"
    )
    assert frame.drop_duplicates("id")["source"].fillna("").tolist() == ["ranks+scores", "report", ""]


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        ("a-1,finding,count(,x,x,,,,", "when", "a number"),
        ("a-1,finding,,{max(a.b)|loud},x,,,,", "text_zh", "one of"),
        ("a-1,finding,,x,{max(a.b),,,,", "text_en", "braces in pairs"),
        ("a-1,unit-headline,,x,x,,,,", "kind", "one of"),
        ("summary-1,summary,,x,x,,,,", "id", "an id of the form"),
        ("a-1,finding,,x,x,,c,,", "claims", "an id of claims.csv"),
        ("a-1,report-headline,,x,x,,,true,", "verdict", "one of"),
    ],
)
def test_a_faulty_row_is_refused_with_its_place(tmp_path, row, column, expected):
    with pytest.raises(DataError) as caught:
        told(tmp_path, row)
    problem = next(problem for problem in caught.value.problems if problem.column == column)
    assert problem.row == 2 and expected in problem.expected and problem.file.endswith("findings.csv")
