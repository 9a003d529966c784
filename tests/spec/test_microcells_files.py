"""Delivered buildings in every format, and the file that comes out."""

from __future__ import annotations

import gzip
import json
import zipfile

import numpy as np
import polars as pl
import pyogrio.raw
import pytest
import shapely

from sozialraum.areas.crs import to_degrees
from sozialraum.areas.geoparquet import read_geoparquet, write_geoparquet
from sozialraum.errors import DeliveryError, InputError, ProjectError
from sozialraum.microcells import Reading, form_cells, read_buildings, write_cells

title = "Files of buildings and of microcells"

X = np.array([362_000.0, 362_010.0, 362_020.0, 362_030.5])
Y = np.array([5_705_000.0, 5_705_000.0, 5_705_000.0, 5_705_000.25])
ATTRIBUTES = pl.DataFrame(
    {
        "building": ["A", "B", "C", "D"],
        "households": [1, 2, 1, 5],
        "street": ["Straße am Anger"] * 4,
        "house_number": ["1", "1 a", "3", "5"],
        "area": ["Nord"] * 4,
    }
)
HOUSES = ATTRIBUTES.with_columns(x=pl.Series(X), y=pl.Series(Y))


def geoparquet(folder):
    write_geoparquet(folder / "h.parquet", ATTRIBUTES, shapely.points(X, Y), "EPSG:25832")
    return folder / "h.parquet"


def geopackage(folder):
    fields = [ATTRIBUTES[column].to_numpy() for column in ATTRIBUTES.columns]
    wkb = shapely.to_wkb(shapely.points(X, Y))
    target = folder / "h.gpkg"
    pyogrio.raw.write(target, wkb, fields, ATTRIBUTES.columns, geometry_type="Point", crs="EPSG:25832")
    return target


def geojson(folder, x=X, y=Y, crs="EPSG::25832", attributes=ATTRIBUTES):
    features = [
        {"type": "Feature", "properties": row, "geometry": {"type": "Point", "coordinates": [a, b]}}
        for row, a, b in zip(attributes.iter_rows(named=True), x, y, strict=True)
    ]
    said = {"crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{crs}"}}} if crs else {}
    content = {"type": "FeatureCollection", **said, "features": features}
    (folder / "h.geojson").write_text(json.dumps(content), encoding="utf-8")
    return folder / "h.geojson"


def degrees(folder):
    return geojson(folder, *to_degrees(X, Y), crs=None)


def zone_prefixed(folder):
    return geojson(folder, X + 32e6, Y, "EPSG::4647")


def zipped(folder):
    with zipfile.ZipFile(folder / "h.zip", "w") as archive:
        archive.write(geojson(folder), "inside/h.geojson")
        archive.writestr("inside/hinweis.txt", "Datenlizenz Deutschland")
    return folder / "h.zip"


def csv(folder, text=None):
    """Write a table as a German office does: semicolons, decimal commas, points between thousands."""
    german = HOUSES.with_columns(
        pl.Series(axis, [f"{v:,.2f}".translate(str.maketrans(",.", ".,")) for v in HOUSES[axis]]) for axis in "xy"
    )
    found = text or german.write_csv(separator=";")
    (folder / "h.csv").write_text(found, encoding="utf-8")
    return folder / "h.csv"


def parquet(folder):
    HOUSES.write_parquet(folder / "h.parquet")
    return folder / "h.parquet"


def zipped_csv(folder):
    (folder / "h.csv.gz").write_bytes(gzip.compress(csv(folder).read_bytes()))
    return folder / "h.csv.gz"


@pytest.mark.parametrize(
    ("make", "crs", "tolerance"),
    [
        (geoparquet, None, 0),
        (geopackage, None, 0),
        (geojson, None, 0),
        (degrees, None, 0.01),
        (zone_prefixed, None, 1e-3),
        (zipped, None, 0),
        (csv, "EPSG:25832", 0),
        (zipped_csv, "EPSG:25832", 0),
        (parquet, "EPSG:25832", 0),
    ],
)
def test_the_same_buildings_in_every_format(tmp_path, make, crs, tolerance):
    houses = read_buildings(make(tmp_path), Reading(crs=crs)).houses
    np.testing.assert_allclose(houses["x"], X, rtol=0, atol=tolerance)
    np.testing.assert_allclose(houses["y"], Y, rtol=0, atol=tolerance)
    assert houses["building"].to_list() == ["A", "B", "C", "D"]
    assert houses["street"].to_list() == ["Straße am Anger"] * 4
    assert form_cells(houses).cells["households"].to_list() == [4, 5]


