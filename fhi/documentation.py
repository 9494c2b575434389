"""The texts that are generated, so that they stay true: tables of the READMEs, and the package of the raw data."""

from __future__ import annotations

import re
from pathlib import Path

from fhi import datapackage
from fhi.figures import entries
from fhi.files import replace_file
from fhi.parameters import RAW, ROOT
from fhi.sources import SCHEMAS


def figure_map() -> str:
    """Return the table figure → page → notebook → function → file, in Markdown."""
    lines = ["| figure | page | evidence | notebook | function | file |", "|---|---|---|---|---|---|"]
    for entry in entries():
        cells = (entry.title["en"], entry.page or "—", ", ".join(entry.evidence), "07_charting", f"`{entry.function}`")
        lines.append(f"| {' | '.join(map(str, cells))} | `figures/{entry.id}.*` |")
    return "\n".join(lines)


def data_dictionary() -> str:
    """Return the meaning of every column of every raw table, in Markdown."""
    blocks = []
    for name, schema in SCHEMAS.items():
        rows = [
            f"### `{name}.csv`\n",
            f"{schema.description}. Key: {', '.join(f'`{key}`' for key in schema.unique)}.\n",
        ]
        rows += ["| column | kind | may be empty | meaning |", "|---|---|---|---|"]
        for column, spec in schema.columns.items():
            empty = "yes" if spec.nullable else ""
            rows.append(f"| `{column}` | {spec.metadata['kind']} | {empty} | {spec.description} |")
        blocks.append("\n".join(rows))
    return "\n\n".join(blocks)


def fill(text: str, name: str, content: str) -> str:
    """Return `text` with what stands between ``<!-- name -->`` and ``<!-- /name -->`` replaced.

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
    parts = {ROOT / "README.md": ("figures", figure_map()), RAW / "README.md": ("dictionary", data_dictionary())}
    texts = {path: fill(path.read_text(encoding="utf-8"), *part) for path, part in parts.items()}
    return texts | {RAW / datapackage.NAME: datapackage.encode(datapackage.raw_package())}


def write() -> None:
    """Bring the generated tables of both READMEs and the package of the raw data up to date."""
    for path, text in pages().items():
        replace_file(path, text.encode("utf-8"))
