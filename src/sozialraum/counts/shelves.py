"""Numbers of one delivery in one area system as arrays of measures x periods x areas.

Statuses are held as their place in ``tables.status.PRECEDENCE``, so that the status of a sum is the smallest of its
parts' (what ``tables.combine`` says, for whole arrays at once).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.catalogue.measures import Measure
from sozialraum.tables import NO_VALUE, Status
from sozialraum.tables.status import PRECEDENCE

Values = NDArray[np.float64]
Ranks = NDArray[np.uint8]

RANK: Mapping[Status, int] = {status: place for place, status in enumerate(PRECEDENCE)}
MISSING, UNDEFINED, PROVISIONAL, OK, ZERO = (
    np.uint8(RANK[status]) for status in (Status.MISSING, Status.UNDEFINED, Status.PROVISIONAL, Status.OK, Status.ZERO)
)
SAYS_NOTHING = np.array([status in NO_VALUE for status in PRECEDENCE])
"""For each rank whether there is no number."""


@dataclass(frozen=True, eq=False)
class Shelf:
    """Numbers of one delivery in one area system.

    Attributes:
        rows: for each plain measure its place on the first axis.
        values: measures x periods x areas, NaN where there is no number.
        ranks: their statuses; missing where nothing was delivered.
        offered: measures x periods, whether anything was delivered.
    """

    rows: Mapping[Measure, int]
    values: Values
    ranks: Ranks
    offered: NDArray[np.bool_]

    @classmethod
    def empty(cls, measures: Sequence[Measure], periods: int, areas: int) -> Shelf:
        """Return a shelf on which nothing lies yet."""
        shape = len(measures), periods, areas
        rows = {measure: place for place, measure in enumerate(measures)}
        return cls(rows, np.full(shape, np.nan), np.full(shape, MISSING), np.zeros(shape[:2], dtype=bool))

    @cached_property
    def patterns(self) -> dict[str, list[tuple[NDArray[np.bool_], frozenset[Measure]]]]:
        """For each universe: what is offered together in which periods."""
        universes: dict[str, list[Measure]] = {}
        for measure in self.rows:
            universes.setdefault(measure.universe, []).append(measure)
        return {universe: self._patterns(measures) for universe, measures in universes.items()}

    def _patterns(self, measures: Sequence[Measure]) -> list[tuple[NDArray[np.bool_], frozenset[Measure]]]:
        offered = self.offered[[self.rows[measure] for measure in measures]]
        columns, which = np.unique(offered, axis=1, return_inverse=True)
        together = [frozenset(m for m, there in zip(measures, column, strict=True) if there) for column in columns.T]
        return [(which.ravel() == place, found) for place, found in enumerate(together) if found]

    def provisional(self, periods: NDArray[np.bool_]) -> Shelf:
        """Return the shelf with the plain numbers of some periods marked as provisional."""
        plain = np.isin(self.ranks, (OK, ZERO)) & periods[None, :, None]
        return replace(self, ranks=np.where(plain, PROVISIONAL, self.ranks))

    def filled(self, other: Shelf) -> Shelf:
        """Return the shelf with the gaps filled from another one."""
        measures = list(self.rows) + [measure for measure in other.rows if measure not in self.rows]
        result = Shelf.empty(measures, *self.values.shape[1:])
        for shelf in (other, self):
            places = [result.rows[measure] for measure in shelf.rows]
            there = shelf.ranks != MISSING
            result.values[places] = np.where(there, shelf.values, result.values[places])
            result.ranks[places] = np.where(there, shelf.ranks, result.ranks[places])
            result.offered[places] |= shelf.offered
        return result


def shelf_of_cells(cells: pl.DataFrame, measures: Sequence[Measure], *, periods: int, areas: int) -> Shelf:
    """Lay delivered cells on a shelf; of a number that was delivered twice the first counts.

    Args:
        cells: whole numbers ``measure`` (place in ``measures``), ``period``, ``area``; ``value`` and ``status``.
        measures: what lies on the shelf.
        periods: how many periods there are.
        areas: how many areas there are.
    """
    shelf = Shelf.empty(measures, periods, areas)
    backwards = cells.reverse()
    at = tuple(backwards[name].to_numpy() for name in ("measure", "period", "area"))
    values = backwards["value"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    ranks = backwards["status"].cast(pl.String).replace_strict(dict(RANK), return_dtype=pl.UInt8).to_numpy()
    ranks = np.where(np.isnan(values) & ~SAYS_NOTHING[ranks], MISSING, ranks)
    shelf.values[at] = np.where(SAYS_NOTHING[ranks], np.nan, values)
    shelf.ranks[at] = ranks
    shelf.offered[at[:2]] = True
    return shelf


def add_up(parts: Collection[tuple[Values, Ranks]]) -> tuple[Values, Ranks]:
    """Add numbers and combine their statuses, whole arrays at once."""
    values = np.sum([value for value, _ in parts], axis=0)
    ranks = np.min([rank for _, rank in parts], axis=0)
    return settle(values, ranks)


def settle(values: Values, ranks: Ranks) -> tuple[Values, Ranks]:
    """Make number and status agree: no number where the status has none, zero where the number is exactly zero."""
    plain = np.isin(ranks, (OK, ZERO))
    ranks = np.where(plain, np.where(values == 0, ZERO, OK), ranks).astype(np.uint8)
    return np.where(SAYS_NOTHING[ranks], np.nan, values), ranks
