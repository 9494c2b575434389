"""The rules of the Environmental Performance Index on numbers that can be followed by hand.

Wolf, Emerson, Esty, de Sherbinin and Wendling (2022), EPI 2022, technical appendix: skewed indicators as logarithms of
a shifted value, the best end a target, the worst a percentile, scores cut at 0 and 100, weighted arithmetic means up a
tree whose issue categories have one indicator or several. The values are made up; UNDP's indices are reproduced as
printed in `test_published_undp`.
"""

import pandas as pd
import pytest

from fhi.engine import Framework, Method, build

#: climate is an indicator of its own, one level above those of the other issues
ROWS = [
    (0, "epi", None, 1.0, 1),
    (1, "vitality", "epi", 60.0, 1),
    (1, "health", "epi", 40.0, 1),
    (2, "protected", "vitality", 25.0, 1),
    (2, "climate", "vitality", 75.0, -1),
    (2, "air", "health", 100.0, 1),
    (3, "pm", "air", 50.0, -1),
    (3, "ozone", "air", 50.0, -1),
]
TREE = Framework.from_table(
    pd.DataFrame(ROWS, columns=["level", "code", "parent", "weight", "direction"]).assign(
        unit="unit", name_zh="", name_en=""
    )
)
DATA = pd.DataFrame(
    {
        # 17 % is the target, and more counts no more
        "protected": [0.0, 8.5, 17.0, 34.0],
        # with an offset of 1: powers of ten
        "climate": [999.0, 99.0, 9.0, 0.0],
        "pm": [40.0, 30.0, 20.0, 10.0],
        "ozone": [4.0, 3.0, 2.0, 1.0],
    },
    index=list("abcd"),
)
RULES = {
    "method": "bounds-by-rule",
    "ends": {
        "protected": {"worst": 0, "best": 17},
        "climate": {"worst": {"percentile": 25}, "best": 0},
        "pm": {"worst": {"percentile": 5}, "best": {"percentile": 95}},
    },
    "offsets": {"climate": 1},
}


def test_scores_are_those_by_hand():
    index = build(DATA, TREE, Method(normalisation=RULES))
    scores = index.scores.loc[DATA.index]
    assert scores["protected"].tolist() == pytest.approx([0, 50, 100, 100])
    # decimal logarithms 3, 2, 1, 0, the fewer the better: the percentile 25 counted from the worst is 2.25
    assert scores["climate"].tolist() == pytest.approx([0, 100 / 9, 500 / 9, 100])
    # percentiles 5 and 95 from the worst: 38.5 and 11.5
    assert scores["pm"].tolist() == pytest.approx([0, 850 / 27, 1850 / 27, 100])
    assert scores["ozone"].tolist() == pytest.approx([0, 100 / 3, 200 / 3, 100])
    vitality = [0.25 * p + 0.75 * c for p, c in zip([0, 50, 100, 100], [0, 100 / 9, 500 / 9, 100], strict=True)]
    health = [(p + o) / 2 for p, o in zip([0, 850 / 27, 1850 / 27, 100], [0, 100 / 3, 200 / 3, 100], strict=True)]
    assert scores["epi"].tolist() == pytest.approx([0.6 * v + 0.4 * h for v, h in zip(vitality, health, strict=True)])
    assert index.weights["effective"][["climate", "pm"]].tolist() == pytest.approx([0.45, 0.2])
