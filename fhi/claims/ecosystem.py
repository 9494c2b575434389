"""Claims of part four, the ecosystem (p28-36)."""

from __future__ import annotations

from fhi.claims.lookup import REPORT, by_city, enumerated, place, stated
from fhi.claims.registry import Tables, claim, names

RESEARCH = "R&D expenditure over GDP in 2017"
PATENTS = "invention patents per 10 000 people in 2017"


@claim("p31-rd-beijing-first", "北京", RESEARCH)
@claim("p31-rd-shanghai-second", "上海", RESEARCH)
@claim("p31-patents-beijing-first", "北京", PATENTS)
@claim("p31-patents-shanghai-second", "上海", PATENTS)
def place_among_cards(tables: Tables, city: str, measure: str) -> float:
    """Place of a city among the cards that print the measure (p31)."""
    return place(stated(tables, "innovation", measure), city)


@claim("p31-spaces-first")
def place_by_makerspaces(tables: Tables) -> float:
    """Place of 北京 against 深圳, whose count follows from the printed multiple (p31)."""
    multiple = stated(tables, "innovation", "national makerspaces as a multiple of those of Shenzhen")["北京"]
    return 1 if multiple > 1 else 2


@claim("p31-growth", "growth of start-up projects")
@claim("p31-growth-first", "rank by growth of start-up projects")
@claim("p31-growth-years", "years in a row first by growth of start-up projects")
def printed_in_the_profile(tables: Tables, measure: str) -> float:
    """The same number of 杭州 as its profile prints it (p7)."""
    return stated(tables, "city_profiles", measure)["杭州"]


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


@claim("p36-four")
def first_four_by_attention(tables: Tables) -> str:
    """The first four by the ranks of the tiles (p36)."""
    return names(by_city(tables, "attention", "rank").sort_values().index[:4])
