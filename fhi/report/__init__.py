"""What is made of a built scenario for its readers: the page, the print, the manifest, the closing summary."""

from fhi.report.closing import summary
from fhi.report.page import build_page, write_report

__all__ = ["build_page", "summary", "write_report"]
