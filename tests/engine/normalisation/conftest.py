"""One column in, one list out."""

import pandas as pd
import pytest

from fhi.engine.normalisation import normalise


@pytest.fixture
def normalised():
    """Return a function that normalises the values of the units 甲, 乙, … of one indicator x."""

    def run(values, method, direction=1, **params):
        data = pd.DataFrame({"x": [float(value) for value in values]}, index=list("甲乙丙丁戊己庚辛")[: len(values)])
        return normalise(data, method, directions=pd.Series({"x": direction}), **params)["x"].tolist()

    return run
