"""Registers of firms, listed companies and services: measures by city, duplicates and bounds."""

import math

import numpy as np
import pytest

from fhi.engine.framework import Framework

HEAD = "name,city,class,financing,currency,round,date\n"


def test_a_worked_list_gives_counts_capital_and_their_bounds(collect, values):
    found = collect(
        {
            "firms.csv": HEAD
            + "甲,杭州,网贷,3000万元,,A轮,2016-05\n"
            + "甲,杭州,网贷,2000万元,,B轮,2017-05\n"  # 5000万 together: counts
            + "乙,杭州,支付,1000万美元,,A轮,2017-03\n"  # 67.518 million CNY
            + "丙,杭州,众筹,近5000万元,,,\n"  # less than 5000万
            + "丁,杭州,众筹,数千万元,,,\n"  # 2000 to 9000 万: may count
            + "戊,杭州,支付,超1亿元,,,\n"
            + "己,杭州,支付,未披露,,,\n"
            + "庚,北京市,支付,4999.99万元,,,\n"
        }
    )
    assert values(found, "firm_count") == {"杭州": 3, "北京": 0}
    assert values(found, "firm_count", column="low") == {"杭州": 3}
    assert values(found, "firm_count", column="high") == {"杭州": 4}
    # 0.5 + 0.67518 + 1 in 100 million CNY
    assert values(found, "capital")["杭州"] == pytest.approx(2.17518)
    assert values(found, "capital")["北京"] == 0
    assert values(found, "capital", column="high")["杭州"] == math.inf
    assert set(found.panel["evidence"]) == {"user"}
    assert set(found.panel["source_id"]) == {"user/firms"}


def test_shares_of_the_nation_are_means_over_the_classes(collect, values):
    found = collect(
        {
            "firms.csv": "name,city,class,financing,scale\n"
            + "a,深圳,互联网银行,,8700亿\nb,杭州,互联网银行,,4468亿\nc,其他,互联网银行,,832亿\n"
            + "d,香港,互联网证券,,\ne,深圳,互联网证券,,\n"
            + "f,上海,交易所,,\ng,上海,交易所,,\nh,大连,交易所,,\ni,elsewhere,交易所,,\n"
        }
    )
    # loans of 14000亿, of which 其他 has a part; brokers by number, since none has a size
    assert values(found, "firm_scale")["深圳"] == pytest.approx((8700 / 14000 + 1 / 2) / 2 * 100)
    assert values(found, "firm_scale")["香港"] == pytest.approx(25)
    assert values(found, "contribution") == {"上海": 50, "大连": 25, "深圳": 0, "杭州": 0, "香港": 0}


def test_a_vague_size_counts_at_its_low_end_and_is_noted(collect, values, counted):
    rows = "a,深圳,互联网银行,,超100亿\nb,北京,互联网银行,,100亿\n"
    found = collect({"firms.csv": "name,city,class,financing,scale\n" + rows})
    assert values(found, "firm_scale") == {"深圳": 50, "北京": 50}
    assert counted(found, "vague amount", column="scale") == 1


def test_a_firm_of_undisclosed_size_leaves_its_city_missing_where_others_have_one(collect, values):
    rows = "a,深圳,互联网银行,,8700亿\nb,福州,互联网银行,,未披露\nc,北京,支付,,\n"
    found = collect({"firms.csv": "name,city,class,financing,scale\n" + rows})
    assert values(found, "firm_scale") == {"深圳": 100, "北京": 0}


def test_a_row_that_is_there_already_counts_once_and_is_named(collect, values, counted):
    rows = "甲,杭州,网贷,6000万元,,A轮,2016-05\n甲 ,杭州市,网贷,0.6亿,,A轮,2016.5\n甲,杭州,网贷,6000万元,,B轮,2017-05\n"
    found = collect({"firms.csv": HEAD + rows})
    assert values(found, "capital") == {"杭州": 1.2}
    assert counted(found, "duplicate") == 1
    assert counted(found, "kept") == 2
    (row,) = found.refused.to_dict("records")
    assert (row["row"], row["value"]) == (3, "as row 2")


