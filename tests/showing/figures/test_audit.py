"""The scorecard of the audit: its counts are those of the ledger; no title says that every number was recomputed."""

import re

from report_tables import ledger

from fhi.editions.claims import VERDICTS
from fhi.showing.figures import audit, entries


def test_the_scorecard_has_every_verdict_of_the_ledger():
    assert set(audit.VERDICTS) == set(VERDICTS)
    data = audit.scorecard_data({"claims": ledger()})
    assert data.groupby("verdict")["claims"].sum().to_dict() == ledger()["verdict"].value_counts().to_dict()


def test_the_caption_says_how_many_numbers_were_checked():
    counts = ledger()["verdict"].value_counts()
    checked = len(ledger()) - counts["constraint"] - counts["not-recomputable"]
    caption = audit.scorecard_caption(audit.scorecard_data({"claims": ledger()}))
    assert f"Of {len(ledger())} stated numbers, orders and dates {checked} can be checked" in caption["en"]
    assert f"{counts['supported']} have limited support and" in caption["en"]
    assert f"{len(ledger())}项数字、次序或日期中，{checked}项可由其他数据核对" in caption["zh"]
    assert f"{counts['supported']}项有限支持" in caption["zh"]


def test_no_title_claims_that_every_number_was_recomputed():
    title = next(entry.title for entry in entries() if entry.id == "audit-scorecard")
    assert not re.search("every|逐数|全部", title["en"] + title["zh"], re.IGNORECASE)
