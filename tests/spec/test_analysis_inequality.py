"""Slope and relative index of inequality: against published numbers where there are some, else by hand."""

from __future__ import annotations

import pytest
from method_tables import rows

from sozialraum.analysis.inequality import slope_of_inequality, standard_error
from sozialraum.tables import Status


@pytest.mark.parametrize("row", rows("slope", "published"), ids=lambda row: row["area"])
def test_slope_index_of_life_expectancy(row):
    groups = [group for group in rows("slope", "life expectancy") if group["area"] == row["area"]]
    values, residents, deviations = (
        [float(group[name]) for group in groups] for name in ("value", "residents", "deviation")
    )
    slope = slope_of_inequality(values, residents, deviations)
    assert slope.absolute.value == pytest.approx(float(row["sii"]), abs=5e-6)
    assert slope.absolute.lower == pytest.approx(float(row["lower"]), abs=0.35)
    assert slope.absolute.upper == pytest.approx(float(row["upper"]), abs=0.35)
    assert slope_of_inequality(values, residents, deviations) == slope, "the simulation starts from a fixed seed"


def test_slopes_by_hand():
    for row in rows("slope", "by hand"):
        values, residents = ([float(number) for number in row[name].split()] for name in ("values", "residents"))
        found = slope_of_inequality(values, residents)
        for index, told in ((found.absolute, row["slope"]), (found.relative, row["relative"])):
            if told == ".":
                assert index.status is Status.UNDEFINED, row
            else:
                assert index.value == pytest.approx(float(told), abs=1e-12), row
                assert index.lower is None
        assert (found.absolute.status is Status.ZERO) == (row["slope"] == "0")


def test_without_doubt_about_values_the_interval_is_the_slope():
    slope = slope_of_inequality([12, 16, 20, 24, 28], [7, 7, 7, 7, 7], [0] * 5, repetitions=1000)
    assert (slope.absolute.lower, slope.absolute.upper) == pytest.approx((20, 20))
    assert (slope.relative.lower, slope.relative.upper) == pytest.approx((3, 3))


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
