"""What becomes of cells in ten yearly releases, and what do two releases tell together?

A synthetic town of 20,000 houses. Every year 1 % of the houses are demolished, 1 % have another number of households,
and 1 % are built, half of them in new streets. ``pieces`` counts what any two of the ten releases have in common that
holds fewer households than a cell may, for the cells that are maintained and for cells formed anew every year; ``cost``
is a household's in the last release, of maintained cells over new ones.

Run: ``python benchmarks/microcells_releases.py [houses]``
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from sozialraum.microcells import Cells, Formation, Maintained, first_release, form_cells, maintain_cells
from sozialraum.microcells.maintenance import cost_of

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from microcells_samples import released, small_pieces, years

HOUSES, RELEASES = 20_000, 10


def main() -> None:
    """Print what happens year after year, and the bar."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSES
    for mode in ("street", "geometry"):
        print(f"mode {mode}, {count:,} houses, {RELEASES} releases")
        simulate(count, Formation(mode=mode))


def simulate(count: int, options: Formation) -> None:
    """Maintain the cells of a town, and form them anew beside it."""
    made: Maintained | None = None
    maintained, anew, spent, fresh_time = [], [], 0.0, 0.0
    print("release   kept  changed  opened  fallen  gone  waiting hh  left hh  covered")
    for houses in years(count, RELEASES):
        start = time.perf_counter()
        fresh = form_cells(houses, options)
        middle = time.perf_counter()
        made = maintain_cells(made.history, houses, options) if made else first_release(houses, options)
        fresh_time, spent = fresh_time + middle - start, spent + time.perf_counter() - middle
        anew.append(released(fresh.members, houses))
        maintained.append(released(made.cells.members, houses))
        if c := made.changes:
            print(
                f"{c.release:>7} {c.kept:>6,} {c.changed:>8,} {c.opened:>7,} {c.fallen:>7,} {c.gone:>5,}"
                f" {c.waiting_households:>11,} {c.left_households:>8,} {100 * c.covered:>6.1f} %"
            )
    size, width = made.cells.quality.households_per_cell, made.cells.quality.diameter
    print(
        f"pieces of 1 to {options.minimum - 1} households: {len(small_pieces(maintained, options.minimum)):,} (bar 0)"
    )
    print(f"  formed anew every year: {len(small_pieces(anew, options.minimum)):,}")
    cost, new = (cost_of(cells, houses, options) for cells in (made.cells, fresh))
    print(f"cost a household: {cost:.1f} m2, formed anew {new:.1f} m2, {cost / new:.3f} (bar 1.1)")
    cost, new = cost / shared(made.cells), new / shared(fresh)
    print(f"  of those in cells of several houses: {cost:.1f} m2, formed anew {new:.1f} m2, {cost / new:.3f}")
    print(f"households a cell {size.mean:.2f}, diameter {width.mean:.1f} / {width.p95:.1f} / {width.p99:.1f} m")
    print(f"time over ten releases: {spent:.1f} s, formed anew {fresh_time:.1f} s")


def shared(cells: Cells) -> float:
    """Return which share of the households in cells is in cells of several houses; the others cost nothing."""
    households = cells.cells["households"]
    return float(households.filter(cells.cells["buildings"] > 1).sum() / households.sum())


if __name__ == "__main__":
    main()
