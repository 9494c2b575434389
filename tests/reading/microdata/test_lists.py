"""Services and listed companies: counted once, summed by city, sizes in the unit of the indicator."""

import math

import pytest

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
