"""Where to look for a counterweight: among a few cells first, so that the programmes stay small."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sozialraum.disclosure.elimination import Flags, Ints, around
from sozialraum.disclosure.relations import Relations, is_rest

FEW = 12
"""So many areas beside an area are looked at first."""

SUMS = 2
"""Where nothing is found beside it, whatever so many sums lead to is looked at: the whole above, the parts below."""


class Nearby:
    """Finds cells that may be a counterweight for a cell."""

    def __init__(self, relations: Relations) -> None:
        self._relations = relations
        self._alike: dict[int, Flags] = {}

    def __call__(self, cell: int) -> Iterator[Ints]:
        """Yield cells, ascending, among which a counterweight may be: a few at first, all of them at last."""
        relations = self._relations
        area = int(relations.area_of[cell])
        groups = relations.neighbours.get(area, ())
        alike = self._same_kind(int(relations.family_of[cell]))
        if groups:
            few = self._blocks([_around(group, area) for group in groups])
            yield few[alike[relations.family_of[few]]]
            yield few
        if any(len(group) > FEW for group in groups):
            yield self._blocks(groups)
        yield around(relations.sums, cell, SUMS)
        yield np.flatnonzero(alike[relations.family_of])
        yield np.arange(len(relations.area_of))

    def _blocks(self, groups: Sequence[Ints]) -> Ints:
        areas = np.unique(np.concatenate(groups))
        first = np.searchsorted(self._relations.area_of, areas)
        last = np.searchsorted(self._relations.area_of, areas, side="right")
        return np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)])

    def _same_kind(self, family: int) -> Flags:
        """Return which families hold regions that lie across those of one, or that take up the slack of a fraction."""
        if family not in self._alike:
            universe, dimensions = self._relations.families[family]
            own = set(dimensions)
            alike = [
                is_rest(universe) or is_rest(other) or (other == universe and (own <= set(d) or own >= set(d)))
                for other, d in self._relations.families
            ]
            self._alike[family] = np.array(alike, dtype=np.bool_)
        return self._alike[family]


def _around(group: Ints, area: int) -> Ints:
    start = int(np.searchsorted(group, area)) - FEW // 2
    return group if len(group) <= FEW else group[np.arange(start, start + FEW) % len(group)]
