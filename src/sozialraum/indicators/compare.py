"""Comparison with a benchmark: higher, lower or similar; better, worse or no judgement.

A value differs from a benchmark if its 95 % interval does not contain it, and differs much if its 99.8 % interval does
not contain it either: *much* says how certain a difference is, not how large. Without an interval the plain numbers are
compared, nothing is judged, and the page says that chance was not tested.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sozialraum.indicators.trend import Direction
from sozialraum.periods import parse_period
from sozialraum.tables import Value


class Position(StrEnum):
    """Where a value stands against its benchmark."""

    HIGHER = "higher"
    LOWER = "lower"
    SIMILAR = "similar"
    NOT_COMPARED = "not_compared"


class Judgement(StrEnum):
    """What the polarity of the indicator makes of a position or a direction."""

    BETTER = "better"
    WORSE = "worse"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A value against a benchmark.

    Attributes:
        position: where the value stands.
        judgement: what that means, where the indicator says so and chance was tested.
        difference: value minus benchmark in the unit of the indicator, None where not compared.
        tested: whether chance was tested (the value has an interval).
        much: whether the value differs at 99.8 % too.
    """

    position: Position
    judgement: Judgement = Judgement.NONE
    difference: float | None = None
    tested: bool = False
    much: bool = False


def compare(value: Value, benchmark: Value, polarity: str, *, wide: tuple[float, float] | None = None) -> Comparison:
    """Compare a value with a benchmark of the same period.

    Args:
        value: the value of an area.
        benchmark: the value of the whole, of a parent area or a target.
        polarity: ``high_is_good``, ``low_is_good`` or ``neutral``.
        wide: the 99.8 % interval of the value, where it is known (see :func:`.uncertainty.wide_interval`).
    """
    if value.value is None or benchmark.value is None:
        return Comparison(Position.NOT_COMPARED)
    tested = value.lower is not None and value.upper is not None
    lower = value.value if value.lower is None else value.lower
    upper = value.value if value.upper is None else value.upper
    position = _position(lower, upper, benchmark.value)
    judgement = _judge(position is Position.HIGHER, polarity) if tested and position is not Position.SIMILAR else None
    much = tested and wide is not None and _position(*wide, benchmark.value) is not Position.SIMILAR
    return Comparison(position, judgement or Judgement.NONE, value.value - benchmark.value, tested, much)


def _position(lower: float, upper: float, benchmark: float) -> Position:
    if upper < benchmark:
        return Position.LOWER
    return Position.HIGHER if lower > benchmark else Position.SIMILAR


def judge_direction(direction: Direction, polarity: str) -> Judgement:
    """Say whether a trend is for the better or the worse; ``none`` where it is neither or the indicator is neutral."""
    if direction not in (Direction.RISING, Direction.FALLING):
        return Judgement.NONE
    return _judge(direction is Direction.RISING, polarity)


def _judge(more: bool, polarity: str) -> Judgement:
    if polarity == "neutral":
        return Judgement.NONE
    return Judgement.BETTER if more == (polarity == "high_is_good") else Judgement.WORSE


def latest_common_period(series: Iterable[Iterable[str]]) -> str | None:
    """Return the latest period that every series has; None where there is none.

    Args:
        series: for each thing that is compared the periods in which it has a number.
    """
    sets = [set(periods) for periods in series]
    common = set.intersection(*sets) if sets else set()
    return max(common, key=parse_period, default=None)


def spine_position(value: float, benchmark: float, values: Sequence[float]) -> float:
    """Place a value on a spine from -1 to 1 with the benchmark at 0.

    Both sides share one scale, the larger distance from the benchmark to an end of ``values``, so that equal distances
    look equal. Distances are signed: scaling on absolute values goes wrong where signs differ (a migration balance).

    Args:
        value: the value to place.
        benchmark: the value of the whole.
        values: the values of all areas that are compared, the placed one among them.
    """
    reach = max((abs(other - benchmark) for other in (*values, value)), default=0.0)
    return (value - benchmark) / reach if reach else 0.0
