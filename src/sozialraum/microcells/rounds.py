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
    x, y = np.zeros(len(begins) - 1), np.zeros(len(begins) - 1)
    for group in range(len(begins) - 1):
        total = 0
        for house in houses[begins[group] : begins[group + 1]]:
            weight = sites.households[house]
            total += weight
            x[group] += weight * sites.x[house]
            y[group] += weight * sites.y[house]
        x[group] /= total
        y[group] /= total
    return x, y


@compiled
def _append_sorted(sites: Sites, houses: Ints, dx: float, dy: float, order: Ints, along: Floats, done: int) -> None:
    """Write houses into a walk from ``done`` on, sorted in a direction."""
    for position in range(len(houses)):
        house = houses[position]
        distance = sites.x[house] * dx + sites.y[house] * dy
        place = done + position
        while place > done and along[place - 1] > distance:
            along[place], order[place] = along[place - 1], order[place - 1]
            place -= 1
        along[place], order[place] = distance, house


@compiled
def lay_anew(sites: Sites, cell: Ints, count: int, turn: Turn) -> Ints:
    """Return a walk from cell to cell along a turned curve; inside a cell from the one before to the one behind."""
    houses, begins = by_cell(cell, count)
    x, y = centres(sites, houses, begins)
    path = along_curve(x, y, turn)
    order, along = np.empty(len(cell), np.int64), np.empty(len(cell))
    done = 0
    for position in range(count):
        number = path[position]
        before, behind = path[max(position - 1, 0)], path[min(position + 1, count - 1)]
        members = houses[begins[number] : begins[number + 1]]
        _append_sorted(sites, members, x[behind] - x[before], y[behind] - y[before], order, along, done)
        done += len(members)
    return order


@compiled
def divide_anew(sites: Sites, cell: Ints, count: int, minimum: int, impurity: float, turn: Turn) -> int:
    """Lay a walk through ``count`` cells and divide it at the least cost; return how many cells there are then.

    Today's cells are one way to divide that walk, so the cost never rises.
    """
    order = lay_anew(sites, cell, count, turn)
    return label(order, divide(sites, order, minimum, impurity)[1], 0, cell)
