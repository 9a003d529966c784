"""Inequality between areas: slope and relative index, dissimilarity, isolation, Gini.

All of it is about areas, and a pattern among areas is none among persons: that poor areas have more of something does
not say that poor people have.
"""

from __future__ import annotations

import math
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


# --- how evenly a group is spread over areas --------------------------------------------------------------------------


def dissimilarity(group: Sequence[float], everybody: Sequence[float]) -> Value:
    """Compute the index of dissimilarity of a group and all others (Duncan and Duncan 1955), 0 to 1.

    Half the sum of the differences between the area's share of the group and its share of the others: the share of the
    group that would have to move for it to be spread like the others.

    Args:
        group: how many of the group live in each area.
        everybody: how many people live in each area.

    Returns:
        The index; undefined where there is nobody of the group or nobody else.

    Raises:
        ValueError: lengths differ, or an area has more of the group than people.
    """
    mine, others = _group_and_others(group, everybody)
    if not mine.sum() or not others.sum():
        return Value(None, Status.UNDEFINED)
    return _index(0.5 * float(np.abs(mine / mine.sum() - others / others.sum()).sum()))


def isolation(group: Sequence[float], everybody: Sequence[float]) -> Value:
    """Compute the index of isolation (Bell 1954): the mean share of the group in the areas where its members live.

    Arguments and errors as in :func:`dissimilarity`; undefined where there is nobody of the group.
    """
    mine, others = _group_and_others(group, everybody)
    if not mine.sum():
        return Value(None, Status.UNDEFINED)
    people = mine + others
    lived_in = people > 0
    return _index(float((mine[lived_in] / mine.sum() * mine[lived_in] / people[lived_in]).sum()))


def segregation_gini(group: Sequence[float], everybody: Sequence[float]) -> Value:
    """Compute the Gini index of segregation (Massey and Denton 1988): 0 where the group's share is the same everywhere.

    The mean difference of the group's share between any two areas, weighted by people, over its maximum. Arguments and
    errors as in :func:`dissimilarity`; undefined where there is nobody of the group or nobody else.
    """
    mine, others = _group_and_others(group, everybody)
    if not mine.sum() or not others.sum():
        return Value(None, Status.UNDEFINED)
    people = mine + others
    lived_in = people > 0
    mine, others, people = mine[lived_in], others[lived_in], people[lived_in]
    order = np.argsort(mine / people, kind="stable")
    return _index(_above_curve(mine[order] / mine.sum(), others[order] / others.sum()))


def gini(values: Sequence[float], residents: Sequence[float]) -> Value:
    """Compute the Gini coefficient of a mean over areas (income per head): 0 where it is the same everywhere.

    Differences inside areas are not seen: it is a lower bound of the coefficient among persons.

    Args:
        values: the mean of each area, not negative.
        residents: people in each area.

    Returns:
        The coefficient; undefined where there is nobody, or nothing to share.

    Raises:
        ValueError: lengths differ or a number is negative.
    """
    each, people = np.asarray(values, float), np.asarray(residents, float)
    if len(each) != len(people) or (each < 0).any() or (people < 0).any():
        raise ValueError("there is one value and one number of residents for each area, none negative")
    total = each * people
    if not total.sum():
        return Value(None, Status.UNDEFINED)
    order = np.argsort(each, kind="stable")
    return _index(_above_curve(total[order] / total.sum(), people[order] / people.sum()))


def _above_curve(shares: Numbers, of: Numbers) -> float:
    """Return twice the area between the diagonal and the Lorenz curve of ``shares`` over ``of``, both in order."""
    under, along = np.cumsum(shares), np.cumsum(of)
    before = np.concatenate(([0.0], under[:-1]))
    steps = np.diff(along, prepend=0.0)
    return 1.0 - float(((under + before) * steps).sum())


def _group_and_others(group: Sequence[float], everybody: Sequence[float]) -> tuple[Numbers, Numbers]:
    mine, people = np.asarray(group, float), np.asarray(everybody, float)
    if len(mine) != len(people):
        raise ValueError("there is one number of the group and one of people for each area")
    if (mine < 0).any() or (mine > people).any():
        raise ValueError("an area has at least nobody of the group, and no more than people")
    return mine, people - mine


def _index(number: float) -> Value:
    exact = 0.0 if math.isclose(number, 0.0, abs_tol=1e-12) else number
    return Value(exact, Status.ZERO if exact == 0 else Status.OK)
