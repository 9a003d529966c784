"""The walk past the houses: nobody is left out, streets stay together, neighbours on the curve are neighbours."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.microcells.compiled import SUFFIXES, UNKNOWN_STREET, Sites
from sozialraum.microcells.curve import BITS, COARSE, MIDDLE, STRAIGHT, Turn, along_curve, curve_key, sorted_by
from sozialraum.microcells.walks import best_route, out_and_back, scatter, walk

GROUND = st.integers(0, 1000).map(float)
HOUSE = st.tuples(GROUND, GROUND, st.integers(1, 3), st.integers(UNKNOWN_STREET, 4), st.integers(0, 30))
calmly = settings(max_examples=80, deadline=None)


TURN = st.builds(Turn, st.floats(0, 7), st.floats(0, 1), st.floats(0, 1))


def arrays(houses):
    """Return houses as an area's kernel gets them: street after street, along each by number."""
    houses = sorted(houses, key=lambda house: house[3:])
    x, y = (np.array([house[column] for house in houses]) for column in range(2))
    households, street, number = (np.array([house[column] for house in houses], np.int64) for column in (2, 3, 4))
    return Sites(x, y, np.empty(0), households, street), number * SUFFIXES


@pytest.mark.parametrize("bits", [COARSE, MIDDLE, BITS])
def test_every_step_on_the_curve_leads_to_the_next_square(bits):
    squares = {curve_key(column, row, bits): (column, row) for column in range(16) for row in range(16)}
    assert sorted(squares) == list(range(256))
    for before, after in pairwise(range(256)):
        (a, b), (c, d) = squares[before], squares[after]
        assert abs(a - c) + abs(b - d) == 1


@given(st.lists(st.integers(0, 2**32 - 1), max_size=300), st.sampled_from([16, 24, 32]))
@calmly
def test_keys_are_sorted_as_the_library_sorts_them(keys, bits):
    keys = np.array(keys, np.int64) % 2**bits
    assert sorted_by(keys, bits).tolist() == np.argsort(keys, kind="stable").tolist()


@given(st.lists(st.tuples(GROUND, GROUND), min_size=1, max_size=50), TURN)
@calmly
def test_the_curve_meets_every_point_once(points, turn):
    x, y = np.array(points).T
    assert sorted(along_curve(x.copy(), y.copy(), turn)) == list(range(len(points)))


@given(st.lists(HOUSE, min_size=1, max_size=50))
@calmly
def test_a_walk_passes_every_house_once_and_no_street_twice(houses):
    sites, place = arrays(houses)
    street = sites.street
    order = walk(sites, place)
    assert sorted(order) == list(range(len(houses)))
    passed = [street[house] for house in order if street[house] != UNKNOWN_STREET]
    changes = sum(one != other for one, other in pairwise(passed))
    assert changes == max(len(set(passed)) - 1, 0)


@given(st.lists(HOUSE, min_size=3, max_size=60))
@calmly
def test_a_route_passes_every_house_of_the_street_once_and_keeps_them_no_farther_apart_than_their_numbers(houses):
    sites, place = arrays(houses)
    by_number = np.argsort(place, kind="stable")[1:]
    route = best_route(sites.x, sites.y, place, by_number)
    assert sorted(route) == sorted(by_number)
    assert scatter(sites.x, sites.y, route) <= scatter(sites.x, sites.y, by_number)


def test_the_scatter_of_a_route_is_that_of_all_runs_of_three():
    x = np.array([0.0, 10.0, 30.0, 60.0])
    assert scatter(x, np.zeros(4), np.arange(4)) == 10**2 + 20**2 + 30**2 + 30**2 + 50**2


@pytest.mark.parametrize(
    ("across", "expected"),
    [
        (10.0, [1, 2, 3, 4, 5, 6, 7, 8]),  # a narrow street: both sides in step
        (60.0, [1, 3, 5, 7, 8, 6, 4, 2]),  # a wide one: out on one side, back on the other
    ],
)
def test_both_sides_are_walked_in_step_unless_the_street_is_wide(across, expected):
    number = np.arange(1, 9)
    x, y = 17.0 * ((number + 1) // 2), np.where(number % 2, 0.0, across)
    assert number[best_route(x, y, number * SUFFIXES, np.arange(8))].tolist() == expected


def test_where_numbers_are_mistaken_the_curve_is_followed():
    random = np.random.default_rng(4)
    x = random.permutation(60) * 15.0
    route = best_route(x, np.zeros(60), np.arange(60) * SUFFIXES, np.arange(60))
    assert scatter(x, np.zeros(60), route) < 0.2 * scatter(x, np.zeros(60), np.arange(60))


def test_out_along_the_odd_side_and_back_along_the_even_one():
    numbers = np.array([1, 2, 3, 4, 5, 6])
    assert numbers[out_and_back(np.arange(6), numbers * SUFFIXES)].tolist() == [1, 3, 5, 6, 4, 2]


def test_without_streets_the_walk_is_the_curve():
    random = np.random.default_rng(3)
    x, y = random.uniform(0, 1000, (2, 200))
    unknown = np.full(200, UNKNOWN_STREET)
    order = walk(Sites(x, y, np.empty(0), np.ones(200, np.int64), unknown), np.zeros(200, np.int64))
    assert order.tolist() == along_curve(x, y, STRAIGHT).tolist()
