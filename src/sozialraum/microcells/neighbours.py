"""The nearest houses of each house, by a grid."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sozialraum.microcells.compiled import Floats, Ints, compiled

NOBODY = -1
# So many houses are meant to stand in a square where anybody lives at all: settlements are denser than their area.
A_SQUARE = 2.0
# There are at most so many squares for each house, and a thousand more.
SQUARES = 32
# So many houses around a square are looked at; a power of two, so that a place is the last bits of a rank.
LOOKED_AT = 1024
# Squared distances are compared to a sixteenth of a square metre.
FINENESS = 16.0
FARTHEST = 2**62


class Grid(NamedTuple):
    """Houses sorted by the square in which they stand, row by row.

    square: of each house. houses: sorted. begins: where each square's houses begin. columns, rows: how many there are.
    """

    square: Ints
    houses: Ints
    begins: Ints
    columns: int
    rows: int


@compiled
def lay_grid(x: Floats, y: Floats, side: float) -> Grid:
    """Sort houses into squares of ``side`` metres."""
    left, bottom = x.min(), y.min()
    columns, rows = int((x.max() - left) / side) + 1, int((y.max() - bottom) / side) + 1
    square = np.empty(len(x), np.int64)
    begins = np.zeros(columns * rows + 1, np.int64)
    for house in range(len(x)):
        square[house] = int((y[house] - bottom) / side) * columns + int((x[house] - left) / side)
        begins[square[house] + 1] += 1
    for number in range(columns * rows):
        begins[number + 1] += begins[number]
    houses = np.empty(len(x), np.int64)
    following = begins[:-1].copy()
    for house in range(len(x)):
        houses[following[square[house]]] = house
        following[square[house]] += 1
    return Grid(square, houses, begins, columns, rows)


@compiled
def occupied(x: Floats, y: Floats, side: float) -> int:
    """Return how many squares of ``side`` metres are not empty."""
    left, bottom = x.min(), y.min()
    columns, rows = int((x.max() - left) / side) + 1, int((y.max() - bottom) / side) + 1
    seen = np.zeros(columns * rows, np.bool_)
    count = 0
    for house in range(len(x)):
        square = int((y[house] - bottom) / side) * columns + int((x[house] - left) / side)
        count += not seen[square]
        seen[square] = True
    return count


@compiled
def side_of_squares(x: Floats, y: Floats) -> float:
    """Return a side with which about ``A_SQUARE`` houses stand in each square that is not empty."""
    width, height = x.max() - x.min(), y.max() - y.min()
    most = SQUARES * len(x) + 1000
    side = max(math.sqrt(width * height * A_SQUARE / len(x)), max(width, height) / most, 0.01)
    for _ in range(2):
        side *= math.sqrt(min(A_SQUARE * occupied(x, y, side) / len(x), 1.0))
        side = max(side, math.sqrt(width * height / most), max(width, height) / most, 0.01)
    return float(side)


@compiled
def nearest(x: Floats, y: Floats, many: int) -> Ints:
    """Return for each house ``many`` other houses near by, the nearest first; NOBODY where there are fewer.

    They are looked for in the squares around its own, and farther away only as long as they are too few. Distances are
    compared to a quarter of a metre. Of more than ``LOOKED_AT`` houses in these squares the others are not looked at.
    """
    grid = lay_grid(x, y, side_of_squares(x, y))
    found = np.full((len(x), many), NOBODY)
    around, rank = np.empty(LOOKED_AT, np.int64), np.empty(LOOKED_AT, np.int64)
    x_around, y_around = np.empty(LOOKED_AT), np.empty(LOOKED_AT)
    done = 0
    while done < len(x):
        square = grid.square[grid.houses[done]]
        inside = grid.begins[square + 1] - done
        count = _houses_around(grid, square, many, around)
        for place in range(count):
            x_around[place], y_around[place] = x[around[place]], y[around[place]]
        for own in range(min(inside, count)):
            # A distance and a place in one whole number: the least of them is found without a single branch.
            for place in range(count):
                apart = (x_around[place] - x_around[own]) ** 2 + (y_around[place] - y_around[own]) ** 2
                rank[place] = int(apart * FINENESS) * LOOKED_AT + place
            rank[own] = FARTHEST
            for turn in range(min(many, count - 1)):
                least = rank[0]
                for place in range(1, count):
                    least = min(least, rank[place])
                found[around[own], turn] = around[least % LOOKED_AT]
                rank[least % LOOKED_AT] = FARTHEST
        done += inside
    return found


@compiled
def _houses_around(grid: Grid, square: int, many: int, around: Ints) -> int:
    """Write the houses of a square and then of those around it; return how many: more than ``many`` if there are."""
    houses, begins, columns, rows = grid.houses, grid.begins, grid.columns, grid.rows
    row, column = square // columns, square % columns
    own, behind = begins[square], begins[square + 1]
    count, reach = 0, 1
    while count <= many and reach <= 2 * max(columns, rows):
        count = min(behind - own, LOOKED_AT)
        around[:count] = houses[own : own + count]
        first, last = max(column - reach, 0), min(column + reach, columns - 1)
        for up in range(max(row - reach, 0), min(row + reach, rows - 1) + 1):
            for place in range(begins[up * columns + first], begins[up * columns + last + 1]):
                if count < LOOKED_AT and not own <= place < behind:
                    around[count] = houses[place]
                    count += 1
        reach *= 2
    return count
