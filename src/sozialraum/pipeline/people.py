"""Where people live, as the registers know it: what numbers of areas before a reform are divided by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from sozialraum.counts import People, Supply
from sozialraum.sources import Records

UNIVERSES = ("persons", "households")
"""Whose homes count, the better one first."""


def people_of(supplies: Sequence[Supply], buildings: pl.DataFrame | None) -> People | None:
    """Return how many people (or households) live in each building in each period; None where no register knows."""
    registers = [supply.data for supply in supplies if isinstance(supply.data, Records)]
    homes = [one for name in UNIVERSES for one in registers if one.universe == name and "building" in one.frame.columns]
    if buildings is None or not homes:
        return None
    placed = buildings.drop_nulls(["x", "y"]).select("building", "x", "y").with_row_index("place")
    living = homes[0].frame.group_by(pl.col("period").cast(pl.String), pl.col("building").cast(pl.String)).len()
    known = living.join(placed.select("building", "place"), on="building").drop_nulls("period").sort("period", "place")
    x, y = (placed[name].to_numpy() for name in ("x", "y"))
    return People(x, y, {str(period): _spread(one, len(x)) for (period,), one in known.group_by("period")})


def _spread(living: pl.DataFrame, size: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    weight = np.zeros(size)
    weight[living["place"].to_numpy()] = living["len"].to_numpy()
    return weight
