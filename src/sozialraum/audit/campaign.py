"""The attack on one period, and what it found in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from sozialraum.audit.attack import EXACT, FAR, Knowledge, attack, left_over
from sozialraum.audit.board import Board, Cells
from sozialraum.audit.knowledge import Filter
from sozialraum.audit.outline import REST, Flags, Floats
from sozialraum.audit.package import PublicPackage
from sozialraum.audit.report import Finding, Kind, Place
from sozialraum.catalogue import Measure


@dataclass(frozen=True, slots=True)
class _Needs:
    """What numbers need, by cell.

    Attributes:
        width: of withheld ones, how wide their interval must be.
        floor: unless all of it lies from here on.
        whole: whether the ends are whole numbers.
        left: cells of what is left over between others: it must be possible that there is nobody, or that there are as
            many as ``floor``.
    """

    width: Floats
    floor: Floats
    whole: Flags
    left: Flags

    def ends(self, cells: Cells, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Return the ends of intervals as the attacker may take them."""
        low, high, whole = np.maximum(low, 0.0), np.maximum(high, 0.0), self.whole[cells]
        low, high = np.where(whole, np.ceil(low - EXACT), low), np.where(whole, np.floor(high + EXACT), high)
        return low + 0.0, high + 0.0  # never -0.0

    def met(self, cells: Cells, low: Floats, high: Floats) -> Flags:
        """Tell which intervals are wide enough."""
        low, high = self.ends(cells, low, high)
        told_little = (low <= EXACT) | (high >= self.floor[cells] - EXACT)
        return np.where(self.left[cells], told_little, high - low >= self.width[cells] - EXACT)


class Campaign:
    """The attack on one period."""

    def __init__(self, package: PublicPackage, board: Board, period: str) -> None:
        self._package = package
        self._board = board
        self._period = period
        self._needs = self._find_needs()
        self._knowledge: Knowledge = attack(board, self._needs.met, self._needs.width, self._needs.left)

    def _find_needs(self) -> _Needs:
        floor = self._floor_of_rests()
        left = left_over(self._board) & (floor > 1) & ~self._board.told_before
        wholes, need = self._whole_universes(), cache(self._need)
        needs = _Needs(np.maximum(floor, 1.0), floor, self._whole(wholes), left)
        for cell, ((universe, where, *_), *_) in self._board.asked.items():
            needs.width[cell], needs.floor[cell] = need(universe, where)
            needs.whole[cell] = universe in wholes
        return needs

    def _whole(self, universes: frozenset[str]) -> Flags:
        """Return the cells of some universes."""
        regions = [region.universe in universes for region in self._board.ground.outline.regions]
        return np.tile(np.array(regions, dtype=np.bool_), len(self._board.ground.spots))

    def _need(self, universe: str, where: str) -> tuple[float, float]:
        measure = Measure.parse(universe, where)
        minimum = float(self._package.rules[measure].minimum)
        return (minimum, minimum) if measure.counts_units else (float(minimum > 1), np.inf)

    def _whole_universes(self) -> frozenset[str]:
        """Return the universes of units whose published numbers are all whole."""
        outline = self._board.ground.outline
        broken = self._board.known & (self._board.numbers % 1 != 0)
        often = broken.reshape(-1, len(outline.regions)).sum(axis=0) @ outline.belongs
        names = (name for name, times in zip(outline.universes, often, strict=True) if times == 0)
        return frozenset(name for name in names if Measure(name).counts_units)

    def withheld(self) -> Iterator[Finding]:
        """Yield every withheld count with what can be said about it."""
        cells = np.fromiter(self._board.asked, dtype=np.int64)
        ends = self._needs.ends(cells, self._knowledge.low[cells], self._knowledge.high[cells])
        for cell, low, high in zip(cells.tolist(), *(side.tolist() for side in ends), strict=True):
            kind = self._judge(cell, low, high)
            how = self._how(cell) if kind else ""
            proved, top = bool(self._knowledge.proved[cell]), None if high >= FAR / 2 else high
            for key in self._board.asked[cell]:
                yield Finding(Place(*key, self._period), low, top, proved, kind, how)

    def _judge(self, cell: int, low: float, high: float) -> Kind | None:
        width = self._needs.width[cell]
        if self._board.told_before[cell] and (low >= self._needs.floor[cell] - EXACT or high == 0):
            return None  # it was published before, or as another number that was as large as it must be
        if width == 0 or not self._knowledge.proved[cell] or high - low >= width - EXACT:
            return None
        if high - low < EXACT:
            return "exact"
        return "narrow" if low < self._needs.floor[cell] - EXACT else None

    def _how(self, cell: int) -> str:
        row = self._knowledge.worked_out[cell]
        if cell in self._board.given_away:
            return f"release {self._board.given_away[cell]} withholds it and this one tells it"
        if self._board.told_before[cell] and self._board.known[cell]:
            return "an earlier release tells it"
        if self._board.known[cell]:
            return "the same number is published under another name"
        if row < 0:
            return "everything published, taken together, leaves nothing else"
        return str(self._board.reasons[row])

    def remainders(self) -> Iterator[Finding]:
        """Yield unpublished numbers below the minimum that are left between published ones: those that follow, and
        those of which it is certain that somebody is there, but too few."""
        numbers, given, floor = self._knowledge.numbers, self._knowledge.worked_out, self._floor_of_rests()
        follows = np.flatnonzero((given >= 0) & (numbers > EXACT) & (numbers < floor - EXACT))
        left = np.flatnonzero(self._needs.left & self._knowledge.proved)
        ends = self._needs.ends(left, self._knowledge.low[left], self._knowledge.high[left])
        few = ~self._needs.met(left, *ends)
        intervals = {int(cell): (float(numbers[cell]),) * 2 for cell in follows}
        intervals |= {
            int(cell): (float(low), float(high))
            for cell, low, high in zip(left[few], *(end[few] for end in ends), strict=True)
        }
        for cell, (low, high) in intervals.items():
            if cell not in self._board.asked:
                region, (system, area) = self._board.cell(cell)
                place = Place(region.universe, _words(region.filter), system, area, self._period)
                yield Finding(place, low, high, exact=True, kind="remainder", how=self._how(cell))

    def _floor_of_rests(self) -> Floats:
        """Return for each cell the smallest number that may be left over there."""
        minimum = self._minimum_of_universes()
        floors = [float(minimum.get(region.universe, 0)) for region in self._board.ground.outline.regions]
        return np.tile(np.array(floors), len(self._board.ground.spots))

    def _minimum_of_universes(self) -> Mapping[str, int]:
        """Return by universe the smallest number that may be left over; that of a share's rest is the share's own."""
        strict = {
            measure: rules.minimum
            for measure, rules in self._package.rules.items()
            if rules.complement and rules.secondary and measure.counts_units
        }
        found: defaultdict[str, int] = defaultdict(int)
        for measure, minimum in strict.items():
            found[measure.universe] = max(found[measure.universe], minimum)
        for name, formula in self._package.formulas.items():
            found[f"{REST}{name}"] = max((strict.get(measure, 0) for measure in formula.top), default=0)
        return found


def _words(restrictions: Filter) -> str:
    pairs = sorted((dimension, "|".join(sorted(inside))) for dimension, inside in restrictions)
    return ";".join(f"{dimension}={codes}" for dimension, codes in pairs)
