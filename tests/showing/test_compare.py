"""Two results side by side, worked by hand: moves, contributions that add up, assumptions one at a time, the text."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.words import label
from fhi.files import Files
from fhi.scenarios import Scenario, UserData, resolved_yaml
from fhi.showing import compare, terminal
from fhi.showing.compare import assumptions, page, plain_text
from fhi.showing.compare.files import evidence, slope_rows, through_data, write_all, write_comparison
from fhi.store import Store

NAN = float("nan")
TREE = Framework.from_table(
    pd.DataFrame(
        {
            "code": ["index", "wealth", "comfort", "income", "saving", "quiet"],
            "level": [0, 1, 1, 2, 2, 2],
            "parent": [None, "index", "index", "wealth", "wealth", "comfort"],
            "direction": 1,
            "weight": [1.0, 3, 1, 1, 1, 1],
            "unit": None,
            "name_zh": ["指数", "财富", "舒适", "收入", "储蓄", "安静"],
            "name_en": ["Index", "Wealth", "Comfort", "Income", "Saving", "Quiet"],
        }
    )
)
#: normalised by min-max they are what they are
SCORES = pd.DataFrame(
    {"income": [0, 50, 100, 20], "saving": [100, 40, 0, 10], "quiet": [0, 100, 60, 80]},
    index=["甲", "乙", "丙", "丁"],
    dtype=float,
)
PLAIN = Scenario()
GEOMETRIC = {"aggregation": "geometric", "normalisation": {"method": "min-max", "scale": [1, 100]}}


def data(scores=SCORES):
    rows = scores.rename_axis("city").reset_index().melt(id_vars="city", var_name="indicator").dropna()
    units = pd.DataFrame({"name_en": [f"City {name}" for name in scores.index]}, index=scores.index)
    return compare.Data(rows.assign(year=2018, unit="", source_id="made/up", evidence="synthetic"), TREE, units)


def compared(base=PLAIN, other=PLAIN, scores=SCORES):
    given_data = data(scores)
    results = (compare.build_result(name, method, given_data) for name, method in (("old", base), ("new", other)))
    return compare.compare(*results, given_data)


def test_moves_by_hand():
    # wealth 50, 45, 50, 15; quiet 0, 100, 60, 80; index 3:1 is 37.5, 58.75, 52.5, 31.25, and 1:1 is 25, 72.5, 55, 47.5
    found = compared(other=Scenario(weights={"wealth": 1}))
    rows = found.moves.query("node == 'index'").set_index("city")
    assert rows["base_rank"].to_dict() == {"甲": 3, "乙": 1, "丙": 2, "丁": 4}
    assert rows["rank"].to_dict() == {"甲": 4, "乙": 1, "丙": 2, "丁": 3}
    assert rows["shift"].to_dict() == {"甲": 1, "乙": 0, "丙": 0, "丁": -1}
    assert rows["difference"].to_dict() == pytest.approx({"甲": -12.5, "乙": 13.75, "丙": 2.5, "丁": 16.25})
    assert (found.moves.query("node != 'index'")["shift"] == 0).all()
    assert found.tau_b == pytest.approx(4 / 6)


def test_contributions_by_hand():
    found = compared(other=Scenario(weights={"wealth": 1}))
    parts = found.contributions.set_index(["city", "node"])
    # income and saving fall from 3/8 to 1/4 of the index, quiet rises from 1/4 to 1/2
    assert parts.loc[("乙", "income"), "contribution"] == pytest.approx(-0.125 * 50)
    assert parts.loc[("乙", "quiet"), "contribution"] == pytest.approx(0.25 * 100)
    assert parts.loc[("乙", "quiet"), ["base_weight", "weight"]].tolist() == pytest.approx([0.25, 0.5])
    assert found.scale == "arithmetic"


def check_sums(found):
    """The contributions of a city sum to the difference of its scores, the relative ones to the standardised."""
    rows = found.moves.query("node == 'index'").dropna(subset=["shift"]).set_index("city")
    scores = rows[["base_score", "score"]]
    if found.scale == "geometric":
        scores = np.log(scores)
    sums = found.contributions.groupby("city")[["contribution", "relative"]].sum()
    expected = scores["score"] - scores["base_score"]
    np.testing.assert_allclose(sums["contribution"].loc[rows.index], expected, atol=1e-9)
    standardised = (scores - scores.mean()) / scores.std(ddof=1)
    wanted = standardised["score"] - standardised["base_score"]
    np.testing.assert_allclose(sums["relative"].loc[rows.index], wanted, atol=1e-9)
    np.testing.assert_allclose(found.contributions.groupby("node")["relative"].sum(), 0, atol=1e-9)


HOLES = SCORES.assign(saving=[100.0, NAN, 0, 10], income=[0, 50, 100, NAN])


@pytest.mark.parametrize("scores", [SCORES, HOLES], ids=["whole", "holes"])
@pytest.mark.parametrize(
    "base, other",
    [
        ({}, {"weights": {"wealth": 1}}),
        ({}, {"weighting": "equal", "normalisation": "rank"}),
        ({}, {"exclude_cities": ["甲"]}),
        ({}, {"exclude_indicators": ["income"]}),
        (GEOMETRIC, GEOMETRIC | {"weights": {"comfort": 5}}),
    ],
    ids=["weights", "two keys", "a city less", "an indicator less", "geometric"],
)
def test_contributions_sum_to_the_difference(base, other, scores):
    check_sums(compared(Scenario(**base), Scenario(**other), scores))


@pytest.mark.slow
@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.one_of(st.floats(0, 100), st.just(NAN)), min_size=15, max_size=15),
    st.floats(0.1, 10),
    st.floats(0.1, 10),
)
def test_contributions_sum_whatever_the_data(values, wealth, income):
    scores = pd.DataFrame(np.reshape(values, (5, 3)), columns=[*SCORES], index=list("甲乙丙丁戊"))
    assume((scores.max() - scores.min() > 1e-3).all() and scores.notna().sum().min() >= 2)
    try:
        found = compared(other=Scenario(weights={"wealth": wealth, "income": income}), scores=scores)
    except MethodError:
        assume(False)
    spread = found.moves.query("node == 'index'")[["base_score", "score"]].std(ddof=1)
    assume((spread > 1e-3).all())
    check_sums(found)


@pytest.mark.parametrize("scores", [SCORES, HOLES], ids=["whole", "holes"])
def test_another_scale_contributes_to_the_scores_and_nothing_to_the_order(scores):
    found = compared(other=Scenario(normalisation={"method": "min-max", "scale": [60, 100]}), scores=scores)
    assert (found.moves["shift"].dropna() == 0).all()
    assert found.contributions["contribution"].abs().max() > 1
    np.testing.assert_allclose(found.contributions["relative"], 0, atol=1e-12)


def test_other_means_are_not_split_by_indicator():
    for other in (GEOMETRIC, {"aggregation": {0: "copeland", 1: "arithmetic"}}):
        found = compared(other=Scenario(**other))
        assert found.scale is None and found.contributions.empty
    assert compared(Scenario(**GEOMETRIC), Scenario(**GEOMETRIC)).scale == "geometric"


def test_a_city_with_one_score_is_ranked_there_and_not_compared():
    found = compared(other=Scenario(exclude_cities=["乙"]))
    rows = found.moves.query("node == 'index'").set_index("city")
    assert pd.isna(rows.loc["乙", "rank"]) and pd.isna(rows.loc["乙", "shift"])
    # 丙 was second behind 乙 and is first now, which is no move among the three
    assert rows.loc["丙", ["base_rank", "rank", "shift"]].tolist() == [2, 1, 0]
    assert "乙" not in set(found.contributions["city"])


def test_no_common_city_is_refused():
    with pytest.raises(MethodError, match="no city has a score in both 'old' and 'new'"):
        compared(Scenario(exclude_cities=["甲", "乙"]), Scenario(exclude_cities=["丙", "丁"]))


def test_two_editions_are_not_compared(tmp_path):
    base, other = compare.build_result("old", PLAIN, data()), compare.Result("new", Scenario(edition="baltic"), None)
    with pytest.raises(MethodError, match="'old' and 'new' are of two editions"):
        compare.compare(base, other, data())


def store_of(name, method, root):
    """Write an index as its stages do."""
    store, given_data = Store(name, root), data()
    index = compare.build_result(name, method, given_data).index
    store.write_bytes(f"{store.processed}/scenario.yml", resolved_yaml(method).encode())
    cities = given_data.units.rename_axis("name_zh").reset_index()
    store.write_tables({"tables/framework": TREE.table.assign(row=range(6)), "tables/cities": cities.assign(row=0)})
    frames = {"scores": index.scores, "ranks": index.ranks, "normalised": index.stages["normalised"]}
    for table, frame in frames.items():
        store.write(table, frame.rename_axis("city").reset_index())
    store.write("weights", index.weights.rename_axis("node").reset_index())
    store.write("panel", given_data.panel)


@pytest.mark.slow
def test_scenarios_are_set_side_by_side_edition_by_edition_and_a_bad_one_is_named(tmp_path):
    baltic = Scenario(edition="baltic", weights={"wealth": 2})
    methods = {"old": PLAIN, "new": Scenario(**GEOMETRIC), "baltic": baltic, "stale": PLAIN}
    for name, method in methods.items():
        store_of(name, method, tmp_path)
    names = ["old", "bad", *list(methods)[1:], "unbuilt"]
    path = write_all(names, {"old": "", "bad": "MethodError: no key\n", "stale": "DataError: x\n"}, tmp_path)
    said = path.read_text(encoding="utf-8")
    assert pd.read_csv(path.parent / "ranks.csv").columns.tolist() == ["city", "old", "new"]
    assert "not compared, the only one of edition baltic: baltic\n" in said
    for name, reason in (("bad", "MethodError: no key"), ("stale", "DataError: x")):
        assert f"not compared, it could not be built: {name}: {reason}\n" in said
    assert "it could not be built: unbuilt: 1 problem" in said and "make report SCENARIO=unbuilt" in said
    store_of("baltic2", Scenario(edition="baltic"), tmp_path)
    path = write_all([*names, "baltic2"], root=tmp_path)
    assert pd.read_csv(path.parent / "ranks.csv").columns.tolist() == ["city", "old", "new", "stale"]
    assert pd.read_csv(path.parent / "baltic/ranks.csv").columns.tolist() == ["city", "baltic", "baltic2"]
    assert "\nedition baltic\n" in path.read_text(encoding="utf-8")


def test_where_no_scenario_is_built_all_reasons_are_told(tmp_path):
    with pytest.raises(MethodError, match="no scenario could be built:\nbad: no key"):
        write_all(["bad"], {"bad": "no key\n"}, tmp_path)


def test_without_a_common_city_there_is_no_mean_shift():
    pairs = {"old": ["甲", "乙"], "new": ["丙", "丁"]}
    results = [compare.build_result(name, Scenario(exclude_cities=cities), data()) for name, cities in pairs.items()]
    _, agreement = compare.across(results, TREE, pd.Series({"乙": 1, "丙": 2}))
    assert agreement["moved"].tolist() == [0, 0] and agreement["mean_shift"].isna().tolist() == [False, True]


def test_what_differs_is_named_by_key_and_weights_by_node():
    base = Scenario(weights={"wealth": 2, "income": 1}, description={"en": "one"})
    other = Scenario(weights={"income": 1, "comfort": 3}, normalisation="rank", robustness={"draws": 5})
    assert set(assumptions.changes(base, other)) == {"weights.wealth", "weights.comfort", "normalisation"}
    assert assumptions.changes(base, base) == {}
    changed = base
    for name, (_, after) in assumptions.changes(base, other).items():
        changed = assumptions.with_change(changed, name, after)
    index_alone = {"description": {}, "robustness": base.robustness}
    assert changed.model_copy(update=index_alone) == other.model_copy(update=index_alone)


def test_each_assumption_alone_and_taken_back():
    found = compared(other=Scenario(weights={"wealth": 1}, exclude_indicators=["saving"]))
    shifts = found.assumptions.set_index(["assumption", "city"])
    # the weight alone as above; without saving wealth is income: 3:1 gives 0, 62.5, 90, 35, order 丙 乙 丁 甲
    assert shifts.loc["weights.wealth", "alone"].to_dict() == {"甲": 1, "乙": 0, "丙": 0, "丁": -1}
    assert shifts.loc["exclude_indicators", "alone"].to_dict() == {"甲": 1, "乙": 1, "丙": -1, "丁": -1}
    # both: income and quiet 1:1 give 0, 75, 80, 50, the order of the second alone; so the weight is last without effect
    assert (shifts.loc["weights.wealth", "last"] == 0).all()
    assert found.assumptions.query("assumption == 'weights.wealth'")[["before", "after"]].iloc[0].tolist() == ["3", "1"]


def test_files_of_ones_own_change_the_panel_and_no_other_assumption_does():
    before, own = data(), data(SCORES.assign(quiet=[100.0, 0, 60, 80]))
    base = compare.build_result("old", PLAIN, before)
    other = compare.build_result("new", Scenario(weights={"wealth": 1}, user_data="."), own)
    shifts = compare.compare(base, other, own, before).assumptions.set_index(["assumption", "city"])
    assert shifts.loc["weights.wealth", "alone"].to_dict() == {"甲": 1, "乙": 0, "丙": 0, "丁": -1}
    # with them 3:1 gives 62.5, 33.75, 52.5, 31.25 and 1:1 gives 75, 22.5, 55, 47.5
    assert shifts.loc["user_data", "alone"].to_dict() == {"甲": -2, "乙": 2, "丙": 0, "丁": 0}
    assert shifts.loc["user_data", "last"].to_dict() == {"甲": -3, "乙": 3, "丙": 0, "丁": 0}
    assert shifts.loc["weights.wealth", "last"].to_dict() == {"甲": 0, "乙": 1, "丙": 0, "丁": -1}


def test_an_assumption_that_cannot_stand_alone_says_why():
    found = compared(other=Scenario(**GEOMETRIC))
    notes = found.assumptions[found.assumptions["city"].isna()].set_index("assumption")["note"]
    assert "geometric mean needs positive" in notes["aggregation"] and notes["aggregation"].startswith("alone: ")
    aggregation = found.assumptions.query("assumption == 'aggregation'").dropna(subset=["city"])
    whole = found.moves.query("node == 'index'").set_index("city")["shift"]
    # the scale moves nothing, so that all comes of the mean
    assert aggregation.set_index("city")["last"].to_dict() == whole.to_dict()
    assert aggregation["alone"].isna().all()


def test_all_results_side_by_side():
    given_data = data()
    methods = {"old": PLAIN, "new": Scenario(weights={"wealth": 1}), "less": Scenario(exclude_cities=["乙"])}
    results = [compare.build_result(name, method, given_data) for name, method in methods.items()]
    published = pd.Series({"乙": 1, "丙": 2, "丁": 3})
    ranks, agreement = compare.across(results, TREE, published)
    table = ranks.pivot(index="city", columns="scenario", values="rank")
    assert table["new"].to_dict() == {"甲": 4, "乙": 1, "丙": 2, "丁": 3}
    assert pd.isna(table.at["乙", "less"])
    rows = agreement.set_index("scenario")
    assert rows["cities"].to_dict() == {"old": 4, "new": 4, "less": 3}
    assert rows.loc["old", ["tau_b", "moved", "mean_shift"]].tolist() == [1, 0, 0]
    assert rows.loc["new", ["tau_b", "moved", "mean_shift"]].tolist() == pytest.approx([4 / 6, 2, 0.5])
    assert rows["published_tau_b"].to_dict() == {"old": 1, "new": 1, "less": 1}
    listed = plain_text.across_text(ranks, agreement, given_data.units["name_en"]).splitlines()
    assert listed[1].split() == ["乙", "City", "乙", "1", "1"]


def test_the_text_names_what_moved_and_through_what():
    said = plain_text.comparison_text(compared(other=Scenario(weights={"wealth": 1})))
    assert "new against old: 2 of 4 cities moved, by 0.5 places on average, 1 at most" in said
    assert "weights.wealth  3 → 1" in said
    line = next(line for line in said.splitlines() if line.startswith("  丁"))
    assert "↑1" in line and "quiet +" in line
    assert "only in old" not in said
    assert "  only in old: 乙" in plain_text.comparison_text(compared(other=Scenario(exclude_cities=["乙"])))
    assert "No assumption differs." in plain_text.comparison_text(compared())


def test_the_text_of_other_means_names_assumptions():
    said = plain_text.comparison_text(compared(other=Scenario(**GEOMETRIC)))
    moved = [line for line in said.splitlines() if "↑" in line or "↓" in line]
    assert moved and all("aggregation" in line for line in moved)
    assert "geometric mean needs positive" in said


def test_columns_line_up_whatever_the_script():
    lines = terminal.table([["城市", "1"], ["Shijiazhuang", "20"]], "lr")
    assert len({terminal.width(line) for line in lines}) == 1
    assert terminal.width("城市a") == 5
    assert [plain_text.arrow(shift) for shift in (2, -1, 0, pd.NA)] == ["↓2", "↑1", "–", ""]


def test_a_choice_is_shown_as_one_reads_it():
    method = Scenario(
        weights={"a": 2.0}, exclude_cities=["甲", "乙"], normalisation={"method": "min-max", "scale": [0, 1]}
    )
    values = (method.normalisation, method.weights, method.exclude_cities, method.exclude_indicators, method.panel)
    shown = [label(value) for value in (*values, UserData(synthetic={"years": [2017, 2018]}, rate_gap=1))]
    assert shown[:5] == ["min-max (scale 0–1)", "a: 2", "甲, 乙", "none", "last-observed"]
    assert shown[5].startswith("synthetic: seed: 2018, years: 2017–2018, ")


def test_judged_weights_are_labelled():
    plain, judged = (
        compare.Result("x", Scenario(weighting=step), None)
        for step in ("original", {"method": "budget-allocation", "experts": {}})
    )
    assert evidence([plain]) == ("reconstructed",)
    assert evidence([plain, judged]) == ("reconstructed", "user")


def test_what_rests_on_given_files_is_labelled():
    own, made_up = (compare.Result("x", Scenario(user_data=given), None) for given in (".", {"synthetic": {}}))
    assert evidence([own]) == ("reconstructed", "user")
    assert evidence([own, made_up]) == ("reconstructed", "user", "synthetic")


@pytest.mark.slow
def test_the_files_of_a_comparison_hold_its_tables(tmp_path):
    found = compared(other=Scenario(weights={"wealth": 1}))
    path = write_comparison(found, Files("new", tmp_path))
    folder = tmp_path / "reports/new/compare/old"
    assert path == folder / "summary.txt" and path.read_text(encoding="utf-8") == plain_text.comparison_text(found)
    assert len(pd.read_csv(folder / "moves.csv")) == len(found.moves)
    through = pd.read_csv(folder / "through.csv")
    assert set(through["column"]) == {"income", "saving", "quiet"} and len(through) == 12


def test_the_data_of_the_pictures():
    found = compared(other=Scenario(**GEOMETRIC))
    places = slope_rows(found.moves, found.data).set_index("city")
    assert places["base_place"].to_dict() == {"甲": 3, "乙": 1, "丙": 2, "丁": 4}
    assert (places["place"] - places["base_place"] == places["shift"]).all()
    through = through_data(found)
    assert set(through["kind"]) == {"assumption"} and set(through["column"]) == {"normalisation", "aggregation"}
    assert through_data(compared()).query("value != 0").empty


@pytest.mark.slow
def test_the_page_says_who_moved_and_how_the_methods_differ():
    found = compared(other=Scenario(weights={"wealth": 1}))
    shown = page.comparison_page(found, ("reconstructed",), {})
    assert 'href="../../report.html"' in shown and 'href="../../../old/report.html"' in shown
    assert "2 of 4 units change rank, by 0.5 places on average and 1 at most" in shown
    assert "the two orders is 0.67" in shown and "Quiet +" in shown
    (row,) = page.method_table(found).rows
    assert row[0]["en"] == "Weights set apart · Wealth" or row[0]["en"].endswith("Wealth")
    assert row[3:] == ["2", "2"]


@pytest.mark.slow
def test_the_page_says_that_two_methods_are_the_same():
    assert page.method_table(compared()) is None
    assert "The two methods are the same." in page.comparison_page(compared(), (), {})


@pytest.mark.slow
def test_moves_beyond_the_uncertainty_are_named():
    space = {"weight_noise": {"uniform": 0.1, "levels": [1]}}
    base = Scenario(robustness={"space": space, "seed": 3})
    given_data = data()
    results = [
        compare.build_result(name, method, given_data)
        for name, method in (("old", base), ("new", Scenario(weights={"comfort": 20}, robustness={"space": space})))
    ]
    found = compare.compare(*results, given_data, draws=200)
    table = found.significance.set_index("city")
    assert set(table.index) == set("甲乙丙丁") and (table["draws"] == 200).all()
    # 甲, third of four by the base, is last where comfort weighs most, whatever the noise; 乙 is first in both
    assert table.loc["甲", "significant"] and table.loc["甲", "low"] > 0
    assert not table.loc["乙", "significant"]
    assert "beyond the uncertainty" in plain_text.comparison_text(found)
    shown = page.comparison_page(found, (), {})
    changed = int(table["significant"].sum())
    assert f"{changed} units change rank by more than the uncertainty" in shown and "over 200 draws" in shown
    assert f"+{table.at['甲', 'low']:.0f} to +{table.at['甲', 'high']:.0f} *" in shown
    assert "90% interval of the change" in shown and shown.count(" *</") == 2 * changed
    found = compare.compare(*results, given_data)
    assert found.significance.empty and "90% interval" not in page.comparison_page(found, (), {})


@pytest.mark.slow
def test_where_it_cannot_be_told_the_reason_is():
    base = Scenario(robustness={"space": {"aggregation": ["arithmetic", "geometric"]}})
    given_data = data()
    other = Scenario(aggregation={0: "harmonic", 1: "arithmetic"}, normalisation={"method": "min-max", "scale": [1, 2]})
    results = [compare.build_result(name, one, given_data) for name, one in (("old", base), ("new", other))]
    found = compare.compare(*results, given_data, draws=50)
    assert found.significance.empty and "space is empty" in found.unsure
    assert "cannot be told" in plain_text.comparison_text(found)
    assert "exceed the uncertainty cannot be told: " in page.comparison_page(found, (), {})


@pytest.mark.slow
def test_a_change_is_tried_without_what_draws():
    code = "import sys, fhi.running.trying, fhi.showing.compare.plain_text; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "fhi.showing.compare" in found and not {"matplotlib", "scipy.special", "scipy.stats"} & {*found}
