"""Bad and odd files: each gives the right value, or names file, row, column, value and remedy."""

import math
import re
import struct
import time
import tracemalloc
import zipfile

import pytest

HEAD = "name,city,class,financing,currency,round,date\n"
ROW = "甲,杭州,支付,1亿元,,A轮,2017-05-01\n"
OTHERS = "乙,杭州,支付,2亿元,,B轮,2016-05-01\n丙,北京,支付,3亿元,,,\n丁,上海,网贷,6000万元,,,\n"
GOOD = HEAD + ROW + OTHERS
EXPECTED = {"杭州": 3.0, "北京": 3.0, "上海": 0.6}


def encoded(name):
    return GOOD.encode(name)


def replaced(*pairs):
    text = GOOD
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def semicolons(text):
    return text.replace(",", ";")


# what is odd but means one thing only: capital by city, in 100 million CNY
ODD = {
    "UTF-8": encoded("utf-8"),
    "UTF-8 with a mark": encoded("utf-8-sig"),
    "UTF-16": encoded("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + GOOD.encode("utf-16-be"),
    "GBK": encoded("gbk"),
    "GB18030": encoded("gb18030"),
    "line ends of Windows": GOOD.replace("\n", "\r\n"),
    "line ends of old Macs": GOOD.replace("\n", "\r"),
    "no line end at the end": GOOD.rstrip("\n"),
    "semicolons": semicolons(GOOD),
    "tabs": GOOD.replace(",", "\t"),
    "bars": GOOD.replace(",", "|"),
    "headings in Chinese": GOOD.replace(HEAD, "企业名称,所在城市,类别,融资额,币种,轮次,融资时间\n"),
    "headings in other cases and with blanks": GOOD.replace(HEAD, " NAME,City , class,Financing,CURRENCY,round,Date\n"),
    "headings in full width": GOOD.replace(HEAD, "ｎａｍｅ,ｃｉｔｙ,class,financing,currency,round,date\n"),
    "columns in another order": "city,date,financing,name,class\n杭州,2017,1亿,甲,支付\n杭州,,2亿,乙,支付\n"
    "北京,,3亿,丙,支付\n上海,,0.6亿,丁,网贷\n",
    "a column that nobody asked for": "note," + HEAD + "".join(f"x,{line}\n" for line in (ROW + OTHERS).splitlines()),
    "a title above the headings": "金融科技企业名单,,,,,,\n\n" + GOOD,
    "empty rows between": GOOD.replace(ROW, "\n" + ROW + ",,,,,,\n   \n"),
    "trailing delimiters": "".join(line + ",\n" for line in GOOD.splitlines()),
    "everything in quotes": "".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) + "\n" for line in GOOD.splitlines()
    ),
    "a name with a comma in quotes": replaced(("甲,", '"甲,有限公司",')),
    "a name with quotes in it": replaced(("甲,", '"甲""乙""公司",')),
    "a name over two lines": replaced(("甲,", '"甲\n公司",')),
    "blanks around every cell": GOOD.replace(",", " , "),
    "wide blanks": GOOD.replace("杭州", "　杭州　"),
    "cities with 市": GOOD.replace("杭州,", "杭州市,"),
    "cities in English": GOOD.replace("杭州,", "Hangzhou,").replace("北京,", "BEIJING,"),
    "cities by code": GOOD.replace("杭州,", "330100,").replace("北京,", "110000.0,"),
    "districts by code": GOOD.replace("杭州,", "330106,").replace("北京,", "110108,"),
    "addresses": GOOD.replace("杭州,", "浙江省杭州市西湖区,").replace("上海,", "上海市浦东新区,"),
    "amounts in 万": GOOD.replace("1亿元", "10000万元").replace("3亿元", "30,000万".replace(",", "")),
    "amounts with separators": replaced(("1亿元", '"100,000,000"'), ("3亿元", '"30,000万"')),
    "amounts in full width": replaced(("1亿元", "１亿元"), ("3亿元", "３００００万元")),
    "amounts in Chinese numerals": replaced(("1亿元", "一亿元"), ("3亿元", "三亿元"), ("6000万元", "六千万元")),
    "amounts in parts": replaced(("3亿元,,,", "2亿5000万元,,A轮,\n丙,北京,支付,5千万元,,B轮,")),
    "amounts with exponents": replaced(("1亿元", "1E+08"), ("3亿元", "3e8")),
    "amounts in English": replaced(("1亿元", "CNY 100 million"), ("3亿元", "RMB 0.3bn")),
    "amounts with signs of currencies": replaced(("1亿元", "¥1亿"), ("3亿元", "￥3亿")),
    "a unit in the heading": replaced(("financing", "融资额（亿元）"), ("1亿元", "1"), ("2亿元", "2"), ("3亿元", "3")),
    "amounts in traditional characters": replaced(("1亿元", "1億元"), ("6000万元", "6000萬圓")),
    "a line that names the separator": "sep=;\n" + semicolons(GOOD),
    "a vague amount in the unit of the heading": replaced(("financing", "融资额（万元）"), ("1亿元", "约10000")),
    "an exponent in the unit of the heading": replaced(("financing", "融资额（万元）"), ("1亿元", "1E+04")),
    "a unit at the end of an interval": replaced(("3亿元", "约3-4亿元")),
    "dates of every kind": replaced(("2017-05-01", "2017年5月1日"), ("2016-05-01", "2016.5")),
    "compact dates": replaced(("2017-05-01", "20170501"), ("2016-05-01", "01-May-2016")),
    "dates with a time of day": replaced(("2017-05-01", "2017-05-01 00:00:00"), ("2016-05-01", "2016-05-01T08:30:00Z")),
    "days first, beyond doubt": replaced(("2017-05-01", "31/05/2017"), ("2016-05-01", "05/31/2016")),
    "a row twice": GOOD + ROW,
    "a firm written in two ways": GOOD + ROW.replace("甲,", "甲 ,").replace("1亿元", "１００００万"),
    "spellings of nothing": GOOD
    + "".join(
        f"空{place},杭州,支付,{word},,,\n"
        for place, word in enumerate(
            ["", "NaN", "nan", "N/A", "null", "NULL", "None", "-", "—", "未披露", "不详", "#N/A"]
        )
        if word != "#N/A"
    ),
    "a city elsewhere": GOOD + "戊,其他,支付,9亿元,,,\n",
    "a wider row whose last cells are empty": GOOD.replace(ROW, ROW.rstrip("\n") + ",,\n"),
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_what_is_odd_but_clear_gives_the_right_values(collect, values, content):
    found = collect({"firms.csv": content})
    assert values(found, "capital") == pytest.approx(EXPECTED, rel=1e-12)
    assert set(found.refused["expected"]) <= {"a row that is not there already"}


