"""Where a unit lives: delivered codes, the hierarchy, buildings, coordinates, and areas that change."""

from __future__ import annotations

import polars as pl
import pytest

from counts_samples import CITY, records, squares, system
from sozialraum.areas import AREA_SCHEMA, AreaSystem, AreaSystems
from sozialraum.counts import place

LINE = AreaSystems(
    {
        "halves": squares("halves", {"west": (0, 10), "east": (10, 20)}),
        "fifths": squares("fifths", {"a": (0, 5), "b": (5, 10), "c": (10, 20)}),
        "microcells": system("microcells", {"m1": None, "m2": None}),
    }
)
BUILDINGS = pl.DataFrame({"building": ["b1", "b2"], "x": [1.0, 12.0], "y": [0.5, 0.5], "area:microcells": ["m1", "m2"]})


def areas(rows, systems, buildings=None) -> list[tuple[str | None, ...]]:
    frame = place(records(rows), systems, buildings).frame
    return frame.select(pl.col(f"area:{id}").cast(pl.String) for id in systems).rows()


def notes(rows, systems, buildings=None) -> list[tuple[str, str]]:
    return [(note.column, note.what) for note in place(records(rows), systems, buildings).notes]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"area:quarters": "n1"}, ("all", "N", "n1")),
        ({"area:districts": "S"}, ("all", "S", None)),
        ({"area:quarters": None, "area:districts": "N"}, ("all", "N", None)),
        ({"area:quarters": "elsewhere"}, (None, None, None)),
        ({}, (None, None, None)),
    ],
    ids=str,
)
def test_a_delivered_code_gives_every_coarser_area_and_no_finer_one(row, found):
    assert areas([row], CITY) == [found]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"building": "b1"}, ("west", "a", "m1")),
        ({"building": "b2"}, ("east", "c", "m2")),
        ({"building": "b9"}, (None, None, None)),
        ({"building": None, "x": 7.0, "y": 0.5}, ("west", "b", None)),
        ({"x": 7.0, "y": 0.5}, ("west", "b", None)),
        ({"x": 7.0, "y": 99.0}, (None, None, None)),
        ({"building": "b1", "x": 15.0, "y": 0.5}, ("west", "a", "m1")),
        ({"building": "b2", "area:fifths": "a"}, ("east", "a", "m2")),
    ],
    ids=str,
)
def test_a_building_or_coordinates_give_the_area_of_every_system(row, found):
    by_system = dict(zip(("halves", "fifths", "microcells"), found, strict=True))
    assert areas([row], LINE, BUILDINGS) == [tuple(by_system[id] for id in LINE)]


def test_every_building_is_located_once(monkeypatch):
    asked = []

    def counting(x, y, system):
        asked.append(len(x))
        return pl.Series([0] * len(x)).to_numpy()

    monkeypatch.setattr("sozialraum.counts.placement.locate", counting)
    areas([{"building": "b1"}] * 50, LINE, BUILDINGS)
    assert asked == [1, 1]


def test_a_system_with_one_single_area_holds_whoever_lies_in_any_other():
    systems = AreaSystems({"whole": system("whole", {"all": None}), "parts": system("parts", {"a": None, "b": None})})
    found = areas([{"area:parts": "b"}, {"area:parts": None}], systems)
    assert found == [("all", "b"), (None, None)]


def test_units_that_fall_nowhere_are_reported_with_the_first_of_them():
    placed = place(records([{"area:quarters": "n1"}, {"area:quarters": None}]), CITY)
    note = placed.notes[0]
    assert (note.file, note.line, note.column) == ("register.csv", 3, "area:city")
    assert note.what == "1 of 2 persons lie in no area of city: they are not counted there"


def test_a_code_that_nobody_knows_is_reported():
    assert ("area:quarters", "1 rows name an area that quarters does not have") in notes(
        [{"area:quarters": "x9"}, {"area:quarters": "s1"}], CITY
    )


def reformed() -> AreaSystems:
    """Until 2019 ``old`` (0-10) and ``big`` (10-20); since then ``new`` (0-10) and ``big`` (8-20)."""
    states = [
        ("old", "2000-01-01", "2019-12-31", (0, 10)),
        ("big", "2000-01-01", "2019-12-31", (10, 20)),
        ("new", "2020-01-01", None, (0, 8)),
        ("big", "2020-01-01", None, (8, 20)),
    ]
    rows = [{"code": c, "name": c, "valid_from": start, "valid_to": end} for c, start, end, _ in states]
    shapes = squares("quarters", {f"{c}{start}": box for c, start, _, box in states}).geometry
    return AreaSystems({"quarters": AreaSystem("quarters", {"de": "-"}, None, pl.DataFrame(rows, AREA_SCHEMA), shapes)})


@pytest.mark.parametrize(
    ("period", "row", "found", "said"),
    [
        ("2018", {"area:quarters": "old", "x": 5.0, "y": 0.5}, "new", None),
        ("2018", {"area:quarters": "old", "x": 9.0, "y": 0.5}, "big", None),
        ("2018", {"area:quarters": "big", "x": 9.0, "y": 0.5}, "big", None),
        ("2018", {"x": 5.0, "y": 0.5}, "new", None),
        ("2022", {"area:quarters": "new"}, "new", None),
        ("2018", {"area:quarters": "old"}, None, "no longer exists"),
        ("2018", {"area:quarters": "big"}, "big", "was redrawn"),
    ],
    ids=str,
)
def test_coordinates_lead_into_todays_areas(period, row, found, said):
    rows = [{"period": period, **row}]
    assert areas(rows, reformed()) == [(found,)]
    told = " ".join(what for _, what in notes(rows, reformed()))
    assert (said in told) if said else ("exists" not in told and "redrawn" not in told)


def test_a_ten_year_series_stands_on_one_territorial_status():
    rows = [{"period": str(year), "x": 5.0, "y": 0.5} for year in range(2015, 2025)]
    assert set(areas(rows, reformed())) == {("new",)}


def test_periods_come_out_in_the_order_of_time():
    placed = place(records([{"period": "2024-Q2"}, {"period": "2023-12-31"}, {"period": "2024-Q1"}]), CITY)
    assert placed.frame["period"].dtype.categories.to_list() == ["2023-12-31", "2024-Q1", "2024-Q2"]
