"""Part three, the experience: ranking (p20), adoption rates (p21), services (p22) and the four cities portrayed (p23-26)."""

from functools import partial

import pandas as pd
from matplotlib.path import Path as Outline

from fhi.showing.figures import style
from fhi.showing.figures.charts import explain, margin, printed, row_names, with_names
from fhi.showing.figures.documents import Block, bar, block, table
from fhi.showing.figures.registry import Tables, figure, id_of, of_form
from fhi.showing.figures.texts import SIGNS, counted, ordinal, ranked
from fhi.showing.figures.wording import both, heads, listed, said


def adoption_data(tables: Tables) -> pd.DataFrame:
    """The 20 printed rates, then the printed mean and the mean computed from the 20 (series ``mean_*``)."""
    rates = tables["tables/adoption"].sort_values("rate", ascending=False, kind="stable")
    rates = with_names(rates, tables).assign(series="city", evidence="published")
    printed = tables["tables/headlines"].query("measure_en == 'national mean of the adoption rate'").iloc[0]
    means = {"mean_printed": printed["printed_value"], "mean_computed": rates["rate"].mean()}
    means = pd.Series(means, name="rate").rename_axis("series").reset_index()
    means = means.assign(page=printed["page"], evidence=["published", "derived"])
    return pd.concat([rates, means], ignore_index=True)[["series", "city", "city_en", "rate", "page", "evidence"]]


def _means(data: pd.DataFrame) -> tuple[float, float]:
    by_series = data.set_index("series")["rate"]
    return by_series["mean_printed"], by_series["mean_computed"]


def adoption_caption(data: pd.DataFrame) -> dict[str, str]:
    rates = data.loc[data["series"] == "city", "rate"]
    printed, computed = _means(data)
    above = {"above": (rates > printed).sum(), "above_computed": (rates > computed).sum()}
    return both("p21-adoption.caption", printed=printed, computed=computed, **above)


@figure("p21-adoption", adoption_data, adoption_caption)
def adoption(data: pd.DataFrame, language: str):
    """Bars of the 20 rates with the printed and the computed mean (p21)."""
    figure = style.canvas(6.3, style.HALF)
    cities = data[data["series"] == "city"]
    names = row_names(cities, language)
    axes = style.quiet(style.area(figure, left=margin(names, 0.15), right=0.45, top=1.35, bottom=0.95), grid="x")
    printed, computed = _means(data)
    rows, hue = range(len(cities)), style.PILLARS["experience"]
    above = cities["rate"] > printed
    axes.barh(rows, cities["rate"], height=0.66, edgecolor=hue, color=[hue if up else style.PAPER for up in above])
    # on paper, so that the lines of the means do not run through the numbers
    look = {"va": "center", "size": style.SMALL, "weight": "bold"}
    look["bbox"] = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.8}
    for row, rate in zip(rows, cities["rate"], strict=True):
        axes.text(rate + 1.6, row, f"{rate:.1f}", **look)
    last = len(cities) - 0.4
    axes.vlines(printed, -0.6, last, color=style.INK, linewidth=1.4)
    axes.vlines(computed, -0.6, last, color=style.INK, linewidth=1.4, linestyle=(0, (3, 2)))
    axes.set_yticks(rows, names)
    axes.set(xlim=(0, 100), ylim=(last, -0.6))
    line = {"marker": "|", "s": 150, "linewidth": 1.4, "color": style.INK}
    strokes = Outline([(0, -1), (0, -0.35), (0, 0.35), (0, 1)], [Outline.MOVETO, Outline.LINETO] * 2)
    dashes = line | {"marker": strokes}
    bars = {"above": {"facecolor": hue, "edgecolor": hue}, "below": {"facecolor": style.PAPER, "edgecolor": hue}}
    looks = {"printed": line, "computed": dashes} | bars
    place = {"columns": 2, "bbox_to_anchor": (0.05, 1 - 1.35 / 6.3), "bbox_transform": figure.transFigure}
    explain(axes, "p21-adoption", language, looks, place, printed=printed, computed=computed)
    return figure


