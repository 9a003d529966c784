"""What cells cost: squared distances to their centres, and mixed streets."""

from __future__ import annotations

import numpy as np

from sozialraum.microcells.compiled import Floats, Ints, Sites, compiled
from sozialraum.microcells.measures import by_cell


@compiled
def costs(sites: Sites, cell: Ints, count: int, impurity: float) -> Floats:
    """Return what each of ``count`` cells costs, in square metres times households.

    ``sum of h * d**2 + impurity * (H - sum of H_s**2 / H)``: h households at distance d from the centre, H in the cell,
    H_s on street s.
    """
    x, y, z, households, street = sites.x, sites.y, sites.z, sites.households, sites.street
    deep, dz = len(z) > 0, 0.0
    houses, begins = by_cell(cell, count)
    found = np.empty(count)
    for number in range(count):
        first, last = begins[number], begins[number + 1]
        corner = houses[first]
        total = sum_x = sum_y = sum_z = spread = squares = 0.0
        for position in range(first, last):
            house = houses[position]
            weight = float(households[house])
            dx, dy = x[house] - x[corner], y[house] - y[corner]
            if deep:
                dz = z[house] - z[corner]
            total += weight
            sum_x += weight * dx
            sum_y += weight * dy
            sum_z += weight * dz
            spread += weight * (dx * dx + dy * dy + dz * dz)
            if impurity > 0.0:
                for other in range(first, last):
                    if street[houses[other]] == street[house]:
                        squares += weight * households[houses[other]]
        found[number] = spread - (sum_x * sum_x + sum_y * sum_y + sum_z * sum_z) / total
        if impurity > 0.0:
            found[number] += impurity * (total - squares / total)
    return found
