"""Beyond the report: the ranks under many alternative choices: intervals, probabilities, answers, pairs, an assumed survey."""

from bisect import bisect_right

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from fhi.showing.figures import charts, style
from fhi.showing.figures.charts import chosen, english, key, margin, name_rows, rank_ticks, row_names, with_names
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.wording import NOTHING, both, columns, each, listed, named, said, together, with_words, words

#: shades of a probability, each from the limit at its place upwards; what is below the first is not drawn
SHADES = ("#eef1f4", "#dde3e8", "#c6ced6", "#a9b4be", "#8a97a3", "#66737f", "#45525e", style.DARK)
LIMITS = (0.005, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)
#: ranks at most whose tiles are wide enough for a number
WRITTEN = 26
#: an interval of ranks
INTERVAL = {"facecolor": "#aab4bd", "edgecolor": style.MIDDLE, "linewidth": 0.8}
#: shares of draws at which a statement is called firm, or at least likelier than not by far
FIRM, LEANING = 0.9, 2 / 3
#: points that a slanted name may take
SLANTED = 150
#: units at most of which the pairs are drawn
SQUARE = 32


def shade(share: float) -> str:
    """Return the shade of a probability."""
    return SHADES[max(bisect_right(LIMITS, share) - 1, 0)]


def tiles(axes: Axes, cells: pd.DataFrame) -> None:
    """Draw unit squares around (x, y) of the column ``colour``, all of one colour as one path.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    cells : pandas.DataFrame
        ``x, y, colour``, one row a square.
    """
    for colour, group in cells.groupby("colour", sort=False):
        corners = [
            Path([(x - 0.47, y - 0.44), (x + 0.47, y - 0.44), (x + 0.47, y + 0.44), (x - 0.47, y + 0.44)], closed=False)
            for x, y in zip(group["x"], group["y"], strict=True)
        ]
        axes.add_patch(PathPatch(Path.make_compound_path(*corners), facecolor=colour, edgecolor="none"))


def percent(share: float) -> str:
    """Return a probability as a percentage that is 0 or 100 only if it is exactly so."""
    if 0 < share < 0.01:
        return "<1%"
    return ">99%" if 0.99 < share < 1 else f"{share:.0%}"


def intervals_data(tables: Tables) -> pd.DataFrame:
    """Rank interval, median and reference of each city beside its published rank."""
    columns = ["city", "tier", "published", "reference", "low", "median", "high", "unranked", "level", "draws"]
    frame = tables["rank_intervals"].sort_values("published")[columns].dropna(subset=["published"])
    # missing for a city that no draw ranks
    frame = frame.astype({"published": int} | dict.fromkeys(["low", "median", "high"], "Int64"))
    return with_words(with_names(frame, tables), tables)


def left_out_words(data: pd.DataFrame) -> dict[str, str]:
    """Return a sentence on the units without a score in some draws (`unranked` of `draws`); empty if there are none."""
    some = data[data["unranked"] > 0].drop_duplicates("city")
    if some.empty:
        return dict(NOTHING)
    some = some.assign(share=(some["unranked"] / some["draws"]).map(percent))
    return both("robust.unranked", units=each(some, "robust.share"), unit=words(data))


def intervals_caption(data: pd.DataFrame) -> dict[str, str]:
    outside = data[(data["published"] < data["low"]) | (data["published"] > data["high"])]
    widths, unit = data["high"] - data["low"], words(data)
    values = {"wide": data.loc[widths.idxmax()], "narrow": data.loc[widths.idxmin()], "draws": data["draws"].iloc[0]}
    values |= {"share": data["level"].iloc[0], "outside": listed(outside)}
    values["count"] = {"zh": unit.count(len(outside)), "en": len(outside)}
    first = both(f"robust-intervals.{('inside', 'outside-one', 'outside')[min(len(outside), 2)]}", **values)
    return together(first, both("robust-intervals.caption", **values), left_out_words(data))


