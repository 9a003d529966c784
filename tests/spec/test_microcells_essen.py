"""Essen's official house coordinates become microcells, with as many households as each building's number says."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sozialraum.microcells import Formation, Reading, form_cells, read_buildings

ESSEN = Path(__file__).parents[3] / "shared" / "data" / "essen"
# A city's mixture: every tenth address has no household, six in ten have fewer than four.
HOUSEHOLDS = [0, 1, 1, 1, 1, 2, 3, 4, 7, 12]

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not ESSEN.is_dir(), reason=f"Essen's house coordinates are not in {ESSEN}"),
]


@pytest.fixture(scope="module")
def buildings():
    reading = Reading(assume_households=1, area_file=ESSEN / "essen_stadtbezirke.geojson.gz", area_code="STADTBEZR")
    return read_buildings(ESSEN / "hauskoordinaten_essen_2022-10-05_4647.zip", reading, name="essen.zip")


@pytest.fixture(scope="module")
def houses(buildings):
    digit = pl.col("building").cast(pl.Int64) * 7919 // 10 % 10
    return buildings.houses.with_columns(households=digit.replace_strict(dict(enumerate(HOUSEHOLDS))))


@pytest.fixture(scope="module")
def cells(houses):
    return form_cells(houses, Formation(threads=2))


def test_every_address_is_read_and_its_place_is_in_metres_of_zone_32(buildings):
    outside = [note for note in buildings.notes if note.what == "the house lies outside every area and is left out"]
    assert buildings.houses.height + len(outside) == 102_981
    assert len(outside) == 8
    assert buildings.houses["x"].is_between(350_000, 375_000).all()
    assert buildings.houses["y"].is_between(5_690_000, 5_715_000).all()
    assert sorted(buildings.houses["area"].unique()) == ["I", "II", "III", "IV", "IX", "V", "VI", "VII", "VIII"]


def test_addresses_are_kept(buildings):
    numbered = buildings.houses.filter(pl.col("house_number").str.contains(r"\d"))
    assert buildings.houses["street"].null_count() == 0
    assert 99_500 < numbered.height <= 99_584


def test_no_household_is_lost_and_no_cell_is_below_the_minimum(houses, cells):
    assert cells.quality.households_lost == 0
    assert cells.cells["households"].sum() == houses["households"].sum()
    assert cells.cells["households"].min() == 4
    assert cells.members["cell"].null_count() == 0


def test_every_cell_lies_in_one_district(houses, cells):
    joined = cells.members.join(houses.select("building", district="area"), on="building")
    assert joined.group_by("cell").agg(pl.col("district").n_unique())["district"].max() == 1


def test_cells_are_small_and_follow_streets(cells):
    quality = cells.quality
    assert quality.one_street_share > 0.85  # rho = 30 m lets a cell turn the corner where that makes it much smaller
    assert 5 < quality.households_per_cell.mean < 7
    assert quality.diameter.median < 50
    assert quality.flagged < 0.02 * quality.multi_house_cells


def test_geometry_mode_mixes_streets_and_is_as_safe(houses, cells):
    geometry = form_cells(houses, Formation(mode="geometry")).quality
    assert geometry.one_street_share < cells.quality.one_street_share
    assert geometry.households_lost == 0
    assert geometry.households_per_cell.minimum == 4


def test_one_thread_makes_the_same_cells(houses, cells):
    alone = form_cells(houses, Formation(threads=1))
    assert_frame_equal(alone.members, cells.members)
    assert_frame_equal(alone.cells, cells.cells)
