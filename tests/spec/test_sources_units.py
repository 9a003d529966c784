"""Registers: what is kept of a person, a house or a firm, and what is not."""

from __future__ import annotations

import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely
from source_samples import BUILDINGS, HEAD, KEY, REGISTER, Town, rows

from sozialraum.sources import Records, Vault, read_source
from sozialraum.sources.pseudonyms import Pseudonyms, as_name
from sozialraum.sources.units import is_unit

TOML = """
period = "2024"
[columns]
PID = { identifier = "person" }
Viertel = { area = "viertel" }
"""
DATED = TOML + 'Geburt = { dimension = "age", reads = "birth-date" }\n'


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "town")


def test_it_works(town: Town) -> None:
    toml = """
period_in_name = "personen_(\\\\d{4})"
[columns]
PID = { identifier = "person" }
HID = { identifier = "household" }
GID = { identifier = "building" }
Geburt = { dimension = "age", reads = "birth-date" }
Sex = { dimension = "sex", codes = { m = "male", w = "female" } }
Viertel = { area = "viertel", by = "name" }
Einkommen = { amount = "income", universe = "persons" }
Bemerkung = { attribute = "remark" }
"""
    text = (
        "PID;HID;GID;Name;Geburt;Sex;Viertel;Einkommen;Bemerkung\n"
        "17;4;G1;Erika Mustermann;12.08.1964;w;Altstadt;1.234,50;x\n"
        "18;4;G1;Max Mustermann;01.01.1960;;;;\n"
    )
    found = town.records(toml, text, "personen_2023.csv")
    assert (found.universe, found.attributes) == ("persons", ("remark",))
    columns = ("period", "file", "line", "age", "sex", "area:viertel", "income", "remark")
    assert rows(found.frame, *columns) == [
        ("2023", "personen_2023.csv", 2, 59, "female", "01", 1234.5, "x"),
        ("2023", "personen_2023.csv", 3, 63, None, None, None, ""),
    ]
    assert found.frame["unit"].n_unique() == 2
    assert found.frame["building"].n_unique() == 1
    assert [snapshot.file for snapshot in found.snapshots] == ["personen_2023.csv"]


def test_nothing_of_an_identifier_or_an_undeclared_column_is_left(town: Town) -> None:
    text = "PID;Viertel;Name\nP-4711;01;Erika Mustermann\n"
    found = town.records(TOML, text)
    assert "4711" not in str(found.frame.to_dict())
    assert "Erika" not in str(found.frame.to_dict())


# --- pseudonyms -------------------------------------------------------------------------------------------------------


def hashes(kind: str, *texts: str | None, key: bytes = KEY) -> list[int | None]:
    return Pseudonyms(key).of(kind, pl.Series(texts, dtype=pl.String)).to_list()


def test_the_same_identifier_is_the_same_hash_and_blanks_do_not_matter() -> None:
    first, second = hashes("person", "17", " 17 ")
    assert first == second == hashes("person", "17")[0]


def test_kinds_and_keys_have_hashes_of_their_own() -> None:
    found = [
        hashes("person", "17"),
        hashes("household", "17"),
        hashes("person", "18"),
        hashes("person", "17", key=b"another key of thirty-two letters"),
    ]
    assert len({str(one) for one in found}) == 4


@pytest.mark.parametrize("nothing", ["", "  ", None])
def test_no_identifier_is_no_hash(nothing: str | None) -> None:
    assert hashes("person", nothing) == [None]


def test_what_was_hashed_before_is_remembered() -> None:
    pseudonyms = Pseudonyms(KEY)
    first = pseudonyms.of("person", pl.Series(["a", "b"]))
    assert pseudonyms.of("person", pl.Series(["b", "c", "a"])).to_list()[::2] == [first[1], first[0]]


def keyed(text: str) -> int:
    """The hash of a person, worked out by the book."""
    key = hmac.digest(KEY, b"sozialraum identifier person", "sha256")
    return int.from_bytes(hashlib.blake2b(text.encode(), key=key, digest_size=8).digest(), "little", signed=True)


