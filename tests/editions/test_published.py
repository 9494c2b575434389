"""What the report prints: the movement of the overall rank, and nothing where a table is not there."""

import numpy as np
from report_tables import load

from fhi import editions
from fhi.editions.published import printed_movement, published


def test_the_printed_movement_is_that_of_the_report():
    tables = editions.tidy(load())
    moves = printed_movement(tables).set_index("city")
    printed = tables["tables/top20"].set_index("city")["change_value"]
    assert np.array_equal(moves["change"].astype(float), printed[moves.index], equal_nan=True)
    assert moves.index[moves["status"] == "entered"].tolist() == ["香港"]
    assert set(moves["evidence"]) == {"published"}


def test_an_edition_without_printed_ranks_has_none():
    assert published({}).empty and printed_movement({}).empty
