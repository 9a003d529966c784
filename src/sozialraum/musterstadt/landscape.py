"""Houses alone, as many as wanted, for benchmarks: settlements of curved streets, without residents or borders."""

from __future__ import annotations

import numpy as np
import polars as pl

from sozialraum.musterstadt.houses import dwellings_of, house_numbers
from sozialraum.musterstadt.roads import PLOT, Ints, Streets, places_along

HOUSES_AN_AREA = 2_000
AT_ONCE = 2_000_000
"""So many houses are made at a time; more memory than for them and the result is never needed."""

MIX = np.array([[0.7, 0.2, 0.08, 0.02, 0.0], [0.35, 0.2, 0.2, 0.25, 0.0], [0.03, 0.07, 0.2, 0.69, 0.01]])
"""Shares of house types in villages, suburbs and towns."""
KINDS = (0.45, 0.4, 0.15)
SPACING = np.array([34.0, 30.0, 24.0])
"""How far apart houses lie on average in villages, suburbs and towns, metres."""

COLUMNS = ("area", "street", "house_number", "suffix", "x", "y", "households")


def scatter_houses(count: int, *, seed: int = 1) -> pl.DataFrame:
    """Scatter houses over as many areas of about 2,000 houses as are needed.

    Args:
        count: how many houses; 21 million are all residential buildings of Germany.
        seed: the same seed gives the same houses.

    Returns:
        Columns area, street (numbers, ascending), house_number, suffix (0 none, 1 = a ...), x, y (metres, areas on a
        grid 10 km apart), households.
    """
    parts: list[pl.DataFrame] = []
    areas = streets = 0
    for chunk, begin in enumerate(range(0, count, AT_ONCE)):
        frame = _chunk(min(AT_ONCE, count - begin), np.random.default_rng([seed, chunk]), (areas, streets))
        areas, streets = int(frame["area"][-1]) + 1, int(frame["street"][-1]) + 1
        parts.append(frame)
    return pl.concat(parts)


def _chunk(count: int, rng: np.random.Generator, first: tuple[int, int]) -> pl.DataFrame:
    """Return one part of the landscape; ``first`` are the numbers of its first area and street."""
    areas = -(-count // HOUSES_AN_AREA)
    urban = rng.choice(len(KINDS), size=areas, p=KINDS)
    streets, area = _streets(urban, rng)
    places = places_along(streets, rng)
    where = area[places.street]
    index = np.arange(len(where)) - np.searchsorted(where, where)
    wanted = np.full(areas, HOUSES_AN_AREA)
    wanted[-1] = count - (areas - 1) * HOUSES_AN_AREA
    chosen = index < wanted[where]
    places, where = places.take(chosen), where[chosen]
    number, suffix = house_numbers(places.street, places.side, rng)
    street = np.cumsum(np.diff(places.street, prepend=places.street[:1]) > 0)
    return pl.DataFrame(
        {
            "area": (where + first[0]).astype(np.int32),
            "street": (street + first[1]).astype(np.int32),
            "house_number": number.astype(np.int16),
            "suffix": suffix.astype(np.int8),
            "x": places.x + 10_000.0 * ((where + first[0]) % 100),
            "y": places.y + 10_000.0 * ((where + first[0]) // 100),
            "households": dwellings_of(streets.kind[places.street], rng).astype(np.int16),
        }
    )


def _streets(urban: Ints, rng: np.random.Generator) -> tuple[Streets, Ints]:
    """Draw enough streets for every area, gathered in settlements; return them with their areas."""
    length = rng.uniform(70, 420, (len(urban), 260))
    kind = (rng.random(length.shape)[:, :, None] > np.cumsum(MIX[urban], axis=1)[:, None, :-1]).sum(axis=2)
    houses = 2 * np.floor(length / PLOT[kind]) * 0.8
    enough = np.cumsum(houses, axis=1) - houses < HOUSES_AN_AREA * 1.2
    area, _ = np.nonzero(enough)
    length, kind = length[enough], kind[enough]
    reach = SPACING[urban[area]] * np.sqrt(HOUSES_AN_AREA / np.pi)
    away, angle, heading = np.sqrt(rng.random(len(area))) * reach, *rng.uniform(0, 2 * np.pi, (2, len(area)))
    radius = rng.lognormal(6.6, 0.7, len(area)) + 60
    x = away * np.cos(angle) - radius * np.cos(heading)
    y = away * np.sin(angle) - radius * np.sin(heading)
    block = rng.uniform(90, 170, len(area))
    return Streets(area, kind, x, y, radius, heading, length, block), area
