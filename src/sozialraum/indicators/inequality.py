"""How unevenly a group, or an amount, is spread over areas: dissimilarity, isolation, Gini.

All of it is about areas: differences inside an area are not seen, and the finer the areas, the larger the number.

Sources: Duncan and Duncan (1955), American Sociological Review 20, p. 210-217; Bell (1954), Social Forces 32, p.
357-364; Massey and Denton (1988), Social Forces 67, p. 281-315.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sozialraum.tables import Status, Value

Numbers = NDArray[np.float64]


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


def gini_of_means(sums: Sequence[float], units: Sequence[float]) -> Value:
    """Return :func:`gini` of a mean, from what all in an area have together and how many they are (above 0)."""
    return gini([total / people for total, people in zip(sums, units, strict=True)], units)


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
