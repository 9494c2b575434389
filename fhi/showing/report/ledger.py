"""The ledger of printed numbers, as tables of page and print."""

import calendar
import re
from collections.abc import Mapping

import pandas as pd

from fhi.engine.ranking import COMPUTED, significant
from fhi.reading.parsing import parse_quantity
from fhi.showing.figures.audit import CHECKED, VERDICTS
from fhi.showing.figures.registry import LANGUAGES, Tables
from fhi.showing.figures.texts import number
from fhi.showing.report.tables import Table, stated
from fhi.showing.report.texts import NOTHING, minus

HAN = re.compile("[\u4e00-\u9fff]")
#: raw tables that name what a claim may print, and printed words that are neither names nor numbers
NAMED = ("tables/cities", "tables/tiers", "tables/named_firms", "tables/brokers", "tables/banks")
WORDS = {"平方公里": " km²", "约一半": "about half", "逐步崛起": "rising", "微弱": "slight", "首次": "first time"}
NOTABLE = ("contradicted", "reproduced-within-rounding")


def _rows(claims: pd.DataFrame, tables: Tables) -> list[list]:
    """Return the rows of claims; what the report prints in Chinese is told in English to English readers."""
    named = english_names(tables)
    rows = []
    for claim in claims.fillna("").astype(str).to_dict("records"):
        subject = {"zh": claim["subject"], "en": claim["subject_en"], "mark": claim["id"]}
        note = {"zh": claim["note"], "en": claim["note_en"]}
        verdict = {language: VERDICTS[claim["verdict"]][language] for language in LANGUAGES}
        values = []
        for name in ("printed", "recomputed"):
            text = claim[name] if name == "printed" else _read(claim["printed"], claim[name])
            zh, en = minus(_with_unit(text, claim["unit"])), in_english(text, claim["unit"], named)
            values.append(zh if zh == en else {"zh": zh, "en": en})
        rows.append([subject, claim["page"], *values, verdict, note])
    return rows


def _read(printed: str, recomputed: str) -> str:
    """Return a recomputed value with four significant digits, or as many as the printed one has."""
    most = max((len(number.replace(".", "").lstrip("0")) for number in re.findall(r"\d[\d.]*", printed)), default=0)

    def rounded(part: re.Match) -> str:
        return part[0] if most > COMPUTED else f"{significant(float(part[0])):.15g}"

    return re.sub(r"\d+\.\d+", rounded, recomputed)


def english_names(tables: Tables) -> dict[str, str]:
    """Return the English of each Chinese name that a claim may print: units, tiers, firms; the longest first."""
    found = dict(WORDS)
    for name in NAMED:
        if name in tables:
            pairs = tables[name][["name_zh", "name_en"]].dropna()
            found |= dict(zip(pairs["name_zh"], pairs["name_en"], strict=True))
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def in_english(text: str, unit: str, named: Mapping[str, str]) -> str:
    """Return a printed value in English: its names, numbers, amounts and dates; a dash for what is none of these.

    Parameters
    ----------
    text : str
        As printed.
    unit : str
        Of the claim.
    named : mapping
        English by Chinese name, the longest first.
    """
    if not HAN.search(text):
        return minus(_with_unit(text.replace("、", ", "), unit))
    for zh, en in named.items():
        text = text.replace(zh, en)
    parts = [_part_in_english(part, unit) if HAN.search(part) else part for part in text.split("、")]
    return ", ".join(parts)


def _part_in_english(text: str, unit: str) -> str:
    if re.match(r"\d{4}年", text):
        year, month, day = (re.findall(r"\d+", text) + ["", ""])[:3]
        return " ".join(part for part in (day, calendar.month_name[int(month)] if month else "", year) if part)
    try:
        value = parse_quantity(text)
    except ValueError:
        return NOTHING
    return _with_unit(number(value.value, "en", value.qualifier), unit)


def _with_unit(value: str, unit: str) -> str:
    """Return a bare number with the sign of its unit; other units are plain from the claim."""
    return f"{value}%" if unit == "%" and re.fullmatch(r"[-+\w ]*?[\d.]+", value) else value


def ledger(tables: Tables) -> Table:
    """The numbers and orders that the report prints, each with its verdict."""
    claims = tables["claims"]
    checked = claims["verdict"].isin(CHECKED).sum()
    return stated("table-ledger", _rows(claims, tables), count=len(claims), checked=checked)


def contradictions(tables: Tables) -> Table:
    """The numbers that the printed inputs contradict, and those that agree within rounding only."""
    claims = tables["claims"]
    return stated("table-contradictions", _rows(claims[claims["verdict"].isin(NOTABLE)], tables))


def verdict_counts(tables: Tables) -> list[dict]:
    """Return each verdict with its name and the number of claims; nothing where there is no ledger."""
    if "claims" not in tables:
        return []
    counts = tables["claims"]["verdict"].value_counts()
    return [{"name": name, "label": look, "count": int(counts.get(name, 0))} for name, look in VERDICTS.items()]
