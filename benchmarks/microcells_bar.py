"""Does every line of the bar for microcells hold? Each is printed with its value.

The speed and the memory of the whole country are those of 21 million houses on two threads, from flat arrays to cells;
all ways take turns in the same run. Compiled MDAV is taken as it is written down, as in the bar; the ratio to a tuned
one is printed beside it (see ``_peers.py``). How cells are formed from files is measured in ``microcells_country.py``.

Run: ``python benchmarks/microcells_bar.py [houses] [rounds]``; fewer houses than 21 million are a trial.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial

import numpy as np
from _formations import GEOMETRY, MINIMUM, MODES, STREETS, by_peer, figures, formed, interleaved, warm_up
from _houses import Country, country

from sozialraum.microcells.bounds import against_bounds
from sozialraum.microcells.compiled import Sites
from sozialraum.microcells.costs import costs
from sozialraum.microcells.division import divide

HOUSES, MILLION, ROUNDS = 21_000_000, 1_000_000, 1
WALKS, LONGEST = 200, 60


class Bar:
    """The lines that were printed."""

    def __init__(self) -> None:
        self.missed = 0

    def line(self, what: str, value: float, limit: float, unit: str = "", *, least: float | None = None) -> None:
        """Print a value, what it may be, and whether it holds."""
        holds = value <= limit and (least is None or value >= least)
        self.missed += not holds
        allowed = f"<= {limit:g}" if least is None else f"{least:g} to {limit:g}"
        print(
            f"{'holds ' if holds else 'MISSES'}  {what:<66} {value:>9.4g}  ({allowed}{unit and ' ' + unit})", flush=True
        )


def main() -> int:
    """Print the bar and return 1 if a line misses it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("houses", type=int, nargs="?", default=HOUSES)
    parser.add_argument("rounds", type=int, nargs="?", default=ROUNDS)
    options = parser.parse_args()
    warm_up()
    bar = Bar()
    bar.line("the DP against an O(n^2) reference, relative", dp_difference(), 1e-6)
    of_a_million(country(min(options.houses, MILLION)), bar)
    of_the_country(country(options.houses), options.rounds, bar)
    print("every line holds" if not bar.missed else f"{bar.missed} lines are missed")
    return int(bar.missed > 0)


def of_a_million(houses: Country, bar: Bar) -> None:
    """Print the lines about what the cells are like."""
    print(f"--- {len(houses.x):,} houses, {houses.households.sum():,} households, {len(houses.offsets) - 1:,} areas")
    found = {}
    for mode in MODES:
        cell = formed(houses, mode, threads=2)
        found[mode] = figures(houses, cell)
        bar.line(f"cells below the minimum, {mode}", found[mode].below_minimum, 0)
        bar.line(f"households lost, {mode}", found[mode].lost, 0)
        bar.line(f"mean households a cell, {mode}", found[mode].mean_households, 6.0, least=5.4)
        bar.line(f"houses in other cells on 1 than on 2 threads, {mode}", differing(houses, cell, mode), 0)
    wide = found["geometry"]
    bar.line("diameter of cells of several houses, geometry: mean", wide.diameter, 30, "m")
    bar.line("diameter of cells of several houses, geometry: p95", wide.p95, 50, "m")
    bar.line("diameter of cells of several houses, geometry: p99", wide.p99, 62, "m")
    for mode, limit in (("geometry", 1.11), ("quality", 1.07)):
        bounds = found[mode].bounds
        if bounds.over_linear is not None:
            proved = f"{bounds.areas} areas, {bounds.proved} proved"
            bar.line(f"cost over the linear bound, {mode} ({proved})", bounds.over_linear, limit)
    streets = against_bounds(houses.offsets, houses.town(), formed(houses, "street"), STREETS)
    if streets.over_linear is not None:
        print(f"        (street, with what mixed streets cost: {streets.over_linear:.3f}, no bar)")


def of_the_country(houses: Country, rounds: int, bar: Bar) -> None:
    """Print the lines about time and memory."""
    print(f"--- {len(houses.x):,} houses, {houses.households.sum():,} households, {len(houses.offsets) - 1:,} areas")
    ways = {mode: partial(formed, houses, mode, threads=2) for mode in MODES[:2]}
    peers = {name: partial(by_peer, houses, name, threads=2) for name in ("MDAV", "MDAV, tuned")}
    runs = interleaved(ways | peers, rounds)
    for name, run in runs.items():
        print(f"        {name:<12} {run.seconds:8.2f} s  {run.memory:8.0f} MB beyond the input")
    for mode, limit in (("street", 0.4), ("geometry", 0.8)):
        bar.line(f"time over compiled MDAV, {mode}", runs[mode].seconds / runs["MDAV"].seconds, limit)
        tuned = runs[mode].seconds / runs["MDAV, tuned"].seconds
        print(f"        (over tuned MDAV: {tuned:.2f}, no bar)")
        bar.line(f"time on 2 threads, {mode}", runs[mode].seconds, 60, "s")
        bar.line(f"memory beyond the input, {mode}", runs[mode].memory / 1e3, 0.3, "GB")
        bar.line(f"cells below the minimum, counted area by area, {mode}", small_cells(houses, runs[mode].cell), 0)
        bar.line(f"houses in other cells on 1 than on 2 threads, {mode}", differing(houses, runs[mode].cell, mode), 0)


def differing(houses: Country, cell: np.ndarray, mode: str) -> int:
    """Return how many houses are in another cell when one thread forms them."""
    return int((formed(houses, mode, threads=1) != cell).sum())


def small_cells(houses: Country, cell: np.ndarray) -> int:
    """Return how many cells have fewer households than the minimum, each area's cells counted by themselves."""
    small = 0
    for area in range(len(houses.offsets) - 1):
        here = slice(houses.offsets[area], houses.offsets[area + 1])
        if houses.households[here].sum() >= MINIMUM:
            small += int((np.bincount(cell[here], houses.households[here]) < MINIMUM).sum())
    return small


def dp_difference() -> float:
    """Return the largest relative difference between the DP and a reference that tries every run, over random walks."""
    random = np.random.default_rng(5)
    worst = 0.0
    for rules in (GEOMETRY, STREETS):
        for _ in range(WALKS // 2):
            count = int(random.integers(4, LONGEST))
            x, y = random.uniform(0, 300, count), random.uniform(0, 300, count)
            sites = Sites(x, y, np.empty(0), random.integers(1, 4, count), random.integers(-1, 4, count))
            order = random.permutation(count)
            expected = every_run(sites, order, rules.impurity)
            worst = max(worst, abs(divide(sites, order, MINIMUM, rules.impurity)[0] - expected) / max(expected, 1e-9))
    return worst


def every_run(sites: Sites, order: np.ndarray, impurity: float) -> float:
    """Return the cost of the cheapest division of a walk by trying every run of at least the minimum."""
    best = [0.0] + [np.inf] * len(order)
    for end in range(1, len(order) + 1):
        for start in range(end):
            run = order[start:end]
            if sites.households[run].sum() >= MINIMUM and best[start] < np.inf:
                part = Sites(sites.x[run], sites.y[run], sites.z, sites.households[run], sites.street[run])
                cost = costs(part, np.zeros(len(run), np.int64), 1, impurity)[0]
                best[end] = min(best[end], best[start] + cost)
    return best[-1]


if __name__ == "__main__":
    sys.exit(main())
