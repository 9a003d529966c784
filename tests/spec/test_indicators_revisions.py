"""Revisions: what an earlier release told otherwise is counted, and nothing else."""

from __future__ import annotations

import polars as pl
import pytest
from method_tables import rows

from sozialraum.indicators import with_revisions
from sozialraum.tables import VALUE_KEY, VALUE_SCHEMA, Status

NOTHING = {".": Status.SUPPRESSED, "...": Status.MISSING}
TABLE = rows("revisions", "revised")


def release(cell: str, revision: int = 0) -> pl.DataFrame:
    """The values of a release with one value, or without it where the cell is empty."""
    status = NOTHING.get(cell, Status.PROVISIONAL if cell.startswith("p") else Status.OK)
    number = None if cell in NOTHING or not cell else float(cell.removeprefix("p"))
    row = {**dict.fromkeys(VALUE_KEY, "x"), "value": number, "status": status.value, "revision": revision}
    return pl.DataFrame([row] if cell else [], schema=VALUE_SCHEMA)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["why"])
def test_a_number_that_was_told_otherwise_is_revised(row):
    before = release(row["before"], int(row["revisions before"] or 0))
    found = with_revisions(release(row["now"]), before)
    assert found["revision"].to_list() == [int(row["revisions"])]
    assert found.drop("revision").equals(release(row["now"]).drop("revision"))
    assert found.schema == VALUE_SCHEMA


def test_the_first_release_revises_nothing():
    assert with_revisions(release("12"), None).equals(release("12"))


def test_each_value_is_compared_with_itself_alone():
    here, there = release("12"), release("13").with_columns(area=pl.lit("y"))
    found = with_revisions(pl.concat([here, there]), pl.concat([there, release("14")]))
    assert found["revision"].to_list() == [1, 0]
