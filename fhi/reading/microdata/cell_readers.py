"""Read the cells of a column, each different text once: values as arrays, and what is wrong with the others."""

import hashlib
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from fhi.reading.microdata.file_types import Field
from fhi.reading.microdata.names import TOTAL, CityNames, Vocabulary
from fhi.reading.microdata.text_blocks import Column
from fhi.reading.parsing import (
    CURRENCY,
    MISSING,
    fold,
    has_unit,
    is_missing,
    parse_amount,
    parse_amount_in,
    parse_currency,
    parse_date,
    parse_integer,
    parse_number,
    parse_quantity,
    times,
    unit_of,
)

MISSING_CITY = -2
#: how the name of a row ends that sums up others, and what is said of it
SUMS, A_SUM = ("小计", "合计", "总计"), "a name, not a total"
#: what exports write for a question that was not put
SKIPPED = ("-3", "-2")
EARLIEST, OLDEST = 1900, 120
#: texts that are kept to be looked up again; beyond, the memory is emptied
REMEMBERED = 200_000
#: bytes that stand in what may not be plain: blanks, the first of full-width characters and wide blanks, = and #
_ODD = np.isin(np.arange(256), list(b" \t\x0b\x0c=#\xc2\xe2\xe3\xef"))
#: places of cells by what was expected of them
Problems = dict[str, np.ndarray]
_BAND = re.compile(r"(\d{1,3})(?:岁)?(?:[-~至到](\d{1,3})(?:岁)?|(?P<open>\+|岁?(?:以上|及以上)))?(?:岁)?", re.ASCII)


class Context(NamedTuple):
    """What the readers of cells refer to."""

    cities: CityNames
    vocabulary: Vocabulary
    latest: int


class Reader(NamedTuple):
    """How a text is read: the arrays it gives (suffix, type, missing value), and the function of one text."""

    parts: Mapping[str, tuple[str, object]]
    read: Callable[[str, Field, Context, str], tuple]


def _number(text: str, field: Field, context: Context, unit: str) -> tuple:
    factor = unit_of(unit).value if unit and unit_of(unit).unit != "%" else 1.0
    value = _plain_number(text.removesuffix("%") if unit == "%" else text, factor)
    if not field.low <= value <= field.high:
        raise ValueError(f"a number from {field.low:g} to {field.high:g}")
    return (value,)


def _plain_number(text: str, factor: float) -> float:
    """Return a number, times the unit of its column unless it counts in 万 or 亿 itself (``812万人``)."""
    try:
        return times(parse_number(text), factor)
    except ValueError as error:
        try:
            value, qualifier, unit = parse_quantity(text)
        except ValueError:
            raise error from None
        if qualifier != "exact" or unit:
            raise error from None
        return value if has_unit(text) else times(value, factor)


def _amount(text: str, field: Field, context: Context, unit: str) -> tuple:
    amount = parse_amount_in(text, unit) if unit else parse_amount(text)
    if amount.unit == "%":
        raise ValueError("an amount of money, not a share")
    vague = amount.qualifier in ("interval", "above", "below", "about")
    return amount.value, amount.low, amount.high, CURRENCY.index(amount.unit), vague


def _date(text: str, field: Field, context: Context, unit: str) -> tuple:
    parts = [int(part) for part in parse_date(text).split("-")]
    if not EARLIEST <= parts[0] <= context.latest:
        raise ValueError(f"a date from {EARLIEST} to {context.latest}")
    year, month, day = [*parts, 0, 0][:3]
    return (year * 10_000 + month * 100 + day,)


def _year(text: str, field: Field, context: Context, unit: str) -> tuple:
    year = parse_integer(fold(text).removesuffix("年"))
    if not EARLIEST <= year <= context.latest:
        raise ValueError(f"a year from {EARLIEST} to {context.latest}")
    return (year,)


