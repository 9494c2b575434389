"""The page: every figure in both languages, self-contained, sound for keyboard and ear, and no text becomes markup."""

import base64
import html
import io
import itertools
import re
import zlib

import pytest
from fontTools.ttLib import TTFont

from fhi.showing.figures import LANGUAGES, entries
from fhi.showing.report import page
from fhi.showing.report.contents import LABELS


def test_the_figures_stand_in_the_order_of_the_report(text, parsed):
    assert [figure["id"] for figure in parsed(text).named("figure")] == [entry.id for entry in entries()]


def test_every_figure_has_a_packed_picture_in_each_language_its_data_and_a_caption(text, parsed, built):
    tags = parsed(text)
    boxes = iter([box for box in tags.named("div") if box.get("class") == "picture"])
    for entry, figure in zip(entries(), tags.named("figure"), strict=True):
        csv = zlib.decompress(base64.b64decode(figure["data-csv"])).decode("utf-8")
        assert csv == (built.folder / f"reports/baseline/figures/{entry.id}.csv").read_text(encoding="utf-8")
        caption = entry.caption(entry.data(built.store()))
        assert all(caption[language] in html.unescape(text) for language in LANGUAGES)
        # a document stands there as text
        box = None if entry.document else next(boxes)
        for language in LANGUAGES if box else ():
            svg = zlib.decompress(base64.b64decode(box[f"data-{language}"])).decode("utf-8")
            assert svg.startswith("<svg ") and "<text" in svg
    assert next(boxes, None) is None


def test_no_link_leaves_the_file_and_nothing_is_loaded(text, parsed):
    tags = parsed(text).tags
    assert all(a["href"].startswith("#") for tag, a in tags if tag == "a")
    loaded = [a.get("src", a.get("href", "")) for tag, a in tags if tag in ("img", "script", "link", "iframe")]
    assert all(address.startswith("data:") for address in loaded if address)
    assert not re.search(r"url\((?!data:)", re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL))


def test_the_first_screen_ranks_the_published_cities_with_their_intervals(text, built):
    block = text.split('id="ranking-table"')[1].split("</table>")[0]
    rows = re.findall(
        r'<tr class="unit-\d+"><td data-value="(\d+)">.*?lang="zh">([^<]+)<.*?class="ends">(\d+–\d+)<', block, re.DOTALL
    )
    intervals = built.store()["rank_intervals"].set_index("city")
    published = built.store()["tables/top20"].sort_values("rank")
    assert [city for _, city, _ in rows] == published["city"].tolist()
    for rank, city, interval in rows:
        assert int(rank) == intervals.at[city, "published"]
        assert interval == f"{intervals.at[city, 'low']}–{intervals.at[city, 'high']}"


def test_words_of_the_machine_room_stay_out_of_what_readers_see(text):
    shown = re.sub(r"<(script|style|code).*?</\1>|<[^>]+>", " ", text.split('<h2 id="annex">')[0], flags=re.DOTALL)
    for word in ("baseline", "manifest.json", "07_charting", "fhi.", ".ipynb"):
        assert word not in shown, word


