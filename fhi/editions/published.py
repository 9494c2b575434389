"""What the publication of an edition prints: its ranks and their movement, and the rankings of others beside them."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from fhi.editions.edition import edition, year_of
from fhi.engine.years import MOVES, movement
from fhi.paths import REPORT

#: node -> column of the TOP20 table (p5)
PUBLISHED = edition(REPORT).published_ranks.columns
RANKS, SCORES = ["node", "city", "rank"], ["node", "city", "year", "score", "published", "difference", "agrees"]

#: raw tables that rank cities by themselves, by the name that their ranking has here
RANKINGS = {"mobile_payment_index_2018": "Mobile payment development index"}


def published(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the ranks that an edition's publication prints, ``node, city, rank``; empty if it has none.

    They stand in ``tables/published_ranks``: the rows of published_ranks.csv, or the columns of the table that the
    edition names in their place (`fhi.editions.folders`).
    """
    if "tables/published_ranks" not in tables:
        return pd.DataFrame(columns=RANKS)
    return tables["tables/published_ranks"][RANKS]


def published_units(tables: Mapping[str, pd.DataFrame], root: str) -> pd.DataFrame:
    """Return ``city, rank, tier`` of the units whose rank in the index is published, best first; empty if none is.

    The tier is missing where the edition has none.

    Parameters
    ----------
    tables : mapping
        With ``tables/published_ranks`` if the edition has any.
    root : str
        Code of the index.

    Returns
    -------
    pandas.DataFrame
    """
    if "tables/published_ranks" not in tables:
        return pd.DataFrame(columns=["city", "rank", "tier"])
    rows = tables["tables/published_ranks"].query("node == @root")
    return rows.sort_values("rank", kind="stable")[["city", "rank", "tier"]].reset_index(drop=True)


def movements(table: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what `movement` gives of computed scores, and of the ranks that this and earlier editions print.

    Parameters
    ----------
    table : pandas.DataFrame
        Computed scores by year (`fhi.engine.years.scores`).
    tables : mapping
        With the published ranks of this and earlier editions, as far as there are any.

    Returns
    -------
    pandas.DataFrame
        `fhi.engine.years.MOVES`.
    """
    parts = [part for part in (movement(table), printed_movement(tables)) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=MOVES)


def printed_movement(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the movement of the printed ranks, in the form of `fhi.engine.years.movement`.

    ``tables/earlier_ranks`` holds those of earlier editions; of a node that has none there is no movement.
    """
    if "tables/earlier_ranks" not in tables or "tables/published_ranks" not in tables:
        return pd.DataFrame(columns=MOVES)
    earlier = tables["tables/earlier_ranks"][[*RANKS, "year"]]
    year = year_of({"edition": tables["tables/edition"]})
    rows = pd.concat([earlier, published(tables).assign(year=year)], ignore_index=True)
    return movement(rows[rows["node"].isin(earlier["node"])].assign(evidence="published"))


def score_comparison(
    year_scores: pd.DataFrame, scores: pd.DataFrame, tables: Mapping[str, pd.DataFrame], year: int | None
) -> pd.DataFrame:
    """Return computed scores beside the published ones.

    Parameters
    ----------
    year_scores : pandas.DataFrame
        ``year, node, city, score`` of the years in which a node compares (`fhi.engine.years.scores`).
    scores : pandas.DataFrame
        Units × nodes, of the edition's year.
    tables : mapping
        With ``tables/published_scores`` if the edition has any: ``node, city, year, score`` as printed.
    year : int or None
        The edition's year (None: the latest of `year_scores`).

    Returns
    -------
    pandas.DataFrame
        ``node, city, year, score, published, difference, agrees``, a row each published score; ``score`` is missing
        where none is computed. ``agrees``: the computed score rounded half up to the published decimals, those of the
        longest score of the node, is the published one. Empty without published scores.
    """
    if "tables/published_scores" not in tables:
        return pd.DataFrame(columns=SCORES)
    printed = tables["tables/published_scores"][["node", "city", "year", "score"]]
    last = year_scores["year"].max() if year is None else year
    current = scores.rename_axis(index="city", columns="node").stack(future_stack=True).dropna().rename("score")
    current = current.reset_index().assign(year=last)
    computed = pd.concat([year_scores[year_scores["year"] != last], current])[["node", "city", "year", "score"]]
    found = printed.rename(columns={"score": "published"}).merge(computed, how="left", on=["node", "city", "year"])
    decimals = found.groupby("node")["published"].transform(lambda column: column.map(_decimals).max()).astype(int)
    # the shortest decimal form of a score decides, so that 0.0005 counts as a half
    rounded = [
        float(Decimal(repr(score)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)) if pd.notna(score) else None
        for score, places in zip(found["score"], decimals, strict=True)
    ]
    agrees = pd.Series(rounded, index=found.index, dtype=float).eq(found["published"])
    found = found.assign(difference=found["score"] - found["published"], agrees=agrees.where(found["score"].notna()))
    return found[SCORES]


def _decimals(value: float) -> int:
    """Return how many decimals a number is printed with."""
    return max(0, -Decimal(repr(float(value))).normalize().as_tuple().exponent)


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
