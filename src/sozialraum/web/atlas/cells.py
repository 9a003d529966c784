"""Microcells of an internal package: the squares that stand for them, and how many are counted in each.

A release knows neither hulls nor houses of a cell, only the square of a grid that its middle lies in.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl
import shapely

from sozialraum.periods import parse_period
from sozialraum.tables import STATUS, Status, Value
from sozialraum.web.atlas.release import MISSING, Atlas

MICROCELLS = "microcells"
"""The area system that a build forms itself; it has no document."""

SIDE = 100
"""Side of a square in metres."""

UNIVERSES = ("households", "persons")
"""What a map of cells may count, the first that the package counts in cells."""

DETAIL = 500
"""The border of an area is simplified to this fraction of its larger side."""

Ring = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The cells of a release.

    Attributes:
        frame: one row a cell: code, area, west and south of its square (whole metres), value, status.
        universe: what ``value`` counts; empty where the package counts neither households nor persons in cells.
        period: of the counts; empty where there are none.
    """

    frame: pl.DataFrame
    universe: str
    period: str

    def within(self, area: str | None) -> pl.DataFrame:
        """Return the cells of an area, all cells for None."""
        return self.frame if area is None else self.frame.filter(pl.col("area") == area)


@dataclass(frozen=True, slots=True)
class Square:
    """A square of the map with the cells whose middle lies in it.

    Attributes:
        west: of its lower left corner, in whole metres.
        south: of its lower left corner, in whole metres.
        cells: how many there are.
        told: how many of them have a number.
        value: the mean of these numbers.
        flagged: how many of the cells are wider than wanted, as far as the release names them.
    """

    west: int
    south: int
    cells: int
    told: int
    value: Value
    flagged: int


def cells_of(atlas: Atlas) -> Cells | None:
    """Return the microcells of a package; None where it has none."""
    return atlas.keep("cells", lambda: _read(atlas)) if MICROCELLS in atlas.areas else None


def _read(atlas: Atlas) -> Cells:
    data = atlas.package.areas(MICROCELLS)
    corners = shapely.bounds(data.geometry).round().astype(int)
    frame = data.frame.select("code", area="parent").with_columns(
        west=pl.Series(corners[:, 0], dtype=pl.Int64), south=pl.Series(corners[:, 1], dtype=pl.Int64)
    )
    universe, period, counts = _counted(atlas)
    joined = frame.join(counts, on="code", how="left", maintain_order="left")
    missing = pl.col("status").fill_null(pl.lit(Status.MISSING.value, STATUS))
    return Cells(joined.with_columns(missing), universe, period)


def _counted(atlas: Atlas) -> tuple[str, str, pl.DataFrame]:
    """Return what is counted in cells, when, and the counts: code, value, status."""
    for universe in UNIVERSES:
        period, counts = whole_counts(atlas, universe, MICROCELLS)
        if counts.height:
            return universe, period, counts
    return "", "", counts


def whole_counts(atlas: Atlas, universe: str, system: str) -> tuple[str, pl.DataFrame]:
    """Return how many of a universe there are in each area in the latest period: the period, and code, value, status.

    The period is empty where the package does not count them.
    """
    wanted = (pl.col("universe") == universe) & (pl.col("where") == "") & (pl.col("area_system") == system)
    found = atlas.package.counts.frame.filter(wanted)
    period = max(found["period"].unique(), key=parse_period, default="")
    return period, found.filter(pl.col("period") == period).select("value", "status", code="area")


def squares_of(cells: pl.DataFrame, flagged: Collection[str]) -> list[Square]:
    """Return the squares of cells, from north to south and west to east.

    Args:
        cells: rows of :attr:`Cells.frame`.
        flagged: codes of the cells that are wider than wanted.
    """
    rows = cells.group_by("west", "south").agg(
        cells=pl.len(),
        told=pl.col("value").count(),
        mean=pl.col("value").mean(),
        withheld=(pl.col("status") == Status.SUPPRESSED.value).any(),
        flagged=pl.col("code").is_in(list(flagged)).sum(),
    )
    return [
        Square(west, south, number, told, _mean(mean, withheld=withheld), wide)
        for west, south, number, told, mean, withheld, wide in rows.sort(-pl.col("south"), "west").iter_rows()
    ]


def _mean(number: float | None, *, withheld: bool) -> Value:
    if number is None:
        return Value(None, Status.SUPPRESSED) if withheld else MISSING
    return Value(number, Status.OK if number else Status.ZERO)


def border(atlas: Atlas, system: str, area: str) -> list[Ring]:
    """Return the rings of an area's border in whole metres; none where the release has no geometry for it."""
    data = atlas.package.areas(system)
    shapes = data.geometry[(data.frame["code"] == area).to_numpy() & ~shapely.is_missing(data.geometry)][-1:]
    if not len(shapes):
        return []
    west, south, east, north = shapely.total_bounds(shapes)
    light = shapely.simplify(shapes[0], max(east - west, north - south) / DETAIL)
    rings = [ring for part in shapely.get_parts(light) for ring in shapely.get_rings(part)]
    points = (shapely.get_coordinates(ring).round().astype(int).tolist() for ring in rings)
    return [tuple((x, y) for x, y in found) for found in points]
