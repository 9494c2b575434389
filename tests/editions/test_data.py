"""The raw data as shipped: every file valid and unchanged, every row with its page, ranks as the report has them."""

import json

import pytest
from report_tables import load

from fhi import editions
from fhi.editions.catalogue import checksum, raw_files, verify
from fhi.paths import RAW

TABLES = load()
# claims, facts and orders speak of the whole report
WHOLE = {"cities", "constructions", "orders", "order_notes"}
REPORT = sorted({*editions.schemas_of(RAW / "report2018")} - WHOLE)
PAGES = {"city_profiles": {6, 7, 8}, "experience_facts": {20, 21, 23, 24, 25, 26}, "leaders": {11, 15, 17, 30, 32}}
PAGES |= {
    "share_sums": {13, 17, 18},
    "callouts": {22, 25, 26, 34},
    "enumerations": {14, 18, 35, 39},
    "movers": {10, 20, 28},
    "policies": {8, 34},
    "procedures": {35, 39},
    "headlines": {4, *range(10, 16), 17, 18, 21, 28, 32, 33, 35, 38},
    "named_firms": {6, 7, 8, 17, 18},
    "services": {6, 23, 25},
}
#: what has no text order of its own: tables and the pages on which they were read off a graphic
GRAPHICS = {"adoption": {21}, "attention": {36}, "innovation": {31}, "leaders": {11, 30, 32}}
ONE_PAGE = {"adoption": 21, "attention": 36, "banks": 13, "brokers": 14, "contributions": 17, "coverage": 39}
ONE_PAGE |= {"exchanges": 17, "financing_top20": 15, "innovation": 31, "institutes": 33, "insurers": 14}
ONE_PAGE |= {"quoted_institutions": 16, "sandboxes": 35, "tiers": 5, "top20": 5}
ONE_PAGE |= {"institute_activities": 33, "organisations": 1, "people": 40}
PAGES |= {name: set(range(1, 44)) for name in ("statements", "report_coverage")}


def test_every_raw_file_has_a_schema_and_every_schema_a_file():
    common = {file for file in raw_files() if file.endswith(".csv")}
    public = {f"{name}.csv" for name in editions.SCHEMAS if name.startswith("public/")}
    assert public | {"vocabulary.csv", "places.csv"} == common and {"vocabulary", "places"} < set(editions.SCHEMAS)
    own = {*editions.schemas_of(RAW / "report2018"), "framework", "facts", "claims", "bound_alternatives", "schemas"}
    assert {f"{name}.csv" for name in own} == set(raw_files(RAW / "report2018"))


@pytest.mark.parametrize("file", [*raw_files(), *(f"report2018/{name}" for name in raw_files(RAW / "report2018"))])
def test_a_raw_file_has_the_checksum_of_the_catalogue(file):
    folder = RAW / "report2018" if file.startswith("report2018/") else RAW
    stated = verify(folder).set_index("file")["sha256"]
    assert checksum(RAW / file) == stated[file.removeprefix("report2018/")]


@pytest.mark.parametrize("name", REPORT)
def test_the_rows_of_the_report_carry_their_pages(name):
    assert set(TABLES[name]["page"]) == PAGES.get(name, {ONE_PAGE.get(name)})


@pytest.mark.parametrize("name, pages", GRAPHICS.items())
def test_what_is_read_off_a_graphic_says_so_in_each_row(name, pages):
    table = TABLES[f"{name}"]
    notes = table.loc[table["page"].isin(pages), "note"].fillna("")
    assert len(notes) >= 20
    assert notes.str.contains("read off|reading order|read from its far end|inferred from the order").all(), set(notes)


def test_a_fact_about_an_order_read_off_a_graphic_says_so():
    facts = TABLES["facts"]
    read = facts[facts["page"].isin({11, 36})]
    assert set(read["group"]) == {"leaders", "attention"} and len(read) == 5
    assert read["note"].str.contains("read off", na=False).all()


