"""A population by age and sex, and some 8,000 questionnaires drawn from it, users at the printed rates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.editions.synthetic import writing
from fhi.editions.synthetic.places import Places

#: age bands with their shares of the population and by how many points more or less they use fintech, made up
BANDS = {
    (15, 24): (0.15, 6.0),
    (25, 34): (0.22, 8.0),
    (35, 44): (0.2, 4.0),
    (45, 59): (0.25, -4.0),
    (60, 90): (0.18, -14.0),
}
#: services with the share of users who use each: whoever uses any uses the first
USES = {"使用移动支付": 1.0, "使用互联网理财": 0.5, "使用网络借贷": 0.2, "使用互联网保险": 0.15}
#: people of the largest city
LARGEST = 24_000_000


def population(places: Places, stream: np.random.Generator) -> pd.DataFrame:
    """Return ``城市, 年龄, 性别, 人口``: whole people, the shares of the bands a little different from city to city."""
    rows = []
    for city in places.names:
        shares = np.array([share for share, _ in BANDS.values()]) * stream.uniform(0.9, 1.1, len(BANDS))
        people = np.round(LARGEST * places.size[city] * shares / shares.sum() / 2).astype(int)
        for (low, high), number in zip(BANDS, people, strict=True):
            rows += [(city, f"{low}-{high}岁", sex, number) for sex in ("男", "女")]
    return pd.DataFrame(rows, columns=["城市", "年龄", "性别", "人口"])


def questionnaires(places: Places, margins: pd.DataFrame, year: int, stream: np.random.Generator) -> pd.DataFrame:
    """Return the answers of an issue, about as many in each city, drawn by chance at the rate of the city."""
    rates = places.rates(year)
    each = round(places.nation("questionnaires") * places.growth(year) / len(rates))
    frames = []
    for city, rate in rates.items():
        people = margins[margins["城市"] == city]["人口"].to_numpy().reshape(len(BANDS), 2).sum(axis=1)
        share = _shares(rate / 100, people / people.sum())
        band = stream.choice(len(BANDS), each, p=people / people.sum())
        low, high = np.array(list(BANDS))[band].T
        users = stream.random(each) < share[band]
        uses = {}
        for name, part in USES.items():
            uses[name] = np.where(users & (stream.random(each) < part), "是", "否")
        frame = pd.DataFrame({"城市": city, "年龄": stream.integers(low, high + 1), **uses})
        frames.append(frame.assign(性别=stream.choice(["男", "女"], each)))
    frame = pd.concat(frames, ignore_index=True)
    frame["城市"] = writing.cities(frame["城市"].to_numpy(dtype=object), places, stream)
    frame.insert(0, "编号", [f"Q{year}-{number:05d}" for number in range(len(frame))])
    return frame[["编号", "城市", "年龄", "性别", *USES]]


def _shares(rate: float, parts: np.ndarray) -> np.ndarray:
    """Return the share of users by band: more among the young, the rate for all together."""
    lift = np.array([points for _, points in BANDS.values()]) / 100
    lift = lift - (lift * parts).sum()
    # no band below 0 or above 1
    scale = min(1.0, *((1 - rate) / lift[lift > 0]), *(rate / -lift[lift < 0]))
    return rate + scale * lift
