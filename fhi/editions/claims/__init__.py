"""The ledger of claims: numbers and orders that the report prints, checked against other cells where these allow it."""

from fhi.editions.claims import ecosystem, experience, industry, landscape, method
from fhi.editions.claims.ledger import ledger
from fhi.editions.claims.registry import FEW

__all__ = ["FEW", "ecosystem", "experience", "industry", "landscape", "ledger", "method"]
