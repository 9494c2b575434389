"""What the publication of an edition prints: its ranks and their movement, and the rankings of others beside them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from fhi.editions.construction import EDITION
from fhi.engine.years import MOVES, moved, movement

#: node -> column of the TOP20 table (p5)
PUBLISHED = {"FHI": "rank", "industry": "industry_rank", "experience": "experience_rank", "ecosystem": "ecosystem_rank"}

#: raw tables that rank cities by themselves, by the name that their ranking has here
RANKINGS = {"mobile_payment_index_2018": "Mobile payment development index"}


def published(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the ranks that an edition's publication prints, ``node, city, rank``; empty if it has none.

    The report's stand in its TOP20 table (p5), those of another edition in published_ranks.csv.
    """
    if "tables/published_ranks" in tables:
        return tables["tables/published_ranks"][["node", "city", "rank"]]
    if "tables/top20" not in tables:
        return pd.DataFrame(columns=["node", "city", "rank"])
    return by_node(tables["tables/top20"])


def by_node(top20: pd.DataFrame) -> pd.DataFrame:
    """Return the ranks of the TOP20 table in rows: ``node, city, rank``."""
    frames = [
        top20[["city", column]].set_axis(["city", "rank"], axis=1).assign(node=n) for n, column in PUBLISHED.items()
    ]
    return pd.concat(frames, ignore_index=True)[["node", "city", "rank"]]


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


def external_rankings(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the published rankings of others, ``ranking, year, city, place, source_id``; empty in another edition."""
    columns = ["ranking", "year", "city", "place", "source_id"]
    frames = [pd.DataFrame(columns=columns)]
    if "tables/external_rankings" in tables:
        rows = tables["tables/external_rankings"].query("unit == 'rank'").rename(columns={"value": "place"})
        frames.append(rows.assign(source_id="public/external_rankings"))
    for name, ranking in RANKINGS.items():
        if f"tables/{name}" in tables:
            rows = tables[f"tables/{name}"].rename(columns={"rank": "place"})
            frames.append(rows.assign(ranking=ranking, source_id=f"public/{name}"))
    return pd.concat([frame[columns] for frame in frames if len(frame)] or frames[:1], ignore_index=True)
