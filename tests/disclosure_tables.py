"""Tables of numbers and sums without areas and measures, for tests of the choice of what to withhold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from sozialraum.disclosure.elimination import Sums
from sozialraum.disclosure.hiding import Demand, Hiding
from sozialraum.disclosure.optimum import Found, Limits, choose_best
from sozialraum.disclosure.weights import weights

BEST = 1e9
"""So many seconds that the search ends by itself."""


@dataclass(frozen=True)
class Table:
    """Named numbers, sums among them, and which are withheld for themselves."""

    names: Sequence[object]
    numbers: np.ndarray
    matrix: np.ndarray
    hidden: np.ndarray
    wanted: np.ndarray
    minimum: int

    def hiding(self) -> Hiding:
        demand = Demand(
            width=np.full(len(self.numbers), float(self.minimum)),
            floor=np.where(self.wanted, np.inf, float(self.minimum)),
            weight=self.weight,
            whole=True,
        )
        return Hiding(Sums.of(sp.csr_array(self.matrix)), self.numbers, self.hidden, demand)

    @property
    def weight(self) -> np.ndarray:
        nothing = np.zeros(len(self.numbers), dtype=bool)
        return weights(self.numbers, whole=nothing, height=nothing.astype(int), kept=nothing)

    def narrow(self) -> set[object]:
        """Which withheld cells are not safe."""
        table = self.hiding()
        table.chosen[:] = self.hidden & ~self.wanted
        return {self.names[i] for i in table.narrow(np.flatnonzero(self.wanted), thorough=True)}

    def interval(self, name: object) -> tuple[float, float]:
        """What an attacker can say about a cell, by scipy."""
        from scipy.optimize import linprog

        place = self.names.index(name)
        bounds = [(0, None) if h else (n, n) for h, n in zip(self.hidden, self.numbers, strict=True)]
        ends = []
        for sign in (1, -1):
            cost = np.zeros(len(self.numbers))
            cost[place] = sign
            done = linprog(cost, A_eq=self.matrix, b_eq=np.zeros(len(self.matrix)), bounds=bounds)
            ends.append(sign * done.fun if done.status == 0 else np.inf)
        return round(ends[0], 6), round(ends[1], 6)


@dataclass(frozen=True)
class Chosen:
    """What was withheld, and how good that is."""

    table: Table
    chosen: np.ndarray
    found: Found

    @property
    def names(self) -> set[object]:
        return {self.table.names[i] for i in np.flatnonzero(self.chosen)}

    @property
    def secondary(self) -> int:
        return int(self.chosen.sum())

    @property
    def cost(self) -> float:
        return float(self.table.weight[self.chosen].sum())

    @property
    def bound(self) -> float:
        return self.found.bound

    @property
    def is_best(self) -> bool:
        return self.found.best

    def at(self, row: int, column: int) -> bool:
        return bool(self.table.hidden[self.table.names.index((row, column))])


def table_of(
    numbers: Mapping[object, float],
    sums: Iterable[tuple[object, Iterable[object]]],
    *,
    minimum: int,
    primary: Iterable[object] | None = None,
) -> Table:
    """Numbers by name, and which are the sum of which; those below the minimum are withheld if none are named."""
    names = list(numbers)
    values = np.array([numbers[name] for name in names], dtype=float)
    rows = []
    for whole, parts in sums:
        row = np.zeros(len(names))
        row[names.index(whole)] = 1.0
        row[[names.index(part) for part in parts]] = -1.0
        rows.append(row)
    matrix = np.array(rows)
    assert not (matrix @ values).any(), "these sums are wrong"
    small = (values > 0) & (values < minimum)
    hidden = small if primary is None else np.isin(np.arange(len(names)), [names.index(p) for p in primary])
    return Table(names, values, matrix, hidden, hidden.copy(), minimum)


def crossed(inner: np.ndarray, *, minimum: int, primary: Iterable[tuple[int, int]] | None = None) -> Table:
    """A table of rows and columns with their totals, which are called (row, None), (None, column), (None, None)."""
    height, width = inner.shape
    rows, columns = [*range(height), None], [*range(width), None]
    full = np.zeros((height + 1, width + 1))
    full[:-1, :-1] = inner
    full[-1], full[:, -1] = full.sum(axis=0), full.sum(axis=1)
    full[-1, -1] = inner.sum()
    numbers = {(r, c): full[i, j] for i, r in enumerate(rows) for j, c in enumerate(columns)}
    sums = [((r, None), [(r, c) for c in range(width)]) for r in rows]
    sums += [((None, c), [(r, c) for r in range(height)]) for c in columns]
    return table_of(numbers, sums, minimum=minimum, primary=primary)


def interval_of(table: Table, name: object) -> tuple[float, float]:
    return table.interval(name)


def best(table: Table, *, seconds: float = BEST, gap: float = 0.0) -> Chosen:
    """Search for the best choice."""
    hiding = table.hiding()
    found = choose_best(hiding, np.flatnonzero(table.wanted), everywhere(table), Limits(seconds, gap))
    after = Table(table.names, table.numbers, table.matrix, hiding.hidden, table.wanted, table.minimum)
    return Chosen(after, hiding.chosen, found)


def everywhere(table: Table):
    def near(cell: int) -> Iterator[np.ndarray]:
        yield np.arange(len(table.numbers))

    return near
