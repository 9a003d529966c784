"""Definitions, a small vocabulary of formulas, uncertainty, trends, comparison and plain sentences."""

from sozialraum.indicators.engine import compute

__all__ = ["compute"]
