"""Arithmetic on values for pages: spread, steps, order. No Django, no words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sozialraum.tables import Value


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the areas of a system lie in one period: lowest, quartiles, highest; and how far they scatter."""

    low: float
    lower_quartile: float
    median: float
    upper_quartile: float
    high: float
    deviation: float

    def place(self, number: float) -> float:
        """Return the position between lowest (0) and highest (1), clipped; 0.5 where all are equal."""
        if self.high == self.low:
            return 0.5
        return min(1.0, max(0.0, (number - self.low) / (self.high - self.low)))


def spread_of(values: Iterable[Value]) -> Spread | None:
    """Return the spread of the values that are numbers; None where fewer than two are."""
    numbers = sorted(value.value for value in values if value.value is not None)
    if len(numbers) < 2:
        return None
    mean = math.fsum(numbers) / len(numbers)
    deviation = math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / len(numbers))
    lower, median, upper = (_quantile(numbers, share) for share in (0.25, 0.5, 0.75))
    return Spread(numbers[0], lower, median, upper, numbers[-1], deviation)


@dataclass(frozen=True, slots=True)
class Step:
    """The last number of a series and the one before it.

    Attributes:
        before: the earlier period and its value.
        now: the last period and its value.
        is_clear: whether they differ by more than is usual (see :func:`differs`).
    """

    before: tuple[str, Value]
    now: tuple[str, Value]
    is_clear: bool


def last_step(series: Sequence[tuple[str, Value]]) -> Step | None:
    """Return the last step of a series; None for fewer than two numbers.

    Without intervals a step is clear only if it is half as large again as the usual one of the same series.
    """
    told = [entry for entry in series if entry[1].value is not None]
    if len(told) < 2:
        return None
    before, now = told[-2:]
    return Step(before, now, differs(before[1], now[1], at_least=1.5 * _usual_step(told)))


def _usual_step(series: Sequence[tuple[str, Value]]) -> float:
    """Return the median distance from one number to the next; 0 for fewer than three numbers."""
    numbers = [value.value for _, value in series if value.value is not None]
    steps = sorted(abs(after - before) for before, after in pairwise(numbers))
    return _quantile(steps, 0.5) if len(steps) > 1 else 0.0


def differs(one: Value, other: Value, *, at_least: float = 0.0) -> bool:
    """Tell whether two values differ clearly.

    With intervals: they are apart. Without: by at least 3 % of the first number, and by more than ``at_least``.
    """
    if one.value is None or other.value is None:
        return False
    if None not in (one.lower, one.upper, other.lower, other.upper):
        return (one.upper or 0.0) < (other.lower or 0.0) or (other.upper or 0.0) < (one.lower or 0.0)
    distance = abs(other.value - one.value)
    return distance > at_least and distance >= 0.03 * abs(one.value) and distance > 0


def rank(values: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """Order areas by their number, highest first; areas without a number follow by code."""
    return sorted(values.items(), key=lambda entry: (entry[1].value is None, -(entry[1].value or 0.0), entry[0]))
