"""What figures say: their words, by figure and slot in wording.csv, and what an edition calls its units, parts and tiers."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

LANGUAGES = ("zh", "en")
Tables = Mapping[str, pd.DataFrame]
Texts = Mapping[str, str]
FILE = Path(__file__).with_suffix(".csv")
NOTHING: Texts = {"zh": "", "en": ""}
JOINTS = {"zh": "、", "en": ", "}
#: before the last of several texts
LAST = {"zh": "、", "en": " and "}
COLUMNS = ("unit_zh", "unit_en", "units_en")
#: where an edition says nothing of its units
PLAIN = ("单位", "unit", "units")


@cache
def slots() -> dict[str, Texts]:
    """Return the words of the figures by ``figure.slot``: templates of `str.format` by language."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {
            f"{row['figure']}.{row['slot']}": {name: row[name] for name in LANGUAGES} for row in csv.DictReader(file)
        }


def said(slot: str, language: str, **values) -> str:
    """Return the words of a slot in a language, with values put in; a text in every language goes in as its own.

    Parameters
    ----------
    slot : str
        Figure and slot, ``p21-adoption.axis``.
    language : str
        ``zh`` or ``en``.
    **values : object
        By the names that the template uses.

    Raises
    ------
    KeyError
        If wording.csv has no such slot, or its template names a value that is not given.
    """
    return in_language(slots()[slot], language, **values)


def in_language(text: Texts, language: str, /, **values) -> str:
    """Return a text in a language with values put in; a value that is a text in every language goes in as its own.

    Parameters
    ----------
    text : mapping
        A template of `str.format` by language.
    language : str
        ``zh`` or ``en``.
    **values : object
        By the names that the template uses.

    Raises
    ------
    KeyError
        If the template names a value that is not given.
    """
    own = {name: value[language] if _by_language(value) else value for name, value in values.items()}
    return text[language].format(**own)


def _by_language(value: object) -> bool:
    return isinstance(value, Mapping) and set(LANGUAGES) <= set(value)


def both(slot: str, **values) -> dict[str, str]:
    """Return the words of a slot by language (see `said`)."""
    return {language: said(slot, language, **values) for language in LANGUAGES}


def worded(slot: str, **values) -> Texts | None:
    """Return the words of a slot by language (see `said`); None if wording.csv has none."""
    return both(slot, **values) if slot in slots() else None


def together(*texts: Texts) -> dict[str, str]:
    """Return texts one after another, by language."""
    return {language: "".join(text[language] for text in texts).strip() for language in LANGUAGES}


def columns(name: str, texts: Iterable[Texts]) -> dict[str, list[str]]:
    """Return the columns ``<name>_zh`` and ``<name>_en`` of a frame, from the texts of its rows.

    Parameters
    ----------
    name : str
    texts : iterable of mapping
        By language.
    """
    texts = [*texts]
    return {f"{name}_{language}": [text[language] for text in texts] for language in LANGUAGES}


def row_of(texts: Iterable[str], language: str) -> str:
    """Return texts in a row: A、B、C or A, B and C.

    Parameters
    ----------
    texts : iterable of str
    language : str
        ``zh`` or ``en``.
    """
    *before, last = [*texts] or [""]
    return JOINTS[language].join(before) + (LAST[language] if before else "") + last


def joined(texts: Iterable[Texts], joints: Texts | None = None) -> dict[str, str]:
    """Return texts in a row, by language.

    Parameters
    ----------
    texts : iterable of mapping
        By language.
    joints : mapping, optional
        What stands between any two of them, by language; as in a sentence (`row_of`) if left out.
    """
    texts = [*texts]
    rows = {language: [text[language] for text in texts] for language in LANGUAGES}
    if joints:
        return {language: joints[language].join(rows[language]) for language in LANGUAGES}
    return {language: row_of(rows[language], language) for language in LANGUAGES}


def listed(frame: pd.DataFrame, column: str = "city") -> dict[str, str]:
    """Return the names of a frame's rows in a row: its ``<column>`` in Chinese, ``<column>_en`` in English.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a name.
    column : str
        Its column of names.
    """
    chinese = column if column in frame else f"{column}_zh"
    return {name: row_of(frame[of], name) for name, of in zip(LANGUAGES, (chinese, f"{column}_en"), strict=True)}


