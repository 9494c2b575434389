"""Numbers that the report prints about its own tables come out of the transcribed tables."""

import pytest
from report_tables import load

from fhi.editions.construction import national_shares

TABLES = load()


def report(name):
    return TABLES[f"{name}"]


def test_shenzhen_holds_63_86_per_cent_of_the_loans():  # p8
    shares = national_shares(TABLES).query("`class` == 'loans'").set_index("city")["share"]
    assert shares["深圳"] == pytest.approx(63.86, abs=0.005)
    # 8700 of 8700 + 4468 + 297 + 100 + 41.36 + 17.41 = 13623.77 (100 million CNY)
    assert shares["深圳"] == pytest.approx(8700 / 13623.77 * 100)


def test_two_banks_hold_over_ninety_per_cent():  # p11, p13
    shares = national_shares(TABLES).query("`class` == 'loans'").set_index("city")["share"]
    assert shares["深圳"] + shares["杭州"] > 90


def test_eight_cities_lie_above_the_printed_mean_and_ten_above_the_computed_one():  # p21
    rates = report("adoption")["rate"]
    headlines = report("headlines").set_index("measure_en")["printed_value"]
    assert (rates > headlines["national mean of the adoption rate"]).sum() == 8
    assert headlines["cities above the mean"] == 8
    assert rates.mean() == pytest.approx(73.46)
    assert (rates > rates.mean()).sum() == 10


def test_the_institutions_are_eight_three_and_four():  # p12
    assert [len(report(name)) for name in ("banks", "brokers", "insurers")] == [8, 3, 4]


def test_twelve_banks_and_insurers_stand_in_nine_cities():  # p12
    cities = [*report("banks")["city"], *report("insurers")["city"]]
    assert (len(cities), len(set(cities))) == (12, 9)


def test_three_cities_have_a_bank_and_an_insurer():  # p10
    assert set(report("banks")["city"]) & set(report("insurers")["city"]) == {"北京", "深圳", "武汉"}


def test_the_first_insurer_earns_over_sixty_per_cent():  # p7
    shares = national_shares(TABLES).query("`class` == 'premiums'").set_index("city")["share"]
    assert shares["上海"] > 60


def test_the_exchanges_are_eight_with_half_in_shanghai():  # p17
    counts = report("exchanges").set_index("city")["count"]
    assert counts.sum() == 8
    assert counts["上海"] * 2 == counts.sum()


def test_the_first_two_cloud_shares_sum_to_86_8():  # p17
    shares = report("contributions").query("`class` == 'cloud'")["share_value"]
    assert shares.sum() == pytest.approx(86.8)


def test_the_changes_imply_distinct_ranks_of_2017():  # p5
    top20 = report("top20")
    before = (top20["rank"] + top20["change_value"]).dropna()
    assert len(before) == 19
    assert before.is_unique
    assert set(range(1, 21)) - set(before) == {19}
