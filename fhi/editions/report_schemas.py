"""What each table transcribed from the report must look like; the key of each is its schema's ``unique``."""

from __future__ import annotations

import pandera.pandas as pa

from fhi.reading.csv_tables import (
    CITIES,
    NOTE,
    city,
    column,
    date,
    integer,
    node,
    number,
    of_report,
    one_of,
    quantity,
    rank,
    schema,
    text,
)

TIERS = ("national", "regional", "distinctive")
PILLARS = ("industry", "experience", "ecosystem")
#: classes of which only leading cities have a printed share
PARTIAL = ("cloud", "blockchain")
#: kinds of what pages say beside their numbers
STATEMENTS = ("title", "finding", "argument", "definition", "aim", "condition", "direction", "epithet", "service")
STATEMENTS += ("viewpoint", "step", "role", "scope", "plan")


def statements(description: str) -> pa.DataFrameSchema:
    return of_report(
        ["page", "city", "node", "measure_en"],
        description,
        city=city(nullable=True),
        node=node(),
        measure_zh=text("what is measured, in Chinese"),
        measure_en=text("what is measured, in English"),
        printed=quantity("the number"),
        unit=text("unit of the parsed value; rank: a place, 1 is best"),
        note=NOTE,
    )


def firms(description: str, **columns: pa.Column) -> pa.DataFrameSchema:
    return of_report(
        ["city", "founded"],
        description,
        city=city("city of registration"),
        name_zh=text("name of the firm where the report's text prints it (others are logos)", nullable=True),
        name_en=text("name in English", nullable=True),
        founded=date("month or year of founding"),
        shareholders_zh=text("main shareholders, as printed", nullable=True),
        shareholders_en=text("main shareholders, our translation", nullable=True),
        **columns,
        model_zh=text("business model in Chinese, in our words"),
        model_en=text("business model in English"),
        driver_zh=text("what drives the business, in Chinese, in our words"),
        driver_en=text("what drives the business, in English"),
    )


