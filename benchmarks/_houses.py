"""A country of synthetic houses: areas of very different size, settlements, streets with two sides, and households.

Villages of single houses, suburbs, and cities with blocks whose households have a Pareto tail. Odd house numbers are on
one side of a street and even ones on the other. The attribute is alike along a street and, less so, in a settlement.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from sozialraum.microcells.addresses import SUFFIXES
from sozialraum.microcells.bundling import Town
from sozialraum.microcells.compiled import draw

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOUSES_AN_AREA, FEWEST = 2_000, 60
BOX = (280_000.0, 5_235_000.0, 921_000.0, 6_101_000.0)

VILLAGE, SUBURB, CITY = 0, 1, 2
# By kind of settlement: metres between houses, and houses a square kilometre of the whole area and of the settlement.
STEP = (22.0, 17.0, 15.0)
OF_AREA = (40.0, 150.0, 500.0)
OF_SETTLEMENT = (1_275.0, 2_065.0, 3_460.0)
# The share of houses up to 1, 2, 3, 6, 12 households and more.
UP_TO = np.array([1, 2, 3, 6, 12])
SHARES = np.array(
    [
        [0.800, 0.945, 0.980, 1.000, 1.000],
        [0.640, 0.835, 0.890, 0.945, 0.992],
        [0.200, 0.330, 0.410, 0.610, 0.910],
    ]
)
PARETO, LARGEST = 1.8, 400


class Country(NamedTuple):
    """Houses area after area; one entry a house, ``offsets`` says where each area begins."""

    offsets: Ints
    x: Floats
    y: Floats
    households: Ints
    street: Ints
    place: Ints
    attribute: Floats

    def town(self, *, streets: bool = True) -> Town:
        """Return the houses as the kernels take them; without streets where only places count."""
        street = self.street if streets else np.empty(0, np.int64)
        return Town(self.x, self.y, np.empty(0), self.households, street, self.place)

    def only(self, areas: Ints) -> Country:
        """Return the houses of some areas."""
        houses = np.concatenate([np.arange(self.offsets[area], self.offsets[area + 1]) for area in areas])
        offsets = np.concatenate([[0], np.cumsum(np.diff(self.offsets)[areas])])
        return Country(offsets, *(column[houses] for column in self[1:]))


def country(count: int, seed: int = 7) -> Country:
    """Make about ``count`` houses, the same for the same seed, however many threads there are."""
    random = np.random.default_rng(seed)
    areas = max(1, count // HOUSES_AN_AREA)
    share = random.lognormal(0.0, 1.0, areas)
    sizes = np.maximum(FEWEST, share / share.sum() * count).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    corner_x, corner_y = random.uniform(BOX[0], BOX[2], areas), random.uniform(BOX[1], BOX[3], areas)
    seeds = random.integers(1, 2**31 - 2, areas)
    houses = offsets[-1]
    floats = [np.empty(houses) for _ in range(3)]
    x, y, attribute = floats
    households, street, place = (np.empty(houses, np.int64) for _ in range(3))

    def build(area: int) -> None:
        here = slice(offsets[area], offsets[area + 1])
        arrays = (x[here], y[here], households[here], street[here], place[here], attribute[here])
        _build_area(seeds[area : area + 1].copy(), *arrays)
        x[here] += corner_x[area]
        y[here] += corner_y[area]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(build, range(areas)))
    return Country(offsets, x, y, households, street, place, attribute)


@numba.njit(nogil=True)
def _normal(random: Ints) -> float:
    """Return the next number of a standard normal distribution (Box and Muller 1958)."""
    return math.sqrt(-2.0 * math.log(1.0 - draw(random))) * math.cos(2.0 * math.pi * draw(random))


@numba.njit(nogil=True)
def _households(kind: int, random: Ints) -> int:
    """Return how many households live in a house."""
    chance = draw(random)
    fewest = 1
    for group in range(len(UP_TO)):
        if chance < SHARES[kind, group]:
            return fewest + int(draw(random) * (UP_TO[group] - fewest + 1))
        fewest = UP_TO[group] + 1
    return int(min(fewest + 8.0 * ((1.0 - draw(random)) ** (-1.0 / PARETO) - 1.0), LARGEST))


@numba.njit(nogil=True)
def _kind(region: int, random: Ints) -> int:
    """Return a settlement's kind: a rural region has suburbs too, a city villages."""
    chance = draw(random)
    if region == CITY:
        return CITY if chance < 0.5 else SUBURB
    if region == SUBURB:
        return SUBURB if chance < 0.55 else (CITY if chance < 0.6 else VILLAGE)
    return VILLAGE if chance < 0.8 else SUBURB


@numba.njit(nogil=True)
def _build_area(
    random: Ints, x: Floats, y: Floats, households: Ints, street: Ints, place: Ints, attribute: Floats
) -> None:
    """Build an area's settlements until all its houses stand."""
    chance = draw(random)
    region = VILLAGE if chance < 0.45 else (SUBURB if chance < 0.85 else CITY)
    radius = 1000.0 * math.sqrt(len(x) / OF_AREA[region] / math.pi)
    done = streets = 0
    while done < len(x):
        last = min(len(x), done + int(max(8.0, math.exp(4.2 + 1.2 * _normal(random)))))
        middle_x, middle_y = radius * (1.7 * draw(random) - 0.85), radius * (1.7 * draw(random) - 0.85)
        kind, angle, level = _kind(region, random), math.pi * draw(random), _normal(random)
        reach = 1000.0 * math.sqrt((last - done) / OF_SETTLEMENT[kind] / math.pi)
        while done < last:
            out, way = reach * math.sqrt(draw(random)), 2.0 * math.pi * draw(random)
            turned = angle + 0.12 * _normal(random) + (math.pi / 2 if draw(random) < 0.5 else 0.0)
            start = (middle_x + out * math.cos(way), middle_y + out * math.sin(way), turned)
            arrays = (x[done:last], y[done:last], households[done:last], place[done:last], attribute[done:last])
            built = _build_street(random, kind, start, level + 0.7 * _normal(random), arrays)
            street[done : done + built] = streets
            done += built
            streets += 1


@numba.njit(nogil=True)
def _build_street(
    random: Ints,
    kind: int,
    start: tuple[float, float, float],
    level: float,
    arrays: tuple[Floats, Floats, Ints, Ints, Floats],
) -> int:
    """Build a street of 60 to 300 metres, slightly bent, through a point; return how many houses stand on it."""
    x, y, households, place, attribute = arrays
    middle_x, middle_y, angle = start
    length, bend = 60.0 + 240.0 * draw(random), 0.0015 * _normal(random)
    along_x, along_y = middle_x - math.cos(angle) * length / 2, middle_y - math.sin(angle) * length / 2
    walked, built, pair = 0.0, 0, 0
    while walked < length and built < len(x):
        step = STEP[kind] * (0.7 + 0.6 * draw(random))
        walked += step
        angle += bend * step
        along_x += math.cos(angle) * step
        along_y += math.sin(angle) * step
        for side in range(2):
            if built == len(x) or draw(random) < 0.15:
                continue
            aside = (9.0 + 6.0 * draw(random)) * (1.0 if side == 0 else -1.0)
            x[built] = along_x - math.sin(angle) * aside + 1.5 * _normal(random)
            y[built] = along_y + math.cos(angle) * aside + 1.5 * _normal(random)
            households[built] = _households(kind, random)
            place[built] = (2 * pair + side + 1) * SUFFIXES
            attribute[built] = level + 0.5 * _normal(random)
            built += 1
        pair += 1
    return built
