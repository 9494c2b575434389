"""The ranks across the pillars: as published, the gaps of a hand-worked city."""

import pytest

from fhi.showing.figures.ranks import PILLARS, pillars_data


@pytest.fixture(scope="module")
def data(tables):
    return pillars_data(tables).set_index("city")


def test_the_ranks_are_the_published_ones(data, tables):
    table = tables["tables/top20"].set_index("city")
    for column in ("rank", *[f"{pillar}_rank" for pillar in PILLARS]):
        assert (data[column] == table.loc[data.index, column]).all()


def test_a_gap_is_above_zero_where_the_pillar_is_ahead(data):
    # 香港: overall 5, industry 5, experience 20, ecosystem 2
    assert data.loc["香港", [f"gap_{pillar}" for pillar in PILLARS]].tolist() == [0, -15, 3]
    assert data.at["香港", "spread"] == 18
