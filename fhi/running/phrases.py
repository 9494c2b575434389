"""What generated documents and workbooks say, in both languages: the rows of ``phrases.csv``."""

from pathlib import Path

from fhi.engine.cells import read_cells

Texts = dict[str, dict[str, str]]


def _texts() -> dict[str, Texts]:
    found: dict[str, Texts] = {}
    path = Path(__file__).with_suffix(".csv")
    for _, (kind, name, zh, en) in read_cells(path, path.name)[1]:
        found.setdefault(kind, {})[name] = {"zh": zh, "en": en}
    return found


#: by kind, by name, by language
TEXTS = _texts()
