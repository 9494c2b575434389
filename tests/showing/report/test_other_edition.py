"""Explorer, sections and tables of an edition that is not the report's: what it has is shown, the rest left out."""

import json
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from fhi.engine import index
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method, Step
from fhi.scenarios import Scenario
from fhi.showing.report import cities, explorer, opening, page, tables
from fhi.showing.report.cities import beside_next_above
from fhi.showing.report.texts import digits, unit_words

#: levels 0, 1, 2: the children of the pillars are indicators, and one pillar has a single one
TREE = [
    (0, "WELL", None, "福祉指数", "Well-being"),
    (1, "health", "WELL", "健康", "Health"),
    (1, "school", "WELL", "教育", "Schooling"),
    (2, "life", "health", "寿命", "Life expectancy"),
    (2, "years", "school", "年限", "Years at school"),
    (2, "pupils", "school", "学生", "Pupils"),
]
METHOD = Method(
    year=2020,
    normalisation=Step(
        method="goalposts", goalposts={"life": [0, 100], "years": [0, 20], "pupils": [0, 10]}, scale=[0, 1]
    ),
    aggregation={0: "geometric", 1: "arithmetic"},
    ranking={"decimals": 3},
    availability={0: 1, 1: 1},
)
SCENARIO = Scenario(**METHOD.model_dump())


def edition(count: int = 4, ranks: bool = False, **settings) -> dict:
    """Return the tables of a built edition of economies; the last of them lacks an indicator."""
    framework = pd.DataFrame(TREE, columns=["level", "code", "parent", "name_zh", "name_en"])
    framework = framework.assign(direction=1, weight=1.0, unit="years", definition_zh="", definition_en="")
    names = [f"Land {i}" for i in range(count)]
    random = np.random.default_rng(5)
    columns = ["city", "indicator", "value"]
    cells = [(name, code, round(random.uniform(2, 9), 3)) for name in names for code in ("life", "years", "pupils")]
    panel = pd.DataFrame(cells[:-1], columns=columns).assign(year=2020, unit="years", source_id="x", evidence="public")
    panel = panel.assign(low=panel["value"], high=panel["value"])
    method = METHOD.model_copy(update=settings)
    found = index.build(panel, Framework.from_table(framework), method)
    cities_table = pd.DataFrame({"row": range(2, count + 2), "name_zh": names, "name_en": names, "group": "North"})
    words = [("unit", "经济体", "economy"), ("units", "经济体", "economies")]
    standing = found.ranks.astype(float).stack().dropna().astype(int).rename_axis(["city", "node"]).rename("rank")
    built = {
        "tables/framework": framework,
        "tables/cities": cities_table,
        "tables/edition": pd.DataFrame(words, columns=["key", "zh", "en"]),
        "tables/indicators": panel,
        "tables/sources": pd.DataFrame({"source_id": ["x"], "publisher": ["Office"]}),
        "panel": panel,
        "indicators": panel.pivot(index="city", columns="indicator", values="value").reset_index(),
        "scores": found.scores.rename_axis("city").reset_index(),
        "ranks": found.ranks.rename_axis("city").reset_index(),
        "weights": found.weights.reset_index(),
        **{name: found.stages[name].rename_axis("city").reset_index() for name in ("treated", "normalised")},
        "standings": standing.reset_index().assign(cities=count)[
            lambda rows: rows["node"].isin(["life", "years", "pupils"])
        ],
        "comparison": pd.DataFrame(columns=["city", "node", "rank", "published", "difference"]),
        "coverage": panel.assign(used=True, value_year=2020, age=0, old=False),
        "next_above": pd.DataFrame(columns=["city", "above", "node", "contribution", "unit"]),
        "changes": pd.DataFrame(columns=["city", "from", "to", "node", "change", "by_value", "by_weight"]),
        "weight_by_evidence": pd.DataFrame({"node": ["WELL"], "evidence": ["public"], "share": [1.0]}),
    }
    if ranks:
        first = found.ranks["WELL"].dropna().sort_values().index[:2]
        printed = pd.DataFrame({"node": "WELL", "city": first, "rank": [2, 1], "tier": None})
        compared = pd.DataFrame(
            {"city": first, "node": "WELL", "rank": [1, 2], "published": [2, 1], "difference": [-1, 1]}
        )
        built |= {"tables/published_ranks": printed, "comparison": compared}
    return built


