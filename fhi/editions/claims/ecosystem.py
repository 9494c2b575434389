"""Claims of part four, the ecosystem (p28-36)."""

from __future__ import annotations

from fhi.editions.claims.lookup import PUBLISHED, REPORT, between, by_city, enumerated, listed, place, stated
from fhi.editions.claims.registry import FEW, Found, Tables, claim, names
from fhi.reading.parsing import parse_quantity

RESEARCH = "R&D expenditure over GDP in 2017"
PATENTS = "invention patents per 10 000 people in 2017"


@claim("p30-title")
def cities_of_both_panels(tables: Tables) -> Found:
    """The cities of the two panels (p30): a title names those of both, and may name those of one."""
    first, second = (listed(tables, 30, f"{name}_panel") for name in ("first", "second"))
    either = list(dict.fromkeys(first + second))

    def accepts(printed: str) -> bool:
        return set(first) & set(second) <= set(printed.split("、")) <= set(either)

    return Found(names(either), accepts=accepts)


@claim("p31-rd-beijing-first", "北京", RESEARCH)
@claim("p31-patents-beijing-first", "北京", PATENTS)
def place_among_cards(tables: Tables, city: str, measure: str) -> Found:
    """Place of a city among the cards that print the measure (p31)."""
    return place(stated(tables, "innovation", measure), city)


@claim("p31-spaces-first")
def place_by_makerspaces(tables: Tables) -> Found:
    """Place of 北京 against 深圳, whose count follows from the printed multiple (p31): one rival."""
    multiple = stated(tables, "innovation", "national makerspaces as a multiple of those of Shenzhen")["北京"]
    return Found(1 if multiple > 1 else 2, partial=FEW > 1)


@claim("p31-spaces-multiple")
def multiple_of_a_whole_number(tables: Tables) -> Found:
    """What the makerspaces of 北京 (p31) can be as a multiple of a whole number in 深圳."""
    spaces = int(stated(tables, "innovation", "national makerspaces")["北京"])

    def accepts(printed: str) -> bool:
        multiple = parse_quantity(printed).value
        return any(round(spaces / other, 2) == multiple for other in range(1, spaces + 1))

    return Found(f"{spaces}/n", accepts=accepts)


@claim("p31-guangzhou-hightech")
def part_of_the_technology_firms(tables: Tables) -> Found:
    """The high-technology enterprises of 广州 are a part of its technology firms (p31), which are printed."""
    whole = stated(tables, "innovation", "technology and innovation firms in 2018")["广州"]
    return Found(None, 1, whole, partial=True)


@claim("p34-four")
def cities_with_policies(tables: Tables) -> float:
    """Distinct cities of the policies of the page (p34)."""
    return tables[f"{REPORT}/policies"].query("page == 34")["city"].nunique()


@claim("p35-version-month", "香港", "2.0")
@claim("p35-beijing-month", "北京", "test site")
@claim("p35-hangzhou-month", "杭州", "park")
def date_of_step(tables: Tables, city: str, words: str) -> str:
    """Date of a step in the text of the page (p35)."""
    steps = tables[f"{REPORT}/sandboxes"].query("city == @city")
    return steps.loc[steps["event_en"].str.contains(words, regex=False), "date_iso"].iloc[0]


@claim("p35-numbering")
def numbering(tables: Tables) -> str:
    """The numbers that the conditions of the outlook have when counted (p35)."""
    return names(map(str, range(1, len(enumerated(tables, "outlook_conditions")) + 1)))


@claim("p43-alliance")
def after_its_founder(tables: Tables) -> Found:
    """The alliance (p43) is no older than the institute that launched it (p33), and founded before publication."""
    institutes = tables[f"{REPORT}/institutes"].set_index("name")["founded_iso"]
    return between(institutes["浙江大学互联网金融研究院"], f"{PUBLISHED:%Y-%m}")


@claim("p36-four")
def first_four_by_attention(tables: Tables) -> str:
    """The first four by the ranks of the tiles (p36)."""
    return names(by_city(tables, "attention", "rank").sort_values().index[:4])
