"""What an attacker's success says about every way of withholding: cuts for the search of the best one.

Let each cell be withheld to a degree between 0 and 1. The attacker knows the rest: a cell may be away from its true
value only as far as it is withheld. Where the interval of a cell comes out too narrow, the dual solutions of the two
linear programmes that bound it prove it, and they prove the same of every other way of withholding that opens no cell
which the proof relies on. That is a linear inequality, a *cut*, and every safe way of withholding satisfies it
(Fischetti and Salazar 2001: capacity constraints for sliding protection levels).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from sozialraum.disclosure.elimination import Flags, Floats, Ints, choose, components, waves
from sozialraum.disclosure.hiding import TOLERANCE, Hiding, uneven
from sozialraum.disclosure.polytope import Programme

NONE = 1e-7
"""A degree or a price below this is none."""

VIOLATED = 1e-4
"""A cut that is missed by less than this share of what it asks for is not worth having."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The weights of the cells that are withheld add up to ``least`` or more, in every safe way of withholding."""

    cells: Ints
    weights: Floats
    least: float

    def misses(self, degree: Floats) -> bool:
        """Whether cells withheld to a degree do not satisfy it."""
        return bool(self.weights @ degree[self.cells] < self.least - VIOLATED * max(abs(self.least), 1.0))

    def only_with(self, cells: Ints) -> Cut:
        """Return a cut that asks for the same where all of some cells are withheld, and for nothing elsewhere."""
        both = np.union1d(self.cells, cells).astype(np.int64)
        weights = np.zeros(len(both))
        weights[np.searchsorted(both, self.cells)] = self.weights
        weights[np.searchsorted(both, cells)] -= self.least
        return Cut(both, weights, self.least * (1 - len(cells)))


@dataclass(frozen=True, slots=True)
class _Proof:
    """A cell whose interval is too narrow, and why.

    Attributes:
        cell: the cell.
        prices: of all rows, in two columns: for the lower end of the interval and for the upper one.
        moved: the cells that are not at their true values where the cell is smallest.
    """

    cell: int
    prices: Floats
    moved: Ints


@dataclass(frozen=True, slots=True)
class _Reliance:
    """What a proof relies on.

    Attributes:
        cells: cells that must not move, or not far.
        gain: for each what it adds to the interval where it may fall to nothing.
        rising: whether the interval has no end where the cell may rise.
    """

    cells: Ints
    gain: Floats
    rising: Flags


