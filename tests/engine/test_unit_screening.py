"""Units with too few data or too many zeros below a node are no part of the index."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine import Framework, Method, build, uncertainty
from fhi.engine.errors import MethodError
from fhi.engine.explain import drop_each
from fhi.engine.index import coverage
from fhi.engine.screening import as_panel

NAN = float("nan")
ROWS = [(0, "all", None), (1, "a", "all"), (1, "b", "all"), (2, "x", "a"), (2, "y", "a"), (2, "z", "b"), (2, "w", "b")]
TREE = Framework.from_table(
    pd.DataFrame(ROWS, columns=["level", "code", "parent"]).assign(
        direction=1, weight=1.0, unit="", name_zh="", name_en=""
    )
)
DATA = pd.DataFrame(
    {"x": [0.0, 3, 5, 8], "y": [0.0, 4, NAN, 2], "z": [6.0, NAN, 0, 9], "w": [3.0, NAN, 7, 1]}, index=list("甲乙丙丁")
)


def scored(**screens):
    found = build(DATA, TREE, Method(unit_screening=screens, imputation="mean", normalisation="identity"))
    return set(found.scores.index), found.stages["unit_screening"].set_index(["city", "node"])


def test_shares_are_those_of_the_indicators_below_the_node():
    # data of all: 4, 2, 3, 4 of 4; zeros: 2 of 4, 0 of 2, 1 of 3, 0 of 4
    units, table = scored(all={"least_data": 0.75})
    assert units == {"甲", "丙", "丁"}
    assert table["data"].loc[list("甲乙丙丁"), "all"].tolist() == [1, 0.5, 0.75, 1]
    assert table["zeros"].loc[list("甲乙丙丁"), "all"].tolist() == pytest.approx([0.5, 0, 1 / 3, 0])
    assert scored(all={"most_zeros": 0.4})[0] == {"乙", "丙", "丁"}
    assert scored(all={"most_zeros": 0.5})[0] == set("甲乙丙丁")


def test_each_node_asks_for_its_own():
    units, table = scored(a={"most_zeros": 0.5}, b={"least_data": 1.0})
    assert units == {"丙", "丁"}
    # without any data there is no share of zeros
    assert np.isnan(table["zeros"]["乙", "b"]) and not table["kept"]["乙", "b"] and table["kept"]["乙", "a"]


def test_those_left_out_play_no_part_for_the_others():
    screens = {"all": {"least_data": 0.75}}
    found = build(DATA, TREE, Method(unit_screening=screens, normalisation="identity")).scores
    pd.testing.assert_frame_equal(found, build(DATA.drop("乙"), TREE, Method(normalisation="identity")).scores)
    method = Method(unit_screening=screens, normalisation="identity")
    index = build(DATA, TREE, method)
    cells = coverage(as_panel(DATA).assign(evidence="public"), TREE, method, index.stages["screening"])
    assert set(cells["city"]) == {"甲", "丙", "丁"}


def test_draws_and_leaving_out_screen_again():
    method = Method(
        unit_screening={"all": {"least_data": 0.7}}, imputation="mean", availability={}, normalisation="identity"
    )
    found = uncertainty(DATA, TREE, {"left_out": ["none", "x", "y"]}, 12, method=method)
    for draw, row in found.parameters.iterrows():
        out = () if row["left_out"] == "none" else (row["left_out"],)
        again = build(DATA, TREE, method.model_copy(update={"exclude_indicators": out})).scores["all"]
        np.testing.assert_allclose(found.scores.loc[draw], again.reindex(found.units))
    _, shifts = drop_each(DATA, TREE, method, ["y"])
    # without y, 丙 has three of three
    assert set(shifts["city"]) == {"甲", "丙", "丁"}


def test_a_node_that_does_not_exist_is_refused():
    with pytest.raises(MethodError, match="unit_screening: there is no 'c'"):
        scored(c={"least_data": 0.5})


def test_no_unit_left_is_refused():
    with pytest.raises(MethodError, match="no unit passes"):
        build(
            DATA.drop("丁"),
            TREE,
            Method(unit_screening={"b": {"least_data": 1.0}, "x": {"most_zeros": 0.0}, "z": {"most_zeros": 0.0}}),
        )


def test_units_and_shares_are_those_that_coinr_prints():
    """COINr's vignette "Unit screening" (Becker et al. 2022): ``Screen(iData, "byNA", dat_thresh = 0.75)``."""
    units = ["KOR", "LAO", "MYS", "MNG", "MMR", "NZL", "PAK", "PHL", "RUS", "SGP", "THA", "VNM"]
    data = pd.DataFrame(
        {
            "research": [20437, 175, 8080, 293, 299, 7731, 7122, 1361, 16182, 11411, 5317, 3618],
            "patents": [249.8, NAN, 64.2, 0.3, NAN, 46.5, 7.2, 11.3, 141.5, 270.5, 53.6, NAN],
            "services": [
                *[1.798, NAN, 1.15292, 0.00266, 0.08905, 0.34615, 0.03553, 0.29555, 1.44633, 0.9278, 0.08969, NAN]
            ],
            "goods": [NAN, NAN, 7.555, 0.046, NAN, 1.213, 1.256, 3.185, 8.379, 14.507, 6.661, NAN],
        },
        index=units,
        dtype=float,
    )
    rows = [(0, "index", None), *((1, name, "index") for name in data)]
    tree = Framework.from_table(
        pd.DataFrame(rows, columns=["level", "code", "parent"]).assign(
            direction=1, weight=1.0, unit="", name_zh="", name_en=""
        )
    )
    found = build(data, tree, Method(unit_screening={"index": {"least_data": 0.75}}))
    assert set(units) - set(found.scores.index) == {"LAO", "MMR", "VNM"}
    table = found.stages["unit_screening"].set_index("city")
    assert table["data"][units[:6]].tolist() == [0.75, 0.25, 1.0, 1.0, 0.5, 1.0]
    assert table["kept"][units[:6]].tolist() == [True, False, True, True, False, True] and (table["zeros"] == 0).all()
    # 3 of 4 are kept at 0.75 and not above it
    found = build(data, tree, Method(unit_screening={"index": {"least_data": 0.76}}))
    assert "KOR" not in found.scores.index and len(found.scores) == 8