REPORT: dict[str, pa.DataFrameSchema] = {
    "report2018/top20": of_report(
        ["city"],
        "the TOP20 table: overall rank, change from 2017, pillar ranks",
        tier=text("tier heading", one_of(*TIERS)),
        city=city(),
        rank=rank("overall rank 2018"),
        change=column(str, "change", "change from the overall rank of 2017, as printed"),
        industry_rank=rank("rank of the industry pillar"),
        experience_rank=rank("rank of the experience pillar; 南京 and 青岛 tie", ties=True),
        ecosystem_rank=rank("rank of the ecosystem pillar"),
    ),
    "report2018/tiers": of_report(
        ["tier"],
        "the tiers and their mean scores",
        tier=text("tier", one_of(*TIERS)),
        name_zh=text("name in Chinese"),
        name_en=text("name in English"),
        mean=quantity("mean score of the tier's cities"),
    ),
    "report2018/movers": of_report(
        ["pillar", "city"],
        "the cities each pillar page names for their rise",
        pillar=text("pillar", one_of(*PILLARS)),
        city=city(),
        change=integer("places gained since 2017", 1, CITIES - 1),
    ),
    "report2018/adoption": of_report(
        ["city"],
        "adoption rates; the page does not say how they were found",
        city=city(),
        rate=number("share of fintech users, per cent", 0, 100),
        note=text("how the row was read off the graphic"),
    ),
    "report2018/attention": of_report(
        ["city"],
        "search attention",
        city=city(),
        rank=rank("rank of search attention, from the order of the tiles"),
        note=text("how the row was read off the graphic"),
    ),
    "report2018/banks": firms("the internet banks of the nation", loans=quantity("cumulative loans, CNY")),
    "report2018/insurers": firms("the internet insurers of the nation", premiums=quantity("earned premiums, CNY")),
    "report2018/brokers": firms("the internet brokers of the nation"),
    "report2018/exchanges": of_report(
        ["city"],
        "the 8 national exchanges by city",
        city=city(),
        count=integer("national exchanges in the city", 0, 8),
        evidence=text("published, or derived from the printed total", one_of("published", "derived")),
        note=NOTE,
    ),
    "report2018/contributions": of_report(
        ["class", "city"],
        "contribution of a city to the nation's cloud computing and blockchain",
        **{"class": text("class", one_of(*PARTIAL))},
        city=city(),
        share=quantity("share of the nation, per cent"),
    ),
    "report2018/share_sums": of_report(
        ["page", "class", "kind", "cities"],
        "printed sums and orders of shares of the nation, which bound the shares that are not printed",
        **{
            "class": text("class of national_shares.csv", one_of("loans", "premiums", "brokers", "exchanges", *PARTIAL))
        },
        kind=text(
            "sum: of the cities; order: the first cities of the nation, from the first on; first: sum of the first "
            "cities of the nation, all named but the last",
            one_of("sum", "order", "first"),
        ),
        cities=text("cities, joined by |"),
        printed=column(str, "quantity", "per cent, as printed; empty for an order", nullable=True),
        note=NOTE,
    ),
    "report2018/leaders": of_report(
        ["page", "list", "position"],
        "ordered lists of leading cities",
        list=text("name of the list on its page"),
        node=node(),
        position=integer("place in the list, 1 first", 1, CITIES),
        city=city(),
        note=NOTE,
    ),
    "report2018/financing_top20": of_report(
        ["city"],
        "the twenty best-financed firms by city (19 are printed)",
        city=city(),
        firms=integer("firms among the twenty", 1, 20),
    ),
    "report2018/named_firms": of_report(
        ["page", "name_zh"],
        "the firms and exchanges that the report's text names as those of a city (others are logos)",
        city=city("city of the firm"),
        basis=text(
            "printed: the page names the city; public: the city is public knowledge", one_of("printed", "public")
        ),
        node=node(nullable=False),
        name_zh=text("name in Chinese, as printed"),
        name_en=text("name in English"),
        note=NOTE,
    ),
    "report2018/quoted_institutions": of_report(
        ["name_zh"],
        "the traditional institutions whose heads are quoted, with what they said in indirect speech",
        name_zh=text("name in Chinese, as printed"),
        name_en=text("name in English"),
        kind=text("kind of institution", one_of("bank", "securities", "group")),
        city=city("city of the seat"),
        office_zh=text("office of the speaker in Chinese, as printed"),
        office_en=text("office of the speaker in English"),
        speaker_zh=text("name of the speaker in Chinese"),
        speaker_en=text("name of the speaker in English"),
        said_zh=text("what the speaker said, in our words, in Chinese"),
        said_en=text("what the speaker said, in our words, in English"),
        note=NOTE,
    ),
    "report2018/services": of_report(
        ["city", "kind"],
        "city services on WeChat and Alipay",
        city=city(),
        kind=text("total, or special to the city", one_of("total", "special")),
        count=integer("services", 0, 10_000),
    ),
    "report2018/city_profiles": statements("numbers and ranks of the six city profiles (p6-8)"),
    "report2018/experience_facts": statements("numbers of the experience part (p20-26)"),
    "report2018/innovation": statements("numbers of the innovation cards (p31)"),
    "report2018/headlines": statements("national numbers, and single numbers outside the profiles"),
    "report2018/coverage": statements("what the edition covers (p39)"),
    "report2018/callouts": of_report(
        ["page", "statement_zh"],
        "statements that figures show and that carry no number",
        city=city(nullable=True),
        node=node(),
        statement_zh=text("statement in Chinese, in our words"),
        statement_en=text("statement in English, in our words"),
        note=NOTE,
    ),
    "report2018/procedures": of_report(
        ["procedure", "step"],
        "the steps of the FCA's sandbox (p35) and of the index (p39), in our words",
        procedure=text("procedure", one_of("sandbox", "index")),
        step=integer("place of the step, 1 first", 1, 20),
        actor=text("who acts", one_of("firm", "regulator", "both"), nullable=True),
        **{
            f"{name}_{tongue}": text(f"{meaning}, in {language}", nullable=name != "title")
            for name, meaning in (
                ("title", "step"),
                ("detail", "what it takes in"),
                ("undisclosed", "what stays undisclosed"),
            )
            for tongue, language in (("zh", "Chinese"), ("en", "English"))
        },
    ),
    "report2018/institutes": of_report(
        ["founded"],
        "special research institutes",
        city=city(),
        founded=date("month of founding"),
        name=text("name where the report's text prints it (others are logos)", nullable=True),
        name_en=text("name in English", nullable=True),
        activities_zh=text("activities in Chinese, in our words"),
        activities_en=text("activities in English, in our words"),
    ),
    "report2018/institute_activities": of_report(
        ["city", "founded", "position"],
        "what each of the five institutes does, three things each, in our words",
        city=city(),
        founded=date("month of founding, as in institutes.csv"),
        position=integer("place in the list of the page", 1, 9),
        activity_zh=text("activity in Chinese"),
        activity_en=text("activity in English"),
    ),
    "report2018/people": of_report(
        ["position"],
        "the people that the acknowledgements name",
        position=integer("place on the page", 1, 99),
        name_zh=text("name in Chinese"),
        name_en=text("name in English"),
        role_zh=text("role in Chinese"),
        role_en=text("role in English"),
    ),
    "report2018/organisations": of_report(
        ["name_zh"],
        "who published, supported and supplied the report; no telephone number, address, e-mail or contact person",
        role=text("what it did for the report", one_of("publisher", "support", "data")),
        name_zh=text("name in Chinese"),
        name_en=text("name in English"),
        about_zh=text("what the report says of it, in Chinese"),
        about_en=text("what the report says of it, in English"),
        website=text("site that the report names", nullable=True),
    ),
    "report2018/statements": of_report(
        ["page", "position"],
        "what the pages say beside their numbers: findings, arguments, names and definitions, in our words",
        position=integer("place on the page", 1, 99),
        kind=text("kind of statement", one_of(*STATEMENTS)),
        city=city("city that it is about", nullable=True),
        node=node("node of framework.csv that it bears on"),
        statement_zh=text("statement in Chinese, in our words"),
        statement_en=text("statement in English, in our words"),
        basis=text("where it was read", one_of("text", "graphic")),
        note=NOTE,
    ),
    "report2018/report_coverage": of_report(
        ["page", "position"],
        "every statement of the 43 pages, and where it is told or why not",
        position=integer("place on the page", 1, 99),
        subject_zh=text("what is stated, in Chinese"),
        subject_en=text("what is stated, in English"),
        basis=text("where it was read", one_of("text", "graphic")),
        told=text("yes, partly or no", one_of("yes", "partly", "no")),
        places=text("where it is told: tables, and ids of findings.csv, joined by |", nullable=True),
        why_zh=text("why it is not told in full, in Chinese", nullable=True),
        why_en=text("why it is not told in full, in English", nullable=True),
    ),
    "report2018/policies": of_report(
        ["city", "title_zh"],
        "policy instruments by city",
        city=city(),
        kind=text("body: an institution founded; rule: a document issued", one_of("body", "rule")),
        title_zh=text("title in Chinese, as printed"),
        title_en=text("title in English, our translation"),
        note=NOTE,
    ),
    "report2018/sandboxes": of_report(
        ["city", "date"],
        "steps of the regulatory sandboxes",
        city=city(),
        date=date("day or month"),
        event_zh=text("step in Chinese, in our words"),
        event_en=text("step in English, in our words"),
        products=quantity("products in test", nullable=True),
        note=NOTE,
    ),
    "report2018/claims": of_report(
        ["id"],
        "numbers and orders that the report prints, to be checked against other cells",
        id=text("stable id of the claim"),
        subject_zh=text("what is claimed, in Chinese, in our words"),
        subject_en=text("what is claimed, in English"),
        printed=text("number or order as printed; an order joins its names by 、"),
        unit=text("unit of the number; order or set of names, date, version", nullable=True),
        tolerance=number("half the last printed digit; 0 for counts and names", 0),
        check=text(
            "recompute: from the expression; constraint: a fact of the identified set; none: not recomputable",
            one_of("recompute", "constraint", "none"),
        ),
        expression=text("to recompute it from other cells, in the language of docs/claims.md", nullable=True),
        fact=text("for a constraint: id or group of the rows of facts.csv that state it", nullable=True),
        needed_zh=text("what recomputing would need, in Chinese", nullable=True),
        needed_en=text("what recomputing would need, in English", nullable=True),
        note_zh=text("other readings, in Chinese", nullable=True),
        note_en=text("other readings, in English", nullable=True),
    ),
    "report2018/enumerations": of_report(
        ["list", "position"],
        "short lists that a page prints in full, to be counted",
        list=text("name of the list"),
        position=integer("place in the list, 1 first", 1, 99),
        printed_number=integer("number that the page prints before the item", 1, 99, nullable=True),
        name_zh=text("item in Chinese"),
        name_en=text("item in English"),
    ),
    "report2018/facts": of_report(
        ["id"],
        "the published facts that bound the hidden scores and weights, one constraint a row",
        id=text("stable id of the fact"),
        group=text("group in which facts are added", one_of("ranks", "means", "adoption", "attention", "leaders")),
        kind=text(
            "order: subjects from best to worst; leaders: an order with no other city above its last; "
            "tie: equal within the tolerance; mean: of the subjects' scores; value: known value of an indicator",
            one_of("order", "leaders", "tie", "mean", "value"),
        ),
        subjects=text("cities, joined by |"),
        node=node("node of framework.csv that the fact is about", nullable=False),
        value=quantity("printed number; the least gap of an order", nullable=True),
        tolerance=number("half the last printed digit, or the width of a tie", 0),
        basis=text(
            "text: printed in words or in a table; graphic: an order read off a graphic; "
            "wording: words read as an indicator of the tree, or two statements taken together",
            one_of("text", "graphic", "wording"),
        ),
        note=NOTE,
    ),
    "report2018/orders": of_report(
        ["id"],
        "printed orders and first places of a node that bound no score and so are not in facts.csv",
        id=text("stable id of the order"),
        kind=text(
            "order: subjects from best to worst; leaders: an order with no other city above its last; tie: level",
            one_of("order", "leaders", "tie"),
        ),
        subjects=text("cities, joined as in facts.csv; = between those named together"),
        node=node("node of framework.csv that the order is of", nullable=False),
        tolerance=number("how far level values may differ", 0),
        note=NOTE,
    ),
    "report2018/order_notes": schema(
        ["fact"],
        "why a printed order does not come out of the reconstructed index: our judgement, one row an order",
        fact=text("id of the order in facts.csv or orders.csv"),
        why=text("reason", one_of("proxy", "unprinted share", "coverage", "definition", "tie")),
        note_zh=text("explanation in Chinese"),
        note_en=text("explanation in English"),
    ),
}
