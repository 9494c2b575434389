"""The history: runs with their results, kept where `make clean` leaves them, and what became of each step."""

import json

import pandas as pd
import pytest

from fhi.engine.errors import MethodError
from fhi.files import digest
from fhi.running import history, reuse
from fhi.showing.compare import compare, read_data, read_result
from fhi.store import Store

COMMIT = {"id": "a" * 40, "modified": False}


@pytest.fixture
def store(tmp_path):
    found = Store("baseline", tmp_path)
    tree = pd.DataFrame(
        {
            "row": [2, 3, 4],
            "level": [0, 1, 1],
            "code": ["FHI", "a", "b"],
            "parent": [None, "FHI", "FHI"],
            "direction": 1,
            "weight": 1.0,
            "unit": "",
            "name_zh": ["总", "甲", "乙"],
            "name_en": ["all", "a", "b"],
        }
    )
    scores = pd.DataFrame({"city": ["x", "y"], "FHI": [60.0, 40.0], "a": [100.0, 0.0], "b": [20.0, 80.0]})
    ranks = pd.DataFrame({"city": ["x", "y"], "FHI": [1, 2], "a": [1, 2], "b": [2, 1]})
    tables = {
        "scores": scores,
        "ranks": ranks,
        "weights": pd.DataFrame({"node": ["a", "b"], "parent": "FHI", "weight": 0.5, "effective": 0.5}),
        "normalised": scores.drop(columns="FHI"),
        "panel": pd.DataFrame({"city": ["x"], "year": [2018], "indicator": ["a"], "value": [1.0]}),
        "tables/framework": tree,
        "tables/cities": pd.DataFrame({"row": [2, 3], "name_zh": ["x", "y"], "name_en": ["x", "y"]}),
    }
    found.write_tables(tables)
    found.write_bytes(f"{found.processed}/scenario.yml", b"edition: report2018\nyear: 2018\n")
    return found


def test_a_run_is_entered_once_and_stays_when_what_was_built_is_gone(store):
    assert history.enter(store, COMMIT, 0.5) == 1 and history.enter(store, COMMIT, 0.5) == 1
    before = store["scores"]
    changed = before.assign(FHI=[30.0, 40.0])
    store.write("scores", changed)
    assert history.enter(store, COMMIT, 0.4) == 2
    first, second = history.runs(store)
    assert first["method"] == second["method"] and first["results"] != second["results"]
    assert first["when"].endswith("+00:00") and (first["tau_b"], second["tau_b"]) == (0.5, 0.4)
    assert "baseline@2" in history.text(store) and "aaaaaaaa " in history.text(store)
    # an earlier run is compared as a built scenario is
    past = history.earlier("baseline@1", store.root)
    pd.testing.assert_frame_equal(past["scores"], before)
    ranks = pd.DataFrame({"city": ["x", "y"], "FHI": [2, 1], "a": [1, 2], "b": [2, 1]})
    store.write("ranks", ranks)
    now = Store("baseline", store.root)
    found = compare(read_result(past)._replace(name="baseline@1"), read_result(now), read_data(now), read_data(past))
    assert found.moves.query("node == 'FHI'").set_index("city")["shift"].to_dict() == {"x": 1, "y": -1}
    with pytest.raises(MethodError, match=r"no run 'baseline@7'.*make history"):
        history.earlier("baseline@7", store.root)


def test_a_run_that_was_not_entered_whole_does_not_count_and_the_oldest_go(store, monkeypatch):
    monkeypatch.setattr(history, "LIMIT", 2)
    for tau in (0.1, 0.2, 0.3):
        history.enter(store, None, tau)
    assert [run["run"] for run in history.runs(store)] == [2, 3]
    (store.root / ".history/baseline/3/run.json").unlink()
    assert [run["run"] for run in history.runs(store)] == [2]
    assert "–" in history.text(store)


def test_what_became_of_each_step_is_told_with_the_reason(store, monkeypatch):
    assert "nothing of baseline has been built" in history.why(store)
    for build, notes in (
        ("1-1", [("check", "ran", ""), ("01_ingestion", "ran", "there is no earlier result"), ("page", "ran", "")]),
        ("2-2", [("01_ingestion", "the same as in equal", "data/raw/cities.csv changed")]),
    ):
        monkeypatch.setenv("FHI_BUILD", build)
        for step, what, because in notes:
            history.note(store, step, what, because)
    lines = [line.split() for line in history.why(store).splitlines()]
    assert lines[0][:2] == ["check", "skipped"] and lines[2][:2] == ["page", "skipped"]
    assert " ".join(lines[1]) == "01_ingestion the same as in equal data/raw/cities.csv changed"


def test_the_reason_names_what_differs_from_the_cause_of_the_stored_result(store):
    path = store.root / f"{store.processed}/scores.csv"
    outputs = {"processed/scores.csv": digest(path.read_bytes())}
    before = {"stage": "one", "parameters": {"year": 2017}, "python": "3", "inputs": {"a": "1", "b": "1", "c": "1"}}
    record = store.root / f"{store.processed}/stages/one.json"
    record.parent.mkdir()
    record.write_text(json.dumps(before | {"outputs": outputs}), encoding="utf-8")
    assert reuse.reason(before, store, "one") == "nothing but dates"
    now = before | {"parameters": {"year": 2018}, "inputs": {"a": "2", "b": "1", "d": "1"}}
    assert reuse.reason(now, store, "one") == "year changed; a changed; d is new and 1 more"
    path.write_text("city\n", encoding="utf-8")
    assert reuse.reason(before, store, "one") == "scores.csv was changed"
    assert reuse.reason(before, store, "two") == "there is no earlier result"
