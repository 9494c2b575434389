"""The words of the report in scenarios with other data: what is told there is true of the tables of that scenario."""

import shutil

import pandas as pd
import pytest
import yaml
from sampled import FUZZ

from fhi.paths import SCENARIOS as SCENARIO_FILES

#: how much is drawn: the sentences are checked against what these draws give
FEW = {"draws": 200, "sobol": 64}
SCENARIOS = ("mainland-only", "drop-experience", "synthetic")
pytestmark = pytest.mark.fuzz


@pytest.fixture(scope="module")
def copy(built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("words") / "checkout"
    shutil.copytree(built.folder, folder)
    return type(built)(folder, copied=True)


@pytest.fixture(scope="module", params=SCENARIOS if FUZZ else SCENARIOS[:1])
def store(request, copy):
    """The tables of a scenario as far as its words, drawn few times."""
    name = f"few-{request.param}"
    space = yaml.safe_load((SCENARIO_FILES / "baseline.yml").read_text(encoding="utf-8"))["robustness"]
    described = {"base": request.param, "description": {"zh": "少量模拟", "en": "Few draws"}, "robustness": space | FEW}
    text = yaml.safe_dump(described, allow_unicode=True)
    (copy.folder / "notebooks/scenarios" / f"{name}.yml").write_text(text, encoding="utf-8")
    copy.make(f"SCENARIO={name}", f"./reports/{name}/notebooks/06_audit.ipynb")
    return copy.store(name)


@pytest.fixture
def told(store):
    frame = store["findings"]
    return frame[frame["language"] == "en"].set_index("id")["text"]


def test_headlines_give_what_the_tables_of_the_scenario_give(store, told):
    names = store["tables/cities"].set_index("name_zh")["name_en"]
    agreement = store["agreement"].query("subset == 'all' and node == 'FHI'").iloc[0]
    assert f"τ = {agreement['kendall_tau_b']:.2f}" in told["replication"]
    answers = store["robust_answers"].set_index("question")["probability"]
    assert f"keeps its tier in {100 * answers['tier'].mean():.0f}% of the draws" in told["robust-answers"]
    assert told["robust-answers"].endswith(f"stay the same in {100 * answers['tiers']:.0f}%")
    correlations = store["correlations"]["correlation"].dropna()
    assert told["diagnostic-correlations"].startswith(f"{(correlations > 0).sum()} of {len(correlations)} pairs")
    intervals = store["rank_intervals"]
    apart = intervals[(intervals["published"] < intervals["low"]) | (intervals["published"] > intervals["high"])]
    if "lie outside" in told.get("robust-intervals", ""):
        assert told["robust-intervals"].count(",") + told["robust-intervals"].count(" and ") == len(apart) - 1
        assert all(names[city] in told["robust-intervals"] for city in apart["city"])
    for city in intervals["city"]:
        if f"{city}-8" in told:
            row = intervals.set_index("city").loc[city]
            inside = row["low"] <= row["published"] <= row["high"]
            said = told[f"{city}-8"]
            if f"Among the {len(intervals)} cities of this scenario" in said:
                # ranks among fewer cities are not compared with those published
                assert f"{row['low']:g}–{row['high']:g}" in said
            else:
                assert inside == ("inside" in said or "among them" in said), said


def test_nothing_is_said_of_a_city_that_the_scenario_leaves_out(store, told):
    left = set(store["tables/top20"]["city"]) - set(store["rank_intervals"]["city"])
    frame = store["findings"]
    computed = frame[frame["source"].fillna("").str.contains("rank_intervals|robust_answers|tornado|comparison")]
    for city in left:
        assert not computed["text"].str.contains(city).any()
        assert f"{city}-8" not in told


def test_open_data_are_spoken_of_only_where_the_index_is_made_of_them(store, told):
    labels = "+".join(store["coverage"].query("used")["evidence"])
    said = told[~told.index.str.startswith(("foreword", "how-to-read"))]
    assert ("synthetic" in labels) != said.str.contains("open data|data used here do not favour").any()
    assert ("synthetic" in labels) == said.str.contains("made up").any()


def test_weights_are_called_equal_only_where_they_are(store, told):
    weights = store["importance"].set_index("node")["weight"]
    equal = weights.get("experience") == weights["industry"]
    assert not told["diagnostic-weights"].startswith("Experience has the same") or equal


def test_what_is_not_told_is_listed_with_its_reason(store):
    omitted = store["findings_omitted"]
    assert omitted["reason"].notna().all() and not set(omitted["id"]) & set(store["findings"]["id"])
    assert len(store["findings"]) > 400 and isinstance(omitted, pd.DataFrame)