@figure("robust-intervals", intervals_data, intervals_caption)
def intervals(data: pd.DataFrame, language: str):
    """A bar a unit from the low to the high rank, a dot at the published rank, a diamond at the scenario's own."""
    last = len(data)
    axes, data, rows, shown = charts.unit_rows(data, language, 7.6, right=1.05, top=1.15, bottom=0.95)
    known = data.assign(row=rows).dropna(subset=["low"]).astype({"low": int, "high": int})
    axes.barh(known["row"], known["high"] - known["low"] + 0.56, left=known["low"] - 0.28, height=0.52, **INTERVAL)
    axes.scatter(data["reference"], rows, zorder=4, **style.RECONSTRUCTED)
    axes.scatter(data["published"], rows, zorder=5, **style.PUBLISHED)
    for item in known.itertuples():
        style.note(axes, 1.015, item.row, f"{item.low}–{item.high}", transform=axes.get_yaxis_transform())
    name_rows(axes, data, language, "published", shown)
    axes.set(ylim=(shown.count - 0.4, -0.6), xlim=(0.3, last + 0.7), xticks=rank_ticks(last))
    looks = {"bar": INTERVAL, "published": style.PUBLISHED, "reconstructed": style.RECONSTRUCTED}
    values = {"share": f"{data['level'].iloc[0]:.0%}", "unit": words(data)}
    charts.explain(axes, "robust-intervals", language, looks, **values)
    return axes.get_figure()


def ranks_data(tables: Tables) -> pd.DataFrame:
    """The probability of each rank by city, with the published rank."""
    columns = ["city", "published", "rank", "probability", "unranked", "draws"]
    published = tables["rank_intervals"].dropna(subset=["published"]).astype({"published": int})
    frame = tables["rank_probabilities"].merge(published, on="city").sort_values(["published", "rank"])
    return with_words(with_names(frame[columns], tables), tables)


def ranks_caption(data: pd.DataFrame) -> dict[str, str]:
    known, unit = data.dropna(subset=["probability"]), words(data)
    likeliest = known.loc[known.groupby("city", sort=False)["probability"].idxmax()]
    sure = (likeliest["probability"] > 0.5).sum()
    same = (likeliest["rank"] == likeliest["published"]).sum()
    most = likeliest.loc[likeliest["probability"].idxmax()]
    counts = {"sure": unit.in_words(sure), "same": unit.in_words(same)}
    caption = both("robust-ranks.caption", **counts, most=most, share=percent(most["probability"]))
    return together(caption, left_out_words(data))


@figure("robust-ranks", ranks_data, ranks_caption)
def ranks(data: pd.DataFrame, language: str):
    """Unit by rank, shaded by probability; the published rank is framed."""
    shown, last = chosen(data["city"]), data["city"].nunique()
    tall, data = charts.height(8.0, shown.count), shown.of(data)
    figure = style.canvas(tall)
    cities = data.drop_duplicates("city").reset_index(drop=True)
    side = margin(row_names(cities, language))
    axes = style.quiet(style.area(figure, left=side, right=0.4, top=1.45, bottom=0.6), grid=None)
    drawn = data[data["probability"] >= LIMITS[0]]
    rows = drawn["city"].map(shown.place)
    tiles(axes, pd.DataFrame({"x": drawn["rank"], "y": rows, "colour": drawn["probability"].map(shade)}))
    for row, item in zip(rows, drawn.itertuples(), strict=True):
        if item.probability >= 0.095 and last <= WRITTEN:
            look = {"ha": "center", "va": "center", "size": style.SMALL, "color": style.ink_on(shade(item.probability))}
            axes.text(item.rank, row, f"{item.probability:.0%}"[:-1], **look)
    frame = {"facecolor": "none", "edgecolor": style.INK, "linewidth": 2.2}
    for city, published in zip(cities["city"], cities["published"], strict=True):
        axes.add_patch(Rectangle((published - 0.49, shown.place[city] - 0.46), 0.98, 0.92, **frame))
    name_rows(axes, cities, language, "published", shown)
    ticks = range(1, last + 1) if last <= WRITTEN else rank_ticks(last)
    axes.set(ylim=(shown.count - 0.4, -0.6), xlim=(0.4, last + 0.6), xticks=ticks)
    axes.xaxis.tick_top()
    steps = [({"facecolor": SHADES[place], "edgecolor": "none"}, f"{LIMITS[place]:.0%}+") for place in (2, 4, 6, 7)]
    looks = [(frame, said("robust-ranks.published", language)), *steps]
    key(axes, looks, loc="lower left", bbox_to_anchor=(-0.01, 1.03))
    title = said(f"robust-ranks.axis{'' if last <= WRITTEN else '-shaded'}", language)
    axes.set_title(title, loc="left", size=style.SMALL, y=1, pad=46)
    return figure


