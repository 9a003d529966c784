"""Consistent rounding: each count to the nearest multiple, always the same."""

from __future__ import annotations

import polars as pl
import pytest

from sozialraum.disclosure.rounding import possible, round_to

NUMBERS = [
    # count, to 5, to 10
    (0, 0, 0),
    (1, 0, 0),
    (2, 0, 0),
    (3, 5, 0),
    (4, 5, 0),
    (5, 5, 10),
    (7, 5, 10),
    (8, 10, 10),
    (12, 10, 10),
    (13, 15, 10),
    (14, 15, 10),
    (15, 15, 20),
    (24_998, 25_000, 25_000),
]


@pytest.mark.parametrize(("count", "fives", "tens"), NUMBERS)
def test_it_works(count, fives, tens):
    frame = pl.DataFrame({"n": [float(count)]})
    assert frame.select(round_to(pl.col("n"), 5)).item() == fives
    assert frame.select(round_to(pl.col("n"), 10)).item() == tens


def test_nothing_stays_nothing():
    assert pl.DataFrame({"n": [None]}, schema={"n": pl.Float64}).select(round_to(pl.col("n"), 5)).item() is None


@pytest.mark.parametrize("base", range(2, 12))
def test_what_a_published_number_may_stand_for(base):
    """The slow reference: every count that is rounded to the number."""
    counts = pl.DataFrame({"n": [float(n) for n in range(200)]}).with_columns(seen=round_to(pl.col("n"), base))
    for seen in range(0, 150, base):
        stands_for = counts.filter(seen=float(seen))["n"]
        assert possible(seen, base) == (stands_for.min(), stands_for.max())
        assert len(stands_for) == base - (base // 2 if seen == 0 else 0)


def test_shares_are_made_of_rounded_counts():
    """3 of 12 people, base 5: 5 of 10 are published, 50 % instead of 25 %. That is the price on a small base."""
    frame = pl.DataFrame({"part": [3.0], "base": [12.0]}).with_columns(
        round_to(pl.col(name), 5) for name in ("part", "base")
    )
    assert frame.select(pl.col("part") / pl.col("base")).item() == 0.5
