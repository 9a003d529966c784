"""The exact dynamic programme: the cheapest division of a walk past houses into cells."""

from __future__ import annotations

import numpy as np

from sozialraum.microcells.compiled import Floats, Ints, compiled


@compiled
def divide(
    x: Floats, y: Floats, households: Ints, street: Ints, order: Ints, minimum: int, impurity: float
) -> tuple[float, Ints]:
    """Divide a walk into runs of at least ``minimum`` households at the least possible cost.

    Hansen and Mukherjee (2003), generalised to weights: ``best[e] = min over s of best[s] + cost(s, e)``. A run of H
    households costs their squared distances to its centre plus ``impurity * (H - sum of H_s**2 / H)`` over its streets.
    Both terms are squared deviations from a mean, so a cut never raises the cost. Hence, as soon as a run can be cut in
    two runs that both reach the minimum, neither it nor any longer one needs a look.

    Args:
        x, y: coordinates in metres, one per house.
        households: households per house, each at least 1.
        street: street code per house, each from -1 (unknown, counted as one street) to the number of houses - 1.
        order: the walk, as indices of houses; it may leave houses out.
        minimum: the fewest households of a run, at least 1.
        impurity: square metres a household; half the square of rho.

    Returns:
        The cost in square metres times households, infinite where the walk holds too few households; and for each end
        of a run (position in the walk, exclusive) the start that is best for it.
    """
    best = np.full(len(order) + 1, np.inf)
    start = np.zeros(len(order) + 1, np.int64)
    on_street = np.zeros(len(x) + 1, np.int64)
    best[0] = 0.0
    for end in range(1, len(order) + 1):
        x_last, y_last = x[order[end - 1]], y[order[end - 1]]
        total = tail = squares = 0
        sum_x = sum_y = spread = 0.0
        first = end
        while first > 0:
            first -= 1
            house = order[first]
            weight = households[house]
            dx, dy = x[house] - x_last, y[house] - y_last
            total += weight
            sum_x += weight * dx
            sum_y += weight * dy
            spread += weight * (dx * dx + dy * dy)
            already = on_street[street[house] + 1]
            squares += weight * (weight + 2 * already)
            on_street[street[house] + 1] = already + weight
            if total < minimum:
                continue
            if tail == 0:
                tail = total
            elif total - tail >= minimum:
                break
            cost = spread - (sum_x * sum_x + sum_y * sum_y) / total + impurity * (total - squares / total)
            if best[first] + cost < best[end]:
                best[end] = best[first] + cost
                start[end] = first
        for position in range(first, end):
            on_street[street[order[position]] + 1] = 0
    return best[len(order)], start


@compiled
def label(order: Ints, start: Ints, first_label: int, cell: Ints) -> int:
    """Write the cells of a division into ``cell`` (one per house), from ``first_label`` on; return the next label."""
    end = len(order)
    while end > 0:
        for position in range(start[end], end):
            cell[order[position]] = first_label
        first_label += 1
        end = start[end]
    return first_label