def verdict(share: float) -> str:
    """Return ``firm``, ``leaning`` or ``open`` for the share of draws in which a statement holds (or does not)."""
    clear = max(share, 1 - share)
    return "firm" if clear >= FIRM else "leaning" if clear >= LEANING else "open"


def answers_data(tables: Tables) -> pd.DataFrame:
    """Statements of the published ranking and the share of draws in which they hold."""
    found, tiers = tables["robust_answers"], named(tables, "tier")
    order = tables["rank_intervals"].sort_values("published")
    names, unit = english(tables), words(with_words(order, tables))
    question, fifth = found["question"], order.loc[order["published"] == 5, "city"]
    above, whole = found[question == "above"].set_index("city", drop=False), found[question == "whole-tier"]
    parts = [
        above.reindex(order["city"].head(4)).dropna(subset=["other"]),
        found[(question == "place") & found["city"].isin(fifth)],
        whole.set_index("tier", drop=False).reindex(list(tiers)).dropna(subset=["probability"]),
        *(found[question == name] for name in ("tiers", "order")),
        # the mean over the units of the share of draws in which a unit keeps its tier
        pd.DataFrame([{"question": "tier", "probability": found.loc[question == "tier", "probability"].mean()}]),
    ]
    columns_of = ["question", "city", "other", "tier", "probability", "low", "high"]
    frame = pd.concat(parts, ignore_index=True).reindex(columns=columns_of)
    statements = []
    for row in frame.itertuples():
        named_units = {
            name: {"zh": key, "en": names.get(key)} for name, key in (("city", row.city), ("other", row.other))
        }
        values = {"unit": unit, "a_unit": unit.count("一"), "tier": tiers.get(row.tier)} | named_units
        statements.append(both(f"robust-answers.{row.question}", **values))
    frame = frame.assign(**columns("statement", statements)).dropna(subset=["probability"], ignore_index=True)
    frame = frame.assign(verdict=frame["probability"].map(verdict), draws=int(order["draws"].iloc[0]))
    return with_words(frame, tables)


def answers_caption(data: pd.DataFrame) -> dict[str, str]:
    found = data["verdict"].value_counts()
    yes = ((data["verdict"] == "firm") & (data["probability"] >= 0.5)).sum()
    counts = {"all": len(data), "yes": yes, "no": found.get("firm", 0) - yes, "open": found.get("open", 0)}
    counts["leaning"] = found.get("leaning", 0)
    return together(both("robust-answers.caption", **counts), both("robust-answers.of-reconstruction"))


@figure("robust-answers", answers_data, answers_caption)
def answers(data: pd.DataFrame, language: str):
    """A dot a statement at the share of draws in which it holds; zones say what such a share means."""
    figure = style.canvas(2.1 + 0.36 * len(data))
    statements = [style.fit(text, 4.0 * 72, style.BODY) for text in data[f"statement_{language}"]]
    axes = style.quiet(style.area(figure, left=margin(statements, 0.35), right=0.75, top=1.3, bottom=0.8), grid=None)
    rows = range(len(data))
    zones = {(0, 1 - FIRM): "firm-no", (1 - LEANING, LEANING): "open", (FIRM, 1): "firm-yes"}
    for (low, high), name in zones.items():
        axes.axvspan(low, high, color=style.REST, linewidth=0, zorder=0)
        style.note(axes, (low + high) / 2, -0.75, said(f"robust-answers.{name}", language), ha="center", va="bottom")
    axes.hlines(rows, 0, data["probability"], color=style.FAINT, linewidth=1.4)
    sure = data["verdict"] == "firm"
    fills = sure.map({True: style.INK, False: style.PAPER})
    axes.scatter(data["probability"], rows, s=78, color=fills, edgecolor=style.INK, linewidth=1.5, zorder=3)
    for row, share in zip(rows, data["probability"], strict=True):
        axes.text(1.03, row, percent(share), va="center", weight="bold", size=style.BODY)
    axes.set_yticks(rows, statements)
    ticks = (0, 0.1, 1 / 3, 0.5, 2 / 3, 0.9, 1)
    axes.set_xticks(ticks, [f"{tick:.0%}" for tick in ticks])
    axes.set(ylim=(len(data) - 0.4, -0.6), xlim=(-0.015, 1.015))
    axes.set_xlabel(said("robust-answers.axis", language, draws=data["draws"].iloc[0]), size=style.SMALL)
    return figure


