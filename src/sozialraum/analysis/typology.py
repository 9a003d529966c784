"""Types of areas: found by clustering, with the number of types explained, their stability, and what they are like.

A type is a description of areas and no property of those who live there. Types of different periods or indicators are
not the same types, whatever their numbers are.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sozialraum.analysis.clustering import (
    Adjacency,
    Labels,
    Matrix,
    Method,
    cluster,
    silhouette,
    within,
    without,
)
from sozialraum.analysis.profiles import Profiles, standing_out

REPETITIONS = 100
"""Samples for the stability of types."""
REFERENCES = 20
"""Tables without any structure that the gap is measured against."""
SEED = 20_261_128
MOST = 3
LEAST = 0.5
"""At most so many indicators are named for a type, and only those of more than so many standard deviations."""

Choice = Literal["silhouette", "gap"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One number of types that was tried.

    Attributes:
        k: how many types.
        silhouette: mean silhouette width, -1 to 1.
        gap: gap statistic; None where types were not chosen by it.
        gap_error: its standard error.
    """

    k: int
    silhouette: float
    gap: float | None = None
    gap_error: float | None = None


@dataclass(frozen=True, slots=True)
class AreaType:
    """One type.

    Attributes:
        number: from 1, the largest type first.
        areas: codes of its areas.
        means: mean of each indicator in standard deviations from the mean of all areas.
        standing_out: up to three indicators in which the type differs most from the average.
        stability: mean Jaccard similarity with the nearest type of repeated samples, 0 to 1: from 0.75 the type is
            stable, below 0.5 it dissolves (Hennig 2007).
    """

    number: int
    areas: tuple[str, ...]
    means: Mapping[str, float]
    standing_out: tuple[tuple[str, float], ...]
    stability: float


@dataclass(frozen=True, slots=True)
class Typology:
    """Types of all areas, and why there are so many.

    Attributes:
        method: how they were found.
        chosen_by: which measure chose their number.
        candidates: every number that was tried.
        types: the types, the largest first.
    """

    method: Method
    chosen_by: Choice
    candidates: tuple[Candidate, ...]
    types: tuple[AreaType, ...]

    @property
    def k(self) -> int:
        """How many types there are."""
        return len(self.types)

    @property
    def chosen(self) -> Candidate:
        """The number that was chosen."""
        return next(found for found in self.candidates if found.k == self.k)

    def type_of(self, area: str) -> int:
        """Return the number of an area's type.

        Raises:
            KeyError: the area has none.
        """
        for found in self.types:
            if area in found.areas:
                return found.number
        raise KeyError(area)


@dataclass(frozen=True, slots=True)
class Settings:
    """How types are looked for.

    Attributes:
        method: see :func:`sozialraum.analysis.clustering.cluster`.
        fewest: the smallest number of types that is tried.
        most: the largest.
        choose: ``silhouette``: the number with the largest mean width; ``gap``: the smallest number whose gap is not
            exceeded by the next one's by more than its standard error (Tibshirani, Walther and Hastie 2001).
        neighbours: for ``connected_ward``: the neighbours of each area by code.
        repetitions: samples for the stability.
        weights: how often an indicator counts, 1 where it is not named; types are described without them.
    """

    method: Method = "ward"
    fewest: int = 2
    most: int = 8
    choose: Choice = "silhouette"
    neighbours: Mapping[str, Collection[str]] | None = None
    repetitions: int = REPETITIONS
    weights: Mapping[str, float] = field(default_factory=dict)


def find_types(profiles: Profiles, settings: Settings | None = None) -> Typology:
    """Find types of areas.

    Args:
        profiles: standardised indicators of areas.
        settings: how; Ward with 2 to 8 types, chosen by silhouette, if not given.

    Raises:
        ValueError: too few areas for the smallest number of types, no indicator varies, no neighbours are given where
            they are needed, or more territories without a common border than types; says which.
    """
    wanted = settings or Settings()
    numbers = range(wanted.fewest, min(wanted.most, len(profiles.areas) - 1) + 1)
    if wanted.fewest < 2 or not numbers:
        raise ValueError(f"{len(profiles.areas)} areas are too few for {wanted.fewest} types")
    if not profiles.indicators:
        raise ValueError("all areas are alike in every indicator: there are no types")
    beside = _adjacency(profiles.areas, wanted)
    z = profiles.z * np.sqrt([wanted.weights.get(name, 1.0) for name in profiles.indicators])
    tried = [(k, cluster(z, k, wanted.method, beside)) for k in numbers]
    candidates = tuple(_candidate(z, k, labels, wanted) for k, labels in tried)
    k = _best(candidates, wanted.choose)
    labels = dict(tried)[k]
    stability = _stability(z, labels, wanted, beside)
    return Typology(wanted.method, wanted.choose, candidates, _types(profiles, labels, stability))


