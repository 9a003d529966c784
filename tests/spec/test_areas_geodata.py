"""Every format gives the same attributes and geometries; every broken file a clear fault."""

from __future__ import annotations

import gzip
import struct
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyogrio
import pytest
import shapely
from areas_samples import (
    HALF_SHAPES,
    HALVES,
    QUARTERS,
    SHAPES,
    gzipped,
    polygons,
    real,
    siblings,
    write,
    zipped,
)
from pyproj import CRS

from sozialraum.areas import containers
from sozialraum.areas.geodata import read_geodata
from sozialraum.areas.geoparquet import read_geoparquet, write_geoparquet
from sozialraum.errors import DeliveryError, InputError, ProjectError

FORMATS = (".gpkg", ".geojson", ".json", ".shp", ".tab", ".mif", ".fgb", ".parquet")


def refusal(path: Path, **options: str) -> str:
    with pytest.raises(InputError) as caught:
        read_geodata(path, name="areas.file", **options)
    assert len(caught.value.faults) == 1
    fault = caught.value.faults[0]
    assert fault.file == "areas.file"
    assert fault.advice
    return str(fault)


# --- the same areas in every format -----------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_gives_the_same_attributes_and_geometries(tmp_path, ending):
    data = read_geodata(write(tmp_path / f"areas{ending}"))
    in_order = data.frame.with_row_index("row").sort("key")
    assert in_order["label"].to_list() == QUARTERS["label"].to_list()
    assert in_order["key"].to_list() == ["0101", "0102", "0201", "0202"]
    shapes = data.geometry[in_order["row"].to_numpy()]
    assert shapely.equals_exact(shapely.normalize(shapes), shapely.normalize(SHAPES), tolerance=0.02).all()
    assert data.crs is not None
    assert data.crs.to_2d().to_authority() == ("EPSG", "25832")
    assert data.notes == ()


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".fgb", ".parquet", ".shp"])
def test_columns_are_typed_and_missing_stays_missing(tmp_path, ending):
    frame = read_geodata(write(tmp_path / f"areas{ending}")).frame.sort("key")
    assert frame["people"].dtype.is_integer()
    assert frame["people"].to_list() == [1200, 0, None, 87]
    assert frame["share"].to_list() == [0.5, 1.25, None, 3.0]


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".fgb", ".parquet"])
def test_gzip_is_unpacked(tmp_path, ending):
    packed = gzipped(tmp_path / f"packed{ending}.gz", write(tmp_path / f"areas{ending}"))
    assert read_geodata(packed).frame.height == 4


@pytest.mark.parametrize("ending", FORMATS)
def test_zip_is_unpacked_with_all_files_that_belong_together(tmp_path, ending):
    source = write(tmp_path / f"areas{ending}")
    packed = zipped(tmp_path / "packed.zip", *siblings(source))
    assert read_geodata(packed).frame.height == 4


def test_a_zip_in_which_files_lie_in_a_folder_beside_clutter(tmp_path):
    source = write(tmp_path / "areas.geojson")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.write(source, "delivery/2024/areas.geojson")
        archive.writestr("__MACOSX/delivery/._areas.geojson", b"clutter")
        archive.writestr("delivery/metadata.json", b'{"title": "no features in here"}')
        archive.writestr("delivery/readme.txt", b"hello")
    assert read_geodata(tmp_path / "packed.zip").frame.height == 4


def test_a_folder_with_several_files_needs_a_choice(tmp_path):
    write(tmp_path / "quarters.shp")
    write(tmp_path / "halves.shp", HALVES, HALF_SHAPES)
    assert read_geodata(tmp_path, layer="halves").frame.height == 2
    assert "there are several layers -> Write layer = ... into the TOML, one of: halves, quarters." in refusal(tmp_path)
    assert "there is no such layer (found: 'thirds')" in refusal(tmp_path, layer="thirds")