def beats_data(tables: Tables) -> pd.DataFrame:
    """The share of draws in which each city is above each that is published below it."""
    published, frame = tables["rank_intervals"].set_index("city")["published"], tables["beats"]
    frame = frame.assign(published=frame["city"].map(published), other_published=frame["other"].map(published))
    # missing for a pair that no draw ranks
    frame = frame[frame["published"] < frame["other_published"]].dropna(subset=["probability"])
    frame = frame.sort_values(["published", "other_published"]).assign(other_en=frame["other"].map(english(tables)))
    frame = frame[["city", "published", "other", "other_en", "other_published", "probability"]]
    return with_words(with_names(frame, tables), tables)


def beats_caption(data: pd.DataFrame) -> dict[str, str]:
    near = data[data["other_published"] - data["published"] == 1]
    verdicts, firm = near["probability"].map(verdict), data["probability"].map(verdict) == "firm"
    kept, upset = ((verdicts == "firm") & (near["probability"] > 0.5)).sum(), firm & (data["probability"] < 0.5)
    counts = {"near": len(near), "firm": kept, "open": (verdicts == "open").sum(), "all": len(data)}
    counts |= {"upset": upset.sum(), "against": ((verdicts == "firm") & (near["probability"] < 0.5)).sum()}
    counts["leaning"] = (verdicts == "leaning").sum()
    return both("robust-pairs.caption", **counts, unit=words(data))


@figure("robust-pairs", beats_data, beats_caption)
def beats(data: pd.DataFrame, language: str):
    """Stairs of pairs in the published order: the darker, the more draws keep it; a cross where nine in ten reverse it."""
    # the unit that is published last begins no pair
    last = data.nlargest(1, "other_published")[["other", "other_en", "other_published"]]
    units = ["city", "city_en", "published"]
    order = pd.concat([data[units], last.set_axis(units, axis=1)]).drop_duplicates("city")
    # both ways: the first alone, since the stairs have no room for a gap
    shown = chosen(order["city"], most=SQUARE, last=0)
    place, order = shown.place, shown.of(order)
    data = shown.of(data)
    data = data[data["other"].isin(place)]
    tall = charts.height(8.4, len(order))
    names = row_names(order, language)
    short = [style.fit(name, SLANTED, style.SMALL) for name in names[1:]]
    longest = max(style.extent(name, style.SMALL) for name in short)
    # names beyond 90 points stand higher than there is room above the cells
    above = max(0.0, (longest - 90) * 0.71 / 72)
    figure = style.canvas(tall + above)
    # and lean out farther than the last column is wide
    right = max(0.95, 0.2 + longest * 0.71 / 72)
    axes = style.quiet(style.area(figure, left=margin(names), right=right, top=1.65 + above, bottom=0.6), grid=None)
    x, y = data["other"].map(place), data["city"].map(place)
    colours = data["probability"].map(_side)
    tiles(axes, pd.DataFrame({"x": x, "y": y, "colour": colours}))
    for column, row, share, colour in zip(x, y, data["probability"], colours, strict=True):
        text = f"{share:.0%}"[:-1] if column - row == 1 else "×" if share <= 1 - FIRM else ""
        axes.text(column, row, text, ha="center", va="center", size=style.SMALL, color=style.ink_on(colour))
    first = chosen(order["city"].iloc[:-1])
    name_rows(axes, order.iloc[:-1], language, "published", first)
    axes.set_xticks(range(1, len(names)), short, rotation=45, ha="left", rotation_mode="anchor", size=style.SMALL)
    axes.xaxis.tick_top()
    axes.set(xlim=(0.4, len(names) - 0.4), ylim=(len(names) - 1.4, -0.6))
    edge, parts = {"edgecolor": style.MIDDLE, "linewidth": 0.5}, ("0%", "50%", "100%")
    steps = [(edge | {"facecolor": colour}, text) for colour, text in zip(SIDES[::3], parts, strict=True)]
    cross = {"marker": "x", "s": 34, "color": style.INK, "linewidth": 1.2}
    looks = [*steps, (cross, said("robust-pairs.reversed", language))]
    title = said("robust-pairs.key", language, unit=words(data))
    legend = {"columns": 1, "title": title, "title_fontsize": style.SMALL, "alignment": "left"}
    key(axes, looks, loc="lower left", bbox_to_anchor=(0.0, 0.02), **legend)
    if shown.left:
        figure.text(0.05, 0.4 / tall, shown.more(language), size=style.SMALL, color=style.MUTED, va="center")
    return figure


