"""The chart of the weight explorer: an Altair specification that ranks by itself, and the runtime that draws it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import altair as alt
import vl_convert

from fhi.engine.methods import traits
from fhi.engine.ranking import SLACK
from fhi.engine.siblings import SLACK as SIBLINGS_SLACK
from fhi.showing.figures import style
from fhi.showing.report.explorer import FORMS, Node, Run

VEGA_LITE = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
#: what the page needs of the bundle
RUNTIME = "window.vegaEmbed = vegaEmbed;"
#: x of the columns in pixels, from the left and from the right
PLACE, NAME, BARS = 20, 28, 108
SCORE, PRINTED, MOVED, BARS_END = 104, 52, 4, 150
#: where the bars begin at most, and the mean width of a letter
BARS_MOST, LETTER = 190, 6.2
ROW = 22
ROWS = "cities"
BAND = "#dcc6d4"


@dataclass(frozen=True)
class Look:
    """What a chart shows beside bars and ranks.

    Attributes
    ----------
    hundred : bool
        Whether scores run from 0 to 100.
    bands : bool
        Whether bounds of the published numbers stand on their axis; asks for `hundred`.
    published : bool
        Whether there is a column of published ranks.
    places : int
        Decimals of the scores.
    unit : mapping
        Head of the column of names.
    bars : int
        Where the bars begin, in pixels from the left: names stand before them.
    """

    hundred: bool
    bands: bool
    published: bool
    places: int
    unit: Mapping[str, str]
    bars: int = BARS


def drawing(run: Run, rows: Sequence[Mapping], look: Look) -> tuple[str, dict]:
    """Return the script that draws, with nothing left to load, and the chart that it draws.

    Parameters
    ----------
    run : Run
    rows : sequence of mapping
        As `fhi.showing.report.explorer.rows_of` gives them.
    look : Look
    """
    runtime = vl_convert.javascript_bundle(RUNTIME, vl_version=VEGA_LITE)
    # the rows join last: Altair would copy and check them at every step
    look = replace(look, bars=bars_of(rows))
    chart = layers(run, look).to_dict() | {"datasets": {ROWS: list(rows)}}
    # compiled here, so that a specification that cannot be drawn is found when it is built
    compiled = vl_convert.vegalite_to_vega(chart, vl_version=VEGA_LITE)
    return runtime, {key: value for key, value in compiled.items() if key != "$schema"}


def bars_of(rows: Sequence[Mapping]) -> int:
    """Return where the bars begin, so that all but the longest names stand before them."""
    longest = max((len(row["en"]) for row in rows), default=0)
    return max(BARS, min(BARS_MOST, int(NAME + 6 + LETTER * longest)))


def base_chart(run: Run) -> alt.Chart:
    """Return the chart that all layers share: from weights to scores, ranks and the order of the rows."""
    pillars = {pillar.column: mean(below, run.aggregation[1], run.least[1]) for pillar, below in run.families}
    total = mean([pillar for pillar, _ in run.families], run.aggregation[0], run.least[0])
    chart = (
        alt.Chart(alt.NamedData(name=ROWS))
        .transform_calculate(**pillars)
        .transform_calculate(score=f"{valid(run)} ? ({total}) : null")
        .transform_filter("isValid(datum.score)")
    )
    if run.decimals is not None:
        chart = chart.transform_calculate(shared=rounded("datum.score", run.decimals))
    return (
        chart.transform_window(
            place="rank()", sort=[alt.SortField("score" if run.decimals is None else "shared", "descending")]
        )
        .transform_window(row="row_number()", sort=[alt.SortField("place"), alt.SortField("order")])
        .transform_calculate(
            name="language == 'zh' ? datum.zh : datum.en",
            print="isValid(datum.published) ? datum.published : '—'",
            moved="isValid(datum.opening) ? datum.opening - datum.place : null",
            move="isValid(datum.moved) ? (datum.moved > 0 ? '+' : '') + datum.moved : ''",
        )
    )


def mean(children: Sequence[Node], aggregation: str, least: float) -> str:
    """Return the score of a parent as an expression: the rule of `aggregation` under the weights of the sliders."""
    nodes = [(f"datum.{node.column}", node.signal) for node in children]
    total = " + ".join(signal for _, signal in nodes)
    present = " + ".join(f"(isValid({score}) ? {signal} : 0)" for score, signal in nodes)
    forward, backward = (FORMS[form] for form in traits("aggregation", aggregation).sums)
    terms = [f"(isValid({score}) && {signal} > 0 ? {signal} * {forward.format(score)} : 0)" for score, signal in nodes]
    result = backward.format(f"(({' + '.join(terms)}) / ({present}))")
    # the rule of fhi.engine.siblings, where weights sum to 1
    enough = f"({present}) >= ({least!r} - {SIBLINGS_SLACK!r}) * ({total})"
    return f"({present}) > 0 && {enough} ? {result} : null"


def rounded(score: str, decimals: int) -> str:
    """Return a rounded score as an expression: the rule of `fhi.engine.ranking.rounded`."""
    sign, scale = f"({score} < 0 ? -1 : 1)", repr(10.0**decimals)
    return f"{sign} * floor(abs({score}) * {scale} + 0.5 + {SLACK!r}) / {scale}"


def valid(run: Run) -> str:
    """Return the condition that no family of weights sums to zero, which the index refuses."""
    families = [[pillar for pillar, _ in run.families], *(below for _, below in run.families)]
    return "(" + " && ".join(f"{' + '.join(node.signal for node in family)} > 0" for family in families) + ")"


def layers(run: Run, look: Look) -> alt.LayerChart:
    """Return bounds, bars and columns of text in layers over one base."""
    base = base_chart(run)
    y = alt.Y("row:O", axis=None)
    extent = [look.bars, alt.ExprRef(f"width - {BARS_END}")]
    scale = alt.Scale(domain=[0, 100], range=extent) if look.hundred else alt.Scale(range=extent)
    axis = alt.Axis(grid=True, tickCount=4, domain=False, ticks=False)
    drawn = []
    if look.bands:
        band = base.mark_bar(height=15, color=BAND)
        drawn.append(band.encode(y=y, x=alt.X("low:Q", scale=scale, axis=axis, title=None), x2="high:Q"))
    bar = base.mark_bar(height=8, color=style.TIERS["national"])
    drawn.append(bar.encode(y=y, x=alt.X("score:Q", scale=scale, axis=axis, title=None, stack=None)))
    columns = [
        ("place:Q", "right", alt.XValue(PLACE), "d"),
        ("name:N", "left", alt.XValue(NAME), None),
        ("score:Q", "right", _from_right(SCORE), f".{look.places}f"),
        ("print:N", "right", _from_right(PRINTED), None),
        ("move:N", "right", _from_right(MOVED), None),
    ]
    for field, align, x, form in (column for column in columns if look.published or column[0] != "print:N"):
        mark = base.mark_text(align=align, limit=look.bars - NAME - 6)
        text = alt.Text(field, format=form) if form else alt.Text(field)
        drawn.append(mark.encode(y=y, x=x, text=text))
    return (
        alt.layer(*drawn, *headings(look))
        .add_params(*parameters(run))
        .properties(
            width="container", height=alt.Step(ROW), autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
        )
        .configure(aria=False, font=style.FONT, padding={"left": 2, "right": 2, "top": 24, "bottom": 4})
        .configure_text(fontSize=12.5, color=style.INK)
        .configure_axis(gridColor=style.LINE, labelColor=style.MUTED, labelFontSize=11)
        .configure_view(stroke=None)
    )


def headings(look: Look) -> list[alt.Chart]:
    """Return the heads of the columns of text."""
    heads = [
        ("right", alt.XValue(PLACE), "#", "#"),
        ("left", alt.XValue(NAME), *(quoted(look.unit[language]) for language in ("zh", "en"))),
        ("right", _from_right(SCORE), "得分", "Score"),
        *([("right", _from_right(PRINTED), "公布", "Printed")] if look.published else []),
        ("right", _from_right(MOVED), "变动", "Moved"),
    ]
    one = alt.Chart(alt.Data(values=[{}]))
    return [
        one.mark_text(
            align=align, color=style.MUTED, fontSize=11.5, text=alt.ExprRef(f"language == 'zh' ? '{zh}' : '{en}'")
        ).encode(x=x, y=alt.YValue(-11))
        for align, x, zh, en in heads
    ]


def quoted(text: str) -> str:
    """Return a text as it stands between single quotes in an expression: it ends nothing there."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("'", "\\u0027")


def _from_right(distance: int) -> alt.XValue:
    return alt.XValue(alt.ExprRef(f"width - {distance}"))


def parameters(run: Run) -> list[alt.Parameter]:
    """Return the weights as parameters at their opening values, and the language."""
    nodes = [node for pillar, below in run.families for node in (pillar, *below)]
    return [alt.param(name="language", value="zh"), *(alt.param(name=n.signal, value=n.opening) for n in nodes)]