# rows that are refused, each with the column that says why; the others count
REFUSED = {
    "an unknown city": ("甲,杭洲,支付,1亿元,,,\n", "city"),
    "a city misspelt in English": ("甲,Hangzou,支付,1亿元,,,\n", "city"),
    "a city in another province": ("甲,湖北省杭州市,支付,1亿元,,,\n", "city"),
    "a code of no city": ("甲,999999,支付,1亿元,,,\n", "city"),
    "a total": ("合计,全国,支付,1亿元,,,\n", "city"),
    "no city": ("甲,,支付,1亿元,,,\n", "city"),
    "no name": (",杭州,支付,1亿元,,,\n", "name"),
    "an unknown class": ("甲,杭州,支付宝宝,1亿元,,,\n", "class"),
    "a negative amount": ("甲,杭州,支付,-1亿元,,,\n", "financing"),
    "a share for an amount": ("甲,杭州,支付,30%,,,\n", "financing"),
    "words for an amount": ("甲,杭州,支付,若干,,,\n", "financing"),
    "an amount with two meanings": ("甲,杭州,支付,1万2,,,\n", "financing"),
    "an amount with two decimal points": ("甲,杭州,支付,1.2.3亿,,,\n", "financing"),
    "an amount with odd separators": ('甲,杭州,支付,"1,23亿",,,\n', "financing"),
    "an amount with a blank in it": ("甲,杭州,支付,1 2亿,,,\n", "financing"),
    "an interval that falls": ("甲,杭州,支付,2亿-1亿,,,\n", "financing"),
    "an interval with two meanings": ("甲,杭州,支付,$1-2m,,,\n", "financing"),
    "an interval without a unit": ("甲,杭州,支付,5-12,,,\n", "financing"),
    "two currencies": ("甲,杭州,支付,1亿元,USD,,\n", "financing"),
    "a currency without a rate": ("甲,杭州,支付,1亿美元,,,2009-01\n", "financing"),
    "an unknown currency": ("甲,杭州,支付,1亿,两,,\n", "currency"),
    "a day that does not exist": ("甲,杭州,支付,1亿元,,,2017-02-30\n", "date"),
    "a month that does not exist": ("甲,杭州,支付,1亿元,,,2017.13\n", "date"),
    "a date with two meanings": ("甲,杭州,支付,1亿元,,,5/6/2017\n", "date"),
    "a year of two digits": ("甲,杭州,支付,1亿元,,,17-05-06\n", "date"),
    "a serial number for a date": ("甲,杭州,支付,1亿元,,,43007\n", "date"),
    "a date in the future": ("甲,杭州,支付,1亿元,,,2035-01-01\n", "date"),
    "a date before there were any": ("甲,杭州,支付,1亿元,,,0017-01-01\n", "date"),
    "a formula for a name": ("=A1,杭州,支付,1亿元,,,\n", "name"),
    "a formula for an amount": ("甲,杭州,支付,=SUM(D2:D9),,,\n", "financing"),
    "an error of a spreadsheet": ("甲,杭州,支付,#DIV/0!,,,\n", "financing"),
    "too few cells": ("甲,杭州,支付\n", ""),
    "too many cells": ("甲,杭州,支付,1亿元,,,,x\n", ""),
    "broken quotes": ('甲,杭州,"支付"x"y",1亿元,,,\n', ""),
    "a byte of another encoding": ("甲\xff,杭州,支付,1亿元,,,\n".encode("latin-1", "ignore"), ""),
}


