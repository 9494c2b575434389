"""The print: what it holds, that it is text, how its pages are filled, and that text of data is never markup."""

import re
import shutil

import numpy as np
import paper
import pytest

from fhi.showing.figures import LANGUAGES, entries
from fhi.showing.figures.evidence import drawable
from fhi.showing.report import document, pdf
from fhi.showing.report.pdf import BODY, LEAST, MOST, Row, sheets_of
from fhi.showing.report.pictures import picture

poppler = pytest.mark.skipif(
    not all(map(shutil.which, paper.TOOLS)),
    reason="no pdftotext on this machine (Debian, Ubuntu: apt install poppler-utils)",
)


def plain(text: str) -> str:
    """Return a text without blanks and hyphens, the way words may be broken over lines."""
    return re.sub(r"[\s\u200b\u00ad-]", "", text)


@pytest.fixture(scope="module", params=LANGUAGES)
def printed(folder, request):
    return request.param, folder / f"report.{request.param}.pdf"


@pytest.fixture(scope="module")
def data(built):
    return {
        language: pdf.packed(document.document(built.store(), language), built.store().root) for language in LANGUAGES
    }


@pytest.fixture(scope="module")
def said(folder):
    return {language: paper.texts(folder / f"report.{language}.pdf") for language in LANGUAGES}


def figures(document) -> list[dict]:
    return [item for part in document["parts"] for row in part["rows"] for item in row if "id" in item]


def test_it_stays_within_its_size(printed):
    assert printed[1].stat().st_size < 10e6


def test_it_holds_no_date_and_no_raster(printed):
    content = printed[1].read_bytes()
    for mark in (b"/CreationDate", b"/ModDate", b"xmp:CreateDate", b"/DCTDecode"):
        assert mark not in content


def test_it_is_tagged_has_bookmarks_and_its_language(printed):
    language, path = printed
    content = path.read_bytes()
    assert b"/Outlines" in content and b"/MarkInfo" in content
    assert re.search(rb"/Lang ?\(" + language.encode(), content)
    assert content.count(b"/Title") > len(entries())


@poppler
def test_every_figure_caption_profile_and_table_is_printed(printed, data, said):
    language = printed[0]
    text, found = plain("".join(said[language])), data[language]
    assert {item["id"] for item in figures(found)} >= {entry.id for entry in entries() if entry.page}
    for item in figures(found):
        assert plain(item["headline"] or item["title"]) in text
        assert plain(item["caption"])[:40] in text
    for part in found["parts"]:
        assert plain(part["title"]) in text
        also = [told for row in part["rows"] for item in row for told in item.get("also", ())]
        assert all(plain(told["text"])[:40] in text for told in also)
        assert all(plain(told["text"])[:40] in text for told in part["findings"])
    assert [plain(item["name"]) in text for item in found["profiles"]["items"]] == [True] * 20
    for section in found["annex"]:
        for table in section["tables"]:
            assert plain(table["title"]) in text and table["rows"]


@poppler
def test_every_claim_of_the_ledger_is_printed(printed, built, said):
    text = plain("".join(said[printed[0]]))
    for id in built.store()["claims"]["id"]:
        assert plain(id) in text


@poppler
def test_a_unit_that_a_figure_names_is_found_on_the_page_of_the_figure(printed, built, data, said):
    language, store = printed[0], built.store()
    pages = [plain(text) for text in said[language]]
    raw = [plain(text) for text in paper.texts(printed[1], "-raw")]
    names = store["tables/cities"][{"zh": "name_zh", "en": "name_en"}[language]]
    numbers = {item["id"]: item for item in figures(data[language])}
    for entry in drawable(store):
        item = numbers[entry.id]
        shown = (
            str(item["blocks"])
            if item["blocks"]
            else "".join(re.findall(r"<text[^>]*>(.*?)</text>", picture(entry, store, language), re.DOTALL))
        )
        heading = plain(item["headline"] or item["title"])
        (place,) = [at for at, text in enumerate(pages) if heading in text and plain(item["caption"])[:30] in text][:1]
        drawn = [plain(name) for name in names if plain(name) in plain(shown)]
        assert not [name for name in drawn if name not in pages[place] + raw[place]], entry.id


