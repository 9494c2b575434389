"""Printed orders: what holds, what does not, what cannot be told; every printed rank of a node has its row."""

from itertools import chain
from types import SimpleNamespace

import pandas as pd
import pytest
from report_tables import load

from fhi import editions
from fhi.editions import construction, printed_orders
from fhi.editions.printed_orders import Values, check, compare, places
from fhi.engine.errors import DataError
from fhi.engine.framework import Framework

LOADED = load()
TABLES = editions.tidy(LOADED)


def values(low, high=None):
    low = pd.Series(low, dtype=float)
    high = low if high is None else pd.Series(high, dtype=float)
    return Values((low + high) / 2, low, high)


def outcome(kind, subjects, low, high=None, units=(), tolerance=0.0):
    order = SimpleNamespace(kind=kind, subjects=subjects, tolerance=tolerance)
    return check(order, values(low, high), units)


@pytest.mark.parametrize(
    "kind, subjects, low, holds, built",
    [
        ("order", "A|B|C", {"A": 3, "B": 2, "C": 1}, "yes", "A|B|C"),
        ("order", "A|B|C", {"A": 3, "B": 1, "C": 2}, "no", "A|C|B"),
        ("order", "A|B|C", {"A": 3, "B": 2, "C": 2}, "no", "A|B=C"),
        ("order", "A|B=C|D", {"A": 3, "B": 1, "C": 2, "D": 0}, "yes", "A|C|B|D"),
        ("order", "A|B|C", {"A": 3, "C": 2}, "partly", "A|C"),
        ("order", "A|B", {"A": 3}, "unknown", "A"),
        ("leaders", "A", {"A": 3, "B": 3}, "yes", "A"),
        ("leaders", "A", {"A": 3, "B": 4}, "no", "B|A"),
        ("leaders", "A|B", {"A": 3, "B": 2, "C": 2.5}, "no", "A|C|B"),
        ("leaders", "A", {"B": 2, "C": 1}, "unknown", "B"),
        ("tie", "A|B", {"A": 3, "B": 3}, "yes", "A=B"),
        ("tie", "A|B", {"A": 3, "B": 2}, "no", "A|B"),
    ],
)
def test_an_order_against_exact_values(kind, subjects, low, holds, built):
    found = outcome(kind, subjects, low)
    assert (found["holds"], found["built"]) == (holds, built)


def test_intervals_that_overlap_leave_an_order_open_and_others_do_not():
    low, high = {"A": 5, "B": 4, "C": 1}, {"A": 8, "B": 6, "C": 2}
    assert outcome("order", "A|B", low, high)["holds"] == "unknown"
    assert outcome("order", "A|B", low, high)["built"] == "A~B"
    assert outcome("order", "A|B|C", low, high)["holds"] == "partly"
    assert outcome("order", "B|C", low, high)["holds"] == "yes"
    assert outcome("order", "C|A", low, high)["holds"] == "no"


def test_a_rival_without_a_value_leaves_a_first_place_open_only_if_the_publication_names_it():
    assert outcome("leaders", "A", {"A": 3, "B": 1})["holds"] == "yes"
    assert outcome("leaders", "A", {"A": 3, "B": 1}, units=["A", "B", "C"])["holds"] == "partly"


def test_a_tie_holds_up_to_its_tolerance():
    assert outcome("tie", "A|B", {"A": 3.05, "B": 3}, tolerance=0.1)["holds"] == "yes"
    assert outcome("tie", "A|B", {"A": 3.5, "B": 3}, tolerance=0.1)["holds"] == "no"


@pytest.fixture
def small():
    """A tree with one indicator below P, two below Q; three cities."""
    tree = [
        ("I", None, 0, 1),
        ("P", "I", 1, 1),
        ("a", "P", 2, -1),
        ("Q", "I", 1, 1),
        ("b", "Q", 2, 1),
        ("c", "Q", 2, 1),
    ]
    tree = pd.DataFrame(tree, columns=["code", "parent", "level", "direction"]).assign(weight=1.0)
    names = {f"name_{language}": tree["code"] for language in ("zh", "en")}
    facts = pd.DataFrame(
        [("a-first", "P", "leaders", "x|y", 0.0), ("b-order", "b", "order", "x|y|z", 0.0)],
        columns=["id", "node", "kind", "subjects", "tolerance"],
    )
    panel = [("x", "a", 1.0), ("y", "a", 2.0), ("z", "a", 3.0), ("x", "b", 1.0), ("y", "b", 2.0)]
    panel = pd.DataFrame(panel, columns=["city", "indicator", "value"]).assign(year=2018, evidence="published")
    scores = pd.DataFrame({"P": [2.0, 1.0, 0.0], "Q": 1.0, "I": 1.0}, index=["x", "y", "z"])
    tables = {
        "tables/framework": tree.assign(**names),
        "tables/cities": pd.DataFrame({"name_zh": ["x", "y", "z"], "name_en": ["X", "Y", "Z"]}),
        "tables/facts": facts.assign(page=1),
    }
    return SimpleNamespace(tables=tables, panel=panel, scores=scores)


