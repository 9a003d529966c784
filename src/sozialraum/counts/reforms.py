"""Which part of the areas of another time went into the areas that a reform made.

Where single units are placed by their point they are counted in today's areas for every year. A ready-made table knows
the areas of its own time only: what it says of an area that was divided is divided like its people (population weights
of the same year or the nearest, as in the crosswalks of the statistical offices), or like its surface where it is about
land. That is done with numbers that came through the door (:mod:`sozialraum.indicators.reforms`), so it can tell no
more than they do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from sozialraum.areas.changes import crosswalk
from sozialraum.areas.locate import locate
from sozialraum.areas.systems import AreaSystem
from sozialraum.counts.territory import Axis, Territory
from sozialraum.periods import parse_period

ROUNDING = 1e-9
"""A remainder smaller than this is the machine's."""

COMPLETE = 0.999
"""So many of the people of an area must have lived in areas of the time before: borders of two maps differ a little."""

HIDDEN = 20
"""So many people at least a step of a share stands for: from a share nobody learns how many live in a part of an area
more exactly than that."""

STEPS = 100
"""A share is told in so many steps at most."""

PEOPLE, SURFACE, NOT = "people", "surface", "no"
Division = tuple[str, str]
"""An area system, and what numbers of its areas are divided like."""


@dataclass(frozen=True, slots=True)
class People:
    """Where how many people live.

    Attributes:
        x: of houses in metres of the internal CRS, shape (n,).
        y: likewise.
        living: for each period that is known how many live in each house, shape (n,).
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    living: Mapping[str, NDArray[np.float64]]

    def went(self, old: AreaSystem, new: AreaSystem, when: str) -> pl.DataFrame:
        """Return which share of the people of each area lives in which other one: old, new, share."""
        return crosswalk(old, new, weights_x=self.x, weights_y=self.y, weights=self.living[when])

    def steps(self, system: AreaSystem, when: str) -> pl.DataFrame:
        """Return in how many steps a share of each area's people may be told: old, steps (0 for not at all)."""
        area = locate(self.x, self.y, system)
        found = np.bincount(area[area >= 0], self.living[when][area >= 0], len(system.frame))
        steps = np.minimum(found // HIDDEN, STEPS).astype(np.int64)
        return pl.DataFrame({"old": system.frame["code"], "steps": np.where(steps > 1, steps, 0)})

    def nearest(self, period: str) -> str:
        """Return the known period that is nearest to one; of two that are as near the earlier."""
        day = parse_period(period).last
        return min(sorted(self.living), key=lambda known: abs((parse_period(known).last - day).days))


class Reforms:
    """Which part of each area of a period went into an area that did not exist then.

    Args:
        territory: the areas.
        people: where they live; with nobody nothing is divided like people.
    """

    def __init__(self, territory: Territory, people: People | None) -> None:
        self._territory = territory
        self._people = people if people is not None and people.living else None
        self._known: dict[tuple[str, bytes, str], NDArray[np.float64]] = {}

    def shares(self, division: Division, period: str) -> NDArray[np.float64] | None:
        """Return the part (0 to 1) of each area (row) that went into each new one (column), in the order of the axis;
        None where nothing did."""
        id, like = division
        axis = self._territory.axes[id]
        if axis.timeless or axis.system.geometry is None or like == NOT or (like == PEOPLE and self._people is None):
            return None
        new = axis.current & ~axis.valid(period)
        if not new.any():
            return None
        when = self._people.nearest(period) if self._people is not None and like == PEOPLE else SURFACE
        key = id, axis.valid(period).tobytes(), when
        if key not in self._known:
            self._known[key] = self._divide(axis, axis.at(period), when) * new
        return self._known[key]

    def _divide(self, axis: Axis, then: AreaSystem, when: str) -> NDArray[np.float64]:
        """Return the parts between two states; nothing for areas that were not wholly in areas of the time before."""
        if when == SURFACE or self._people is None:
            went, came = _overlap(then, axis.today), _overlap(axis.today, then)
        else:
            went, came = self._people.went(then, axis.today, when), self._people.went(axis.today, then, when)
            went = coarse(went, self._people.steps(then, when))
        went, came = went.drop_nulls(), came.drop_nulls().group_by("old").agg(pl.col("share").sum())
        found, whole = np.zeros((len(axis), len(axis))), np.zeros(len(axis), dtype=bool)
        found[axis.index(went["old"]), axis.index(went["new"])] = went["share"].to_numpy()
        whole[axis.index(came["old"])] = came["share"].to_numpy() >= COMPLETE
        return found * whole


def coarse(shares: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Round the shares of each area to steps, so that they still add up: the largest remainders are rounded up.

    A share tells how many live in a part, and where a part is small that number is withheld. An area that is a part as
    a whole tells nothing.

    Args:
        shares: old, new, share.
        steps: in how many steps the shares of an area are told: old, steps.

    Returns:
        The shares; those of an area with too few people for two steps are left out, unless it is one part as a whole.
    """
    told = shares.join(steps, on="old", how="left", maintain_order="left").with_columns(
        steps=pl.when(pl.len().over("old") == 1).then(1).otherwise(pl.col("steps").fill_null(0))
    )
    exact = pl.col("share") * pl.col("steps")
    cut = told.filter(pl.col("steps") > 0).with_columns(whole=(exact + ROUNDING).floor())
    cut = cut.with_columns(rest=(exact - pl.col("whole")).round(9))  # equal remainders are equal on every machine
    missing = (pl.col("steps") - pl.col("whole").sum()).over("old")
    place = pl.col("rest").rank("ordinal", descending=True).over("old")
    up = (place <= missing) & (pl.col("rest") > ROUNDING)
    rounded = cut.with_columns(share=(pl.col("whole") + up.cast(pl.Float64)) / pl.col("steps"))
    return rounded.filter(pl.col("share") > 0).select(shares.columns)


def _overlap(old: AreaSystem, new: AreaSystem) -> pl.DataFrame:
    """Return which share of the surface of each area lies in which other one: old, new, share."""
    if old.geometry is None or new.geometry is None:
        return pl.DataFrame(schema={"old": pl.String, "new": pl.String, "share": pl.Float64})
    one, other = shapely.STRtree(new.geometry).query(old.geometry, predicate="intersects")
    share = shapely.area(shapely.intersection(old.geometry[one], new.geometry[other])) / shapely.area(old.geometry[one])
    pairs = {"old": old.frame["code"].gather(one), "new": new.frame["code"].gather(other), "share": share}
    return pl.DataFrame(pairs).filter(pl.col("share") > 1 - COMPLETE)
