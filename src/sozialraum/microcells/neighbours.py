"""The nearest houses of each house, by a grid."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sozialraum.microcells.compiled import Floats, Ints, compiled

NOBODY = -1
# So many houses are meant to stand in a square where anybody lives at all: settlements are denser than their area.
A_SQUARE = 1.5
# There are at most so many squares for each house, and a thousand more.
SQUARES = 32


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
def side_of_squares(x: Floats, y: Floats) -> float:
    """Return a side with which about ``A_SQUARE`` houses stand in each square that is not empty."""
    width, height = x.max() - x.min(), y.max() - y.min()
    most = SQUARES * len(x) + 1000
    side = max(math.sqrt(width * height * A_SQUARE / len(x)), max(width, height) / most, 0.01)
    for _ in range(2):
        grid = lay_grid(x, y, side)
        occupied = 0
        for number in range(len(grid.begins) - 1):
            occupied += grid.begins[number + 1] > grid.begins[number]
        side *= math.sqrt(min(A_SQUARE * occupied / len(x), 1.0))
        side = max(side, math.sqrt(width * height / most), max(width, height) / most, 0.01)
    return float(side)


@compiled
def nearest(x: Floats, y: Floats, many: int) -> Ints:
    """Return for each house ``many`` other houses near by, the nearest first; NOBODY where there are fewer.

    They are looked for in the squares around its own, and farther away only as long as they are too few.
    """
    grid = lay_grid(x, y, side_of_squares(x, y))
    houses, begins, columns, rows = grid.houses, grid.begins, grid.columns, grid.rows
    sorted_x, sorted_y = x[houses], y[houses]
    found = np.full((len(x), many), NOBODY)
    near, distance = np.empty(many, np.int64), np.empty(many)
    for own in range(len(x)):
        square = grid.square[houses[own]]
        row, column = square // columns, square % columns
        reach = 1
        _look(begins, columns, rows, own, column, row, reach, sorted_x, sorted_y, near, distance)
        while near[many - 1] == NOBODY and reach <= max(columns, rows):
            reach *= 2
            _look(begins, columns, rows, own, column, row, reach, sorted_x, sorted_y, near, distance)
        for place in range(many):
            if near[place] != NOBODY:
                found[houses[own], place] = houses[near[place]]
    return found


@compiled
def _look(
    begins: Ints,
    columns: int,
    rows: int,
    own: int,
    column: int,
    row: int,
    reach: int,
    x: Floats,
    y: Floats,
    near: Ints,
    distance: Floats,
) -> None:
    """Find the nearest houses, by their place in the sorted list, at most ``reach`` squares away from one's own."""
    farthest = len(near) - 1
    for place in range(len(near)):
        near[place], distance[place] = NOBODY, np.inf
    own_x, own_y = x[own], y[own]
    first, last = max(column - reach, 0), min(column + reach, columns - 1)
    for up in range(max(row - reach, 0), min(row + reach, rows - 1) + 1):
        for other in range(begins[up * columns + first], begins[up * columns + last + 1]):
            apart = (x[other] - own_x) ** 2 + (y[other] - own_y) ** 2
            if apart >= distance[farthest] or other == own:
                continue
            place = farthest
            while place > 0 and distance[place - 1] > apart:
                distance[place], near[place] = distance[place - 1], near[place - 1]
                place -= 1
            distance[place], near[place] = apart, other
