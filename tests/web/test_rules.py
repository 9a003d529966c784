"""Classes, spreads, steps and order: tables of what goes in and what comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.tables import Status, Value
from sozialraum.web.atlas.rules import CLASSES, Scale, differs, last_step, make_scale, rank, spread_of

SUPPRESSED, MISSING = Value(None, Status.SUPPRESSED), Value(None, Status.MISSING)


def ok(number: float, lower: float | None = None, upper: float | None = None) -> Value:
    return Value(number, Status.ZERO if number == 0 else Status.OK, lower=lower, upper=upper)


SCALES = [
    # numbers, decimals, edges
    ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 0, (1, 3, 5, 7, 9, 11)),
    ([0, 0, 10, 20, 30, 40, 50, 60], 0, (10, 20, 30, 40, 50, 60)),  # zero has a class of its own
    ([12.34, 12.38], 1, (12.3, 12.4)),  # edges enclose the numbers
    ([5, 5, 5], 1, (5, 5)),
    ([0, 0], 1, (0, 0)),
    ([-20, -1, 0, 3, 10], 0, (-20, -10, -2, 2, 10, 20)),  # around zero, both sides alike
]


@pytest.mark.parametrize(("numbers", "decimals", "edges"), SCALES)
def test_edges(numbers: list[float], decimals: int, edges: tuple[float, ...]) -> None:
    scale = make_scale(numbers, decimals)
    assert scale is not None
    assert scale.edges == edges
    assert scale.diverging == (min(numbers) < 0)


def test_no_numbers_no_scale() -> None:
    assert make_scale([], 1) is None


FIVE, TWO, AROUND = Scale((0, 1, 2, 3, 4, 5)), Scale((0, 1, 2)), Scale((-5, -2, -1, 1, 2, 5), diverging=True)
PAINTED = [
    # scale, value, class
    (FIVE, ok(0.5), "c1"),
    (FIVE, ok(1), "c2"),  # a lower edge belongs to its class
    (FIVE, ok(5), "c5"),
    (FIVE, ok(99), "c5"),
    (FIVE, ok(0), "zero"),
    (FIVE, SUPPRESSED, "suppressed"),
    (FIVE, MISSING, "missing"),
    (FIVE, Value(None, Status.UNDEFINED), "missing"),
    (FIVE, Value(2.5, Status.UNRELIABLE), "c3"),
    (TWO, ok(0.5), "c1"),  # few classes use the whole range of colours
    (TWO, ok(1.5), "c5"),
    (Scale((3, 3)), ok(3), "c3"),
    (AROUND, ok(-3), "d1"),
    (AROUND, ok(0), "d3"),  # nothing special about no change
    (AROUND, ok(3), "d5"),
]


@pytest.mark.parametrize(("scale", "value", "painted"), PAINTED)
def test_class_of(scale: Scale, value: Value, painted: str) -> None:
    assert scale.class_of(value) == painted


numbers = st.lists(st.floats(-1e6, 1e6).map(lambda number: round(number, 3)), min_size=1, max_size=60)


@given(numbers, st.integers(0, 3))
def test_every_number_lies_in_the_class_it_is_painted_in(found: list[float], decimals: int) -> None:
    scale = make_scale(found, decimals)
    assert scale is not None
    assert len(scale.ranges) <= CLASSES
    assert list(scale.edges) == sorted(scale.edges)
    ranges = {name: (low, high) for name, low, high in scale.ranges}
    for number in found:
        painted = scale.class_of(ok(number))
        if painted != "zero":
            low, high = ranges[painted]
            slack = 10.0**-decimals if scale.diverging else 1e-9
            assert low - slack <= number <= high + slack


@given(st.lists(st.integers(1, 10**6), min_size=5, max_size=60, unique=True))
def test_classes_are_about_equally_full(found: list[int]) -> None:
    scale = make_scale(found, 0)
    assert scale is not None
    painted = [scale.class_of(ok(number)) for number in found]
    assert max(painted.count(name) for name, _low, _high in scale.ranges) <= len(found) / len(scale.ranges) + 2


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