def _adjacency(areas: Sequence[str], settings: Settings) -> Adjacency:
    if settings.method != "connected_ward":
        return ()
    if settings.neighbours is None:
        raise ValueError("connected types need the neighbours of each area")
    everybody = sorted(set(settings.neighbours) | set().union(*settings.neighbours.values()) | set(areas))
    rows = {code: row for row, code in enumerate(everybody)}
    beside = [[rows[other] for other in settings.neighbours.get(code, ())] for code in everybody]
    return without([rows[code] for code in areas], beside)


def _candidate(z: Matrix, k: int, labels: Labels, settings: Settings) -> Candidate:
    width = silhouette(z, labels)
    if settings.choose == "silhouette":
        return Candidate(k, width)
    return Candidate(k, width, *_gap(z, k, labels, settings.method))


def _gap(z: Matrix, k: int, labels: Labels, method: Method) -> tuple[float, float]:
    """Return by how much clusters are denser than in tables without structure, as a difference of logarithms."""
    if method == "connected_ward":
        raise ValueError("the gap has no tables to compare connected types with; choose by silhouette")
    random = np.random.default_rng(SEED)
    low, high = z.min(axis=0), z.max(axis=0)
    tables = [random.uniform(low, high, z.shape) for _ in range(REFERENCES)]
    logarithms = [_log(within(table, cluster(table, k, method))) for table in tables]
    error = float(np.std(logarithms)) * math.sqrt(1 + 1 / REFERENCES)
    return float(np.mean(logarithms)) - _log(within(z, labels)), error


def _log(squares: float) -> float:
    return math.log(max(squares, 1e-300))  # clusters of identical areas have no squares within


def _best(candidates: Sequence[Candidate], choose: Choice) -> int:
    if choose == "silhouette":
        return max(candidates, key=lambda found: (round(found.silhouette, 12), -found.k)).k
    for found, following in pairwise(candidates):
        if (found.gap or 0.0) >= (following.gap or 0.0) - (following.gap_error or 0.0):
            return found.k
    return candidates[-1].k


def _types(profiles: Profiles, labels: Labels, stability: Sequence[float]) -> tuple[AreaType, ...]:
    sizes = np.bincount(labels)
    order = sorted(range(len(sizes)), key=lambda label: (-sizes[label], label))
    types = []
    for number, label in enumerate(order, start=1):
        inside = labels == label
        means = profiles.z[inside].mean(axis=0)
        areas = tuple(area for area, found in zip(profiles.areas, inside.tolist(), strict=True) if found)
        named = dict(zip(profiles.indicators, means.tolist(), strict=True))
        outstanding = standing_out(profiles.indicators, means, MOST, least=LEAST)
        types.append(AreaType(number, areas, named, outstanding, stability[label]))
    return tuple(types)


def _stability(z: Matrix, labels: Labels, settings: Settings, beside: Adjacency) -> list[float]:
    """Return for each type the mean, over samples, of its likeness with the most similar type of the sample.

    A sample are the distinct areas of a bootstrap draw; likeness is measured among its areas (Hennig 2007). A type none
    of whose areas was drawn counts nothing in that sample.
    """
    random = np.random.default_rng(SEED)
    k = len(np.unique(labels))
    likeness: list[list[float]] = [[] for _ in range(k)]
    for _ in range(settings.repetitions):
        rows = np.unique(random.integers(0, len(z), len(z)))
        if len(rows) <= k:
            continue
        around = without(rows.tolist(), beside) if beside else ()
        found = cluster(z[rows], k, settings.method, around)
        for label in np.unique(labels[rows]).tolist():
            likeness[label].append(max(_jaccard(labels[rows] == label, found == n) for n in np.unique(found)))
    return [float(np.mean(found)) if found else 0.0 for found in likeness]


def _jaccard(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())
