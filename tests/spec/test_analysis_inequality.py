"""Inequality between areas: against published numbers where there are some, else by hand."""

from __future__ import annotations

import pytest

from indicator_samples import rows_of
from sozialraum.analysis.inequality import (
    dissimilarity,
    gini,
    isolation,
    segregation_gini,
    slope_of_inequality,
    standard_error,
)
from sozialraum.tables import Status

LIFE_EXPECTANCY = """
    area      | decile | residents | value       | deviation
    E06000001 | 1      | 13837     | 70.56313911 | 1.133868862
    E06000001 | 2      | 14519     | 72.61347473 | 1.020288759
    E06000001 | 3      | 14940     | 75.06710359 | 1.108685178
    E06000001 | 4      | 14599     | 75.20662276 | 1.485618539
    E06000001 | 5      | 12311     | 76.23469045 | 1.311653285
    E06000001 | 6      | 13196     | 75.21801932 | 1.169033147
    E06000001 | 7      | 13335     | 77.09240397 | 1.306645801
    E06000001 | 8      | 13388     | 79.84156222 | 1.090905616
    E06000001 | 9      | 13685     | 80.81329918 | 0.979426096
    E06000001 | 10     | 11779     | 82.73763832 | 1.319452272
    E06000002 | 1      | 21675     | 70.54853186 | 0.947488056
    E06000002 | 2      | 20065     | 71.57155734 | 1.043688022
    E06000002 | 3      | 19750     | 72.48698671 | 0.969320245
    E06000002 | 4      | 24713     | 73.51985519 | 1.023567868
    E06000002 | 5      | 20112     | 73.14605425 | 1.006757968
    E06000002 | 6      | 19618     | 76.15898712 | 0.906037647
    E06000002 | 7      | 22408     | 78.65444871 | 0.724013864
    E06000002 | 8      | 19752     | 80.56476961 | 1.118131371
    E06000002 | 9      | 18939     | 80.85486627 | 0.848327099
    E06000002 | 10     | 19312     | 79.9711253  | 0.94159082
    E06000004 | 1      | 31147     | 69.20108791 | 0.796193843
    E06000004 | 2      | 30866     | 74.21283732 | 0.821750976
    E06000004 | 3      | 25433     | 74.932479   | 0.938102831
    E06000004 | 4      | 32212     | 76.34881505 | 0.662956404
    E06000004 | 5      | 27863     | 78.68231391 | 0.683456844
    E06000004 | 6      | 27336     | 79.80919091 | 0.840229937
    E06000004 | 7      | 24888     | 81.06231776 | 1.014952532
    E06000004 | 8      | 28320     | 81.52758251 | 0.804054345
    E06000004 | 9      | 30546     | 84.52806861 | 0.705796375
    E06000004 | 10     | 28027     | 82.36568616 | 0.884730389
"""
"""Life expectancy of men at birth by deprivation decile, from the test data of PHEindicatormethods (LE_data)."""

PUBLISHED = """
    area      | sii      | lower     | upper
    E06000001 | 11.68886 | 9.384847  | 14.20602
    E06000002 | 12.54785 | 10.390660 | 14.63612
    E06000004 | 14.85223 | 13.055243 | 16.63475
"""
"""Printed by PHEindicatormethods for these data (vignette of ``phe_sii``); its interval rests on 1,000 repetitions."""


@pytest.mark.parametrize("row", rows_of(PUBLISHED), ids=lambda row: row["area"])
def test_slope_index_of_life_expectancy(row):
    groups = [group for group in rows_of(LIFE_EXPECTANCY) if group["area"] == row["area"]]
    values, residents, deviations = (
        [float(group[name]) for group in groups] for name in ("value", "residents", "deviation")
    )
    slope = slope_of_inequality(values, residents, deviations)
    assert slope.absolute.value == pytest.approx(float(row["sii"]), abs=5e-6)
    assert slope.absolute.lower == pytest.approx(float(row["lower"]), abs=0.35)
    assert slope.absolute.upper == pytest.approx(float(row["upper"]), abs=0.35)
    assert slope_of_inequality(values, residents, deviations) == slope, "the simulation starts from a fixed seed"


def test_on_a_straight_line_the_slope_is_the_line():
    # five groups of equal size stand at 0.1, 0.3, 0.5, 0.7, 0.9; the value is 10 + 20 b
    slope = slope_of_inequality([12, 16, 20, 24, 28], [7, 7, 7, 7, 7])
    assert slope.absolute.value == pytest.approx(20)
    assert slope.relative.value == pytest.approx(30 / 10)
    assert slope.absolute.lower is None


def test_the_midpoint_counts_residents():
    # groups of 10, 30, 20, 20, 20 of 100 stand at 0.05, 0.25, 0.5, 0.7, 0.9; the value is 1 - b
    slope = slope_of_inequality([0.95, 0.75, 0.5, 0.3, 0.1], [10, 30, 20, 20, 20])
    assert slope.absolute.value == pytest.approx(-1)
    assert slope.relative.value == pytest.approx(0, abs=1e-12)


