"""Inputs of composites as columns: of every area of a system in a period the number, its status, the counts behind it.

A status is its place in ``PRECEDENCE``, so the status of what is made from several is the smallest of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.analysis.classes import Reason
from sozialraum.analysis.standardise import Numbers
from sozialraum.tables import STATUS, Status
from sozialraum.tables.status import PRECEDENCE

Ranks = NDArray[np.int8]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

REASONS = (*Reason,)
STATUSES = np.array([status.value for status in PRECEDENCE], object)
_OF_ENUM = np.array([PRECEDENCE.index(Status(name)) for name in STATUS.categories], np.int8)


def rank_of(status: Status) -> int:
    """Return the place of a status among those that count more or less in a combination."""
    return PRECEDENCE.index(status)


def number_of(reason: Reason) -> int:
    """Return the number of a reason in a column."""
    return REASONS.index(reason)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One input of the areas of a system in a period; all arrays are aligned to the areas.

    Attributes:
        value: NaN where there is no number.
        rank: the place of its status in ``PRECEDENCE``; that of ``missing`` where there is no row.
        there: which areas have a row.
        reason: the place in :data:`REASONS` of why there is no number; only where there is none.
        cases: the numerator, where it is published, else NaN.
        base: the denominator likewise.
    """

    value: Numbers
    rank: Ranks
    there: Flags
    reason: Ranks
    cases: Numbers
    base: Numbers

    @classmethod
    def nothing(cls, size: int) -> Column:
        """Return a column of areas that have no row."""
        unknown = np.full(size, np.nan)
        missing = np.full(size, rank_of(Status.MISSING), np.int8)
        reason = np.full(size, number_of(Reason.INPUT), np.int8)
        return cls(unknown, missing, np.zeros(size, bool), reason, unknown.copy(), unknown.copy())

    def of(self, areas: Places) -> Column:
        """Return the column of some areas alone."""
        first, last = (self.value[areas], self.rank[areas]), (self.cases[areas], self.base[areas])
        return Column(*first, self.there[areas], self.reason[areas], *last)

    def without(self, areas: Flags, status: Status, reason: Reason) -> Column:
        """Return the column with some numbers taken out."""
        return replace(
            self,
            value=np.where(areas, np.nan, self.value),
            rank=np.where(areas, rank_of(status), self.rank).astype(np.int8),
            reason=np.where(areas, number_of(reason), self.reason).astype(np.int8),
        )


def lowest(columns: Sequence[Column]) -> Ranks:
    """Return for each area the status of what is made from several columns."""
    return np.asarray(np.min([column.rank for column in columns], axis=0))


def columns_in(
    frame: pl.DataFrame, codes: Mapping[str, Sequence[str]], name: str
) -> Iterator[tuple[tuple[str, str, str], Column]]:
    """Yield the column of every name, area system and period of a frame, with these three.

    Args:
        frame: the column ``name``, ``area_system``, ``area``, ``period``, ``value``, ``status``; where there are any
            also ``numerator`` and ``denominator``.
        codes: the areas of each system, sorted; all that stand in the frame are among them.
        name: the column that names what the values are of.
    """
    for (system,), here in frame.partition_by("area_system", as_dict=True).items():
        places = here["area"].cast(pl.Enum(codes[str(system)])).to_physical()
        placed = here.with_columns(area=places, status=here["status"].cast(STATUS).to_physical())
        for (what, period), rows in placed.partition_by(name, "period", as_dict=True).items():
            yield (str(what), str(system), str(period)), _column(rows, len(codes[str(system)]))


def _column(rows: pl.DataFrame, size: int) -> Column:
    column, at = Column.nothing(size), rows["area"].to_numpy()
    column.value[at] = rows["value"].to_numpy()
    column.rank[at] = _OF_ENUM[rows["status"].to_numpy()]
    column.there[at] = True
    if "numerator" in rows.columns:
        column.cases[at] = rows["numerator"].to_numpy()
        column.base[at] = rows["denominator"].to_numpy()
    return column
