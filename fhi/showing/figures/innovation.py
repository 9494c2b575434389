"""Part four, the ecosystem: the innovation cards of five cities (p31)."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.cards import bar, block, box, line, missing, ring, sheet
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import number, width

GREEN = style.PILLARS["ecosystem"]
UNITS = {
    "spaces": ("家", "spaces"),
    "firms": ("家", "firms"),
    "patents": ("件", "patents"),
    "times": ("倍", "times"),
    "years": ("年", "years"),
}
MULTIPLE = "national makerspaces as a multiple of those of Shenzhen"


def cards_data(tables: Tables) -> pd.DataFrame:
    """The printed numbers by city, the printed place of a measure beside it (``place``), and one derived number.

    The makerspaces of 深圳 are those of 北京 over the printed multiple, to the nearest whole number: the only one that
    gives this multiple when rounded. ``scale`` is the largest value of a measure that two cities have.
    """
    rows = tables["tables/innovation"]
    ranks = rows[rows["unit"] == "rank"]
    values = rows[rows["unit"] != "rank"].assign(evidence="published")
    multiple = rows[rows["measure_en"] == MULTIPLE].iloc[0]
    base = values[(values["city"] == multiple["city"]) & (values["unit"] == "spaces")].iloc[0]
    second = ranks[ranks["measure_zh"] == f"{base['measure_zh']}排名"].query("printed_value == 2")["city"].iloc[0]
    derived = base.copy()
    derived[["city", "evidence"]] = second, "derived"
    derived["printed_value"] = float(round(base["printed_value"] / multiple["printed_value"]))
    values = pd.concat([values, derived.to_frame().T.astype(values.dtypes)])
    places = ranks.assign(measure_zh=ranks["measure_zh"].str.removesuffix("排名"))
    keyed = places.set_index(["city", "measure_zh"])["printed_value"]
    values["place"] = [keyed.get(key) for key in zip(values["city"], values["measure_zh"], strict=True)]
    attached = set(zip(values["city"], values["measure_zh"], strict=True))
    alone = [key not in attached for key in zip(places["city"], places["measure_zh"], strict=True)]
    alone = ranks[alone].assign(place=lambda part: part["printed_value"], printed_value=None, evidence="published")
    frame = pd.concat([values, alone.astype({"printed_value": float})])
    shared = frame.groupby("measure_en")["printed_value"].agg(["count", "max"]).query("count > 1")["max"]
    frame["scale"] = frame["measure_en"].map(shared)
    order = {city: row for row, city in enumerate(dict.fromkeys(rows["city"]))}
    frame = frame.sort_values("city", key=lambda cities: cities.map(order), kind="stable")
    names = {"measure_zh": "label_zh", "measure_en": "label_en", "printed_value": "value"}
    names["printed_qualifier"] = "qualifier"
    columns = ["city", *names, "unit", "place", "scale", "page", "evidence", "cities_without"]
    frame["cities_without"] = len(tables["tables/top20"]) - len(order)
    return with_names(frame[columns].rename(columns=names), tables)


def cards_caption(data: pd.DataFrame) -> dict[str, str]:
    derived = data[data["evidence"] == "derived"].iloc[0]
    base = data[data["label_en"] == MULTIPLE].iloc[0]
    cities = data.drop_duplicates("city")
    return {
        "zh": f"五城{'、'.join(cities['city'])}各自印出的数字，其他城市与创新创业指数本身均未公布；卡片与城市的对应由页面次序推断。"
        f"{derived['city']}的{derived['label_zh']}{derived['value']:.0f}家，由{base['city']}的家数与印出的{base['value']:g}倍推算。",
        "en": f"The numbers printed for {', '.join(cities['city_en'])}; those of other cities and the innovation index itself are "
        f"not published, and which card is whose is inferred from their order. {derived['city_en']}'s {derived['value']:.0f} "
        f"{derived['label_en']} follow from those of {base['city_en']} and the printed multiple of {base['value']:g}.",
    }


@figure(
    "p31-innovation",
    page=31,
    evidence=("published", "derived"),
    data=cards_data,
    caption=cards_caption,
)
def cards(data: pd.DataFrame, language: str):
    """One band a city, one card a number: bars where two cities have it, rings of shares, the printed place (p31)."""
    cities = list(dict.fromkeys(data["city"]))
    top, pitch, gap, first = 0.95, 1.22, 0.12, 1.35
    most = int(data.groupby("city").size().max())
    wide = (9.3 - first - gap * (most - 1)) / most
    figure = style.canvas(top + pitch * len(cities) + 0.95)
    axes = sheet(figure)
    for row, city in enumerate(cities):
        rows = data[data["city"] == city]
        y = top + row * pitch
        if row:
            axes.plot([style.SIDE, 9.65], [y - gap / 2] * 2, color=style.LINE, linewidth=0.7, zorder=0.3)
        name = style.city_names(rows, language).iloc[0]
        line(axes, style.SIDE, y + (pitch - gap) / 2, name, first - 0.1, size=13, weight="bold", color=GREEN)
        for column, item in enumerate(rows.itertuples()):
            x = style.SIDE + first + column * (wide + gap)
            _card(axes, x, y, wide, pitch - gap, item, language)
    y = top + pitch * len(cities) + 0.02
    missing(axes, style.SIDE, y, 9.3, 0.36)
    count = data["cities_without"].iloc[0]
    text = style.pick(
        language,
        f"未公布：其余{count}城的同类数字，以及各城的创新创业指数",
        f"not published: the numbers of the other {count} cities, and the innovation index of all",
    )
    line(axes, style.SIDE + 0.15, y + 0.18, text, color=style.MUTED)
    return figure


def _card(axes, x: float, y: float, wide: float, high: float, item, language: str) -> None:
    derived = item.evidence == "derived"
    look = {"edge": style.EVIDENCE_COLOURS["derived"], "linestyle": (0, (3, 2))} if derived else {}
    box(axes, x, y, wide, high, **look)
    inner, room, middle = x + 0.1, wide - 0.2, y + 0.25
    if pd.isna(item.value):
        line(axes, inner, middle, _place(item.place, language), size=15, weight="bold", color=GREEN)
    else:
        text = number(item.value, language, item.qualifier) + ("%" if item.unit == "%" else "")
        size = 15 if width(text, 15, "bold") < room - 0.2 else 12
        end = line(axes, inner, middle, text, room, size=size, weight="bold", color=GREEN)
        units = style.pick(language, *UNITS.get(item.unit, ("", "")))
        if end + width(units, style.SMALL) + 0.06 < room:
            line(axes, inner + end + 0.06, middle + 0.02, units, color=GREEN)
        if pd.notna(item.place):
            line(
                axes,
                inner + room,
                middle,
                _place(item.place, language),
                ha="right",
                color=style.MUTED,
                size=style.SMALL,
            )
    if pd.notna(item.scale):
        bar(axes, inner, y + 0.43, room, item.value / item.scale, GREEN, 0.08)
    elif item.unit == "%" and item.label_en.startswith("share"):
        ring(axes, inner + room - 0.15, middle, 0.14, item.value, GREEN)
    block(axes, inner, y + 0.58, getattr(item, f"label_{language}"), room, lines=3)


def _place(place: float, language: str) -> str:
    return style.pick(language, f"第{place:.0f}位", f"No. {place:.0f}")
