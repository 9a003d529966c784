"""Everything published in one period, beside all relations between it: the attacker's blackboard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from sozialraum.audit.ground import Ground, Spot
from sozialraum.audit.knowledge import Region
from sozialraum.audit.outline import Flags, Floats
from sozialraum.tables import Status

Cells = NDArray[np.int64]
Key = tuple[str, str, str, str]
"""What a count is about: universe, where, area system, area."""


@dataclass(frozen=True, slots=True)
class Further:
    """Sums that other releases give away.

    Attributes:
        matrix: one row for each sum.
        right: what it is.
        reasons: for each in words why.
    """

    matrix: sp.csr_array
    right: Floats
    reasons: tuple[str, ...]

    @classmethod
    def none(cls, width: int) -> Further:
        """Return no sum at all over so many cells."""
        return cls(sp.csr_array((0, width), dtype=np.float64), np.zeros(0), ())

    def take(self, rows: Cells) -> Further:
        """Return some of the sums."""
        return Further(sp.csr_array(self.matrix[rows]), self.right[rows], tuple(self.reasons[row] for row in rows))


@dataclass(frozen=True)
class Board:
    """One period.

    Attributes:
        ground: the cells and the relations between them.
        numbers: what is published, 0 elsewhere.
        known: which cells are published.
        absent: cells of universes that an area tells nothing about, neither a number nor that it is withheld, though
            others of its system do.
        asked: the cells of withheld counts, with the counts (a region may be written in several ways).
        told_before: which numbers another release published, not this one.
        further: what other releases say about cells that are withheld in all of them.
        given_away: cells that another release withholds and this one tells, with the id of that release.
    """

    ground: Ground
    numbers: Floats
    known: Flags
    absent: Flags
    asked: Mapping[int, tuple[Key, ...]]
    told_before: Flags
    further: Further
    given_away: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def matrix(self) -> sp.csr_array:
        """Every relation: those of the ground and further ones."""
        if not self.further.right.size:
            return self.ground.matrix
        return sp.csr_array(sp.vstack([self.ground.matrix, self.further.matrix], format="csr"))

    @cached_property
    def columns(self) -> sp.csc_array:
        """The matrix, quick to take some cells of."""
        return self.matrix.tocsc() if self.further.right.size else self.ground.columns

    @cached_property
    def used(self) -> sp.csr_array:
        """Which cells each relation is about."""
        return abs(self.matrix) if self.further.right.size else self.ground.used

    @cached_property
    def right(self) -> Floats:
        """What each relation adds up to."""
        return np.concatenate([np.zeros(self.ground.matrix.shape[0]), self.further.right])

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """For each relation in words why."""
        return (*self.ground.reasons, *self.further.reasons)

    def cell(self, cell: int) -> tuple[Region, Spot]:
        """Return what a cell is about."""
        spot, region = divmod(cell, len(self.ground.outline.regions))
        return self.ground.outline.regions[region], self.ground.spots[spot]


def set_up(ground: Ground, counts: pl.DataFrame) -> Board:
    """Write down one period.

    Args:
        ground: its areas.
        counts: its counts that can be added up, with the position of their ``region``.
    """
    size = len(ground.spots) * len(ground.outline.regions)
    numbers, told, cells = np.zeros(size), np.zeros(size, dtype=np.bool_), _cells(ground, counts)
    published = counts["value"].is_not_null().to_numpy()
    numbers[cells[published]] = counts["value"].drop_nulls().to_numpy()
    told[cells[published]] = True
    known, asked = told.copy(), _asked(counts, cells)
    told[list(asked)] = True
    nothing = np.zeros(size, dtype=np.bool_)
    return Board(ground, numbers, known, _absent(ground, told), asked, nothing, Further.none(size))


def _cells(ground: Ground, counts: pl.DataFrame) -> Cells:
    rows = counts.select("area_system", "area", "region").iter_rows()
    width, spots = len(ground.outline.regions), ground.positions
    return np.array([spots[system, area] * width + region for system, area, region in rows], dtype=np.int64)


def _asked(counts: pl.DataFrame, cells: Cells) -> Mapping[int, tuple[Key, ...]]:
    withheld = counts["value"].is_null() & counts["status"].eq_missing(Status.SUPPRESSED.value)
    keys = counts.select("universe", "where", "area_system", "area").filter(withheld).iter_rows()
    asked: defaultdict[int, tuple[Key, ...]] = defaultdict(tuple)
    for cell, (universe, where, system, area) in zip(cells[withheld.to_numpy()].tolist(), keys, strict=True):
        asked[cell] += ((universe, where, system, area),)
    return asked


def _absent(ground: Ground, told: Flags) -> Flags:
    """Return the cells of universes that are told elsewhere in the area system, but not in the area.

    Areas of a reform are left out: one is told where the others, that cover the same ground, are not.
    """
    belongs = ground.outline.belongs
    here = told.reshape(len(ground.spots), -1) @ belongs > 0
    absent = ~here & ground.lasting[:, None]
    systems = np.array([system for system, _ in ground.spots])
    for system in np.unique(systems):
        absent[systems == system] &= here[systems == system].any(axis=0)
    return np.ravel(absent @ belongs.T > 0)
