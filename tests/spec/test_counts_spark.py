"""Spark counts exactly what Polars counts: the same code, the same records, the same numbers."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from counts_samples import CITY, CODES, measure, records
from sozialraum.counts import place
from sozialraum.counts.counting import tally_frame, tally_units

pytestmark = pytest.mark.spark

QUESTIONS = [
    measure("persons"),
    measure("persons", age="0-2"),
    measure("persons", age="0-14", sex="female"),
    measure("persons", age="15-64", sex="male|diverse", sgb2="yes"),
    measure("persons", age="65+"),
    measure("persons", family="alone_with_children"),
    measure("persons.minutes"),
    measure("persons.minutes", age="0-14", family="single|couple"),
    measure("persons.minutes@median"),
    measure("persons.minutes@q20", age="15-64"),
    measure("persons.minutes@gini", sex="female"),
]


def people(count: int, seed: int = 1) -> pl.DataFrame:
    """People with gaps in every column, placed in the city."""
    generator = np.random.default_rng(seed)

    def some(values: list[object]) -> list[object]:
        return [values[place] for place in generator.integers(0, len(values), count)]

    rows = zip(
        some(["2022", "2023", "2024"]),
        some(["n1", "n2", "s1", None]),
        some([*range(0, 100, 3), None]),
        some([*CODES["sex"].codes, None]),
        some([*CODES["sgb2"].codes, None]),
        some([*CODES["family"].codes, None]),
        some([0.0, 15.5, 30.0, None]),
        strict=True,
    )
    names = ("period", "area:quarters", "age", "sex", "sgb2", "family", "minutes")
    return place(records([dict(zip(names, row, strict=True)) for row in rows]), CITY).frame


def test_spark_counts_what_polars_counts(spark):
    frame = people(2_000)
    texts = frame.with_columns(pl.col(pl.Enum).cast(pl.String)).drop("file", "line")
    elsewhere = spark.createDataFrame(texts.to_arrow())
    here, there = (tally_units(f, "persons", QUESTIONS, systems=CITY, codes=CODES) for f in (frame, elsewhere))
    assert there.periods == here.periods
    assert there.unknowns.sentences("persons") == here.unknowns.sentences("persons")
    tables = [tally_frame(tally, QUESTIONS, CITY, CODES) for tally in (here, there)]
    assert tables[0].equals(tables[1])
    assert tables[0]["value"].sum() > 10_000
