"""Small count rounding: only the inner cells that make a published number too small become 0 or the base.

Inner cells are the finest groups that are counted (women of 30 to 34 in the quarter 12); published numbers are sums of
them. Every inner cell that goes into a published number from 1 up to below the base is small itself; it becomes 0 or
the base. Which become the base is chosen so that published numbers deviate as little as they can (in squares). The
published numbers are then added up from the inner cells, so all tables agree with each other and with themselves.

If that makes another published number small, its inner cells are rounded too, and all are chosen anew.

Method: Heldal (2017), The European census hub 2011 hypercubes; Langsrud and Heldal (2018), An algorithm for small count
rounding of tabular data. There a step inspired by partial least squares chooses; here the steepest descent does, then
single changes and exchanges as long as they help, with ties going to the first cell. The same table gives the same
result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sozialraum.errors import DoorError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MANY = 2000
"""From so many rounded cells on no exchanges of two are tried: there are too many pairs, and too little to win."""

BETTER = 1e-9


@dataclass(frozen=True, slots=True)
class Rounded:
    """A table after small count rounding.

    Attributes:
        inner: the inner cells.
        published: the sums of them that are published.
        changed: which inner cells were rounded.
    """

    inner: Ints
    published: Ints
    changed: Flags


def round_small_counts(inner: Ints, sums: sp.csr_array, base: int) -> Rounded:
    """Round the necessary inner cells.

    Args:
        inner: counts of the inner cells, not negative.
        sums: published numbers x inner cells, 1 where a cell goes into a number.
        base: no published number lies from 1 up to below it.

    Raises:
        DoorError: the base is below 2, a count is negative, or the sums are of other cells.
    """
    if base < 2:
        raise DoorError(f"small counts can be rounded to 2 or more, not to {base}")
    if sums.shape[1] != len(inner) or (inner < 0).any():
        raise DoorError("small count rounding needs counts of units, one for each inner cell")
    rounded, changed = inner.copy(), np.zeros(len(inner), dtype=np.bool_)
    while (more := _too_small(rounded, sums, base) & ~changed & (inner > 0)).any():
        changed |= more
        rounded[changed] = base * _choose(inner[changed], sums[:, np.flatnonzero(changed)], base)
    return Rounded(rounded, np.asarray(sums @ rounded, dtype=np.int64), changed)


def _too_small(inner: Ints, sums: sp.csr_array, base: int) -> Flags:
    """Return which inner cells go into a published number that is too small."""
    published = sums @ inner
    small = (published > 0) & (published < base)
    return np.asarray(sums.T @ small.astype(np.int64) > 0) & (inner > 0)


def _choose(counts: Ints, sums: sp.csr_array, base: int) -> Ints:
    """Return which cells become the base, as 0 and 1."""
    among = np.asarray((sums.T @ sums).todense(), dtype=np.float64) if len(counts) <= MANY else None
    choice = _Choice(sums.astype(np.float64), counts.astype(np.float64), float(base), among)
    while choice.change_one() or choice.exchange_two():
        pass
    return choice.chosen.astype(np.int64)


class _Choice:
    """Which cells become the base; ``pull`` says for each by how much the numbers it is in lie below the truth."""

    def __init__(self, sums: sp.csr_array, counts: Floats, base: float, among: Floats | None) -> None:
        self._numbers = sums.tocsr()
        self._cells = self._numbers.T.tocsr()
        self._among = among
        self._base = base
        self._weight = np.asarray(self._numbers.sum(axis=0), dtype=np.float64).ravel()
        self._pull = np.asarray(self._cells @ (self._numbers @ counts), dtype=np.float64)
        self.chosen = np.zeros(len(counts), dtype=np.bool_)

    @property
    def _costs(self) -> Floats:
        """What the squared deviations change by if one cell changes sides."""
        sign = np.where(self.chosen, -1.0, 1.0)
        return self._base**2 * self._weight - 2 * self._base * sign * self._pull

    def _turn(self, cell: int) -> None:
        """Let a cell change sides; only cells that share a number with it are pulled otherwise then."""
        step = -self._base if not self.chosen[cell] else self._base
        for number in _entries(self._cells, cell):
            self._pull[_entries(self._numbers, number)] += step
        self.chosen[cell] = ~self.chosen[cell]

    def change_one(self) -> bool:
        """Let the cell change sides that gains most; tell whether one gained."""
        costs = self._costs
        if not len(costs) or costs.min() > -BETTER:
            return False
        self._turn(int(costs.argmin()))
        return True

    def exchange_two(self) -> bool:
        """Let the two cells change sides that gain most together; tell whether any did."""
        if self._among is None or not self.chosen.any() or self.chosen.all():
            return False
        costs, up, down = self._costs, np.flatnonzero(~self.chosen), np.flatnonzero(self.chosen)
        together = costs[up][:, None] + costs[down][None, :] - 2 * self._base**2 * self._among[np.ix_(up, down)]
        place = int(together.argmin())
        if together.ravel()[place] > -BETTER:
            return False
        first, second = divmod(place, len(down))
        self._turn(int(up[first]))
        self._turn(int(down[second]))
        return True


def _entries(matrix: sp.csr_array, row: int) -> NDArray[np.int32]:
    """Return the columns of a row that are not zero."""
    found: NDArray[np.int32] = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
    return found
