"""Where to look for a counterweight: among a few cells first, so that the programmes stay small."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sozialraum.disclosure.elimination import Flags, Ints
from sozialraum.disclosure.relations import Relations, is_rest


def near(relations: Relations, cell: int) -> Iterator[Ints]:
    """Yield cells, ascending, among which a counterweight for ``cell`` may be: a few at first, all of them at last."""
    area = int(relations.area_of[cell])
    groups = relations.neighbours.get(area, ())
    if groups and relations.height_of[cell] == 0:
        few = _blocks(relations, np.concatenate([_around(group, area) for group in groups]))
        yield few[_same_kind(relations, cell)[relations.family_of[few]]]
        yield few
        if any(len(group) > FEW for group in groups):
            yield _blocks(relations, np.concatenate(groups))
    yield np.arange(len(relations.area_of))


FEW = 12
"""So many areas beside an area are looked at first."""


def _around(group: Ints, area: int) -> Ints:
    start = int(np.searchsorted(group, area)) - FEW // 2
    return group if len(group) <= FEW else group[np.arange(start, start + FEW) % len(group)]


def _blocks(relations: Relations, areas: Ints) -> Ints:
    areas = np.unique(areas)
    first = np.searchsorted(relations.area_of, areas)
    last = np.searchsorted(relations.area_of, areas, side="right")
    return np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)])


def _same_kind(relations: Relations, cell: int) -> Flags:
    """Return which families hold regions that lie across the cell's own, or that take up the slack of a fraction."""
    universe, dimensions = relations.families[relations.family_of[cell]]
    own = set(dimensions)
    return np.array(
        [
            is_rest(universe) or is_rest(other) or (other == universe and (own <= set(theirs) or own >= set(theirs)))
            for other, theirs in relations.families
        ]
    )
