"""What follows from known cells by adding and subtracting along the relations, and what hangs together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def waves(matrix: sp.csr_array, known: Flags) -> Iterator[tuple[Ints, Ints]]:
    """Yield what follows by adding and subtracting: rows with one unknown cell, and that cell; then what follows next.

    A cell may come with several rows, but in one wave only.
    """
    known = known.copy()
    pattern = abs(matrix)
    position = np.arange(len(known), dtype=np.float64)
    while True:
        open_cells = (~known).astype(np.float64)
        rows = np.flatnonzero(pattern @ open_cells == 1)
        if not rows.size:
            return
        cells = np.rint(pattern[rows] @ (open_cells * position)).astype(np.int64)
        yield rows, cells
        known[cells] = True


def settle(matrix: sp.csr_array, numbers: Floats, known: Flags) -> tuple[Floats, Flags]:
    """Work out the cells that follow from the known ones by adding and subtracting.

    Args:
        matrix: the relations.
        numbers: a number for each known cell, anything elsewhere.
        known: which cells are known.

    Returns:
        The numbers with those that follow, and which cells have been worked out.
    """
    numbers = np.where(known, numbers, 0.0)
    found = np.zeros_like(known)
    for rows, cells in waves(matrix, known):
        cells, first = np.unique(cells, return_index=True)
        some = matrix[rows[first]]
        sign = some.multiply(sp.csr_array((np.ones(len(cells)), (np.arange(len(cells)), cells)), some.shape)).sum(
            axis=1
        )
        numbers[cells] = -(some @ numbers) / sign
        found[cells] = True
    return numbers, found


def choose(columns: sp.csc_array, cells: Ints) -> tuple[sp.csc_array, Ints]:
    """Return the part of the relations that some cells are in: all their rows, these columns; and which rows."""
    part = columns[:, cells]
    rows, inner = np.unique(part.indices, return_inverse=True)
    return sp.csc_array((part.data, inner, part.indptr), shape=(len(rows), len(cells))), rows.astype(np.int64)


def components(columns: sp.csc_array, unknown: Flags, wanted: Ints) -> Iterator[Ints]:
    """Yield the unknown cells of each part of the table that hangs together by unknowns and holds a wanted one."""
    cells = np.flatnonzero(unknown)
    part, rows = choose(columns, cells)
    entries = part.tocoo()
    size = len(rows) + len(cells)
    graph = sp.coo_array((np.ones(entries.nnz), (entries.row, entries.col + len(rows))), shape=(size, size))
    label = connected_components(graph.tocsr(), directed=False)[1][len(rows) :]
    for number in np.unique(label[np.searchsorted(cells, wanted)]):
        yield cells[label == number]
