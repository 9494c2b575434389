"""The words of an edition: sentences in two languages whose numbers, names and truth are computed from its tables.

They stand in ``data/raw/<edition>/findings.csv``, one row a sentence or a short paragraph. A text holds slots in
braces, ``{value(adoption.rate where city = '杭州')|.1}``: an expression of the language of docs/claims.md and, after
``|``, how it is written (`FORMATS`). `when` is an expression that must be true; of several rows of one id the first
that holds is told. What cannot be computed is not told: it is listed with its reason instead.
"""

import calendar
import re
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from fhi.editions.catalogue import shown
from fhi.editions.claims import FUNCTIONS, VERDICTS, named_tables
from fhi.engine.errors import Problem, misnamed, reject
from fhi.engine.expressions import Outcome, evaluate
from fhi.engine.grammar import ExpressionError, parse
from fhi.engine.ranking import outward, significant
from fhi.paths import WORDS, edition_folder
from fhi.reading.schemas import SCHEMAS, read_table

Tables = Mapping[str, pd.DataFrame]
LANGUAGES = ("zh", "en")
COLUMNS = ["id", "kind", "language", "text", "page", "verdict", "source"]
OMITTED = ["id", "row", "reason"]
#: kind -> the form of its ids
KINDS = {
    "headline": r"[a-z0-9-]+",
    "finding": r"[a-z]+-\d+",
    "summary": r"summary-(report|open|pinned|unknown)-\d+",
    "foreword": r"foreword-\d+",
    "how-to-read": r"how-to-read-\d+",
    "chapter": r"[a-z]+-opening",
    "also": r"[a-z]+-also-\d+",
    "unit": r".+-\d+",
    "report-headline": r"p\d\d-\d+",
}
#: verdicts of the ledger from the weakest on: a sentence has the weakest of its claims
WEAKEST = ("contradicted", "not-recomputable", "constraint", "supported", *reversed(VERDICTS[:2]))
#: a row for every unit has this in the place of its name
EACH = "@"
SLOT = re.compile(r"\{([^{}]*)\}")
#: a slot, or the name of the unit outside of slots
PART = re.compile(SLOT.pattern + "|" + EACH)
#: so many decimals, to the nearest or, of ends of bounds, down or up
DECIMALS = re.compile(r"\.\d[-+]?")
SMALL = {
    "zh": ("零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"),
    "en": (
        *("no", "one", "two", "three", "four", "five", "six"),
        *("seven", "eight", "nine", "ten", "eleven", "twelve"),
    ),
}


class Untold(Exception):
    """A sentence whose condition does not hold."""


def read_findings(folder: Path) -> pd.DataFrame | None:
    """Return the words of the edition in a folder, checked; None if it has none.

    Raises
    ------
    DataError
        With every cell that is not of the form above, and every expression that does not follow the grammar.
    """
    path = folder / WORDS
    if not path.is_file():
        return None
    file = shown(folder, WORDS)
    rows = read_table(path, SCHEMAS["findings"], file=file)
    problems = [problem for row in rows.itertuples() for problem in _problems(row, file)]
    reject(problems)
    return rows


def _problems(row, file: str) -> Iterator[Problem]:
    """Yield what is wrong with a row whatever the tables hold."""
    if not re.fullmatch(KINDS[row.kind], row.id):
        yield Problem(file, row.row, "id", row.id, f"an id of the form {KINDS[row.kind]}", "correct the id or the kind")
    for column in ("when", "text_zh", "text_en"):
        cell = getattr(row, column)
        if pd.isna(cell):
            continue
        expressions = [cell] if column == "when" else [_split(slot)[0] for slot in SLOT.findall(cell)]
        if column != "when" and set(SLOT.sub("", cell)) & set("{}"):
            yield Problem(file, row.row, column, cell, "braces in pairs", "close the slot")
        for expression in expressions:
            try:
                parse(_of_unit(expression, "x"))
            except ExpressionError as error:
                yield Problem(file, row.row, column, error.part, error.expected, error.remedy)
        if column != "when":
            for slot in SLOT.findall(cell):
                if (form := _split(slot)[1]) and form not in FORMATS and not DECIMALS.fullmatch(form):
                    valid = [*FORMATS, ".0", ".1", ".2", ".1-", ".1+"]
                    yield Problem(file, row.row, column, form, f"one of {', '.join(valid)}", "correct the form")


