"""Several releases at once: what earlier ones told is put beside what the newest tells.

The attacker believes that what is not shown was not revised, as long as that is likely and the published numbers allow
it: a number that no release shows is the same unknown in all of them; one that an earlier release showed is taken to be
that still. It is likely where nine in ten comparable numbers of about that size are the same in both releases: after a
correction of single entries, but not where a register was delivered anew and most numbers moved. What contradicts the
newest release, by the least total difference, is taken to be revised and believed no more (Fellegi and Holt 1976, A
Systematic Approach to Automatic Edit and Imputation: change as little as makes data consistent; here by linear
programming).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
import scipy.sparse as sp

from sozialraum.audit.attack import EXACT, Knowledge, attack, contradicted, parts, settle
from sozialraum.audit.board import Board, Cells, Further
from sozialraum.audit.outline import Flags, Floats
from sozialraum.audit.package import PublicPackage

LIKELY = 0.9
"""Where so many of the numbers of about its size are the same in two releases, a number is believed to be."""

OWN_TRUST = 1e3
"""What the newest release tells is given up for what older ones told as the very last."""

ENOUGH = 3
"""So many numbers of the same measure say how likely that is; where there are fewer, the whole universe does."""


def merge(package: PublicPackage, earlier: Mapping[str, PublicPackage]) -> PublicPackage:
    """Return a package with everything that several tell of areas, codes, indicators and rules; the newest has the
    last word. Its counts are those of all, for their names alone."""
    several = [*earlier.values(), package]
    return replace(
        package,
        counts=pl.concat([one.counts for one in several]),
        parents={system: parents for one in several for system, parents in one.parents.items()},
        reforms={system: reforms for one in several for system, reforms in one.reforms.items()},
        overlaps=tuple(dict.fromkeys(overlap for one in several for overlap in one.overlaps)),
        codes={name: codes for one in several for name, codes in one.codes.items()},
        formulas={name: formula for one in several for name, formula in one.formulas.items()},
        rules={measure: rules for one in several for measure, rules in one.rules.items()},
    )


class _Likelihood:
    """Says how likely a number of some size is to have stayed the same from one release to another."""

    def __init__(self, before: Board, now: Board) -> None:
        both = np.flatnonzero(before.known & now.known & (before.numbers > 0))
        same = np.abs(before.numbers[both] - now.numbers[both]) <= EXACT
        self._spots, self._universes = _kinds(now)
        self._regions = len(now.ground.outline.regions)
        order = np.argsort(before.numbers[both], kind="stable")
        both, same = both[order], same[order]
        self._sizes, self._same = before.numbers[both], same
        self._system, self._region = self._spots[both // self._regions], both % self._regions
        self._universe = self._universes[self._region]

    def stayed(self, cells: Cells, sizes: Floats) -> Flags:
        """Tell of each of some numbers, of the kind of a cell and of a size, whether it is likely the same still."""
        return np.array(
            [self._likely(int(cell), abs(size)) for cell, size in zip(cells, sizes, strict=True)], dtype=bool
        )

    def _likely(self, cell: int, size: float) -> bool:
        first, last = np.searchsorted(self._sizes, (size / 2, size * 2 + EXACT))
        spot, region = divmod(cell, self._regions)
        alike = self._system[first:last] == self._spots[spot]
        related = alike & (self._universe[first:last] == self._universes[region])
        own = alike & (self._region[first:last] == region)
        chosen = own if own.sum() >= ENOUGH else related if related.any() else alike
        same = self._same[first:last][chosen] if chosen.any() else self._same[first:last]
        return not same.size or bool(same.mean() >= LIKELY)


def _kinds(board: Board) -> tuple[Cells, Cells]:
    """Number the area system of each area and the universe of each region."""
    systems = np.unique([system for system, _ in board.ground.spots], return_inverse=True)[1]
    universes = np.unique([region.universe for region in board.ground.outline.regions], return_inverse=True)[1]
    return systems, universes


@dataclass(frozen=True)
class _Picture:
    """What an earlier release told of a period, and what the newest makes of it.

    Attributes:
        release: its id.
        board: what it published.
        knowledge: with what follows from that.
        now: the same of the newest release.
        likelihood: of numbers to be the same in both.
    """

    release: str
    board: Board
    knowledge: Knowledge
    now: Knowledge
    likelihood: _Likelihood

    @property
    def told(self) -> Flags:
        """Cells that it told, or that follow."""
        return self.knowledge.known

    @property
    def silent(self) -> Flags:
        """Cells that neither release tells."""
        return ~self.told & ~self.now.known

    def pins(self) -> tuple[Cells, Flags]:
        """Return the cells that it published and the newest does not tell, and which are likely the same still."""
        cells = np.flatnonzero(self.board.known & ~self.now.known)
        return cells, ~self.moved[cells] & self.likelihood.stayed(cells, self.knowledge.numbers[cells])

    @property
    def best(self) -> Floats:
        """Its own numbers, and those of the newest where it is silent."""
        return np.where(self.told, self.knowledge.numbers, np.where(self.now.known, self.now.numbers, 0.0))

    @cached_property
    def moved(self) -> Flags:
        """Cells inside a number that both releases tell and that was revised: the revision may be theirs."""
        board, outline = self.board, self.board.ground.outline
        revised = self.told & self.now.known & (np.abs(self.knowledge.numbers - self.now.numbers) > EXACT)
        by_spot = revised.reshape(len(board.ground.spots), -1).astype(np.float64)
        return np.asarray(by_spot @ outline.around > 0).ravel()

    def sums(self) -> Further:
        """Return what it says about cells that neither tells, where that is not what the newest says, and likely."""
        matrix, used = self.board.ground.matrix, self.board.ground.used
        other = (self.told != self.now.known) | (np.abs(self.best - self.now.numbers) > EXACT)
        touched = used @ (other & (self.told | self.now.known)).astype(np.float64) > 0
        doubtful = used @ (self.silent & self.moved).astype(np.float64) > 0
        rows = np.flatnonzero(touched & ~doubtful & (used @ self.silent.astype(np.float64) > 0))
        one_of_them = np.array([_first(used, int(row), self.silent) for row in rows], dtype=np.int64)
        rows = rows[self.likelihood.stayed(one_of_them, (matrix @ np.where(self.silent, 0.0, self.best))[rows])]
        chosen = matrix[rows]
        reasons = tuple(f"{self.board.ground.reasons[row]}, as release {self.release} has it" for row in rows)
        return Further(sp.csr_array(chosen @ _only(self.silent)), -(chosen @ self.best), reasons)

    def exposed(self) -> Cells:
        """Return the withheld cells that the newest release tells, where that may be the same number still."""
        asked = _flags(np.array(list(self.board.asked), dtype=np.int64), len(self.told))
        cells = np.flatnonzero(asked & ~self.told & self.now.known)
        return cells[_fits(self.board, cells, self.now.numbers)]


def join(board: Board, earlier: Mapping[str, Board]) -> Board:
    """Put what earlier releases told beside what the newest tells.

    Args:
        board: the newest release, on the same ground as the others.
        earlier: the others by their id, oldest first.
    """
    now = settle(board)
    pictures = [_Picture(release, one, settle(one), now, _Likelihood(one, board)) for release, one in earlier.items()]
    exposed = {int(cell): picture.release for picture in pictures for cell in picture.exposed()}
    asked = dict(board.asked)
    for picture in pictures:
        for cell, keys in picture.board.asked.items():
            if not now.known[cell] or cell in exposed:
                asked[cell] = tuple(dict.fromkeys((*asked.get(cell, ()), *keys)))
    pins, believed = _pins(pictures, len(board.numbers))
    further, doubtful = _believable_sums(board, now, pictures)
    pins = _believable_pins(replace(board, further=further), now, (pins[~doubtful[pins]], believed))
    numbers, known = board.numbers.copy(), board.known.copy()
    numbers[pins], known[pins] = believed[pins], True
    told = np.any([one.known for one in earlier.values()], axis=0) & ~board.known
    return replace(
        board, numbers=numbers, known=known, asked=asked, told_before=told, further=further, given_away=exposed
    )


def _pins(pictures: Sequence[_Picture], size: int) -> tuple[Cells, Floats]:
    """Return the cells that only earlier releases tell, where the last that did is believed, and the numbers."""
    believed, told = np.zeros(size), np.zeros(size, dtype=np.bool_)
    for picture in pictures:
        cells, likely = picture.pins()
        believed[cells], told[cells] = picture.knowledge.numbers[cells], likely
    return np.flatnonzero(told), believed


def _stack(several: Iterable[Further], width: int) -> Further:
    every = [Further.none(width), *several]
    matrix = sp.csr_array(sp.vstack([one.matrix for one in every], format="csr"))
    return Further(
        matrix, np.concatenate([one.right for one in every]), tuple(text for one in every for text in one.reasons)
    )


def _believable_sums(board: Board, now: Knowledge, pictures: Sequence[_Picture]) -> tuple[Further, Flags]:
    """Collect the sums that contradict neither the newest release nor each other; later releases have precedence.

    Where a sum is another one in a later release, one of its numbers was revised in between: then nothing that earlier
    ones say about any of them is believed.

    Returns:
        The sums, and the numbers of which one was revised.
    """
    said = dict(_sums_of(Further(board.ground.matrix, board.right, ()), ~now.known, now.numbers))
    doubtful = np.zeros(len(board.numbers), dtype=np.bool_)
    kept = []
    for picture in reversed(pictures):
        further = picture.sums()
        sums = list(_sums_of(further, ~now.known, now.numbers))
        for cells, value in sums:
            if abs(said.get(cells, value) - value) > EXACT:
                doubtful[np.frombuffer(cells[0], dtype=np.int64)] = True
        sound = abs(further.matrix) @ doubtful.astype(np.float64) == 0
        new = np.array([cells not in said for cells, _ in sums], dtype=np.bool_)
        said |= {cells: value for (cells, value), good in zip(sums, sound, strict=True) if good}
        kept.append(further.take(np.flatnonzero(sound & new)))
    every = _stack(kept, len(board.numbers))
    doubted = _contradicted(replace(board, further=every), now, every.matrix)
    return every.take(np.flatnonzero(~doubted[board.ground.matrix.shape[0] :])), doubtful


def _sums_of(further: Further, unknown: Flags, numbers: Floats) -> Iterator[tuple[tuple[bytes, bytes], float]]:
    """Yield for each sum its unknown cells with their signs, and what these add up to."""
    own = sp.csr_array(further.matrix @ _only(unknown))
    own.eliminate_zeros()
    own.sort_indices()
    right = further.right - further.matrix @ np.where(unknown, 0.0, numbers)
    for row, value in enumerate(right.tolist()):
        entries = slice(own.indptr[row], own.indptr[row + 1])
        yield (own.indices[entries].astype(np.int64).tobytes(), own.data[entries].tobytes()), value


def _believable_pins(board: Board, now: Knowledge, pins: tuple[Cells, Floats]) -> Cells:
    """Keep the numbers that were told and are no more, where each may be the same still and all of them together may.

    Where only all of them together can not, nobody knows which was revised, so none that hangs together is believed.
    """
    cells, believed = pins
    cells = cells[_fits(board, cells, believed)]
    single = sp.csr_array((np.ones(len(cells)), (np.arange(len(cells)), cells)), shape=(len(cells), len(believed)))
    reasons = ("",) * len(cells)
    every = _stack([board.further, Further(single, believed[cells], reasons)], len(believed))
    together = replace(board, further=every)
    doubted = _contradicted(together, now, single)
    lost = np.zeros(len(believed), dtype=np.bool_)
    for unknowns, columns in parts(together.columns, ~now.known, _flags(cells, len(believed))):
        lost[unknowns] = doubted[columns.indices].any()
    return cells[~lost[cells]]


def _contradicted(board: Board, now: Knowledge, soft: sp.csr_array) -> Flags:
    """Return which relations of a board are given up where not all of them can be true; its own ones as the last."""
    height = board.ground.matrix.shape[0]
    right = board.right - board.matrix @ np.where(now.known, now.numbers, 0.0)
    trust = np.where(np.arange(board.matrix.shape[0]) < height, OWN_TRUST, 1.0)
    doubted = np.zeros(board.matrix.shape[0], dtype=np.bool_)
    concerned = abs(soft).T @ np.ones(soft.shape[0]) > 0
    for _, columns in parts(board.columns, ~now.known, concerned):
        doubted[contradicted(columns, right, trust)] = True
    return doubted


def _fits(board: Board, cells: Cells, numbers: Floats) -> Flags:
    """Tell of each of some cells whether a number is possible, as far as a board tells."""

    def fits(some: Cells, low: Floats, high: Floats) -> Flags:
        return (low <= numbers[some] + EXACT) & (numbers[some] <= high + EXACT)

    if not cells.size:
        return np.zeros(0, dtype=np.bool_)
    found = attack(replace(board, asked={int(cell): () for cell in cells}), fits, numbers + 1.0)
    return fits(cells, found.low[cells], found.high[cells])


def _flags(cells: Cells, size: int) -> Flags:
    flags = np.zeros(size, dtype=np.bool_)
    flags[cells] = True
    return flags


def _first(used: sp.csr_array, row: int, cells: Flags) -> int:
    """Return the first of some cells that a relation is about."""
    about = used.indices[used.indptr[row] : used.indptr[row + 1]]
    return int(about[cells[about]][0])


def _only(cells: Flags) -> sp.dia_array:
    return sp.diags_array(cells.astype(np.float64))
