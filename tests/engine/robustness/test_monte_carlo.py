"""Monte Carlo: what is kept of the draws, what they are compared with, and what goes wrong."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine.errors import DataError, MethodError
from fhi.engine.index import build
from fhi.engine.parameters import Method
from fhi.engine.robustness import RobustnessError, uncertainty
from fhi.engine.robustness.draws import BLOCK
from fhi.engine.robustness.summary import Summary, Target

SPACE = {"normalisation": ["min-max", "rank"], "weight_noise": {"uniform": 0.25, "levels": [1, 2, 3]}}
UNITS = [f"unit {number}" for number in range(8)]
PUBLISHED = pd.Series(range(1, 9), index=UNITS)
TIERS = pd.Series(list("aaabbccc"), index=UNITS)


@pytest.fixture(scope="module")
def data(cases, tree):
    return cases["make_data"](tree, 8, seed=6)


@pytest.fixture(scope="module")
def kept(data, tree):
    return uncertainty(data, tree, SPACE, 3000, 4, published=PUBLISHED, tiers=TIERS)


def test_the_reference_is_the_index_as_it_is(cases, data, tree, kept):
    expected = build(cases["as_panel"](data, 0), tree, Method())
    pd.testing.assert_series_equal(kept.study.nominal, expected.scores["index"], check_names=False)
    assert kept.study.reference.tolist() == expected.ranks["index"].tolist()


def test_every_draw_is_kept_with_its_parameters(kept):
    assert kept.scores.shape == kept.ranks.shape == (3000, 8)
    assert list(kept.scores) == kept.units == UNITS
    assert set(kept.parameters["normalisation"]) == {"min-max", "rank"}
    assert kept.parameters["weight_noise.people"].between(0, 1).all()
    assert kept.parameters.shape == (3000, 1 + 3 + 5 + 9)


def test_intervals_probabilities_and_wins_are_counted_from_the_ranks(kept):
    ranks = kept.ranks
    table = kept.intervals(0.8)
    # the least rank that so large a share of the draws does not exceed
    ordered = np.sort(ranks.to_numpy(), axis=0)
    expected = ordered[[int(np.ceil(share * 3000)) - 1 for share in (0.1, 0.5, 0.9)]].T
    np.testing.assert_array_equal(table[["low", "median", "high"]], expected)
    np.testing.assert_allclose(table["mean"], ranks.mean())
    assert (table["unranked"] == 0).all()
    chances = kept.probabilities()
    assert chances.loc["unit 3", 2] == (ranks["unit 3"] == 2).mean()
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    assert kept.beats().loc["unit 1", "unit 5"] == (ranks["unit 1"] < ranks["unit 5"]).mean()
    long = kept.beats_long().set_index(["city", "other"])["probability"]
    assert len(long) == 8 * 7
    assert long["unit 1", "unit 5"] == kept.beats().loc["unit 1", "unit 5"]


def test_orders_and_tiers_that_hold_are_counted(kept):
    ranks, summary = kept.ranks.to_numpy(), kept.summary
    tops = [ranks[:, :3].max(axis=1) < ranks[:, 3:].min(axis=1), ranks[:, :5].max(axis=1) < ranks[:, 5:].min(axis=1)]
    middle = np.isin(ranks[:, 3:5], [4, 5]).all(axis=1)
    assert summary.same_tier.tolist() == [tops[0].sum(), middle.sum(), tops[1].sum()]
    assert summary.same_tiers == (tops[0] & tops[1]).sum()
    assert summary.same_order == (np.diff(ranks, axis=1) > 0).all(axis=1).sum()


def test_tiers_and_an_order_that_surely_hold_are_found(tree):
    better = np.linspace(90, 10, 8)[:, None] + np.zeros((8, 9))
    frame = pd.DataFrame(better, index=UNITS, columns=tree.leaves)
    frame[["debt", "dust"]] = 100 - frame[["debt", "dust"]]
    result = uncertainty(frame, tree, SPACE, 50, published=PUBLISHED, tiers=TIERS)
    assert result.summary.same_order == result.summary.same_tiers == 50
    assert result.summary.same_tier.tolist() == [50, 50, 50]
    assert result.intervals()[["low", "high"]].to_numpy().tolist() == [[n, n] for n in range(1, 9)]


def test_streaming_gives_the_counts_of_the_draws_it_does_not_keep(data, tree, kept):
    streamed = uncertainty(data, tree, SPACE, 3000, 4, published=PUBLISHED, tiers=TIERS, keep=False)
    assert streamed.cells is None
    for name in ("ranks", "wins", "same_tier"):
        np.testing.assert_array_equal(getattr(streamed.summary, name), getattr(kept.summary, name))
    assert streamed.summary.same_order == kept.summary.same_order
    pd.testing.assert_frame_equal(streamed.intervals(), kept.intervals(), rtol=1e-12)
    for name in ("scores", "ranks", "parameters"):
        with pytest.raises(MethodError, match="keep=True"):
            getattr(streamed, name)


def test_parts_of_a_stream_add_up(data, tree, monkeypatch):
    monkeypatch.setattr("fhi.engine.robustness.monte_carlo.CELLS", 1)
    parts = uncertainty(data, tree, SPACE, 3 * BLOCK + 100, 1, published=PUBLISHED, tiers=TIERS, keep=False)
    monkeypatch.undo()
    whole = uncertainty(data, tree, SPACE, 3 * BLOCK + 100, 1, published=PUBLISHED, tiers=TIERS, keep=True)
    np.testing.assert_array_equal(parts.summary.wins, whole.summary.wins)
    np.testing.assert_array_equal(parts.summary.same_place, whole.summary.same_place)


def test_large_runs_are_not_kept_unless_asked(data, tree, monkeypatch):
    monkeypatch.setattr("fhi.engine.robustness.monte_carlo.KEPT", 1000)
    assert uncertainty(data, tree, SPACE, 100).cells is None
    assert uncertainty(data, tree, SPACE, 100, keep=True).cells is not None


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(data, tree, kept):
    again = uncertainty(data, tree, SPACE, 3000, 4)
    assert again.scores.to_numpy().tobytes() == kept.scores.to_numpy().tobytes()
    shorter = uncertainty(data, tree, SPACE, 1000, 4)
    np.testing.assert_allclose(shorter.scores, kept.scores.iloc[:1000], rtol=1e-14)
    assert not np.allclose(uncertainty(data, tree, SPACE, 3000, 5).scores, kept.scores)


def test_only_the_units_named_are_ranked_while_all_are_normalised(data, tree, kept):
    few = uncertainty(data, tree, SPACE, 200, 4, among=["unit 6", "unit 2", "unit 4"])
    np.testing.assert_allclose(few.scores, kept.scores.iloc[:200][few.units], rtol=1e-14)
    assert few.units == ["unit 6", "unit 2", "unit 4"]
    assert few.ranks.max().max() == 3


def test_a_draw_that_fails_is_told_with_its_assumptions(data, tree):
    space = {
        "normalisation": [{"method": "min-max", "scale": [1, 100]}, "min-max"],
        "aggregation": ["arithmetic", "geometric"],
    }
    with pytest.raises(RobustnessError) as caught:
        uncertainty(data, tree, space, 100, 3)
    assert caught.value.assumptions == {"normalisation": "min-max", "aggregation": "geometric"}
    assert "normalisation: min-max; aggregation: geometric" in str(caught.value)
    assert "a geometric mean needs positive scores" in str(caught.value)
    parameters = uncertainty(data, tree, space | {"aggregation": ["arithmetic", "median"]}, 100, 3).parameters
    bad = (parameters["normalisation"] == "min-max") & (parameters["aggregation"] == "median")
    assert caught.value.draw == parameters.index[bad][0]


@pytest.mark.slow
def test_noise_that_leaves_a_draw_without_a_logarithm_is_told_with_the_draw(data, tree):
    space = {"data_noise": {"wage": {"sd": 5}}, "normalisation": ["log-min-max"]}
    with pytest.raises(RobustnessError, match="a logarithm needs positive values") as caught:
        uncertainty(data.clip(lower=8), tree, space, 300, 3)
    assert isinstance(caught.value.draw, np.integer)


def test_a_failure_survives_the_way_from_another_process():
    import pickle

    error = pickle.loads(pickle.dumps(RobustnessError("why", 17, {"normalisation": "rank"})))
    assert str(error) == "robustness: draw 17 (normalisation: rank) cannot be computed: why"
    assert (error.draw, error.assumptions) == (17, {"normalisation": "rank"})
    assert isinstance(error, MethodError)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n must be a whole number of at least 1"),
        ({"n": 10.5}, "n must be a whole number"),
        ({"seed": -1}, "seed must be a whole number of at least 0"),
        ({"among": ["unit 1", "unit 99"]}, "there is no 'unit 99'"),
        ({"among": ["unit 1"]}, "at least two units"),
        ({"tiers": TIERS}, "give published as well"),
        ({"published": PUBLISHED.drop("unit 3")}, "published lacks unit 3"),
        ({"published": PUBLISHED, "tiers": pd.Series(list("aababccc"), index=UNITS)}, "must follow each other"),
        ({"space": {}}, "the space is empty"),
        ({"space": {"year": [2017, 2018]}}, "units × indicators has no years"),
        ({"space": {"data_noise": {"wage": {"answers": 100}}}}, "has values outside 0 to 100"),
    ],
)
def test_bad_arguments_are_refused(data, tree, arguments, message):
    given = {"space": SPACE, "n": 10} | arguments
    with pytest.raises(MethodError, match=message):
        uncertainty(data * 9, tree, **given)


def test_bad_data_are_refused(data, tree):
    with pytest.raises(DataError, match="an indicator of the tree"):
        uncertainty(data.assign(luck=1.0), tree, SPACE, 10)


def test_an_assumption_about_what_is_not_in_the_index_is_told_and_left_out(data, tree):
    empty = data.assign(wage=np.nan)
    space = {
        "normalisation": ["min-max", "rank"],
        "left_out": ["none", "wage", "rent"],
        "data_noise": {"wage": {"sd": 1}},
    }
    with pytest.warns(UserWarning, match="wage has no data that this index uses"):
        result = uncertainty(empty, tree, space, 20)
    assert result.study.model.space.assumptions == ["normalisation", "left_out"]
    assert result.study.model.space.choices[1].labels == ("none", "rent")


def test_leaving_out_each_indicator_shares_the_chance_of_the_word(data, tree):
    result = uncertainty(data, tree, {"left_out": ["none", "indicators"]}, 4000)
    choice = result.study.model.space.choices[0]
    assert choice.labels == ("none", *tree.leaves)
    np.testing.assert_allclose(choice.probabilities, [0.5, *[0.5 / 9] * 9])
    assert (result.parameters["left_out"] == "none").mean() == pytest.approx(0.5, abs=0.03)


def test_the_level_of_an_interval_lies_between_0_and_1(kept):
    with pytest.raises(MethodError, match="between 0 and 1"):
        kept.intervals(95)


def test_of_many_units_who_beats_whom_is_counted_among_the_best(data, tree, kept, monkeypatch):
    monkeypatch.setattr("fhi.engine.robustness.summary.PAIRED", 4)
    few = uncertainty(data, tree, SPACE, 3000, 4)
    best = few.intervals().sort_values("reference", kind="stable")["city"].head(4)
    assert set(few.beats().index) == set(few.beats().columns) == set(best)
    whole = kept.beats().loc[few.beats().index, few.beats().columns]
    pd.testing.assert_frame_equal(few.beats(), whole)
    # and so is who has which rank
    long = few.probabilities_long()
    assert set(long["city"]) == set(best) and len(long) == 4 * 8
    again = long.pivot(index="city", columns="rank", values="probability")
    pd.testing.assert_frame_equal(again.loc[few.beats().index], kept.probabilities().loc[few.beats().index])


def test_a_unit_without_a_score_is_not_counted_among_the_best(monkeypatch):
    monkeypatch.setattr("fhi.engine.robustness.summary.PAIRED", 2)
    target = Target(np.array([3, 1, 2, 4]), np.zeros(0, dtype=int))
    assert target.paired.tolist() == [1, 2]
    summary = Summary.of(np.array([[1, 0, 2, 3], [3, 1, 2, 4], [4, 2, 1, 3]]), target)
    # the first draw ranks only one of the two
    assert summary.pairs.tolist() == [[2, 2], [2, 3]] and summary.wins.tolist() == [[0, 1], [1, 0]]
