"""Yearbook sheets: in rows or as a table, headings merged, values in the unit of their indicator."""

import pytest

from fhi.reading.microdata.conversion import Rates, in_unit


def test_rows_of_measures(collect, values, counted):
    text = "城市,指标,年份,数值,单位\n杭州,地区生产总值,2017,12603.36,亿元\n"
    text += "杭州,GDP,2016,1.13,万亿元\n杭州市,常住人口,2017,946.8,万人\n"
    found = collect({"yearbooks.csv": text})
    assert values(found, "gdp", 2017) == {"杭州": 12603.36}
    assert values(found, "gdp", 2016) == {"杭州": 11300}
    assert counted(found, "measure not read", column="常住人口") == 1


def test_a_table_of_cities_by_measures(collect, values):
    text = "2017年主要城市\n城市,地区生产总值（亿元）,双一流高校,备注\n"
    text += '北京,28014.94,34,见注\n上海市,"30,632.99",14,\n注：当年价格\n'
    found = collect({"yearbooks.csv": text})
    assert values(found, "gdp", 2017) == {"北京": 28014.94, "上海": 30632.99}
    assert values(found, "universities", 2017) == {"北京": 34, "上海": 14}


@pytest.mark.parametrize("order", ["measure over year", "year over measure"])
def test_merged_headings_of_measure_and_year(collect, values, sheet, order):
    if order == "measure over year":
        rows = [["城市", "地区生产总值(亿元)", None, "高校科研", None], [None, 2016, 2017, "2016年", "2017年"]]
        rows += [["北京", 25669.13, 28014.94, 33, 34], ["上海", 28178.65, 30632.99, 13, 14]]
        merged = ["A1:A2", "B1:C1", "D1:E1"]
    else:
        rows = [["城市", "2016年", None, "2017年", None], [None, "GDP(亿元)", "高校科研", "GDP(亿元)", "高校科研"]]
        rows += [["北京", 25669.13, 33, 28014.94, 34], ["上海", 28178.65, 13, 30632.99, 14]]
        merged = ["A1:A2", "B1:C1", "D1:E1"]
    found = collect({"yearbooks.xlsx": sheet(rows, merged)})
    assert values(found, "gdp", 2016) == {"北京": 25669.13, "上海": 28178.65}
    assert values(found, "gdp", 2017) == {"北京": 28014.94, "上海": 30632.99}
    assert values(found, "universities", 2017) == {"北京": 34, "上海": 14}


def test_merged_headings_of_a_csv_are_written_once(collect, values):
    text = "单位：亿元,,,\n城市,地区生产总值,,\n,2015,2016,2017\n北京,23014.59,25669.13,28014.94\n"
    found = collect({"yearbooks.csv": text})
    assert [values(found, "gdp", year)["北京"] for year in (2015, 2016, 2017)] == [23014.59, 25669.13, 28014.94]


def test_the_sheets_of_a_workbook_may_be_years(collect, values, sheet):
    old, new = [["城市", "gdp"], ["北京", 1]], [["城市", "gdp"], ["北京", 2]]
    found = collect({"yearbooks.xlsx": sheet(old, title="2016", more={"2017": new})})
    assert (values(found, "gdp", 2016), values(found, "gdp", 2017)) == ({"北京": 1}, {"北京": 2})


def test_a_share_shown_in_per_cent_is_read_as_shown(collect, values, sheet):
    rows = [["城市", "金融科技使用者占比"], ["杭州", 0.915], ["北京", 0.835]]
    found = collect({"yearbooks.xlsx": sheet(rows, formats={"B2": "0.0%", "B3": "0%"})})
    assert values(found, "adoption") == {"杭州": 91.5, "北京": 83.5}


def test_a_sign_that_a_format_only_adds_does_not_multiply(collect, values, sheet):
    rows = [["城市", "金融科技使用者占比"], ["杭州", 91.5], ["北京", 83.5]]
    found = collect({"yearbooks.xlsx": sheet(rows, formats={"B2": '0.0"%"', "B3": "0.0\\%"})})
    assert values(found, "adoption") == {"杭州": 91.5, "北京": 83.5}


def test_two_yearbooks_with_one_cell_are_refused_with_file_and_row_of_the_later(problems):
    head = "city,measure,value\n"
    (problem,) = problems(
        {"yearbooks-2018-a.csv": head + "北京,gdp,1\n", "yearbooks-2018-b.csv": head + "上海,gdp,1\n北京,gdp,2\n"}
    )
    assert problem[:4] == ("data/user/yearbooks-2018-b.csv", 3, "gdp", "北京 2018")


