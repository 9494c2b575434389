"""Small trees for the tests of weighting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fhi.engine.framework import Framework
from fhi.engine.weighting import weigh


def make_tree(families, weights=None):
    """Return the tree of ``{parent: children}``, the root first, children of one letter each."""
    root, levels = next(iter(families)), {next(iter(families)): 0}
    rows = [(root, None, 0)]
    for parent, children in families.items():
        for child in children:
            levels[child] = levels[parent] + 1
            rows.append((child, parent, levels[child]))
    table = pd.DataFrame(rows, columns=["code", "parent", "level"])
    table["weight"] = [(weights or {}).get(code, 1.0) for code in table["code"]]
    return Framework.from_table(table.assign(direction=1, unit=None, name_zh="名", name_en="name"))


@pytest.fixture(scope="session")
def tree():
    return make_tree


@pytest.fixture(scope="session")
def flat():
    """Return a function that weighs the columns of a matrix, all children of one root."""

    def weigh_columns(scores, method, **params):
        scores = np.asarray(scores, dtype=float)
        codes = [chr(ord("a") + place) for place in range(scores.shape[1])]
        framework = make_tree({"root": codes})
        return weigh(pd.DataFrame(scores, columns=codes), framework, method, **params).to_list()

    return weigh_columns