def test_a_geopackage_with_several_layers_needs_a_choice(tmp_path):
    path = write(tmp_path / "areas.gpkg", layer="quarters")
    write(path, HALVES, HALF_SHAPES, layer="halves", append=False)
    assert read_geodata(path, layer="halves").frame.height == 2
    assert read_geodata(path, layer="quarters").frame.height == 4
    assert "one of: quarters, halves" in refusal(path)
    assert "there is no such layer (found: 'thirds')" in refusal(path, layer="thirds")


def test_a_layer_can_be_named_where_there_is_only_one(tmp_path):
    assert read_geodata(write(tmp_path / "areas.geojson"), layer="areas").frame.height == 4
    assert "there is no such layer" in refusal(tmp_path / "areas.geojson", layer="thirds")


def test_heights_and_measures_are_dropped(tmp_path):
    high = polygons(shapely.force_3d(SHAPES[0], 12.5))
    data = read_geodata(write(tmp_path / "areas.geojson", QUARTERS[:1], high))
    assert not shapely.has_z(data.geometry).any()
    assert data.geometry[0].equals(SHAPES[0])


def test_a_feature_without_geometry_is_kept_as_none(tmp_path):
    data = read_geodata(write(tmp_path / "areas.geojson", QUARTERS[:2], polygons(SHAPES[0], None)))
    assert shapely.is_missing(data.geometry).tolist() == [False, True]


def test_arcs_become_short_straight_pieces(tmp_path):
    circle = (520e3, 6070e3, 521e3, 6071e3, 522e3, 6070e3, 521e3, 6069e3, 520e3, 6070e3)
    wkb = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII", 1, 8, 5) + struct.pack("<10d", *circle)
    table = pa.table({"key": ["1"], "geometry": pa.array([wkb], pa.binary())})
    path = tmp_path / "areas.gpkg"
    pyogrio.write_arrow(table, path, driver="GPKG", geometry_name="geometry", geometry_type="Unknown", crs="EPSG:25832")
    disc = read_geodata(path).geometry[0]
    assert disc.geom_type == "Polygon"
    assert disc.area == pytest.approx(np.pi * 1000**2, rel=0.002)


# --- text encodings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".shp", ".mif", ".tab"])
def test_a_wrongly_declared_encoding_is_put_right_by_the_toml(tmp_path, ending):
    path = write(tmp_path / f"areas{ending}", encoding="CP1252")
    if ending == ".shp":
        recode(tmp_path / "areas.dbf")
        (tmp_path / "areas.cpg").write_text("UTF-8")
    else:
        undeclare(path)
    assert "the text is not in the encoding that the file declares" in refusal(path)
    labels = read_geodata(path, encoding="cp1252").frame.sort("key")["label"].to_list()
    assert labels == QUARTERS["label"].to_list()


def recode(dbf: Path) -> None:
    content = dbf.read_bytes()
    for label in QUARTERS["label"]:
        field = label.encode("utf-8")
        content = content.replace(field, label.encode("cp1252").ljust(len(field)))
    dbf.write_bytes(content)


def undeclare(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"WindowsLatin1", b"Neutral"))


def test_a_geojson_in_latin_1(tmp_path):
    path = write(tmp_path / "areas.geojson")
    path.write_text(path.read_text("utf-8"), "cp1252")
    assert 'encoding = "cp1252"' in refusal(path)
    assert read_geodata(path, encoding="cp1252").frame["label"][0] == "Süderhof"


def test_utf_8_read_as_latin_1_is_noted(tmp_path):
    write(tmp_path / "areas.shp")
    (tmp_path / "areas.cpg").write_text("ISO-8859-1")
    notes = read_geodata(tmp_path / "areas.shp").notes
    assert [(note.column, note.value) for note in notes] == [("label", "SÃ¼derhof")]
    assert read_geodata(tmp_path / "areas.shp", encoding="utf-8").notes == ()


def test_an_unknown_encoding_is_refused(tmp_path):
    assert "unknown encoding (found: 'klingon')" in refusal(write(tmp_path / "a.shp"), encoding="klingon")


# --- what can not be read ---------------------------------------------------------------------------------------------

