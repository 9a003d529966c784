"""What is refused, and what the refusal says."""

from __future__ import annotations

import polars as pl
import pytest

from sozialraum.errors import DeliveryError, DoorError, InputError
from sozialraum.microcells import Formation, form_cells
from sozialraum.microcells.formation import _refuse_small_cells

title = "Faults of a table of houses"


def houses(**columns):
    """Return four sound houses, with some columns replaced."""
    sound = {
        "building": ["A", "B", "C", "D"],
        "area": ["Nord"] * 4,
        "x": [360_000.0, 360_010.0, 360_020.0, 360_030.0],
        "y": [5_700_000.0] * 4,
        "households": [1, 2, 3, 4],
    }
    return pl.DataFrame({**sound, **columns})


def faults(table, **keywords):
    with pytest.raises(DeliveryError) as caught:
        form_cells(table, **keywords)
    return [(fault.line, fault.column, fault.what, fault.value) for fault in caught.value.faults]


def test_sound_houses_pass():
    assert form_cells(houses()).quality.cells == 2


WHOLE = "households must be a whole number"
PLACE = "a coordinate is missing or not a number"
FAR = "a coordinate is more than 10,000 km away"
TWICE = "a building id appears more than once"
MANY = "no house has more than 100,000 households"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"households": [1, -2, 3, 4]}, (2, "households", "a house can not have fewer than 0 households", "-2")),
        ({"households": [1.0, 2.5, 3, 4]}, (2, "households", WHOLE, "2.5")),
        ({"households": [1, None, 3, 4]}, (2, "households", WHOLE, "")),
        ({"households": [1.0, float("nan"), 3, 4]}, (2, "households", WHOLE, "NaN")),
        ({"households": [1.0, float("inf"), 3, 4]}, (2, "households", WHOLE, "inf")),
        ({"households": [1, 100_001, 3, 4]}, (2, "households", MANY, "100001")),
        ({"x": [1e6, None, 1e6, 1e6]}, (2, "x", PLACE, "")),
        ({"x": [1e6, float("nan"), 1e6, 1e6]}, (2, "x", PLACE, "NaN")),
        ({"y": [1e6, float("-inf"), 1e6, 1e6]}, (2, "y", PLACE, "-inf")),
        ({"y": [1e6, 1e9, 1e6, 1e6]}, (2, "y", FAR, "1000000000.0")),
        ({"building": ["A", None, "C", "D"]}, (2, "building", "a house has no building", "")),
        ({"area": ["Nord", "", "Nord", "Nord"]}, (2, "area", "a house has no area", "")),
    ],
)
def test_a_broken_row_is_named(columns, expected):
    assert faults(houses(**columns)) == [expected]


def test_a_building_that_appears_twice_is_named_twice():
    found = faults(houses(building=["A", "B", "A", "D"]))
    assert found == [(1, "building", TWICE, "A"), (3, "building", TWICE, "A")]


def test_all_faults_come_at_once():
    broken = houses(building=["A", "A", "C", "D"], households=[-1.0, 2.0, 0.5, 4.0], x=[None, 1e6, 1e6, 1e8])
    assert {(line, column) for line, column, _, _ in faults(broken)} == {
        (1, "building"),
        (2, "building"),
        (1, "households"),
        (3, "households"),
        (1, "x"),
        (4, "x"),
    }


def test_of_many_like_faults_the_first_are_named_and_the_others_counted():
    table = pl.concat([houses(building=[f"{n}{c}" for c in "ABCD"], households=[-1] * 4) for n in range(10)])
    found = faults(table)
    assert len(found) == 21
    assert found[0] == (0, "households", "a house can not have fewer than 0 households: 20 more rows", "")
    assert [line for line, *_ in found[1:]] == list(range(1, 21))


def test_degrees_are_not_metres():
    degrees = houses(x=[7.0, 7.01, 7.02, 7.03], y=[51.4] * 4)
    assert faults(degrees) == [(0, "x", "the coordinates look like degrees", "7.0, 51.4")]


def test_missing_columns_are_all_named():
    with pytest.raises(DeliveryError) as caught:
        form_cells(houses().drop("households", "x"), name="haeuser.csv")
    assert [(fault.file, fault.column) for fault in caught.value.faults] == [
        ("haeuser.csv", "households"),
        ("haeuser.csv", "x"),
    ]
    assert "building, area, y" in caught.value.faults[0].advice


def test_numbers_may_be_written_as_text():
    assert form_cells(houses(households=["1", "2", "3", "4"])).quality.households == 10
    assert faults(houses(households=["1", "2", "3", "vier"])) == [(4, "households", WHOLE, "vier")]


def test_a_column_that_can_not_hold_numbers():
    assert faults(houses(households=[True] * 4)) == [(0, "households", "a column of numbers is expected", "Boolean")]


def test_a_fault_names_the_line_of_the_file_where_it_is_known():
    assert faults(houses(households=[1, 2, -3, 4], line=[2, 3, 7, 8])) == [
        (7, "households", "a house can not have fewer than 0 households", "-3")
    ]


def test_whole_numbers_may_come_as_decimals():
    assert form_cells(houses(households=[1.0, 2.0, 3.0, 4.0])).quality.households == 10


def test_no_houses_make_no_cells():
    cells = form_cells(houses().clear())
    assert cells.members.is_empty()
    assert cells.cells.is_empty()
    assert cells.quality.households_per_cell is None


def test_houses_without_any_household_make_no_cells():
    quality = form_cells(houses(households=[0, 0, 0, 0])).quality
    assert (quality.cells, quality.buildings, quality.buildings_without_households) == (0, 0, 4)
    assert [area.area for area in quality.areas_without_cells] == ["Nord"]


@pytest.mark.parametrize(
    ("options", "column"),
    [
        ({"minimum": 0}, "minimum"),
        ({"mode": "fast"}, "mode"),
        ({"mode": "best"}, "mode"),
        ({"rho": -1.0}, "rho"),
        ({"rho": float("nan")}, "rho"),
        ({"rho": float("inf")}, "rho"),
        ({"cap": 0.0}, "cap"),
        ({"threads": 0}, "threads"),
    ],
)
def test_an_option_out_of_range_is_named(options, column):
    with pytest.raises(InputError) as caught:
        Formation(**options)
    assert [fault.column for fault in caught.value.faults] == [column]


def test_all_options_out_of_range_are_named_at_once():
    with pytest.raises(InputError) as caught:
        Formation(minimum=0, mode="best", cap=-1.0)
    assert [fault.column for fault in caught.value.faults] == ["cap", "minimum", "mode"]


def test_a_cell_below_the_minimum_is_stopped_at_the_door():
    cells = pl.DataFrame({"cell": ["Nord-000001", "Nord-000002"], "households": [4, 3]})
    with pytest.raises(DoorError, match="Nord-000002"):
        _refuse_small_cells(cells, 4)
