"""The generated tables of the READMEs are those of the code."""

import pytest

from fhi import documentation
from fhi.figures import entries
from fhi.sources import SCHEMAS


def test_both_readmes_are_up_to_date():
    for path, text in documentation.pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run make readme"


def test_the_figure_map_names_every_figure_once():
    table = documentation.figure_map()
    for entry in entries():
        assert table.count(f"`figures/{entry.id}.*`") == 1


def test_the_dictionary_names_every_column():
    text = documentation.data_dictionary()
    for name, schema in SCHEMAS.items():
        block = text.split(f"### `{name}.csv`\n")[1].split("###")[0]
        assert all(f"| `{column}` |" in block for column in schema.columns)


def test_fill_replaces_only_between_the_marks():
    text = "a\n<!-- x -->\nold\n<!-- /x -->\nb"
    assert documentation.fill(text, "x", "new") == "a\n<!-- x -->\nnew\n<!-- /x -->\nb"
    with pytest.raises(ValueError, match="no marks"):
        documentation.fill(text, "y", "new")
