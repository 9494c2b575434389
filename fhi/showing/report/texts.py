"""Words and numbers as the page and the print show them, in both languages."""

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd

from fhi.engine.ranking import outward
from fhi.showing.figures.registry import LANGUAGES, Texts
from fhi.showing.figures.texts import capital
from fhi.showing.figures.wording import in_language

WORDS = Path(__file__).resolve().parents[1] / "assets" / "report" / "words.csv"
MISSING: Texts = {"zh": "缺失", "en": "missing"}
NOTHING = "—"


@cache
def _words() -> dict[str, dict[str, str]]:
    with WORDS.open(encoding="utf-8", newline="") as file:
        return {row["key"]: {language: row[language] for language in LANGUAGES} for row in csv.DictReader(file)}


def said(key: str, **values: object) -> dict[str, str]:
    """Return a text of ``words.csv`` in every language; a value that is a text in every language goes in as its own."""
    return filled(_words()[key], **values)


def filled(text: Texts, **values: object) -> dict[str, str]:
    """Return a text in every language with values put in, as `said` does."""
    return {language: in_language(text, language, **values) for language in LANGUAGES}


def known(key: str) -> dict[str, str] | None:
    """Return a text of ``words.csv`` in every language; None if there is none under a key that data name."""
    return _words().get(key)


def edition_words(tables: Mapping[str, pd.DataFrame], key: str) -> dict[str, str]:
    """Return what an edition says of itself under a key of its file, by language.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    key : str
        Of edition.yml.
    """
    rows = tables["tables/edition"].set_index("key")
    return {language: str(rows.at[key, language]) for language in LANGUAGES}


def anchor(place: Mapping) -> str:
    """Return the id of a unit's section, from its code or, without one that can stand in an address, its row."""
    code = str(place.get("code_gbt2260", place.get("code", "")))
    return f"city-{code if re.fullmatch('[A-Za-z0-9-]+', code) else place['row']}"


def same(text: object) -> dict[str, str]:
    """Return a text that is the same in every language."""
    return dict.fromkeys(LANGUAGES, str(text))


def in_both(texts: Mapping[str, str]) -> dict[str, str]:
    """Return a text in every language, one that is missing in place of the other."""
    return {language: texts.get(language) or next(iter(texts.values())) for language in LANGUAGES} if texts else {}


def unit_words(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, str]]:
    """Return what an edition calls its units, by language: ``one``, ``many``, and ``a``, one with its article."""
    rows = tables["tables/edition"].set_index("key")
    words = {name: rows.loc[key, list(LANGUAGES)].to_dict() for name, key in (("one", "unit"), ("many", "units"))}
    one = words["one"]
    return words | {"a": one | {"en": f"{'an' if one['en'][:1].lower() in 'aeio' else 'a'} {one['en']}"}}


def unit_head(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return the head of a column of units."""
    word = unit_words(tables)["one"]
    return word | {"en": capital(word["en"])}


def digits(scores: pd.DataFrame | pd.Series) -> int:
    """Return the decimals that scores are shown with: one, and three where all lie between −1 and 1."""
    largest = pd.DataFrame(scores).abs().max().max()
    return 3 if largest <= 1 else 1


def minus(text: str) -> str:
    """Return a text whose numbers below nought have a minus in place of a hyphen."""
    return re.sub(r"(?<![\w-])-(?=[\d.])", "−", text)


def decimal(value: float, places: int) -> str:
    """Return a number with so many decimals, and a dash for a missing one.

    Parameters
    ----------
    value : float
    places : int
        Decimals.
    """
    return NOTHING if pd.isna(value) else minus(f"{value:.{places}f}")


def whole(value: float) -> str:
    """Return a whole number, and a dash for a missing one."""
    return NOTHING if pd.isna(value) else f"{value:.0f}"


def signed(value: float, places: int = 0) -> str:
    """Return a difference with its sign; one that is shown as nought has none.

    Parameters
    ----------
    value : float
    places : int
        Decimals.
    """
    return NOTHING if pd.isna(value) else minus(f"{value:+.{places}f}") if round(value, places) else f"{0:.{places}f}"


def span(low: float, high: float, places: int = 1) -> str:
    """Return bounds as ``low–high``, rounded outward.

    Parameters
    ----------
    low, high : float
        The bounds.
    places : int
        Decimals.
    """
    if pd.isna(low) or pd.isna(high):
        return NOTHING
    low, high = outward(low, high, places)
    return minus(f"{low:,.{places}f}–{high:,.{places}f}")


def names(table: pd.DataFrame, key: str) -> dict[str, dict[str, str]]:
    """Return the names in both languages by a column of a table with ``name_zh`` and ``name_en``.

    Parameters
    ----------
    table : pandas.DataFrame
        With ``name_zh`` and ``name_en``.
    key : str
        Its column of keys.
    """
    return {row[key]: {language: row[f"name_{language}"] for language in LANGUAGES} for row in table.to_dict("records")}
