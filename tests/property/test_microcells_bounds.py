"""The lower bounds against every bundling there is, and against the linear programme over every cell there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sozialraum.microcells.bounds import (
    against_bounds,
    linear_bound,
    nearest_bound,
    nearest_bounds,
    sampled_areas,
)
from sozialraum.microcells.bundling import Rules, Town, bundle
from sozialraum.microcells.compiled import Sites
from sozialraum.microcells.costs import costs
from sozialraum.microcells.search import Effort

NOT_AT_ALL, BRIEFLY, LONG = Effort(0, False, 0), Effort(4, True, 0), Effort(8, True, 8)
calmly = settings(max_examples=60, deadline=None)


def houses(random, count, minimum, ground, deep=False):
    x, y = (np.floor(random.uniform(0, 10, count)) * ground for _ in range(2))
    z = random.normal(0, 40, count) if deep else np.empty(0)
    return Sites(x - x.mean(), y - y.mean(), z, random.integers(1, minimum, count), random.integers(-1, 2, count))


@st.composite
def few_houses(draw, most=9):
    """A minimum, and light houses that reach it together: some in one place, on up to three streets."""
    minimum = draw(st.integers(2, 7))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    ground = draw(st.sampled_from([0.0, 1.0, 60.0, 5_000.0]))
    sites = houses(random, draw(st.integers(1, most)), minimum, ground, draw(st.booleans()))
    assume(sites.households.sum() >= minimum)
    return minimum, sites


def cost_of(sites, members, impurity):
    weight, street = sites.households[members].astype(float), sites.street[members]
    cost = impurity * (weight.sum() - sum(weight[street == s].sum() ** 2 for s in set(street)) / weight.sum())
    for axis in (sites.x, sites.y, sites.z) if len(sites.z) else (sites.x, sites.y):
        cost += (weight * (axis[members] - np.average(axis[members], weights=weight)) ** 2).sum()
    return cost


def every_cell(sites, minimum, impurity):
    """Return every set of houses with the minimum, as bits, and what it costs."""
    count = len(sites.x)
    found = {}
    for bits in range(1, 1 << count):
        members = np.array([house for house in range(count) if bits >> house & 1])
        if sites.households[members].sum() >= minimum:
            found[bits] = cost_of(sites, members, impurity)
    return found


def optimum(cells, count):
    """Return what the cheapest bundling costs: every house's cell is tried, the first house first."""
    best = {0: 0.0}
    for bits in range(1, 1 << count):
        first = bits & -bits
        rest = [best[bits ^ cell] + cost for cell, cost in cells.items() if cell & first and cell & bits == cell]
        best[bits] = min(rest, default=np.inf)
    return best[(1 << count) - 1]


def relaxation(cells, count):
    """Return the optimum of the linear relaxation over every cell."""
    membership = np.array([[bits >> house & 1 for bits in cells] for house in range(count)], dtype=float)
    scale = max(max(cells.values()), 1.0)
    answer = linprog(np.array(list(cells.values())) / scale, A_eq=membership, b_eq=np.ones(count), method="highs")
    return answer.fun * scale


def town_of(random, sizes, ground=12.0):
    count = sum(sizes)
    side = ground * np.sqrt(max(sizes))
    x, y = random.uniform(0, side, count), random.uniform(0, side, count)
    households = np.where(random.random(count) < 0.8, random.integers(1, 4, count), random.integers(4, 30, count))
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    street = np.concatenate([np.sort(random.integers(-1, 20, size)) for size in sizes])
    return offsets, Town(x, y, np.empty(0), households, street, np.zeros(count, np.int64))


@given(few_houses(), st.sampled_from([0.0, 450.0, 20_000.0]))
@calmly
def test_the_linear_bound_is_the_relaxation_over_every_cell(few, impurity):
    minimum, sites = few
    bound = linear_bound(sites, minimum, impurity=impurity)
    expected = relaxation(every_cell(sites, minimum, impurity), len(sites.x))
    assert bound.proved
    assert bound.value == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(few_houses())
@calmly
def test_nearest_bound_then_linear_bound_then_the_best_bundling(few):
    minimum, sites = few
    sites = sites._replace(z=np.empty(0))
    cells = every_cell(sites, minimum, 0.0)
    best = optimum(cells, len(sites.x))
    nearest = nearest_bound(sites.x, sites.y, sites.households, minimum)
    linear = linear_bound(sites, minimum).value
    slack = 1e-6 * max(best, 1.0)
    assert 0.0 <= nearest <= linear + slack
    assert linear <= best + slack


