"""The ledger of claims: numbers and orders that a report prints, checked against other cells where these allow it."""

from fhi.editions.claims.ledger import ledger
from fhi.editions.claims.verdicts import FEW

__all__ = ["FEW", "ledger"]
