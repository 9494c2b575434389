"""The weight explorer: what the page needs to build the index anew under other weights, means and normalisations.

The script of the page repeats the steps from the treated indicators to the ranks by the rules of `normalisation`,
`weighting`, `aggregation` and `ranking`: a child without any data has no weight, a missing child leaves its weight to
its siblings for that unit alone, and a node asks for as much of its weight as the scenario does.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from fhi.editions.published import published_units
from fhi.engine import index
from fhi.engine.aggregation import aggregate
from fhi.engine.agreement import kendall_tau_b
from fhi.engine.errors import FhiError
from fhi.engine.framework import Framework
from fhi.engine.parameters import Step, level_alone, steps_by_level, steps_by_node
from fhi.engine.ranking import SLACK
from fhi.engine.weighting.families import with_data
from fhi.scenarios import Scenario, load_scenario, scenario_names
from fhi.showing.figures.registry import Tables, Texts
from fhi.showing.report.tables import city_names, has, node_names
from fhi.showing.report.texts import anchor, digits, said, span

#: the means that the page can take
MEANS = ("arithmetic", "geometric", "harmonic")
#: raw weights on the sliders: a share of 1 is 100 points
POINTS = 100
#: an example of weights from pairwise comparisons, where an edition has it
EXAMPLE = "ahp"
#: steps, in points, by which `_fitted` moves one weight at a time
STEPS = (50, 20, 10, 5, 2, 1)


def state(tables: Tables, method: Scenario, scenario: str) -> dict:
    """Return what the script of the page reads: the tree, the values of every unit, the method and the presets.

    ``obstacle`` says in both languages why the page cannot build this index, else it is None.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    method : Scenario
    scenario : str
        Its name.
    """
    framework = Framework.from_table(tables["tables/framework"])
    values = tables["normalised"].set_index("city")
    alive = with_data(values, framework)
    names, weights = node_names(tables), tables["weights"].set_index("node")["weight"]
    leaves = [leaf for leaf in framework.leaves if leaf in alive]
    steps = steps_by_level(method.aggregation, range(framework.depth))
    root = framework.root
    # the script normalises all indicators alike, and a year by itself
    plain = method.over_years.method == "by-year" and not method.by_indicator
    return {
        "obstacle": obstacle(steps | steps_by_node(method.aggregation)),
        "scenario": scenario,
        "root": root,
        "nodes": [
            names[code]
            | {"code": code, "parent": framework.parents[code], "open": POINTS * float(weights[code])}
            | {"direction": int(method.directions.get(code, framework.directions.get(code, 1)))}
            for code in framework.nodes
            if code in alive
        ],
        "units": _units(tables, root, list(values.index)),
        "own": columns(values, leaves),
        "treated": columns(tables["treated"].set_index("city").reindex(values.index), leaves)
        if plain and "treated" in tables and set(leaves) <= set(tables["treated"])
        else None,
        "means": {level: step.method for level, step in steps.items()},
        "least": {level: method.availability.get(level, 0.0) for level in steps},
        "decimals": method.ranking.decimals,
        "slack": SLACK,
        "places": digits(tables["scores"].set_index("city")[root]),
        "hundred": on_hundred(method) and has(tables, "bounds"),
        "presets": _presets(tables, framework, method, alive),
    }


def columns(frame: pd.DataFrame, leaves: list[str]) -> dict[str, list[float | None]]:
    """Return the values of each indicator in the order of the units, None where one is missing.

    Parameters
    ----------
    frame : pandas.DataFrame
        Units × indicators.
    leaves : sequence of str
        Codes of indicators.
    """
    return frame[leaves].astype(object).where(frame[leaves].notna(), None).to_dict("list")


def _units(tables: Tables, root: str, order: list[str]) -> list[dict]:
    """Return of every unit its names, key, published rank, rank in the run, and the bounds on its score."""
    names, places = city_names(tables), tables["tables/cities"].set_index("name_zh").to_dict("index")
    found = [published_units(tables, root).set_index("city")["rank"].rename("published")]
    found.append(tables["ranks"].set_index("city")[root].rename("opening"))
    if has(tables, "bounds"):
        found.append(tables["bounds"].query("node == @root").set_index("city")[["low", "high"]])
    numbers = pd.concat(found, axis=1).reindex(order).astype(float)
    return [
        names[city] | {"key": anchor(places[city]).removeprefix("city-")} | row.dropna().to_dict()
        for city, row in numbers.iterrows()
    ]


def obstacle(steps: Mapping[int, Step]) -> Texts | None:
    """Say which aggregation of the run the page does not have; None if it has all."""
    unknown = sorted({step.method for step in steps.values() if step.method not in MEANS or step.params})
    return said("explorer.obstacle", methods=", ".join(unknown)) if unknown else None


def _presets(tables: Tables, framework: Framework, method: Scenario, alive: set[str]) -> dict[str, dict[str, float]]:
    """Return by name the weights, in points, that a reader may start from, as far as an edition has ground for them.

    ``equal``: equal inside each parent; ``ahp``: the example of pairwise comparisons; ``centre``: the analytic centre
    of the identified set; ``_fitted``: the weights found nearest to the published order.
    """
    values = tables["normalised"].set_index("city")
    families = list(_families(framework, alive))
    found = {"equal": _equal(families)}
    if EXAMPLE in scenario_names():
        example = load_scenario(EXAMPLE)
        if example.edition == method.edition:
            try:
                weights = index.combine(values, framework, example).weights["weight"]
                found["ahp"] = {code: POINTS * float(weights[code]) for family in families for code in family}
            except FhiError:
                pass  # this scenario leaves out what the example compares
    if has(tables, "central_weights"):
        central = tables["central_weights"].set_index("node")["weight"]
        shares = [(family, central.reindex(family)) for family in families]
        if all(part.sum() > 0 for _, part in shares):
            found["centre"] = {code: POINTS * part[code] / part.sum() for family, part in shares for code in family}
    printed = published_units(tables, framework.root).set_index("city")["rank"]
    steps = steps_by_level(method.aggregation, range(framework.depth))
    if len(printed) > 2 and obstacle(steps) is None and level_alone(method):
        found["fitted"] = _fitted(values, framework, method, printed, families, tables["weights"])
    return {name: pd.Series(weights).dropna().round(2).to_dict() for name, weights in found.items()}


def _equal(families: list[list[str]]) -> dict[str, float]:
    """Return the points of each node if those of a family are equal."""
    return {code: POINTS / len(family) for family in families for code in family}


def _families(framework: Framework, alive: set[str]) -> Iterator[list[str]]:
    """Yield the children with data of each node that has any, from the root down."""
    for parent in [framework.root, *framework.nodes]:
        family = [code for code in framework.children(parent) if code in alive]
        if family:
            yield family


def _fitted(values: pd.DataFrame, framework: Framework, method: Scenario, printed: pd.Series, families: list, weights):
    """Return weights in whole points under which the order of the units comes nearest to the published one.

    Kendall's tau-b is raised by one weight at a time, by ever smaller steps, from the weights of the run and from equal
    ones: the best found, which is not proved to be the best there is. It serves to show how far weights alone can go
    towards the published order; the index makes no use of it.
    """
    opening = weights.set_index("node")["weight"] * POINTS
    alive = [code for family in families for code in family]
    starts = [opening[alive].to_dict(), _equal(families)]
    rows = values.loc[values.index.intersection(printed.index)]
    target = -printed.reindex(rows.index).to_numpy(dtype=float)

    def agreement(points: Mapping[str, float]) -> float:
        shares = dict.fromkeys(framework.nodes, 0.0)
        for family in families:
            total = sum(points[code] for code in family)
            if total <= 0:
                return -1.0
            shares |= {code: points[code] / total for code in family}
        try:
            scores = aggregate(rows, framework, pd.Series(shares), method.aggregation, availability=method.availability)
        except FhiError:
            return -1.0
        found = scores[framework.root].to_numpy()
        there = ~np.isnan(found) & ~np.isnan(target)
        # an order of fewer units would be nearer for that alone
        return kendall_tau_b(found[there], target[there]) if there.sum() >= least else -1.0

    opened = aggregate(rows, framework, opening / POINTS, method.aggregation, availability=method.availability)
    least = int(opened[framework.root].notna().sum())
    codes = [code for family in families if len(family) > 1 for code in family]
    whole = [{code: float(round(value)) for code, value in start.items()} for start in starts]
    return max((_climbed(start, codes, agreement) for start in whole), key=lambda pair: pair[1])[0]


def _climbed(
    points: dict[str, float], codes: list[str], agreement: Callable[[Mapping[str, float]], float]
) -> tuple[dict[str, float], float]:
    """Return the weights from which no step of one weight raises the agreement further, and that agreement."""
    reached = agreement(points)
    for step in STEPS:
        for code, sign in itertools.product(codes, (-1, 1)):
            moved = points | {code: points[code] + sign * step}
            if 0 <= moved[code] <= POINTS and (tau := agreement(moved)) > reached + 1e-12:
                points, reached = moved, tau
    return points, reached


def sliders(tables: Tables, found: Mapping, parent: str | None = None) -> list[dict]:
    """Return the sliders below a node, each with those below it and the names of what has no data there.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    found : mapping
        What `state` returns.
    parent : str, optional
        Code of a node (default: the root).
    """
    nodes, names = found["nodes"], node_names(tables)
    framework = tables["tables/framework"]
    allowed = tables["weight_bounds"].set_index("node") if has(tables, "weight_bounds") else pd.DataFrame()
    parent = parent or found["root"]
    family, alive = [node for node in nodes if node["parent"] == parent], {node["code"] for node in nodes}
    rows = []
    for node in family:
        code, bounds = node["code"], None
        if code in allowed.index:
            bounds = span(*(100 * allowed.loc[code, ["low", "high"]]), places=0) + "%"
        idle = [names[child] for child in framework.loc[framework["parent"] == code, "code"] if child not in alive]
        children = sliders(tables, found, code)
        rows.append(node | {"fixed": len(family) == 1, "allowed": bounds, "children": children, "idle": idle})
    return rows


def on_hundred(method: Scenario) -> bool:
    """Return whether scores run from 0 to 100, as the published ones do."""
    step = method.normalisation
    return step.method == "min-max" and list(step.params.get("scale", (0, 100))) == [0, 100]
