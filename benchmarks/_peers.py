"""Other ways to bundle houses, under the rules of a microcell: houses with the minimum are cells of their own.

Compiled, for any number of houses: Hilbert curve and greedy, Hilbert curve and dynamic programme, street order and
dynamic programme, KD median, MDAV. For some hundred houses: ``spopt`` (MaxP) and ``k-means-constrained``, where they
are installed.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable
from itertools import pairwise

import numba
import numpy as np
from numpy.typing import NDArray

from sozialraum.microcells.bundling import NO_CELL, Town, join_nearest, over_areas
from sozialraum.microcells.compiled import Sites
from sozialraum.microcells.curve import STRAIGHT, along_curve
from sozialraum.microcells.division import divide, label

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HILBERT_GREEDY, HILBERT_DP, STREET_DP, KD_MEDIAN, MDAV, FAST_MDAV = range(6)
COMPILED = {
    "Hilbert + greedy": HILBERT_GREEDY,
    "Hilbert + DP": HILBERT_DP,
    "street order + DP": STREET_DP,
    "KD median": KD_MEDIAN,
    "MDAV": MDAV,
    "MDAV, tuned": FAST_MDAV,
}


def bundle_by_peer(offsets: Ints, town: Town, minimum: int, method: int, threads: int | None = None) -> Ints:
    """Return the cell of every house, numbered from 0 in its area."""
    cell = np.full(len(town.x), NO_CELL, np.int64)
    over_areas(lambda first, last: _bundle_areas(first, last, offsets, town, minimum, method, cell), offsets, threads)
    return cell


@numba.njit(nogil=True)
def _bundle_areas(first: int, last: int, offsets: Ints, town: Town, minimum: int, method: int, cell: Ints) -> None:
    for area in range(first, last):
        here = slice(offsets[area], offsets[area + 1])
        x, y, households, found = town.x[here], town.y[here], town.households[here], cell[here]
        alone = np.flatnonzero(households >= minimum)
        light = np.flatnonzero(households < minimum)
        found[alone] = np.arange(len(alone))
        if households[light].sum() >= minimum:
            x, y = x[light] - x.mean(), y[light] - y.mean()
            sites = Sites(x, y, np.empty(0), households[light], np.full(len(x), -1))
            found[light] = len(alone) + _arranged(sites, minimum, method)
        elif len(alone) > 0:
            join_nearest(x, y, alone, light, found)


@numba.njit(nogil=True)
def _arranged(sites: Sites, minimum: int, method: int) -> Ints:
    """Return the cells of an area's light houses, which are sorted by street and number."""
    cell = np.empty(len(sites.x), np.int64)
    if method in (MDAV, FAST_MDAV):
        _mdav(sites.x, sites.y, sites.households, minimum, cell, method == FAST_MDAV)
    elif method == KD_MEDIAN:
        _kd_median(sites.x, sites.y, sites.households, minimum, cell)
    else:
        order = np.arange(len(cell)) if method == STREET_DP else along_curve(sites.x, sites.y, STRAIGHT)
        if method == HILBERT_GREEDY:
            _greedy(order, sites.households, minimum, cell)
        else:
            label(order, divide(sites, order, minimum, 0.0)[1], 0, cell)
    return cell


@numba.njit(nogil=True)
def _greedy(order: Ints, households: Ints, minimum: int, cell: Ints) -> None:
    """Close a cell as soon as it has the minimum; what is left over at the end joins the last one."""
    left = households.sum()
    number = total = 0
    for house in order:
        cell[house] = number
        total += households[house]
        left -= households[house]
        if total >= minimum and left >= minimum:
            number, total = number + 1, 0