class Attacker:
    """Attacks ways of withholding.

    Attributes:
        always: cells that are hidden whatever is withheld.
        free: cells that may be withheld or not.
        work: how much was calculated so far, in the unit of :func:`polytope.work`.
    """

    def __init__(self, table: Hiding) -> None:
        self._sums = table.sums
        self._numbers = table.numbers
        self._demand = table.demand
        self._room = np.maximum(table.numbers, 0.0)
        self.always: Flags = table.hidden & ~table.chosen
        self.free: Flags = ~self.always & np.isfinite(table.demand.weight)
        self._entries = table.sums.pattern.tocoo()
        self._wide_enough: set[bytes] = set()
        self.work = 0.0

    def alone(self, degree: Floats) -> list[Cut]:
        """Return cuts for cells that are withheld further than all others of a sum together: they give themselves away.

        No best way of withholding has such a cell: it would protect nobody.
        """
        pattern = self._sums.pattern
        degree = np.where(self.always, 1.0, degree)
        own, together = degree[self._entries.col], (pattern @ degree)[self._entries.row]
        lonely = self.free[self._entries.col] & (2.0 * own > together + VIOLATED)
        cuts = []
        for row, cell in zip(self._entries.row[lonely], self._entries.col[lonely], strict=True):
            others = pattern.indices[pattern.indptr[row] : pattern.indptr[row + 1]].astype(np.int64)
            others = others[(others != cell) & self.free[others]]
            cuts.append(Cut(np.append(others, int(cell)), np.append(np.ones(len(others)), -1.0), 0.0))
        return cuts

    def in_part(self, degree: Floats, wanted: Ints) -> list[Cut]:
        """Return the cuts that cells withheld to a degree do not satisfy, for the sake of some cells."""
        degree = np.where(self.always, 1.0, np.where(self.free & (degree > NONE), degree, 0.0))
        reach = self._demand.width[wanted].max(initial=1.0)
        lower = -degree * np.where(self.free, np.minimum(self._room, reach), self._room)
        upper = np.where(self.free, reach * degree, np.where(self.always, np.inf, 0.0))
        cuts = (self._cut(p.cell, reliance) for p, reliance in self._proofs((lower, upper), wanted, certain=False))
        return [cut for cut in cuts if cut is not None and cut.misses(degree)]

    def in_full(self, hidden: Flags, narrow: Ints) -> list[Cut]:
        """Return cuts against hiding exactly some cells, which leaves others too narrow.

        A cell that needs no protection unless it is withheld asks for it only together with the other cells that make
        it look too small.

        Args:
            hidden: the cells that are hidden.
            narrow: the cells whose intervals are then too narrow.
        """
        bounds = np.where(hidden, -self._room, 0.0), np.where(hidden, np.inf, 0.0)
        degree = hidden.astype(np.float64)
        cuts = []
        for proof, reliance in self._proofs(bounds, narrow, certain=True):
            cut = self._cut(proof.cell, reliance)
            if cut is None or not cut.misses(degree):
                cut = self._open_one(reliance, hidden)
            cuts.append(cut.only_with(proof.moved[self.free[proof.moved]]) if self.free[proof.cell] else cut)
        return cuts

    # --- from proofs to cuts ----------------------------------------------------------------------------------------

    def _cut(self, cell: int, reliance: _Reliance) -> Cut | None:
        """Turn a proof into a cut: what each cell may add to the interval if it is withheld; None where it is void."""
        cells, gain, rising = reliance.cells, reliance.gain, reliance.rising
        always = self.always[cells]
        need = float(self._demand.width[cell] - gain[always].sum())
        if rising[always].any() or need <= TOLERANCE:
            return None
        weights = np.where(rising, need, np.minimum(gain, need))
        useful = self.free[cells] & (weights > 0)
        return Cut(cells[useful], weights[useful], need)

    def _open_one(self, reliance: _Reliance, hidden: Flags) -> Cut:
        """Return that at least one of the published cells that a proof relies on must be withheld."""
        cells = reliance.cells[(self.free & ~hidden)[reliance.cells]]
        return Cut(cells, np.ones(len(cells)), 1.0)

    # --- proofs -----------------------------------------------------------------------------------------------------

    def _proofs(
        self, bounds: tuple[Floats, Floats], wanted: Ints, *, certain: bool
    ) -> Iterator[tuple[_Proof, _Reliance]]:
        """Yield a proof for each cell that is too narrow, with what that proof relies on.

        Args:
            bounds: how far each cell may move, down and up.
            wanted: the cells that are looked at.
            certain: whether it is known that all of them are too narrow.
        """
        moving = (bounds[0] < 0) | (bounds[1] > 0)
        following = [_once(rows, cells) for rows, cells in waves(self._sums.pattern, ~moving)]
        inside = moving.copy()
        for _, cells in following:
            inside[cells] = False
        fixed = wanted[~inside[wanted]]
        proofs = [_Proof(int(cell), np.zeros((self._height, 2)), np.array([cell])) for cell in fixed]
        wanted = wanted[inside[wanted]]
        self.work += 2e-6 * self._sums.width
        if wanted.size:
            for cells in components(self._sums.columns, inside, wanted):
                look = self._look if certain else self._look_once
                proofs += look(cells, bounds, np.intersect1d(cells, wanted))
        return zip(proofs, self._reduce(proofs, following), strict=True)

    @property
    def _height(self) -> int:
        return int(self._sums.matrix.shape[0])

    def _reduce(self, proofs: list[_Proof], following: list[tuple[Ints, Ints]]) -> Iterator[_Reliance]:
        """Yield for each proof the cells with reduced costs.

        Cells that follow from others by adding and subtracting get none: the rows they follow by are priced so.
        """
        if not proofs:
            return
        prices = np.concatenate([proof.prices for proof in proofs], axis=1)
        place = np.repeat([proof.cell for proof in proofs], 2), np.arange(2 * len(proofs))
        signs = np.tile([1.0, -1.0], len(proofs))
        goal = sp.csc_array((signs, place), shape=(self._sums.width, len(signs))).tocsr()
        for rows, cells in reversed(following):
            price = goal[cells] - self._sums.columns[:, cells].T @ prices
            prices[rows] += price / np.asarray(self._sums.matrix[rows, cells]).ravel()[:, None]
        reduced = (goal - self._sums.matrix.T @ sp.csr_array(prices)).tocsc()
        for number in range(len(proofs)):
            some = slice(reduced.indptr[2 * number], reduced.indptr[2 * number + 2])
            yield self._relied(reduced.indices[some], reduced.data[some])

    def _relied(self, cells: Any, reduced: Floats) -> _Reliance:
        """Add up the reduced costs for both ends of an interval."""
        true = np.abs(reduced) > NONE
        which, place = np.unique(cells[true], return_inverse=True)
        fall, rise = (np.bincount(place, np.maximum(side, 0.0), len(which)) for side in (reduced[true], -reduced[true]))
        gain = np.asarray(fall * self._room[which], dtype=np.float64)
        return _Reliance(which.astype(np.int64), gain, rise > 0)

    def _look_once(self, cells: Ints, bounds: tuple[Floats, Floats], wanted: Ints) -> list[_Proof]:
        """Look for cells of a part that are too narrow, unless it was seen just so before and none was."""
        seen = b"|".join(array.tobytes() for array in (cells, bounds[0][cells], bounds[1][cells], wanted))
        if seen in self._wide_enough:
            return []
        proofs = self._look(cells, bounds, wanted, certain=False)
        if not proofs:
            self._wide_enough.add(seen)
        return proofs

    def _look(self, cells: Ints, bounds: tuple[Floats, Floats], wanted: Ints, *, certain: bool = True) -> list[_Proof]:
        """Return proofs for the cells of one part of the table that are too narrow; for all where that is certain."""
        part = choose(self._sums.columns, cells)
        search = _Search(Programme(part, np.zeros(part.shape[0]), bounds[0][cells], bounds[1][cells]), cells, bounds)
        places, width = np.searchsorted(cells, wanted), self._demand.width[wanted]
        if not certain:
            search.together(places, width)
        proofs = []
        for place, cell, needed in zip(places.tolist(), wanted.tolist(), width.tolist(), strict=True):
            if not certain and search.span(place) >= needed - TOLERANCE:
                continue
            down, moved = search.lowest(place)
            bottom = search.low[place]
            if self._demand.whole:
                bottom = np.ceil(bottom + self._numbers[cell] - TOLERANCE) - self._numbers[cell]
            up = search.highest(place, bottom + needed)
            if certain or search.span(place) < needed - TOLERANCE:
                prices = np.zeros((self._height, 2))
                prices[part.origin, 0], prices[part.origin, 1] = down, up
                proofs.append(_Proof(cell, prices, cells[moved]))
        self.work += search.work
        return proofs