def test_a_falling_indicator_is_turned_and_a_node_of_one_indicator_follows_it(small):
    found = compare(small.tables, small.panel, small.scores).set_index("fact")
    assert found.loc["a-first", ["built", "holds", "why"]].tolist() == ["x|y", "yes", ""]


def test_intervals_of_the_panel_are_read_where_it_has_them(small):
    panel = small.panel.assign(low=small.panel["value"], high=small.panel["value"])
    panel.loc[1, ["low", "high"]] = 0.5, 3.5
    found = compare(small.tables, panel, small.scores).set_index("fact").loc["a-first"]
    assert (found["holds"], found["why"], found["note_en"]) == (
        "unknown",
        "unprinted share",
        "Shares are known to an interval only, so that these cannot be told apart: X, Y, Z.",
    )


def test_a_reason_is_derived_from_the_data_where_none_is_stored(small):
    found = compare(small.tables, small.panel, small.scores).set_index("fact").loc["b-order"]
    assert (found["holds"], found["why"], found["built"]) == ("no", "coverage", "y|x")
    public = small.panel.assign(evidence="public")
    assert compare(small.tables, public, small.scores)["why"].tolist() == ["", "proxy"]
    whole = pd.concat([small.panel, small.panel.iloc[[3]].assign(city="z", value=0.5)])
    assert compare(small.tables, whole, small.scores)["why"].tolist() == ["", "definition"]
    tied = whole.assign(value=whole["value"].where(whole["indicator"] == "a", 1.0))
    assert compare(small.tables, tied, small.scores)["why"].tolist() == ["", "tie"]


def test_a_stored_reason_is_taken_and_a_missing_one_is_an_error_where_it_is_asked_for(small):
    with pytest.raises(DataError, match=r"order_notes\.csv.*b-order"):
        compare(small.tables, small.panel, small.scores, reasoned=True)
    note = pd.DataFrame([("b-order", "definition", "释", "why")], columns=["fact", "why", "note_zh", "note_en"])
    tables = small.tables | {"tables/order_notes": note}
    found = compare(tables, small.panel, small.scores, reasoned=True).set_index("fact").loc["b-order"]
    assert found[["why", "note_zh", "note_en"]].tolist() == ["definition", "释", "why"]


def test_a_stored_reason_does_not_speak_of_given_files(small):
    note = pd.DataFrame([("b-order", "coverage", "释", "why")], columns=["fact", "why", "note_zh", "note_en"])
    tables = small.tables | {"tables/order_notes": note}
    given = small.panel.assign(evidence="user")
    found = compare(tables, given, small.scores, reasoned=True).set_index("fact").loc["b-order"]
    assert found["note_en"] != "why"


def test_a_stored_reason_does_not_speak_of_what_is_constructed_otherwise(small):
    note = pd.DataFrame([("b-order", "definition", "释", "why")], columns=["fact", "why", "note_zh", "note_en"])
    tables = small.tables | {"tables/order_notes": note, "replaced": pd.DataFrame({"indicator": ["a"]})}
    said = compare(tables, small.panel, small.scores, reasoned=True).set_index("fact").loc["b-order", "note_en"]
    assert said == "why", "another indicator is built otherwise"
    tables["replaced"] = pd.DataFrame({"indicator": ["b"]})
    said = compare(tables, small.panel, small.scores, reasoned=True).set_index("fact").loc["b-order", "note_en"]
    assert said == "Not every unit has a value of: b."


def test_public_values_known_up_to_an_interval_are_no_unprinted_share(small):
    panel = small.panel.assign(low=small.panel["value"], high=small.panel["value"], evidence="public")
    panel.loc[1, ["low", "high"]] = 0.5, 3.5
    found = compare(small.tables, panel, small.scores).set_index("fact").loc["a-first"]
    assert (found["holds"], found["why"]) == ("unknown", "proxy")


def test_an_unknown_city_is_named(small):
    small.tables["tables/facts"].loc[0, "subjects"] = "x|w"
    with pytest.raises(DataError, match="'w'"):
        compare(small.tables, small.panel, small.scores)