def test_two_values_for_one_cell_are_refused_unless_they_agree(collect, values, counted):
    text = "city,measure,value\n北京,gdp,1\n北京,gdp,1.0\n北京市,gdp,2\n上海,gdp,3\n"
    found = collect({"yearbooks.csv": text})
    # which of two values is meant is not to be guessed: both are named
    assert values(found, "gdp") == {"上海": 3}
    told = "one value for a city, measure and year (rows 2 and 4 differ: none counts)"
    assert list(zip(found.refused["row"], found.refused["expected"], strict=True)) == [
        (2, told),
        (3, "a value that is not there already"),
        (4, told),
    ]


def test_a_value_in_another_unit_or_of_another_kind_is_refused(collect):
    text = "city,measure,value,unit\n北京,gdp,90,%\n上海,gdp,未披露,\n杭州,gdp,超100,亿元\n广州,gdp,5,亿澳门元\n"
    text += "深圳,adoption,0.9,亿元\n天津,gdp,7,亿元\n重庆,gdp,7,亿元\n成都,gdp,7,亿元\n武汉,gdp,7,亿元\n"
    found = collect({"yearbooks.csv": text})
    assert found.refused["row"].tolist() == [2, 4, 5, 6]
    assert set(found.panel["city"]) == {"天津", "重庆", "成都", "武汉"}


@pytest.mark.parametrize(
    ("text", "written", "wanted", "value"),
    [
        ("280149400", "万元", "100 million CNY", 28014.94),
        ("2.8万亿元", "", "100 million CNY", 28000),
        ("8700亿", "", "100 million CNY", 8700),
        ("341273289534", "USD", "100 million CNY", 341273289534 * 6.7518 / 1e8),
        ("91.5%", "", "%", 91.5),
        ("91.5", "%", "%", 91.5),
        ("138", "项", "services", 138),
        ("1.2万", "", "firms", 12000),
        ("1e3", "", "firms", 1000),
        ("１２", "services", "services", 12),
        # marks about a bare number leave it in the unit of its column
        ("约1200", "万元", "100 million CNY", 0.12),
        ("三千", "万元", "100 million CNY", 0.3),
        ("1.2E+04", "万元", "100 million CNY", 1.2),
        ("约1200", "", "100 million CNY", 1200),
        ("12000亿", "万元", "100 million CNY", 12000),
        # a text that names no currency is in that of its column
        ("3亿", "亿美元", "100 million CNY", 3 * 6.7518),
        ("3亿元", "亿美元", "100 million CNY", 3),
        ("3.268万亿", "亿", "100 million CNY", 32680),
        # a text with a unit of its own needs none of its column
        ("32680亿元", "亿元（现价）", "100 million CNY", 32680),
        ("91.5%", "见注", "%", 91.5),
        ("138家", "", "firms", 138),
    ],
)
def test_a_value_comes_in_the_unit_of_its_indicator(tables, text, written, wanted, value):
    found = in_unit(text, written, wanted, Rates(tables["public/exchange_rates"]), 2017)
    assert found == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "written"),
    [(text, "万元") for text in ("1200家", "超1200", "1200%", "1,20", "1e400", "")] + [("3亿", "家"), ("3亿", "斤")],
)
def test_a_text_that_is_no_amount_is_refused(tables, text, written):
    with pytest.raises(ValueError, match=r"value|number|quantity"):
        in_unit(text, written, "100 million CNY", Rates(tables["public/exchange_rates"]), 2017)


def test_a_sheet_of_a_year_beyond_the_scenario_is_refused(problems, sheet):
    _, problem = problems({"yearbooks.xlsx": sheet([["城市", "gdp"], ["北京", 1]], title="2031")})
    assert (problem.column, problem.value) == ("year", "2031")


def test_a_table_of_years_is_of_the_measure_in_its_title(collect):
    text = "数据库：主要城市年度数据\n指标：gdp(亿元)\n时间：最近3年\n"
    text += "地区,2030年,2017年,2016年\n北京,9,2,1\n杭州,9,4,3\n注：略,,,\n"
    found = collect({"yearbooks.csv": text.encode("gb18030")})
    gdp = found.panel.query("indicator == 'gdp'")
    assert set(zip(gdp["city"], gdp["year"], gdp["value"], strict=True)) == {
        *(("北京", 2017, 2.0), ("北京", 2016, 1.0), ("杭州", 2017, 4.0), ("杭州", 2016, 3.0))
    }
    told = found.quality.query("what == 'column not read'")
    assert told["column"].tolist() == ["2030"] and "2018" in told["detail"].iloc[0]


def test_a_table_of_years_without_a_measure_is_refused_with_what_was_seen(problems):
    (problem,) = problems({"yearbooks.csv": "地区,2017年,2016年\n北京,2,1\n杭州,4,3\n".encode()})
    assert "2016年, 2017年" in problem.value and "北京, 杭州" in problem.value and "指标：" in problem.remedy
