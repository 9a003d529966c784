"""Sensitivity: what a composite would say without an input, or with other weights."""

from __future__ import annotations

import pytest

from analysis_samples import composite, population_from, values_of
from sozialraum.analysis.sensitivity import SENSITIVITY_SCHEMA, change_weights, leave_one_out, rank_correlation

THREE = [{"indicator": "poor"}, {"indicator": "jobless"}, {"indicator": "alone"}]
# poor and jobless say the same; alone says the opposite
TABLE = """
    area | poor | jobless | alone
    A    | 10   | 1       | 50
    B    | 20   | 2       | 40
    C    | 30   | 3       | 30
    D    | 40   | 4       | 20
    E    | 50   | 5       | 10
    F    | .    | 5       | 10
"""


def test_each_input_is_left_out_once():
    left_out = leave_one_out({"this": composite(inputs=THREE)}, values_of(TABLE), population_from("area | residents"))
    assert left_out.schema == SENSITIVITY_SCHEMA
    rows = {row["input"]: row for row in left_out.iter_rows(named=True)}
    assert set(rows) == {"poor", "jobless", "alone"}
    assert rows["alone"] | {"rank_correlation": None} == {
        "composite": "this",
        "area_system": "areas",
        "period": "2024",
        "input": "alone",
        "factor": 0.0,
        "areas": 5,
        "rank_correlation": None,
        "changed": 0,
    }
    assert rows["alone"]["rank_correlation"] == pytest.approx(1)
    # without poor the other two cancel each other: no area has a score any more
    assert "poor" in rows
    assert rows["poor"]["areas"] == 0
    assert rows["poor"]["rank_correlation"] is None


def test_areas_that_change_their_class_are_counted():
    # alone decides the sum when it counts twice: the order is turned round, and both ends change their class
    document = composite(inputs=[{"indicator": "poor", "weight": 1.5}, {"indicator": "alone"}])
    changed = change_weights({"this": document}, values_of(TABLE), population_from("area | residents"))
    rows = {(row["input"], row["factor"]): row for row in changed.iter_rows(named=True)}
    assert set(rows) == {(name, factor) for name in ("poor", "alone") for factor in (0.5, 2.0)}
    assert rows["alone", 2.0]["rank_correlation"] == pytest.approx(-1)
    assert rows["alone", 2.0]["changed"] == 2
    assert rows["poor", 2.0]["rank_correlation"] == pytest.approx(1)
    assert rows["poor", 2.0]["changed"] == 0


def test_a_composite_of_one_input_has_no_variant():
    none = leave_one_out({"this": composite()}, values_of(TABLE), population_from("area | residents"))
    assert none.schema == SENSITIVITY_SCHEMA
    assert len(none) == 0


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2, 3], [10, 20, 90], 1.0),
        ([1, 2, 3], [3, 2, 1], -1.0),
        ([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0.8),
        ([1, 1, 2], [1, 2, 3], 0.8660254),
        ([1, 1, 1], [1, 2, 3], None),
    ],
)
def test_rank_correlation(one, other, expected):
    assert rank_correlation(one, other) == (None if expected is None else pytest.approx(expected))
