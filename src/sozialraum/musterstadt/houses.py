"""Houses: which plots are built on, what stands there since when, with how many dwellings, under which address."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sozialraum.musterstadt.ground import ORIGIN, Ground
from sozialraum.musterstadt.plan import FIRST_YEAR, HOUSE_TYPES, LAST_YEAR, Plan
from sozialraum.musterstadt.roads import Places, inside_quarters, places_along, plan_streets

DWELLINGS = 3.3
"""Dwellings a house, on average over the town."""

INFILL = 0.012
"""Share of houses that were built in a gap during the simulated years."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Houses:
    """All houses; every array has one entry per house.

    Attributes:
        x, y: EPSG:25832, metres.
        street: running number of the street.
        number, suffix: house number and 0 for none, 1 for a, 2 for b ...
        area: index of the observation area.
        kind: index into :data:`HOUSE_TYPES`.
        built: year of construction.
        dwellings: number of dwellings.
    """

    x: Floats
    y: Floats
    street: Ints
    number: Ints
    suffix: Ints
    area: Ints
    kind: Ints
    built: Ints
    dwellings: Ints

    def __len__(self) -> int:
        return len(self.x)


def build_houses(plan: Plan, ground: Ground, houses: int, rng: np.random.Generator) -> Houses:
    """Build exactly ``houses`` houses.

    Raises:
        ValueError: the ground has not enough plots.
    """
    streets = plan_streets(plan, ground, rng)
    places = inside_quarters(places_along(streets, rng), streets, ground)
    area = ground.quarter_area[streets.quarter[places.street]]
    rank = _settling_order(places, area, plan, ground)
    chosen = _choose(area, rank, _shares(plan.weight, houses), houses)
    places, area, rank = places.take(chosen), area[chosen], rank[chosen]
    kind = streets.kind[places.street]
    number, suffix = house_numbers(places.street, places.side, rng)
    street = np.unique(places.street, return_inverse=True)[1]
    built = _year_of_construction(plan, area, rank, rng)
    dwellings = dwellings_of(kind, rng, in_a_block=_block_size(kind))
    return Houses(places.x, places.y, street, number, suffix, area, kind, built, dwellings)


def _settling_order(places: Places, area: Ints, plan: Plan, ground: Ground) -> Ints:
    """Rank the plots of each area: towns grow street by street outward from a core that looks to the centre."""
    core = ORIGIN + plan.centres[area] * 0.9 * ground.scale
    distance = np.hypot(places.x - core[:, 0], places.y - core[:, 1])
    streets = int(places.street.max()) + 1
    mean = np.bincount(places.street, distance, streets) / np.maximum(np.bincount(places.street, minlength=streets), 1)
    order = np.lexsort((places.street, mean[places.street], area))
    first = np.searchsorted(area[order], area)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank - first


def _shares(weight: Floats, houses: int) -> Ints:
    """Divide the houses among the areas by largest remainders."""
    exact = weight * houses
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: houses - whole.sum()]] += 1
    return whole


def _choose(area: Ints, rank: Ints, wanted: Ints, houses: int) -> NDArray[np.bool_]:
    chosen = rank < wanted[area]
    missing = houses - int(chosen.sum())
    if missing:
        spare = np.flatnonzero(~chosen)
        if len(spare) < missing:
            raise ValueError(f"the ground has plots for {len(area)} houses, not for {houses}")
        beyond = (rank - wanted[area])[spare]
        chosen[spare[np.argsort(beyond, kind="stable")[:missing]]] = True
    return chosen


def house_numbers(street: Ints, side: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Number the houses of each side of a street in the order given: 1, 3, 5, 5a ... and 2, 4, 4a ...

    Args:
        street, side: ascending by street, then side.
        rng: decides where a house was squeezed in.

    Returns:
        House number and suffix (0 none, 1 = a, 2 = b, 3 = c).
    """
    opens = np.ones(len(street), dtype=bool)
    opens[1:] = (street[1:] != street[:-1]) | (side[1:] != side[:-1])
    squeezed = (rng.random(len(street)) < 0.035) & ~opens
    index = np.arange(len(street))
    last_own = np.maximum.accumulate(np.where(squeezed, 0, index))
    squeezed &= index - last_own <= 3
    step = np.cumsum(~squeezed)
    start = np.maximum.accumulate(np.where(opens, step, 0))
    return 2 * (step - start) + 1 + side, np.where(squeezed, index - last_own, 0)


def _year_of_construction(plan: Plan, area: Ints, rank: Ints, rng: np.random.Generator) -> Ints:
    """Older near the core of an area, younger at its edge, a few houses in gaps."""
    first, last = plan.built[area, 0], plan.built[area, 1]
    size = np.bincount(area, minlength=len(plan.codes))[area]
    progress = np.clip(rank / size + rng.normal(0, 0.12, len(rank)), 0, 0.999)
    built = first + np.floor(progress * (last - first + 1)).astype(np.int64)
    infill = (rng.random(len(rank)) < INFILL) & (last < FIRST_YEAR)
    return np.where(infill, rng.integers(FIRST_YEAR, LAST_YEAR + 1, len(rank)), built)


def _block_size(kind: Ints) -> float:
    """Return how many dwellings blocks must have so that the town has :data:`DWELLINGS` a house."""
    count = np.bincount(kind, minlength=len(HOUSE_TYPES))
    missing = DWELLINGS * len(kind) - float(count @ np.array([1.1, 1.4, 1.02, 0.0, 60.0]))
    return float(np.clip(missing / max(count[HOUSE_TYPES.index("block")], 1), 4.5, 8.0))


def dwellings_of(kind: Ints, rng: np.random.Generator, *, in_a_block: float = 6.0) -> Ints:
    """Draw the number of dwellings of houses by their type; blocks have ``in_a_block`` on average."""
    u = rng.random(len(kind))
    block = np.clip(np.round(in_a_block * np.exp(rng.normal(-0.1, 0.45, len(kind)))), 3, 30)
    tower = np.round(rng.uniform(32, 88, len(kind)))
    detached, semi, terraced = 1 + (u < 0.1), 1 + (u < 0.4), 1 + (u < 0.02)
    cases = [kind == index for index in range(len(HOUSE_TYPES))]
    return np.select(cases, [detached, semi, terraced, block, tower]).astype(np.int64)


def house_of_dwelling(houses: Houses) -> Ints:
    """Return the house of each dwelling."""
    return np.repeat(np.arange(len(houses)), houses.dwellings)
