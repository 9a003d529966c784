"""The walk past an area's houses: street after street, and along each street in the order that suits it best."""

from __future__ import annotations

import numpy as np

from sozialraum.microcells.compiled import SUFFIXES, UNKNOWN_STREET, Floats, Ints, compiled
from sozialraum.microcells.curve import along_curve
from sozialraum.microcells.division import divide


@compiled
def stretches(street: Ints) -> Ints:
    """Return where each stretch of a list sorted by street begins, and its length at the end.

    A stretch is one street; a house whose street is not known is a stretch of its own.
    """
    begins = np.empty(len(street) + 1, np.int64)
    count = 0
    for position in range(len(street)):
        if position == 0 or street[position] == UNKNOWN_STREET or street[position] != street[position - 1]:
            begins[count] = position
            count += 1
    begins[count] = len(street)
    return begins[: count + 1]


@compiled
def out_and_back(houses: Ints, place: Ints) -> Ints:
    """Reorder a street's houses, given by number: up along the odd side, back down along the even side."""
    route = np.empty(len(houses), np.int64)
    out, back = 0, len(houses) - 1
    for house in houses:
        if (place[house] // SUFFIXES) % 2 == 1:
            route[out] = house
            out += 1
        else:
            route[back] = house
            back -= 1
    return route


@compiled
def best_route(x: Floats, y: Floats, households: Ints, place: Ints, by_number: Ints, minimum: int) -> Ints:
    """Return the route along one street whose best division is cheapest.

    By number (both sides in step), out along one side and back along the other, or along the curve: where numbers run
    differently on the two sides the second wins, where they are missing or mistaken the third.
    """
    one_street = np.zeros(len(x), np.int64)
    best, route = divide(x, y, households, one_street, by_number, minimum, 0.0)[0], by_number
    sides = out_and_back(by_number, place)
    cost = divide(x, y, households, one_street, sides, minimum, 0.0)[0]
    if cost < best:
        best, route = cost, sides
    curve = along_curve(x, y)
    if divide(x, y, households, one_street, curve, minimum, 0.0)[0] < best:
        route = curve
    return route


@compiled
def centres(x: Floats, y: Floats, households: Ints, houses: Ints, begins: Ints) -> tuple[Floats, Floats]:
    """Return the household-weighted centre of every stretch."""
    centre_x = np.zeros(len(begins) - 1)
    centre_y = np.zeros(len(begins) - 1)
    for stretch in range(len(begins) - 1):
        total = 0
        for house in houses[begins[stretch] : begins[stretch + 1]]:
            centre_x[stretch] += households[house] * x[house]
            centre_y[stretch] += households[house] * y[house]
            total += households[house]
        centre_x[stretch] /= total
        centre_y[stretch] /= total
    return centre_x, centre_y


@compiled
def walk(x: Floats, y: Floats, households: Ints, street: Ints, place: Ints, minimum: int) -> Ints:
    """Return an order of an area's houses in which houses that belong together follow each other.

    Streets follow each other along a Hilbert curve through their centres, and each is entered at the end that is nearer
    to the house before. Houses without a street take their own place on that curve: where no street is known at all,
    the walk is the curve through the houses.

    Args:
        x, y: coordinates in metres. households: at least 1 each. street: codes from -1 (unknown) to 2**31 - 1.
        place: the order along a street, from 0 to 2**31 - 1; odd and even house numbers are told apart by it.
        minimum: the fewest households of a cell.
    """
    by_street = np.argsort(((street + 1) << 31) | place, kind="mergesort")
    begins = stretches(street[by_street])
    centre_x, centre_y = centres(x, y, households, by_street, begins)
    order = np.empty(len(x), np.int64)
    done = 0
    for stretch in along_curve(centre_x, centre_y):
        houses = by_street[begins[stretch] : begins[stretch + 1]]
        if len(houses) > 2:
            houses = houses[
                best_route(x[houses], y[houses], households[houses], place[houses], np.arange(len(houses)), minimum)
            ]
        first, last, before = houses[0], houses[-1], order[max(done - 1, 0)]
        if done > 0 and np.hypot(x[last] - x[before], y[last] - y[before]) < np.hypot(
            x[first] - x[before], y[first] - y[before]
        ):
            houses = houses[::-1].copy()
        order[done : done + len(houses)] = houses
        done += len(houses)
    return order
