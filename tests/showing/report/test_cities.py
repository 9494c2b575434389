"""The section of a city: every value with its source and evidence, what is missing said, what names it found."""

import re

import pandas as pd
import pytest

from fhi.showing.report import cities


@pytest.fixture(scope="module")
def store(built):
    return built.store()


@pytest.fixture(scope="module")
def sections(store):
    told = {"北京-1": {"kind": "unit", "zh": "一", "en": "One", "page": "6"}}
    return {s["profile"]["zh"]["name"]: s for s in cities.sections(store, 2018, told)}


def test_every_published_city_has_a_section_in_published_order(sections, store):
    assert list(sections) == store["tables/top20"].sort_values("rank")["city"].tolist()
    assert sections["北京"]["id"] == "city-110000"
    assert [text["en"] for text in sections["北京"]["bullets"]] == ["One"] and sections["上海"]["bullets"] == []


def test_a_section_says_why(sections):
    assert sections["天津"]["moved"]["en"].startswith("Rank 9 in 2017, 12 in 2018. Overtaken by: Xi'an and Chongqing.")
    assert [table.file for table in sections["天津"]["reasons"]] == ["next_above"]
    # new among the twenty; first in the reconstructed index
    assert sections["香港"]["moved"] is None and sections["北京"]["reasons"] == []


def test_every_value_has_a_source_in_both_languages(sections, store):
    coverage = store["coverage"].set_index(["city", "indicator"])["evidence"]
    for city, section in sections.items():
        shown = {row["code"] for row in section["profile"]["en"]["indicators"] if row["evidence"]}
        assert shown == set(section["sources"]) == set(coverage[city].dropna().index)
        assert not any(re.search("[一-鿿]", text["en"]) for text in section["sources"].values())
    assert sections["上海"]["sources"]["adoption"]["en"] == "2018 China Fintech Hub Index report"


def test_a_first_place_that_the_report_gives_to_another_city_says_so(sections, store):
    said = {city: section["remarks"] for city, section in sections.items() if section["remarks"]}
    assert any("lists" in text["en"] for notes in said.values() for text in notes.values())


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
