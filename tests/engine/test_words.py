"""Choices in words: labels with the names of scenarios, and the same in Chinese and English."""

import pytest

from fhi.engine import index  # noqa: F401 (registers every method)
from fhi.engine.methods import TABLES, traits
from fhi.engine.parameters import Step
from fhi.engine.words import in_words, label, words


@pytest.mark.parametrize(
    ("text", "step", "zh", "en"),
    [
        ("winsorise (points 2)", "treatment", "缩尾处理（点数 2）", "winsorisation (points 2)"),
        ("min-max (scale 1–100)", "normalisation", "极差标准化（区间 1–100）", "min–max (scale 1–100)"),
        (
            "z-score (mean 100, sd 10)",
            "normalisation",
            "Z分数标准化（均值 100，标准差 10）",
            "z-score (mean 100, sd 10)",
        ),
        (
            "0: geometric, 1: arithmetic, 2: arithmetic",
            "aggregation",
            "几何平均 → 算术平均",
            "geometric mean → arithmetic mean",
        ),
        ("mean", "imputation", "均值插补", "mean"),
        ("none", "imputation", "不插补", "none"),
        ("adoption: 2", "weights", "adoption: 2", "adoption: 2"),
        ("k-nearest-neighbours (k 2)", "imputation", "K近邻插补（k 2）", "nearest neighbours (k 2)"),
    ],
)
def test_a_choice_is_told_in_the_words_of_its_step(text, step, zh, en):
    assert (in_words(text, "zh", step), in_words(text, "en", step)) == (zh, en)


def test_a_label_keeps_the_names_of_a_scenario():
    assert label(Step(method="min-max", scale=[0, 1])) == "min-max (scale 0–1)"
    assert label({"a": 2.0}) == "a: 2"
    assert label(("甲", "乙")) == "甲, 乙"
    assert label(()) == label(None) == "none"


def test_every_method_and_every_key_has_a_name_in_both_languages():
    for step, table in TABLES.items():
        for name in table:
            known = traits(step, name)
            assert known.en and any(ord(letter) > 0x2E80 for letter in known.zh), name
    assert all(word.zh and word.en and word.meaning_zh and word.meaning_en for word in words("key").values())
