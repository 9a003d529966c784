"""Arithmetic on values for pages: classes, spread, steps, order. No Django, no words."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sozialraum.tables import Status, Value

CLASSES = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """How numbers become colours.

    Attributes:
        edges: inner and outer edges of the classes, ascending; one more than there are classes.
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
        inner = self.edges[1:-1]
        number = bisect_right(inner, value.value)
        return f"{'d' if self.diverging else 'c'}{self._spread(number)}"

    def _spread(self, number: int) -> int:
        """Spread few classes over the whole range of colours: two classes are the second and the fourth."""
        count = len(self.edges) - 1
        return 3 if count == 1 else 1 + round(number * (CLASSES - 1) / (count - 1))

    @property
    def ranges(self) -> tuple[tuple[str, float, float], ...]:
        """Class name, lower and upper edge, in order."""
        letter = "d" if self.diverging else "c"
        return tuple(
            (f"{letter}{self._spread(number)}", lower, upper)
            for number, (lower, upper) in enumerate(pairwise(self.edges))
        )


def make_scale(numbers: Iterable[float], decimals: int) -> Scale | None:
    """Return five classes with about as many numbers in each, their edges rounded as the numbers are shown.

    Numbers on both sides of zero get classes around zero. Fewer different numbers give fewer classes; none give None.
    """
    found = sorted(numbers)
    if not found:
        return None
    if found[0] < 0 < found[-1]:
        reach = max(-found[0], found[-1])
        edges = (-reach, -reach / 2, -reach / 10, reach / 10, reach / 2, reach)
        return Scale(tuple(_round(edge, decimals) for edge in edges), diverging=True)
    positive = [number for number in found if number != 0] or found
    inner = {_round(_quantile(positive, step / CLASSES), decimals) for step in range(1, CLASSES)}
    low, high = _floor(positive[0], decimals), _ceil(positive[-1], decimals)
    return Scale((low, *sorted(edge for edge in inner if low < edge < high), high))


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _round(number: float, decimals: int) -> float:
    return round(number, decimals) + 0.0


def _floor(number: float, decimals: int) -> float:
    return math.floor(round(number * 10.0**decimals, 6)) / 10.0**decimals


def _ceil(number: float, decimals: int) -> float:
    return math.ceil(round(number * 10.0**decimals, 6)) / 10.0**decimals


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