def test_every_column_has_a_meaning():
    for name, schema in editions.SCHEMAS.items():
        for column, spec in schema.columns.items():
            assert spec.description, f"{name}.{column}"


@pytest.mark.parametrize("column", ["rank", "industry_rank", "ecosystem_rank"])
def test_ranks_are_permutations_of_one_to_twenty(column):
    assert sorted(TABLES["top20"][column]) == list(range(1, 21))


def test_the_only_tie_of_the_pillar_ranks_is_nanjing_with_qingdao():
    ranks = TABLES["top20"].set_index("city")["experience_rank"]
    assert sorted(ranks) == [*range(1, 12), 11, *range(13, 21)]
    assert set(ranks.index[ranks == 11]) == {"南京", "青岛"}


def test_the_tables_of_the_report_name_the_same_twenty_cities():
    listed = set(TABLES["cities"].query("in_top20 == 1")["name_zh"])
    for name in ("top20", "adoption", "attention"):
        assert set(TABLES[f"{name}"]["city"]) == listed


def test_the_tiers_hold_five_five_and_ten_cities_in_order_of_rank():
    top20 = TABLES["top20"].sort_values("rank")
    assert top20["tier"].tolist() == ["national"] * 5 + ["regional"] * 5 + ["distinctive"] * 10


def test_numbers_printed_on_two_pages_agree():
    rates = TABLES["adoption"].set_index("city")["rate"]
    profiles = TABLES["city_profiles"].query("node == 'adoption' and unit == '%'")
    assert len(profiles) == 5
    assert (profiles["printed_value"].to_numpy() == rates[profiles["city"]].to_numpy()).all()
    overall = TABLES["city_profiles"].query("node == 'FHI'").set_index("city")["printed_value"]
    ranks = TABLES["top20"].set_index("city")["rank"]
    assert (overall == ranks[overall.index]).all()


def test_the_universities_of_the_indicator_are_those_of_the_list():
    listed = TABLES["public/universities"].groupby("city").size()
    counts = TABLES["public/public_indicators"].query("indicator == 'double_first_class_universities'")
    counted = counts.set_index("city")["value"]
    assert (counted == listed.reindex(counted.index).fillna(0)).all()


def test_the_regions_are_three_and_their_provinces_are_those_of_the_boundaries():
    regions = TABLES["public/regions"]
    outlines = json.loads((RAW / "boundaries/china_provinces.geojson").read_text(encoding="utf-8"))["features"]
    names = {feature["properties"]["name"] for feature in outlines}
    headline = TABLES["headlines"].query("measure_en == 'world-class regions'").iloc[0]
    assert regions["region"].nunique() == headline["printed_value"]
    assert set(regions["province"]) <= names
    assert set(TABLES["cities"]["province_zh"]) <= names
    assert not regions["province"].duplicated().any()


def test_the_boundaries_hold_all_divisions_and_the_dashed_line():
    outlines = json.loads((RAW / "boundaries/china_provinces.geojson").read_text(encoding="utf-8"))["features"]
    kinds = [feature["geometry"]["type"] for feature in outlines]
    assert sum("Polygon" in kind for kind in kinds) == 34
    (dashes,) = [feature for feature, kind in zip(outlines, kinds, strict=True) if kind == "MultiLineString"]
    assert dashes["properties"]["name"] == "九段线" and len(dashes["geometry"]["coordinates"]) == 9


def test_a_firm_named_on_two_tables_has_one_name_and_one_city():
    named = TABLES["named_firms"].set_index("name_zh")
    for name in ("banks", "insurers", "brokers"):
        for item in TABLES[f"{name}"].dropna(subset="name_zh").itertuples():
            if item.name_zh in named.index:
                assert (named.at[item.name_zh, "city"], named.at[item.name_zh, "name_en"]) == (item.city, item.name_en)
