"""The edition after the report's, made up by a seed, through the commands that the guide names."""

import numpy as np
import pandas as pd
import pytest
import yaml

from fhi import paths
from fhi.editions import folders, starting
from fhi.engine.errors import MethodError
from fhi.paths import RAW

SEED = 2019


def read(folder, name):
    return pd.read_csv(folder / f"{name}.csv", dtype={"code": str})


def write(folder, name, table):
    table.to_csv(folder / f"{name}.csv", index=False)


def next_year(folder, seed):
    """Fill in a folder that was started: values of 2019 for the units that stay and one that is new, ranks, words.

    One indicator, 高校科研, gives way to another (指数更新, p39), 香港 is gone and 苏州 is new.
    """
    source = np.random.default_rng(seed)
    values, tree, cities = (read(folder, name) for name in ("indicators", "framework", "cities"))
    tree.loc[tree["code"] == "universities", ["code", "unit", "name_zh", "name_en"]] = (
        ["research_staff", "persons", "科研人员", "Research staff"]
    )  # fmt: skip
    values = values[values["indicator"] != "universities"]
    last = values.sort_values("year").drop_duplicates(["city", "indicator"], keep="last").query("city != '香港'")
    made = last.assign(value=last["value"] * source.uniform(0.9, 1.05, len(last)))
    suzhou = made[made["city"] == "杭州"].assign(city="苏州", value=lambda rows: rows["value"] * 0.5)
    staff = made[made["indicator"] == "gdp"].assign(indicator="research_staff", unit="persons")
    made = pd.concat([made, suzhou, staff]).assign(year=2019, evidence="synthetic", source=f"seed {seed}")
    write(folder, "indicators", pd.concat([values, made]))
    write(folder, "framework", tree)
    new = cities[cities["name_zh"] == "杭州"].assign(name_zh="苏州", name_en="Suzhou")
    write(folder, "cities", pd.concat([cities, new.assign(code="320500", lon=120.619, lat=31.318)]))
    ranks = read(folder, "earlier_ranks").query("node == 'FHI' and year == 2018 and city != '香港'")
    order = [*source.permutation(ranks["city"]), "苏州"]
    write(folder, "published_ranks", pd.DataFrame({"node": "FHI", "city": order, "rank": range(1, len(order) + 1)}))
    listed = read(folder, "sources").assign(sha256="0" * 64)
    listed = listed.replace(r"EXAMPLE ", "", regex=True).replace("terms of use", "made up")
    ranked = listed[listed["file"] == "indicators.csv"].assign(source_id="published_ranks", file="published_ranks.csv")
    write(folder, "sources", pd.concat([listed, ranked]))
    text = (folder / "edition.yml").read_text(encoding="utf-8").replace("EXAMPLE ", "")
    (folder / "edition.yml").write_text(text, encoding="utf-8")


def test_the_next_year_is_started_from_the_report_and_built(checkout):
    said = checkout.make("edition", "NAME=fhi2019", "FROM=report2018").stdout
    assert "data/raw/fhi2019/earlier_ranks.csv" in said and "replace what begins with EXAMPLE" in said
    folder = checkout.folder / "data/raw/fhi2019"
    next_year(folder, SEED)
    scenario = checkout.folder / "notebooks/scenarios/fhi2019.yml"
    scenario.write_text(scenario.read_text(encoding="utf-8") + "exclude_cities: [香港]\n", encoding="utf-8")
    checkout.make("checksums", "ranks", "SCENARIO=fhi2019")
    store = checkout.store("fhi2019")
    moves = store["movement"].query("evidence == 'published'")
    assert {(2017, 2018), (2018, 2019)} == set(zip(moves["from"], moves["to"], strict=True))
    status = moves.query("to == 2019 and node == 'FHI'").set_index("city")["status"]
    assert status["苏州"] == "entered" and status["香港"] == "left" and set(status) >= {"rose", "fell"}
    # what the report printed is carried over as it stood
    before = moves.query("to == 2018 and node == 'FHI'").set_index("city")["change"]
    assert before["重庆"] == 4 and before["武汉"] == -4
    ranks = store["ranks"].set_index("city")["FHI"]
    assert pd.notna(ranks["苏州"]) and ("香港" not in ranks or pd.isna(ranks["香港"]))
    weights = store["weights"].set_index("node")["effective"]
    assert weights["research_staff"] > 0 and "universities" not in weights
    # the index of 2019 has another indicator than that of 2018: its ranks do not compare, those of a pillar may
    computed = store["year_scores"].query("year == 2018")
    assert "industry" in set(computed["node"]) and "FHI" not in set(computed["node"])
    assert set(store["panel"].query("year == 2019")["evidence"]) == {"synthetic"}
    assert set(store["comparison"]["city"]) <= set(status.index)


@pytest.fixture
def raw(tmp_path, monkeypatch):
    """Let a new edition be written into a folder of the test."""
    monkeypatch.setattr(starting, "RAW", tmp_path)
    return tmp_path


@pytest.mark.slow
def test_a_started_edition_lacks_nothing_but_new_texts(raw):
    written = starting.start("next", "report2018")
    assert {path.name for path in written} >= {"edition.yml", "framework.csv", "cities.csv", "indicators.csv"}
    words = yaml.safe_load((raw / "next/edition.yml").read_text(encoding="utf-8"))
    assert words["year"] == 2019 and words["title"]["en"] == "EXAMPLE The 2019 China Fintech Hub Index, reproduced"
    with pytest.raises(Exception, match="EXAMPLE") as caught:
        folders.read(raw / "next")
    assert all(str(problem.value).startswith("EXAMPLE") for problem in caught.value.problems)


def test_an_edition_in_the_common_form_is_carried_on_too(raw):
    starting.start("next", "hdi2021")
    values = read(raw / "next", "indicators")
    given = pd.read_csv(RAW / "hdi2021/indicators.csv")
    assert len(values) == len(given) and values["value"].sum() == pytest.approx(given["value"].sum())
    assert set(read(raw / "next", "earlier_ranks")["year"]) == {2021}


@pytest.mark.parametrize("name", ["report2018", "a b", ""])
def test_a_name_that_is_taken_or_odd_is_refused(name):
    with pytest.raises(MethodError, match="give the name of a folder that is not yet in"):
        starting.start(name, "report2018")
    assert paths.edition_folder("report2018").is_dir()
