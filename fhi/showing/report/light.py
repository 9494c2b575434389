"""Pages beside the report: comparisons, and those of the site. One style, one small script, fonts inside."""

from __future__ import annotations

from fhi.processes import pool
from fhi.showing.report.page import ASSETS, FONT_MARK, environment, font_css, page_style, script_hash
from fhi.showing.report.texts import said


def light_page(template: str, **context: object) -> str:
    """Return a page of a template that extends ``light.html.j2``, with style, script and fonts inside."""
    page = unfonted(template, **context)
    with pool(1) as process:
        return page.replace(FONT_MARK, font_css("".join(sorted(set(page))), process), 1)


def unfonted(template: str, **context: object) -> str:
    """Return such a page with a mark where the fonts go."""
    script = (ASSETS / "light.js").read_text(encoding="utf-8")
    shown = {"lead": None, "rights": said("rights"), "links": []} | context
    shown |= {"style": page_style(), "script": script, "hash": script_hash(script)}
    return environment().get_template(template).render(**shown)
