"""Scenarios built by Make beside one another: what is taken over, what is fresh, and what is compared."""

import filecmp
import shutil

import pandas as pd
import pytest
import yaml
from sampled import FUZZ

from fhi.scenarios import Scenario, load_scenario

KEPT = ("baseline", "drop-experience", "equal", "geometric")
STAGES = ("03_weighting", "05_identification")
#: what is computed afresh too, to be compared with what was taken over; the bounds take long
FRESH = STAGES if FUZZ else STAGES[:1]
FEW = {"draws": 1000, "sobol": 128}
pytestmark = pytest.mark.fuzz


def targets(out, scenario, stages=STAGES):
    return [f"{out}/reports/{scenario}/notebooks/{stage}.ipynb" for stage in stages]


@pytest.fixture(scope="module")
def runs(built, tmp_path_factory):
    """A copy of the built checkout in which ``equal`` was built after the baseline, and in ``fresh`` without it."""
    folder = tmp_path_factory.mktemp("runs") / "checkout"
    shutil.copytree(built.folder, folder)
    for path in (folder / "notebooks/scenarios").glob("*.yml"):
        # some suffice, to save time
        if path.stem not in KEPT:
            path.unlink()
    copy = type(built)(folder, copied=True)
    copy.said = copy.make("SCENARIO=equal", *targets(".", "equal")).stdout
    copy.make("SCENARIO=equal", "OUT=fresh", *targets("fresh", "equal", FRESH))
    return copy


def below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_a_scenario_shares_with_the_baseline_is_taken_over(runs):
    taken = [line.split()[0] for line in runs.said.splitlines() if "the same as in baseline" in line]
    # stages that do not need one another run side by side
    assert sorted(taken) == ["01_ingestion", "02_indicators", "05_identification"]


@pytest.mark.parametrize("part", ["data/processed/equal", "reports/equal"])
def test_what_was_taken_over_equals_a_fresh_run_byte_for_byte(runs, part):
    taken, fresh = runs.folder / part, runs.folder / "fresh" / part
    there = below(fresh)
    assert there and (set(there) < set(below(taken)) or (FUZZ and there == below(taken)))
    assert filecmp.cmpfiles(taken, fresh, there, shallow=False)[1:] == ([], [])


def test_two_runs_of_a_scenario_give_the_same_ranks(runs):
    ranks = "data/processed/equal/ranks.csv"
    assert (runs.folder / ranks).read_bytes() == (runs.folder / "fresh" / ranks).read_bytes()
    assert (runs.folder / ranks).read_bytes() != (runs.folder / ranks.replace("equal", "baseline")).read_bytes()


def test_the_resolved_scenario_stands_beside_the_results(runs):
    written = yaml.safe_load((runs.folder / "data/processed/equal/scenario.yml").read_text(encoding="utf-8"))
    assert set(written) == set(Scenario.model_fields)
    assert Scenario(**written) == load_scenario("equal")


def test_a_comparison_is_printed_and_written_with_its_pictures(runs):
    text = runs.make("compare", "SCENARIO=equal").stdout
    folder = runs.folder / "reports/equal/compare/baseline"
    assert "equal against baseline" in text
    pictures = [
        f"{stem}.{language}.{kind}"
        for stem in ("ranks", "through")
        for language in ("zh", "en")
        for kind in ("svg", "png")
    ]
    tables = ["moves.csv", "contributions.csv", "assumptions.csv", "significance.csv", "ranks.csv", "through.csv"]
    assert set(below(folder)) == {*pictures, *tables, "summary.txt", "index.html"}
    ranks = {
        name: pd.read_csv(runs.folder / f"data/processed/{name}/ranks.csv").set_index("city")["FHI"]
        for name in ("baseline", "equal")
    }
    moves = pd.read_csv(folder / "moves.csv").query("node == 'FHI'").set_index("city")
    assert moves["base_rank"].to_dict() == ranks["baseline"].dropna().to_dict()
    assert moves["rank"].to_dict() == ranks["equal"].dropna().to_dict()
    # nothing is computed again
    before = {name: (folder / name).stat().st_mtime_ns for name in below(folder)}
    assert runs.make("compare", "SCENARIO=equal").stdout.endswith(text[-200:])
    assert {name: (folder / name).stat().st_mtime_ns for name in below(folder)} == before


def test_all_scenarios_side_by_side(runs):
    text = runs.make("-j2", "compare-all").stdout
    folder = runs.folder / "reports/compare-all"
    table = pd.read_csv(folder / "ranks.csv").set_index("city")
    assert tuple(table) == KEPT
    for name in table:
        ranks = pd.read_csv(runs.folder / f"data/processed/{name}/ranks.csv").set_index("city")["FHI"].dropna()
        assert table[name].dropna().to_dict() == ranks.to_dict(), name
        assert name in text
    assert {"all-scenarios.zh.svg", "all-scenarios.en.png", "agreement.csv"} <= set(below(folder))


def test_a_workbook_is_written(runs):
    assert runs.make("export", "SCENARIO=equal").stdout.strip().endswith("reports/equal/fhi-equal.xlsx")
    content = (runs.folder / "reports/equal/fhi-equal.xlsx").read_bytes()
    (runs.folder / "reports/equal/fhi-equal.xlsx").unlink()
    runs.make("export", "SCENARIO=equal")
    assert (runs.folder / "reports/equal/fhi-equal.xlsx").read_bytes() == content


def test_own_data_of_the_mainland_alone_leave_hong_kong_out_of_the_draws_that_have_nothing_of_it(runs):
    """36 values of services: without another indicator of the pillar, 香港 has no score, and the study goes on."""
    cities = runs.store()["tables/cities"]["name_zh"]
    mainland = [city for city in cities if city not in ("香港", "澳门", "台北")]
    user, scenario = runs.folder / "data/user", runs.folder / "notebooks/scenarios/mine.yml"
    user.mkdir(exist_ok=True)
    rows = pd.DataFrame({"city": mainland, "measure": "services", "value": range(20, 56)})
    rows.to_csv(user / "yearbooks.csv", index=False)
    space = yaml.safe_load((runs.folder / "notebooks/scenarios/baseline.yml").read_text(encoding="utf-8"))["robustness"]
    settings = {"user_data": ".", "robustness": space | FEW}
    scenario.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    try:
        runs.make(
            "SCENARIO=mine",
            "./reports/mine/notebooks/03_weighting.ipynb",
            "./reports/mine/notebooks/04_robustness.ipynb",
        )
    finally:
        # the other tests compare what scenarios there are
        scenario.unlink()
        (user / "yearbooks.csv").unlink()
    store = runs.store("mine")
    intervals = store["rank_intervals"].set_index("city")
    unranked = intervals.pop("unranked")
    assert unranked[unranked > 0].index.tolist() == ["香港"] and unranked["香港"] < FEW["draws"]
    assert intervals.notna().all(axis=None)
    sums = store["rank_probabilities"].groupby("city")["probability"].sum()
    assert sums.tolist() == pytest.approx([1.0] * 20)
    told = store["robust_answers"].query("question == 'place'").set_index("city")["draws"]
    assert (told == FEW["draws"] - unranked[told.index]).all()
    indices = store["sensitivity"].query("city == '香港'")
    assert (indices["unranked"] > 0).all() and not indices["readable"].any() and indices["total"].isna().all()
