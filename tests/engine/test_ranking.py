"""Ranks within groups: by hand, ties, units without a group or a score."""

import numpy as np
import pandas as pd

from fhi.engine.ranking import within_groups

SCORES = pd.DataFrame({"index": [90.0, 80, 80, 70, np.nan, 60]}, index=list("abcdef"))
UNITS = pd.DataFrame({"region": ["n", "s", "s", "s", "n", None], "tier": [1, 1, 1, 2, 2, 2]}, index=SCORES.index)


def test_units_are_ranked_among_those_of_their_group():
    found = within_groups(SCORES, UNITS[["region"]]).set_index("city")
    assert found["rank"].to_dict() == {"a": 1, "b": 1, "c": 1, "d": 3}
    assert found["among"].to_dict() == {"a": 1, "b": 3, "c": 3, "d": 3}


def test_each_column_groups_by_itself_and_none_gives_none():
    found = within_groups(SCORES, UNITS)
    assert found.query("column == 'tier'").set_index("city")["rank"].to_dict() == {
        "a": 1,
        "b": 2,
        "c": 2,
        "d": 1,
        "f": 2,
    }
    assert within_groups(SCORES, UNITS[[]]).empty
