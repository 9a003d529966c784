"""Numbers that others computed: intervals to the last digit, trends with the result published for them."""

from __future__ import annotations

import polars as pl
import pytest
from scipy.stats import chi2

from sozialraum.catalogue import IndicatorDoc, load_catalogue
from sozialraum.indicators.trend import CHI_SQUARED_998, POINTS, Point, proportion_fit, recent_trend, weighted_fit
from sozialraum.indicators.uncertainty import byar, wilson
from sozialraum.tables import Status, Value

EXACT = 1e-14
"""Relative: the last digit of a double."""

WILSON = {
    (65, 100): (0.5525444329688797, 0.7363575175690247),
    (0, 40): (0.0, 0.08762160119728661),
}
BYAR = {
    65: (50.163187710459454, 82.84913854593984),
    4: (1.0761504081617197, 10.240752739114052),
}
BYAR_UPPER_OF_NONE = 3.668012


def evaluated(*expressions: pl.Expr) -> tuple[float, ...]:
    frame = pl.select(expression.alias(str(index)) for index, expression in enumerate(expressions))
    return frame.row(0)


@pytest.mark.parametrize(("counts", "ends"), WILSON.items())
def test_wilson(counts, ends):
    x, n = (pl.lit(float(count)) for count in counts)
    assert evaluated(*wilson(x, n)) == pytest.approx(ends, rel=EXACT, abs=EXACT)


@pytest.mark.parametrize(("count", "ends"), BYAR.items())
def test_byar(count, ends):
    assert evaluated(*byar(pl.lit(float(count)))) == pytest.approx(ends, rel=EXACT)


def test_byar_of_no_case_starts_at_zero():
    lower, upper = evaluated(*byar(pl.lit(0.0)))
    assert lower == 0
    assert upper == pytest.approx(BYAR_UPPER_OF_NONE, abs=5e-7)


# Series of English public health profiles with the result published for them (oldest year first).
PROPORTIONS = {
    "20301 smoking, 2010 to 2014": ([621, 599, 556, 535, 447], [3454, 3195, 3256, 3227, 3121], "falling"),
    "1172, 2009 to 2013": ([8116, 8145, 8222, 8506, 8728], [91530, 91773, 92088, 92238, 92665.89], "rising"),
    "10101, 2008 to 2012": ([5405, 5500, 5435, 5480, 5315], [18095, 18170, 18005, 17890, 17860], "unchanged"),
    "10101, another area": ([22435, 22445, 21365, 20955, 19055], [65880, 67900, 68705, 69835, 70910], "falling"),
    "30309 vaccination": ([57274, 55865, 53681, 51767, 53185], [61834, 60511, 59074, 57508, 59028], "falling"),
    "241 diabetes": (
        [3455176, 3491868, 3625401, 3774801, 3938080],
        [48783947, 49122259, 49956777, 50649129, 51441896],
        "rising",
    ),
    "small numbers": ([7, 6, 8, 8, 9], [35, 42, 50, 100, 200], "falling"),
}

SHARE: IndicatorDoc = load_catalogue().indicators["kinder_in_sgb2"]
RATE: IndicatorDoc = load_catalogue().indicators["geburtenrate"]


@pytest.mark.parametrize("name", PROPORTIONS)
def test_trends_in_proportions_agree_with_the_published_ones(name):
    cases, bases, published = PROPORTIONS[name]
    points = [
        Point(str(2020 + i), Value(100 * x / n, Status.OK, float(x), float(n)))
        for i, (x, n) in enumerate(zip(cases, bases, strict=True))
    ]
    assert recent_trend(SHARE, points).direction == published


VACCINATION = [
    (92.6254, 92.4168, 92.8288),
    (92.3221, 92.1072, 92.5315),
    (90.8708, 90.6358, 91.1004),
    (90.017, 89.7694, 90.2594),
    (90.1013, 89.8578, 90.3396),
]
DIABETES = [
    (7.0826, 7.0754, 7.094),
    (7.1085, 7.1013, 7.1199),
    (7.2571, 7.2499, 7.2684),
    (7.4528, 7.4456, 7.4643),
    (7.6554, 7.6481, 7.6669),
]


@pytest.mark.parametrize(("series", "published"), [(VACCINATION, "falling"), (DIABETES, "rising")])
def test_trends_by_intervals_agree_with_the_published_ones(series, published):
    points = [Point(str(2020 + i), Value(v, Status.OK, None, None, low, up)) for i, (v, low, up) in enumerate(series)]
    assert recent_trend(RATE, points).direction == published


def test_both_tests_agree_where_bases_are_large():
    cases, bases, _ = PROPORTIONS["30309 vaccination"]
    times = range(1, POINTS + 1)
    by_counts = proportion_fit(cases, bases, times)
    by_intervals = weighted_fit([v for v, _, _ in VACCINATION], [up - low for _, low, up in VACCINATION], times)
    assert by_counts.slope * 100 == pytest.approx(by_intervals.slope, rel=0.02)
    assert by_counts.chi_squared == pytest.approx(by_intervals.chi_squared, rel=0.05)


def test_the_threshold_is_the_99_8_percent_point():
    assert chi2.ppf(0.998, 1) == pytest.approx(CHI_SQUARED_998, rel=1e-12)
