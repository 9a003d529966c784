"""How houses become cells, street by street.

Each table is a small place: ``at`` is where the house stands (metres east and north of the village church), ``cell`` is
the cell that it must end up in; equal letters are one cell, a hyphen is no cell.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from sozialraum.microcells import Cells, Formation, form_cells

CHURCH = (362_000.0, 5_705_000.0)
title = "Forming microcells"


def place(table: str) -> pl.DataFrame:
    """Read a table of this file; the building's id is its row."""
    lines = [line.split("|") for line in table.strip().splitlines() if not set(line.strip()) <= {"-", "+"}]
    header = [cell.strip() for cell in lines[0]]
    rows = [dict(zip(header, (cell.strip() for cell in line), strict=True)) for line in lines[1:]]
    return pl.DataFrame(
        [
            {
                "building": f"B{number:02}",
                "area": row.get("area", "Dorf"),
                "street": row.get("street") or None,
                "house_number": row.get("number") or None,
                "x": CHURCH[0] + float(row["at"].split()[0]),
                "y": CHURCH[1] + float(row["at"].split()[1]),
                "households": int(row["households"]),
                "cell": row["cell"],
            }
            for number, row in enumerate(rows)
        ],
        schema_overrides={"street": pl.String, "house_number": pl.String},
    )


def groups(names: pl.Series, buildings: pl.Series) -> set[frozenset[str]]:
    pairs = pl.DataFrame({"name": names, "building": buildings}).drop_nulls("name")
    return {frozenset(members) for (members,) in pairs.group_by("name").agg("building").select("building").iter_rows()}


def check(table: str, options: Formation | None = None) -> Cells:
    """Form cells of the table's houses and compare them with its last column."""
    houses = place(table)
    cells = form_cells(houses.drop("cell"), options)
    expected = houses.filter(pl.col("cell") != "-")
    assert groups(cells.members["cell"], cells.members["building"]) == groups(expected["cell"], expected["building"])
    return cells


def test_a_house_with_four_households_is_a_cell_of_its_own():
    check("""
        street    | number | at   | households | cell
        ----------+--------+------+------------+-----
        Kirchgasse| 1      |  0 0 | 4          | a
        Kirchgasse| 3      | 10 0 | 9          | b
        Kirchgasse| 5      | 20 0 | 40         | c
    """)


def test_neighbours_are_bundled_until_they_are_four():
    check("""
        street    | number | at   | households | cell
        ----------+--------+------+------------+-----
        Kirchgasse| 1      |  0 0 | 2          | a
        Kirchgasse| 3      | 10 0 | 2          | a
        Kirchgasse| 5      | 20 0 | 1          | b
        Kirchgasse| 7      | 30 0 | 3          | b
    """)


def test_a_gap_between_houses_is_where_cells_end():
    check("""
        street    | number | at    | households | cell
        ----------+--------+-------+------------+-----
        Kirchgasse| 1      |   0 0 | 1          | a
        Kirchgasse| 3      |  10 0 | 1          | a
        Kirchgasse| 5      |  20 0 | 1          | a
        Kirchgasse| 7      |  30 0 | 1          | a
        Kirchgasse| 9      |  40 0 | 1          | a
        Kirchgasse| 11     | 200 0 | 1          | b
        Kirchgasse| 13     | 210 0 | 1          | b
        Kirchgasse| 15     | 220 0 | 1          | b
        Kirchgasse| 17     | 230 0 | 1          | b
    """)


def test_cells_follow_the_street_where_it_is_known():
    check("""
        street     | number | at     | households | cell
        -----------+--------+--------+------------+-----
        Am Anger   | 1      |   0 20 | 2          | a
        Am Anger   | 3      |  25 20 | 2          | a
        Am Anger   | 5      |  60 20 | 2          | b
        Am Anger   | 7      |  85 20 | 2          | b
        Zur Mühle  | 1      |   0  0 | 2          | c
        Zur Mühle  | 3      |  25  0 | 2          | c
        Zur Mühle  | 5      |  60  0 | 2          | d
        Zur Mühle  | 7      |  85  0 | 2          | d
    """)