WAYS = ["17", "017", "+17", "0", "00", "-5", "17.0", "1e3", "9999999", "10000000", "99999999999", "Öz-1", "１７"]


@pytest.mark.parametrize("way", WAYS)
def test_an_identifier_is_hashed_as_it_is_written(way: str) -> None:
    assert hashes("person", way) == hashes("person", f"  {way}") == [keyed(way)]
    assert hashes("person", "18", None, way, "18") == [keyed("18"), None, keyed(way), keyed("18")]


def test_numbers_and_texts_may_come_in_any_order() -> None:
    pseudonyms = Pseudonyms(KEY)
    for ways in (["5"], ["18", "3", None, "3"], WAYS, ["17", "2", "9999999"], ["0"], [], [None], WAYS[::-1]):
        found = pseudonyms.of("person", pl.Series(ways, dtype=pl.String)).to_list()
        assert found == [None if way is None else keyed(way) for way in ways]


def test_names_of_buildings_are_short_texts() -> None:
    names = as_name(pl.Series([1, -1, None, 1], dtype=pl.Int64))
    assert [name and len(name) for name in names] == [11, 11, None, 11]
    assert names[0] == names[3] != names[1]


def test_names_are_the_hashes_as_text() -> None:
    pseudonyms, ids = Pseudonyms(KEY), pl.Series(["b", None, "a", " b"])
    assert pseudonyms.names_of("building", ids).to_list() == as_name(pseudonyms.of("building", ids)).to_list()
    more = pl.Series(["c", "b"])
    assert pseudonyms.names_of("building", more).to_list() == as_name(pseudonyms.of("building", more)).to_list()


def test_files_that_are_read_side_by_side_share_their_pseudonyms() -> None:
    files = [pl.Series([str(number) for number in range(at, at + 3000)]) for at in range(0, 10_000, 500)]
    together = Pseudonyms(KEY)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda ids: together.of("person", ids), files))
    assert all(hashes.equals(Pseudonyms(KEY).of("person", ids)) for hashes, ids in zip(found, files, strict=True))


def test_a_pseudonym_tells_nothing_when_printed() -> None:
    assert "key" not in repr(Pseudonyms(KEY)) + repr(Vault(None, KEY))


@pytest.mark.parametrize(
    ("identifier", "universe", "unit"),
    [
        ("person", "persons", True),
        ("household", "households", True),
        ("company", "companies", True),
        ("business", "businesses", True),
        ("household", "persons", False),
        ("person", "cases", False),
    ],
)
def test_an_identifier_names_the_units_of_a_universe(identifier: str, universe: str, unit: bool) -> None:
    assert is_unit(identifier, universe) is unit


def test_identifiers_are_padded_before_they_are_hashed(town: Town) -> None:
    padded = town.records(TOML.replace('"person"', '"person", pad = 4'), "PID;Viertel\n17;01\n").frame["unit"][0]
    assert padded == town.records(TOML, "PID;Viertel\n0017;01\n").frame["unit"][0]


# --- ages -------------------------------------------------------------------------------------------------------------

AGES = [
    # period, how it is read, delivered, age
    ("2024", '"birth-date"', "31.12.2000", 24),
    ("2024", '"birth-date"', "2000-12-31", 24),
    ("2024-H1", '"birth-date"', "30.06.2000", 24),
    ("2024-H1", '"birth-date"', "01.07.2000", 23),
    ("2023-12-31", '"birth-date"', "29.02.2004", 19),
    ("2024-02-28", '"birth-date"', "29.02.2004", 19),
    ("2024", '"birth-date"', "31.12.2024", 0),
    ("2024", '"birth-date"', "", None),
    ("2024", '"birth-year"', "2000", 24),
    ("2024", '"number"', "7", 7),
    ("2024", '"number"', "", None),
]


@pytest.mark.parametrize(("period", "reads", "delivered", "age"), AGES)
def test_age_on_the_last_day_of_the_period(
    town: Town, period: str, reads: str, delivered: str, age: int | None
) -> None:
    toml = DATED.replace('"2024"', f'"{period}"').replace('"birth-date"', reads)
    found = town.records(toml, f"PID;Viertel;Geburt\n1;01;{delivered}\n")
    assert rows(found.frame, "age") == [(age,)]


