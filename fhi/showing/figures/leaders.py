"""Part two, the industry: leading cities of its four classes (p11), financed firms (p15), heads that are quoted (p16)."""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Rectangle

from fhi.showing.figures import style
from fhi.showing.figures.charts import margin, row_names, with_names
from fhi.showing.figures.documents import Block, table
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import quantity_text, wrapped
from fhi.showing.figures.wording import both, said

PAGE = 11
CLASSES = ("internet_finance", "new_finance", "infrastructure", "traditional_finance")
#: inches: from panel to panel, a tile's width and height, from tile to tile
PITCH, WIDE, TALL, STEP = 2.36, 2.2, 0.36, 0.44
COLOUR = style.PILLARS["industry"]


def leaders_data(tables: Tables) -> pd.DataFrame:
    """The leading cities of the four classes in the printed order, with the number of classes that each city leads in."""
    listed = tables["tables/leaders"]
    listed = listed[(listed["list"] == listed["node"]) & (listed["page"] == PAGE)]
    names = tables["tables/framework"].set_index("code")
    frame = with_names(listed[["node", "position", "city", "page", "note"]], tables)
    for language in ("zh", "en"):
        for kind in ("name", "definition"):
            frame[f"{kind}_{language}"] = frame["node"].map(names[f"{kind}_{language}"])
    frame["classes"] = frame["city"].map(frame["city"].value_counts())
    order = frame["node"].map({node: place for place, node in enumerate(CLASSES)})
    return frame.assign(order=order).sort_values(["order", "position"], ignore_index=True).drop(columns="order")


def leaders_caption(data: pd.DataFrame) -> dict[str, str]:
    # all orders are read off the graphic; some places are settled by what another page says
    sizes, noted = data.groupby("node").size(), data[data["note"].str.contains("p15", regex=False, na=False)]
    all_four, once = (data[data["classes"] == count].drop_duplicates("city") for count in (len(sizes), 1))
    values = {"least": sizes.min(), "most": sizes.max(), "classes": len(sizes)}
    for name, rows in (("everywhere", all_four), ("once", once)):
        values |= {f"{name}_zh": "、".join(rows["city"]), f"{name}_en": ", ".join(rows["city_en"])}
    noted_in = {"node_zh": "、".join(noted["name_zh"].unique()), "node_en": ", ".join(noted["name_en"].unique())}
    return both("p11-leaders.caption", **values, **noted_in)


@figure("p11-leaders", leaders_data, leaders_caption)
def leaders(data: pd.DataFrame, language: str):
    """Four panels of tiles in the published order; those of cities that lead in every class are filled (p11)."""
    figure = style.canvas(5.6)
    axes = style.bare(style.area(figure, top=0.75, bottom=0.45))
    nodes = list(dict.fromkeys(data["node"]))
    for column, node in enumerate(nodes):
        group, left = data[data["node"] == node], column * PITCH
        _heading(axes, left, group.iloc[0], language)
        for name, item in zip(style.city_names(group, language), group.itertuples(), strict=True):
            middle = 1.4 + (item.position - 1) * STEP
            _tile(axes, left, middle, item.position, name, item.classes == len(nodes))
    axes.add_patch(Rectangle((0, 4.2), 0.22, 0.16, color=COLOUR))
    note = said("p11-leaders.everywhere", language, count=len(nodes))
    axes.text(0.32, 4.28, note, size=style.SMALL, color=style.MUTED, va="center")
    axes.set(xlim=(0, 9.3), ylim=(4.4, 0))
    return figure


def _heading(axes, left: float, item, language: str) -> None:
    name, definition = item[f"name_{language}"], item[f"definition_{language}"]
    y = 0.1
    for text in wrapped(name, WIDE, style.BODY, "bold", lines=2).split("\n"):
        axes.text(left, y, text, weight="bold", va="center")
        y += 0.19
    for text in wrapped(definition, WIDE, style.SMALL, lines=4).split("\n"):
        axes.text(left, y + 0.02, text, size=style.SMALL, color=style.MUTED, va="center")
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
    listed = tables["tables/leaders"].query("list == 'traditional_finance' and page == @PAGE").set_index("city")
    frame["position"] = frame["city"].map(listed["position"]).astype("Int64")
    frame["listed"] = len(listed)
    return frame


def quoted_caption(data: pd.DataFrame) -> dict[str, str]:
    seats = data.drop_duplicates("city").sort_values("position")
    names = {"seats": "、".join(seats["city"]), "seats_en": ", ".join(seats["city_en"])}
    return both("p16-institutions.caption", count=len(data), listed=data["listed"].iloc[0], **names)


