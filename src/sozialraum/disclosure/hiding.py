"""Keeps hidden numbers hidden: what an attacker could still work out, and what else must be withheld.

The attacker knows every published number, every relation, and that counts are not negative. A hidden number is safe
where what fits all of that spans a wide enough interval, or where all of it lies above what needs protection (nobody
can tell whether a number was withheld for itself or for another). Intervals are found by linear programming. Each
solution is remembered for every cell, so that few programmes prove many cells. Where an interval is too narrow, the
cheapest shift of numbers that widens it (least total weight, as in the network heuristics of Kelly, Golden and Assad
1992) says which further cells have to go. That is a good choice; the best one is sought by ``optimum``, which proves
what it finds with the same intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count

import numpy as np

from sozialraum.disclosure.elimination import Flags, Floats, Ints, Sums, choose, components, waves
from sozialraum.disclosure.polytope import Programme
from sozialraum.errors import DoorError

NearCells = Callable[[int], Iterable[Ints]]
"""Names cells (in ascending order) among which a counterweight for a cell may be: at first few, at last all."""

TOLERANCE = 1e-6
GOLDEN = (5**0.5 - 1) / 2
MANY = 300
"""From so many cells on, those that follow by adding and subtracting get a companion without a programme."""

THIN_WEIGHT = 10.0
"""A companion that is smaller than the width needed can hardly help."""

LAST_RESORT = 1e6
"""The weight of cells that can not be withheld, where nothing else helps."""

LARGE = 1000
"""Parts with more cells are not searched cell by cell: what is not soon seen to be safe there counts as narrow."""

PATIENCE = 3
"""So many turns in a row may prove nothing before cells are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What cells need, one entry for each cell.

    Attributes:
        width: how wide the interval of a hidden cell must be.
        floor: from here on a number needs no protection.
        weight: what it costs to withhold the cell; infinite where nobody publishes it but everybody knows it.
        whole: whether the numbers are whole numbers.
    """

    width: Floats
    floor: Floats
    weight: Floats
    whole: bool

    def of(self, cells: Ints) -> Demand:
        """Return what some of the cells need."""
        return Demand(self.width[cells], self.floor[cells], self.weight[cells], self.whole)


class Hiding:
    """Which cells of a table are hidden, and how wide each is seen to be.

    Attributes:
        hidden: cells without a published number.
        chosen: cells that were withheld for the sake of others.
    """

    def __init__(self, sums: Sums, numbers: Floats, hidden: Flags, demand: Demand) -> None:
        self.sums = sums
        self.numbers = numbers
        self.demand = demand
        self._least = np.minimum(numbers, 0.0)
        self._low, self._high = numbers.copy(), numbers.copy()
        self._proved_low = np.zeros(len(numbers), dtype=np.bool_)
        self._seen: dict[bytes, tuple[Floats, Floats, Flags]] = {}
        self.hidden = hidden.copy()
        self.chosen = np.zeros(len(numbers), dtype=np.bool_)

    @property
    def cost(self) -> float:
        """Total weight of the cells that were withheld for the sake of others."""
        return float(self.demand.weight[self.chosen].sum())

    def instead(self, chosen: Ints) -> Hiding:
        """Return the same table with other cells withheld for the sake of others; nothing of it is proved yet."""
        other = Hiding(self.sums, self.numbers, self.hidden & ~self.chosen, self.demand)
        other._seen = self._seen  # what can be seen of a part depends on nothing but the part
        other.hidden[chosen] = other.chosen[chosen] = True
        return other

    def protect(self, wanted: Ints, near: NearCells) -> None:
        """Withhold further cells until every wanted cell, and every cell withheld on the way, is safe."""
        if len(wanted) > MANY:
            self._pair_off(wanted)
        while (narrow := self.narrow(wanted)).size:
            for cell in narrow[np.lexsort((narrow, -self.demand.width[narrow]))]:
                if not self._safe(np.array([cell]))[0]:
                    self.widen(int(cell), near)

    def _spans(self, cells: Ints) -> Floats:
        low, high = self._low[cells], self._high[cells]
        if self.demand.whole:
            low, high = np.ceil(low - TOLERANCE), np.floor(high + TOLERANCE)
        return high - low

    def _safe(self, cells: Ints) -> Flags:
        spans = self._spans(cells)
        above = self._proved_low[cells] & (self._low[cells] >= self.demand.floor[cells] - TOLERANCE)
        return (spans >= self.demand.width[cells] - TOLERANCE) | (above & (spans > TOLERANCE))

    def _see(self, cells: Ints, point: Floats) -> None:
        self._low[cells] = np.minimum(self._low[cells], point)
        self._high[cells] = np.maximum(self._high[cells], point)

    # --- what an attacker can work out ------------------------------------------------------------------------------

    def narrow(self, wanted: Ints, *, thorough: bool = False, some: bool = False) -> Ints:
        """Return the cells, wanted or chosen, that are not safe. Those chosen in vain are published again.

        Args:
            wanted: the cells that must be safe whatever else is withheld.
            thorough: whether large parts of the table are searched cell by cell too, so that the answer is exact; else
                cells there that are not soon seen to be safe count as narrow.
            some: whether it is enough to know that there are such cells: others may be returned with them then.
        """
        self._proved_low[:] = False
        follows = np.zeros_like(self.hidden)
        for _, cells in waves(self.sums.pattern, ~self.hidden):
            follows[cells] = True
        self._release(np.flatnonzero(follows))
        wanted = np.union1d(wanted, np.flatnonzero(self.chosen))
        open_cells = wanted[~self._safe(wanted)]
        unknown = self.hidden & ~follows
        is_open = np.zeros_like(unknown)
        is_open[open_cells] = True
        if open_cells.size and not (some and follows[open_cells].any()):
            for cells in components(self.sums.columns, unknown, open_cells[unknown[open_cells]]):
                own = cells[is_open[cells]]
                self._explore(cells, own, thorough=thorough, some=some)
                if some and not self._safe(own[self.hidden[own]]).all():
                    break
        return wanted[~self._safe(wanted) & self.hidden[wanted]]

    def _release(self, known: Ints) -> None:
        """Publish those of some cells again that were chosen in vain: everybody can work them out all the same."""
        in_vain = known[self.chosen[known]]
        self.hidden[in_vain] = self.chosen[in_vain] = False

    def _explore(self, cells: Ints, wanted: Ints, *, thorough: bool, some: bool) -> None:
        """Look at a part as :meth:`_search` does, and begin with what was seen of the same part before."""
        part = cells.tobytes()
        if part in self._seen:
            low, high, proved_low = self._seen[part]
            self._see(cells, low)
            self._see(cells, high)
            self._proved_low[cells] |= proved_low
        if not self._safe(wanted).all():
            self._search(cells, wanted, thorough=thorough, some=some)
        self._seen[part] = self._low[cells], self._high[cells], self._proved_low[cells]

    def _search(self, cells: Ints, wanted: Ints, *, thorough: bool, some: bool) -> None:
        """Look for solutions until every wanted cell of a part is safe or its interval is known (if not too large)."""
        part = choose(self.sums.columns, cells)
        right = part.sparse() @ self.numbers[cells]
        programme = Programme(part, right, self._least[cells], np.full(len(cells), np.inf))
        idle = 0
        for turn in count(1):
            still = wanted[~self._safe(wanted)]
            if not still.size or idle == PATIENCE:
                break
            self._lower(programme, cells, still, turn)
            self._raise(programme, cells, still, turn)
            idle = 0 if self._safe(still).any() else idle + 1
        if thorough or len(cells) <= LARGE:
            for cell in wanted[~self._safe(wanted)]:
                self._single_out(programme, cells, cell)
                if some and self.hidden[cell] and not self._safe(np.array([cell]))[0]:
                    return

    def _lower(self, programme: Programme, cells: Ints, wanted: Ints, turn: int) -> None:
        self._see(cells, _down(programme, np.searchsorted(cells, wanted), turn))

    def _raise(self, programme: Programme, cells: Ints, wanted: Ints, turn: int) -> None:
        target = np.maximum(self._low[wanted] + self.demand.width[wanted], self.numbers[wanted])
        bounds = self._least[wanted], np.ceil(target - TOLERANCE)
        self._see(cells, _up(programme, np.searchsorted(cells, wanted), bounds, turn))

    def _single_out(self, programme: Programme, cells: Ints, cell: int) -> None:
        alone = np.array([cell])
        if not self._safe(alone)[0]:
            self._lower(programme, cells, alone, 1)
            self._proved_low[cell] = True
        if not self._safe(alone)[0]:
            self._raise(programme, cells, alone, 1)
            if self._high[cell] - self._low[cell] < TOLERANCE:
                self._release(alone)

    # --- what need not be withheld ----------------------------------------------------------------------------------

    def prune(self, wanted: Ints) -> None:
        """Publish the dearest chosen cells again as long as every cell stays safe, part by part of the table.

        Parts with more than :data:`LARGE` cells are left as they are.
        """
        is_wanted = np.zeros_like(self.hidden)
        is_wanted[wanted] = True
        for cells in components(self.sums.columns, self.hidden, np.flatnonzero(self.chosen)):
            if len(cells) <= LARGE:
                spare = self._spare(cells, np.flatnonzero(is_wanted[cells]))
                self.hidden[spare] = self.chosen[spare] = False
                if spare.size:  # what was seen of the others was seen with these hidden
                    self._low[cells] = self._high[cells] = self.numbers[cells]

    def _spare(self, cells: Ints, wanted: Ints) -> Ints:
        """Return the chosen cells of a part that need not be withheld."""
        own = np.flatnonzero(self.chosen[cells])
        part = Hiding(self.sums.among(cells), self.numbers[cells], ~self.chosen[cells], self.demand.of(cells))
        kept = own
        for cell in own[np.lexsort((own, -part.demand.weight[own]))]:
            if cell in kept:
                trial = part.instead(kept[kept != cell])
                if not trial.narrow(wanted, thorough=True, some=True).size:
                    kept = np.flatnonzero(trial.chosen)
        return cells[np.setdiff1d(own, kept)]

    # --- what else must be withheld ---------------------------------------------------------------------------------

    def _pair_off(self, wanted: Ints) -> None:
        """Give many cells at once a companion in the sum that gives them away. Fast, and withholds a little more."""
        among = np.zeros(len(self.numbers), dtype=np.bool_)
        among[wanted] = True
        while (companions := self._companions(among)).size:
            self.hidden[companions] = self.chosen[companions] = True

    def _companions(self, among: Flags) -> Ints:
        """Return the cheapest published cell of a sum that gives away one of some cells, one for each of them."""
        found = [(rows[among[cells]], cells[among[cells]]) for rows, cells in waves(self.sums.pattern, ~self.hidden)]
        rows = np.concatenate([np.zeros(0, dtype=np.int64), *(rows for rows, _ in found)])
        cells = np.concatenate([np.zeros(0, dtype=np.int64), *(cells for _, cells in found)])
        some = self.sums.matrix[rows].tocoo()
        published = ~self.hidden[some.col]
        cell, other = cells[some.row[published]], some.col[published].astype(np.int64)
        thin = self.numbers[other] < self.demand.width[cell]
        cost = np.where(thin, THIN_WEIGHT, 1.0) * self.demand.weight[other]
        order = np.lexsort((other, cost, cell))
        first = np.unique(cell[order], return_index=True)[1]
        return np.unique(other[order][first])

    def widen(self, cell: int, near: NearCells) -> None:
        """Withhold the cheapest cells that widen the interval of ``cell`` far enough.

        Raises:
            DoorError: no set of cells protects it, which means that the relations are wrong.
        """
        reach = np.ceil(self._low[cell] - TOLERANCE) + self.demand.width[cell] - self.numbers[cell]
        fall = min(self.demand.width[cell], self._low[cell] - self._least[cell])  # where it can not be more: less
        for way in (max(reach, 1.0), *([-fall] if fall > TOLERANCE else [])):
            for cells in near(cell):
                shift = self._shift(cell, way, cells)
                if shift is not None:
                    moved = cells[(np.abs(shift) > TOLERANCE) & ~self.hidden[cells]]
                    self.hidden[moved] = self.chosen[moved] = True
                    self._see(cells, self.numbers[cells] + shift)
                    return
        raise DoorError("a number can not be protected by withholding others: the relations of the table are wrong")

    def _shift(self, cell: int, reach: float, cells: Ints) -> Floats | None:
        """Return the cheapest change of ``cells`` that lifts ``cell`` by ``reach`` (or lowers it, where that is
        negative) and keeps every relation."""
        free = self.hidden[cells]
        fixed = cells[~free]
        part = choose(self.sums.columns, cells)
        cost = self.demand.weight[cells]
        weight = np.minimum(cost, LAST_RESORT)
        stuck = np.isinf(cost) & (len(cells) < len(self.numbers))
        room = np.where(stuck[~free], 0.0, np.maximum(self.numbers[fixed], 0.0))
        lower = np.where(free, self._least[cells] - self.numbers[cells], 0.0)
        place = np.searchsorted(cells, cell)
        lower[place] = reach
        upper = np.where(~free & stuck, 0.0, np.inf)
        upper[place] = np.inf if reach > 0 else reach
        rise = np.where(free, 0.0, weight / abs(reach))
        fall = weight[~free] / np.clip(room, 1e-3, abs(reach))
        programme = Programme(
            part.twice(np.flatnonzero(~free)),
            np.zeros(part.shape[0]),
            np.concatenate([lower, np.zeros(len(fixed))]),
            np.concatenate([upper, room]),
        )
        following = np.concatenate([free, np.zeros(len(fixed), dtype=np.bool_)])
        following[place] = False
        programme.begin(following)
        point = programme.minimise(np.concatenate([rise, fall]))
        if point is None:
            return None
        shift = point[: len(cells)].copy()
        shift[~free] -= point[len(cells) :]
        return shift


def _down(programme: Programme, places: Ints, turn: int) -> Floats:
    """Return a solution in which some unknowns are as small as possible, all in all."""
    cost = np.zeros(programme.width)
    cost[places] = uneven(places, turn)
    return programme.solution(cost)


def _up(programme: Programme, places: Ints, bounds: tuple[Floats, Floats], turn: int) -> Floats:
    """Return a solution in which some unknowns, each within bounds, are as large as possible, all in all."""
    least, ceiling = bounds
    programme.bound(places, least, ceiling)
    cost = np.zeros(programme.width)
    cost[places] = -uneven(places, turn)
    point = programme.solution(cost)
    programme.bound(places, least, np.full(len(places), np.inf))
    return point


def uneven(places: Ints, turn: int) -> Floats:
    """Return weights between 1 and 2, others each turn: with equal ones parts of a known sum would never move."""
    return np.asarray(1.0 + (places * turn * GOLDEN) % 1.0, dtype=np.float64)
