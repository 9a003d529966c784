"""The vectorised intervals against scalar formulas, exact limits and what an interval has to do."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from sozialraum.indicators.uncertainty import Z95, Z998, byar, dobson, wilson

counts = st.floats(0, 1e7) | st.integers(0, 10**6).map(float)


@st.composite
def proportions(draw: st.DrawFn) -> tuple[float, float]:
    n = draw(st.integers(1, 10**7).map(float))
    return draw(st.integers(0, int(n)).map(float) | st.floats(0, n)), n


def both(pairs: list[tuple[float, float]]) -> list[tuple[float, float]]:
    frame = pl.DataFrame(pairs, schema=["x", "n"], orient="row")
    lower, upper = wilson(pl.col("x"), pl.col("n"))
    return frame.select(lower.alias("lower"), upper.alias("upper")).rows()


def ends(x: float) -> tuple[float, float]:
    lower, upper = byar(pl.lit(x))
    return pl.select(lower.alias("lower"), upper.alias("upper")).row(0)


@given(st.lists(proportions(), min_size=1, max_size=20))
def test_wilson_is_where_the_score_test_just_does_not_reject(pairs):
    """The ends p of the interval solve (x/n - p)^2 = z^2 p (1 - p) / n: the definition, not the formula."""
    for (x, n), (lower, upper) in zip(pairs, both(pairs), strict=True):
        for p in (lower, upper):
            assert (x / n - p) ** 2 == pytest.approx(Z95**2 * p * (1 - p) / n, rel=1e-6, abs=1e-12)


@given(proportions())
def test_wilson_holds_the_proportion_and_stays_inside_0_and_1(pair):
    ((lower, upper),) = both([pair])
    assert 0 <= lower <= pair[0] / pair[1] + 1e-12
    assert pair[0] / pair[1] - 1e-12 <= upper <= 1
    assert lower < upper


@given(proportions())
def test_wilson_is_symmetric_in_cases_and_others(pair):
    x, n = pair
    ((lower, upper), (other_lower, other_upper)) = both([(x, n), (n - x, n)])
    assert lower == pytest.approx(1 - other_upper, abs=1e-9)
    assert upper == pytest.approx(1 - other_lower, abs=1e-9)


@given(st.just(0.0) | st.floats(1e-3, 1e7))
def test_byar_equals_its_scalar_formula(x):
    lower, upper = ends(x)
    more = x + 1
    assert upper == pytest.approx(more * (1 - 1 / (9 * more) + Z95 / (3 * math.sqrt(more))) ** 3)
    if x > 0:
        scalar = x * (1 - 1 / (9 * x) - Z95 / (3 * math.sqrt(x))) ** 3
        assert lower == pytest.approx(max(scalar, 0), rel=1e-9)
    else:
        assert lower == 0


@given(st.integers(1, 100_000))
def test_byar_is_close_to_the_exact_poisson_limits(x):
    lower, upper = ends(float(x))
    assert lower == pytest.approx(chi2.ppf(0.025, 2 * x) / 2, rel=0.02, abs=0.02)
    assert upper == pytest.approx(chi2.ppf(0.975, 2 * x + 2) / 2, rel=0.01)


@given(counts, counts)
def test_byar_holds_the_count_and_grows_with_it(x, y):
    (lower, upper), (other_lower, other_upper) = ends(x), ends(y)
    assert 0 <= lower <= x < upper
    if x < y:
        assert lower <= other_lower
        assert upper <= other_upper


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 10**6), st.integers(1, 10**6)), min_size=1, max_size=20))
def test_dobson_equals_its_scalar_formula(groups):
    x = sum(cases for cases, _, _ in groups)
    total = sum(weight for _, _, weight in groups)
    rate = sum(weight * cases / base for cases, base, weight in groups) / total
    variance = sum(cases * (weight / base) ** 2 for cases, base, weight in groups) / total**2
    ends = dobson(pl.lit(float(x)), pl.lit(variance), pl.lit(rate))
    lower, upper = pl.select(ends[0].alias("lower"), ends[1].alias("upper")).row(0)
    if x == 0:
        assert (lower, upper) == (None, None)
    else:
        unit = math.sqrt(variance / x)
        byar_lower, byar_upper = byar_ends(x)
        assert lower == pytest.approx(max(0.0, rate + unit * (byar_lower - x)), rel=1e-9, abs=1e-12)
        assert upper == pytest.approx(rate + unit * (byar_upper - x), rel=1e-9)
        assert lower <= rate <= upper


def byar_ends(x: int) -> tuple[float, float]:
    low = x * (1 - 1 / (9 * x) - Z95 / (3 * math.sqrt(x))) ** 3
    high = (x + 1) * (1 - 1 / (9 * (x + 1)) + Z95 / (3 * math.sqrt(x + 1))) ** 3
    return max(low, 0.0), high


@given(proportions(), st.floats(1e-3, 1e7))
def test_the_99_8_percent_interval_holds_the_95_percent_one(pair, count):
    x, n = (pl.lit(number) for number in pair)
    for narrow, wide in (
        (wilson(x, n), wilson(x, n, Z998)),
        (byar(pl.lit(count)), byar(pl.lit(count), Z998)),
    ):
        ends = [end.alias(str(index)) for index, end in enumerate((*narrow, *wide))]
        lower, upper, wide_lower, wide_upper = pl.select(ends).row(0)
        assert wide_lower <= lower * (1 + 1e-12)
        assert upper <= wide_upper * (1 + 1e-12)
