"""How the value of an indicator may be wrong: by a standard error, or within the interval that it is known up to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError, choose, need
from fhi.engine.words import label

#: kinds of error with a size: in the indicator's unit, as a share of the value, of a share in per cent of answers
SIZED = ("sd", "relative", "answers")
#: kinds of error within the ends of the panel
WITHIN = ("uniform", "triangular", "normal")
#: what follows a value printed as a bound: to which sides the true one may lie
SIDES = {"above": (0, 1), "below": (-1, 0), "about": (-1, 1)}
#: standard deviations from the mode to an end of a normal distribution, which hold 95 % of each side
REACH = 1.96


@dataclass(frozen=True)
class Error:
    """The error of an indicator's values, independent between units.

    Normal with a standard error: ``sd``, in the indicator's own unit, one number or one a unit; ``relative``, a share
    of the value; ``answers``, the value is a share in per cent of so many answers, ``√(p·(100 − p)/answers)``, and
    stays between 0 and 100. Or a distribution between the ends a and b that the panel gives a value c (`low`, `high`):

    - ``uniform``: every value from a to b alike;
    - ``triangular``: c is the most likely, a and b the limits;
    - ``normal``: two halves of normal distributions with their mode at c and ``σ = (c − a)/1.96`` below it,
      ``(b − c)/1.96`` above, so that 95 % of each side lie within its end.

    Where c is itself an end, the distribution has one side. A value that is printed as a bound and has no end on the
    side that is open (column `qualifier`: ``above``, ``below`` or ``about``; or an infinite end) reaches by the share
    `reach` of itself. A value known exactly has no error.

    Attributes
    ----------
    kind : str
        Of `SIZED` or `WITHIN`.
    size : float, mapping or None
        Of `SIZED` the size; of `WITHIN` the reach.
    ends : pandas.DataFrame, optional
        ``city, value, low, high`` of the values with an interval; see `between`.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.7; Wallis (2014), The two-piece normal, binormal, or double Gaussian
    distribution, Statistical Science 29(1).
    """

    kind: str
    size: float | Mapping[str, float] | None
    ends: pd.DataFrame | None = field(default=None, compare=False)

    @property
    def label(self) -> str:
        return self.kind if self.size is None else f"{self.kind} {label(self.size)}"

    def deviations(self, values: pd.Series) -> np.ndarray:
        """Return the standard error of each value, of a kind with a size; NaN where there is no value."""
        if self.kind == "relative":
            return (self.size * values.abs()).to_numpy()
        if self.kind == "answers":
            return np.sqrt((values * (100 - values)).clip(lower=0) / self.size).to_numpy()
        sizes = values.index.map(self.size) if isinstance(self.size, Mapping) else self.size
        return np.where(values.isna(), np.nan, np.nan_to_num(np.asarray(sizes, dtype=float)))

    def moved(self, values: pd.Series, noise: np.ndarray) -> np.ndarray:
        """Return the values with errors.

        Parameters
        ----------
        values : pandas.Series
            By unit, in the indicator's own unit.
        noise : numpy.ndarray
            Units × draws of standard normal numbers.

        Returns
        -------
        numpy.ndarray
            Units × draws, in the indicator's own unit.
        """
        if self.kind in WITHIN:
            return self._within(values, noise)
        result = values.to_numpy()[:, None] + self.deviations(values)[:, None] * noise
        return np.clip(result, 0.0, 100.0) if self.kind == "answers" else result

    def between(self, indicator: str, rows: pd.DataFrame) -> Error:
        """Return the error with the ends of the values of an indicator.

        Parameters
        ----------
        indicator : str
            For the message.
        rows : pandas.DataFrame
            Its rows of the panel: ``city, value`` and, where there are such, ``low, high, qualifier``.

        Returns
        -------
        Error
            With `ends`.

        Raises
        ------
        MethodError
            If a value is printed as a bound and no `reach` says how far it goes.
        """
        rows, values = rows.dropna(subset=["value"]), rows["value"].dropna().to_numpy()
        ends = {}
        for place, (name, open_end) in enumerate({"low": -np.inf, "high": np.inf}.items()):
            given = rows[name].fillna(rows["value"]).to_numpy() if name in rows else values
            said = rows["qualifier"] if "qualifier" in rows else [""] * len(rows)
            sides = np.array([SIDES.get(word, (0, 0))[place] for word in said])
            ends[name] = np.where((given == values) & (sides != 0), open_end, given)
        unbounded = np.isinf(ends["low"]) | np.isinf(ends["high"])
        if unbounded.any() and self.size is None:
            city = rows["city"].to_numpy()[unbounded][0]
            message = f"the value of {city} is printed as a bound; say how far the true one may lie from it, as a "
            message += f"share of it: {{{self.kind}: interval, reach: 0.1}}."
            raise MethodError(message, key=f"robustness.data_noise.{indicator}", value=indicator)
        for name, sign in (("low", -1), ("high", 1)):
            reach = values + sign * (self.size or 0.0) * np.abs(values)
            ends[name] = np.where(np.isinf(ends[name]), reach, ends[name])
        found = pd.DataFrame({"city": rows["city"].to_numpy(), "value": values, **ends})
        found = found[(found["low"] < found["value"]) | (found["value"] < found["high"])]
        return replace(self, ends=found.drop_duplicates(["city", "value"], keep="last", ignore_index=True))

    def _within(self, values: pd.Series, noise: np.ndarray) -> np.ndarray:
        from scipy.special import ndtr  # slow to import

        cells = pd.DataFrame({"city": values.index, "value": values.to_numpy()})
        known = cells.merge(self.ends, on=["city", "value"], how="left")[["low", "high"]].to_numpy()
        result = np.repeat(values.to_numpy()[:, None], noise.shape[1], axis=1)
        rows = np.flatnonzero(~np.isnan(known).any(axis=1))
        low, high = known[rows].T[..., None]
        result[rows] = quantile(self.kind, low, result[rows], high, ndtr(noise[rows]))
        return result


def quantile(kind: str, low: np.ndarray, mode: np.ndarray, high: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return what so large a share of a distribution between two ends lies below; see `Error`.

    Parameters
    ----------
    kind : {"uniform", "triangular", "normal"}
    low, mode, high : numpy.ndarray
        ``low ≤ mode ≤ high``, the two ends not the same.
    share : numpy.ndarray
        From 0 to 1.

    Returns
    -------
    numpy.ndarray
        In the unit of the ends.
    """
    if kind == "uniform":
        return low + (high - low) * share
    # the share of the distribution below its mode: the triangle's, and that of the two halves of normal ones, agree
    below = (mode - low) / (high - low)
    down, up = share < below, np.divide(share - below, 1 - below, out=np.zeros(share.shape), where=below < 1)
    part = np.divide(share, below, out=np.ones(share.shape), where=below > 0)
    if kind == "triangular":
        return np.where(down, low + (mode - low) * np.sqrt(part), high - (high - mode) * np.sqrt(1 - up.clip(0, 1)))
    from scipy.special import ndtri  # slow to import

    lower, upper = ndtri(np.where(down, part / 2, 0.5)), ndtri(np.where(down, 0.5, (1 + up) / 2))
    return mode + (mode - low) / REACH * lower + (high - mode) / REACH * upper


