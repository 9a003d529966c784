"""Comparison with a benchmark, the latest common period, the place on the spine."""

from __future__ import annotations

import pytest

from sozialraum.indicators import Judgement, Position, compare, latest_common_period, spine_position
from sozialraum.tables import Status, Value


def with_interval(value: float, lower: float, upper: float) -> Value:
    return Value(value, Status.OK, None, None, lower, upper)


def plain(value: float | None) -> Value:
    return Value(value, Status.OK if value is not None else Status.SUPPRESSED)


@pytest.mark.parametrize(
    ("value", "lower", "upper", "benchmark", "position"),
    [
        (12, 10, 14, 9, "higher"),
        (12, 10, 14, 9.99, "higher"),
        (12, 10, 14, 10, "similar"),
        (12, 10, 14, 12, "similar"),
        (12, 10, 14, 14, "similar"),
        (12, 10, 14, 14.01, "lower"),
        (-8, -9, -7, -5, "lower"),
        (-8, -9, -7, -10, "higher"),
    ],
)
def test_a_value_differs_if_its_interval_leaves_the_benchmark_out(value, lower, upper, benchmark, position):
    found = compare(with_interval(value, lower, upper), plain(benchmark), "neutral")
    assert found.position == position
    assert found.difference == pytest.approx(value - benchmark)
    assert found.tested
    assert found.judgement is Judgement.NONE


@pytest.mark.parametrize(
    ("benchmark", "polarity", "judgement"),
    [
        (9, "high_is_good", Judgement.BETTER),
        (9, "low_is_good", Judgement.WORSE),
        (15, "high_is_good", Judgement.WORSE),
        (15, "low_is_good", Judgement.BETTER),
        (12, "low_is_good", Judgement.NONE),
        (9, "neutral", Judgement.NONE),
    ],
)
def test_polarity_decides_what_a_difference_means(benchmark, polarity, judgement):
    assert compare(with_interval(12, 10, 14), plain(benchmark), polarity).judgement is judgement


@pytest.mark.parametrize(("benchmark", "position"), [(43, "higher"), (45, "lower"), (44, "similar")])
def test_without_an_interval_numbers_are_compared_and_nothing_is_judged(benchmark, position):
    found = compare(plain(44), plain(benchmark), "low_is_good")
    assert (found.position, found.judgement, found.tested) == (position, Judgement.NONE, False)


@pytest.mark.parametrize(("value", "benchmark"), [(None, 10), (10, None), (None, None)])
def test_what_is_hidden_is_not_compared(value, benchmark):
    found = compare(plain(value), plain(benchmark), "low_is_good")
    assert (found.position, found.difference) == (Position.NOT_COMPARED, None)


@pytest.mark.parametrize(
    ("series", "period"),
    [
        ([["2021", "2022", "2023"], ["2020", "2022"]], "2022"),
        ([["2021"], ["2022"]], None),
        ([["2022-H1", "2021-H2"], ["2021-H2", "2022-H1"]], "2022-H1"),
        ([["2023", "2024"]], "2024"),
        ([["2023"], []], None),
        ([], None),
    ],
)
def test_things_are_compared_in_their_latest_common_period(series, period):
    assert latest_common_period(series) == period


@pytest.mark.parametrize(
    ("value", "benchmark", "values", "place"),
    [
        (20, 10, [5, 10, 20], 1.0),
        (5, 10, [5, 10, 20], -0.5),
        (10, 10, [5, 10, 20], 0.0),
        (-8, -2, [-8, 1, 4], -1.0),
        (4, -2, [-8, 1, 4], 1.0),
        (1, -2, [-8, 1, 4], 0.5),
        (7, 7, [7, 7], 0.0),
        (7, 7, [], 0.0),
        (9, 7, [], 1.0),
    ],
)
def test_the_spine_is_scaled_on_signed_distances_to_the_benchmark(value, benchmark, values, place):
    assert spine_position(value, benchmark, values) == pytest.approx(place)
