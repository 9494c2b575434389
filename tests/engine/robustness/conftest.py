"""Made-up cases, and the slow way: one draw after the other, each an index built from its panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import gamma

from fhi.engine.framework import Framework
from fhi.engine.index import build, select
from fhi.engine.parameters import Method


def make_framework(families: dict[str, list[str]], directions=(), weights=None) -> Framework:
    """A tree from parent → children, the root first; every leaf must be of the same depth."""
    parents = {child: parent for parent, children in families.items() for child in children}
    root = next(iter(families))
    codes = [root, *parents]
    levels = {root: 0}
    for code in codes[1:]:
        levels[code] = levels[parents[code]] + 1
    table = {
        "code": codes,
        "level": [levels[code] for code in codes],
        "parent": [parents.get(code) for code in codes],
        "direction": [-1 if code in directions else 1 for code in codes],
        "weight": [(weights or {}).get(code, 1.0) for code in codes],
        "unit": None,
        "name_zh": "名",
        "name_en": "name",
    }
    return Framework.from_table(pd.DataFrame(table))


#: families that are not in the order of the levels, an only child, a direction, unequal weights
FAMILIES = {
    "index": ["people", "money", "place"],
    "money": ["income", "wealth"],
    "people": ["health", "skills"],
    "place": ["air"],
    "skills": ["school", "work"],
    "air": ["dust"],
    "income": ["wage", "rent", "pension"],
    "health": ["age"],
    "wealth": ["savings", "debt"],
}


@pytest.fixture(scope="session")
def tree() -> Framework:
    weights = {"people": 2, "wage": 3, "debt": 0.5, "school": 1.5}
    return make_framework(FAMILIES, directions={"debt", "dust"}, weights=weights)


def make_data(framework: Framework, units: int, seed: int, gaps: float = 0.0) -> pd.DataFrame:
    """Units × indicators, skewed and between 0 and 100, some cells missing but in the first unit and the last two."""
    rng = np.random.default_rng(seed)
    values = 100 * rng.beta(2, 5, size=(units, len(framework.leaves)))
    values[0] = 28  # the first unit is about average
    holes = rng.random(values.shape) < gaps
    holes[[0, -1, -2]] = False
    names = pd.Index([f"unit {number}" for number in range(units)], name="city")
    return pd.DataFrame(np.where(holes, np.nan, values), index=names, columns=framework.leaves)


def as_panel(data: pd.DataFrame, year: int = 2018) -> pd.DataFrame:
    long = data.rename_axis(index="city", columns="indicator").stack(future_stack=True).rename("value")
    return long.reset_index().assign(year=year)


def slow(panel, framework: Framework, space: dict, parameters: pd.DataFrame, method: Method, units=None):
    """Return draws × units: an index built anew for every row of `parameters`, in the words of `space`."""
    rows = [_one(panel, framework, space, row, parameters, method, units) for row in range(len(parameters))]
    return pd.DataFrame(rows).reset_index(drop=True)


def _one(panel, framework: Framework, space: dict, row: int, parameters: pd.DataFrame, method: Method, units):
    settings = {}
    for key in set(space) & set(Method.model_fields):
        settings[key] = space[key][parameters[key].cat.codes.iloc[row]]
    if "left_out" in space and parameters["left_out"].iloc[row] != "none":
        settings["exclude_indicators"] = below(framework, parameters["left_out"].iloc[row])
    chosen = Method(**(method.model_dump() | settings))
    values = select(panel, framework, chosen.year)
    for indicator, error in space.get("data_noise", {}).items():
        numbers = parameters.loc[row, [f"data_noise.{indicator}.{unit}" for unit in values.index]].to_numpy(dtype=float)
        values[indicator] = with_error(values[indicator], error, numbers)
    noisy = as_panel(values, chosen.year or 0)
    index = build(noisy, framework, chosen, units=units)
    given = space.get("weight_noise", [])
    raw = index.weights["weight"].to_dict()
    for entry in given if isinstance(given, list) else [given]:
        for parent in [framework.root, *framework.nodes]:
            family = framework.children(parent)
            if family and framework.levels[family[0]] in entry["levels"]:
                numbers = {child: parameters[f"weight_noise.{child}"].iloc[row] for child in family}
                raw |= with_noise({child: raw[child] for child in family}, entry, numbers)
    chosen = chosen.model_copy(update={"weights": raw, "weighting": Method(weighting="original").weighting})
    if not space.get("weight_noise"):
        return index.scores[framework.root]
    return build(noisy, framework, chosen, units=units).scores[framework.root]


def below(framework: Framework, node: str) -> list[str]:
    children = framework.children(node)
    return [leaf for child in children for leaf in below(framework, child)] if children else [node]


def with_error(values: pd.Series, error: dict, numbers: np.ndarray) -> pd.Series:
    ((kind, size),) = error.items()
    if kind == "answers":
        return (values + numbers * np.sqrt(values * (100 - values) / size)).clip(0, 100)
    if kind == "relative":
        return values + numbers * size * values.abs()
    return values + numbers * np.array([size.get(unit, 0) if isinstance(size, dict) else size for unit in values.index])


def with_noise(weights: dict, entry: dict, numbers: dict) -> dict:
    if "uniform" in entry:
        return {child: weight * (1 + entry["uniform"] * (1 - 2 * numbers[child])) for child, weight in weights.items()}
    count = sum(weight > 0 for weight in weights.values())
    shapes = {child: entry["dirichlet"] * count * weight for child, weight in weights.items()}
    return {child: gamma.isf(1 - numbers[child], shape) if shape > 0 else 0.0 for child, shape in shapes.items()}


def ranks_of(scores: pd.DataFrame) -> pd.DataFrame:
    """Ranks of draws × units; what differs by less than 1e-12 of the largest is a tie."""
    rows = []
    for _, row in scores.iterrows():
        tie = 1e-12 * row.abs().max()
        rows.append([1 + sum(other > own + tie for other in row) for own in row])
    return pd.DataFrame(rows, columns=scores.columns)


@pytest.fixture(scope="session")
def cases():
    """The helpers of this file, by name."""
    return {name: globals()[name] for name in ("make_framework", "make_data", "as_panel", "slow", "ranks_of", "below")}