@numba.njit(nogil=True)
def _kd_median(x: Floats, y: Floats, households: Ints, minimum: int, cell: Ints) -> None:
    """Halve the households across the longer side of their extent, or the other, as long as both halves can stand."""
    houses = np.arange(len(x))
    stack = [(0, len(x))]
    number = 0
    while len(stack) > 0:
        first, last = stack.pop()
        part = houses[first:last].copy()
        wide = x[part].max() - x[part].min() >= y[part].max() - y[part].min()
        cut = 0
        for axis in (wide, not wide):
            if cut == 0:
                part = part[np.argsort(x[part] if axis else y[part])]
                cut = _middle(households[part], minimum)
        if cut == 0:
            cell[part] = number
            number += 1
            continue
        houses[first:last] = part
        stack.append((first, first + cut))
        stack.append((first + cut, last))


@numba.njit(nogil=True)
def _middle(households: Ints, minimum: int) -> int:
    """Return how many houses make the half that is nearest to half of the households; 0 where none can stand."""
    total, best, cut, before = households.sum(), households.sum() + 1, 0, 0
    for place in range(len(households) - 1):
        before += households[place]
        if before >= minimum and total - before >= minimum and abs(2 * before - total) < best:
            best, cut = abs(2 * before - total), place + 1
    return cut


@numba.njit(nogil=True)
def _mdav(x: Floats, y: Floats, households: Ints, minimum: int, cell: Ints, tuned: bool) -> None:
    """Maximum distance to average vector (Domingo-Ferrer and Torra 2005), with a minimum of households.

    A cell is gathered around the house farthest from the centre of those left, another around the house farthest from
    that one. What is left with fewer than twice the minimum is the last cell, or joins the nearest ones.

    As it is written down, the mean is taken anew for every second cell, and the nearest house is looked for until there
    are enough. ``tuned`` carries the sums on, and finds the farthest house and all the nearest ones in one pass.
    """
    x_left, y_left, weight, house = x.copy(), y.copy(), households.copy(), np.arange(len(x))
    many, total, number = len(x), households.sum(), 0
    sum_x, sum_y = x.sum(), y.sum()
    near, distance, apart_left = np.empty(minimum, np.int64), np.empty(minimum), np.empty(many)
    while total >= 2 * minimum:
        if not tuned:
            sum_x, sum_y = x_left[:many].sum(), y_left[:many].sum()
        middle_x, middle_y = sum_x / many, sum_y / many
        seed, farthest = 0, -1.0
        for place in range(many):
            apart = (x_left[place] - middle_x) ** 2 + (y_left[place] - middle_y) ** 2
            if apart > farthest:
                seed, farthest = place, apart
        for _ in range(2):
            if seed == NO_CELL or total < 2 * minimum:
                break
            if tuned:
                seed, members = _around(x_left, y_left, weight, many, seed, minimum, near, distance)
            else:
                seed, members = _one_by_one(x_left, y_left, weight, many, seed, minimum, near, apart_left)
            for place in np.sort(near[:members])[::-1]:
                cell[house[place]] = number
                total -= weight[place]
                sum_x -= x_left[place]
                sum_y -= y_left[place]
                many -= 1
                x_left[place], y_left[place] = x_left[many], y_left[many]
                weight[place], house[place] = weight[many], house[many]
                seed = NO_CELL if seed == place else place if seed == many else seed
            number += 1
    if total >= minimum:
        cell[house[:many]] = number
    else:
        _join_nearest_cells(x, y, house[:many], cell)


@numba.njit(nogil=True)
def _join_nearest_cells(x: Floats, y: Floats, left: Ints, cell: Ints) -> None:
    """Let each house that is left join the cell of the nearest house that has one."""
    cell[left] = NO_CELL
    joined = cell.copy()
    for own in left:
        shortest = np.inf
        for other in range(len(x)):
            apart = (x[other] - x[own]) ** 2 + (y[other] - y[own]) ** 2
            if cell[other] != NO_CELL and apart < shortest:
                joined[own], shortest = cell[other], apart
    cell[:] = joined


