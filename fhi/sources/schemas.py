"""What each raw table must look like: one pandera schema a file, with the meaning of every column.

A column's ``metadata["kind"]`` says how its printed text is parsed (see `fhi.sources.reading.PARSERS`);
its description is the data dictionary of ``data/raw/README.md``. The schema's ``unique`` is its key.
"""

from __future__ import annotations

import pandera.pandas as pa

TIERS = ("national", "regional", "distinctive")
PILLARS = ("industry", "experience", "ecosystem")
CITIES = 20


def _column(dtype, kind: str, description: str, *checks: pa.Check, nullable=False, unique=False) -> pa.Column:
    return pa.Column(
        dtype, list(checks), nullable=nullable, unique=unique, description=description, metadata={"kind": kind}
    )


def _check(function, expected: str, remedy: str, **options) -> pa.Check:
    return pa.Check(function, error=f"{expected}|{remedy}", **options)


def _between(low: float, high: float, what: str) -> pa.Check:
    return _check(lambda value: low <= value <= high, f"{what} from {low} to {high}", "correct it", element_wise=True)


def _one_of(*values: object) -> pa.Check:
    names = ", ".join(map(str, values))
    return _check(lambda value: value in values, f"one of {names}", "use one of these names", element_wise=True)


def _competition(ranks) -> object:
    """True where a rank equals one plus the number of better ranks (1, 2, 2, 4)."""
    return ranks == ranks.rank(method="min").astype(int)


def text(description: str, *checks: pa.Check, nullable=False, unique=False) -> pa.Column:
    return _column(str, "text", description, *checks, nullable=nullable, unique=unique)


def city(description="city, a name_zh of cities.csv", *, nullable=False, unique=False) -> pa.Column:
    return _column(str, "city", description, nullable=nullable, unique=unique)


def node(nullable=True) -> pa.Column:
    return _column(str, "node", "node of framework.csv that the number bears on", nullable=nullable)


def integer(description: str, low: int, high: int, *checks: pa.Check, nullable=False, unique=False) -> pa.Column:
    dtype = float if nullable else int
    checks = (_between(low, high, "a whole number"), *checks)
    return _column(dtype, "integer", description, *checks, nullable=nullable, unique=unique)


def number(description: str, low=float("-inf"), high=float("inf")) -> pa.Column:
    return _column(float, "number", description, _between(low, high, "a number"))


def quantity(description: str, nullable=False) -> pa.Column:
    return _column(str, "quantity", f"{description}, as printed", nullable=nullable)


def date(description: str) -> pa.Column:
    return _column(str, "date", f"{description}, as printed")


def rank(description: str, *, ties=False) -> pa.Column:
    standing = _check(_competition, "ranks without a gap (1, 2, 2, 4)", "compare the column with the page")
    return integer(description, 1, CITIES, standing, unique=not ties)


def page() -> pa.Column:
    return integer("page of the report (printed from 9 to 39, counted elsewhere)", 1, 43)


def _schema(key: list[str], description: str, **columns: pa.Column) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, unique=key, strict=True, description=description)


def _of_report(key: list[str], description: str, **columns: pa.Column) -> pa.DataFrameSchema:
    return _schema(key, description, page=page(), **columns)


def _statements(description: str) -> pa.DataFrameSchema:
    return _of_report(
        ["page", "city", "node", "measure_en"],
        description,
        city=city(nullable=True),
        node=node(),
        measure_zh=text("what is measured, in Chinese"),
        measure_en=text("what is measured, in English"),
        printed=quantity("the number"),
        unit=text("unit of the parsed value; rank: a place, 1 is best"),
        note=text("reading of the page, where it is not plain", nullable=True),
    )


def _firms(description: str, **columns: pa.Column) -> pa.DataFrameSchema:
    return _of_report(
        ["city", "founded"],
        description,
        city=city("city of registration"),
        name_zh=text("name of the firm where the report's text prints it (others are logos)", nullable=True),
        name_en=text("name in English", nullable=True),
        founded=date("month or year of founding"),
        shareholders_zh=text("main shareholders, as printed", nullable=True),
        shareholders_en=text("main shareholders, our translation", nullable=True),
        **columns,
    )


