"""The cheapest mixture of known cells in which every house is once: a linear programme that more cells can join."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import highspy
import numpy as np

from sozialraum.microcells.compiled import Floats, Ints, compiled

Cell = tuple[int, ...]

_OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "solver": "simplex",
    "presolve": "off",
    "simplex_strategy": 4,  # primal: the last mixture stays possible when cells join
    "primal_feasibility_tolerance": 1e-10,
    "dual_feasibility_tolerance": 1e-10,
}


class _QuietSolver(highspy.Highs):
    """A solver without callbacks: setting them up takes time and prints a banner, whatever the options say."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()


class Mixture:
    """A linear programme of set partitioning over the cells that are known so far, solved by HiGHS.

    Args:
        apart: square units between any two houses; what a cell costs follows from it.
        households: of each house.
    """

    def __init__(self, apart: Floats, households: Ints) -> None:
        self._apart, self._households = apart, households
        self._known: set[Cell] = set()
        self._solver: Any = _QuietSolver()
        for option, value in _OPTIONS.items():
            self._solver.setOptionValue(option, value)
        once, starts = np.ones(len(households)), np.zeros(len(households), np.int32)
        self._solver.addRows(len(households), once, once, 0, starts, np.empty(0, np.int32), np.empty(0))

    def __len__(self) -> int:
        return len(self._known)

    def add(self, cells: Iterable[Cell]) -> int:
        """Let those cells join that are not known yet, each a sorted tuple of houses; return how many these are."""
        new = sorted(set(cells) - self._known)
        self._known.update(new)
        if not new:
            return 0
        houses, begins = flat(new)
        cost = pair_costs(self._apart, self._households, houses, begins)
        none, full = np.zeros(len(new)), np.full(len(new), np.inf)
        entries = (begins[:-1].astype(np.int32), houses.astype(np.int32), np.ones(len(houses)))
        self._solver.addCols(len(new), cost, none, full, len(houses), *entries)
        return len(new)

    def solve(self) -> tuple[float, Floats] | None:
        """Return what the cheapest mixture costs, and what each house is worth in it (its dual value).

        None if the solver gave up.
        """
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        worth = np.asarray(self._solver.getSolution().row_dual, dtype=np.float64)
        return float(self._solver.getInfo().objective_function_value), worth


def flat(cells: Sequence[Cell]) -> tuple[Ints, Ints]:
    """Return the houses of cells one cell after the other, and where each begins, with the length at the end."""
    begins = np.cumsum([0, *map(len, cells)], dtype=np.int64)
    return np.fromiter(chain.from_iterable(cells), np.int64, begins[-1]), begins


@compiled
def pair_costs(apart: Floats, households: Ints, houses: Ints, begins: Ints) -> Floats:
    """Return what cells cost: ``1/H * sum over pairs of houses of h_i h_j apart_ij`` (Huygens).

    Args:
        apart: square units between any two houses.
        households: of each house.
        houses: those of the cells, one cell after the other.
        begins: where each cell begins, and the length at the end.
    """
    found = np.zeros(len(begins) - 1)
    for number in range(len(found)):
        members = houses[begins[number] : begins[number + 1]]
        total = 0
        for place in range(len(members)):
            total += households[members[place]]
            for before in range(place):
                pair = households[members[place]] * households[members[before]]
                found[number] += pair * apart[members[place], members[before]]
        found[number] /= total
    return found
