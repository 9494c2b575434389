"""Every figure and every table carries the labels of the sources of its values, no more and no fewer."""

import re

import pandas as pd
import pytest

from fhi.codebook import tables as codebook
from fhi.editions import outputs
from fhi.editions.outputs import VALUES, named
from fhi.engine.errors import DataError
from fhi.scenarios import load_scenario
from fhi.showing.figures import entries
from fhi.showing.figures.evidence import of_index, seen
from fhi.showing.report import cities, contents

#: columns that say where a value stands or what it is of, not how much it is
PLACES = {"page", "lon", "lat", "year", "order", "place", "of", "step", "level", "corner", "collinear"}
#: what a figure computes although it reads printed and public numbers: the label of what it computes from
COMPUTED = {
    ("audit-scorecard", "claims"): "derived",
    ("p16-institutions", "listed"): "derived",
    ("p29-economy", "finance_median"): "public",
    ("p29-economy", "technology_median"): "public",
    ("p32-research", "first_class"): "public",
    ("p32-research", "printed_page"): "published",
    ("p32-research", "first_class_disciplines"): "public",
}
ENTRIES = {entry.id: entry for entry in entries()}
RAW = {"published", "public"}


@pytest.fixture(scope="module")
def store(built):
    return built.store()


def numbers(table: pd.DataFrame, skipped=()) -> pd.DataFrame:
    """Return every number of a table with its column, its row and the city of the row, nothing for no city."""
    kept = [
        name
        for name in table.columns.difference([*skipped, "row"])
        if pd.api.types.is_numeric_dtype(table[name]) and not pd.api.types.is_bool_dtype(table[name])
    ]
    cells = table[kept].astype(float).round(9).rename_axis(index="at", columns="column").stack().dropna()
    cells = cells.rename("value").reset_index()
    return cells.assign(city=cells["at"].map(table["city"]) if "city" in table else None)


