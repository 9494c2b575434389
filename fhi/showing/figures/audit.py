"""Beyond the report: the verdicts on the printed numbers that can be checked, by part of the report."""

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import key, margin
from fhi.showing.figures.registry import Tables, Texts, figure
from fhi.showing.figures.wording import both, columns, first_pages, named, said, with_words

#: looks of the verdicts: what holds by lightness, what does not by a texture
_LOOKS = {
    "reproduced": {"facecolor": style.DARK},
    "reproduced-within-rounding": {"facecolor": style.MIDDLE},
    "supported": {"facecolor": style.FAINT},
    "contradicted": {"facecolor": style.PAPER, "hatch": "xxxxx"},
    "constraint": {"facecolor": style.PAPER, "hatch": "...."},
    "not-recomputable": {"facecolor": style.PAPER},
}
_EDGE = {"edgecolor": style.DARK, "linewidth": 0.7}
VERDICTS = {
    name: both(f"verdict.{name}") | {"colour": look["facecolor"], "look": look | _EDGE} for name, look in _LOOKS.items()
}


def scorecard_data(tables: Tables) -> pd.DataFrame:
    """Number of claims by part of the report and verdict."""
    claims = tables["claims"]
    parts, titles = _parts(tables)
    part = claims["page"].fillna(0).map(lambda page: [name for first, name in parts if page >= first][-1])
    counts = claims.groupby([part.rename("part"), "verdict"]).size().rename("claims").reset_index()
    order = {name: place for place, name in enumerate([*(name for _, name in parts), *VERDICTS])}
    counts = counts.sort_values(["part", "verdict"], key=lambda column: column.map(order), ignore_index=True)
    return with_words(counts.assign(**columns("part", counts["part"].map(titles))), tables)


def _parts(tables: Tables) -> tuple[list[tuple[int, str]], dict[str, Texts]]:
    """Return the parts of an edition by their first pages, and their titles; one if it names none; what stands before is one."""
    parts, titles = first_pages(tables), named(tables, "part")
    whole = both(f"audit-scorecard.{'elsewhere' if parts else 'all'}")
    return [(0, ""), *parts], {"": whole} | titles


#: verdicts on what was checked against other cells
CHECKED = ["reproduced", "reproduced-within-rounding", "supported", "contradicted"]


def scorecard_caption(data: pd.DataFrame) -> dict[str, str]:
    totals = data.groupby("verdict")["claims"].sum().reindex(list(VERDICTS), fill_value=0)
    counts = {name.replace("-", "_"): count for name, count in totals.items()}
    good = totals["reproduced"] + totals["reproduced-within-rounding"]
    counts |= {"all": totals.sum(), "checked": totals[CHECKED].sum(), "good": good}
    return both("audit-scorecard.caption", **counts)


@figure("audit-scorecard", scorecard_data, scorecard_caption)
def scorecard(data: pd.DataFrame, language: str):
    """Stacked bars: one row a part of the report, one colour a verdict."""
    figure = style.canvas(4.7)
    names = [style.fit(name, 1.9 * 72, style.BODY) for name in data.drop_duplicates("part")[f"part_{language}"]]
    axes = style.quiet(style.area(figure, left=margin(names, 0.15), right=0.75, top=1.5, bottom=0.8))
    parts = list(dict.fromkeys(data["part"]))
    wide = data.pivot(index="part", columns="verdict", values="claims").reindex(parts).fillna(0)
    starts, looks = pd.Series(0.0, index=parts), {}
    for verdict, look in VERDICTS.items():
        if verdict not in wide:
            continue
        counts, looks[verdict] = wide[verdict], look["look"]
        axes.barh(range(len(parts)), counts, left=starts, height=0.6, **look["look"])
        ground = {"facecolor": look["colour"], "edgecolor": "none", "pad": 0.8}
        for row, (count, start) in enumerate(zip(counts, starts, strict=True)):
            if count >= 2:
                ink = {"color": style.ink_on(look["colour"]), "bbox": ground, "ha": "center", "va": "center"}
                axes.text(start + count / 2, row, f"{count:.0f}", size=style.SMALL, **ink)
        starts = starts + counts
    for row, total in enumerate(starts):
        place = total + min(0.6, 0.02 * starts.max()), row
        axes.text(*place, f"{total:.0f}", va="center", weight="bold", size=style.SMALL)
    axes.set_yticks(range(len(parts)), names)
    axes.set(ylim=(len(parts) - 0.4, -0.6), xlim=(0, starts.max() * 1.1))
    axes.set_xlabel(said("audit-scorecard.axis", language), size=style.SMALL)
    if starts.max() < 10:
        axes.set_xticks(range(int(starts.max()) + 1))
    key(axes, [(look, VERDICTS[verdict][language]) for verdict, look in looks.items()], columns=3)
    return figure
