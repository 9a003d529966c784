"""What became of the old areas after a reform: which part of each went where."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from sozialraum.areas.locate import locate
from sozialraum.areas.systems import AreaSystem


def crosswalk(
    old: AreaSystem, new: AreaSystem, *, weights_x: ArrayLike, weights_y: ArrayLike, weights: ArrayLike
) -> pl.DataFrame:
    """Return which share of each old area lies in which new one, by points with weights.

    With the houses of a city as points and their inhabitants as weights the shares are those of people, not of surface.

    Args:
        old: the areas before, in the state of one moment.
        new: the areas after, likewise.
        weights_x: x of the points in the systems' CRS, shape (n,).
        weights_y: y likewise.
        weights: what each point weighs, shape (n,), not negative.

    Returns:
        Columns ``old``, ``new`` and ``share`` (0 to 1), sorted. The shares of an old area add up to 1; ``new`` is null
        for the part that lies in no new area. An old area without any weight does not appear: nothing is known of it.

    Raises:
        ValueError: a weight is negative or not a number.
        ProjectError: a system has no geometry.
    """
    weight = np.asarray(weights, dtype=np.float64)
    if not (weight >= 0).all():
        raise ValueError("weights must be numbers of 0 or more")
    pairs = pl.DataFrame(
        {
            "old": _codes(old, weights_x, weights_y),
            "new": _codes(new, weights_x, weights_y),
            "weight": weight,
        }
    )
    known = pairs.filter(pl.col("old").is_not_null() & (pl.col("weight") > 0))
    summed = known.group_by("old", "new").agg(pl.col("weight").sum())
    share = pl.col("weight") / pl.col("weight").sum().over("old")
    return summed.select("old", "new", share.alias("share")).sort("old", "new")


def _codes(system: AreaSystem, x: ArrayLike, y: ArrayLike) -> pl.Series:
    rows = pl.Series(locate(x, y, system))
    return system.frame["code"].gather(rows.replace(-1, None)).cast(pl.String)
