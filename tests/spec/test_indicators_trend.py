"""Recent trend: the last five points, tested, never across a break."""

from __future__ import annotations

import numpy as np
import pytest
from method_tables import rows
from scipy.stats import chi2

from indicator_samples import indicator, m, rows_of, share
from sozialraum.indicators import Direction, Judgement, Obstacle, Point, judge_direction, recent_trend
from sozialraum.indicators.trend import CHI_SQUARED_998, POINTS, Fit, proportion_fit, weighted_fit
from sozialraum.tables import Status, Value

WHY = {"de": "Neue Zählung.", "en": "New counting."}
RATE = indicator(unit="per_1000", interval="byar", rate={"of": m("births"), "in": m("people")})


def shares(text: str) -> list[Point]:
    """Points from a table with the columns period, poor, children; ``.`` and ``...`` stand for no number."""
    points = []
    for row in rows_of(text):
        if row["poor"] in (".", "..."):
            status = Status.SUPPRESSED if row["poor"] == "." else Status.MISSING
            points.append(Point(row["period"], Value(None, status)))
        else:
            x, n = float(row["poor"]), float(row["children"])
            points.append(Point(row["period"], Value(100 * x / n, Status.OK, x, n)))
    return points


def rates(text: str) -> list[Point]:
    """Points from a table with the columns period, value, lower, upper."""
    numbers = [(row["period"], *(float(row[name]) for name in ("value", "lower", "upper"))) for row in rows_of(text)]
    return [Point(period, Value(v, Status.OK, None, None, low, high)) for period, v, low, high in numbers]


FALLING = """
    period | poor | children
    2019   | 10   | 100
    2020   | 621  | 3454
    2021   | 599  | 3195
    2022   | 556  | 3256
    2023   | 535  | 3227
    2024   | 447  | 3121
"""


def test_a_share_falls():
    trend_points = shares(FALLING)
    trend = recent_trend(share(interval="wilson"), trend_points)
    assert trend.direction is Direction.FALLING
    percent, bases = [p.value.value for p in trend_points[1:]], [p.value.denominator for p in trend_points[1:]]
    assert trend.fit.slope == pytest.approx(np.polyfit(range(5), percent, 1, w=np.sqrt(bases))[0])
    assert trend.fit.chi_squared == pytest.approx(20.1151, abs=5e-4)
    assert (trend.first.period, trend.last.period) == ("2020", "2024")


def test_only_the_last_five_points_count():
    points = shares(FALLING)
    assert recent_trend(share(interval="wilson"), points) == recent_trend(share(interval="wilson"), points[1:])


def test_a_rate_rises_by_its_intervals():
    points = rates(
        """
        period | value | lower | upper
        2020   | 2.0   | 1.9   | 2.1
        2021   | 2.2   | 2.1   | 2.3
        2022   | 2.4   | 2.3   | 2.5
        2023   | 2.6   | 2.5   | 2.7
        2024   | 2.8   | 2.7   | 2.9
        """
    )
    trend = recent_trend(RATE, points)
    assert trend.direction is Direction.RISING
    assert trend.fit.slope == pytest.approx(0.2)
    assert trend.fit.chi_squared == pytest.approx(0.2**2 * 10 * (3.92 / 0.2) ** 2)


def test_small_differences_are_no_trend():
    points = shares(
        """
        period | poor | children
        2020   | 10   | 100
        2021   | 11   | 100
        2022   | 10   | 100
        2023   | 12   | 100
        2024   | 13   | 100
        """
    )
    assert recent_trend(share(interval="wilson"), points).direction is Direction.UNCHANGED


@pytest.mark.parametrize("poor", [0, 40, 100])
def test_equal_values_are_no_trend(poor):
    points = [Point(str(year), Value(poor, Status.OK, poor, 100.0)) for year in range(2020, 2025)]
    trend = recent_trend(share(interval="wilson"), points)
    assert trend.direction is Direction.UNCHANGED
    assert trend.fit.chi_squared == 0


def test_a_single_point_that_makes_the_trend_is_not_believed():
    points = shares(
        """
        period | poor | children
        2020   | 30   | 1000
        2021   | 31   | 1000
        2022   | 30   | 1000
        2023   | 29   | 1000
        2024   | 90   | 1000
        """
    )
    trend = recent_trend(share(interval="wilson"), points)
    assert trend.fit.chi_squared > 9.55
    assert (trend.direction, trend.obstacle) == (Direction.UNCLEAR, Obstacle.UNSTABLE)


@pytest.mark.parametrize(
    ("periods", "obstacle"),
    [
        ("2020 2021 2022 2023 2024", None),
        ("2016 2018 2020 2022 2024", None),
        ("2022-H1 2022-H2 2023-H1 2023-H2 2024-H1", None),
        ("2020-12-31 2021-12-31 2022-12-31 2023-12-31 2024-12-31", None),
        ("2019/20 2020/21 2021/22 2022/23 2023/24", None),
        ("2019 2021 2022 2023 2024", Obstacle.UNEVEN),
        ("2021 2022 2023 2024", Obstacle.TOO_FEW),
        ("2024", Obstacle.TOO_FEW),
        ("", Obstacle.TOO_FEW),
    ],
)
def test_points_must_be_five_and_evenly_spaced(periods, obstacle):
    points = [Point(period, Value(10.0 * i, Status.OK, 100.0 * i, 1000.0)) for i, period in enumerate(periods.split())]
    assert recent_trend(share(interval="wilson"), points).obstacle is obstacle


