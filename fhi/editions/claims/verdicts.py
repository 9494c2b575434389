"""What the comparison of a printed number or order with the recomputed one says."""

from __future__ import annotations

from fhi.editions.claims.registry import Found
from fhi.reading.parsing import parse_date, parse_quantity

REPRODUCED, ROUNDED, SUPPORTED = "reproduced", "reproduced-within-rounding", "supported"
CONTRADICTED, NOT_RECOMPUTABLE, CONSTRAINT = "contradicted", "not-recomputable", "constraint"
VERDICTS = (REPRODUCED, ROUNDED, SUPPORTED, CONTRADICTED, NOT_RECOMPUTABLE, CONSTRAINT)
#: units of claims that are no numbers
ORDER, SET, DATE, VERSION = "order", "set", "date", "version"
#: how far a printed 近 (nearly) may lie above its number, and 约 (about) from it
NEAR = 0.1
EXACT = 1e-9


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
    names = unit in (ORDER, SET, DATE, VERSION)
    verdict = _judge_names(printed, unit, found) if names else _judge_number(printed, tolerance, found)
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
