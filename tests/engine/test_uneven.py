"""Trees whose branches are not of one depth: by hand, in draws, and without each node."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine import Framework, Method, build, sensitivity, uncertainty
from fhi.engine.errors import DataError
from fhi.engine.explain import drop_each, why

NAN = float("nan")


def tree(*rows):
    table = pd.DataFrame(rows, columns=["level", "code", "parent", "weight"])
    return Framework.from_table(table.assign(direction=1, unit="points", name_zh="", name_en=""))


#: a is an indicator beside the pillars, q1 and q2 one level below the others
TREE = tree(
    (0, "all", None, 1.0),
    (1, "a", "all", 2.0),
    (1, "p", "all", 1.0),
    (2, "p1", "p", 1.0),
    (2, "q", "p", 3.0),
    (3, "q1", "q", 1.0),
    (3, "q2", "q", 1.0),
)
DATA = pd.DataFrame(
    {"a": [10.0, 40, 20, 90], "p1": [50.0, NAN, 30, 70], "q1": [1.0, 9, 4, 4], "q2": [4.0, 1, 9, NAN]},
    index=list("甲乙丙丁"),
)
PLAIN = {"normalisation": "identity", "availability": {}}


def test_each_indicator_stands_at_its_own_level():
    assert TREE.leaves == ["a", "p1", "q1", "q2"]
    method = Method(**PLAIN, aggregation={0: "arithmetic", 1: "arithmetic", 2: "geometric"})
    found = build(DATA, TREE, method)
    # q: 2, 3, 6, 4; p: (p1 + 3q)/4; all: (2a + p)/3
    scores = found.scores.loc[DATA.index]
    assert scores["q"].tolist() == pytest.approx([2, 3, 6, 4])
    assert scores["p"].tolist() == pytest.approx([14, 3, 12, 20.5])
    assert scores["all"].tolist() == pytest.approx([34 / 3, 83 / 3, 52 / 3, 200.5 / 3])
    effective = found.weights["effective"]
    assert effective[TREE.leaves].tolist() == pytest.approx([2 / 3, 1 / 12, 1 / 8, 1 / 8])


@pytest.mark.slow
@pytest.mark.parametrize(
    "aggregation",
    [
        "arithmetic",
        "geometric",
        {0: "arithmetic", 1: "geometric", 2: "harmonic"},
        {0: "geometric", 1: "arithmetic", 2: "arithmetic"},
        {0: "arithmetic", 1: {"method": "owa", "exponent": 2}, 2: "geometric"},
        {0: "median", 1: "arithmetic", 2: "geometric"},
    ],
)
def test_draws_are_the_index_built_again(aggregation):
    method = Method(normalisation={"method": "min-max", "scale": [1, 100]}, availability={}, aggregation=aggregation)
    space = {
        "normalisation": [{"method": "min-max", "scale": [1, 100]}, {"method": "z-score", "mean": 100, "sd": 10}],
        "left_out": ["none", "a", "q", "q2"],
        "weight_noise": {"uniform": 0.5},
        "data_noise": {"a": {"sd": 1}},
    }
    data = DATA.assign(p1=DATA["p1"].fillna(20)) if "median" in str(aggregation) else DATA
    found = uncertainty(data, TREE, space, 12, method=method)
    assert {name for name in found.parameters if name.startswith("weight_noise")} == {
        f"weight_noise.{node}" for node in TREE.nodes
    }
    normalisations = {"min-max": method.normalisation, "z-score": space["normalisation"][1]}
    for draw, row in found.parameters.iterrows():
        raw = TREE.weights.astype(float)
        for parent in ("all", "p", "q"):
            family = TREE.children(parent)
            noise = row[[f"weight_noise.{node}" for node in family]].to_numpy(dtype=float)
            # noise is in the shares, which those left out do not have
            raw[family] = raw[family] * (1 + 0.5 * (1 - 2 * noise))
        noise = row[[f"data_noise.a.{unit}" for unit in data.index]].to_numpy(dtype=float)
        left_out = [] if row["left_out"] == "none" else TREE.leaves_below(row["left_out"])
        again = method.model_copy(
            update={
                "normalisation": Method(normalisation=normalisations[row["normalisation"].split(" ")[0]]).normalisation,
                "exclude_indicators": tuple(left_out),
                "weights": raw[TREE.nodes].to_dict(),
            }
        )
        scores = build(data.assign(a=data["a"] + noise), TREE, again).scores["all"]
        np.testing.assert_allclose(found.scores.loc[draw], scores[found.units], rtol=1e-9)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_sobol_indices_of_an_even_tree_of_only_children_are_the_same():
    even = tree(
        (0, "all", None, 1.0),
        (1, "a_", "all", 2.0),
        (1, "p", "all", 1.0),
        (2, "a__", "a_", 1.0),
        (2, "p1_", "p", 1.0),
        (2, "q", "p", 3.0),
        (3, "a", "a__", 1.0),
        (3, "p1", "p1_", 1.0),
        (3, "q1", "q", 1.0),
        (3, "q2", "q", 1.0),
    )
    space = {"normalisation": ["min-max", "rank"], "left_out": ["none", "a", "p1", "q1"]}
    one, other = (sensitivity(DATA, framework, space, 64, seed=3) for framework in (TREE, even))
    pd.testing.assert_frame_equal(one, other)


def test_explanations_add_up():
    method = Method(**PLAIN)
    index = build(DATA, TREE, method)
    split = why(index, TREE, method, "丁", "乙").set_index("node")["contribution"]
    whole = index.scores.loc["丁", "all"] - index.scores.loc["乙", "all"]
    assert split["all"] == pytest.approx(whole)
    assert split[["a", "p"]].sum() == pytest.approx(whole)
    assert split[["p1", "q1", "q2"]].sum() == pytest.approx(split["p"])
    effects, _ = drop_each(DATA, TREE, method)
    assert effects["node"].tolist() == ["a", "p", "p1", "q1", "q2"]


def test_a_node_that_lost_its_children_does_not_pass_for_an_indicator():
    table = TREE.table.assign(unit="").drop(index=["q1", "q2"])
    with pytest.raises(DataError, match="an indicator of a level above states its unit"):
        Framework.from_table(table)
