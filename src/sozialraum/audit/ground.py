"""The areas of a period and all that adds up in them: the same for every period that has the same areas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from sozialraum.audit.outline import Flags, Outline
from sozialraum.audit.overlaps import Overlap
from sozialraum.audit.package import PublicPackage

Spot = tuple[str, str]
"""An area system and an area in it."""
Sum = tuple[Spot, Sequence[Spot], str]
"""An area that others fill, those, and a word about it."""


@dataclass(frozen=True)
class Ground:
    """A cell is a region in an area: number ``spot * regions + region``.

    Attributes:
        outline: the regions.
        spots: the areas.
        matrix: the relations; each row is zero for the true numbers.
        reasons: for each row in words why.
        lasting: which areas are published as they are, and have no part in a reform.
    """

    outline: Outline
    spots: tuple[Spot, ...]
    matrix: sp.csr_array
    reasons: tuple[str, ...]
    lasting: Flags

    @cached_property
    def columns(self) -> sp.csc_array:
        """The matrix, quick to take some cells of."""
        return self.matrix.tocsc()

    @cached_property
    def used(self) -> sp.csr_array:
        """Which cells each relation is about."""
        return abs(self.matrix)

    @cached_property
    def positions(self) -> Mapping[Spot, int]:
        """The position of each area."""
        return {spot: number for number, spot in enumerate(self.spots)}


def lay(package: PublicPackage, outline: Outline, named: frozenset[Spot]) -> Ground:
    """Write down everything that adds up.

    Args:
        package: the public package.
        outline: its regions and lines.
        named: the areas that the counts of a period name.
    """
    reforms = _reforms(package, named)
    left = [(whole, inside, rest) for whole, inside, rest in package.overlaps if {whole, *inside} <= named]
    rests = {rest for _, _, rest in left if rest}
    spots = tuple(sorted(named.union(*reforms.values(), rests)))
    reformed = {*reforms, *(part for parts in reforms.values() for part in parts), *rests}
    sums = (*_sums(package, spots, reforms), *_overlapping(left))
    reasons = [line.how for _ in spots for line in outline.lines]
    reasons += [how for _, _, how in sums for _ in outline.regions]
    lasting = np.array([spot not in reformed for spot in spots])
    return Ground(outline, spots, _matrix(outline, spots, sums), tuple(reasons), lasting)


def _reforms(package: PublicPackage, spots: frozenset[Spot]) -> dict[Spot, tuple[Spot, ...]]:
    """Return the areas of a period that it tells of beside areas of another time that fill them, with those."""
    found = {}
    for system, reforms in package.reforms.items():
        for whole, parts in reforms.items():
            fill = tuple((system, part) for part in parts)
            if (system, whole) in spots and spots.intersection(fill):
                found[system, whole] = fill
    return found


def _sums(package: PublicPackage, spots: Iterable[Spot], reforms: Mapping[Spot, tuple[Spot, ...]]) -> Iterator[Sum]:
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


def _overlapping(left: Iterable[Overlap]) -> Iterator[Sum]:
    for whole, inside, rest in left:
        parts = (*inside, rest) if rest else inside
        yield whole, parts, f"{', '.join(code for _, code in inside)} inside {whole[1]}"


def _matrix(outline: Outline, spots: Sequence[Spot], sums: Sequence[Sum]) -> sp.csr_array:
    """Repeat the lines in every area, and the sums over areas for every region."""
    number_of = {spot: number for number, spot in enumerate(spots)}
    signs = np.zeros((len(sums), len(spots)))
    for row, (whole, parts, _) in enumerate(sums):
        signs[row, number_of[whole]] = 1.0
        signs[row, [number_of[part] for part in parts]] = -1.0
    inside = sp.kron(sp.eye_array(len(spots)), outline.relations, format="csr")
    across = sp.kron(sp.csr_array(signs), sp.eye_array(len(outline.regions)), format="csr")
    return sp.csr_array(sp.vstack([inside, across], format="csr"))
