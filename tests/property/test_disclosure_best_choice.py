"""The best choice of what to withhold is what trying every choice finds, and it leaves no cell exposed.

Trying every choice shares no code with the search: patterns of withheld cells in the order of their weights, each
attacked by scipy's linear programming, until the first that is safe.
"""

from __future__ import annotations

from itertools import compress, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from disclosure_tables import Table, best, crossed, table_of
from sozialraum.errors import DoorError

MINIMUM = 4
SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much]}


def span(table: Table, hidden: np.ndarray, place: int) -> tuple[float, float]:
    """Smallest and largest whole number that the attacker's linear programme allows."""
    bounds = [(0, None) if h else (n, n) for h, n in zip(hidden, table.numbers, strict=True)]
    ends = []
    for sign in (1.0, -1.0):
        cost = np.zeros(len(table.numbers))
        cost[place] = sign
        done = linprog(cost, A_eq=table.matrix, b_eq=np.zeros(len(table.matrix)), bounds=bounds)
        ends.append(sign * done.fun if done.status == 0 else np.inf)
    return np.ceil(ends[0] - 1e-6), np.floor(ends[1] + 1e-6)


def is_safe(table: Table, chosen: np.ndarray) -> bool:
    hidden = table.wanted | chosen
    for place in [*np.flatnonzero(table.wanted), *np.flatnonzero(chosen)]:
        low, high = span(table, hidden, place)
        above = not table.wanted[place] and low >= table.minimum and high > low
        if high - low < table.minimum and not above:
            return False
    return True


def cheapest(table: Table) -> float | None:
    """The least weight of a safe choice, by trying all."""
    free = np.flatnonzero(~table.wanted)
    patterns = np.array(list(product((False, True), repeat=len(free))), dtype=bool)
    cost = patterns @ table.weight[free]
    for pattern in patterns[np.argsort(cost, kind="stable")]:
        chosen = np.zeros(len(table.numbers), dtype=bool)
        chosen[free[pattern]] = True
        hidden = table.wanted | chosen
        lonely = (table.matrix != 0) @ hidden.astype(int) == 1  # somebody stands alone in a sum: not worth an attack
        if not lonely.any() and is_safe(table, chosen):
            return float(table.weight[chosen].sum())
    return None


@st.composite
def small_tables(draw: st.DrawFn) -> Table:
    """Rows times columns with totals, or regions in two groupings at once."""
    number = st.one_of(st.integers(0, 5), st.integers(0, 30))
    if draw(st.booleans()):
        height, width = draw(st.sampled_from([(1, 3), (2, 2), (2, 3), (3, 2)]))
        inner = draw(st.lists(number, min_size=height * width, max_size=height * width))
        return crossed(np.array(inner, dtype=float).reshape(height, width), minimum=MINIMUM)
    regions = [f"r{i}" for i in range(draw(st.integers(3, 6)))]
    numbers = {region: draw(number) for region in regions}
    sums = []
    for side in ("a", "b"):
        first = draw(st.lists(st.booleans(), min_size=len(regions), max_size=len(regions)))
        groups = {
            f"{side}1": list(compress(regions, first)),
            f"{side}2": list(compress(regions, [not x for x in first])),
        }
        for name, members in groups.items():
            numbers[name] = sum(numbers[region] for region in members)
            sums.append((name, members))
        sums.append(("total", list(groups)))
    numbers["total"] = sum(numbers[region] for region in regions)
    return table_of(numbers, sums, minimum=MINIMUM)


@settings(max_examples=60, **SLOW)
@given(small_tables())
def test_the_best_choice_is_what_trying_every_choice_finds(table):
    expected = cheapest(table)
    if expected is None:
        with pytest.raises(DoorError):
            best(table)
        return
    found = best(table)
    assert found.is_best
    assert found.cost == pytest.approx(expected, abs=1e-6)
    assert found.bound == pytest.approx(expected, abs=1e-3)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    height, width = draw(st.integers(2, 5)), draw(st.integers(2, 6))
    number = st.one_of(st.integers(0, 6), st.integers(0, 60))
    inner = draw(st.lists(number, min_size=height * width, max_size=height * width))
    return crossed(np.array(inner, dtype=float).reshape(height, width), minimum=MINIMUM)


@settings(max_examples=60, **SLOW)
@given(tables(), st.sampled_from([0.0, 0.2, 1e9]))
def test_no_choice_leaves_a_cell_exposed(table, seconds):
    try:
        found = best(table, seconds=seconds)
    except DoorError:  # almost nobody there: everything hidden is too little
        assert not is_safe(table, ~table.wanted)
        return
    assert is_safe(table, found.chosen)


@settings(max_examples=60, **SLOW)
@given(tables())
def test_the_best_choice_never_withholds_more_than_a_good_one(table):
    try:
        good = best(table, seconds=0.0)
    except DoorError:
        return
    found = best(table)
    assert found.cost <= good.cost + 1e-6
    assert found.bound <= found.cost + 1e-6