class _Search:
    """Asks how far cells of one part of a table can move, and remembers what was seen of all of them."""

    def __init__(self, programme: Programme, cells: Ints, bounds: tuple[Floats, Floats]) -> None:
        self._programme = programme
        self._lower, self._upper = bounds[0][cells], bounds[1][cells]
        self.low, self.high = np.zeros(len(cells)), np.zeros(len(cells))

    @property
    def work(self) -> float:
        return self._programme.work

    def span(self, place: int) -> float:
        return float(self.high[place] - self.low[place])

    def together(self, places: Ints, width: Floats) -> None:
        """See many cells small and large at once: most are wide enough, and few programmes show it."""
        for turn in (1, 2):
            wanting = self.high[places] - self.low[places] < width - TOLERANCE
            still = places[wanting]
            if not still.size:
                return
            cost = np.zeros(self._programme.width)
            cost[still] = uneven(still, turn)
            self._ask(cost)
            self._capped(still, self.low[still] + width[wanting], -cost)

    def lowest(self, place: int) -> tuple[Floats, Ints]:
        """See a cell as small as it can be; return the prices of the rows and the places of the cells that moved."""
        point = self._ask(self._alone(place))
        return self._programme.prices(), np.flatnonzero(np.abs(point) > TOLERANCE)

    def highest(self, place: int, cap: float) -> Floats:
        """See a cell as large as it can be below a cap; return the prices of the rows."""
        self._capped(np.array([place]), np.array([cap]), -self._alone(place))
        return self._programme.prices()

    def _alone(self, place: int) -> Floats:
        cost = np.zeros(self._programme.width)
        cost[place] = 1.0
        return cost

    def _capped(self, places: Ints, caps: Floats, cost: Floats) -> None:
        caps = np.maximum(np.minimum(caps, self._upper[places]), 0.0)
        self._programme.bound(places, self._lower[places], caps)
        self._ask(cost)
        self._programme.bound(places, self._lower[places], self._upper[places])

    def _ask(self, cost: Floats) -> Floats:
        point = self._programme.solution(cost)
        self.low, self.high = np.minimum(self.low, point), np.maximum(self.high, point)
        return point


def _once(rows: Ints, cells: Ints) -> tuple[Ints, Ints]:
    """Return each cell of a wave with one of the rows it follows by."""
    cells, first = np.unique(cells, return_index=True)
    return rows[first], cells
