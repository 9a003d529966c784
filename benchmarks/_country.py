"""A synthetic country: a folder of Parquet, a file for each municipality, with the density of the real one.

Where the census grid of 1 km lies beside the project, people live where they live in Germany; elsewhere a grid is drawn
that is about as unevenly populated (and has 25 million houses). Cells of the grid become municipalities around random
centres, which are rarer where many people live, so that there are villages and cities. In every cell stand streets of
two sides in parallel rows, with odd numbers on one side and even ones on the other. The more people live in a cell, the
more households share a house, with a heavy tail: at full scale about 21 million houses with 41 million households in
10,500 municipalities.

A municipality is the same for the same seed, whatever the scale.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pyproj import CRS
from scipy.spatial import cKDTree

from sozialraum.areas import to_internal_points

GRID = Path(__file__).parents[2] / "shared/data/zensus2011-grid/1km_germany/continuous_Einwohner.parquet"
GRID_CRS = CRS.from_epsg(3035)
PEOPLE, INHABITED_CELLS = 80_212_528, 214_633
MUNICIPALITIES = 10_500
PEOPLE_A_HOUSEHOLD = 1.956
# Households a house are few in the country and grow with the thousands of people of the square kilometre: so that 80
# million people make 21 million houses.
FEWEST, GROWTH, POWER = 1.12, 0.5137, 0.9
HOUSES_A_STREET, HOUSE_LENGTH, CROSSING, STREET_WIDTH = 24, 18.0, 20.0, 70.0
MANY_HOUSES, AREA_WIDTH = 5_000, 3_000
MOST_HOUSEHOLDS, MOST_PEOPLE = 500, 20_000


class Land(NamedTuple):
    """The inhabited cells of the grid, sorted by municipality: middles (EPSG:3035), people, where each one begins."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    people: NDArray[np.float64]
    begins: NDArray[np.int64]

    def houses(self) -> NDArray[np.float64]:
        """Return how many houses are expected in every cell."""
        return self.people / PEOPLE_A_HOUSEHOLD / households_a_house(self.people)


def write_country(folder: Path, scale: float = 1.0, seed: int = 1) -> tuple[int, int, int, int]:
    """Write the municipalities of a part of the country as Parquet with x and y in EPSG:25832.

    Args:
        folder: where to; it is made.
        scale: the part, 1 for all.
        seed: another one gives another country.

    Returns:
        Municipalities, houses, households, and the houses of the largest municipality.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts = []
    for code, houses in municipalities(scale, seed):
        houses.write_parquet(folder / f"{code}.parquet")
        counts.append((houses.height, int(houses["households"].sum())))
    sizes, households = zip(*counts, strict=True)
    return len(counts), sum(sizes), sum(households), max(sizes)


def municipalities(scale: float, seed: int) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield codes and houses of random municipalities that together are a part of the country."""
    ground = land(seed)
    expected = np.add.reduceat(ground.houses(), ground.begins[:-1])
    wanted, chosen = scale * expected.sum(), []
    for number in np.random.default_rng(seed).permutation(len(expected)):
        if expected[number] <= wanted * 1.000001:
            chosen.append(int(number))
            wanted -= expected[number]
    for number in sorted(chosen):
        yield f"{number + 1:08}", municipality(ground, number, seed)


def land(seed: int) -> Land:
    """Divide the populated cells of the grid among municipalities."""
    random = np.random.default_rng(seed)
    x, y, people = (column.to_numpy().astype(np.float64) for column in _grid(random))
    around = cKDTree(np.column_stack([x, y]))
    _, near = around.query(np.column_stack([x, y]), k=49)
    crowd = people[near].mean(axis=1)
    likely = 1 / (1 + crowd / 1_000) ** 3
    seeds = random.choice(len(x), MUNICIPALITIES, replace=False, p=likely / likely.sum())
    _, owner = cKDTree(np.column_stack([x[seeds], y[seeds]])).query(np.column_stack([x, y]))
    order = np.lexsort((x, y, owner))
    begins = np.searchsorted(owner[order], np.arange(MUNICIPALITIES + 1))
    return Land(x[order], y[order], people[order], begins)