@poppler
def test_no_letter_is_smaller_than_seven_points(printed):
    # pdftohtml tells sizes to a third of a point
    assert min(paper.smallest(printed[1])) >= 7 - 1 / paper.ZOOM


@poppler
def test_pages_are_filled(printed):
    """At most 12 % of the text's height is blank at the foot on average, and 35 % of a page but at a chapter's end."""
    path = printed[1]
    blank = np.array(paper.blanks(path))
    ends = paper.chapter_ends(path)
    assert blank.mean() <= 0.12
    assert not [(place + 1, share) for place, share in enumerate(blank) if share > 0.35 and place not in ends]
    assert len(blank) <= 80


@poppler
def test_english_readers_get_no_chinese_but_the_names_of_the_glossary(said, data):
    first = next(place for place, text in enumerate(said["en"]) if data["en"]["words"]["term-meaning"] in text)
    glossary = {character for row in data["en"]["back"]["glossary"] for character in row[1]}
    for place, text in enumerate(said["en"]):
        found = set(paper.HAN.findall(text))
        assert not (found if place < first else found - glossary), f"page {place + 1}"


@poppler
def test_it_says_that_it_is_an_independent_reproduction(printed, data, said):
    text = plain(data[printed[0]]["words"]["independent"])
    assert text in plain(said[printed[0]][0]) and text in plain("".join(said[printed[0]][-3:]))


@poppler
def test_only_the_fonts_of_the_project_are_used_and_they_are_inside(printed):
    lines = paper.tool("pdffonts", printed[1]).decode().splitlines()[2:]
    for line in lines:
        assert re.search("FHISansSC|DejaVuSans", line)
        assert re.search(r"(Identity-H|WinAnsi|Custom)\s+yes\s+yes\s+yes", line)


