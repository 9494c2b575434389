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
from fhi.engine.ranking import ranked
from fhi.showing.report import cities, contents, explorer, explorer_chart, page, tables
from fhi.showing.report.reasons import beside_next_above
from fhi.showing.report.texts import digits, unit_head, unit_words

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
        "panel": panel,
        "indicators": panel.pivot(index="city", columns="indicator", values="value").reset_index(),
        "scores": found.scores.rename_axis("city").reset_index(),
        "ranks": found.ranks.rename_axis("city").reset_index(),
        "weights": found.weights.reset_index(),
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


def test_the_explorer_repeats_a_geometric_index_over_pillars_of_indicators():
    frames = edition()
    run = explorer.read_run(frames, METHOD)
    rows = explorer.rows_of(frames, run)
    assert {pillar.code: [node.code for node in below] for pillar, below in run.families} == {
        "health": ["life"],
        "school": ["years", "pupils"],
    }
    assert run.aggregation == {0: "geometric", 1: "arithmetic"} and run.decimals == 3
    assert explorer.obstacle(frames, run, rows) is None
    expected = frames["scores"].set_index("city")["WELL"]
    found = pd.Series(explorer.replay(run, rows), index=[row["zh"] for row in rows])[expected.index]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert expected.isna().tolist() == [False, False, False, True]
    assert explorer.unusual(run)["en"] == "Geometric mean: the index."


def test_columns_and_bands_stand_only_where_there_is_something_to_show():
    for ranks, expected in (
        (False, ["Rank", "Economy", "Score", "Moved"]),
        (True, ["Rank", "Economy", "Score", "Published rank", "Moved"]),
    ):
        frames = edition(ranks=ranks)
        run = explorer.read_run(frames, METHOD)
        columns = explorer.columns_of(explorer.rows_of(frames, run))
        assert columns == {"published": ranks, "bounds": False}
        assert [head["en"] for head in explorer.heads(frames, columns)] == expected
        look = explorer_chart.Look(False, False, ranks, 3, unit_head(frames))
        spec = json.dumps(explorer_chart.layers(run, look).to_dict(), ensure_ascii=False)
        assert ('"low"' in spec, '"print"' in spec.replace('"as": "print"', ""), "'Economy'" in spec) == (
            False,
            ranks,
            True,
        )
        assert all(slider["allowed"] is None for slider in explorer.sliders(frames, run))


def test_bounds_of_another_edition_are_shown():
    frames = edition()
    frames["bounds"] = pd.DataFrame({"city": ["Land 1"], "node": ["WELL"], "low": [0.2], "high": [0.4]})
    rows = explorer.rows_of(frames, explorer.read_run(frames, METHOD))
    assert {row["zh"]: row["low"] for row in rows}["Land 1"] == 0.2
    assert explorer.columns_of(rows) == {"published": False, "bounds": True}


def test_a_word_for_units_ends_nothing_in_an_expression():
    run = explorer.read_run(edition(), METHOD)
    look = explorer_chart.Look(False, False, False, 1, {"zh": "'+evil+'", "en": "a\\' + evil"})
    assert "'\\u0027+evil+\\u0027'" in json.dumps(explorer_chart.layers(run, look).to_dict()).replace("\\\\", "\\")
    for text in look.unit.values():
        done = (
            subprocess.run(["node", "-p", f"'{explorer_chart.quoted(text)}'"], capture_output=True, text=True)
            if shutil.which("node")
            else None
        )
        assert done is None or done.stdout == f"{text}\n"


@pytest.mark.skipif(not shutil.which("node"), reason="no node to run the expression outside a browser")
def test_shared_ranks_come_from_scores_rounded_as_in_the_index():
    scores = pd.Series([0.9615, 0.96149, 0.9624, 0.0005, -0.0005, -0.2, 0.1235 - 1e-17])
    script = f"console.log(JSON.stringify({scores.tolist()}.map((s) => {explorer_chart.rounded('s', 3)})))"
    script = f"const floor = Math.floor, abs = Math.abs; {script}"
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    assert ranked(pd.Series(json.loads(done.stdout))).tolist() == ranked(scores, 3).tolist()


