"""What the tests of aggregation share."""

from __future__ import annotations

import pandas as pd
import pytest

from fhi.engine.aggregation import aggregate
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework

TREE = Framework.from_table(
    pd.DataFrame({"code": ["root", "a", "b"], "level": [0, 1, 1], "parent": [None, "root", "root"]}).assign(
        direction=1, weight=1.0, unit=None, name_zh="名", name_en="name"
    )
)
SCORES = pd.DataFrame({"a": [80.0, 110.0], "b": [120.0, 90.0]}, index=["甲", "乙"])


@pytest.fixture
def refused():
    """Return a function that aggregates by a method with bad parameters and returns the error."""

    def aggregate_badly(name, **params):
        with pytest.raises(MethodError) as caught:
            aggregate(SCORES, TREE, pd.Series(0.5, index=["a", "b"]), {"method": name, **params})
        return caught.value

    return aggregate_badly
