"""All relations of one period with everything published in it: the attacker's blackboard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from sozialraum.audit.knowledge import Alphabet, Line, Region, lines
from sozialraum.audit.package import PublicPackage
from sozialraum.catalogue import Measure

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Spot = tuple[str, str]
"""An area system and an area in it."""


REST = "rest of "
"""Begins the name of what a share leaves of its base."""


class Outline:
    """The regions and lines of a package, the same in every area and period.

    Attributes:
        regions: position of every region, published or not.
        lines: which of them add up.
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
        self.regions = {region: position for position, region in enumerate(dict.fromkeys(every))}
        self.lines = tuple(found)
        self.places = {text: self.regions[published[m]] for text, m in named.items() if m.additive}

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


@dataclass(frozen=True)
class Board:
    """One period. A cell is a region in an area: number ``spot * regions + region``.

    Attributes:
        spots: the areas that exist in the period.
        matrix: the relations; each row is zero for the true numbers.
        reasons: for each row in words why.
        numbers: what is published, 0 elsewhere.
        known: which cells are published.
        absent: cells of universes that an area tells nothing about, neither a number nor that it is withheld, though
            others of its system do.
        asked: the cells of withheld counts, with the counts (a region may be written in several ways).
    """

    outline: Outline
    spots: tuple[Spot, ...]
    matrix: sp.csr_array
    reasons: tuple[str, ...]
    numbers: Floats
    known: Flags
    absent: Flags
    asked: Mapping[int, tuple[tuple[str, str, str, str], ...]]

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """The regions by their position."""
        return tuple(self.outline.regions)

    def cell(self, cell: int) -> tuple[Region, Spot]:
        """Return what a cell is about."""
        spot, region = divmod(cell, len(self.regions))
        return self.regions[region], self.spots[spot]


def set_up(package: PublicPackage, outline: Outline, counts: pl.DataFrame) -> Board:
    """Write down one period.

    Args:
        package: the public package.
        outline: its regions and lines.
        counts: the counts of the period that can be added up.
    """
    named = {(s, a) for s, a in counts.select("area_system", "area").unique().iter_rows()}
    reforms = _reforms(package, named)
    spots = tuple(sorted(named.union(*reforms.values())))
    number_of = {spot: i for i, spot in enumerate(spots)}
    size = len(spots) * len(outline.regions)
    numbers, known = np.zeros(size), np.zeros(size, dtype=np.bool_)
    asked: defaultdict[int, tuple[tuple[str, str, str, str], ...]] = defaultdict(tuple)
    columns = ("universe", "where", "area_system", "area", "value", "status")
    for universe, where, system, area, value, status in counts.select(columns).iter_rows():
        cell = number_of[system, area] * len(outline.regions) + outline.places[universe, where]
        if value is not None:
            numbers[cell], known[cell] = value, True
        elif status == "suppressed":
            asked[cell] += ((universe, where, system, area),)
    matrix, reasons = _relations(outline, number_of, _sums(package, number_of, reforms))
    told = known.copy()
    told[list(asked)] = True
    reformed = {*reforms, *(part for parts in reforms.values() for part in parts)}
    absent = _absent(outline, told, spots, reformed)
    return Board(outline, spots, matrix, reasons, numbers, known, absent, asked)


def _absent(outline: Outline, told: Flags, spots: tuple[Spot, ...], reformed: set[Spot]) -> Flags:
    """Return the cells of universes that are told elsewhere in the area system, but not in the area.

    Areas of a reform are left out: one is told where the others, that cover the same ground, are not.
    """
    universes = sorted({region.universe for region in outline.regions if not region.universe.startswith(REST)})
    grid = told.reshape(len(spots), -1)
    absent = np.zeros_like(grid)
    systems = np.array([system for system, _ in spots])
    lasting = np.array([spot not in reformed for spot in spots])
    for universe in universes:
        columns = np.array([region.universe == universe for region in outline.regions])
        here = grid[:, columns].any(axis=1)
        carried = np.isin(systems, systems[here])
        absent[np.ix_(carried & ~here & lasting, columns)] = True
    return absent.ravel()


def _reforms(package: PublicPackage, spots: set[Spot]) -> dict[Spot, tuple[Spot, ...]]:
    """Return the areas of a period that it tells of beside areas of another time that fill them, with those."""
    found = {}
    for system, reforms in package.reforms.items():
        for whole, parts in reforms.items():
            fill = tuple((system, part) for part in parts)
            if (system, whole) in spots and spots.intersection(fill):
                found[system, whole] = fill
    return found


def _sums(
    package: PublicPackage, spots: Iterable[Spot], reforms: Mapping[Spot, tuple[Spot, ...]]
) -> Iterator[tuple[Spot, Sequence[Spot], str]]:
    """Yield every area that others of the period fill, with those and a word about it."""
    for whole, parts in reforms.items():
        yield whole, parts, f"{', '.join(code for _, code in parts)} fill {whole[1]}"
    here = set(spots)
    for system, (parent_system, parents) in package.parents.items():
        below: defaultdict[Spot, list[Spot]] = defaultdict(list)
        for area, parent in parents.items():
            if (system, area) in here and (system, area) not in reforms:
                below[parent_system, parent].append((system, area))
        for above, children in below.items():
            if above in here:
                yield above, children, f"the {system} in {above[1]} add up"


def _relations(
    outline: Outline, spots: Mapping[Spot, int], sums: Iterable[tuple[Spot, Sequence[Spot], str]]
) -> tuple[sp.csr_array, tuple[str, ...]]:
    width = len(outline.regions)
    blocks = [sp.kron(sp.eye_array(len(spots)), _local(outline), format="csr")]
    reasons = [line.how for _ in spots for line in outline.lines]
    for whole, parts, how in sums:
        signs = np.zeros((1, len(spots)))
        signs[0, spots[whole]] = 1.0
        signs[0, [spots[part] for part in parts]] = -1.0
        blocks.append(sp.kron(sp.csr_array(signs), sp.eye_array(width), format="csr"))
        reasons += [how] * width
    return sp.vstack(blocks, format="csr"), tuple(reasons)


def _local(outline: Outline) -> sp.csr_array:
    rows, columns, signs = [], [], []
    for row, line in enumerate(outline.lines):
        for side, sign in ((line.plus, 1.0), (line.minus, -1.0)):
            rows += [row] * len(side)
            columns += [outline.regions[region] for region in side]
            signs += [sign] * len(side)
    return sp.csr_array((signs, (rows, columns)), shape=(len(outline.lines), len(outline.regions)))
