"""Part two, the industry: fintech infrastructure in four panels (p17), and contributions as treemaps (p18)."""

import pandas as pd
from matplotlib.patches import Rectangle

from fhi.showing.figures import style
from fhi.showing.figures.charts import english, with_names
from fhi.showing.figures.charts import printed as printed_numbers
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import quantity_text, wrapped
from fhi.showing.figures.wording import both, said

#: the panels, and the slots of their titles
PANELS = {
    "exchanges": "national-exchanges",
    "information_vendors": "information-vendors",
    "cloud": "cloud-of-the",
    "blockchain": "blockchain-of-the",
}
#: the printed sums of contributions, by their name in headlines.csv
SUMS = {
    "cloud": "cloud contribution of the first three cities",
    "blockchain": "blockchain contribution of Beijing, Shanghai, Hangzhou and Shenzhen",
}
#: kinds of contributions without the names of cities, and their slots
UNNAMED = {"third": "third", "rest": "other-cities"}
COLOUR = style.PILLARS["industry"]
COLUMNS = ["panel", "kind", "city", "city_en", "name_zh", "name_en", "value", "page", "evidence"]


def shares(tables: Tables) -> pd.DataFrame:
    """Contributions printed by city (p17), per cent of the nation; one row a class and city."""
    frame = tables["tables/contributions"].rename(columns={"class": "panel", "share_value": "value"})
    return frame[["panel", "city", "value", "page"]].assign(kind="city", evidence="published")


def panels_data(tables: Tables) -> pd.DataFrame:
    """The four panels: exchanges by city, vendors by name, and the printed contributions with the rest of the nation."""
    exchanges = tables["tables/exchanges"].rename(columns={"count": "value"})[["city", "value", "page", "evidence"]]
    page = exchanges["page"].iloc[0]
    firms = tables["tables/named_firms"].query("page == @page")[["city", "name_zh", "name_en", "page"]]
    printed = shares(tables)
    rest = (100 - printed.groupby("panel")["value"].sum()).round(1).reset_index()
    exchanges = exchanges.sort_values("value", ascending=False, kind="stable").assign(panel="exchanges", kind="city")
    firms = firms.assign(panel="information_vendors", kind="firm", evidence="public")
    frame = pd.concat([exchanges, firms, printed, rest.assign(kind="rest", page=page, evidence="derived")])
    order = frame["panel"].map({panel: place for place, panel in enumerate(PANELS)})
    frame = frame.assign(order=order).sort_values("order", kind="stable")
    first = tables["tables/leaders"].query("position == 1 and page == @page").set_index("list")["city"]
    frame = with_names(frame, tables)[COLUMNS].assign(first=frame["panel"].map(first).to_numpy())
    return frame.assign(first_en=frame["first"].map(english(tables)))


def panels_caption(data: pd.DataFrame) -> dict[str, str]:
    exchanges, vendors = (data[data["panel"] == panel] for panel in ("exchanges", "information_vendors"))
    counts = {"derived": (exchanges["evidence"] == "derived").sum(), "vendors": len(vendors)}
    return both("p17-infrastructure.caption", all=exchanges["value"].sum(), first=exchanges.iloc[0], **counts)


@figure("p17-infrastructure", panels_data, panels_caption)
def panels(data: pd.DataFrame, language: str):
    """Bars for exchanges, cloud and blockchain, the firms named for vendors (p17)."""
    figure = style.canvas(3.95)
    for column, (panel, slot) in enumerate(PANELS.items()):
        left = style.SIDE + 2.36 * column
        axes = style.bare(style.area(figure, left=left, right=10 - left - 2.2, top=0.8, bottom=0.5))
        rows = data[data["panel"] == panel].reset_index(drop=True)
        axes.text(0, 0.1, said(f"p17-infrastructure.{slot}", language), weight="bold", va="center")
        leader = rows["first" if language == "zh" else "first_en"].iloc[0]
        text = said("p17-infrastructure.first", language, leader=leader)
        style.note(axes, 0, 0.34, style.fit(text, 150, style.SMALL), color=COLOUR)
        axes.plot([0, 2.2], [0.52, 0.52], color=COLOUR, linewidth=1.2)
        if panel == "information_vendors":
            _firms(axes, rows, language)
        else:
            # both contributions on one scale
            alike = [panel] if panel == "exchanges" else list(SUMS)
            _bars(axes, rows, data.loc[data["panel"].isin(alike), "value"].max(), language)
        axes.set(xlim=(0, 2.2), ylim=(2.65, 0))
    axes.add_artist(Rectangle((0.82, 2.28), 0.24, 0.2, **style.HATCHED))
    style.note(axes, 1.14, 2.38, said("p17-infrastructure.from-totals", language))
    return figure