WRONG = [
    ('"birth-date"', "01.01.2025", "born after the end of the period"),
    ('"birth-date"', "01.01.1800", "more than 130 years old"),
    ('"birth-date"', "gestern", "this is no date"),
    ('"birth-year"', "85er", "this is no year"),
    ('"number"', "jung", "this is no number"),
    ('"number"', "-3", "this is no whole number from 0"),
]


@pytest.mark.parametrize(("reads", "delivered", "what"), WRONG)
def test_ages_that_can_not_be(town: Town, reads: str, delivered: str, what: str) -> None:
    toml = DATED.replace('"birth-date"', reads)
    faults = town.faults(toml, f"PID;Viertel;Geburt\n1;01;{delivered}\n", head=REGISTER)
    assert [(fault.line, fault.column, fault.what) for fault in faults] == [(2, "Geburt", what)]


# --- codes and units --------------------------------------------------------------------------------------------------


def test_codes_of_registers(town: Town) -> None:
    toml = TOML + 'Typ = { dimension = "household_type", codes = { "1" = "male_alone", "9" = "" } }\n'
    text = "PID;Viertel;Typ\n1;01;1\n2;01;9\n3;01;\n4;01;couple\n"
    assert town.records(toml, text).frame["household_type"].to_list() == ["male_alone", None, None, "couple"]
    faults = town.faults(toml, "PID;Viertel;Typ\n1;01;alone\n2;01;pair\n", head=REGISTER)
    assert [(fault.line, fault.what) for fault in faults] == [
        (2, "household_type: alone is a group of several codes"),
        (3, "household_type: there is no such code"),
    ]


def test_a_unit_that_is_there_twice_is_a_fault_and_its_identifier_is_not_shown(town: Town) -> None:
    faults = town.faults(TOML, "PID;Viertel\nP-4711;01\nP-4712;01\nP-4711;02\n", head=REGISTER)
    assert [(fault.line, fault.column, fault.what, fault.value) for fault in faults] == [
        (4, "PID", "the same unit is delivered twice in one period", "lieferung.csv line 2")
    ]


def test_a_unit_may_come_again_in_another_period(town: Town) -> None:
    toml = TOML.replace('period = "2024"\n', "") + 'Jahr = { period = "year" }\n'
    found = town.records(toml, "PID;Viertel;Jahr\n1;01;2023\n1;01;2024\n").frame
    assert found["unit"].n_unique() == 1
    assert found["period"].to_list() == ["2023", "2024"]


def test_a_missing_identifier_is_a_fault(town: Town) -> None:
    faults = town.faults(TOML, "PID;Viertel\n;01\n2;01\n", head=REGISTER)
    assert [(fault.line, fault.column, fault.what) for fault in faults] == [(2, "PID", "the identifier is missing")]


def test_cases_may_name_their_person_several_times(town: Town) -> None:
    head = REGISTER.replace('"persons"', '"cases"')
    found = town.records(TOML, "PID;Viertel\n1;01\n1;01\n", head=head).frame
    assert "unit" not in found.columns
    assert found.height == 2


def test_an_identifier_of_other_units_is_kept_only_where_a_source_extends_this_one_by_it(town: Town) -> None:
    toml, text = TOML + 'HID = { identifier = "household" }\n', "PID;Viertel;HID\n1;01;7\n2;01;7\n"
    assert "id:household" not in town.records(toml, text).frame.columns
    head = REGISTER.replace('"persons"', '"households"') + 'extends = "lieferung"\nfile = "hilfen.csv"\n'
    town.declare("hilfen", head + '[columns]\nHID = { identifier = "household" }\n')
    assert town.records(toml, text).frame["id:household"].n_unique() == 1


def test_the_owner_of_several_units_is_kept_as_a_pseudonym(town: Town) -> None:
    toml, text = TOML + 'HID = { identifier = "household" }\n', "PID;Viertel;HID\n1;01;7\n2;01;7\n3;01;8\n4;01;\n"
    found = town.records(toml, text, head=REGISTER + 'owner = "household"\n').frame["id:household"]
    assert (found[0] == found[1], found[0] == found[2], found[3]) == (True, False, None)
    assert 7 not in found.to_list()


