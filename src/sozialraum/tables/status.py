"""The status of a value: suppressed is not zero is not missing.

Symbols are those of German official statistics (``-`` exactly zero, ``.`` unknown or confidential, ``x`` not
meaningful, ``...`` later, ``/`` not reliable enough, ``()`` limited reliability); codes are those of SDMX.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import polars as pl


class Status(StrEnum):
    """What kind of number, or of nothing, a value is."""

    OK = "ok"
    ZERO = "zero"
    SUPPRESSED = "suppressed"
    MISSING = "missing"
    UNDEFINED = "undefined"
    UNRELIABLE = "unreliable"
    ESTIMATED = "estimated"
    PROVISIONAL = "provisional"

    @property
    def has_value(self) -> bool:
        """Whether a number goes with this status."""
        return self not in NO_VALUE


NO_VALUE = frozenset({Status.SUPPRESSED, Status.MISSING, Status.UNDEFINED})
"""With these there is no number, not even a hidden one."""

PRECEDENCE = (
    Status.SUPPRESSED,
    Status.MISSING,
    Status.UNDEFINED,
    Status.UNRELIABLE,
    Status.ESTIMATED,
    Status.PROVISIONAL,
    Status.OK,
    Status.ZERO,
)
"""What a value made from several takes over: the first of these that one of them has."""

STATUS = pl.Enum([status.value for status in Status])
"""The column type of a status."""

SYMBOLS = {
    "-": Status.ZERO,
    ".": Status.SUPPRESSED,
    "/": Status.UNRELIABLE,
    "x": Status.UNDEFINED,
    "...": Status.MISSING,
}
"""Symbols of German official statistics as they are read. ``.`` is read as suppressed: it must not be guessed at."""

SDMX_OBSERVATION = {
    Status.OK: "A",
    Status.ZERO: "A",
    Status.SUPPRESSED: "Q",
    Status.MISSING: "M",
    Status.UNDEFINED: "L",
    Status.UNRELIABLE: "U",
    Status.ESTIMATED: "E",
    Status.PROVISIONAL: "P",
}
"""Status to SDMX ``OBS_STATUS``."""


def combine(statuses: Iterable[Status]) -> Status:
    """Return the status of a value that is made from values with these statuses."""
    found = set(statuses)
    return next((status for status in PRECEDENCE if status in found), Status.MISSING)


def combine_columns(statuses: pl.Expr) -> pl.Expr:
    """Return :func:`combine` of the statuses of each group, as an aggregation; ``missing`` where there is none."""
    return _of_rank(_rank(statuses).min())


def combine_across(*statuses: pl.Expr) -> pl.Expr:
    """Return :func:`combine` of the statuses that stand side by side in each row."""
    return _of_rank(pl.min_horizontal(_rank(status) for status in statuses))


def _rank(status: pl.Expr) -> pl.Expr:
    ranks = {status.value: rank for rank, status in enumerate(PRECEDENCE)}
    return status.cast(pl.String).replace_strict(ranks, return_dtype=pl.Int8)


def _of_rank(rank: pl.Expr) -> pl.Expr:
    names = {rank: status.value for rank, status in enumerate(PRECEDENCE)}
    return rank.replace_strict(names, return_dtype=STATUS, default=Status.MISSING.value)


def status_of(value: pl.Expr) -> pl.Expr:
    """Return the plain status of numbers: ``zero``, ``missing`` where there is none, else ``ok``."""
    plain = pl.when(value == 0).then(pl.lit(Status.ZERO.value)).otherwise(pl.lit(Status.OK.value))
    return pl.when(value.is_null()).then(pl.lit(Status.MISSING.value)).otherwise(plain).cast(STATUS)
