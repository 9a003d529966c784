"""Clusters of standardised profiles: k-means, Ward, and Ward among neighbours; how well they are set apart.

Everything is deterministic: k-means starts from the clusters of Ward, ties are decided by the order of the areas, and
random draws have a fixed seed.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.cluster.vq import kmeans2
from scipy.spatial.distance import cdist

Matrix = NDArray[np.float64]
Labels = NDArray[np.int64]
Method = Literal["k_means", "ward", "connected_ward"]
Adjacency = Sequence[Collection[int]]
"""For each row the rows of its neighbours."""

ITERATIONS = 300


def cluster(z: Matrix, k: int, method: Method, neighbours: Adjacency = ()) -> Labels:
    """Assign each row to one of ``k`` clusters, numbered from 0 by their first row.

    Args:
        z: one row for each area.
        k: how many clusters, from 1 to the number of rows.
        method: ``k_means`` (least squares within clusters, from Ward's clusters on), ``ward`` (hierarchical), or
            ``connected_ward`` (hierarchical, only neighbours are merged: every cluster is one connected territory).
        neighbours: for ``connected_ward``.

    Raises:
        ValueError: fewer clusters are asked for than there are separate territories.
    """
    if method == "connected_ward":
        return connected_ward(z, k, neighbours)
    labels = _ward(z, k)
    if method == "k_means":
        centres = np.array([z[labels == number].mean(axis=0) for number in range(k)])
        _, assigned = kmeans2(z, centres, iter=ITERATIONS, minit="matrix")
        if len(np.unique(assigned)) == k:  # a centre that lost all its areas leaves Ward's clusters as they are
            labels = _numbered(assigned)
    return labels


def _ward(z: Matrix, k: int) -> Labels:
    if len(z) < 2:
        return np.zeros(len(z), np.int64)
    merged = list(range(2 * len(z) - k))  # for each cluster the one that it became a part of
    for step, (one, other) in enumerate(linkage(z, "ward")[: len(z) - k, :2].astype(int).tolist()):
        merged[one] = merged[other] = len(z) + step
    for at in range(len(merged) - 1, -1, -1):
        merged[at] = merged[merged[at]]
    return _numbered(np.array(merged[: len(z)]))


def _numbered(labels: NDArray[np.integer]) -> Labels:
    """Number clusters by their first row."""
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels.tolist()], np.int64)


def connected_ward(z: Matrix, k: int, neighbours: Adjacency) -> Labels:
    """Merge neighbouring clusters, those first that add least to the squares within, until ``k`` are left.

    Raises:
        ValueError: there are more than ``k`` territories without a common border.
    """
    members = {row: [row] for row in range(len(z))}
    beside = {row: set(found) - {row} for row, found in enumerate(neighbours)}
    for row, found in list(beside.items()):
        for other in found:
            beside[other].add(row)
    centres = {row: z[row] for row in members}
    queue = [(_cost(centres, members, a, b), a, b) for a, found in beside.items() for b in found if a < b]
    heapq.heapify(queue)
    while len(members) > k:
        if not queue:
            raise ValueError(f"{len(members)} territories have no common border; ask for at least so many types")
        _, a, b = heapq.heappop(queue)
        if a in members and b in members:
            new = _merge(centres, members, beside, (a, b))
            for other in sorted(beside[new]):
                heapq.heappush(queue, (_cost(centres, members, other, new), other, new))
    labels = np.empty(len(z), np.int64)
    for number, rows in enumerate(members.values()):
        labels[rows] = number
    return _numbered(labels)


def _cost(centres: Mapping[int, Matrix], members: Mapping[int, Sequence[int]], a: int, b: int) -> float:
    """Return by how much the sum of squares within clusters grows when two are merged (Ward 1963)."""
    first, second = len(members[a]), len(members[b])
    return first * second / (first + second) * float(((centres[a] - centres[b]) ** 2).sum())


def _merge(
    centres: dict[int, Matrix], members: dict[int, list[int]], beside: dict[int, set[int]], pair: tuple[int, int]
) -> int:
    """Put two clusters together under a new number, which is returned."""
    a, b = pair
    new = len(centres)
    first, second = len(members[a]), len(members[b])
    centres[new] = (first * centres[a] + second * centres[b]) / (first + second)
    members[new] = members.pop(a) + members.pop(b)
    beside[new] = (beside.pop(a) | beside.pop(b)) - {a, b}
    for other in beside[new]:
        beside[other] = (beside[other] - {a, b}) | {new}
    return new


def silhouette(z: Matrix, labels: Labels) -> float:
    """Return the mean silhouette width, -1 to 1: how much nearer areas are to their own cluster than to the next one.

    A cluster of one area counts 0. Source: Rousseeuw 1987.
    """
    distances = cdist(z, z)
    clusters = np.unique(labels)
    sums = np.column_stack([distances[:, labels == number].sum(axis=1) for number in clusters])
    sizes = np.array([(labels == number).sum() for number in clusters])
    own = np.searchsorted(clusters, labels)
    rows = np.arange(len(z))
    alone = sizes[own] == 1
    inside = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    others = sums / sizes
    others[rows, own] = np.inf
    outside = others.min(axis=1)
    larger = np.maximum(inside, outside)
    widths = np.where(alone | (larger == 0), 0.0, (outside - inside) / np.where(larger == 0, 1.0, larger))
    return float(widths.mean())


def within(z: Matrix, labels: Labels) -> float:
    """Return the sum of squares within clusters."""
    return sum(float(((z[labels == n] - z[labels == n].mean(axis=0)) ** 2).sum()) for n in np.unique(labels))


def neighbours_of(codes: Sequence[str], geometry: NDArray[np.object_]) -> dict[str, frozenset[str]]:
    """Return for each area those that share a border or a corner with it.

    Args:
        codes: codes of the areas.
        geometry: their polygons in the same order.
    """
    tree = shapely.STRtree(geometry)
    ones, others = tree.query(geometry, predicate="intersects")
    found: dict[str, set[str]] = {code: set() for code in codes}
    for one, other in zip(ones.tolist(), others.tolist(), strict=True):
        if one != other:
            found[codes[one]].add(codes[other])
    return {code: frozenset(beside) for code, beside in found.items()}


def without(rows: Sequence[int], neighbours: Adjacency) -> Adjacency:
    """Return the neighbours among some rows; those that only left-out areas lie between become neighbours."""
    kept = {row: at for at, row in enumerate(rows)}
    return [sorted(kept[found] for found in _reached(row, kept, neighbours)) for row in rows]


def _reached(start: int, kept: Collection[int], neighbours: Adjacency) -> set[int]:
    reached, ways, seen = set(), [start], {start}
    while ways:
        for row in neighbours[ways.pop()]:
            if row in seen:
                continue
            seen.add(row)
            if row in kept:
                reached.add(row)
            else:
                ways.append(row)
    return reached
