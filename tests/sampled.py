"""Cases of tests: cross products are sampled in `make test` and whole in `make fuzz`; random ones are counted here."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence

import pytest
from hypothesis import settings

#: random cases of a test in `make test`, unless it says how many
STEADY = 25
#: whether this is `make fuzz`
FUZZ = bool(os.environ.get("FUZZ_CASES"))


def examples(count: int) -> int:
    """Return how many random cases a test tries that is to have so many in `make test`.

    `make check` tries a fifth of them, `make fuzz` eight times as many, as of the tests that do not say how many.
    """
    return max(1, count * settings.default.max_examples // STEADY)


def sampled(*axes: Sequence) -> list:
    """Return the cases of a test with several parameters, as ``pytest.mark.parametrize`` takes them.

    Of two axes every value is tried, by turns with those of the other. Of more, every pair of values of two axes
    (all pairs). `make fuzz` tries the whole product, and the tests carry its mark.

    Parameters
    ----------
    *axes : sequence
        The values of each parameter.

    Returns
    -------
    list of ParameterSet
    """
    places = [range(len(axis)) for axis in axes]
    if FUZZ:
        chosen = list(itertools.product(*places))
    elif len(axes) < 3:
        chosen = [tuple(turn % len(axis) for axis in axes) for turn in range(max(map(len, axes)))]
    else:
        chosen = _all_pairs(places)
    return [
        pytest.param(*(axis[at] for axis, at in zip(axes, case, strict=True)), marks=pytest.mark.fuzz)
        for case in chosen
    ]


def _pairs(case: tuple[int, ...]) -> set:
    return set(itertools.combinations(enumerate(case), 2))


def _all_pairs(places: Sequence[range]) -> list[tuple[int, ...]]:
    """Return cases that hold every pair of values: the next one always holds the most that are still lacking."""
    every = list(itertools.product(*places))
    lacking, chosen = set().union(*map(_pairs, every)), []
    while lacking:
        chosen.append(max(every, key=lambda case: len(_pairs(case) & lacking)))
        lacking -= _pairs(chosen[-1])
    return chosen
