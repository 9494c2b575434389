"""The assumptions behind the bounds: what moves under each alternative, by hand, and what is said of it."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine.errors import DataError
from fhi.engine.identification import IdentifiedSet
from fhi.engine.identification.analyses import ALL, INDEX, WORDS, moves, runs
from fhi.paths import ROOT

from .conftest import raw_table

#: the tables that they share take a second to make
pytestmark = pytest.mark.slow

#: a ≥ b + 4, a + b within [118, 122]: a from 61 to 100, b from 18 to 59
TWO = [("order", "a|b", "FHI", 4), ("mean", "a|b", "FHI", 60, 1)]


def alternatives(*rows):
    """Return alternatives from (change, number, facts)."""
    frame = pd.DataFrame(list(rows), columns=["change", "number", "facts"])
    frame = frame.assign(id=[f"row-{place}" for place in range(len(frame))], row=range(2, len(frame) + 2))
    return frame.assign(**dict.fromkeys(WORDS, "word"))


def moved(tree, facts, *rows, framework=None):
    identified = IdentifiedSet(facts, framework or tree("p", "q"))
    return moves(alternatives(*rows), facts, identified)


@pytest.mark.parametrize(
    ("row", "cities", "largest", "city", "end", "before", "after"),
    [
        (("value", 0, "order"), 2, 2, "a", "low", 61, 59),
        (("value", 10, "fact-1"), 2, 3, "a", "low", 61, 64),
        (("tolerance", 0, "mean"), 2, 2, "b", "low", 18, 20),
        # with a up to 122 b begins at 0
        (("top", None, None), 2, 22, "a", "high", 100, 122),
        # a ends at 100, so b begins at 18 anyway
        (("floor", None, None), 0, 0, None, None, np.nan, np.nan),
        # without the mean b begins at 0, and is 96 at most
        (("drop", None, "fact-2"), 2, 57, "a", "low", 61, 4),
        (("root-only", None, None), 0, 0, None, None, np.nan, np.nan),
        (("increasing", None, None), 0, 0, None, None, np.nan, np.nan),
    ],
)
def test_moves_are_those_worked_out_by_hand(tree, facts_of, row, cities, largest, city, end, before, after):
    (found,) = moved(tree, facts_of(*TWO), row).to_dict("records")
    assert (found["outcome"], found["cities_moved"]) == ("bounds", cities)
    assert found["largest_move"] == pytest.approx(largest, abs=1e-5)
    if city:
        assert (found["city"], found["end"]) == (city, end)
        assert (found["before"], found["after"]) == pytest.approx((before, after), abs=1e-5)
    else:
        assert pd.isna(found["city"]) and pd.isna(found["before"])


def test_facts_below_the_index_are_left_out_with_the_arithmetic_mean(tree, facts_of):
    # a is known in both indicators: as a mean it is known in the index, by another rule it is not
    facts = facts_of(*TWO, ("mean", "a", "p", 70), ("mean", "a", "q", 70))
    (found,) = moved(tree, facts, ("root-only", None, None)).to_dict("records")
    # from 70 to [61, 100], and b from [48, 52] to [18, 59]
    assert found["cities_moved"] == 2
    assert (found["city"], found["end"], found["largest_move"]) == ("a", "high", pytest.approx(30, abs=1e-5))


def test_weights_that_move_are_counted_with_the_largest(tree, facts_of):
    facts = facts_of(("mean", "a", "p", 90), ("mean", "a", "q", 30), ("mean", "a", "FHI", 50, 3))
    (found,) = moved(tree, facts, ("tolerance", 0, "fact-3")).to_dict("records")
    # 90w + 30(1 − w) = 50 in place of [47, 53]: 1/3 in place of [17/60, 23/60], for p and for q
    assert found["weights_moved"] == 2
    assert found["largest_weight_move"] == pytest.approx(3 / 60, abs=1e-5)


def test_an_end_that_is_gone_is_infinite(tree, facts_of):
    (found,) = moved(tree, facts_of(("order", "a|b", "FHI")), ("top", None, None)).to_dict("records")
    assert found["largest_move"] == np.inf and found["after"] == np.inf and found["end"] == "high"


def test_what_cannot_be_computed_has_no_numbers(tree, facts_of):
    frame = moved(tree, facts_of(*TWO), ("value", 90, "order"), ("words", None, None))
    # 90 apart means above 104
    assert frame["outcome"].tolist() == ["contradiction", "words"]
    assert frame[["cities_moved", "largest_move", "weights_moved"]].isna().all(axis=None)


def test_a_city_that_no_fact_names_any_more_may_have_any_score(tree, facts_of):
    facts = facts_of(*TWO, ("mean", "c", "FHI", 50, 1))
    (found,) = moved(tree, facts, ("drop", None, "fact-3")).to_dict("records")
    assert (found["cities_moved"], found["city"], found["largest_move"]) == (1, "c", pytest.approx(49, abs=1e-5))


def test_a_dropped_fact_may_still_be_named(tree, facts_of):
    facts = facts_of(*TWO, ("mean", "a", "FHI", 10))
    identified = IdentifiedSet(facts.iloc[:2], tree("p", "q"))
    assert moves(alternatives(("tolerance", 1, "fact-3")), facts, identified)["cities_moved"].item() == 0


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [(("drop", None, "fact-9"), "facts", "fact-9"), (("value", None, "order"), "number", None)],
)
def test_an_alternative_that_cannot_be_read_is_named_by_row_and_column(tree, facts_of, row, column, value):
    with pytest.raises(DataError) as caught:
        moved(tree, facts_of(*TWO), ("top", None, None), row)
    (problem,) = caught.value.problems
    found = (problem.file, problem.row, problem.column, problem.value)
    assert found == ("bound_alternatives.csv", 3, column, value)


# The published facts


@pytest.fixture(scope="module")
def found(published, identified):
    return moves(raw_table("bound_alternatives"), published, identified).set_index("id")


@pytest.mark.slow
def test_without_a_top_of_the_scale_beijing_may_have_175_85(found):
    row = found.loc["scale-top"]
    assert (row["city"], row["end"]) == ("北京", "high")
    assert row["after"] == pytest.approx(175.85)


@pytest.mark.slow
def test_56_read_as_an_integer_moves_17_cities_by_up_to_1_125(found):
    row = found.loc["mean-56.0"]
    assert row["cities_moved"] == 17
    assert row["largest_move"] == pytest.approx(1.125)


def test_every_basis_and_every_stated_number_of_the_facts_has_its_alternative(found, published):
    listed = raw_table("bound_alternatives")
    assert set(published["basis"]) - {"text"} <= set(listed["facts"].dropna())
    for id, (column, facts) in {
        "gap-0": ("value_value", "overall-order"),
        "tie-0": ("tolerance", "experience-tie"),
        "mean-56.0": ("tolerance", "regional-mean"),
        "adoption-exact": ("tolerance", "adoption-杭州"),
    }.items():
        stated = published.set_index("id").at[facts, column]
        assert listed.set_index("id").at[id, "number"] != stated
        said = listed.set_index("id").at[id, "value_en"]
        if id == "mean-56.0":
            assert said == f"{56 - stated:g}–{56 + stated:g}"
        else:
            assert said.removeprefix("±") == f"{stated:g}"


@pytest.mark.slow
def test_the_bounds_that_stay_without_all_facts_below_the_index_are_those_that_the_index_alone_gives(
    found, published, framework
):
    sets = runs(published, framework)
    everything, index, means = (
        sets[name].score_bounds([framework.root]).set_index("city")[["low", "high"]]
        for name in (ALL, INDEX, "ranks+means")
    )
    assert found.at["aggregation", "cities_moved"] == ((everything - index).abs() > 1e-5).any(axis=1).sum()
    # as docs/bounds.md says: adoption, attention and leaders change no score bound
    assert not ((everything - means).abs() > 1e-5).any(axis=None)
    weights = [sets[name].weight_bounds().set_index("node") for name in (ALL, "ranks+means")]
    assert ((weights[0] - weights[1]).abs() > 1e-5).any(axis=None)


#: the rows of the table in both languages, in order, by the alternatives that they speak of
ROWS = [
    ["scale-top"],
    ["scale-floor"],
    ["aggregation"],
    ["normalisation"],
    ["gap-0", "gap-0.1"],
    ["tie-0", "tie-0.5"],
    ["mean-56.0"],
    ["graphic", "wording"],
    ["adoption-exact", "adoption-whole"],
    ["printed"],
]


@pytest.mark.parametrize(("file", "none"), [("docs/bounds.md", "none"), ("docs/zh/bounds.md", "无")])
def test_the_pages_on_bounds_say_what_moves(found, file, none):
    text = (ROOT / file).read_text(encoding="utf-8").split("`bound_assumptions.csv`")[-1]
    rows = [line.split(" | ")[-1] for line in text.splitlines() if line.startswith("|")][2 : 2 + len(ROWS)]
    assert [id for ids in ROWS for id in ids] == found.index.tolist()
    for said, ids in zip(rows, ROWS, strict=True):
        for id, row in found.loc[ids].iterrows():
            if row["outcome"] == "words":
                assert "fact_influence.csv" in said
            elif row["cities_moved"]:
                assert f"{row['cities_moved']}" in said and f"{row['largest_move']:g}" in said, id
                assert row["city"] in said, id
                if id.startswith("scale"):
                    assert f"{row['after']:g}".replace("-", "−") in said
            else:
                assert said.startswith(none), id


@pytest.mark.slow
def test_the_pages_count_the_cities_that_the_index_alone_bounds(found, top20):
    moved = found.at["aggregation", "cities_moved"]
    stay = len(top20) - moved
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("docs/bounds.md", "docs/zh/bounds.md"))
    assert f"bounds of {stay} of the {len(top20)} cities follow from the overall ranks" in english
    assert f"{len(top20)}座城市中{stay}座的得分区间只由总排名" in chinese and f"其余{moved}座" in chinese
