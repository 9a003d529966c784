"""Delivered percentages become estimated counts where their base is delivered too."""

from __future__ import annotations

import polars as pl

from sozialraum.sources.reading import Reading
from sozialraum.tables import STATUS, Status

PERCENT = "#percent-of"
"""In cells that are still percentages: the filter of the base that 100 % stand for."""

_PLACE = ("universe", "area_system", "area", "period")


def estimate_shares(frame: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Turn percentages into counts: the share of the base for the same area and period, to the nearest unit.

    The base is another number of the same source. Where it is not delivered nothing is known, and a note says so.

    Args:
        frame: cells; :data:`PERCENT` is not null where the value is a percentage.
        reading: collects the notes.
    """
    shares = frame.filter(pl.col(PERCENT).is_not_null())
    if shares.is_empty():
        return frame.drop(PERCENT)
    counts = frame.filter(pl.col(PERCENT).is_null())
    bases = counts.select(*_PLACE, pl.col("where").alias(PERCENT), base="value", base_status="status")
    bases = bases.unique([*_PLACE, PERCENT], keep="first", maintain_order=True)
    joined = shares.join(bases, on=[*_PLACE, PERCENT], how="left", maintain_order="left")
    _note_missing(joined, reading)
    value = (pl.col("value") * pl.col("base") / 100).round()
    status = (
        pl.when(pl.col("value").is_null()).then(pl.col("status"))
        .when(pl.col("base_status").is_null()).then(pl.lit(Status.MISSING.value, dtype=STATUS))
        .when(pl.col("base").is_null()).then(pl.col("base_status"))
        .otherwise(pl.lit(Status.ESTIMATED.value, dtype=STATUS))
    )  # fmt: skip
    estimated = joined.with_columns(value=value, status=status).select(counts.columns)
    return pl.concat([counts, estimated]).drop(PERCENT)


def _note_missing(joined: pl.DataFrame, reading: Reading) -> None:
    alone = joined.filter(pl.col("base_status").is_null() & pl.col("value").is_not_null())
    for (file, column, base), rows in alone.group_by("file", "column", PERCENT, maintain_order=True):
        universe = rows["universe"][0]
        what = f"{rows.height:,} shares have no base in this source ({universe} {base or '(all)'}) and stay missing"
        reading.faults.note(
            str(file), what, column=str(column), advice="deliver the base, or declare the column as figure"
        )
