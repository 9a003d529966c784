"""How long does it take to find every early warning of 125 indicators in 400 areas over ten years?

The peer is the obvious way: to test the trend and the comparison of every series. It finds the same, in the same run.

Run: ``python benchmarks/analysis_early_warning.py``
"""

from __future__ import annotations

import sys

import numpy as np
import polars as pl
from _timing import best

from sozialraum.analysis.early_warning import Place, early_warnings
from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import Judgement, Point, against_whole, judge_direction, recent_trend
from sozialraum.indicators.uncertainty import wilson
from sozialraum.tables import VALUE_SCHEMA, Value

INDICATORS, AREAS, YEARS = 125, 400, range(2015, 2025)
DRIFT = 0.002
"""Scatter of the yearly change of a share: about one series in 200 is warned of."""

MOST_SECONDS = 1.0
WHOLE: Place = ("city", "0")


def main() -> int:
    """Print the times and whether the bar holds."""
    documents = {f"share_{number:03}": document() for number in range(INDICATORS)}
    values = values_of(documents)
    seconds, found = best(lambda: early_warnings(documents, values, whole=WHOLE))
    slow, expected = best(lambda: one_by_one(documents, values), runs=1)
    if {(warning.indicator, warning.area) for warning in found} != expected:
        print("MISSED  the warnings are not those of one series at a time")
        return 1
    print(f"{values.height:,} values, {len(found)} warnings")
    print(f"{'one series at a time':<40} {slow:6.2f} s  ({slow / seconds:.0f} times as long)")
    verdict = "holds" if seconds <= MOST_SECONDS else "MISSED"
    print(f"{verdict:<7} {'in bulk':<32} {seconds:6.2f} s  (<= {MOST_SECONDS:g} s)")
    return int(seconds > MOST_SECONDS)


def document() -> IndicatorDoc:
    """Return a share that had better be low."""
    people = {"universe": "persons"}
    return IndicatorDoc.model_validate(
        {
            "title": {"de": "Anteil"},
            "definition": {"de": "Ein Anteil."},
            "theme": "arbeit",
            "unit": "percent",
            "polarity": "low_is_good",
            "interval": "wilson",
            "governance": {"owner": "Planung", "checked_by": "Statistik", "next_review": "2028-03-01"},
            "share": {"of": people | {"unemployed": "yes"}, "in": people},
        }
    )


def values_of(documents: dict[str, IndicatorDoc]) -> pl.DataFrame:
    """Return made-up values of every area, and of the whole as their sum."""
    random, shape = np.random.default_rng(1), (len(documents), AREAS, 1)
    base = np.repeat(random.integers(300, 3000, shape), len(YEARS), axis=2)
    share = random.normal(0.12, 0.04, shape) + random.normal(0, DRIFT, shape) * np.arange(len(YEARS))
    cases = random.binomial(base, share.clip(0.005, 0.95))
    areas = pl.DataFrame(
        {
            "indicator": np.repeat(list(documents), AREAS * len(YEARS)),
            "area": np.tile(np.repeat([f"{area:03}" for area in range(AREAS)], len(YEARS)), len(documents)),
            "period": np.tile([str(year) for year in YEARS], len(documents) * AREAS),
            "numerator": cases.ravel().astype(float),
            "denominator": base.ravel().astype(float),
        }
    ).with_columns(area_system=pl.lit("quarters"))
    whole = areas.group_by("indicator", "period").agg(pl.col("numerator", "denominator").sum())
    whole = whole.with_columns(area=pl.lit(WHOLE[1]), area_system=pl.lit(WHOLE[0]))
    ends = wilson(pl.col("numerator"), pl.col("denominator"))
    both = pl.concat([areas, whole.select(areas.columns)])
    return both.with_columns(
        value=100 * pl.col("numerator") / pl.col("denominator"),
        lower=100 * ends[0],
        upper=100 * ends[1],
        breakdown=pl.lit(""),
        status=pl.lit("ok"),
        revision=pl.lit(0),
    ).select(pl.col(name).cast(kind) for name, kind in VALUE_SCHEMA.items())


def one_by_one(documents: dict[str, IndicatorDoc], values: pl.DataFrame) -> set[tuple[str, Place]]:
    """Return who is warned of what when every series is looked at."""
    series: dict[str, dict[Place, list[Point]]] = {}
    for row in values.sort("indicator", "area_system", "area", "period").iter_rows(named=True):
        place = row["area_system"], row["area"]
        series.setdefault(row["indicator"], {}).setdefault(place, []).append(Point(row["period"], Value.of(row)))
    found = set()
    for name, areas in series.items():
        told = documents[name]
        for place, points in areas.items():
            trend = judge_direction(recent_trend(told, points).direction, told.polarity)
            comparison = against_whole(told, points, areas[WHOLE]).comparison
            if place != WHOLE and trend is comparison.judgement is Judgement.WORSE:
                found.add((name, place))
    return found


if __name__ == "__main__":
    sys.exit(main())
