"""The way back from a number to the cells and rows it was made from."""

from __future__ import annotations

import pytest

from counts_samples import CITY, CODES, cells, measure, records, supply
from sozialraum.counts import place, resolve

KIDS = measure("persons", age="0-14")
SMALL = measure("persons", age="0-5")
SCHOOL = measure("persons", age="6-14")


def traced(question, area_system, area, *supplies, period="2024"):
    return resolve([question], supplies, CITY, CODES).trace(question, area_system, area, period)


def test_a_delivered_number_leads_to_its_cell():
    (trace,) = traced(KIDS, "quarters", "n1", supply(cells([(KIDS, "quarters", "n1", "2024", 7.0)])))
    assert (trace.source, trace.file, trace.line, trace.column, trace.value) == ("table", "table.csv", 2, "number", 7.0)
    assert trace.words == "persons {age 0-14} in quarters n1, 2024"


def test_a_sum_over_codes_and_areas_leads_to_every_cell():
    rows = [(m, "quarters", area, "2024", 1.0) for area in ("n1", "n2") for m in (SMALL, SCHOOL)]
    traces = traced(KIDS, "districts", "N", supply(cells(rows)))
    assert sorted(trace.line for trace in traces) == [2, 3, 4, 5]
    assert sum(trace.value for trace in traces) == 4


def test_a_mixture_of_delivered_and_summed_numbers_leads_to_both():
    rows = [(SMALL, "districts", "N", "2024", 3.0), *((SCHOOL, "quarters", a, "2024", 4.0) for a in ("n1", "n2"))]
    traces = traced(KIDS, "districts", "N", supply(cells(rows)))
    assert sorted((trace.area_system, trace.area, trace.value) for trace in traces) == [
        ("districts", "N", 3.0),
        ("quarters", "n1", 4.0),
        ("quarters", "n2", 4.0),
    ]


def test_a_sum_over_areas_does_not_lead_to_a_delivered_number_that_was_not_used():
    rows = [(m, "quarters", area, "2024", 1.0) for area in ("n1", "n2") for m in (SMALL, SCHOOL)]
    traces = traced(KIDS, "districts", "N", supply(cells([*rows, (SMALL, "districts", "N", "2024", 9.0)])))
    assert {trace.area_system for trace in traces} == {"quarters"}
    assert sum(trace.value for trace in traces) == 4


def test_a_number_from_two_deliveries_names_both():
    young = supply(cells([(SMALL, "quarters", "n1", "2024", 3.0)], "nursery"))
    older = supply(cells([(SCHOOL, "quarters", "n1", "2024", 4.0)], "schools"))
    assert [t.file for t in traced(KIDS, "quarters", "n1", young, older)] == ["nursery.csv", "schools.csv"]


def test_a_register_leads_to_file_filter_and_first_lines():
    people = [{"area:quarters": "n1", "age": age} for age in (20, *range(14))]
    (trace,) = traced(KIDS, "districts", "N", supply(place(records(people), CITY)))
    assert (trace.file, trace.line, trace.rows, trace.value) == ("register.csv", 3, 14, 14.0)
    assert trace.lines == tuple(range(3, 13))
    assert trace.words == "persons {age 0-14} in districts N, 2024"


def test_a_true_zero_leads_to_the_register_that_has_no_such_row():
    (trace,) = traced(KIDS, "quarters", "s1", supply(place(records([{"area:quarters": "n1", "age": 3}]), CITY)))
    assert (trace.file, trace.rows, trace.value, trace.status) == ("register.csv", 0, 0.0, "zero")


def test_an_amount_leads_to_the_rows_that_have_one():
    people = [{"area:quarters": "n1", "income": income} for income in (10.5, None, 20.0)]
    (trace,) = traced(measure("persons.income"), "quarters", "n1", supply(place(records(people), CITY)))
    assert (trace.value, trace.rows, trace.lines) == (30.5, 2, (2, 4))


def test_a_suppressed_part_is_shown_without_a_number():
    rows = [(SMALL, "quarters", "n1", "2024", 1.0), (SCHOOL, "quarters", "n1", "2024", None, "suppressed")]
    traces = traced(KIDS, "quarters", "n1", supply(cells(rows)))
    assert [(trace.value, trace.status) for trace in traces] == [(1.0, "ok"), (None, "suppressed")]


@pytest.mark.parametrize(
    ("area_system", "area", "period"),
    [("quarters", "n2", "2024"), ("quarters", "x", "2024"), ("rooms", "n1", "2024"), ("quarters", "n1", "1999")],
)
def test_where_there_is_no_number_there_is_no_trace(area_system, area, period):
    table = supply(cells([(KIDS, "quarters", "n1", "2024", 7.0)]))
    assert traced(KIDS, area_system, area, table, period=period) == ()
