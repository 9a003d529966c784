"""The walk past an area's houses: street after street, and along each street in the order that suits it best."""

from __future__ import annotations

import numpy as np

from sozialraum.microcells.compiled import SUFFIXES, UNKNOWN_STREET, Ints, Sites, compiled
from sozialraum.microcells.curve import STRAIGHT, along_curve
from sozialraum.microcells.division import divide
from sozialraum.microcells.rounds import centres


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
def best_route(sites: Sites, place: Ints, by_number: Ints, minimum: int) -> Ints:
    """Return the route along one street's houses whose best division is cheapest.

    By number (both sides in step), out along one side and back along the other, or along the curve: where numbers run
    differently on the two sides the second wins, where they are missing or mistaken the third.
    """
    best, route = divide(sites, by_number, minimum, 0.0)[0], by_number
    sides = out_and_back(by_number, place)
    cost = divide(sites, sides, minimum, 0.0)[0]
    if cost < best:
        best, route = cost, sides
    curve = by_number[along_curve(sites.x[by_number], sites.y[by_number], STRAIGHT)]
    if divide(sites, curve, minimum, 0.0)[0] < best:
        route = curve
    return route


@compiled
def walk(sites: Sites, place: Ints, minimum: int) -> Ints:
    """Return an order of an area's houses in which houses that belong together follow each other.

    Streets follow each other along a Hilbert curve through their centres, and each is entered at the end that is nearer
    to the house before. Houses without a street take their own place on that curve: where no street is known at all,
    the walk is the curve through the houses.

    Args:
        sites: the houses, street after street (those without one first), and along each by place.
        place: the order along a street, from 0 to 2**31 - 1; odd and even house numbers are told apart by it.
        minimum: the fewest households of a cell.
    """
    by_street = np.arange(len(place))
    begins = stretches(sites.street)
    centre_x, centre_y = centres(sites, by_street, begins)
    order = np.empty(len(place), np.int64)
    done = 0
    for stretch in along_curve(centre_x, centre_y, STRAIGHT):
        houses = by_street[begins[stretch] : begins[stretch + 1]]
        if len(houses) > 2:
            houses = best_route(sites, place, houses, minimum)
        if done > 0 and _apart(sites, order[done - 1], houses[-1]) < _apart(sites, order[done - 1], houses[0]):
            houses = houses[::-1].copy()
        order[done : done + len(houses)] = houses
        done += len(houses)
    return order


@compiled
def _apart(sites: Sites, one: int, other: int) -> float:
    return float(np.hypot(sites.x[one] - sites.x[other], sites.y[one] - sites.y[other]))
