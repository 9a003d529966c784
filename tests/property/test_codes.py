"""Interval and list tiling against slow, obvious references that try every combination."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.catalogue import Interval, Measure, parse_interval, split_codes, tile_intervals, tile_list
from sozialraum.catalogue.codes import OPEN_END

TOP = 8
"""Intervals of the tests end here, or are open."""


@st.composite
def interval_codes(draw: st.DrawFn) -> str:
    low = draw(st.integers(0, TOP - 1))
    high = draw(st.integers(low, TOP - 1) | st.none())
    if high is None:
        return f"{low}+"
    return str(low) if high == low and draw(st.booleans()) else f"{low}-{high}"


def members(code: str) -> frozenset[int]:
    """The whole numbers of a code; an open one reaches one further than any closed one."""
    interval = parse_interval(code)
    return frozenset(range(interval.low, TOP + 1 if interval.high == OPEN_END else interval.high))


def covers(pieces: tuple[str, ...], question: frozenset[int]) -> bool:
    """Whether the pieces make up the question without overlap."""
    return sum(len(members(piece)) for piece in pieces) == len(question) and question == frozenset().union(
        *(members(piece) for piece in pieces)
    )


def smallest_tiling(question: frozenset[int], offered: set[str]) -> int | None:
    """How many pieces are needed at least: every combination is tried."""
    for size in range(1, len(offered) + 1):
        if any(covers(pieces, question) for pieces in combinations(sorted(offered), size)):
            return size
    return None


@given(interval_codes(), st.sets(interval_codes(), max_size=9))
def test_intervals_tile_exactly_with_the_fewest_pieces_or_not_at_all(question, offered):
    found = tile_intervals(parse_interval(question), offered)
    needed = smallest_tiling(members(question), offered)
    assert (found is None) == (needed is None)
    if found is not None:
        assert set(found) <= offered
        assert covers(found, members(question))
        assert len(found) == needed
        assert [parse_interval(code).low for code in found] == sorted(parse_interval(code).low for code in found)


@given(interval_codes())
def test_an_interval_tiles_itself(code):
    assert tile_intervals(parse_interval(code), [code, "0", "0+"]) in ((code,), ("0",), ("0+",))


@given(interval_codes())
def test_the_text_of_an_interval_means_the_same_interval(code):
    interval = parse_interval(code)
    assert parse_interval(str(interval)) == interval


LETTERS = "abcde"
unions = st.sets(st.sampled_from(LETTERS), min_size=1).map(lambda codes: "|".join(sorted(codes)))


def smallest_cover(question: frozenset[str], offered: set[str]) -> bool:
    for size in range(1, len(offered) + 1):
        for pieces in combinations(sorted(offered), size):
            parts = [split_codes(piece) for piece in pieces]
            if sum(map(len, parts)) == len(question) and question == frozenset().union(*parts):
                return True
    return False


@given(unions, st.sets(unions, max_size=8))
def test_lists_add_up_exactly_or_not_at_all(question, offered):
    wanted = frozenset(split_codes(question))
    found = tile_list(wanted, offered)
    assert (found is not None) == smallest_cover(wanted, offered)
    if found is not None:
        parts = [code for piece in found for code in split_codes(piece)]
        assert sorted(parts) == sorted(wanted)
        assert set(found) <= offered


@pytest.mark.parametrize(
    ("question", "offered", "pieces"),
    [
        ("0-14", ["0-2", "3-5", "6-14"], ("0-2", "3-5", "6-14")),
        ("0-14", ["0-2", "3-5", "6-14", "0-14"], ("0-14",)),
        ("0-14", ["0-5", "3-14"], None),
        ("0-14", ["0-5", "7-14"], None),
        ("0-14", ["0-17"], None),
        ("65+", ["65-79", "80+"], ("65-79", "80+")),
        ("65+", ["65-79", "80-120"], None),
        ("65-79", ["65+"], None),
        ("7", ["7-7"], ("7-7",)),
        ("0-1", ["0", "1"], ("0", "1")),
        ("0-1", [], None),
    ],
)
def test_tiling_as_a_statistician_reads_it(question, offered, pieces):
    assert tile_intervals(parse_interval(question), offered) == pieces


@pytest.mark.parametrize("text", ["", "x", "-3", "3-", "5-3", "3-5-7", "3+5", "1.5", "65 +", "²"])
def test_what_is_no_interval_is_refused(text):
    with pytest.raises(ValueError, match="interval"):
        parse_interval(text)


@pytest.mark.parametrize(
    ("text", "low", "high"), [("0-14", 0, 15), (" 7 ", 7, 8), ("65+", 65, OPEN_END), ("3-3", 3, 4)]
)
def test_intervals_hold_their_lower_end_and_not_their_upper_one(text, low, high):
    assert parse_interval(text) == Interval(low, high)


@given(st.dictionaries(st.sampled_from(["age", "sex", "sgb2"]), unions))
def test_a_measure_is_read_back_from_its_two_texts(where):
    measure = Measure.of("persons", where)
    assert Measure.parse(measure.universe, measure.where_text) == measure


@given(st.lists(st.sampled_from(LETTERS), min_size=1, unique=True))
def test_the_order_of_codes_makes_no_other_measure(codes):
    assert Measure.of("persons", {"sex": "|".join(codes)}) == Measure.of("persons", {"sex": "|".join(codes[::-1])})
