"""The words and names that files use, and what each means: columns, classes, answers, cities. A table, so that another
language needs no code.
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
        """Return the code that a word stands for in a list, or None."""
        return self._codes.get(name, {}).get(plain(text))

    def codes(self, name: str) -> list[str]:
        """Return the codes of a list, in the order of the table."""
        return list(dict.fromkeys(self._codes.get(name, {}).values()))

    def words(self, name: str) -> dict[str, str]:
        """Return the codes of a list by word, as it is compared."""
        return self._codes.get(name, {})

    def nearest(self, name: str, text: str) -> list[str]:
        """Return the words of a list most like a text."""
        return nearest_names(plain(text), self._codes.get(name, {}), 2)


#: place of what lies in none of the cities
ELSEWHERE = -1
#: provinces that are one city: the first two digits of their codes
MUNICIPAL = ("11", "12", "31", "50", "81", "82")
_PLACE = re.compile(r"(?P<city>.+?)市(?:.{1,12}(?:区|县|市|旗))?")
#: a full name: 河北省, 广西壮族自治区, 北京市, 香港特别行政区
_FULL = re.compile(r"(?P<short>.{2,}?)(?P<suffix>省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)")


class CityNames:
    """Finds cities by the names that files use for them.

    Parameters
    ----------
    cities : pandas.DataFrame
        The table of cities: ``name_zh`` and, as far as there are, ``name_en, code_gbt2260, province_zh`` and
        ``aliases`` (names joined by ``|``).
    vocabulary : Vocabulary
        Its lists ``city`` (further names) and ``place`` (words for what is elsewhere, and for totals).

    Raises
    ------
    DataError
        If one name belongs to two cities.
    """

    def __init__(self, cities: pd.DataFrame, vocabulary: Vocabulary):
        self.names = cities["name_zh"].tolist()
        self.vocabulary = vocabulary
        self._provinces = dict(zip(self.names, cities.get("province_zh", pd.Series("", cities.index)), strict=True))
        self._places: dict[str, int] = {}
        self._short: dict[str, int | None] = {}
        problems = []
        for place, row in enumerate(cities.to_dict("records")):
            for name in self._names(row):
                if name and self._places.setdefault(plain(name), place) != place:
                    expected = f"a name of one city (it is that of {self.names[self._places[plain(name)]]} too)"
                    problems.append(
                        Problem("cities.csv", row.get("row"), "name_zh", name, expected, "rename one of them")
                    )
            match = _FULL.fullmatch(plain(row["name_zh"]))
            if match:
                # 吉林 alone means neither where both 吉林省 and 吉林市 are listed
                self._short[match["short"]] = None if match["short"] in self._short else place
        self._bound = [_ranks(row) for row in cities.to_dict("records")]
        if problems:
            raise DataError(problems)
        for word, city in vocabulary.words("city").items():
            if city in self.names:
                self._places.setdefault(word, self.names.index(city))

    @staticmethod
    def _names(row: dict) -> list[str]:
        name, province = row["name_zh"], str(row.get("province_zh") or "")
        english = str(row.get("name_en") or "")
        names = [name, english, f"{english} city" if english else ""]
        if province.startswith(name):
            names.append(province)
        code = row.get("code_gbt2260", row.get("code"))
        names += [] if pd.isna(code) else [str(code)]
        aliases = row.get("aliases")
        return names + (aliases.split("|") if isinstance(aliases, str) else [])

    def find(self, text: str) -> int:
        """Return the place of a city in the table; `ELSEWHERE` for a word of the list ``place.elsewhere``.

        ``北京``, ``北京市``, ``Beijing``, ``110000``, ``110101`` (a district), ``浙江省杭州市西湖区`` are understood.

        Raises
        ------
        ValueError
            If the text means none of the cities.
        """
        word = plain(text)
        found = self.named(text)
        if found is not None:
            return found
        for candidate in (*self._codes(word), *self._parts(word)):
            if candidate in self._places:
                return self._places[candidate]
        meaning = self.vocabulary.find("place", text)
        if meaning == "elsewhere":
            return ELSEWHERE
        if meaning == "total":
            raise ValueError("a city, not a total")
        # two short names that share a character are not alike for that
        near = nearest_names(word, self._places, 1) if len(word) > 2 else []
        hint = f" (perhaps {self.names[self._places[near[0]]]})" if near else ""
        raise ValueError(f"a city of cities.csv{hint}")

    def named(self, text: str) -> int | None:
        """Return the place of a city by one of its names alone, no address; None if it is none of them.

        A name may be written with or without 省, 市, 自治区 and 特别行政区 at its end, where that leaves one city.
        """
        word = plain(text)
        if word in self._places:
            return self._places[word]
        match = _FULL.fullmatch(word)
        if match is None:
            return self._short.get(word)
        place = self._places.get(match["short"])
        return place if place is not None and self._bound[place] in (None, match["suffix"] == "市") else None

    @staticmethod
    def _codes(word: str) -> list[str]:
        """Return the codes of the city that a code of six digits lies in."""
        match = re.fullmatch(r"(\d{6})(?:\.0)?", word, re.ASCII)
        if not match:
            return []
        code = match[1]
        whole = [code[:2] + "0000"] if code.startswith(MUNICIPAL) else []
        return [code, code[:4] + "00", *whole]

    def _parts(self, word: str) -> list[str]:
        """Return the names of cities that an address begins with, after the city's own province if one is written."""
        found = []
        for city, province in self._provinces.items():
            rest = _without_province(word, city, str(province or ""))
            match = _PLACE.fullmatch(rest)
            if (match and match["city"] == plain(city)) or (rest == plain(city) and rest != word):
                found.append(plain(city))
        return found


def _ranks(row: dict) -> bool | None:
    """Return True for a unit that is a city, False for a province, by its code or its province; None if neither says.

    吉林省 is not the city of 吉林, and 吉林市 not the province; 北京 is both.
    """
    code, province = str(row.get("code_gbt2260", row.get("code")) or ""), row.get("province_zh")
    if re.fullmatch(r"\d{6}", code, re.ASCII):
        return None if code.startswith(MUNICIPAL) else not code.endswith("0000")
    if isinstance(province, str) and province:
        return None if province.startswith(row["name_zh"]) else True
    return None


def _without_province(word: str, city: str, province: str) -> str:
    """Return an address without the province that it begins with, in full or in short (浙江省, 浙江)."""
    short = re.sub(r"(省|(壮族|回族|维吾尔)?自治区)$", "", province)
    for prefix in (plain(province), plain(short)):
        if prefix and not province.startswith(city) and word.startswith(prefix):
            return word[len(prefix) :]
    return word