def number(value: Any, least: float = -np.inf) -> bool:
    """Return whether a value of a scenario is a finite number of at least another.

    Parameters
    ----------
    value : object
    least : float, optional

    Returns
    -------
    bool
    """
    return isinstance(value, Real) and not isinstance(value, bool) and bool(np.isfinite(value)) and value >= least


def only_kind(entry: Any, kinds: Iterable[str], beside: str, shape: str) -> str:
    """Return the one kind that an entry of the space names.

    Parameters
    ----------
    entry : object
        As ``{kind: …, beside: …}``.
    kinds : iterable of str
        What there is to choose from.
    beside : str
        The other key that the entry may have.
    shape : str
        What the entry must be, in words.

    Returns
    -------
    str

    Raises
    ------
    MethodError
        If the entry is no mapping, names no kind or several, or has another key.
    """
    named = [kind for kind in kinds if isinstance(entry, Mapping) and kind in entry]
    need(len(named) == 1 and not set(entry) - {named[0], beside}, shape, entry)
    return named[0]


def read(entry: Any, indicator: str, cities: Collection[str]) -> Error:
    """Return the error that ``{sd: 2}`` or ``{triangular: interval, reach: 0.1}`` says.

    Parameters
    ----------
    entry : mapping
    indicator : str
        For the message.
    cities : collection of str
        The units that there are, for sizes by unit; none: not checked.

    Returns
    -------
    Error
        Without `ends`.

    Raises
    ------
    MethodError
        If the entry says something else, or a size is not positive.
    """
    kinds = [*(f"{{{kind}: …}}" for kind in SIZED), *(f"{{{kind}: interval}}" for kind in WITHIN)]
    shape = f"give one of {', '.join(kinds)} for {indicator}"
    kind = only_kind(entry, (*SIZED, *WITHIN), "reach", shape)
    size, reach = entry[kind], entry.get("reach")
    if kind in WITHIN:
        need(size == "interval", f"give {{{kind}: interval}}, and reach: … where a value is printed as a bound", entry)
        good = "reach" not in entry or (number(reach, 0) and reach > 0)
        need(good, f"reach of {indicator} must be positive, a share of the value", reach)
        return Error(kind, None if reach is None else float(reach))
    need("reach" not in entry, shape, entry)
    by_unit = size if kind == "sd" and isinstance(size, Mapping) else {}
    for city in by_unit if cities else ():
        choose(dict.fromkeys(cities), city, "")
    sizes = [*by_unit.values()] if isinstance(size, Mapping) else [size]
    need(all(number(one, 0) for one in sizes) and any(sizes), f"{kind} of {indicator} must be positive", size)
    return Error(kind, size)


def ranges(errors: Mapping[str, Error]) -> pd.DataFrame:
    """Return ``indicator, city, value, distribution, low, high``: the values that are drawn within an interval."""
    frames = [pd.DataFrame(columns=["indicator", "city", "value", "distribution", "low", "high"])]
    for code, error in errors.items():
        if error.ends is not None:
            frames.append(error.ends.assign(indicator=code, distribution=error.kind)[[*frames[0]]])
    return pd.concat(frames[1:] or frames, ignore_index=True)
