"""What a value is compared with: the whole, the parent area, similar areas, a target; and its fifth among siblings.

Every comparison is made in the latest common period and carries it. Where none can be made it says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators.compare import Comparison, Position, compare, latest_common_period
from sozialraum.indicators.trend import Point
from sozialraum.indicators.uncertainty import wide_interval
from sozialraum.periods import parse_period
from sozialraum.tables import Status, Value, combine

FIFTHS = 5
SMALLEST_SET = 3
"""Similar areas with a number that a mean needs: with one or two the comparison would be one with a neighbour."""


class Against(StrEnum):
    """What a value is compared with."""

    WHOLE = "whole"
    PARENT = "parent"
    SIMILAR = "similar"
    TARGET = "target"


class Incomparable(StrEnum):
    """Why nothing is compared."""

    NO_VALUE = "no_value"
    NO_COMMON_PERIOD = "no_common_period"
    NO_PARENT = "no_parent"
    NO_TARGET = "no_target"
    TOO_FEW_AREAS = "too_few_areas"
    ALL_EQUAL = "all_equal"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an area stands against a benchmark.

    Attributes:
        against: what kind of benchmark it is.
        comparison: the result; ``not_compared`` where there is an obstacle.
        period: the latest common period, None where there is none.
        benchmark: the value compared with, in ``period``.
        areas: how many areas the benchmark is made from.
        obstacle: why nothing is compared.
    """

    against: Against
    comparison: Comparison
    period: str | None = None
    benchmark: Value | None = None
    areas: int = 1
    obstacle: Incomparable | None = None


@dataclass(frozen=True, slots=True)
class Fifth:
    """The fifth of all areas that an area belongs to.

    Attributes:
        number: 1 (the most favourable; the lowest of a neutral indicator) to 5, None where there is an obstacle.
        areas: how many areas have a number.
        period: the period of all values.
        obstacle: why there is none.
    """

    number: int | None
    areas: int
    period: str
    obstacle: Incomparable | None = None


def against_whole(document: IndicatorDoc, series: Sequence[Point], whole: Sequence[Point]) -> Standing:
    """Compare an area with the whole city or region."""
    return _against_series(document, series, whole, Against.WHOLE)


def against_parent(document: IndicatorDoc, series: Sequence[Point], parent: Sequence[Point] | None) -> Standing:
    """Compare an area with the one that it is a part of; ``parent`` is None where there is none."""
    if parent is None:
        return _not(Against.PARENT, Incomparable.NO_PARENT)
    return _against_series(document, series, parent, Against.PARENT)


def against_similar(document: IndicatorDoc, series: Sequence[Point], others: Sequence[Sequence[Point]]) -> Standing:
    """Compare an area with the plain mean of areas like it.

    The mean is that of the areas with a number, at least :data:`SMALLEST_SET`, in the latest period in which so many
    have one, and takes over the gravest of their statuses. Each area counts once, whatever its size.
    """
    own, found = _numbers(series), [_numbers(other) for other in others]
    if not own:
        return _not(Against.SIMILAR, Incomparable.NO_VALUE)
    enough = [period for period in own if sum(period in numbers for numbers in found) >= SMALLEST_SET]
    if not enough:
        return _not(Against.SIMILAR, Incomparable.TOO_FEW_AREAS)
    period = max(enough, key=parse_period)
    values = [numbers[period] for numbers in found if period in numbers]
    return _standing(document, own[period], _mean(values), Against.SIMILAR, period=period, areas=len(values))


def against_target(document: IndicatorDoc, series: Sequence[Point]) -> Standing:
    """Compare the latest number of an area with the target of the indicator."""
    if document.target is None:
        return _not(Against.TARGET, Incomparable.NO_TARGET)
    own = _numbers(series)
    if not own:
        return _not(Against.TARGET, Incomparable.NO_VALUE)
    period = max(own, key=parse_period)
    return _standing(document, own[period], _plain(document.target.value), Against.TARGET, period=period)


def fifths(document: IndicatorDoc, values: Mapping[str, Value], period: str) -> Mapping[str, Fifth]:
    """Sort areas into fifths by their value in one period.

    An area with r areas strictly before it among n is in fifth floor(5 r / n) + 1, as in the English public health
    profiles (PHEindicatormethods, ``phe_quantile``). So areas with equal values share the better fifth. Below five
    areas with a number, or where all are equal, nobody is sorted. For a neutral indicator the lowest come first.

    Args:
        document: the indicator.
        values: the value of each area.
        period: the period that they are of.
    """
    sign = -1 if document.polarity == "high_is_good" else 1
    order = sorted(sign * value.value for value in values.values() if value.value is not None)
    obstacle = Incomparable.TOO_FEW_AREAS if len(order) < FIFTHS else None
    if obstacle is None and order[0] == order[-1]:
        obstacle = Incomparable.ALL_EQUAL
    return {
        area: _fifth(value, order, sign, Fifth(None, len(order), period, obstacle)) for area, value in values.items()
    }


def _fifth(value: Value, order: Sequence[float], sign: int, none: Fifth) -> Fifth:
    if value.value is None:
        return Fifth(None, none.areas, none.period, Incomparable.NO_VALUE)
    if none.obstacle:
        return none
    before = order.index(sign * value.value)
    return Fifth(FIFTHS * before // len(order) + 1, none.areas, none.period)


def _against_series(
    document: IndicatorDoc, series: Sequence[Point], other: Sequence[Point], against: Against
) -> Standing:
    own, theirs = _numbers(series), _numbers(other)
    period = latest_common_period([own, theirs])
    if period is None:
        return _not(against, Incomparable.NO_COMMON_PERIOD if own and theirs else Incomparable.NO_VALUE)
    return _standing(document, own[period], theirs[period], against, period=period)


def _standing(
    document: IndicatorDoc, value: Value, benchmark: Value, against: Against, *, period: str, areas: int = 1
) -> Standing:
    comparison = compare(value, benchmark, document.polarity)
    if comparison.tested and comparison.position is not Position.SIMILAR:  # else the wider interval changes nothing
        comparison = compare(value, benchmark, document.polarity, wide=wide_interval(document, value))
    return Standing(against, comparison, period, benchmark, areas)


def _not(against: Against, obstacle: Incomparable) -> Standing:
    return Standing(against, Comparison(Position.NOT_COMPARED), areas=0, obstacle=obstacle)


def _numbers(series: Sequence[Point]) -> dict[str, Value]:
    return {point.period: point.value for point in series if point.value.value is not None}


def _mean(values: Sequence[Value]) -> Value:
    numbers = [value.value for value in values if value.value is not None]
    return Value(sum(numbers) / len(numbers), combine(value.status for value in values))


def _plain(number: float) -> Value:
    return Value(number, Status.OK if number else Status.ZERO)
