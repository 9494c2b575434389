"""`try`: a change of a built scenario from its stored tables, as a build would give it; refused where it cannot be."""

import shutil
import time

import pandas as pd
import pytest
import yaml

from fhi import paths, records
from fhi.__main__ import try_
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.files import Files
from fhi.records import AlteredError
from fhi.running import reuse, trying
from fhi.running.trying import StaleError
from fhi.scenarios import Scenario, load_scenario
from fhi.showing.compare import compare, read_data, read_result
from fhi.store import Store


@pytest.fixture(scope="module")
def stored(built, tmp_path_factory):
    """The tables of the shared build, which a test may alter."""
    root = tmp_path_factory.mktemp("stored")
    for name in ("data/processed/baseline", "reports/baseline/notebooks"):
        shutil.copytree(built.folder / name, root / name)
    return Store("baseline", root)


@pytest.fixture(autouse=True)
def out(stored, monkeypatch):
    monkeypatch.setenv("FHI_OUT", str(stored.root))


@pytest.mark.parametrize(
    "changes, settings",
    [
        (["experience=2"], {"weights": {"experience": 2}}),
        (["normalisation=rank", "adoption=3"], {"normalisation": "rank", "weights": {"adoption": 3}}),
        (
            ["aggregation=geometric", "normalisation.scale=[1, 100]"],
            {"aggregation": "geometric", "normalisation": {"method": "min-max", "scale": [1, 100]}},
        ),
        (["exclude_cities=[香港]"], {"exclude_cities": ["香港"]}),
    ],
)
def test_a_change_gives_what_a_build_with_it_would_give(stored, changes, settings):
    found, _ = trying.attempt("baseline", changes)
    data = read_data(stored)
    method = Scenario(**load_scenario("baseline").model_dump() | settings)
    expected = build(data.panel, data.framework, method, units=data.units)
    pd.testing.assert_frame_equal(found.other.index.scores, expected.scores)
    assert found.other.name == " ".join(changes)
    # what each assumption does is the same whether it starts from what is stored or from the panel
    fresh = compare(found.base, found.other._replace(index=expected), data)
    pd.testing.assert_frame_equal(found.assumptions, fresh.assumptions)


def test_nothing_that_is_stored_is_built_anew(stored, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("built anew")

    monkeypatch.setattr("fhi.showing.compare.moves.build", refuse)
    found, _ = trying.attempt("baseline", ["experience=2", "adoption=3", "aggregation=median"])
    assert len(found.assumptions["assumption"].unique()) == 3 and not (found.assumptions["note"] != "").any()
    started = time.process_time()
    assert compare(read_result(stored), found.other, read_data(stored)).tau_b < 1
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "change, message",
    [
        ("experience", "write a change as"),
        ("experiense=2", "Did you mean experience"),
        ("normalisation=ranks", "rank"),
        ("weights.adoptoin=2", "adoption"),
        ("constructions={services: mobile-payment-index}", "hold none of it"),
        ("normalisation=[", "not a valid YAML value"),
    ],
)
def test_what_is_no_change_is_refused(change, message):
    with pytest.raises(MethodError, match=message):
        trying.attempt("baseline", [change])


def test_changes_are_parts_of_keys():
    tree = Framework.from_csv(paths.RAW / "report2018" / "framework.csv")
    method = Scenario(weights={"adoption": 2}, normalisation={"method": "min-max", "scale": [0, 1]})
    found = trying.changed_settings(
        method, ["experience=2", "weights.gdp=3", "normalisation.scale=[1, 100]", "availability.0=0.5"], tree
    )
    assert found["weights"] == {"adoption": 2, "experience": 2, "gdp": 3}
    assert found["normalisation"] == {"method": "min-max", "scale": [1, 100]}
    assert found["availability"][0] == 0.5


def test_what_is_not_stored_or_altered_or_out_of_date_is_refused(stored, monkeypatch):
    with pytest.raises(StaleError, match=r"no ranks of equal are stored.*make ranks SCENARIO=equal"):
        trying.attempt("equal", ["experience=2"])
    path = records.place(stored, "processed/scores.csv")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\n", b"0\n", 1))
    with pytest.raises(AlteredError, match=r"scores\.csv was changed after 03_weighting wrote it"):
        trying.attempt("baseline", ["experience=2"])
    path.write_bytes(content)
    monkeypatch.setattr(reuse, "load_scenario", lambda name: Scenario(normalisation="rank"))
    with pytest.raises(StaleError, match=r"older than notebooks/scenarios/baseline\.yml"):
        trying.attempt("baseline", ["experience=2"])


def test_a_file_that_changed_since_is_named(stored, monkeypatch):
    content = reuse._content
    changed = paths.ROOT / "data/raw/report2018/adoption.csv"
    monkeypatch.setattr(reuse, "_content", lambda path: "other" if path == changed else content(path))
    assert reuse.out_of_date(Files("baseline", stored.root), records.RANKS) == ["data/raw/report2018/adoption.csv"]


def test_changes_are_kept_as_a_scenario(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "SCENARIOS", tmp_path)
    for name in ("baseline", "equal"):
        shutil.copy(paths.NOTEBOOKS / f"scenarios/{name}.yml", tmp_path)
    settings = trying.attempt("baseline", ["experience=2", "normalisation=rank"])[1]
    trying.save("mine", "equal", settings)
    written = yaml.safe_load((tmp_path / "mine.yml").read_text(encoding="utf-8"))
    assert written == {"base": "equal", "weights": {"experience": 2}, "normalisation": "rank"}
    for name, message in (("mine", "is there already"), ("../mine", "cannot name a scenario")):
        with pytest.raises(MethodError, match=message):
            trying.save(name, "baseline", settings)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["baseline", "equal", "mine"]


def test_draws_say_which_moves_exceed_the_uncertainty(stored, capsys):
    try_("experience=20", "--draws", "50")
    line = next(line for line in capsys.readouterr().out.splitlines() if "beyond the uncertainty" in line)
    assert "(places in 90 % of 50 draws, negative for a rise)" in line
    found, _ = trying.attempt("baseline", ["experience=20"], 50)
    moves = found.significance.set_index("city")
    # first by adoption, it can only rise
    assert (moves["significant"] == ((moves["low"] > 0) | (moves["high"] < 0))).all()
    assert moves["draws"].eq(50).all() and moves["rises"]["杭州"] > 0.8 and moves["falls"]["杭州"] == 0
