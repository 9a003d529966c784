"""Revisions: how often a number was told otherwise than before."""

from __future__ import annotations

import polars as pl

from sozialraum.tables import VALUE_KEY, VALUE_SCHEMA

EQUAL = 1e-9
"""Numbers that differ by less than this part of them are the same: only the order of a sum was another one."""


def with_revisions(values: pl.DataFrame, before: pl.DataFrame | None) -> pl.DataFrame:
    """Count how often each number was revised, from one release to the next.

    A number is revised where the release before told another one. It is not where that one told none (the number was
    withheld, missing or not possible), nor where only its status is another one: what was provisional is then final.

    Args:
        values: values with ``VALUE_SCHEMA``; their ``revision`` is not looked at.
        before: values of the release before, None where there is none.

    Returns:
        The values with the revisions so far; a number that is told for the first time has none.
    """
    if before is None:
        return values
    told = before.select(*VALUE_KEY, number="value", so_far="revision")
    joined = values.join(told, on=VALUE_KEY, how="left", maintain_order="left")
    other = (pl.col("value") - pl.col("number")).abs() > EQUAL * pl.col("number").abs()
    is_revised = pl.when(other).then(1).otherwise(0)  # without one of the numbers nothing can be another one
    counted = pl.coalesce("so_far", pl.lit(0)) + is_revised
    return joined.with_columns(counted.cast(pl.Int32).alias("revision")).select(list(VALUE_SCHEMA))