def audited(edition: str, raw: Tables, built: Tables, ledger: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tables of the audit that an edition has: ``claims`` if it states claims, ``findings`` and
    ``findings_omitted`` if it has words.

    Parameters
    ----------
    edition : str
    raw : mapping
        The raw tables as `fhi.editions.load` returns them.
    built : mapping
        The tables that the stages before wrote (`fhi.store.Store`).
    ledger : pandas.DataFrame
        The claims with their verdicts (`fhi.editions.claims`).

    Returns
    -------
    dict
        By name of the table.
    """
    found = {"claims": ledger} if len(ledger) else {}
    rows = read_findings(edition_folder(edition))
    if rows is not None:
        told, omitted = findings(rows, named(raw, built, found), shown(edition_folder(edition), WORDS))
        found |= {"findings": told, "findings_omitted": omitted}
    return found


def named(raw: Tables, built: Tables, found: Tables) -> Tables:
    """Return the tables by the names that expressions use: those of this and the earlier stages, then the raw ones
    without their folders; a raw one of the same name as a built one is ``tables/<name>`` in backquotes.

    Parameters
    ----------
    raw, built, found : mapping
        Tables by name: as loaded, of this and earlier stages, and those that were just made.

    Returns
    -------
    mapping
        Tables by name.
    """
    return ChainMap(dict(found), built, named_tables(raw))


def findings(rows: pd.DataFrame, tables: Tables, file: str = WORDS) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sentences that are told, and those that are not with their reason.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `read_findings` returns them.
    tables : mapping
        By the names that the expressions use.
    file : str
        The name of the file in errors.

    Returns
    -------
    tuple of pandas.DataFrame
        ``id, kind, language, text, page, verdict, source``, two rows a sentence; and ``id, row, reason``. `verdict`
        is that of the ledger, the weakest of its claims, or our judgement; `source` names the tables that it was
        computed from, joined by +, or is ``report`` where it tells what a page says.

    Raises
    ------
    DataError
        For a claim that is not in the ledger.
    """
    verdicts = tables["claims"].set_index("id")["verdict"].to_dict() if "claims" in tables else {}
    problems = [problem for row in rows.itertuples() for problem in _unknown_claims(row, verdicts, file)]
    reject(problems)
    writer, told, omitted = _Writer(tables), {}, []
    for row, unit in _spread(rows, tables):
        id = row.id.replace(EACH, unit) if unit else row.id
        if id in told:
            continue
        try:
            texts, source = writer.texts(row, unit)
        except (ExpressionError, Untold) as error:
            omitted.append((id, row.row, str(error)))
            continue
        verdict = _verdict(row, verdicts)
        page = None if pd.isna(row.page) else int(row.page)
        source = source or ("report" if page else None)
        told[id] = [(id, row.kind, tongue, texts[tongue], page, verdict, source) for tongue in LANGUAGES]
    frame = pd.DataFrame([line for lines in told.values() for line in lines], columns=COLUMNS)
    left = pd.DataFrame(omitted, columns=OMITTED)
    return frame.astype({"page": "Int64"}), left[~left["id"].isin(told)]


def _unknown_claims(row, verdicts: Mapping[str, str], file: str) -> Iterator[Problem]:
    for id in [] if pd.isna(row.claims) else row.claims.split("|"):
        if id not in verdicts:
            yield misnamed(file, row.row, "claims", id, verdicts, "an id of claims.csv", "drop it")


def _verdict(row, verdicts: Mapping[str, str]) -> str | None:
    if not pd.isna(row.verdict):
        return row.verdict
    return None if pd.isna(row.claims) else min((verdicts[id] for id in row.claims.split("|")), key=WEAKEST.index)


def _spread(rows: pd.DataFrame, tables: Tables) -> Iterator[tuple[object, str]]:
    """Yield every row with the unit that it is told of, or none; a row for each unit once for each that is ranked."""
    units = _ranked(tables)
    for row in rows.itertuples():
        yield from ((row, unit) for unit in (units if EACH in row.id else [""]))


def _ranked(tables: Tables) -> list[str]:
    """Return the units whose rank is published, or else those with a rank in the index, the best first."""
    root = tables["framework"].query("level == 0")["code"].iloc[0]
    for name, column in (("comparison", "published"), ("ranks", root)):
        rows = tables[name] if name in tables else pd.DataFrame()
        rows = rows[rows["node"] == root] if "node" in rows else rows
        if len(rows):
            return rows.dropna(subset=[column]).sort_values([column, "city"])["city"].tolist()
    return []


def _of_unit(expression: str, unit: str) -> str:
    quote = '"' if "'" in unit else "'"
    return expression.replace(EACH, f"{quote}{unit}{quote}")


def _split(slot: str) -> tuple[str, str]:
    expression, _, form = slot.rpartition("|")
    return (expression, form.strip()) if expression else (slot, "")


class _Writer:
    """Fills the slots of texts: computes them and writes numbers and names in a language."""

    def __init__(self, tables: Tables):
        self.tables = tables
        self.names = {tongue: dict(_names(tables, tongue)) for tongue in LANGUAGES}
        #: both languages, and the alternatives of an id, ask the same
        self.known: dict[str, Outcome] = {}

    def texts(self, row, unit: str) -> tuple[dict[str, str], str]:
        """Return the text of a row by language and the tables it was computed from.

        Parameters
        ----------
        row : namedtuple
            A row of the edition's words.
        unit : str
            The unit of analysis that it is about; empty: none.

        Raises
        ------
        Untold
            Where its condition is not true.
        ExpressionError
            Where a part cannot be computed.
        """
        read: set[str] = set()

        def computed(expression: str):
            text = _of_unit(expression, unit)
            if text not in self.known:
                self.known[text] = evaluate(text, self.tables, FUNCTIONS)
            read.update({table for table, *_ in self.known[text].cells})
            return self.known[text].value

        def written(part: re.Match, tongue: str) -> str:
            if part[0] == EACH:
                return self.names[tongue].get(unit, unit)
            expression, form = _split(part[1])
            return self.write(computed(expression), form, tongue, expression)

        if not pd.isna(row.when) and computed(row.when) is not True:
            raise Untold(f"not true: {row.when}")
        texts = {
            tongue: PART.sub(lambda part, tongue=tongue: written(part, tongue), getattr(row, f"text_{tongue}"))
            for tongue in LANGUAGES
        }
        texts["en"] = texts["en"][:1].upper() + texts["en"][1:]
        return texts, "+".join(sorted({name.removeprefix("tables/") for name in read}))

    def write(self, value, form: str, tongue: str, expression: str) -> str:
        """Return a computed value as it is written in a text.

        Parameters
        ----------
        value : float, str or list
        form, tongue : str
            How it is written, and the language, ``zh`` or ``en``.
        expression : str
            What gave the value, for messages.
        """
        if isinstance(value, list):
            return _joined([self.write(one, form, tongue, expression) for one in value], tongue)
        if isinstance(value, str):
            return date_in_words(value, tongue) if form == "month" else self.names[tongue].get(value, value)
        if isinstance(value, bool) or not isinstance(value, float):
            raise ExpressionError(expression, "a number, a text or a list", "use value(…), count(…) or a list")
        if value != value or abs(value) == float("inf"):
            raise ExpressionError(expression, "a finite number", "leave out what has none")
        return FORMATS[form](value, tongue) if form in FORMATS else _decimals(value, form)


def _names(tables: Tables, tongue: str) -> Iterator[tuple[str, str]]:
    """Yield what units, nodes and the words of the edition are called in a language."""
    for table, key in (("edition", "key"), ("framework", "code"), ("cities", "name_zh")):
        if table in tables:
            frame = tables[table]
            names = frame[tongue if table == "edition" else f"name_{tongue}"]
            # names of indicators stand within sentences; GDP stays as it is
            names = (
                names if table == "cities" else names.map(lambda name: _lower(name) if name[1:2].islower() else name)
            )
            yield from zip(frame[key].str.removeprefix("tier."), names, strict=True)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _joined(names: list[str], tongue: str) -> str:
    """Return names as they are listed in a sentence."""
    comma, last = ("、", "和") if tongue == "zh" else (", ", " and ")
    return names[0] if len(names) == 1 else comma.join(names[:-1]) + last + names[-1]


def _number(value: float, decimals: int | None = None) -> str:
    """Return a number with thousands separated, a true minus sign, and these decimals (default: as it is read)."""
    text = f"{significant(value, printed=True):,.15g}" if decimals is None else f"{value:,.{decimals}f}"
    return text.replace("-", "−")


def _decimals(value: float, form: str) -> str:
    """Return a number with so many decimals: ``.1`` to the nearest, ``.1-`` rounded down, ``.1+`` rounded up."""
    decimals = int(form[1])
    low, high = outward(value, value, decimals)
    return _number({"-": low, "+": high}.get(form[2:], round(value, decimals)), decimals)


def _amount(value: float, tongue: str) -> str:
    """Return a large number in the words of the language: 8.7e11 is 8,700亿, or 870 billion."""
    scales = {"zh": ((1e8, "亿"), (1e4, "万")), "en": ((1e9, " billion"), (1e6, " million"))}
    divisor, word = next((scale for scale in scales[tongue] if abs(value) >= scale[0]), (1, ""))
    return _number(significant(value / divisor)) + word


def _ordinal(value: float, tongue: str) -> str:
    number = int(value)
    if tongue == "zh":
        return f"第{number}"
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{suffix}"


def date_in_words(date: str, tongue: str) -> str:
    """Return an ISO month or day as it is written: 2007年4月, April 2007.

    Parameters
    ----------
    date : str
        ``2007-04`` or ``2017-09-29``.
    tongue : str
        ``zh`` or ``en``.

    Returns
    -------
    str
    """
    year, month, *day = date.split("-")
    if tongue == "zh":
        return f"{year}年{int(month)}月" + "".join(f"{int(number)}日" for number in day)
    return " ".join([*(f"{int(number)}" for number in day), calendar.month_name[int(month)], year])


def _word(value: float, tongue: str) -> str:
    """Return a small whole number as a word: 三, three."""
    return SMALL[tongue][int(value)] if value == int(value) and 0 <= value <= 12 else _number(value)


FORMATS: Mapping[str, Callable[[float, str], str]] = {
    "": lambda value, tongue: _number(value),
    "year": lambda value, tongue: f"{value:.0f}",
    "signed": lambda value, tongue: ("+" if value > 0 else "") + _number(value),
    "word": _word,
    "Word": lambda value, tongue: _word(value, tongue).capitalize(),
    "ordinal": _ordinal,
    "amount": _amount,
    "month": lambda value, tongue: _number(value),
}
