"""How far chance may move a number: Wilson for proportions, Byar for counts and rates, Dobson for standardised rates.

With complete administrative counts there is no sampling error. The interval then says which differences could be
random variation, and pages say so.

Sources: Wilson (1927), J. Am. Stat. Assoc. 22; Breslow and Day (1987), Statistical Methods in Cancer Research II, p. 69
(Byar's approximation to the exact Poisson limits); Dobson et al. (1991), Statistics in Medicine 10, p. 457-462.
"""

from __future__ import annotations

import math
from typing import TypeVar

import polars as pl

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators.formulas import PLAIN
from sozialraum.tables import Value

Z95 = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""

Z998 = 3.090232306167813
"""The normal quantile of a two-sided 99.8 % interval."""


N = TypeVar("N", float, pl.Expr)
"""A number, or a column of them."""


def wilson(x: N, n: N, z: float = Z95) -> tuple[N, N]:
    """Return the lower and upper end of Wilson's score interval for the proportion ``x / n``, both within 0 to 1.

    Args:
        x: cases, 0 <= x <= n.
        n: the base, above 0.
        z: the normal quantile of the two-sided interval.
    """
    middle = 2 * x + z**2
    spread = z * _root(z**2 + 4 * x * (1 - x / n))
    below = 2 * (n + z**2)
    return _within((middle - spread) / below, 1), _within((middle + spread) / below, 1)


def byar(x: N, z: float = Z95) -> tuple[N, N]:
    """Return the lower and upper end of Byar's interval for a count ``x`` >= 0; the lower end of 0 is 0."""
    some = _within(x, least=_SMALLEST)
    low = some * (1 - 1 / (9 * some) - z / (3 * _root(some))) ** 3
    more = x + 1
    high = more * (1 - 1 / (9 * more) + z / (3 * _root(more))) ** 3
    return _within(low), high


_SMALLEST = 1e-9
"""Stands for no case, by which nothing can be divided; its lower end is below 0, and so cut off there."""


def _root(number: N) -> N:
    return number.sqrt() if isinstance(number, pl.Expr) else math.sqrt(number)


def _within(number: N, most: float | None = None, *, least: float = 0.0) -> N:
    """Cut a number off at both ends."""
    if isinstance(number, pl.Expr):
        return number.clip(least, most)
    return max(least, number if most is None else min(number, most))


def dobson(x: pl.Expr, variance: pl.Expr, rate: pl.Expr, z: float = Z95) -> tuple[pl.Expr, pl.Expr]:
    """Return the lower and upper end of Dobson's interval for a directly standardised rate.

    Byar's interval for all cases together is carried over to their weighted sum: ``rate + sqrt(variance / x) (end of
    Byar - x)``. Without a case there is no variance to carry it over with, and the ends are null. Below ten cases the
    English public health profiles publish no standardised rate; whether one is shown is decided at the door.

    Args:
        x: all cases, unweighted, >= 0.
        variance: the variance of the rate, ``sum((weight / base)^2 cases) / (sum of weights)^2``, in the square of the
            unit of ``rate``: with a rate per 100,000 it is multiplied by 100,000 squared.
        rate: the standardised rate.
        z: the normal quantile of the two-sided interval.
    """
    low, high = byar(x, z)
    unit = (variance / x).sqrt()
    some = x > 0
    lower = pl.when(some).then((rate + unit * (low - x)).clip(lower_bound=0))
    return lower, pl.when(some).then(rate + unit * (high - x))


def wide_interval(document: IndicatorDoc, value: Value) -> tuple[float, float] | None:
    """Return the 99.8 % interval of a value in the unit of its indicator.

    A release holds 95 % intervals. The wider one is made from the published counts; None where the value has no
    interval, or where its counts are not published.
    """
    if value.lower is None or value.upper is None or value.numerator is None or document.formula not in PLAIN:
        return None
    scale = PLAIN[document.formula].scale(document)
    if document.interval == "wilson" and value.denominator:
        ends = wilson(value.numerator, value.denominator, Z998)
    elif document.interval == "byar" and value.denominator != 0:
        ends, scale = byar(value.numerator, Z998), scale / (value.denominator or 1.0)
    else:
        return None
    return ends[0] * scale, ends[1] * scale
