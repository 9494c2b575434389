"""The shipped words: no number in them is written by hand, and what they say follows the tables."""

import re
from collections import Counter

import pandas as pd
import pytest
from report_tables import ledger, load

from fhi.codebook.tables import table
from fhi.editions import findings as words
from fhi.paths import ROOT, edition_folder
from fhi.showing.figures import entries

EDITIONS = ("report2018", "hdi2021", "provinces2022")
ROWS = {name: words.read_findings(edition_folder(name)) for name in EDITIONS}
CASES = [pytest.param(row, id=f"{name}-{row.id}-{row.row}") for name in EDITIONS for row in ROWS[name].itertuples()]
EXPECTED = ROOT / "tests/expected/baseline/processed"
RAW = load()
#: digits that are no numbers of the tables: years, pages, levels, names, and thresholds that a condition repeats
PLAIN = re.compile(
    r"20\d\d年\d+月(?:\d+日)?|20(?:1[5-9]|2[0-9])(?:-22|/2022)?年?|第\d+(?:、\d+)*(?:至\d+)?页|pp?\. ?\d+(?:, \d+)*|"
    r"[Pp]ages? \d+(?: to \d+)?|(?<!\d)[19]0%|8\+3\+4|Money20/20|2\.0|5,000万|50 million|前20名"
)
#: number words that name parts of the framework or of the edition, lists of the report, or thresholds and idioms
IDIOMS = re.compile(
    r"three (?:tiers|pillars|regions|things|kinds|of the five here|for|internet|risers|rises|decimals)|five leading|"
    r"nine tenths|nine draws in ten|(?:the|best-financed) twenty|twenty best|two (?:cores|years|that)|"
    r"four (?:cities|classes|quadrants|indicators|and)|All three|Three advances|between the two|market of two|over two|"
    r"three traits|two banks|first two|four points|last three|the two cities|"
    r"One of three|share two|first (?:three|four|five|ten)|in both|within two|than (?:five|four)|of the (?:three|four)",
    re.IGNORECASE,
)
NUMBERS = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty)\b", re.IGNORECASE)


def outside(text):
    """Return a text without its slots."""
    return words.SLOT.sub("", text)


def expressions(row):
    slots = [*words.SLOT.findall(row.text_zh), *words.SLOT.findall(row.text_en)]
    return ([] if pd.isna(row.when) else [row.when]) + [words._split(slot)[0] for slot in slots]


@pytest.fixture(scope="module")
def built():
    found = {path.stem: pd.read_csv(path) for path in EXPECTED.glob("*.csv")}
    found["tables/coverage"] = RAW["coverage"]
    return words.named(RAW, found, {"claims": ledger()})


@pytest.fixture(scope="module")
def told(built):
    return words.findings(ROWS["report2018"], built)


@pytest.mark.parametrize("row", CASES)
def test_no_number_stands_outside_a_slot(row):
    for text in (row.text_zh, row.text_en):
        assert not re.findall(r"\d+", PLAIN.sub("", outside(text)))
    assert not NUMBERS.findall(IDIOMS.sub("", outside(row.text_en)))


@pytest.mark.parametrize("row", CASES)
def test_each_language_keeps_to_itself(row):
    assert not re.search("[\u4e00-\u9fff]", outside(row.text_en))
    assert re.search("[\u4e00-\u9fff]", row.text_zh)


@pytest.mark.parametrize("row", CASES)
def test_a_city_named_beside_computed_results_stands_in_an_expression(row):
    """So that the sentence speaks of another city, or falls silent, where the results are another city's."""
    asked = " ".join(expressions(row))
    results = [
        name
        for name in ("comparison", "rank_intervals", "robust_answers", "bounds", "tornado", "ranks")
        if name in asked
    ]
    if results and row.kind != "report-headline":
        named = [name for name in RAW["cities"]["name_zh"] if name in outside(row.text_zh)]
        assert all(name in asked for name in named)


@pytest.mark.parametrize("name", EDITIONS)
def test_no_sentence_pattern_makes_more_than_a_tenth(name):
    for column in ("text_zh", "text_en"):
        shapes = ROWS[name][column].map(lambda text: re.sub(r"\d+", "0", words.SLOT.sub("□", text)))
        units = (
            ROWS[name]["id"].str.contains(words.EACH, regex=False).map({True: 20, False: 1})
            if name == "report2018"
            else 1
        )
        total = Counter()
        for shape, count in zip(shapes, units if name == "report2018" else [1] * len(shapes), strict=True):
            total[shape] += count
        assert max(total.values()) <= max(0.1 * sum(total.values()), 1)


def test_no_word_reads_what_a_later_stage_writes(built):
    for name in {
        cell
        for row in ROWS["report2018"].itertuples()
        for cell in re.findall(r"([a-z]\w+)\.[a-z]\w*", " ".join(expressions(row)))
    }:
        if name not in RAW and f"public/{name}" not in RAW:
            assert table(name).stage[:2] <= "06", name


def test_every_row_of_the_report_is_told_in_the_baseline(told):
    frame, omitted = told
    assert omitted.empty
    assert set(frame.groupby("id")["language"].agg("+".join)) == {"zh+en"}
    assert not frame.loc[frame["language"] == "en", "text"].str.contains("[\u4e00-\u9fff]").any()


