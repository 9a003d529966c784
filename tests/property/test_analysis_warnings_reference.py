"""Early warning against a slow, obvious reference: regression by numpy, intervals by scipy, one area at a time."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from sozialraum.analysis.early_warning import early_warnings
from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import Judgement, Point, against_whole, judge_direction, recent_trend
from sozialraum.indicators.uncertainty import wilson
from sozialraum.tables import VALUE_SCHEMA, Status, Value

WHOLE = ("city", "00")
YEARS = range(2018, 2025)
BASE, SMALL = 1000, 400
STANDS = ("ok", "provisional")

Cell = tuple[str, int, int]
"""Status, cases and base of one year."""


@st.composite
def series(draw: st.DrawFn) -> list[Cell]:
    """Seven years that rise or fall by about one step a year, now and then with something that does not stand."""
    start, step = draw(st.integers(100, 300)), draw(st.sampled_from([18, -18, 10, -10, 0]))
    odd = draw(st.sampled_from(["ok", "ok", "ok", "suppressed", "missing", "unreliable", "estimated", "provisional"]))
    when = draw(st.integers(0, len(YEARS) - 1))
    cells = []
    for place in range(len(YEARS)):
        status = odd if place == when else "ok"
        base = SMALL if status == "unreliable" else BASE
        cells.append((status, max(0, min(base, start + place * step + draw(st.integers(-10, 10)))), base))
    return cells


def is_warned_of(cells: list[Cell], whole: float, polarity: str) -> bool:
    window = cells[-5:]
    if polarity == "neutral" or any(status not in STANDS for status, _, _ in window):
        return False
    cases, bases = (np.array([cell[i] for cell in window], dtype=float) for i in (1, 2))
    up_is_worse = polarity == "low_is_good"
    ends = binomtest(int(cases[-1]), int(bases[-1])).proportion_ci(0.95, method="wilson")
    worse = 100 * ends.low > whole if up_is_worse else 100 * ends.high < whole
    return worse and worsens(cases, bases, up_is_worse)


def worsens(cases: np.ndarray, bases: np.ndarray, up_is_worse: bool) -> bool:
    times, pooled = np.arange(5.0), cases.sum() / bases.sum()

    def slope(which: list[int]) -> float:
        shares = cases[which] / bases[which]
        return float(np.polyfit(times[which], shares, 1, w=np.sqrt(bases[which]))[0])

    middle = np.average(times, weights=bases)
    spread = float((bases * (times - middle) ** 2).sum())
    fit = slope(list(range(5)))
    if 0 < pooled < 1 and fit**2 * spread / (pooled * (1 - pooled)) <= chi2.ppf(0.998, 1):
        return False
    slopes = [fit, *(slope([i for i in range(5) if i != out]) for out in range(5))]
    return all(each > 0 for each in slopes) if up_is_worse else all(each < 0 for each in slopes)


def frame(areas: list[list[Cell]], whole: float) -> pl.DataFrame:
    rows = []
    for code, cells in enumerate(areas):
        for year, (status, cases, base) in zip(YEARS, cells, strict=True):
            row = {"area_system": "districts", "area": f"{code:02}", "period": str(year), "status": status}
            if status not in ("suppressed", "missing"):
                row |= {"value": 100 * cases / base, "numerator": float(cases), "denominator": float(base)}
                row |= {"status": "zero"} if cases == 0 and status == "ok" else {}
            rows.append(row)
    city = {"area_system": WHOLE[0], "area": WHOLE[1], "status": "ok", "value": whole}
    rows += [city | {"period": str(year)} for year in YEARS]
    ends = wilson(pl.col("numerator"), pl.col("denominator"))
    values = pl.DataFrame([{"indicator": "poor", "breakdown": ""} | row for row in rows], schema=VALUE_SCHEMA)
    return values.with_columns(lower=ends[0] * 100, upper=ends[1] * 100)


def document(polarity: str) -> IndicatorDoc:
    children = {"universe": "persons", "age": "0-14"}
    return IndicatorDoc.model_validate(
        {
            "title": {"de": "Kinder in Armut"},
            "definition": {"de": "Eine Kennzahl."},
            "theme": "mindestsicherung",
            "unit": "percent",
            "polarity": polarity,
            "interval": "wilson",
            "governance": {"owner": "Planung", "checked_by": "Statistik", "next_review": "2028-03-01"},
            "share": {"of": children | {"sgb2": "yes"}, "in": children},
        }
    )


@pytest.mark.parametrize("polarity", ["low_is_good", "high_is_good", "neutral"])
@given(areas=st.lists(series(), min_size=3, max_size=5), whole=st.integers(10, 30))
def test_the_same_areas_are_warned_of(polarity, areas, whole):
    found = early_warnings({"poor": document(polarity)}, frame(areas, whole), whole=WHOLE)
    expected = [("districts", f"{code:02}") for code, cells in enumerate(areas) if is_warned_of(cells, whole, polarity)]
    assert [warning.area for warning in found] == expected
    event(f"{polarity}: {'somebody' if expected else 'nobody'}")


@pytest.mark.parametrize("polarity", ["low_is_good", "high_is_good"])
@given(areas=st.lists(series(), min_size=3, max_size=5), whole=st.integers(10, 30), without=st.booleans())
def test_sorting_out_in_bulk_loses_nothing(polarity, areas, whole, without):
    """The same warnings as one area at a time, with the test of proportions and, without counts, that of intervals."""
    told = document(polarity)
    counts = [pl.lit(None, pl.Float64).alias(name) for name in ("numerator", "denominator")] if without else []
    values = frame(areas, whole).with_columns(counts)
    benchmark = points(values, WHOLE)
    expected = []
    for code in range(len(areas)):
        own = points(values, ("districts", f"{code:02}"))
        trend, standing = recent_trend(told, own), against_whole(told, own, benchmark)
        fit = not {point.value.status for point in own[-5:]} & {Status.UNRELIABLE, Status.ESTIMATED}
        now = standing.period == str(YEARS[-1])
        worse = judge_direction(trend.direction, polarity) == standing.comparison.judgement == Judgement.WORSE
        if worse and fit and now:
            expected.append(trend)
    assert [warning.trend for warning in early_warnings({"poor": told}, values, whole=WHOLE)] == expected
    event(f"{'intervals' if without else 'counts'}: {'somebody' if expected else 'nobody'}")


def points(values: pl.DataFrame, place: tuple[str, str]) -> list[Point]:
    rows = values.filter(area_system=place[0], area=place[1]).sort("period").iter_rows(named=True)
    return [Point(row["period"], Value.of(row)) for row in rows]
