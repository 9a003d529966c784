"""Directly standardised rates: worked out from cases and people by age, before the door."""

from __future__ import annotations

from math import isclose
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counts_samples import CITY, CODES, cells, records, supply
from disclosure_samples import counts, door, shown
from indicator_samples import indicator
from sozialraum.catalogue import IndicatorDoc, Measure, StandardDoc
from sozialraum.counts import BEHIND, bands_of, measures_of, place, put_beside, resolve, standardise
from sozialraum.indicators import compute
from sozialraum.tables import COUNT_SCHEMA, Status
from sozialraum.tables.seal import seal

STANDARD = StandardDoc.model_validate(
    {
        "title": {"de": "Drei Bänder"},
        "source": "-",
        "dimension": "age",
        "weights": {"0-17": 200, "18-64": 500, "65+": 300},
    }
)
BANDS = ["0-17", "18-64", "65+"]


def deaths(age: str | None = None, **fields: Any) -> IndicatorDoc:
    where = {"age": age} if age else {}
    table = {"of": {"universe": "deaths"} | where, "in": {"universe": "persons"} | where, "standard": "three"}
    usual = {"unit": "per_1000", "interval": "dobson", "standardised": table | {"per": 1000}}
    return indicator(**usual | fields)


RATE, VARIANCE = deaths().rates


def rate_of(cases: list[Any], people: list[Any], age: str | None = None) -> dict[str, tuple[float | None, str]]:
    """The rate and its variance in one quarter, from delivered numbers by band; texts are statuses."""
    rows = []
    for universe, numbers in (("deaths", cases), ("persons", people)):
        for band, number in zip(BANDS, numbers, strict=True):
            asked = Measure.of(universe, {"age": band})
            told = (None, number) if isinstance(number, str) else (number,)
            rows.append((asked, "quarters", "n1", "2024", *told))
    document = deaths(age)
    bands = bands_of([document], {"three": STANDARD})
    table = resolve(measures_of(bands), [supply(cells(rows))], CITY, CODES).frame
    found = standardise(bands, put_beside(table)).filter(area="n1", area_system="quarters")
    names = {measure.universe: name for measure, name in zip(document.rates, ("rate", "variance"), strict=True)}
    return {names[u]: (value, status) for u, value, status in found.select("universe", "value", "status").iter_rows()}


@pytest.mark.parametrize(
    ("cases", "people", "rate", "status"),
    [
        # 0.2 x 2/1000 + 0.5 x 10/2000 + 0.3 x 90/1000 = 0.0004 + 0.0025 + 0.027
        ([2, 10, 90], [1000, 2000, 1000], 0.0299, "ok"),
        ([10, 10, 10], [1000, 1000, 1000], 0.01, "ok"),  # the same at every age
        ([0, 0, 0], [1000, 1000, 1000], 0, "zero"),
        ([1, 1, 1], [3, 3, 3], 0.333, "ok"),  # three digits
        ([0, 1, 1], [0, 10, 10], None, "undefined"),  # nobody is young: their rate can not exist
        (["suppressed", 10, 10], [1000, 1000, 1000], None, "suppressed"),
        (["missing", 10, 10], [1000, 1000, 1000], None, "missing"),
        ([5, 10, 10], [1000, "suppressed", 1000], None, "suppressed"),
    ],
)
def test_rates(cases, people, rate, status):
    found = rate_of(cases, people)["rate"]
    assert found == (rate if rate is None else pytest.approx(rate), status)


def test_the_variance_has_two_digits():
    # 0.04 x 2/1000^2 + 0.25 x 10/2000^2 + 0.09 x 90/1000^2 = 0.08e-6 + 0.625e-6 + 8.1e-6
    assert rate_of([2, 10, 90], [1000, 2000, 1000])["variance"] == (pytest.approx(8.8e-6), "ok")


def test_a_filter_on_age_picks_the_bands():
    # (0.2 x 2/1000 + 0.5 x 10/2000) / 0.7
    assert rate_of([2, 10, 90], [1000, 2000, 1000], "0-64")["rate"][0] == pytest.approx(0.00414)


NUMBERS = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 4000)), min_size=3, max_size=3)


@given(NUMBERS)
def test_one_gets_the_same_by_giving_every_band_its_share(numbers):
    """The people of each band are made as many as the standard says, and then everybody is counted."""
    weights = dict(zip(BANDS, STANDARD.weights.values(), strict=True))
    cases = [weights[band] * (x / n) for band, (x, n) in zip(BANDS, numbers, strict=True)]
    expected = sum(cases) / sum(weights.values())
    rate, _ = rate_of([x for x, _ in numbers], [n for _, n in numbers])["rate"]
    assert isclose(rate or 0.0, expected, rel_tol=0.005, abs_tol=1e-12)


