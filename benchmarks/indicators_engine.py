"""How long do 100 indicators of 24 areas over ten years take, from protected counts to values, intervals and trends?

The floor is what cannot be avoided in any way: to read the counts from Parquet and to group them once by the key of a
value. It is measured in the same run.

Run: ``python benchmarks/indicators_engine.py``
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl
from _timing import best

from sozialraum.catalogue import IndicatorDoc, load_catalogue
from sozialraum.indicators import Point, Trend, compute, recent_trend
from sozialraum.tables import COUNT_KEY, COUNT_SCHEMA, STATUS, ProtectedTable, Status, Value
from sozialraum.tables.seal import seal

INDICATORS, AREAS, YEARS = 100, 24, range(2015, 2025)
MOST_SECONDS = 2.0


def main() -> int:
    """Print the times and whether the bar holds."""
    documents = indicators()
    table = counts(documents)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "counts.parquet"
        table.frame.write_parquet(file)
        floor, _ = best(lambda: pl.read_parquet(file).group_by("area", "period", "area_system").len())
        seconds, values = best(lambda: compute(documents, seal(pl.read_parquet(file))))
    trending, trends = best(lambda: trends_of(documents, values))
    print(
        f"{len(documents)} indicators, {AREAS} areas, {len(YEARS)} years: "
        f"{values.height:,} values, {len(trends):,} trends"
    )
    print(f"{'counts to values with intervals':<40} {seconds:6.3f} s  ({seconds / floor:.0f} times reading the counts)")
    print(f"{'trends':<40} {trending:6.3f} s")
    total = seconds + trending
    print(f"{'holds' if total <= MOST_SECONDS else 'MISSED':<7} {'in all':<32} {total:6.3f} s  (<= {MOST_SECONDS:g} s)")
    return int(total > MOST_SECONDS)


def indicators() -> dict[str, IndicatorDoc]:
    """Return a hundred indicators of the catalogue; where it has fewer, some of them twice."""
    every = load_catalogue().indicators
    more = {f"{name}_again": document for name, document in every.items() if not document.refers_to}
    return dict(islice((every | more).items(), INDICATORS))


def counts(documents: Mapping[str, IndicatorDoc]) -> ProtectedTable:
    """Return a number for each of their measures, each area and year; one in fifty is withheld."""
    random = np.random.default_rng(1)
    measures = sorted({measure for document in documents.values() for measure in document.measures})
    rows = [
        (measure.universe, measure.where_text, "areas", f"{area:03}", str(year))
        for measure in measures
        for area in range(AREAS)
        for year in YEARS
    ]
    frame = pl.DataFrame(rows, schema=[(name, pl.String) for name in COUNT_KEY], orient="row")
    hidden = pl.Series(random.random(len(rows)) < 0.02)
    number = pl.Series(random.integers(50, 5000, len(rows)).astype(np.float64))
    status = pl.when(hidden).then(pl.lit(Status.SUPPRESSED.value)).otherwise(pl.lit(Status.OK.value)).cast(STATUS)
    told = frame.with_columns(value=pl.when(~hidden).then(number), status=status)
    missing = [pl.lit(None, kind).alias(name) for name, kind in COUNT_SCHEMA.items() if name not in told.columns]
    return seal(told.with_columns(missing).match_to_schema(COUNT_SCHEMA).sort(COUNT_KEY))


def trends_of(documents: Mapping[str, IndicatorDoc], values: pl.DataFrame) -> list[Trend]:
    """Return the recent trend of every series."""
    found = []
    for (name, *_), frame in values.group_by("indicator", "area_system", "area", maintain_order=True):
        points = [
            Point(
                row["period"],
                Value.of(row),
            )
            for row in frame.sort("period").iter_rows(named=True)
        ]
        found.append(recent_trend(documents[str(name)], points))
    return found


if __name__ == "__main__":
    sys.exit(main())
