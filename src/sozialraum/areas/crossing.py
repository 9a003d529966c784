"""Compiled kernels of point location: edges into cells, cells into answers, points into areas.

A point is decided here only if floating point can decide it: the orientation test carries Shewchuk's error bound, and a
point within the bound of an edge (which includes every point exactly on one) is handed back as :data:`UNSURE`.

Source: J. R. Shewchuk, Adaptive precision floating-point arithmetic and fast robust geometric predicates (1997),
bound A of ``orient2d``.

The arrays that the kernels share:

``edges``   (n, 4) float64: x and y of both ends, all edges of an area together, areas in their order.
``owner``   (n,) int32: the area of each edge.
``strips``  the edges again, sorted by area and row of cells: ``starts[first[area] + row]`` says where they begin.
``cells``   (rows, columns) int32: an area, ``OUTSIDE``, or ``BOUNDARY - k`` for the k-th cell that a border touches.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.int32]

OUTSIDE = -1
UNSURE = -2
"""The point is on a border, or too close to one for this arithmetic."""
BOUNDARY = -3
"""Cells at or below this are touched by a border: their points need edge tests."""

_ERROR = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
_WIDEN = 1e-6


class Grid(NamedTuple):
    """Cells over the extent of all areas.

    Attributes:
        left, bottom, right, top: the extent.
        scale: cells per metre.
        columns, rows: how many cells.
        slack: an upper bound of the rounding error of a coordinate, metres.
    """

    left: float
    bottom: float
    right: float
    top: float
    scale: float
    columns: int
    rows: int
    slack: float


@njit(nogil=True, cache=True)
def slot(value: float, start: float, scale: float, count: int) -> int:
    """Return the cell of a coordinate: monotone in ``value``, so an edge's cells enclose the cells of its points."""
    return min(max(int((value - start) * scale), 0), count - 1)


@njit(nogil=True, cache=True)
def slots(values: Floats, start: float, scale: float, count: int) -> Rows:
    """Return the cells of many coordinates."""
    found = np.empty(len(values), np.int32)
    for i in range(len(values)):
        found[i] = slot(values[i], start, scale, count)
    return found


@njit(nogil=True, cache=True)
def columns_in_row(edge: Floats, row: int, grid: Grid) -> tuple[int, int]:
    """Return the first and last column that an edge can touch in a row of cells, widened against rounding."""
    low, high = min(edge[0], edge[2]), max(edge[0], edge[2])
    if edge[1] != edge[3]:
        slope = (edge[2] - edge[0]) / (edge[3] - edge[1])
        enter = edge[0] + (grid.bottom + row / grid.scale - edge[1]) * slope
        leave = edge[0] + (grid.bottom + (row + 1) / grid.scale - edge[1]) * slope
        margin = (abs(slope) + 1.0) * (_WIDEN / grid.scale + grid.slack)
        low, high = max(low, min(enter, leave) - margin), min(high, max(enter, leave) + margin)
    first = slot(low, grid.left, grid.scale, grid.columns)
    return first, slot(high, grid.left, grid.scale, grid.columns)


@njit(nogil=True, cache=True)
def touched_cells(edges: Floats, owner: Rows, areas: int, grid: Grid) -> Ints:
    """Return ``cell * areas + area`` for every cell that an edge touches, with repetitions."""
    total = 0
    for run in range(2):
        if run == 1:
            keys = np.empty(total, np.int64)
            total = 0
        for e in range(len(edges)):
            low = slot(min(edges[e, 1], edges[e, 3]), grid.bottom, grid.scale, grid.rows)
            high = slot(max(edges[e, 1], edges[e, 3]), grid.bottom, grid.scale, grid.rows)
            for row in range(low, high + 1):
                first, last = columns_in_row(edges[e], row, grid)
                if run == 1:
                    for column in range(first, last + 1):
                        keys[total + column - first] = (row * grid.columns + column) * areas + owner[e]
                total += last - first + 1
    return keys