def test_footprints_stand_at_their_middle(tmp_path):
    footprints = shapely.box(X - 5, Y - 4, X + 5, Y + 4)
    write_geoparquet(tmp_path / "h.parquet", ATTRIBUTES, footprints, "EPSG:25832")
    houses = read_buildings(tmp_path / "h.parquet").houses
    np.testing.assert_allclose(houses["x"], X)
    np.testing.assert_allclose(houses["y"], Y)


def test_german_names_of_columns_are_known(tmp_path):
    columns = {"building": "OID", "households": "Haushalte", "street": "STN", "house_number": "HNR", "area": "Gebiet"}
    delivered = ATTRIBUTES.rename(columns).with_columns(ADZ=pl.Series(["", "b", None, "a"]))
    houses = read_buildings(geojson(tmp_path, attributes=delivered)).houses
    assert houses["house_number"].to_list() == ["1 ", "1 a b", "3", "5 a"]
    assert houses["area"].to_list() == ["Nord"] * 4


def test_a_delivered_column_called_line_is_no_hindrance(tmp_path):
    path = geojson(tmp_path, attributes=ATTRIBUTES.with_columns(line=pl.lit("U 11")))
    assert read_buildings(path).houses["line"].to_list() == [1, 2, 3, 4]


def test_other_names_can_be_chosen(tmp_path):
    path = geojson(tmp_path, attributes=ATTRIBUTES.rename({"households": "anz_hh"}))
    assert read_buildings(path, Reading(columns={"households": "anz_hh"})).houses["households"].sum() == 9


def test_what_the_file_does_not_say_is_assumed_and_noted(tmp_path):
    path = geojson(tmp_path, attributes=ATTRIBUTES.select("street"))
    buildings = read_buildings(path, Reading(assume_households=2))
    assert buildings.houses["households"].to_list() == [2] * 4
    assert buildings.houses["building"].to_list() == ["1", "2", "3", "4"]
    assert buildings.houses["area"].to_list() == ["all"] * 4
    assert [note.what for note in buildings.notes] == ["the file has no building ids; they are the rows' numbers"]


def area_file(folder, codes=("West", "Ost"), border=362_015.0):
    boxes = shapely.box([361_000, border], [5_704_000] * 2, [border, 362_025], [5_706_000] * 2)
    write_geoparquet(folder / "areas.parquet", pl.DataFrame({"nr": codes}), boxes, "EPSG:25832")
    return folder / "areas.parquet"


def test_buildings_get_the_area_they_lie_in(tmp_path):
    reading = Reading(area_file=area_file(tmp_path), area_code="nr")
    buildings = read_buildings(geojson(tmp_path), reading)
    assert buildings.houses.select("building", "area").rows() == [("A", "West"), ("B", "West"), ("C", "Ost")]
    assert [(note.line, note.what, note.value) for note in buildings.notes] == [
        (4, "the house lies outside every area and is left out", "D")
    ]


def faults(path, reading=None):
    with pytest.raises(InputError) as caught:
        read_buildings(path, reading)
    return [(fault.column, fault.what) for fault in caught.value.faults]


def test_a_file_without_households_is_refused_with_advice(tmp_path):
    path = geojson(tmp_path, attributes=ATTRIBUTES.drop("households"))
    with pytest.raises(DeliveryError, match="--assume-households") as caught:
        read_buildings(path)
    assert [fault.column for fault in caught.value.faults] == ["households"]


def test_households_are_not_assumed_where_they_are_delivered(tmp_path):
    found = faults(geojson(tmp_path), Reading(assume_households=3))
    assert found == [("households", "the file says households and they are to be assumed")]


def test_chosen_columns_must_exist(tmp_path):
    found = faults(geojson(tmp_path), Reading(columns={"households": "hh", "colour": "street"}))
    assert found == [
        ("colour", "there is no column of this meaning"),
        ("households", "the file has no such column"),
    ]


def test_a_table_must_say_its_crs(tmp_path):
    assert faults(csv(tmp_path)) == [("crs", "a table with x and y does not say its CRS")]


def test_a_table_needs_x_and_y_and_households(tmp_path):
    found = faults(csv(tmp_path, "building;lage\nA;1\n"), Reading(crs="EPSG:25832"))
    assert found == [
        ("households", "the file does not say how many households a building has"),
        ("x", "a column is missing"),
        ("y", "a column is missing"),
    ]


def test_an_unknown_crs_is_refused(tmp_path):
    with pytest.raises(ProjectError, match="unknown CRS"):
        read_buildings(csv(tmp_path), Reading(crs="EPSG:1"))


def test_degrees_said_to_be_metres_are_refused(tmp_path):
    text = "building,households,x,y\nA,4,7.01,51.46\n"
    with pytest.raises(DeliveryError, match="outside Germany"):
        read_buildings(csv(tmp_path, text), Reading(crs="EPSG:25832"))