def test_an_edition_without_facts_has_no_orders(small):
    del small.tables["tables/facts"]
    assert printed_orders.stated(small.tables).empty
    assert compare(small.tables, small.panel, small.scores).empty


# --- the report's orders --------------------------------------------------------------------------------------

STATED = printed_orders.stated(TABLES)
#: ranks of a part of a node, or of another notion than it: no order of the node itself
PARTS = {
    "rank by patent applications",
    "rank by innovation service bodies in 2017",
    "rank by payment use cases in transport",
    "order of founding of its internet insurer",
    "rank by growth of start-up projects",
    "rank by growth of start-up projects in 2017",
    "rank by cumulative internet-bank loans",
    "order in the nation of issuing a plan against financial risk",
    "rank of the third broker by lowest fee",
    "rank of Alibaba Cloud in the nation",
    "rank of Alibaba Cloud in the world",
    "rank by inner momentum",
    "order in the nation of founding a blockchain sandbox",
    "rank by number of distinctive services",
    "rank by progress of adoption",
    "rank by smart-travel index",
    "order in the nation of offering seamless payment",
    "order of introducing payment of utility bills by phone",
    "order of offering mobile payment on buses",
    "order of introducing deposit-free borrowing and returning",
    "order of offering metro tickets by phone across the city",
    "order in the nation of offering an electronic identity card",
    "rank by smart government in the west",
    "order in the nation of handling state and local taxes by phone",
    "rank by R&D over GDP in 2017",
    "rank by invention patents per 10,000 people",
    "rank by national makerspaces",
    "rank by student start-up rate",
}
RANKS = pd.concat(
    [TABLES[f"tables/{name}"].query("unit == 'rank'") for name in ("city_profiles", "headlines", "experience_facts")]
    + [TABLES["tables/innovation"].query("unit == 'rank'")]
)


def placed(node: str, city: str) -> set[int]:
    """Return the places that the printed orders of a node give a city."""
    orders = [places(order.subjects) for order in STATED[STATED["kind"] != "tie"].query("node == @node").itertuples()]
    return {1 + sum(map(len, o[:i])) for o in orders for i, group in enumerate(o) if city in group}


@pytest.mark.parametrize("row", RANKS.itertuples(), ids=lambda row: f"{row.page}-{row.city}-{row.measure_en}")
def test_every_printed_rank_of_a_node_is_in_an_order(row):
    assert row.measure_en in PARTS or row.printed_value in placed(row.node, row.city)


def test_every_list_of_leaders_of_a_node_is_in_an_order():
    for (page, node), rows in TABLES["tables/leaders"].dropna(subset=["node"]).groupby(["page", "node"]):
        listed = list(rows.sort_values("position")["city"])
        orders = [[*chain(*places(subjects))] for subjects in STATED.query("node == @node")["subjects"]]
        assert listed in [order[: len(listed)] for order in orders], (page, node)


def test_every_order_of_the_facts_has_a_row_and_every_note_its_order():
    facts = TABLES["tables/facts"].query("kind in ('order', 'leaders', 'tie')")
    assert set(facts["id"]) < set(STATED["fact"]) and not STATED["fact"].duplicated().any()
    assert set(TABLES["tables/order_notes"]["fact"]) <= set(STATED["fact"])


@pytest.mark.slow
def test_what_the_notes_say_of_the_numbers():
    """Notes are text, so the numbers in them are counted anew."""
    shares = construction.national_shares(LOADED).pivot(index="city", columns="class", values="share")
    assert shares[["loans", "premiums"]].sum(axis=1).idxmax() == "深圳"
    assert shares["brokers"].idxmax() == "香港" and len(LOADED["brokers"]) == 3
    exchanges = LOADED["exchanges"].set_index("city")["count"]
    assert exchanges["上海"] == 4
    universities = LOADED["public/universities"].groupby("city").size()
    assert universities[["上海", "南京"]].tolist() == [14, 12]
    rates = LOADED["adoption"].set_index("city")["rate"]
    assert rates[["南京", "青岛"]].tolist() == [72.4, 72.0]
    assert set(LOADED["city_profiles"].query("node == 'institutes'")["city"]) == {"上海"}
    assert LOADED["services"].query("kind == 'total'")["city"].nunique() == 2
    panel = construction.panel(LOADED, Framework.from_table(LOADED["framework"]))
    assert not {"technology_level", "innovation_index", "support", "soundness"} & set(panel["indicator"])
