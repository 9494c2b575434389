"""Numbers in README and documentation are those of the stored results and of the raw tables, in both languages."""

import re

import pandas as pd
import pytest

from fhi import editions
from fhi.paths import ROOT

STORED = ROOT / "tests" / "expected" / "baseline" / "processed"


def stored(name):
    return pd.read_csv(STORED / f"{name}.csv")


def shares():
    root = stored("weight_by_evidence").query("node == 'FHI'").set_index("evidence")["share"]
    return [f"{100 * root[['published', 'derived']].sum():.0f}", f"{100 * root['public']:.0f}"]


def parts():
    taus = stored("agreement").query("node == 'FHI'").set_index("subset")["kendall_tau_b"]
    return [f"{taus[name]:.2f}" for name in ("public", "report", "without-experience") if name in taus]


def robustness():
    found = stored("robust_answers")
    above = found.query("question == 'above' and city == '杭州' and other == '深圳'")["probability"].item()
    fifth = stored("rank_probabilities").query("city == '香港' and rank == 5")["probability"].item()
    tier = found.query("question == 'tier'")["probability"].mean()
    assert found.query("question == 'tiers'")["probability"].item() == 0
    return [f"{100 * value:.0f}" for value in (above, fifth, tier)]


def screening():
    table = stored("screening").set_index("indicator")
    cities = round(table["units"].max() / table["coverage"].max())
    return [len(table), int(table["used"].sum()), cities, int(((table["units"] > 0) & ~table["used"]).sum())]


def constrained():
    """Return for how many cities order, tier means and scale alone give the bounds of all facts."""
    every = stored("bounds").query("node == 'FHI'").set_index("city")
    index = stored("bounds_by_facts").query("facts == 'index' and node == 'FHI'").set_index("city").loc[every.index]
    same = ((every[["low", "high"]] - index[["low", "high"]]).abs() < 1e-6).all(axis=1)
    return [int(same.sum()), len(every)]


def companies():
    tables = editions.load()
    return [len(tables["public/a_share_firms"]), len(tables["public/a_share_industries"])]


def hdi():
    tables = editions.load("hdi2021")
    scores = tables["published_scores"]
    return [f"{len(scores[scores['year'] >= 2015]):,}", len(tables["published_ranks"])]


WORDS = {"four": 4, "eight": 8, "一": 1, "四": 4, "八": 8}
#: page in English, its sentence with each number in brackets, the same in Chinese, and the numbers
SENTENCES = [
    ("README.md", r"own numbers \((\d+) ?% of the weight\)\s+and public data \((\d+) ?%\)", shares),
    ("README.zh.md", r"占权重(\d+)%）和公开数据（(\d+)%", shares),
    ("docs/robustness.md", r"Shenzhen in (\d+) ?% of the .* is fifth in (\d+) ?% .* average (\d+) ?% of", robustness),
    ("docs/zh/robustness.md", r"杭州在(\d+)%的模拟中高于深圳.*?香港在(\d+)%的.*平均(\d+)%的城市", robustness),
    (
        "docs/method.md",
        r"each of the (\d+) is .* (Eight) have data for at least half of the (\d+) .* (four) more",
        screening,
    ),
    ("docs/bounds.md", r"bounds of (\d+) of the (\d+) cities follow from the overall ranks", constrained),
    ("docs/reviewers.md", r"(\d+) A-share companies in (\d+) industries", companies),
    ("docs/zh/method.md", r"写明(\d+)项指标.*?(八)项在(\d+)座城市.*?(四)项只有", screening),
    ("docs/zh/bounds.md", r"(15)座的得分区间.*?总排名", lambda: constrained()[:1]),
    ("docs/zh/reviewers.md", r"(\d+)个行业的(\d+)家A股公司", lambda: companies()[::-1]),
    ("README.md", r"all ([\d,]+) published values .* all (\d+) ranks of 2021", hdi),
    ("README.zh.md", r"全部([\d,]+)个数值和2021年的全部(\d+)个名次", hdi),
    ("docs/edition.md", r"all ([\d,]+) values of the Human .* all\s+(\d+) ranks of 2021", hdi),
]


@pytest.mark.parametrize("page, sentence, numbers", SENTENCES, ids=lambda value: getattr(value, "__name__", None))
def test_a_number_is_that_of_the_tables(page, sentence, numbers):
    text = (ROOT / page).read_text(encoding="utf-8").replace("\n", " ")
    found = re.search(sentence, text)
    assert found, f"{page} says it otherwise"
    expected = [str(value) for value in numbers()]
    assert [str(WORDS.get(word.lower(), word)) for word in found.groups()] == expected


def test_the_parts_of_the_agreement_are_those_stored():
    for page in ("README.md", "README.zh.md"):
        line = next(line for line in (ROOT / page).read_text(encoding="utf-8").splitlines() if line[:6] == "parts ")
        assert sorted(re.findall(r"0\.\d\d", line)) == sorted(parts())
