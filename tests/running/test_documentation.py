"""What is generated of the documents is what the code says."""

import re

import pandas as pd
import pytest
from report_tables import ledger
from shipped import is_own

from fhi.editions import SCHEMAS
from fhi.editions.catalogue import editions
from fhi.engine.methods import OF_SPACE, TABLES
from fhi.running import datapackage, documentation
from fhi.showing.figures import audit, entries


@pytest.mark.slow
def test_every_document_is_up_to_date(monkeypatch):
    """Editions of the staff's own may be entered in the package of the raw data or not."""
    entered = documentation.pages()
    monkeypatch.setattr(datapackage, "editions", lambda: [one for one in editions() if not is_own(one)])
    for path, text in documentation.pages().items():
        assert path.read_text(encoding="utf-8") in (text, entered[path]), f"{path.name}: run make readme"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_figure_map_names_every_figure_once(language):
    table = documentation.figure_map(language)
    for entry in entries():
        assert table.count(f"`figures/{entry.id}.*`") == 1
        assert entry.title[language] in table


def test_every_method_has_a_note_with_what_it_may_be_told():
    text = documentation.method_notes()
    for key, methods in TABLES.items():
        place = f"robustness.space.{key}" if key in OF_SPACE else key
        step = text.split(f"In a scenario: `{place}:`")[1].split("In a scenario:")[0]
        assert set(re.findall("(?m)^### (.*)$", step)) == set(methods)
    note = text.split("### efficacy")[1].split("###")[0]
    assert "`base + span·(x − a)/(b − a)`" in note and "`span` (default 40" in note
    assert "Parameters" not in text.split("### condorcet")[1].split("###")[0]
    assert "*Young and Levenglick (1978)" in text


def test_every_method_is_described_in_chinese_too():
    meanings = pd.read_csv(documentation.MEANINGS)
    listed = [(key, name) for key, methods in TABLES.items() for name in methods]
    assert sorted(zip(meanings["step"], meanings["name"], strict=True)) == sorted(listed)
    assert meanings["meaning_zh"].str.endswith("。").all() and meanings["meaning_zh"].is_unique
    assert "### efficacy 功效系数法" in documentation.method_notes("zh")


def test_the_dictionary_names_every_column():
    text = documentation.data_dictionary()
    for name, schema in SCHEMAS.items():
        block = text.split(f"### `{name}.csv`\n")[1].split("###")[0]
        assert all(f"| `{column}` |" in block for column in schema.columns)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_verdicts_are_counted_as_the_ledger_has_them(language):
    verdicts, text = ledger()["verdict"], documentation.verdict_counts(language)
    rows = re.findall(r"\| `([\w-]+)` \| (\d+) \|", text)
    assert {name: int(count) for name, count in rows} == verdicts.value_counts().to_dict()
    assert [name for name, _ in rows] == list(audit.VERDICTS)
    checked = (~verdicts.isin(["constraint", "not-recomputable"])).sum()
    assert re.search(rf"\| {len(verdicts)} \|.*\b{checked}", text)


def test_fill_replaces_only_between_the_marks():
    text = "a\n<!-- x -->\nold\n<!-- /x -->\nb"
    assert documentation.fill(text, "x", "new") == "a\n<!-- x -->\nnew\n<!-- /x -->\nb"
    with pytest.raises(ValueError, match="no marks"):
        documentation.fill(text, "y", "new")


@pytest.mark.parametrize("language, name", [("en", "README.md"), ("zh", "README.zh.md")])
def test_a_readme_shows_figures_of_the_registry(language, name):
    text = (documentation.ROOT / name).read_text(encoding="utf-8")
    shown = re.findall(r"\]\(docs/pictures/([\w-]+)\.(\w+)\.png\)", text)
    assert shown == [(id, language) for id in documentation.PICTURES]
    assert set(documentation.PICTURES) <= {entry.id for entry in entries()}


def test_the_pictures_are_those_of_the_report(built, monkeypatch, tmp_path):
    monkeypatch.setattr(documentation, "ROOT", tmp_path)
    monkeypatch.setenv("FHI_OUT", str(built.folder))
    documentation.write_pictures("baseline")
    for id in documentation.PICTURES:
        assert (tmp_path / f"docs/pictures/{id}.zh.png").read_bytes().startswith(b"\x89PNG")