def test_files_of_several_years_are_read_in_their_order(town: Town) -> None:
    for year in (2024, 2022, 2023):
        town.deliver(f"p_{year}.csv", f"PID;Viertel\n1;01\n{year};02\n")
    toml = TOML.replace('period = "2024"', 'period_in_name = "p_(\\\\d{4})"')
    town.declare("lieferung", f'{REGISTER}file = "p_*.csv"\n{toml}')
    found = town.read()
    assert rows(found.frame, "period", "line") == [(f"{year}", line) for year in (2022, 2023, 2024) for line in (2, 3)]
    assert found.frame["unit"].n_unique() == 4


def test_units_of_one_area(town: Town) -> None:
    toml = 'area = { viertel = "03" }\n' + TOML.replace('Viertel = { area = "viertel" }\n', "")
    assert town.records(toml, "PID\n1\n").frame["area:viertel"].to_list() == ["03"]


def test_nothing_that_says_the_period_is_a_fault(town: Town) -> None:
    faults = town.faults(TOML.replace('period = "2024"\n', ""), "PID;Viertel\n1;01\n", head=REGISTER)
    assert [fault.what for fault in faults] == ["nothing says the period of the rows"]


# --- coordinates and houses -------------------------------------------------------------------------------------------

HOUSES = """
crs = "EPSG:4326"
[columns]
Straße = { address = "street" }
Nr = { address = "house_number" }
Lon = { coordinate = "x" }
Lat = { coordinate = "y" }
Haushalte = { count = "households" }
""".replace("Straße =", '"Straße" =')
HOUSE_TEXT = "Straße;Nr;Lon;Lat;Haushalte\nHauptstraße;1;9,43;54,78;4\nHauptstraße;2;9,44;54,79;1\n"


def test_coordinates_are_transformed_and_houses_get_names(town: Town) -> None:
    found = town.records(HOUSES, HOUSE_TEXT, head=BUILDINGS)
    assert found.universe == "buildings"
    (x, y, households, street) = found.frame.select("x", "y", "households", "street").row(0)
    assert (round(x), round(y), households, street) == (527657, 6070395, 4.0, "Hauptstraße")
    assert found.frame["building"].n_unique() == 2


def test_the_name_of_a_house_stays_as_long_as_its_address_and_place(town: Town) -> None:
    first = town.records(HOUSES, HOUSE_TEXT, head=BUILDINGS).frame
    lines = HOUSE_TEXT.splitlines()
    again = town.records(HOUSES, "\n".join([lines[0], lines[2], lines[1]]) + "\n", head=BUILDINGS).frame
    assert again["building"].to_list() == first["building"].to_list()[::-1]


@pytest.mark.parametrize(
    ("declared", "what"),
    [
        ("", "the file does not say its CRS"),
        ('crs = "EPSG:25833"', "2 of 2 coordinates lie outside Germany - wrong CRS?"),
    ],
)
def test_a_missing_or_wrong_crs_is_a_fault(town: Town, declared: str, what: str) -> None:
    faults = town.faults(HOUSES.replace('crs = "EPSG:4326"', declared), HOUSE_TEXT, head=BUILDINGS)
    assert [fault.what for fault in faults] == [what]


def test_offers_from_geojson_have_a_point_and_keep_what_they_are(town: Town) -> None:
    text = """{"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [9.43, 54.78]},
         "properties": {"name": "Kita Sonnenschein", "plaetze": 60, "leitung": "Erika Mustermann"}}]}"""
    toml = '[columns]\nname = { attribute = "name" }\nplaetze = { attribute = "places" }\n'
    found = town.records(toml, text, "kitas.geojson", head=HEAD + 'kind = "offers"\n')
    assert rows(found.frame, "name", "places", "period") == [("Kita Sonnenschein", "60", None)]
    assert found.frame.select(pl.col("x", "y").round(0)).row(0) == (527657.0, 6070395.0)
    assert "Erika" not in str(found.frame.to_dict())