def test_one_name_in_two_cities_is_two_firms(collect, values):
    found = collect({"firms.csv": HEAD + "甲,杭州,支付,6000万,,,\n甲,北京,支付,6000万,,,\n"})
    assert values(found, "firm_count") == {"杭州": 1, "北京": 1}


def test_a_currency_without_a_rate_is_refused_unless_a_year_near_enough_has_one(collect, values):
    rows = HEAD + "甲,杭州,支付,1000万美元,,,2009-05\n乙,杭州,支付,1亿,,,\n"
    found = collect({"firms.csv": rows})
    (row,) = found.refused.to_dict("records")
    assert (row["row"], row["column"], row["value"]) == (2, "financing", "USD of 2009")
    assert "rates.csv" in row["remedy"]
    assert values(found, "firm_count") == {"杭州": 1}
    near = collect({"firms.csv": rows}, rate_gap=1)
    assert values(near, "capital")["杭州"] == pytest.approx(1 + 0.676781)
    own = collect({"firms.csv": rows, "rates.csv": "currency,year,rate\nUSD,2009,6.5\n"})
    assert values(own, "capital")["杭州"] == pytest.approx(1.65)


def test_a_currency_in_the_column_holds_for_bare_numbers_and_two_are_refused(collect, values):
    rows = "甲,杭州,支付,1亿,USD,,2017\n乙,杭州,支付,1亿元,USD,,2017\n丙,杭州,支付,1亿美元,美元,,2017\n"
    found = collect({"firms.csv": HEAD + rows})
    assert values(found, "capital")["杭州"] == pytest.approx(2 * 6.7518)
    assert found.refused[["row", "expected"]].to_dict("records") == [{"row": 3, "expected": "one currency"}]


def test_the_unit_of_the_heading_is_that_of_bare_numbers(collect, values):
    found = collect({"firms.csv": "企业名称,城市,类别,融资额（万元）\n甲,杭州,支付,5000\n乙,杭州,支付,1.5亿\n"})
    assert values(found, "capital") == {"杭州": 2.0}


@pytest.mark.parametrize(
    "text, capital",
    [("约12000", 1.2), ("超12000", 1.2), ("1.2E+04", 1.2), ("+12,000", 1.2), ("１２０００", 1.2)]
    + [("18590.5", 1.85905), ("九千", 0.9), ("1.2亿", 1.2), ("5亿元", 5), ("1000万美元", 0.67518), ("$10m", 0.67518)]
    # it counts in 万 itself: 12000 yuan, too little to count
    + [("一万二千", 0), ("12000元", 0)],
)
def test_marks_about_a_bare_number_leave_it_in_the_unit_of_the_heading(collect, values, text, capital):
    found = collect({"firms.csv": f'name,city,class,融资额（万元）\n甲,杭州,支付,"{text}"\n'}, year=2017)
    assert values(found, "capital", 2017)["杭州"] == pytest.approx(capital, rel=1e-14)


def test_a_heading_in_another_currency_holds_for_what_names_none(collect, values):
    rows = "甲,杭州,支付,1000\n乙,北京,支付,3亿\n丙,上海,支付,3亿元\n丁,深圳,支付,约1000\n"
    found = collect({"firms.csv": "name,city,class,融资额（万美元）\n" + rows}, year=2017)
    expected = {"杭州": 0.67518, "北京": 3 * 6.7518, "上海": 3, "深圳": 0.67518}
    assert values(found, "capital", 2017) == pytest.approx(expected)


def test_a_size_is_in_the_currency_of_its_text_or_of_its_row(collect, values):
    rows = "a,深圳,互联网银行,,USD,1亿\nb,杭州,互联网银行,,USD,6.7518亿元\nc,北京,互联网银行,,,13.5036亿\n"
    found = collect({"firms.csv": "name,city,class,financing,currency,scale\n" + rows}, year=2017)
    assert values(found, "firm_scale", 2017) == pytest.approx({"深圳": 25, "杭州": 25, "北京": 50})


def test_only_a_size_that_is_given_can_lack_a_rate(collect, counted):
    rows = "a,深圳,互联网银行,,TWD,1亿\nb,杭州,互联网银行,,TWD,\nc,北京,互联网银行,,,1亿\n"
    found = collect({"firms.csv": "name,city,class,financing,currency,scale\n" + rows}, year=2009)
    assert counted(found, "no rate", column="scale") == 1


