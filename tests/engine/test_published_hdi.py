"""A published index whose inputs and results are both public, rebuilt by the same code: the UNDP's HDI of 2018.

Data: UNDP, Human Development Report 2023/24, time series (CC BY 3.0 IGO). Method: its Technical note 1.
"""

from pathlib import Path

import pandas as pd
import pytest

from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.engine.parameters import Method

COUNTRIES = pd.read_csv(Path(__file__).parents[1] / "data" / "hdi_2018.csv").set_index("country")
INDICATORS = ["life_expectancy", "expected_schooling", "mean_schooling", "gni_per_capita"]
TREE = Framework.from_table(
    pd.DataFrame(
        {
            "code": ["hdi", "health", "education", "living", *INDICATORS],
            "level": [0, 1, 1, 1, 2, 2, 2, 2],
            "parent": [None, "hdi", "hdi", "hdi", "health", "education", "education", "living"],
            "direction": 1,
            "weight": 1.0,
            "unit": None,
            "name_zh": "名",
            "name_en": "name",
        }
    )
)
METHOD = Method(
    year=2018,
    normalisation={
        "method": "goalposts",
        "goalposts": {
            "life_expectancy": [20, 85],
            "expected_schooling": [0, 18],
            "mean_schooling": [0, 15],
            "gni_per_capita": [100, 75000],
        },
        "logarithmic": ["gni_per_capita"],
        "truncate": True,
        "scale": [0, 1],
    },
    aggregation={0: "geometric", 1: "arithmetic"},
)


@pytest.fixture(scope="module")
def index():
    long = COUNTRIES.reset_index(names="city").melt(["city", "year"], INDICATORS, "indicator", "value")
    return build(long, TREE, METHOD)


@pytest.mark.parametrize("country", COUNTRIES.index)
def test_the_index_is_the_published_one_to_its_printed_digits(index, country):
    assert round(index.scores.loc[country, "hdi"], 3) == COUNTRIES.loc[country, "hdi"]


def test_what_lies_beyond_a_goalpost_counts_as_the_goalpost(index):
    # Australia's expected schooling of 20.4 years, Hong Kong's life expectancy of 85.2, Qatar's income of 89,571
    cells = {
        ("Australia", "expected_schooling"),
        ("Hong Kong, China (SAR)", "life_expectancy"),
        ("Qatar", "gni_per_capita"),
    }
    for country, indicator in cells:
        bound = METHOD.normalisation.params["goalposts"][indicator][1]
        assert COUNTRIES.loc[country, indicator] > bound
        assert index.stages["normalised"].loc[country, indicator] == 1


def test_without_the_caps_the_index_is_another():
    params = {"method": "goalposts"} | METHOD.normalisation.params | {"truncate": False}
    long = COUNTRIES.reset_index(names="city").melt(["city", "year"], INDICATORS, "indicator", "value")
    uncapped = build(long, TREE, METHOD.model_copy(update={"normalisation": type(METHOD.normalisation)(**params)}))
    assert round(uncapped.scores.loc["Australia", "hdi"], 3) > COUNTRIES.loc["Australia", "hdi"]
