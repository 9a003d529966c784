"""Points find their areas; reforms become shares; borders become light enough for a page."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
import shapely
from areas_samples import EAST, HALF_SHAPES, NORTH, SHAPES, polygons, real, square, system

from sozialraum.areas import AREA_SCHEMA, AreaSystem, generalise, read_area_system, web_geometry
from sozialraum.areas.changes import crosswalk
from sozialraum.areas.locate import FEW, Locator, locate
from sozialraum.catalogue.documents import AreaSystemDoc
from sozialraum.errors import Faults, ProjectError

QUARTERS = system()


def named(codes: list[str], shapes: np.ndarray) -> AreaSystem:
    nothing = [None] * len(codes)
    columns = dict(zip(AREA_SCHEMA, [codes, codes, nothing, nothing, nothing], strict=True))
    return AreaSystem("areas", {"de": "Gebiete"}, None, pl.DataFrame(columns, schema=AREA_SCHEMA), shapes)


# --- which area? ------------------------------------------------------------------------------------------------------

PLACES = [
    # metres east and north of the corner, row of the area
    ((500, 500), 0, "in the first square"),
    ((1500, 500), 1, "in the second"),
    ((500, 1500), 2, "in the third"),
    ((1500, 1500), 3, "in the fourth"),
    ((1000, 500), 0, "on the border of the first and second: the lower row"),
    ((1500, 1000), 1, "on the border of the second and fourth"),
    ((1000, 1000), 0, "on the corner of all four"),
    ((0, 0), 0, "on the outer corner"),
    ((2000, 2000), 3, "on the opposite outer corner"),
    ((2000, 700), 1, "on the outer border"),
    ((-0.001, 500), -1, "just outside"),
    ((5000, 5000), -1, "far outside"),
    ((np.nan, 500), -1, "without a coordinate"),
    ((np.inf, 500), -1, "infinitely far"),
]


@pytest.mark.parametrize(("place", "row", "why"), PLACES, ids=[why for *_, why in PLACES])
@pytest.mark.parametrize("many", [False, True], ids=["few points", "many points"])
def test_where_a_point_belongs(place, row, why, many):
    count = FEW + 1 if many else 1
    x, y = np.full(count, EAST + place[0]), np.full(count, NORTH + place[1])
    assert set(locate(x, y, QUARTERS).tolist()) == {row}


def test_a_hole_is_not_inside_and_an_island_in_it_is():
    ring = square(0, 0, 4000).difference(square(1, 1))
    areas = named(["ring", "island"], polygons(ring, shapely.box(EAST + 1200, NORTH + 1200, EAST + 1800, NORTH + 1800)))
    x = EAST + np.array([500.0, 1100.0, 1500.0, 1000.0])
    y = NORTH + np.array([500.0, 1100.0, 1500.0, 1500.0])
    assert Locator(areas).locate(x, y).tolist() == [0, -1, 1, 0]


def test_areas_in_several_parts_and_areas_without_geometry():
    areas = named(["none", "parts"], polygons(None, shapely.union_all([SHAPES[0], SHAPES[3]])))
    x, y = EAST + np.array([500.0, 1500.0, 1500.0]), NORTH + np.array([500.0, 500.0, 1500.0])
    assert Locator(areas).locate(x, y).tolist() == [1, -1, 1]


def test_where_areas_overlap_the_first_counts():
    areas = named(["wide", "inner"], polygons(square(0, 0, 4000), square(1, 1)))
    turned = named(["inner", "wide"], polygons(square(1, 1), square(0, 0, 4000)))
    x, y = np.array([EAST + 1500]), np.array([NORTH + 1500])
    assert Locator(areas).locate(x, y).tolist() == [0]
    assert Locator(turned).locate(x, y).tolist() == [0]


def test_no_points_and_no_areas():
    assert locate([], [], QUARTERS).tolist() == []
    assert Locator(named([], polygons())).locate([1.0], [2.0]).tolist() == [-1]


def test_a_system_without_geometry_is_a_fault():
    with pytest.raises(ProjectError, match=r"areas/areas.toml \[file\]: points can not be located"):
        locate([1.0], [2.0], named(["a"], None))


@pytest.mark.realdata
@pytest.mark.parametrize(("file", "code"), [("Stadtteil", "STT_NR"), ("Stadtviertel", "STV_NR")])
def test_real_borders_are_answered_as_by_geos(file, code):
    doc = AreaSystemDoc.model_validate({"title": {"de": file}, "file": f"{file}.shp", "code": code, "name": code})
    areas = read_area_system("areas", doc, real("koeln", "shp").joinpath, Faults())
    west, south, east, north = areas.bounds
    generator = np.random.default_rng(1)
    corners = shapely.get_coordinates(areas.geometry)
    points = np.vstack([generator.uniform((west, south), (east, north), (20_000, 2)), corners[::5]])
    found = Locator(areas).locate(points[:, 0], points[:, 1])
    rows, candidates = shapely.STRtree(areas.geometry).query(shapely.points(points), predicate="intersects")
    wanted = np.full(len(points), len(areas.codes))
    np.minimum.at(wanted, rows, candidates)
    assert np.array_equal(found, np.where(wanted == len(areas.codes), -1, wanted))


# --- what became of the old areas? ------------------------------------------------------------------------------------

HALVES = named(["01", "02"], HALF_SHAPES)
HOUSES_X = EAST + np.array([100.0, 200.0, 1500.0, 500.0, 1600.0])
HOUSES_Y = NORTH + np.array([100.0, 200.0, 500.0, 1500.0, 1600.0])
PEOPLE = np.array([2.0, 4.0, 2.0, 0.0, 7.0])


def test_shares_are_those_of_people():
    shares = crosswalk(HALVES, QUARTERS, weights_x=HOUSES_X, weights_y=HOUSES_Y, weights=PEOPLE)
    assert shares.rows() == [("01", "0101", 0.75), ("01", "0102", 0.25), ("02", "0202", 1.0)]


def test_merging_areas_go_over_whole():
    shares = crosswalk(QUARTERS, HALVES, weights_x=HOUSES_X, weights_y=HOUSES_Y, weights=PEOPLE)
    assert shares.rows() == [("0101", "01", 1.0), ("0102", "01", 1.0), ("0202", "02", 1.0)]


def test_the_part_that_left_the_territory_is_not_hidden():
    smaller = named(["0101"], SHAPES[:1])
    shares = crosswalk(HALVES, smaller, weights_x=HOUSES_X, weights_y=HOUSES_Y, weights=PEOPLE)
    assert shares.rows() == [("01", None, 0.25), ("01", "0101", 0.75), ("02", None, 1.0)]


@pytest.mark.parametrize("weight", [-1.0, np.nan])
def test_weights_must_be_numbers_of_0_or_more(weight):
    with pytest.raises(ValueError, match="weights must be numbers of 0 or more"):
        crosswalk(HALVES, QUARTERS, weights_x=HOUSES_X[:1], weights_y=HOUSES_Y[:1], weights=[weight])


# --- light borders ----------------------------------------------------------------------------------------------------


def wiggly() -> AreaSystem:
    """Two neighbours whose common border has 200 small wiggles."""
    steps = np.linspace(0, 2000, 201)
    border = np.column_stack([EAST + 1000 + 3 * (np.arange(201) % 2), NORTH + steps])
    left = shapely.Polygon([(EAST, NORTH), *border, (EAST, NORTH + 2000)])
    right = shapely.Polygon([(EAST + 2000, NORTH), *border, (EAST + 2000, NORTH + 2000)])
    return named(["a", "b"], polygons(left, right))


@pytest.mark.parametrize("tolerance", [10, 100])
def test_neighbours_still_fit_after_generalising(tolerance):
    light = generalise(wiggly(), tolerance)
    assert shapely.get_num_coordinates(light.geometry).sum() < 30
    assert shapely.coverage_is_valid(light.geometry)
    assert shapely.area(light.geometry).sum() == 2000 * 2000


def test_no_tolerance_changes_nothing():
    same = generalise(wiggly(), 0)
    assert shapely.equals(same.geometry, wiggly().geometry).all()
    with pytest.raises(ValueError, match="negative"):
        generalise(wiggly(), -1)


def test_small_areas_do_not_vanish():
    tiny = shapely.box(EAST, NORTH, EAST + 5, NORTH + 5)
    assert shapely.area(generalise(named(["tiny"], polygons(tiny)), 1000).geometry)[0] > 0


def test_web_geometry_is_geojson_in_degrees():
    shapes = web_geometry(QUARTERS, 5)
    ring = json.loads(shapely.to_geojson(shapes[0]))["coordinates"][0]
    assert all(9 < longitude < 10 and 54 < latitude < 55 for longitude, latitude in ring)
    assert all(value == round(value, 6) for point in ring for value in point)
    assert all(shape.exterior.is_ccw for shape in shapes)
    assert shapely.coverage_is_valid(shapes)


def test_a_system_without_geometry_has_none_for_the_web():
    nothing = named(["a"], None)
    assert generalise(nothing, 10) is nothing
    with pytest.raises(ValueError, match="areas has no geometry"):
        web_geometry(nothing, 10)


@pytest.mark.realdata
def test_flensburgs_borders_fit_on_a_page():
    doc = AreaSystemDoc.model_validate(
        {"title": {"de": "S"}, "file": "flensburg_stadtteile.zip", "code": "AREA_ID", "name": "AREA_NAME"}
    )
    areas = read_area_system("areas", doc, real("flensburg").joinpath, Faults())
    shapes = web_geometry(areas, 10)
    assert shapely.is_valid(shapes).all()
    assert len("".join(shapely.to_geojson(shapes))) < 60_000
    grown = shapely.area(generalise(areas, 10).geometry) / shapely.area(areas.geometry)
    assert (np.abs(grown - 1) < 0.01).all()
