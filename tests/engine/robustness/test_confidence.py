"""Confidence sets for ranks: published examples, two units in closed form, coverage by simulation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples
from scipy import stats

from fhi.engine.errors import MethodError
from fhi.engine.robustness.confidence import confidence_sets, rank_sets, survey_errors

#: mathematics in PISA 2018 (OECD): score and standard error by country
PISA = {
    **{"Australia": (491.3600252, 1.939833031), "Austria": (498.9423138, 2.970998694)},
    **{"Belgium": (508.0703063, 2.262662011), "Canada": (512.0169429, 2.357475749)},
    **{"Chile": (417.4065563, 2.41588757), "Colombia": (390.9322732, 2.989559274)},
    **{"Czech Republic": (499.4676508, 2.460661531), "Denmark": (509.3983746, 1.735002337)},
    **{"Estonia": (523.4145802, 1.743602224), "Finland": (507.3013618, 1.967920411)},
    **{"France": (495.4075794, 2.320214487), "Germany": (500.0437805, 2.647083096)},
    **{"Greece": (451.3703438, 3.091228197), "Hungary": (481.0826364, 2.319596741)},
    **{"Iceland": (495.1873762, 1.953082603), "Ireland": (499.632894, 2.198621128)},
    **{"Israel": (463.0345488, 3.498563228), "Italy": (486.5898573, 2.780045867)},
    **{"Japan": (526.9732502, 2.471475318), "Korea": (525.933002, 3.121394315)},
    **{"Latvia": (496.1263306, 1.962766789), "Lithuania": (481.1911884, 1.953282039)},
    **{"Luxembourg": (483.421485, 1.097632409), "Mexico": (408.8014734, 2.493225544)},
    **{"Netherlands": (519.2309824, 2.632277885), "New Zealand": (494.489676, 1.705942856)},
    **{"Norway": (500.9637885, 2.219044878), "Poland": (515.6478747, 2.602085176)},
    **{"Portugal": (492.4874062, 2.684570081), "Slovak Republic": (486.1648542, 2.555595707)},
    **{"Slovenia": (508.8975441, 1.363877596), "Spain": (481.3926126, 1.462417763)},
    **{"Sweden": (502.3877022, 2.654250935), "Switzerland": (515.3147131, 2.908003898)},
    **{"Turkey": (453.5077774, 2.260406789), "United Kingdom": (501.7698992, 2.564428111)},
    **{"United States": (478.2447174, 3.235444099)},
}


def series(values, errors):
    names = [f"city {number}" for number in range(len(values))]
    return pd.Series(values, index=names, dtype=float), pd.Series(errors, index=names, dtype=float)


def test_simultaneous_sets_of_the_example_of_the_r_package():
    """Documentation of csranks 0.1.0: ten estimates from 1 to 3, standard error 0.2."""
    found = confidence_sets(*series(np.linspace(1, 3, 10), [0.2] * 10), simultaneous=True)
    assert found["low"].tolist() == [7, 6, 5, 4, 3, 2, 1, 1, 1, 1]
    assert found["high"].tolist() == [10, 10, 10, 10, 9, 8, 7, 6, 5, 4]


@pytest.mark.slow
def test_the_sets_of_pisa_as_the_r_package_prints_them():
    """Vignette of csranks 1.2.2: the United Kingdom has rank 13, with 95 % confidence from 8 (or 7) to 23."""
    scores, errors = (pd.Series({country: pair[place] for country, pair in PISA.items()}) for place in (0, 1))
    own = confidence_sets(scores, errors).set_index("city")
    assert own.loc["United Kingdom", "rank"] == 13
    assert own.loc["United Kingdom", "low"] in (7, 8)
    assert own.loc["United Kingdom", "high"] == 23
    together = confidence_sets(scores, errors, simultaneous=True).set_index("city")
    # "Chile, Mexico and Colombia have confidence sets that do not overlap with those of the other countries"
    last = ["Chile", "Mexico", "Colombia"]
    assert together.loc[last, "low"].min() == 35
    assert together.drop(last)["high"].max() == 34
    # "their confidence sets both contain rank 7" (Germany and Korea), and no longer at 75 %
    assert (together.loc[["Germany", "Korea"], "low"] <= 7).all()
    assert (together.loc[["Germany", "Korea"], "high"] >= 7).all()
    narrower = confidence_sets(scores, errors, simultaneous=True, level=0.75).set_index("city")
    assert narrower.loc["Korea", "high"] < narrower.loc["Germany", "low"]


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("errors", [(1.0, 1.0), (0.5, 2.0)])
def test_two_units_are_told_apart_where_the_two_sided_test_tells_them_apart(level, errors):
    limit = stats.norm.ppf((1 + level) / 2) * np.hypot(*errors)
    for simultaneous in (False, True):
        given = {"level": level, "simultaneous": simultaneous, "draws": 200_000}
        apart = confidence_sets(*series([0, limit * 1.03], errors), **given)
        assert apart[["low", "high"]].to_numpy().tolist() == [[2, 2], [1, 1]]
        close = confidence_sets(*series([0, limit * 0.97], errors), **given)
        assert close[["low", "high"]].to_numpy().tolist() == [[1, 2], [1, 2]]


@pytest.mark.slow
@pytest.mark.parametrize("simultaneous", [False, True])
def test_the_sets_hold_the_true_ranks_as_often_as_stated(simultaneous):
    truth = np.array([0, 0.5, 1, 1, 2, 4.0])
    rng, hits, runs = np.random.default_rng(1), [], 200
    # tied units may truly have any of the ranks of their group
    best, worst = (1 + (truth[:, None] < truth).sum(axis=1), 1 + (truth[:, None] <= truth).sum(axis=1) - 1)
    for run in range(runs):
        found = confidence_sets(
            *series(truth + 0.4 * rng.standard_normal(6), [0.4] * 6),
            simultaneous=simultaneous,
            draws=1000,
            seed=run,
            level=0.9,
        )
        hit = (found["low"] <= best) & (found["high"] >= worst)
        hits.append(hit.all() if simultaneous else hit.to_numpy())
    assert (np.mean(hits, axis=0) >= 0.9 - 3 * np.sqrt(0.09 / runs)).all()


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.floats(0, 100), min_size=2, max_size=8), st.floats(0.1, 10))
def test_a_set_holds_the_rank_found_and_its_own_set_is_no_wider(values, error):
    estimates, errors = series(values, [error] * len(values))
    own, together = (confidence_sets(estimates, errors, simultaneous=both, draws=2000) for both in (False, True))
    for found in (own, together):
        assert ((found["low"] <= found["rank"]) & (found["rank"] <= found["high"])).all()
        assert found["low"].min() == 1
        assert found["high"].max() == len(values)
    assert (own["high"] - own["low"] <= together["high"] - together["low"]).all()


def test_precise_estimates_have_sets_of_one_rank_and_vague_ones_all_ranks():
    assert confidence_sets(*series([3, 1, 2], [0.01] * 3))[["low", "high"]].to_numpy().tolist() == [
        [1, 1],
        [3, 3],
        [2, 2],
    ]
    assert confidence_sets(*series([3, 1, 2], [50] * 3))[["low", "high"]].to_numpy().tolist() == [[1, 3]] * 3


def test_errors_of_a_survey_and_the_sets_they_give():
    shares = pd.Series({"a": 75.0, "b": 35.1, "c": 90.0})
    np.testing.assert_allclose(survey_errors(shares, 200), [3.0618622, 3.3749000, 2.1213203], rtol=1e-7)

    def sets(answers):
        errors = survey_errors(shares, answers)
        rows = pd.DataFrame({"estimate": shares, "error": errors}).rename_axis("city").reset_index()
        return rank_sets(rows.assign(indicator="adoption", assumed_answers=answers))

    found = sets(200)
    assert found[["rank", "low", "high", "low_all", "high_all"]].to_numpy().tolist() == [
        [2, 2, 2, 2, 2],
        [3, 3, 3, 3, 3],
        [1, 1, 1, 1, 1],
    ]
    assert sets(3)["high"].tolist() == [3, 3, 3]


@pytest.mark.parametrize(
    ("values", "errors", "arguments"),
    [
        ([1, np.nan], [1, 1], {}),
        ([1, 2], [1, 0], {}),
        ([1, 2], [1, -1], {}),
        ([1, 2], [1, np.nan], {}),
        ([1, 2], [1, 1], {"level": 95}),
    ],
)
def test_bad_arguments_are_refused(values, errors, arguments):
    with pytest.raises(MethodError):
        confidence_sets(*series(values, errors), **arguments)


@pytest.mark.parametrize(("share", "answers"), [(101.0, 200), (50.0, 0)])
def test_shares_beyond_a_hundred_and_surveys_without_answers_are_refused(share, answers):
    with pytest.raises(MethodError):
        survey_errors(pd.Series([share]), answers)