PAGE = b"<!DOCTYPE html><html><body>404</body></html>"
BROKEN = [
    ("areas.gpkg", None, "the file does not exist"),
    ("areas.gpkg", b"", "the file is empty (0 bytes)"),
    ("areas.geojson", PAGE, "this is not geodata, it looks like a web page"),
    ("areas.csv", b"a;b\n1;2\n", "this is not geodata"),
    ("areas.geojson", b'{"type": "FeatureCollection", "features": [', "is cut off or damaged"),
    ("areas.geojson", b'{"answer": 42}', "is cut off or damaged"),
    ("areas.geojson", b'{"type": "FeatureCollection", "features": []}', "the file holds no feature"),
    ("areas.parquet", b"PAR1 and no more", "the Parquet file is cut off or damaged"),
    ("areas.zip", b"PK\x03\x04 and no more", "the archive is damaged or incomplete"),
    ("areas.geojson.gz", b"\x1f\x8b\x08 and no more", "the archive is damaged or incomplete"),
]


@pytest.mark.parametrize(("name", "content", "what"), BROKEN)
def test_what_is_no_geodata_is_refused(tmp_path, name, content, what):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert what in refusal(tmp_path / name)


def test_an_empty_folder_or_zip_is_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    assert "there is no geodata in it" in refusal(tmp_path / "folder")
    (tmp_path / "readme.txt").write_text("hello")
    assert "there is no geodata in it" in refusal(zipped(tmp_path / "a.zip", tmp_path / "readme.txt"))


TRUNCATED = [(".gpkg", part) for part in ("gpkg",)] + [
    (".geojson", "geojson"),
    (".fgb", "fgb"),
    (".parquet", "parquet"),
    (".shp", "shp"),
    (".shp", "shx"),
    (".shp", "dbf"),
    (".tab", "map"),
    (".tab", "dat"),
    (".tab", "id"),
    (".mif", "mif"),
    (".mif", "mid"),
]


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.97])
@pytest.mark.parametrize(("ending", "which"), TRUNCATED)
def test_a_file_that_was_cut_off_is_refused(tmp_path, ending, which, part):
    many = pl.concat([QUARTERS] * 60, rechunk=True).with_columns(pl.int_range(240).cast(pl.String).alias("key"))
    source = write(tmp_path / f"areas{ending}", many, np.tile(SHAPES, 60))
    victim = source.with_suffix(f".{which}")
    victim.write_bytes(victim.read_bytes()[: int(victim.stat().st_size * part)])
    assert any(word in refusal(source) for word in ("cut off", "not geodata", "damaged"))


@pytest.mark.parametrize(
    ("ending", "which"), [(".shp", "shx"), (".shp", "dbf"), (".tab", "map"), (".tab", "dat"), (".mif", "mid")]
)
def test_a_file_that_belongs_to_it_is_missing(tmp_path, ending, which):
    source = write(tmp_path / f"areas{ending}")
    source.with_suffix(f".{which}").unlink()
    assert f"the file areas.{which} that belongs to areas{ending} is missing" in refusal(source)


def test_a_zip_bomb_is_refused_by_what_comes_out_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "FREE_BYTES", 1 << 20)
    zeros = b"0" * (8 << 20)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("areas.geojson", zeros)
    (tmp_path / "bomb.geojson.gz").write_bytes(gzip.compress(zeros))
    for bomb in ("bomb.zip", "bomb.geojson.gz"):
        assert "(zip bomb?)" in refusal(tmp_path / bomb)


def test_an_archive_larger_than_the_limit_is_refused(tmp_path, monkeypatch):
    packed = zipped(tmp_path / "a.zip", write(tmp_path / "areas.geojson"))
    monkeypatch.setattr(containers, "MAX_BYTES", 100)
    assert "unpacks to more than" in refusal(packed)


@pytest.mark.parametrize("member", ["../areas.geojson", "/etc/areas.geojson", "C:\\areas.geojson"])
def test_an_archive_that_reaches_outside_is_refused(tmp_path, member):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(member, b"{}")
    assert "outside its folder" in refusal(tmp_path / "a.zip")