@pytest.mark.parametrize("hidden", ["2020", "2022", "2024"])
def test_a_hidden_value_in_the_window_leaves_the_trend_unclear(hidden):
    points = [p if p.period != hidden else Point(hidden, Value(None, Status.SUPPRESSED)) for p in shares(FALLING)]
    trend = recent_trend(share(interval="wilson"), points)
    assert (trend.direction, trend.obstacle) == (Direction.UNCLEAR, Obstacle.INCOMPLETE)


def test_a_period_that_is_not_delivered_yet_is_passed_over():
    points = [*shares(FALLING), Point("2025", Value(None, Status.MISSING))]
    assert recent_trend(share(interval="wilson"), points).last.period == "2024"


@pytest.mark.parametrize(
    ("broken", "obstacle"), [("2019", None), ("2020", None), ("2021", Obstacle.BREAK), ("2024", Obstacle.BREAK)]
)
def test_no_trend_crosses_a_break(broken, obstacle):
    document = share(interval="wilson", breaks=[{"period": broken, "why": WHY}])
    trend = recent_trend(document, shares(FALLING))
    assert trend.obstacle is obstacle
    assert trend.broken_by is (document.breaks[0] if obstacle else None)


def test_without_an_interval_no_trend_is_tested():
    points = [Point(str(2020 + i), Value(float(i), Status.OK)) for i in range(5)]
    for document in (share(), RATE, share(interval="wilson")):
        assert recent_trend(document, points).obstacle is Obstacle.NO_INTERVAL


def test_a_part_larger_than_its_whole_is_not_tested():
    points = [Point(str(2020 + i), Value(110.0, Status.UNRELIABLE, 110.0, 100.0)) for i in range(5)]
    assert recent_trend(share(interval="wilson"), points).obstacle is Obstacle.NO_INTERVAL


@pytest.mark.parametrize(
    ("direction", "polarity", "judgement"),
    [
        ("rising", "high_is_good", Judgement.BETTER),
        ("rising", "low_is_good", Judgement.WORSE),
        ("falling", "high_is_good", Judgement.WORSE),
        ("falling", "low_is_good", Judgement.BETTER),
        ("rising", "neutral", Judgement.NONE),
        ("unchanged", "low_is_good", Judgement.NONE),
        ("unclear", "low_is_good", Judgement.NONE),
    ],
)
def test_polarity_makes_a_direction_good_or_bad(direction, polarity, judgement):
    assert judge_direction(Direction(direction), polarity) is judgement


def numbers(cell: str) -> list[float]:
    return [float(number) for number in cell.split()]


@pytest.mark.parametrize("row", rows("trend", "proportions"), ids=lambda row: row["series"])
def test_trends_in_proportions_agree_with_the_published_ones(row):
    counts = zip(numbers(row["cases"]), numbers(row["bases"]), strict=True)
    points = [Point(str(2020 + i), Value(100 * x / n, Status.OK, x, n)) for i, (x, n) in enumerate(counts)]
    trend = recent_trend(share(interval="wilson"), points)
    assert trend.direction == row["trend"]
    assert trend.fit.slope == pytest.approx(float(row["slope"]), abs=5e-5)
    assert trend.fit.chi_squared == pytest.approx(float(row["chi-squared"]), abs=5e-5)


@pytest.mark.parametrize("row", rows("trend", "intervals"), ids=lambda row: row["series"])
def test_trends_by_intervals_agree_with_the_published_ones(row):
    found = zip(*(numbers(row[name]) for name in ("values", "lower", "upper")), strict=True)
    points = [Point(str(2020 + i), Value(v, Status.OK, None, None, low, up)) for i, (v, low, up) in enumerate(found)]
    trend = recent_trend(RATE, points)
    assert trend.direction == row["trend"]
    assert trend.fit.slope == pytest.approx(float(row["slope"]), abs=5e-5)
    assert trend.fit.chi_squared == pytest.approx(float(row["chi-squared"]), abs=5e-3)


def test_both_tests_agree_where_bases_are_large():
    name = "30309 vaccination"
    (counts,) = [row for row in rows("trend", "proportions") if row["series"] == name]
    (ends,) = [row for row in rows("trend", "intervals") if row["series"] == name]
    times = range(1, POINTS + 1)
    by_counts = Fit(*proportion_fit(numbers(counts["cases"]), numbers(counts["bases"]), times))
    widths = [up - low for low, up in zip(numbers(ends["lower"]), numbers(ends["upper"]), strict=True)]
    by_intervals = Fit(*weighted_fit(numbers(ends["values"]), widths, times))
    assert by_counts.slope * 100 == pytest.approx(by_intervals.slope, rel=0.02)
    assert by_counts.chi_squared == pytest.approx(by_intervals.chi_squared, rel=0.05)


def test_the_threshold_is_the_99_8_percent_point():
    assert chi2.ppf(0.998, 1) == pytest.approx(CHI_SQUARED_998, rel=1e-12)