@pytest.mark.parametrize("row, column", REFUSED.values(), ids=REFUSED)
def test_a_row_that_is_not_clear_is_refused_with_its_reason(collect, values, counted, row, column):
    row = row if isinstance(row, bytes) else row.encode()
    found = collect({"firms.csv": (HEAD + OTHERS).encode() + row + ROW.replace("甲", "己").encode()})
    assert values(found, "capital") == pytest.approx(EXPECTED)
    (refused,) = found.refused.to_dict("records")
    assert (refused["file"], refused["row"], refused["column"]) == ("data/user/firms.csv", 5, column)
    assert refused["expected"] and refused["remedy"]
    assert counted(found, "refused") == 1
    assert counted(found, "read") == counted(found, "kept") + 1


def test_semicolons_leave_a_comma_in_a_number_open_and_it_is_refused(collect):
    found = collect({"firms.csv": semicolons(HEAD + ROW + OTHERS) + "戊;杭州;支付;1,500亿;;;\n"})
    (refused,) = found.refused.to_dict("records")
    assert (refused["row"], refused["column"], refused["value"]) == (6, "financing", "1,500亿")


OTHER = {
    "questionnaires.csv": ("id,city,age,sex,weight,use\n", "1,杭州,30,男,1,是\n2,北京,30,女,1,否\n"),
    "population.csv": ("city,age,sex,people,year\n", "杭州,15-59,男,5,2018\n杭州,60+,男,5,2018\n"),
    "services.csv": ("city,platform,category,service,special\n", "深圳,微信,交通,地铁,否\n深圳,微信,医疗,挂号,是\n"),
    "companies.csv": ("code,city,sector,market value,date\n", "1,上海,金融,9亿,\n2,上海,软件,9亿,\n"),
    "yearbooks.csv": ("city,measure,year,value,unit\n", "杭州,gdp,2017,5,亿元\n北京,gdp,2017,6,亿元\n"),
    "rates.csv": ("currency,year,rate\n", "USD,2016,6.6\nHKD,2016,0.85\n"),
}
# a bad row in a file of each kind, and the column that says why
REFUSED_OTHERS = {
    "a negative weight": ("questionnaires.csv", "3,杭州,30,男,-1,是\n", "weight"),
    "an age beyond any": ("questionnaires.csv", "3,杭州,200,男,1,是\n", "age"),
    "an age of two meanings": ("questionnaires.csv", "3,杭州,3-,男,1,是\n", "age"),
    "an unknown sex": ("questionnaires.csv", "3,杭州,30,x,1,是\n", "sex"),
    "an answer that is none": ("questionnaires.csv", "3,杭州,30,男,1,也许\n", "use:use"),
    "a negative count": ("population.csv", "杭州,0-14,男,-5,2018\n", "people"),
    "a count that is money": ("population.csv", "杭州,0-14,男,5元,2018\n", "people"),
    "a year in the future": ("population.csv", "杭州,0-14,男,5,2035\n", "year"),
    "a mark that is neither yes nor no": ("services.csv", "深圳,微信,交通,公交,或\n", "special"),
    "a negative market value": ("companies.csv", "3,上海,金融,-9亿,\n", "market_value"),
    "an unknown sector": ("companies.csv", "3,上海,银杏,9亿,\n", "sector"),
    "a value of a future year": ("yearbooks.csv", "上海,gdp,2035,5,亿元\n", "year"),
    "a value in a count": ("yearbooks.csv", "上海,gdp,2017,5家,亿元\n", "gdp"),
    "a value of no unit": ("yearbooks.csv", "上海,gdp,2017,5,斤\n", "gdp"),
    "an error in a yearbook": ("yearbooks.csv", "上海,gdp,2017,#REF!,亿元\n", "gdp"),
    "a city of no yearbook": ("yearbooks.csv", "上梅,gdp,2017,5,亿元\n", "city"),
    "a rate of 0": ("rates.csv", "JPY,2016,0\n", "cny_per_unit"),
    "a rate of an unknown currency": ("rates.csv", "XAU,2016,9\n", "currency"),
}