def test_a_short_street_joins_the_next_one():
    check("""
        street     | number | at     | households | cell
        -----------+--------+--------+------------+-----
        Am Anger   | 1      |   0  0 | 2          | a
        Am Anger   | 3      |  20  0 | 2          | a
        Am Anger   | 5      |  80  0 | 3          | b
        Stichweg   | 1      |  90 30 | 1          | b
    """)


def test_both_sides_of_a_narrow_street_go_together():
    check("""
        street     | number | at     | households | cell
        -----------+--------+--------+------------+-----
        Am Anger   | 1      |   0  0 | 1          | a
        Am Anger   | 2      |   0 12 | 1          | a
        Am Anger   | 3      |  20  0 | 1          | a
        Am Anger   | 4      |  20 12 | 1          | a
        Am Anger   | 5      |  60  0 | 1          | b
        Am Anger   | 6      |  60 12 | 1          | b
        Am Anger   | 7      |  80  0 | 1          | b
        Am Anger   | 8      |  80 12 | 1          | b
    """)


def test_the_sides_of_a_wide_street_stay_apart():
    check("""
        street     | number | at      | households | cell
        -----------+--------+---------+------------+-----
        Allee      | 1      |   0   0 | 2          | a
        Allee      | 2      |   0 150 | 2          | b
        Allee      | 3      |  20   0 | 2          | a
        Allee      | 4      |  20 150 | 2          | b
        Allee      | 5      |  40   0 | 2          | c
        Allee      | 6      |  40 150 | 2          | d
        Allee      | 7      |  60   0 | 2          | c
        Allee      | 8      |  60 150 | 2          | d
    """)


def test_a_house_without_a_number_goes_with_its_neighbours():
    check("""
        street     | number | at    | households | cell
        -----------+--------+-------+------------+-----
        Am Anger   | *      |   0 0 | 2          | a
        Am Anger   | 1      |  20 0 | 2          | a
        Am Anger   | 3      | 200 0 | 2          | b
        Am Anger   | 5      | 220 0 | 2          | b
    """)


def test_houses_without_addresses_go_by_their_place():
    check("""
        at      | households | cell
        --------+------------+-----
          0   0 | 1          | a
         10   0 | 1          | a
          0  10 | 1          | a
         10  10 | 1          | a
        300 300 | 2          | b
        310 310 | 2          | b
    """)


def test_geometry_mode_looks_at_places_alone():
    check(
        """
        street   | number | at      | households | cell
        ---------+--------+---------+------------+-----
        Am Anger | 1      |   0   0 | 2          | a
        Zum Tor  | 1      |  10   0 | 2          | a
        Am Anger | 2      | 300 300 | 2          | b
        Zum Tor  | 2      | 310 300 | 2          | b
        """,
        Formation(mode="geometry"),
    )


def test_an_empty_house_belongs_to_no_cell():
    cells = check("""
        street     | number | at   | households | cell
        -----------+--------+------+------------+-----
        Am Anger   | 1      |  0 0 | 2          | a
        Am Anger   | 3      | 10 0 | 0          | -
        Am Anger   | 5      | 20 0 | 2          | a
    """)
    assert cells.quality.buildings_without_households == 1
    assert cells.members["building"].to_list() == ["B00", "B02"]


def test_no_cell_reaches_over_the_border_of_an_area():
    check("""
        area | street   | number | at   | households | cell
        -----+----------+--------+------+------------+-----
        Nord | Am Anger | 1      |  0 0 | 2          | a
        Nord | Am Anger | 3      | 10 0 | 3          | a
        Süd  | Am Anger | 5      | 20 0 | 3          | b
        Süd  | Am Anger | 7      | 30 0 | 2          | b
    """)


