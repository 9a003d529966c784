"""Whole arrays of numbers follow the same rules for statuses as single values."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from counts_samples import measure
from sozialraum.counts.shelves import MISSING, RANK, SAYS_NOTHING, Shelf, add_up
from sozialraum.tables import NO_VALUE, Status, combine
from sozialraum.tables.status import PRECEDENCE

PERSONS, KIDS = measure("persons"), measure("persons", age="0-14")


def single(status: Status, value: float) -> tuple[np.ndarray, np.ndarray]:
    number = np.nan if status in NO_VALUE else 0.0 if status is Status.ZERO else value
    return np.array([[number]]), np.array([[RANK[status]]], dtype=np.uint8)


@pytest.mark.parametrize(("first", "second"), list(product(Status, Status)))
def test_adding_combines_statuses_as_the_tables_say(first, second):
    values, ranks = add_up([single(first, 3.0), single(second, 4.0)])
    status = PRECEDENCE[ranks[0, 0]]
    assert status == combine([first, second])
    assert np.isnan(values[0, 0]) == (not status.has_value)


@pytest.mark.parametrize("status", list(Status))
def test_a_rank_knows_whether_there_is_a_number(status):
    assert SAYS_NOTHING[RANK[status]] == (not status.has_value)


def shelf(numbers: dict, areas: int = 3) -> Shelf:
    """One period; measure -> numbers of the areas, None where nothing was delivered."""
    found = Shelf.empty(list(numbers), 1, areas)
    for row, values in enumerate(numbers.values()):
        for area, value in enumerate(values):
            if value is not None:
                found.values[row, 0, area], found.ranks[row, 0, area] = value, RANK[Status.OK]
                found.offered[row, 0] = True
    return found


def test_an_empty_shelf_is_missing_everywhere():
    empty = Shelf.empty([PERSONS], 2, 3)
    assert (empty.ranks == MISSING).all()
    assert not empty.offered.any()


def test_gaps_are_filled_and_what_is_there_stays():
    filled = shelf({PERSONS: [1.0, None, None]}).filled(shelf({PERSONS: [9.0, 8.0, None], KIDS: [5.0, None, None]}))
    assert filled.values[filled.rows[PERSONS], 0, :2].tolist() == [1.0, 8.0]
    assert filled.ranks[filled.rows[PERSONS], 0, 2] == MISSING
    assert filled.values[filled.rows[KIDS], 0, 0] == 5.0
    assert filled.offered.all()


def test_what_is_offered_together_is_found_by_universe_and_period():
    found = Shelf.empty([PERSONS, KIDS, measure("households")], 3, 1)
    found.offered[0, :] = True
    found.offered[1, 2] = True
    patterns = {tuple(periods.tolist()): offered for periods, offered in found.patterns["persons"]}
    assert patterns == {(True, True, False): {PERSONS}, (False, False, True): {PERSONS, KIDS}}
    assert found.patterns["households"] == []