def test_figures_cities_and_headlines_of_the_report_have_their_words(told):
    frame, _ = told
    heads = set(frame.loc[frame["kind"] == "headline", "id"])
    assert {entry.id for entry in entries()} <= heads
    bullets = frame[(frame["kind"] == "unit") & (frame["language"] == "zh")]["id"].str.rpartition("-")[0].value_counts()
    assert set(bullets.index) == set(RAW["top20"]["city"]) and bullets.min() >= 3
    titles = RAW["statements"].query("kind == 'title' and page not in (3, 9, 19, 27, 37)")
    judged = frame[frame["kind"] == "report-headline"]
    assert set(titles["page"]) <= set(judged["page"]) and judged["id"].nunique() >= 26
    assert judged["verdict"].isin(["holds", "holds-partly", "contradicted", "cannot-be-told"]).all()
    for chapter in ("landscape", "industry", "experience", "ecosystem", "method", "robustness", "identified"):
        assert 3 <= frame[(frame["kind"] == "finding") & frame["id"].str.startswith(chapter)]["id"].nunique() <= 5


def test_sentences_give_the_numbers_of_the_tables(told):
    """Each number computed here by itself, from the raw and the built tables."""
    frame, _ = told
    text = frame[frame["language"] == "en"].set_index("id")["text"]
    rate, top, tiers = (
        RAW["adoption"].set_index("city")["rate"],
        RAW["top20"],
        RAW["tiers"].set_index("tier")["mean_value"],
    )
    loans = RAW["banks"].set_index("city")["loans_value"]
    ranks = pd.read_csv(EXPECTED / "rank_intervals.csv")
    bounds = pd.read_csv(EXPECTED / "bounds.csv").query("node == 'FHI'")
    outside_interval = ranks[(ranks["published"] < ranks["low"]) | (ranks["published"] > ranks["high"])]
    expected = {
        "p21-adoption": [f"{rate.min()}%", f"{rate.max()}%", f"{rate.max() - rate.min():.1f} points"],
        "p05-tiers": [
            f"{tiers['national'] - tiers['regional']:.1f}",
            f"{tiers['regional'] - tiers['distinctive']:.1f}",
        ],
        "p13-banks": [f"{100 * loans[['深圳', '杭州']].sum() / loans.sum():.1f}%"],
        "slope-2017-2018": [str(int(top["change_value"].max())), str(int(-top["change_value"].min()))],
        "experience-2": [f"{rate.mean():.2f}%", f"{rate.drop('香港').mean():.2f}%"],
        "identified-scores": [f"{(bounds['high'] - bounds['low']).mean():.1f} points"],
        "robust-intervals": [
            str(RAW["cities"].set_index("name_zh")["name_en"][city]) for city in outside_interval["city"]
        ],
        "industry-1": ["870 billion", "446.8 billion", "29.7 billion"],
    }
    for id, parts in expected.items():
        assert all(part in text[id] for part in parts), (id, text[id], parts)


def test_a_sentence_falls_silent_or_changes_with_the_data(built):
    """Hong Kong left out of the results, and the ranks of Beijing and Shanghai exchanged."""
    names = ("comparison", "rank_intervals", "robust_answers", "tornado", "coverage")
    without = {name: built[name][built[name]["city"] != "香港"] for name in names}
    frame, omitted = words.findings(ROWS["report2018"], built.new_child(without))
    assert {"robust-tornado", "beyond-4", "beyond-2", "robustness-1"} <= {*omitted["id"]}
    results = frame[frame["source"].fillna("").str.contains("rank_intervals|tornado")]
    assert not results["text"].str.contains("香港|Hong Kong").any()
    answers = built["robust_answers"].assign(probability=lambda rows: 1 - rows["probability"])
    frame, omitted = words.findings(ROWS["report2018"], built.new_child({"robust_answers": answers}))
    assert "robustness-4" in {*omitted["id"]}


def test_the_coverage_of_the_report_names_places_that_are_there(told):
    coverage, frame = RAW["report_coverage"], told[0]
    assert set(coverage["page"]) == set(range(1, 44))
    keys = {f"claims/{id}" for id in RAW["claims"]["id"]} | {f"findings/{id}" for id in frame["id"]}
    rows = RAW["statements"]
    keys |= {f"figures/{entry.id}" for entry in entries()}
    keys |= {f"statements/{page}-{position}" for page, position in zip(rows["page"], rows["position"], strict=True)}
    tables = {name.rpartition("/")[2] for name in RAW}
    for row in coverage.itertuples():
        places = [] if pd.isna(row.places) else row.places.split("|")
        assert bool(places) == (row.told != "no") and (row.told == "yes") == pd.isna(row.why_zh)
        assert all(place in keys or place in tables for place in places), row.places
    listed = set("|".join(coverage["places"].dropna()).split("|"))
    assert {key for key in keys if key.startswith(("claims/", "statements/"))} <= listed
    # what the report says stands in the body: in a sentence or a figure, not in the table of the annex alone
    alone = [row.subject_en for row in coverage.itertuples() if re.fullmatch(r"statements/[-\d]+", str(row.places))]
    assert not alone
