"""Adoption rates: shares of users, weighted to the population, with intervals that hold what they promise."""

import numpy as np
import pytest
from scipy import stats

from fhi.reading.microdata.questionnaires import post_stratified, wilson

HEAD = "编号,城市,年龄,性别,使用移动支付,使用网络借贷\n"


def answers(city, ages, users, sex="男", start=0):
    """Return rows of a questionnaire, the first `users` of them users."""
    return "".join(
        f"{start + place},{city},{age},{sex},{'是' if place < users else '否'},否\n" for place, age in enumerate(ages)
    )


def test_without_a_population_the_rate_is_the_share_of_users(collect, values):
    found = collect({"questionnaires.csv": HEAD + answers("杭州", [30] * 20, 17) + answers("北京", [30] * 10, 5)})
    assert values(found, "adoption") == pytest.approx({"杭州": 85, "北京": 50})
    interval = stats.binomtest(17, 20).proportion_ci(method="wilson")
    # the variance of a sample divides by n - 1
    assert values(found, "adoption", column="low")["杭州"] == pytest.approx(100 * wilson(0.85, 19)[0])
    assert values(found, "adoption", column="low")["杭州"] == pytest.approx(100 * interval.low, abs=1)
    assert values(found, "adoption", column="respondents") == {"杭州": 20, "北京": 10}


def test_any_use_makes_a_user_and_no_answer_is_no_respondent(collect, values, counted):
    text = HEAD + "1,杭州,30,男,否,是\n2,杭州,30,女,否,否\n3,杭州,30,女,,\n4,杭州,30,女,,否\n"
    found = collect({"questionnaires.csv": text})
    assert values(found, "adoption")["杭州"] == pytest.approx(100 / 3)
    assert counted(found, "no answer") == 1


def test_the_rate_is_weighted_to_the_population_by_age_and_sex(collect, values):
    # of the young 8 of 10 use, of the old 2 of 10; the city has one young for three old
    text = HEAD + answers("杭州", [20] * 10, 8) + answers("杭州", [70] * 10, 2, start=10)
    margins = "城市,年龄,人口\n杭州,15-59,1000\n杭州,60+,3000\n"
    found = collect({"questionnaires.csv": text, "population.csv": margins})
    assert values(found, "adoption")["杭州"] == pytest.approx(35)
    assert values(found, "adoption", column="covered") == {"杭州": 1}
    by_sex = "城市,年龄,性别,人口\n杭州,15-59,男,1000\n杭州,60+,男,3000\n杭州,15-59,女,2000\n杭州,60+,女,2000\n"
    found = collect({"questionnaires.csv": text, "population.csv": by_sex})
    # only men were asked: half of the population is covered
    assert values(found, "adoption")["杭州"] == pytest.approx(35)
    assert values(found, "adoption", column="covered") == {"杭州": 0.5}


def test_totals_beside_their_parts_are_not_counted_again(collect, values):
    text = HEAD + answers("杭州", [20] * 10, 8) + answers("杭州", [70] * 10, 2, start=10)
    margins = "城市,年龄,人口\n杭州,,4000\n杭州,15-59,1000\n杭州,60+,3000\n"
    found = collect({"questionnaires.csv": text, "population.csv": margins})
    assert values(found, "adoption")["杭州"] == pytest.approx(35)


def test_a_stratum_that_stands_twice_is_counted_once(collect, values, counted):
    text = HEAD + answers("杭州", [20] * 10, 8) + answers("杭州", [70] * 10, 2, start=10)
    margins = "城市,年龄,人口\n杭州,15-59,1000\n杭州,60+,3000\n杭州,60+,3000\n"
    margins += "其他,15-59,1\n其他,15-59,1\n"
    found = collect({"questionnaires.csv": text, "population.csv": margins})
    assert values(found, "adoption")["杭州"] == pytest.approx(35)
    assert counted(found, "duplicate", kind="population") == 1


def test_districts_of_a_city_are_not_taken_for_the_city(problems):
    text = HEAD + answers("上海", [20] * 10, 8)
    margins = "城市,年龄,人口\n上海市浦东新区,15-59,100\n上海市黄浦区,15-59,500\n"
    (problem,) = problems({"questionnaires.csv": text, "population.csv": margins})
    assert (problem.column, problem.value) == ("city", "2 rows, 2 of them outside")
    twice = margins + "上海,15-59,100\n上海市,15-59,500\n"
    (problem,) = problems({"questionnaires.csv": text, "population.csv": twice})
    assert (problem.row, problem.column, problem.value) == (5, "people", "500")
    assert "row 4 of" in problem.expected and "add up the districts" in problem.remedy


def test_a_city_without_ages_in_the_population_keeps_its_rate_beside_cities_that_have_them(collect, values):
    text = HEAD + answers("杭州", [20] * 10, 8) + answers("北京", [20] * 10, 5, start=20)
    found = collect({"questionnaires.csv": text, "population.csv": "城市,年龄,人口\n杭州,15-59,1000\n北京,,2000\n"})
    assert values(found, "adoption") == pytest.approx({"杭州": 80, "北京": 50})