@poppler
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_is_printed_as_text(hostile, language, tmp_path):
    path = tmp_path / "hostile.pdf"
    path.write_bytes(pdf.build_pdf(hostile.store, language))
    text = plain(paper.tool("pdftotext", "-raw", path, "-").decode())
    name = {"zh": hostile.zh, "en": hostile.en}[language]
    assert text.count(plain(name)[:60]) >= 3
    words = paper.tool("pdftotext", "-bbox", path, "-").decode()
    boxes = re.findall(r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"[^>]*>(W+)<', words)
    assert language == "zh" or boxes
    assert all(0 <= float(left) < float(right) <= 842 for left, right, _ in boxes)


def test_over_long_words_may_be_broken_and_others_stay():
    assert document.breakable("城市 Hangzhou fhi.showing.figures") == "城市 Hangzhou fhi.showing.figures"
    broken = document.breakable("W" * 30)
    assert broken.replace("\u200b", "") == "W" * 30
    assert max(map(len, broken.split("\u200b"))) <= 8


def test_heights_are_measured_anew_for_another_size_and_not_for_another_drawing(data, tmp_path, monkeypatch):
    def heights(old="", new=""):
        measured.clear()
        changed = item | {"svg": item["svg"].replace(old, new, 1)}
        return pdf._heights(given | {"parts": [part | {"rows": [[changed]]}]}, tmp_path), len(measured)

    given, measured, query = data["en"], [], pdf.typst.query
    part, item = next((part, row[0]) for part in given["parts"] for row in part["rows"] if row[0].get("svg"))
    monkeypatch.setattr(pdf.typst, "query", lambda *a, **b: measured.append(a) or query(*a, **b))
    first, times = heights()
    assert times == 1 and heights("stroke:", "stroke: ") == (first, 0)
    size = re.search(r'height="([\d.]+)pt"', item["svg"])
    taller, times = heights(size[0], f'height="{float(size[1]) + 72:g}pt"')
    assert times == 1 and taller[0]["rows"][0] > first[0]["rows"][0]


def test_a_chapter_needs_as_few_pages_as_it_can_and_they_are_full():
    rows = [Row(0, None, 60), Row(0, 0, 120), Row(0, 1, 230), Row(0, 2, 70)]
    first, second = sheets_of(rows)
    # in their order they would need three
    assert [row.row for row in first["rows"]] == [None, 0, 2] and [row.row for row in second["rows"]] == [1]
    assert LEAST < first["gap"] < MOST and second["gap"] == LEAST


def test_rows_keep_their_order_where_that_costs_little():
    rows = [Row(0, None, 100), *(Row(0, place, high) for place, high in enumerate([110, 120, 115, 100, 90, 60]))]
    placed = [row.row for sheet in sheets_of(rows) for row in sheet["rows"]]
    assert placed == [None, 0, 1, 2, 3, 4, 5]


def test_only_the_last_page_of_a_chapter_may_stay_mostly_blank_and_no_figure_is_put_off_for_it():
    rows = [Row(0, None, 60), *(Row(0, place, high) for place, high in enumerate([180, 100, 110, 150, 60]))]
    assert [[row.row for row in sheet["rows"]] for sheet in sheets_of(rows)] == [[None, 0], [1, 2], [3, 4]]
    blank = [BODY - sum(row.height for row in sheet["rows"]) for sheet in sheets_of(rows)]
    assert max(blank[:-1]) <= 0.35 * BODY


def test_a_table_may_stand_before_a_figure_where_that_fills_a_page():
    """Figures and tables are numbered apart: only those of a kind keep their order."""
    rows = [Row(0, 0, 160), Row(0, 1, 200), Row(0, 2, 190), Row(0, 3, 80, table=True)]
    assert [[row.row for row in sheet["rows"]] for sheet in sheets_of(rows)] == [[0, 3], [1], [2]]


def test_a_figure_too_high_has_a_page_of_its_own():
    sheets = sheets_of([Row(0, 0, 100), Row(0, 1, 100), Row(0, 2, 300)])
    assert sorted([row.row for row in sheet["rows"]] for sheet in sheets) == [[0, 1], [2]]


def test_a_chapter_goes_on_where_the_last_ended_if_its_opener_and_a_figure_fit():
    rows = [Row(0, None, 40), Row(0, 0, 180), Row(0, 1, 120), Row(1, None, 30), Row(1, 0, 60)]
    sheets = [[(row.part, row.row) for row in sheet["rows"]] for sheet in sheets_of(rows)]
    assert sheets == [[(0, None), (0, 0)], [(0, 1), (1, None), (1, 0)]]
    high = [Row(0, 0, 150), Row(1, None, 60), Row(1, 0, 100)]
    assert [len(sheet["rows"]) for sheet in sheets_of(high)] == [1, 2]


def test_every_row_is_placed_once_whatever_their_heights():
    heights = [150, 40, 95, 260, 110, 60, 130, 85]
    rows = [Row(0, None, 70), *(Row(0, place, high) for place, high in enumerate(heights)), Row(1, None, 50)]
    rows += [Row(1, place, high) for place, high in enumerate(heights[::-1])]
    placed = [row for sheet in sheets_of(rows) for row in sheet["rows"]]
    assert sorted(placed, key=str) == sorted(rows, key=str)
    for sheet in sheets_of(rows):
        assert sum(row.height for row in sheet["rows"]) + LEAST * (len(sheet["rows"]) - 1) <= BODY


def test_figures_of_half_the_width_stand_in_pairs():
    items = [{"id": name, "share": share} for name, share in (("a", 0.48), ("b", 1.0), ("c", 0.48), ("d", 0.48))]
    assert [[item["id"] for item in row] for row in document.paired(items)] == [["a"], ["b"], ["c", "d"]]