def _bars(axes, rows: pd.DataFrame, most: float, language: str) -> None:
    names = style.city_names(rows, language).fillna(said("p17-infrastructure.other-cities", language))
    for line, (name, item) in enumerate(zip(names, rows.itertuples(), strict=True)):
        y = 0.78 + 0.4 * line
        length = item.value / most
        text = f"{item.value:.0f}" if item.panel == "exchanges" else f"{item.value:.1f}"
        look = {"facecolor": COLOUR, "linewidth": 0} if item.evidence == "published" else style.HATCHED
        axes.add_artist(Rectangle((0.82, y - 0.12), length, 0.24, **look))
        axes.text(0, y, style.fit(name, 56, style.SMALL), size=style.SMALL, va="center")
        axes.text(0.82 + length + 0.06, y, text, size=style.SMALL, weight="bold", va="center")


def _firms(axes, rows: pd.DataFrame, language: str) -> None:
    y = 0.78
    for city, group in rows.groupby("city", sort=False):
        name = city if language == "zh" else group["city_en"].iloc[0]
        axes.text(0, y, style.fit(name, 56, style.SMALL), size=style.SMALL, va="center")
        for firm in group[f"name_{language}"]:
            axes.add_artist(Rectangle((0.82, y - 0.12), 1.38, 0.24, facecolor=style.PALE["industry"], linewidth=0))
            axes.text(0.9, y, style.fit(firm, 92, style.SMALL), size=style.SMALL, va="center")
            y += 0.4
    style.note(axes, 0, y, said("p17-infrastructure.values-by-city", language))


def contributions_data(tables: Tables) -> pd.DataFrame:
    """Contributions that add up to the nation, per cent: printed by city, and what follows from the printed sums.

    Kinds: ``city``; ``third``, the unnamed third city of cloud; ``together``, cities of which only the sum is known, joined
    by |; ``rest``, all others. ``low`` and ``high`` are the bounds of each single city that may be part of a kind (p18).
    Beside them ``fact``, what the page says of the firms, and ``firm``, those it names.
    """
    printed, bounds = shares(tables), tables["national_shares"]
    headlines = printed_numbers(tables["tables/headlines"]).set_index("measure_en")
    names = english(tables)
    rows = [printed]
    for panel, label in SUMS.items():
        total, known = headlines.loc[label], printed[printed["panel"] == panel]
        unnamed = [city for city in names.index if names[city] in label and city not in set(known["city"])]
        between = {"kind": "together", "city": "|".join(unnamed)} if unnamed else {"kind": "third"}
        between["value"] = total["value"] - known["value"].sum()
        rest = {"kind": "rest", "value": 100 - total["value"]}
        alone = bounds[(bounds["class"] == panel) & (bounds["low"] < bounds["high"])].set_index("city")
        others = alone.drop(index=unnamed)
        for kind, cities in ((between, alone.loc[unnamed] if unnamed else others), (rest, others)):
            kind |= {"low": cities["low"].min(), "high": cities["high"].max()}
        rows.append(pd.DataFrame([between, rest]).assign(panel=panel, page=total["page"], evidence="derived"))
    facts = headlines[headlines["measure_zh"].str.startswith("区块链企业")].reset_index()
    facts = facts.rename(columns={"value": "number"}).assign(panel="blockchain", kind="fact")
    named = tables["tables/named_firms"]
    firms = named[named["page"] == headlines.at[SUMS["cloud"], "page"]].assign(panel="cloud", kind="firm")
    frame = pd.concat([*rows, facts, firms], ignore_index=True).fillna({"evidence": "published"})
    # differences of numbers with one decimal
    frame["value"] = frame["value"].round(1)
    split = frame["city"].str.split("|")
    frame["city_en"] = split.map(lambda cities: "|".join(names[cities]), na_action="ignore")
    frame = frame.sort_values("panel", kind="stable", ignore_index=True)
    told = ["name_zh", "name_en", "measure_zh", "measure_en", "printed", "number", "qualifier", "unit"]
    return frame[["panel", "kind", "city", "city_en", "value", "low", "high", *told, "page", "evidence"]]


