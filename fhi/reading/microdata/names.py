"""What names in files mean: words for columns, classes and answers; names and addresses for units of an edition.

The words are a table, so that another language needs no code. The places of China (GB/T 2260: provinces, prefectures,
counties), the countries and the continents stand in places.csv."""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import NamedTuple

import pandas as pd

from fhi.engine.errors import Problem, nearest_names, reject
from fhi.paths import RAW
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
        reject(problems)

    def add(self, name: str, words: Iterable[tuple[str, str]]) -> None:
        """Add pairs of word and code to a list; a word that is there keeps its meaning.

        Parameters
        ----------
        name : str
            Of the list.
        words : iterable of (word, code)
        """
        known = self._codes.setdefault(name, {})
        for word, code in words:
            known.setdefault(plain(word), code)

    def find(self, name: str, text: str) -> str | None:
        """Return the code that a word stands for in a list, or that of the word ``*``, which any other is; or None.

        Parameters
        ----------
        name : str
            Of the list.
        text : str
            As a file writes it.

        Returns
        -------
        str or None
        """
        words = self._codes.get(name, {})
        return words.get(plain(text), words.get("*"))

    def codes(self, name: str) -> list[str]:
        """Return the codes of a list, in the order of the table."""
        return list(dict.fromkeys(self._codes.get(name, {}).values()))

    def words(self, name: str) -> dict[str, str]:
        """Return the codes of a list by word, as it is compared."""
        return self._codes.get(name, {})

    def nearest(self, name: str, text: str) -> list[str]:
        """Return the words of a list most like a text.

        Parameters
        ----------
        name : str
            Of the list.
        text : str
            As a file writes it.

        Returns
        -------
        list of str
            At most two, as they are compared.
        """
        return nearest_names(plain(text), self._codes.get(name, {}), 2)


#: what lies in none of the cities, and a sum over several
ELSEWHERE, TOTAL = -1, -3
#: provinces that are one city: the first two digits of their codes
MUNICIPAL = ("11", "12", "31", "50", "81", "82")
_PLACE = re.compile(r"(?P<city>.+?)市(?:.{1,12}(?:区|县|市|旗))?")
#: a full name: 河北省, 广西壮族自治区, 北京市, 香港特别行政区
_FULL = re.compile(r"(?P<short>.{2,}?)(?P<suffix>省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)")
#: how the name of an area within another one ends; what stands before may be a street of the same name elsewhere
_WITHIN = re.compile(r"(?!路|街|大道).{1,12}(?:区|县|市|旗|镇|乡|街道|园区|开发区)")
_JOINT = re.compile(r"[\-－—·,，/>＞ ]+")


class Known(NamedTuple):
    """The places of places.csv: codes by name as it is compared, and the level of each code."""

    codes: dict[str, list[str]]
    levels: dict[str, str]


