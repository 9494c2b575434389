"""The ranks across the pillars: as published, the gaps of a hand-worked city."""

from fhi import sources
from fhi.figures.pillars import PILLARS, pillars_data

TABLES = sources.tidy(sources.load())
DATA = pillars_data(TABLES).set_index("city")


def test_the_ranks_are_the_published_ones():
    table = TABLES["tables/top20"].set_index("city")
    for column in ("rank", *[f"{pillar}_rank" for pillar in PILLARS]):
        assert (DATA[column] == table.loc[DATA.index, column]).all()


def test_a_gap_is_above_zero_where_the_pillar_is_ahead():
    # 香港: overall 5, industry 5, experience 20, ecosystem 2
    assert DATA.loc["香港", [f"gap_{pillar}" for pillar in PILLARS]].tolist() == [0, -15, 3]
    assert DATA.at["香港", "spread"] == 18