def contributions_caption(data: pd.DataFrame) -> dict[str, str]:
    values = data[data["evidence"] == "derived"].set_index(["panel", "kind"])["value"]
    pair = data[data["kind"] == "together"].iloc[0]
    shares = {f"{panel}_{kind}": value for (panel, kind), value in values.items()}
    most = data[data["kind"] == "rest"].set_index("panel")["high"].add_prefix("most_").to_dict()
    names = {"cities": pair["city"].replace("|", "与"), "cities_en": pair["city_en"].replace("|", " and ")}
    return both("p18-contributions.caption", pair=pair, **shares, **most, **names)


@figure("p18-contributions", contributions_data, contributions_caption)
def contributions(data: pd.DataFrame, language: str):
    """Two treemaps of the nation: printed contributions solid, derived ones hatched (p18)."""
    import squarify

    figure = style.canvas(4.9)
    width, height = 4.55, 2.7
    for column, (panel, group) in enumerate(data.groupby("panel", sort=False)):
        left = style.SIDE + column * (width + 0.2)
        axes = style.bare(style.area(figure, left=left, right=10 - left - width, top=0.75, bottom=0.5))
        axes.text(0, 0.14, said(f"p17-infrastructure.{PANELS[panel]}", language), weight="bold", va="center")
        rows = group.dropna(subset=["value"])
        boxes = squarify.squarify(squarify.normalize_sizes(rows["value"], width, height), 0, 0.34, width, height)
        for box, item in zip(boxes, rows.itertuples(), strict=True):
            _tile(axes, box, item, language)
        note = {"zh": "；", "en": "; "}[language].join(_notes(group, language))
        style.note(axes, 0, 0.34 + height + 0.1, wrapped(note, width, style.SMALL, lines=3), va="top")
        axes.set(xlim=(0, width), ylim=(3.65, 0))
    return figure


def _notes(group: pd.DataFrame, language: str) -> list[str]:
    """What the page says beside the treemap: firms named with their cities, and numbers of firms."""
    firms, facts = (group[group["kind"] == kind] for kind in ("firm", "fact"))
    named = zip(firms[f"name_{language}"], style.city_names(firms, language), strict=True)
    listed = [said("p18-contributions.named", language, name=name, city=city) for name, city in named]
    texts = [{"zh": "、", "en": ", "}[language].join(listed)] if listed else []
    for item in facts.itertuples():
        text = quantity_text(item.number, item.qualifier, item.unit, item.printed, language)
        measure = getattr(item, f"measure_{language}")
        texts.append(said("p18-contributions.fact", language, measure=measure, text=text))
    return texts


def _tile(axes, box: dict, item, language: str) -> None:
    """One tile with its name and per cent, solid if printed."""
    x, y, width, height = (box[side] for side in ("x", "y", "dx", "dy"))
    solid = item.evidence == "published"
    look = {"facecolor": COLOUR, "linewidth": 0} if solid else style.HATCHED
    axes.add_artist(Rectangle((x + 0.02, y + 0.02), width - 0.04, height - 0.04, **look))
    if item.kind in UNNAMED:
        name = said(f"p18-contributions.{UNNAMED[item.kind]}", language)
    else:
        name = item.city.replace("|", "＋") if language == "zh" else item.city_en.replace("|", " + ")
    text = {"color": style.PAPER if solid else style.INK, "va": "center"}
    text["bbox"] = {"facecolor": look["facecolor"], "edgecolor": "none", "pad": 1.5}
    if height < 1:
        name = wrapped(name, width - 0.62, style.SMALL, lines=2)
        axes.text(x + 0.1, y + 0.22, name, size=style.SMALL, **text)
        axes.text(x + width - 0.1, y + 0.22, f"{item.value:.1f}", size=style.BODY, weight="bold", ha="right", **text)
    else:
        name = wrapped(name, width - 0.22, style.BODY, lines=2)
        low = 0.19 * name.count("\n")
        if item.low < item.high:
            each = style.fit(said("p18-contributions.each", language, item=item), width * 72 - 16, style.SMALL)
            axes.text(x + 0.14, y + 0.56 + 0.3 + low, each, size=style.SMALL, **text)
        axes.text(x + 0.14, y + 0.24 + low / 2, name, **text)
        axes.text(x + 0.14, y + 0.56 + low, f"{item.value:.1f}", size=20, weight="bold", **text)