NOTE = text("reading of the page, where it is not plain", nullable=True)

SCHEMAS: dict[str, pa.DataFrameSchema] = {
    "framework": _schema(
        ["code"],
        "the indicator tree (p38); weights and constructions are this project's",
        level=integer("0 the root, 1 pillar, 2 sub-pillar, 3 indicator", 0, 9),
        code=text("short stable name of the node"),
        parent=text("code of the parent; empty for the root", nullable=True),
        direction=_column(int, "integer", "1: more is better, -1: less is better", _one_of(1, -1)),
        weight=number("raw weight, rescaled inside each parent", 0),
        unit=text("unit of the indicator as constructed", nullable=True),
        name_zh=text("name in Chinese"),
        name_en=text("name in English"),
        definition_zh=text("what it measures, in Chinese", nullable=True),
        definition_en=text("what it measures, in English", nullable=True),
        construction=text("columns and rule it is constructed by", nullable=True),
    ),
    "cities": _schema(
        ["name_zh"],
        "the cities: 36 mainland cities of the classes of p39, with 香港, 澳门 and 台北",
        code_gbt2260=integer("GB/T 2260 code", 110000, 829999, unique=True),
        name_zh=text("name in Chinese, the key of every table"),
        name_en=text("name in English", unique=True),
        province_zh=text("province in Chinese"),
        province_en=text("province in English"),
        admin_class=text("administrative class"),
        lon=number("longitude, WGS 84, degrees", 73, 136),
        lat=number("latitude, WGS 84, degrees", 3, 54),
        in_top20=integer("1 if the report prints the city among its 20", 0, 1),
    ),
    "report2018/top20": _of_report(
        ["city"],
        "the TOP20 table: overall rank, change from 2017, pillar ranks",
        tier=text("tier heading", _one_of(*TIERS)),
        city=city(),
        rank=rank("overall rank 2018"),
        change=_column(str, "change", "change from the overall rank of 2017, as printed"),
        industry_rank=rank("rank of the industry pillar"),
        experience_rank=rank("rank of the experience pillar; 南京 and 青岛 tie", ties=True),
        ecosystem_rank=rank("rank of the ecosystem pillar"),
    ),
    "report2018/tiers": _of_report(
        ["tier"],
        "the tiers and their mean scores",
        tier=text("tier", _one_of(*TIERS)),
        name_zh=text("name in Chinese"),
        name_en=text("name in English"),
        mean=quantity("mean score of the tier's cities"),
    ),
    "report2018/movers": _of_report(
        ["pillar", "city"],
        "the cities each pillar page names for their rise",
        pillar=text("pillar", _one_of(*PILLARS)),
        city=city(),
        change=integer("places gained since 2017", 1, CITIES - 1),
    ),
    "report2018/adoption": _of_report(
        ["city"], "adoption rates", city=city(), rate=number("share of fintech users, per cent", 0, 100)
    ),
    "report2018/attention": _of_report(
        ["city"], "search attention", city=city(), rank=rank("rank of search attention, from the order of the tiles")
    ),
    "report2018/banks": _firms("the internet banks of the nation", loans=quantity("cumulative loans, CNY")),
    "report2018/insurers": _firms("the internet insurers of the nation", premiums=quantity("earned premiums, CNY")),
    "report2018/brokers": _firms("the internet brokers of the nation"),
    "report2018/exchanges": _of_report(
        ["city"],
        "the 8 national exchanges by city",
        city=city(),
        count=integer("national exchanges in the city", 0, 8),
        evidence=text("published, or derived from the printed total", _one_of("published", "derived")),
        note=NOTE,
    ),
    "report2018/contributions": _of_report(
        ["class", "city"],
        "contribution of a city to the nation's cloud computing and blockchain",
        **{"class": text("class", _one_of("cloud", "blockchain"))},
        city=city(),
        share=quantity("share of the nation, per cent"),
    ),
    "report2018/leaders": _of_report(
        ["page", "list", "position"],
        "ordered lists of leading cities",
        list=text("name of the list on its page"),
        node=node(),
        position=integer("place in the list, 1 first", 1, CITIES),
        city=city(),
        note=NOTE,
    ),
    "report2018/financing_top20": _of_report(
        ["city"],
        "the twenty best-financed firms by city (19 are printed)",
        city=city(),
        firms=integer("firms among the twenty", 1, 20),
    ),
    "report2018/services": _of_report(
        ["city", "kind"],
        "city services on WeChat and Alipay",
        city=city(),
        kind=text("total, or special to the city", _one_of("total", "special")),
        count=integer("services", 0, 10_000),
    ),
    "report2018/city_profiles": _statements("numbers and ranks of the six city profiles (p6-8)"),
    "report2018/experience_facts": _statements("numbers of the experience part (p20-26)"),
    "report2018/innovation": _statements("numbers of the innovation cards (p31)"),
    "report2018/headlines": _statements("national numbers (p10-21, p38)"),
    "report2018/coverage": _statements("what the edition covers (p39)"),
    "report2018/institutes": _of_report(
        ["founded"],
        "special research institutes",
        city=city(),
        founded=date("month of founding"),
        name=text("name where the report's text prints it (others are logos)", nullable=True),
        activities_zh=text("activities in Chinese, in our words"),
        activities_en=text("activities in English, in our words"),
    ),
    "report2018/policies": _of_report(
        ["city", "title_zh"],
        "policy instruments of four cities",
        city=city(),
        kind=text("body: an institution founded; rule: a document issued", _one_of("body", "rule")),
        title_zh=text("title in Chinese, as printed"),
        title_en=text("title in English, our translation"),
        note=NOTE,
    ),
    "report2018/sandboxes": _of_report(
        ["city", "date"],
        "steps of the regulatory sandboxes",
        city=city(),
        date=date("day or month"),
        event_zh=text("step in Chinese, in our words"),
        event_en=text("step in English, in our words"),
        products=quantity("products in test", nullable=True),
        note=NOTE,
    ),
    "public/public_indicators": _schema(
        ["city", "year", "indicator"],
        "public figures by city",
        city=city(),
        year=integer("year of the figure", 1990, 2030),
        indicator=text("measure"),
        value=number("value"),
        unit=text("unit"),
        source=text("publisher and dataset"),
        confidence=text("confidence of the transcription", _one_of("high", "medium", "low")),
        note=text("remark", nullable=True),
    ),
    "public/exchange_rates": _schema(
        ["currency", "year", "kind"],
        "exchange rates",
        currency=text("currency code"),
        year=integer("year", 1990, 2030),
        kind=text("annual average or end of year"),
        cny_per_unit=number("CNY for one unit of the currency", 0),
        source=text("publisher and document"),
        confidence=text("confidence of the transcription", _one_of("high", "medium", "low")),
    ),
    "public/universities": _schema(
        ["name"],
        "the Double First-Class universities of 2017",
        name=text("name in Chinese"),
        city=text("city of the main campus (any city of the nation)"),
        class_2017=text("class of the 2017 list", _one_of("一流大学", "一流学科")),
    ),
    "public/external_rankings": _schema(
        ["ranking", "year", "city"],
        "other published rankings, for external validity only",
        ranking=text("name of the ranking"),
        year=integer("year", 1990, 2030),
        city=text("city (any city)"),
        value=number("place or score", 0),
        unit=text("unit"),
    ),
    "sources": _schema(
        ["file"],
        "one row a raw file: where it comes from and what it must be",
        source_id=text("name of the file in panel.csv", unique=True),
        file=text("path under data/raw"),
        citation=text("what to cite"),
        publisher=text("publisher"),
        date=text("date of publication or of the state of the data"),
        licence=text("terms of use"),
        sha256=text(
            "checksum of the file",
            _check(lambda v: len(v) == 64, "64 hexadecimal digits", "run make checksums", element_wise=True),
        ),
    ),
}
