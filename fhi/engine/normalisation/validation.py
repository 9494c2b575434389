"""What a normalisation cannot work with, refused by the names of the columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from fhi.engine import methods
from fhi.engine.errors import MethodError
from fhi.engine.methods import listed


def reflected(function: Callable) -> Callable:
    """Mark a method that needs positive values: a column of direction −1 reaches it as max + min − x, not as −x."""
    function.reflected = True
    return function


def in_units(*names: str) -> Callable:
    """Mark a method with the parameters that are in the indicators' own units; it cannot follow what changes these."""

    def mark(function: Callable) -> Callable:
        function.in_units = names
        return function

    return mark


def constant(data: pd.DataFrame, why: str) -> None:
    """Raise for columns in which every value is the same, but for rounding; `why` says what divides by their spread."""
    same = methods.constant(data)
    if same:
        raise MethodError(f"every value is the same in {listed(same)}, and {why}; leave it out.", key="normalisation")


def not_positive(data: pd.DataFrame, why: str, *, zero: bool = False) -> None:
    """Raise for columns with a negative value, or a 0 unless `zero` is allowed, each with its least value."""
    least = data.min()
    bad = least[(least < 0) if zero else (least <= 0)]
    if len(bad):
        cases = listed(f"{column} (least: {value:g})" for column, value in bad.items())
        message = f"{why} in {cases}; leave the column out or choose min-max."
        raise MethodError(message, key="normalisation", value=bad.index[0])


def absent(columns: Iterable[str], given: Mapping, key: str, what: str) -> None:
    """Raise for columns without an entry in a parameter that needs one for each."""
    without = [column for column in columns if column not in given]
    if without:
        raise MethodError(f"no {what} for {listed(without)}; add it under {key}.", key=f"normalisation.{key}")
