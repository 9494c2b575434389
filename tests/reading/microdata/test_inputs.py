"""Files as staff have them, in the forms of public exports: each gives the right value, or a refusal that names it."""

import csv
from itertools import groupby
from pathlib import Path

import pytest

from fhi.engine.errors import DataError
from fhi.reading.microdata.cell_readers import CURRENCY
from fhi.reading.microdata.conversion import Rates

INPUTS = Path(__file__).parents[2] / "data" / "inputs"
with (INPUTS / "expected.csv").open(encoding="utf-8-sig", newline="") as table:
    EXPECTED = {name: list(rows) for name, rows in groupby(csv.DictReader(table), key=lambda row: row["file"])}


@pytest.fixture
def wanted(tables):
    """Return a function that makes a number of what the table of expected values says."""
    rates = Rates(tables["public/exchange_rates"])

    def number(text):
        currency, _, amount = text.rpartition(":")
        rate = rates.find(CURRENCY.index("USD"), int(currency[3:])) if currency else 1
        return float(amount) * rate

    return number


@pytest.mark.parametrize("name", EXPECTED)
def test_an_input_is_right_or_refused(collect, values, wanted, name):
    rows = EXPECTED[name]
    verdict, year = rows[0]["verdict"], int(rows[0]["year"])
    try:
        found = collect({rows[0]["as"]: (INPUTS / name).read_bytes()}, year=year)
    except DataError as error:
        # what is to be read is read, and a refusal says what to do
        assert verdict in ("refuse", "refuse-format"), error
        assert all(rows[0]["as"] in problem.file and problem.remedy for problem in error.problems)
        return
    assert verdict != "refuse", found.panel
    for row in rows:
        got = values(found, row["indicator"], int(row["value_year"])).get(row["city"])
        assert got == pytest.approx(wanted(row["value"]), rel=1e-9), row


def test_what_was_understood_is_told_in_words_that_can_be_checked(collect):
    text = "主要城市年度数据\n指标：地区生产总值(亿元)\n地区,2017年,2016年\n"
    text += "北京,28014.94,25669.13\n杭州,12603.36,11313.72\n"
    (row,) = collect({"yearbooks.csv": text}).understood.to_dict("records")
    assert (row["range"], row["layout"], row["measure"], row["unit"]) == ("B4:C5", "cities in rows", "gdp", "亿元")
    assert (row["years"], row["cities"], row["values"]) == ("2016, 2017", 2, 4)


def test_a_cited_file_carries_its_label_and_its_citation(collect, problems):
    cited = "file,citation,label\nyearbooks.csv,国家统计局 2018,public\n"
    found = collect({"yearbooks.csv": "city,gdp\n北京,28014.94\n", "sources.csv": cited})
    assert found.panel["evidence"].tolist() == ["public"]
    assert found.understood["citation"].tolist() == ["国家统计局 2018"]
    (problem,) = problems({"yearbooks.csv": "city,gdp\n北京,1\n", "sources.csv": cited.replace("public", "mine")})
    assert (problem.row, problem.column) == (2, "label")


def test_a_file_named_by_an_indicator_needs_no_other_name(collect, values):
    found = collect({"gdp-2017.csv": "城市,2016年,2017年\n北京,25669.13,28014.94\n"})
    assert values(found, "gdp", 2016) == {"北京": 25669.13}


@pytest.mark.parametrize(
    "text",
    [
        # a change, a share, a part of a year, districts: none is the measure of a whole city and year
        "城市,地区生产总值,\n,绝对数（亿元）,增长率\n北京,28014.94,6.7\n",
        "2017年各城市地区生产总值增长率\n城市,地区生产总值\n北京,6.7\n",
        "城市,2017年1-6月\n,地区生产总值（亿元）\n北京,12406\n",
        "城市,地区生产总值（亿元）\n杭州市西湖区,1200\n",
        "指标：地区生产总值(亿元)\n序号,城市\n1,北京\n2,上海\n",
        "单位：亿元、万人\n城市,地区生产总值\n北京,28014.94\n",
        "2017年1-9月各市主要指标\n城市,地区生产总值（亿元）\n北京,20000\n",
        "2016-2017年各市主要指标\n城市,地区生产总值（亿元）\n北京,25669\n",
        "2017年市辖区主要指标\n城市,地区生产总值（亿元）\n北京,11000\n",
        "城市,地区生产总值（亿元）,\n,目标,完成\n北京,30000,27000\n",
    ],
)
def test_what_is_not_the_measure_is_never_taken_for_it(collect, values, text):
    try:
        found = values(collect({"yearbooks-2017.csv": text}), "gdp", 2017)
    except DataError as error:
        assert all(problem.remedy for problem in error.problems)
    else:
        assert found == {"北京": 28014.94}


def test_rows_without_a_name_continue_a_firm_but_a_sum_does_not(collect, values):
    head = "公司名称,所在地,类别,融资时间,轮次,融资金额\n"
    rows = "甲,杭州,支付,2016-05-17,B轮,1亿\n,,,2014-10-14,A轮,5000万\n"
    assert values(collect({"firms.csv": head + rows + "乙,北京,支付,2016,A轮,1亿\n"}), "capital")["杭州"] == 1.5
    found = collect({"firms.csv": head + rows + ",,,,,1.5亿\n"})
    assert values(found, "capital")["杭州"] == 1.5 and len(found.refused)


def test_a_raised_digit_of_a_workbook_is_the_mark_of_a_footnote(collect, values, tmp_path):
    import openpyxl
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    def save(path):
        book = openpyxl.Workbook()
        book.active.append(["城市", "地区生产总值（亿元）"])
        mark = TextBlock(InlineFont(vertAlign="superscript"), "2")
        book.active.append(["北京", CellRichText("28014", mark)])
        book.save(path)

    assert values(collect({"yearbooks-2017.xlsx": save}), "gdp", 2017) == {"北京": 28014}