@njit(nogil=True, cache=True)
def sort_into_strips(edges: Floats, owner: Rows, first: Ints, starts: Ints, grid: Grid) -> Floats:
    """Return the edges once for each row of cells that they reach; ``starts`` is filled on the way."""
    for run in range(2):
        if run == 1:
            ends = np.cumsum(starts)
            starts[1:] = ends[:-1]
            starts[0] = 0
            filled = starts.copy()
            strips = np.empty((ends[-1], 4), np.float64)
        for e in range(len(edges)):
            low = slot(min(edges[e, 1], edges[e, 3]), grid.bottom, grid.scale, grid.rows)
            high = slot(max(edges[e, 1], edges[e, 3]), grid.bottom, grid.scale, grid.rows)
            for row in range(low, high + 1):
                strip = first[owner[e]] + row
                if run == 0:
                    starts[strip] += 1
                else:
                    strips[filled[strip]] = edges[e]
                    filled[strip] += 1
    return strips


@njit(nogil=True, cache=True)
def crossings(strips: Floats, begin: int, end: int, middle: float) -> Floats:
    """Return where edges cross a horizontal line, from left to right."""
    found = np.empty(end - begin, np.float64)
    count = 0
    for e in range(begin, end):
        if (strips[e, 1] > middle) != (strips[e, 3] > middle):
            slope = (strips[e, 2] - strips[e, 0]) / (strips[e, 3] - strips[e, 1])
            found[count] = strips[e, 0] + (middle - strips[e, 1]) * slope
            count += 1
    return np.sort(found[:count])


@njit(nogil=True, cache=True)
def fill_insides(strips: Floats, first: Ints, starts: Ints, spans: Ints, cells: Rows, grid: Grid) -> list[np.int64]:
    """Write areas into the cells that no border touches; return keys of areas around cells that another one's touches.

    ``spans`` holds the first and last row of cells of each area.
    """
    areas = len(spans)
    keys = [np.int64(0) for _ in range(0)]
    for area in range(areas):
        for row in range(spans[area, 0], spans[area, 1] + 1):
            strip = first[area] + row
            middle = grid.bottom + (row + 0.5) / grid.scale
            ends = crossings(strips, starts[strip], starts[strip + 1], middle)
            for pair in range(0, len(ends) - 1, 2):
                begin = slot(ends[pair], grid.left, grid.scale, grid.columns) + 1
                for column in range(begin, slot(ends[pair + 1], grid.left, grid.scale, grid.columns)):
                    if cells[row, column] == OUTSIDE:
                        cells[row, column] = area
                    elif cells[row, column] == BOUNDARY:
                        keys.append(np.int64((row * grid.columns + column) * areas + area))
    return keys


@njit(nogil=True, cache=True)
def side(strips: Floats, begin: int, end: int, x: float, y: float) -> int:
    """Return 1 for a point inside the area whose edges of this row are given, 0 outside, ``UNSURE`` on the border."""
    inside = 0
    for e in range(begin, end):
        ax, ay, bx, by = strips[e, 0] - x, strips[e, 1] - y, strips[e, 2] - x, strips[e, 3] - y
        if (ay > 0.0) != (by > 0.0):
            left, right = ax * by, ay * bx
            turn = left - right
            if abs(turn) <= _ERROR * (abs(left) + abs(right)):
                return UNSURE
            if (turn > 0.0) == (by > ay):
                inside = 1 - inside
        elif ay == 0.0 and (ax == 0.0 or (by == 0.0 and (ax > 0.0) != (bx > 0.0))):
            return UNSURE
    return inside


@njit(nogil=True, cache=True)
def locate_points(x: Floats, y: Floats, index: tuple[Any, ...], found: Rows) -> None:
    """Write the area of each point into ``found``: its row, ``OUTSIDE`` or ``UNSURE``; NaN is outside."""
    grid, cells, cell_starts, candidates, strips, first, starts = index
    for i in range(len(x)):
        found[i] = OUTSIDE
        if not (grid.left <= x[i] <= grid.right and grid.bottom <= y[i] <= grid.top):
            continue
        row = slot(y[i], grid.bottom, grid.scale, grid.rows)
        cell = cells[row, slot(x[i], grid.left, grid.scale, grid.columns)]
        if cell > BOUNDARY:
            found[i] = cell
            continue
        for k in range(cell_starts[BOUNDARY - cell], cell_starts[BOUNDARY - cell + 1]):
            strip = first[candidates[k]] + row
            answer = side(strips, starts[strip], starts[strip + 1], x[i], y[i])
            if answer != 0:
                found[i] = candidates[k] if answer == 1 else UNSURE
                break
