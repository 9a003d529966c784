"""Streets: arcs of circles, laid ring by ring into the quarters, and the houses along both of their sides.

Every quarter has a centre of curvature of its own, near the old centre the market square, elsewhere a point hundreds of
metres away: streets of one quarter run parallel, those of the next in another direction, none is quite straight.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray

from sozialraum.musterstadt.ground import ORIGIN, RIVER_HALF_WIDTH, Ground
from sozialraum.musterstadt.plan import Plan

DEPTH = np.array([62.0, 56.0, 50.0, 76.0, 120.0])
"""Metres from street to street, by house type."""
PLOT = np.array([20.0, 15.0, 9.0, 21.0, 52.0])
"""Metres of street front a house takes, by house type."""
OFFSET = np.array([13.0, 12.0, 11.0, 12.0, 28.0])
"""Metres from the middle of the street to the middle of the house, by house type."""
LONGEST = 460.0
CROSSING = 15.0
"""Metres kept free where another street crosses."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Streets:
    """Arcs; every array has one entry per street. Angles in radians, lengths in metres."""

    quarter: Ints
    kind: Ints
    x: Floats
    y: Floats
    radius: Floats
    start: Floats
    length: Floats
    block: Floats
    """Distance between crossing streets."""


@dataclass(frozen=True, slots=True)
class Places:
    """Building plots along streets; every array has one entry per plot."""

    street: Ints
    side: Ints
    """0 = odd numbers, 1 = even numbers."""
    along: Floats
    x: Floats
    y: Floats

    def take(self, rows: NDArray[np.bool_] | Ints) -> Places:
        """Return some of the plots."""
        return Places(self.street[rows], self.side[rows], self.along[rows], self.x[rows], self.y[rows])


def plan_streets(plan: Plan, ground: Ground, rng: np.random.Generator) -> Streets:
    """Lay parallel arcs into every quarter; they reach beyond its border and are cut there later."""
    centre = shapely.get_coordinates(shapely.centroid(ground.quarters))
    reach = shapely.minimum_bounding_radius(ground.quarters)
    parts = [
        _rings(quarter, centre[quarter], float(reach[quarter]), mix=plan.mix[ground.quarter_area[quarter]], rng=rng)
        for quarter in range(len(ground.quarters))
    ]
    return Streets(*(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Streets)))


def _rings(quarter: int, centre: Floats, reach: float, *, mix: Floats, rng: np.random.Generator) -> Streets:
    to_market = np.array(ORIGIN) - centre
    distance = float(np.hypot(*to_market))
    direction, bend = float(np.arctan2(to_market[1], to_market[0])), distance
    if distance > 900:
        direction, bend = rng.uniform(-np.pi, np.pi), float(np.clip(rng.lognormal(6.7, 0.6), 250, 5000))
    pole = centre + bend * np.array([np.cos(direction), np.sin(direction)])
    front = mix * PLOT
    kind = rng.choice(len(mix), size=int(2 * reach / DEPTH.min()) + 2, p=front / front.sum())
    radius = np.cumsum(DEPTH[kind] * rng.uniform(0.95, 1.1, len(kind))) + max(bend - reach, 35.0)
    inside = radius < bend + reach
    kind, radius = kind[inside], radius[inside]
    half = np.minimum(np.pi * 0.97, np.arcsin(min(1.0, reach / bend)) if bend > reach else np.pi * 0.97)
    pieces = np.maximum(1, np.ceil(2 * half * radius / LONGEST)).astype(int)
    row = np.repeat(np.arange(len(radius)), pieces)
    piece = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    length = (2 * half * radius / pieces)[row]
    start = direction + np.pi - half + piece * length / radius[row]
    x, y = (np.full(len(row), value) for value in pole)
    block = rng.uniform(90, 170, len(row))
    return Streets(np.full(len(row), quarter), kind[row], x, y, radius[row], start, length, block)


def places_along(streets: Streets, rng: np.random.Generator) -> Places:
    """Set plots on both sides of every street, leaving crossings free; sorted by street, side and position."""
    plot = PLOT[streets.kind]
    number = np.floor(streets.length / plot).astype(np.int64)
    row = np.repeat(np.arange(len(number)), 2 * number)
    position = np.arange(len(row)) - np.repeat(np.cumsum(2 * number) - 2 * number, 2 * number)
    side = (position >= number[row]).astype(np.int64)
    along = (position - side * number[row] + 0.5 + rng.uniform(-0.12, 0.12, len(row))) * plot[row]
    free = np.mod(along + streets.block[row] / 2, streets.block[row]) > CROSSING
    row, side, along = row[free], side[free], along[free]
    offset = OFFSET[streets.kind[row]] + rng.uniform(-1.5, 1.5, len(row))
    distance = streets.radius[row] + np.where(side == 0, -offset, offset)
    angle = streets.start[row] + along / streets.radius[row]
    x = np.round(streets.x[row] + distance * np.cos(angle), 1)
    y = np.round(streets.y[row] + distance * np.sin(angle), 1)
    return Places(row, side, along, x, y)


def inside_quarters(places: Places, streets: Streets, ground: Ground) -> Places:
    """Keep the plots inside their quarter, clear of the main roads around it and of the river."""
    quarter = streets.quarter[places.street]
    margin = np.minimum(14.0, 0.06 * np.sqrt(shapely.area(ground.quarters)))
    yards = shapely.buffer(ground.quarters, -margin, quad_segs=2)
    water = shapely.buffer(ground.river, min(RIVER_HALF_WIDTH, 0.06 * ground.scale), quad_segs=2)
    yards = shapely.difference(yards, water)
    shapely.prepare(yards)
    bounds = np.searchsorted(quarter, np.arange(len(yards) + 1))
    keep = np.zeros(len(quarter), dtype=bool)
    for index, yard in enumerate(yards):
        part = slice(bounds[index], bounds[index + 1])
        keep[part] = shapely.contains_xy(yard, places.x[part], places.y[part])
    return places.take(keep)
