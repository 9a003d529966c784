"""The walk past an area's houses: street after street, and along each street in the order that suits it best."""

from __future__ import annotations

import numpy as np

from sozialraum.microcells.compiled import SUFFIXES, UNKNOWN_STREET, Floats, Ints, Sites, compiled
from sozialraum.microcells.curve import STRAIGHT, along_curve
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
def scatter(x: Floats, y: Floats, route: Ints) -> float:
    """Return how far apart the houses of all runs of three on a route are, in square metres."""
    total = 0.0
    for place in range(1, len(route)):
        for other in range(max(place - 2, 0), place):
            total += (x[route[place]] - x[route[other]]) ** 2 + (y[route[place]] - y[route[other]]) ** 2
    return total


@compiled
def best_route(x: Floats, y: Floats, place: Ints, by_number: Ints) -> Ints:
    """Return the route along one street's houses on which those that follow each other are nearest to each other.

    By number (both sides in step), out along one side and back along the other, or along the curve: where numbers run
    differently on the two sides the second wins, where they are missing or mistaken the third.
    """
    best, least = by_number, scatter(x, y, by_number)
    for route in (out_and_back(by_number, place), by_number[along_curve(x[by_number], y[by_number], STRAIGHT)]):
        apart = scatter(x, y, route)
        if apart < least:
            best, least = route, apart
    return best


@compiled
def walk(sites: Sites, place: Ints) -> Ints:
    """Return an order of an area's houses in which houses that belong together follow each other.

    Streets follow each other along a Hilbert curve through their centres, and each is entered at the end that is nearer
    to the house before. Houses without a street take their own place on that curve: where no street is known at all,
    the walk is the curve through the houses.

    Args:
        sites: the houses, street after street (those without one first), and along each by place.
        place: the order along a street, from 0 to 2**31 - 1; odd and even house numbers are told apart by it.
    """
    by_street = np.arange(len(place))
    begins = stretches(sites.street)
    centre_x, centre_y = centres(sites, by_street, begins)
    order = np.empty(len(place), np.int64)
    done = 0
    for stretch in along_curve(centre_x, centre_y, STRAIGHT):
        if begins[stretch + 1] == begins[stretch] + 1:
            order[done] = begins[stretch]
            done += 1
            continue
        houses = by_street[begins[stretch] : begins[stretch + 1]]
        if len(houses) > 2:
            houses = best_route(sites.x, sites.y, place, houses)
        if done > 0 and _apart(sites, order[done - 1], houses[-1]) < _apart(sites, order[done - 1], houses[0]):
            houses = houses[::-1].copy()
        order[done : done + len(houses)] = houses
        done += len(houses)
    return order


@compiled
def _apart(sites: Sites, one: int, other: int) -> float:
    return float(np.hypot(sites.x[one] - sites.x[other], sites.y[one] - sites.y[other]))
