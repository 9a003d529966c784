"""Areas that a reform made, before it: estimated from the protected numbers of the areas of that time.

What is made from protected numbers alone tells no more than they do: where one of them is withheld, so is the estimate.
It is no count, so it is used for values and stands in no table of counts.
"""

from __future__ import annotations

import polars as pl

from sozialraum.tables import COUNT_SCHEMA, STATUS, Status, combine_columns

DIVISIONS = pl.Schema(
    [
        *((name, pl.String()) for name in ("universe", "where", "area_system", "period", "old", "new")),
        ("share", pl.Float64()),
    ]
)
"""Which part (0 to 1) of what is counted in an area went into an area that did not exist in the period."""

_MEASURE = ("universe", "where", "area_system", "period")


def with_estimates(counts: pl.DataFrame, divisions: pl.DataFrame) -> pl.DataFrame:
    """Add estimated numbers of areas that did not exist in a period, where nothing else is known of them.

    Args:
        counts: protected counts with ``COUNT_SCHEMA``.
        divisions: a frame with :data:`DIVISIONS`.

    Returns:
        The counts with an estimate for each new area all of whose parts have a number or are withheld (then it is too).
        Where all parts are zero it is zero.
    """
    if divisions.is_empty():
        return counts
    new, old = [*_MEASURE, "new"], [*_MEASURE, "old"]
    area = [*_MEASURE, "area"]
    told = counts.filter(pl.col("status") != Status.MISSING.value).select(area)
    wanted = divisions.join(told, left_on=new, right_on=area, how="anti", nulls_equal=True)
    parts = wanted.join(counts, left_on=old, right_on=area, how="left", maintain_order="left")
    status = pl.col("status").fill_null(pl.lit(Status.MISSING.value, STATUS))
    number = pl.when(pl.col("value").is_not_null().all()).then((pl.col("value") * pl.col("share")).sum())
    sums = parts.group_by(new, maintain_order=True).agg(number.alias("value"), combine_columns(status).alias("status"))
    plain = pl.col("status").is_in([Status.OK.value, Status.PROVISIONAL.value])
    marked = pl.when(plain).then(pl.lit(Status.ESTIMATED.value, STATUS)).otherwise("status").alias("status")
    found = sums.with_columns(marked).filter(pl.col("status") != Status.MISSING.value)
    estimates = found.rename({"new": "area"}).select(COUNT_SCHEMA.names())
    others = counts.join(estimates, on=area, how="anti", maintain_order="left")
    return pl.concat([others, estimates.match_to_schema(COUNT_SCHEMA)])
