"""What the headings of a table say, and the layout of a list: titles, rows of headings, units, and the columns.

Labels are read in one way wherever they stand: in the corner, in a title, in a heading over one to three rows, in a
row of units below it, or in the first column."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from fhi.engine.errors import DataError, Problem, nearest_names
from fhi.reading.microdata.file_types import Kind
from fhi.reading.microdata.names import Vocabulary, plain
from fhi.reading.parsing import fold, is_unit

#: rows in which headings are looked for: titles and merged cells may stand above them
DEPTH = 12
#: rows that headings may have
TALLEST = 4
#: kinds of lists whose title may name the unit of their amounts
IN_UNITS = ("firms", "companies", "population")
DELIMITERS = (",", ";", "\t", "|")
Rows = Sequence[tuple[int, list[str]]]

_BRACKET = re.compile(r"(?P<name>.*?)[(（\[【]\s*(?P<inside>[^()（）\[\]【】]*)[)）\]】]\s*", re.DOTALL)
_TAIL = re.compile(r"(?P<name>.+?)\s*[,，/:：_ ]\s*(?P<unit>[^,，/:：_]+)")
#: a unit that names money or a power of ten; a counter alone (年, 部) may belong to the name
_MONEY = re.compile(r"元|[万亿]|%|[a-z]", re.IGNORECASE)
#: a unit that begins with digits: 100 million yuan, 10 000 persons
COUNTED = re.compile(r"10{0,5}(?:[ ,]000)*\s*(?:thousand|million|billion)?\s*[a-z][a-z$. ]*", re.IGNORECASE)
_PRICES = re.compile(r"(?:按)?(?:当年|现行?)(?:价格?|价格计算|价计算)|current prices?", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:\.0)?\s*(?:年度|年末|年底|年)?(?!\d)", re.ASCII)
#: what makes a year a part of it, or a change from one to another: 2017年1-6月, 2017Q1, 2016-2017
_PART = re.compile(
    r"(?:19|20)\d{2}\s*(?:年\s*)?(?:[qQ第]|[上下]半|[一二三四1-4]季|前|\d{1,2}\s*月|[-.~至/]\s*\d)|\d{4}\s*(?:年\s*)?1[-~至]([1-9]|1[01])月"
)
_WHOLE_YEAR = re.compile(r"((?:19|20)\d{2}年)\s*0?1\s*[-~至]\s*12月")
_UNIT = re.compile(r"(?:计量)?单位\s*[:：]\s*(.+)|unit\s*[:：]\s*(.+)", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*(?:[QqA-Z]?\d{1,3}\s*[、.．:：)）_]|第\d+题[、:：]?|[(（]\d+[)）])\s*")
_ASKED = re.compile(
    r"^(?:请问|请选择|请填写|您的|您目前|您现在|您|你的|你|目前|现)|(?:[?？:：*]|\[[^\]]*\]|【[^】]*】)+$"
)
_EXPORTED = re.compile(r"\{\s*\"ImportId\"|^(?:open-ended )?response$|^回答$", re.IGNORECASE)


class Label(NamedTuple):
    """A heading: what it names, its unit, its year; `part` is True if it is of a part of a year or of two years."""

    name: str
    unit: str = ""
    year: str = ""
    part: bool = False


def label(text: str) -> Label:
    """Return what a heading says: ``2017年地区生产总值（当年价格）（亿元）`` is 地区生产总值 of 2017 in 亿元.

    What stands in brackets and is neither a unit, a year nor "at current prices" belongs to the name.
    """
    name = re.sub(r"\s+", " ", text).strip().rstrip("*†‡")
    name = re.sub(r"(?<!\d)(\d{4})\.0$", r"\1", _WHOLE_YEAR.sub(r"\1", name))
    if _PART.search(name):
        return Label(name, part=True)
    unit = year = ""
    while match := _BRACKET.fullmatch(name):
        inside = fold(match["inside"]).removeprefix("单位:")
        if is_unit(inside) and not _YEAR.fullmatch(inside):
            unit = unit or inside
        elif found := _YEAR.fullmatch(inside):
            year = found[1]
        elif not _PRICES.fullmatch(inside):
            break
        name = match["name"].strip()
    if is_unit(fold(name)) and _MONEY.search(name) and (not name[0].isdigit() or COUNTED.fullmatch(name)):
        return Label("", fold(name), year)
    match = _TAIL.fullmatch(name)
    if match and not unit and _MONEY.search(match["unit"]) and is_unit(fold(match["unit"])):
        name, unit = match["name"], fold(match["unit"])
    years = _YEAR.findall(name)
    if len(years) == 1 and not year:
        year, name = years[0], _YEAR.sub(" ", name, count=1).strip(" _-—")
    elif years:
        return Label(name, unit, year, part=True)
    return Label(name.strip(), unit, year)


def title_unit(text: str) -> str:
    """Return the unit that a title or a corner names, or nothing: ``单位：亿元``, ``Unit: 100 million yuan``."""
    match = _UNIT.search(text)
    if match:
        named = re.sub(r"\s+", " ", (match[1] or match[2])).strip(" )）]】")
        return next((part for part in (named, *re.split(r"[ (（]", named)) if is_unit(fold(part))), named)
    inside = re.fullmatch(r"[(（\[【](.+)[)）\]】]", text.strip())
    return inside[1] if inside and is_unit(fold(inside[1])) and _MONEY.search(inside[1]) else ""


class Layout(NamedTuple):
    """The lines of the headings, the number of columns, and by position the columns that are read.

    `columns` holds ``position: (field, unit)``; a column of use is ``use:<heading>``. `ignored` are headings not known;
    `shown` are the headings of the columns read.
    """

    first: int
    line: int
    width: int
    columns: dict[int, tuple[str, str]]
    ignored: list[str]
    shown: Mapping[int, str] = MappingProxyType({})


def find(rows: Rows, kind: Kind, vocabulary: Vocabulary, file: str) -> Layout:
    """Return the layout of a list from its first rows.

    Parameters
    ----------
    rows : sequence of (line, texts)
        The first rows that hold anything.
    kind : Kind
    vocabulary : Vocabulary
    file : str
        Its name in messages.

    Returns
    -------
    Layout

    Raises
    ------
    DataError
        If no row names every required column once, or an amount is in a unit that the title does not make clear.
    """
    tried = []
    for place, (line, texts) in enumerate(rows[:DEPTH]):
        above = rows[place - 1][1] if place else []
        # a heading over two rows is written in the upper one
        full = [text or (above[n] if n < len(above) else "") for n, text in enumerate(_padded(texts, len(above)))]
        for candidate in (texts, full):
            layout, problems = _read(line, candidate, kind, vocabulary, file)
            if not problems:
                return _with_units(_below(layout, candidate, rows[place + 1 :], kind, vocabulary), rows, kind, file)
            tried.append((len(layout.columns), problems))
    if not tried:
        raise DataError([Problem(file, None, None, None, "a row of headings and rows below it", "fill in the file")])
    # of rows that know equally many headings the first is meant
    raise DataError(max(tried, key=lambda item: item[0])[1])


def _padded(texts: list[str], width: int) -> list[str]:
    return texts + [""] * (width - len(texts))


def known(rows: Rows, kind: Kind, vocabulary: Vocabulary) -> int:
    """Return how many columns the best row of headings knows, to compare ways of splitting a file.

    Parameters
    ----------
    rows : sequence of (line, texts)
        The first rows that hold anything.
    kind : Kind
    vocabulary : Vocabulary

    Returns
    -------
    int
    """
    return max((len(_read(line, texts, kind, vocabulary, "")[0].columns) for line, texts in rows[:DEPTH]), default=0)


def _below(layout: Layout, texts: list[str], rows: Rows, kind: Kind, vocabulary: Vocabulary) -> Layout:
    """Return the layout with the rows below the headings that are headings too: units, names again, export marks."""
    marked = [line for line, more in rows[: TALLEST - 1] if any("ImportId" in text for text in more)]
    for line, more in rows[: TALLEST - 1]:
        more = _padded(more, len(texts))
        required = [place for place, (name, _) in layout.columns.items() if _required(kind, name)]
        units = {n: fold(more[n]) for n, (name, _) in layout.columns.items() if more[n] and _is_amount(kind, name)}
        nameless = all(_nothing(more[n]) for n in required if not _is_amount(kind, layout.columns[n][0]))
        if nameless and units and all(is_unit(unit) and not unit[0].isdigit() for unit in units.values()):
            columns = {n: (name, units.get(n, unit)) for n, (name, unit) in layout.columns.items()}
            layout = layout._replace(line=line, columns=columns)
        elif any(map(_EXPORTED.search, more)) and all(_nothing(more[n]) for n in required):
            # the options of a question of several answers stand below it
            full = [
                text if _nothing(option) else f"{text or left} {option}".strip()
                for text, left, option in zip(texts, _filled(texts), more, strict=False)
            ]
            layout = _read(line, full, kind, vocabulary, "")[0]._replace(first=layout.first)
        elif line < max(marked, default=0) or _names_again(more, layout, kind, vocabulary, required):
            layout = layout._replace(line=line)
        else:
            break
    return layout


def _names_again(texts: list[str], layout: Layout, kind: Kind, vocabulary: Vocabulary, required: list[int]) -> bool:
    """True for a row that names the columns once more, in another language or in words."""
    filled = [place for place in layout.columns if texts[place]]
    again = sum(meaning(texts[place], kind, vocabulary)[0] == layout.columns[place][0] for place in filled)
    return len(required) > 1 and again >= len(required) and again * 2 > len(filled)


def _nothing(text: str) -> bool:
    """True for a cell below a heading that is no value: empty, or what exports write there."""
    return plain(text) in ("", "没有单位", "无单位", "单位", "无", "nounit") or bool(_EXPORTED.search(text))


def _filled(texts: list[str]) -> list[str]:
    last, filled = "", []
    for text in texts:
        last = text or last
        filled.append(last)
    return filled


def _required(kind: Kind, name: str) -> bool:
    return name in kind.by_name and kind.by_name[name].required


def _is_amount(kind: Kind, name: str) -> bool:
    return name in kind.by_name and kind.by_name[name].reader in ("amount", "number")


def _with_units(layout: Layout, rows: Rows, kind: Kind, file: str) -> Layout:
    """Return the layout with the unit of the title in the columns of amounts that name none."""
    named = [(line, text, title_unit(text)) for line, texts in rows for text in texts if line < layout.first]
    named = [(line, text, unit) for line, text, unit in named if unit]
    bare = [
        n for n, (name, unit) in layout.columns.items() if not unit and kind.name in IN_UNITS and _is_amount(kind, name)
    ]
    if not named or not bare:
        return layout
    line, text, unit = named[-1]
    if len({fold(unit) for _, _, unit in named}) > 1 or not is_unit(fold(unit)):
        heading = layout.shown[bare[0]]
        remedy = f"write the unit behind the heading: {heading}（亿元）"
        raise DataError([Problem(file, line, heading, text, "one unit for the table, or one in each heading", remedy)])
    return layout._replace(
        columns={n: (name, fold(unit) if n in bare else own) for n, (name, own) in layout.columns.items()}
    )


def _read(line: int, texts: list[str], kind: Kind, vocabulary: Vocabulary, file: str) -> tuple[Layout, list[Problem]]:
    columns, ignored, problems, shown = {}, [], [], {}
    for place, text in enumerate(texts):
        name, unit = meaning(text, kind, vocabulary)
        taken = {other for other, _ in columns.values()}
        if name is None or (
            name in taken and name in kind.by_name and kind.by_name[name].reader in ("name", "word", "date")
        ):
            ignored += [text] if text.strip() else []
        elif name in taken:
            problems.append(Problem(file, line, name, text, "each column once", "remove or rename one of them"))
        else:
            columns[place], shown[place] = (name, unit), text.strip()
    found = {name for name, _ in columns.values()}
    wanted = [field.name for field in kind.by_name.values() if field.required and field.name not in found]
    for name in wanted:
        near = nearest_names(name, ignored, 1)
        remedy = f"rename {near[0]!r} to {name!r}" if near else f"add the column {name!r}"
        words = [word for word, code in vocabulary.words(f"column.{kind.name}").items() if code == name][:4]
        expected = f"a column {name!r} of {kind.name} ({', '.join(words)} …)" if words else f"a column {name!r}"
        problems.append(Problem(file, line, name, None, expected, remedy))
    if kind.uses and not any(name.startswith("use:") for name in found):
        expected = "a column of use, whose heading says use or 使用 and whose answers are yes or no"
        problems.append(Problem(file, line, "use", None, expected, "add one, such as 使用移动支付"))
    return Layout(line, line, len(texts), columns, ignored, shown), problems


def meaning(text: str, kind: Kind, vocabulary: Vocabulary) -> tuple[str | None, str]:
    """Return the column that a heading means and the unit that it names: ``融资额（万元）`` is financing in 万元.

    The number of a question and the words by which it addresses somebody do not matter: ``3、您所在城市？``.

    Parameters
    ----------
    text : str
        A heading.
    kind : Kind
    vocabulary : Vocabulary

    Returns
    -------
    column : str or None
        Code of the column; None if it means none of the kind.
    unit : str
        As written; empty if it names none.
    """
    bare = label(text)
    asked = _NUMBERED.sub("", text, count=1).strip() if _NUMBERED.match(text) else text.strip()
    stripped = re.sub(r"^[所的在]+(?=所|城|居)", "", _ASKED.sub("", _ASKED.sub("", asked)))
    for name, unit in ((text, ""), (bare.name, bare.unit), (asked, ""), (_ASKED.sub("", asked), ""), (stripped, "")):
        found = vocabulary.find(f"column.{kind.name}", name) or vocabulary.find("column.any", name)
        # a code may carry the unit that a vendor's column is in: market_value（万元）
        code = label(found or "")
        if code.name in kind.by_name:
            return code.name, unit or code.unit
    if kind.uses and _says_use(asked, vocabulary):
        return f"use:{text.strip()}", ""
    return None, ""


def _says_use(text: str, vocabulary: Vocabulary) -> bool:
    """True for a heading that asks whether somebody uses something: a word of the list ``use``, and none of ``not``."""
    words = vocabulary.words("use")
    tokens = {token.casefold() for token in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)}
    folded = fold(text).casefold()
    asks = [
        word
        for word, code in words.items()
        if code == "use" and (word in tokens or (not word.isascii() and word in folded))
    ]
    return bool(asks) and not any(word in folded for word, code in words.items() if code == "not")
