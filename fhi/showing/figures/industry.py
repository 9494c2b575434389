"""Part two, the industry: pillar ranking (p10), the 15 internet institutions (p12-14)."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.documents import Block, Cell, bar, table
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import SIGNS
from fhi.showing.figures.wording import both, said

CLASSES = {
    "banks": {"zh": "互联网银行", "en": "Internet banks", "colour": style.PILLARS["industry"]},
    "brokers": {"zh": "互联网证券", "en": "Internet brokers", "colour": style.PILLARS["industry"]},
    "insurers": {"zh": "互联网保险", "en": "Internet insurers", "colour": style.PILLARS["industry"]},
}
COLOUR = style.PILLARS["industry"]
#: what the report tells of each firm beside its owners, where it has been transcribed
TOLD = {"model": ("业务模式", "Business model"), "driver": ("驱动力", "Driver")}
FIRM = ["city", "name_zh", "name_en", "founded", "shareholders_zh", "shareholders_en"]
NAMELESS = both("p12-pattern.logo-only")


def pattern_data(tables: Tables) -> pd.DataFrame:
    """Number of firms by class and city, counted from the tables of firms (p12-14)."""
    frames = [
        tables[f"tables/{name}"]
        .groupby("city")
        .agg(firms=("page", "size"), page=("page", "first"))
        .assign(**{"class": name})
        for name in CLASSES
    ]
    counts = pd.concat(frames).reset_index()
    order = counts.groupby("city")["firms"].agg(["size", "sum"])
    counts["classes"] = counts["city"].map(order["size"])
    counts = counts.sort_values(["classes", "city", "class"], ascending=[False, True, True])
    return with_names(counts[["class", "city", "firms", "page"]], tables)


def pattern_caption(data: pd.DataFrame) -> dict[str, str]:
    total = data.groupby("class")["firms"].sum()
    mainland = data[data["class"] != "brokers"]
    classes = mainland.groupby("city_en")["class"].nunique()
    numbers = {"firms": mainland["firms"].sum(), "cities": mainland["city"].nunique(), "both": (classes == 2).sum()}
    return both("p12-pattern.caption", total=total, numbers=numbers)


@figure("p12-pattern", pattern_data, pattern_caption)
def pattern(data: pd.DataFrame, language: str):
    """Matrix of class by city, a disc for the firms, totals at the right (p12)."""
    figure = style.canvas(3.7)
    axes = style.quiet(style.area(figure, left=1.7, right=0.3, bottom=1.15), grid=None)
    cities = data.drop_duplicates("city").reset_index(drop=True)
    place = {city: column for column, city in enumerate(cities["city"])}
    for row, (name, look) in enumerate(CLASSES.items()):
        rows = data[data["class"] == name]
        axes.hlines(row, -0.6, len(place) - 0.7, color=style.LINE, linewidth=0.8, zorder=0)
        axes.scatter(
            rows["city"].map(place), [row] * len(rows), s=240 + 190 * (rows["firms"] - 1), color=look["colour"]
        )
        for city, firms in zip(rows["city"], rows["firms"], strict=True):
            if firms > 1:
                axes.text(place[city], row, str(firms), color=style.PAPER, ha="center", va="center", weight="bold")
        axes.text(
            len(place) - 0.2, row, f"{rows['firms'].sum()}", size=17, weight="bold", color=look["colour"], va="center"
        )
    axes.text(
        len(place) - 0.2, -0.72, said("p12-pattern.total", language), size=style.SMALL, color=style.MUTED, va="center"
    )
    names = style.city_names(cities, language)
    turn = {"rotation": 0} if language == "zh" else {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(range(len(place)), names, size=style.SMALL, color=style.INK, **turn)
    axes.set_yticks(range(len(CLASSES)), [look[language] for look in CLASSES.values()])
    axes.set(xlim=(-0.6, len(place) + 0.3), ylim=(len(CLASSES) - 0.5, -0.9))
    return figure


def _sized(tables: Tables, name: str, column: str) -> pd.DataFrame:
    """Firms of a class in order of size, with their share of the disclosed total in per cent."""
    frame = tables[f"tables/{name}"].rename(columns={column: "printed", f"{column}_value": "value"})
    frame = frame.rename(columns={f"{column}_qualifier": "qualifier"}).sort_values("value", ascending=False)
    frame["share"] = frame["value"] / frame["value"].sum() * 100
    return with_names(_firm(frame)[[*FIRM, *_told(frame), "printed", "value", "qualifier", "share", "page"]], tables)


def _told(frame: pd.DataFrame) -> list[str]:
    return [name for column in TOLD for name in (f"{column}_zh", f"{column}_en") if name in frame]


def _firm(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="founded").rename(columns={"founded_iso": "founded"})


def banks_data(tables: Tables) -> pd.DataFrame:
    """The 8 internet banks: cumulative loans as printed, CNY, and share of the disclosed total."""
    return _sized(tables, "banks", "loans")


def banks_caption(data: pd.DataFrame) -> dict[str, str]:
    first, two = data["share"].iloc[0], data["share"].iloc[:2].sum()
    hidden = int(data["value"].isna().sum())
    return both(
        "p13-banks.caption",
        data_city=data["city"].iloc[0],
        first=first,
        two=two,
        hidden=hidden,
        data_city_en=data["city_en"].iloc[0],
    )


@figure("p13-banks", banks_data, banks_caption)
def banks(data: pd.DataFrame, language: str) -> list[Block]:
    """Table of the banks with bars of their share of the disclosed loans (p13)."""
    return [_firms(data, language, "banks", ("贷款（亿元）", "Loans, CNY bn"))]


def institutions_data(tables: Tables) -> pd.DataFrame:
    """The 4 internet insurers (earned premiums, CNY, share of the total) and the 3 brokers (no size published)."""
    insurers = _sized(tables, "insurers", "premiums").assign(**{"class": "insurers"})
    brokers = _firm(tables["tables/brokers"]).sort_values("founded")[[*FIRM, *_told(tables["tables/brokers"]), "page"]]
    brokers = with_names(brokers, tables).assign(**{"class": "brokers"})
    return pd.concat([insurers, brokers], ignore_index=True)


def institutions_caption(data: pd.DataFrame) -> dict[str, str]:
    first = data.iloc[0]
    brokers = data[data["class"] == "brokers"]
    where = brokers["city"].unique(), brokers["city_en"].unique()
    return both(
        "p14-insurers-brokers.caption",
        first=first,
        len_data_brokers=len(data) - len(brokers),
        len_brokers=len(brokers),
        where="、".join(where[0]),
        where_=", ".join(where[1]),
    )


@figure("p14-insurers-brokers", institutions_data, institutions_caption)
def institutions(data: pd.DataFrame, language: str) -> list[Block]:
    """Tables of insurers, with bars of their share of the premiums, and of brokers (p14)."""
    insurers, brokers = (data[data["class"] == name] for name in ("insurers", "brokers"))
    heading = ("已赚保费（亿元）", "Earned premiums, CNY bn")
    return [_firms(insurers, language, "insurers", heading), _firms(brokers, language, "brokers", None)]


def _firms(data: pd.DataFrame, language: str, name: str, size: tuple[str, str] | None) -> Block:
    """Return a table of firms: where and since when, of whom, what they do, and how large they are if it is known."""
    heads = {"name": ("企业", "Firm"), "city": ("城市", "City"), "founded": ("成立", "Founded")}
    heads |= {"shareholders": ("主要股东", "Main shareholders")}
    heads |= {column: head for column, head in TOLD.items() if f"{column}_{language}" in data}
    widths = {"name": 1.7, "city": 1.3, "founded": 1.0, "shareholders": 2.1, "model": 2.6, "driver": 2.2}
    shares = [widths[column] for column in heads]
    rows = []
    for city, (_, item) in zip(style.city_names(data, language), data.iterrows(), strict=True):
        texts = {column: item.get(f"{column}_{language}", item.get(column)) for column in heads}
        texts |= {"city": city, "name": texts["name"] if isinstance(texts["name"], str) else NAMELESS[language]}
        cells = ["—" if pd.isna(text) else str(text) for text in texts.values()]
        if size:
            cells += [_size(item, language), _share(item["share"], language)]
        rows.append(cells)
    titles = [style.pick(language, *head) for head in heads.values()]
    if size:
        titles += [style.pick(language, *size), said("p12-pattern.share-of-disclosed", language)]
        shares += [1.1, 1.9]
    return table(titles, rows, shares, title=CLASSES[name][language], colour=COLOUR)


def _size(item, language: str) -> str:
    if pd.isna(item["value"]):
        return said("p12-pattern.not-disclosed", language)
    divisor = 1e8 if language == "zh" else 1e9
    return f"{SIGNS[item['qualifier']]}{item['value'] / divisor:,.10g}"


def _share(share: float, language: str) -> Cell:
    return bar(share, said("p12-pattern.not-disclosed", language) if pd.isna(share) else f"{share:.2f}%", COLOUR)