#: shades of the share of draws in which the unit of the row is above that of the column, from 0 to 1
SIDES = ("#f4f6f8", "#dfe4e9", "#c6ced6", "#a9b4be", "#7f8c98", "#525f6b", style.DARK)


def _side(share: float) -> str:
    return SIDES[min(int(share * len(SIDES)), len(SIDES) - 1)]


def adoption_data(tables: Tables) -> pd.DataFrame:
    """Adoption rate, standard error, rank and confidence sets for the rank, each city's own and all together."""
    frame = tables["rank_confidence"].sort_values(["rank", "city"])
    pages = tables["tables/adoption"].set_index("city")["page"]
    return with_names(frame.assign(page=frame["city"].map(pages)), tables)


def adoption_caption(data: pd.DataFrame) -> dict[str, str]:
    values = {"level": data["level"].iloc[0], "answers": data["assumed_answers"].iloc[0], "one": data.iloc[0]}
    sure, middle = (data["low_all"] == data["high_all"]).sum(), (data["high"] - data["low"] + 1).median()
    return both("robust-adoption.caption", **values, sure=sure, sure_en=words(data).several(sure), middle=middle)


@figure("robust-adoption", adoption_data, adoption_caption)
def adoption(data: pd.DataFrame, language: str):
    """A thick bar a city for its own confidence set, a thin one for all sets together, a dot at the published rank."""
    last = len(data)
    axes, data, rows, shown = charts.unit_rows(data, language, 7.7, 1.0, right=0.4, top=1.15, bottom=1.15)
    own = {"facecolor": style.PILLARS["experience"], "edgecolor": "none"}
    together = {"facecolor": style.MIDDLE, "edgecolor": "none"}
    axes.barh(rows, data["high_all"] - data["low_all"] + 0.3, left=data["low_all"] - 0.15, height=0.13, **together)
    axes.barh(rows, data["high"] - data["low"] + 0.44, left=data["low"] - 0.22, height=0.54, **own)
    axes.scatter(data["rank"], rows, zorder=3, **style.PUBLISHED)
    name_rows(axes, data, language, "rank", shown)
    axes.tick_params(axis="y", pad=72)
    look = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points", "ha": "right", "va": "center"}
    for row, rate in zip(rows, data["estimate"], strict=True):
        axes.annotate(f"{rate:.1f}%", (0, row), (-30, 0), size=style.SMALL, color=style.MUTED, **look)
    values = {"answers": data["assumed_answers"].iloc[0], "level": data["level"].iloc[0]}
    axes.set(ylim=(shown.count - 0.4, -0.6), xlim=(0.3, last + 0.7), xticks=rank_ticks(last))
    looks = {"own": own, "together": together, "published": style.PUBLISHED}
    charts.explain(axes, "robust-adoption", language, looks, **values)
    return axes.get_figure()
