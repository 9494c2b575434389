"""The words of the figures: each slot in both languages, with the same values, named by the code and no other."""

import re
from string import Formatter

import pytest

from fhi.paths import ROOT
from fhi.showing.figures import entries
from fhi.showing.figures.wording import Words, both, said, slots

HAN = re.compile("[\u4e00-\u9fff]")
CODE = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "fhi/showing/figures").glob("*.py")))
#: the report's quotation of a Chinese name in an English text
NAMES = {"lending-failures.source"}


def roots(text):
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(text) if name}


def test_every_slot_speaks_both_languages():
    for slot, texts in slots().items():
        words = re.sub(r"\{.*?\}|Copeland|Cronbach", "", texts["zh"])
        assert HAN.search(words) or not re.search("[a-z]{3}", words), slot
        assert slot in NAMES or not HAN.search(texts["en"]), slot


def test_every_slot_is_named_by_the_code_and_every_named_slot_exists():
    named = set(re.findall(r"""["']([a-z][\w-]*\.[\w -]+)["']""", CODE))
    called = set(re.findall(r"""(?:said|both)\(\s*["']([\w-]+\.[\w -]+)["']""", CODE))
    assert called <= set(slots())
    ids = {entry.id for entry in entries()}
    for slot in slots():
        figure, name = slot.split(".", 1)
        made = f'"{figure}.{{' in CODE or f'f"{figure}.' in CODE or f"{figure}.{{" in CODE
        made = made or (name == "heads" and f'heads("{figure}"' in CODE)
        made = made or (f'"{figure}", language' in CODE and (name == "axis" or f'"{name}"' in CODE))
        assert slot in named or made or (name in ("title", "source") and figure in ids), slot


def test_the_title_of_a_figure_says_what_the_edition_compares():
    countries = Words("国家", "country", "countries")
    for entry in entries():
        if f"{entry.id}.title" in slots() and not (entry.page or entry.beside):
            title = both(f"{entry.id}.title", unit=countries)
            assert "cities" not in title["en"] and "城市" not in title["zh"], entry.id


def test_a_value_that_is_not_given_is_an_error():
    slot = next(slot for slot, texts in slots().items() if roots(texts["en"]))
    with pytest.raises(KeyError):
        said(slot, "en")
