"""No caption and no section of a city claims a first place that a printed order gives to another, without saying so."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from fhi.showing.figures import LANGUAGES, entries
from fhi.showing.figures.evidence import denied, remark, with_firsts
from fhi.showing.report.cities import sections

#: words of a first place, by language
LEADS = {
    "zh": re.compile(r"居首|领先(?!\d)|首位|最多|最高|最大|最强|第一|第1(?!\d)|名次为1|100%"),
    "en": re.compile(
        r"\b(leads?|leading|first|most|highest|largest|best|tops?)\b|\b(no\.|ranks?|ranked|place|at) 1\b|100%", re.I
    ),
}
#: what parts sentences and halves of them, and the members of a list; brackets keep together
ENDS = {"zh": re.compile("[。；]"), "en": re.compile(r"(?<!\bp)(?<!\bno)\. |;")}
JOINTS = re.compile(r"[、，,](?![^（(]*[）)])")
BRACKETS = re.compile(r"（[^）]*）|\([^)]*\)")
#: ahead of fewer than all
PART = re.compile(r"(?<!\d)\d{1,2}%")
NAMES = {"zh": "name_zh", "en": "name_en"}


def unsaid(text: str, language: str, tables, subject: str | None = None) -> list[tuple[str, str]]:
    """Return the nodes and cities of which a text claims a first place that a printed order denies, without saying so.

    The second net. A claim is a node in a sentence with a word of a first place, of the cities beside the node, else
    in the sentence, else of the city that the text is about. Brackets behind the node must name the city printed first.
    """
    cities = tables["tables/cities"].set_index("name_zh", drop=False)[NAMES[language]].to_dict()
    nodes = tables["tables/framework"].set_index("code")[NAMES[language]].str.lower().to_dict()
    wrong = []
    for sentence in ENDS[language].split(text):
        if not LEADS[language].search(sentence):
            continue
        named = [city for city, name in cities.items() if name in BRACKETS.sub("", sentence)] or [subject]
        for clause in JOINTS.split(sentence):
            bare = BRACKETS.sub("", clause)
            about = [city for city, name in cities.items() if name in bare] or named
            claimed = [] if PART.search(bare) else [code for code, name in nodes.items() if name in bare.lower()]
            pairs = pd.DataFrame([(node, city) for node in claimed for city in about], columns=["node", "city"])
            frame = with_firsts(pairs.dropna(), tables)
            said = "".join(BRACKETS.findall(clause))
            wrong += [
                (row.node, row.city)
                for row in frame[denied(frame)].itertuples()
                if cities[row.printed_first] not in said
            ]
    return wrong


def unremarked(data: pd.DataFrame, caption: dict[str, str]) -> list[str]:
    """Return the first places in the data of a figure that need a remark, which its caption does not make.

    The first net: a caption that claims first places has them in columns of `with_firsts`.
    """
    if "printed_first" not in data:
        return []
    place = "place" if "place" in data else "rank"
    if place not in data:
        return []
    rows = data[(data[place] == 1).fillna(False) & denied(data)]
    rows = rows[rows["city"] == rows["profile"]] if "profile" in rows else rows
    return [said for _, row in rows.iterrows() for name, said in remark(row).items() if said not in caption[name]]


@pytest.fixture(scope="module")
def captions(store):
    """Each figure's data and caption, drawn from the built baseline."""
    found = {}
    for entry in entries():
        data = entry.data(store)
        found[entry.id] = data, entry.caption(data)
    return found


@pytest.fixture(scope="module")
def store(built):
    return built.store()


@pytest.mark.parametrize("id", [entry.id for entry in entries()])
def test_a_caption_claims_no_first_place_that_a_printed_order_denies(captions, store, id):
    data, caption = captions[id]
    assert unremarked(data, caption) == []
    subject = data["profile"].iloc[0] if "profile" in data else None
    for language in LANGUAGES:
        assert unsaid(caption[language], language, store, subject) == []


def test_figures_of_places_built_here_have_the_printed_ones_beside_them(captions):
    """A frame of a city's place in a node either says who is printed first, or has the printed rank itself."""
    for id, (data, _) in captions.items():
        built = {"city"} < set(data) and {"node", "indicator"} & set(data) and {"place", "rank"} & set(data)
        # over years the figure says how ranks moved; the draws rank the index, beside its published rank;
        # confidence sets rank the printed rates themselves
        if built and id not in ("years", "robust-adoption"):
            assert {"printed_first", "published"} & set(data), id


def test_the_sections_of_the_cities_claim_none(store):
    for section in sections(store, 2018, {}):
        city = section["profile"]["zh"]["name"]
        for language in LANGUAGES:
            texts = [section["moved"][language]] if section["moved"] else []
            texts += [table.title[language] for table in section["reasons"]] + [section["profile"][language]["missing"]]
            assert [pair for text in texts for pair in unsaid(text, language, store, city)] == []
            for row in section["profile"][language]["indicators"]:
                if re.match(r"1( /|–|$)", row["place"]):
                    item = with_firsts(pd.DataFrame({"node": [row["code"]], "city": [city]}), store).iloc[0]
                    said = remark(item)[language].strip(" ()（）")
                    assert said in section["remarks"].get(row["code"], {language: ""})[language], (city, row["code"])


@pytest.mark.parametrize(
    "language, text, found",
    [
        ("en", "Shanghai leads in Contribution.", [("contribution", "上海")]),
        ("zh", "上海贡献率居首。", [("contribution", "上海")]),
        ("en", "Hong Kong is least even: ahead of 100% in Firm scale.", [("firm_scale", "香港")]),
        ("zh", "香港企业规模第1。", [("firm_scale", "香港")]),
        ("en", "It ranks first in Finance industry, among others.", [("finance_industry", "北京")]),
        ("en", "Shanghai leads in Contribution (the report lists Beijing first, p. 6).", []),
        ("zh", "上海贡献率居首（报告第6页列北京第一）。", []),
        ("en", "Shanghai leads in Contribution. The report lists Beijing first.", [("contribution", "上海")]),
        ("en", "Shanghai leads in Size of the economy.", []),
        ("en", "Shenzhen leads in Firm scale.", []),
        ("en", "Shanghai has a contribution of 28.", []),
    ],
)
def test_a_caption_made_up_is_found(store, language, text, found):
    assert unsaid(text, language, store, subject="北京") == found


def test_a_caption_without_its_remark_is_found(captions):
    data, caption = captions["diagnostic-standings"]
    stripped = {name: re.sub(r"（报告[^）]*）| \(the report lists[^)]*\)", "", text) for name, text in caption.items()}
    assert stripped != caption and unremarked(data, caption) == [] and unremarked(data, stripped)


def test_what_is_printed_first_speaks_of_the_one_indicator_below(store):
    pairs = [("firm_scale", "香港"), ("internet_finance", "香港"), ("firm_scale", "深圳"), ("contribution", "上海")]
    pairs += [("universities", "上海"), ("technology_industry", "上海"), ("firm_count", "广州"), ("gdp", "上海")]
    frame = with_firsts(pd.DataFrame(pairs, columns=["node", "city"]), store)
    firsts = ["深圳", "深圳", "深圳", "北京", "北京", None, "北京", "上海"]
    assert frame["printed_first"].where(frame["printed_first"].notna(), None).tolist() == firsts
    assert remark(frame.iloc[0])["en"] == " (the report lists Shenzhen first in Internet banks/brokers/insurers, p. 11)"
    assert remark(frame.iloc[2]) == remark(frame.iloc[5]) == {"zh": "", "en": ""}
