"""The walk past the houses: nobody is left out, streets stay together, neighbours on the curve are neighbours."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.microcells.compiled import SUFFIXES, UNKNOWN_STREET
from sozialraum.microcells.curve import along_curve, curve_key
from sozialraum.microcells.walks import best_route, out_and_back, walk

GROUND = st.integers(0, 1000).map(float)
HOUSE = st.tuples(GROUND, GROUND, st.integers(1, 3), st.integers(UNKNOWN_STREET, 4), st.integers(0, 30))
calmly = settings(max_examples=80, deadline=None)


def arrays(houses):
    x, y = (np.array([house[column] for house in houses]) for column in range(2))
    households, street, number = (np.array([house[column] for house in houses], np.int64) for column in (2, 3, 4))
    return x, y, households, street, number * SUFFIXES


def test_every_step_on_the_curve_leads_to_the_next_square():
    squares = {curve_key(column, row): (column, row) for column in range(16) for row in range(16)}
    assert sorted(squares) == list(range(256))
    for before, after in pairwise(range(256)):
        (a, b), (c, d) = squares[before], squares[after]
        assert abs(a - c) + abs(b - d) == 1


@given(st.lists(st.tuples(GROUND, GROUND), min_size=1, max_size=50))
@calmly
def test_the_curve_meets_every_point_once(points):
    x, y = np.array(points).T
    assert sorted(along_curve(x.copy(), y.copy())) == list(range(len(points)))


@given(st.lists(HOUSE, min_size=1, max_size=50), st.integers(1, 9))
@calmly
def test_a_walk_passes_every_house_once_and_no_street_twice(houses, minimum):
    x, y, households, street, place = arrays(houses)
    order = walk(x, y, households, street, place, minimum)
    assert sorted(order) == list(range(len(houses)))
    passed = [street[house] for house in order if street[house] != UNKNOWN_STREET]
    changes = sum(one != other for one, other in pairwise(passed))
    assert changes == max(len(set(passed)) - 1, 0)


@given(st.lists(HOUSE, min_size=3, max_size=30), st.integers(1, 9))
@calmly
def test_a_route_passes_every_house_of_the_street_once(houses, minimum):
    x, y, households, _, place = arrays(houses)
    by_number = np.argsort(place, kind="stable")
    assert sorted(best_route(x, y, households, place, by_number, minimum)) == list(range(len(houses)))


def test_out_along_the_odd_side_and_back_along_the_even_one():
    numbers = np.array([1, 2, 3, 4, 5, 6])
    assert numbers[out_and_back(np.arange(6), numbers * SUFFIXES)].tolist() == [1, 3, 5, 6, 4, 2]


def test_without_streets_the_walk_is_the_curve():
    random = np.random.default_rng(3)
    x, y = random.uniform(0, 1000, (2, 200))
    unknown = np.full(200, UNKNOWN_STREET)
    order = walk(x, y, np.ones(200, np.int64), unknown, np.zeros(200, np.int64), 4)
    assert order.tolist() == along_curve(x, y).tolist()
