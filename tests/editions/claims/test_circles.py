"""No claim is confirmed by the cell that states it, by a cell that was read with its help, or in a circle of claims."""

import re

import pandas as pd
import pytest
from report_tables import load

from fhi.editions.claims import circles, confirmations, hide, ledger, named_tables, recompute, stating
from fhi.engine.errors import DataError
from fhi.engine.grammar import ExpressionError

EVERY = load()
TABLES = named_tables(EVERY)
STATING = stating(TABLES)
CLAIMED = EVERY["claims"].query("check == 'recompute'").set_index("id")
#: a note of a row that says from where the row was read: "p7 prints the second place"
TAKEN_FROM = re.compile(r"\bp(\d+)\b(?! the same)")


def result(claim, tables) -> tuple:
    """What the expression of a claim gives, or that it gives nothing."""
    try:
        found, _ = recompute(claim.expression, tables)
    except ExpressionError:
        return ("nothing",)
    return found.value, found.low, found.high, found.accepts and found.accepts(claim.printed)


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


def visible_to(claim) -> dict[str, pd.DataFrame]:
    return hide(TABLES, STATING.get((claim.page, claim.printed), ()))


def reads(claim, chosen) -> set[tuple[str, int]]:
    """The rows that the value of a claim depends on, of those chosen by ``chosen(name, frame)``."""
    visible = visible_to(claim)
    before, outcome = result(claim, visible), recompute(claim.expression, visible)[1]
    found = set()
    for name in {table for table, *_ in outcome.cells}:
        frame = visible[name]
        for row in frame.index[chosen(name, frame)]:
            if any(result(claim, {**visible, name: changed}) != before for changed in without(frame, row)):
                found.add((name, row))
    return found


def is_statement(name: str, frame: pd.DataFrame) -> list[bool]:
    return ["measure_en" in frame and "printed" in frame] * len(frame)


def moved(claims) -> dict[str, set[str]]:
    """For each claim those claims whose stating rows its value depends on, as moving the rows shows."""
    stating = {claim.Index: set(STATING.get((claim.page, claim.printed), ())) for claim in claims.itertuples()}
    every = {claim.Index: reads(claim, is_statement) for claim in claims.itertuples()}
    return {id: {other for other, rows in stating.items() if rows & read} for id, read in every.items()}


def recorded(claims) -> dict[str, set[str]]:
    """The same, as the ledger finds it: from the cells that the expressions read."""
    read = {claim.Index: recompute(claim.expression, visible_to(claim))[1] for claim in claims.itertuples()}
    return confirmations(claims.assign(check="recompute").reset_index(names="id"), STATING, read)


@pytest.fixture(scope="module")
def moved_by() -> dict[str, set[str]]:
    return moved(CLAIMED)


@pytest.mark.slow
def test_no_claims_confirm_one_another(moved_by):
    assert any(moved_by.values())
    assert circles(moved_by) == set()


@pytest.mark.slow
def test_what_a_value_depends_on_was_recorded_when_it_was_read(moved_by):
    edges = recorded(CLAIMED)
    assert all(others <= edges[id] for id, others in moved_by.items())
    assert circles(edges) == set()


@pytest.mark.slow
def test_every_row_without_which_a_value_is_another_has_a_recorded_cell():
    for claim in CLAIMED.drop_duplicates("expression").itertuples():
        visible = visible_to(claim)
        before, outcome = result(claim, visible), recompute(claim.expression, visible)[1]
        rows = {(table, row) for table, _, row in outcome.cells}
        for name in {table for table, _ in rows}:
            for row in visible[name].index if len(visible[name]) <= 60 else ():
                if (name, row) not in rows:
                    changed = {**visible, name: visible[name].drop(index=row)}
                    assert result(claim, changed) == before, (claim.Index, name, row)


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


@pytest.mark.parametrize("id", CLAIMED.index)
def test_no_claim_is_confirmed_by_a_row_that_was_read_with_its_help(id):
    claim = next(CLAIMED.loc[[id]].itertuples())
    assert reads(claim, cites(claim.page)) == set()


#: the circles that stood in the ledger: two pages that state one number, and a place read with the help of its claim
GROWTH = "growth of start-up projects"
FORMER = pd.DataFrame(
    {
        "page": [7, 31, 7],
        "printed": ["4.09%", "4.09%", "2"],
        "expression": [
            f"value(innovation.printed_value where measure_en = '{GROWTH} in 2017')",
            f"value(city_profiles.printed_value where measure_en = '{GROWTH}')",
            "value(leaders.position where page = 32 and city = '上海')",
        ],
    },
    index=["x-profile", "x-card", "x-place"],
)


@pytest.mark.slow
def test_the_tests_find_the_circles_that_stood_in_the_ledger():
    assert circles(moved(FORMER)) == circles(recorded(FORMER)) == {"x-profile", "x-card"}
    assert reads(next(FORMER.loc[["x-place"]].itertuples()), cites(7))


def test_the_ledger_refuses_a_circle():
    claims = EVERY["claims"]
    first = claims[claims["check"] == "recompute"].iloc[:3]
    new = first.assign(**{column: FORMER[column].to_numpy() for column in FORMER}, id=FORMER.index.to_numpy())
    with pytest.raises(DataError, match="2 problems") as caught:
        ledger({**EVERY, "claims": new.assign(unit="%")})
    assert [problem.remedy for problem in caught.value.problems] == [
        "read other cells than those of x-card",
        "read other cells than those of x-profile",
    ]
