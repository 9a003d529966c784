"""Perturbation tables: with which probability a count of the cell key method is moved by how much.

For each count i the probabilities p(v) of its movements v are those of the greatest entropy among all that

- add up to 1 and move by nothing on average (sum of v p(v) = 0), so that sums of many counts stay right,
- have a variance of at most V, move by at most D, and never below zero,
- never lead to one of the counts 1 to js, so that no published number is that small,
- and, where that is wanted, do not fall from the lowest movement up to none (``monotone``).

A count of 0 stays 0. From D + js + 1 on all counts have the same probabilities, those of the last row.

Method: Marley and Leaver (2011), A method for confidentialising user-defined tables; Giessing (2016), Computational
issues in the design of transition probabilities and disclosure risk estimation for additive noise. The programme is
convex; its dual has a multiplier for each rule and is solved by L-BFGS-B and MINPACK's hybrid Newton (scipy).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog, minimize, root
from scipy.special import logsumexp

from sozialraum.errors import DoorError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

IDLE = 1e-9
"""Multipliers up to this belong to rules that hold of themselves."""

EXACT = 1e-9
"""Probabilities, means and variances are right to this."""


@dataclass(frozen=True, slots=True)
class Row:
    """The movements of one count.

    Attributes:
        movements: by how much it may move, ascending.
        probabilities: of each movement.
        cumulative: upper ends of the intervals of keys, the last is 1.
    """

    movements: Ints
    probabilities: Floats
    cumulative: Floats

    @classmethod
    def of(cls, movements: Ints, probabilities: Floats) -> Row:
        """Return the row with these probabilities, brought to add up to exactly 1."""
        shares = probabilities / probabilities.sum()
        cumulative = np.cumsum(shares)
        cumulative[-1] = 1.0
        return cls(movements, shares, cumulative)

    @property
    def mean(self) -> float:
        """By how much the count moves on average: 0 but for rounding."""
        return float(self.movements @ self.probabilities)

    @property
    def variance(self) -> float:
        """The mean square of the movements."""
        return float(self.movements**2 @ self.probabilities)


@dataclass(frozen=True, slots=True)
class PerturbationTable:
    """The rows of all counts from 0 on; the last one stands for all larger counts.

    Attributes:
        maximum: D, the furthest movement.
        variance: V, the largest variance.
        forbidden: js, counts from 1 to this are never published.
        rows: one for each count.
    """

    maximum: int
    variance: float
    forbidden: int
    rows: tuple[Row, ...]

    def movements(self, counts: Ints, keys: Floats) -> Ints:
        """Return by how much each count moves.

        Args:
            counts: whole numbers, not negative.
            keys: cell keys in [0, 1), one for each count.
        """
        moved = np.zeros(len(counts), dtype=np.int64)
        number = np.minimum(counts, len(self.rows) - 1)
        for place, row in enumerate(self.rows):
            own = number == place
            moved[own] = row.movements[np.searchsorted(row.cumulative, keys[own], side="right")]
        return moved


@lru_cache(maxsize=32)
def perturbation_table(
    maximum: int, variance: float, forbidden: int = 0, monotone: bool | tuple[bool, ...] = True
) -> PerturbationTable:
    """Return the table of the greatest entropy.

    Args:
        maximum: D, the furthest movement.
        variance: V, the largest variance.
        forbidden: js, counts from 1 to this are never published.
        monotone: whether probabilities do not fall from the lowest movement up to none; for all counts, or for each
            from 1 to D + js + 1.

    Raises:
        DoorError: no probabilities satisfy that; says what would be possible.
    """
    counts = range(1, maximum + forbidden + 2)
    wanted = (monotone,) * len(counts) if isinstance(monotone, bool) else monotone
    if len(wanted) != len(counts):
        raise DoorError(f"monotone has {len(wanted)} entries; one for each count from 1 to {counts[-1]} is needed")
    if problem := least_problem(maximum, variance, forbidden):
        raise DoorError(f"there is no such perturbation table: {problem}")
    pairs = zip(counts, wanted, strict=True)
    rows = [_row(count, maximum, variance, forbidden, monotone=ordered) for count, ordered in pairs]
    return PerturbationTable(maximum, variance, forbidden, (Row.of(np.zeros(1, np.int64), np.ones(1)), *rows))


def least_problem(maximum: int, variance: float, forbidden: int) -> str:
    """Say what stands against a table with these parameters; empty where nothing does.

    A forbidden count i must reach 0 and js + 1 at least: that needs D >= js, and a variance of i (js + 1 - i).
    """
    if maximum < max(forbidden, 1):
        return f"with targets up to {forbidden} forbidden, counts must be able to move by {max(forbidden, 1)}"
    least = (forbidden + 1) ** 2 // 4
    if variance < least or variance <= 0:
        return f"with targets up to {forbidden} forbidden, the variance is at least {least}"
    return ""


def _row(count: int, maximum: int, variance: float, forbidden: int, *, monotone: bool) -> Row:
    targets = np.arange(max(count - maximum, 0), count + maximum + 1)
    movements = targets[(targets == 0) | (targets > forbidden)] - count
    order = _order(movements) if monotone else np.zeros((0, len(movements)))
    least, closest = _least_variance(movements, order)
    if least > variance + EXACT:
        raise DoorError(f"there is no such perturbation table: a count of {count} needs a variance of {least:.4g}")
    if least > variance - EXACT:
        return Row.of(movements, closest)
    return Row.of(movements, _most_even(movements, variance, order))


def _order(movements: Ints) -> Floats:
    """Return a matrix M with M p >= 0 where probabilities do not fall from the lowest movement up to none."""
    below = int((movements < 0).sum()) if (movements == 0).any() else 0
    matrix = np.zeros((below, len(movements)))
    for place in range(below):
        matrix[place, place : place + 2] = -1.0, 1.0
    return matrix


def _least_variance(movements: Ints, order: Floats) -> tuple[float, Floats]:
    """Return the smallest possible variance and its probabilities."""
    equal = np.array([np.ones(len(movements)), movements])
    nothing = np.zeros(len(order))
    found = linprog(movements**2, A_ub=-order, b_ub=nothing, A_eq=equal, b_eq=np.array([1.0, 0.0]), method="highs")
    if not found.success:
        raise DoorError(f"there is no such perturbation table: {movements.tolist()} do not balance")
    return float(found.fun or 0.0), np.asarray(found.x, dtype=np.float64)


def _most_even(movements: Ints, variance: float, order: Floats) -> Floats:
    """Return the probabilities of the greatest entropy, by its dual.

    They are proportional to exp(m @ features), with one multiplier for the mean and one, not negative, for the variance
    and each pair that must be in order. First the multipliers that are not 0 are found, then those exactly.
    """
    features = np.vstack([movements / np.abs(movements).max(), 1.0 - movements**2 / variance, order])
    free = np.array([True, *np.zeros(len(features) - 1, dtype=np.bool_)])
    bounds = [(None, None) if each else (0.0, None) for each in free]
    start = np.array([0.0, 0.5, *np.zeros(len(order))])
    patient: Any = {"maxiter": 5000, "maxfun": 20000, "ftol": 1e-16, "gtol": 1e-12}
    dual: Any = partial(_dual, features=features)
    found = minimize(dual, start, jac=True, bounds=bounds, method="L-BFGS-B", options=patient)
    multipliers = np.asarray(found.x, dtype=np.float64)
    used = free | (multipliers > IDLE)
    exact = root(_excess, multipliers[used], args=(features[used],), jac=_spread, method="hybr", tol=1e-14)
    probabilities = _share_out(np.asarray(exact.x, dtype=np.float64), features[used])
    amiss = features @ probabilities
    if abs(amiss[0]) > EXACT or amiss.min() < -1e-7:
        raise DoorError("the perturbation table could not be computed")
    return probabilities


def _share_out(multipliers: Floats, features: Floats) -> Floats:
    heights = multipliers @ features
    weights = np.exp(heights - heights.max())
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _dual(multipliers: Floats, features: Floats) -> tuple[float, Floats]:
    """Return what is to be made small and its slope."""
    heights = multipliers @ features
    return float(logsumexp(heights)), _excess(multipliers, features)


def _excess(multipliers: Floats, features: Floats) -> Floats:
    """Return by how much each rule is exceeded: 0 where it holds exactly."""
    return np.asarray(features @ _share_out(multipliers, features), dtype=np.float64)


def _spread(multipliers: Floats, features: Floats) -> Floats:
    """Return the slopes of :func:`_excess`: covariances of the features."""
    probabilities = _share_out(multipliers, features)
    means = features @ probabilities
    return np.asarray((features * probabilities) @ features.T - np.outer(means, means), dtype=np.float64)
