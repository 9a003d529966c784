"""Linear programmes over hidden numbers, solved by HiGHS (Huangfu and Hall 2018), deterministic and single-threaded."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from sozialraum.disclosure.elimination import Floats, Ints
from sozialraum.errors import DoorError


class Programme:
    """``matrix @ x = right`` and ``lower <= x <= upper``, asked again and again with other costs and bounds.

    The solver starts each question from the answer to the last one.

    Attributes:
        width: number of unknowns.
    """

    def __init__(self, matrix: sp.csc_array, right: Floats, lower: Floats, upper: Floats) -> None:
        self.width = matrix.shape[1]
        self._every = np.arange(self.width, dtype=np.int32)
        linear = highspy.HighsLp()
        linear.num_col_, linear.num_row_ = self.width, matrix.shape[0]
        linear.col_cost_ = np.zeros(self.width)
        linear.col_lower_, linear.col_upper_ = lower, upper
        linear.row_lower_, linear.row_upper_ = right, right
        linear.a_matrix_.start_ = matrix.indptr
        linear.a_matrix_.index_ = matrix.indices
        linear.a_matrix_.value_ = matrix.data
        self._solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("solver", "simplex"), ("presolve", "off")):
            self._solver.setOptionValue(option, value)
        self._solver.passModel(linear)

    def bound(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        """Set the bounds of some unknowns anew."""
        self._solver.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def minimise(self, cost: Floats) -> Floats | None:
        """Return the cheapest point, None where there is no point at all.

        Raises:
            DoorError: the solver gave up. Nothing may leave on an unproved answer.
        """
        self._solver.changeColsCost(self.width, self._every, cost)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return np.asarray(self._solver.getSolution().col_value, dtype=np.float64)
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        raise DoorError(f"the solver found no answer ({self._solver.modelStatusToString(status)})")


def nearest_fit(matrix: sp.csc_array, right: Floats) -> Floats:
    """Return non-negative numbers with ``matrix @ x = right``, or with the least total disagreement where none fit."""
    height, width = matrix.shape
    slack = sp.eye_array(height, format="csc")
    columns = sp.hstack([matrix, slack, -slack], format="csc")
    lower = np.zeros(width + 2 * height)
    programme = Programme(columns, right, lower, np.full_like(lower, np.inf))
    point = programme.minimise(np.concatenate([np.zeros(width), np.ones(2 * height)]))
    if point is None:
        raise DoorError("the relations of a table can not be read")
    return point[:width]