@pytest.mark.parametrize("name, row, column", REFUSED_OTHERS.values(), ids=REFUSED_OTHERS)
def test_a_bad_row_of_every_kind_is_refused_with_its_reason(collect, name, row, column):
    head, good = OTHER[name]
    whole, found = collect({name: head + good}), collect({name: head + good + row})
    (refused,) = found.refused.to_dict("records")
    assert (refused["file"], refused["row"], refused["column"]) == (f"data/user/{name}", 4, column)
    assert refused["expected"] and refused["remedy"]
    assert found.panel.equals(whole.panel)


@pytest.mark.parametrize("lost", [1, 2, 4, 9])
def test_a_truncated_file_gives_its_whole_rows_and_refuses_the_last(collect, values, lost):
    # cut amid a character of the last cell, and before it
    whole = (
        HEAD.replace(",currency,round,date", "") + "甲,杭州,支付,2亿\n乙,北京,支付,3亿\n丙,上海,支付,6千万"
    ).encode()
    found = collect({"firms.csv": whole[:-lost]})
    assert values(found, "capital") == {"杭州": 2.0, "北京": 3.0}
    assert found.refused["row"].tolist() == [4]


def picture():
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + bytes(range(256)) * 20


# files that cannot be read at all: what the one error says of row and column
BROKEN = {
    "empty": (b"", None, None),
    "blank lines alone": (b"\n\n,,,\n", None, None),
    "headings alone": (HEAD, None, None),
    "no headings": (ROW + OTHERS, 1, "name"),
    "a required column missing": ("name,city,class\n甲,杭州,支付\n", 1, "financing"),
    "a heading misspelt": (GOOD.replace("financing", "finansing"), 1, "financing"),
    "a heading twice": (GOOD.replace("round", "city"), 1, "city"),
    "a picture": (picture(), None, None),
    "a workbook under another name": (b"PK\x03\x04" + bytes(100), None, None),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + bytes(100), None, None),
    "a PDF": (b"%PDF-1.7\n" + bytes(100), None, None),
    "bytes 0": (GOOD.encode() + b"\0\n", None, None),
    "random bytes": (bytes((i * 7919 + i // 13) % 255 + 1 for i in range(5000)), None, None),
    "a quote that never ends": (GOOD.replace("乙", '"乙', 1), 3, None),
    "another delimiter": (GOOD.replace(",", "，"), 1, "name"),
    "most rows refused": (HEAD + "甲,Nowhere,支付,1亿元,,,\n" * 3 + ROW, None, None),
}


@pytest.mark.parametrize("content, row, column", BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_read_is_named_with_its_place(problems, content, row, column):
    found = problems({"firms.csv": content})
    assert {problem.file for problem in found} == {"data/user/firms.csv"}
    assert any((problem.row, problem.column) == (row, column) for problem in found), found


def test_all_files_that_cannot_be_read_are_named_together(problems):
    found = problems({"firms.csv": b"", "services.csv": "a,b\n1,2\n", "companies.csv": GOOD, "yearbooks.csv": "a\nb\n"})
    assert {problem.file.split("/")[-1] for problem in found} == {
        "firms.csv",
        "services.csv",
        "companies.csv",
        "yearbooks.csv",
    }


@pytest.mark.parametrize(
    "name, expected",
    [
        ("firm.csv", "firms.csv"),
        ("data.csv", "take it out"),
        ("firms.xls", "save it anew as .xlsx"),
        ("firms.txt", "save it as one of these"),
        ("firms 2018.csv", "firms-2018.csv"),
        ("firms-2031.csv", "a later year"),
    ],
)
def test_a_file_of_no_known_name_is_named_with_what_to_do(problems, name, expected):
    (problem,) = problems({name: GOOD})
    assert problem.file == f"data/user/{name}" and expected in problem.remedy


def test_files_that_are_no_data_are_left_alone(collect, values):
    found = collect(
        {"firms.csv": GOOD, "README.md": "x", ".hidden.csv": "x", "~$firms.xlsx": "x", "企业-2017.csv": GOOD}
    )
    assert values(found, "capital") == values(found, "capital", 2017) == pytest.approx(EXPECTED)


# --- workbooks --------------------------------------------------------------------------------------------
TABLE = [line.split(",") for line in GOOD.splitlines()]


def test_a_workbook_gives_what_the_text_gives(collect, values, sheet):
    found = collect({"firms.xlsx": sheet(TABLE)})
    assert values(found, "capital") == pytest.approx(EXPECTED)


@pytest.mark.parametrize("size", ["", '<dimension ref="A1:C2"/>'])
def test_a_large_workbook_is_read_whole_whatever_size_its_sheet_states(collect, values, sheet, size):
    def save(path):
        sheet([[cell or None for cell in row] for row in TABLE])(path)
        with zipfile.ZipFile(path) as whole:
            parts = {name: whole.read(name) for name in whole.namelist()}
        with zipfile.ZipFile(path, "w") as file:
            for name, part in parts.items():
                stated = re.search(rb"<dimension[^>]*>", part) if "worksheets" in name else None
                file.writestr(name, part.replace(stated[0], size.encode()) if stated else part)

    assert values(collect({"firms.xlsx": save}), "capital") == pytest.approx(EXPECTED)


def test_titles_merged_headings_and_another_sheet_are_passed_over(collect, values, counted, sheet):
    rows = [["金融科技企业名单"], ["企业", None, None, "融资", None, None, None], *TABLE]
    other = {"说明": [["本表为内部资料"]]}
    found = collect({"firms.xlsx": sheet(rows, merged=["A1:G1", "A2:C2", "D2:G2"], more=other)})
    assert values(found, "capital") == pytest.approx(EXPECTED)
    assert counted(found, "sheet not read", detail="说明") == 1


def test_a_heading_merged_over_two_rows_is_read(collect, values, sheet):
    top = ["企业名称", "城市", "类别", "融资情况", None, None, None]
    below = [None, None, None, "融资额", "币种", "轮次", "融资日期"]
    found = collect({"firms.xlsx": sheet([top, below, *TABLE[1:]], merged=["A1:A2", "B1:B2", "C1:C2", "D1:G1"])})
    assert values(found, "capital") == pytest.approx(EXPECTED)


def test_numbers_and_dates_of_a_workbook_are_read_as_they_are(collect, values, sheet):
    import datetime

    rows = [["name", "city", "class", "financing", "date"]]
    rows += [["甲", 330100, "支付", 100_000_000, datetime.datetime(2017, 5, 1)]]
    rows += [["乙", "杭州", "支付", 2e8, datetime.date(2016, 5, 1)], ["丙", "北京", "支付", 3e8, None]]
    rows += [["丁", "上海", "网贷", 60_000_000.0, 2017]]
    found = collect({"firms.xlsx": sheet(rows)})
    assert values(found, "capital") == pytest.approx(EXPECTED)


def test_a_formula_without_a_stored_value_is_refused_by_its_text(collect, values, sheet):
    rows = [*TABLE, ["戊", "杭州", "支付", "=D2*2", None, None, None]]
    found = collect({"firms.xlsx": sheet(rows)})
    assert values(found, "capital") == pytest.approx(EXPECTED)
    (refused,) = found.refused.to_dict("records")
    assert (refused["row"], refused["column"], refused["value"]) == (6, "financing", "=D2*2")
    assert "formula" in refused["expected"]


@pytest.mark.parametrize("cut", [0, 100, 2000, -200])
def test_a_truncated_workbook_is_named(problems, sheet, tmp_path, cut):
    sheet(TABLE)(tmp_path / "whole.xlsx")
    (problem,) = problems({"firms.xlsx": (tmp_path / "whole.xlsx").read_bytes()[:cut]})
    assert problem.expected == "a workbook (.xlsx)"


def test_a_packed_file_that_is_no_workbook_is_named(problems):
    def save(path):
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("a.txt", "x")

    (problem,) = problems({"firms.xlsx": save})
    assert problem.expected == "a workbook (.xlsx)"


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread(problems, sheet, monkeypatch):
    monkeypatch.setattr("fhi.reading.spreadsheets.UNPACKED", 1000)
    (problem,) = problems({"firms.xlsx": sheet(TABLE)})
    assert "when unpacked" in problem.value


def test_a_workbook_without_anything_in_it_is_named(problems, sheet):
    (problem,) = problems({"firms.xlsx": sheet([])})
    assert problem.expected == "a sheet with headings"


# --- large ones -------------------------------------------------------------------------------------------
def test_a_line_of_200_megabytes_is_refused_in_a_moment_and_little_memory(folder, problems):
    def save(path):
        with path.open("wb") as file:
            file.write(HEAD.encode() + ROW.encode())
            for _ in range(200):
                file.write(b"x" * 1_000_000)

    folder({"firms.csv": save})
    tracemalloc.start()
    started = time.process_time()
    (problem,) = problems({"firms.csv": lambda path: None})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problem.row == 3 and "bytes" in problem.expected
    assert peak < 60e6
    assert time.process_time() - started < 10


@pytest.mark.slow
def test_a_column_of_a_hundred_thousand_different_amounts_is_read(collect, values):
    rows = "".join(f"企业{place},杭州,支付,{place}.5万元,,,\n" for place in range(100_000))
    found = collect({"firms.csv": HEAD + rows})
    # those of 50 million and more: 5000.5 to 99999.5 万
    expected = sum(place + 0.5 for place in range(5000, 100_000)) / 1e4
    assert values(found, "capital")["杭州"] == pytest.approx(expected)
    assert values(found, "firm_count") == {"杭州": 95_000}


@pytest.mark.slow
def test_a_bad_row_far_down_is_found_where_it_stands(collect):
    rows = "".join(f"企业{place},杭州,支付,1万元,,,\n" for place in range(150_000))
    found = collect({"firms.csv": HEAD + rows + "坏,杭洲,支付,1万元,,,\n" + rows.replace("企业", "公司")})
    assert found.refused["row"].tolist() == [150_002]


def test_a_file_that_is_mostly_refused_is_given_up_early(problems):
    rows = "".join(f"企业{place},Nowhere,支付,1万元,,,\n" for place in range(200_000))
    found = problems({"firms.csv": HEAD + rows})
    assert len(found) <= 21 and not math.isnan(found[1].row)
