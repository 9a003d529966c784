"""The exact dynamic programme: the cheapest division of a walk past houses into cells."""

from __future__ import annotations

import numpy as np

from sozialraum.microcells.compiled import Ints, Sites, compiled


@compiled
def divide(sites: Sites, order: Ints, minimum: int, impurity: float) -> tuple[float, Ints]:
    """Divide a walk into runs of at least ``minimum`` households at the least possible cost.

    Hansen and Mukherjee (2003), generalised to weights: ``best[e] = min over s of best[s] + cost(s, e)``. A run of H
    households costs their squared distances to its centre plus ``impurity * (H - sum of H_s**2 / H)`` over its streets.
    Both terms are squared deviations from a mean, so a cut never raises the cost. Hence, as soon as a run can be cut in
    two runs that both reach the minimum, neither it nor any longer one needs a look.

    Args:
        sites: the houses.
        order: the walk, as indices of houses; it may leave houses out.
        minimum: the fewest households of a run, at least 1.
        impurity: square metres a household; half the square of rho.

    Returns:
        The cost in square metres times households, infinite where the walk holds too few households; and for each end
        of a run (position in the walk, exclusive) the start that is best for it.
    """
    deep = len(sites.z) > 0
    x, y, households = sites.x[order], sites.y[order], sites.households[order]
    best = np.full(len(order) + 1, np.inf)
    start = np.zeros(len(order) + 1, np.int64)
    on_street = np.zeros(len(sites.x) + 1 if impurity > 0 else 0, np.int64)
    best[0] = 0.0
    for end in range(1, len(order) + 1):
        total = tail = squares = 0
        sum_x = sum_y = sum_z = spread = 0.0
        first, least, cheapest = end, np.inf, 0
        while first > 0:
            first -= 1
            weight = households[first]
            dx, dy = x[first] - x[end - 1], y[first] - y[end - 1]
            total += weight
            sum_x += weight * dx
            sum_y += weight * dy
            spread += weight * (dx * dx + dy * dy)
            if deep:
                dz = sites.z[order[first]] - sites.z[order[end - 1]]
                sum_z += weight * dz
                spread += weight * dz * dz
            if impurity > 0:
                already = on_street[sites.street[order[first]] + 1]
                squares += weight * (weight + 2 * already)
                on_street[sites.street[order[first]] + 1] = already + weight
            if total < minimum:
                continue
            if tail == 0:
                tail = total
            elif total - tail >= minimum:
                break
            cost = spread - (sum_x * sum_x + sum_y * sum_y + sum_z * sum_z) / total
            if impurity > 0:
                cost += impurity * (total - squares / total)
            cost += best[first]
            cheapest = first if cost < least else cheapest
            least = min(cost, least)
        best[end], start[end] = least, cheapest
        if impurity > 0:
            for position in range(first, end):
                on_street[sites.street[order[position]] + 1] = 0
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
