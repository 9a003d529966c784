"""Numbers into classes for maps: quantiles, equal steps, natural breaks, fixed edges. Pure arithmetic, no words.

A class holds its lower edge and not its upper one; only the last class holds both. Zero is a class of its own, and so
is each kind of nothing. Numbers on both sides of zero get classes around zero.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sozialraum.tables import Status, Value

Method = Literal["quantile", "equal", "natural"]
COLOURS = 5
"""Colours of a scale; fewer classes are spread over them."""

LARGEST = 1000
"""Natural breaks are sought among at most so many different numbers; of more, evenly spaced ones stand for all."""


@dataclass(frozen=True, slots=True)
class Classes:
    """How numbers become colours.

    Attributes:
        edges: outer and inner edges, ascending; one more than there are classes.
        diverging: whether the classes lie around zero (losses and gains).
    """

    edges: tuple[float, ...]
    diverging: bool = False

    def class_of(self, value: Value) -> str:
        """Return a value's class: ``c1`` to ``c5``, ``d1`` to ``d5``, ``zero``, ``suppressed`` or ``missing``."""
        if value.value is None:
            return "suppressed" if value.status is Status.SUPPRESSED else "missing"
        if value.value == 0 and not self.diverging:
            return "zero"
        return self._name(bisect_right(self.edges[1:-1], value.value))

    def _name(self, number: int) -> str:
        """Return a class's name; few classes are spread over all colours: two are the first and the last."""
        count = len(self.edges) - 1
        colour = (COLOURS + 1) // 2 if count == 1 else 1 + round(number * (COLOURS - 1) / (count - 1))
        return f"{'d' if self.diverging else 'c'}{colour}"

    @property
    def ranges(self) -> tuple[tuple[str, float, float], ...]:
        """Name, lower and upper edge of each class, in order."""
        return tuple((self._name(number), low, high) for number, (low, high) in enumerate(pairwise(self.edges)))


def classify(
    numbers: Iterable[float], *, method: Method = "quantile", count: int = COLOURS, decimals: int = 1
) -> Classes | None:
    """Return classes for these numbers, with edges as they are shown.

    Args:
        numbers: all numbers of the map, or of all maps that share their classes; zeros are left out.
        method: ``quantile`` (about as many areas in each), ``equal`` (equally wide) or ``natural`` (after Jenks).
        count: how many classes, 2 to 5; fewer where there are fewer different numbers.
        decimals: decimals of the edges.

    Returns:
        The classes, None where there are no numbers.

    Raises:
        ValueError: the count has no colours.
    """
    if not 2 <= count <= COLOURS:
        raise ValueError(f"{count} classes have no colours; choose 2 to {COLOURS}")
    found = sorted(numbers)
    if not found:
        return None
    if found[0] < 0 < found[-1]:
        return around_zero(found, decimals)
    positive = [number for number in found if number != 0] or found
    cuts = {"quantile": quantiles, "equal": equal_steps, "natural": natural_breaks}[method](positive, count)
    low, high = _outwards(positive[0], decimals, math.floor), _outwards(positive[-1], decimals, math.ceil)
    inner = {round(cut, decimals) + 0.0 for cut in cuts}
    return Classes((low, *sorted(cut for cut in inner if low < cut < high), high))


def fixed(edges: Iterable[float]) -> Classes:
    """Return classes with given edges (legal thresholds, classes of an earlier atlas).

    Raises:
        ValueError: there are fewer than two or more than six edges, or they do not ascend.
    """
    found = tuple(edges)
    if not 2 <= len(found) <= COLOURS + 1 or any(high <= low for low, high in pairwise(found)):
        raise ValueError(f"edges of classes ascend, two to {COLOURS + 1} of them; found {found}")
    return Classes(found, diverging=found[0] < 0 < found[-1])


def around_zero(numbers: Sequence[float], decimals: int) -> Classes:
    """Return five classes that are mirrored at zero: far below, below, about zero, above, far above."""
    reach = max(abs(number) for number in numbers)
    edges = dict.fromkeys(round(reach * share, decimals) + 0.0 for share in (-1, -0.5, -0.1, 0.1, 0.5, 1))
    return Classes(tuple(edges) if len(edges) > 1 else (-reach, reach), diverging=True)


def quantiles(numbers: Sequence[float], count: int) -> list[float]:
    """Return the inner edges that put about as many numbers into each class (linear between neighbours)."""
    return [float(cut) for cut in np.quantile(np.asarray(numbers), np.arange(1, count) / count)]


def equal_steps(numbers: Sequence[float], count: int) -> list[float]:
    """Return the inner edges of equally wide classes."""
    low, high = min(numbers), max(numbers)
    return [low + (high - low) * step / count for step in range(1, count)]


def natural_breaks(numbers: Sequence[float], count: int) -> list[float]:
    """Return the inner edges after Jenks: halfway between the groups that are most alike within."""
    groups = natural_groups(numbers, count)
    return [(before[-1] + after[0]) / 2 for before, after in pairwise(groups)]


def natural_groups(numbers: Sequence[float], count: int) -> list[list[float]]:
    """Divide numbers into groups so that the squared deviations from the groups' means are least.

    Exact, by dynamic programming over the sorted numbers. Sources: W. D. Fisher, On Grouping for Maximum Homogeneity,
    JASA 53 (1958); G. F. Jenks, Optimal Data Classification for Choropleth Maps (1977).

    Args:
        numbers: in any order, equal ones any number of times; they stay together.
        count: how many groups; fewer where there are fewer different numbers.

    Returns:
        The different numbers of each group, ascending.
    """
    different, weights = np.unique(np.asarray(numbers, dtype=np.float64), return_counts=True)
    if len(different) > LARGEST:
        places = np.linspace(0, len(different) - 1, LARGEST).round().astype(int)
        different, weights = different[places], weights[places]
    starts = _best_starts(different, weights, min(count, len(different)))
    ends = [*starts[1:], len(different)]
    return [different[start:end].tolist() for start, end in zip(starts, ends, strict=True)]


def _best_starts(values: NDArray[np.float64], weights: NDArray[np.int64], count: int) -> list[int]:
    """Return where each group begins in the ascending values."""
    size = len(values)
    costs = _costs(values, weights)
    best = costs[0]
    came_from = np.zeros((count, size), dtype=np.int64)
    for group in range(1, count):
        totals = np.full((size, size), np.inf)
        totals[1:, :] = best[:-1, None] + costs[1:, :]
        came_from[group] = totals.argmin(axis=0)
        best = totals.min(axis=0)
    starts, end = [], size - 1
    for group in range(count - 1, -1, -1):
        start = int(came_from[group, end])
        starts.append(start)
        end = start - 1
    return starts[::-1]


def _costs(values: NDArray[np.float64], weights: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the squared deviations of every stretch ``[start, end]`` from its mean; infinite where it is empty."""
    shifted = values - values.mean()  # deviations do not change, rounding errors shrink
    sums = [np.concatenate([[0.0], np.cumsum(weights * shifted**power)]) for power in (0, 1, 2)]
    number, total, squares = (part[None, 1:] - part[:-1, None] for part in sums)
    inside = number > 0
    spread = np.where(inside, squares - total**2 / np.where(inside, number, 1), np.inf)
    return np.where(inside, np.maximum(spread, 0.0), np.inf)


def _outwards(number: float, decimals: int, towards: Callable[[float], int]) -> float:
    """Round an outer edge down or up, so that its class holds the number."""
    return towards(round(number * 10.0**decimals, 6)) / 10.0**decimals + 0.0
