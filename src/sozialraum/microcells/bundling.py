"""Areas in, cells out: the rules of a microcell, over flat arrays that hold area after area."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sozialraum.microcells.compiled import UNKNOWN_STREET, Floats, Ints, compiled
from sozialraum.microcells.division import divide, label
from sozialraum.microcells.walks import walk

NO_CELL = -1
# Areas differ in size; several portions a thread keep all threads busy to the end.
PORTIONS = 8


@compiled
def compact(codes: Ints) -> Ints:
    """Return the codes renumbered from 0 in their own order; UNKNOWN_STREET stays as it is."""
    renumbered = np.full(len(codes), UNKNOWN_STREET)
    following, previous = -1, UNKNOWN_STREET
    for position in np.argsort(codes):
        if codes[position] == UNKNOWN_STREET:
            continue
        if codes[position] != previous:
            following += 1
            previous = codes[position]
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


@compiled
def number_by_appearance(cell: Ints, count: int) -> None:
    """Renumber the cells of an area in the order of their first house."""
    number = np.full(count, NO_CELL)
    following = 0
    for house in range(len(cell)):
        if number[cell[house]] == NO_CELL:
            number[cell[house]] = following
            following += 1
        cell[house] = number[cell[house]]


@compiled
def bundle_area(
    x: Floats, y: Floats, households: Ints, street: Ints, place: Ints, minimum: int, impurity: float, cell: Ints
) -> int:
    """Write the cell of every house of one area into ``cell``, numbered from 0; return how many cells there are.

    A house with ``minimum`` households or more is a cell of its own. The others are bundled along a walk. If together
    they stay below the minimum they join the nearest house that is a cell; where there is none, the area has no cell.
    """
    alone = np.flatnonzero(households >= minimum)
    light = np.flatnonzero(households < minimum)
    count = len(alone)
    for number in range(count):
        cell[alone[number]] = number
    if households[light].sum() >= minimum:
        near_x, near_y = x[light] - x.mean(), y[light] - y.mean()
        streets = compact(street[light])
        order = walk(near_x, near_y, households[light], streets, place[light], minimum)
        start = divide(near_x, near_y, households[light], streets, order, minimum, impurity)[1]
        count = label(light[order], start, count, cell)
    elif count > 0:
        join_nearest(x, y, alone, light, cell)
    else:
        cell[:] = NO_CELL
        return 0
    number_by_appearance(cell, count)
    return count


@compiled
def bundle_areas(
    first: int,
    last: int,
    offsets: Ints,
    x: Floats,
    y: Floats,
    households: Ints,
    street: Ints,
    place: Ints,
    minimum: int,
    impurity: float,
    cell: Ints,
    counts: Ints,
) -> None:
    """Bundle the areas from ``first`` to before ``last``."""
    for area in range(first, last):
        here = slice(offsets[area], offsets[area + 1])
        counts[area] = bundle_area(
            x[here], y[here], households[here], street[here], place[here], minimum, impurity, cell[here]
        )


def over_areas(work: Callable[[int, int], None], offsets: Ints, threads: int | None) -> None:
    """Call ``work(first, last)`` for portions of all areas with about equally many houses, on ``threads`` threads."""
    workers = threads or len(os.sched_getaffinity(0))
    goals = np.linspace(0, offsets[-1], workers * PORTIONS + 1)
    ends = np.unique(np.searchsorted(offsets, goals))
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, ends[:-1].tolist(), ends[1:].tolist()))


def bundle(
    offsets: Ints,
    x: Floats,
    y: Floats,
    households: Ints,
    street: Ints,
    place: Ints,
    *,
    minimum: int = 4,
    rho: float = 30.0,
    threads: int | None = None,
) -> tuple[Ints, Ints]:
    """Bundle the houses of every area into cells of at least ``minimum`` households; no house is split.

    Args:
        offsets: where each area begins in the other arrays, and their length at the end.
        x, y: coordinates of the houses in metres.
        households: at least 1 a house.
        street: street code, UNKNOWN_STREET where it is not known.
        place: the place along the street, see ``addresses.places``.
        minimum: the fewest households of a cell.
        rho: how many metres apart two streets count in addition to their distance.
        threads: how many areas are worked on at a time; all processors by default.

    Returns:
        The cell of every house, numbered from 0 in its area, NO_CELL where the area has too few households; and the
        number of cells of every area.
    """
    cell = np.full(len(x), NO_CELL, np.int64)
    counts = np.zeros(len(offsets) - 1, np.int64)
    impurity = rho * rho / 2

    def work(first: int, last: int) -> None:
        bundle_areas(first, last, offsets, x, y, households, street, place, minimum, impurity, cell, counts)

    over_areas(work, offsets, threads)
    return cell, counts
