"""Areas in, cells out: the rules of a microcell, over flat arrays that hold area after area."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from sozialraum.microcells.compiled import UNKNOWN_STREET, Floats, Ints, Shorts, Sites, compiled
from sozialraum.microcells.division import divide, label
from sozialraum.microcells.exchange import renumber
from sozialraum.microcells.search import Effort, improve
from sozialraum.microcells.walks import walk

NO_CELL = -1
# Areas differ in size; several portions a thread keep all threads busy to the end.
PORTIONS = 8


@compiled
def compact(codes: Ints) -> Ints:
    """Return sorted codes renumbered from 0; UNKNOWN_STREET stays as it is."""
    renumbered = np.full(len(codes), UNKNOWN_STREET)
    following = -1
    for position in range(len(codes)):
        if codes[position] == UNKNOWN_STREET:
            continue
        if position == 0 or codes[position] != codes[position - 1]:
            following += 1
        renumbered[position] = following
    return renumbered


@compiled
def join_nearest(x: Floats, y: Floats, alone: Ints, light: Ints, cell: Ints) -> None:
    """Let each of the few ``light`` houses join the cell of the nearest house that is a cell of its own."""
    for house in light:
        nearest, shortest = alone[0], np.inf
        for other in alone:
            distance = (x[other] - x[house]) ** 2 + (y[other] - y[house]) ** 2
            if distance < shortest:
                nearest, shortest = other, distance
        cell[house] = cell[nearest]


class Town(NamedTuple):
    """The houses of all areas, area after area, in each street after street, along each by place; one entry a house.

    x, y: metres. z: the attribute times lambda, in metres too; empty where there is none. households: at least 1.
    street: codes from 0, UNKNOWN_STREET where not known; empty where streets do not matter. place: the place along the
    street, see ``addresses.places``.
    """

    x: Floats
    y: Floats
    z: Floats
    households: Ints
    street: Ints
    place: Ints


class Rules(NamedTuple):
    """What holds for every cell: the fewest households, and what mixed streets cost (square metres a household)."""

    minimum: int
    impurity: float


@compiled
def streets_of(town: Town, light: Ints) -> Ints:
    """Return the streets of some houses of one area, in their order."""
    return town.street[light] if len(town.street) else np.full(len(light), UNKNOWN_STREET)


@compiled
def bundle_light(town: Town, light: Ints, rules: Rules, effort: Effort, seed: int) -> tuple[Ints, int]:
    """Return the cell of each ``light`` house, numbered from 0, and how many cells there are."""
    x, y = town.x[light], town.y[light]
    z = town.z[light] if len(town.z) else np.empty(0)
    sites = Sites(x - x.mean(), y - y.mean(), z, town.households[light], compact(streets_of(town, light)))
    order = walk(sites, town.place[light])
    cell = np.empty(len(light), np.int64)
    count = label(order, divide(sites, order, rules.minimum, rules.impurity)[1], 0, cell)
    return cell, improve(sites, cell, count, rules.minimum, rules.impurity, effort, seed)


@compiled
def bundle_area(town: Town, first: int, last: int, rules: Rules, effort: Effort, seed: int, cell: Shorts) -> int:
    """Write the cells of the houses from ``first`` to before ``last``, one area, into ``cell``, numbered from 0.

    A house with the minimum of households or more is a cell of its own; the others are bundled. If together they stay
    below the minimum they join the nearest house that is a cell; where there is none, the area has no cell.

    Returns:
        How many cells there are.
    """
    here, households = np.empty(last - first, np.int64), town.households[first:last]
    alone = np.flatnonzero(households >= rules.minimum)
    light = np.flatnonzero(households < rules.minimum)
    here[alone] = np.arange(len(alone))
    count = len(alone)
    if households[light].sum() >= rules.minimum:
        bundled, many = bundle_light(town, first + light, rules, effort, seed)
        here[light] = count + bundled
        count += many
    elif count > 0:
        join_nearest(town.x[first:last], town.y[first:last], alone, light, here)
    else:
        here[:] = NO_CELL
    count = renumber(here, count) if count > 0 else 0
    cell[first:last] = here
    return count


@compiled
def bundle_areas(
    first: int,
    last: int,
    offsets: Ints,
    seeds: Ints,
    town: Town,
    rules: Rules,
    effort: Effort,
    cell: Shorts,
    counts: Ints,
) -> None:
    """Bundle the areas from ``first`` to before ``last``."""
    for area in range(first, last):
        counts[area] = bundle_area(town, offsets[area], offsets[area + 1], rules, effort, seeds[area], cell)


def over_areas(work: Callable[[int, int], None], offsets: Ints, threads: int | None) -> None:
    """Call ``work(first, last)`` for portions of all areas with about equally many houses, on ``threads`` threads."""
    workers = threads or len(os.sched_getaffinity(0))
    goals = np.linspace(0, offsets[-1], workers * PORTIONS + 1)
    ends = np.unique(np.searchsorted(offsets, goals))
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, ends[:-1].tolist(), ends[1:].tolist()))


def bundle(
    offsets: Ints, seeds: Ints, town: Town, rules: Rules, effort: Effort, *, threads: int | None = None
) -> tuple[Shorts, Ints]:
    """Bundle the houses of every area into cells of at least the minimum of households; no house is split.

    Args:
        offsets: where each area begins in the arrays of the town, and their length at the end.
        seeds: one for each area; the cells of an area depend on its houses, its seed and the options alone.
        town: the houses.
        rules: what holds for every cell.
        effort: how long to search for good cells.
        threads: how many areas are worked on at a time; all processors by default.

    Returns:
        The cell of every house, numbered from 0 in its area, NO_CELL where the area has too few households; and the
        number of cells of every area.
    """
    cell = np.full(len(town.x), NO_CELL, np.int32)
    counts = np.zeros(len(offsets) - 1, np.int64)

    def work(first: int, last: int) -> None:
        bundle_areas(first, last, offsets, seeds, town, rules, effort, cell, counts)

    over_areas(work, offsets, threads)
    return cell, counts
