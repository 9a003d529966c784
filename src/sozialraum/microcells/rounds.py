"""The walk is laid anew through the cells there are, and divided anew: never dearer, and often cheaper."""

from __future__ import annotations

import math

import numpy as np

from sozialraum.microcells.compiled import Floats, Ints, Sites, compiled, draw
from sozialraum.microcells.curve import Turn, along_curve
from sozialraum.microcells.division import divide, label
from sozialraum.microcells.measures import by_cell


@compiled
def random_turn(random: Ints) -> Turn:
    """Return how the curve lies in the next round."""
    return Turn(draw(random) * 2.0 * math.pi, draw(random), draw(random))


@compiled
def centres(sites: Sites, houses: Ints, begins: Ints) -> tuple[Floats, Floats]:
    """Return the household-weighted centre of each group of houses."""
    x, y, households = sites.x, sites.y, sites.households
    middle_x, middle_y = np.empty(len(begins) - 1), np.empty(len(begins) - 1)
    for group in range(len(begins) - 1):
        total = sum_x = sum_y = 0.0
        for position in range(begins[group], begins[group + 1]):
            house = houses[position]
            weight = float(households[house])
            total += weight
            sum_x += weight * x[house]
            sum_y += weight * y[house]
        middle_x[group], middle_y[group] = sum_x / total, sum_y / total
    return middle_x, middle_y


@compiled
def lay_anew(sites: Sites, cell: Ints, count: int, turn: Turn) -> Ints:
    """Return a walk from cell to cell along a turned curve; inside a cell from the one before to the one behind."""
    houses, begins = by_cell(cell, count)
    middle_x, middle_y = centres(sites, houses, begins)
    path = along_curve(middle_x, middle_y, turn)
    x, y = sites.x, sites.y
    order, along = np.empty(len(cell), np.int64), np.empty(len(cell))
    done = 0
    for step in range(count):
        before, behind = path[max(step - 1, 0)], path[min(step + 1, count - 1)]
        dx, dy = middle_x[behind] - middle_x[before], middle_y[behind] - middle_y[before]
        first = done
        for position in range(begins[path[step]], begins[path[step] + 1]):
            house = houses[position]
            distance, place = x[house] * dx + y[house] * dy, done
            while place > first and along[place - 1] > distance:
                along[place], order[place] = along[place - 1], order[place - 1]
                place -= 1
            along[place], order[place] = distance, house
            done += 1
    return order


@compiled
def divide_anew(sites: Sites, cell: Ints, count: int, minimum: int, impurity: float, turn: Turn) -> int:
    """Lay a walk through ``count`` cells and divide it at the least cost; return how many cells there are then.

    Today's cells are one way to divide that walk, so the cost never rises.
    """
    order = lay_anew(sites, cell, count, turn)
    return label(order, divide(sites, order, minimum, impurity)[1], 0, cell)
