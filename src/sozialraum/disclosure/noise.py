"""Differential privacy: each count gets random noise whose size does not depend on the data.

The noise is discrete Laplace: z with a probability proportional to exp(-epsilon |z|), for counts to which a person adds
one at most. What is then published is cut off at 0, which costs no privacy. How many persons there are,
nobody can tell from a count by more than a factor of exp(epsilon).

The engine is OpenDP (``pip install sozialraum[dp]``). Without it the same noise is drawn here, from whole numbers of
the operating system's randomness alone, by the exact method of Canonne, Kamath and Steinke (2020), The discrete
Gaussian for differential privacy, algorithm 2. Floating point noise would leak (Mironov 2012).

What is drawn anew is spent anew: two releases of the same people together tell twice as much. A table that is repeated
as an earlier release told it costs nothing (post-processing); who repeats says which (:class:`Draws`).
"""

from __future__ import annotations

import importlib
import importlib.util
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.catalogue import NoiseDoc
from sozialraum.errors import DoorError
from sozialraum.tables import COUNT_KEY, COUNT_SCHEMA

Ints = NDArray[np.int64]

FINEST = 10**6
"""Epsilon is taken as a fraction with a denominator up to this."""

NOISY_TABLE = ("universe", "where", "area_system", "period")
"""What one epsilon is spent on: the areas of one system together tell no more than one of them."""

HAS_OPENDP = importlib.util.find_spec("opendp") is not None
"""Whether OpenDP draws the noise."""


@dataclass(frozen=True, slots=True)
class Draws:
    """What earlier releases have told with noise.

    Attributes:
        repeated: ``COUNT_KEY``, value and status of numbers that are told again as they were, in whole tables.
        spent: what was spent so far by policy, over all releases.
    """

    repeated: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(
            schema={name: COUNT_SCHEMA[name] for name in (*COUNT_KEY, "value", "status")}
        )
    )
    spent: Mapping[str, float] = field(default_factory=dict)


def spent(counts: pl.DataFrame, epsilon: float) -> float:
    """Return what all counts tell together about one person: sequential composition.

    A person lives in one area of each area system, so the areas of one system together tell no more than one of them
    (parallel composition); measures, area systems and periods add up.

    Args:
        counts: universe, where, area_system, period.
        epsilon: of one count.
    """
    return counts.select(NOISY_TABLE).n_unique() * epsilon


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


def demand_total(drawn: pl.DataFrame, rules: NoiseDoc, spent_before: Mapping[str, float]) -> None:
    """Check that all releases together do not tell more than each policy allows.

    Args:
        drawn: counts that get new noise; ``policy`` names those of their policies that ask for it.
        rules: what these policies say.
        spent_before: by policy, over all releases that somebody has seen.

    Raises:
        DoorError: they do; says by how much and what can be done.
    """
    for policy in sorted({one for text in drawn["policy"].unique() for one in text.split("+")}):
        now = spent(drawn.filter(pl.col("policy").str.split("+").list.contains(policy)), rules.epsilon)
        before = spent_before.get(policy, 0.0)
        if before + now > rules.total * (1 + 1e-9):
            raise DoorError(
                f"the noise's budget of all releases under {policy} (budget_total = {rules.total:g}) is exceeded: "
                f"releases so far have spent {before:g}, withdrawn ones included, and new noise would spend {now:g}. "
                "What is told again unchanged costs nothing; ask for fewer tables, or raise budget_total"
            )


def with_noise(counts: pl.DataFrame, epsilon: float, repeated: pl.DataFrame) -> pl.DataFrame:
    """Return counts as they are told: as they were told before, or with new noise.

    Args:
        counts: counts with a number.
        epsilon: how much one count tells.
        repeated: what is told again, with ``COUNT_KEY``, value and status; a withheld number stays withheld.
    """
    again = counts.drop("value", "status").join(repeated, on=COUNT_KEY, maintain_order="left")
    new = counts.join(repeated, on=COUNT_KEY, how="anti", maintain_order="left")
    return pl.concat([again.select(counts.columns), new.with_columns(add_noise(new["value"], epsilon))])


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
