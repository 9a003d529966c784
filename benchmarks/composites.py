"""How long do Berlin's and Hamburg's composites of 2,000 areas over ten years take, classes and dynamics included?

The floor is what cannot be avoided in any way: to read the values from Parquet and to group them once by what is
compared with each other. It is measured in the same run.

Run: ``python benchmarks/composites.py``
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from _timing import best

from sozialraum.analysis import compute_composites, population_of
from sozialraum.catalogue import load_catalogue
from sozialraum.tables import VALUE_SCHEMA

AREAS, YEARS = 2_000, range(2015, 2025)
MOST_SECONDS = 0.4
"""A tenth of what it took area by area."""


def main() -> int:
    """Print the times and whether the bar holds."""
    documents = load_catalogue().composites
    inputs = sorted({part.indicator for document in documents.values() for part in document.inputs if part.indicator})
    frame = values([*inputs, "einwohner"])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "values.parquet"
        frame.write_parquet(file)
        floor, _ = best(lambda: pl.read_parquet(file).group_by("indicator", "area_system", "period").agg(pl.all()))
    seconds, scores = best(lambda: compute_composites(documents, frame, population_of(frame)))
    print(f"{len(documents)} composites, {AREAS:,} areas, {len(YEARS)} years: {scores.height:,} scores")
    print(f"{'values to scores, classes, dynamics':<40} {seconds:6.3f} s  ({seconds / floor:.0f} times reading them)")
    print(f"{'holds' if seconds <= MOST_SECONDS else 'MISSED':<40} {seconds:6.3f} s  (<= {MOST_SECONDS:g} s)")
    return int(seconds > MOST_SECONDS)


def values(indicators: list[str]) -> pl.DataFrame:
    """Return a value for each indicator, area and year; one in twenty is withheld."""
    random = np.random.default_rng(1)
    frames = []
    for name in indicators:
        for year in YEARS:
            number = random.uniform(1, 40, AREAS) * (100 if name == "einwohner" else 1)
            hidden = random.random(AREAS) < 0.05
            told = {"value": np.where(hidden, np.nan, number), "status": np.where(hidden, "suppressed", "ok")}
            place = {"indicator": name, "area_system": "areas", "period": str(year), "breakdown": ""}
            frames.append(pl.DataFrame({**place, "area": [f"{area:05}" for area in range(AREAS)], **told}))
    frame = pl.concat(frames).with_columns(pl.col("value").fill_nan(None))
    missing = [pl.lit(None, kind).alias(name) for name, kind in VALUE_SCHEMA.items() if name not in frame.columns]
    return frame.with_columns(missing).select(list(VALUE_SCHEMA)).cast(VALUE_SCHEMA)


if __name__ == "__main__":
    sys.exit(main())