@given(few_houses(most=40))
@calmly
def test_the_nearest_bound_is_that_of_its_definition(few):
    minimum, sites = few
    total = 0.0
    for house, weight in enumerate(sites.households):
        apart = (sites.x - sites.x[house]) ** 2 + (sites.y - sites.y[house]) ** 2
        others = np.delete(np.repeat(apart, sites.households), slice(*_own(sites.households, house)))
        total += weight * np.sort(others)[: minimum - weight].sum() / (2 * minimum)
    assert nearest_bound(sites.x, sites.y, sites.households, minimum) == pytest.approx(total, rel=1e-9, abs=1e-9)


def _own(households, house):
    begin = households[:house].sum()
    return begin, begin + households[house]


@given(few_houses(), st.sampled_from([0.0, 450.0]))
@calmly
def test_no_best_bundling_needs_a_cell_beyond_the_largest(few, impurity):
    minimum, sites = few
    cells = every_cell(sites, minimum, impurity)
    small = {
        bits: cost
        for bits, cost in cells.items()
        if sum(sites.households[house] for house in range(len(sites.x)) if bits >> house & 1) <= 3 * minimum - 3
    }
    best = optimum(cells, len(sites.x))
    assert optimum(small, len(sites.x)) == pytest.approx(best, rel=1e-9, abs=1e-6)


@given(few_houses(), st.sampled_from([0.0, 1e-9, 1e-4]))
@calmly
def test_a_bound_without_time_still_holds(few, seconds):
    minimum, sites = few
    bound = linear_bound(sites, minimum, seconds=seconds)
    expected = relaxation(every_cell(sites, minimum, 0.0), len(sites.x))
    assert 0.0 <= bound.value <= expected + 1e-6 * max(expected, 1.0)


@given(st.integers(0, 2**32), st.sampled_from([0.0, 450.0]))
@settings(max_examples=10, deadline=None)
def test_nothing_that_is_found_costs_less(seed, impurity):
    random = np.random.default_rng(seed)
    sites = houses(random, 80, 4, 30.0)
    sites = sites._replace(street=np.sort(sites.street))
    town = Town(*sites[:3], sites.households, sites.street, np.arange(80))
    bound = linear_bound(sites, 4, impurity=impurity)
    assert bound.proved
    for effort in (NOT_AT_ALL, BRIEFLY, LONG):
        cell, count = bundle(np.array([0, 80]), np.array([2]), town, Rules(4, impurity), effort)
        assert costs(sites, cell, count[0], impurity).sum() >= bound.value * (1 - 1e-9)


@given(st.integers(0, 2**32), st.sampled_from([1, 2]))
@settings(max_examples=10, deadline=None)
def test_a_formation_against_its_bounds(seed, threads):
    random = np.random.default_rng(seed)
    offsets, town = town_of(random, [3, 260, 40, 0, 300, 5])
    rules = Rules(4, 0.0)
    cell, _ = bundle(offsets, np.arange(6), town, rules, LONG)
    report = against_bounds(offsets, town, cell, rules, threads=threads)
    bounds, paid = nearest_bounds(offsets, town, cell, 4)
    assert (bounds <= paid + 1e-9).all()
    assert report.over_nearest == pytest.approx(paid.sum() / bounds.sum())
    sample = sampled_areas(offsets, town, 4)
    assert list(sample) == [1, 4]
    assert (report.areas, report.proved) == (2, 2)
    assert report.houses == sum((town.households[offsets[a] : offsets[a + 1]] < 4).sum() for a in sample)
    assert 1.0 - 1e-9 <= report.over_linear <= report.worst < report.over_nearest
    assert report.as_json()["over_linear"] == report.over_linear


def test_without_areas_of_that_size_there_is_no_linear_bound():
    offsets, town = town_of(np.random.default_rng(1), [2, 20])
    cell, _ = bundle(offsets, np.arange(2), town, Rules(4, 0.0), BRIEFLY)
    report = against_bounds(offsets, town, cell, Rules(4, 0.0))
    assert (report.areas, report.over_linear, report.worst) == (0, None, None)


def test_a_town_of_blocks_has_no_bound():
    offsets = np.array([0, 2])
    blocks = Town(np.zeros(2), np.zeros(2), np.empty(0), np.array([9, 40]), np.zeros(2, np.int64), np.arange(2))
    report = against_bounds(offsets, blocks, np.array([0, 1]), Rules(4, 0.0))
    assert (report.over_nearest, report.areas) == (None, 0)
