"""Numbers, units and periods as they are read in German and in English."""

from __future__ import annotations

import pytest

from indicator_samples import indicator, m, share
from sozialraum.indicators import format_difference, format_ends, format_number, format_period, format_value
from sozialraum.tables import Status, Value


@pytest.mark.parametrize(
    ("number", "decimals", "german", "english"),
    [
        (1234567.25, 1, "1.234.567,3", "1,234,567.3"),
        (12.34, 1, "12,3", "12.3"),
        (0.25, 1, "0,3", "0.3"),
        (-0.25, 1, "−0,3", "−0.3"),
        (2.5, 0, "3", "3"),
        (1000, 0, "1.000", "1,000"),
        (999.96, 1, "1.000,0", "1,000.0"),
        (0, 1, "0", "0"),
        (0.04, 1, "0,0", "0.0"),
        (-0.04, 1, "0,0", "0.0"),
        (1e15, 0, "1.000.000.000.000.000", "1,000,000,000,000,000"),
        (7.255, 2, "7,26", "7.26"),
    ],
)
def test_numbers(number, decimals, german, english):
    assert format_number(number, decimals, "de") == german
    assert format_number(number, decimals, "en") == english


@pytest.mark.parametrize(("number", "written"), [(1.2, "+1,2"), (-1.2, "−1,2"), (0.0, "0"), (0.01, "0,0")])
def test_signed_numbers(number, written):
    assert format_number(number, 1, "de", signed=True) == written


@pytest.mark.parametrize(
    ("unit", "german", "english"),
    [
        ("percent", "12,3 %", "12.3%"),
        ("per_100", "12,3 je 100", "12.3 per 100"),
        ("per_1000", "12,3 je 1.000", "12.3 per 1,000"),
    ],
)
def test_a_number_never_wraps_away_from_its_unit(unit, german, english):
    formula = {"percent": {"share": {"of": m("poor"), "in": m("children")}}}.get(
        unit, {"ratio": {"of": m("old"), "to": m("workers"), "per": 100 if unit == "per_100" else 1000}}
    )
    document = indicator(unit=unit, **formula)
    value = Value(12.34, Status.OK)
    assert format_value(document, value, "de") == german.replace(" ", "\u00a0")
    assert format_value(document, value, "en") == english.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Value(None, Status.SUPPRESSED), "•"),
        (Value(None, Status.MISSING), "–"),
        (Value(None, Status.UNDEFINED), "x"),
        (Value(0.0, Status.ZERO), "0\u00a0%"),
        (Value(12.3, Status.UNRELIABLE), "(12,3\u00a0%)"),
        (Value(12.3, Status.ESTIMATED), "12,3\u00a0%"),
    ],
)
def test_the_kinds_of_nothing_look_different(value, written):
    assert format_value(share(), value, "de") == written


def test_the_value_of_a_change_has_a_sign():
    growth = indicator(change={"of": m("people")})
    assert format_value(growth, Value(3.0, Status.OK), "de") == "+3,0\u00a0%"


def test_a_difference_of_percents_is_in_percentage_points():
    assert format_difference(share(), 1.25, "de") == "+1,3\u00a0Prozentpunkte"
    assert format_difference(share(), -1.25, "en") == "−1.3\u00a0percentage\u00a0points"


def test_a_difference_of_other_units_is_in_the_unit():
    age = indicator(unit="years", mean={"of": m("income"), "in": m("taxpayers")})
    assert format_difference(age, 0.5, "de") == "+0,5\u00a0Jahre"


def test_the_ends_of_an_interval():
    assert format_ends(share(), Value(10.0, Status.OK, None, None, 9.0, 11.5), "de") == ("9,0\u00a0%", "11,5\u00a0%")
    assert format_ends(share(), Value(10.0, Status.OK), "de") is None


@pytest.mark.parametrize(
    ("period", "german", "english"),
    [
        ("2024", "2024", "2024"),
        ("2024/25", "Schuljahr 2024/25", "school year 2024/25"),
        ("2024-H2", "2. Halbjahr 2024", "half-year 2 of 2024"),
        ("2024-Q3", "3. Quartal 2024", "quarter 3 of 2024"),
        ("2024-03", "März 2024", "March 2024"),
        ("2024-12-31", "31. Dezember 2024", "31 December 2024"),
    ],
)
def test_periods(period, german, english):
    assert format_period(period, "de").replace("\u00a0", " ") == german
    assert format_period(period, "en").replace("\u00a0", " ") == english
