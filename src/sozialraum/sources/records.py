"""What reading a delivery yields: records of single units, or cells of a table somebody has already counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from sozialraum.errors import Fault
from sozialraum.tables import STATUS

AREA_PREFIX = "area:"
"""Records name the area of a unit in columns ``area:SYSTEM``."""

CELL_SCHEMA = pl.Schema(
    [
        ("universe", pl.String),
        ("where", pl.String),
        ("area_system", pl.String),
        ("area", pl.String),
        ("period", pl.String),
        ("value", pl.Float64),
        ("status", STATUS),
        ("file", pl.String),
        ("line", pl.UInt32),
        ("column", pl.String),
    ]
)
"""Columns of cells: a count (see ``tables.COUNT_SCHEMA``) and the place in the delivery it was read from."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Numbers of a delivery that somebody has already counted.

    Attributes:
        source: id of the source document.
        frame: a frame with :data:`CELL_SCHEMA`.
        notes: what was noticed and stops nothing.
        snapshots: the files it was read from.
    """

    source: str
    frame: pl.DataFrame
    notes: tuple[Fault, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """Single units (persons, households, buildings, firms) of a delivery, with only the declared columns.

    Attributes:
        source: id of the source document.
        universe: what one row is.
        frame: one row per unit and period: ``period`` (text as categories), ``unit`` (keyed hash, where there is one),
            ``file`` and ``line`` (where the row was delivered), one column per dimension (whole numbers for interval
            dimensions, enums of codes for lists; null = unknown), one per amount (Float64), ``area:SYSTEM`` (text)
            where areas are delivered, ``building`` (text or categories) where it is known, ``x`` and ``y`` (metres)
            where coordinates are, and ``id:NAME`` (keyed hashes) where another source is linked by them or units
            belong to them.
        attributes: columns kept as they were delivered.
        notes: what was noticed and stops nothing (addresses without a building, with the match rate).
        snapshots: the files they were read from.
    """

    source: str
    universe: str
    frame: pl.DataFrame
    attributes: tuple[str, ...] = ()
    notes: tuple[Fault, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A delivered file as it came: named by its sha256, never changed.

    Attributes:
        sha256: hash of the bytes.
        file: name under which it was delivered.
        source: id of the source (or area system) that asked for it.
        size: bytes.
        provider: who delivered it.
        licence: under which licence.
    """

    sha256: str
    file: str
    source: str
    size: int
    provider: str = ""
    licence: str = ""
    details: Mapping[str, str] = field(default_factory=dict, hash=False)
