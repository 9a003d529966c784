"""Compiled arithmetic on the flat arrays of one area: the walk past its houses and the best division of that walk.

Every kernel releases the interpreter's lock and knows one area only, so areas run side by side on plain threads and the
cells do not depend on how many there are. Coordinates are metres relative to the area, households are whole numbers.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

UNKNOWN_STREET = -1
INFEASIBLE = np.inf
# Room for a suffix inside a place: place = number * SUFFIXES + suffix, see addresses.places.
SUFFIXES = 1024
# The curve divides an area's square into 65,536 columns and as many rows.
CURVE_BITS = 16

compiled = numba.njit(cache=True, nogil=True)


@compiled
def curve_key(column: int, row: int) -> int:
    """Return the position of a grid square along the Hilbert curve (Hilbert 1891)."""
    last = (1 << CURVE_BITS) - 1
    key = 0
    side = 1 << (CURVE_BITS - 1)
    while side > 0:
        right = 1 if column & side else 0
        upper = 1 if row & side else 0
        key += side * side * ((3 * right) ^ upper)
        if upper == 0:
            if right == 1:
                column, row = last - column, last - row
            column, row = row, column
        side >>= 1
    return key


@compiled
def along_curve(x: Floats, y: Floats) -> Ints:
    """Return the points' indices in the order in which a Hilbert curve over their square meets them.

    Points in the same grid square keep their given order.
    """
    extent = max(x.max() - x.min(), y.max() - y.min())
    scale = ((1 << CURVE_BITS) - 1) / extent if extent > 0 else 0.0
    left, bottom = x.min(), y.min()
    keys = np.empty(len(x), np.int64)
    for point in range(len(x)):
        keys[point] = curve_key(int((x[point] - left) * scale), int((y[point] - bottom) * scale))
    return np.argsort(keys, kind="mergesort")


@compiled
def divide(
    x: Floats, y: Floats, households: Ints, street: Ints, order: Ints, minimum: int, impurity: float
) -> tuple[float, Ints]:
    """Divide a walk into runs of at least ``minimum`` households at the least possible cost.

    The exact dynamic programme of Hansen and Mukherjee (2003), generalised to weights: ``best[e] = min over s of best[s]
    + cost(s, e)``. A run costs its household-weighted squared distance to its centre plus ``impurity * (H - sum of
    H_s**2 / H)`` over its streets s. Both terms are squared deviations from a mean, so cutting a run never costs more:
    a run whose front and tail could each stand alone needs no look, nor does any longer one.

    Args:
        x, y: metres. street: codes from 0, smaller than the number of houses plus 1; UNKNOWN_STREET counts as a street.
        order: the houses' indices in the order of the walk.

    Returns:
        The cost (infinite where the walk holds fewer than ``minimum`` households) and, for each end, the best start.
    """
    best = np.empty(len(order) + 1)
    start = np.zeros(len(order) + 1, np.int64)
    on_street = np.zeros(street.max() + 2 if len(street) else 1, np.int64)
    best[0] = 0.0
    for end in range(1, len(order) + 1):
        best[end] = INFEASIBLE
        x0, y0 = x[order[end - 1]], y[order[end - 1]]
        total = tail = same = 0
        sum_x = sum_y = sum_squares = 0.0
        first = end
        while first > 0:
            first -= 1
            house = order[first]
            weight = households[house]
            dx, dy = x[house] - x0, y[house] - y0
            total += weight
            sum_x += weight * dx
            sum_y += weight * dy
            sum_squares += weight * (dx * dx + dy * dy)
            there = on_street[street[house] + 1]
            same += weight * (weight + 2 * there)
            on_street[street[house] + 1] = there + weight
            if total < minimum:
                continue
            if tail == 0:
                tail = total
            elif total - tail >= minimum:
                break
            cost = sum_squares - (sum_x * sum_x + sum_y * sum_y) / total + impurity * (total - same / total)
            if best[first] + cost < best[end]:
                best[end] = best[first] + cost
                start[end] = first
        for seen in range(first, end):
            on_street[street[order[seen]] + 1] = 0
    return best[len(order)], start
