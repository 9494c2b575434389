"""The glossary: one term a notion, in both languages."""

import re

from fhi.codebook.glossary import terms


def test_every_term_stands_once_in_each_language_with_its_meaning():
    for column in range(2):
        names = [term[column].casefold() for term in terms()]
        assert len(names) == len(set(names))
    assert all(all(term) for term in terms())


def test_no_language_stands_in_the_column_of_the_other():
    han = re.compile("[\u4e00-\u9fff]")
    assert not [term for term in terms() if han.search(term.en + term.meaning_en)]
    assert not [term for term in terms() if not han.search(term.zh) or not han.search(term.meaning_zh)]
