"""Makes values of different units comparable: z-scores, min-max, exponential ranks, shrinkage of small shares.

All functions take and give arrays with one number for each area. Where all values are equal nothing tells the areas
apart: the answer is None, and the caller says so (``undefined``) instead of dividing by noise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Numbers = NDArray[np.float64]

EQUAL = 1e-12
"""Values closer to each other than this share of the largest are equal: what is left is rounding of the machine."""

EXPONENT = 23.0
"""Constant of the English Indices of Deprivation: only the top tenth of the ranks gets more than 50."""


def standardise(values: Numbers, method: str, *, weights: Numbers | None = None) -> Numbers | None:
    """Standardise by the name that stands in a composite's document.

    Args:
        values: one number for each area, none missing.
        method: ``z``, ``min_max`` or ``exponential_ranks``.
        weights: residents, for a weighted mean and standard deviation (``z`` only).

    Raises:
        ValueError: there is no such method.
    """
    match method:
        case "z":
            return z_scores(values, weights)
        case "min_max":
            return min_max(values)
        case "exponential_ranks":
            return exponential_ranks(values)
    raise ValueError(f"{method!r} is no way to standardise")


def z_scores(values: Numbers, weights: Numbers | None = None) -> Numbers | None:
    """Return distances from the mean in standard deviations of the whole population (ddof 0).

    Args:
        values: one number for each area.
        weights: how often each area counts in mean and standard deviation; all alike if not given.
    """
    if all_equal(values) or (weights is not None and weights.sum() <= 0):
        return None
    mean = np.average(values, weights=weights)
    deviation = math.sqrt(np.average((values - mean) ** 2, weights=weights))
    return None if deviation <= EQUAL * np.abs(values).max() else (values - mean) / deviation


def min_max(values: Numbers) -> Numbers | None:
    """Return 0 for the lowest value, 1 for the highest, and the rest in proportion."""
    if all_equal(values):
        return None
    lowest, highest = values.min(), values.max()
    return np.asarray((values - lowest) / (highest - lowest))


def exponential_ranks(values: Numbers) -> Numbers | None:
    """Return the exponential transformation of ranks: X = -23 ln(1 - R (1 - e^(-100/23))), R = rank / N.

    The lowest value has rank 1; equal values share their mean rank. The highest gets 100. Source: English Indices of
    Deprivation 2019, Technical Report.
    """
    if all_equal(values):
        return None
    return exponential(rankdata(values) / len(values))


def exponential(shares: Numbers) -> Numbers:
    """Transform ranks that are given as shares of the number of areas (see :func:`exponential_ranks`)."""
    return np.asarray(-EXPONENT * np.log1p(-shares * -np.expm1(-100 / EXPONENT)))


def all_equal(values: Numbers) -> bool:
    """Tell whether values differ by no more than the machine's rounding; true for none at all."""
    return not len(values) or bool(np.ptp(values) <= EQUAL * np.abs(values).max())


def shrink_shares(cases: Numbers, bases: Numbers, groups: Sequence[str]) -> Numbers:
    """Draw shares of small areas towards the share of the larger area that they lie in.

    The logit of each share is averaged with that of its larger area; the share counts by the inverse of its sampling
    variance, the larger area by the inverse of the variance between its parts. Source: English Indices of Deprivation
    2019, Technical Report (empirical Bayes, with half a case added on both sides).

    Args:
        cases: how many are counted in each area, between 0 and its base.
        bases: of how many, above 0.
        groups: the larger area of each area.

    Returns:
        Shares of 1, strictly between 0 and 1.
    """
    shrunk = np.empty(len(cases))
    names = np.asarray(groups)
    for name in np.unique(names):
        inside = names == name
        shrunk[inside] = _shrink_group(cases[inside], bases[inside])
    return shrunk


def _shrink_group(cases: Numbers, bases: Numbers) -> Numbers:
    own = np.log((cases + 0.5) / (bases - cases + 0.5))
    sampling = (bases + 1) * (bases + 2) / (bases * (cases + 1) * (bases - cases + 1))
    whole = math.log((cases.sum() + 0.5) / (bases.sum() - cases.sum() + 0.5))
    if len(cases) < 2:
        return np.asarray(1 / (1 + np.exp(-own)))  # an area that is its whole larger area: nothing to draw it to
    between = float(((own - whole) ** 2).sum()) / (len(cases) - 1)
    weight = between / (between + sampling)
    return np.asarray(1 / (1 + np.exp(-(weight * own + (1 - weight) * whole))))