@numba.njit(nogil=True)
def _around(
    x: Floats, y: Floats, weight: Ints, many: int, seed: int, minimum: int, near: Ints, distance: Floats
) -> tuple[int, int]:
    """Write the houses nearest to the seed, itself first; return the farthest one, and how many reach the minimum."""
    distance[:] = np.inf
    other, farthest = seed, -1.0
    for place in range(many):
        apart = (x[place] - x[seed]) ** 2 + (y[place] - y[seed]) ** 2
        if place == seed:
            apart = -1.0
        if apart > farthest:
            other, farthest = place, apart
        if apart < distance[minimum - 1]:
            at = minimum - 1
            while at > 0 and distance[at - 1] > apart:
                distance[at], near[at] = distance[at - 1], near[at - 1]
                at -= 1
            distance[at], near[at] = apart, place
    total = members = 0
    while total < minimum:
        total += weight[near[members]]
        members += 1
    return other, members


@numba.njit(nogil=True)
def _one_by_one(
    x: Floats, y: Floats, weight: Ints, many: int, seed: int, minimum: int, near: Ints, apart: Floats
) -> tuple[int, int]:
    """Do what :func:`_around` does, with a search for each of the nearest houses."""
    other, farthest = seed, -1.0
    for place in range(many):
        apart[place] = (x[place] - x[seed]) ** 2 + (y[place] - y[seed]) ** 2
        if apart[place] > farthest:
            other, farthest = place, apart[place]
    apart[seed] = -1.0
    total = members = 0
    while total < minimum:
        nearest, shortest = 0, np.inf
        for place in range(many):
            if apart[place] < shortest:
                nearest, shortest = place, apart[place]
        near[members], apart[nearest] = nearest, np.inf
        total += weight[nearest]
        members += 1
    return other, members


def installed(package: str) -> bool:
    """Return whether an optional peer is there."""
    return importlib.util.find_spec(package) is not None


def by_max_p(x: Floats, y: Floats, households: Ints, minimum: int) -> Ints:
    """Bundle light houses with spopt's MaxP: as many regions of neighbours with the minimum as there can be.

    Neighbours are the 3 nearest houses (for a minimum of 4): whatever hangs together then has the minimum, and the
    cells are better than with more neighbours, and much better than with those of a Delaunay triangulation.
    """
    import geopandas
    from libpysal.weights import KNN
    from spopt.region import MaxPHeuristic

    houses = geopandas.GeoDataFrame({"x": x, "y": y, "h": households}, geometry=geopandas.points_from_xy(x, y))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        near = KNN.from_array(np.column_stack([x, y]), minimum - 1).symmetrize()
        model = MaxPHeuristic(houses, near, ["x", "y"], "h", minimum)
        np.random.seed(0)  # it draws from this
        model.solve()
    return np.unique(model.labels_, return_inverse=True)[1].astype(np.int64)


def by_constrained_k_means(x: Floats, y: Floats, households: Ints, minimum: int) -> Ints:
    """Bundle light houses with k-means-constrained: it counts points and no households, so a cell has 4 *houses*."""
    from k_means_constrained import KMeansConstrained

    model = KMeansConstrained(n_clusters=len(x) // minimum, size_min=minimum, n_init=1, random_state=0)
    return np.asarray(model.fit_predict(np.column_stack([x, y]))).astype(np.int64)


OPTIONAL: dict[str, tuple[str, Callable[[Floats, Floats, Ints, int], Ints]]] = {
    "spopt MaxP": ("spopt", by_max_p),
    "k-means-constrained": ("k_means_constrained", by_constrained_k_means),
}


def bundle_by_library(
    offsets: Ints, town: Town, minimum: int, method: Callable[[Floats, Floats, Ints, int], Ints]
) -> Ints:
    """Return the cell of every house, numbered from 0 in its area; every area has light houses to bundle."""
    cell = np.empty(len(town.x), np.int64)
    for first, last in pairwise(offsets.tolist()):
        heavy = town.households[first:last] >= minimum
        light = first + np.flatnonzero(~heavy)
        cell[first + np.flatnonzero(heavy)] = np.arange(heavy.sum())
        cell[light] = heavy.sum() + method(town.x[light], town.y[light], town.households[light], minimum)
    return cell
