"""What the published numbers pin down: bounds on hidden scores and weights."""

from fhi.engine.identification.bounds import IdentifiedSet

__all__ = ["IdentifiedSet"]
