"""The ledger of claims: every checkable number or order that the report prints, recomputed from other cells."""

from fhi.claims import ecosystem, experience, industry, landscape, method
from fhi.claims.ledger import ledger

__all__ = ["ecosystem", "experience", "industry", "landscape", "ledger", "method"]
