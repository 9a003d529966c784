"""German house numbers as people write them."""

from __future__ import annotations

import polars as pl
import pytest

from sozialraum.microcells.addresses import parse_house_numbers, places, street_codes
from sozialraum.microcells.compiled import UNKNOWN_STREET

title = "House numbers"


@pytest.mark.parametrize(
    ("written", "number", "suffix"),
    [
        ("12", 12, 0),
        (" 12 ", 12, 0),
        ("012", 12, 0),
        ("12a", 12, 1),
        ("12 a", 12, 1),
        ("12 A", 12, 1),
        ("12z", 12, 26),
        ("12a-14", 12, 1),
        ("12-14", 12, 0),
        ("12 - 14 b", 12, 0),
        ("12/1", 12, 28),
        ("12 1/2", 12, 28),
        ("12/3", 12, 30),
        ("Nr. 7", 7, 0),
        ("Haus 7 b", 7, 2),
        ("12 und 14", 12, 0),
        ("12 Hinterhaus", 12, 0),
        ("*", None, 0),
        ("", None, 0),
        (None, None, 0),
        ("o. Nr.", None, 0),
        ("Postfach 12", None, 0),
        ("99999999999999999999999", None, 0),
    ],
)
def test_a_house_number_is_taken_apart(written, number, suffix):
    parsed = parse_house_numbers(pl.Series([written], dtype=pl.String))
    assert parsed.rows() == [(number, suffix)]


def test_places_are_in_the_order_of_the_street():
    walked = ["1", "1 a", "1 b", "1/1", "1/2", "2", "9", "10", "10-12", "100", "2000000", "*"]
    found = places(pl.Series(walked)).tolist()
    assert found == sorted(found)
    assert found[7] == found[8], "a range stands at its first number"
    assert len(set(found)) == len(found) - 1


def test_absurd_numbers_have_a_place_before_the_missing_ones():
    absurd, missing = places(pl.Series(["9999999999", None])).tolist()
    assert absurd < missing < 2**31


def test_streets_have_codes_in_the_order_of_their_names():
    codes = street_codes(pl.Series(["Zur Mühle", None, "Am Anger", "Zur Mühle"]))
    assert codes.tolist() == [1, UNKNOWN_STREET, 0, 1]


def test_no_street_at_all():
    assert street_codes(pl.Series([None, None], dtype=pl.String)).tolist() == [UNKNOWN_STREET] * 2