class Sources:
    """The numbers of the tables that a figure read, by label."""

    def __init__(self, names, store):
        self.names, self.held, self.labels = names, {}, set()
        self.counts = any(outputs.stated(name) == VALUES for name in names)
        for name in names:
            text = outputs.stated(name)
            parts = store["panel"].groupby("evidence") if text == VALUES else self.parts(text, store[name])
            for labels, rows in parts:
                self.labels |= set(labels.split())
                found = numbers(rows)
                pairs = {(None, value) for value in found["value"]} | set(
                    zip(found["city"], found["value"], strict=True)
                )
                for label in labels.split():
                    self.held.setdefault(label, set()).update(pairs)

    @staticmethod
    def parts(text: str, table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
        """Return the labels of a table with its columns; published ranks stand beside results in one of their own."""
        if text != "published reconstructed" or "published" not in table:
            return [(text, table)]
        return [("published", table[["city", "published"]]), ("reconstructed", table.drop(columns="published"))]

    def of(self, city, value) -> set[str]:
        """Return the labels of the tables that hold a number, that of its city if it is of one."""
        key = (city if isinstance(city, str) else None, value)
        return {label for label, held in self.held.items() if key in held}

    def computed(self) -> str | None:
        """Return the label of what is computed of all that was read; None where that has to be stated."""
        built = self.labels & {"reconstructed", "identified"}
        if built:
            return built.pop()
        raw = self.labels & RAW
        return {"published": "derived", "public": "public"}[raw.pop()] if len(raw) == 1 else None


def labels_of_values(id, data, sources) -> set[str]:
    """Return the labels that the numbers of a figure demand, from where each of them is found."""
    found, cells = set(), numbers(data, PLACES)
    for column, rows in cells.groupby("column"):
        held = [sources.of(*pair) for pair in zip(rows["city"], rows["value"], strict=True)]
        common = set.intersection(*held)
        # what two sources share tells nothing of which was drawn
        found |= common if len(common) == 1 else set()
        # a count of labelled cells is drawn in the colour of its label
        for at in () if sources.counts else rows["at"][[not labels for labels in held]]:
            own = named(data.loc[[at], "evidence"]) if "evidence" in data else set()
            label = COMPUTED.get((id, column), sources.computed())
            assert own or label, f"{id}: {column} is computed; state of what in COMPUTED"
            found |= own or {label}
    return found


def fine_numbers(text: str) -> set[str]:
    """Return the numbers with decimals of a text."""
    return set(re.findall(r"(?<![\d.,])\d+\.\d+", text))


def said(data, sources, store) -> set[str]:
    """Return all numbers of the drawn data and of the tables behind them, as text with one and two decimals."""
    frames = [data, *(store[name] for name in sources.names)]
    values = {abs(value) for frame in frames for value in numbers(frame)["value"]}
    return {f"{value * unit:.{places}f}" for value in values for places in (1, 2) for unit in (1, 100)}


@pytest.mark.parametrize("id", ENTRIES)
def test_a_figure_has_the_label_of_every_value_that_it_draws(store, id):
    entry, data = seen(ENTRIES[id], store)
    sources, labels = Sources(entry.read, store), set(entry.evidence)
    assert set(ENTRIES[id].evidence) == labels, "what is registered is what its tables say"
    demanded = labels_of_values(id, data, sources)
    if "evidence" in data:
        demanded |= named(data["evidence"])
    computes = fine_numbers(entry.caption(data)["en"]) - said(data, sources, store)
    if computes and sources.labels == {"published"}:
        demanded.add("derived")
    assert demanded <= labels
    # nothing is claimed that no table gives; of printed numbers alone, derived is what is computed
    given = named(data["evidence"]) if "evidence" in data else set()
    assert labels - {"derived"} <= sources.labels | given
    if "derived" in labels and "derived" not in sources.labels:
        assert "derived" in demanded or "derived" in set(data.get("evidence_2017", ()))


@pytest.mark.parametrize("id", [id for id, entry in ENTRIES.items() if entry.page])
def test_a_row_labelled_as_found_is_found_there(store, id):
    entry, data = seen(ENTRIES[id], store)
    if "evidence" not in data or "value" not in data:
        return
    sources, cells = Sources(entry.read, store), numbers(data[["city", "value"]] if "city" in data else data[["value"]])
    for row in cells.itertuples():
        label = data.at[row.at, "evidence"]
        if label in RAW:
            assert label in sources.of(row.city, row.value), (id, row.city, row.value)


def test_one_indicator_has_one_label_in_every_figure(store):
    label = store["panel"].groupby("indicator")["evidence"].agg(lambda column: frozenset(column))
    assert label["search_interest"] == {"derived"}
    for entry in ENTRIES.values():
        _, data = seen(entry, store)
        if {"indicator", "evidence"} <= set(data) and (series := data.get("series")) is not None:
            strips = data[series == "strip"].dropna(subset=["indicator", "evidence"])
            for code, rows in strips[strips["indicator"].isin(label.index)].groupby("indicator"):
                assert named(rows["evidence"]) <= label[code], (entry.id, code)


def test_every_value_of_the_panel_has_the_label_of_its_source(store):
    for (indicator, label), rows in store["panel"].groupby(["indicator", "evidence"]):
        files = [f"tables/{part.split('/')[-1]}" for ids in rows["source_id"].unique() for part in ids.split("+")]
        assert {outputs.stated(name) for name in files} <= ({"public"} if label == "public" else {"published"})
        held = Sources(files, store)
        printed = rows["value"] * rows["unit"].map({"100 million CNY": 1e8}).fillna(1)
        found = [bool(held.of(city, value)) for city, value in zip(rows["city"], printed.round(9), strict=True)]
        if label == "published":
            assert all(found), indicator
        if label == "derived":
            assert not all(found), f"{indicator} is printed as it is"


def test_every_built_table_states_its_labels(store):
    for name in store:
        assert set(outputs.of_table(name, store)) <= set(outputs.EVIDENCE), name
    with pytest.raises(DataError, match=r"fhi/codebook/tables\.csv"):
        outputs.stated("new")
    with pytest.raises(KeyError, match="'tables/new' has no label"):
        outputs.stated("tables/new")


@pytest.mark.parametrize("name", ["microdata/quality", "microdata/files/firms-2017"])
def test_what_given_files_hold_is_theirs(store, name):
    tables = {"panel": store["panel"].assign(evidence="synthetic")}
    assert outputs.of_table(name, tables) == ("synthetic",)


def test_a_column_of_labels_says_what_the_codebook_says(store):
    for name in store:
        if "/" not in name and "evidence" in (table := store[name]) and name not in ("figures", "weight_by_evidence"):
            assert named(table["evidence"]) == set(outputs.of_table(name, store)), name


def test_what_is_computed_with_the_index_is_labelled_so(store):
    """Of the numbers of the second to the fourth stage, only the values themselves and the survey are not."""
    for name, row in codebook.tables().items():
        if row.stage in ("02_indicators", "03_weighting", "04_robustness"):
            own = name in (
                "indicators",
                "screening",
                "unit_screening",
                "coverage",
                "rank_confidence",
                "growth",
                "value_ranges",
            )
            assert ("reconstructed" in outputs.of_table(name, store)) == (not own), name


def test_the_tables_of_page_and_print_have_the_labels_of_their_files(store):
    shown = [table for chapter in contents.chapters(store, load_scenario("baseline")) for table in chapter["tables"]]
    sections = cities.sections(store, 2018, {})
    shown += [table for city in sections for table in city["reasons"]]
    filed = [table for table in shown if table.file and table.evidence]
    assert len(filed) > 20
    for table in filed:
        # the tree has the bounds of the weights beside them; no contradiction rests on public numbers
        beside = {"table-tree": {"identified"}}.get(table.id, set())
        without = {"table-contradictions": {"public"}}.get(table.id, set())
        found = set(outputs.of_table(table.file, store)) - without
        assert set(table.evidence) - beside == found, table.id or table.title
    # the ledger looks things up in public lists, and the other rankings are public; what is built is not
    known = {"table-ledger", "table-external"}
    assert not [table.title for table in shown if "public" in table.evidence and table.id not in known]


@pytest.mark.parametrize("label", ["user", "synthetic"])
@pytest.mark.parametrize("share", ["all", "some"])
def test_results_of_given_files_say_so(store, label, share):
    cells = store["coverage"]
    given = cells["evidence"].notna() & ((share == "all") | (cells["indicator"] == "adoption"))
    tables = {"coverage": cells.assign(evidence=cells["evidence"].mask(given, label))}
    expected = (label,) if share == "all" else ("reconstructed", label)
    for name, row in codebook.tables().items():
        if row.evidence == "reconstructed" and "{" not in name:
            assert outputs.of_table(name, tables) == expected
    assert of_index(("reconstructed",), tables) == expected
