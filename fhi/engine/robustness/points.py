"""Values that are known up to an interval, drawn as points of their joint set."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.robustness.measurement_error import DATA_NOISE
from fhi.engine.robustness.space import SHARES, VALUE, Choice, Space


def with_points(space: Space, joint: pd.DataFrame) -> Space:
    """Return a space with the points that ``shares: interval`` draws from; without it, or points, the space as it is.

    The points are a table of bounded size, made once: a draw is the number of a point, one number from [0, 1), so that
    the assumption is one input of a Sobol' design and each point is normalised once.

    Parameters
    ----------
    space : Space
    joint : pandas.DataFrame
        ``indicator, city, point, value``: point 0 is the value of the panel and is never drawn, each of the others has
        the same chance. A point moves only a unit that has the value of point 0.

    Raises
    ------
    MethodError
        If an indicator has noise of its own in `data_noise`.
    """
    if not space.interval or joint.empty:
        return space
    points = {
        code: rows.pivot(index="city", columns="point", values="value") for code, rows in joint.groupby("indicator")
    }
    twice = sorted(set(points) & set(space.data_noise or ()))
    if twice:
        message = f"{', '.join(twice)} is drawn within its interval (shares: interval); give it no data_noise."
        raise MethodError(message, key=f"robustness.{DATA_NOISE}", value=twice[0])
    count = joint["point"].nunique() - 1
    labels = (VALUE, *(f"point {number}" for number in range(1, count + 1)))
    choice = Choice(SHARES, tuple(range(count + 1)), labels, (0.0, *[1 / count] * count))
    return replace(space, choices=(*space.choices, choice), points=points)
