"""The two errors a user meets: bad data and a bad choice of method."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

Entry = TypeVar("Entry")


class FhiError(Exception):
    """Base of what a command reports as one message without a traceback."""


class Problem(NamedTuple):
    """One bad cell (or file): where it is, what stands there, what was expected and what to do."""

    file: str
    row: int | None
    column: str | None
    value: object
    expected: str
    remedy: str

    def __str__(self) -> str:
        place = [f"row {self.row}"] if self.row is not None else []
        place += [f"column {self.column}"] if self.column else []
        shown = f"{self.value!r}" if self.value is not None else "nothing"
        where = ", ".join(place) or "whole file"
        return f"{self.file}: {where}: found {shown}; expected {self.expected}; remedy: {self.remedy}"


class DataError(FhiError):
    """Bad input data. Carries every problem found, so that a file is mended in one go.

    The message has one line for all problems of a kind beyond `EXAMPLES`: how many, and the first of them.

    Parameters
    ----------
    problems : iterable of Problem
        At least one; kept in ``.problems`` in the order given.
    """

    def __init__(self, problems: Iterable[Problem]):
        self.problems = list(problems)
        count = len(self.problems)
        head = f"{count} problem{'s' if count > 1 else ''} in the data; nothing was written"
        super().__init__("\n  ".join([head, *_by_kind(self.problems)]))


def reject(problems: Iterable[Problem]) -> None:
    """Raise `DataError` with the problems; nothing happens where there are none."""
    if problems := list(problems):
        raise DataError(problems)


@contextmanager
def collected(problems: list[Problem]) -> Iterator[None]:
    """Add the problems of a `DataError` in the block to a list, in place of raising it."""
    try:
        yield
    except DataError as error:
        problems += error.problems


def misnamed(
    file: str, row: int | None, column: str, name: str, valid: Iterable[str], expected: str, remedy: str
) -> Problem:
    """Return the problem of a name that is not valid; the remedy is the nearest one, if one comes near.

    Parameters
    ----------
    file, row, column, name
        Where it stands, and what stands there.
    valid : iterable of str
        The names that there are.
    expected : str
        What they are.
    remedy : str
        Where none comes near.

    Returns
    -------
    Problem
    """
    near = nearest_names(name, valid, 1)
    return Problem(file, row, column, name, expected, f"write {near[0]!r}" if near else remedy)


#: so many problems of one kind are told one by one; of more, so many stand for all
EXAMPLES = 3


def _by_kind(problems: Iterable[Problem]) -> list[str]:
    """Return problems as lines, those of one file, column and expectation together."""
    kinds: dict[tuple, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.file, problem.column, problem.expected), []).append(problem)
    return [line for found in kinds.values() for line in (_summed(found) if len(found) > EXAMPLES else map(str, found))]


def _summed(found: list[Problem]) -> list[str]:
    """Return one line for many problems of a kind; a remedy that differs stands beside each example."""
    first, alike = found[0], len({problem.remedy for problem in found}) == 1
    examples = []
    for problem in found[:EXAMPLES]:
        place = f"row {problem.row}" if problem.row is not None else "no row"
        shown = f"{problem.value!r}" if problem.value is not None else "nothing"
        examples.append(f"{place} found {shown}" + ("" if alike else f" ({problem.remedy})"))
    where = f"column {first.column}, " if first.column else ""
    remedy = f"; remedy: {first.remedy}" if alike else ""
    return [f"{first.file}: {where}{len(found)} times: expected {first.expected}{remedy}; {', '.join(examples)}, …"]


class MethodError(FhiError):
    """A choice of method that does not exist, does not fit, or cannot be computed.

    Parameters
    ----------
    message : str
        What is wrong and what to do.
    file, key, value : optional
        The scenario file, the key in it and the value that was given.
    valid : iterable of str
        The valid names; the nearest to ``value`` are proposed first.
    """

    def __init__(self, message: str, *, file=None, key=None, value=None, valid: Iterable[str] = ()):
        self.file, self.key, self.value, self.valid = file, key, value, list(valid)
        where = ": ".join(str(part) for part in (file, key) if part)
        text = f"{where}: {message}" if where else message
        if self.valid:
            nearest = nearest_names(str(value), self.valid)
            text += f" Did you mean {' or '.join(nearest)}?" if nearest else ""
            text += f" Valid: {', '.join(self.valid)}."
        super().__init__(text)


def refuse(names: Iterable | Mapping, message: str, **where: object) -> None:
    """Raise `MethodError` if there are any names.

    Parameters
    ----------
    names : iterable or mapping
        What is wrong, such as columns; or these with how each is shown.
    message : str
        As for `MethodError`; ``{}`` in it stands for the names.
    **where
        As for `MethodError`; `value` is the first name unless given.

    Raises
    ------
    MethodError
        With all the names.
    """
    cases = dict(names) if isinstance(names, Mapping) else {name: name for name in names}
    if cases:
        text = message.replace("{}", ", ".join(map(str, cases.values())), 1)
        raise MethodError(text, **{"value": next(iter(cases))} | where)


@contextmanager
def told(**where: object) -> Iterator[None]:
    """Tell a `MethodError` that is raised inside with its place before it.

    Parameters
    ----------
    **where
        As for `MethodError`: ``file, key, value``.

    Yields
    ------
    None

    Raises
    ------
    MethodError
        With the text of the one that was raised.
    """
    try:
        yield
    except MethodError as error:
        raise MethodError(str(error), **where) from None


def need(good: object, message: str, value: object) -> None:
    """Raise `MethodError` unless a value is as it must be.

    Parameters
    ----------
    good : bool
    message : str
        What it must be; without a full stop.
    value : object
        What was found.

    Raises
    ------
    MethodError
        With the message and the value.
    """
    if not good:
        raise MethodError(f"{message}; found {value!r}.", value=value)


def nearest_names(name: str, valid: Iterable[str], count: int = 2) -> list[str]:
    """Return the valid names most like `name`, the likest first; empty if none comes near.

    Parameters
    ----------
    name : str
        What was written.
    valid : iterable of str
        The names that there are.
    count : int, optional
        At most so many.

    Returns
    -------
    list of str
        Those with a similarity of at least 0.5 (`difflib.SequenceMatcher.ratio`).
    """
    return difflib.get_close_matches(name, list(valid), n=count, cutoff=0.5)


def choose(table: Mapping[str, Entry], name: str, key: str, file: str | None = None) -> Entry:
    """Return ``table[name]``, or raise `MethodError` with the names nearest to it.

    Parameters
    ----------
    table : mapping
        By name.
    name : str
        What is wanted.
    key : str
        The key of the scenario that names it, for the message.
    file : str, optional
        The scenario file, for the message.

    Returns
    -------
    object
        The entry.

    Raises
    ------
    MethodError
        If there is no such name.
    """
    if not isinstance(name, str) or name not in table:
        raise MethodError(f"there is no {name!r}.", file=file, key=key, value=name, valid=sorted(table))
    return table[name]
