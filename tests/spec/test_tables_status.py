"""The status of a value: what several make together, what goes with a number, which symbol means what."""

from __future__ import annotations

from itertools import product

import polars as pl
import pytest

from sozialraum.tables import (
    NO_VALUE,
    STATUS,
    SYMBOLS,
    Status,
    Value,
    combine,
    combine_across,
    combine_columns,
    status_of,
)
from sozialraum.tables.status import PRECEDENCE, SDMX_OBSERVATION


@pytest.mark.parametrize(
    ("statuses", "together"),
    [
        ("ok ok", "ok"),
        ("ok zero", "ok"),
        ("zero zero", "zero"),
        ("ok suppressed", "suppressed"),
        ("missing suppressed", "suppressed"),
        ("undefined missing", "missing"),
        ("unreliable undefined", "undefined"),
        ("estimated unreliable", "unreliable"),
        ("provisional estimated", "estimated"),
        ("ok provisional", "provisional"),
        ("", "missing"),
    ],
)
def test_the_gravest_status_wins(statuses, together):
    assert combine(Status(status) for status in statuses.split()) == together


def test_every_status_has_its_place_and_its_code():
    assert set(PRECEDENCE) == set(Status) == set(SDMX_OBSERVATION)
    assert STATUS.categories.to_list() == [status.value for status in Status]


def test_columns_combine_as_single_values_do():
    pairs = list(product(Status, Status))
    frame = pl.DataFrame(
        {"left": [a.value for a, _ in pairs], "right": [b.value for _, b in pairs], "row": range(len(pairs))},
        schema_overrides={"left": STATUS, "right": STATUS},
    )
    across = frame.select(combine_across(pl.col("left"), pl.col("right"))).to_series().to_list()
    tall = frame.unpivot(["left", "right"], index="row", value_name="status")
    down = tall.group_by("row").agg(combine_columns(pl.col("status"))).sort("row")["status"].to_list()
    assert across == down == [combine(pair).value for pair in pairs]


def test_an_empty_group_is_missing():
    frame = pl.DataFrame({"group": [1], "status": ["ok"]}, schema_overrides={"status": STATUS})
    none = frame.group_by("group").agg(combine_columns(pl.col("status").filter(pl.col("status") == "zero")))
    assert none["status"].to_list() == ["missing"]


def test_plain_numbers_are_ok_zero_or_missing():
    frame = pl.DataFrame({"value": [3.0, 0.0, None, -1.0]})
    assert frame.select(status_of(pl.col("value"))).to_series().to_list() == ["ok", "zero", "missing", "ok"]


def test_a_symbol_of_official_statistics_is_never_a_number():
    assert SYMBOLS["-"] is Status.ZERO
    assert SYMBOLS["."] is Status.SUPPRESSED
    assert SYMBOLS["..."] is Status.MISSING
    assert SYMBOLS["x"] is Status.UNDEFINED
    assert SYMBOLS["/"] is Status.UNRELIABLE


@pytest.mark.parametrize("status", list(Status))
def test_a_value_has_a_number_exactly_where_its_status_allows_one(status):
    fitting, other = (None, 1.0) if status in NO_VALUE else (1.0, None)
    assert Value(fitting, status).status is status
    with pytest.raises(ValueError, match="does not go with"):
        Value(other, status)


def test_a_value_is_taken_from_a_row():
    row = {"value": 12.0, "status": "ok", "numerator": 12.0, "denominator": 100.0, "lower": 7.0, "upper": 19.8, "x": 1}
    assert Value.of(row) == Value(12.0, Status.OK, 12.0, 100.0, 7.0, 19.8)