def test_the_explorer_opens_with_an_index_over_pillars_of_indicators():
    frames = edition()
    state = explorer.state(frames, SCENARIO, "mine")
    assert state["obstacle"] is None and state["means"] == {0: "geometric", 1: "arithmetic"}
    assert state["decimals"] == 3 and state["places"] == 3 and not state["hundred"]
    assert set(state["presets"]) == {"equal"}
    sliders = explorer.sliders(frames, state)
    assert {node["code"]: [below["code"] for below in node["children"]] for node in sliders} == {
        "health": ["life"],
        "school": ["years", "pupils"],
    }
    assert all(slider["allowed"] is None for slider in sliders)


@pytest.mark.skipif(not shutil.which("node"), reason="no node to run the script outside a browser")
def test_its_scores_are_those_of_the_engine():
    frames = edition()
    state = explorer.state(frames, SCENARIO, "mine")
    program = (page.ASSETS / "explorer.js").read_text(encoding="utf-8")
    script = f"""const document = {{ getElementById: () => null }}; {program}
        const state = {json.dumps(state)}, {{ build }} = engine(state);
        console.log(JSON.stringify(build(new Map(state.nodes.map((n) => [n.code, n.open]))).get(state.root)))"""
    done = subprocess.run(["node", "-"], input=script, capture_output=True, text=True, check=True)
    found = pd.Series(json.loads(done.stdout), index=frames["normalised"]["city"], dtype=float)
    expected = frames["scores"].set_index("city")["WELL"]
    np.testing.assert_allclose(found, expected[found.index], atol=1e-12)
    assert expected.isna().tolist() == [False, False, False, True]


def test_bounds_of_another_edition_are_shown(tmp_path):
    frames = Named(edition())
    frames.root = tmp_path
    frames["bounds"] = pd.DataFrame({"city": ["Land 1"], "node": ["WELL"], "low": [0.2], "high": [0.4]})
    units = {row["zh"]: row for row in explorer.state(frames, SCENARIO, "mine")["units"]}
    assert units["Land 1"]["low"] == 0.2 and "low" not in units["Land 0"]
    assert page.explorer_context(frames, SCENARIO)["evidence"] == ("reconstructed", "identified")


def test_the_first_screen_ranks_by_what_the_edition_has():
    plain = opening.ranking(edition())
    assert [row["rank"] for row in plain["rows"]] == [1, 2, 3] and not plain["published"]
    assert not plain["tiers"] and not plain["moves"] and not plain["intervals"]
    best = edition()["ranks"].set_index("city")["WELL"].idxmin()
    assert opening.headline(edition(), plain)["en"] == f"{best} ranks first of 3 economies"
    printed = opening.ranking(edition(ranks=True))
    assert [row["rank"] for row in printed["rows"]] == [1, 2] and printed["published"]
    assert opening.small_map(plain["rows"]) is None


def test_findings_are_read_where_both_languages_have_them():
    rows = [
        ("summary-report-1", "summary", "zh", "一"),
        ("summary-report-1", "summary", "en", "One"),
        ("summary-report-2", "summary", "zh", "二"),
    ]
    told = pd.DataFrame(rows, columns=["id", "kind", "language", "text"])
    frames = edition() | {"findings": told.assign(page=float("nan"), verdict=None, source=None)}
    assert {id: text["en"] for id, text in opening.findings(frames, "summary").items()} == {"summary-report-1": "One"}
    assert opening.findings(edition()) == {}


