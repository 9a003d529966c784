"""From a TOML document and a delivered file to an area system; every fault at once, with file and place."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
import shapely
from areas_samples import EAST, HALF_SHAPES, HALVES, NORTH, QUARTERS, SHAPES, polygons, real, square, write

from sozialraum.areas import AreaSystems, read_area_system, read_area_systems
from sozialraum.areas.columns import as_text
from sozialraum.catalogue.documents import AreaSystemDoc
from sozialraum.errors import Faults


def doc(**keys: object) -> AreaSystemDoc:
    given = {"title": {"de": "Gebiete"}, "file": "areas.gpkg", "code": "key", "name": "label"} | keys
    return AreaSystemDoc.model_validate({key: value for key, value in given.items() if value is not None})


def read(folder, faults: Faults | None = None, **docs: AreaSystemDoc) -> tuple[AreaSystems, Faults]:
    faults = faults if faults is not None else Faults()
    return read_area_systems(docs, lambda name: folder / name, faults), faults


def told(faults: Faults) -> list[str]:
    return [str(fault) for fault in faults]


def noted(faults: Faults) -> list[str]:
    return [str(note) for note in faults.notes]


def parent_of(systems: AreaSystems, id: str) -> dict[str, str]:
    return dict(systems[id].frame.select("code", "parent").iter_rows())


# --- codes and names --------------------------------------------------------------------------------------------------


def test_codes_keep_their_leading_zeros_and_titles_both_languages(tmp_path):
    write(tmp_path / "areas.gpkg")
    systems, faults = read(tmp_path, quarters=doc(title={"de": "Quartiere", "en": "Quarters"}))
    assert systems["quarters"].codes == ["0101", "0102", "0201", "0202"]
    assert systems["quarters"].name_of("0101") == "Süderhof"
    assert systems["quarters"].title == {"de": "Quartiere", "en": "Quarters"}
    assert (told(faults), noted(faults)) == ([], [])


NUMBERS = QUARTERS.with_columns(key=pl.Series([1, 2, 10, 11]))
CODES = [
    ({}, ["1", "2", "10", "11"]),
    ({"pad": 3}, ["001", "002", "010", "011"]),
    ({"codes": {"1": "A", "10": "B"}}, ["A", "2", "B", "11"]),
    ({"codes": {"1": "A", "10": "B"}, "pad": 4}, ["A", "0002", "B", "0011"]),
]


@pytest.mark.parametrize(("keys", "codes"), CODES)
@pytest.mark.parametrize("dtype", [pl.Int32, pl.Float64, pl.String])
def test_codes_that_a_spreadsheet_has_eaten(tmp_path, keys, codes, dtype):
    write(tmp_path / "areas.gpkg", NUMBERS.with_columns(pl.col("key").cast(pl.Int32).cast(dtype)))
    systems, _ = read(tmp_path, quarters=doc(**keys))
    assert systems["quarters"].codes == codes


TEXTS = [
    (pl.Series([1.0, None, 3.0]), ["1", None, "3"]),
    (pl.Series([1.5, 2.0]), ["1.5", "2.0"]),
    (pl.Series([" 01 ", "", None]), ["01", None, None]),
    (pl.Series([True, False]), ["true", "false"]),
    (pl.Series([dt.date(2024, 1, 31)]), ["2024-01-31"]),
]


@pytest.mark.parametrize(("column", "text"), TEXTS)
def test_a_column_becomes_text(column, text):
    assert as_text(column).to_list() == text


def test_a_filter_picks_rows_and_their_geometry(tmp_path):
    write(tmp_path / "areas.gpkg")
    systems, _ = read(tmp_path, south=doc(filter={"upper": "01"}), corner=doc(filter={"key": ["0101", "0202"]}))
    assert systems["south"].codes == ["0101", "0102"]
    assert systems["south"].bounds == (EAST, NORTH, EAST + 2000, NORTH + 1000)
    assert systems["corner"].codes == ["0101", "0202"]
    assert systems["corner"].geometry[1].equals(square(1, 1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_without_geometry(tmp_path, encoding, separator):
    (tmp_path / "areas.csv").write_text(QUARTERS.write_csv(separator=separator), encoding)
    systems, faults = read(tmp_path, quarters=doc(file="areas.csv"))
    assert systems["quarters"].codes == ["0101", "0102", "0201", "0202"]
    assert systems["quarters"].name_of("0202") == "Straßburger Platz"
    assert systems["quarters"].geometry is None
    assert told(faults) == []


# --- hierarchies ------------------------------------------------------------------------------------------------------

TOWN = {"file": None, "code": None, "name": None, "single_code": "0", "single_name": "Stadt"}


def three_levels(**quarters: object) -> dict[str, AreaSystemDoc]:
    return {
        "quarters": doc(parent="halves", **quarters),
        "halves": doc(file="halves.gpkg", parent="town"),
        "town": doc(union_of="quarters", **TOWN),
    }


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "areas.gpkg")
    write(tmp_path / "halves.gpkg", HALVES, HALF_SHAPES)
    return tmp_path


def test_delivered_parent_codes(folder):
    systems, faults = read(folder, **three_levels(parent_code="upper"))
    assert list(systems) == ["town", "halves", "quarters"]
    assert [system.level for system in systems.values()] == [0, 1, 2]
    assert parent_of(systems, "quarters") == {"0101": "01", "0102": "01", "0201": "02", "0202": "02"}
    assert parent_of(systems, "halves") == {"01": "0", "02": "0"}
    assert (told(faults), noted(faults)) == ([], [])


def test_the_union_of_a_system_is_one_area(folder):
    town = read(folder, **three_levels(parent_code="upper"))[0]["town"]
    assert town.codes == ["0"]
    assert town.name_of("0") == "Stadt"
    assert town.geometry[0].equals(shapely.box(EAST, NORTH, EAST + 2000, NORTH + 2000))


def test_parents_are_found_by_location_where_no_column_says_them(folder):
    systems, faults = read(folder, **three_levels())
    assert parent_of(systems, "quarters") == {"0101": "01", "0102": "01", "0201": "02", "0202": "02"}
    assert told(faults) == []
    assert noted(faults) == [
        "areas/quarters.toml [parent]: the parents in halves were found by location (a point inside each area)"
    ]


def test_delivered_parent_codes_are_translated_as_the_parents_own(folder):
    write(folder / "halves.gpkg", HALVES.with_columns(key=pl.Series([1, 2])), HALF_SHAPES)
    write(folder / "areas.gpkg", QUARTERS.with_columns(upper=pl.Series([1, 1, 2, 2])))
    systems, faults = read(
        folder,
        halves=doc(file="halves.gpkg", codes={"1": "S"}, pad=2),
        quarters=doc(parent="halves", parent_code="upper"),
    )
    assert parent_of(systems, "quarters") == {"0101": "S", "0102": "S", "0201": "02", "0202": "02"}
    assert told(faults) == []


def test_several_hierarchies_over_one_territory(folder):
    docs = three_levels(parent_code="upper") | {"planning": doc(file="halves.gpkg", parent="town")}
    systems, _ = read(folder, **docs)
    assert systems.children_of("town") == ("halves", "planning")
    assert systems.path("planning") == ("planning", "town")


def test_systems_that_do_not_nest_are_noted(folder):
    shifted = polygons(*(shapely.affinity.translate(shape, 0, 300) for shape in HALF_SHAPES))
    write(folder / "halves.gpkg", HALVES, shifted)
    _, faults = read(folder, **three_levels())
    assert any("only 70% of the area lies in its parent 01: the systems do not nest" in note for note in noted(faults))


PARENT_FAULTS = [
    (
        {"parent_code": "label"},
        "areas/quarters.toml [parent_code]: the area 0101 names a parent that halves does not have (found: 'Süderhof')",
    ),
    ({"parent_code": "uper"}, "areas.gpkg [uper]: there is no such column -> Is it 'upper'?"),
]


@pytest.mark.parametrize(("keys", "fault"), PARENT_FAULTS)
def test_parents_that_do_not_exist(folder, keys, fault):
    _, faults = read(folder, **three_levels(**keys))
    assert any(line.startswith(fault) for line in told(faults))


def test_an_area_outside_every_parent(folder):
    write(folder / "halves.gpkg", HALVES[:1], HALF_SHAPES[:1])
    docs = three_levels() | {"halves": doc(file="halves.gpkg"), "more": doc(file="two.gpkg")}
    write(folder / "two.gpkg", HALVES, polygons(square(0, 0), square(7, 7)))
    docs["quarters"] = doc(parent="more")
    _, faults = read(folder, **docs)
    assert "areas/quarters.toml [parent]: the area lies in no area of more (found: '0102')" in "\n".join(told(faults))


def test_a_table_can_not_derive_its_parents(folder):
    (folder / "areas.csv").write_text(QUARTERS.write_csv())
    docs = three_levels() | {"quarters": doc(file="areas.csv", parent="halves"), "town": doc(union_of="halves", **TOWN)}
    _, faults = read(folder, **docs)
    assert told(faults) == [
        "areas/quarters.toml [parent]: parents can not be found by location: quarters lacks geometry "
        "-> Name the column with the parent's code: parent_code = ..."
    ]


def test_circles_and_unknown_parents(folder):
    docs = {
        "a": doc(parent="b"),
        "b": doc(file="halves.gpkg", parent="a"),
        "c": doc(parent="nowhere"),
    }
    systems, faults = read(folder, **docs)
    assert list(systems) == []
    assert "areas/a.toml [parent]: parents go round in a circle (found: 'a > b > a')" in told(faults)[0]
    assert "areas/c.toml [parent]: unknown area system (found: 'nowhere')" in told(faults)[-1]


# --- validity ---------------------------------------------------------------------------------------------------------


def test_validity_from_columns_of_dates_and_of_text(tmp_path):
    frame = QUARTERS.with_columns(
        since=pl.Series([dt.date(2018, 1, 1)] * 4), until=pl.Series(["31.12.2019", None, "20201231", "2021-12-31"])
    )
    write(tmp_path / "areas.gpkg", frame)
    systems, faults = read(tmp_path, quarters=doc(valid_from="since", valid_to="until"))
    assert systems["quarters"].frame["valid_from"].to_list() == ["2018-01-01"] * 4
    assert systems["quarters"].frame["valid_to"].to_list() == ["2019-12-31", None, "2020-12-31", "2021-12-31"]
    assert told(faults) == []


def test_one_date_for_the_whole_file(tmp_path):
    write(tmp_path / "areas.gpkg")
    systems, _ = read(tmp_path, quarters=doc(valid_from="2020-01-01"))
    assert systems["quarters"].frame["valid_from"].to_list() == ["2020-01-01"] * 4


def test_a_code_may_return_when_its_first_life_has_ended(tmp_path):
    frame = QUARTERS.with_columns(
        key=pl.Series(["1", "1", "2", "2"]), until=pl.Series(["2019-12-31", None, "2020-06-30", None]),
        since=pl.Series([None, "2020-01-01", None, "2020-06-30"]),
    )  # fmt: skip
    write(tmp_path / "areas.gpkg", frame)
    _, faults = read(tmp_path, quarters=doc(valid_from="since", valid_to="until"))
    assert [(fault.line, fault.value) for fault in faults] == [(4, "2")]


# --- every fault at once ----------------------------------------------------------------------------------------------


def test_faults_name_file_row_column_and_value(tmp_path):
    frame = QUARTERS.with_columns(
        key=pl.Series(["1", None, "1", "4"]), since=pl.Series(["2020-01-01", "soon", None, "2020-01-01"]),
        until=pl.Series([None, None, None, "2019-01-01"]), label=pl.Series(["a", "b", "c", None]),
    )  # fmt: skip
    write(tmp_path / "areas.gpkg", frame)
    _, faults = read(tmp_path, quarters=doc(valid_from="since", valid_to="until"))
    assert sorted((fault.line, fault.column, fault.what, fault.value) for fault in faults) == [
        (1, "key", "the code appears twice at the same time", "1"),
        (2, "key", "an area has no code", ""),
        (2, "since", "this is no date", "soon"),
        (4, "until", "an area ends before it begins", "4"),
    ]
    assert noted(faults) == ["areas.gpkg:4 [label]: an area has no name, its code is shown (found: '4')"]


def test_faults_of_a_table_name_its_line(tmp_path):
    (tmp_path / "areas.csv").write_text("key;label\n1;a\n;b\n")
    _, faults = read(tmp_path, quarters=doc(file="areas.csv"))
    assert told(faults) == ["areas.csv:3 [key]: an area has no code -> Every area needs a code."]


def test_missing_columns_are_named_together(tmp_path):
    write(tmp_path / "areas.gpkg")
    _, faults = read(tmp_path, quarters=doc(code="kye", filter={"year": "2020"}))
    assert [fault.column for fault in faults] == ["kye", "year"]
    assert "Is it 'key'? There are: key, label, upper, people, share." in told(faults)[0]


def test_a_filter_that_leaves_nothing(tmp_path):
    write(tmp_path / "areas.gpkg")
    _, faults = read(tmp_path, quarters=doc(filter={"upper": "9"}))
    assert "no row is left" in told(faults)[0]


def test_faults_of_several_files_are_all_told(tmp_path):
    write(tmp_path / "areas.gpkg")
    _, faults = read(tmp_path, a=doc(crs="EPSG:4326"), b=doc(file="nowhere.gpkg"), c=doc(file="nowhere.csv"))
    assert len(told(faults)) == 3


def test_reading_one_system_leaves_delivered_parent_codes(tmp_path):
    write(tmp_path / "areas.gpkg")
    found = read_area_system("quarters", doc(parent="halves", parent_code="upper"), tmp_path.joinpath, Faults())
    assert found is not None
    assert found.frame["parent"].to_list() == ["01", "01", "02", "02"]


# --- shapes -----------------------------------------------------------------------------------------------------------

BOW_TIE = shapely.Polygon(
    [(EAST, NORTH), (EAST + 1000, NORTH + 1000), (EAST + 1000, NORTH), (EAST, NORTH + 1000), (EAST, NORTH)]
)


def test_a_broken_polygon_is_repaired_and_noted_with_its_code(tmp_path):
    write(tmp_path / "areas.geojson", QUARTERS, polygons(BOW_TIE, *SHAPES[1:]))
    systems, faults = read(tmp_path, quarters=doc(file="areas.geojson"))
    assert shapely.is_valid(systems["quarters"].geometry).all()
    assert told(faults) == []
    assert len(noted(faults)) == 1
    assert "a polygon was repaired (self-intersection; " in noted(faults)[0]
    assert faults.notes[0].value == "0101"


def test_only_the_areal_part_of_a_repair_is_kept(tmp_path):
    spike = shapely.Polygon([(EAST, NORTH), (EAST + 900, NORTH), (EAST, NORTH + 900), (EAST, NORTH + 5000)])
    write(tmp_path / "areas.geojson", QUARTERS, polygons(spike, *SHAPES[1:]))
    systems, _ = read(tmp_path, quarters=doc(file="areas.geojson"))
    mended = systems["quarters"].geometry[0]
    assert mended.geom_type == "Polygon"
    assert mended.area == 900 * 900 / 2


@pytest.mark.parametrize(
    ("shape", "what"),
    [
        (None, "an area has no geometry"),
        (shapely.Polygon(), "an area has no geometry"),
        (shapely.Point(EAST, NORTH), "an area is a Point, not a polygon"),
        (shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)]), "an area is a LineString, not a polygon"),
    ],
)
def test_areas_that_are_no_polygons(tmp_path, shape, what):
    write(tmp_path / "areas.parquet", QUARTERS, polygons(shape, *SHAPES[1:]))
    _, faults = read(tmp_path, quarters=doc(file="areas.parquet"))
    assert [(fault.what, fault.value) for fault in faults] == [(what, "0101")]


OVERLAPS = [(0.0, False), (0.5, False), (2.0, True), (400.0, True)]


@pytest.mark.parametrize(("metres", "is_noted"), OVERLAPS)
def test_areas_that_overlap_by_more_than_a_thousandth_are_noted(tmp_path, metres, is_noted):
    wider = shapely.box(EAST, NORTH, EAST + 1000 + metres, NORTH + 1000)
    write(tmp_path / "areas.gpkg", QUARTERS, polygons(wider, *SHAPES[1:]))
    _, faults = read(tmp_path, quarters=doc())
    assert [note.value for note in faults.notes] == (["0101 0102"] if is_noted else [])


def test_areas_of_different_times_may_overlap(tmp_path):
    frame = QUARTERS.with_columns(
        until=pl.Series(["2019-12-31", None, None, None]), since=pl.Series([None, "2020-01-01"] * 2)
    )
    write(tmp_path / "areas.gpkg", frame, polygons(SHAPES[1], *SHAPES[1:]))
    _, faults = read(tmp_path, quarters=doc(valid_from="since", valid_to="until"))
    assert (told(faults), noted(faults)) == ([], [])


def test_gaps_are_fine(tmp_path):
    write(tmp_path / "areas.gpkg", QUARTERS, polygons(square(5, 5), *SHAPES[1:]))
    _, faults = read(tmp_path, quarters=doc())
    assert (told(faults), noted(faults)) == ([], [])


# --- real deliveries --------------------------------------------------------------------------------------------------


@pytest.mark.realdata
def test_flensburgs_two_levels_below_the_town():
    kosis = {"code": "AREA_ID", "name": "AREA_NAME"}
    systems, faults = read(
        real("flensburg"),
        bezirke=doc(file="flensburg_stadtbezirke.zip", parent="stadtteile", parent_code="PARENT_ARE", **kosis),
        stadtteile=doc(file="flensburg_stadtteile.zip", parent="stadt", **kosis),
        stadt=doc(union_of="stadtteile", **TOWN),
    )
    assert told(faults) == []
    assert [len(system.codes) for system in systems.values()] == [1, 13, 41]
    assert systems.parent_map("bezirke", "stadtteile")["STBZ011"] == "STGT01"
    assert set(systems.parent_map("bezirke", "stadt").values()) == {"0"}
    assert [note.value for note in faults.notes] == ["STBZ073", "STBZ122"]


@pytest.mark.realdata
def test_koelns_three_levels_derived_by_location_agree_with_its_numbers():
    systems, faults = read(
        real("koeln", "shp"),
        viertel=doc(file="Stadtviertel.shp", code="STV_NR", name="STV_NAME", parent="stadtteile"),
        stadtteile=doc(file="Stadtteil.shp", code="STT_NR", name="STT_NAME", parent="bezirke"),
        bezirke=doc(file="Stadtbezirk.shp", code="STB_NR", name="STB_NAME"),
    )
    assert told(faults) == []
    assert [len(system.codes) for system in systems.values()] == [9, 86, 371]
    assert all(code[:3] == parent for code, parent in systems.parent_map("viertel", "stadtteile").items())
    assert all(code[:1] == parent for code, parent in systems.parent_map("viertel", "bezirke").items())
    repaired = [note.value for note in faults.notes if "repaired" in note.what]
    assert repaired == ["20502", "20201", "202"]


@pytest.mark.realdata
def test_region_hannover_by_filter_and_essen_from_gzip():
    region = doc(file="seed_gemeinden_25832.gpkg", code="AGS", name="name", filter={"kreis": "Region Hannover"})
    systems, faults = read(real("region-hannover"), gemeinden=region)
    assert len(systems["gemeinden"].codes) == 21
    assert systems["gemeinden"].name_of("03241001") == "Hannover, Landeshauptstadt"
    assert (told(faults), noted(faults)) == ([], [])
    essen, _ = read(real("essen"), bezirke=doc(file="essen_stadtbezirke.geojson.gz", code="STADTBEZ", name="STADTBEZR"))
    assert essen["bezirke"].codes == list("123456789")
