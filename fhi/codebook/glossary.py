"""The terms of the project in Chinese and English with their meanings, one row of glossary.csv each."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from fhi.codebook.tables import read

FILE = Path(__file__).with_suffix(".csv")


class Term(NamedTuple):
    """A term: its name and meaning in each language."""

    en: str
    zh: str
    meaning_en: str
    meaning_zh: str


def terms() -> list[Term]:
    """Return the terms in the order of the file: framework, data, methods, results, words of the report."""
    return [Term(**row) for row in read(FILE)]
