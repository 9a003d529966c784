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
    houses, begins = by_cell(cell, count)
    found = np.empty(count)
    for number in range(count):
        found[number] = cost_of(sites, houses[begins[number] : begins[number + 1]], impurity)
    return found


@compiled
def cost_of(sites: Sites, houses: Ints, impurity: float) -> float:
    """Return what some houses cost as one cell."""
    deep = len(sites.z) > 0
    total = x = y = z = dz = spread = squares = 0.0
    for house in houses:
        weight = float(sites.households[house])
        dx, dy = sites.x[house] - sites.x[houses[0]], sites.y[house] - sites.y[houses[0]]
        if deep:
            dz = sites.z[house] - sites.z[houses[0]]
        total += weight
        x += weight * dx
        y += weight * dy
        z += weight * dz
        spread += weight * (dx * dx + dy * dy + dz * dz)
        if impurity > 0.0:
            for other in houses:
                if sites.street[other] == sites.street[house]:
                    squares += weight * sites.households[other]
    return spread - (x * x + y * y + z * z) / total + impurity * (total - squares / total if impurity > 0.0 else 0.0)
