"""The cell key method: who is counted decides by how much a count is moved, and nothing else does."""

from __future__ import annotations

import hmac
import struct

import numpy as np
import polars as pl
import pytest

from sozialraum.disclosure.cellkey import (
    HALF,
    KEY_HIGH,
    KEY_LOW,
    SPAN,
    cell_key,
    move,
    record_keys,
    with_record_keys,
)
from sozialraum.disclosure.ptable import perturbation_table
from sozialraum.errors import DoorError

SECRET = b"0123456789abcdef0123456789abcdef"
TABLE = perturbation_table(5, 2.0, 2)


def people(number: int) -> pl.DataFrame:
    rows = np.arange(number)
    return pl.DataFrame({"unit": rows * 7919 - 10**6, "area": rows % 7, "sex": rows % 2, "age": rows % 97})


def keyed(number: int) -> pl.DataFrame:
    return with_record_keys(people(number), "persons", SECRET)


def published(frame: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Counts of a table: what is true, and what is published."""
    sums = pl.col(KEY_HIGH).sum(), pl.col(KEY_LOW).sum()
    table = frame.group_by(by or pl.lit(0)).agg(pl.len().cast(pl.Float64).alias("true"), key=cell_key(*sums))
    return table.with_columns(seen=move(table["true"], table["key"], TABLE))


def test_it_works():
    table = published(keyed(1000), "area", "sex")
    assert table.height == 14
    assert (table["true"] != table["seen"]).any()
    assert (table["true"] - table["seen"]).abs().max() <= 5


def test_record_keys_are_hmac_sha256():
    """The number a unit gets is fixed for ever: a release made later must give the same noise."""
    own = hmac.digest(SECRET, b"sozialraum record key persons", "sha256")
    expected = [hmac.new(own, struct.pack("<q", unit), "sha256").hexdigest()[:13] for unit in (17, -3, 17)]
    found = record_keys(pl.Series([17, -3, 17]), "persons", SECRET).to_list()
    assert [f"{key:013x}" for key in found] == expected
    assert found == [1241054162972386, 2499841887342937, 1241054162972386]


def test_another_universe_or_secret_has_other_keys():
    units = pl.Series(range(100))
    first = record_keys(units, "persons", SECRET)
    assert not (first == record_keys(units, "households", SECRET)).any()
    assert not (first == record_keys(units, "persons", SECRET[::-1])).any()


def test_record_keys_are_even():
    """Kolmogorov-Smirnov: 20,000 keys lie nowhere further from even than 1.63 / sqrt(n), the 1 % bound."""
    keys = np.sort(record_keys(pl.Series(range(20_000)), "persons", SECRET).to_numpy() / SPAN)
    even = np.arange(1, len(keys) + 1) / len(keys)
    assert np.abs(keys - even).max() < 1.63 / np.sqrt(len(keys))


def test_halves_put_together_are_the_key():
    frame = keyed(50)
    keys = record_keys(frame["unit"], "persons", SECRET)
    assert (frame[KEY_HIGH] * HALF + frame[KEY_LOW]).to_list() == keys.to_list()


def test_cell_keys_add_up_without_the_whole_part():
    frame = keyed(5000)
    exact = [sum(keys.to_list()) % SPAN / SPAN for (_,), keys in _keys_by_area(frame)]
    table = published(frame, "area").sort("area")
    assert table["key"].to_list() == exact


def _keys_by_area(frame):
    for area, part in sorted(frame.partition_by("area", as_dict=True).items()):
        yield area, part[KEY_HIGH] * HALF + part[KEY_LOW]


def test_the_same_people_give_the_same_number_in_every_table():
    """Women aged 30 in a table by age and sex, and in one of women by age and area put together again."""
    frame = keyed(3000)
    women = frame.filter(sex=0)
    one = published(frame, "age", "sex").filter(sex=0).sort("age").select("age", "seen")
    other = published(women, "age").sort("age").select("age", "seen")
    assert one.equals(other)


def test_and_in_every_release():
    """Somebody else moves in: only the counts that they belong to change."""
    before = published(keyed(700), "area").sort("area")
    after = published(keyed(701), "area").sort("area")
    same = before.select("area", "seen").join(after.select("area", "seen"), on=["area", "seen"])
    assert set(range(7)) - set(same["area"]) <= {700 % 7}


def test_zero_stays_zero():
    assert move(pl.Series([0.0, 0.0]), pl.Series([0.01, 0.99]), TABLE).to_list() == [0.0, 0.0]


def test_nothing_from_1_to_js_is_published():
    table = published(keyed(4000), "area", "age", "sex")
    assert table["true"].is_in([1.0, 2.0]).any() or table["true"].min() > 2
    assert not table["seen"].is_in([1.0, 2.0]).any()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 40])
def test_on_average_nothing_moves_and_the_variance_is_kept(count):
    """Over 100,000 sets of people with even keys; the bounds are four standard errors."""
    keys = pl.Series((np.arange(100_000) + 0.5) / 100_000)
    moved = move(pl.Series(np.full(100_000, float(count))), keys, TABLE).to_numpy() - count
    assert abs(moved.mean()) < 1e-3
    assert moved.var() < TABLE.variance + 1e-2


REFUSED = [
    (pl.Series([1.5]), pl.Series([0.1]), "whole numbers"),
    (pl.Series([-1.0]), pl.Series([0.1]), "whole numbers"),
    (pl.Series([None], dtype=pl.Float64), pl.Series([0.1]), "whole numbers"),
    (pl.Series([1.0]), pl.Series([None], dtype=pl.Float64), "has no cell key"),
    (pl.Series([1.0]), pl.Series([1.0]), "has no cell key"),
]


@pytest.mark.parametrize(("counts", "keys", "message"), REFUSED)
def test_what_has_no_key_or_is_no_count_is_refused(counts, keys, message):
    with pytest.raises(DoorError, match=message):
        move(counts, keys, TABLE)


def test_units_without_identifier_have_no_key():
    with pytest.raises(DoorError, match="2 persons have no identifier"):
        record_keys(pl.Series([1, None, None], dtype=pl.Int64), "persons", SECRET)
    with pytest.raises(DoorError, match="the firms have no identifier"):
        with_record_keys(pl.DataFrame({"area": [1]}), "firms", SECRET)
