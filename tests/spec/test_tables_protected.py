"""The protected table: only the seal makes one, it never changes, and it holds no number that may not be there."""

from __future__ import annotations

import copy
import pickle

import polars as pl
import pytest

from sozialraum.catalogue import Measure
from sozialraum.errors import DoorError
from sozialraum.tables import COUNT_SCHEMA, ProtectedTable
from sozialraum.tables.seal import seal

ROW = {
    "universe": "persons",
    "where": "age=0-14",
    "area_system": "areas",
    "area": "A",
    "period": "2024",
    "value": 12.0,
    "status": "ok",
}


def counts(*changes: dict) -> pl.DataFrame:
    return pl.DataFrame([ROW | change for change in changes], schema=COUNT_SCHEMA)


def test_nobody_makes_a_protected_table_by_hand():
    with pytest.raises(DoorError, match="made at the door"):
        ProtectedTable()


def test_a_protected_table_never_changes():
    table = seal(counts({}))
    with pytest.raises(DoorError, match="never changes"):
        table.frame = counts({"value": 1.0})
    with pytest.raises(DoorError, match="never changes"):
        del table.frame


def test_whoever_changes_the_frame_changes_a_copy():
    table = seal(counts({}))
    table.frame[0, "value"] = 99.0
    assert table.frame["value"].to_list() == [12.0]


def test_the_frame_that_was_sealed_may_change_afterwards():
    frame = counts({})
    table = seal(frame)
    frame[0, "value"] = 99.0
    assert table.frame["value"].to_list() == [12.0]


@pytest.mark.parametrize("carry", [copy.copy, copy.deepcopy, lambda table: pickle.loads(pickle.dumps(table))])
def test_a_protected_table_can_not_be_copied_into_another(carry):
    with pytest.raises((DoorError, TypeError)):
        carry(seal(counts({})))


def test_rows_are_sorted_by_their_key_whatever_order_they_came_in():
    table = seal(counts({"area": "B"}, {"period": "2023"}, {}))
    assert table.frame.select("area", "period").rows() == [("A", "2023"), ("A", "2024"), ("B", "2024")]
    assert len(table) == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "suppressed"}, "a value where their status allows none"),
        ({"status": "missing"}, "a value where their status allows none"),
        ({"status": "undefined"}, "a value where their status allows none"),
        ({"value": None}, "a value where their status allows none, or the reverse"),
        ({"value": float("nan")}, "no number"),
        ({"value": float("inf")}, "no number"),
        ({"status": "zero"}, "are not zero"),
        ({"status": None}, "no empty status"),
        ({"area": None}, "no empty key"),
        ({"universe": None}, "no empty key"),
    ],
)
def test_what_may_not_be_there_is_refused(change, reason):
    with pytest.raises(DoorError, match=reason):
        seal(counts({"area": "B"}, change))


@pytest.mark.parametrize(
    "change",
    [
        {"value": None, "status": "suppressed"},
        {"value": None, "status": "missing"},
        {"value": 0.0, "status": "zero"},
        {"value": 0.0, "status": "provisional"},
        {"value": -3.0, "status": "estimated"},
    ],
)
def test_what_fits_its_status_is_taken(change):
    assert len(seal(counts(change))) == 1


def test_a_count_stands_there_once():
    with pytest.raises(DoorError, match="one row per measure, area and period"):
        seal(counts({}, {"value": 3.0}))


@pytest.mark.parametrize(
    "frame",
    [counts({}).drop("status"), counts({}).with_columns(pl.col("value").cast(pl.Int64)), counts({}).select("area")],
)
def test_a_table_of_another_shape_is_refused(frame):
    with pytest.raises(DoorError, match="has the columns"):
        seal(frame)


def test_the_rows_of_one_measure():
    table = seal(counts({}, {"where": ""}, {"universe": "households"}))
    rows = table.measure(Measure.of("persons", {"age": "0-14"}))
    assert rows.rows() == [("areas", "A", "2024", 12.0, "ok")]
