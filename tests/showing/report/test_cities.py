"""The section of a city: every value with its source and evidence, what is missing said, what names it found."""

import math

import pandas as pd
import pytest

from fhi.showing.report import cities
from fhi.showing.report.texts import MISSING


@pytest.fixture(scope="module")
def store(built):
    return built.store()


@pytest.fixture(scope="module")
def sections(store):
    return {s["name"]["zh"]: s for s in cities.sections(store, "baseline", 2018, {"北京": ["p05-top20"]})}


def test_every_published_city_has_a_section_in_published_order(sections, store):
    assert list(sections) == store["tables/top20"].sort_values("rank")["city"].tolist()
    assert sections["北京"]["id"] == "city-110000"
    assert sections["北京"]["mentions"] == ["p05-top20"] and sections["上海"]["mentions"] == []


def test_a_section_says_why(sections):
    assert sections["天津"]["moved"]["en"].startswith("Place 9 in 2017, 12 in 2018. Passed by: Xi'an, Chongqing.")
    assert [table.file for table in sections["天津"]["reasons"]] == ["next_above"]
    # new among the twenty; first in the reconstructed index
    assert sections["香港"]["moved"] is None and sections["北京"]["reasons"] == []


def test_ranks_scores_and_bounds_are_those_of_the_tables(sections, store):
    row = sections["香港"]["ranks"].rows[0]
    compared = store["comparison"].query("city == '香港' and node == 'FHI'").iloc[0]
    score = store["scores"].set_index("city").at["香港", "FHI"]
    bounds = store["bounds"].query("city == '香港' and node == 'FHI'").iloc[0]
    assert row[1:] == [
        "5",
        str(compared["rank"]),
        f"{compared['difference']:+d}",
        f"{score:.1f}",
        f"{math.floor(10 * bounds['low'] + 1e-6) / 10:.1f}–{math.ceil(10 * bounds['high'] - 1e-6) / 10:.1f}",
    ]


def test_every_indicator_is_a_value_with_source_and_evidence_or_missing(sections, store):
    coverage = store["coverage"].set_index(["city", "indicator"])["evidence"]
    leaves = store["tables/framework"].query("level == 3")
    for city, section in sections.items():
        rows = section["indicators"].rows
        assert [row[0]["en"] for row in rows] == leaves["name_en"].tolist()
        for code, row in zip(leaves["code"], rows, strict=True):
            if pd.isna(coverage[(city, code)]):
                assert row[1] == MISSING and row[2:] == [""] * 5
            else:
                assert row[4] == {"badge": coverage[(city, code)]}
                assert row[5] and all(link["href"].endswith(".csv") for link in row[5])


def test_a_place_that_several_share_is_shown_as_a_span():
    standings = pd.DataFrame(
        [("甲", "gdp", 1, 3), ("乙", "gdp", 2, 3), ("丙", "gdp", 2, 3), ("甲", "firms", 1, 1)],
        columns=["city", "node", "rank", "cities"],
    ).assign(printed_first=None)
    shown = {("甲", "gdp"): "1 / 3", ("乙", "gdp"): "2–3 / 3", ("丙", "gdp"): "2–3 / 3", ("甲", "firms"): "1 / 1"}
    assert cities.standing_places(standings) == {cell: {"zh": text, "en": text} for cell, text in shown.items()}


def test_a_first_place_that_the_report_gives_to_another_city_says_so():
    standings = pd.DataFrame([("甲", "gdp", 1, 3), ("乙", "gdp", 2, 3)], columns=["city", "node", "rank", "cities"])
    printed = {"printed_first": "丙", "printed_first_en": "C", "printed_page": 8}
    standings = standings.assign(**printed, printed_node_zh=None, printed_node_en=None)
    shown = cities.standing_places(standings)
    assert shown["甲", "gdp"] == {"zh": "1 / 3（报告第8页列丙第一）", "en": "1 / 3 (the report lists C first, p. 8)"}
    assert shown["乙", "gdp"] == {"zh": "2 / 3", "en": "2 / 3"}


def test_the_value_is_the_latest_not_later_than_the_edition():
    panel = pd.DataFrame(
        [
            ("北京", 2016, "gdp", 1.0),
            ("北京", 2017, "gdp", 2.0),
            ("北京", 2018, "gdp", None),
            ("北京", 2019, "gdp", 4.0),
        ],
        columns=["city", "year", "indicator", "value"],
    )
    assert cities.latest(panel, 2018).loc[("北京", "gdp"), "value"] == 2.0
    assert cities.latest(panel, None).loc[("北京", "gdp"), "value"] == 4.0


def test_the_year_says_what_is_old_and_what_is_interpolated():
    assert cities.year_of(2017, {"old": False, "age": 1.0}, interpolated=False) == "2017"
    old = cities.year_of(2012, {"old": True, "age": 6.0}, interpolated=False)
    assert old == {"zh": "2012，过旧，早6年", "en": "2012, old, 6 years before the edition"}
    between = cities.year_of(2017, {"old": False, "age": 1.0}, interpolated=True)
    assert between["en"] == "2017, interpolated to the edition"


def test_years_of_values_stand_in_the_section(sections, store):
    years = store["coverage"].set_index(["city", "indicator"])["value_year"]
    leaves = store["tables/framework"].query("level == 3")["code"]
    shown = dict(zip(leaves, sections["上海"]["indicators"].rows, strict=True))
    for code in ("gdp", "universities", "adoption"):
        assert shown[code][3] == f"{years[('上海', code)]:.0f}"


def test_what_is_missing_is_counted(sections, store):
    count = store["coverage"].query("city == '贵阳'")["evidence"].isna().sum()
    assert sections["贵阳"]["missing"]["en"].startswith(f"{count} of 16 indicators are missing")


def test_printed_numbers_stand_as_printed_with_their_page(sections, store):
    printed = sections["广州"]["printed"]
    assert ["85.4%", "8"] in [[row[1], row[3]] for row in printed.rows]
    pages = [int(row[3]) for row in printed.rows]
    assert pages == sorted(pages)
    named = {city for name in cities.PRINTED for city in store[f"tables/{name}"]["city"].dropna()}
    assert {city for city, section in sections.items() if section["printed"] is None} == set(sections) - named


def test_mentions_are_found_by_either_name():
    frame = pd.DataFrame({"name_zh": ["北京", "贵阳"], "name_en": ["Beijing", "Guiyang"]})
    texts = {"a": "北京、上海", "b": "Guiyang is last", "c": "nothing"}
    assert cities.mentions_of(frame, texts) == {"北京": ["a"], "贵阳": ["b"]}
