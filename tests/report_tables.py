"""The tables of the report and its ledger, read once in a process: tests that change one work on a copy."""

import functools

import pandas as pd

from fhi import editions
from fhi.editions import claims

_tables = functools.cache(editions.load)


def load() -> dict[str, pd.DataFrame]:
    """Return what ``fhi.editions.load`` gives, in a dict of its own."""
    return dict(_tables())


@functools.cache
def ledger() -> pd.DataFrame:
    """Return the claims of the report with their verdicts."""
    return claims.ledger(load())
