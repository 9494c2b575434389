"""Page and print say what the numbers of a scenario rest on, and name another edition by its own words."""

from collections.abc import Mapping

import pandas as pd
import pytest

from fhi.scenarios import Scenario, load_scenario
from fhi.showing.figures.registry import entries
from fhi.showing.report import cities, contents, pdf, pictures

OWN = {"edition": "baltic"}


class Given(Mapping):
    """The tables of a built run whose index rests on given files."""

    def __init__(self, store, label):
        self.store = store
        self.changed = {
            name: store[name].assign(evidence=lambda f: f["evidence"].where(f["evidence"].isna(), label))
            for name in ("coverage", "panel")
        }

    def __getitem__(self, name):
        return self.changed.get(name, self.store[name])

    def __contains__(self, name):
        return name in self.store

    def __iter__(self):
        return iter(self.store)

    def __len__(self):
        return len(self.store)

    def __getattr__(self, name):
        return getattr(self.store, name)


@pytest.fixture(scope="module", params=["user", "synthetic"])
def given(request, built):
    """Return the label and the tables of a run that rests on such files."""
    return request.param, Given(built.store(), request.param)


def registered(id):
    return next(entry for entry in entries() if entry.id == id)


@pytest.mark.parametrize("id", ["coverage", "replication", "robust-intervals", "p06-beijing", "diagnostic-weights"])
def test_a_figure_of_given_files_is_labelled_on_the_page_and_in_print(given, id):
    label, tables = given
    for shown in (pictures.figure_context(registered(id), tables), pdf.figure(registered(id), tables, "en")):
        assert label in shown["evidence"] and "public" not in shown["evidence"]


def test_a_figure_of_printed_numbers_keeps_its_labels(given):
    _, tables = given
    for id in ("p21-adoption", "identified-scores", "robust-adoption"):
        assert tuple(pdf.figure(registered(id), tables, "en")["evidence"]) == registered(id).evidence


def test_tables_and_sections_of_cities_are_labelled_too(given):
    label, tables = given
    found = {
        table.id: table.evidence for chapter in contents.chapters(tables, Scenario()) for table in chapter["tables"]
    }
    assert found["table-scores"] == (label,)
    assert label in found["table-comparison"] and "published" in found["table-comparison"]
    assert label in found["table-tree"] and "public" not in found["table-tree"]
    assert found["table-top20"] == ("published",)
    city = cities.sections(tables, "mine", 2018, {})[0]
    assert label in city["ranks"].evidence
    links = [part["href"] for row in city["indicators"].rows for cell in row if isinstance(cell, list) for part in cell]
    assert links and all(link.endswith("mine/microdata/quality.csv") for link in links)


def test_what_rests_on_given_files_is_said_at_the_top(given, built):
    label, tables = given
    notice = contents.front(tables, Scenario())["notice"]
    assert notice == contents.NOTICES[label]
    assert contents.front(built.store(), Scenario())["notice"] == {"zh": "", "en": ""}


def test_the_report_keeps_its_own_words(built):
    words = contents.front(built.store(), load_scenario("baseline"))
    assert words["title"] == contents.TITLE
    weight = "report's own numbers 78%, public data 22%"
    assert words["lead"]["en"] == contents.LEAD["en"].format(weight=weight)


def test_another_edition_is_named_by_its_root_and_its_sources():
    tables = {
        "tables/indicators": pd.DataFrame(),
        "tables/framework": pd.DataFrame({"level": [0], "name_zh": ["指数"], "name_en": ["Index"]}),
        "tables/sources": pd.DataFrame({"file": ["indicators.csv"], "citation": ["年鉴 | Yearbook"]}),
    }
    words = contents.front(tables, Scenario(**OWN))
    assert words["title"] == {"zh": "指数", "en": "Index"}
    assert "年鉴" in words["lead"]["zh"] and "(Yearbook)" in words["lead"]["en"]
    assert "data/raw/baltic/sources.csv" in words["rights"]["en"]
    part = {"part": "diagnostics"}
    assert contents.parts_of([part], tables)[0]["title"] == {"zh": "方法室", "en": "The method room"}
