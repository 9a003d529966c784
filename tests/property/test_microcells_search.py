"""The search for better cells: each step against the definition of the cost, worked out house by house."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.microcells.compiled import Sites
from sozialraum.microcells.costs import costs
from sozialraum.microcells.crossover import cross
from sozialraum.microcells.curve import STRAIGHT, Turn, along_curve
from sozialraum.microcells.division import divide, label
from sozialraum.microcells.exchange import exchange
from sozialraum.microcells.neighbours import FINENESS, LOOKED_AT, NOBODY, nearest
from sozialraum.microcells.rounds import divide_anew
from sozialraum.microcells.search import Effort, improve, moved_on

MINIMUM = 4
IMPURITY = st.sampled_from([0.0, 450.0, 20_000.0])
TURN = st.builds(Turn, st.floats(0, 7), st.floats(0, 1), st.floats(0, 1))
calmly = settings(max_examples=40, deadline=None)


@st.composite
def towns(draw):
    """Houses with 1 to 3 households, some in one place, on up to four streets, some with another likeness."""
    count = draw(st.integers(4, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    ground = draw(st.sampled_from([1.0, 7.0, 60.0]))
    x, y = (np.floor(random.uniform(0, 10, count)) * ground for _ in range(2))
    z = random.normal(0, 40, count) if draw(st.booleans()) else np.empty(0)
    return Sites(x - x.mean(), y - y.mean(), z, random.integers(1, 4, count), random.integers(-1, 3, count))


def first_cells(sites):
    """Return some cells to begin with."""
    order = along_curve(sites.x, sites.y, STRAIGHT)
    cell = np.empty(len(sites.x), np.int64)
    return cell, label(order, divide(sites, order, MINIMUM, 0.0)[1], 0, cell)


def cost_by_definition(sites, cell, impurity):
    total = 0.0
    for number in np.unique(cell):
        members = np.flatnonzero(cell == number)
        weight = sites.households[members].astype(float)
        for axis in (sites.x, sites.y, sites.z) if len(sites.z) else (sites.x, sites.y):
            middle = np.average(axis[members], weights=weight)
            total += (weight * (axis[members] - middle) ** 2).sum()
        streets = sites.street[members]
        same = sum(weight[streets == street].sum() ** 2 for street in np.unique(streets))
        total += impurity * (weight.sum() - same / weight.sum())
    return total


def check(sites, cell, count):
    assert sorted(np.unique(cell)) == list(range(count))
    assert np.bincount(cell, sites.households).min() >= MINIMUM


@given(towns(), IMPURITY)
@calmly
def test_the_cost_is_that_of_the_definition(sites, impurity):
    cell, count = first_cells(sites)
    expected = cost_by_definition(sites, cell, impurity)
    assert costs(sites, cell, count, impurity).sum() == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(towns(), IMPURITY, TURN)
@calmly
def test_a_round_never_costs_more(sites, impurity, turn):
    cell, count = first_cells(sites)
    before = cost_by_definition(sites, cell, impurity)
    count = divide_anew(sites, cell, count, MINIMUM, impurity, turn)
    check(sites, cell, count)
    assert cost_by_definition(sites, cell, impurity) <= before + 1e-6


@given(towns(), IMPURITY)
@calmly
def test_after_exchanging_no_move_and_no_swap_would_save_anything(sites, impurity):
    cell, count = first_cells(sites)
    before = cost_by_definition(sites, cell, impurity)
    nearby = nearest(sites.x, sites.y, 8)
    after = before
    while True:
        count = exchange(sites, cell, count, nearby, np.ones(len(cell), np.bool_), MINIMUM, impurity, 1000)
        check(sites, cell, count)
        before, after = after, cost_by_definition(sites, cell, impurity)
        assert after <= before + 1e-6
        if after == before:
            break
    for house in range(len(cell)):
        for other in nearby[house][nearby[house] != NOBODY]:
            for changed in (moved(cell, house, other), swapped(cell, house, other)):
                if enough(sites, changed):
                    assert cost_by_definition(sites, changed, impurity) >= after - 1e-4


def moved(cell, house, other):
    changed = cell.copy()
    changed[house] = cell[other]
    return changed


def swapped(cell, house, other):
    changed = cell.copy()
    changed[house], changed[other] = cell[other], cell[house]
    return changed


def enough(sites, cell):
    """Whether no cell is below the minimum, but for those that are gone."""
    households = np.bincount(cell, sites.households)
    return households[households > 0].min() >= MINIMUM


@given(towns(), IMPURITY, TURN)
@calmly
def test_a_crossing_costs_no_more_than_either(sites, impurity, turn):
    one, one_count = first_cells(sites)
    other = one.copy()
    spoilt = Sites(sites.y.copy(), -2.0 * sites.x, sites.z, sites.households, sites.street)
    other_count = divide_anew(spoilt, other, one_count, MINIMUM, impurity, turn)
    before = [cost_by_definition(sites, cell, impurity) for cell in (one, other)]
    changed = moved_on(one, one_count, other, other_count)
    companies = [{frozenset(np.flatnonzero(cell == cell[house])) for house in range(len(one))} for cell in (one, other)]
    for house in range(len(one)):
        assert changed[house] == (frozenset(np.flatnonzero(other == other[house])) not in companies[0])
    count = cross(sites, one, one_count, other, other_count, impurity)
    check(sites, one, count)
    assert cost_by_definition(sites, one, impurity) <= min(before) + 1e-6
    assert {frozenset(np.flatnonzero(one == number)) for number in range(count)} <= companies[0] | companies[1]


@given(towns(), st.integers(1, 8))
@calmly
def test_the_nearest_are_those_of_looking_at_everybody_in_a_dense_town(sites, many):
    """Within two squares, that is: what is nearest in a settlement. Few of them may be a little farther than others."""
    found = nearest(sites.x, sites.y, many)
    apart = np.hypot(sites.x[:, None] - sites.x, sites.y[:, None] - sites.y)
    np.fill_diagonal(apart, np.inf)
    for house, near in enumerate(found):
        there = near[near != NOBODY]
        assert len(set(there)) == len(there) == min(many, len(found) - 1)
        assert house not in there
        assert (np.diff(apart[house, there] ** 2) > -1 / FINENESS).all()
        if (apart[house] == 0).any():
            assert apart[house, there[0]] == 0
    if len(np.unique(sites.x)) > 3:
        first = apart[np.arange(len(found)), found[:, 0]]
        assert np.mean(first <= apart.min(axis=1) + 1e-9) > 0.5


@given(towns(), IMPURITY, st.integers(0, 2**31), st.integers(0, 3))
@calmly
def test_the_whole_search_costs_no_more_than_its_beginning_and_depends_on_the_seed_alone(sites, impurity, seed, kicks):
    cell, count = first_cells(sites)
    before = cost_by_definition(sites, cell, impurity)
    again = cell.copy()
    effort = Effort(rounds=3, exchanging=True, kicks=kicks)
    many = improve(sites, cell, count, MINIMUM, impurity, effort, seed)
    check(sites, cell, many)
    assert cost_by_definition(sites, cell, impurity) <= before + 1e-6
    improve(sites, again, count, MINIMUM, impurity, effort, seed)
    assert (again == cell).all()


def test_of_thousands_of_houses_in_one_place_some_are_looked_at():
    x = np.concatenate([np.zeros(3 * LOOKED_AT), np.full(5, 900.0)])
    found = nearest(x, np.zeros(len(x)), 4)
    assert (found[:LOOKED_AT] != NOBODY).all()
    assert (found[-5:] >= 3 * LOOKED_AT).all()
