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
from sozialraum.tables.status import NO_VALUE, STATUS, Status

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
    """Counts after the door. Immutable; made by ``tables.seal`` alone."""

    __slots__ = ("_frame",)

    _frame: pl.DataFrame

    def __init__(self) -> None:
        raise DoorError("a protected table is made at the door, by disclosure, not by hand")

    def __setattr__(self, name: str, value: object) -> None:
        raise DoorError("a protected table never changes")

    def __delattr__(self, name: str) -> None:
        raise DoorError("a protected table never changes")

    @property
    def frame(self) -> pl.DataFrame:
        """A frame with :data:`COUNT_SCHEMA`, sorted by :data:`COUNT_KEY`; ``value`` is null where nothing may be said.

        It is a view of its own: whoever changes it changes nothing here.
        """
        return self._frame.clone()

    def measure(self, measure: Measure) -> pl.DataFrame:
        """Return the rows of one measure: area_system, area, period, value, status."""
        wanted = (pl.col("universe") == measure.universe) & (pl.col("where") == measure.where_text)
        return self._frame.filter(wanted).drop("universe", "where")

    def __len__(self) -> int:
        return self._frame.height


def check_counts(frame: pl.DataFrame) -> None:
    """Check that a frame may become a protected table.

    Raises:
        DoorError: wrong columns, a key or status that is empty, a key twice, a number where the status allows none or
            none where it needs one, a number that is none (NaN, infinite), or a zero that is not zero.
    """
    if frame.schema != COUNT_SCHEMA:
        raise DoorError(f"a protected table has the columns {dict(COUNT_SCHEMA)}, not {dict(frame.schema)}")
    if frame.select(pl.any_horizontal(pl.col(*COUNT_KEY, "status").is_null().any())).item():
        raise DoorError("a protected table has no empty key and no empty status")
    if frame.select(COUNT_KEY).is_duplicated().any():
        raise DoorError("a protected table has one row per measure, area and period")
    nothing = pl.col("status").is_in([status.value for status in NO_VALUE])
    _refuse(frame, nothing == pl.col("value").is_not_null(), "a value where their status allows none, or the reverse")
    _refuse(frame, ~pl.col("value").is_finite(), "a value that is no number")
    _refuse(frame, (pl.col("status") == Status.ZERO.value) & (pl.col("value") != 0), "the status zero and are not zero")


def _refuse(frame: pl.DataFrame, wrong: pl.Expr, what: str) -> None:
    rows = frame.select((wrong.fill_null(False)).sum()).item()
    if rows:
        raise DoorError(f"{rows} rows have {what}")
