"""Which cells would pay: an exact search among all cells of an area, given what each house is worth.

A cell of H households costs ``1/H * sum over pairs of its houses of h_i h_j apart_ij`` (Huygens), and pays if its
houses are worth more than that. For each house (the seed) and each H, cells are built up house by house from the seed
and from those that are worth no more than it, so that no cell is met twice. A branch ends where even the most that the
rest could bring is too little. That most is a knapsack over the houses, each counted without its cost towards those
already chosen and without half of what even its nearest neighbours would cost it as the rest of the cell.

For a minimum of 4 the search takes milliseconds. For large ones it can take for ever; so its work is limited, and what
a branch that is left open could still bring at most counts as brought.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sozialraum.microcells.compiled import Floats, Ints, compiled

# So many paying cells are returned for each seed, at most.
KEPT = 4
# What brings less than this share of the best cell with the same seed and as many households is not looked for.
SHARE = 0.5
EMPTY = -1
# Of the work that is allowed (about one arithmetic step each), each search gets so many times its even share.
PATIENCE = 20
# Sums of households are bits of one number, as long as they fit.
BITS = 62


class Ground(NamedTuple):
    """What the search knows of an area.

    apart: square metres between any two houses. households: of each house, fewer than the minimum. near: of each house,
    the least sum of ``apart`` over m households of other houses, for every m from 0 to the largest cell.
    """

    apart: Floats
    households: Ints
    near: Floats


@compiled
def nearest_sums(apart: Floats, households: Ints, most: int) -> Floats:
    """Return for each house the least sum of ``apart`` over m households of other houses, for m from 0 to ``most``."""
    sums = np.full((len(households), most + 1), np.inf)
    for house in range(len(households)):
        sums[house, 0], total, done = 0.0, 0.0, 0
        for other in np.argsort(apart[house]):
            if other == house:
                continue
            for _ in range(min(households[other], most - done)):
                total += apart[house, other]
                done += 1
                sums[house, done] = total
            if done == most:
                break
    return sums


@compiled
def paying_cells(
    ground: Ground, worth: Floats, minimum: int, most: int, least: float, work: int
) -> tuple[Floats, Ints]:
    """Look for the cells whose houses are worth most beyond their cost.

    Cells that can be cut into two with the minimum each are passed over: the parts cost no more and are worth the same.

    Args:
        ground: the houses.
        worth: of each house, in the unit of cost.
        minimum: the fewest households of a cell.
        most: the most households of a cell.
        least: what brings no more than this does not pay.
        work: how much work may be done, about one arithmetic step each.

    Returns:
        For each seed, the one that is worth most first, what no cell with it brings more than (at least ``least``), and
        where the work sufficed not more than the best does; and some of the cells that pay, the best of each seed among
        them: one row a cell, its houses from the left, EMPTY behind them.
    """
    by_worth = np.argsort(-worth)
    brings = np.full(len(worth), least)
    cells = np.full((len(worth) * KEPT, most), EMPTY)
    gains = np.zeros(len(cells))
    searches = len(worth) * (most + 1 - minimum)
    for first in range(len(worth)):
        kept = slice(first * KEPT, (first + 1) * KEPT)
        for total in range(minimum, most + 1):
            allowed = min(work, PATIENCE * (work // searches))
            bound, done = _search(
                ground.apart,
                ground.households,
                ground.near,
                worth,
                by_worth[first:],
                minimum,
                total,
                least,
                allowed,
                cells[kept],
                gains[kept],
            )
            brings[first] = max(brings[first], bound)
            work -= min(done, work)
            searches -= 1
    return brings, cells[gains > 0.0]


@compiled
def _search(
    apart: Floats,
    households: Ints,
    near: Floats,
    worth: Floats,
    houses: Ints,
    minimum: int,
    total: int,
    goal: float,
    work: int,
    cells: Ints,
    gains: Floats,
) -> tuple[float, int]:
    """Keep the best cells of ``total`` households that hold the first of the houses, and that bring more than ``goal``.

    On each level one more house is chosen. Levels know what can still be chosen, what each of these would bring, and
    the most that those from each place on could bring as the last m households (``top``).

    Returns:
        What no such cell brings more than, and the work done.
    """
    seed = houses[0]
    rest = total - households[seed]
    here, bring = np.empty(len(houses), np.int64), np.empty(len(houses))
    first_top = np.empty((len(houses) + 1, rest + 1))
    others = houses[1:]
    count = _level(
        apart, households, near, seed, total, rest, goal - worth[seed], others, worth[others], here, bring, first_top
    )
    if count == 0:
        return goal, 0
    choice, gain = np.empty((rest, count), np.int64), np.empty((rest, count))
    top = np.empty((rest, count + 1, rest + 1))
    choice[0], gain[0], top[0] = here[:count], bring[:count], first_top[: count + 1]
    many, place, left = np.zeros(rest, np.int64), np.zeros(rest, np.int64), np.zeros(rest, np.int64)
    value, sums, chosen = np.zeros(rest), np.zeros(rest, np.int64), np.empty(rest + 1, np.int64)
    many[0], left[0], value[0], sums[0], chosen[0] = count, rest, worth[seed], 1 | 1 << households[seed], seed
    forbidden = _cuts(minimum, total)
    level = done = 0
    best = goal
    while level >= 0:
        if done > work:
            for above in range(level + 1):
                best = max(best, value[above] + top[above, place[above], left[above]])
            break
        at = place[level]
        if at == many[level] or value[level] + top[level, at, left[level]] <= goal:
            level -= 1
            continue
        place[level] += 1
        house = choice[level, at]
        weight = households[house]
        after = left[level] - weight
        hoped = gain[level, at] - weight / (2.0 * total) * near[house, after]
        if value[level] + hoped + top[level, at + 1, after] <= goal:
            continue
        reached = sums[level] | sums[level] << weight
        if reached & forbidden:
            continue
        chosen[level + 1] = house
        worth_it = value[level] + gain[level, at]
        if after == 0:
            _keep(chosen[: level + 2], worth_it, cells, gains)
            best = max(best, worth_it)
            goal = max(goal, SHARE * worth_it)
            continue
        following = slice(at + 1, many[level])
        done += (many[level] - at) * after
        many[level + 1] = _level(
            apart,
            households,
            near,
            house,
            total,
            after,
            goal - worth_it,
            choice[level, following],
            gain[level, following],
            choice[level + 1],
            gain[level + 1],
            top[level + 1],
        )
        level += 1
        place[level], left[level], value[level], sums[level] = 0, after, worth_it, reached
    return best, done


@compiled
def _cuts(minimum: int, total: int) -> int:
    """Return as bits how many households one of two parts can have if both have the minimum."""
    bits = 0
    if total <= BITS:
        for part in range(minimum, total - minimum + 1):
            bits |= 1 << part
    return bits


@compiled
def _level(
    apart: Floats,
    households: Ints,
    near: Floats,
    chosen: int,
    total: int,
    left: int,
    wanted: float,
    choice: Ints,
    gain: Floats,
    new_choice: Ints,
    new_gain: Floats,
    top: Floats,
) -> int:
    """Write what can be chosen after ``chosen``, the most promising first, and ``top``; return how many these are.

    Only houses stay with which the last ``left`` households can bring more than ``wanted``.
    """
    best = np.full(left + 1, -np.inf)
    best[0] = 0.0
    hoped = np.empty(len(choice))
    share = households[chosen] / total
    for place in range(len(choice)):
        house = choice[place]
        weight = households[house]
        if weight > left:
            continue
        hoped[place] = gain[place] - weight * (share * apart[chosen, house] + 0.5 / total * near[house, left - weight])
        for filled in range(left, weight - 1, -1):
            best[filled] = max(best[filled], best[filled - weight] + hoped[place])
    count = 0
    if best[left] <= wanted:
        return count
    order = np.empty(len(choice))
    for place in range(len(choice)):
        house = choice[place]
        weight = households[house]
        if weight > left or hoped[place] + best[left - weight] <= wanted:
            continue
        at = count
        while at > 0 and order[at - 1] < hoped[place]:
            order[at], new_choice[at], new_gain[at] = order[at - 1], new_choice[at - 1], new_gain[at - 1]
            at -= 1
        order[at], new_choice[at] = hoped[place], house
        new_gain[at] = gain[place] - weight * share * apart[chosen, house]
        count += 1
    top[count, : left + 1] = -np.inf
    top[count, 0] = 0.0
    for place in range(count - 1, -1, -1):
        weight = households[new_choice[place]]
        for filled in range(left + 1):
            most = top[place + 1, filled]
            if filled >= weight:
                most = max(most, top[place + 1, filled - weight] + order[place])
            top[place, filled] = most
    return count


@compiled
def _keep(houses: Ints, brings: float, cells: Ints, gains: Floats) -> None:
    """Write a cell over the worst one that is kept, if it is better."""
    worst = np.argmin(gains)
    if brings > gains[worst]:
        gains[worst] = brings
        cells[worst, : len(houses)] = houses
        cells[worst, len(houses) :] = EMPTY
