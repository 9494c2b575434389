"""p39: four steps with the printed numbers, and what is not disclosed of each."""

import pytest

from fhi.showing.figures.method import _parts, flow_data


@pytest.fixture(scope="module")
def data(tables):
    return flow_data(tables)


def test_every_printed_number_of_the_coverage_belongs_to_a_step(data, tables):
    numbers = data[data["kind"] == "number"]
    assert numbers["step"].notna().all()
    coverage = numbers[numbers["page"] == 39]
    assert sorted(coverage["title_en"]) == sorted(tables["tables/coverage"]["measure_en"])
    assert numbers.loc[numbers["unit"] == "nodes", "value"].tolist() == [3, 11, 16]


def test_the_classes_of_the_page_give_one_city_less_than_it_says(data):
    row = data.dropna(subset=["counted"]).iloc[0]
    assert row["title_en"] == "mainland cities"
    assert (row["value"], row["counted"]) == (37, 36)


def test_each_step_says_what_is_not_disclosed_in_both_languages(data):
    steps = data[data["kind"] == "step"]
    assert steps["step"].tolist() == [1, 2, 3, 4]
    for zh, en in zip(steps["undisclosed_zh"], steps["undisclosed_en"], strict=True):
        assert len(_parts(zh)) == len(_parts(en)) > 0


def test_a_list_is_divided_at_semicolons_of_either_width():
    assert _parts("a; b；c") == ["a", "b", "c"]
