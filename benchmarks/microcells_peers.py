"""How do our microcells compare with other ways to bundle houses, on the same houses in the same run?

Every way keeps the rules of a microcell: at least 4 households, one area, houses of 4 or more are cells of their own.
Times are the best of some rounds in which all ways take turns. MaxP and constrained k-means can not manage more than
some hundred houses; they are run on a few areas for which the linear bound is worked out (see ``_peers.py``), and
skipped where they are not installed (``pip install spopt k-means-constrained``).

Run: ``python benchmarks/microcells_peers.py [houses] [--write]``; with ``--write`` the table goes to
docs/explanation/microcells-peers.md.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from _formations import MINIMUM, MODES, STREETS, Figures, Run, by_peer, figures, formed, interleaved, warm_up
from _houses import Country, country
from _peers import COMPILED, OPTIONAL, bundle_by_library, installed

from sozialraum.microcells.bounds import SAMPLE, against_bounds, sampled_areas

HOUSES, ROUNDS, FEW_AREAS = 1_000_000, 3, 6
PAGE = Path(__file__).parents[1] / "docs/explanation/microcells-peers.md"
NEEDED = {"spopt MaxP": "spopt", "k-means-constrained": "k-means-constrained"}
HEAD = (
    "| algorithm | cells | households | diameter mean / p95 / p99 | over NN | over LP | one street | within"
    " | time / MDAV | bytes a house |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def main() -> None:
    """Print the tables, and write them where that is wanted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("houses", type=int, nargs="?", default=HOUSES)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    warm_up()
    houses = country(options.houses)
    lines = [summary(houses), "", HEAD, *large(houses), "", *on_streets(houses)]
    few = houses.only(sampled_areas(houses.offsets, houses.town(), MINIMUM, FEW_AREAS))
    lines += ["", summary(few), "", HEAD, *small(few)]
    print("\n".join(lines))
    if options.write:
        PAGE.write_text(page(lines), encoding="utf-8")
        print(f"\nwritten to {PAGE}")


def large(houses: Country) -> list[str]:
    """Return the table's rows for everything that manages any number of houses."""
    ways = {name: partial(by_peer, houses, name) for name in COMPILED} | {
        f"**ours, {mode}**": partial(formed, houses, mode) for mode in MODES
    }
    return rows(houses, interleaved(ways, ROUNDS))


def small(few: Country) -> list[str]:
    """Return the table's rows for the areas that everything manages, and a line for each peer that is missing."""
    ways = {name: partial(by_peer, few, name) for name in ("Hilbert + DP", "MDAV")}
    slow = {}
    for name, (package, method) in OPTIONAL.items():
        if installed(package):
            slow[name] = partial(bundle_by_library, few.offsets, few.town(), MINIMUM, method)
    ours = {f"**ours, {mode}**": partial(formed, few, mode) for mode in MODES}
    runs = interleaved(ways | ours, ROUNDS) | interleaved(slow, 1)
    missing = [
        f"\n{name} was skipped: it is not installed (pip install {NEEDED[name]})." for name in OPTIONAL.keys() - slow
    ]
    return rows(few, runs) + sorted(missing)


def rows(houses: Country, runs: dict[str, Run]) -> list[str]:
    """Return a row for each run; its time compared with MDAV's."""
    return [row(name, figures(houses, run.cell), run, runs["MDAV"], len(houses.x)) for name, run in runs.items()]


def row(name: str, found: Figures, run: Run, mdav: Run, houses: int) -> str:
    """Return a row of the table."""
    linear = found.bounds.over_linear
    return (
        f"| {name} | {found.cells:,} | {found.mean_households:.2f} | {found.diameter:.1f} / {found.p95:.1f} /"
        f" {found.p99:.1f} m | {found.bounds.over_nearest:.2f} | {'' if linear is None else f'{linear:.3f}'}"
        f" | {found.one_street:.0%} | {found.within:.3f} | {run.seconds / mdav.seconds:.2g}"
        f" | {max(run.memory, 0.0) * 1e6 / houses:.0f} |"
    )


def summary(houses: Country) -> str:
    """Return a line about the houses."""
    light = int((houses.households < MINIMUM).sum())
    return (
        f"{len(houses.x):,} houses ({light:,} with fewer than {MINIMUM} households), {houses.households.sum():,}"
        f" households, {len(houses.offsets) - 1:,} areas:"
    )


def on_streets(houses: Country) -> list[str]:
    """Return what mode street costs compared with the linear bound of its own objective, mixed streets included."""
    found = against_bounds(houses.offsets, houses.town(), formed(houses, "street"), STREETS)
    if found.over_linear is None:
        return ["No area has 150 to 330 light houses: there is no linear bound."]
    return [
        f"With what mixed streets cost, mode street costs {found.over_linear:.3f} times the linear bound of that"
        f" (mean of {found.areas} areas, {found.worst:.3f} at worst; {found.proved} of the bounds are proved optima)."
    ]


def page(lines: list[str]) -> str:
    """Return the page with the tables."""
    table = "\n".join(lines)
    return f"""# Microcells and other ways to bundle houses

Generated on {datetime.now(UTC):%Y-%m-%d} by `python benchmarks/microcells_peers.py --write`; do not edit.

Every way keeps the rules of a microcell: at least {MINIMUM} households, one area, houses of {MINIMUM} households or
more are cells of their own. The houses are synthetic (`benchmarks/_houses.py`).

- *households*: mean of a cell. *diameter*: of cells of several houses.
- *over NN*: what the cells cost (household-weighted squared distance to their centres) over the nearest-neighbour
  bound. *over LP*: the same over the linear bound, mean of up to {SAMPLE} areas of 150 to 330 light houses. No
  bundling whatever costs less than a bound; the linear one is close to the best there is.
- *one street*: share of the cells of several houses that lie on one street. *within*: share of the variance of an
  attribute that is alike along streets that is left inside cells; less is better.
- *time / MDAV*: in the same run, all on the same number of threads. *bytes a house*: memory beyond the input.

{table}

MDAV: Domingo-Ferrer and Torra (2005), compiled, with a minimum of households, as it is written down; tuned: one pass
over the houses left finds all members of a cell. KD median: halved by households. DP: the exact dynamic programme over
the walk. MaxP: Duque, Anselin and Rey (2012), `spopt`, neighbours are the 3 nearest houses.
k-means-constrained: Bradley, Bennett and Demiriz (2000); it counts houses and no households, so its cells have at least
{MINIMUM} houses.
"""


if __name__ == "__main__":
    main()
