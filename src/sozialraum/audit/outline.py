"""What adds up in every area and every period alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from sozialraum.audit.knowledge import Alphabet, Line, Region, lines
from sozialraum.audit.package import PublicPackage
from sozialraum.catalogue import Measure

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

REST = "rest of "
"""Begins the name of what a share leaves of its base."""


class Outline:
    """The regions and lines of a package, the same in every area and period.

    Attributes:
        regions: every region, published or not.
        lines: which of them add up.
        places: by the measure's two texts (universe, where) the position of its region; what can not be added up is
            left out.
    """

    def __init__(self, package: PublicPackage) -> None:
        pairs = package.counts.select("universe", "where").unique().sort("universe", "where").iter_rows()
        named = {(universe, where): Measure.parse(universe, where) for universe, where in pairs}
        measures = [measure for measure in named.values() if measure.additive]
        self._alphabets = {
            universe: Alphabet((m for m in measures if m.universe == universe), package.codes)
            for universe in sorted({m.universe for m in measures})
        }
        published = {measure: self._alphabets[measure.universe].region(measure) for measure in measures}
        found = [line for universe, alphabet in self._alphabets.items() for line in self._lines(universe, published)]
        found += self._shares(package, set(published.values()))
        every = [*published.values(), *(region for line in found for region in (*line.plus, *line.minus))]
        self.regions = tuple(dict.fromkeys(every))
        self.lines = tuple(found)
        self._positions = {region: position for position, region in enumerate(self.regions)}
        self.places = _places({text: self._positions[published[m]] for text, m in named.items() if m.additive})

    def _lines(self, universe: str, published: Mapping[Measure, Region]) -> list[Line]:
        regions = [region for region in published.values() if region.universe == universe]
        return lines(regions, self._alphabets[universe])

    def _shares(self, package: PublicPackage, published: set[Region]) -> Iterator[Line]:
        for name, formula in package.formulas.items():
            if not formula.share:
                continue
            sides = [self._known(formula.top), self._known(formula.base)]
            if all(side and published.issuperset(side) for side in sides) and sides[0] != sides[1]:
                rest = Region(f"{REST}{name}", frozenset())
                yield Line(sides[1], (*sides[0], rest), f"{name} publishes a share and its base")

    def _known(self, measures: Sequence[Measure]) -> tuple[Region, ...]:
        alphabets = self._alphabets
        if not all(m.universe in alphabets and alphabets[m.universe].knows(m) for m in measures):
            return ()
        return tuple(alphabets[m.universe].region(m) for m in measures)

    @cached_property
    def relations(self) -> sp.csr_array:
        """One row for each line, zero for the true numbers of any area."""
        rows, columns, signs = [], [], []
        for row, line in enumerate(self.lines):
            for side, sign in ((line.plus, 1.0), (line.minus, -1.0)):
                rows += [row] * len(side)
                columns += [self._positions[region] for region in side]
                signs += [sign] * len(side)
        return sp.csr_array((signs, (rows, columns)), shape=(len(self.lines), len(self.regions)))

    @cached_property
    def universes(self) -> tuple[str, ...]:
        """The universes; what a share leaves of its base belongs to none."""
        return tuple(sorted({region.universe for region in self.regions if not region.universe.startswith(REST)}))

    @cached_property
    def belongs(self) -> Floats:
        """1 where a region (row) belongs to a universe (column), else 0."""
        return np.array([[float(region.universe == name) for name in self.universes] for region in self.regions])

    @cached_property
    def around(self) -> sp.csr_array:
        """1 where a region (row) holds a region (column), or may: what a share leaves of its base is in anything."""
        by_universe: defaultdict[str, list[int]] = defaultdict(list)
        for place, region in enumerate(self.regions):
            by_universe[region.universe].append(place)
        pairs = [
            (outer, inner)
            for places in by_universe.values()
            for outer in places
            for inner in places
            if self.regions[outer].holds(self.regions[inner])
        ]
        rests = [place for place, region in enumerate(self.regions) if region.universe.startswith(REST)]
        pairs += [(outer, rest) for outer in range(len(self.regions)) for rest in rests if outer != rest]
        rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
        size = len(self.regions)
        return sp.csr_array((np.ones(len(pairs)), (rows, columns)), shape=(size, size))


def _places(positions: Mapping[tuple[str, str], int]) -> pl.DataFrame:
    schema = {"universe": pl.String, "where": pl.String, "region": pl.Int64}
    return pl.DataFrame([(*text, position) for text, position in positions.items()], schema, orient="row")
