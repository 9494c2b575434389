"""A new method of each kind is one function: with it an index is built, draws are made, and it has its words."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine import Method, build, index, methods, uncertainty
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.methods import Number, method
from fhi.engine.words import in_words, label

TREE = Framework.from_table(
    pd.DataFrame(
        [(0, "all", None), (1, "a", "all"), (1, "b", "all"), (2, "x", "a"), (2, "y", "a"), (2, "z", "b")],
        columns=["level", "code", "parent"],
    ).assign(direction=1, weight=1.0, unit="", name_zh="", name_en="")
)
DATA = pd.DataFrame({"x": [1.0, 5, 3, 9], "y": [2.0, np.nan, 7, 4], "z": [3.0, 8, 1, 5]}, index=list("甲乙丙丁"))


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    for step, table in methods.TABLES.items():
        monkeypatch.setitem(methods.TABLES, step, table)
        for name in ("new", "newer"):
            monkeypatch.setitem(table, name, None)
            del table[name]


def register():
    @method("panel", "new", zh="新取值", en="new panel")
    def first(history, targets):
        return next(iter(history.values()))

    @method("imputation", "new", zh="新插补", en="new imputation", columnwise=True)
    def fill(data, *, value: Number = 3.0):
        return data.fillna(value)

    @method("treatment", "new", zh="新处理", en="new treatment", columnwise=True)
    def cut(data):
        return data.clip(upper=8)

    @method("normalisation", "new", zh="新标准化", en="new normalisation", columnwise=True)
    def by_best(data):
        return data / data.max()

    @method("over_years", "new", zh="新年份", en="new years", own_year=True)
    def over(history, year, normalise):
        return normalise(history[year])

    @method("weighting", "new", zh="新赋权", en="new weighting", from_data=False)
    def alphabet(normalised, framework):
        return pd.Series(range(1, len(framework.nodes) + 1), index=framework.nodes, dtype=float)

    @method("aggregation", "new", zh="新合成", en="new aggregation", rowwise=True, sums=(np.square, np.sqrt))
    def quadratic(scores, weights):
        return np.sqrt(np.nansum(weights * scores**2, axis=1))


def test_it_stands_in_an_index_in_draws_and_in_words():
    register()
    new = Method(**{step: "new" for step in methods.TABLES if step not in methods.OF_SPACE})
    found = build(DATA, TREE, new, units=None).scores["all"]
    cells = DATA.fillna(3).clip(upper=8)
    scores = (cells / cells.max()) ** 2
    # weights 1, 2 of the pillars; 3, 4 of x and y
    expected = np.sqrt((1 * (3 * scores["x"] + 4 * scores["y"]) / 7 + 2 * scores["z"]) / 3)
    np.testing.assert_allclose(found[DATA.index], expected)
    space = {step: ["new"] for step in ("imputation", "treatment", "normalisation", "weighting", "aggregation")}
    space |= {"left_out": ["none", "y"], "weight_noise": {"uniform": 0.2}}
    draws = uncertainty(DATA, TREE, space, 30, method=new)
    # the same draws with a method that is unknown to be a sum, one after the other
    plain = methods.TABLES["aggregation"]["new"]
    methods.TABLES["aggregation"]["newer"] = lambda scores, weights: plain(scores, weights)
    slow = uncertainty(DATA, TREE, space | {"aggregation": ["newer"]}, 30, method=new)
    np.testing.assert_allclose(draws.scores, slow.scores, rtol=1e-12)
    assert in_words(label(new.imputation), "zh", "imputation") == "新插补"
    assert {in_words("new", "en", step)[:4] for step in methods.TABLES if step not in methods.OF_SPACE} == {"new "}


def test_a_name_is_given_once_and_a_step_must_be_one():
    register()
    with pytest.raises(MethodError, match="there is a method 'new' already"):
        method("treatment", "new")(lambda data: data)
    with pytest.raises(MethodError, match=r"there is no 'treatement'. Did you mean treatment"):
        method("treatement", "new")


def test_a_method_is_checked_once_in_a_build(monkeypatch):
    calls = []
    whole = index.check
    monkeypatch.setattr(index, "check", lambda *given, **more: calls.append(1) or whole(*given, **more))
    build(DATA, TREE, Method(weighting="equal"))
    assert len(calls) == 1
