"""The words that files use, and what each means: columns, classes, answers. A table, so that another language needs no
code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from fhi.engine.errors import DataError, Problem, nearest_names
from fhi.reading.parsing import fold


def plain(text: str) -> str:
    """Return a text as it is compared: full-width characters plain, lower case, without blanks and joining marks."""
    return re.sub(r"[\s_\-'’`·]", "", fold(text).casefold())


class Vocabulary:
    """Codes by the words that stand for them, in lists.

    Parameters
    ----------
    table : pandas.DataFrame
        With the columns of vocabulary.csv, ``list, code, written``.
    own : mapping, optional
        Further tables by the name of their file; they add to it.

    Raises
    ------
    DataError
        If a word stands for two codes of a list.
    """

    def __init__(self, table: pd.DataFrame, own: Mapping[str, pd.DataFrame] = {}):
        self._codes: dict[str, dict[str, str]] = {}
        problems = []
        for file, rows in {"vocabulary.csv": table, **own}.items():
            for row, name, code, written in zip(rows["row"], rows["list"], rows["code"], rows["written"], strict=True):
                words = self._codes.setdefault(name, {})
                if words.setdefault(plain(written), code) != code:
                    expected = f"one meaning in the list {name!r} (it stands for {words[plain(written)]!r})"
                    problems.append(Problem(file, int(row), "written", written, expected, "remove one of them"))
        if problems:
            raise DataError(problems)

    def add(self, name: str, words: Iterable[tuple[str, str]]) -> None:
        """Add pairs of word and code to a list; a word that is there keeps its meaning."""
        known = self._codes.setdefault(name, {})
        for word, code in words:
            known.setdefault(plain(word), code)

    def find(self, name: str, text: str) -> str | None:
        """Return the code that a word stands for in a list, or that of the word ``*``, which any other is; or None."""
        words = self._codes.get(name, {})
        return words.get(plain(text), words.get("*"))

    def codes(self, name: str) -> list[str]:
        """Return the codes of a list, in the order of the table."""
        return list(dict.fromkeys(self._codes.get(name, {}).values()))

    def words(self, name: str) -> dict[str, str]:
        """Return the codes of a list by word, as it is compared."""
        return self._codes.get(name, {})

    def nearest(self, name: str, text: str) -> list[str]:
        """Return the words of a list most like a text."""
        return nearest_names(plain(text), self._codes.get(name, {}), 2)
