"""What is generated of the documents, so that it stays true: figures, verdicts, data dictionary, notes on methods."""

import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from fhi import editions
from fhi.codebook.columns import columns
from fhi.codebook.glossary import terms
from fhi.codebook.tables import Table, tables
from fhi.editions import SCHEMAS, claims
from fhi.engine.methods import CONTEXT, OF_SPACE, TABLES, keywords, parameter_schema, traits
from fhi.engine.parameters import OwnSteps
from fhi.engine.words import key_name, words
from fhi.files import replace_file
from fhi.paths import RAW, REPORT, ROOT
from fhi.running import datapackage, dependencies
from fhi.running.phrases import TEXTS
from fhi.scenarios import BASE, Scenario
from fhi.showing.figures import entries, rendering
from fhi.showing.figures.audit import CHECKED
from fhi.showing.figures.evidence import seen
from fhi.showing.figures.registry import LANGUAGES
from fhi.store import Store

FILE = ROOT / "docs" / "scenario.schema.json"
#: the first line of a scenario, by which an editor finds the schema
MARK = "# yaml-language-server: $schema=../../docs/scenario.schema.json"


#: what stands beside the parameters of a method of multiple imputation
DRAWN = {"draws": {"type": "integer", "minimum": 2}, "seed": {"type": "integer", "minimum": 0}}


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario: the typed model, with the methods of each step and their parameters."""
    schema = Scenario.model_json_schema()
    properties = {BASE: {"type": "string"}, **schema["properties"]}
    for step in TABLES:
        if step != "aggregation" and step not in OF_SPACE:
            properties[step] = _step(step)
    single = _step("aggregation")["anyOf"]
    levels = {"type": "object", "additionalProperties": {"anyOf": single}}
    properties["aggregation"] = {"anyOf": [*single, levels]}
    own = {key: _step(key) for key in OwnSteps.model_fields}
    properties["by_indicator"]["additionalProperties"] = {
        "type": "object",
        "properties": own,
        "additionalProperties": False,
    }
    space = schema["$defs"]["Robustness"]["properties"]["space"]
    space["properties"] = {step: _step(step, DRAWN) for step in OF_SPACE}
    properties["user_data"]["anyOf"].insert(0, {"type": "string"})
    known = words("key")
    for name, content in properties.items():
        content |= {"title": f"{known[name].en} {known[name].zh}"}
        content |= {"description": f"{known[name].meaning_en}. {known[name].meaning_zh}。"}
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Scenario 方案"}
    return head | schema | {"title": head["title"], "properties": properties}


def encoded() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(scenario_schema(), ensure_ascii=False, indent=1) + "\n"


def _step(step: str, more: Mapping[str, Any] = {}) -> dict[str, Any]:
    """Return the schema of a step: a name, or a name with its parameters, and what else may stand beside them."""
    table = TABLES[step]
    names = [{"const": name, "description": _said(step, name, function)} for name, function in table.items()]
    return {"anyOf": [{"anyOf": names}, *(_with_parameters(step, name, table[name], more) for name in table)]}


def _said(step: str, name: str, function: Callable) -> str:
    known = traits(step, name)
    return f"{known.en} {known.zh}: {inspect.getdoc(function).splitlines()[0]}"


def _with_parameters(step: str, name: str, function: Callable, more: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: parameter for key, parameter in keywords(function).items() if key not in CONTEXT}
    properties: dict[str, Any] = {"method": {"const": name, "description": _said(step, name, function)}, **more}
    for key, parameter in own.items():
        properties[key] = parameter_schema(function, key)
        if parameter.default is not parameter.empty and isinstance(parameter.default, str | int | float):
            properties[key] = properties[key] | {"default": parameter.default}
        if key in traits(step, name).judgements:
            properties[key] = {"type": ["string", "object"]}
    required = ["method", *(key for key, parameter in own.items() if parameter.default is parameter.empty)]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


#: what each method does, in Chinese; in English its docstring says so
MEANINGS = ROOT / "fhi" / "codebook" / "methods.csv"
#: the pages of the documentation, those in Chinese in ``zh``
DOCS = ROOT / "docs"
#: the figures that the READMEs show
PICTURES = ("replication", "identified-scores")


def figure_map(language: str = "en") -> str:
    """Return the table figure → page → notebook → function → file, in Markdown."""
    lines = [TEXTS["head"]["figures"][language], "|---|---|---|---|---|---|"]
    for entry in entries():
        evidence = ", ".join(entry.evidence)
        cells = entry.title[language], entry.page or "—", evidence, "07_charting", f"`{entry.function}`"
        lines.append(f"| {' | '.join(map(str, cells))} | `figures/{entry.id}.*` |")
    return "\n".join(lines)


def verdict_counts(language: str = "en") -> str:
    """Return how many claims of the ledger have which verdict, in Markdown."""
    counts = claims.ledger(editions.load())["verdict"].value_counts()
    lines = [TEXTS["head"]["verdicts"][language], "|---|---|---|"]
    for name, text in TEXTS["verdict"].items():
        lines.append(f"| `{name}` | {counts.get(name, 0)} | {text[language].format(few=claims.FEW)} |")
    total, checked = (text[language] for text in TEXTS["count"].values())
    tried = counts.reindex(CHECKED, fill_value=0).sum()
    return "\n".join([*lines, f"| {total} | {counts.sum()} | {checked.format(tried)} |"])


def data_dictionary() -> str:
    """Return the meaning of every column of every raw table, in Markdown."""
    blocks = []
    own = {f"{REPORT}/{name}": schema for name, schema in editions.schemas_of(RAW / REPORT).items()}
    for name, schema in (SCHEMAS | own).items():
        rows = [
            f"### `{name}.csv`\n",
            f"{schema.description}. Key: {', '.join(f'`{key}`' for key in schema.key)}.\n",
        ]
        rows += ["| column | kind | may be empty | meaning |", "|---|---|---|---|"]
        for column, spec in schema.columns.items():
            empty = "yes" if spec.nullable else ""
            rows.append(f"| `{column}` | {spec.kind} | {empty} | {spec.description} |")
        blocks.append("\n".join(rows))
    return "\n\n".join(blocks)


def output_lists(language: str = "en") -> str:
    """Return which tables each notebook writes, in Markdown; what stands in ``tables/`` are the raw ones."""
    lines = [TEXTS["head"]["outputs"][language], "|---|---|"]
    stages: dict[str, list[str]] = {}
    for name, row in tables().items():
        if row.stage[0].isdigit():
            stages.setdefault(row.stage, []).append(f"`{re.sub(r'{.*}', '*', name)}.csv`")
    return "\n".join([*lines, *(f"| `{stage}` | {', '.join(names)} |" for stage, names in stages.items())])


def codebook() -> str:
    """Return the meaning of every column of every table that is written, in Chinese and English, in Markdown."""
    blocks, stage = [], ""
    for name, row in tables().items():
        if row.stage != stage:
            stage = row.stage
            blocks.append(f"## {stage}")
        head = [f"### `{_words(name)}.csv`\n", f"{row.title['zh']}<br>{row.title['en']}\n"]
        facts = [f"{word}: {', '.join(f'`{item}`' for item in items)}" for word, items in _facts(row).items() if items]
        head += [" · ".join(facts) + "\n"] if facts else []
        head += ["| column | unit | 含义 | meaning |", "|---|---|---|---|"]
        for column in columns(name):
            # outside of code a bracket would begin a tag
            texts = (_words(text, r"\\<") for text in column[1:])
            head.append(f"| `{_words(column.name)}` | {' | '.join(texts)} |")
        blocks.append("\n".join(head))
    return "\n\n".join(blocks)


def glossary() -> str:
    """Return the terms of the project in both languages, in Markdown."""
    rows = (f"| {term.en} | {term.zh} | {term.meaning_en} | {term.meaning_zh} |" for term in terms())
    return "\n".join(["| English | 中文 | meaning | 含义 |", "|---|---|---|---|", *rows])


def _facts(row: Table) -> Mapping[str, Iterable[str]]:
    when = [] if row.when in ("always", row.stage) else [row.when]
    return {"key 主键": row.key, "provenance 数据来源标签": row.evidence.split(), "only with 仅当有": when}


def _words(text: str, mark: str = "<") -> str:
    """Return a text of the codebook with its words in braces as they are shown: ``<node>``."""
    return re.sub(r"{(\w+)}", rf"{mark}\1>", text)


def method_notes(language: str = "en") -> str:
    """Return the notes on every method of every step, in Markdown: in English those of its docstring."""
    meanings = pd.read_csv(MEANINGS).set_index(["step", "name"])["meaning_zh"]
    blocks = []
    for key, methods in TABLES.items():
        place = f"robustness.space.{key}" if key in OF_SPACE else key
        where = {"en": f"In a scenario: `{place}:`", "zh": f"方案中的键：`{place}:`"}[language]
        blocks.append(f"## {key_name(key, language)}\n\n{where}")
        for name, function in methods.items():
            title = f"### {name}" + (f" {function.traits.zh}" if language == "zh" else "")
            meaning = meanings.get((key, name), "") if language == "zh" else None
            blocks.append("\n\n".join([title, *_note(function, meaning)]))
    return "\n\n".join(blocks)


def _note(function: Callable, meaning: str | None) -> Iterator[str]:
    """Return what a method does (its docstring, or the meaning in Chinese), its parameters and its references."""
    sections = re.split(r"\n(\w+)\n-{3,}\n", inspect.getdoc(function))
    yield sections[0].strip().replace("``", "`") if meaning is None else meaning
    own = [parameter for parameter in keywords(function).values() if parameter.name not in CONTEXT]
    if own:
        head, between, end = ("Parameters: ", ", ", ".") if meaning is None else ("参数：", "，", "。")
        yield head + between.join(_parameter(one, meaning is not None) for one in own) + end
    known = dict(zip(sections[1::2], sections[2::2], strict=True))
    if "References" in known:
        yield f"*{' '.join(known['References'].split())}*"


def _parameter(parameter: inspect.Parameter, chinese: bool) -> str:
    required, default = ("（必需）", "（默认 {!r}）") if chinese else (" (required)", " (default {!r})")
    return (
        f"`{parameter.name}`{required if parameter.default is parameter.empty else default.format(parameter.default)}"
    )


def fill(text: str, name: str, content: str) -> str:
    """Return `text` with what stands between ``<!-- name -->`` and ``<!-- /name -->`` replaced.

    Parameters
    ----------
    text : str
        The document.
    name : str
        Of the marks.
    content : str
        What is to stand between them.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the marks are not there.
    """
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"no marks <!-- {name} --> … <!-- /{name} -->")
    return pattern.sub(lambda match: f"{match[1]}{content}\n{match[2]}", text)


def pages() -> dict[Path, str]:
    """Return the text that each file with generated parts should have."""
    parts = {
        DOCS / "codebook.md": {"codebook": codebook()},
        DOCS / "glossary.md": {"glossary": glossary()},
        RAW / "README.md": {"dictionary": data_dictionary()},
    }
    for language, folder in (("en", DOCS), ("zh", DOCS / "zh")):
        parts[folder / "figures.md"] = {"figures": figure_map(language), "outputs": output_lists(language)}
        parts[folder / "methods.md"] = {"methods": method_notes(language)}
        parts[folder / "dependencies.md"] = {
            "packages": dependencies.package_list(language),
            "systems": dependencies.system_list(language),
        }
        parts[folder / "reviewers.md"] = {"verdicts": verdict_counts(language)}
    texts = {}
    for path, contents in parts.items():
        texts[path] = path.read_text(encoding="utf-8")
        for name, content in contents.items():
            texts[path] = fill(texts[path], name, content)
    return texts | {
        RAW / datapackage.NAME: datapackage.encode(datapackage.raw_package()),
        FILE: encoded(),
    }


def write() -> None:
    """Bring what is generated of the documents up to date."""
    for path, text in pages().items():
        replace_file(path, text.encode("utf-8"))


def write_pictures(scenario: str) -> None:
    """Draw the pictures that the READMEs show, from a built report, into ``docs/pictures/``."""
    store = Store(scenario)
    for entry, data in (seen(entry, store) for entry in entries() if entry.id in PICTURES):
        for language in LANGUAGES:
            picture = rendering.images(entry, data, language, ["png"])["png"]
            replace_file(ROOT / "docs" / "pictures" / f"{entry.id}.{language}.png", picture)
