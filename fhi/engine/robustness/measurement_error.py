"""Errors of the values themselves: how large they are, and values with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine.parameters import Step

#: the assumption that values have errors
DATA_NOISE = "data_noise"
#: no alternative
NOTHING = "none"


def label(value: Any) -> str:
    """Return an alternative in a few words: a name with its parameters, a mapping, a list, a number."""
    if isinstance(value, Step):
        params = ", ".join(f"{key} {label(content)}" for key, content in value.params.items())
        return f"{value.method} ({params})" if params else value.method
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {label(content)}" for key, content in value.items()) or NOTHING
    if isinstance(value, list | tuple):
        return "–".join(map(label, value)) or NOTHING
    return "latest" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Error:
    """The standard error of an indicator's values, normal and independent between units.

    ``sd``: in its own unit, one number or one a unit; ``relative``: a share of the value; ``answers``: the value is a
    share in per cent of so many answers, ``√(p·(100 − p)/answers)``, and stays between 0 and 100.
    """

    kind: str
    size: float | Mapping[str, float]

    @property
    def label(self) -> str:
        return f"{self.kind} {label(self.size)}"

    def deviations(self, values: pd.Series) -> np.ndarray:
        """Return the standard error of each value; NaN where there is no value."""
        if self.kind == "relative":
            return (self.size * values.abs()).to_numpy()
        if self.kind == "answers":
            return np.sqrt((values * (100 - values)).clip(lower=0) / self.size).to_numpy()
        sizes = values.index.map(self.size) if isinstance(self.size, Mapping) else self.size
        return np.where(values.isna(), np.nan, np.nan_to_num(np.asarray(sizes, dtype=float)))

    def moved(self, values: pd.Series, noise: np.ndarray) -> np.ndarray:
        """Return units × draws: the values with errors, `noise` being these in standard errors."""
        result = values.to_numpy()[:, None] + self.deviations(values)[:, None] * noise
        return np.clip(result, 0.0, 100.0) if self.kind == "answers" else result
