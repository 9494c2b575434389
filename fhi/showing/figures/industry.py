"""Part two, the industry: its leaders (p11), the 15 internet institutions (p12-14), financed firms (p15), heads quoted (p16)."""

import pandas as pd
from matplotlib.patches import Rectangle

from fhi.showing.figures import style
from fhi.showing.figures.charts import margin, printed, row_names, with_names
from fhi.showing.figures.documents import Block, Cell, bar, table
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import SIGNS, quantity_text, wrapped
from fhi.showing.figures.wording import both, each, heads, listed, said

CLASSES = ("banks", "brokers", "insurers")
COLOUR = style.PILLARS["industry"]
#: what the report tells of each firm beside its owners, where it has been transcribed
TOLD = ("model", "driver")
FIRM = ["city", "name_zh", "name_en", "founded", "shareholders_zh", "shareholders_en"]
#: columns of the tables of firms and their widths
WIDTHS = {"name": 1.7, "city": 1.3, "founded": 1.0, "shareholders": 2.1, "model": 2.6, "driver": 2.2}


def pattern_data(tables: Tables) -> pd.DataFrame:
    """Number of firms by class and city, counted from the tables of firms (p12-14)."""
    firms = pd.concat({name: tables[f"tables/{name}"] for name in CLASSES}, names=["class"])
    counts = firms.groupby(["class", "city"], sort=False)["page"].agg(firms="size", page="first").reset_index()
    order = counts.groupby("city")["firms"].agg(["size", "sum"])
    counts["classes"] = counts["city"].map(order["size"])
    counts = counts.sort_values(["classes", "city", "class"], ascending=[False, True, True])
    return with_names(counts[["class", "city", "firms", "page"]], tables)


def pattern_caption(data: pd.DataFrame) -> dict[str, str]:
    mainland = data[data["class"] != "brokers"]
    classes = mainland.groupby("city")["class"].nunique()
    numbers = {"firms": mainland["firms"].sum(), "cities": len(classes), "both": (classes == 2).sum()}
    return both("p12-pattern.caption", total=data.groupby("class")["firms"].sum(), numbers=numbers)


