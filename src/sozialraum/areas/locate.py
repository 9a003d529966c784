"""Which area does a point lie in? For twenty million points.

A grid is laid over the areas. Most cells lie wholly inside one area and answer at once; in a cell that a border touches
the areas near it are tried in their order, with the edges of the cell's row only. Points on a border, and so close to
one that floating point can not tell, are left to GEOS; so the answer is always the one of ``shapely.covers``. A point
on a shared border belongs to the area that comes first.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from sozialraum.areas import crossing
from sozialraum.areas.crossing import BOUNDARY, OUTSIDE, UNSURE, Grid
from sozialraum.areas.systems import AreaSystem
from sozialraum.errors import Fault, ProjectError

FEW = 1_000
"""Up to so many points GEOS alone is quicker than laying a grid."""

_MIN_CELLS, _MAX_CELLS = 1 << 14, 1 << 22
_CELLS_AN_EDGE = 4
_BATCH = 1 << 17


def locate(x: ArrayLike, y: ArrayLike, system: AreaSystem) -> NDArray[np.int32]:
    """Return for each point the row of the area that covers it.

    Args:
        x: coordinates in the system's CRS, shape (n,); NaN lies nowhere.
        y: likewise.
        system: the areas, in the state of one moment (see :meth:`AreaSystem.at`).

    Returns:
        Row indices into ``system.frame``, shape (n,); -1 outside every area. On a shared border the lower row counts.

    Raises:
        ProjectError: the system has no geometry.
    """
    geometry = _geometry(system)
    points = np.ascontiguousarray(x, dtype=np.float64), np.ascontiguousarray(y, dtype=np.float64)
    if len(points[0]) <= FEW:
        return _locate_exactly(points, geometry)
    return Locator(system).locate(*points)


class Locator:
    """The grid over one system, for callers who locate points in several batches."""

    def __init__(self, system: AreaSystem) -> None:
        """Lay the grid.

        Raises:
            ProjectError: the system has no geometry.
        """
        self._geometry = _geometry(system)
        edges, owner = _edges(self._geometry)
        self._index = _build(edges, owner, len(self._geometry)) if len(edges) else None

    def locate(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.int32]:
        """Return for each point the row of the area that covers it, see :func:`locate`."""
        across = np.ascontiguousarray(x, dtype=np.float64)
        up = np.ascontiguousarray(y, dtype=np.float64)
        found = np.full(len(across), OUTSIDE, dtype=np.int32)
        index = self._index
        if index is None:
            return found

        def one(begin: int) -> None:
            batch = slice(begin, begin + _BATCH)
            crossing.locate_points(across[batch], up[batch], index, found[batch])

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(one, range(0, len(across), _BATCH)))
        unsure = np.flatnonzero(found == UNSURE)
        found[unsure] = _locate_exactly((across[unsure], up[unsure]), self._geometry)
        return found


def _geometry(system: AreaSystem) -> NDArray[np.object_]:
    if system.geometry is None:
        advice = "Deliver its borders, or the area's code with each row."
        what = "points can not be located in an area system without geometry"
        raise ProjectError(Fault(f"areas/{system.id}.toml", what=what, column="file", advice=advice))
    return system.geometry


def _locate_exactly(
    points: tuple[NDArray[np.float64], NDArray[np.float64]], geometry: NDArray[np.object_]
) -> NDArray[np.int32]:
    found = np.full(len(points[0]), len(geometry), dtype=np.int32)
    rows, areas = shapely.STRtree(geometry).query(shapely.points(*points), predicate="intersects")
    np.minimum.at(found, rows, areas.astype(np.int32))
    found[found == len(geometry)] = OUTSIDE
    return found


def _edges(geometry: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return every edge of every ring as x, y, x, y with the row of its area; areas stay in order."""
    parts, area_of_part = shapely.get_parts(geometry, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    edges = np.hstack([points[:-1], points[1:]])
    real = (ring[:-1] == ring[1:]) & (points[:-1] != points[1:]).any(axis=1)
    return np.ascontiguousarray(edges[real]), area_of_part[part_of_ring[ring[:-1][real]]].astype(np.int32)


def _build(edges: NDArray[np.float64], owner: NDArray[np.int32], areas: int) -> tuple[Any, ...]:
    """Return what :func:`sozialraum.areas.crossing.locate_points` needs, see there."""
    grid = _grid(edges)
    spans = _row_spans(edges, owner, areas, grid)
    counts = np.where(spans[:, 1] >= spans[:, 0], spans[:, 1] - spans[:, 0] + 1, 0)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]]) - spans[:, 0]
    starts = np.zeros(int(counts.sum()) + 1, dtype=np.int64)
    strips = crossing.sort_into_strips(edges, owner, first, starts, grid)
    keys = _distinct(crossing.touched_cells(edges, owner, areas, grid))
    cells = np.full((grid.rows, grid.columns), OUTSIDE, dtype=np.int32)
    cells.reshape(-1)[keys // areas] = BOUNDARY
    around = crossing.fill_insides(strips, first, starts, spans, cells, grid)
    keys = _distinct(np.concatenate([keys, np.array(around, dtype=np.int64)]))
    cell_of_key = keys // areas
    cell_starts = np.flatnonzero(np.diff(cell_of_key, prepend=-1))
    touched = cell_of_key[cell_starts]
    cells.reshape(-1)[touched] = BOUNDARY - np.arange(len(touched), dtype=np.int32)
    candidates = (keys % areas).astype(np.int32)
    return grid, cells, np.append(cell_starts, len(keys)), candidates, strips, first, starts


def _distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    ordered = np.sort(keys)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _grid(edges: NDArray[np.float64]) -> Grid:
    ends = edges.reshape(-1, 2)
    left, bottom = (float(value) for value in ends.min(axis=0))
    right, top = (float(value) for value in ends.max(axis=0))
    wanted = min(max(_CELLS_AN_EDGE * len(edges), _MIN_CELLS), _MAX_CELLS)
    scale = math.sqrt(wanted / ((right - left) * (top - bottom)))
    columns, rows = math.ceil((right - left) * scale), math.ceil((top - bottom) * scale)
    slack = 8 * float(np.finfo(np.float64).eps) * float(np.abs(ends).max())
    return Grid(left, bottom, right, top, scale, max(columns, 1), max(rows, 1), slack)


def _row_spans(edges: NDArray[np.float64], owner: NDArray[np.int32], areas: int, grid: Grid) -> NDArray[np.int64]:
    """Return the first and last row of cells of each area; an area without edges has none."""
    spans = np.tile(np.array([grid.rows, -1], dtype=np.int64), (areas, 1))
    low = crossing.slots(np.minimum(edges[:, 1], edges[:, 3]), grid.bottom, grid.scale, grid.rows)
    high = crossing.slots(np.maximum(edges[:, 1], edges[:, 3]), grid.bottom, grid.scale, grid.rows)
    np.minimum.at(spans[:, 0], owner, low)
    np.maximum.at(spans[:, 1], owner, high)
    return spans
