"""Spark forms exactly the cells that are formed here: the same kernels, the same houses, the same cells."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sozialraum.errors import DeliveryError
from sozialraum.microcells import Formation, Reading, form_cells
from sozialraum.microcells.country import form_country
from sozialraum.microcells.spark import form_cells_on_spark

pytestmark = pytest.mark.spark

COLUMNS = ["municipality", "building", "cell", "area", "x", "y"]


def houses(count: int = 2_000, seed: int = 1) -> pl.DataFrame:
    """Houses of three municipalities, in which ids of buildings and codes of areas are the same."""
    random = np.random.default_rng(seed)
    number = np.arange(count)
    return pl.DataFrame(
        {
            "municipality": [f"0511{one}000" for one in number % 3],
            "building": [f"H{one // 3}" for one in number],
            "area": [("Nord", "Süd", "Größe")[one] for one in random.integers(0, 3, count)],
            "street": [(None, "Am Anger", "Ährenweg", "Zur Mühle")[one] for one in random.integers(0, 4, count)],
            "house_number": [f"{one} a" for one in random.integers(1, 40, count)],
            "x": 360_000 + 40_000 * (number % 3) + random.uniform(0, 2_000, count),
            "y": 5_700_000 + random.uniform(0, 2_000, count),
            "households": random.choice([0, 1, 1, 2, 3, 9], count),
            "attribute": random.normal(0, 1, count),
        }
    )


def locally(table: pl.DataFrame, options: Formation) -> pl.DataFrame:
    parts = []
    for (code,), own in table.partition_by("municipality", as_dict=True).items():
        members = form_cells(own, options).members
        parts.append(members.select(pl.lit(code).alias("municipality"), *COLUMNS[1:]))
    return pl.concat(parts).sort("municipality", "area", "building")


def on_spark(spark, table: pl.DataFrame, options: Formation | None = None) -> pl.DataFrame:
    there = form_cells_on_spark(spark.createDataFrame(table.to_arrow()), options)
    return pl.DataFrame(there.toArrow()).sort("municipality", "area", "building")


@pytest.mark.parametrize(
    "options",
    [Formation(), Formation(minimum=6, mode="geometry", seed=7), Formation(likeness=25.0, threads=2)],
    ids=["street", "geometry", "likeness"],
)
def test_spark_forms_the_cells_that_are_formed_here(spark, options):
    table = houses()
    there = on_spark(spark, table, options)
    assert there.columns == COLUMNS
    assert_frame_equal(there, locally(table, options), check_exact=True)


def test_spark_forms_the_cells_of_a_folder_of_municipalities(spark, tmp_path):
    table = houses().drop("area", "attribute")
    (tmp_path / "delivery").mkdir()
    for (code,), own in table.partition_by("municipality", as_dict=True, include_key=False).items():
        own.write_parquet(tmp_path / "delivery" / f"{code}.parquet")
    form_country(tmp_path / "delivery", tmp_path / "cells", reading=Reading(crs="EPSG:25832"))
    there = on_spark(spark, table)
    for (code,), own in there.partition_by("municipality", as_dict=True).items():
        here = pl.read_parquet(tmp_path / "cells" / f"{code}.parquet", columns=["building", "cell", "area"])
        assert here.rows() == own.select("building", "cell", "area").rows()
        assert here["area"].unique().to_list() == [code]


def test_missing_columns_are_found_before_anything_is_done(spark):
    table = houses(30).drop("x", "households").with_columns(pl.col("municipality").cast(pl.Int64))
    with pytest.raises(DeliveryError) as caught:
        on_spark(spark, table)
    assert [(fault.column, fault.what) for fault in caught.value.faults] == [
        ("households", "a column is missing"),
        ("municipality", "the municipality must be a text"),
        ("x", "a column is missing"),
    ]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("households", -1, "fewer than 0 households"), ("municipality", None, "have no municipality")],
)
def test_a_broken_row_fails_the_job_and_is_said(spark, column, value, said):
    broken = pl.when(pl.col("building") == "H5").then(pl.lit(value)).otherwise(column).alias(column)
    with pytest.raises(Exception, match=said):
        on_spark(spark, houses(60).with_columns(broken))
