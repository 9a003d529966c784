"""House numbers, streets with two sides, and towns of any size."""

from __future__ import annotations

import numpy as np
import pytest

from sozialraum.musterstadt import make_town
from sozialraum.musterstadt.ground import lay_ground
from sozialraum.musterstadt.houses import dwellings_of, house_numbers
from sozialraum.musterstadt.names import street_names
from sozialraum.musterstadt.plan import HOUSE_TYPES, load_plan
from sozialraum.musterstadt.roads import OFFSET, places_along, plan_streets


class _Dice:
    """A generator that squeezes in the houses it is told to."""

    def __init__(self, squeezed: list[int]) -> None:
        self.squeezed = squeezed

    def random(self, count: int) -> np.ndarray:
        return np.array([0.0 if at in self.squeezed else 1.0 for at in range(count)])


NUMBERS = [
    # streets      sides         squeezed in    numbers
    ([7, 7, 7], [0, 0, 0], [], ["1", "3", "5"]),
    ([7, 7, 7], [1, 1, 1], [], ["2", "4", "6"]),
    ([7, 7, 7, 7], [0, 0, 1, 1], [], ["1", "3", "2", "4"]),
    ([7, 7, 8, 8], [0, 0, 0, 0], [], ["1", "3", "1", "3"]),
    ([7, 7, 7], [0, 0, 0], [1], ["1", "1a", "3"]),
    ([7, 7, 7, 7], [1, 1, 1, 1], [2, 3], ["2", "4", "4a", "4b"]),
    ([7, 7, 7], [0, 0, 0], [0], ["1", "3", "5"]),
]


@pytest.mark.parametrize(("streets", "sides", "squeezed", "expected"), NUMBERS)
def test_house_numbers(streets, sides, squeezed, expected):
    number, suffix = house_numbers(np.array(streets), np.array(sides), _Dice(squeezed))
    assert [f"{n}{'abc'[s - 1] if s else ''}" for n, s in zip(number, suffix, strict=True)] == expected


def test_odd_numbers_lie_inside_the_curve_and_even_ones_outside():
    plan, rng = load_plan(), np.random.default_rng(5)
    streets = plan_streets(plan, lay_ground(plan, 2_000, rng), rng)
    places = places_along(streets, rng)
    distance = np.hypot(places.x - streets.x[places.street], places.y - streets.y[places.street])
    away = distance - streets.radius[places.street]
    offset = OFFSET[streets.kind[places.street]]
    assert np.abs(away[places.side == 0] + offset[places.side == 0]).max() < 1.7
    assert np.abs(away[places.side == 1] - offset[places.side == 1]).max() < 1.7


@pytest.mark.parametrize(("kind", "fewest", "most"), [(0, 1, 2), (1, 1, 2), (2, 1, 2), (3, 3, 30), (4, 32, 88)])
def test_dwellings_of_a_house_depend_on_its_type(kind, fewest, most):
    drawn = dwellings_of(np.full(4_000, kind), np.random.default_rng(3))
    assert drawn.min() == fewest, HOUSE_TYPES[kind]
    assert drawn.max() <= most


@pytest.mark.parametrize("count", [10, 700, 3_000])
def test_street_names_differ(count):
    names = street_names(count, np.random.default_rng(1))
    assert len(set(names)) == len(names) == count


@pytest.mark.parametrize("houses", [1_000, 1_733, 5_000])
def test_a_town_has_exactly_the_houses_asked_for(houses):
    town = make_town(houses=houses, years=3)
    assert len(town.houses) == houses
    assert np.bincount(town.houses.area, minlength=24).min() > 0


@pytest.mark.parametrize(("houses", "years"), [(999, 10), (5_000, 2), (5_000, 11)])
def test_towns_that_can_not_be(houses, years):
    with pytest.raises(ValueError, match="a town has at least 1,000 houses and from 3 to ten years"):
        make_town(houses=houses, years=years)
