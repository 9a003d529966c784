"""Spreads, steps and order: tables of what goes in and what comes out."""

from __future__ import annotations

import pytest

from sozialraum.tables import Status, Value
from sozialraum.web.atlas.rules import differs, last_step, rank, spread_of

SUPPRESSED, MISSING = Value(None, Status.SUPPRESSED), Value(None, Status.MISSING)


def ok(number: float, lower: float | None = None, upper: float | None = None) -> Value:
    return Value(number, Status.ZERO if number == 0 else Status.OK, lower=lower, upper=upper)


def test_spread() -> None:
    spread = spread_of([ok(4), ok(2), SUPPRESSED, ok(10), ok(6), ok(8)])
    assert spread is not None
    assert (spread.low, spread.lower_quartile, spread.median, spread.upper_quartile, spread.high) == (2, 4, 6, 8, 10)
    assert spread.deviation == pytest.approx(8**0.5)
    assert [spread.place(number) for number in (0, 2, 6, 10, 99)] == [0, 0, 0.5, 1, 1]


def test_no_spread_of_one_number() -> None:
    assert spread_of([ok(4), MISSING]) is None


def test_all_alike_lie_in_the_middle() -> None:
    spread = spread_of([ok(4), ok(4)])
    assert spread is not None
    assert spread.place(4) == 0.5


DIFFERENT = [
    # one, other, clearly different
    (ok(10, 9, 11), ok(12, 11.5, 12.5), True),
    (ok(10, 9, 11), ok(12, 10.5, 13.5), False),  # intervals overlap
    (ok(12, 11.5, 12.5), ok(10, 9, 11), True),
    (ok(100), ok(102.9), False),  # without intervals 3 % count
    (ok(100), ok(103), True),
    (ok(0), ok(0), False),
    (ok(0), ok(1), True),
    (ok(10, 9, 11), SUPPRESSED, False),
    (MISSING, ok(3), False),
]


@pytest.mark.parametrize(("one", "other", "expected"), DIFFERENT)
def test_differs(one: Value, other: Value, expected: bool) -> None:
    assert differs(one, other) is expected


STEPS = [
    # numbers of a series, whether the last step is clear
    ([100, 101, 99, 100, 120], True),
    ([100, 120, 100, 120, 100], False),  # such steps are usual here
    ([100, 104], True),
    ([100, 101], False),
]


@pytest.mark.parametrize(("series", "clear"), STEPS)
def test_last_step(series: list[float], clear: bool) -> None:
    step = last_step([(str(2020 + number), ok(value)) for number, value in enumerate(series)])
    assert step is not None
    assert step.is_clear is clear


def test_a_step_passes_over_nothing() -> None:
    step = last_step([("2020", ok(1)), ("2021", SUPPRESSED), ("2022", ok(2)), ("2023", MISSING)])
    assert step is not None
    assert (step.before[0], step.now[0]) == ("2020", "2022")


def test_no_step_of_one_number() -> None:
    assert last_step([("2020", ok(1)), ("2021", MISSING)]) is None


def test_rank() -> None:
    values = {"d": MISSING, "a": ok(2), "b": ok(7), "e": ok(-1), "c": SUPPRESSED}
    assert [area for area, _ in rank(values)] == ["b", "a", "e", "c", "d"]
