"""Drawing: files for every figure and language, the same bytes each time, no missing glyph, data beside the picture."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from sampled import sampled

from fhi import files
from fhi.showing.figures import LANGUAGES, entries, evidence, rendering, style
from fhi.store import Store

IDS = [entry.id for entry in entries()]
#: what matplotlib draws; cards are set as documents (test_documents.py)
DRAWN = [entry.id for entry in entries() if not entry.document]
TITLE = {"zh": "题", "en": "t"}


def entry(id):
    return next(item for item in entries() if item.id == id)


@pytest.mark.parametrize("id", IDS)
def test_a_figure_has_its_files_in_both_languages_and_its_data(built, id):
    folder = built.folder / "reports/baseline/figures"
    for language in LANGUAGES:
        assert (folder / f"{id}.{language}.svg").read_bytes().startswith(b"<svg ")
    assert len(pd.read_csv(folder / f"{id}.csv")) >= 3


@pytest.mark.parametrize("id", IDS)
def test_the_captions_speak_both_languages(store, id):
    caption = entry(id).caption(entry(id).data(store))
    assert set(caption) == set(LANGUAGES)
    assert any("\u4e00" <= character <= "\u9fff" for character in caption["zh"])
    assert not any("\u4e00" <= character <= "\u9fff" for character in caption["en"])
    assert "nan" not in caption["en"].lower().split()


@pytest.mark.parametrize("id, language", sampled(DRAWN, LANGUAGES))
def test_every_text_of_a_figure_has_its_place_and_nothing_crosses_the_line_at_which_the_page_cuts_its_head(
    store, framed, misplaced, id, language
):
    data = entry(id).data(store)
    before = data.copy()
    figure = framed(entry(id), data, language)
    assert isinstance(figure, Figure)
    figure.set_dpi(72)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert misplaced(figure, canvas) == []
    pd.testing.assert_frame_equal(data, before)
    image = np.asarray(canvas.buffer_rgba())[..., :3]
    line = round(style.HEAD * figure.dpi)
    assert (image[line - 1 : line + 1] > 250).all(), "something crosses the cut"


@pytest.mark.parametrize(
    "id, language", sampled([item.id for item in entries() if item.place > 18 and not item.document], LANGUAGES)
)
def test_an_odd_name_of_a_city_neither_breaks_a_picture_nor_leaves_its_place(store, framed, misplaced, id, language):
    odd = {
        "zh": '<script>alert("甲")</script>$x_1$名称很长很长的城市',
        "en": '<b>&</b> $x_1$ \\frac "a city of a very long name',
    }
    data = entry(id).data(store)
    for zh, en in {"深圳": "Shenzhen", "北京": "Beijing", "香港": "Hong Kong"}.items():
        data = data.replace({zh: odd["zh"] + zh, en: odd["en"] + en})
    assert misplaced(framed(entry(id), data, language)) == []


def test_a_missing_glyph_is_an_error():
    def draw(data, language):
        figure = style.canvas(2)
        figure.text(0.5, 0.5, "\U00020000")
        return figure

    broken = rendering.FigureEntry("x", None, ("public",), TITLE, None, None, draw)
    with pytest.raises(UserWarning, match="Glyph"):
        rendering.images(broken, pd.DataFrame(), "en")


def test_a_picture_is_kept_by_its_code_its_data_and_its_labels(tmp_path, monkeypatch):
    def draw(data, language):
        drawn.append(language)
        return style.canvas(2)

    def data(tables):
        return tables["scores"]

    figure = rendering.FigureEntry("x", None, ("reconstructed",), TITLE, data, lambda data: TITLE, draw)
    drawn = []

    def save(scenario, label, score=1.0):
        store = Store(scenario, tmp_path)
        cells = pd.DataFrame({"city": ["甲"], "indicator": ["a"], "evidence": [label], "used": [True]})
        store.write("coverage", cells)
        store.write("scores", pd.DataFrame({"city": ["甲"], "FHI": [score]}))
        drawn.clear()
        assert rendering.save(figure, store)["evidence"] == label
        pictures = sorted((tmp_path / store.reports / "figures").glob("x.*.*"))
        return len(drawn), [path.read_bytes() for path in pictures]

    times, first = save("given", "user")
    assert times == 2 and save("baseline", "reconstructed")[0] == 2
    assert save("given-too", "user") == (0, first)
    assert save("given", "user", 2.0)[0] == 2
    # an entry that was altered by hand is found out, and drawn anew
    for path in (tmp_path / ".store/pictures").iterdir():
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert save("given", "user") == (2, first)
    # so is another text of the module that draws it
    monkeypatch.setattr(files, "_checksum", lambda path: (path.name, "other"))
    assert save("given", "user") == (2, first)


def test_a_figure_of_the_same_code_and_tables_is_written_without_a_look_at_them(tmp_path):
    def data(tables):
        looked.append(tables)
        return pd.DataFrame({"city": ["甲"], "FHI": [1.0]})

    figure = rendering.FigureEntry(
        "x", None, ("public",), TITLE, data, lambda data: TITLE, lambda data, language: style.canvas(2)
    )

    def save(scenario, key="of the same"):
        store = Store(scenario, tmp_path)
        store.write(
            "coverage", pd.DataFrame({"city": ["甲"], "indicator": ["a"], "evidence": ["public"], "used": [True]})
        )
        looked.clear()
        row = rendering.save(figure, store, key=key)
        written = (tmp_path / store.reports / "figures").iterdir()
        return bool(looked), row, {path.name: path.read_bytes() for path in written}

    looked = []
    first = save("baseline")
    assert first[0] and len(first[2]) == 4
    assert save("other") == (False, *first[1:])
    assert save("other", "of another") == first
    # what was altered, or lost, in the store is made anew
    for kind in ("figures", "pictures"):
        for path in (tmp_path / ".store" / kind).iterdir():
            path.write_bytes(path.read_bytes()[:-1] + b"!")
        assert save("baseline") == first
        assert save("baseline") == (False, *first[1:])


def test_a_changed_module_makes_its_own_figures_anew_and_a_changed_table_all(monkeypatch):
    def keys(tables):
        return {id: files.Kept.key(rendering.made_from(entry(id), tables, "svg")) for id in IDS}

    before, checksum = keys({"scores": "1"}), files._checksum
    assert keys({"scores": "1"}) == before and not set(keys({"scores": "2"}).items()) & set(before.items())

    def changed(name):
        def other(path):
            return (checksum(path)[0], "other") if path.name == name else checksum(path)

        monkeypatch.setattr(files, "_checksum", other)
        return {id for id, key in keys({"scores": "1"}).items() if key != before[id]}

    assert changed("economy.py") == {id for id in IDS if entry(id).draw.__module__.endswith(".economy")} != set()
    for shared in ("style.py", "wording.csv", "schemas.csv", "index.py", "requirements.lock"):
        assert changed(shared) == set(IDS), shared


def test_a_figure_depends_on_its_own_module_and_what_that_imports():
    def modules(id):
        return {
            path for path in rendering.cause(entry(id), b"", "en")["files"] if path.startswith("fhi/showing/figures/")
        }

    adoption, map = modules("p21-adoption"), modules("p04-map")
    assert {
        "fhi/showing/figures/experience.py",
        "fhi/showing/figures/style.py",
        "fhi/showing/figures/rendering.py",
    } <= adoption
    assert "fhi/showing/figures/landscape.py" not in adoption and "fhi/showing/figures/experience.py" not in map
    files = rendering.cause(entry("p04-map"), b"", "en")["files"]
    assert "data/raw/boundaries/china_provinces.geojson" in files and "requirements.lock" in files
    for id in IDS:
        assert "__init__.py" not in modules(id)


def test_a_figure_depends_on_its_own_words_and_on_those_of_all():
    words = rendering.cause(entry("p21-adoption"), b"", "en")["words"]
    assert "p21-adoption.axis" in words and "pillar.industry" in words and "p05-tiers.axis" not in words


def test_the_sentence_of_the_findings_stands_over_the_figure(store, framed):
    sentence = {"zh": "第一梯队领先", "en": "The first tier leads"}
    rows = [("p05-tiers", "headline", name, text) for name, text in sentence.items()]
    told = pd.DataFrame(rows, columns=["id", "kind", "language", "text"])
    tables = {"findings": told}
    titled = evidence.titled(entry("p05-tiers"), tables)
    assert titled.headline == sentence
    texts = [text.get_text() for text in framed(titled, titled.data(store), "en").texts]
    assert "The first tier leads" in texts and titled.title["en"] in texts
    assert evidence.titled(entry("p05-top20"), tables).headline is None


def test_the_plotted_numbers_are_those_of_the_source_tables(store):
    adoption = entry("p21-adoption").data(store).query("series == 'city'").set_index("city")["rate"]
    assert adoption["杭州"] == 91.5 and adoption["香港"] == 35.1 and len(adoption) == 20
    banks = entry("p13-banks").data(store).set_index("city")
    assert round(banks.at["深圳", "share"], 2) == 63.86
    assert banks.loc[["福州", "长春"], "share"].isna().all()


def test_the_name_of_a_unit_marks_what_is_written_of_it(store):
    drawn = rendering.images(entry("p21-adoption"), entry("p21-adoption").data(store), "en", ["svg"])["svg"].decode()
    assert '<g class="unit" data-unit="杭州"><text' in drawn
    assert len(set(re.findall('data-unit="([^"]+)"', drawn))) == 20


def test_a_png_is_drawn_where_it_is_asked_for(store):
    made = rendering.images(entry("p05-tiers"), entry("p05-tiers").data(store), "en", ["png"])
    assert set(made) == {"png"} and made["png"].startswith(b"\x89PNG")
