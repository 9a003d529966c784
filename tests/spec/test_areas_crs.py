"""A CRS is declared, or it is a fault that says what to write; no city lands in the Atlantic."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from areas_samples import EAST, NORTH, SHAPES, gauss_krueger_mif, real, write
from pyproj import CRS, Transformer

from sozialraum.areas.crs import GERMANY, settle_crs, territory_of, to_degrees, to_internal_points
from sozialraum.areas.geodata import read_geodata, to_internal
from sozialraum.errors import DeliveryError, InputError, ProjectError


def landed(path, **options):
    return to_internal(read_geodata(path, name="areas.file", **options))


def moved(code: str) -> np.ndarray:
    there = Transformer.from_crs("EPSG:25832", code, always_xy=True)
    return shapely.transform(SHAPES, lambda x, y: there.transform(x, y), interleaved=False)


def refusal(path, **options) -> str:
    with pytest.raises(InputError) as caught:
        landed(path, **options)
    return str(caught.value)


def worst(shapes: np.ndarray) -> float:
    """Return the largest distance of any corner from where it belongs, metres."""
    return max(min(shape.hausdorff_distance(wanted) for wanted in SHAPES) for shape in shapes)


# --- what is declared is transformed ----------------------------------------------------------------------------------

CODES = ["EPSG:25832", "EPSG:25833", "EPSG:4647", "EPSG:4326", "EPSG:4258", "EPSG:31467", "EPSG:32632", "EPSG:3857"]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".parquet"])
def test_every_usual_crs_lands_where_it_belongs(tmp_path, code, ending):
    data = landed(write(tmp_path / f"areas{ending}", shapes=moved(code), crs=code))
    assert data.crs == CRS.from_epsg(25832)
    assert worst(data.geometry) < 0.05


def test_the_zone_prefix_of_4647_is_not_mistaken_for_a_far_country(tmp_path):
    data = read_geodata(write(tmp_path / "areas.gpkg", shapes=moved("EPSG:4647"), crs="EPSG:4647"))
    assert shapely.total_bounds(data.geometry)[0] == 32_000_000 + EAST
    assert shapely.total_bounds(to_internal(data).geometry)[0] == pytest.approx(EAST)


def test_another_internal_crs(tmp_path):
    data = to_internal(read_geodata(write(tmp_path / "areas.gpkg")), "EPSG:25833")
    assert worst(data.geometry) > 300_000
    assert worst(to_internal(data).geometry) < 0.001


# --- what is missing, unknown or contradicted is refused --------------------------------------------------------------


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".mif", ".tab", ".fgb"])
@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_missing_crs_is_a_fault_that_says_what_to_write(tmp_path, ending):
    path = write(tmp_path / f"areas{ending}", crs=None)
    assert read_geodata(path).crs is None
    assert 'areas.file: the file does not say its CRS -> Write it into the TOML, e.g. crs = "EPSG:25832"' in refusal(
        path
    )
    assert worst(landed(path, crs="EPSG:25832").geometry) < 0.02


def test_an_unknown_crs_is_a_fault(tmp_path):
    found = refusal(write(tmp_path / "areas.gpkg"), crs="EPSG:12345678")
    assert "[crs]: unknown CRS (found: 'EPSG:12345678')" in found


def test_a_declared_crs_that_contradicts_the_file_is_a_fault(tmp_path):
    found = refusal(write(tmp_path / "areas.gpkg"), crs="EPSG:25833")
    assert "the declared CRS contradicts the file (found: 'EPSG:25833')" in found
    assert "It says EPSG:25832." in found


@pytest.mark.parametrize("declared", ["EPSG:25832", "epsg:25832", "ETRS89 / UTM zone 32N"])
def test_a_declared_crs_that_agrees_is_no_fault(tmp_path, declared):
    data = landed(write(tmp_path / "areas.gpkg"), crs=declared)
    assert data.notes == ()
    assert worst(data.geometry) == 0


def test_a_geojson_in_metres_without_crs_needs_one(tmp_path):
    path = write(tmp_path / "areas.geojson")
    text = path.read_text("utf-8")
    start = text.index('"crs"')
    path.write_text(text[:start] + text[text.index('"features"') :], "utf-8")
    assert "the file does not say its CRS" in refusal(path)
    assert worst(landed(path, crs="EPSG:25832").geometry) == 0


# --- coordinates outside ----------------------------------------------------------------------------------------------

ASTRAY = [
    ("EPSG:4326", "coordinates lie outside Germany - wrong CRS?"),
    ("EPSG:25831", "coordinates lie outside Germany - wrong CRS?"),
    ("EPSG:4647", "coordinates lie outside Germany - wrong CRS?"),
    ("EPSG:31467", "coordinates lie outside Germany - wrong CRS?"),
    ("EPSG:3857", "coordinates lie outside Germany - wrong CRS?"),
]


@pytest.mark.parametrize(("wrong", "what"), ASTRAY)
@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_wrong_crs_is_an_error_and_not_a_city_in_the_atlantic(tmp_path, wrong, what):
    assert what in refusal(write(tmp_path / "areas.shp", crs=None), crs=wrong)


def test_one_stray_row_is_counted_and_shown():
    x, y = np.array([9.4, 9.5, 0.0]), np.array([54.8, 54.7, 0.0])
    with pytest.raises(
        DeliveryError, match=r"houses.csv: 1 of 3 coordinates lie outside Germany.*'0 0 read as EPSG:4326'"
    ):
        to_internal_points((x, y), CRS.from_epsg(4326), name="houses.csv")


def test_swapped_axes_are_recognised():
    with pytest.raises(DeliveryError, match="x and y look swapped"):
        to_internal_points((np.array([54.8]), np.array([9.4])), CRS.from_epsg(4326), name="houses.csv")


def test_rows_without_coordinates_stay_without():
    x, y = to_internal_points((np.array([9.4, np.nan]), np.array([54.8, 54.7])), CRS.from_epsg(4326), name="houses.csv")
    assert np.isfinite(x).tolist() == np.isfinite(y).tolist() == [True, False]


def test_other_countries_by_the_area_of_use_of_their_crs():
    lambert = territory_of("EPSG:2154")
    paris = to_internal_points(
        (np.array([2.35]), np.array([48.86])),
        CRS.from_epsg(4326),
        name="paris",
        internal="EPSG:2154",
        territory=lambert,
    )
    assert np.round(paris[0] / 1000) == 652
    with pytest.raises(DeliveryError, match="outside Germany"):
        to_internal_points((np.array([2.35]), np.array([48.86])), CRS.from_epsg(4326), name="paris")


def test_the_territory_has_a_margin_around_germany():
    corners = {"List": (8.4, 55.06), "Selfkant": (5.87, 51.05), "Oberstdorf": (10.18, 47.27), "Görlitz": (15.04, 51.27)}
    for longitude, latitude in corners.values():
        assert GERMANY.holds(np.array([longitude]), np.array([latitude])).all()


def test_degrees_come_back():
    longitude, latitude = to_degrees(np.array([EAST]), np.array([NORTH]))
    x, y = to_internal_points((longitude, latitude), CRS.from_epsg(4326), name="back")
    assert (x[0], y[0]) == (pytest.approx(EAST, abs=0.001), pytest.approx(NORTH, abs=0.001))


# --- the trap of MapInfo and Gauss-Krueger ----------------------------------------------------------------------------


def test_gdal_reads_a_gauss_krueger_mif_without_an_authority_code(tmp_path):
    crs = read_geodata(gauss_krueger_mif(tmp_path)).crs
    assert crs is not None
    assert crs.to_authority() is None


def test_the_trap_shifts_by_two_hundred_metres_when_taken_as_it_is(tmp_path):
    data = read_geodata(gauss_krueger_mif(tmp_path))
    naive = Transformer.from_crs(data.crs, "EPSG:25832", always_xy=True)
    shapes = shapely.transform(data.geometry, lambda x, y: naive.transform(x, y), interleaved=False)
    assert 150 < worst(shapes) < 250


def test_the_trap_is_a_fault_that_says_the_right_code(tmp_path):
    found = refusal(gauss_krueger_mif(tmp_path))
    assert "can only be transformed roughly" in found
    assert 'crs = "EPSG:31467"' in found


def test_the_declared_code_wins_with_a_note(tmp_path):
    data = landed(gauss_krueger_mif(tmp_path), crs="EPSG:31467")
    assert worst(data.geometry) < 0.01
    assert [note.column for note in data.notes] == ["crs"]
    assert "has no authority code" in data.notes[0].what


def test_gauss_krueger_that_lost_its_datum_on_export_is_refused_too(tmp_path):
    """GDAL itself writes EPSG:31467 into a MIF as if it were on WGS 84."""
    path = write(tmp_path / "areas.mif", shapes=moved("EPSG:31467"), crs="EPSG:31467")
    assert 'crs = "EPSG:31467"' in refusal(path)
    assert worst(landed(path, crs="EPSG:31467").geometry) < 0.01


def test_neither_says_a_crs():
    assert settle_crs(None, None, "a") == (None, ())


def test_a_contradiction_is_the_projects_fault():
    with pytest.raises(ProjectError):
        settle_crs(CRS.from_epsg(25832), "EPSG:4326", "a")


# --- real deliveries --------------------------------------------------------------------------------------------------


@pytest.mark.realdata
def test_the_same_municipalities_in_degrees_and_in_metres():
    metres = to_internal(read_geodata(real("region-hannover", "seed_gemeinden_25832.gpkg")))
    degrees = to_internal(read_geodata(real("region-hannover", "seed_gemeinden_4326.geojson")))
    assert metres.frame["ARS"].to_list() == degrees.frame["ARS"].to_list()
    apart = [a.hausdorff_distance(b) for a, b in zip(metres.geometry, degrees.geometry, strict=True)]
    assert max(apart) < 1


@pytest.mark.realdata
def test_koelns_own_false_easting_is_taken_from_its_prj():
    """UTM zone 32 with a false easting of 2,500,000: no code, but all that is needed."""
    data = to_internal(read_geodata(real("koeln", "shp", "Stadtbezirk.shp")))
    west, south, east, north = shapely.total_bounds(data.geometry)
    cathedral = (356_400, 5_645_300)
    assert west < cathedral[0] < east
    assert south < cathedral[1] < north


@pytest.mark.realdata
def test_koelns_wrong_code_is_found_out():
    data = read_geodata(real("koeln", "shp", "Stadtbezirk.shp"), crs="EPSG:32632")
    with pytest.raises(DeliveryError, match="outside Germany"):
        to_internal(data)


@pytest.mark.realdata
def test_essens_zone_prefixed_houses_land_in_essen():
    data = to_internal(read_geodata(real("essen", "hauskoordinaten_essen_2022-10-05_4647.zip")))
    assert len(data.geometry) == 102_981
    assert shapely.total_bounds(data.geometry).round(-3).tolist() == [354_000, 5_691_000, 370_000, 5_711_000]


@pytest.mark.realdata
def test_another_continent_is_refused():
    with pytest.raises(DeliveryError, match="can only be transformed roughly"):
        to_internal(read_geodata(real("mapinfo", "tab-belo-horizonte", "Up.tab")))
    named = read_geodata(real("mapinfo", "tab-belo-horizonte", "Up.tab"), crs="EPSG:29193")
    with pytest.raises(DeliveryError, match="found: 'EPSG:29193'"):
        to_internal(named)
