"""Cards as documents: every value of a card is text that can be found, and no cell is lost between columns."""

import re

import pytest

from fhi.showing.figures import LANGUAGES, documents, entries, rendering, style
from fhi.showing.figures.documents import bar, block, table
from fhi.showing.figures.landscape import PAGES, page_data

CARDS = [entry for entry in entries() if entry.document]
KINDS = {"table", "text", "list", "facts", "steps", "ranks"}
HAN = re.compile("[\u4e00-\u9fff]")


def texts(value) -> list[str]:
    """Return all texts of blocks, whatever their kind."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for part in parts for text in texts(part)]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", CARDS, ids=lambda entry: entry.id)
def test_a_card_is_made_of_known_blocks_in_its_language(tables, entry, language):
    data = entry.data(tables)
    before = data.copy()
    blocks = entry.draw(data, language)
    assert data.equals(before) and {item["kind"] for item in blocks} <= KINDS
    assert language == "zh" or not [text for text in texts(blocks) if HAN.search(text)]
    assert not {"nan", "None", "<NA>"} & {text.strip() for text in texts(blocks)}


# the cards of pages 22 to 26 tell what is known of a few of the twenty
@pytest.mark.parametrize("entry", [entry for entry in CARDS if not 22 <= entry.page <= 26], ids=lambda entry: entry.id)
def test_every_city_of_the_data_stands_on_its_card(tables, entry):
    data = entry.data(tables)
    for column, language in (("city", "zh"), ("city_en", "en")):
        said = "\n".join([*texts(entry.draw(data, language)), entry.title[language]])
        assert not [name for name in (data[column].dropna() if column in data else ()) if name not in said]


def test_a_card_is_set_as_a_picture_without_a_figure(tables):
    entry = next(entry for entry in CARDS if entry.id == "p36-attention")
    found = rendering.images(entry, entry.data(tables), "en", ["svg", "png"])
    assert found["svg"].startswith(b"<svg") and found["png"].startswith(b"\x89PNG")


def test_text_of_data_is_never_markup():
    data = {"language": "en", "title": '#eval("1+1") *b* $x$', "badges": [], "source": "", "id": "", "blocks": []}
    data["fonts"] = style.FAMILY
    data["blocks"] = [table(["a"], [["#panic()"], [["= h", "@x"]]], [1.0]), block("text", text="`c` _i_")]
    assert documents.typeset("card.typ", data, "svg").startswith(b"<svg")


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="2 columns"):
        table(["a", "b"], [["1"]], [1, 1])


def test_an_unknown_share_has_no_bar():
    assert bar(float("nan"), "not disclosed", "#000")["share"] is None
    assert bar(63.857, "63.86%", "#000")["share"] == 63.86


@pytest.mark.parametrize(("city", "page"), PAGES.items())
def test_a_city_page_holds_its_ranks_and_every_number_of_its_page_once(tables, page, city):
    data = page_data(tables, city, page)
    top = tables["tables/top20"].set_index("city").loc[city]
    ranks = data[data["series"] == "rank"].set_index("indicator")["value"]
    assert ranks.tolist() == [top["rank"], top["industry_rank"], top["experience_rank"], top["ecosystem_rank"]]
    printed = tables["tables/city_profiles"].query("city == @city and page == @page")
    held = data.loc[(data["series"] == "fact") & (data["page"] == page), "name_en"].tolist()
    above = printed["node"].isin(ranks.index) & (printed["unit"] == "rank")
    assert sorted(held) == sorted(printed.loc[~above, "measure_en"])
