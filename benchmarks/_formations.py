"""What the benchmarks of microcells measure: time, memory, and what the cells are like."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from _houses import Country, country
from _memory import memory
from _peers import COMPILED, bundle_by_peer
from numpy.typing import NDArray

from sozialraum.microcells.bounds import AgainstBounds, against_bounds
from sozialraum.microcells.bundling import Rules, bundle
from sozialraum.microcells.formation import EFFORTS
from sozialraum.microcells.measures import measure

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MINIMUM, RHO = 4, 30.0
MODES = ("street", "geometry", "quality")
GEOMETRY, STREETS = Rules(MINIMUM, 0.0), Rules(MINIMUM, RHO**2 / 2)


@dataclass(frozen=True)
class Figures:
    """What a bundling is like: diameters in metres of cells of several houses; shares from 0 to 1."""

    cells: int
    mean_households: float
    below_minimum: int
    lost: int
    diameter: float
    p95: float
    p99: float
    one_street: float
    within: float
    bounds: AgainstBounds


def formed(houses: Country, mode: str, threads: int | None = None) -> Ints:
    """Return the cell of every house as our mode forms it, numbered from 0 in its area."""
    streets = mode == "street"
    seeds = np.arange(1, len(houses.offsets))
    rules = STREETS if streets else GEOMETRY
    return bundle(houses.offsets, seeds, houses.town(streets=streets), rules, EFFORTS[mode], threads=threads)[0]


def by_peer(houses: Country, name: str, threads: int | None = None) -> Ints:
    """Return the cell of every house as a compiled peer forms it, numbered from 0 in its area."""
    return bundle_by_peer(houses.offsets, houses.town(streets=False), MINIMUM, COMPILED[name], threads)


def global_cells(houses: Country, cell: Ints) -> tuple[Ints, int]:
    """Return the cells numbered over all areas, below 0 where there is none, and how many there are."""
    counts = np.maximum.reduceat(cell, houses.offsets[:-1]) + 1
    before = np.repeat(np.cumsum(counts) - counts, np.diff(houses.offsets))
    return np.where(cell < 0, cell, cell + before), int(counts.sum())


def figures(houses: Country, cell: Ints) -> Figures:
    """Measure the cells of a country."""
    number, count = global_cells(houses, cell)
    measures = measure(number, count, houses.x, houses.y, houses.households, houses.street)
    several = measures.buildings > 1
    width = measures.diameter[several]
    homeless = cell < 0
    # An area without a cell has fewer households than the minimum; whoever else has none is lost.
    area = np.repeat(np.arange(len(houses.offsets) - 1), np.diff(houses.offsets))
    small = np.bincount(area, houses.households)[area] < MINIMUM
    return Figures(
        cells=count,
        mean_households=float(measures.households.mean()),
        below_minimum=int((measures.households < MINIMUM).sum()),
        lost=int(houses.households[homeless & ~small].sum()),
        diameter=float(width.mean()),
        p95=float(np.quantile(width, 0.95)),
        p99=float(np.quantile(width, 0.99)),
        one_street=float((measures.streets[several] == 1).mean()),
        within=within_cells(houses, number, count),
        bounds=against_bounds(houses.offsets, houses.town(), cell.astype(np.int32), GEOMETRY),
    )


def within_cells(houses: Country, number: Ints, count: int) -> float:
    """Return the share of the attribute's variance, household by household, that is left inside cells."""
    inside = number >= 0
    weight, value, number = houses.households[inside], houses.attribute[inside], number[inside]
    mean = np.bincount(number, weight * value, count) / np.bincount(number, weight, count)
    left = (weight * (value - mean[number]) ** 2).sum()
    return float(left / (weight * (value - np.average(value, weights=weight)) ** 2).sum())


@dataclass(frozen=True)
class Run:
    """How a bundling was made: the least seconds, and the most MB of memory beyond what was there before."""

    seconds: float
    memory: float
    cell: Ints


def interleaved(ways: dict[str, Callable[[], Ints]], rounds: int) -> dict[str, Run]:
    """Run every way in turns, ``rounds`` times; the speed of a busy machine wanders."""
    best: dict[str, Run] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            seconds, memory, cell = measured(way)
            before = best.get(name, Run(np.inf, 0.0, cell))
            best[name] = Run(min(before.seconds, seconds), max(before.memory, memory), cell)
    return best


def measured(way: Callable[[], Ints]) -> tuple[float, float, Ints]:
    """Return seconds, MB beyond what the process held before (Linux), and the result."""
    ctypes.CDLL(None).malloc_trim(0)
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the mark of the peak is set back
    start = time.perf_counter()
    cell = way()
    return time.perf_counter() - start, (memory("VmHWM") - before) * 2**20 / 1e6, cell


def warm_up() -> None:
    """Compile everything, or load what was compiled."""
    few = country(4_000)
    for name in COMPILED:
        by_peer(few, name)
    for mode in MODES:
        figures(few, formed(few, mode))
