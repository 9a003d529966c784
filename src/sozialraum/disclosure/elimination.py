"""What follows from known cells by adding and subtracting along the relations, and what hangs together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOTHING = 1e-9
"""Sums of fractions that are closer to zero are zero."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Which cells add up to which, three times over, each the fastest for something.

    Attributes:
        matrix: one row for each relation, one column for each cell; products with true numbers are zero.
        pattern: the matrix without its signs.
        columns: the matrix once more, by columns.
    """

    matrix: sp.csr_array
    pattern: sp.csr_array
    columns: sp.csc_array

    @classmethod
    def of(cls, matrix: sp.csr_array) -> Sums:
        """Write a matrix down three times."""
        return cls(matrix, abs(matrix), matrix.tocsc())

    @property
    def width(self) -> int:
        """Number of cells."""
        return int(self.matrix.shape[1])

    def among(self, cells: Ints) -> Sums:
        """Return what some cells have to do with each other when all others are known: they alone, ascending."""
        part = choose(self.columns, cells).sparse()
        return Sums.of(part.tocsr())


def waves(pattern: sp.csr_array, known: Flags) -> Iterator[tuple[Ints, Ints]]:
    """Yield what follows by adding and subtracting: rows with one unknown cell, and that cell; then what follows next.

    A cell may come with several rows, but in one wave only.

    Args:
        pattern: the relations without their signs.
        known: which cells are known.
    """
    known = known.copy()
    position = np.arange(len(known), dtype=np.float64)
    while True:
        unknown = (~known).astype(np.float64)
        rows = np.flatnonzero(pattern @ unknown == 1)
        if not rows.size:
            return
        cells = np.rint((pattern @ (unknown * position))[rows]).astype(np.int64)
        yield rows, cells
        known[cells] = True


def settle(matrix: sp.csr_array, pattern: sp.csr_array, numbers: Floats, known: Flags) -> tuple[Floats, Flags]:
    """Work out the cells that follow from the known ones by adding and subtracting.

    Numbers that add up to nothing are nothing each: an area that was split has nobody left in it.

    Args:
        matrix: the relations.
        pattern: the relations without their signs.
        numbers: a number for each known cell, anything elsewhere.
        known: which cells are known.

    Returns:
        The numbers with those that follow, and which cells have been worked out.
    """
    numbers = np.where(known, numbers, 0.0)
    found = np.zeros_like(known)
    while True:
        for rows, cells in waves(pattern, known | found):
            cells, first = np.unique(cells, return_index=True)
            signs = matrix @ (~(known | found)).astype(np.float64)
            numbers[cells] = -((matrix @ numbers) / np.where(signs == 0, 1.0, signs))[rows[first]]
            found[cells] = True
        nothing = _nothing(matrix, pattern, numbers, ~(known | found))
        if not nothing.any():
            return numbers, found
        found |= nothing


def _nothing(matrix: sp.csr_array, pattern: sp.csr_array, numbers: Floats, unknown: Flags) -> Flags:
    """Return the unknown cells that add up to zero, unless there are negative numbers about."""
    if (numbers < 0).any():
        return np.zeros_like(unknown)
    several, signed = (side @ unknown.astype(np.float64) for side in (pattern, matrix))
    rows = (several > 1) & (np.abs(signed) == several) & (np.abs(matrix @ numbers) < NOTHING)
    return np.asarray(unknown & (pattern.T @ rows.astype(np.float64) > 0))


@dataclass(frozen=True, slots=True)
class Slice:
    """Some columns of the relations, with every row that one of them is in; plain arrays, for the solver.

    Attributes:
        starts: where each column's entries start, and the end.
        rows: the row of each entry, counted within the slice.
        signs: the value of each entry.
        origin: the row of the relations that each row is.
    """

    starts: Ints
    rows: Ints
    signs: Floats
    origin: Ints

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns."""
        return len(self.origin), len(self.starts) - 1

    def sparse(self) -> sp.csc_array:
        """Return the slice as a matrix."""
        return sp.csc_array((self.signs, self.rows, self.starts), shape=self.shape)

    def twice(self, again: Ints) -> Slice:
        """Return the slice with some columns repeated after the others with opposite signs."""
        sizes = np.diff(self.starts)[again]
        entries = np.repeat(self.starts[again] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        return Slice(
            np.concatenate([self.starts, self.starts[-1] + np.cumsum(sizes)]),
            np.concatenate([self.rows, self.rows[entries]]),
            np.concatenate([self.signs, -self.signs[entries]]),
            self.origin,
        )


def around(sums: Sums, cell: int, steps: int) -> Ints:
    """Return the cells that so many sums, one after the other, lead to from a cell, ascending."""
    cells = np.array([cell], dtype=np.int64)
    for _ in range(steps):
        rows = np.unique(sums.columns[:, cells].indices)
        cells = np.unique(sums.pattern[rows].indices).astype(np.int64)
    return cells


def choose(columns: sp.csc_array, cells: Ints) -> Slice:
    """Return the columns of some cells."""
    starts = np.asarray(columns.indptr, dtype=np.int64)
    sizes = starts[cells + 1] - starts[cells]
    ends = np.cumsum(sizes)
    entries = np.repeat(starts[cells] - ends + sizes, sizes) + np.arange(sizes.sum())
    origin, rows = np.unique(columns.indices[entries], return_inverse=True)
    return Slice(np.concatenate([[0], ends]), rows, columns.data[entries], origin.astype(np.int64))


def components(columns: sp.csc_array, unknown: Flags, wanted: Ints) -> Iterator[Ints]:
    """Yield the unknown cells of each part of the table that hangs together by unknowns and holds a wanted one."""
    cells = np.flatnonzero(unknown)
    part = choose(columns, cells)
    height, width = part.shape
    ties = (part.rows, np.repeat(np.arange(width), np.diff(part.starts)) + height)
    graph = sp.coo_array((np.ones(len(part.rows)), ties), shape=(height + width, height + width))
    label = connected_components(graph.tocsr(), directed=False)[1][height:]
    for number in np.unique(label[np.searchsorted(cells, wanted)]):
        yield cells[label == number]
