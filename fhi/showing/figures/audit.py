"""Beyond the report: the verdicts on the printed numbers that can be checked, by part of the report."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.edition_words import first_pages, named, with_words, words
from fhi.showing.figures.evidence import is_own
from fhi.showing.figures.registry import BEYOND, PARTS, Tables, Texts, figure

VERDICTS = {
    "reproduced": {"zh": "一致", "en": "reproduced", "colour": style.GREEN},
    "reproduced-within-rounding": {"zh": "舍入范围内一致", "en": "reproduced within rounding", "colour": "#7fcab2"},
    "supported": {"zh": "有限支持", "en": "supported", "colour": style.PALE_OCHRE},
    "contradicted": {"zh": "不一致", "en": "contradicted", "colour": style.VERMILION},
    "constraint": {"zh": "仅作约束", "en": "constraint only", "colour": style.PURPLE},
    "not-recomputable": {"zh": "无法复算", "en": "not recomputable", "colour": "#c3cad1"},
}
#: verdicts whose colour asks for dark digits
LIGHT = ("reproduced-within-rounding", "supported", "not-recomputable")


def scorecard_data(tables: Tables) -> pd.DataFrame:
    """Number of claims by part of the report and verdict."""
    claims = tables["claims"]
    parts, titles = _own_parts(tables) if is_own(tables) else _parts()
    part = claims["page"].fillna(0).map(lambda page: [name for first, name in parts if page >= first][-1])
    counts = claims.groupby([part.rename("part"), "verdict"]).size().rename("claims").reset_index()
    order = {name: place for place, (_, name) in enumerate(parts)}
    counts = counts.sort_values(
        ["part", "verdict"], key=lambda c: c.map(order | {v: i for i, v in enumerate(VERDICTS)})
    )
    for language in ("zh", "en"):
        counts[f"part_{language}"] = counts["part"].map(lambda name, language=language: titles[name][language])
    return with_words(counts.reset_index(drop=True), tables)


def _parts() -> tuple[list[tuple[int, str]], dict[str, Texts]]:
    """Return the parts of the report by their first pages, and their titles."""
    parts = [(first, name) for first, name, _ in PARTS if name not in BEYOND]
    return parts, {name: title for _, name, title in PARTS}


def _own_parts(tables: Tables) -> tuple[list[tuple[int, str]], dict[str, Texts]]:
    """Return the same of another edition: one part in all if it names none; what stands before the first is a part."""
    parts, titles = first_pages(tables), named(tables, "part")
    whole = {"zh": "其他", "en": "elsewhere"} if parts else {"zh": "全部", "en": "all"}
    return [(0, ""), *parts], {"": whole} | titles


#: verdicts on what was checked against other cells
CHECKED = ["reproduced", "reproduced-within-rounding", "supported", "contradicted"]


def scorecard_caption(data: pd.DataFrame) -> dict[str, str]:
    totals = data.groupby("verdict")["claims"].sum().reindex(list(VERDICTS), fill_value=0)
    good = totals["reproduced"] + totals["reproduced-within-rounding"]
    checked = totals[CHECKED].sum()
    unit = words(data)
    zh, en = ("公布", "publication") if unit.own else ("报告给出", "report")
    return {
        "zh": f"{zh}的{totals.sum()}个数字或次序中，{checked}个可由其他数字核对：{good}个复算一致（{totals['reproduced-within-rounding']}个在舍入范围内），"
        f"{totals['supported']}个仅得有限支持（可比的{unit.zh}少于3个，或只有上下界、条件），{totals['contradicted']}个不一致。"
        f"其余{totals['constraint']}个仅作约束，{totals['not-recomputable']}个无法复算。",
        "en": f"Of {totals.sum()} numbers and orders that the {en} prints, {checked} can be checked against others: {good} are reproduced "
        f"({totals['reproduced-within-rounding']} within rounding), {totals['supported']} only supported (fewer than 3 rivals, or a bound or "
        f"condition), {totals['contradicted']} contradicted. Of the rest, {totals['constraint']} only constrain hidden scores and "
        f"{totals['not-recomputable']} are not recomputable.",
    }


@figure(
    "audit-scorecard",
    page=None,
    section="audit",
    evidence=("published", "derived"),
    title={"zh": "数字核对：各部分的结论", "en": "Printed numbers checked: verdicts by part"},
    data=scorecard_data,
    caption=scorecard_caption,
    needs=("claims",),
)
def scorecard(data: pd.DataFrame, language: str):
    """Stacked bars: one row a part of the report, one colour a verdict."""
    figure = style.canvas(4.3)
    axes = style.quiet(style.area(figure, left=1.75, right=0.6, top=1.25, bottom=0.7), grid="x")
    parts = list(dict.fromkeys(data["part"]))
    wide = data.pivot(index="part", columns="verdict", values="claims").reindex(parts).fillna(0)
    starts = pd.Series(0.0, index=parts)
    for verdict, look in VERDICTS.items():
        if verdict not in wide:
            continue
        counts = wide[verdict]
        axes.barh(range(len(parts)), counts, left=starts, height=0.6, color=look["colour"], label=look[language])
        for row, (count, start) in enumerate(zip(counts, starts, strict=True)):
            if count >= 2:
                ink = style.INK if verdict in LIGHT else style.PAPER
                axes.text(start + count / 2, row, f"{count:.0f}", ha="center", va="center", color=ink, size=style.SMALL)
        starts = starts + counts
    for row, total in enumerate(starts):
        axes.text(
            total + min(0.6, 0.02 * starts.max()), row, f"{total:.0f}", va="center", weight="bold", size=style.SMALL
        )
    names = [style.fit(name, 1.55 * 72, style.BODY) for name in data.drop_duplicates("part")[f"part_{language}"]]
    axes.set_yticks(range(len(parts)), names)
    axes.set(ylim=(len(parts) - 0.4, -0.6), xlim=(0, starts.max() * 1.06))
    if starts.max() < 10:
        axes.set_xticks(range(int(starts.max()) + 1))
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncols=6,
        frameon=False,
        fontsize=style.SMALL,
        handlelength=1.1,
        columnspacing=1.1,
    )
    return figure
