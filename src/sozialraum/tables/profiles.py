"""Protected profiles: characteristics of microcells that have passed the door (internal package only).

As with :class:`~sozialraum.tables.protected.ProtectedTable`, only :mod:`sozialraum.tables.seal` makes one.
"""

from __future__ import annotations

from typing import final, get_args

import polars as pl

from sozialraum.catalogue import Show
from sozialraum.errors import DoorError
from sozialraum.tables.status import NO_VALUE, STATUS

SHOWS: tuple[Show, ...] = get_args(Show)
"""Everything that can be said of a characteristic."""

NO_DOMINANT_TYPE = "(none)"
"""Stands in ``type`` where several codes are the most frequent: none is dominant, and which they are is not told."""

PROFILE_SCHEMA = pl.Schema(
    [
        ("attribute", pl.String),
        ("show", pl.Enum(SHOWS)),
        ("cell", pl.String),
        ("period", pl.String),
        ("value", pl.Float64),
        ("type", pl.String),
        ("units", pl.Int64),
        ("status", STATUS),
    ]
)
"""Columns of profiles, one row for each attribute, what is shown of it, and cell. ``value`` is a number, or ``type`` a
code; ``units`` are about how many units stand behind it (see ``disclosure.profiles``). All three are null where nothing
may be said. ``period`` is empty where the delivery has none."""

PROFILE_KEY = ("attribute", "show", "cell")
"""What identifies a row."""


@final
class ProtectedProfiles:
    """Profiles of cells after the door. Immutable; made by ``tables.seal`` alone."""

    __slots__ = ("_frame",)

    _frame: pl.DataFrame

    def __init__(self) -> None:
        raise DoorError("protected profiles are made at the door, by disclosure, not by hand")

    def __setattr__(self, name: str, value: object) -> None:
        raise DoorError("protected profiles never change")

    def __delattr__(self, name: str) -> None:
        raise DoorError("protected profiles never change")

    @property
    def frame(self) -> pl.DataFrame:
        """A frame with :data:`PROFILE_SCHEMA`, sorted by :data:`PROFILE_KEY`; a view of its own."""
        return self._frame.clone()

    def __len__(self) -> int:
        return self._frame.height


def check_profiles(frame: pl.DataFrame) -> None:
    """Check that a frame may become protected profiles.

    Raises:
        DoorError: wrong columns, an empty or a double key, something said where the status allows nothing, nothing
            where it says something, or a number that is none.
    """
    if frame.schema != PROFILE_SCHEMA:
        raise DoorError(f"protected profiles have the columns {dict(PROFILE_SCHEMA)}, not {dict(frame.schema)}")
    if frame.select(pl.any_horizontal(pl.col(*PROFILE_KEY, "period", "status").is_null().any())).item():
        raise DoorError("protected profiles have no empty key, period or status")
    if frame.select(PROFILE_KEY).is_duplicated().any():
        raise DoorError("protected profiles have one row for each attribute, what is shown of it, and cell")
    silent = pl.col("status").is_in([status.value for status in NO_VALUE])
    is_type = pl.col("show") == "type"
    number, code, units = (pl.col(name).is_not_null() for name in ("value", "type", "units"))
    wrong = {
        "say something where their status allows nothing": silent & (number | code | units),
        "say nothing where their status says something": ~silent & ~(units & (number ^ code)),
        "have a code in the place of a number, or the reverse": ~silent & (is_type != code),
        "have a value that is no number": ~pl.col("value").is_finite(),
    }
    for what, rows in wrong.items():
        if count := frame.select(rows.fill_null(False).sum()).item():
            raise DoorError(f"{count} rows of profiles {what}")
