"""Adds up the counts that a formula asks for: what stands on top of the fraction, and what below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from sozialraum.catalogue import IndicatorDoc, Measure
from sozialraum.tables import combine_columns

CELL = ("indicator", "area_system", "area", "period")
"""What one value is about."""

TOP, BASE = "top", "base"
"""The two sides of a fraction."""
RATE, VARIANCE = "rate", "variance"
"""What was worked out before the door: a standardised rate, which stands beside its cases and its base."""
SIDES = (TOP, BASE, RATE, VARIANCE)

_TERMS = pl.Schema(
    {"universe": pl.String, "where": pl.String, "indicator": pl.String, "side": pl.String, "sign": pl.Float64}
)


def sum_measures(documents: Mapping[str, IndicatorDoc], counts: pl.DataFrame) -> pl.DataFrame:
    """Add up the measures of each side of a fraction; a standardised rate and its variance are taken as they are.

    Args:
        documents: the indicators by id.
        counts: a frame with :data:`sozialraum.tables.COUNT_SCHEMA`.

    Returns:
        One row for each cell with ``top``, ``base``, ``rate``, ``variance`` (sums, null where a count has no value),
        ``top_status`` ... and ``top_found`` ... (how many measures had a row). Only cells of an area system
        and period in which some area has a numerator.
    """
    found = _terms(documents).join(counts, on=["universe", "where"], how="inner", maintain_order="left_right")
    side = {name: pl.col("side") == name for name in SIDES}
    number = pl.col("value") * pl.col("sign")
    sums = found.group_by(CELL, maintain_order=True).agg(
        *(number.filter(chosen).sum().alias(name) for name, chosen in side.items()),
        *(number.filter(chosen).is_null().any().alias(f"{name}_hidden") for name, chosen in side.items()),
        *(combine_columns(pl.col("status").filter(chosen)).alias(f"{name}_status") for name, chosen in side.items()),
        *(chosen.sum().cast(pl.UInt32).alias(f"{name}_found") for name, chosen in side.items()),
    )
    sums = sums.with_columns(pl.when(~pl.col(f"{name}_hidden")).then(pl.col(name)).alias(name) for name in side)
    return sums.filter((pl.col("top_found") > 0).any().over("indicator", "area_system", "period"))


def _terms(documents: Mapping[str, IndicatorDoc]) -> pl.DataFrame:
    """Return one row for each measure that a formula adds or subtracts."""
    rows = [row for name, document in documents.items() for row in _terms_of(name, document)]
    return pl.DataFrame(rows, schema=_TERMS, orient="row")


def _terms_of(name: str, document: IndicatorDoc) -> Iterator[tuple[str, str, str, str, float]]:
    sides: tuple[tuple[tuple[Measure, ...], str, float], ...] = (
        (document.numerator, TOP, 1.0),
        (document.subtracted, TOP, -1.0),
        (document.denominator, BASE, 1.0),
        (document.rates[:1], RATE, 1.0),
        (document.rates[1:], VARIANCE, 1.0),
    )
    for measures, side, sign in sides:
        for measure in measures:
            yield measure.universe, measure.where_text, name, side, sign
