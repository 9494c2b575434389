"""Parsers under fire: never an error of another kind, never another number than was written.

``make fuzz`` tries each property on 10 000 cases, together more than 100 000 (FUZZ_CASES); the ordinary run on a few.
"""

from __future__ import annotations

import datetime
import math
import os
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from made_tables import Layout
from report_tables import load
from sampled import examples

from fhi.engine.errors import DataError
from fhi.engine.framework import Framework
from fhi.paths import RAW
from fhi.reading import microdata
from fhi.reading.microdata import file_types
from fhi.reading.microdata.cell_readers import Context
from fhi.reading.microdata.conversion import Rates
from fhi.reading.microdata.names import ELSEWHERE, CityNames, Vocabulary
from fhi.reading.microdata.quality_log import Quality
from fhi.reading.microdata.yearbooks import Yearbooks
from fhi.reading.parsing import (
    has_unit,
    parse_amount,
    parse_amount_in,
    parse_date,
    parse_number,
    parse_numeral,
    parse_quantity,
)

pytestmark = pytest.mark.fuzz
CASES = int(os.environ.get("FUZZ_CASES", 0)) or examples(100)
FIRE = settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=CASES <= 100)
TABLES = {name: table for name, table in load().items() if name in ("cities", "vocabulary", "public/exchange_rates")}
FRAMEWORK = Framework.from_csv(RAW / "report2018" / "framework.csv")
CITIES = CityNames(TABLES["cities"], Vocabulary(TABLES["vocabulary"]))
HAN, UNITS = "零一二三四五六七八九", {"": 0, "万": 4, "亿": 8, "万亿": 12, "百万": 6, "千万": 7}

#: what cells are made of, and anything at all
PIECES = [
    *"0123456789.,+-%/:~ 　eE",
    *HAN,
    *"十百千万亿两〇余多约近超级成元",
    "美元",
    "人民币",
    "USD",
    "以上",
    "年",
    "月",
    "日",
]
PIECES += [*"０１９，．％－", "数", "几", "至", "million", "bn", "k", "Jan", "May", "T", "Z", "$", "¥", "未披露", "NaN"]
CELLS = st.one_of(st.text(max_size=15), st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
PLAIN = st.decimals(min_value=0, max_value=10**9, places=2)


def wide(text):
    return "".join(chr(ord(mark) + 0xFEE0) if mark in "0123456789.,+-%" else mark for mark in text)


def in_han(number):
    """Return a whole number below ten thousand as Chinese characters write it."""
    if number == 0:
        return "零"
    text, gap = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            text += ("零" if gap and text else "") + HAN[digit] + name
            gap = False
        else:
            gap = True
    return text


# --- never an error of another kind -----------------------------------------------------------------------
@FIRE
@given(CELLS)
@example("1" * 5000)
@example("9" * 400 + "亿")
@example("\ud800")
@pytest.mark.parametrize("parse", [parse_number, parse_quantity, parse_amount, parse_numeral, parse_date])
def test_any_cell_is_read_or_refused(parse, text):
    try:
        found = parse(text)
    except ValueError as error:
        assert str(error)
        return
    if parse is parse_date:
        assert datetime.date.fromisoformat((found + "-01-01")[:10])
    elif parse is parse_amount and found.qualifier != "undisclosed":
        assert 0 <= found.low <= found.value <= found.high and math.isfinite(found.value)
    elif parse is parse_quantity:
        assert math.isfinite(found.value) != (found.qualifier == "undisclosed")


@FIRE
@given(
    st.one_of(
        CELLS, st.lists(st.sampled_from([*"北京上海杭州市省区浙江西湖Hangzhou110000 -'"]), max_size=9).map("".join)
    )
)
def test_any_text_is_a_city_or_refused(text):
    try:
        assert ELSEWHERE <= CITIES.find(text) < len(CITIES.names)
    except ValueError as error:
        assert str(error).startswith("a city")


# --- never another number than was written ----------------------------------------------------------------
@FIRE
@given(PLAIN, st.sampled_from(list(UNITS)), st.booleans(), st.booleans(), st.sampled_from(["", "元", "美元", "人民币"]))
def test_a_number_reads_back_in_every_form(number, unit, separators, full, money):
    text = f"{number:,}" if separators else f"{number}"
    exact = float(number * Decimal(10) ** UNITS[unit])
    written = (wide(text) if full else text) + unit + money
    found = parse_amount(written)
    assert (found.value, found.low, found.high) == (exact, exact, exact)
    assert parse_quantity(written).value == exact
    if not unit and not money:
        assert parse_number(written) == exact


@FIRE
@given(st.integers(0, 9999), st.integers(0, 9999), st.sampled_from(["万", "亿"]))
def test_a_number_in_chinese_characters_reads_back(high, low, unit):
    factor = {"万": 10**4, "亿": 10**8}[unit]
    assert parse_numeral(in_han(high)) == high
    assert parse_numeral(in_han(high) + unit) == high * factor
    if high and low and unit == "万":
        joint = "" if low >= 1000 else "零"
        assert parse_numeral(in_han(high) + unit + joint + in_han(low)) == high * factor + low


@FIRE
@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(["万", "亿", "千万"]), st.sampled_from("-~至"))
def test_an_interval_keeps_its_ends(one, other, unit, mark):
    low, high = sorted((one, other))
    factor = 10 ** UNITS[unit]
    if low == high:
        return
    found = parse_amount(f"{low}{mark}{high}{unit}元")
    assert (found.value, found.low, found.high, found.unit) == (low * factor, low * factor, high * factor, "CNY")


