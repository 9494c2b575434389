"""The figures of robustness, bounds and audit for another edition: without tiers, with other pillars."""

import shutil
from itertools import combinations, pairwise

import pandas as pd
import pytest

from fhi.editions import catalogue, claims, folders
from fhi.editions.published import published_units
from fhi.engine.framework import Framework
from fhi.engine.identification import analyses, bounds
from fhi.paths import ROOT
from fhi.showing.figures import entries
from fhi.showing.figures.evidence import drawable, seen
from fhi.showing.figures.registry import LANGUAGES
from fhi.store import MissingTable

SECTIONS = ("robustness", "identified", "audit")
#: words of the report that no other edition has
OF_REPORT = ("杭州", "城", "city", "cities", "应用率", "adoption", "产业", "体验", "experience", "the report", "报告")
DRAWS = {"level": 0.9, "draws": 100}


class Tables(dict):
    def __missing__(self, name):
        raise MissingTable([])


@pytest.fixture(scope="module")
def baltic(tmp_path_factory):
    """The small second edition with bounds and claims, as stages 05 and 06 make them, and without its tiers."""
    folder = shutil.copytree(ROOT / "tests" / "data" / "baltic", tmp_path_factory.mktemp("raw") / "baltic")
    catalogue.update_checksums(folder)
    raw = folders.read(folder)
    given = Tables({f"tables/{name}": frame for name, frame in raw.items()})
    given["tables/published_ranks"] = given["tables/published_ranks"].assign(tier=None)
    tree = Framework.from_table(raw["framework"])
    sets = analyses.runs(raw["facts"], tree, (), {"alike": {"weights": "equal-inside-parents"}})
    every = sets[analyses.ALL]
    given["bounds_by_facts"], given["weight_bounds_by_facts"] = analyses.by_facts(sets)
    order = published_units(given, tree.root)["city"].tolist()
    return Tables(
        given
        | robustness(order)
        | {
            "bounds": every.score_bounds(),
            "weight_bounds": every.weight_bounds(),
            "gap_bounds": analyses.gap_bounds(sets, order),
            "weight_map": analyses.weight_maps(sets),
            "fact_influence": analyses.influence(every),
            "central_scores": bounds.central_scores(every),
            "claims": claims.ledger(raw),
            "weight_by_evidence": pd.DataFrame({"node": ["hub"], "evidence": ["public"], "share": [1.0]}),
        }
    )


def robustness(units):
    """Tables of stage 04, made up."""
    places = range(1, len(units) + 1)
    ranks = {"published": places, "reference": places, "low": places, "median": places, "high": places}
    pairs = list(combinations(units, 2))
    answers = [("above", *pair, 0.7) for pair in pairwise(units)] + [("order", None, None, 0.1)]
    answers += [("place", unit, None, 0.4) for unit in units]
    steps = [("above", *units[:2], n, 0.6, 0.5, 0.7) for n in (10, 100)]
    steps += [("shift", None, None, n, 1.2, 1.0, 1.4) for n in (10, 100)]
    share = {f"{kind}{end}": 0.4 for kind in ("first", "total") for end in ("", "_low", "_high")}
    moved = [("shift", None, "left_out"), *(("rank", unit, "left_out") for unit in units)]
    columns = ["question", "city", "other", "probability"]
    return {
        "rank_intervals": pd.DataFrame({"city": units, **ranks, "tier": None, "unranked": 0, **DRAWS}),
        "rank_probabilities": pd.DataFrame({"city": units, "rank": places, "probability": 0.9}),
        "beats": pd.DataFrame(pairs, columns=["city", "other"]).assign(probability=0.8),
        "robust_answers": pd.DataFrame(answers, columns=columns).assign(tier=None, low=0.1, high=0.9, draws=100),
        "convergence": pd.DataFrame(steps, columns=["measure", "city", "other", "n", "estimate", "low", "high"]),
        "sensitivity": pd.DataFrame(moved, columns=["output", "city", "assumption"]).assign(
            **share, variance=1.0, readable=True, unranked=0
        ),
        "tornado": pd.DataFrame({"city": units, "base": places, "best": places, "worst": 60}).assign(
            assumption="left_out", best_at=None, worst_at="fees", unranked=0
        ),
        "rank_confidence": pd.DataFrame(columns=["indicator", "city", "rank"]),
    }


def own(tables):
    return {entry.id: entry for entry in drawable(tables) if entry.section in SECTIONS}


@pytest.mark.slow
def test_all_that_has_rows_is_drawn_in_the_words_of_the_edition(baltic, framed, misplaced):
    found = own(baltic)
    every = {entry.id for entry in entries() if entry.page is None and entry.section in SECTIONS}
    # two pillars make no map; the rates of adoption are the report's
    assert every - set(found) == {"identified-map", "robust-adoption"}
    for entry in found.values():
        entry, data = seen(entry, baltic)
        for language, text in entry.caption(data).items():
            said = f"{entry.title[language]} {text}"
            assert not [word for word in OF_REPORT if word in said], entry.id
            # the words that it does not have stand for no value
            assert "nan" not in said, entry.id
            assert not misplaced(framed(entry, data, language)), (entry.id, language)


@pytest.mark.slow
def test_a_table_without_rows_draws_nothing(baltic):
    for name, id in (("claims", "audit-scorecard"), ("tornado", "robust-tornado"), ("bounds", "identified-scores")):
        assert id not in own(Tables(baltic | {name: baltic[name].head(0)}))
    # without a published order there is nothing to set beside the draws, but their number and what moves them
    nothing = baltic["rank_intervals"].assign(published=float("nan"))
    answers = baltic["robust_answers"].head(0)
    left = own(Tables(baltic | {"rank_intervals": nothing, "robust_answers": answers}))
    assert {id for id in left if id.startswith("robust")} == {"robust-sobol"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_has_the_three_pillars_of_the_edition(baltic, framed, language):
    rows = [("all", 1, 0.9, 0.1, 0.0), ("all", 2, 0.0, 0.5, 0.5), ("all", 3, 0.2, 0.0, 0.8)]
    names = ["health", "education", "income"]
    nodes = pd.DataFrame({"code": names, "name_zh": ["健康", "教育", "收入"], "name_en": [*map(str.title, names)]})
    given = baltic | {"weight_map": pd.DataFrame(rows, columns=["facts", "corner", *names]), "tables/framework": nodes}
    entry = next(entry for entry in entries() if entry.id == "identified-map")
    entry, data = seen(entry, Tables(given))
    assert "Health 90.0%, Education 50.0%, Income 80.0%" in entry.caption(data)["en"]
    assert "健康至多90.0%，教育至多50.0%，收入至多80.0%" in entry.caption(data)["zh"]
    texts = {text.get_text() for text in framed(entry, data, language).axes[0].texts} - {"25%", "50%", "75%"}
    assert texts == (
        {"健康 100%", "教育 100%", "收入 100%"} if language == "zh" else {f"{n.title()} 100%" for n in names}
    )
