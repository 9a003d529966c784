"""Addresses find their buildings, and say how."""

from __future__ import annotations

import polars as pl
import pyogrio
import pytest
from source_samples import real

from sozialraum.sources import match_addresses
from sozialraum.sources.addresses import AddressBook, HouseNumber, How, normal_street, parse_house_number, split_address

SAME = [
    ("Hauptstr.", "Hauptstraße"),
    ("Hauptstr", "HAUPTSTRASSE"),
    ("Haupt Straße", "Hauptstraße"),
    ("Emil-Nolde-Str.", "Emil Nolde Straße"),
    ("Große Straße", "Gr. Strasse"),
    ("Kl. Gasse", "Kleine Gasse"),
    ("St. Jürgen-Platz", "Sankt-Jürgen-Pl."),
    ("Dr.-Todsen-Str.", "Doktor Todsen Straße"),
    ("Müllerweg", "Muellerwg".replace("wg", "weg")),
    ("Am Ochsenmarkt", "AM OCHSENMARKT"),
    ("Str. des 17. Juni", "Straße des 17. Juni"),
    ("Mu\u0308llerweg", "Müllerweg"),
]
DIFFERENT = [
    ("Hauptstraße", "Hauptweg"),
    ("Nordstraße", "Norderstraße"),
    ("Straße 1", "Straße 11"),
    ("Astern", "Astr."),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_ways_to_write_a_street(one: str, other: str) -> None:
    assert normal_street(one) == normal_street(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_streets_that_differ(one: str, other: str) -> None:
    assert normal_street(one) != normal_street(other)


NUMBERS = [
    ("12", HouseNumber(12, 12)),
    ("0012", HouseNumber(12, 12)),
    ("12a", HouseNumber(12, 12, "a")),
    ("12 A", HouseNumber(12, 12, "a")),
    ("12-14", HouseNumber(12, 14)),
    ("12 – 14", HouseNumber(12, 14)),
    ("12a-14b", HouseNumber(12, 14)),
    ("12a-c", HouseNumber(12, 12)),
    ("12/14", HouseNumber(12, 14)),
    ("12 u. 14", HouseNumber(12, 14)),
    ("12 1/2", HouseNumber(12, 12, "1/2")),
    ("14-12", None),
    ("o. Nr.", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_house_numbers(text: str, number: HouseNumber | None) -> None:
    assert parse_house_number(text) == number


WHOLE = [
    ("Marientreppe 10", ("Marientreppe", "10")),
    ("Straße des 17. Juni 135, 10623 Berlin", ("Straße des 17. Juni", "135")),
    ("Junkerhohlweg 20 a", ("Junkerhohlweg", "20 a")),
    ("Am Markt 12-14", ("Am Markt", "12-14")),
    ("Am Hafen", ("Am Hafen", "")),
]


@pytest.mark.parametrize(("text", "parts"), WHOLE)
def test_an_address_in_one_column(text: str, parts: tuple[str, str]) -> None:
    assert split_address(text) == parts


TOWN = [
    ("haupt1", "Hauptstraße", "1"),
    ("haupt2", "Hauptstraße", "2"),
    ("haupt2a", "Hauptstraße", "2a"),
    ("haupt12", "Hauptstraße", "12-16"),
    ("haupt13", "Hauptstraße", "13a"),
    ("haupt20", "Hauptstraße", "20"),
    ("haupt20again", "Hauptstraße", "20"),
    ("berg1", "Bergstraße", "1"),
    ("linden1", "Lindenauerallee", "1"),
    ("linden2", "Lindenaueeallee", "1"),
]
FOUND = [
    # street, number, building, how, confidence
    ("Hauptstr.", "1", "haupt1", How.EXACT, 1.0),
    ("Hauptstr.", "2a", "haupt2a", How.EXACT, 1.0),
    ("Hauptstr.", "14", "haupt12", How.RANGE, 0.95),
    ("Hauptstr.", "12-14", "haupt12", How.RANGE, 0.95),
    ("Hauptstr.", "14b", "haupt12", How.RANGE, 0.95),
    ("Hauptstr.", "1-3", "haupt1", How.RANGE, 0.95),
    ("Hauptstr.", "1b", "haupt1", How.SUFFIX, 0.9),
    ("Hauptstr.", "13", "haupt13", How.SUFFIX, 0.9),
    ("Haupstraße", "1", "haupt1", How.SIMILAR, 0.889),
    ("Hauptstr.", "15", None, How.NO_NUMBER, 0.0),
    ("Hauptstr.", "99", None, How.NO_NUMBER, 0.0),
    ("Hauptstr.", "20", None, How.SEVERAL, 0.0),
    ("Hauptstr.", "hinten", None, How.UNREADABLE, 0.0),
    ("Hafenweg", "1", None, How.NO_STREET, 0.0),
    ("", "1", None, How.NO_STREET, 0.0),
    ("Lindenaueallee", "1", None, How.NO_STREET, 0.0),
]


@pytest.mark.parametrize(("street", "number", "building", "how", "confidence"), FOUND)
def test_how_an_address_finds_its_building(
    street: str, number: str, building: str | None, how: How, confidence: float
) -> None:
    book = AddressBook((name, where, house, ()) for name, where, house in TOWN)
    found = book.find(street, number)
    assert (found.building, found.how, found.confidence) == (building, how, confidence)


def frame(rows: list[tuple[str, ...]], *columns: str) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def test_postcode_or_place_must_agree_where_both_sides_have_it() -> None:
    houses = frame([("a", "Hauptstr.", "1", "30159"), ("b", "Hauptstr.", "1", "31535")], *HOUSE, "postcode")
    wanted = frame([("Hauptstr.", "1", "31535"), ("Hauptstr.", "1", "99999")], "street", "house_number", "postcode")
    assert match_addresses(wanted, houses)["building"].to_list() == ["b", None]
    without = match_addresses(wanted.drop("postcode"), houses)
    assert without["how"].to_list() == [How.SEVERAL, How.SEVERAL]


HOUSE = ("building", "street", "house_number")


def test_a_suffix_of_its_own_column_belongs_to_the_number() -> None:
    houses = frame([("a", "Hauptstr.", "1", "b"), ("c", "Hauptstr.", "1", "")], *HOUSE, "suffix")
    wanted = frame([("Hauptstr.", "1", "b"), ("Hauptstr.", "1", "")], "street", "house_number", "suffix")
    assert match_addresses(wanted, houses)["building"].to_list() == ["a", "c"]


def test_the_order_of_rows_stays_and_repetitions_are_found_again() -> None:
    houses = frame([(name, street, number) for name, street, number in TOWN], *HOUSE)
    wanted = frame([("Bergstr.", "1"), ("Hauptstr.", "1"), ("Bergstr.", "1"), ("x", "1")], "street", "house_number")
    assert match_addresses(wanted, houses)["building"].to_list() == ["berg1", "haupt1", "berg1", None]


@pytest.mark.realdata
def test_polling_places_of_cologne_find_their_street_segments() -> None:
    """Segments of Cologne's streets have ranges of house numbers on their left and right sides."""
    koeln = real("koeln")
    _, table = pyogrio.read_arrow(koeln / "shp" / "Strassenabschnitt.shp", read_geometry=False)
    segments = pl.DataFrame(pl.from_arrow(table))
    sides = [
        segments.select(
            pl.format("{}{}", "NUMMER", pl.lit(side)).alias("building"),
            pl.col("STRASSE").alias("street"),
            pl.format("{}-{}", f"HSNR_V_{side}", f"HSNR_B_{side}").alias("house_number"),
        ).filter(pl.col("house_number").str.contains(r"[1-9]\d*[a-z]?-0*[1-9]"))
        for side in "LR"
    ]
    places = pl.read_csv(koeln / "wahllokale.csv", infer_schema=False)
    places = places.filter(pl.col("POSTZUSTELLBEZIRK").cast(pl.Int32) < 51200)  # the others are in Leverkusen
    found = match_addresses(places.select(pl.col("WLK_ADRESSE").alias("street")), pl.concat(sides))
    ways = dict(found["how"].value_counts().rows())
    assert found["building"].count() / found.height > 0.9, ways
    assert ways[How.RANGE] > 500
    assert found.filter(pl.col("building").is_not_null())["confidence"].min() >= 0.8