def test_every_inner_link_has_a_target(text, parsed):
    tags = parsed(text)
    ids = [attributes["id"] for _, attributes in tags.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    for link in tags.named("a"):
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids


def test_headings_descend_by_one_and_what_describes_or_labels_is_there(text, parsed):
    tags = parsed(text).tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = {attributes.get("id") for _, attributes in tags}
    for _, attributes in tags:
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            assert attributes.get(name) in {None, *ids}
    assert [tag for tag, _ in tags if tag in ("header", "main", "nav", "footer")] == ["nav", "header", "main", "footer"]
    labelled = {a["for"] for tag, a in tags if tag == "label" and "for" in a}
    assert {a["id"] for tag, a in tags if tag == "input"} == labelled


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_text_stands_out_from_its_ground():
    style = (page.ASSETS / "page.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style.replace("#fff;", "#ffffff;")))
    for name in ("ink", "muted", "accent"):
        assert contrast(colours[name], colours["paper"]) >= 4.5
    assert contrast(colours["focus"], colours["paper"]) >= 3
    dark = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", style.split('data-theme="dark"')[1].split("}")[0]))
    for name in ("ink", "muted", "accent"):
        assert contrast(dark[name], dark["paper"]) >= 4.5
    for label in LABELS.values():
        assert contrast(label["colour"], "#ffffff") >= 4.5


def test_the_table_shows_the_ranks_of_ranks_csv(text, built):
    ranks = built.store()["ranks"].set_index("city")["FHI"]
    published = built.store()["tables/top20"].set_index("city")["rank"]
    among = ranks[published.index].rank(method="min").astype(int)
    block = text.split('<h3 id="table-comparison">')[1].split("</table>")[0]
    rows = re.findall(
        r'<th scope="row"><span class="zh" lang="zh">([^<]+)</span>.*?<td>[\d.]+<td>(\d+) / (\d+)<td>', block
    )
    assert {city: (int(rank), int(printed)) for city, rank, printed in rows} == {
        city: (among[city], published[city]) for city in published.index
    }


def test_only_scripts_of_the_page_may_run(text, parsed):
    policy = next(meta["content"] for meta in parsed(text).named("meta") if meta.get("http-equiv"))
    scripts = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    assert len(scripts) == len(page.SCRIPTS)
    assert re.findall(r"'(sha256-[^']+)'", policy) == [page.script_hash(script) for script in scripts]
    assert "default-src 'none'" in policy and "unsafe-eval" not in policy
    assert not [attributes for _, attributes in parsed(text).tags if any(name.startswith("on") for name in attributes)]


def test_a_hostile_city_name_is_shown_as_text(hostile, parsed):
    built = hostile.page.read_text(encoding="utf-8")
    tags = parsed(built)
    assert built.count(html.escape(hostile.zh).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")) >= 5
    assert len(tags.named("script")) == len(page.SCRIPTS) + 2


def test_a_run_that_the_page_cannot_repeat_is_shown_as_a_table(built, parsed, monkeypatch):
    reason = {"zh": "不能重算", "en": "cannot be repeated"}
    monkeypatch.setattr(page.explorer, "obstacle", lambda *arguments: reason)
    # not what was kept of the report that is built
    monkeypatch.setattr(page.Kept, "get", lambda kept, key: None)
    monkeypatch.setattr(page.Kept, "put", lambda kept, key, content: content)
    text = page.build_page(built.store())
    section = text.split('<h2 id="explorer"')[1].split("</section>")[0]
    assert reason["en"] in section and "<details open>" in section
    ranks = built.store()["ranks"].set_index("city")["FHI"].dropna().sort_values()
    shown = re.findall(r'<td>(\d+)</td><th scope="row"><span class="zh" lang="zh">([^<]+)', section)
    assert {city: int(rank) for rank, city in shown} == ranks.to_dict()
    assert [int(rank) for rank, _ in shown] == sorted(ranks)
    assert not parsed(section).named("input")


def test_the_fonts_of_the_page_hold_every_character_it_shows(text):
    assert text.count("@font-face") == 2
    shown = re.sub(r"<(script|style).*?</\1>|<[^>]+>", "", text, flags=re.DOTALL)
    for data in re.findall(r"font/woff;base64,([A-Za-z0-9+/=]+)\)", text):
        with TTFont(io.BytesIO(base64.b64decode(data))) as font:
            assert {c for c in html.unescape(shown) if c > " "} <= {chr(code) for code in font.getBestCmap()}


def test_the_page_stays_within_its_size(text):
    assert len(text.encode("utf-8")) < 3e6


def test_embedded_json_cannot_end_its_element():
    assert page.embedded({"a": "</script><!--&"}) == '{"a":"\\u003c/script\\u003e\\u003c!--\\u0026"}'
