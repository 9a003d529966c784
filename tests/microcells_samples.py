"""A synthetic town of houses, its years, and the slow and obvious way to look for overlap pieces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import polars as pl

HOUSES_A_STREET, STREETS_A_ROW, HOUSES_AN_AREA = 24, 6, 1_000
SIZES = (1, 2, 3, 5, 8, 14, 40)
SHARES = (0.70, 0.12, 0.03, 0.06, 0.06, 0.02, 0.01)
COLUMNS = ("building", "area", "street", "house_number", "x", "y", "households")


def town(count: int, seed: int = 1) -> pl.DataFrame:
    """Make a town of about ``count`` houses in areas of about 1,000: rows of streets, houses on both sides."""
    random = np.random.default_rng(seed)
    streets = max(1, round(count / HOUSES_A_STREET))
    street = np.arange(streets)
    area = street * HOUSES_A_STREET // HOUSES_AN_AREA
    rank = street - np.searchsorted(area, area)
    x = 360_000.0 + 2_500.0 * (area % 10) + 280.0 * (rank % STREETS_A_ROW)
    y = 5_700_000.0 + 2_500.0 * (area // 10) + 70.0 * (rank // STREETS_A_ROW)
    return _streets(area, x, y, "S", "H", random)


def _streets(area, x, y, name: str, prefix: str, random: np.random.Generator) -> pl.DataFrame:
    """Return the houses of streets that begin at x and y and lead to the east."""
    number = np.tile(np.arange(1, HOUSES_A_STREET + 1), len(area))
    street = np.repeat(np.arange(len(area)), HOUSES_A_STREET)
    count = len(street)
    return pl.DataFrame(
        {
            "building": [f"{prefix}{house:06d}" for house in range(count)],
            "area": [f"{code:02d}" for code in area[street]],
            "street": [f"{name}{code:04d}" for code in street],
            "house_number": number.astype(str),
            "x": x[street] + 9.0 * number + random.normal(0, 3, count),
            "y": y[street] + np.where(number % 2, 12.0, -12.0) + random.normal(0, 2, count),
            "households": random.choice(SIZES, count, p=SHARES),
        }
    )


def next_year(houses: pl.DataFrame, year: int, *, share: float = 0.01) -> pl.DataFrame:
    """Let a share of the houses be demolished, one change by a household, and one be built: half of it in new streets.

    The other new houses stand between old ones. A house of one household never loses it.
    """
    random = np.random.default_rng([year, houses.height])
    count = max(1, round(share * houses.height))
    touched = random.permutation(houses.height)[: 2 * count]
    gone, changed = np.sort(touched[:count]), np.sort(touched[count:])
    households = houses["households"].to_numpy().copy()
    households[changed] = np.maximum(households[changed] + random.choice([-1, 1], count), 1)
    households[changed] += households[changed] == houses["households"].to_numpy()[changed]
    stayed = np.setdiff1d(np.arange(houses.height), gone)
    aged = houses.with_columns(households=pl.Series(households))[stayed]
    streets = -(-count // (2 * HOUSES_A_STREET))
    return pl.concat(
        [aged, _between(aged, count - count // 2, year, random), _beyond(aged, streets, year, random)[: count // 2]]
    )


def _between(houses: pl.DataFrame, count: int, year: int, random: np.random.Generator) -> pl.DataFrame:
    """Return new houses, each beside an old one."""
    beside = houses[np.sort(random.choice(houses.height, count, replace=False))]
    return beside.with_columns(
        building=pl.format("N{}-{}", pl.lit(year), pl.int_range(count)),
        house_number=pl.format("{} a", "house_number"),
        x=pl.col("x") + 9.0,
        households=pl.Series(random.choice(SIZES, count, p=SHARES)),
    )


def _beyond(houses: pl.DataFrame, streets: int, year: int, random: np.random.Generator) -> pl.DataFrame:
    """Return new streets, each at the northern edge of an area."""
    edge = houses.group_by("area").agg(pl.col("x").min(), pl.col("y").max() + 70).sort("area")
    chosen = edge[np.sort(random.choice(edge.height, streets, replace=streets > edge.height))]
    area = chosen["area"].cast(pl.Int64).to_numpy()
    x = chosen["x"].to_numpy() + 280.0 * random.integers(0, STREETS_A_ROW, streets)
    return _streets(area, x, chosen["y"].to_numpy(), f"Y{year}-", f"Y{year}-", random)


def years(count: int, releases: int = 10, seed: int = 1, *, share: float = 0.01) -> Iterator[pl.DataFrame]:
    """Yield the houses of a town year after year; ``share`` as in ``next_year``."""
    houses = town(count, seed)
    for year in range(1, releases + 1):
        yield houses
        houses = next_year(houses, year, share=share)


Release = tuple[Mapping[str, str], Mapping[str, int]]
"""What a release says: the cell of every house that has one, and the households of every house."""


def released(members: pl.DataFrame, houses: pl.DataFrame) -> Release:
    cells = dict(members.drop_nulls("cell").select("building", "cell").iter_rows())
    return cells, dict(houses.select("building", "households").iter_rows())


def small_pieces(releases: Sequence[Release], minimum: int) -> list[tuple[int, int, int]]:
    """Return every piece of 1 to minimum - 1 households between any two releases, compared set by set.

    A piece is the houses that are in a cell of the one and in a cell of the other release, counted with the households
    of the one and with those of the other.

    Returns:
        The two releases and the households of the piece.
    """
    return [
        (one, other, households)
        for one, other in combinations(range(len(releases)), 2)
        for piece in _pieces(releases[one][0], releases[other][0])
        for count in (releases[one][1], releases[other][1])
        if 0 < (households := sum(count[house] for house in piece)) < minimum
    ]


def _pieces(one: Mapping[str, str], other: Mapping[str, str]) -> list[set[str]]:
    pieces: dict[tuple[str, str], set[str]] = defaultdict(set)
    for house in one.keys() & other.keys():
        pieces[one[house], other[house]].add(house)
    return list(pieces.values())