def _age(text: str, field: Field, context: Context, unit: str) -> tuple:
    match = _BAND.fullmatch(fold(text).removesuffix(".0"))
    if not match:
        raise ValueError("an age such as 34, 25-34 or 65+")
    low = int(match[1])
    high = OLDEST if match["open"] else int(match[2] or low)
    if not low <= high <= OLDEST:
        raise ValueError(f"an age from 0 to {OLDEST}")
    return low, high


def _choice(text: str, field: Field, context: Context, unit: str) -> tuple:
    name, word = field.reader.partition(":")[2] or field.reader, text.removesuffix(".0")
    code, codes = context.vocabulary.find(name, word), context.vocabulary.codes(name)
    if code is None:
        near = context.vocabulary.nearest(name, word)
        hint = f" (perhaps {near[0]})" if near else ""
        raise ValueError(f"one of {', '.join(codes)}{hint}")
    return (codes.index(code),)


def _flag(text: str, field: Field, context: Context, unit: str) -> tuple:
    # several services that were ticked, in one cell: 移动支付┋网络借贷
    parts = [part for part in re.split(r"[┋;；,，、|]", text) if part.strip()]
    if parts and all(context.vocabulary.find("class", part) for part in parts):
        return (True,)
    (code,) = _choice(text, Field("flag", "flag"), context, unit)
    return (context.vocabulary.codes("flag")[code] == "yes",)


def _city(text: str, field: Field, context: Context, unit: str) -> tuple:
    return (context.cities.find(text),)


def _area(text: str, field: Field, context: Context, unit: str) -> tuple:
    place = context.cities.area(text)
    if place is None:
        # what cannot be read at all says why; an address is no area
        context.cities.find(text)
        raise ValueError("a city, not a part of one")
    if place == TOTAL:
        raise ValueError("a city, not a total")
    return (place,)


def _currency(text: str, field: Field, context: Context, unit: str) -> tuple:
    return (CURRENCY.index(parse_currency(text)),)


def _label(text: str, field: Field, context: Context, unit: str) -> tuple:
    return (" ".join(unicodedata.normalize("NFKC", text).split()),)


def _word(text: str, field: Field, context: Context, unit: str) -> tuple:
    return (int.from_bytes(hashlib.blake2b(fold(text).encode(), digest_size=8).digest()),)


READERS: Mapping[str, Reader] = {
    "number": Reader({"": ("f8", math.nan)}, _number),
    "amount": Reader(
        {"": ("f8", math.nan), "_low": ("f8", math.nan), "_high": ("f8", math.nan), "_unit": ("i1", 0)}
        | {"_vague": ("?", False)},
        _amount,
    ),
    "date": Reader({"": ("i4", 0)}, _date),
    "year": Reader({"": ("i4", 0)}, _year),
    "age": Reader({"": ("i2", -1), "_high": ("i2", -1)}, _age),
    "choice": Reader({"": ("i1", -1)}, _choice),
    "flag": Reader({"": ("i1", -1)}, _flag),
    "city": Reader({"": ("i2", MISSING_CITY)}, _city),
    "area": Reader({"": ("i2", MISSING_CITY)}, _area),
    "currency": Reader({"": ("i1", 0)}, _currency),
    "label": Reader({"": ("O", "")}, _label),
    "word": Reader({"": ("u8", 0)}, _word),
}


