"""Reading one raw table: every good encoding gives the same frame, every bad cell is named in one error."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine.errors import DataError
from fhi.paths import RAW
from fhi.reading.schemas import Column, Schema, read_schemas, read_table

SCHEMAS = read_schemas(RAW / "report2018" / "schemas.csv")
ATTENTION = Schema(
    "attention by city",
    {
        "page": Column("integer", "page", low=1, high=43),
        "city": Column("city", "city"),
        "rank": Column("integer", "rank", low=1, high=20, unique=True, gapless=True),
    },
    ["city"],
)
COLUMNS = ("page", "city", "name_zh", "name_en", "founded", "shareholders_zh", "shareholders_en", "loans")
BANKS = replace(SCHEMAS["banks"], columns={name: SCHEMAS["banks"].columns[name] for name in COLUMNS})
KNOWN = {"city": {"北京", "上海", "深圳", "杭州"}, "node": {"industry"}}
HEADER = "page,city,rank\n"
GOOD = HEADER + "36,北京,1\n36,上海,2\n36,深圳,3\n"


@pytest.fixture
def read(tmp_path):
    """Return a function that writes a file and reads it."""

    def write_and_read(content, schema=ATTENTION, known=KNOWN):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return read_table(path, schema, file="table.csv", known=known)

    return write_and_read


@pytest.fixture
def problems(read):
    """Return a function that writes a bad file and returns what the one error says of it."""

    def write_and_fail(content, schema=ATTENTION):
        with pytest.raises(DataError) as caught:
            read(content, schema)
        assert all(problem.file == "table.csv" for problem in caught.value.problems)
        assert all(problem.expected and problem.remedy for problem in caught.value.problems)
        assert all(str(problem) in str(caught.value) for problem in caught.value.problems)
        return caught.value.problems

    return write_and_fail


def cells(found):
    return {(problem.row, problem.column, problem.value) for problem in found}


def expected_frame():
    frame = pd.DataFrame({"row": [2, 3, 4], "page": 36, "city": ["北京", "上海", "深圳"], "rank": [1, 2, 3]})
    return frame.astype({"city": "str"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_good_encoding_and_line_end_gives_the_same_frame(read, encoding, newline):
    pd.testing.assert_frame_equal(read(GOOD.replace("\n", newline).encode(encoding)), expected_frame())


@pytest.mark.parametrize(("encoding", "name"), [("gbk", "囍镕"), ("gb18030", "㐀城")])
def test_characters_beyond_the_oldest_chinese_code_are_read(read, encoding, name):
    # 囍 and 镕 are in GBK but not in GB 2312, 㐀 takes four bytes of GB 18030
    assert read(GOOD.replace("上海", name).encode(encoding), known={})["city"].tolist() == ["北京", name, "深圳"]


def test_utf_16_with_the_big_endian_mark_is_read_too(read):
    pd.testing.assert_frame_equal(read(b"\xfe\xff" + GOOD.encode("utf-16-be")), expected_frame())


def test_the_order_of_the_columns_quotes_and_blanks_do_not_matter(read):
    text = 'rank ,"city", page\n 1,北京 ,36\n"2",上海,３６\n3,"深圳",36'
    pd.testing.assert_frame_equal(read(text), expected_frame())


def test_empty_rows_are_skipped_and_the_row_stays_the_line_of_the_file(read):
    frame = read(HEADER + "\n36,北京,1\n,,\n\n36,上海,2\n")
    assert frame["row"].tolist() == [3, 6]


def test_a_cell_over_two_lines_does_not_shift_the_rows_after_it(problems):
    text = 'page,city,list,node,position,note\n17,北京,cloud,,1,"one\ntwo"\n17,上海,cloud,,second,\n'
    (problem,) = problems(text, SCHEMAS["leaders"])
    assert (problem.row, problem.column) == (4, "position")


def test_beside_a_printed_quantity_and_a_date_stand_what_they_mean(read):
    text = "page,city,name_zh,name_en,founded,shareholders_zh,shareholders_en,loans\n"
    frame = read(
        text + "13,深圳,微众银行,,2014.12,腾讯,,8700亿\n13,上海,,,2016年5月,,,超100亿\n13,北京,,,2017,,,未披露\n", BANKS
    )
    assert frame["loans"].tolist() == ["8700亿", "超100亿", "未披露"]
    assert frame["loans_value"].tolist()[:2] == [870_000_000_000, 10_000_000_000]
    assert math.isnan(frame["loans_value"][2])
    assert frame["loans_qualifier"].tolist() == ["exact", "above", "undisclosed"]
    assert frame["founded_iso"].tolist() == ["2014-12", "2016-05", "2017"]
    assert frame["name_en"].isna().all()
    assert list(frame)[:3] == ["row", "page", "city"]


def test_a_wrong_header_proposes_the_near_name(problems):
    missing, unknown = problems(GOOD.replace("rank", "ranks"))
    assert (missing.row, missing.column, missing.remedy) == (1, "rank", "rename 'ranks' to 'rank'")
    assert (unknown.row, unknown.column, unknown.value) == (1, "ranks", "ranks")


def test_a_missing_column_is_to_be_added(problems):
    (problem,) = problems("page,city\n36,北京\n")
    assert (problem.row, problem.column, problem.remedy) == (1, "rank", "add the column 'rank'")


def test_a_column_given_twice_is_refused(problems):
    (problem,) = problems("page,city,rank,rank\n36,北京,1,1\n")
    assert (problem.row, problem.column, problem.expected) == (1, "rank", "each column once")


def test_every_wrong_column_of_a_header_is_reported(problems):
    found = problems("pag,citi,rank,extra\n36,北京,1,x\n")
    assert {problem.column for problem in found} == {"page", "city", "pag", "citi", "extra"}


def test_an_unknown_city_proposes_the_near_name(problems):
    (problem,) = problems(GOOD.replace("上海", "上海市"))
    assert (problem.row, problem.column, problem.value) == (3, "city", "上海市")
    assert problem.remedy == "write '上海'"
    assert "cities.csv" in problem.expected


def test_a_city_like_no_other_is_to_be_added(problems):
    (problem,) = problems(GOOD.replace("上海", "London"))
    assert (problem.row, problem.column, problem.value) == (3, "city", "London")
    assert "add it to cities.csv" in problem.remedy


def test_a_name_is_not_checked_where_no_names_are_given(read):
    assert read(GOOD.replace("上海", "London"), known={})["city"].tolist() == ["北京", "London", "深圳"]


def test_a_rank_twice_names_both_rows(problems):
    found = problems(HEADER + "36,北京,1\n36,上海,2\n36,深圳,2\n")
    assert cells(found) == {(3, "rank", 2), (4, "rank", 2)}
    assert {problem.expected for problem in found} == {"each value once"}


def test_a_city_twice_names_both_rows(problems):
    found = problems(HEADER + "36,北京,1\n36,上海,2\n36,北京,3\n")
    assert cells(found) == {(2, "city", "北京"), (4, "city", "北京")}


def test_a_gap_between_ranks_names_the_ranks_after_it(problems):
    found = problems(HEADER + "36,北京,1\n36,上海,3\n36,深圳,4\n")
    assert cells(found) == {(3, "rank", 3), (4, "rank", 4)}


def test_text_where_a_number_belongs_is_named(problems):
    (problem,) = problems(HEADER + "36,北京,1\n36,上海,2\n36,深圳,third\n")
    assert (problem.row, problem.column, problem.value) == (4, "rank", "third")
    assert "whole number" in problem.expected


def test_one_bad_cell_does_not_make_good_cells_look_bad(problems):
    # without the unreadable 1 the others begin with 2: that is no fault of theirs
    found = problems(HEADER + "36,北京,first\n36,上海,2\n36,深圳,3\n")
    assert cells(found) == {(2, "rank", "first")}


def test_a_number_too_large_for_its_column_is_named_as_it_stands(problems):
    found = problems(HEADER + "36,北京,1\n36,上海,2\n1e300,深圳,3\n")
    assert [(problem.row, problem.column, float(problem.value)) for problem in found] == [(4, "page", 1e300)]


def test_an_empty_cell_is_to_be_filled_in(problems):
    (problem,) = problems(HEADER + "36,北京,1\n36,,2\n")
    assert (problem.row, problem.column, problem.value, problem.remedy) == (3, "city", "", "fill in the cell")


def test_all_bad_cells_of_a_file_are_reported_together_in_order(problems):
    text = "page,city,name_zh,name_en,founded,shareholders_zh,shareholders_en,loans\n"
    found = problems(
        text
        + "99,深圳,,,2014.12,,,8700亿\n"  # no such page
        + "13,Paris,,,2016.13,,,many\n"  # city, month and quantity
        + "13,北京,,,,,,1 2\n",  # no date, and two numbers
        BANKS,
    )
    assert [(problem.row, problem.column, problem.value) for problem in found] == [
        (2, "page", 99),
        (3, "city", "Paris"),
        (3, "founded", "2016.13"),
        (3, "loans", "many"),
        (4, "founded", ""),
        (4, "loans", "1 2"),
    ]


def test_bad_cells_of_one_column_are_reported_together_whatever_is_wrong_with_them(problems):
    found = problems(HEADER + "thirty,北京,1\n0,上海,2\n,深圳,3\n")
    assert cells(found) == {(2, "page", "thirty"), (3, "page", 0), (4, "page", "")}


@pytest.mark.parametrize(("content", "value"), [("", None), ("\n \n", None), (HEADER, "page,city,rank")])
def test_a_file_without_rows_is_to_be_filled_in(problems, content, value):
    (problem,) = problems(content)
    assert (problem.row, problem.column, problem.value) == (None, None, value)
    assert problem.remedy == "fill in the file"


def test_ragged_rows_are_all_named(problems):
    found = problems(HEADER + "36,北京,1\n36,上海\n36,深圳,3,4\n")
    assert cells(found) == {(3, None, "2 cells"), (4, None, "4 cells")}


@pytest.mark.parametrize(("row", "line"), [('36,"上海,2\n', 3), ('36,"上"海,2\n', 3)])
def test_broken_quotes_name_the_row(problems, row, line):
    (problem,) = problems(HEADER + "36,北京,1\n" + row)
    assert (problem.row, problem.column) == (line, None)
    assert "quotes" in problem.remedy


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"\xff\xfe\x00\xd8",  # the mark of UTF-16, then half a pair
        b"page,city\xff,rank\n\x80\x80",
        GOOD.encode("utf-16-le"),  # no mark
    ],
)
def test_what_is_not_text_is_to_be_saved_as_utf_8(problems, content):
    (problem,) = problems(content)
    assert (problem.row, problem.column) == (None, None)
    assert "UTF-8" in problem.remedy


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError) as caught:
        read_table(tmp_path / "absent.csv", ATTENTION)
    (problem,) = caught.value.problems
    assert problem.file == str(tmp_path / "absent.csv")
    assert "restore" in problem.remedy


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=60), st.text('36,北京海"\n\r 1.x', max_size=40).map(lambda text: HEADER + text)))
def test_any_content_is_read_or_refused_with_problems(read, content):
    try:
        frame = read(content)
    except DataError as error:
        assert error.problems
        return
    assert frame["rank"].between(1, 20).all()
