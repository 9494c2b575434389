"""Tables of indicators as yearbooks and offices export them, whichever way they are laid out.

The model: a *body* of values; a *stub* of labels to the left of it and a *head* of one to four rows above, each with
cities, measures, years or units; *titles* and a corner that hold for the whole table; a *foot* of notes. Cities may
stand in the stub or in the head, in several tables side by side or one below the other. What a value is of, every label
of its row, its column and its table says together; labels that contradict one another leave it unread.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fhi.engine.cells import parse_number
from fhi.engine.errors import DataError, Problem
from fhi.reading.microdata.cell_readers import Context, stored
from fhi.reading.microdata.grids import MOSTLY, Grid, filled, is_number, is_year, most_labels, share, side_by_side
from fhi.reading.microdata.layouts import Label, label, title_unit
from fhi.reading.microdata.names import ELSEWHERE, TOTAL
from fhi.reading.microdata.quality_log import Quality, letter
from fhi.reading.microdata.reading import is_note
from fhi.reading.parsing import fold, is_missing, is_unit

#: what makes a heading one of a change, a share or an order: not the measure itself
DERIVED = re.compile(
    r"增长|增速|增幅|增减|增加|指数|同比|环比|比重|占比|占|人均|每|构成|位次|名次|排名|排序|比上年|上年=|±|差|目标|计划|预|"
    r"growth|change|index|share|per capita|rank|previous|target|forecast",
    re.IGNORECASE,
)
_DISTRICTS = re.compile(r"市辖区|(?<![省县])市区|城区|建成区|主城|县域|urban districts", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]{2,4}|\d{1,6}", re.ASCII)
_MEASURE = re.compile(r"(?:指标(?:名称)?|指標|Indicator(?: Name)?)\s*[:：]\s*(.+)", re.IGNORECASE)
_PLACE = re.compile(r"(?:地区|城市|省份|地域|Region|City)\s*[:：]\s*(.+)", re.IGNORECASE)
_AROUND = re.compile(
    r"^(?:附?表\s*[\d.\-—]*\s*)?(?:[\d.\-—]+\s+)?(?:全国|中国|我国)?(?:各|分|主要|重点|部分)?(?:省级?|市|地级?|地区|城市|区|县|直辖市|、|和|及)*(?:的)?"
    r"|(?:情况|统计表|一览表|统计|数据|表)$"
)


class Cell(NamedTuple):
    """A value as it stands in a sheet, with what its row, its column and its table say of it.

    `table` is the number of its table in `Sheet.tables`, `problem` why it cannot be taken.
    """

    line: int
    column: int
    place: int
    city: str
    measure: str
    year: str
    value: str
    unit: str
    evidence: str
    table: int
    problem: str = ""


@dataclass
class Titles:
    """What the titles, the corner and the name of a sheet say for the whole of a table."""

    year: str = ""
    unit: str = ""
    measure: str = ""
    place: int | None = None
    city: str = ""
    blocked: str = ""
    #: a title of a part of a year or of several years: a value needs a year of its own
    part: str = ""
    #: a title of districts: no value is of a whole city
    districts: str = ""


@dataclass
class Column:
    """What a column of a table holds: its role, and what its headings say."""

    role: str = "value"
    measure: str = ""
    year: str = ""
    unit: str = ""
    heading: str = ""
    blocked: str = ""
    #: a heading that is no measure, and one that only names a year, a unit or nothing
    unknown: str = ""


@dataclass
class Reader:
    """Reads the tables of one sheet.

    Parameters
    ----------
    context : Context
    leaves : collection of str
        The indicators of the tree.
    quality : Quality
        Takes the counts, and what was not understood.
    """

    context: Context
    leaves: Sequence[str]
    quality: Quality
    seen: dict[str, set[str]] = field(default_factory=lambda: {"measures": set(), "cities": set()})
    tables: list[dict] = field(default_factory=list)

    def cells(
        self, name: str, rows: Sequence[tuple[int, list[str]]], copies: frozenset = frozenset(), measure=""
    ) -> list[Cell]:
        """Return the values of a sheet.

        Parameters
        ----------
        name : str
            The name of the sheet: it may be a year or a city.
        rows : sequence of (line, texts)
        copies : set of (line, column)
            Cells that have their text from the first of a merged area.
        measure : str
            The measure of a table that names none (of the file's name).

        Returns
        -------
        list of Cell
            Every value below or beside a label, those that cannot be taken with their `problem`.
        """
        rows = [(line, [stored(text).strip() for text in texts]) for line, texts in rows if not self._is_note(texts)]
        width = max((len(texts) for _, texts in rows), default=0)
        rows = [(line, row + [""] * (width - len(row))) for line, row in rows if any(row)]
        titles = Titles(measure=measure)
        self._title(name, titles)
        while rows and self._is_title(rows[0][1]):
            for text in dict.fromkeys(filter(None, rows.pop(0)[1])):
                self._title(text, titles)
        used = [place for place in range(width) if any(row[place] for _, row in rows)]
        texts = [[row[place] for place in used] for _, row in rows]
        grid = Grid(texts, [line for line, _ in rows], [place + 1 for place in used])
        found: list[Cell] = []
        is_place, is_measure = self.context.cities.area, self._measure_of
        for known, axis in ((is_place, "city"), (is_measure, "measure")):
            down, across = most_labels(grid, known), most_labels(turned := grid.turn() if used else grid, known)
            if max(down, across):
                whole = grid if down >= across else turned
                for part, stubs in side_by_side(whole, known, self._is_aside):
                    found += self._part(part, stubs, axis, titles, copies)
                break
        else:
            said = dict.fromkeys(text for _, row in rows for text in row if text and not is_number(text))
            self.seen["measures"].update(list(said)[:8])
        return found

    def _is_aside(self, texts: Iterable[str]) -> bool:
        """True for a column headed as one of ordinals, codes or years."""
        words = self.context.vocabulary
        names = [label(text).name for text in texts if text]
        return any(
            words.find("neutral", name) == "ordinal" or words.find("column.any", name) == "year" for name in names
        )

    def _is_title(self, texts: list[str]) -> bool:
        """True for a row that holds for the whole sheet: one text, perhaps with the unit; 指标：, 地区：, 时间：."""
        said = list(dict.fromkeys(filter(None, texts)))
        others = [text for text in said if not _holds_for_all(text)]
        units = {title_unit(text) for text in said} - {""}
        return len(others) < 2 and len(units) < 2 and (len(said) == 1 or len(others) < len(said))

    def _is_note(self, texts: list[str]) -> bool:
        said = [text for text in texts if text.strip()]
        note = len(set(said)) == 1 and is_note(said[0], self.context.vocabulary) and not title_unit(said[0])
        self.quality.count("note", note)
        return note

    def _measure_of(self, text: str) -> str | None:
        """Return the indicator that a text names, by its code, its names or its aliases."""
        name = text.removeprefix("其中:")
        code = self.context.vocabulary.find("measure", name)
        if code is None and (bare := label(name)).name != name:
            code = self.context.vocabulary.find("measure", bare.name) if not bare.part else None
        return code if code in self.leaves else None

    def _title(self, text: str, titles: Titles) -> None:
        """Take from a title what it says for the table."""
        words, vocabulary = self.context.vocabulary, self.context.vocabulary
        titles.unit = title_unit(text) or titles.unit
        named = _PLACE.fullmatch(text.strip())
        area = self.context.cities.area((named[1] if named else text).strip())
        if area is not None and area >= 0:
            titles.place, titles.city = area, named[1] if named else text
        if named or (title_unit(text) and not label(text).year):
            return
        match = _MEASURE.fullmatch(text.strip())
        found = label(match[1] if match else text)
        titles.unit = titles.unit if found.name else found.unit or titles.unit
        book = re.search(r"年鉴|yearbook", text, re.IGNORECASE)
        if found.part and not re.search(r"时间|Time", text):
            titles.part = titles.part if book else text
            return
        if _DISTRICTS.search(text):
            titles.districts = text
        if found.year and not book:
            titles.year = found.year
        name = found.name
        for _ in range(2):
            name = _AROUND.sub("", name).strip()
        code = words.find("measure", name) or words.find("measure", found.name)
        if code in self.leaves:
            titles.measure, titles.unit = code, found.unit or titles.unit
        elif match:
            titles.measure = "?"
            self.seen["measures"].add(match[1][:60])
        elif DERIVED.search(found.name) or vocabulary.find("scope", found.name) == "part":
            titles.blocked = text

    # --- one table, or several one below the other ---------------------------------------------------------
    def _part(self, grid: Grid, stubs: list[int], axis: str, titles: Titles, copies: frozenset) -> list[Cell]:
        """Return the values of a part of a sheet with one stub: its rows in order, a new head beginning a new table."""
        known = self.context.cities.area if axis == "city" else self._measure_of
        found: list[Cell] = []
        head: list[int] = []
        section, base, columns, last = Titles(**vars(titles)), titles, None, None
        for row, texts in enumerate(grid.texts):
            if not any(texts):
                continue
            named = [texts[stub] for stub in stubs if texts[stub]]
            is_body = any(known(text) is not None for text in named)
            if not is_body and not self._is_unnamed(texts, stubs, columns):
                if columns is not None and head == []:
                    section = Titles(**vars(base))
                head.append(row)
                continue
            if head or columns is None:
                fresh = self._columns(grid, head, row, stubs, section)
                if fresh is not None or columns is None:
                    columns = fresh or self._columns(grid, head, row, stubs, section, whole=True)
                    self.tables.append(
                        {"first": grid.at(head[0] if head else row, 0), "axis": axis, "turned": grid.turned}
                    )
                    base, last = Titles(**vars(section)), None
                head = []
            found += self._row(grid, row, stubs, axis, columns, section, copies, last)
            last = texts if named else last
        return found

    def _is_unnamed(self, texts: list[str], stubs: list[int], columns: list[Column] | None) -> bool:
        """True for a row that is no heading though it names nothing known: it has values that are no years."""
        rest = [text for place, text in enumerate(texts) if place not in stubs and text]
        numbers = [text for text in rest if is_number(text)]
        if not numbers or all(label(text).year and not label(text).name for text in numbers):
            continues = columns is not None and any(
                column.role in ("year", "measure") and texts[place] for place, column in enumerate(columns)
            )
            return bool(numbers) and continues
        # the numbers of the columns: 甲 1 2 3
        counted = [int(parse_number(text)) for text in numbers if re.fullmatch(r"\d{1,2}", text)]
        ordinal = len(counted) == len(rest) and counted == list(range(counted[0], counted[0] + len(counted)))
        stub = next((texts[stub] for stub in stubs if texts[stub]), "")
        neutral = self.context.vocabulary.find("neutral", label(stub).name) is not None
        return not (ordinal and (neutral or len(counted) > 2)) and not neutral

    def _columns(
        self, grid: Grid, head: list[int], first: int, stubs: list[int], titles: Titles, *, whole: bool = False
    ) -> list[Column] | None:
        """Return what each column holds; None if the rows of the head only title the section that follows."""
        rows = [grid.texts[row] for row in head]
        labels = []
        for number, texts in enumerate(rows):
            distinct = list(dict.fromkeys(filter(None, texts)))
            only_stub = all(not text for place, text in enumerate(texts) if place not in stubs)
            kept = number == len(rows) - 1 or (bool(distinct) and is_unit(fold(distinct[0])))
            corner = any(map(title_unit, distinct)) and self._is_title(texts)
            if (
                corner
                or (len(distinct) == 1 and (only_stub or not kept))
                or (not kept and all(map(_holds_for_all, distinct)))
            ):
                for text in distinct:
                    self._title(text, titles)
            else:
                labels.append(texts)
        if not labels and not whole:
            return None
        over = filled(labels, stubs)
        return [
            self._column(grid, place, [texts[place] for texts in over], first, stubs, titles)
            for place in range(len(grid.columns))
        ]

    def _column(self, grid: Grid, place: int, texts: list[str], first: int, stubs: list[int], titles: Titles) -> Column:
        column = Column(heading=" / ".join(dict.fromkeys(filter(None, texts))))
        if place in stubs:
            column.role = "stub"
            return column
        below = [row[place] for row in grid.texts[first:] if row[place]]
        meanings = self._meanings(texts)
        column.role = self._role(texts, below, meanings)
        if column.role != "value":
            return column
        for text in dict.fromkeys(filter(None, texts)):
            self._say(column, text)
        said = column.year or "value" in meanings or len(grid.columns) == len(stubs) + 1
        if said and not column.measure and not column.unknown and not column.blocked:
            column.measure = titles.measure
        if titles.districts or (titles.blocked and not column.unit and not column.blocked):
            column.blocked = titles.districts or titles.blocked
        return column

    def _meanings(self, texts: list[str]) -> set[str | None]:
        """Return the columns of a list of values that headings mean: city, measure, year, value, unit."""
        words = self.context.vocabulary
        return {
            words.find("column.yearbooks", label(text).name) or words.find("column.any", text) for text in texts if text
        }

    def _role(self, texts: list[str], below: list[str], meanings: set[str | None]) -> str:
        """Return what a column holds: values, labels of its rows, or nothing that counts."""
        words, named = self.context.vocabulary, any(texts)
        if not below or any(words.find("neutral", text) == "ordinal" for text in texts):
            return "empty"
        if all(words.find("scope", text) for text in below):
            return "scope"
        if "year" in meanings or (not named and all(map(is_year, below))):
            return "year"
        if "measure" in meanings or (not named and share(below, self._measure_of) > MOSTLY):
            return "measure"
        return next((role for role in ("unit", "evidence") if role in meanings), "value")

    def _say(self, column: Column, text: str) -> None:
        """Take what one heading over a column says; headings come from above."""
        found, words = label(text), self.context.vocabulary
        if found.part:
            column.blocked = text
            return
        if found.year and column.year not in ("", found.year):
            column.blocked = text
        column.year, column.unit = found.year or column.year, found.unit or column.unit
        name, scope = found.name, words.find("scope", found.name)
        code = self._measure_of(name) if name else None
        if code:
            column.blocked = column.blocked or (text if column.measure not in ("", code) else "")
            column.measure, column.unknown = code, ""
        elif name and is_unit(fold(name)):
            # a row of units below the headings: 所, 个
            column.unit = fold(name)
        elif not name or scope == "whole" or words.find("neutral", name) is not None:
            return
        elif scope == "part" or DERIVED.search(name) or column.measure:
            # below a measure: a part or a change of it
            column.blocked = text
        else:
            column.unknown = name

    # --- one row ----------------------------------------------------------------------------------------------
    def _row(self, grid, row, stubs, axis, columns, titles, copies, last) -> Iterator[Cell]:
        """Yield the values of a row of the body."""
        texts = grid.texts[row]
        own = {
            column.role: texts[place] for place, column in enumerate(columns) if column.role not in ("value", "stub")
        }
        stub = [texts[place] for place in stubs if texts[place]]
        if not stub and last is not None and (own.get("year") or own.get("measure")):
            stub = [last[place] for place in stubs if last[place]]
        self.quality.count("read", 1)
        place, city, measure, unit, problem = titles.place, titles.city, own.get("measure", ""), own.get("unit", ""), ""
        if axis == "city":
            place, city, problem = self._place(stub)
        else:
            measure = stub[-1] if stub else ""
            problem = "" if place is not None else "a table that says of which city it is"
        if self.context.vocabulary.find("scope", own.get("scope", "")) == "part":
            self.quality.count("outside", 1, "city", "a part of a city")
            return
        table = len(self.tables) - 1
        self.seen["cities"].add(city[:30])
        if place in (ELSEWHERE, TOTAL):
            self.quality.count("outside" if place == ELSEWHERE else "total row", 1, "city")
            return
        for number, column in enumerate(columns):
            text = texts[number]
            if column.role != "value" or not text:
                continue
            if column.year and int(column.year) > self.context.latest:
                self._unread(column, column.year, f"a year after {self.context.latest}, that of the scenario")
                continue
            code, why = self._what(column, measure, titles)
            if code is None:
                self._unread(column, measure, why)
                continue
            said = label(measure) if measure else Label("")
            of_row = label(own.get("year", ""))
            years = {of_row.year, column.year, said.year} - {""}
            line, place_in_line = grid.at(row, number)
            merged = (line, place_in_line) in copies and not is_missing(text)
            wrong = (
                problem
                or why
                or ("a year of its own: the title is of a part or of several" if titles.part and not years else "")
                or ("one year" if len(years) > 1 or (own.get("year") and not is_year(own["year"])) else "")
                or ("a value of its own, not one merged over several cells" if merged else "")
            )
            where = line, place_in_line, -2 if place is None else place, city
            said_of = code, next(iter(years), "") or titles.year, text, unit or said.unit or column.unit or titles.unit
            yield Cell(*where, *said_of, own.get("evidence", ""), table, wrong)

    def _place(self, stub: list[str]) -> tuple[int | None, str, str]:
        """Return the place of a row, the name as written, and what is wrong with it.

        Of several names the last counts: the city behind its province, or the same city in another language.
        """
        areas = [(self.context.cities.area(text), text) for text in stub]
        known = [(area, text) for area, text in areas if area is not None]
        # a code behind a name says nothing more: World, WLD
        areas = [(area, text) for area, text in areas if area is not None or not (known and _CODE.fullmatch(text))]
        if not known or areas[-1][0] is None:
            text = stub[-1] if stub else ""
            try:
                self.context.cities.find(text)
                return None, text, "a city of cities.csv"
            except ValueError as error:
                return None, text, str(error)
        units = {area for area, _ in known if area >= 0}
        if len(units) > 1:
            return None, " ".join(stub), "one city in a row"
        area, text = known[-1]
        return area, text, ""

    def _what(self, column: Column, measure: str, titles: Titles) -> tuple[str | None, str]:
        """Return the indicator that a value is of and what is wrong with it; None if it is of none."""
        if measure:
            code = self._measure_of(measure)
            if code is None or column.blocked or label(measure).part:
                return None, column.blocked
            other = column.measure and column.measure != titles.measure and column.measure != code
            return code, "one measure" if other or (column.unknown and DERIVED.search(column.unknown)) else ""
        if column.blocked or not column.measure or column.measure == "?":
            return None, column.blocked
        return column.measure, ""

    def _unread(self, column: Column, measure: str, why: str) -> None:
        name = (measure or column.heading or column.unknown)[:60]
        if name not in self.seen["measures"]:
            self.seen["measures"].add(name)
            if why:
                self.quality.count("column not read", 1, name, why[:120])
            elif column.year and not column.measure:
                self.quality.count(
                    "column not read", 1, column.year, "a year without a measure: write 指标：… above the table"
                )
            else:
                self.quality.count("measure not read", 1, name)


def _holds_for_all(text: str) -> bool:
    """True for a text that holds for a whole table: 指标：, 地区：, a unit."""
    return bool(title_unit(text) or _MEASURE.fullmatch(text) or _PLACE.fullmatch(text))


def nothing_used(file: str, reader: Reader, refused: list[str]) -> DataError:
    """Return the error of a file of which no value is used: what was seen, and what is missing.

    Parameters
    ----------
    file : str
        Its name in messages.
    reader : Reader
        After it has read the file.
    refused : list of Problem
        Further problems to tell.

    Returns
    -------
    DataError
    """
    measures = ", ".join(sorted(filter(None, reader.seen["measures"]))[:8]) or "none"
    cities = ", ".join(sorted(filter(None, reader.seen["cities"]))[:8]) or "none"
    found = f"measures or headings: {measures}; cities: {cities}"
    expected = (
        "a value of an indicator of the tree for a city of cities.csv (cities in a column or a row, measures named)"
    )
    remedy = "name the measure as framework.csv does (its code, names or aliases), write 指标：… above a table of years"
    return DataError([Problem(file, None, None, found, expected, remedy), *refused])


def spanned(cells: list[Cell]) -> str:
    """Return the range that values stand in: B2:D9."""
    lines, columns = [cell.line for cell in cells], [cell.column for cell in cells]
    return f"{letter(min(columns))}{min(lines)}:{letter(max(columns))}{max(lines)}"
