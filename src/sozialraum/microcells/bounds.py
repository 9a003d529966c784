"""How much better could cells be? Two lower bounds of what any bundling of the same houses costs.

The nearest-neighbour bound takes no time, and is loose. The linear bound takes seconds for some hundred houses, and is
within a few per cent of the best there is.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from sozialraum.microcells.bundling import Rules, Town, bundle, over_areas, streets_of
from sozialraum.microcells.compiled import Floats, Ints, Shorts, Sites, compiled
from sozialraum.microcells.costs import costs
from sozialraum.microcells.measures import by_cell
from sozialraum.microcells.mixing import Cell, Mixture, flat, pair_costs
from sozialraum.microcells.pricing import EMPTY, Ground, nearest_sums, paying_cells
from sozialraum.microcells.search import Effort

SAMPLE = 20
"""The linear bound is worked out for so many areas."""

SIZES = (150, 330)
"""It is worked out for areas with so many light houses, from the fewest to the most."""
# A cell pays if it brings more than this share of what a cell costs on average, or of what one did in the beginning.
LEAST, TINY = 1e-8, 1e-12
# The bound is proved to be that of the linear relaxation if both agree to this share.
AGREEMENT = 1e-7
# How long our own search looks for cells to begin with.
BEGINNING = Effort(rounds=8, exchanging=True, kicks=4)
# The search for cells does so much work in a second, and each round gets this part of the time that is left.
WORK, ROUNDS = 200_000_000, 8


@dataclass(frozen=True, slots=True)
class LinearBound:
    """What no bundling of some houses can cost less than.

    Attributes:
        value: square metres times households.
        columns: how many cells were weighed against each other.
        proved: whether it is the optimum of the linear relaxation, to a relative 1e-7; otherwise it may be lower.
    """

    value: float
    columns: int
    proved: bool


@dataclass(frozen=True, slots=True)
class AgainstBounds:
    """What cells cost compared with what they must cost at least.

    Attributes:
        over_nearest: cost over the nearest-neighbour bound, all areas together, without streets and likeness; None
            where the bound is 0.
        areas: how many areas the linear bound was worked out for.
        houses: how many light houses they hold together.
        over_linear: cost over the linear bound, mean of these areas; None without any.
        worst: the largest of these ratios.
        proved: in how many of the areas the bound is the optimum of the linear relaxation.
    """

    over_nearest: float | None
    areas: int
    houses: int
    over_linear: float | None
    worst: float | None
    proved: int

    def as_json(self) -> dict[str, object]:
        """Return the figures as a mapping for a JSON file."""
        return asdict(self)


@compiled
def nearest_bound(x: Floats, y: Floats, households: Ints, minimum: int) -> float:
    """Return the nearest-neighbour bound of what bundling some houses costs, in square metres times households.

    ``sum of h_i / (2 K) * N_i(K - h_i)``: K is the minimum, N_i(m) the sum of the squared distances from house i to the
    m households of other houses that are nearest to it (of the last of these houses only as many as are needed).

    It holds because a cell of H households costs ``1 / (2 H) * sum over i of h_i * sum over j of h_j * d_ij**2``
    (Huygens), where the inner sum is at least N_i(H - h_i). So house i has a share of at least ``h_i / 2 * q(H - h_i)``
    with ``q(m) = N_i(m) / (m + h_i)``. N_i is convex and begins at 0, hence q never falls, and the share is least where
    the cell is smallest: H = K.

    Args:
        x, y: metres.
        households: of each house, from 1 to the minimum - 1.
        minimum: the fewest households of a cell.

    Returns:
        The bound; 0 where all houses together have fewer households than the minimum.
    """
    if households.sum() < minimum:
        return 0.0
    across, along = (x, y) if x.max() - x.min() >= y.max() - y.min() else (y, x)
    order = np.argsort(across)
    across, along, weight = across[order], along[order], households[order]
    distance, neighbour = np.empty(minimum - 1), np.empty(minimum - 1, np.int64)
    bound = 0.0
    for house in range(len(weight)):
        _nearest(across, along, house, distance, neighbour)
        wanted, total = minimum - weight[house], 0.0
        for place in range(minimum - 1):
            if wanted == 0:
                break
            taken = min(wanted, weight[neighbour[place]])
            total += taken * distance[place]
            wanted -= taken
        bound += weight[house] * total
    return bound / (2.0 * minimum)


@compiled
def _nearest(across: Floats, along: Floats, house: int, distance: Floats, neighbour: Ints) -> None:
    """Write the squared distances and the numbers of the nearest other houses, the nearest first.

    Args:
        across, along: the two coordinates of the houses, sorted by the first.
    """
    distance[:], neighbour[:] = np.inf, house
    for step in (-1, 1):
        other = house + step
        while 0 <= other < len(across):
            aside = (across[other] - across[house]) ** 2
            if aside >= distance[-1]:
                break
            apart = aside + (along[other] - along[house]) ** 2
            if apart < distance[-1]:
                place = len(distance) - 1
                while place > 0 and distance[place - 1] > apart:
                    distance[place], neighbour[place] = distance[place - 1], neighbour[place - 1]
                    place -= 1
                distance[place], neighbour[place] = apart, other
            other += step


@compiled
def bundled_sites(town: Town, first: int, last: int, minimum: int, cell: Shorts) -> tuple[Sites, Ints, int]:
    """Return the light houses from ``first`` to before ``last``, one area, their cells from 0, and how many these are.

    Houses with the minimum of households are cells of their own and cost nothing. None are returned where the light
    houses together stay below the minimum: they are not bundled.
    """
    light = first + np.flatnonzero(town.households[first:last] < minimum)
    if town.households[light].sum() < minimum:
        light = light[:0]
    x, y = town.x[light], town.y[light]
    if len(light):
        x, y = x - x.mean(), y - y.mean()
    z = town.z[light] if len(town.z) else np.empty(0)
    number, count = cell[light].astype(np.int64), 0
    codes = np.full(number.max() + 1 if len(light) else 0, EMPTY)
    for house in range(len(light)):
        if codes[number[house]] == EMPTY:
            codes[number[house]] = count
            count += 1
        number[house] = codes[number[house]]
    return Sites(x, y, z, town.households[light], streets_of(town, light)), number, count


@compiled
def _bound_areas(
    first: int, last: int, offsets: Ints, town: Town, minimum: int, cell: Shorts, bound: Floats, cost: Floats
) -> None:
    """Write the bound of the areas from ``first`` to before ``last``, and what their cells cost."""
    for area in range(first, last):
        sites, number, count = bundled_sites(town, offsets[area], offsets[area + 1], minimum, cell)
        bound[area] = nearest_bound(sites.x, sites.y, sites.households, minimum)
        flat = Sites(sites.x, sites.y, np.empty(0), sites.households, sites.street)
        cost[area] = costs(flat, number, count, 0.0).sum()


def nearest_bounds(
    offsets: Ints, town: Town, cell: Shorts, minimum: int, *, threads: int | None = None
) -> tuple[Floats, Floats]:
    """Return each area's nearest-neighbour bound, and what its cells cost, in square metres times households.

    Both without houses with the minimum of households (they cost nothing), streets and likeness; both 0 where the other
    houses together stay below the minimum.

    Args:
        offsets: where each area begins in the arrays of the town, and their length at the end.
        town: the houses.
        cell: the cell of every house, numbered from 0 in its area, as ``bundling.bundle`` returns it.
        minimum: the fewest households of a cell.
        threads: how many areas are worked on at a time; all processors by default.
    """
    bound, cost = np.zeros(len(offsets) - 1), np.zeros(len(offsets) - 1)

    def work(first: int, last: int) -> None:
        _bound_areas(first, last, offsets, town, minimum, cell, bound, cost)

    over_areas(work, offsets, threads)
    return bound, cost


def whole(costs_of_areas: Floats) -> Ints:
    """Round what areas cost to whole numbers, whose sum does not depend on the order they are added up in."""
    return np.rint(costs_of_areas).astype(np.int64)


def apartness(sites: Sites, impurity: float) -> Floats:
    """Return how many square metres any two houses are apart.

    Streets are corners of a simplex with edges of ``sqrt(2 * impurity)`` metres: with that, the charge for mixed
    streets is a squared distance to the centre like any other.
    """
    axes = (sites.x, sites.y, sites.z) if len(sites.z) else (sites.x, sites.y)
    apart = np.zeros((len(sites.x), len(sites.x)))
    for axis in axes:
        apart += np.subtract.outer(axis, axis) ** 2
    if impurity > 0.0:
        apart += 2.0 * impurity * np.not_equal.outer(sites.street, sites.street)
    return apart


def linear_bound(sites: Sites, minimum: int, *, impurity: float = 0.0, seconds: float = 60.0) -> LinearBound:
    """Return the lower bound of the linear relaxation: cells may be taken in parts that add up to 1 for every house.

    Column generation (Gilmore and Gomory 1961), begun with the cells of our own search (bad ones would say little about
    what a house is worth). A linear programme weighs the cells known so far against each other; its dual values say
    what each house is worth; cells that pay at this worth come in (an exact search, ``pricing``), until none pays any
    more. For any worth whatever, the worth of all houses less what the cells of a bundling bring beyond it is a lower
    bound (Lagrange), and these bring at most the sum over houses of the best cell that has this house as its seed. So
    the bound also holds when time is up.

    Larger cells than 3 K - 3 households (K is the minimum) need no look. The cost is a sum of squared deviations from a
    mean, so to cut a cell in two never raises it. Let a cell of light houses, K - 1 households each at most, have
    3 K - 2 or more. Gather its houses one by one until they have K: these are at most 2 K - 2, and K or more are left.
    So it can be cut, and what it takes in the relaxation its two parts can take for no more. Three houses of K - 1 show
    that no smaller limit does.

    Args:
        sites: the houses, each with fewer households than the minimum and together with the minimum; up to about 2,000.
        minimum: the fewest households of a cell.
        impurity: what mixed streets cost, square metres a household.
        seconds: so long after the first round the bound so far is returned.
    """
    most = 3 * minimum - 3
    begin = _searched(sites, Rules(minimum, impurity))
    apart = apartness(sites, impurity)
    unit = float(pair_costs(apart, sites.households, *flat(begin)).mean()) or 1.0
    apart /= unit
    ground = Ground(apart, sites.households, nearest_sums(apart, sites.households, most))
    mixture = Mixture(apart, sites.households)
    mixture.add(begin)
    value = nearest_bound(sites.x, sites.y, sites.households, minimum) / unit
    together = int(sites.households.sum()) // minimum
    proved, left, start = False, seconds, None
    while solution := mixture.solve():
        optimum, worth = solution
        least = max(LEAST * optimum / together, TINY)
        brings, found = paying_cells(ground, worth, minimum, most, least, int(left * WORK / ROUNDS))
        value = max(value, float(worth.sum() - np.sort(brings)[-together:].sum()))
        proved = optimum - value <= AGREEMENT * optimum
        start = start or time.monotonic()  # the first round is over: the kernels are compiled
        left = start + seconds - time.monotonic()
        if proved or left <= 0.0 or not mixture.add(_cell(houses) for houses in found):
            break
    return LinearBound(value * unit, len(mixture), proved)


def _searched(sites: Sites, rules: Rules) -> list[Cell]:
    """Return the cells of our own search."""
    order = np.argsort(sites.street, kind="stable")
    x, y, z = sites.x[order], sites.y[order], sites.z[order] if len(sites.z) else sites.z
    town = Town(x, y, z, sites.households[order], sites.street[order], np.zeros_like(order))
    cell, count = bundle(np.array([0, len(order)]), np.array([1]), town, rules, BEGINNING, threads=1)
    houses, begins = by_cell(cell.astype(np.int64), int(count[0]))
    return [_cell(order[houses[first:last]]) for first, last in pairwise(begins.tolist())]


def _cell(houses: Ints) -> Cell:
    return tuple(sorted(houses[houses != EMPTY].tolist()))


@compiled
def _light_houses(offsets: Ints, households: Ints, minimum: int) -> Ints:
    """Return how many houses of each area have fewer households than the minimum."""
    found = np.zeros(len(offsets) - 1, np.int64)
    for area in range(len(found)):
        for house in range(offsets[area], offsets[area + 1]):
            found[area] += households[house] < minimum
    return found


def sampled_areas(offsets: Ints, town: Town, minimum: int, areas: int = SAMPLE) -> Ints:
    """Return up to ``areas`` areas of 150 to 330 light houses, spread evenly over all of these."""
    light = _light_houses(offsets, town.households, minimum)
    suitable = np.flatnonzero((light >= SIZES[0]) & (light <= SIZES[1]))
    return suitable[np.unique(np.linspace(0, len(suitable) - 1, min(areas, len(suitable))).astype(np.int64))]


def against_bounds(
    offsets: Ints,
    town: Town,
    cell: Shorts,
    rules: Rules,
    *,
    areas: int = SAMPLE,
    seconds: float = 60.0,
    threads: int | None = None,
) -> AgainstBounds:
    """Return what the cells of a town cost compared with both lower bounds, the linear one in some areas only.

    Args:
        offsets: where each area begins in the arrays of the town, and their length at the end.
        town: the houses. Likeness counts in the linear bound where there is any.
        cell: the cell of every house, numbered from 0 in its area, as ``bundling.bundle`` returns it.
        rules: the minimum, and what mixed streets cost in the linear bound and in the cost that is compared with it.
        areas: how many areas of 150 to 330 light houses to work the linear bound out for, at most.
        seconds: how long to work on an area, at most.
        threads: how many areas are worked on at a time; all processors by default.
    """
    bounds, paid = nearest_bounds(offsets, town, cell, rules.minimum, threads=threads)
    sample = sampled_areas(offsets, town, rules.minimum, areas).tolist()

    def compare(area: int) -> tuple[int, float, bool]:
        sites, number, count = bundled_sites(town, offsets[area], offsets[area + 1], rules.minimum, cell)
        bound = linear_bound(sites, rules.minimum, impurity=rules.impurity, seconds=seconds)
        cost = float(costs(sites, number, count, rules.impurity).sum())
        return len(number), cost / bound.value if bound.value > 0 else 1.0, bound.proved

    with ThreadPoolExecutor(threads or len(os.sched_getaffinity(0))) as pool:
        found = list(pool.map(compare, sample))
    ratios = [ratio for _, ratio, _ in found]
    return AgainstBounds(
        over_nearest=float(paid.sum() / bounds.sum()) if bounds.sum() > 0 else None,
        areas=len(found),
        houses=sum(houses for houses, _, _ in found),
        over_linear=sum(ratios) / len(ratios) if ratios else None,
        worst=max(ratios, default=None),
        proved=sum(proved for _, _, proved in found),
    )