@FIRE
@given(
    st.integers(2, 9999),
    st.integers(2, 9999),
    st.sampled_from(["万", "亿"]),
    st.booleans(),
    st.sampled_from(["", "约"]),
    st.sampled_from(["", "元", "美元"]),
)
def test_the_ends_of_an_interval_share_the_unit_of_the_high_one(one, other, unit, han, mark, money):
    low, high = sorted((one, other))
    if low == high:
        return
    write = in_han if han else str
    text = f"{mark}{write(low)}至{write(high)}{unit}{money}"
    try:
        found = parse_amount(text)
    except ValueError:
        # a numeral of several characters may not be one before 亿
        assert han
        return
    factor = 10 ** UNITS[unit]
    assert (found.low, found.high) == (low * factor, high * factor)


@FIRE
@given(
    PLAIN,
    st.sampled_from(["", "约", "超", "+"]),
    st.sampled_from(["万元", "亿美元", "千万元", "元", "million USD"]),
    st.sampled_from(["", "万", "亿", "万元", "亿美元", "港元"]),
    st.booleans(),
)
def test_the_unit_of_a_heading_holds_for_what_has_none(number, mark, heading, own, full):
    column, text = parse_quantity(f"1{heading}"), f"{mark}{wide(str(number)) if full else number}{own}"
    found = parse_amount_in(text, heading)
    given, factor = parse_quantity(f"1{own}"), Decimal(1) if own else Decimal(column.value)
    assert found.value == float(number * (Decimal(given.value) if own else factor))
    assert found.unit == (given.unit or column.unit)
    assert has_unit(text) == bool(own)


@FIRE
@given(st.dates(datetime.date(1000, 1, 1)), st.sampled_from(["{0}-{1:02}-{2:02}", "{0}年{1}月{2}日", "{0}.{1}.{2}"]))
def test_a_day_reads_back_in_every_form(day, form):
    assert parse_date(form.format(day.year, day.month, day.day)) == day.isoformat()
    assert parse_date(day.strftime("%Y%m%d").zfill(8)) == day.isoformat()
    assert parse_date(f"{day.day} {day:%b} {day.year}") == day.isoformat()
    for text in (f"{day.day}/{day.month}/{day.year}", f"{day.month}/{day.day}/{day.year}"):
        try:
            assert parse_date(text) == day.isoformat()
        except ValueError:
            # it can be read as another day
            assert day.day <= 12 and day.day != day.month


@FIRE
@given(
    st.integers(0, len(CITIES.names) - 1),
    st.sampled_from(["{zh}", "{zh}市", "{en}", "{upper}", "{code}", " {zh} ", "{code}.0"]),
)
def test_a_city_is_found_by_each_of_its_names(place, form):
    row = TABLES["cities"].iloc[place]
    names = {"zh": row["name_zh"], "en": row["name_en"], "upper": row["name_en"].upper(), "code": row["code_gbt2260"]}
    assert CITIES.find(form.format(**names)) == place


# --- whole files ------------------------------------------------------------------------------------------
@pytest.mark.slow
@settings(FIRE, max_examples=max(50, CASES // 100))
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(CELLS, max_size=30).map(lambda cells: ",".join(cells).encode("utf-8", "ignore")),
    )
)
@pytest.mark.parametrize("head", [b"name,city,class,financing\n", b""])
def test_any_file_is_read_or_refused(tmp_path_factory, head, content):
    folder = tmp_path_factory.mktemp("user")
    (folder / "firms.csv").write_bytes(head + content)
    (folder / "yearbooks.csv").write_bytes(content)
    try:
        found = microdata.collect(folder, TABLES, FRAMEWORK, year=2018)
    except DataError as error:
        assert all(problem.expected and problem.remedy for problem in error.problems)
        return
    counts = found.quality.groupby("what")["rows"].sum()
    parts = sum(counts.get(word, 0) for word in ("kept", "refused", "duplicate", "empty"))
    assert counts["read"] == parts


# --- layouts ----------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_a_table_laid_out_at_random_gives_its_values_or_is_refused(tmp_path):
    vocabulary = file_types.words(TABLES["vocabulary"], FRAMEWORK)
    context, rates = Context(CITIES, vocabulary, 2018), Rates(TABLES["public/exchange_rates"])
    path, whole = tmp_path / "yearbooks-2017.csv", 0
    for seed in range(CASES):
        layout = Layout(seed)
        path.write_bytes(layout.text())
        file = file_types.File(path, "yearbooks", 2017, "x")
        try:
            rows = Yearbooks(FRAMEWORK, context, rates).read(file, Quality("x", "yearbooks"))
        except DataError as error:
            assert all(problem.remedy for problem in error.problems)
            continue
        names = [CITIES.names[place] for place in rows["place"]]
        found = dict(zip(zip(names, rows["measure"], rows["year"], strict=True), rows["value"], strict=True))
        # never another value, nor one of another city, measure or year
        assert {key: layout.truth.get(key) for key in found} == pytest.approx(found, rel=1e-9), seed
        whole += len(found) == len(layout.truth)
    assert whole >= 0.95 * CASES