def test_who_has_no_age_is_in_no_stratum_of_a_city_with_ages(collect, values, counted):
    text = HEAD + answers("杭州", [20] * 10, 8) + "99,杭州,,男,是,否\n"
    found = collect({"questionnaires.csv": text, "population.csv": "城市,年龄,人口\n杭州,,4000\n杭州,15-59,4000\n"})
    assert found.refused["row"].tolist() == [12]
    assert values(found, "adoption", column="respondents") == {"杭州": 10}


def test_a_city_of_which_too_little_was_asked_has_no_rate(collect, values):
    margins = "城市,年龄,人口\n杭州,15-59,1000\n杭州,60+,3000\n"
    found = collect({"questionnaires.csv": HEAD + answers("杭州", [20] * 10, 8), "population.csv": margins})
    assert values(found, "adoption") == {}


def test_an_age_outside_the_strata_is_refused(collect, counted):
    text = HEAD + answers("杭州", [20, 70, 9], 2)
    found = collect({"questionnaires.csv": text, "population.csv": "城市,年龄,人口\n杭州,15-59,1\n杭州,60+,3\n"})
    assert found.refused["row"].tolist() == [4]
    assert counted(found, "kept", kind="questionnaires") == 2


def test_questionnaires_of_which_most_are_in_no_stratum_stop_the_run(problems):
    text = HEAD + answers("杭州", [20, 8, 9], 2)
    whole, *rows = problems({"questionnaires.csv": text, "population.csv": "城市,年龄,人口\n杭州,15-59,1\n"})
    assert whole.value == "2 refused" and [problem.row for problem in rows] == [3, 4]


def test_an_id_stands_once_in_a_city(collect, values, counted):
    text = HEAD + "1,杭州,30,男,是,否\n1,杭州,30,男,否,否\n1,北京,30,男,否,否\n"
    found = collect({"questionnaires.csv": text})
    assert values(found, "adoption") == {"杭州": 100, "北京": 0}
    assert counted(found, "duplicate", detail="says otherwise than the first") == 1


def test_weights_count_and_a_missing_one_is_1_and_noted(collect, values, counted):
    found = collect({"questionnaires.csv": "id,city,use_payment,weight\n1,杭州,yes,3\n2,杭州,no,\n"})
    assert values(found, "adoption") == {"杭州": 75}
    assert counted(found, "no weight", column="weight") == 1


def test_people_are_read_in_the_unit_of_the_heading_or_of_the_cell(collect, values, counted):
    text = HEAD + answers("杭州", [20] * 10, 8) + answers("杭州", [70] * 10, 2, start=10)
    margins = "城市,年龄,人口（万人）\n杭州,15-59,100\n杭州,60+,300万\n杭州,5-14,-1\n杭州,0-4,0\n"
    found = collect({"questionnaires.csv": text, "population.csv": margins})
    assert values(found, "adoption")["杭州"] == pytest.approx(35)
    (row,) = found.refused.to_dict("records")
    assert (row["row"], row["column"], row["value"]) == (4, "people", "-1")


def test_bands_that_overlap_are_refused(problems):
    text = HEAD + answers("杭州", [20] * 4, 2)
    (problem,) = problems({"questionnaires.csv": text, "population.csv": "城市,年龄,人口\n杭州,15-30,1\n杭州,25+,3\n"})
    assert problem.column == "age" and "overlap" in problem.expected


def test_post_stratification_is_that_of_a_worked_example():
    # two strata of 30 % and 70 %: p = .3·.5 + .7·.9 = .78; v = .09·.25/99 + .49·.09/199
    share = post_stratified(*np.array([[100, 200], [100, 200], [50, 180]]), people=np.array([300, 700]))
    assert share.value == pytest.approx(0.78)
    variance = 0.09 * 0.25 / 99 + 0.49 * 0.09 / 199
    assert share[1:3] == pytest.approx(wilson(0.78, 0.78 * 0.22 / variance))


def test_wilson_is_that_of_scipy_for_whole_sizes():
    for hits, size in ((0, 5), (3, 7), (50, 60), (12, 12)):
        expected = stats.binomtest(hits, size).proportion_ci(method="wilson")
        assert wilson(hits / size, size) == pytest.approx((expected.low, expected.high))


def test_nobody_asked_gives_nothing():
    share = post_stratified(*np.zeros((3, 2)), people=np.array([1, 1]))
    assert np.isnan(share.value) and share.covered == 0


def test_the_interval_holds_the_true_rate_in_about_95_of_100_samples():
    generator = np.random.default_rng(11)
    people, rates, asked = np.array([0.5, 0.3, 0.2]), np.array([0.95, 0.8, 0.4]), np.array([60, 60, 60])
    truth, held = float(people @ rates), 0
    for _ in range(2000):
        hits = generator.binomial(asked, rates)
        share = post_stratified(asked, asked, hits, people)
        held += share.low <= truth <= share.high
    assert 0.93 < held / 2000 < 0.98
