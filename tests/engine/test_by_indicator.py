"""Steps of single indicators: each as if the index had that step alone, in a build and in draws."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine import Framework, Method, build, uncertainty
from fhi.engine.errors import MethodError

NAN = float("nan")
TREE = Framework.from_table(
    pd.DataFrame(
        [(0, "all", None), (1, "x", "all"), (1, "y", "all"), (1, "z", "all")], columns=["level", "code", "parent"]
    ).assign(direction=[1, 1, -1, 1], weight=1.0, unit="", name_zh="", name_en="")
)
DATA = pd.DataFrame({"x": [1.0, 5, NAN, 9, 400], "y": [2.0, 3, 7, 4, NAN], "z": [3.0, 8, 1, 5, 6]}, index=list("abcde"))
OWN = {
    "x": {"imputation": "median", "treatment": {"method": "winsorise", "points": 1}},
    "y": {"normalisation": {"method": "goalposts", "goalposts": {"y": [0, 10]}}, "imputation": "parent-mean"},
}


def stages(**settings):
    return build(DATA, TREE, Method(**settings)).stages


def test_each_indicator_comes_out_as_if_its_steps_were_those_of_all():
    mixed = stages(imputation="mean", by_indicator=OWN)
    x = stages(imputation="median", treatment={"method": "winsorise", "points": 1})
    others = stages(imputation="parent-mean")
    plain = stages(imputation="mean")
    for name in ("imputed", "treated", "normalised"):
        pd.testing.assert_series_equal(mixed[name]["x"], x[name]["x"])
        pd.testing.assert_series_equal(mixed[name]["z"], plain[name]["z"])
    pd.testing.assert_series_equal(mixed["imputed"]["y"], others["imputed"]["y"])
    assert mixed["normalised"]["y"].tolist()[:4] == pytest.approx([80, 70, 30, 60])
    assert mixed["imputation"].to_numpy().sum() == 2
    assert mixed["treatment"]["indicator"].tolist() == ["x"]


@pytest.mark.slow
def test_draws_with_steps_of_single_indicators_are_the_index_built_again():
    own = {"x": {"normalisation": "rank", "imputation": "median"}, "y": {"imputation": "mean"}}
    method = Method(imputation="median", by_indicator=own)
    space = {"normalisation": ["min-max", "z-score"], "left_out": ["none", "z"], "data_noise": {"x": {"sd": 3}}}
    found = uncertainty(DATA, TREE, space, 12, method=method)
    for draw, row in found.parameters.iterrows():
        noise = row[[f"data_noise.x.{unit}" for unit in DATA.index]].to_numpy(dtype=float)
        chosen = {"normalisation": row["normalisation"]}
        chosen |= {"exclude_indicators": [] if row["left_out"] == "none" else ["z"]}
        again = build(DATA.assign(x=DATA["x"] + 3 * noise), TREE, Method(**method.model_dump() | chosen)).scores["all"]
        np.testing.assert_allclose(found.scores.loc[draw], again[found.units], rtol=1e-12)


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"w": {"treatment": "none"}}, r"by_indicator: there is no 'w'"),
        ({"x": {"treatment": "nothing"}}, r"by_indicator\.x\.treatment: there is no 'nothing'"),
        ({"x": {"treatment": {"method": "winsorise", "point": 1}}}, r"by_indicator\.x\.treatment\.point: "),
        (
            {"y": OWN["y"] | {"treatment": "winsorise"}},
            r"normalisation\.goalposts: goalposts are in the indicators' own units",
        ),
    ],
)
def test_what_does_not_exist_or_does_not_go_together_is_refused(own, message):
    with pytest.raises(MethodError, match=message):
        build(DATA, TREE, Method(by_indicator=own))
