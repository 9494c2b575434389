"""No claim is confirmed by the cell that states it, by a cell that was read with its help, or in a circle of claims."""

import re

import pandas as pd
import pytest

from fhi import editions
from fhi.editions.claims.ledger import CLAIMS, hide
from fhi.editions.claims.registry import FUNCTIONS, Found, claim

TABLES = {name: frame for name, frame in editions.load().items() if name != CLAIMS}
CLAIMED = editions.load()[CLAIMS].query("check == 'recompute'").set_index("id")
#: a note of a row that says from where the row was read: "p7 prints the second place"
TAKEN_FROM = re.compile(r"\bp(\d+)\b(?! the same)")


class Watched(dict):
    """The tables, and which of them were read."""

    def __init__(self, tables):
        super().__init__(tables)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)


def result(id: str, tables) -> tuple:
    """What the function of a claim gives, or the error it ends in."""
    try:
        found = FUNCTIONS[id](tables)
        found = found if isinstance(found, Found) else Found(found)
        return found.value, found.low, found.high, found.accepts and found.accepts(CLAIMED.at[id, "printed"])
    except (KeyError, IndexError, ValueError, TypeError) as error:
        return (type(error).__name__,)


def without(frame: pd.DataFrame, row: int) -> list[pd.DataFrame]:
    """The table without a row, and with numbers and dates of the row far above and far below all others."""
    changed = [frame.drop(index=row)]
    for number, date in ((1e9, "2999-12"), (-1e9, "1000-01")):
        moved = frame.copy()
        for column in moved.columns.difference(["page", "row"]):
            if pd.api.types.is_numeric_dtype(moved[column]):
                moved[column] = moved[column].astype(float)
                moved.loc[row, column] = number
            elif column.endswith("_iso"):
                moved.loc[row, column] = date
        changed.append(moved)
    return changed


def reads(id: str, tables, chosen) -> set[tuple[str, int]]:
    """The rows that the value of a claim depends on, of those chosen by ``chosen(name, frame)``."""
    visible = hide(tables, CLAIMED.at[id, "page"], CLAIMED.at[id, "printed"]) if id in CLAIMED.index else tables
    watched = Watched(visible)
    before = result(id, watched)
    found = set()
    for name in watched.read:
        frame = visible[name]
        for row in frame.index[chosen(name, frame)]:
            if any(result(id, {**visible, name: changed}) != before for changed in without(frame, row)):
                found.add((name, row))
    return found


def is_statement(name: str, frame: pd.DataFrame) -> bool:
    return "measure_en" in frame and "printed" in frame


def states(id: str) -> set[tuple[str, int]]:
    """The rows of statements that print the text of a claim on its page."""
    page, printed = CLAIMED.loc[id, ["page", "printed"]]
    return {
        (name, row)
        for name, frame in TABLES.items()
        if is_statement(name, frame)
        for row in frame.index[(frame["page"] == page) & (frame["printed"] == printed)]
    }


def circles(edges: dict[str, set[str]]) -> set[str]:
    """The claims from which a chain of confirmations leads back to themselves."""

    def reached(id):
        seen, todo = set(), [id]
        while todo:
            for other in edges.get(todo.pop(), set()) - seen:
                seen.add(other)
                todo.append(other)
        return seen

    return {id for id in edges if id in reached(id)}


def confirmations() -> dict[str, set[str]]:
    """For each claim those claims whose stating rows its function reads."""
    stating = {id: states(id) for id in CLAIMED.index}
    every = {id: reads(id, TABLES, lambda name, frame: [is_statement(name, frame)] * len(frame)) for id in stating}
    return {id: {other for other, rows in stating.items() if rows & read} for id, read in every.items()}


def test_no_claims_confirm_one_another():
    edges = confirmations()
    assert any(edges.values())
    assert circles(edges) == set()


def test_a_circle_of_two_and_of_three_is_found():
    assert circles({"a": {"b"}, "b": {"a"}, "c": {"a"}}) == {"a", "b"}
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()}) == {"a", "b", "c"}
    assert circles({"a": {"b"}, "b": {"c"}}) == set()


def cites(page: int):
    """Choose the rows whose note says that they were read with the help of the page."""

    def chosen(name, frame):
        if "note" not in frame:
            return [False] * len(frame)
        return [str(page) in TAKEN_FROM.findall(note) for note in frame["note"].fillna("")]

    return chosen


@pytest.mark.parametrize("id", sorted(FUNCTIONS))
def test_no_claim_is_confirmed_by_a_row_that_was_read_with_its_help(id):
    assert reads(id, TABLES, cites(CLAIMED.at[id, "page"])) == set()


def test_both_tests_find_the_circles_that_stood_in_the_ledger(monkeypatch):
    for id in ("x-profile", "x-card", "x-place"):
        monkeypatch.setitem(FUNCTIONS, id, None)
        monkeypatch.delitem(FUNCTIONS, id)
    new = pd.DataFrame(
        {"page": [7, 31, 7], "printed": ["4.09%", "4.09%", "2"]}, index=["x-profile", "x-card", "x-place"]
    )
    monkeypatch.setattr(f"{__name__}.CLAIMED", new)

    def stated(table, measure):
        return lambda tables: tables[f"report2018/{table}"].set_index("measure_en").at[measure, "printed_value"]

    claim("x-profile")(stated("innovation", "growth of start-up projects in 2017"))
    claim("x-card")(stated("city_profiles", "growth of start-up projects"))
    leaders = "report2018/leaders"
    claim("x-place")(lambda tables: tables[leaders].query("page == 32").set_index("city").at["上海", "position"])
    assert circles(confirmations()) == {"x-profile", "x-card"}
    assert reads("x-place", TABLES, cites(7))