@figure("p12-pattern", pattern_data, pattern_caption)
def pattern(data: pd.DataFrame, language: str):
    """Matrix of class by city, a disc for the firms, totals at the right (p12)."""
    figure = style.canvas(3.7)
    axes = style.quiet(style.area(figure, left=1.7, right=0.3, bottom=1.15), grid=None)
    cities = data.drop_duplicates("city").reset_index(drop=True)
    place = {city: column for column, city in enumerate(cities["city"])}
    for row, name in enumerate(CLASSES):
        rows = data[data["class"] == name]
        axes.hlines(row, -0.6, len(place) - 0.7, color=style.LINE, linewidth=0.8, zorder=0)
        axes.scatter(rows["city"].map(place), [row] * len(rows), s=240 + 190 * (rows["firms"] - 1), color=COLOUR)
        for city, firms in zip(rows["city"], rows["firms"], strict=True):
            if firms > 1:
                axes.text(place[city], row, str(firms), color=style.PAPER, ha="center", va="center", weight="bold")
        style.note(axes, len(place) - 0.2, row, f"{rows['firms'].sum()}", size=17, weight="bold", color=COLOUR)
    style.note(axes, len(place) - 0.2, -0.72, said("p12-pattern.total", language))
    names = style.city_names(cities, language)
    turn = {"rotation": 0} if language == "zh" else {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(range(len(place)), names, size=style.SMALL, color=style.INK, **turn)
    axes.set_yticks(range(len(CLASSES)), [said(f"p12-pattern.{name}", language) for name in CLASSES])
    axes.set(xlim=(-0.6, len(place) + 0.3), ylim=(len(CLASSES) - 0.5, -0.9))
    return figure


def _sized(tables: Tables, name: str, column: str) -> pd.DataFrame:
    """Firms of a class in order of size, with their share of the disclosed total in per cent."""
    names = {column: "printed", f"{column}_value": "value", f"{column}_qualifier": "qualifier"}
    frame = tables[f"tables/{name}"].rename(columns=names).sort_values("value", ascending=False)
    frame["share"] = frame["value"] / frame["value"].sum() * 100
    return _firm(frame, tables, "printed", "value", "qualifier", "share", "page")


def _firm(frame: pd.DataFrame, tables: Tables, *columns: str) -> pd.DataFrame:
    """Return firms with what is told of each, where it has been transcribed, and with further columns."""
    told = [name for column in TOLD for name in (f"{column}_zh", f"{column}_en") if name in frame]
    frame = frame.drop(columns="founded").rename(columns={"founded_iso": "founded"})
    return with_names(frame[[*FIRM, *told, *columns]], tables)


def banks_data(tables: Tables) -> pd.DataFrame:
    """The 8 internet banks: cumulative loans as printed, CNY, and share of the disclosed total."""
    return _sized(tables, "banks", "loans")


def banks_caption(data: pd.DataFrame) -> dict[str, str]:
    first, two = data["share"].iloc[0], data["share"].iloc[:2].sum()
    hidden = int(data["value"].isna().sum())
    return both("p13-banks.caption", item=data.iloc[0], first=first, two=two, hidden=hidden)


@figure("p13-banks", banks_data, banks_caption)
def banks(data: pd.DataFrame, language: str) -> list[Block]:
    """Table of the banks with bars of their share of the disclosed loans (p13)."""
    return [_firms(data, language, "banks", "loans")]


def institutions_data(tables: Tables) -> pd.DataFrame:
    """The 4 internet insurers (earned premiums, CNY, share of the total) and the 3 brokers (no size published)."""
    insurers = _sized(tables, "insurers", "premiums").assign(**{"class": "insurers"})
    brokers = _firm(tables["tables/brokers"], tables, "page").sort_values("founded").assign(**{"class": "brokers"})
    return pd.concat([insurers, brokers], ignore_index=True)


def institutions_caption(data: pd.DataFrame) -> dict[str, str]:
    counts = data["class"].value_counts()
    where = listed(data[data["class"] == "brokers"].drop_duplicates("city"))
    return both("p14-insurers-brokers.caption", first=data.iloc[0], where=where, **counts)


@figure("p14-insurers-brokers", institutions_data, institutions_caption)
def institutions(data: pd.DataFrame, language: str) -> list[Block]:
    """Tables of insurers, with bars of their share of the premiums, and of brokers (p14)."""
    insurers, brokers = (data[data["class"] == name] for name in ("insurers", "brokers"))
    return [_firms(insurers, language, "insurers", "premiums"), _firms(brokers, language, "brokers")]


def _firms(data: pd.DataFrame, language: str, name: str, size: str = "") -> Block:
    """Return a table of firms: where and since when, of whom, what they do, and how large they are if it is known."""
    columns = [column for column in WIDTHS if column not in TOLD or f"{column}_{language}" in data]
    rows = []
    for city, (_, item) in zip(style.city_names(data, language), data.iterrows(), strict=True):
        texts = {column: item.get(f"{column}_{language}", item.get(column)) for column in columns} | {"city": city}
        if not isinstance(texts["name"], str):
            texts["name"] = said("p12-pattern.logo-only", language)
        cells = ["—" if pd.isna(text) else str(text) for text in texts.values()]
        rows.append([*cells, *(_size(item, language) if size else ())])
    titles = [*columns, *([size, "share-of-disclosed"] if size else [])]
    widths = [*(WIDTHS[column] for column in columns), *((1.1, 1.9) if size else ())]
    heads, title = [said(f"p12-pattern.{name}", language) for name in titles], said(f"p12-pattern.{name}", language)
    return table(heads, rows, widths, title=title, colour=COLOUR)


def _size(item, language: str) -> tuple[str, Cell]:
    """Return the size of a firm, in hundred millions or billions, and its share as a bar."""
    size = share = said("p12-pattern.not-disclosed", language)
    if pd.notna(item["value"]):
        divisor = 1e8 if language == "zh" else 1e9
        size = f"{SIGNS[item['qualifier']]}{item['value'] / divisor:,.10g}"
        share = f"{item['share']:.2f}%"
    return size, bar(item["share"], share, COLOUR)


PAGE = 11
NODES = ("internet_finance", "new_finance", "infrastructure", "traditional_finance")
#: inches: from panel to panel, a tile's width and height, from tile to tile
PITCH, WIDE, TALL, STEP = 2.13, 1.98, 0.25, 0.28
#: and how high a panel is
PANEL = 2.75


def leaders_data(tables: Tables) -> pd.DataFrame:
    """The leading cities of the four classes in the printed order, with the number of classes that each city leads in."""
    rows = tables["tables/leaders"]
    rows = rows[(rows["list"] == rows["node"]) & (rows["page"] == PAGE)]
    frame = with_names(rows[["node", "position", "city", "page", "note"]], tables)
    names = tables["tables/framework"].set_index("code")[["name_zh", "definition_zh", "name_en", "definition_en"]]
    frame = frame.join(names, on="node").assign(classes=frame["city"].map(frame["city"].value_counts()))
    order = frame["node"].map({node: place for place, node in enumerate(NODES)})
    return frame.assign(order=order).sort_values(["order", "position"], ignore_index=True).drop(columns="order")


def leaders_caption(data: pd.DataFrame) -> dict[str, str]:
    # all orders are read off the graphic; some places are settled by what another page says
    sizes, noted = data.groupby("node").size(), data[data["note"].str.contains("p15", regex=False, na=False)]
    all_four, once = (data[data["classes"] == count].drop_duplicates("city") for count in (len(sizes), 1))
    values = {"least": sizes.min(), "most": sizes.max(), "classes": len(sizes)}
    values |= {"everywhere": listed(all_four), "once": listed(once)}
    return both("p11-leaders.caption", node=listed(noted.drop_duplicates("node"), "name"), **values)


@figure("p11-leaders", leaders_data, leaders_caption)
def leaders(data: pd.DataFrame, language: str):
    """A panel of tiles a class in the published order; those of cities that lead in every class are filled (p11)."""
    nodes = list(dict.fromkeys(data["node"]))
    tall = PANEL * -(-len(nodes) // 2) + 0.3
    figure = style.canvas(tall + 0.95, style.HALF)
    axes = style.bare(style.area(figure, top=0.6, bottom=0.35))
    for place, node in enumerate(nodes):
        group, left, top = data[data["node"] == node], place % 2 * PITCH, place // 2 * PANEL
        _heading(axes, left, top, group.iloc[0], language)
        for name, item in zip(style.city_names(group, language), group.itertuples(), strict=True):
            middle = top + 1.1 + (item.position - 1) * STEP
            _tile(axes, left, middle, item.position, name, item.classes == len(nodes))
    axes.add_patch(Rectangle((0, tall - 0.26), 0.22, 0.16, color=COLOUR))
    note = said("p11-leaders.everywhere", language, count=len(nodes))
    style.note(axes, 0.32, tall - 0.18, note)
    axes.set(xlim=(0, style.HALF - 2 * style.SIDE), ylim=(tall, 0))
    return figure


def _heading(axes, left: float, top: float, item, language: str) -> None:
    name, definition = item[f"name_{language}"], item[f"definition_{language}"]
    y = top + 0.1
    for text in wrapped(name, WIDE, style.BODY, "bold", lines=2).split("\n"):
        axes.text(left, y, text, weight="bold", va="center")
        y += 0.19
    for text in wrapped(definition, WIDE, style.SMALL, lines=4).split("\n"):
        style.note(axes, left, y + 0.02, text)
        y += 0.15


def _tile(axes, left: float, middle: float, position: int, name: str, everywhere: bool) -> None:
    """One city: filled if it leads in all classes."""
    face, ink = (COLOUR, style.PAPER) if everywhere else (style.PALE["industry"], style.INK)
    axes.add_patch(Rectangle((left, middle - TALL / 2), WIDE, TALL, facecolor=face, edgecolor="none"))
    look = {"color": ink, "va": "center_baseline"}
    axes.text(left + 0.2, middle, str(position), weight="bold", ha="center", **look)
    axes.text(left + 0.42, middle, style.fit(name, 100, style.BODY), **look)


def quoted_data(tables: Tables) -> pd.DataFrame:
    """The institutions whose heads the page quotes: kind, seat, the speaker's office, and the seat's place in the class."""
    frame = with_names(tables["tables/quoted_institutions"].drop(columns=["row", "note"]), tables)
    places = tables["tables/leaders"].query("list == 'traditional_finance' and page == @PAGE").set_index("city")
    frame["position"] = frame["city"].map(places["position"]).astype("Int64")
    frame["listed"] = len(places)
    return frame


def quoted_caption(data: pd.DataFrame) -> dict[str, str]:
    seats = data.drop_duplicates("city").sort_values("position")
    return both("p16-institutions.caption", count=len(data), listed=data["listed"].iloc[0], seats=listed(seats))


@figure("p16-institutions", quoted_data, quoted_caption)
def quoted(data: pd.DataFrame, language: str) -> list[Block]:
    """Table of the institutions: who says what of technology, in indirect speech, the seat and its place (p16)."""
    rows = []
    for city, item in zip(style.city_names(data, language), data.to_dict("records"), strict=True):
        place = "—" if pd.isna(item["position"]) else f"{item['position']}"
        kind = said(f"p16-institutions.{item['kind']}", language)
        speaker, office = item[f"speaker_{language}"], item[f"office_{language}"]
        who = said("p16-institutions.who", language, name=speaker, office=office)
        rows.append([item[f"name_{language}"], kind, who, item[f"said_{language}"], city, place])
    return [table(heads("p16-institutions", language), rows, (1.6, 1.1, 1.5, 4.2, 1.0, 1.0), colour=COLOUR)]


TOP = 20  # the list is headed so


def financing_data(tables: Tables) -> pd.DataFrame:
    """What the report prints of the financed firms, one row a number.

    Series ``firms``: firms financed at least by the ``threshold``, by city; ``top20``: the best-financed twenty by city;
    ``capital``: what is said of sums. A city of the twenty without a number of firms, and the firms of the twenty without a
    city, stand there with what is missing.
    """
    profiles, headlines = (printed(tables[f"tables/{name}"]) for name in ("city_profiles", "headlines"))
    firms = profiles.query("node == 'firm_count' and unit == 'firms'").sort_values("value", ascending=False)
    top = tables["tables/financing_top20"].rename(columns={"firms": "value"})
    top = top.sort_values("value", ascending=False, kind="stable").assign(unit="firms")
    rest = {"value": [TOP - top["value"].sum()], "page": top["page"].iloc[0], "unit": "firms", "evidence": "derived"}
    unknown = top.loc[~top["city"].isin(firms["city"]), ["city"]].assign(evidence="missing")
    threshold = headlines.query("node == 'firm_count' and unit == 'CNY'")
    sums = (
        headlines.query("node == 'capital' and unit == 'rank'"),
        profiles.query("node == 'capital' and unit == 'CNY'"),
    )
    parts = {"firms": (firms, unknown), "top20": (top, pd.DataFrame(rest)), "threshold": (threshold,), "capital": sums}
    rows = [frame.assign(series=series) for series, frames in parts.items() for frame in frames]
    frame = with_names(pd.concat(rows, ignore_index=True).fillna({"evidence": "published"}), tables)
    columns = ["series", "city", "city_en", "measure_zh", "measure_en", "printed", "value", "qualifier", "unit"]
    return frame[[*columns, "page", "evidence"]].astype({"page": "Int64"})


def financing_caption(data: pd.DataFrame) -> dict[str, str]:
    top = data[data["series"] == "top20"].astype({"value": int})
    known, missing = top.dropna(subset=["city"]), top.loc[top["city"].isna(), "value"].sum()
    printed = data[(data["series"] == "firms") & data["value"].notna()]
    counts = {"top": TOP, "known": known["value"].sum(), "missing": missing, "cities": len(printed)}
    return both("p15-financing.caption", listed=each(known, "p15-financing.listed"), **counts)


@figure("p15-financing", financing_data, financing_caption)
def financing(data: pd.DataFrame, language: str):
    """A row a city: a bar for its financed firms, a square for each of the twenty best-financed, what is said of sums (p15)."""
    series = {name: group.reset_index(drop=True) for name, group in data.groupby("series")}
    firms, top, capital = (series[name] for name in ("firms", "top20", "capital"))
    rows = {city: row for row, city in enumerate(firms["city"])}
    names = [*row_names(firms, language), said("p15-financing.rest", language)]
    figure = style.canvas(1.9 + 0.46 * (len(rows) + 1))
    axes = style.quiet(style.area(figure, left=margin(names, 0.15), right=0.35, top=1.3, bottom=0.7), grid=None)
    most = firms["value"].max()
    # three columns on one axis: the bars, the squares, the sums
    squares, sums, side = 1.32 * most, 2.45 * most, 0.082 * most
    for item, row in zip(firms.itertuples(), rows.values(), strict=True):
        length, look, text = 0.16 * most, style.HATCHED, said("p15-financing.unpublished", language)
        if item.evidence != "missing":
            length, look = item.value, {"color": COLOUR}
            text = quantity_text(item.value, item.qualifier, item.unit, item.printed, language)
        axes.barh(row, length, height=0.56, **look)
        axes.text(length + 0.02 * most, row, text, va="center", size=style.SMALL)
    for item in top.itertuples():
        row, derived = rows.get(item.city, len(rows)), item.evidence == "derived"
        look = style.EVIDENCE_FILLS["derived"] if derived else {"facecolor": COLOUR, "linewidth": 0}
        for place in range(int(item.value)):
            axes.add_patch(Rectangle((squares + place * side, row - 0.24), 0.8 * side, 0.48, **look))
        end = squares + item.value * side + 0.02 * most
        axes.text(end, row, f"{item.value:.0f}", va="center", weight="bold", size=style.SMALL)
    for item in capital[capital["city"].isin(list(rows))].itertuples():
        text = quantity_text(item.value, item.qualifier, item.unit, item.printed, language)
        axes.text(sums, rows[item.city], text, va="center", weight="bold", size=style.SMALL)
    threshold = series["threshold"].iloc[0]
    least = quantity_text(*threshold[["value", "qualifier", "unit", "printed"]], language)
    for x, name in ((0, "firms"), (squares, "top"), (sums, "sums")):
        head = said(f"p15-financing.{name}", language, least=least, top=TOP)
        style.note(axes, x, -0.62, head, va="bottom")
    axes.set_yticks([*rows.values(), len(rows)], names)
    axes.set(xlim=(0, 3.1 * most), ylim=(len(rows) + 0.6, -0.6), xticks=[])
    return figure
