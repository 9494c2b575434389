"""Each city's shares of the nation by class of firms, from the lists and the printed sums of the report."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from fhi.editions.catalogue import source_of
from fhi.engine.share_bounds import Class, Printed

Tables = Mapping[str, pd.DataFrame]
COLUMNS = ["indicator", "class", "city", "share", "low", "high", "page", "source_id", "evidence"]
LISTS, SUMS = "contributions", "share_sums"
#: class -> the indicator that it is part of, the list of its firms, and what they count by (None: by number)
FIRMS = {
    "loans": ("firm_scale", "banks", "loans_value"),
    "premiums": ("firm_scale", "insurers", "premiums_value"),
    "brokers": ("firm_scale", "brokers", None),
    "exchanges": ("contribution", "exchanges", "count"),
}


class Listed(NamedTuple):
    """The shares of a class that its list gives.

    Attributes
    ----------
    indicator : str
        What it is part of.
    source_id, file, page : str, str, int
    shares : pandas.Series
        By city, per cent. NaN: not printed if the list is partial, else not disclosed.
    rows : pandas.Series
        By city: the row of a partial list that prints its share.
    """

    indicator: str
    source_id: str
    file: str
    page: int
    shares: pd.Series
    rows: pd.Series | None = None

    @property
    def partial(self) -> bool:
        return self.rows is not None


def national_shares(tables: Tables) -> pd.DataFrame:
    """Return each city's share of the nation by class, the building blocks of 企业规模 and 贡献率.

    Returns
    -------
    pandas.DataFrame
        ``indicator, class, city, share, low, high`` (per cent; NaN where unknown), ``page, source_id, evidence``.
        Banks count by loans (p13), insurers by premiums (p14), brokers (p14) and exchanges (p17) by number; a share is
        of the disclosed total, 超100亿 being 100亿 as in the 63.86 % of p8. Of cloud computing and blockchain some
        shares are printed (p17). The others lie between ``low`` and ``high``, the ends that all printed sums and orders
        allow (`fhi.engine.share_bounds`), and the share is the middle. Without these lists: empty.

    Raises
    ------
    DataError
        If printed shares, sums and orders contradict one another.
    """
    frames = []
    for name, listed in _listed(tables).items():
        found = _class(tables, name, listed).bounds().reindex(listed.shares.index)
        known = "published" if listed.partial else "derived"
        evidence = np.where(listed.shares.notna(), known, "derived")
        frame = (
            found.assign(share=found.mean(axis=1, skipna=False), evidence=evidence).rename_axis("city").reset_index()
        )
        labels = {"indicator": listed.indicator, "class": name, "page": listed.page, "source_id": listed.source_id}
        frames.append(frame.assign(**labels)[COLUMNS])
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COLUMNS)


def _listed(tables: Tables) -> dict[str, Listed]:
    """Return the lists by class; an exhaustive one gives a city without a firm 0."""
    if "banks" not in tables:
        return {}
    cities = pd.Index(tables["cities"]["name_zh"], name="city")
    found = {}

    def place(table: str) -> tuple[str, str]:
        return source_of(tables, table), f"data/raw/{source_of(tables, table, 'file')}"

    for name, (indicator, table, column) in FIRMS.items():
        source = tables[f"{table}"]
        amounts = source[column].astype(float) if column else pd.Series(1.0, index=source.index)
        by_city = amounts.groupby(source["city"]).sum(skipna=False).reindex(cities)
        shares = by_city.where(by_city.index.isin(source["city"]), 0.0) / amounts.sum() * 100
        found[name] = Listed(indicator, *place(table), int(source["page"].iloc[0]), shares)
    for name, group in tables[LISTS].groupby("class"):
        by_city = group.set_index("city")
        shares, page = by_city["share_value"].reindex(cities), int(group["page"].iloc[0])
        source = f"{place(LISTS)[0]}+{place(SUMS)[0]}"
        found[name] = Listed("contribution", source, place(LISTS)[1], page, shares, by_city["row"])
    return found


def _class(tables: Tables, name: str, listed: Listed) -> Class:
    """Return what is printed of a class: the shares on its list, and the sums and orders of share_sums.csv.

    A city whose firm discloses nothing has no part in a total of what is disclosed.
    """
    shares = listed.shares if listed.partial else listed.shares.dropna()
    own = {"file": listed.file}
    printed = [
        Printed(
            "share", (city,), share, **own, row=listed.rows[city] if listed.partial else None, text=f"{city} {share:g}%"
        )
        for city, share in shares.dropna().items()
    ]
    sums = f"data/raw/{source_of(tables, SUMS, 'file')}"
    undisclosed = set(listed.shares.index) - set(shares.index)
    for item in tables[SUMS].query("`class` == @name").itertuples():
        if undisclosed & set(item.cities.split("|")):
            continue  # nothing can be said of a sum of which a part is undisclosed
        stated = item.kind != "order"
        text = f"{item.cities} {item.printed}" if stated else item.cities
        value, qualifier = (item.printed_value, item.printed_qualifier) if stated else (np.nan, "exact")
        place = {"file": sums, "row": item.row, "text": text}
        printed.append(Printed(item.kind, tuple(item.cities.split("|")), value, qualifier, **place))
    return Class(tuple(shares.index), tuple(printed))


def joint_values(tables: Tables, panel: pd.DataFrame, seed: int, count: int = 512) -> pd.DataFrame:
    """Return points of the joint set of all values that are known up to an interval.

    The shares of each class are drawn together (`share_bounds.Class.draw`), so they add up to the nation; the value
    of a city is the mean over the classes, as in the panel.

    Parameters
    ----------
    tables : mapping
        The raw tables.
    panel : pandas.DataFrame
        Only values that it holds as constructed here are drawn: not those that files of the staff's own replace.
    seed : int
    count : int
        Points to draw.

    Returns
    -------
    pandas.DataFrame
        ``indicator, city, point, value``: point 0 is the value of the panel, 1 to `count` are drawn.
    """
    classes: dict[str, list[np.ndarray]] = {}
    lists = _listed(tables)
    for number, (name, listed) in enumerate(lists.items()):
        values = listed.shares.to_numpy()[None]
        if listed.partial:
            source = np.random.default_rng([seed, number])
            values = _class(tables, name, listed).draw(count, source)[[*listed.shares.index]].to_numpy()
        classes.setdefault(listed.indicator, []).append(values)
    frames = [pd.DataFrame(columns=["indicator", "city", "point", "value"])]
    for indicator in dict.fromkeys(listed.indicator for listed in lists.values() if listed.partial):
        cities = next(iter(lists.values())).shares.index
        drawn = pd.DataFrame(sum(classes[indicator]) / len(classes[indicator]), columns=cities)
        rows = panel[(panel["indicator"] == indicator) & panel["source_id"].str.contains(SUMS, regex=False)]
        middle = rows[rows["low"] < rows["high"]].set_index("city")["value"]
        whole = pd.concat([middle.to_frame().T, drawn[middle.index]], ignore_index=True).rename_axis("point")
        long = whole.rename_axis(columns="city").unstack().rename("value").reset_index()
        frames.append(long.assign(indicator=indicator)[[*frames[0]]])
    return pd.concat(frames[1:] or frames, ignore_index=True)
