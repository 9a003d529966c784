"""All additive relations of one table as one matrix: dimensions, areas and fractions together.

A *cell* is a region of a universe in an area: published, or hidden between published ones (the persons above 17 where
all persons and those below 18 are published). Every row of the matrix says that some cells minus some others are zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sozialraum.catalogue import CodeListDoc, Measure
from sozialraum.disclosure.elimination import Ints, Sums
from sozialraum.disclosure.margins import WHOLE, Box, Pieces, cut, relate
from sozialraum.disclosure.nesting import Nesting
from sozialraum.disclosure.structure import Part

_REST = "rest:"

Node = tuple[str, Box]
"""A region of a universe; the rest of a fraction has the universe ``rest:NUMBER``."""

Family = tuple[str, tuple[str, ...]]

Equation = tuple[tuple[Node, ...], tuple[Node, ...]]
"""The sum of the first nodes minus the sum of the second is zero."""


@dataclass(frozen=True, slots=True)
class Level:
    """One area system: the same nodes in every area, one block of cells after the other.

    Attributes:
        start: the first cell.
        places: position of each area.
        nodes: position of each node inside an area's block.
        equations: what adds up inside one area.
        height: 0 where no other system lies inside.
    """

    start: int
    places: Mapping[str, int]
    nodes: Mapping[Node, int]
    equations: tuple[Equation, ...]
    height: int

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.places) * len(self.nodes)

    @property
    def cells_of_all(self) -> slice:
        """All cells of the level."""
        return slice(self.start, self.start + self.size)

    def block(self, area: str) -> int:
        """Return the first cell of an area, -1 where the period has no such area."""
        return self.start + self.places[area] * len(self.nodes) if area in self.places else -1

    def cells(self, areas: Sequence[str], nodes: Sequence[Node]) -> Ints:
        """Return cell numbers, one row for each area, one column for each node."""
        blocks = np.array([self.places[area] for area in areas], dtype=np.int64) * len(self.nodes) + self.start
        return blocks[:, None] + np.array([self.nodes[node] for node in nodes], dtype=np.int64)[None, :]


@dataclass(frozen=True, slots=True)
class Relations:
    """What adds up to what, and where each cell stands in it.

    Attributes:
        sums: one row for each relation, one column for each cell.
        levels: by area system.
        nodes: the node that each measure counts in an area system.
        area_of: for each cell a number of its area.
        height_of: for each cell how many area systems lie inside its own, one above the other.
        family_of: for each cell a number of its family: its universe and the dimensions it restricts.
        families: universe (or ``rest:NUMBER``) and dimensions by that number.
        neighbours: for each area the groups of areas that it fills a larger one with: a counterweight is there.
    """

    sums: Sums
    levels: Mapping[str, Level]
    nodes: Mapping[tuple[str, Measure], int]
    area_of: Ints
    height_of: Ints
    family_of: Ints
    families: tuple[Family, ...]
    neighbours: Mapping[int, tuple[Ints, ...]]


def tie(
    measures: Mapping[str, Sequence[Measure]],
    nesting: Nesting,
    parts: Sequence[Part],
    codes: Mapping[str, CodeListDoc],
) -> Relations:
    """Write down every relation among measures in areas.

    Args:
        measures: what is published, by area system.
        nesting: the areas.
        parts: fractions; only those inside their base that a system knows in full make a relation.
        codes: code lists.
    """
    asked = sorted({measure for several in measures.values() for measure in several})
    pieces = {u: cut((m for m in asked if m.universe == u), codes) for u in {m.universe for m in asked}}
    levels = _levels(measures, nesting, pieces, parts)
    rows = _Rows()
    for level in levels.values():
        rows.inside(level)
    for (child, parent), pairs in nesting.inside.items():
        if child in levels and parent in levels:
            rows.upward(levels[child], levels[parent], pairs)
    return _relations(rows.matrix(sum(level.size for level in levels.values())), levels, nesting, (measures, pieces))


def _levels(
    measures: Mapping[str, Sequence[Measure]], nesting: Nesting, pieces: Mapping[str, Pieces], parts: Sequence[Part]
) -> dict[str, Level]:
    levels: dict[str, Level] = {}
    start = 0
    for system in nesting.upward():
        below = [levels[child] for child, parent in nesting.inside if parent == system != child and child in levels]
        nodes = {node for level in below for node in level.nodes if not is_rest(node[0])}
        nodes |= {(m.universe, pieces[m.universe].box(m)) for m in measures.get(system, ())}
        if nodes:
            height = max((level.height + 1 for level in below), default=0)
            levels[system] = _level(start, nesting.areas[system], nodes, height, (pieces, parts))
            start += levels[system].size
    return levels


def _level(
    start: int,
    areas: Sequence[str],
    nodes: set[Node],
    height: int,
    context: tuple[Mapping[str, Pieces], Sequence[Part]],
) -> Level:
    pieces, parts = context
    equations: list[Equation] = []
    for universe in sorted({universe for universe, _ in nodes}):
        sums = relate((box for u, box in nodes if u == universe), pieces[universe].full)
        equations += [(((universe, s.whole),), tuple((universe, part) for part in s.parts)) for s in sums]
        nodes = nodes | {(universe, WHOLE)}
    sides = {node for equation in equations for side in equation for node in side}
    equations += _rests(nodes | sides, pieces, parts)
    every = sorted(nodes | {node for equation in equations for side in equation for node in side})
    positions = {node: i for i, node in enumerate(every)}
    return Level(start, {area: i for i, area in enumerate(areas)}, positions, tuple(equations), height)


def _rests(nodes: set[Node], pieces: Mapping[str, Pieces], parts: Sequence[Part]) -> Iterator[Equation]:
    for number, part in enumerate(parts):
        measures = (*part.base, *part.of)
        if part.inside and all(_known(measure, pieces) for measure in measures):
            base = tuple((m.universe, pieces[m.universe].box(m)) for m in part.base)
            top = tuple((m.universe, pieces[m.universe].box(m)) for m in part.of)
            if nodes.issuperset(base) and nodes.issuperset(top) and not _nested(top, base):
                yield base, (*top, (f"{_REST}{number}", WHOLE))


def _nested(top: tuple[Node, ...], base: tuple[Node, ...]) -> bool:
    """Whether the tables of the universe say already that the one lies inside the other."""
    if len(top) != 1 or len(base) != 1 or top[0][0] != base[0][0]:
        return set(top) == set(base)
    inner = dict(top[0][1])
    return all(dimension in inner and inner[dimension] & ~mask == 0 for dimension, mask in base[0][1])


def _known(measure: Measure, pieces: Mapping[str, Pieces]) -> bool:
    found = pieces.get(measure.universe)
    return found is not None and all(pair in found.masks for pair in measure.where)


class _Rows:
    """Collects the rows of the matrix."""

    def __init__(self) -> None:
        self._height = 0
        self._rows: list[Ints] = []
        self._columns: list[Ints] = []
        self._signs: list[NDArray[np.float64]] = []

    def _put(self, rows: Ints, columns: Ints, signs: NDArray[np.float64] | float) -> None:
        self._rows.append(rows.ravel())
        self._columns.append(columns.ravel())
        self._signs.append(np.broadcast_to(signs, rows.shape).ravel())

    def inside(self, level: Level) -> None:
        """Add what adds up inside each area of a level."""
        terms = [
            (number, level.nodes[node], sign)
            for number, (plus, minus) in enumerate(level.equations)
            for side, sign in ((plus, 1.0), (minus, -1.0))
            for node in side
        ]
        if terms:
            number, node, sign = (np.array(column)[:, None] for column in zip(*terms, strict=True))
            area = np.arange(len(level.places))[None, :]
            self._put(number * area.size + area + self._height, node + area * len(level.nodes) + level.start, sign)
        self._height += len(level.equations) * len(level.places)

    def upward(self, child: Level, parent: Level, pairs: Sequence[tuple[str, str]]) -> None:
        """Add that the areas inside a larger one add up to it, in every node that both have."""
        parents = sorted({above for _, above in pairs})
        row_of = {area: i for i, area in enumerate(parents)}
        nodes = [node for node in child.nodes if node in parent.nodes]
        width = len(nodes)
        offsets = np.arange(width)[None, :] + self._height
        top = np.arange(len(parents))[:, None] * width + offsets
        below = np.array([row_of[above] for _, above in pairs], dtype=np.int64)[:, None] * width + offsets
        self._put(top, parent.cells(parents, nodes), 1.0)
        self._put(below, child.cells([area for area, _ in pairs], nodes), -1.0)
        self._height += len(parents) * width

    def matrix(self, width: int) -> sp.csr_array:
        """Return the rows as a sparse matrix."""
        if not self._rows:
            return sp.csr_array((0, width), dtype=np.float64)
        rows, columns = np.concatenate(self._rows), np.concatenate(self._columns)
        return sp.csr_array((np.concatenate(self._signs), (rows, columns)), shape=(self._height, width))


def _relations(
    matrix: sp.csr_array,
    levels: Mapping[str, Level],
    nesting: Nesting,
    published: tuple[Mapping[str, Sequence[Measure]], Mapping[str, Pieces]],
) -> Relations:
    measures, pieces = published
    numbers = {
        (system, area): i for i, (system, area) in enumerate((s, a) for s, lv in levels.items() for a in lv.places)
    }
    families = sorted({_family(node) for level in levels.values() for node in level.nodes})
    number_of = {family: i for i, family in enumerate(families)}
    sizes = [(len(level.nodes), len(level.places), level) for level in levels.values()]
    return Relations(
        sums=Sums.of(matrix),
        levels=levels,
        nodes={
            (system, m): levels[system].nodes[m.universe, pieces[m.universe].box(m)]
            for system, several in measures.items()
            for m in several
        },
        area_of=np.repeat(np.arange(len(numbers)), np.concatenate([[n] * k for n, k, _ in sizes])),
        height_of=np.concatenate([np.full(n * k, level.height) for n, k, level in sizes]),
        family_of=np.concatenate([np.tile([number_of[_family(node)] for node in lv.nodes], k) for _, k, lv in sizes]),
        families=tuple(families),
        neighbours=_neighbours(numbers, nesting),
    )


def is_rest(universe: str) -> bool:
    """Whether this names what a fraction leaves of its base, not a universe."""
    return universe.startswith(_REST)


def rest_number(universe: str) -> int:
    """Return which fraction, in the order in which they were given, leaves this rest."""
    return int(universe.removeprefix(_REST))


def _family(node: Node) -> Family:
    universe, box = node
    return universe, tuple(dimension for dimension, _ in box)


def _neighbours(numbers: Mapping[tuple[str, str], int], nesting: Nesting) -> dict[int, tuple[Ints, ...]]:
    beside: defaultdict[int, tuple[Ints, ...]] = defaultdict(tuple)
    for (child, parent_system), pairs in nesting.inside.items():
        families: defaultdict[str, list[int]] = defaultdict(list)
        for area, parent in pairs:
            if (child, area) in numbers and (parent_system, parent) in numbers:
                families[parent].append(numbers[child, area])
        for siblings in families.values():
            together = np.array(sorted(siblings), dtype=np.int64)
            for area_number in siblings:
                beside[area_number] += (together,)
    return dict(beside)
