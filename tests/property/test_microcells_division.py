"""The dynamic programme against two slow references: every division there is, and every start for every end."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.microcells.compiled import Sites
from sozialraum.microcells.division import divide, label

HOUSES = st.lists(
    st.tuples(
        st.floats(-500, 500, allow_subnormal=False),
        st.floats(-500, 500, allow_subnormal=False),
        st.integers(1, 6),
        st.integers(-1, 2),
    ),
    min_size=3,
    max_size=40,
)
RHO = st.sampled_from([0.0, 30.0, 200.0])


def cost_of(run, rho):
    """The definition, word by word: squared distances to the centre, and mixed streets."""
    x, y, households = (np.array([house[column] for house in run], float) for column in range(3))
    total = households.sum()
    centre_x, centre_y = (households * x).sum() / total, (households * y).sum() / total
    distances = (households * ((x - centre_x) ** 2 + (y - centre_y) ** 2)).sum()
    streets = {house[3] for house in run}
    same = sum(sum(house[2] for house in run if house[3] == street) ** 2 for street in streets)
    return distances + rho**2 / 2 * (total - same / total)


def cost_of_division(runs, minimum, rho):
    if any(sum(house[2] for house in run) < minimum for run in runs):
        return np.inf
    return sum(cost_of(run, rho) for run in runs)


def every_division(houses):
    for count in range(len(houses)):
        for cuts in combinations(range(1, len(houses)), count):
            edges = [0, *cuts, len(houses)]
            yield [houses[a:b] for a, b in pairwise(edges)]


def every_start(houses, minimum, rho):
    best = [0.0]
    for end in range(1, len(houses) + 1):
        runs = [(start, houses[start:end]) for start in range(end)]
        best.append(min(best[start] + cost_of_division([run], minimum, rho) for start, run in runs))
    return best[-1]


def sites_of(houses):
    """Return houses as the kernels see them."""
    x, y = (np.array([house[column] for house in houses], float) for column in range(2))
    households, street = (np.array([house[column] for house in houses], np.int64) for column in (2, 3))
    z = np.array([house[4] for house in houses], float) if houses and len(houses[0]) > 4 else np.empty(0)
    return Sites(x, y, z, households, street)


def fast(houses, minimum, rho):
    """Return the kernel's cost and the division it stands for."""
    order = np.arange(len(houses))
    cost, start = divide(sites_of(houses), order, minimum, rho**2 / 2)
    cell = np.full(len(houses), -1)
    if np.isfinite(cost):
        label(order, start, 0, cell)
    return cost, [[house for house, c in zip(houses, cell, strict=True) if c == number] for number in np.unique(cell)]


@given(HOUSES.filter(lambda houses: len(houses) <= 9), st.integers(1, 9), RHO)
@settings(max_examples=60, deadline=None)
def test_no_division_is_cheaper(houses, minimum, rho):
    cost, _ = fast(houses, minimum, rho)
    assert cost == pytest.approx(
        min(cost_of_division(runs, minimum, rho) for runs in every_division(houses)), rel=1e-6, abs=1e-6
    )


@given(HOUSES, st.integers(1, 15), RHO)
@settings(max_examples=60, deadline=None)
def test_the_cost_is_that_of_looking_at_every_start(houses, minimum, rho):
    cost, _ = fast(houses, minimum, rho)
    assert cost == pytest.approx(every_start(houses, minimum, rho), rel=1e-6, abs=1e-6)


@given(HOUSES, st.integers(1, 15), RHO)
@settings(max_examples=60, deadline=None)
def test_the_division_costs_what_was_said_and_every_run_is_large_enough(houses, minimum, rho):
    cost, runs = fast(houses, minimum, rho)
    if sum(house[2] for house in houses) < minimum:
        assert np.isinf(cost)
    else:
        assert cost_of_division(runs, minimum, rho) == pytest.approx(cost, rel=1e-6, abs=1e-6)
        assert sum(len(run) for run in runs) == len(houses)


def test_far_from_the_origin_the_cost_is_the_same():
    houses = [(10.0 * n, 3.0 * (n % 5), 1 + n % 3, n // 7) for n in range(30)]
    far = [(x + 9.9e6, y - 9.9e6, households, street) for x, y, households, street in houses]
    assert fast(far, 4, 30.0)[0] == pytest.approx(fast(houses, 4, 30.0)[0], rel=1e-6)


def test_a_walk_may_leave_houses_out():
    cost, start = divide(sites_of([(0.0, 0.0, 2, 0), (1000.0, 0.0, 2, 0), (10.0, 0.0, 2, 0)]), np.array([0, 2]), 4, 0.0)
    assert cost == pytest.approx(100.0)
    assert start[2] == 0


def test_what_else_makes_houses_alike_counts_like_a_third_direction():
    """Four houses in one place: the attribute alone (0, 0, 100, 100) says which two belong together."""
    houses = [(0.0, 0.0, 2, 0, z) for z in (0.0, 0.0, 100.0, 100.0)]
    cost, runs = fast(houses, 4, 0.0)
    assert cost == pytest.approx(0.0)
    assert [sorted(house[4] for house in run) for run in runs] == [[100.0, 100.0], [0.0, 0.0]]
