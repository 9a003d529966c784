"""Linear programmes over hidden numbers, solved by HiGHS (Huangfu and Hall 2018), deterministic and single-threaded."""

from __future__ import annotations

from functools import cache
from typing import Any

import highspy
import numpy as np

from sozialraum.disclosure.elimination import Flags, Floats, Ints, Slice
from sozialraum.errors import DoorError

_BASIS_STATUS = np.array([highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic], dtype=object)


class QuietSolver(highspy.Highs):
    """A solver without callbacks: setting them up takes time and prints a banner, whatever the options say."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()


def work(solver: Any, height: int) -> float:
    """Return how much a solver calculated for its last answer, in seconds of a slow machine.

    Counted in steps and rows, not read off a clock: a search that ends after so much work ends at the same place
    everywhere, always.
    """
    steps = max(int(solver.getInfo().simplex_iteration_count), 0)
    return 4e-4 + steps * (4e-6 + 2e-8 * height)


class Programme:
    """``part @ x = right`` and ``lower <= x <= upper``, asked again and again with other costs and bounds.

    The solver starts each question from the answer to the last one.

    Attributes:
        width: number of unknowns.
        work: how much was calculated so far, see :func:`work`.
    """

    def __init__(self, part: Slice, right: Floats, lower: Floats, upper: Floats) -> None:
        self._height, self.width = part.shape
        self._every = np.arange(self.width, dtype=np.int32)
        self.work = 0.0
        self._solver: Any = QuietSolver()
        self._solver.passOptions(_options())
        shape = (self.width, self._height, len(part.signs), int(highspy.MatrixFormat.kColwise), 1, 0.0)
        entries = (part.starts.astype(np.int32), part.rows.astype(np.int32), part.signs)
        bounds = (np.zeros(self.width), lower, upper, right, right)
        self._solver.passModel(*shape, *bounds, *entries, np.zeros(self.width, dtype=np.int32))

    def bound(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        """Set the bounds of some unknowns anew."""
        self._solver.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def begin(self, following: Flags) -> None:
        """Begin the next question where some unknowns follow, as far as they can, from the lower bounds of all others.

        Where only few have to move, this saves most of the solver's steps.
        """
        basis = highspy.HighsBasis()
        basis.col_status = _BASIS_STATUS[following.astype(np.intp)].tolist()
        basis.row_status = [highspy.HighsBasisStatus.kLower] * self._height
        basis.valid = basis.alien = True  # alien: the solver makes a basis of it, too many or dependent as they may be
        self._solver.setBasis(basis)

    def minimise(self, cost: Floats) -> Floats | None:
        """Return the cheapest point, None where there is no point at all.

        Raises:
            DoorError: the solver gave up. Nothing may leave on an unproved answer.
        """
        self._solver.changeColsCost(self.width, self._every, cost)
        self._solver.run()
        self.work += work(self._solver, self._height)
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return np.asarray(self._solver.getSolution().col_value, dtype=np.float64)
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        raise DoorError(f"the solver found no answer ({self._solver.modelStatusToString(status)})")

    def solution(self, cost: Floats) -> Floats:
        """Return the cheapest point of a programme that has points.

        Raises:
            DoorError: it has none, or the solver gave up.
        """
        point = self.minimise(cost)
        if point is None:
            raise DoorError("the numbers of a table contradict its relations")
        return point

    def prices(self) -> Floats:
        """Return what each row costs in the last answer: the dual solution, which proves that nothing is cheaper."""
        return np.asarray(self._solver.getSolution().row_dual, dtype=np.float64)


@cache
def _options() -> Any:
    options = highspy.HighsOptions()
    options.output_flag = False
    options.threads = 1
    options.solver = "simplex"
    options.presolve = "off"
    options.simplex_scale_strategy = 0  # there is nothing to scale: every coefficient is 1 or -1
    return options


def nearest_fit(part: Slice, right: Floats) -> Floats:
    """Return non-negative numbers with ``part @ x = right``, or with the least total disagreement where none fit."""
    height, width = part.shape
    slack = np.arange(height, dtype=np.int64)
    last = part.starts[-1]
    elastic = Slice(
        np.concatenate([part.starts, last + 1 + slack]),
        np.concatenate([part.rows, slack]),
        np.concatenate([part.signs, np.ones(height)]),
        part.origin,
    ).twice(width + slack)
    lower = np.zeros(width + 2 * height)
    programme = Programme(elastic, right, lower, np.full_like(lower, np.inf))
    point = programme.minimise(np.concatenate([np.zeros(width), np.ones(2 * height)]))
    if point is None:
        raise DoorError("the relations of a table can not be read")
    return point[:width]