# --- GeoParquet -------------------------------------------------------------------------------------------------------


def test_geoparquet_comes_back_as_it_went(tmp_path):
    write_geoparquet(tmp_path / "areas.parquet", QUARTERS, SHAPES, "EPSG:25832")
    frame, geometry, crs = read_geoparquet(tmp_path / "areas.parquet", "areas.parquet")
    assert frame.equals(QUARTERS)
    assert shapely.equals_identical(geometry, SHAPES).all()
    assert crs == CRS.from_epsg(25832)


def test_geoparquet_is_the_same_byte_for_byte(tmp_path):
    for name in ("one", "two"):
        write_geoparquet(tmp_path / name, QUARTERS.clone(), SHAPES.copy(), "EPSG:25832")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_geoparquet_refuses_rows_that_do_not_match(tmp_path):
    with pytest.raises(ValueError, match="4 rows but 2 geometries"):
        write_geoparquet(tmp_path / "areas.parquet", QUARTERS, SHAPES[:2], "EPSG:25832")


def test_a_parquet_without_geometry_is_refused(tmp_path):
    QUARTERS.write_parquet(tmp_path / "areas.parquet")
    assert "the Parquet file has no geometry" in refusal(tmp_path / "areas.parquet")


# --- real deliveries --------------------------------------------------------------------------------------------------

DELIVERIES = [
    (("flensburg", "flensburg_stadtteile.zip"), 13, "AREA_NAME"),
    (("flensburg", "flensburg_stadtbezirke.zip"), 41, "PARENT_ARE"),
    (("koeln", "shp", "Stadtbezirk.shp"), 9, "STB_NAME"),
    (("koeln", "shp", "Stadtteil.shp"), 86, "STT_NAME"),
    (("koeln", "shp", "Stadtviertel.shp"), 371, "STV_NAME"),
    (("region-hannover", "seed_gemeinden_25832.gpkg"), 30, "ARS"),
    (("region-hannover", "seed_gemeinden_4326.geojson"), 30, "ARS"),
    (("essen", "essen_stadtbezirke.geojson.gz"), 9, "STADTBEZR"),
    (("mapinfo", "tab-belo-horizonte", "Up.tab"), 81, "unid_planejamento"),
    (("mapinfo", "mif-geofla-corse", "DEPARTEMENT.MIF"), 96, "Nom_Département"),
    (("mapinfo", "mixed.MIF"), 9, "Date_created"),
    (("mapinfo", "german-derived", "region_hannover_gemeinden_utm32.tab"), 21, "name"),
]


@pytest.mark.realdata
@pytest.mark.parametrize(("parts", "rows", "column"), DELIVERIES)
def test_real_deliveries_are_read_whole(parts, rows, column):
    data = read_geodata(real(*parts))
    assert data.frame.height == len(data.geometry) == rows
    assert column in data.frame.columns
    assert not shapely.has_z(data.geometry).any()


@pytest.mark.realdata
def test_real_accents_and_leading_zeros_stay():
    corse = read_geodata(real("mapinfo", "mif-geofla-corse"), layer="DEPARTEMENT").frame
    assert corse["Code_Département"][0] == "01"
    assert "Dünnwald" in read_geodata(real("koeln", "shp"), layer="Stadtviertel").frame["STV_NAME"].to_list()
    assert read_geodata(real("region-hannover", "seed_gemeinden_25832.gpkg")).frame["AGS"][0] == "03241001"


@pytest.mark.realdata
def test_a_real_mif_without_geographic_crs_is_read_without_one():
    data = read_geodata(real("mapinfo", "mixed.MIF"))
    assert data.frame["Date_created"].dtype == pl.Date


def test_two_errors_are_told_apart(tmp_path):
    with pytest.raises(ProjectError):
        read_geodata(write(tmp_path / "a.gpkg"), crs="EPSG:999999")
    with pytest.raises(DeliveryError):
        read_geodata(tmp_path / "b.gpkg")
