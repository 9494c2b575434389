"""Choices of method in words: the one place that pages, figures, messages and the schema of scenarios take them from.

A method has its names at its function (`fhi.engine.methods`); keys and parameters have theirs in ``words.csv``.
"""

import re
from collections.abc import Mapping
from functools import cache
from numbers import Real
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from fhi.engine.cells import read_cells
from fhi.engine.methods import TABLES, traits
from fhi.engine.parameters import Step

#: no alternative, no value
NOTHING = "none"
FILE = Path(__file__).with_suffix(".csv")


class Words(NamedTuple):
    """The name of a key or parameter in Chinese and English, and what it decides."""

    zh: str
    en: str
    meaning_zh: str = ""
    meaning_en: str = ""


@cache
def words(kind: str) -> Mapping[str, Words]:
    """Return the words of all keys (``key``) or parameters (``parameter``) by name."""
    _, rows = read_cells(FILE, FILE.name)
    return {cells[1]: Words(*cells[2:]) for _, cells in rows if cells[0] == kind}


def key_name(name: str, language: str) -> str:
    """Return the name of a key of a scenario, or of an assumption; itself if it has none.

    Parameters
    ----------
    name : str
        As a scenario has it.
    language : {"zh", "en"}

    Returns
    -------
    str
    """
    return getattr(words("key").get(name, Words(name, name)), language)


def label(value: Any) -> str:
    """Return a choice as text with the names of methods as a scenario has them: a name, its parameters in brackets."""
    if isinstance(value, Step):
        params = ", ".join(f"{key} {label(content)}" for key, content in value.params.items())
        return f"{value.method} ({params})" if params else value.method
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_none=True)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {label(content)}" for key, content in value.items()) or NOTHING
    if isinstance(value, list | tuple):
        pair = len(value) == 2 and all(isinstance(item, Real) for item in value)
        return ("–" if pair else ", ").join(map(label, value)) or NOTHING
    if isinstance(value, Real) and not isinstance(value, bool | int):
        return f"{value:g}"
    return NOTHING if value is None else str(value)


def in_words(text: str, language: str, step: str | None = None) -> str:
    """Return a `label` in words: methods by their names on pages, parameters translated.

    An aggregation by level is told by the levels from the root down: ``0: geometric, 1: arithmetic`` is geometric
    mean, then arithmetic mean.

    Parameters
    ----------
    text : str
        As `label` gives it.
    language : {"zh", "en"}
    step : str, optional
        The key that the choice is of; without it a word may be a method of any step.

    Returns
    -------
    str
    """
    by_level = re.findall(r"\d+: ([\w-]+)", text)
    if by_level and re.fullmatch(r"(\d+: [\w-]+(, )?)+", text):
        text = " → ".join(dict.fromkeys(by_level))
    steps = [step] if step in TABLES else [*TABLES] if step is None else []
    named = {name: getattr(traits(one, name), language) or name for one in reversed(steps) for name in TABLES[one]}
    told = {name: getattr(word, language) for name, word in words("parameter").items()}

    def replaced(part: str, table: Mapping[str, str]) -> str:
        if not table:
            return part
        names = "|".join(map(re.escape, sorted(table, key=len, reverse=True)))
        return re.sub(rf"(?<![\w-])({names})(?![\w-])", lambda match: table[match[1]], part)

    # what stands in brackets are parameters, the rest methods
    parts = re.split(r"(\([^()]*\))", text)
    text = "".join(replaced(part, told if part.startswith("(") else told | named) for part in parts)
    return text.replace(" (", "（").replace(")", "）").replace(", ", "，") if language == "zh" else text
