"""The value: what an indicator says about an area in a period, with its status and interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from sozialraum.tables.status import STATUS, Status

VALUE_SCHEMA = pl.Schema(
    [
        ("indicator", pl.String),
        ("area_system", pl.String),
        ("area", pl.String),
        ("period", pl.String),
        ("breakdown", pl.String),
        ("value", pl.Float64),
        ("numerator", pl.Float64),
        ("denominator", pl.Float64),
        ("status", STATUS),
        ("lower", pl.Float64),
        ("upper", pl.Float64),
        ("revision", pl.Int32),
    ]
)
"""Columns of a release's ``values.parquet``. ``breakdown`` is empty for the whole, else ``dimension=code``."""

VALUE_KEY = ("indicator", "area_system", "area", "period", "breakdown")
"""What identifies a value."""


@dataclass(frozen=True, slots=True)
class Value:
    """One number of an indicator, never without its status.

    Attributes:
        value: the number, None where the status says that there is none.
        status: what kind of number, or of nothing.
        numerator: what stands on top of the fraction, where it may be said.
        denominator: what stands below, where it may be said.
        lower: lower end of the 95 % interval, where the indicator has one.
        upper: upper end of the 95 % interval, where the indicator has one.
    """

    value: float | None
    status: Status
    numerator: float | None = None
    denominator: float | None = None
    lower: float | None = None
    upper: float | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Value:
        """Take the value out of a row of a frame with :data:`VALUE_SCHEMA`."""
        return cls(
            value=row["value"],
            status=Status(row["status"]),
            numerator=row["numerator"],
            denominator=row["denominator"],
            lower=row["lower"],
            upper=row["upper"],
        )

    def __post_init__(self) -> None:
        if self.status.has_value != (self.value is not None):
            raise ValueError(f"the status {self.status} does not go with the value {self.value}")
