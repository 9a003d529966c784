"""The whole search in one area: rounds, exchange, and kicks of which only the better parts stay."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sozialraum.microcells.compiled import Flags, Ints, Sites, compiled, draw
from sozialraum.microcells.crossover import cross
from sozialraum.microcells.exchange import exchange
from sozialraum.microcells.neighbours import NOBODY, nearest
from sozialraum.microcells.rounds import divide_anew, random_turn

MIXED = -2
# So many of the nearest houses show each house the cells that it may change to.
NEARBY = 6
# Sweeps of the exchange: after the rounds, and after each kick.
SWEEPS, SWEEPS_AFTER_KICK = 6, 2
# A kick displaces houses by so many times the distance to their nearest neighbour, on average.
KICK = 0.6


class Effort(NamedTuple):
    """How long to search: rounds of new walks, then (where ``exchanging``) exchanges, then kicks."""

    rounds: int
    exchanging: bool
    kicks: int


@compiled
def improve(sites: Sites, cell: Ints, count: int, minimum: int, impurity: float, effort: Effort, seed: int) -> int:
    """Make the cells of an area cheaper; return how many there are then.

    Args:
        sites: the houses, each with fewer households than the minimum, near the origin.
        cell: of each house, from 0 to ``count`` - 1; is changed.
        seed: the same seed gives the same cells.
    """
    random = np.array([seed % 2_147_483_646 + 1])
    for _ in range(effort.rounds):
        count = divide_anew(sites, cell, count, minimum, impurity, random_turn(random))
    if not effort.exchanging:
        return count
    nearby = nearest(sites.x, sites.y, NEARBY)
    count = exchange(sites, cell, count, nearby, np.ones(len(cell), np.bool_), minimum, impurity, SWEEPS)
    reach = KICK * _step(sites, nearby)
    other = np.empty_like(cell)
    for _ in range(effort.kicks):
        other[:] = cell
        moved = _displaced(sites, reach, random)
        many = divide_anew(moved, other, count, minimum, impurity, random_turn(random))
        for _ in range(2):
            many = divide_anew(sites, other, many, minimum, impurity, random_turn(random))
        waiting = moved_on(cell, count, other, many)
        many = exchange(sites, other, many, nearby, waiting, minimum, impurity, SWEEPS_AFTER_KICK)
        count = cross(sites, cell, count, other, many, impurity)
    return count


@compiled
def moved_on(cell: Ints, count: int, other: Ints, many: int) -> Flags:
    """Return which houses are in another company than before: the cells of the others are as good as they can be."""
    before, after, met = np.zeros(count, np.int64), np.zeros(many, np.int64), np.full(many, NOBODY)
    for house in range(len(cell)):
        before[cell[house]] += 1
        after[other[house]] += 1
        if met[other[house]] == NOBODY:
            met[other[house]] = cell[house]
        elif met[other[house]] != cell[house]:
            met[other[house]] = MIXED
    found = np.empty(len(cell), np.bool_)
    for house in range(len(cell)):
        own = met[other[house]]
        found[house] = own == MIXED or before[own] != after[other[house]]
    return found


@compiled
def _step(sites: Sites, nearby: Ints) -> float:
    """Return the mean distance from a house to its nearest neighbour."""
    total = 0.0
    for house in range(len(sites.x)):
        other = nearby[house, 0]
        if other != NOBODY:
            total += np.hypot(sites.x[other] - sites.x[house], sites.y[other] - sites.y[house])
    return total / len(sites.x)


@compiled
def _displaced(sites: Sites, reach: float, random: Ints) -> Sites:
    """Return the houses displaced by up to ``reach`` metres in each direction."""
    x, y = sites.x.copy(), sites.y.copy()
    for house in range(len(x)):
        x[house] += reach * (2.0 * draw(random) - 1.0)
        y[house] += reach * (2.0 * draw(random) - 1.0)
    return Sites(x, y, sites.z, sites.households, sites.street)
