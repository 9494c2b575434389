"""p34-35: every instrument once and undated, the steps of the sandbox in order, the pilots by date."""

from fhi.showing.figures.ecosystem import instruments_data, sandbox_data


def test_every_instrument_stands_once_and_none_has_a_date(tables):
    data = instruments_data(tables)
    assert sorted(data["title_zh"]) == sorted(tables["tables/policies"]["title_zh"])
    assert data["date"].isna().all()
    assert list(dict.fromkeys(data["city"])) == ["北京", "上海", "深圳", "杭州", "广州"]


def test_the_steps_are_seven_and_alternate_between_firm_and_regulator(tables):
    steps = sandbox_data(tables).query("part == 'process'")
    assert steps["step"].tolist() == list(range(1, 8))
    assert steps["actor"].tolist() == ["firm", "regulator", "both", "firm", "firm", "regulator", "firm"]


def test_the_pilots_are_those_of_the_table_by_date_and_one_has_a_number(tables):
    pilots = sandbox_data(tables).query("part == 'pilot'")
    assert pilots["date"].is_monotonic_increasing
    assert sorted(pilots["date"]) == sorted(tables["tables/sandboxes"]["date_iso"])
    assert pilots.dropna(subset=["products"])[["city", "products"]].to_numpy().tolist() == [["香港", 36]]
