"""What comes out of the door: a protected table that tells nothing about why, and a summary that does."""

from __future__ import annotations

import polars as pl
import pytest

from disclosure_samples import counts, districts, door, inside, part, shown, with_city
from sozialraum.catalogue import load_catalogue
from sozialraum.disclosure import parts_of
from sozialraum.errors import DoorError
from sozialraum.tables import COUNT_SCHEMA, ProtectedTable


@pytest.fixture
def frame() -> pl.DataFrame:
    return counts(with_city({"persons": [3, 40, 20], "births": [9, 8, 7]}))


def test_it_works(frame):
    protected = door(frame, areas=districts(3), minimum=5)
    assert isinstance(protected.table, ProtectedTable)
    assert protected.table.frame.schema == COUNT_SCHEMA
    assert len(protected.table) == frame.height


def test_every_value_has_its_status():
    frame = counts({"persons": {"d1": 0, "d2": 9, "d3": 2, "d4": None, "d5": "undefined"}})
    seen = door(frame, minimum=5).table.frame.select("area", "value", "status").rows()
    assert seen == [
        ("d1", 0.0, "zero"),
        ("d2", 9.0, "ok"),
        ("d3", None, "suppressed"),
        ("d4", None, "missing"),
        ("d5", None, "undefined"),
    ]


@pytest.mark.parametrize("status", ["estimated", "provisional", "unreliable"])
def test_a_status_with_a_number_is_kept(status):
    frame = counts({"persons": {"d1": 9}}).with_columns(status=pl.lit(status, COUNT_SCHEMA["status"]))
    assert door(frame, minimum=5).table.frame["status"].to_list() == [status]


def test_an_area_that_is_not_shown_is_protected_like_the_others(frame):
    """Ten people in the rest of the city, and nobody may know how many: so another district has to go."""
    numbers = {"persons": {"d1": 30, "d2": 40, "rest": "suppressed", "city": 80}}
    together = inside({"d1": "city", "d2": "city", "rest": "city"})
    protected = door(counts(numbers), areas=together, unseen=[("districts", "rest")], minimum=5)
    assert shown(protected, "persons") == {"d1": "suppressed", "d2": 40.0, "city": 80.0}
    assert protected.summary["cells"].sum() == 3
    careless = door(counts({"persons": {"d1": 30, "d2": 40, "city": 80}}), areas=districts(2), minimum=5)
    assert shown(careless, "persons") == {"d1": 30.0, "d2": 40.0, "city": 80.0}


def test_nobody_can_tell_for_whose_sake_a_number_is_withheld(frame):
    seen = door(frame, areas=districts(3), minimum=5).table.frame.filter(universe="persons", area_system="districts")
    gone = seen.filter(status="suppressed").drop("area")
    assert gone.height == 2
    assert gone.unique().height == 1


def test_the_steward_can(frame):
    summary = door(frame, areas=districts(3), minimum=5).summary
    row = summary.row(
        by_predicate=(pl.col("universe") == "persons") & (pl.col("area_system") == "districts"), named=True
    )
    assert row == {
        "universe": "persons",
        "where": "",
        "area_system": "districts",
        "period": "2024",
        "policy": "p",
        "cells": 3,
        "primary": 1,
        "secondary": 1,
        "withheld": pytest.approx(23 / 63),
        "why": "minimum 1; secondary 1",
    }
    assert summary["cells"].sum() == frame.height


def test_further_columns_stay_inside(frame):
    protected = door(frame.with_columns(source=pl.lit("residents")), areas=districts(3), minimum=5)
    assert protected.table.frame.columns == list(COUNT_SCHEMA)


def test_an_empty_table_leaves_empty(frame):
    protected = door(frame.clear(), minimum=5)
    assert len(protected.table) == 0
    assert protected.summary.is_empty()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: f.drop("policy"), "no column 'policy'"),
        (lambda f: f.drop("value"), "no column 'value'"),
        (lambda f: pl.concat([f, f]), "one row for each"),
        (lambda f: f.with_columns(value=pl.lit(float("nan"))), "finite"),
        (lambda f: f.with_columns(value=pl.lit(float("inf"))), "finite"),
        (lambda f: f.with_columns(value=pl.lit(None, pl.Float64)), "a number where"),
        (lambda f: f.with_columns(status=pl.lit("missing", COUNT_SCHEMA["status"])), "a number where"),
    ],
)
def test_what_is_no_table_of_counts_does_not_leave(frame, spoil, message):
    with pytest.raises(DoorError, match=message):
        door(spoil(frame), minimum=5)


def test_the_fractions_of_the_catalogue():
    catalogue = load_catalogue()
    parts = parts_of(catalogue.indicators)
    assert parts == tuple(sorted(set(parts)))
    assert {(p.of, p.base) for p in parts if p.inside} == {
        (d.numerator, d.denominator) for d in catalogue.indicators.values() if d.share or d.segregation
    }
    assert {(p.of, p.base) for p in parts if not p.inside} >= {
        (d.numerator, d.denominator) for d in catalogue.indicators.values() if d.rate
    }


def test_a_part_of_its_base_is_told_from_a_rate():
    assert part("births", "persons", share=False) != part("births", "persons")