def test_a_measure_that_the_tree_lacks_is_noted_at_a_file_that_gives_it(collect, framework):
    tree = Framework.from_table(framework.table[framework.table["code"] != "capital"])
    files = {"firms.csv": HEAD + "甲,杭州,支付,1亿,,,\n", "population.csv": "city,people\n杭州,5\n"}
    found = collect(files, tree=tree)
    lost = found.quality[found.quality["what"] == "measure not in the tree"]
    assert lost[["file", "column"]].to_dict("split")["data"] == [["data/user/firms.csv", "capital"]]


def test_a_firm_of_several_classes_is_of_the_first_and_noted(collect, values, counted):
    found = collect({"firms.csv": HEAD + "甲,杭州,支付,6000万,,A轮,\n甲,杭州,区块链,6000万,,B轮,\n"})
    assert values(found, "capital") == {"杭州": 1.2}
    assert counted(found, "several classes") == 1


@pytest.mark.slow
def test_more_files_than_a_byte_can_number_keep_their_names(collect, values):
    files = {f"firms-2018-{place:03d}.csv": HEAD + f"企业{place},杭州,支付,1亿,,,\n" for place in range(260)}
    found = collect(files | {"firms-2018-259.csv": HEAD + "企业0,杭州,支付,1亿,,,\n"})
    assert values(found, "firm_count") == {"杭州": 259}
    (row,) = found.refused.to_dict("records")
    assert row["file"] == "data/user/firms-2018-259.csv"
    assert row["value"] == "as row 2 of data/user/firms-2018-000.csv"


def test_issues_are_kept_apart_by_file_name_and_by_column(collect, values):
    old, new = "甲,杭州,支付,1亿,,,\n", "甲,杭州,支付,1亿,,,\n乙,杭州,支付,1亿,,,\n"
    found = collect({"firms-2016.csv": HEAD + old, "firms_2017.csv": HEAD + new})
    assert (values(found, "capital", 2016), values(found, "capital", 2017)) == ({"杭州": 1.0}, {"杭州": 2.0})
    text = "name,city,class,financing,年份\n甲,杭州,支付,1亿,2015年\n乙,杭州,支付,3亿,2018\n"
    found = collect({"firms.csv": text})
    assert (values(found, "capital", 2015), values(found, "capital", 2018)) == ({"杭州": 1.0}, {"杭州": 3.0})


def test_synthetic_rows_label_all_that_is_made_of_the_file(collect):
    text = "name,city,class,financing,evidence\n甲,杭州,支付,1亿,synthetic\n乙,杭州,支付,1亿,\n"
    found = collect({"firms.csv": text})
    assert set(found.panel["evidence"]) == set(found.intervals["evidence"]) | {"synthetic"} == {"synthetic"}


def test_an_outlier_is_counted_and_kept(collect, values, counted):
    amounts = np.random.default_rng(1).lognormal(18, 0.3, 500).round()
    rows = "".join(f"企业{place},杭州,支付,{amount:.0f}\n" for place, amount in enumerate(amounts))
    found = collect({"firms.csv": "name,city,class,financing\n" + rows + "巨,杭州,支付,9万亿\n"})
    assert counted(found, "outlier") == 1
    assert values(found, "capital")["杭州"] > 90_000


@pytest.mark.slow
def test_many_rows_written_to_disk_give_what_they_give_in_memory(collect, values, monkeypatch):
    generator = np.random.default_rng(7)
    rows = [
        f"企业{generator.integers(300)},{city},支付,{generator.integers(1, 9)}000万,,{generator.integers(9)}轮,"
        for city in generator.choice(["杭州", "北京", "上海"], 3000)
    ]
    whole = collect({"firms.csv": HEAD + "\n".join(rows) + "\n"})
    monkeypatch.setattr("fhi.reading.microdata.grouping.HELD", 4096)
    monkeypatch.setattr("fhi.reading.microdata.text_blocks.BLOCK", 5000)
    parts = collect({"firms.csv": HEAD + "\n".join(rows) + "\n"})
    assert values(parts, "capital") == values(whole, "capital")
    assert values(parts, "firm_count") == values(whole, "firm_count")
    assert parts.refused.equals(whole.refused)


