"""Movement of ranks: what is computed over the years, and what the report prints beside it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from fhi.editions.construction import EDITION
from fhi.engine.years import MOVES, moved, movement


def movements(table: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what `movement` gives of computed scores, and the movement of the overall rank that the report prints."""
    parts = [part for part in (movement(table), printed_movement(tables)) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=MOVES)


def printed_movement(tables: Mapping[str, pd.DataFrame], edition: int = EDITION) -> pd.DataFrame:
    """Return the movement of the overall rank that the report prints (p5), in the form of `movement`.

    The rank of the year before follows from the printed change; a city that is new has none.
    """
    if "tables/top20" not in tables:
        return pd.DataFrame(columns=MOVES)
    rows = tables["tables/top20"]
    ranks = rows.set_index("city")["rank"].astype("Int64")
    before = ranks + rows.set_index("city")["change_value"].astype("Int64")
    return moved(before, ranks).assign(node="FHI", evidence="published", **{"from": edition - 1, "to": edition})[MOVES]