def test_every_unit_with_a_score_has_a_section_where_no_rank_is_published():
    frames = edition()
    found = cities.sections(frames, 2020, {})
    ranks = frames["ranks"].set_index("city")["WELL"].dropna()
    assert [section["profile"]["en"]["reconstructed"] for section in found] == ["1", "2", "3"]
    assert [section["profile"]["en"]["name"] for section in found] == ranks.sort_values().index.tolist()
    assert len({section["id"] for section in found}) == 3
    first = found[0]
    assert first["moved"] is first["printed"] is None and first["reasons"] == []
    assert [row["name"] for row in first["profile"]["en"]["indicators"]] == [
        "Life expectancy",
        "Years at school",
        "Pupils",
    ]


@pytest.mark.slow
def test_units_with_a_published_rank_have_sections_in_its_order():
    frames = edition(ranks=True)
    found = cities.sections(frames, 2020, {})
    printed = frames["tables/published_ranks"].set_index("city")["rank"].sort_values()
    assert [section["profile"]["en"]["name"] for section in found] == printed.index.tolist()
    linked = {unit["zh"] for unit in page.page_state(frames, [])["units"] if unit["section"]}
    assert linked == set(printed.index)


def test_what_parts_a_unit_from_the_next_above_is_the_difference_of_their_scores():
    frames = edition()
    scores = frames["scores"].set_index("city").sort_values("WELL", ascending=False)
    best, second = scores.index[:2]
    table = beside_next_above(frames)[second]
    assert best in table.title["en"] and best not in beside_next_above(frames)
    by_name = {row[0]["en"]: row[1:] for row in table.rows}
    for node, name in (("WELL", "Well-being"), ("years", "Years at school")):
        pair = scores.at[second, node], scores.at[best, node]
        assert by_name[name] == [f"{pair[0]:.3f}", f"{pair[1]:.3f}", f"{pair[0] - pair[1]:+.4f}".replace("-", "−")]


def test_the_chapter_of_tables_holds_what_the_edition_has():
    assert [table.id for table in tables.all_tables(edition())] == ["table-scores"]
    frames = edition(ranks=True) | {
        "agreement": pd.DataFrame(
            [("all", "WELL", 2, -1.0, -1.0, 1.0)],
            columns=["subset", "node", "cities", "kendall_tau_b", "spearman_rho", "mean_absolute_difference"],
        ),
        "bounds": pd.DataFrame({"city": ["Land 1"], "node": ["WELL"], "low": [0.2], "high": [0.4]}),
    }
    found = {table.id: table for table in tables.all_tables(frames)}
    assert list(found) == ["table-agreement", "table-comparison", "table-scores", "table-bounds"]
    assert found["table-agreement"].heads[1] == {"zh": "经济体数", "en": "Economies"}
    assert found["table-scores"].title["en"] == "Scores and ranks of all economies"
    assert "too few data for a score" in found["table-scores"].note["en"]
    assert "city" not in tables.words(found["table-scores"])
    assert tables.has(frames, "bounds") and not tables.has(frames, "printed_orders")


def test_scores_between_nought_and_one_have_three_decimals():
    assert (digits(pd.Series([0.2, 1.0])), digits(pd.Series([0.2, 55.0])), digits(pd.Series([-3.0]))) == (3, 1, 1)
    assert unit_words(edition())["a"]["en"] == "an economy"


def test_a_name_inside_a_longer_name_is_no_mention_of_it():
    names = ["Niger", "Nigeria", "Guinea", "Papua New Guinea"]
    frame = pd.DataFrame({"name_zh": names, "name_en": names})
    found = cities.mentions_of(frame, {"a": "Nigeria\nPapua New Guinea", "b": "Niger, Nigeria", "c": "Guinea"})
    assert found == {"Niger": ["b"], "Nigeria": ["a", "b"], "Guinea": ["c"], "Papua New Guinea": ["a"]}


class Named(dict):
    """Tables of a scenario that has a name."""

    scenario = "mine"

    def checksums(self):
        return {}
