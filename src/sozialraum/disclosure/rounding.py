"""Consistent rounding: every count becomes the nearest multiple of a base, wherever and whenever it is published.

Halves go up, as in DIN 1333. The same count is always the same number, in every table; parts need not add up to their
whole. The Federal Employment Agency rounds what it publishes on the web to tens this way.
"""

from __future__ import annotations

import polars as pl


def round_to(counts: pl.Expr, base: int) -> pl.Expr:
    """Return counts rounded to multiples of a base: with base 5, 7 becomes 5 and 8 becomes 10.

    Args:
        counts: numbers, not negative.
        base: 2 or more.
    """
    rounded: pl.Expr = (counts / base + 0.5).floor() * base
    return rounded


def possible(rounded: int, base: int) -> tuple[int, int]:
    """Return the smallest and the largest count that a published multiple may stand for: with base 5, 10 is 8 to 12."""
    return max(0, rounded - base // 2), rounded + (base - 1) // 2