def _grid(random: np.random.Generator) -> pl.DataFrame:
    """Return x, y and people of the inhabited square kilometres."""
    if GRID.is_file():
        return pl.read_parquet(GRID).filter(pl.col("Einwohner") > 0).select("x", "y", "Einwohner")
    corners = (4_120_000, 2_780_000), (4_560_000, 3_360_000)
    towns = random.uniform(*corners, (3_000, 2))
    size = random.pareto(1.1, 3_000) + 0.5
    town = random.choice(3_000, 8 * INHABITED_CELLS, p=size / size.sum())
    away = random.exponential(1, len(town)) * 1_000 * np.sqrt(size[town])
    angle = random.uniform(0, 2 * np.pi, len(town))
    place = towns[town] + away[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    place = np.clip(place, *corners)
    cells, people = np.unique(place // 1_000, axis=0, return_counts=True)
    people = np.minimum(people * PEOPLE / people.sum(), MOST_PEOPLE)
    people = people * PEOPLE / people.sum()
    return pl.DataFrame({"x": cells[:, 0] * 1_000 + 500, "y": cells[:, 1] * 1_000 + 500, "people": people})


def households_a_house(people: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean where so many people live in a square kilometre."""
    return FEWEST + GROWTH * (people / 1_000) ** POWER


def municipality(ground: Land, number: int, seed: int) -> pl.DataFrame:
    """Return the houses of one municipality in random order."""
    random = np.random.default_rng([seed, number])
    cells = slice(ground.begins[number], ground.begins[number + 1])
    expected, mean = ground.houses()[cells], households_a_house(ground.people[cells])
    counts = random.poisson(expected)
    counts[np.argmax(expected)] += 1
    cell = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(cell)) - np.repeat(np.cumsum(counts) - counts, counts)
    place = _places(random, counts, cell, within)
    east, north = (axis[cells][cell] + shift for axis, shift in zip((ground.x, ground.y), place, strict=True))
    x, y = to_internal_points((east, north), GRID_CRS, name="synthesis")
    code = f"{number + 1:08}"
    streets = -(-counts // HOUSES_A_STREET)
    street = np.repeat(np.cumsum(streets) - streets, counts) + within // HOUSES_A_STREET
    houses = pl.DataFrame(
        {
            "building": np.arange(1, len(cell) + 1),
            "area": _areas(code, ground, cells)[cell] if len(cell) > MANY_HOUSES else np.repeat(code, len(cell)),
            "street": street + 1,
            "house_number": within % HOUSES_A_STREET + 1,
            "x": np.round(x, 2),
            "y": np.round(y, 2),
            "households": _households(random, mean[cell]),
        }
    )
    texts = houses.with_columns(
        pl.format("H{}", "building").alias("building"),
        pl.format("Lindenstraße {}", "street").alias("street"),
        pl.col("house_number").cast(pl.String),
    )
    return texts.sample(fraction=1, shuffle=True, seed=seed)


def _places(
    random: np.random.Generator, counts: NDArray[np.int64], cell: NDArray[np.int64], within: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far east and north of its cell's middle every house stands: streets in rows, turned and shifted."""
    length = HOUSES_A_STREET / 2 * HOUSE_LENGTH + CROSSING
    streets = -(-counts // HOUSES_A_STREET)
    across = np.maximum(np.round(np.sqrt(streets * STREET_WIDTH / length)), 1)
    rows = np.ceil(streets / across)
    street, position = divmod(within, HOUSES_A_STREET)
    row, column = np.divmod(street, across[cell])
    along = column * length + (position // 2) * HOUSE_LENGTH - (across * length / 2)[cell]
    aside = row * STREET_WIDTH + np.where(position % 2, 12.0, -12.0) - (rows * STREET_WIDTH / 2)[cell]
    along += random.normal(0, 3, len(cell))
    aside += random.normal(0, 2, len(cell))
    room = np.maximum(500 - np.maximum(across * length, rows * STREET_WIDTH) / 2, 0)
    angle = random.uniform(0, np.pi, len(counts))
    shift_x, shift_y = random.uniform(-1, 1, (2, len(counts))) * room
    cosine, sine = np.cos(angle)[cell], np.sin(angle)[cell]
    return shift_x[cell] + along * cosine - aside * sine, shift_y[cell] + along * sine + aside * cosine


def _areas(code: str, ground: Land, cells: slice) -> NDArray[np.object_]:
    """Return the area of every cell of a large municipality: squares of 3 km."""
    squares = np.column_stack([ground.x[cells] // AREA_WIDTH, ground.y[cells] // AREA_WIDTH])
    _, square = np.unique(squares, axis=0, return_inverse=True)
    return np.array([f"{code}-{one + 1:03}" for one in square], dtype=object)


def _households(random: np.random.Generator, mean: NDArray[np.float64]) -> NDArray[np.int64]:
    """Draw households around means: one in most houses, in the others two and more with a heavy tail."""
    several = np.maximum(4.0, 1 + (mean - 1) / 0.85)
    many = random.uniform(size=len(mean)) < (mean - 1) / (several - 1)
    spread = 0.9
    drawn = random.lognormal(np.log(several - 1.5) - spread**2 / 2, spread)
    return np.where(many, np.minimum(2 + np.floor(drawn), MOST_HOUSEHOLDS), 1).astype(np.int64)