@figure("p16-institutions", quoted_data, quoted_caption)
def quoted(data: pd.DataFrame, language: str) -> list[Block]:
    """Table of the institutions: who says what of technology, in indirect speech, the seat and its place (p16)."""
    rows = []
    for city, item in zip(style.city_names(data, language), data.to_dict("records"), strict=True):
        place = "—" if pd.isna(item["position"]) else f"{item['position']}"
        kind = said(f"p16-institutions.{item['kind']}", language)
        who = said(
            "p16-institutions.who", language, name=item[f"speaker_{language}"], office=item[f"office_{language}"]
        )
        rows.append([item[f"name_{language}"], kind, who, item[f"said_{language}"], city, place])
    heads = [
        said(f"p16-institutions.{name}", language)
        for name in ("institution", "kind", "office", "said", "seat", "place")
    ]
    return [table(heads, rows, (1.6, 1.1, 1.5, 4.2, 1.0, 1.0), colour=COLOUR)]


TOP = 20  # the list is headed so
QUANTITY = {"printed_value": "value", "printed_qualifier": "qualifier"}


def financing_data(tables: Tables) -> pd.DataFrame:
    """What the report prints of the financed firms, one row a number.

    Series ``firms``: firms financed at least by the ``threshold``, by city; ``top20``: the best-financed twenty by city;
    ``capital``: what is said of sums. A city of the twenty without a number of firms, and the firms of the twenty without a
    city, stand there with what is missing.
    """
    profiles = tables["tables/city_profiles"].rename(columns=QUANTITY)
    headlines = tables["tables/headlines"].rename(columns=QUANTITY)
    firms = profiles.query("node == 'firm_count' and unit == 'firms'").sort_values("value", ascending=False)
    top = tables["tables/financing_top20"].rename(columns={"firms": "value"})
    top = top.sort_values("value", ascending=False, kind="stable").assign(unit="firms")
    rest = {"value": [TOP - top["value"].sum()], "page": top["page"].iloc[0], "unit": "firms", "evidence": "derived"}
    unknown = top.loc[~top["city"].isin(firms["city"]), ["city"]].assign(evidence="missing")
    sums = pd.concat(
        [headlines.query("node == 'capital' and unit == 'rank'"), profiles.query("node == 'capital' and unit == 'CNY'")]
    )
    rows = [
        firms.assign(series="firms"),
        unknown.assign(series="firms"),
        top.assign(series="top20"),
        pd.DataFrame(rest).assign(series="top20"),
        headlines.query("node == 'firm_count' and unit == 'CNY'").assign(series="threshold"),
        sums.assign(series="capital"),
    ]
    frame = with_names(pd.concat(rows, ignore_index=True).fillna({"evidence": "published"}), tables)
    columns = ["series", "city", "city_en", "measure_zh", "measure_en", "printed", "value", "qualifier", "unit"]
    return frame[[*columns, "page", "evidence"]].astype({"page": "Int64"})


def financing_caption(data: pd.DataFrame) -> dict[str, str]:
    top = data[data["series"] == "top20"].astype({"value": int})
    known, missing = top.dropna(subset=["city"]), top.loc[top["city"].isna(), "value"].sum()
    printed = data[(data["series"] == "firms") & data["value"].notna()]
    listed = [f"{item.city}{item.value}家" for item in known.itertuples()]
    listed_en = [f"{item.city_en} {item.value}" for item in known.itertuples()]
    counts = {"top": TOP, "known": known["value"].sum(), "missing": missing, "cities": len(printed)}
    return both("p15-financing.caption", listed="、".join(listed), listed_en=", ".join(listed_en), **counts)


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
        known = item.evidence != "missing"
        axes.barh(
            row, item.value if known else 0.16 * most, height=0.56, **({"color": COLOUR} if known else style.HATCHED)
        )
        words = said("p15-financing.unpublished", language)
        text = quantity_text(item.value, item.qualifier, item.unit, item.printed, language) if known else words
        axes.text((item.value if known else 0.16 * most) + 0.02 * most, row, text, va="center", size=style.SMALL)
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
        axes.text(x, -0.62, head, va="bottom", size=style.SMALL, color=style.MUTED)
    axes.set_yticks([*rows.values(), len(rows)], names)
    axes.set(xlim=(0, 3.1 * most), ylim=(len(rows) + 0.6, -0.6), xticks=[])
    return figure
