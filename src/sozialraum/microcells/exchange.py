"""Houses change cells one by one or in pairs as long as that makes the cells cheaper.

The cost of a cell rises by ``joining(...)`` when a house joins it, and falls by the same when the house leaves. Mixed
streets cost ``impurity * mixing(...)`` more. The kernels take arrays one by one: the compiler handles bundles of arrays
more slowly than the arithmetic takes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sozialraum.microcells.compiled import Flags, Floats, Ints, Sites, compiled
from sozialraum.microcells.neighbours import NOBODY

# What a change must save at least (square metres times households), so that rounding never counts as a saving.
WORTHWHILE = 1e-6


class Sums(NamedTuple):
    """Of each cell: households, their x, y and z added up, and the squares of its households by street."""

    households: Floats
    x: Floats
    y: Floats
    z: Floats
    squares: Floats


class Lists(NamedTuple):
    """The houses of each cell: its first one, and for each house the next one of the same cell; NOBODY at the end."""

    first: Ints
    following: Ints


@compiled
def joining(weight: float, total: float, apart: float) -> float:
    """Return what the cost rises by when a house joins a cell, and falls by when it leaves it again.

    Args:
        weight: the households of the house.
        total: those of the cell without the house.
        apart: square metres between the house and the cell's centre, mixed streets included (see :func:`strange`).
    """
    return weight * total / (weight + total) * apart


@compiled
def strange(total: float, squares: float, on_street: float) -> float:
    """Return how strange a house's street is to a cell, from 0 (all are on it) to nearly 2.

    The squared distance between the house's street and the cell's mixture of streets, both as shares of 1.
    """
    return 1.0 - (2.0 * on_street - squares / total) / total if total > 0.0 else 0.0


@compiled
def together(first: Ints, following: Ints, households: Ints, street: Ints, number: int, wanted: int) -> float:
    """Return how many households of a cell are on a street."""
    total, house = 0.0, first[number]
    while house != NOBODY:
        if street[house] == wanted:
            total += households[house]
        house = following[house]
    return total


@compiled
def join(sites: Sites, sums: Sums, lists: Lists, cell: Ints, house: int, number: int, mixed: bool) -> None:
    """Put a house that is in no cell into one; with ``mixed`` streets count."""
    if mixed:
        on_street = together(lists.first, lists.following, sites.households, sites.street, number, sites.street[house])
        weight = float(sites.households[house])
        sums.squares[number] += weight * (2.0 * on_street + weight)
    _count(sites, sums, house, number, 1.0)
    lists.following[house], lists.first[number] = lists.first[number], house
    cell[house] = number


@compiled
def leave(sites: Sites, sums: Sums, lists: Lists, cell: Ints, house: int, mixed: bool) -> None:
    """Take a house out of its cell."""
    number = cell[house]
    first, following = lists.first, lists.following
    if mixed:
        on_street = together(first, following, sites.households, sites.street, number, sites.street[house])
        weight = float(sites.households[house])
        sums.squares[number] -= weight * (2.0 * on_street - weight)
    _count(sites, sums, house, number, -1.0)
    if first[number] == house:
        first[number] = following[house]
        return
    before = first[number]
    while following[before] != house:
        before = following[before]
    following[before] = following[house]


@compiled
def _count(sites: Sites, sums: Sums, house: int, number: int, sign: float) -> None:
    weight = sign * sites.households[house]
    sums.households[number] += weight
    sums.x[number] += weight * sites.x[house]
    sums.y[number] += weight * sites.y[house]
    if len(sites.z):
        sums.z[number] += weight * sites.z[house]


@compiled
def add_up(sites: Sites, cell: Ints, count: int, mixed: bool) -> tuple[Sums, Lists]:
    """Return the sums and the lists of ``count`` cells."""
    total, x, y, z, squares = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    first, following = np.full(count, NOBODY), np.full(len(cell), NOBODY)
    for house in range(len(cell)):
        number, weight = cell[house], float(sites.households[house])
        if mixed:
            on_street = together(first, following, sites.households, sites.street, number, sites.street[house])
            squares[number] += weight * (2.0 * on_street + weight)
        total[number] += weight
        x[number] += weight * sites.x[house]
        y[number] += weight * sites.y[house]
        if len(sites.z):
            z[number] += weight * sites.z[house]
        following[house], first[number] = first[number], house
    return Sums(total, x, y, z, squares), Lists(first, following)


@compiled
def sweep(
    sites: Sites, sums: Sums, lists: Lists, cell: Ints, nearby: Ints, waiting: Flags, minimum: int, impurity: float
) -> bool:
    """Make for each waiting house the change that saves most, if any does; return whether there was any.

    A house moves to the cell of a house near by (where enough households stay behind, or nobody at all; then its cell
    is gone), or changes places with that house. The houses near a change wait again.
    """
    x, y, z, households, street = sites.x, sites.y, sites.z, sites.households, sites.street
    total, sum_x, sum_y, sum_z, squares = sums.households, sums.x, sums.y, sums.z, sums.squares
    first, following = lists.first, lists.following
    mixed, deep, changed = impurity > 0.0, len(z) > 0, False
    a_i = a_j = b_i = b_j = squares_a = squares_b = 0.0  # households of cells a and b on the streets of houses i and j
    az = bz = 0.0
    for i in range(len(cell)):
        if not waiting[i]:
            continue
        waiting[i] = False
        a, w = cell[i], float(households[i])
        rest_a = total[a] - w
        share = 1.0 / max(rest_a, 1.0)
        ax, ay = (sum_x[a] - w * x[i]) * share, (sum_y[a] - w * y[i]) * share
        apart = (x[i] - ax) ** 2 + (y[i] - ay) ** 2
        if deep:
            az = (sum_z[a] - w * z[i]) * share
            apart += (z[i] - az) ** 2
        if mixed:
            a_i = together(first, following, households, street, a, street[i]) - w
            squares_a = squares[a] - w * (2.0 * a_i + w)
            apart += impurity * strange(rest_a, squares_a, a_i)
        saved_i = joining(w, rest_a, apart)
        moving = rest_a >= minimum or rest_a <= 0.0
        best, partner, swapping = -WORTHWHILE, NOBODY, False
        for k in range(nearby.shape[1]):
            j = nearby[i, k]
            if j == NOBODY:
                break
            b, v = cell[j], float(households[j])
            rest_b = total[b] - v
            may_swap = rest_a + v >= minimum and rest_b + w >= minimum
            if b == a or not (moving or may_swap):
                continue
            if mixed:
                b_i = together(first, following, households, street, b, street[i])
            if moving:
                share = 1.0 / total[b]
                apart = (x[i] - sum_x[b] * share) ** 2 + (y[i] - sum_y[b] * share) ** 2
                if deep:
                    apart += (z[i] - sum_z[b] * share) ** 2
                if mixed:
                    apart += impurity * strange(total[b], squares[b], b_i)
                change = joining(w, total[b], apart) - saved_i
                if change < best:
                    best, partner, swapping = change, j, False
            if not may_swap:
                continue
            share = 1.0 / max(rest_b, 1.0)
            bx, by = (sum_x[b] - v * x[j]) * share, (sum_y[b] - v * y[j]) * share
            j_to_a = (x[j] - ax) ** 2 + (y[j] - ay) ** 2
            i_to_b = (x[i] - bx) ** 2 + (y[i] - by) ** 2
            j_to_b = (x[j] - bx) ** 2 + (y[j] - by) ** 2
            if deep:
                bz = (sum_z[b] - v * z[j]) * share
                j_to_a += (z[j] - az) ** 2
                i_to_b += (z[i] - bz) ** 2
                j_to_b += (z[j] - bz) ** 2
            if mixed:
                same = street[i] == street[j]
                a_j = a_i if same else together(first, following, households, street, a, street[j])
                b_j = (b_i if same else together(first, following, households, street, b, street[j])) - v
                squares_b = squares[b] - v * (2.0 * b_j + v)
                j_to_a += impurity * strange(rest_a, squares_a, a_j)
                i_to_b += impurity * strange(rest_b, squares_b, b_j if same else b_i)
                j_to_b += impurity * strange(rest_b, squares_b, b_j)
            change = joining(v, rest_a, j_to_a) + joining(w, rest_b, i_to_b) - joining(v, rest_b, j_to_b) - saved_i
            if change < best:
                best, partner, swapping = change, j, True
        if partner == NOBODY:
            continue
        changed = True
        b = cell[partner]
        leave(sites, sums, lists, cell, i, mixed)
        if swapping:
            leave(sites, sums, lists, cell, partner, mixed)
            join(sites, sums, lists, cell, partner, a, mixed)
        join(sites, sums, lists, cell, i, b, mixed)
        for k in range(nearby.shape[1]):
            if nearby[i, k] != NOBODY:
                waiting[nearby[i, k]] = True
    return changed


@compiled
def exchange(
    sites: Sites, cell: Ints, count: int, nearby: Ints, waiting: Flags, minimum: int, impurity: float, sweeps: int
) -> int:
    """Let houses move and swap until nobody who waits gains anything, in at most ``sweeps`` sweeps.

    Those near a change wait again. The cost never rises, and no cell falls below the minimum.

    Args:
        sites: the houses, near the origin.
        cell: of each house, from 0 to ``count`` - 1; is changed and numbered anew.
        nearby: houses near each house, one row a house, the nearest first.
        waiting: houses that may have something to gain.

    Returns:
        How many cells there are.
    """
    sums, lists = add_up(sites, cell, count, impurity > 0.0)
    for _ in range(sweeps):
        if not sweep(sites, sums, lists, cell, nearby, waiting, minimum, impurity):
            break
    return renumber(cell, count)


@compiled
def renumber(cell: Ints, count: int) -> int:
    """Number cells from 0 in the order of their first house; return how many there are."""
    number = np.full(count, NOBODY)
    following = 0
    for house in range(len(cell)):
        if number[cell[house]] == NOBODY:
            number[cell[house]] = following
            following += 1
        cell[house] = number[cell[house]]
    return following
