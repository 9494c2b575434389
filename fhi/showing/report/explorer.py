"""The weight explorer: what a run must give so that the page can rank its cities anew under other weights.

The page repeats the two upper steps of the aggregation, from the scores of the sub-pillars to the index, by the
rule of `aggregation` and `weighting`: a child without any data has no weight, a missing child leaves its
weight to its siblings for that city alone, and the index asks for as much of the pillars' weight as the scenario
does. What lies below (indicators, their treatment and normalisation) does not depend on these weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fhi.editions.published import published_units
from fhi.engine.aggregation import METHODS
from fhi.engine.framework import Framework
from fhi.engine.methods import traits
from fhi.engine.parameters import Method, Step
from fhi.engine.siblings import redistributed
from fhi.showing.figures.registry import Tables, Texts
from fhi.showing.report.tables import city_names, has, node_names
from fhi.showing.report.texts import span, unit_head, unit_words

#: what an aggregation adds its scores up in (its trait `sums`) -> the same as an expression on the page
FORMS = {np.asarray: "{}", np.log: "log({})", np.exp: "exp({})", np.reciprocal: "(1 / {})"}
#: aggregations that the page can repeat
LIVE = [name for name in METHODS if (pair := traits("aggregation", name).sums) and {*pair} <= set(FORMS)]
#: raw weights on the sliders: a share of 1 is 100 points
POINTS = 100
#: more rows than these scroll in the chart
TALL = 60


@dataclass(frozen=True)
class Node:
    """A node whose weight may be moved.

    Attributes
    ----------
    signal : str
        Its weight in the chart; made from places, so that no text from data becomes part of an expression.
    column : str
        Its score in the rows of the chart.
    opening : float
        Its weight in the run, in points.
    """

    code: str
    signal: str
    column: str
    opening: float


@dataclass(frozen=True)
class Run:
    """The two upper levels of a run: pillars that have data, their sub-pillars that have data, and every city's scores.

    Attributes
    ----------
    families : tuple of (Node, tuple of Node)
        Each pillar with its sub-pillars; a pillar that is an indicator itself is its own only child.
    idle : mapping
        By pillar, its sub-pillars without data.
    aggregation, least : mapping
        By level (0 the index, 1 the pillars): the method, and the least share of weight that a city needs data for.
    decimals : int or None
        Of the index, beyond which cities are tied; None: no rounding.
    """

    families: tuple[tuple[Node, tuple[Node, ...]], ...]
    idle: Mapping[str, list[str]]
    aggregation: Mapping[int, str]
    least: Mapping[int, float]
    decimals: int | None = None


def read_run(tables: Tables, method: Method) -> Run:
    """Return the upper levels of a run from its ``weights`` and ``scores``."""
    framework = Framework.from_table(tables["tables/framework"])
    weights = tables["weights"].set_index("node")["weight"]
    scored = set(tables["scores"].columns[tables["scores"].notna().any()])
    families, idle = [], {}
    for pillar in framework.children(framework.root):
        children = framework.children(pillar)
        alive = [code for code in children if code in scored] if children else [pillar]
        idle[pillar] = [code for code in children if code not in scored]
        if pillar not in scored:
            continue
        i = len(families)
        below = tuple(
            Node(code, f"w{i}_{j}", f"s{i}_{j}", POINTS * float(weights[code] if children else 1.0))
            for j, code in enumerate(alive)
        )
        families.append((Node(pillar, f"w{i}", f"p{i}", POINTS * float(weights[pillar])), below))
    aggregation = {level: _aggregation(method, level) for level in (0, 1)}
    least = {level: method.availability.get(level, 0.0) for level in (0, 1)}
    return Run(tuple(families), idle, aggregation, least, method.ranking.decimals)


def _aggregation(method: Method, level: int) -> str:
    """Return the aggregation of a level, its parameters behind the name."""
    chosen = method.aggregation
    if isinstance(chosen, Mapping):
        chosen = chosen.get(level, "")
    if isinstance(chosen, Step):
        return f"{chosen.method} {chosen.params}" if chosen.params else chosen.method
    return chosen


def root_of(tables: Tables) -> str:
    """Return the code of the index."""
    return Framework.from_table(tables["tables/framework"]).root


def bounds_of(tables: Tables, node: str) -> pd.DataFrame:
    """Return the bounds on the scores of a node, ``city, low, high``; empty where nothing printed bounds them."""
    columns = ["city", "low", "high"]
    if not has(tables, "bounds"):
        return pd.DataFrame(columns=columns)
    return tables["bounds"].query("node == @node")[columns]


def columns_of(rows: Sequence[Mapping]) -> dict[str, bool]:
    """Return whether any row has a published rank, and whether any has bounds."""
    return {
        "published": any(row["published"] is not None for row in rows),
        "bounds": any(row["low"] is not None for row in rows),
    }


def heads(tables: Tables, columns: Mapping[str, bool]) -> list[Texts]:
    """Return the heads of the table of the explorer: of the columns that have anything (see `columns_of`)."""
    found = [{"zh": "名次", "en": "Rank"}, unit_head(tables), {"zh": "得分", "en": "Score"}]
    if columns["published"]:
        found.append({"zh": "公布名次", "en": "Published rank"})
    if columns["bounds"]:
        found.append({"zh": "公布数字允许的得分", "en": "Score that the published numbers allow"})
    return [*found, {"zh": "变动", "en": "Moved"}]


def unusual(run: Run) -> Texts | None:
    """Say which levels are not arithmetic means, and what they are; None if all are."""
    levels = {0: {"zh": "总指数", "en": "the index"}, 1: {"zh": "维度", "en": "the pillars"}}
    names = dict.fromkeys(name for name in run.aggregation.values() if name != "arithmetic")
    found = {"zh": [], "en": []}
    for name in names:
        known, used = (
            traits("aggregation", name),
            [text for level, text in levels.items() if run.aggregation[level] == name],
        )
        found["zh"].append(f"{known.zh}：{'与'.join(text['zh'] for text in used)}。")
        found["en"].append(f"{known.en[0].upper()}{known.en[1:]}: {' and '.join(text['en'] for text in used)}.")
    return {"zh": "".join(found["zh"]), "en": " ".join(found["en"])} if names else None


def rows_of(tables: Tables, run: Run) -> list[dict]:
    """Return one row a city: names, ranks, bounds, and the scores of its sub-pillars under their columns."""
    names = city_names(tables)
    root = root_of(tables)
    printed = published_units(tables, root).set_index("city")["rank"]
    opening = tables["ranks"].set_index("city")[root]
    allowed = bounds_of(tables, root).set_index("city")
    order = tables["scores"].sort_values([root, "city"], ascending=[False, True], na_position="last")
    rows = []
    for place, scores in enumerate(order.to_dict("records")):
        city = scores["city"]
        row = {"order": place, **names[city]}
        row |= {name: _or_none(ranks.get(city), int) for name, ranks in (("published", printed), ("opening", opening))}
        row |= {side: _or_none(allowed[side].get(city), float) for side in ("low", "high")}
        row |= {node.column: _or_none(scores[node.code], float) for _, below in run.families for node in below}
        rows.append(row)
    return rows


def _or_none(value: float | None, kind: type) -> float | int | None:
    """Return a value as JSON holds it: nothing for what is missing."""
    return None if value is None or pd.isna(value) else kind(value)


def obstacle(tables: Tables, run: Run, rows: Sequence[Mapping]) -> Texts | None:
    """Say why the page cannot rank anew by the rule of the run; None if it can."""
    root, unit = root_of(tables), unit_words(tables)["one"]
    if tables["scores"][root].isna().all():
        return {
            "zh": f"没有{unit['zh']}具备全部维度的数据。",
            "en": f"No {unit['en']} has data in all pillars.",
        }
    unknown = sorted(set(run.aggregation.values()) - set(LIVE))
    if unknown:
        return {
            "zh": f"本方案的汇总方法（{', '.join(unknown)}）无法在页面上重算。",
            "en": f"The aggregation of this scenario ({', '.join(unknown)}) cannot be repeated on the page.",
        }
    scores = [row[node.column] for row in rows for _, below in run.families for node in below]
    strict = [known for name in run.aggregation.values() if (known := traits("aggregation", name)).positive]
    if strict and any(score is not None and score <= 0 for score in scores):
        return {
            "zh": f"{strict[0].zh}要求各得分为正，而本方案中有得分为零或负。",
            "en": f"A {strict[0].en} needs positive scores, and some are zero or negative in this scenario.",
        }
    expected = tables["scores"].set_index("city")[root]
    found = pd.Series(replay(run, rows), index=[row["zh"] for row in rows]).reindex(expected.index)
    if not np.allclose(found, expected, rtol=0, atol=1e-9, equal_nan=True):
        return {
            "zh": "页面的规则不能得出本方案的得分，因此不作重算。",
            "en": "The rule of the page does not give the scores of this run, so it does not rank anew.",
        }
    return None


def replay(run: Run, rows: Sequence[Mapping]) -> np.ndarray:
    """Return the index of every row under the opening weights, by the rule that the page repeats."""
    pillars = [
        _mean(_column(rows, below), [node.opening for node in below], run.aggregation[1], run.least[1])
        for _, below in run.families
    ]
    weights = [pillar.opening for pillar, _ in run.families]
    return _mean(np.column_stack(pillars), weights, run.aggregation[0], run.least[0])


def _column(rows: Sequence[Mapping], nodes: Sequence[Node]) -> np.ndarray:
    return np.array([[row[node.column] for node in nodes] for row in rows], dtype=float)


def _mean(scores: np.ndarray, weights: Sequence[float], aggregation: str, least: float) -> np.ndarray:
    known = redistributed(~np.isnan(scores), np.asarray(weights) / sum(weights), least)
    forward, backward = traits("aggregation", aggregation).sums
    values = forward(np.where(known.kept > 0, scores, 1.0))
    with np.errstate(divide="ignore"):
        return np.where(known.scored, backward(np.sum(known.shares() * values, axis=1)), np.nan)


def sliders(tables: Tables, run: Run) -> list[dict]:
    """Return the sliders of the page: each pillar with its sub-pillars, and those that have no data."""
    names = node_names(tables)
    allowed = tables["weight_bounds"].set_index("node") if has(tables, "weight_bounds") else pd.DataFrame()
    result = []
    for pillar, below in run.families:
        result.append(
            _slider(pillar, names, allowed, fixed=len(run.families) == 1)
            | {
                "children": [_slider(node, names, allowed, fixed=len(below) == 1) for node in below],
                "idle": [names[code] for code in run.idle[pillar.code]],
            }
        )
    return result


def _slider(node: Node, names: Mapping[str, Texts], allowed: pd.DataFrame, fixed: bool) -> dict:
    limits = None
    if node.code in allowed.index:
        limits = span(*(100 * allowed.loc[node.code, ["low", "high"]]), places=0) + "%"
    return {
        "signal": node.signal,
        "code": node.code,
        "name": names[node.code],
        "opening": node.opening,
        "allowed": limits,
        "fixed": fixed,
    }


def families_state(run: Run) -> list[list[dict]]:
    """Return the families of weights that each sum to the whole, as the script of the page reads them."""
    families = [[pillar for pillar, _ in run.families], *(below for _, below in run.families)]
    return [[{"signal": n.signal, "code": n.code, "opening": n.opening} for n in family] for family in families]


def on_hundred(method: Method) -> bool:
    """Return whether scores run from 0 to 100, as the published ones do."""
    step = method.normalisation
    return step.method == "min-max" and list(step.params.get("scale", (0, 100))) == [0, 100]
