"""Recent trend: whether the last five points of a series rise or fall more than chance explains.

The test is that of the English public health profiles (Fingertips): a weighted regression over five points with weights
from the 95 % intervals, or the chi-squared test for trend where the values are proportions of known counts. A trend
counts if chi-squared is above its 99.8 % point and the slope keeps its sign whichever of the points is left out. No
test crosses a break of the series.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from itertools import pairwise
from operator import add
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sozialraum.catalogue import IndicatorDoc
from sozialraum.catalogue.indicator import Break
from sozialraum.indicators.series import break_between
from sozialraum.periods import parse_period
from sozialraum.tables import Status, Value

N = TypeVar("N", float, NDArray[np.float64])
"""A number, or an array of numbers of many series that are tested at once."""

POINTS = 5
CHI_SQUARED_998 = 9.549535706083235
"""The 99.8 % point of chi-squared with one degree of freedom (3.0902 squared)."""

WIDTH_95 = 3.92
"""Width of a 95 % interval in standard errors."""


class Direction(StrEnum):
    """What can be said about the last five points in one word."""

    RISING = "rising"
    FALLING = "falling"
    UNCHANGED = "unchanged"
    UNCLEAR = "unclear"


class Obstacle(StrEnum):
    """Why a trend is unclear."""

    TOO_FEW = "too_few"
    INCOMPLETE = "incomplete"
    UNEVEN = "uneven"
    BREAK = "break"
    NO_INTERVAL = "no_interval"
    UNSTABLE = "unstable"


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a series."""

    period: str
    value: Value


@dataclass(frozen=True, slots=True)
class Fit:
    """A straight line through the points.

    Attributes:
        slope: change from one point to the next, in the unit of the values.
        chi_squared: how far the slope is from none, squared, in standard errors.
    """

    slope: float
    chi_squared: float


@dataclass(frozen=True, slots=True)
class Trend:
    """The recent trend of a series.

    Attributes:
        direction: the result in a word.
        first: the first of the five points, None where there are fewer.
        last: the last point, None where there is none.
        fit: the line, where a test was made.
        obstacle: why the direction is unclear.
        broken_by: the break, where that is why.
    """

    direction: Direction
    first: Point | None = None
    last: Point | None = None
    fit: Fit | None = None
    obstacle: Obstacle | None = None
    broken_by: Break | None = None


def recent_trend(document: IndicatorDoc, points: Sequence[Point], breaks: Sequence[Break] | None = None) -> Trend:
    """Test the last five points of a series.

    Args:
        document: the indicator.
        points: its values for one area, in order of time. Periods at the end that were not delivered are passed over.
        breaks: breaks of the series, the document's own if not given.
    """
    window = _last_five(points)
    if len(window) < POINTS:
        return Trend(Direction.UNCLEAR, last=window[-1] if window else None, obstacle=Obstacle.TOO_FEW)
    first, last = window[0], window[-1]
    found = break_between(document.breaks if breaks is None else breaks, first.period, last.period)
    if found:
        return Trend(Direction.UNCLEAR, first, last, obstacle=Obstacle.BREAK, broken_by=found)
    if any(point.value.value is None for point in window):
        return Trend(Direction.UNCLEAR, first, last, obstacle=Obstacle.INCOMPLETE)
    if not _evenly_spaced(window):
        return Trend(Direction.UNCLEAR, first, last, obstacle=Obstacle.UNEVEN)
    return _tested(document, window)


def weighted_fit(values: Sequence[N], widths: Sequence[N], times: Sequence[int]) -> tuple[N, N]:
    """Fit a line with weights from the widths of 95 % intervals (all above 0).

    Args:
        values: one for each point: a number, or an array with that of many series.
        widths: the width of the interval of each, likewise.
        times: the place of each point in time.

    Returns:
        Slope and chi-squared (see :class:`Fit`), of one series or of each.
    """
    weights = [(WIDTH_95 / width) ** 2 for width in widths]
    total = _sum(weights)
    time = _sum([w * t for w, t in zip(weights, times, strict=True)])
    squares = _sum([w * t * t for w, t in zip(weights, times, strict=True)])
    value = _sum([w * y for w, y in zip(weights, values, strict=True)])
    product = _sum([w * t * y for w, t, y in zip(weights, times, values, strict=True)])
    spread = total * squares - time**2
    slope = (total * product - time * value) / spread
    return slope, slope**2 * spread / total


