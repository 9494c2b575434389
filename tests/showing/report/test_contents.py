"""Page and print say what the numbers of a scenario rest on, and name another edition by its own words."""

from collections.abc import Mapping

import pandas as pd
import pytest

from fhi.scenarios import Scenario, load_scenario
from fhi.showing.figures.evidence import seen
from fhi.showing.figures.registry import entries
from fhi.showing.report import cities, contents
from fhi.showing.report.texts import said

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


@pytest.mark.parametrize("id", ["coverage", "replication", "robust-intervals", "diagnostic-weights"])
def test_a_figure_of_given_files_is_labelled_on_the_page(given, id):
    label, tables = given
    evidence = seen(registered(id), tables)[0].evidence
    assert label in evidence and "public" not in evidence


def test_a_figure_of_printed_numbers_keeps_its_labels(given):
    _, tables = given
    for id in ("p21-adoption", "identified-scores", "robust-adoption"):
        assert seen(registered(id), tables)[0].evidence == registered(id).evidence


def test_tables_and_sections_of_cities_are_labelled_too(given):
    label, tables = given
    found = {
        table.id: table.evidence for chapter in contents.chapters(tables, Scenario()) for table in chapter["tables"]
    }
    assert found["table-scores"] == (label,)
    assert label in found["table-comparison"] and "published" in found["table-comparison"]
    assert label in found["table-tree"] and "public" not in found["table-tree"]
    assert found["table-top20"] == ("published",)
    city = cities.sections(tables, 2018, {})[0]
    assert city["sources"] and {text["en"] for text in city["sources"].values()} == {"supplied file"}


def test_what_rests_on_given_files_is_said_at_the_top(given, built):
    label, tables = given
    notice = contents.front(tables, Scenario())["notice"]
    assert notice == said(f"notice.{label}")
    assert contents.front(built.store(), Scenario())["notice"] == {"zh": "", "en": ""}


def test_the_title_is_that_of_the_edition_and_the_lead_says_what_the_ranks_are(built):
    words = contents.front(built.store(), load_scenario("baseline"))
    assert words["title"]["en"] == "The 2018 China Fintech Hub Index, reproduced"
    assert "report's own numbers (78%) and public data (22%)" in words["lead"]["en"]
    assert words["lead"]["en"].startswith("Published ranks are those of the 2018 China Fintech Hub Index report.")


def test_an_edition_without_published_ranks_speaks_of_none():
    rows = [("title", "指数", "Index"), ("unit", "国家", "country"), ("units", "国家", "countries")]
    tables = {
        "tables/edition": pd.DataFrame(rows, columns=["key", "zh", "en"]),
        "tables/framework": pd.DataFrame({"level": [0], "code": ["A"], "name_zh": ["指数"], "name_en": ["Index"]}),
        "weight_by_evidence": pd.DataFrame({"node": ["A"], "evidence": ["public"], "share": [1.0]}),
        "coverage": pd.DataFrame({"evidence": ["public"], "used": [True]}),
    }
    words = contents.front(tables, Scenario(**OWN))
    assert words["title"] == {"zh": "指数", "en": "Index"}
    assert words["lead"]["en"].startswith("Ranks follow an open method")
    part = {"part": "diagnostics"}
    assert contents.parts_of([part], tables)[0]["title"] == {"zh": "诊断分析", "en": "Diagnostics"}


def test_parts_bear_the_names_of_the_edition(built):
    found = contents.parts_of([{"part": "industry"}, {"part": "audit"}], built.store())
    assert [part["title"]["en"] for part in found] == ["Fintech industry", "Audit of the numbers"]
