"""Microaggregation by the maximum distance to the average vector, slow and plain (Domingo-Ferrer and Torra 2005)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def mdav(points: Floats, k: int) -> Ints:
    """Divide records into groups of at least k; return the number of each one's group.

    Around the record farthest from the mean of those left its k - 1 nearest are gathered, and as many around the record
    farthest from that one. What is left with fewer than 2 k is the last group. Of two alike the first counts.
    """
    group = np.full(len(points), -1)
    left = np.arange(len(points))

    def apart(origin: Floats) -> Floats:
        return ((points[left] - origin) ** 2).sum(axis=1)

    def gather(seed: int) -> Ints:
        others = left[np.argsort(apart(points[seed]), kind="stable")]
        group[[seed, *others[others != seed][: k - 1]]] = group.max() + 1
        return left[group[left] < 0]

    while len(left) >= 2 * k:
        pair = len(left) >= 3 * k
        seed = left[apart(points[left].mean(axis=0)).argmax()]
        left = gather(seed)
        if pair:
            left = gather(left[apart(points[seed]).argmax()])
    group[left] = group.max() + 1
    return group


def information_loss(points: Floats, group: Ints) -> float:
    """Sum of squares within groups in percent of all."""
    within = sum(((points[group == one] - points[group == one].mean(axis=0)) ** 2).sum() for one in np.unique(group))
    return float(100 * within / ((points - points.mean(axis=0)) ** 2).sum())
