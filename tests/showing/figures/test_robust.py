"""The figures of robustness: their numbers are those of the analyses, and their captions say what the numbers say."""

import pandas as pd
import pytest

from fhi.engine.robustness.space import ASSUMPTIONS
from fhi.engine.words import key_name
from fhi.showing.figures import entries, robustness, sensitivity


def caption(id, data):
    return next(entry for entry in entries() if entry.id == id).caption(data)


def test_intervals_are_the_twenty_published_cities_in_order(store):
    data = robustness.intervals_data(store)
    assert data["city"].tolist() == store["tables/top20"].sort_values("rank")["city"].tolist()
    assert data["published"].tolist() == list(range(1, 21))
    assert (data["low"] <= data["median"]).all()
    assert (data["median"] <= data["high"]).all()
    outside = data[(data["published"] < data["low"]) | (data["published"] > data["high"])]
    text = caption("robust-intervals", data)
    assert f"{len(outside)}城的公布名次在区间之外" in text["zh"]
    assert all(city in text["en"] for city in outside["city_en"])


def test_the_probabilities_of_a_city_add_up_and_agree_with_the_intervals(store):
    data, intervals = robustness.ranks_data(store), robustness.intervals_data(store).set_index("city")
    assert data.groupby("city")["probability"].sum().to_numpy() == pytest.approx(1)
    means = (data["rank"] * data["probability"]).groupby(data["city"]).sum()
    expected = store["rank_intervals"].set_index("city")["mean"]
    assert means[expected.index].tolist() == pytest.approx(expected.tolist())
    for city, group in data.groupby("city"):
        below = group[group["rank"] < intervals.at[city, "median"]]["probability"].sum()
        assert below < 0.5 <= below + group.set_index("rank")["probability"][intervals.at[city, "median"]] + 1e-9


def test_the_answers_are_shares_of_the_same_draws(store):
    data = robustness.answers_data(store)
    pairs = store["beats"].set_index(["city", "other"])["probability"]
    above = data[data["question"] == "above"]
    assert above[["city", "other"]].to_numpy().tolist() == [
        *(["北京", "上海"], ["上海", "杭州"], ["杭州", "深圳"], ["深圳", "香港"])
    ]
    assert above["probability"].tolist() == pytest.approx(
        [pairs[tuple(pair)] for pair in above[["city", "other"]].to_numpy()]
    )
    ranks = store["rank_probabilities"].set_index(["city", "rank"])["probability"]
    assert data.set_index("question").at["place", "probability"] == pytest.approx(ranks["香港", 5])
    assert data[data["question"] == "whole-tier"]["tier"].tolist() == ["national", "regional", "distinctive"]
    own = store["robust_answers"].query("question == 'tier'")
    assert len(own) == 20
    assert data.set_index("question").at["tier", "probability"] == pytest.approx(own["probability"].mean())
    text, firm = caption("robust-answers", data), data[data["verdict"] == "firm"]
    yes, no = (firm["probability"] >= 0.9).sum(), (firm["probability"] <= 0.1).sum()
    assert f"{yes}种稳健成立（90%以上），{no}种稳健不成立" in text["zh"]
    assert f"{yes} hold robustly (in 90% of the draws or more), {no} fail robustly" in text["en"]


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.95, "firm"), (0.05, "firm"), (0.9, "firm"), (0.89, "leaning"), (0.3, "leaning"), (0.5, "open"), (0.65, "open")],
)
def test_a_share_is_called_firm_leaning_or_open(share, expected):
    assert robustness.verdict(share) == expected


def test_pairs_stand_in_the_published_order_and_each_once(store):
    data = robustness.beats_data(store)
    assert len(data) == 190
    assert (data["published"] < data["other_published"]).all()
    assert not data.duplicated(["city", "other"]).any()


def test_the_assumptions_stand_in_the_order_of_their_total_index(store):
    data = sensitivity.sobol_data(store)
    shift = data[data["output"] == "shift"]
    assert shift["total"].is_monotonic_decreasing
    assert len(data) == 21 * len(shift)
    assert shift["assumption_zh"].notna().all()
    text = caption("robust-sobol", data)
    assert shift["assumption_zh"].iloc[0] in text["zh"]
    assert robustness.percent(shift["total"].iloc[0]) in text["en"]


def test_indices_that_cannot_be_read_are_not_shown(store):
    import matplotlib

    from fhi.showing.figures import style

    data = sensitivity.sobol_data(store)
    nothing = data.assign(readable=False, total=float("nan"), first=float("nan"), variance=0.0)
    style.load_fonts()
    with matplotlib.rc_context(style.RC):
        texts = [text.get_text() for text in sensitivity.sobol(nothing, "en").axes[1].texts]
    assert set(texts) == {"·"}


def test_the_tornado_shows_three_cities_and_names_alternatives_in_both_languages(store):
    data = sensitivity.tornado_data(store)
    assert data["city"].unique().tolist() == ["杭州", "深圳", "香港"]
    raw = store["tornado"].set_index(["city", "assumption"])
    for row in data.itertuples():
        assert [row.base, row.best, row.worst] == raw.loc[
            (row.city, row.assumption), ["base", "best", "worst"]
        ].tolist()
    left_out = data[data["assumption"] == "left_out"].set_index("city")
    nodes, named = store["tables/framework"].set_index("code"), 0
    for city in left_out.index:
        code = raw.at[(city, "left_out"), "worst_at"]
        if code in nodes.index:
            named += 1
            for language in ("zh", "en"):
                assert left_out.at[city, f"worst_at_{language}"] == nodes.at[code, f"name_{language}"]
    assert named


def test_the_sets_by_adoption_are_those_of_the_printed_rates(store):
    data = robustness.adoption_data(store)
    assert len(data) == 20
    assert data["page"].unique().tolist() == [21]
    assert data.set_index("city").at["杭州", "estimate"] == 91.5
    assert (data["low_all"] <= data["low"]).all()
    assert (data["high"] <= data["high_all"]).all()


def test_that_the_rates_come_from_a_survey_is_called_an_assumption(store):
    data = robustness.adoption_data(store)
    (answers,) = data["assumed_answers"].unique()
    text = caption("robust-adoption", data)
    assert text["en"].startswith(f"If the rates came from a survey with {answers:g} independent answers a city")
    assert text["zh"].startswith(f"假设应用率由抽样调查得出、每城{answers:g}份独立答卷")
    for language, word in (("en", "assumed: "), ("zh", "假设每城")):
        assert f"{word}{answers}" in robustness.adoption(data, language).axes[0].get_xlabel()
    entry = next(entry for entry in entries() if entry.id == "robust-adoption")
    assert "assumed" in entry.title["en"] and "假设" in entry.title["zh"]
    assert "assumed" in key_name("data_noise", "en") and "假设" in key_name("data_noise", "zh")


def test_every_assumption_has_a_name_in_both_languages():
    for name in ASSUMPTIONS:
        assert key_name(name, "zh") != key_name(name, "en") != name


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (0.004, "<1%"), (0.617, "62%"), (0.9998, ">99%"), (1, "100%"), (0.01, "1%"), (0.99, "99%")],
)
def test_a_percentage_is_0_or_100_only_if_it_is_exactly_so(share, text):
    assert robustness.percent(share) == text


def test_a_probability_is_darker_the_larger_it_is():
    shades = pd.Series([0.006, 0.06, 0.15, 0.25, 0.35, 0.5, 0.7, 0.9]).map(robustness.shade)
    assert shades.tolist() == list(robustness.SHADES)
