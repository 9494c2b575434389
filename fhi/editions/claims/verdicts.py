"""What the comparison of a printed number or order with the recomputed one says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fhi.reading.parsing import parse_date, parse_quantity

REPRODUCED, ROUNDED, SUPPORTED = "reproduced", "reproduced-within-rounding", "supported"
CONTRADICTED, NOT_RECOMPUTABLE, CONSTRAINT = "contradicted", "not-recomputable", "constraint"
VERDICTS = (REPRODUCED, ROUNDED, SUPPORTED, CONTRADICTED, NOT_RECOMPUTABLE, CONSTRAINT)
#: units of claims that are no numbers
ORDER, SET, DATE, VERSION = "order", "set", "date", "version"
NAMES = (ORDER, SET, DATE, VERSION)
#: how far a printed 近 (nearly) may lie above its number, and 约 (about) from it
NEAR = 0.1
EXACT = 1e-9
#: with fewer printed rivals a place is supported, not reproduced: beside two of them one city in three is first anyway
FEW = 3


@dataclass(frozen=True)
class Found:
    """What other cells of the raw data give for a claim.

    Attributes
    ----------
    value : float, str or None
        The number in the plain unit, or names joined by 、, or an ISO date; None where other cells only bound it.
    low, high : float, optional
        The range of the number that the rounding of the printed inputs allows (default: the number alone).
    tied : bool
        Names only: the inputs do not tell the names apart, each of them may be meant.
    partial : bool
        The inputs are too few to confirm the claim: few rivals (`FEW`), or a bound only. It is supported at best.
    accepts : callable, optional
        Whether a printed text meets the condition that other cells set, where they give no number; `value` words it.
    """

    value: float | str | None
    low: float | None = None
    high: float | None = None
    tied: bool = False
    partial: bool = False
    accepts: Callable[[str], bool] | None = None

    @property
    def range(self) -> tuple[float, float]:
        low, high = (self.value if end is None else end for end in (self.low, self.high))
        return float(low), float(high)


def judge(printed: str, unit: str | None, tolerance: float, found: Found) -> str:
    """Return the verdict on a claim that was recomputed.

    Parameters
    ----------
    printed : str
        As the report prints it, e.g. ``63.86%``, ``近500``, ``北京、上海``.
    unit : str or None
        ``order``, ``set``, ``date``, ``version``, or the unit of a number.
    tolerance : float
        Half the last printed digit; 0 for counts.
    found : Found
        What other cells give.

    Returns
    -------
    str
        ``reproduced``: the recomputed value is the printed one to its digits. ``reproduced-within-rounding``: it is
        not, but some inputs that round to the printed ones give it. ``contradicted``: none do. ``supported``: not
        contradicted, but the inputs are too few to confirm it (see `Found`).
    """
    if found.accepts:
        return SUPPORTED if found.accepts(printed) else CONTRADICTED
    verdict = _judge_names(printed, unit, found) if unit in NAMES else _judge_number(printed, tolerance, found)
    return SUPPORTED if found.partial and verdict != CONTRADICTED else verdict


def _judge_number(printed: str, tolerance: float, found: Found) -> str:
    low, high = found.range
    if found.value is not None and _allows(printed, tolerance, float(found.value), float(found.value)):
        return REPRODUCED
    return ROUNDED if _allows(printed, tolerance, low, high) else CONTRADICTED


def _judge_names(printed: str, unit: str, found: Found) -> str:
    value = str(found.value)
    if unit == DATE:
        return REPRODUCED if value.startswith(parse_date(printed)) else CONTRADICTED
    if unit == VERSION:
        return REPRODUCED if value == printed else CONTRADICTED
    claimed, given = printed.split("、"), value.split("、")
    if claimed == given or (unit == SET and set(claimed) == set(given)):
        return REPRODUCED
    return ROUNDED if found.tied and set(claimed) <= set(given) else CONTRADICTED


def _allows(printed: str, tolerance: float, low: float, high: float) -> bool:
    """Return whether some number from low to high is one that the printed quantity, or rise (↑), can stand for."""
    quantity = parse_quantity(printed.removeprefix("↑"))
    least, most = {
        "exact": (quantity.value - tolerance, quantity.value + tolerance),
        "above": (quantity.value + (EXACT * 2 if printed.startswith(">") else 0), float("inf")),
        "below": (quantity.value * (1 - NEAR), quantity.value),
        "about": (quantity.value * (1 - NEAR), quantity.value * (1 + NEAR)),
    }[quantity.qualifier]
    return low <= most + EXACT and high >= least - EXACT
