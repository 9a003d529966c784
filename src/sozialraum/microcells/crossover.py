"""The better parts of two bundlings of the same houses, put together (partition crossover, Whitley et al. 2009)."""

from __future__ import annotations

import numpy as np

from sozialraum.microcells.compiled import Ints, Sites, compiled
from sozialraum.microcells.costs import costs

NONE = -1


@compiled
def _root(above: Ints, part: int) -> int:
    while above[part] != part:
        above[part] = above[above[part]]
        part = above[part]
    return part


@compiled
def _parts(one: Ints, one_count: int, other: Ints, other_count: int) -> tuple[Ints, Ints]:
    """Return a part's number for each cell of both: cells that share a house are in the same part."""
    above = np.arange(one_count)
    met = np.full(other_count, NONE)
    for house in range(len(one)):
        if met[other[house]] == NONE:
            met[other[house]] = one[house]
        else:
            above[_root(above, one[house])] = _root(above, met[other[house]])
    of_one = np.array([_root(above, number) for number in range(one_count)])
    of_other = np.array([_root(above, number) for number in met])
    return of_one, of_other


@compiled
def cross(sites: Sites, one: Ints, one_count: int, other: Ints, other_count: int, impurity: float) -> int:
    """Write into ``one`` the cheaper of both bundlings, part by part; return how many cells there are.

    A part is what hangs together by houses that both put into a cell; what is cheaper in one part has no effect on
    another. So the result is at least as cheap as both.
    """
    of_one, of_other = _parts(one, one_count, other, other_count)
    saved = np.zeros(one_count)
    one_costs, other_costs = costs(sites, one, one_count, impurity), costs(sites, other, other_count, impurity)
    for number in range(one_count):
        saved[of_one[number]] += one_costs[number]
    for number in range(other_count):
        saved[of_other[number]] -= other_costs[number]
    new_of_one, new_of_other = np.full(one_count, NONE), np.full(other_count, NONE)
    following = 0
    for house in range(len(one)):
        better = saved[of_one[one[house]]] > 1e-9
        new, old = (new_of_other, other[house]) if better else (new_of_one, one[house])
        if new[old] == NONE:
            new[old] = following
            following += 1
        one[house] = new[old]
    return following
