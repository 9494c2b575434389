"""Write made-up rows as staff's files have them: cities and amounts in several ways, the label in every row."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.editions.synthetic.places import Places
from fhi.store import to_csv

LABEL = "synthetic"
#: share of the rows in which a city is written in another way than by its name
ODD = 0.15


def to_bytes(frame: pd.DataFrame) -> bytes:
    """Return a file in UTF-8; every row carries the label."""
    return to_csv(frame.assign(evidence=LABEL)).encode("utf-8")


def cities(names: np.ndarray, places: Places, stream: np.random.Generator) -> np.ndarray:
    """Return cities as files write them: ``北京``, and now and then ``北京市``, ``Beijing`` or ``110000``."""
    ways = np.stack([names, names + "市", places.english[names].to_numpy(), places.codes[names].astype(str).to_numpy()])
    way = np.where(stream.random(len(names)) < ODD, stream.integers(1, len(ways), len(names)), 0)
    # 香港市 is no name
    way[(way == 1) & np.isin(names, places.new)] = 0
    return ways[way, np.arange(len(names))]


def amounts(units: np.ndarray, stream: np.random.Generator) -> list[str]:
    """Return whole numbers of 万元 as texts of the same: ``5000万元``, ``0.5亿元``, ``5,000万``, ``５０００万元``."""
    return [
        _amount(int(units_), int(way)) for units_, way in zip(units, stream.integers(0, 20, len(units)), strict=True)
    ]


def _amount(units: int, way: int) -> str:
    if way < 7:
        return f"{units / 10_000:.4f}".rstrip("0").rstrip(".") + "亿元"
    if way < 17:
        return f"{units}万元"
    return f"{units:,}万" if way < 19 else f"{units}万元".translate({48 + digit: 0xFF10 + digit for digit in range(10)})