@cache
def known_places() -> Known:
    """Return the places of places.csv; a county also goes without 市 or 县 where two characters are left."""
    codes: dict[str, list[str]] = {}
    levels: dict[str, str] = {}
    with (RAW / "places.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            levels[row["code"]] = row["level"]
            names = {row["name_zh"], row["name_en"], *row["aliases"].split("|")}
            if row["level"] == "county" and re.fullmatch(r".{2,}[市县]", row["name_zh"]):
                names.add(row["name_zh"][:-1])
            for name in map(plain, filter(None, names)):
                codes.setdefault(name, []).append(row["code"])
    return Known(codes, levels)


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
        reject(problems)
        for word, city in vocabulary.words("city").items():
            if city in self.names:
                self._places.setdefault(word, self.names.index(city))
        self._cache: dict[str, int | str | None] = {}

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
        """Return the place of the city that an address lies in; `ELSEWHERE` for an address in none of them.

        ``北京市``, ``Beijing``, ``110000``, ``110101`` (a district), ``浙江省杭州市西湖区``, ``北京-朝阳区`` are read.
        Elsewhere are the words of the list ``place.elsewhere``, other cities of China and other countries.

        Raises
        ------
        ValueError
            If the text means none of the cities, a sum over them, or a province that some of them lie in.
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
        return self._address(text, word)

    def area(self, text: str) -> int | None:
        """Return the city that the name of an area is; `ELSEWHERE`, `TOTAL`, or None for a text that is no area.

        A district is not its city: ``杭州市西湖区`` is elsewhere.
        """
        if text not in self._cache:
            self._cache[text] = self._area(text)
        return self._cache[text]

    def _area(self, text: str) -> int | None:
        text = re.sub(r"\*+$|\[\d+\]$", "", text)
        word = plain(text)
        found = self.named(text)
        if found is not None or not word:
            return found
        meaning = self.vocabulary.find("place", text)
        if meaning:
            return ELSEWHERE if meaning == "elsewhere" else TOTAL
        exact = [place for place in self._parts(word) if word.endswith((place, f"{place}市"))]
        if exact and exact[0] in self._places:
            return self._places[exact[0]]
        return ELSEWHERE if self._located(text, word) or word in known_places().codes else None

    def _address(self, text: str, word: str) -> int:
        """Return the city that an address lies in, by the places of China and of the world."""
        codes = self._located(text, word)
        levels = known_places().levels
        for code in codes:
            for within in (code, code[:4] + "00", code[:2] + "0000"):
                if (place := self._by_code.get(within)) is not None:
                    return place
        if codes and any(levels[code] != "province" for code in codes):
            return ELSEWHERE
        if codes:
            inside = [name for name, code in self._own_codes.items() if code[:2] == codes[0][:2]]
            whole = {word for word, several in known_places().codes.items() if codes[0] in several}
            inside += [name for name, province in self._provinces.items() if plain(str(province)) in whole]
            if not inside:
                return ELSEWHERE
            raise ValueError(f"a city, not a province in which {inside[0]} lies")
        # two short names that share a character are not alike for that
        near = nearest_names(word, self._places, 1) if len(word) > 2 else []
        hint = f" (perhaps {self.names[self._places[near[0]]]})" if near else ""
        raise ValueError(f"a city of cities.csv{hint}")

    def _located(self, text: str, word: str) -> list[str]:
        """Return the codes of the smallest place that an address names; none if it is not wholly understood."""
        known = known_places()
        if re.fullmatch(r"\d{6}(?:\.0)?", word, re.ASCII):
            code = word[:6]
            chain = (code, code[:4] + "00", code[:2] + "0000")
            return (
                [code] if any(level in known.levels for level in chain[:2]) or chain[2] == code in known.levels else []
            )
        tokens = [plain(token) for token in _JOINT.split(text.strip()) if plain(token)]
        outside = [
            code
            for code in known.codes.get(tokens[0] if tokens else "", [])
            if not code[:2].isdigit() or len(code) == 3
        ]
        if outside:
            return outside[:1]
        found, rest, sure = [], word, False
        while rest:
            step = self._longest(rest, found)
            if not step:
                break
            found, length = step
            rest, sure = rest[length:], True
        if not sure or (rest and not (_WITHIN.fullmatch(rest) or len(tokens) > 1)):
            return []
        # a county is one of several of its name unless what it lies in was written
        counties = {code[:4] for code in found if known.levels[code] == "county"}
        return found if len(counties) < 2 else []

    @staticmethod
    def _longest(text: str, within: list[str]) -> tuple[list[str], int] | None:
        """Return the places with the longest name that a text begins with, inside others if given, and its length."""
        known = known_places()
        for length in range(min(len(text), 15), 1, -1):
            codes = known.codes.get(text[:length], [])
            codes = [code for code in codes if len(code) == 6 and code.isdigit()]
            if within:
                codes = [code for code in codes if any(_inside(code, other) for other in within)]
            elif length < len(text):
                # a county alone at the head of an address may be a street: 朝阳路
                codes = [code for code in codes if known.levels[code] != "county"]
            if codes:
                order = ("province", "prefecture", "county")
                best = min(order.index(known.levels[code]) for code in codes)
                return [code for code in codes if order.index(known.levels[code]) == best], length
        return None

    @cached_property
    def _own_codes(self) -> dict[str, str]:
        """The code of GB/T 2260 of each unit that is a place of China, by its own code or its name."""
        known, found = known_places(), {}
        coded = {place: word for word, place in self._places.items() if re.fullmatch(r"\d{6}", word, re.ASCII)}
        for place, name in enumerate(self.names):
            code, named = coded.get(place), known.codes.get(plain(name), [])
            # the code of a unit counts for names inside it only where both name the same place: 台北 is not 台湾
            if code in named or (not code and named and len({other[:4] for other in named}) == 1):
                found[name] = code or named[0]
            elif not code and (named := [other for other in named if known.levels.get(other) == "prefecture"]):
                found[name] = named[0]
        return found

    @cached_property
    def _by_code(self) -> dict[str, int]:
        return {code: self.names.index(name) for name, code in self._own_codes.items()}

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


def _inside(code: str, other: str) -> bool:
    """True if a place lies in another one, by their codes; what a province administers itself lies in it alone."""
    prefix = other[:2] if other.endswith("0000") else other[:4]
    return code != other and code.startswith(prefix)