def test_broken_rows_of_a_table_are_named_by_their_line(tmp_path):
    rows = ["A;4;362000;5705000", "B;vier;362000;5705000", "C;4;hier;5705000", "D;;362000;5705000"]
    path = csv(tmp_path, "\n".join(["building;households;x;y", *rows]))
    with pytest.raises(DeliveryError) as caught:
        form_cells(read_buildings(path, Reading(crs="EPSG:25832")).houses, name="h.csv")
    assert [(fault.file, fault.line, fault.column) for fault in caught.value.faults] == [
        ("h.csv", 3, "households"),
        ("h.csv", 4, "x"),
        ("h.csv", 5, "households"),
    ]


def test_a_building_without_a_place_is_named(tmp_path):
    points = shapely.points(X, Y)
    points[2] = None
    write_geoparquet(tmp_path / "h.parquet", ATTRIBUTES, points, "EPSG:25832")
    with pytest.raises(DeliveryError) as caught:
        form_cells(read_buildings(tmp_path / "h.parquet").houses)
    assert {(fault.line, fault.column) for fault in caught.value.faults} == {(3, "x"), (3, "y")}


def test_a_building_without_a_place_is_named_with_an_area_file_too(tmp_path):
    points = shapely.points(X, Y)
    points[2] = None
    write_geoparquet(tmp_path / "h.parquet", ATTRIBUTES, points, "EPSG:25832")
    reading = Reading(area_file=area_file(tmp_path), area_code="nr")
    with pytest.raises(DeliveryError) as caught:
        form_cells(read_buildings(tmp_path / "h.parquet", reading).houses)
    assert {(fault.line, fault.column) for fault in caught.value.faults} == {(3, "area"), (3, "x"), (3, "y")}


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b'{"type": "FeatureCollection", "features": ['])
def test_a_damaged_file_is_refused(tmp_path, content):
    (tmp_path / "h.geojson").write_bytes(content)
    with pytest.raises(DeliveryError):
        read_buildings(tmp_path / "h.geojson")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DeliveryError, match="does not exist"):
        read_buildings(tmp_path / "nowhere.gpkg")


def test_an_area_file_needs_its_column_of_codes(tmp_path):
    found = faults(geojson(tmp_path), Reading(area_file=area_file(tmp_path)))
    assert found == [("area_code", "it is not known which column names the areas")]


def test_an_area_file_of_another_city_is_refused(tmp_path):
    shapes = shapely.box([500_000.0], [5_900_000.0], [510_000.0], [5_910_000.0])
    write_geoparquet(tmp_path / "areas.parquet", pl.DataFrame({"nr": ["1"]}), shapes, "EPSG:25832")
    found = faults(geojson(tmp_path), Reading(area_file=tmp_path / "areas.parquet", area_code="nr"))
    assert found == [("", "every house lies outside the area file")]


def test_cells_are_written_as_geoparquet_with_their_report(tmp_path):
    cells = form_cells(HOUSES)
    report = write_cells(tmp_path / "cells.parquet", cells)
    frame, points, crs = read_geoparquet(tmp_path / "cells.parquet", "cells.parquet")
    assert frame.rows() == [
        ("A", "Nord-000001", "Nord"),
        ("B", "Nord-000001", "Nord"),
        ("C", "Nord-000001", "Nord"),
        ("D", "Nord-000002", "Nord"),
    ]
    np.testing.assert_array_equal(shapely.get_x(points), X)
    assert crs.to_epsg() == 25832
    assert json.loads(report.read_text(encoding="utf-8")) == json.loads(json.dumps(cells.quality.as_json()))
    assert report.name == "cells.quality.json"


def test_the_same_cells_are_the_same_file(tmp_path):
    for name in ("one", "two"):
        write_cells(tmp_path / f"{name}.parquet", form_cells(HOUSES))
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


@pytest.mark.parametrize("name", ["cells.gpkg", "nowhere/cells.parquet"])
def test_a_target_that_can_not_be_written_is_refused(tmp_path, name):
    with pytest.raises(InputError):
        write_cells(tmp_path / name, form_cells(HOUSES))


def test_a_failed_write_leaves_the_earlier_file(tmp_path, monkeypatch):
    target = tmp_path / "cells.parquet"
    write_cells(target, form_cells(HOUSES))
    before = target.read_bytes()

    def disk_full(path, *_):
        path.write_bytes(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr("sozialraum.microcells.files.write_geoparquet", disk_full)
    with pytest.raises(OSError, match="No space"):
        write_cells(target, form_cells(HOUSES))
    assert target.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["cells.parquet", "cells.quality.json"]