COLOUR = style.PILLARS["experience"]
#: page of each of the four cities
PAGES = of_form("services")
#: kind of service -> the printed rank that says who has most of it
RANKS = {
    "total": "rank by breadth of payment use cases",
    "special": "rank by number of distinctive services",
    "transport": "rank by payment use cases in transport",
}


def scenes_data(tables: Tables) -> pd.DataFrame:
    """Printed counts of the 20 cities by kind of service; where none is printed, the most it can be.

    The city that the report ranks first in a kind bounds the others, if its count is printed (``at_most``).
    """
    counts = tables["tables/services"].set_index(["kind", "city"])
    ranked = pd.concat([tables["tables/experience_facts"], tables["tables/city_profiles"]]).query("unit == 'rank'")
    frames = []
    for kind, measure in RANKS.items():
        frame = tables["tables/top20"].sort_values("rank")[["city"]].assign(kind=kind)
        known = counts.loc[kind] if kind in counts.index else pd.DataFrame(columns=["count", "page"])
        ranks = ranked[ranked["measure_en"] == measure].set_index("city")
        frame["count"] = frame["city"].map(known["count"].astype(float))
        frame["at_most"] = known["count"].reindex(ranks.index[ranks["printed_value"] == 1]).max()
        frame["rank"] = frame["city"].map(ranks["printed_value"]).astype("Int64")
        frame["page"] = frame["city"].map(known["page"]).fillna(frame["city"].map(ranks["page"])).astype("Int64")
        frames.append(frame)
    frame = with_names(pd.concat(frames), tables)
    frame["evidence"] = frame["at_most"].notna().map({True: "derived", False: None})
    frame.loc[frame["page"].notna(), "evidence"] = "published"
    general = tables["tables/callouts"].query("page == 22").iloc[0]
    return frame.assign(statement_zh=general["statement_zh"], statement_en=general["statement_en"])


def scenes_caption(data: pd.DataFrame) -> dict[str, str]:
    known = data.dropna(subset=["count"])
    return both("p22-services.caption", known=len(known), cities=data["city"].nunique())


@figure("p22-services", scenes_data, scenes_caption)
def scenes(data: pd.DataFrame, language: str) -> list[Block]:
    """Table of the counts and ranks that the report gives by city, and what follows for the others (p22)."""
    rows, unknown = [], said("p22-services.unknown", language)
    for kind, own in data.groupby("kind", sort=False):
        service = said(f"p22-services.{kind}", language)
        known = own.dropna(subset=["count", "rank"], how="all").sort_values("count", ascending=False)
        for name, item in zip(style.city_names(known, language), known.itertuples(), strict=True):
            count = unknown if pd.isna(item.count) else f"{item.count:.0f}"
            rows.append([service, name, count, "—" if pd.isna(item.rank) else f"{item.rank}", f"{item.page}"])
        rest, most = own.drop(known.index), own["at_most"].iloc[0]
        others = said("p22-services.others", language, count=len(rest), names=listed(rest))
        bound = unknown if pd.isna(most) else said("p22-services.at-most", language, most=most)
        rows.append([service, others, bound, "—", "—"])
    words = said("p22-services.words", language, text=data[f"statement_{language}"].iloc[0])
    return [
        table(heads("p22-services", language), rows, (2.0, 4.2, 1.9, 1.1, 0.7), colour=COLOUR),
        block("text", text=words, colour=COLOUR),
    ]


