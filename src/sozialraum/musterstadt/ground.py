"""The ground: the town's outline, its river, quarters, observation areas and districts.

Quarters are Voronoi cells of relaxed points, drawn separately north and south of the river, so that no area crosses it.
Every border is then bent by one smooth displacement of the whole plane: neighbours keep their common border exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from sozialraum.musterstadt.plan import FULL_SIZE, Plan

ORIGIN = (601_000.0, 5_752_000.0)
"""Easting and northing of the market square, EPSG:25832, metres."""

RIVER_Y = -0.45
RIVER_HALF_WIDTH = 45.0
"""Metres kept free on both sides of the river's middle."""

HOUSES_A_QUARTER = 220
MOST_QUARTERS = 60

Geometries = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Ground:
    """Polygons of the town, in metres (EPSG:25832).

    Attributes:
        quarters: polygons of the quarters, the pieces between main roads.
        quarter_area: index of the observation area of each quarter.
        areas: polygons of today's observation areas.
        river: the river's middle line.
        scale: metres for a kilometre of the plan; 1000 in a town of normal size.
    """

    quarters: Geometries
    quarter_area: NDArray[np.int64]
    areas: Geometries
    river: shapely.LineString
    scale: float

    def union(self, members: NDArray[np.bool_]) -> shapely.Geometry:
        """Return the union of some observation areas."""
        return shapely.union_all(self.areas[members])


def lay_ground(plan: Plan, houses: int, rng: np.random.Generator) -> Ground:
    """Lay out quarters, areas and the river of a town with about ``houses`` houses."""
    scale = 1000.0 * float(np.sqrt(houses / FULL_SIZE))
    outline = _outline(rng)
    west, _, east, _ = outline.bounds
    river = shapely.LineString([(west - 1, RIVER_Y), (east + 1, RIVER_Y)])
    per_area = int(np.clip(round(houses / len(plan.codes) / HOUSES_A_QUARTER), 1, MOST_QUARTERS))
    north = shapely.box(west - 1, RIVER_Y, east + 1, 9)
    south = shapely.box(west - 1, -9, east + 1, RIVER_Y)
    cells, owners = [], []
    for side, half in ((plan.centres[:, 1] > RIVER_Y, north), (plan.centres[:, 1] < RIVER_Y, south)):
        members = np.flatnonzero(side)
        found, owner = _quarters(plan.centres[members], outline & half, per_area, rng)
        cells.append(found)
        owners.append(members[owner])
    faces, cell = _with_common_corners(np.concatenate(cells))
    quarters, owner = bend(faces, scale), np.concatenate(owners)[cell]
    areas = np.array([shapely.union_all(quarters[owner == area]) for area in range(len(plan.codes))])
    return Ground(quarters, owner, areas, bend(np.array([river]), scale)[0], scale)


def _outline(rng: np.random.Generator) -> shapely.Polygon:
    """Draw the town's outline: an oval with gentle bays, kilometres."""
    angle = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    waves = sum(size * np.cos(n * angle + rng.uniform(0, 2 * np.pi)) for n, size in ((3, 0.05), (5, 0.03), (9, 0.015)))
    radius = 1 + waves
    return shapely.Polygon(np.column_stack([3.7 * radius * np.cos(angle), 0.15 + 3.25 * radius * np.sin(angle)]))


def _quarters(
    centres: NDArray[np.float64], half: shapely.Geometry, per_area: int, rng: np.random.Generator
) -> tuple[Geometries, NDArray[np.int64]]:
    """Cut one side of the river into quarters; return them with the index of their centre."""
    points = np.repeat(centres, per_area, axis=0)
    if per_area > 1:
        points = points + rng.normal(0, 0.33, points.shape)
    for _ in range(4 if per_area > 1 else 0):
        cells = voronoi_cells(points, half)
        points = shapely.get_coordinates(shapely.centroid(cells))
    cells = voronoi_cells(points, half)
    distance = np.hypot(*(points[:, None, :] - centres[None, :, :]).transpose(2, 0, 1))
    return cells, distance.argmin(axis=1)


def voronoi_cells(points: NDArray[np.float64], territory: shapely.Geometry) -> Geometries:
    """Divide a territory into the Voronoi cells of points, in their order; of a cut cell the largest piece."""
    diagram = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=territory.buffer(2), ordered=True)
    cells = shapely.intersection(shapely.get_parts(diagram), territory)
    parts, index = shapely.get_parts(cells, return_index=True)
    order = np.lexsort((-shapely.area(parts), index))
    first = order[np.unique(index[order], return_index=True)[1]]
    return np.asarray(parts[first])


def _with_common_corners(cells: Geometries) -> tuple[Geometries, NDArray[np.int64]]:
    """Give neighbours the same corners along their common border (at the river they have different ones)."""
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(shapely.boundary(cells))]))
    inside, cell = shapely.STRtree(cells).query(shapely.point_on_surface(faces), predicate="within")
    return np.asarray(faces[inside]), cell


def bend(geometries: Geometries, scale: float) -> Geometries:
    """Bend everything alike and bring it into metres; coordinates are whole centimetres."""
    pieces = shapely.segmentize(geometries, 0.06)
    return np.asarray(shapely.transform(pieces, lambda xy: _displace(xy, scale)))


def _displace(xy: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    x, y = xy[:, 0], xy[:, 1]
    east = x + 0.10 * np.sin(1.3 * y + 0.4) + 0.020 * np.sin(8.1 * y + 2.1 * x)
    north = y + 0.13 * np.sin(1.15 * x + 0.9) + 0.018 * np.sin(7.3 * x - 2.7 * y + 1.0)
    return np.asarray(np.round(np.column_stack([east, north]) * scale + ORIGIN, 2))
