"""Where deliveries disagree the better one is used, and one note per pair says how often and by how much."""

from __future__ import annotations

import pytest

from counts_samples import CITY, CODES, cells, measure, records, supply
from sozialraum.areas import AreaSystems
from sozialraum.counts import place, resolve

PERSONS = measure("persons")
KIDS = measure("persons", age="0-14")
GROWN = measure("persons", age="15+")


QUARTERS = AreaSystems({"quarters": CITY["quarters"]})


def notes(questions, *supplies) -> list[tuple[str, str, str]]:
    found = resolve(questions, supplies, QUARTERS, CODES).notes
    return [(note.file, note.what.partition(";")[0], note.value) for note in found]


def table(source: str, numbers: dict, priority: int = 0, status: str = "ok"):
    rows = [(m, "quarters", area, "2024", value, status) for (m, area), value in numbers.items()]
    return supply(cells(rows, source), priority=priority)


def test_all_questions_of_two_sources_make_one_note_with_the_largest_difference():
    first = table("first", {(PERSONS, "n1"): 10.0, (KIDS, "n1"): 3.0, (KIDS, "n2"): 1.0}, priority=1)
    second = table("second", {(PERSONS, "n1"): 14.0, (KIDS, "n1"): 4.0, (KIDS, "n2"): 1.0})
    assert notes([PERSONS, KIDS], first, second) == [
        (
            "first",
            "2 of 3 numbers differ from those of second, at most by 4",
            "persons in quarters n1, 2024: 10 and 14 (delivered)",
        )
    ]


@pytest.mark.parametrize(
    ("value", "other", "told"),
    [(10.0, 10.0, 0), (0.3, 0.1 + 0.2, 0), (1e9, 1e9 + 1, 0), (10.0, 11.0, 1), (0.0, 1.0, 1)],
)
def test_rounding_is_no_disagreement(value, other, told):
    first, second = table("first", {(PERSONS, "n1"): value}, 1), table("second", {(PERSONS, "n1"): other})
    assert len(notes([PERSONS], first, second)) == told


@pytest.mark.parametrize("status", ["estimated", "unreliable"])
def test_estimates_are_not_compared(status):
    first = table("first", {(PERSONS, "n1"): 10.0}, 1)
    assert notes([PERSONS], first, table("second", {(PERSONS, "n1"): 12.0}, status=status)) == []


def test_a_register_is_compared_with_a_table():
    people = place(records([{"area:quarters": "n1", "age": 3}, {"area:quarters": "n1", "age": 50}]), QUARTERS)
    official = table("official", {(PERSONS, "n1"): 3.0})
    assert [note[:2] for note in notes([PERSONS], supply(people, priority=1), official)] == [
        ("register", "1 of 1 numbers differ from those of official, at most by 1")
    ]


def test_every_chosen_number_is_compared_with_its_own_alternatives():
    first = table("first", {(PERSONS, "n1"): 10.0}, 2)
    second = table("second", {(PERSONS, "n1"): 10.0, (PERSONS, "n2"): 5.0}, 1)
    third = table("third", {(PERSONS, "n1"): 11.0, (PERSONS, "n2"): 7.0})
    assert [note[:2] for note in notes([PERSONS], first, second, third)] == [
        ("first", "1 of 1 numbers differ from those of third, at most by 1"),
        ("second", "1 of 1 numbers differ from those of third, at most by 2"),
    ]


def test_the_total_of_one_source_and_its_own_parts():
    rows = {(PERSONS, "n1"): 10.0, (KIDS, "n1"): 3.0, (GROWN, "n1"): 6.0}
    assert notes([PERSONS], table("first", rows)) == [
        (
            "first",
            "1 of 1 numbers differ from the sums of their own parts, at most by 1",
            "persons in quarters n1, 2024: 10 and 9 (the sum of 2 parts)",
        )
    ]