def test_without_doubt_about_values_the_interval_is_the_slope():
    slope = slope_of_inequality([12, 16, 20, 24, 28], [7, 7, 7, 7, 7], [0] * 5, repetitions=1000)
    assert (slope.absolute.lower, slope.absolute.upper) == pytest.approx((20, 20))
    assert (slope.relative.lower, slope.relative.upper) == pytest.approx((3, 3))


@pytest.mark.parametrize(
    ("values", "absolute", "relative"),
    [
        ([1, 2, 3, 4], Status.UNDEFINED, Status.UNDEFINED),  # fewer than five groups
        ([-2, -1, 0, 1, 2], Status.OK, Status.UNDEFINED),  # the line starts below 0: no ratio
        ([5, 5, 5, 5, 5], Status.ZERO, Status.OK),
    ],
)
def test_status_of_the_slope(values, absolute, relative):
    slope = slope_of_inequality(values, [10] * len(values))
    assert (slope.absolute.status, slope.relative.status) == (absolute, relative)


@pytest.mark.parametrize(
    ("values", "residents", "deviations", "why"),
    [
        ([1, 2], [1], None, "one value, one number of residents"),
        ([1, 2], [1, 0], None, "every group has residents"),
        ([1, 2], [1, 1], [1], "one standard error for each group"),
        ([1, 2], [1, 1], [1, -1], "not negative"),
    ],
)
def test_what_a_slope_refuses(values, residents, deviations, why):
    with pytest.raises(ValueError, match=why):
        slope_of_inequality(values, residents, deviations)


def test_standard_error_behind_an_interval():
    assert standard_error(8.04, 11.96) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("group", "everybody", "apart", "alone", "uneven"),
    [
        # by hand: spread evenly; all in an area of their own; D = (|.5 - .5/1.5| + |.5 - 1/1.5|) / 2
        ([10, 10], [100, 100], 0.0, 0.1, 0.0),
        ([100, 0], [100, 100], 1.0, 1.0, 1.0),
        ([50, 50], [100, 150], 1 / 6, 0.5 * 0.5 + 0.5 / 3, 1 / 6),
        ([30, 10], [100, 100], 0.75 - 70 / 160, 0.75 * 0.3 + 0.25 * 0.1, 0.75 - 70 / 160),
        # three areas: shares of the group .6 .3 .1, of the others .2 .3 .5
        ([60, 30, 10], [80, 60, 60], 0.4, 0.6 * 0.75 + 0.3 * 0.5 + 0.1 / 6, None),
        ([10, 10, 0], [100, 100, 0], 0.0, 0.1, 0.0),  # an area without people changes nothing
    ],
)
def test_how_evenly_a_group_is_spread(group, everybody, apart, alone, uneven):
    assert dissimilarity(group, everybody).value == pytest.approx(apart)
    assert isolation(group, everybody).value == pytest.approx(alone)
    if uneven is not None:
        assert segregation_gini(group, everybody).value == pytest.approx(uneven)


def test_gini_of_segregation_by_pairs_of_areas():
    # Massey and Denton: sum over pairs t_i t_j |p_i - p_j| / (2 T^2 P (1 - P))
    group, everybody = [60, 30, 10], [80, 60, 60]
    shares = [x / n for x, n in zip(group, everybody, strict=True)]
    areas = list(zip(everybody, shares, strict=True))
    pairs = sum(a * b * abs(p - q) for a, p in areas for b, q in areas)
    assert segregation_gini(group, everybody).value == pytest.approx(pairs / (2 * 200**2 * 0.5 * 0.5))


@pytest.mark.parametrize(
    ("values", "residents", "expected"),
    [
        ([5, 5, 5], [1, 2, 3], 0.0),
        ([0, 1], [1, 1], 0.5),  # one of two has all
        ([0, 0, 0, 1], [1, 1, 1, 1], 0.75),
        ([0, 1], [3, 1], 0.75),  # the same, three people in one area
        ([10, 20, 30], [1, 1, 1], 2 / 9),  # sum of |differences| 80 / (2 * 9 * 20)
    ],
)
def test_gini_over_areas(values, residents, expected):
    assert gini(values, residents).value == pytest.approx(expected)


def test_nobody_is_spread_in_no_way():
    for index in (dissimilarity, isolation, segregation_gini):
        assert index([0, 0], [10, 10]).status is Status.UNDEFINED
    for index in (dissimilarity, segregation_gini):
        assert index([10, 10], [10, 10]).status is Status.UNDEFINED, "there is nobody else"
    assert gini([0, 0], [10, 10]).status is Status.UNDEFINED
    assert dissimilarity([1, 1], [2, 2]).status is Status.ZERO


@pytest.mark.parametrize("index", [dissimilarity, isolation, segregation_gini])
def test_what_an_index_refuses(index):
    with pytest.raises(ValueError, match="no more than people"):
        index([5], [4])
    with pytest.raises(ValueError, match="for each area"):
        index([5], [6, 7])
    with pytest.raises(ValueError, match="none negative"):
        gini([-1], [6])