SERVICES = "城市,平台,类别,服务,是否特色\n"
COMPANIES = "证券代码,城市,行业,总市值（亿元）,营业收入,科技投入\n"


def test_a_service_counts_once_on_each_platform(collect, values, counted):
    rows = (
        "深圳,微信,交通,地铁,否\n深圳,支付宝,交通,地铁,否\n深圳,支付宝,交通,地铁 ,否\n深圳,支付宝,出入境,自助通关,是\n"
    )
    found = collect({"services.csv": SERVICES + rows + "武汉,支付宝,交通,公交,是\n"})
    assert values(found, "services") == {"深圳": 3, "武汉": 1}
    assert counted(found, "duplicate") == 1
    breadth = found.services.set_index(["city", "category"])[["services", "special"]].to_dict("index")
    assert breadth["深圳", "交通"] == {"services": 2, "special": 0}
    assert breadth["深圳", "出入境"] == {"services": 1, "special": 1}
    assert "北京" not in values(found, "services")


def test_market_values_are_sums_by_sector_and_a_named_city_without_one_has_none(collect, values):
    rows = "000001,深圳,银行,1500,1000亿,20亿\n000002,深圳,软件,300,,\n"
    rows += "600000,上海,金融业,2000,500亿,15亿\n600001,上海,其他,9,,\n"
    found = collect({"companies.csv": COMPANIES + rows + "600000,上海,金融业,2000,500亿,15亿\n"})
    assert values(found, "finance_industry") == {"深圳": 1500, "上海": 2000}
    assert values(found, "technology_industry") == {"深圳": 300, "上海": 0}
    assert values(found, "technology_level") == pytest.approx({"深圳": 2, "上海": 3})


def test_vague_market_values_leave_their_sum_open(collect, values):
    rows = "1,上海,金融业,1-2亿,,\n2,上海,金融业,100,,\n3,北京,金融业,超5亿,,\n"
    found = collect({"companies.csv": COMPANIES + rows})
    assert values(found, "finance_industry") == {"上海": 101, "北京": 5}
    assert values(found, "finance_industry", column="low") == {"上海": 101, "北京": 5}
    assert values(found, "finance_industry", column="high") == {"上海": 102, "北京": math.inf}


def test_a_market_value_in_another_currency_is_converted(collect, values):
    rows = "code,city,sector,market value,date\n1,香港,finance,100亿美元,2017-12-29\n"
    assert values(collect({"companies.csv": rows}), "finance_industry")["香港"] == pytest.approx(675.18)


def test_spending_and_revenue_in_other_currencies_are_converted_before_they_are_summed(collect, values):
    head = "code,city,sector,market value,currency,revenue,technology spending\n"
    rows = "1,香港,finance,1亿,USD,100亿,1亿\n2,香港,finance,1亿元,,10亿美元,10亿元\n"
    found = collect({"companies.csv": head + rows}, year=2017)
    spending, revenue = 1 * 6.7518 + 10, 100 * 6.7518 + 10 * 6.7518
    assert values(found, "technology_level", 2017) == pytest.approx({"香港": 100 * spending / revenue})


def test_a_row_that_says_otherwise_than_an_earlier_one_is_named_as_such(collect, values, counted):
    rows = "1,上海,金融业,2000,,\n1,上海,金融业,2000,,\n1,上海,金融业,2100,,\n2,上海,金融业,1,,\n"
    found = collect({"companies.csv": COMPANIES + rows})
    assert values(found, "finance_industry") == {"上海": 2001}
    assert found.refused[["row", "value", "expected"]].to_dict("split")["data"] == [
        [3, "as row 2", "a row that is not there already"],
        [4, "as row 2", "one row for it"],
    ]
    assert counted(found, "duplicate") == 2
    assert counted(found, "duplicate", detail="says otherwise than the first") == 1


def test_a_service_that_is_special_in_one_row_only_is_named(collect, values):
    found = collect({"services.csv": SERVICES + "深圳,微信,交通,地铁,否\n深圳,微信,交通,地铁,是\n"})
    assert values(found, "services") == {"深圳": 1}
    assert found.refused["expected"].tolist() == ["one row for it"]
