"""The tables that figures of the report draw from, ingested in memory."""

import pytest

from fhi import construction, sources
from fhi.framework import Framework
from fhi.parameters import RAW


@pytest.fixture(scope="session")
def tables():
    loaded = sources.load()
    panel = construction.panel(loaded, Framework.from_csv(RAW / "framework.csv"))
    return sources.tidy(loaded) | {"panel": panel}
