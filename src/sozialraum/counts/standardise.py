"""Directly standardised rates: what an area's rate would be if it were as old as a standard population.

``sum of w_i x_i / n_i / sum of w_i`` over the bands ``i`` of the standard, with ``x`` cases, ``n`` people, ``w`` the
standard population; its variance is ``sum of w_i^2 x_i / n_i^2 / (sum of w_i)^2``. Source: Dobson, Kuulasmaa, Eberle
and Scherer (1991), Statistics in Medicine 10.

Cases and people of each band are confidential and most of them too few to be told, so the rate is worked out before the
door. It needs no single records: ready-made tables by age do as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from sozialraum.catalogue import IndicatorDoc, Measure, StandardDoc
from sozialraum.counts.tallies import BEHIND
from sozialraum.tables import COUNT_KEY, STATUS, Status, combine_columns

RATE_DIGITS, VARIANCE_DIGITS = 3, 2
"""So many significant digits are told. More would tell how few cases are spread over the bands of known people."""

_BANDS = pl.Schema(
    [
        ("of_universe", pl.String),
        ("of_where", pl.String),
        ("band", pl.String),
        ("weight", pl.Float64),
        ("is_case", pl.Boolean),
        ("universe", pl.String),
        ("where", pl.String),
    ]
)
_PLACE = COUNT_KEY[2:]


def bands_of(indicators: Iterable[IndicatorDoc], standards: Mapping[str, StandardDoc]) -> pl.DataFrame:
    """Return what must be counted for the standardised rates of some indicators.

    Returns:
        One row for each band, once for its cases and once for its people (``is_case``): the rate (``of_universe``,
        ``of_where``), the band, its weight, and the measure (``universe``, ``where``).
    """
    rows = []
    for document in indicators:
        if document.standardised is None:
            continue
        table, (rate, _) = document.standardised, document.rates
        standard = standards[table.standard]
        cases, base = table.of.measure, table.base.measure
        for band, weight in standard.bands(cases.filter.get(standard.dimension)).items():
            for is_case, whole in ((True, cases), (False, base)):
                one = whole.within(**{standard.dimension: band})
                rows.append((rate.universe, rate.where_text, band, weight, is_case, one.universe, one.where_text))
    return pl.DataFrame(rows, schema=_BANDS, orient="row").unique(maintain_order=True)


def measures_of(bands: pl.DataFrame) -> list[Measure]:
    """Return the measures of some bands, each once."""
    return [Measure.parse(*row) for row in bands.select("universe", "where").unique().sort(pl.all()).iter_rows()]


def standardise(bands: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """Work out standardised rates and their variances.

    Args:
        bands: see :func:`bands_of`.
        counts: resolved counts, among them those of the bands.

    Returns:
        Rows with the columns of resolved counts and ``behind``, the number of cases. A rate is undefined where nobody
        is in one of its bands, and missing or withheld where one of its counts is.
    """
    numbers = bands.join(counts, on=["universe", "where"])
    rate = ["of_universe", "of_where", *_PLACE]
    case, value = pl.col("is_case"), pl.col("value")
    of_bands = numbers.group_by(*rate, "band").agg(
        pl.col("weight").first(),
        x=value.filter(case).first(),
        n=value.filter(~case).first(),
        rows=pl.len(),
        status=combine_columns(pl.col("status")),
        source=_together("source"),
        policy=_together("policy"),
    )
    needed = bands.group_by("of_universe", "of_where").agg(needed=pl.len())
    x, n, w = pl.col("x"), pl.col("n"), pl.col("weight")
    rates = of_bands.group_by(rate, maintain_order=True).agg(
        found=pl.col("rows").sum(),
        standardised=(w * x / n).sum() / w.sum(),
        variance=(w**2 * x / n**2).sum() / w.sum() ** 2,
        cases=x.sum(),
        empty=(n <= 0).any(),
        status=combine_columns(pl.col("status")),
        source=_together("source"),
        policy=_together("policy"),
    )
    judged = rates.join(needed, on=rate[:2]).with_columns(_status())
    parts = [_rows(judged, "standardised", RATE_DIGITS), _rows(judged, "variance", VARIANCE_DIGITS)]
    return pl.concat(parts).select(*counts.columns)


def _together(column: str) -> pl.Expr:
    """Write ids of all rows once each, joined by ``+``."""
    return pl.col(column).drop_nulls().str.split("+").explode().unique().sort().str.join("+")


def _status() -> pl.Expr:
    """Return the status of a rate from those of its counts; zero is found by the number."""
    told = pl.col("status").cast(pl.String)
    nothing = told.is_in([one.value for one in Status if not one.has_value])
    zero = pl.when(pl.col("cases") == 0).then(pl.lit(Status.ZERO.value)).otherwise(pl.lit(Status.OK.value))
    plain = told.is_in([Status.OK.value, Status.ZERO.value])
    return (
        pl.when(nothing)
        .then(told)
        .when(pl.col("found") < pl.col("needed"))
        .then(pl.lit(Status.MISSING.value))
        .when("empty")
        .then(pl.lit(Status.UNDEFINED.value))
        .when(plain)
        .then(zero)
        .otherwise(told)
        .cast(STATUS)
        .alias("status")
    )


def _rows(rates: pl.DataFrame, what: str, digits: int) -> pl.DataFrame:
    """Return rates or variances as counts; a variance is named like its rate."""
    has_value = ~pl.col("status").is_in([one.value for one in Status if not one.has_value])
    return rates.select(
        pl.col("of_universe").str.replace(".standardised@", f".{what}@", literal=True).alias("universe"),
        pl.col("of_where").alias("where"),
        *_PLACE,
        pl.when(has_value).then(pl.col(what).round_sig_figs(digits)).alias("value"),
        "status",
        "source",
        "policy",
        pl.when(pl.col("status") != Status.MISSING.value).then("cases").alias(BEHIND),
    )