def test_a_register_with_ages_does_as_well():
    ages = [5, 30, 30, 70]
    rows = [{"area:quarters": "n1", "age": age, "sgb2": "yes" if number % 2 else "no"} for number, age in
            enumerate(ages * 5)]  # fmt: skip
    table = {"of": {"universe": "persons", "sgb2": "yes"}, "in": {"universe": "persons"}, "standard": "three"}
    document = indicator(unit="per_1000", standardised=table | {"per": 1000})
    bands = bands_of([document], {"three": STANDARD})
    found = put_beside(resolve(measures_of(bands), [supply(place(records(rows), CITY))], CITY, CODES).frame)
    rate = standardise(bands, found).filter(universe=document.rates[0].universe, area="n1")
    assert rate.select("value", BEHIND).row(0) == (pytest.approx(0.2 * 0 + 0.5 * 0.5 + 0.3 * 1), 10.0)


# --- the door and the value -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cases", "people", "rules", "told"),
    [
        (10, 500, {}, 0.02),
        (9, 500, {}, "suppressed"),  # the default asks for ten cases
        (9, 500, {"minimum_cases": 5}, 0.02),
        (10, 500, {"minimum_cases": 20}, "suppressed"),
        (10, "suppressed", {}, "suppressed"),  # the base is withheld
        ("suppressed", 500, {}, "suppressed"),
    ],
)
def test_a_rate_leaves_with_enough_cases(cases, people, rules, told):
    rows = {"deaths": {"d1": cases}, "persons": {"d1": people}, RATE.universe: {"d1": 0.02}}
    behind = float(cases) if isinstance(cases, int) else 40.0
    frame = counts(rows).with_columns(pl.lit(behind).alias(BEHIND))
    assert shown(door(frame, minimum=3, **rules), RATE.universe) == {"d1": told}


def test_no_cases_may_be_told():
    rows = {"deaths": {"d1": 0}, "persons": {"d1": 500}, RATE.universe: {"d1": 0.0}}
    frame = counts(rows).with_columns(pl.lit(0.0).alias(BEHIND))
    assert shown(door(frame, minimum=3), RATE.universe) == {"d1": 0.0}


def value_of(**numbers: float | None) -> dict[str, Any]:
    measures = {"deaths": Measure("deaths"), "persons": Measure("persons"), "rate": RATE, "variance": VARIANCE}
    rows = []
    for name, number in numbers.items():
        status = Status.SUPPRESSED if number is None else Status.OK if number else Status.ZERO
        rows.append((measures[name].universe, "", "areas", "A", "2024", number, status.value))
    table = seal(pl.DataFrame(rows, schema=COUNT_SCHEMA, orient="row"))
    return compute({"this": deaths()}, table).row(0, named=True)


def test_the_value_with_dobsons_interval():
    found = value_of(deaths=100, persons=5000, rate=0.02, variance=4.5e-6)
    assert (found["value"], found["numerator"], found["denominator"]) == (pytest.approx(20), 100, 5000)
    # Byar of 100: 81.36 to 121.63; sqrt(4.5e-6 / 100) = 0.00021213
    assert found["lower"] == pytest.approx(20 + 0.21213 * (81.3622 - 100), abs=1e-3)
    assert found["upper"] == pytest.approx(20 + 0.21213 * (121.6275 - 100), abs=1e-3)


def test_the_status_of_the_value():
    assert value_of(deaths=9, persons=5000, rate=None, variance=None)["status"] == "suppressed"
    assert value_of(deaths=0, persons=5000, rate=0, variance=0)["status"] == "zero"


# --- documents --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ({"0-17": 1, "10-20": 1}, "bands overlap: 10-20 begins before the one below it ends"),
        ({"young": 1}, "'young' is no interval"),
        ({"0-17": 0}, "greater than 0"),
        ({}, "at least 1 item"),
    ],
)
def test_a_standard_population_has_bands(weights, told):
    with pytest.raises(ValueError, match=told):
        StandardDoc.model_validate(STANDARD.model_dump() | {"weights": weights})


def test_bands_must_make_up_what_is_asked():
    assert list(STANDARD.bands("0-64")) == ["0-17", "18-64"]
    with pytest.raises(ValueError, match="do not make up 0-14"):
        STANDARD.bands("0-14")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"unit": "percent", "interval": "none"}, "does not go with the unit percent"),
        ({"interval": "byar"}, "Byar's interval belongs to a rate"),
        ({"interval": "wilson"}, "the Wilson interval belongs to a share"),
    ],
)
def test_what_a_document_may_not_say(fields, told):
    with pytest.raises(ValueError, match=told):
        deaths(**fields)


def test_the_base_stands_in_the_name():
    rate, variance = Measure.of("deaths", {"sex": "f"}).standardised(Measure.of("persons", {"sex": "f"}), "three")
    assert rate.universe == "deaths.standardised@three/persons/sex=f"
    assert (rate.base, variance.base) == (Measure.of("persons", {"sex": "f"}),) * 2
    assert (rate.counted, rate.additive, rate.counts_units) == (Measure.of("deaths", {"sex": "f"}), False, False)