def city_data(tables: Tables, city: str) -> pd.DataFrame:
    """What the report prints of one city's experience: rank, adoption beside the 20, facts, statements.

    ``kind`` is rank (with the printed rise in ``value`` of kind gain), adoption (with its place among so many cities), mean, fact,
    compare (the same count of another city) or statement.
    """

    def own(name: str, **names: str) -> pd.DataFrame:
        rows = tables[f"tables/{name}"]
        return rows[rows["city"] == city].rename(columns=names)

    rates, services = tables["tables/adoption"], tables["tables/services"].rename(columns={"count": "value"})
    places = rates.set_index("city")["rate"].rank(method="min", ascending=False)
    mean = tables["tables/headlines"].query("measure_en == 'national mean of the adoption rate'")
    facts = printed(own("experience_facts", measure_zh="label_zh", measure_en="label_en"))
    # beside the city's own count of the same kind, which `place` holds
    others = services[services["city"] != city]
    others = others.assign(place=others["kind"].map(own("services").set_index("kind")["count"].astype(float)))
    frames = {
        "rank": own("top20", experience_rank="value"),
        "gain": own("movers", change="value").query("pillar == 'experience'"),
        "adoption": own("adoption", rate="value").assign(place=places.get(city), cities=len(rates)),
        "mean": mean.rename(columns={"printed_value": "value"}),
        "fact": facts[facts["page"] == PAGES[city]],
        "statement": own("callouts", statement_zh="label_zh", statement_en="label_en"),
        "compare": others.dropna(subset=["place"]).rename(columns={"kind": "unit"}),
    }
    frame = pd.concat([part.assign(kind=kind) for kind, part in frames.items()])
    columns = ["kind", "city", "label_zh", "label_en", "value", "place", "cities", "qualifier", "unit", "page"]
    return with_names(frame.reindex(columns=columns), tables).assign(evidence="published")


def city_caption(data: pd.DataFrame) -> dict[str, str]:
    here, rate = (data[data["kind"] == kind].iloc[0] for kind in ("rank", "adoption"))
    facts = data[data["kind"] == "fact"]
    values = {"here": here, "rate": rate["value"], "cities": int(rate["cities"])}
    places = {"rank": ranked(here["value"]), "place": ranked(rate["place"])}
    return both("service-city.caption", **values, **places, facts=len(facts), page=int(facts["page"].iloc[0]))


def city_card(data: pd.DataFrame, language: str) -> list[Block]:
    """The rank of a city and the adoption rate among the others, the numbers of its page, what it says without one (p23-26)."""
    here, rate = (data[data["kind"] == kind].iloc[0] for kind in ("rank", "adoption"))
    gain = data.loc[data["kind"] == "gain", "value"]
    mean = data.loc[data["kind"] == "mean", "value"].iloc[0]
    since = said("service-city.gain", language, gain=gain.iloc[0]) if len(gain) else ""
    rank = said("service-city.rank", language, rank=here["value"])
    among = said("service-city.adoption", language, mean=mean, cities=int(rate["cities"]))
    items = [{"value": rank, "label": said("service-city.experience", language) + since}]
    items.append({"value": f"{rate['value']:g}%", "label": among})
    others = data[data["kind"] == "compare"]
    rows = []
    for _, item in data[data["kind"] == "fact"].iterrows():
        value, label = _wording(item, language)
        same = others[others["place"] == item["value"]].head(1)
        if item["unit"] == "services" and len(same):
            value += said("service-city.other", language, name=listed(same), count=same["value"].iloc[0])
        rows.append([label, bar(item["value"], value, COLOUR) if item["unit"] == "%" else value])
    found = [block("facts", items=items, colour=COLOUR)]
    found.append(table(heads("service-city", language), rows, (5.5, 4.5), colour=COLOUR))
    statements = data.loc[data["kind"] == "statement", f"label_{language}"].tolist()
    title = said("service-city.statements", language)
    return found + ([block("list", title=title, items=statements, colour=COLOUR)] if statements else [])


def _wording(item: pd.Series, language: str) -> tuple[str, str]:
    """Return value and label of a fact: a place, a share, or a number with its unit."""
    value, label = item["value"], item[f"label_{language}"]
    if item["unit"] == "rank":
        return said("service-city.place", language, place=ordinal(int(value)), number=value), label
    if item["unit"] == "%":
        return f"{SIGNS[item['qualifier']]}{value:g}%", label
    return counted(value, item["unit"], language, item["qualifier"]), label


for _city in PAGES:
    figure(id_of("services", _city), partial(city_data, city=_city), city_caption)(city_card)
