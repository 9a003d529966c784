"""How far chance may move a number: Wilson for proportions, Byar for counts and rates, Dobson for standardised rates.

With complete administrative counts there is no sampling error. The interval then says which differences could be
random variation, and pages say so.

Sources: Wilson (1927), J. Am. Stat. Assoc. 22; Breslow and Day (1987), Statistical Methods in Cancer Research II, p. 69
(Byar's approximation to the exact Poisson limits); Dobson et al. (1991), Statistics in Medicine 10, p. 457-462.
"""

from __future__ import annotations

import polars as pl

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators.formulas import PLAIN
from sozialraum.tables import Value

Z95 = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""

Z998 = 3.090232306167813
"""The normal quantile of a two-sided 99.8 % interval."""


def wilson(x: pl.Expr, n: pl.Expr, z: float = Z95) -> tuple[pl.Expr, pl.Expr]:
    """Return the lower and upper end of Wilson's score interval for the proportion ``x / n``, both within 0 to 1.

    Args:
        x: cases, 0 <= x <= n.
        n: the base, above 0.
        z: the normal quantile of the two-sided interval.
    """
    middle = 2 * x + z**2
    spread = z * (z**2 + 4 * x * (1 - x / n)).sqrt()
    below = 2 * (n + z**2)
    return ((middle - spread) / below).clip(0, 1), ((middle + spread) / below).clip(0, 1)


def byar(x: pl.Expr, z: float = Z95) -> tuple[pl.Expr, pl.Expr]:
    """Return the lower and upper end of Byar's interval for a count ``x`` >= 0; the lower end of 0 is 0."""
    low = x * (1 - 1 / (9 * x) - z / (3 * x.sqrt())) ** 3
    more = x + 1
    high = more * (1 - 1 / (9 * more) + z / (3 * more.sqrt())) ** 3
    return pl.when(x > 0).then(low.clip(lower_bound=0)).otherwise(pl.lit(0.0)), high


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
    scale, x = PLAIN[document.formula].scale(document), pl.lit(value.numerator)
    if document.interval == "wilson" and value.denominator:
        ends = wilson(x, pl.lit(value.denominator), Z998)
    elif document.interval == "byar" and value.denominator != 0:
        ends, scale = byar(x, Z998), scale / (value.denominator or 1.0)
    else:
        return None
    lower, upper = pl.select((ends[0] * scale).alias("lower"), (ends[1] * scale).alias("upper")).row(0)
    return float(lower), float(upper)
