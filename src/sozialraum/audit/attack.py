"""The attack itself: first plain adding and subtracting, then everything that non-negative numbers allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from sozialraum.audit.board import Board, Cells
from sozialraum.audit.outline import Flags, Floats
from sozialraum.errors import SozialraumError

EXACT = 1e-6
IDLE_ROUNDS = 2
FEW = 12
"""In a part with so few unknowns both ends of every interval are found, wide as it may be."""
FAR = 1e9
"""Numbers that can be as large as this have no limit."""


@dataclass(slots=True)
class Knowledge:
    """What the attacker has found out about each cell of a board.

    Attributes:
        numbers: published or worked out.
        known: which cells those are.
        worked_out: for each cell that was worked out the row that gave it away, -1 elsewhere.
        low: smallest value seen possible.
        high: largest value seen possible.
        proved: whether low and high are proved to be the ends.
    """

    numbers: Floats
    known: Flags
    worked_out: Cells
    low: Floats
    high: Floats
    proved: Flags


Enough = Callable[[Cells, Floats, Floats], Flags]
"""Tells of cells and their intervals which are wide enough to stop."""


def attack(board: Board, enough: Enough, goal: Floats, beside: Flags | None = None) -> Knowledge:
    """Work out all that can be worked out about the withheld counts of a board.

    Where a period tells nothing at all about a universe in an area, the attacker takes it that the area has none of it
    (it was split or merged), unless the sums show otherwise.

    Args:
        board: the period.
        enough: whether intervals are wide enough to look no further.
        goal: for each cell how wide an interval must be to be wide enough.
        beside: cells to look at beside those, until they are seen to be wide enough.
    """
    knowledge = settle(board)
    asked = np.zeros_like(board.known)
    asked[list(board.asked)] = True
    wanted = asked if beside is None else asked | beside
    right = board.right - board.matrix @ np.where(knowledge.known, knowledge.numbers, 0.0)
    for unknowns, columns in parts(board.columns, ~knowledge.known, wanted):
        part = _Part(knowledge, unknowns, columns, right)
        if len(unknowns) <= FEW:
            part.measure(unknowns[asked[unknowns]])
        part.explore(unknowns[wanted[unknowns]], enough, goal)
    return knowledge


def left_over(board: Board) -> Flags:
    """Return the cells that nobody tells and nobody asks for, which follow where everything withheld is known."""
    told = board.known.copy()
    told[list(board.asked)] = True
    return np.asarray(_add_and_subtract(board, told).worked_out >= 0)


def settle(board: Board) -> Knowledge:
    """Work out what follows by plain adding and subtracting."""
    knowledge = _add_and_subtract(board, board.known)
    gone = board.absent & ~(knowledge.known & (np.abs(knowledge.numbers) > EXACT))
    return _add_and_subtract(board, board.known | gone) if gone.any() else knowledge


def _add_and_subtract(board: Board, known: Flags) -> Knowledge:
    """Solve every relation with one unknown, again and again."""
    numbers, known = board.numbers.copy(), known.copy()
    given_by = np.full(len(numbers), -1, dtype=np.int64)
    matrix, used = board.matrix, board.used
    identity = np.arange(len(numbers), dtype=np.float64)
    while True:
        open_cells = (~known).astype(np.float64)
        rows = np.flatnonzero(used @ open_cells == 1.0)
        if not rows.size:
            return Knowledge(numbers, known, given_by, numbers.copy(), numbers.copy(), known.copy())
        cells = np.rint(used[rows] @ (open_cells * identity)).astype(np.int64)
        cells, first = np.unique(cells, return_index=True)
        relations = matrix[rows[first]]
        signs = relations @ open_cells
        numbers[cells] = (board.right[rows[first]] - relations @ (numbers * known)) / signs
        known[cells], given_by[cells] = True, rows[first]


def parts(every: sp.csc_array, unknown: Flags, wanted: Flags) -> Iterator[tuple[Cells, sp.csc_array]]:
    """Yield the unknowns that hang together, for each group with a wanted one, and the relations of those."""
    unknowns = np.flatnonzero(unknown)
    if not wanted[unknowns].any():
        return
    label = _groups(every[:, unknowns])
    order = np.argsort(label, kind="stable")
    unknowns, label = unknowns[order], label[order]
    columns = every[:, unknowns]
    for number in np.unique(label[wanted[unknowns]]):
        first, end = np.searchsorted(label, (number, number + 1))
        yield unknowns[first:end], _between(columns, first, end)


def _groups(columns: sp.csc_array) -> Cells:
    """Number the columns so that those have the same number which hang together by relations."""
    height, width = columns.shape
    entries = columns.tocoo()
    size = width + height
    ties = sp.coo_array((np.ones(entries.nnz), (entries.col, entries.row + width)), shape=(size, size))
    return np.asarray(connected_components(ties.tocsr(), directed=False)[1][:width], dtype=np.int64)


def _between(columns: sp.csc_array, first: int, end: int) -> sp.csc_array:
    """Return some columns that stand side by side; the library's own way is slow."""
    starts = columns.indptr[first : end + 1]
    inside = slice(starts[0], starts[-1])
    content = (columns.data[inside], columns.indices[inside], starts - starts[0])
    return sp.csc_array(content, shape=(columns.shape[0], end - first))