def each(frame: pd.DataFrame, slot: str, **values) -> dict[str, str]:
    """Return the words of a slot for each row of a frame (its ``item``), in a row by language.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its rows are the ``item`` of the words.
    slot : str
        Figure and slot.
    **values : object
        What else the words are filled with.
    """
    return joined(both(slot, item=item, **values) for item in frame.itertuples())


def inside(item: Mapping, name: str) -> dict[str, str]:
    """Return the name in a row, by language, as it stands within a sentence: GDP stays, Firm scale becomes firm scale.

    Parameters
    ----------
    item : mapping
        With ``<name>_zh`` and ``<name>_en``.
    name : str
        Of its columns, without the language.
    """
    text = item[f"{name}_en"]
    return {"zh": item[f"{name}_zh"], "en": text[:1].lower() + text[1:] if text[1:2].islower() else text}


def heads(id: str, language: str) -> list[str]:
    """Return the heads of the columns of a table, which its slot ``heads`` parts by |.

    Parameters
    ----------
    id : str
        Of the figure.
    language : str
        ``zh`` or ``en``.
    """
    return said(f"{id}.heads", language).split("|")


@dataclass(frozen=True)
class Words:
    """The words for the units of an edition.

    Attributes
    ----------
    zh, one, many : str
        What is compared, in Chinese, and in English in singular and plural.
    """

    zh: str = "城市"
    one: str = "city"
    many: str = "cities"

    def count(self, number: object) -> str:
        """Return so many units in Chinese: 20城, or 20个国家."""
        return f"{number}城" if self.zh == "城市" else f"{number}个{self.zh}"

    def several(self, number: int) -> str:
        """Return so many units in English: 1 city, 20 cities."""
        return f"{number} {self.one if number == 1 else self.many}"

    def in_words(self, number: int) -> dict[str, str]:
        """Return so many units by language."""
        return {"zh": self.count(number), "en": self.several(number)}


def of_edition(tables: Tables) -> Words:
    """Return the words for the units of the edition that tables are of."""
    if "tables/edition" not in tables:
        return Words()
    found = _said(tables)
    one, many = found.get("unit", PLAIN[:2]), found.get("units", (PLAIN[0], PLAIN[2]))
    return Words(*one, many[1])


def with_words(frame: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Return the data of a figure with the words for the units of its edition (see `COLUMNS`).

    Parameters
    ----------
    frame : pandas.DataFrame
        The data of a figure.
    tables : mapping
        The built tables of a scenario, by name.
    """
    unit = of_edition(tables)
    return frame.assign(**dict(zip(COLUMNS, (unit.zh, unit.one, unit.many), strict=True)))


def words(data: pd.DataFrame) -> Words:
    """Return the words that a figure's data carry, else the report's."""
    if not set(COLUMNS) <= set(data) or data.empty:
        return Words()
    return Words(*data.iloc[0][list(COLUMNS)])


def named(tables: Tables, kind: str) -> dict[str, Texts]:
    """Return the names of an edition's parts or tiers (`kind` ``part`` or ``tier``) by id, in its order.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    kind : str
        ``part`` or ``tier``.
    """
    found = {key.split(".", 1)[1]: text for key, text in _said(tables).items() if key.startswith(f"{kind}.")}
    return {id: {"zh": zh, "en": en} for id, (zh, en) in found.items() if not id.endswith(".page")}


def first_pages(tables: Tables) -> list[tuple[int, str]]:
    """Return the first page and the id of each part of an edition, in its order."""
    found = _said(tables)
    return [(int(found[f"part.{id}.page"][0]), id) for id in named(tables, "part")]


def citation(tables: Tables) -> Texts | None:
    """Return what an edition cites as its publication; None where it states none."""
    found = _said(tables).get("citation")
    return dict(zip(LANGUAGES, found, strict=True)) if found else None


def _said(tables: Tables) -> dict[str, tuple[str, str]]:
    if "tables/edition" not in tables:
        return {}
    rows = tables["tables/edition"]
    return dict(zip(rows["key"], zip(rows["zh"], rows["en"], strict=True), strict=True))
