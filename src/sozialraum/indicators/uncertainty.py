"""How far a number may be off by chance: Wilson for proportions, Byar for counts and rates.

With complete administrative counts there is no sampling error. The interval then says which differences could be
random variation, and pages say so.

Sources: Wilson (1927), J. Am. Stat. Assoc. 22; Breslow and Day (1987), Statistical Methods in Cancer Research II, p. 69
(Byar's approximation to the exact Poisson limits).
"""

from __future__ import annotations

import polars as pl

Z95 = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""


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
