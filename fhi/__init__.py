"""The Fintech Hub Index, reproduced: a small library that the notebooks call, one module a step."""

__version__ = "0.1.0"
