"""Differential privacy: each count gets random noise whose size does not depend on the data.

The noise is discrete Laplace: z with a probability proportional to exp(-epsilon |z|), for counts to which a person adds
one at most. What is then published is cut off at 0, which costs no privacy. How many persons there are,
nobody can tell from a count by more than a factor of exp(epsilon).

The engine is OpenDP (``pip install sozialraum[dp]``). Without it the same noise is drawn here, from whole numbers of
the operating system's randomness alone, by the exact method of Canonne, Kamath and Steinke (2020), The discrete
Gaussian for differential privacy, algorithm 2. Floating point noise would leak (Mironov 2012).

Every build draws anew and spends the budget anew: two builds together tell twice as much.
"""

from __future__ import annotations

import importlib
import importlib.util
import secrets
from fractions import Fraction

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.catalogue import NoiseDoc
from sozialraum.errors import DoorError

Ints = NDArray[np.int64]

FINEST = 10**6
"""Epsilon is taken as a fraction with a denominator up to this."""

HAS_OPENDP = importlib.util.find_spec("opendp") is not None
"""Whether OpenDP draws the noise."""


def spent(counts: pl.DataFrame, epsilon: float) -> float:
    """Return what all counts tell together about one person: sequential composition.

    A person lives in one area of each area system, so the areas of one system together tell no more than one of them
    (parallel composition); measures, area systems and periods add up.

    Args:
        counts: universe, where, area_system, period.
        epsilon: of one count.
    """
    return counts.select("universe", "where", "area_system", "period").n_unique() * epsilon


def demand_budget(counts: pl.DataFrame, rules: NoiseDoc) -> None:
    """Check that a release does not tell more than its policy allows.

    Raises:
        DoorError: it does; says by how much and what can be done.
    """
    total = spent(counts, rules.epsilon)
    if total > rules.budget * (1 + 1e-9):
        groups = round(total / rules.epsilon)
        raise DoorError(
            f"the noise's budget of {rules.budget:g} is exceeded: {groups} tables (measure, area system, period) with "
            f"epsilon = {rules.epsilon:g} each spend {total:g}. Publish fewer, lower epsilon to "
            f"{rules.budget / groups:.3g}, or raise the budget"
        )


def add_noise(counts: pl.Series, epsilon: float) -> pl.Series:
    """Return counts with noise, whole and not negative.

    Args:
        counts: whole numbers to which each person adds one at most.
        epsilon: how much one count tells.

    Raises:
        DoorError: a count is no whole number.
    """
    if counts.null_count() or not (counts.is_finite() & (counts % 1 == 0)).all():
        raise DoorError("noise is added to whole numbers of units, and to nothing else")
    noisy = counts.to_numpy().astype(np.int64) + laplace(len(counts), epsilon)
    return pl.Series(counts.name, np.maximum(noisy, 0).astype(np.float64))


def laplace(size: int, epsilon: float) -> Ints:
    """Draw discrete Laplace noise of the scale 1 / epsilon."""
    return _by_opendp(size, epsilon) if HAS_OPENDP else draw_exactly(size, epsilon)


def _by_opendp(size: int, epsilon: float) -> Ints:
    dp = importlib.import_module("opendp.prelude")
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    mechanism = dp.m.make_laplace(*space, scale=1.0 / epsilon)
    return np.array(mechanism([0] * size), dtype=np.int64)


def draw_exactly(size: int, epsilon: float) -> Ints:
    """Draw the same noise from whole numbers alone."""
    share = Fraction(epsilon).limit_denominator(FINEST)
    if share <= 0:
        raise DoorError(f"epsilon = {epsilon:g} is too small: one part in {FINEST:,} is the least")
    return np.array([_draw(share.numerator, share.denominator) for _ in range(size)], dtype=np.int64)


def _draw(numerator: int, denominator: int) -> int:
    """Return z with a probability proportional to exp(-|z| numerator / denominator)."""
    while True:
        part = secrets.randbelow(denominator)
        if not _falls(part, denominator):
            continue
        whole = 0
        while _falls(1, 1):
            whole += 1
        size = (part + denominator * whole) // numerator
        negative = bool(secrets.randbelow(2))
        if size or not negative:  # 0 has one sign only
            return -size if negative else size


def _falls(numerator: int, denominator: int) -> bool:
    """Return True with the probability exp(-numerator / denominator), for a fraction of 1 at most."""
    step = 1
    while secrets.randbelow(denominator * step) < numerator:
        step += 1
    return step % 2 == 1
