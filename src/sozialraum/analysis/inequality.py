"""Inequality between areas: slope and relative index (how a group is spread is a formula of indicators).

All of it is about areas, and a pattern among areas is none among persons: that poor areas have more of something does
not say that poor people have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sozialraum.analysis.standardise import Numbers, all_equal
from sozialraum.indicators.uncertainty import Z95
from sozialraum.tables import Status, Value

REPETITIONS = 100_000
SEED = 20_261_128
"""Simulations start here, so that a release computed again has the same intervals."""

BLOCK = 5_000
"""So many repetitions are drawn at once: with 11,000 areas half a gigabyte at most."""

MINIMUM_GROUPS = 5
"""With fewer groups a slope is no statement (the same limit as for quintiles)."""


@dataclass(frozen=True, slots=True)
class Slope:
    """Slope and relative index of inequality.

    Attributes:
        absolute: slope index: how much higher the value is at the far end of the ranking (rank 1) than at its start
            (rank 0), on the line through all groups; in the unit of the value.
        relative: relative index: the value at the far end as a multiple of the one at the start; undefined where the
            line starts at 0 or below.
    """

    absolute: Value
    relative: Value


@dataclass(frozen=True, slots=True)
class _Line:
    start: NDArray[np.float64]
    slope: NDArray[np.float64]


def slope_of_inequality(
    values: Sequence[float],
    residents: Sequence[float],
    deviations: Sequence[float] | None = None,
    *,
    repetitions: int = REPETITIONS,
) -> Slope:
    """Compute slope and relative index of inequality over groups that are ordered by deprivation.

    Each group stands at the midpoint of its residents in the cumulated population; the values are regressed on that,
    weighted by the share of residents: ``Y sqrt(a)`` on ``sqrt(a)`` and ``b sqrt(a)`` without further intercept. The
    interval is that of the slopes when each value varies normally with its standard error. Source: Low and Low 2004,
    as in PHEindicatormethods ``phe_sii``.

    Args:
        values: the value of each group, the most deprived first (the sign of the slope follows the order).
        residents: residents of each group, above 0.
        deviations: standard error of each value; without it there is no interval.
        repetitions: how often values are drawn for the interval.

    Returns:
        Both indices with 95 % intervals. Undefined with fewer than :data:`MINIMUM_GROUPS` groups.

    Raises:
        ValueError: lengths differ, a group has no residents, or a standard error is negative.
    """
    own, weights = np.asarray(values, float), np.asarray(residents, float)
    _check_groups(own, weights, deviations)
    if len(own) < MINIMUM_GROUPS:
        return Slope(Value(None, Status.UNDEFINED), Value(None, Status.UNDEFINED))
    line = _fit(own[np.newaxis, :], weights)
    start, slope = float(line.start[0]), float(line.slope[0])
    if all_equal(own):
        slope = 0.0
    drawn = None if deviations is None else _draw(own, weights, np.asarray(deviations, float), repetitions)
    absolute = _with_ends(slope, None if drawn is None else drawn.slope)
    if start <= 0:
        return Slope(absolute, Value(None, Status.UNDEFINED))
    ratios = None if drawn is None else (drawn.start + drawn.slope) / drawn.start
    return Slope(absolute, _with_ends((start + slope) / start, ratios))


def standard_error(lower: float, upper: float) -> float:
    """Return the standard error behind a symmetric 95 % interval."""
    return (upper - lower) / (2 * Z95)


def _check_groups(values: Numbers, residents: Numbers, deviations: Sequence[float] | None) -> None:
    if len(values) != len(residents) or (deviations is not None and len(deviations) != len(values)):
        raise ValueError("there is one value, one number of residents and one standard error for each group")
    if (residents <= 0).any():
        raise ValueError("every group has residents; leave out those without")
    if deviations is not None and min(deviations, default=0.0) < 0:
        raise ValueError("a standard error is not negative")


def _fit(values: Numbers, residents: Numbers) -> _Line:
    """Fit one line for each row of values, by weighted least squares."""
    share = residents / residents.sum()
    middle = np.cumsum(share) - share / 2
    mean = float(share @ middle)
    spread = float(share @ (middle - mean) ** 2)
    slope = values @ (share * (middle - mean)) / spread
    return _Line(values @ share - slope * mean, slope)


def _draw(values: Numbers, residents: Numbers, deviations: Numbers, repetitions: int) -> _Line:
    random = np.random.default_rng(SEED)
    lines = []
    for first in range(0, repetitions, BLOCK):
        rows = min(BLOCK, repetitions - first)
        lines.append(_fit(random.normal(values, deviations, (rows, len(values))), residents))
    return _Line(np.concatenate([line.start for line in lines]), np.concatenate([line.slope for line in lines]))


def _with_ends(number: float, drawn: NDArray[np.float64] | None) -> Value:
    status = Status.ZERO if number == 0 else Status.OK
    if drawn is None:
        return Value(number, status)
    lower, upper = np.quantile(drawn, (0.025, 0.975)).tolist()
    return Value(number, status, lower=lower, upper=upper)
