"""The master problem: which cells to withhold at the least weight, as far as the cuts so far know (HiGHS)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from sozialraum.disclosure.cuts import Cut
from sozialraum.disclosure.elimination import Flags, Floats
from sozialraum.disclosure.polytope import QuietSolver, work
from sozialraum.errors import DoorError

BRANCHING = 25.0
"""So many times the work of its steps goes into a branch and bound, about: the solver does not count its own cuts."""

_INTEGER = highspy.HighsVarType.kInteger
_ENDED = (
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kSolutionLimit,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer of the master problem.

    Attributes:
        degree: to what degree each cell of the table is withheld; None where no whole answer was found in time.
        bound: no way of withholding that satisfies the cuts weighs less.
    """

    degree: Floats | None
    bound: float


class Master:
    """Chooses among free cells. Cuts are added as they are found.

    Attributes:
        work: how much was calculated so far, in the unit of :func:`polytope.work`.
    """

    def __init__(self, free: Flags, weight: Floats) -> None:
        self._free = np.flatnonzero(free)
        self._width = len(free)
        self._column = np.full(len(free), -1, dtype=np.int32)
        self._column[self._free] = np.arange(len(self._free))
        self._weight = weight
        self._rows = 0
        self.work = 0.0
        self._solver: Any = QuietSolver()
        options = highspy.HighsOptions()
        options.output_flag = False
        options.threads = 1
        options.presolve = "off"
        options.solver = "simplex"
        options.random_seed = 1
        self._solver.passOptions(options)
        count = len(self._free)
        none = np.zeros(0, dtype=np.int32)
        self._solver.addCols(count, weight[self._free], np.zeros(count), np.ones(count), 0, none, none, np.zeros(0))

    def add(self, cuts: Iterable[Cut]) -> None:
        """Ask for something more."""
        several = list(cuts)
        if not several:
            return
        starts = np.cumsum([0, *(len(cut.cells) for cut in several[:-1])]).astype(np.int32)
        cells = np.concatenate([cut.cells for cut in several])
        least = np.array([cut.least for cut in several])
        above = np.full(len(several), highspy.kHighsInf)
        weights = np.concatenate([cut.weights for cut in several])
        self._solver.addRows(len(several), least, above, len(cells), starts, self._column[cells], weights)
        self._rows += len(several)

    def relaxed(self) -> Proposal:
        """Return the cheapest answer with cells withheld in part.

        Raises:
            DoorError: nothing satisfies the cuts, or the solver gave up.
        """
        if not self._rows:
            return Proposal(np.zeros(self._width), 0.0)
        self._run()
        self._check(highspy.HighsModelStatus.kOptimal)
        solution = self._solver.getSolution()
        degree = self._spread(np.clip(np.asarray(solution.col_value, dtype=np.float64), 0.0, 1.0))
        return Proposal(degree, float(self._solver.getInfo().objective_function_value))

    def whole(self, gap: float, nodes: int) -> Proposal:
        """Return the cheapest answer with cells withheld wholly or not at all, by branch and bound.

        Args:
            gap: the answer may weigh more than the best one by this share.
            nodes: the most nodes of the search.

        Raises:
            DoorError: nothing satisfies the cuts, or the solver gave up.
        """
        if not self._rows:
            return Proposal(np.zeros(self._width), 0.0)
        solver = self._solver
        every = np.arange(len(self._free), dtype=np.int32)
        solver.changeColsIntegrality(len(every), every, np.full(len(every), _INTEGER, dtype=object))
        for name, value in (("mip_rel_gap", gap), ("mip_max_nodes", max(nodes, 1)), ("presolve", "on")):
            solver.setOptionValue(name, value)
        self._run(BRANCHING)
        self._check(*_ENDED)
        info = solver.getInfo()
        found = info.primal_solution_status == 2  # a whole answer that fits
        degree = self._spread(np.round(np.asarray(solver.getSolution().col_value))) if found else None
        return Proposal(degree, float(info.mip_dual_bound))

    def _run(self, times: float = 1.0) -> None:
        self._solver.run()
        self.work += times * work(self._solver, self._rows)

    def _check(self, *ended: Any) -> None:
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise DoorError("a number can not be protected by withholding others: the relations of the table are wrong")
        if status not in ended:
            name = self._solver.modelStatusToString(status)
            raise DoorError(f"the solver found no answer to what should be withheld ({name})")

    def _spread(self, values: Floats) -> Floats:
        spread = np.zeros(self._width)
        spread[self._free] = values
        return spread
