"""The protected table: counts that have passed the door.

Only :mod:`sozialraum.tables.seal` makes one, and only the rooms ``disclosure`` (which protects) and ``releases`` (which
reads back what was protected) may import that module. So a function that asks for a :class:`ProtectedTable` can not be
handed anything else.
"""

from __future__ import annotations

from typing import final

import polars as pl

from sozialraum.catalogue import Measure
from sozialraum.errors import DoorError
from sozialraum.tables.status import NO_VALUE, STATUS

COUNT_SCHEMA = pl.Schema(
    [
        ("universe", pl.String),
        ("where", pl.String),
        ("area_system", pl.String),
        ("area", pl.String),
        ("period", pl.String),
        ("value", pl.Float64),
        ("status", STATUS),
    ]
)
"""Columns of counts, before and after the door; one row per measure, area and period."""

COUNT_KEY = ("universe", "where", "area_system", "area", "period")
"""What identifies a count."""


@final
class ProtectedTable:
    """Counts after the door. Immutable; made by ``tables.seal`` alone.

    Attributes:
        frame: a frame with :data:`COUNT_SCHEMA`, sorted by :data:`COUNT_KEY`; ``value`` is null where nothing may be
            said.
    """

    __slots__ = ("frame",)

    frame: pl.DataFrame

    def __init__(self) -> None:
        raise DoorError("a protected table is made at the door, by disclosure, not by hand")

    def __setattr__(self, name: str, value: object) -> None:
        raise DoorError("a protected table never changes")

    def measure(self, measure: Measure) -> pl.DataFrame:
        """Return the rows of one measure: area_system, area, period, value, status."""
        wanted = (pl.col("universe") == measure.universe) & (pl.col("where") == measure.where_text)
        return self.frame.filter(wanted).drop("universe", "where")

    def __len__(self) -> int:
        return self.frame.height


def check_counts(frame: pl.DataFrame) -> None:
    """Check that a frame may become a protected table.

    Raises:
        DoorError: wrong columns, a key twice, a number where the status allows none, or none where it needs one.
    """
    if frame.schema != COUNT_SCHEMA:
        raise DoorError(f"a protected table has the columns {dict(COUNT_SCHEMA)}, not {dict(frame.schema)}")
    if frame.select(COUNT_KEY).is_duplicated().any():
        raise DoorError("a protected table has one row per measure, area and period")
    nothing = pl.col("status").is_in([status.value for status in NO_VALUE])
    wrong = frame.filter(nothing == pl.col("value").is_not_null())
    if not wrong.is_empty():
        raise DoorError(f"{wrong.height} rows have a value where their status allows none, or none where it needs one")
