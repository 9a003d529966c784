"""What a cell is like: its households, houses, centre, cost, diameter and streets."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sozialraum.microcells.compiled import Floats, Ints, compiled


class Measures(NamedTuple):
    """One entry per cell: centre and diameter in metres, the centre weighted by households.

    cost: how far households are from the centre, squared, all together (square metres); places alone, not streets.
    """

    households: Ints
    buildings: Ints
    x: Floats
    y: Floats
    cost: Floats
    diameter: Floats
    streets: Ints


@compiled
def by_cell(cell: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the houses sorted by cell, and where each of the ``count`` cells begins; without houses that have none."""
    begins = np.zeros(count + 1, np.int64)
    for number in cell:
        if number >= 0:
            begins[number + 1] += 1
    for number in range(count):
        begins[number + 1] += begins[number]
    houses = np.empty(begins[count], np.int64)
    following = begins[:count].copy()
    for house in range(len(cell)):
        if cell[house] >= 0:
            houses[following[cell[house]]] = house
            following[cell[house]] += 1
    return houses, begins


@compiled
def widest(x: Floats, y: Floats) -> float:
    """Return the greatest distance between any two points."""
    greatest = 0.0
    for one in range(len(x)):
        for other in range(one):
            greatest = max(greatest, (x[one] - x[other]) ** 2 + (y[one] - y[other]) ** 2)
    return math.sqrt(greatest)


@compiled
def measure(cell: Ints, count: int, x: Floats, y: Floats, households: Ints, street: Ints) -> Measures:
    """Measure ``count`` cells; ``cell`` gives the cell of every house, below 0 where it has none."""
    houses, begins = by_cell(cell, count)
    total = np.zeros(count, np.int64)
    centre_x, centre_y, cost, diameter = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    streets = np.zeros(count, np.int64)
    for number in range(count):
        members = houses[begins[number] : begins[number + 1]]
        corner_x, corner_y = x[members[0]], y[members[0]]
        for house in members:
            total[number] += households[house]
            centre_x[number] += households[house] * (x[house] - corner_x)
            centre_y[number] += households[house] * (y[house] - corner_y)
        centre_x[number] = corner_x + centre_x[number] / total[number]
        centre_y[number] = corner_y + centre_y[number] / total[number]
        for house in members:
            apart = (x[house] - centre_x[number]) ** 2 + (y[house] - centre_y[number]) ** 2
            cost[number] += households[house] * apart
        diameter[number] = widest(x[members], y[members])
        streets[number] = len(np.unique(street[members]))
    return Measures(total, np.diff(begins), centre_x, centre_y, cost, diameter, streets)
