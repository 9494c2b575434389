"""Part two, the industry: the financed firms of other new finance by city (p15)."""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Rectangle

from fhi.showing.figures import style
from fhi.showing.figures.charts import margin, row_names, with_names
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import quantity_text
from fhi.showing.figures.wording import both, said

TOP = 20  # the list is headed so
COLOUR = style.PILLARS["industry"]
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


@figure(
    "p15-financing",
    page=15,
    evidence=("published", "derived"),
    data=financing_data,
    caption=financing_caption,
    source=both("p15-financing.source"),
)
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
