"""Attacks the public package of a release with everything that everybody can read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from sozialraum.audit.attack import EXACT, FAR, Knowledge, attack
from sozialraum.audit.board import REST, Board, Floats, Outline, set_up
from sozialraum.audit.knowledge import Filter
from sozialraum.audit.package import PublicPackage, read_package
from sozialraum.audit.plain import Ledger, contradictions, small_bases, small_numbers, telling_values
from sozialraum.audit.report import AuditReport, Finding, Kind, Place
from sozialraum.catalogue import Measure


def audit_release(folder: Path) -> AuditReport:
    """Attack the public package of a release.

    Args:
        folder: the release folder. Only its public package and its manifest are read.

    Raises:
        ReleaseError: a file is missing or is not what a release holds.
        SozialraumError: the attack could not be finished, so nothing is proved.
    """
    package = read_package(folder)
    ledger = Ledger.of(package.counts)
    suppressed: list[Finding] = []
    exposed = [*small_numbers(package, ledger), *small_bases(package, ledger), *telling_values(package, ledger)]
    outline = Outline(package)
    additive = pl.struct("universe", "where").is_in([{"universe": u, "where": w} for u, w in outline.places])
    for period, counts in sorted(package.counts.filter(additive).partition_by("period", as_dict=True).items()):
        campaign = _Campaign(package, set_up(package, outline, counts), str(period[0]))
        suppressed += campaign.withheld()
        exposed += campaign.remainders()
    return AuditReport(
        cells=package.counts.height,
        suppressed=tuple(sorted(suppressed)),
        exposed=tuple(sorted({*exposed, *(finding for finding in suppressed if finding.kind)})),
        contradictions=tuple(contradictions(package, ledger)),
        parameters={"policies": dict(package.policies), "tolerance": EXACT},
    )


@dataclass(frozen=True, slots=True)
class _Need:
    """What a withheld number needs: an interval so wide, unless all of it lies from ``floor`` on."""

    width: float
    floor: float
    whole: bool


class _Campaign:
    """The attack on one period."""

    def __init__(self, package: PublicPackage, board: Board, period: str) -> None:
        self._package = package
        self._board = board
        self._period = period
        self._whole = self._whole_universes()
        self._needs = {cell: self._need(Measure.parse(*keys[0][:2])) for cell, keys in board.asked.items()}
        goal = np.ones(len(board.numbers))
        for cell, need in self._needs.items():
            goal[cell] = need.width
        self._knowledge: Knowledge = attack(board, self._enough, goal)

    def _whole_universes(self) -> frozenset[str]:
        """Return the universes whose published numbers are all whole."""
        universe_of = np.array([region.universe for region in self._board.regions])
        number = np.arange(len(self._board.numbers)) % len(self._board.regions)
        broken = self._board.known & (self._board.numbers % 1 != 0)
        return frozenset(universe_of) - frozenset(universe_of[number[broken]])

    def _need(self, measure: Measure) -> _Need:
        rules = self._package.rules[measure]
        if not measure.counts_units:
            return _Need(1.0 if rules.minimum > 1 else 0.0, np.inf, whole=False)
        return _Need(float(rules.minimum), float(rules.minimum), measure.universe in self._whole)

    def _enough(self, cell: int, low: float, high: float) -> bool:
        need = self._needs[cell]
        low, high = _ends(need, low, high)
        return high - low >= need.width - EXACT

    def withheld(self) -> Iterator[Finding]:
        """Yield every withheld count with what can be said about it."""
        for cell, key in ((cell, key) for cell, keys in self._board.asked.items() for key in keys):
            low, high = self._knowledge.low[cell], self._knowledge.high[cell]
            kind = self._judge(cell, low, high)
            low, high = _ends(self._needs[cell], low, high)
            yield Finding(
                Place(*key, self._period),
                float(low),
                None if high >= FAR / 2 else float(high),
                bool(self._knowledge.proved[cell]),
                kind,
                self._how(cell) if kind else "",
            )

    def _judge(self, cell: int, low: float, high: float) -> Kind | None:
        need = self._needs[cell]
        if need.width == 0 or not self._knowledge.proved[cell] or self._enough(cell, low, high):
            return None
        low, high = _ends(need, low, high)
        if high - low < EXACT:
            return "exact"
        return "narrow" if low < need.floor - EXACT else None

    def _how(self, cell: int) -> str:
        row = self._knowledge.worked_out[cell]
        if self._board.known[cell]:
            return "the same number is published under another name"
        if row < 0:
            return "everything published, taken together, leaves nothing else"
        return str(self._board.reasons[row])

    def remainders(self) -> Iterator[Finding]:
        """Yield unpublished numbers below the minimum that are left between published ones."""
        minimum = self._minimum_of_universes()
        numbers, given = self._knowledge.numbers, self._knowledge.worked_out
        floors = np.array([minimum.get(region.universe, 0) for region in self._board.regions])
        floor: Floats = np.tile(floors, len(self._board.spots))
        for cell in np.flatnonzero((given >= 0) & (numbers > EXACT) & (numbers < floor - EXACT)):
            if int(cell) in self._board.asked:
                continue
            region, (system, area) = self._board.cell(int(cell))
            place = Place(region.universe, _words(region.filter), system, area, self._period)
            number = float(numbers[cell])
            yield Finding(place, number, number, exact=True, kind="remainder", how=self._how(int(cell)))

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


def _ends(need: _Need, low: float, high: float) -> tuple[float, float]:
    low, high = max(low, 0.0), max(high, 0.0)
    return (np.ceil(low - EXACT) + 0.0, np.floor(high + EXACT)) if need.whole else (low, high)


def _words(restrictions: Filter) -> str:
    pairs = sorted((dimension, "|".join(sorted(inside))) for dimension, inside in restrictions)
    return ";".join(f"{dimension}={codes}" for dimension, codes in pairs)