def test_long_names_stand_before_the_bars_and_short_ones_change_nothing():
    assert explorer_chart.bars_of([{"en": "Beijing"}]) == explorer_chart.BARS
    assert explorer_chart.BARS < explorer_chart.bars_of([{"en": "Papua New Guinea"}]) < explorer_chart.BARS_MOST
    assert explorer_chart.bars_of([{"en": "W" * 99}]) == explorer_chart.BARS_MOST


def test_every_unit_with_a_score_has_a_section_where_no_rank_is_published():
    frames = edition()
    found = cities.sections(frames, "mine", 2020, {"Land 0": ["table-scores"]})
    ranks = frames["ranks"].set_index("city")["WELL"].dropna()
    assert [section["rank"] for section in found] == [1, 2, 3] == sorted(ranks)
    assert [section["name"]["en"] for section in found] == ranks.sort_values().index.tolist()
    assert len({section["id"] for section in found}) == 3
    first = found[0]
    assert first["about"] == [{"zh": "North", "en": "North"}] and first["moved"] is first["printed"] is None
    assert [head["en"] for head in first["ranks"].heads] == ["Node", "Reconstructed rank", "Reconstructed score"]
    assert first["ranks"].rows[0][1] == "1" and len(first["ranks"].rows) == 3
    assert [row[0]["en"] for row in first["indicators"].rows] == ["Life expectancy", "Years at school", "Pupils"]
    assert first["indicators"].heads[2]["en"] == "Reconstructed place / economies scored"
    assert first["reasons"] == []


def test_units_with_a_published_rank_have_sections_in_its_order():
    frames = edition(ranks=True)
    found = cities.sections(frames, "mine", 2020, {})
    printed = frames["tables/published_ranks"].set_index("city")["rank"].sort_values()
    assert [section["name"]["en"] for section in found] == printed.index.tolist()
    assert found[0]["ranks"].rows[0][3:] == ["1", "2", "+1"] and found[0]["ranks"].rows[1][3:] == ["—"] * 3
    mentions = {name: [] for name in frames["tables/cities"]["name_zh"]}
    linked = {place["zh"] for place in page.places_context(frames, mentions) if place["section"]}
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
        assert by_name[name] == [f"{pair[0]:.3f}", f"{pair[1]:.3f}", f"{pair[0] - pair[1]:+.4f}"]


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
    assert "where an economy has too little data" in found["table-scores"].note["en"]
    assert "city" not in tables.words(found["table-scores"])
    assert contents.tables.has(frames, "bounds") and not contents.tables.has(frames, "printed_orders")


def test_scores_between_nought_and_one_have_three_decimals():
    assert (digits(pd.Series([0.2, 1.0])), digits(pd.Series([0.2, 55.0])), digits(pd.Series([-3.0]))) == (3, 1, 1)
    assert unit_words(edition())["a"]["en"] == "an economy"


def test_a_name_inside_a_longer_name_is_no_mention_of_it():
    names = ["Niger", "Nigeria", "Guinea", "Papua New Guinea"]
    frame = pd.DataFrame({"name_zh": names, "name_en": names})
    found = cities.mentions_of(frame, {"a": "Nigeria\nPapua New Guinea", "b": "Niger, Nigeria", "c": "Guinea"})
    assert found == {"Niger": ["b"], "Nigeria": ["a", "b"], "Guinea": ["c"], "Papua New Guinea": ["a"]}


def test_a_chart_of_many_units_is_as_tall_as_its_rows_and_scrolls(monkeypatch):
    frames = edition(count=75)
    run = explorer.read_run(frames, METHOD)
    rows = explorer.rows_of(frames, run)
    assert explorer.obstacle(frames, run, rows) is None
    look = explorer_chart.Look(False, False, False, 3, unit_head(frames))
    monkeypatch.setattr(explorer_chart.vl_convert, "javascript_bundle", lambda *_, **__: "")
    _, spec = explorer_chart.drawing(run, rows, look)
    assert {"name": "y_step", "value": explorer_chart.ROW} in spec["signals"]
    lab = page.explorer_context(frames, METHOD, Inline())
    assert lab["tall"] == 74 and len(lab["rows"]) == 74 and lab["evidence"] == ("reconstructed",)
    assert page.explorer_context(edition(), METHOD, Inline())["tall"] == 0


class Inline:
    """In place of a pool of processes."""

    def submit(self, function, *arguments):
        return function, arguments