def proportion_fit(cases: Sequence[N], bases: Sequence[N], times: Sequence[int]) -> tuple[N, N]:
    """Make the chi-squared test for trend in proportions ``cases / bases``; the slope is in shares of 1.

    Arguments and result are those of :func:`weighted_fit`.
    """
    base, case = _sum(bases), _sum(cases)
    base_time = _sum([n * t for n, t in zip(bases, times, strict=True)])
    base_square = _sum([n * t * t for n, t in zip(bases, times, strict=True)])
    case_time = _sum([x * t for x, t in zip(cases, times, strict=True)])
    spread = base * base_square - base_time**2
    difference = base * case_time - case * base_time
    varied = case * (base - case) * spread
    return difference / spread, base * difference**2 / (varied + (varied == 0))  # nothing varies: 0 / 1


def _sum(parts: Sequence[N]) -> N:
    return reduce(add, parts)


def _last_five(points: Sequence[Point]) -> Sequence[Point]:
    end = len(points)
    while end and points[end - 1].value.status is Status.MISSING:
        end -= 1
    return points[max(0, end - POINTS) : end]


def _evenly_spaced(window: Sequence[Point]) -> bool:
    days = [parse_period(point.period).last for point in window]
    months = [day.year * 12 + day.month for day in days]
    return len({later - earlier for earlier, later in pairwise(months)}) == 1


def _tested(document: IndicatorDoc, window: Sequence[Point]) -> Trend:
    first, last = window[0], window[-1]
    fit_of = _test_for(document, window)
    if fit_of is None:
        return Trend(Direction.UNCLEAR, first, last, obstacle=Obstacle.NO_INTERVAL)
    everything = list(range(POINTS))
    fit = fit_of(everything)
    if fit.chi_squared <= CHI_SQUARED_998:
        return Trend(Direction.UNCHANGED, first, last, fit)
    without_one = [fit_of([index for index in everything if index != left_out]) for left_out in everything]
    if any(other.slope * fit.slope <= 0 for other in without_one):
        return Trend(Direction.UNCLEAR, first, last, fit, Obstacle.UNSTABLE)
    return Trend(Direction.RISING if fit.slope > 0 else Direction.FALLING, first, last, fit)


def _test_for(document: IndicatorDoc, window: Sequence[Point]) -> Callable[[Sequence[int]], Fit] | None:
    """Return the test that the values allow: indices of points to their fit; None where they allow none."""
    values = [point.value for point in window]
    shares = [(v.numerator, v.denominator) for v in values if v.numerator is not None and v.denominator is not None]
    known = [found for value in values if (found := _width(value))]
    if document.interval == "wilson" and len(shares) == POINTS and all(0 <= x <= n and n > 0 for x, n in shares):
        return lambda which: _in_percent(
            *proportion_fit([shares[i][0] for i in which], [shares[i][1] for i in which], [i + 1 for i in which])
        )
    if len(known) == POINTS:
        return lambda which: Fit(
            *weighted_fit([known[i][0] for i in which], [known[i][1] for i in which], [i + 1 for i in which])
        )
    return None


def _width(value: Value) -> tuple[float, float] | None:
    """Return a value and the width of its interval; None where it has none."""
    if value.value is None or value.lower is None or value.upper is None or value.upper <= value.lower:
        return None
    return value.value, value.upper - value.lower


def _in_percent(slope: float, chi_squared: float) -> Fit:
    return Fit(slope * 100, chi_squared)