def test_houses_with_outlines_have_a_point_inside_of_them(town: Town) -> None:
    """An L-shaped house: its centroid lies outside."""
    outline = shapely.Polygon([(0, 0), (20, 0), (20, 2), (2, 2), (2, 20), (0, 20)])
    moved = shapely.transform(outline, lambda points: points + np.array([550_000, 5_800_000]))
    file = town.deliveries / "haeuser.gpkg"
    pyogrio.raw.write(
        file,
        geometry=np.array([shapely.to_wkb(moved)], dtype=object),
        field_data=[np.array(["G1"], dtype=object)],
        fields=["gid"],
        geometry_type="Polygon",
        crs="EPSG:25832",
        driver="GPKG",
    )
    town.declare("lieferung", f'{BUILDINGS}file = "haeuser.gpkg"\n[columns]\ngid = {{ identifier = "building" }}\n')
    x, y = town.read().frame.select("x", "y").row(0)
    assert shapely.contains_xy(moved, x, y)


# --- addresses --------------------------------------------------------------------------------------------------------

AT_HOME = """
period = "2024"
[columns]
PID = { identifier = "person" }
Str = { address = "street" }
Nr = { address = "house_number" }
"""


def with_houses(town: Town) -> None:
    town.deliver("haeuser.csv", HOUSE_TEXT)
    town.declare("haeuser", f'{BUILDINGS}file = "haeuser.csv"\n{HOUSES}')


def test_addresses_become_buildings_and_are_forgotten(town: Town) -> None:
    with_houses(town)
    text = "PID;Str;Nr\n1;Hauptstr.;1\n2;HAUPTSTRASSE;2a\n3;Haupstraße;2\n4;Nebenweg;7\n5;Nebenweg;7\n"
    found = town.records(AT_HOME, text)
    houses = town.read("haeuser").frame["building"].to_list()
    assert found.frame["building"].to_list() == [houses[0], houses[1], houses[1], None, None]
    assert not {"street", "house_number"} & set(found.frame.columns)
    assert [(note.file, note.line, note.what, note.value) for note in found.notes] == [
        (
            "sources/lieferung.toml",
            0,
            "60.0 % of 5 addresses have a building "
            "(1 exact, 1 suffix dropped, 1 similar street, 2 no such street; lowest confidence 0.89)",
            "",
        ),
        ("lieferung.csv", 5, "no such street (also in lines 6)", "Nebenweg 7"),
    ]


def test_offers_keep_their_address_and_may_have_it_in_one_column(town: Town) -> None:
    with_houses(town)
    toml = '[columns]\nAdresse = { address = "full" }\nName = { attribute = "name" }\n'
    text = "Name;Adresse\nKita;Hauptstr. 1, 24937 Flensburg\n"
    found = town.records(toml, text, head=HEAD + 'kind = "offers"\n')
    assert found.frame["building"].to_list() == town.read("haeuser").frame["building"].to_list()[:1]
    assert found.frame["street"].to_list() == ["Hauptstr. 1, 24937 Flensburg"]


def test_addresses_without_any_buildings_are_a_fault(town: Town) -> None:
    faults = town.faults(AT_HOME, "PID;Str;Nr\n1;Hauptstr.;1\n", head=REGISTER)
    assert [fault.what for fault in faults] == ["there are addresses and no buildings to match them to"]


def test_given_buildings_are_used(town: Town) -> None:
    town.deliver("personen.csv", "PID;Str;Nr\n1;Hauptstr.;1\n")
    town.declare("lieferung", f'{REGISTER}file = "personen.csv"\n{AT_HOME}')
    frame = pl.DataFrame({"building": ["haus"], "street": ["Hauptstraße"], "house_number": ["1"]})
    given = Records("haeuser", "buildings", frame)
    found = read_source(town.project(), "lieferung", Vault(None, KEY), buildings=given)
    assert found.frame["building"].to_list() == ["haus"]


def test_houses_that_agree_in_everything_are_told_apart(town: Town) -> None:
    lines = HOUSE_TEXT.splitlines()
    found = town.records(HOUSES, "\n".join([*lines, lines[1]]) + "\n", head=BUILDINGS)
    assert found.frame["building"].n_unique() == 3