def contradicted(columns: sp.csc_array, right: Floats, trust: Floats) -> Cells:
    """Return the relations that are given up where no numbers satisfy all: those differ by as little as can be.

    Args:
        columns: unknowns that hang together.
        right: what each relation adds up to.
        trust: what it costs to give up a relation, for each by which it differs.
    """
    rows, places = np.unique(columns.indices, return_inverse=True)
    matrix = sp.csc_array((columns.data, places, columns.indptr), shape=(len(rows), columns.shape[1]))
    if _solution(_solver(matrix, right[rows], right[rows])) is not None:
        return np.zeros(0, dtype=np.int64)
    elastic = _elastic(matrix)
    width = columns.shape[1]
    point = _minimise(
        _solver(elastic, right[rows], right[rows]), np.concatenate([np.zeros(width), trust[rows], trust[rows]])
    )
    differs = point[width : width + len(rows)] + point[width + len(rows) :]
    return np.asarray(rows[differs > EXACT], dtype=np.int64)


def _elastic(matrix: sp.csc_array) -> sp.csc_array:
    """Return relations that may differ, by what two further unknowns each say."""
    eye = sp.eye_array(matrix.shape[0], format="csc")
    return sp.csc_array(sp.hstack([matrix, eye, -eye], format="csc"))


class _Part:
    """The possible values of unknowns that hang together."""

    def __init__(self, knowledge: Knowledge, unknowns: Cells, columns: sp.csc_array, right: Floats) -> None:
        self._knowledge = knowledge
        self._unknowns = unknowns
        rows, places = np.unique(columns.indices, return_inverse=True)
        self._matrix = sp.csc_array((columns.data, places, columns.indptr), shape=(len(rows), len(unknowns)))
        self._right = right[rows]
        self._random = np.random.default_rng(0)
        plain = _solver(self._matrix, self._right, self._right)
        point = _solution(plain)
        self._solver, point = (plain, point) if point is not None else self._forgive()
        knowledge.low[unknowns], knowledge.high[unknowns] = point, point

    def _forgive(self) -> tuple[Any, Floats]:
        """Set up a solver, with some solution, where published numbers contradict each other: any contradiction goes
        that is as small, all in all, as it can be."""
        height, width = self._matrix.shape
        elastic = _elastic(self._matrix)
        total = np.concatenate([np.zeros(width), np.ones(2 * height)])
        point = _minimise(_solver(elastic, self._right, self._right), total)
        least = float(point[width:].sum())
        bounded = sp.vstack([elastic, sp.csr_array(total[None, :])], format="csc")
        lower, upper = np.append(self._right, 0.0), np.append(self._right, least * (1 + EXACT) + EXACT)
        return _solver(bounded, lower, upper), point[:width]

    def measure(self, cells: Cells) -> None:
        """Find both ends of the intervals of cells."""
        for cell in cells:
            self._find_ends(cell)

    def explore(self, wanted: Cells, enough: Enough, goal: Floats) -> None:
        """Find the intervals of wanted cells, until each is seen to be wide enough."""
        wanted = wanted[~self._knowledge.proved[wanted]]
        idle = 0
        while idle < IDLE_ROUNDS and (still := self._narrow(wanted, enough)).size:
            self._push(still, None)
            self._push(still, goal[still])
            idle = idle + 1 if len(self._narrow(still, enough)) == len(still) else 0
        for cell in self._narrow(wanted, enough):
            if self._narrow(np.array([cell]), enough).size:
                self._find_ends(cell)

    def _find_ends(self, cell: int) -> None:
        alone = np.array([cell])
        self._push(alone, None)
        self._push(alone, np.full(1, FAR))
        self._knowledge.proved[cell] = True

    def _narrow(self, cells: Cells, enough: Enough) -> Cells:
        return cells[~enough(cells, self._knowledge.low[cells], self._knowledge.high[cells])]

    def _push(self, cells: Cells, goal: Floats | None) -> None:
        """Make cells as small as possible, or (given how wide they must be) as large as possible up to there."""
        places = np.searchsorted(self._unknowns, cells).astype(np.int32)
        weights = self._random.uniform(1.0, 2.0, len(cells))
        nothing, endless = np.zeros(len(cells)), np.full(len(cells), np.inf)
        cost = np.zeros(self._solver.getNumCol())
        cost[places] = weights if goal is None else -weights
        if goal is not None:
            ceiling = np.maximum(np.ceil(self._knowledge.low[cells]) + goal, self._knowledge.high[cells])
            self._solver.changeColsBounds(len(cells), places, nothing, ceiling)
        point = _minimise(self._solver, cost)[: len(self._unknowns)]
        self._solver.changeColsBounds(len(cells), places, nothing, endless)
        self._knowledge.low[self._unknowns] = np.minimum(self._knowledge.low[self._unknowns], point)
        self._knowledge.high[self._unknowns] = np.maximum(self._knowledge.high[self._unknowns], point)


class _Silent(highspy.Highs):
    """A solver without callbacks: while it sets them up the library greets on stdout, before any option can be set."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the library's name
        self.setOptionValue("output_flag", False)


def _solver(matrix: sp.csc_array, lower: Floats, upper: Floats) -> Any:
    """Set up non-negative unknowns with ``lower <= matrix @ x <= upper``."""
    height, width = matrix.shape
    shape = (width, height, matrix.nnz, int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize), 0.0)
    bounds = (np.zeros(width), np.zeros(width), np.full(width, np.inf), lower, upper)
    entries = (matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data)
    solver: Any = _Silent()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(*shape, *bounds, *entries, np.zeros(width, dtype=np.int32))
    return solver


def _solution(solver: Any) -> Floats | None:
    """Return some solution, None where there is none."""
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.asarray(solver.getSolution().col_value, dtype=np.float64)


def _minimise(solver: Any, cost: Floats) -> Floats:
    """Return the cheapest solution.

    Raises:
        SozialraumError: the solver gave up, so the audit proves nothing.
    """
    solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
    point = _solution(solver)
    if point is None:
        raise SozialraumError("the audit found no answer, so it proves nothing; the release can not be approved")
    return point
