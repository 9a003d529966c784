"""How long do microcells of a million houses take, and how wide are they?

The houses are synthetic: areas of very different size, in each a settlement of streets in two directions, houses on
both sides with odd and even numbers, and the mixture of single houses and blocks that a country has (about 2.5
households a house). ``total`` is the way from the table of houses to the cells, ``bundling`` the compiled part of it.

Run: ``python benchmarks/microcells_formation.py [houses]``
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import polars as pl

from sozialraum.microcells import Formation, form_cells
from sozialraum.microcells.addresses import places, street_codes
from sozialraum.microcells.bundling import bundle

HOUSES = 1_000_000
HOUSES_AN_AREA = 2_000
HOUSES_A_STREET = 24
ROOM_A_STREET = 90.0
HOUSEHOLDS = ((1, 0.70), (2, 0.12), (3, 0.03), (5, 0.06), (8, 0.06), (14, 0.02), (40, 0.01))
BOX = (280_000.0, 5_235_000.0, 921_000.0, 6_101_000.0)


def main() -> None:
    """Print time, memory and the diameters of both modes."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSES
    houses = country(count, seed=1)
    form_cells(houses.head(1_000))  # compiles, or loads what was compiled
    print(f"{count:,} houses, {houses['households'].sum():,} households, {houses['area'].n_unique():,} areas")
    print(f"{'mode':<9} threads   total  bundling  cells       mean hh  diameter mean / p95 / p99   one street")
    for mode in ("street", "geometry"):
        for threads in (1, 2):
            print(measured(houses, Formation(mode=mode, threads=threads)))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB, synthesis included")


def measured(houses: pl.DataFrame, options: Formation) -> str:
    """Return a line of the table: one formation from the table of houses, and its bundling alone."""
    start = time.perf_counter()
    quality = form_cells(houses, options).quality
    total = time.perf_counter() - start
    width, size = quality.diameter, quality.households_per_cell
    alone = bundling(houses, options)
    return (
        f"{options.mode:<9} {options.threads:>7} {total:>6.2f}s {alone:>8.2f}s  {quality.cells:<10,}"
        f" {size.mean:>8.2f}  {width.mean:>8.1f} / {width.p95:.1f} / {width.p99:.1f}"
        f" {100 * quality.one_street_share:>14.1f} %"
    )


def bundling(houses: pl.DataFrame, options: Formation) -> float:
    """Return the seconds of the compiled kernels alone, on flat arrays sorted by area."""
    ordered = houses.sort("area", maintain_order=True)
    lengths = ordered["area"].rle().struct.field("len").to_numpy()
    arrays = [ordered[column].to_numpy() for column in ("x", "y", "households")]
    street = street_codes(ordered["street"]) if options.mode == "street" else np.full(houses.height, -1)
    place = places(ordered["house_number"])
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    start = time.perf_counter()
    bundle(offsets, *arrays, street, place, minimum=options.minimum, rho=options.rho, threads=options.threads)
    return time.perf_counter() - start


def country(count: int, seed: int) -> pl.DataFrame:
    """Make ``count`` houses, the same for the same seed, in random order."""
    random = np.random.default_rng(seed)
    streets = -(-count // HOUSES_A_STREET)
    areas = max(1, count // HOUSES_AN_AREA)
    share = random.lognormal(0, 1, areas)
    area = np.sort(random.choice(areas, streets, p=share / share.sum()))
    centre_x, centre_y = random.uniform(BOX[0], BOX[2], areas)[area], random.uniform(BOX[1], BOX[3], areas)[area]
    radius = ROOM_A_STREET * np.sqrt(np.bincount(area, minlength=areas))[area]
    begin_x, begin_y = (centre + random.normal(0, radius) for centre in (centre_x, centre_y))
    angle = random.uniform(0, np.pi, areas)[area] + random.integers(0, 2, streets) * np.pi / 2

    street = np.repeat(np.arange(streets), HOUSES_A_STREET)[:count]
    number = np.tile(np.arange(1, HOUSES_A_STREET + 1), streets)[:count]
    along = (number // 2) * 18.0 + random.normal(0, 3, count)
    aside = np.where(number % 2, 12.0, -12.0) + random.normal(0, 2, count)
    cosine, sine = np.cos(angle)[street], np.sin(angle)[street]
    sizes, shares = zip(*HOUSEHOLDS, strict=True)
    houses = pl.DataFrame(
        {
            "building": np.arange(count),
            "area": area[street],
            "street": street,
            "house_number": number,
            "x": begin_x[street] + along * cosine - aside * sine,
            "y": begin_y[street] + along * sine + aside * cosine,
            "households": random.choice(sizes, count, p=shares),
        }
    )
    texts = houses.with_columns(pl.format("{}", column).alias(column) for column in houses.columns[:4])
    return texts.sample(fraction=1, shuffle=True, seed=seed)


if __name__ == "__main__":
    main()