def test_an_area_below_the_minimum_has_no_cell_and_is_reported():
    cells = check("""
        area  | street   | number | at    | households | cell
        ------+----------+--------+-------+------------+-----
        Alm   | Am Hang  | 1      |   0 0 | 1          | -
        Alm   | Am Hang  | 3      |  10 0 | 2          | -
        Nord  | Am Anger | 1      | 100 0 | 4          | a
        Wüste | Am Sand  | 1      | 500 0 | 0          | -
    """)
    assert [(a.area, a.buildings, a.households) for a in cells.quality.areas_without_cells] == [
        ("Alm", 2, 3),
        ("Wüste", 0, 0),
    ]
    assert cells.members.filter(area="Alm")["cell"].to_list() == [None, None]


def test_fewer_than_four_households_left_join_the_nearest_cell():
    check("""
        street   | number | at    | households | cell
        ---------+--------+-------+------------+-----
        Am Anger | 1      |   0 0 | 6          | a
        Am Anger | 3      |  10 0 | 1          | a
        Am Anger | 5      |  90 0 | 2          | b
        Am Anger | 7      | 100 0 | 8          | b
    """)


@pytest.mark.parametrize(("minimum", "expected"), [(1, "abcdef"), (2, "aabbcc"), (3, "aaabbb"), (6, "aaaaaa")])
def test_any_minimum_may_be_asked_for(minimum: int, expected: str):
    row = "Am Anger | {number} | {at} 0 | 1 | {cell}"
    rows = "\n".join(row.format(number=2 * n + 1, at=20 * n, cell=cell) for n, cell in enumerate(expected))
    check(f"street | number | at | households | cell\n{rows}", Formation(minimum=minimum))


def test_a_cell_wider_than_the_cap_is_flagged():
    cells = check("""
        street   | number | at    | households | cell
        ---------+--------+-------+------------+-----
        Am Anger | 1      |   0 0 | 2          | a
        Am Anger | 3      | 251 0 | 2          | a
    """)
    assert cells.cells["flagged"].to_list() == [True]
    assert cells.cells["diameter"].to_list() == [251.0]
    wider = form_cells(place("at | households | cell\n0 0 | 2 | a\n251 0 | 2 | a"), Formation(cap=251))
    assert wider.cells["flagged"].to_list() == [False]


def test_a_cell_has_an_id_a_centre_and_figures():
    cells = check("""
        area | street   | number | at   | households | cell
        -----+----------+--------+------+------------+-----
        Nord | Am Anger | 1      |  0 0 | 1          | a
        Nord | Am Anger | 3      | 40 0 | 3          | a
        Nord | Zum Tor  | 3      | 90 0 | 5          | b
    """)
    assert cells.cells.rows() == [
        ("Nord-000001", "Nord", 4, 2, CHURCH[0] + 30, CHURCH[1], 1200.0, 40.0, 1, False),
        ("Nord-000002", "Nord", 5, 1, CHURCH[0] + 90, CHURCH[1], 0.0, 0.0, 1, False),
    ]


def test_all_houses_in_one_place_are_bundled_too():
    cells = form_cells(place("at | households | cell\n" + "5 5 | 1 | a\n" * 9))
    assert sorted(cells.cells["households"]) == [4, 5]
    assert cells.cells["diameter"].to_list() == [0.0, 0.0]


@pytest.mark.parametrize("mode", ["street", "geometry"])
def test_an_area_of_sixty_thousand_houses_with_a_tenth_of_them_in_one_place(mode):
    random = np.random.default_rng(6)
    count = 60_000
    houses = pl.DataFrame(
        {
            "building": [f"B{number}" for number in range(count)],
            "area": "Kreis",
            "street": random.integers(0, 3_000, count).astype(str),
            "x": np.where(np.arange(count) % 10, random.uniform(3e5, 3.4e5, count), 3.2e5),
            "y": np.where(np.arange(count) % 10, random.uniform(5.7e6, 5.74e6, count), 5.72e6),
            "households": random.integers(1, 4, count),
        }
    )
    cells = form_cells(houses, Formation(mode=mode))
    assert cells.cells["households"].min() >= 4
    assert cells.cells["households"].sum() == houses["households"].sum()
    assert (cells.cells["diameter"] == 0).sum() > 1_000