class CellReader:
    """Reads the cells of one column in block after block; a text that was read once is looked up.

    Parameters
    ----------
    field : Field
    context : Context
    unit : str, optional
        The unit that the heading names, for cells that are bare numbers (``融资额（万元）``).
    refuse_commas : bool
        Refuse a number with a comma: in a file that separates cells by semicolons it may be a decimal comma.
    """

    def __init__(self, field: Field, context: Context, unit: str = "", *, refuse_commas: bool = False):
        self.field, self.refuse_commas = field, refuse_commas
        self._kind = field.reader.partition(":")[0]
        self.parts, self._read = READERS[self._kind]
        self._given = field, context, unit
        self._missing = tuple(missing for _, missing in self.parts.values())
        self._known: dict[str, tuple[tuple, str | None]] = {}

    def __call__(self, cells: Column) -> tuple[dict[str, np.ndarray], Problems]:
        """Return arrays by name of part, and the places of the cells that could not be read by what was expected."""
        codes, texts = cells.distinct()
        if len(self._known) > REMEMBERED:
            self._known.clear()
        read = [self._known.get(text) or self._once(text) for text in texts]
        columns = {}
        for position, (suffix, (dtype, _)) in enumerate(self.parts.items()):
            values = np.array([values[position] for values, _ in read], dtype=dtype)
            columns[self.field.name + suffix] = values[codes]
        bad = {}
        for code, (_, expected) in enumerate(read):
            if expected:
                bad.setdefault(expected, []).append(code)
        return columns, {expected: np.flatnonzero(np.isin(codes, several)) for expected, several in bad.items()}

    def _once(self, text: str) -> tuple[tuple, str | None]:
        try:
            if is_missing(text) or (text in SKIPPED and self._kind in ("choice", "flag", "age")):
                if self.field.filled:
                    raise ValueError("a value")
                found = self._missing, None
            else:
                text = stored(text)
                _refuse_formula(text)
                if self.refuse_commas and "," in text and self.field.reader in ("number", "amount"):
                    raise ValueError("a number without a comma, which between semicolons may be a decimal comma")
                found = self._read(text, *self._given), None
        except ValueError as error:
            found = self._missing, str(error)
        self._known[text] = found
        return found


class NameReader:
    """Reads names as 64-bit numbers that differ for different names, blanks and full-width forms apart.

    Two names may share a number; see `fhi.reading.microdata.text_blocks.Column.numbers` for how rarely.
    """

    def __init__(self, field: Field, context: Context):
        self.field = field
        words = [word for word, code in context.vocabulary.words("place").items() if code == "total"]
        self._totals = Column.of(sorted({*words, *map(str.upper, words), *map(str.capitalize, words)})).numbers()

    def __call__(self, cells: Column) -> tuple[dict[str, np.ndarray], Problems]:
        """Return as `CellReader`; a name is missing where a cell says that there is no value."""
        odd = np.flatnonzero(_has_odd(cells))
        numbers = cells.numbers()
        problems: Problems = {}
        if len(odd):
            plain = [fold(stored(text)) for text in cells.texts(odd)]
            numbers[odd] = Column.of(plain).numbers()
            formula = odd[[text.startswith(("=", "#")) for text in plain]]
            problems |= {"a stored value, not a formula or an error of one": formula} if len(formula) else {}
        sums = {*np.flatnonzero(np.isin(numbers, self._totals)).tolist(), *cells.ending(SUMS).tolist()}
        problems |= {A_SUM: np.array(sorted(sums))} if sums and self.field.filled else {}
        missing = np.flatnonzero(np.isin(numbers, _MISSING)) if self.field.filled else np.zeros(0, dtype=int)
        problems |= {"a value": missing} if len(missing) else {}
        return {self.field.name: numbers}, problems


def _has_odd(cells: Column) -> np.ndarray:
    """Return True where a name may differ from its plain form, or begin as a formula: by its bytes."""
    marks = np.frombuffer(cells.stretch, dtype=np.uint8)
    odd = _ODD[marks]
    if not odd.any():
        return np.zeros(len(cells), dtype=bool)
    before = np.concatenate([[0], np.cumsum(odd, dtype=np.int32)])
    return before[cells.ends] > before[cells.starts]


#: the numbers of the words that stand for no name, in the cases that programs write them in
_MISSING = Column.of(sorted({"NaN", *MISSING, *map(str.upper, MISSING), *map(str.capitalize, MISSING)})).numbers()


def stored(text: str) -> str:
    """Return the text that a formula keeps as it is: ``="000901"`` is 000901."""
    match = re.fullmatch(r'="([^"]*)"', text.strip())
    return match[1] if match else text


def _refuse_formula(text: str) -> None:
    if text.startswith("="):
        raise ValueError("a stored value, not a formula (open the file, save it, or paste values)")
    if text.startswith("#"):
        raise ValueError("a value, not an error of the spreadsheet program")
