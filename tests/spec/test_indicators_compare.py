"""Comparison with the whole, a parent, similar areas and a target; fifths; the place on the spine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method_tables import rows
from project_samples import INDICATOR, fault_of
from pydantic import ValidationError

from indicator_samples import MARKS, indicator, m, share
from sozialraum.catalogue import load_catalogue
from sozialraum.indicators import (
    Against,
    Incomparable,
    Point,
    Position,
    against_parent,
    against_similar,
    against_target,
    against_whole,
    compare,
    fifths,
    latest_common_period,
    spine_position,
)
from sozialraum.indicators.reference_page import indicator_page
from sozialraum.tables import Status, Value

TARGET = {"value": 10.0, "by": "2030", "source": {"de": "Ratsbeschluss vom 1. März 2024"}}
RATE = indicator(unit="per_1000", interval="byar", rate={"of": m("births"), "in": m("people")})


def plain(value: float | None) -> Value:
    return Value(value, Status.OK if value is not None else Status.SUPPRESSED)


def interval(cell: str) -> tuple[float, float] | None:
    if cell in ("none", "unknown"):
        return None
    lower, upper = cell.split(" to ")
    return float(lower), float(upper)


def series(cell: str) -> list[Point]:
    """``2022=5 2023=.``; a letter before the number marks it as in the tables of counts."""
    return [Point(period, _value(number)) for period, number in (point.split("=") for point in cell.split())]


def _value(cell: str) -> Value:
    if cell == ".":
        return Value(None, Status.SUPPRESSED)
    if cell[0] in MARKS:
        return Value(float(cell[1:]), Status(MARKS[cell[0]]))
    return Value(float(cell), Status.OK if float(cell) else Status.ZERO)


@pytest.mark.parametrize(
    "row", rows("comparison", "positions"), ids=lambda row: f"{row['95 %']} beside {row['benchmark']}"
)
def test_a_value_differs_if_its_interval_leaves_the_benchmark_out(row):
    lower, upper = interval(row["95 %"]) or (None, None)
    value = Value(float(row["value"]), Status.OK, None, None, lower, upper)
    found = compare(value, plain(float(row["benchmark"])), row["polarity"], wide=interval(row["99.8 %"]))
    assert f"{'much ' if found.much else ''}{found.position}" == row["position"]
    assert found.judgement == row["meaning"]
    assert found.tested == (row["95 %"] != "none")
    assert found.difference == pytest.approx(float(row["value"]) - float(row["benchmark"]))


@pytest.mark.parametrize(("value", "benchmark"), [(None, 10), (10, None), (None, None)])
def test_what_is_hidden_is_not_compared(value, benchmark):
    found = compare(plain(value), plain(benchmark), "low_is_good")
    assert (found.position, found.difference) == (Position.NOT_COMPARED, None)


@pytest.mark.parametrize("row", rows("comparison", "periods"), ids=lambda row: row["area"])
@pytest.mark.parametrize(("compared", "against"), [(against_whole, Against.WHOLE), (against_parent, Against.PARENT)])
def test_things_are_compared_in_their_latest_common_period(row, compared, against):
    found = compared(share(), series(row["area"]), series(row["benchmark"]))
    assert found.against is against
    assert (found.period or "none") == row["period"]
    assert (found.obstacle or "") == row["why not"]
    assert (found.comparison.position is Position.NOT_COMPARED) == bool(row["why not"])


def test_an_area_without_a_parent_is_not_compared_with_one():
    found = against_parent(share(), series("2023=7"), None)
    assert (found.obstacle, found.comparison.position) == (Incomparable.NO_PARENT, Position.NOT_COMPARED)


@pytest.mark.parametrize("row", rows("comparison", "similar"), ids=lambda row: row["similar areas"])
def test_similar_areas_are_compared_by_their_plain_mean(row):
    others = [series(cell) for cell in row["similar areas"].split("/")]
    found = against_similar(share(), series(row["area"]), others)
    assert (found.period or "none") == row["period"]
    assert (found.obstacle or "") == row["why not"]
    assert found.areas == int(row["areas"])
    if row["mean"] == "none":
        assert found.benchmark is None
    else:
        assert (found.benchmark.value, found.benchmark.status) == (float(row["mean"]), row["status"])


@pytest.mark.parametrize(
    ("births", "people", "position", "much"),
    [(200, 10_000, "higher", True), (125, 10_000, "higher", False), (110, 10_000, "similar", False)],
)
def test_a_standing_knows_the_99_8_percent_interval(births, people, position, much):
    rate = 1000 * births / people
    lower, upper = (births - 1.96 * births**0.5) / people * 1000, (births + 1.96 * births**0.5) / people * 1000
    own = [Point("2023", Value(rate, Status.OK, births, people, lower, upper))]
    found = against_whole(RATE, own, series("2023=10"))
    assert (found.comparison.position, found.comparison.much) == (position, much)


@pytest.mark.parametrize(
    ("polarity", "own", "position", "judgement"),
    [
        ("low_is_good", (8.0, 7.0, 9.0), "lower", "better"),
        ("low_is_good", (12.0, 11.0, 13.0), "higher", "worse"),
        ("high_is_good", (12.0, 11.0, 13.0), "higher", "better"),
        ("high_is_good", (10.5, 9.5, 11.5), "similar", "none"),
    ],
)
def test_the_latest_number_is_compared_with_the_target(polarity, own, position, judgement):
    document = share(interval="wilson", polarity=polarity, target=TARGET)
    value, lower, upper = own
    points = [Point("2023", Value(value, Status.OK, None, None, lower, upper)), *series("2024=.")]
    found = against_target(document, points)
    assert (found.period, found.benchmark.value) == ("2023", 10.0)
    assert (found.comparison.position, found.comparison.judgement) == (position, judgement)


def test_without_a_target_or_a_number_nothing_is_compared_with_it():
    assert against_target(share(), series("2023=7")).obstacle is Incomparable.NO_TARGET
    document = share(polarity="low_is_good", target=TARGET)
    assert against_target(document, series("2023=.")).obstacle is Incomparable.NO_VALUE


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"polarity": "neutral", "target": TARGET}, "a target needs a direction"),
        ({"polarity": "low_is_good", "target": TARGET | {"value": 101}}, "lies from 0 to 100 percent, not at 101"),
        ({"polarity": "low_is_good", "target": TARGET | {"value": -1}}, "lies from 0 to 100 percent, not at -1"),
        ({"polarity": "low_is_good", "target": TARGET | {"value": float("nan")}}, "finite number"),
        ({"polarity": "low_is_good", "target": TARGET | {"by": "soon"}}, "soon"),
        ({"polarity": "low_is_good", "target": {"value": 10.0, "by": "2030"}}, "target.source"),
        ({"polarity": "low_is_good", "target": TARGET | {"until": "2030"}}, "target.until"),
    ],
)
def test_a_target_that_can_not_be_one_is_a_fault(fields, words):
    with pytest.raises(ValidationError, match=words.replace(".", r"\.")):
        share(**fields)


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        ('value = "ten"', "target.value", "ten"),
        ('by = "soon"', "target.by", "soon"),
        ('until = "2030"', "target.until", "2030"),
    ],
)
def test_a_fault_of_a_target_names_its_file_line_and_key(tmp_path, line, key, words):
    table = {"value": "value = 10.0", "by": 'by = "2030"', "source": 'source.de = "Rat"'}
    table[line.split(" = ")[0]] = line
    text = "\n".join([INDICATOR, "[target]", *table.values()])
    fault = fault_of(tmp_path, {"indicators/arme_kinder.toml": text})
    assert (fault.file, fault.column) == ("indicators/arme_kinder.toml", key)
    assert fault.line > INDICATOR.count("\n")
    assert words in f"{fault.what} {fault.value}"


def test_the_reference_tells_the_target_and_who_decided_it():
    document = share(interval="wilson", polarity="low_is_good", target=TARGET)
    catalogue = replace(load_catalogue(), indicators={"poor": document})
    page = indicator_page("poor", catalogue, text="", sources={})
    assert "| Target | 10.0% by 2030 (Ratsbeschluss vom 1. März 2024) |" in page


@pytest.mark.parametrize("row", rows("fifths", "fifths"), ids=lambda row: f"{row['values']} {row['polarity']}")
def test_areas_are_sorted_into_fifths(row):
    values = {str(place): _value(cell) for place, cell in enumerate(row["values"].split())}
    found = fifths(share(polarity=row["polarity"]), values, "2023")
    assert [str(fifth.number or "-") for fifth in found.values()] == row["fifths"].split()
    assert {fifth.obstacle for fifth in found.values()} - {None} == set(row["why not"].split())
    assert {(fifth.areas, fifth.period) for fifth in found.values()} == {
        (sum(value.value is not None for value in values.values()), "2023")
    }


@given(st.lists(st.integers(-50, 50), min_size=5, max_size=40).filter(lambda values: len(set(values)) > 1))
def test_fifths_are_those_of_phe_quantile(numbers):
    """The formula of the peer, with its ceiling, on ranks where equal values have the lowest."""
    found = fifths(share(polarity="low_is_good"), {str(i): plain(float(x)) for i, x in enumerate(numbers)}, "2023")
    n = len(numbers)
    for place, number in enumerate(numbers):
        rank = 1 + sum(other < number for other in numbers)
        assert found[str(place)].number == 6 + (5 * (n + 1 - rank)) // -n


@pytest.mark.parametrize(
    ("series", "period"),
    [
        ([["2021", "2022", "2023"], ["2020", "2022"]], "2022"),
        ([["2021"], ["2022"]], None),
        ([["2022-H1", "2021-H2"], ["2021-H2", "2022-H1"]], "2022-H1"),
        ([["2023", "2024"]], "2024"),
        ([["2023"], []], None),
        ([], None),
    ],
)
def test_the_latest_common_period_of_several_series(series, period):
    assert latest_common_period(series) == period


@pytest.mark.parametrize("row", rows("spine", "places"), ids=lambda row: f"{row['value']} in {row['values']}")
def test_the_spine_is_scaled_on_signed_distances_to_the_benchmark(row):
    values = [float(value) for value in row["values"].split()]
    assert spine_position(float(row["value"]), float(row["benchmark"]), values) == pytest.approx(float(row["place"]))
