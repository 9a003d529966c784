"""Which areas exist in a period, and which lie in which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Nesting:
    """The areas of one period.

    Attributes:
        areas: codes by area system, sorted.
        inside: by (system, parent system) the pairs (area, parent).
    """

    areas: Mapping[str, tuple[str, ...]]
    inside: Mapping[tuple[str, str], tuple[tuple[str, str], ...]]

    def upward(self) -> list[str]:
        """Return the systems, each before those its areas lie in."""
        below: defaultdict[str, set[str]] = defaultdict(set)
        for child, parent in self.inside:
            below[parent].add(child)
        order: list[str] = []
        rest = sorted(self.areas)
        while rest:
            free = [system for system in rest if not below[system] & set(rest)] or rest[:1]
            order += free
            rest = [system for system in rest if system not in free]
        return order


def nest(present: Mapping[str, Iterable[str]], nesting: pl.DataFrame) -> Nesting:
    """Keep the nestings of areas that exist in a period.

    Args:
        present: areas with numbers in the period, by system. An area without any does not exist then.
        nesting: every nesting, with the columns area_system, area, parent_system, parent.
    """
    areas = {system: set(codes) for system, codes in present.items()}
    inside: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    todo = [(system, code) for system, codes in areas.items() for code in codes]
    above: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for system, area, parent_system, parent in nesting.iter_rows():
        above[system, area].append((parent_system, parent))
    while todo:
        system, area = todo.pop()
        for parent_system, parent in above[system, area]:
            inside[system, parent_system].add((area, parent))
            if parent not in areas.setdefault(parent_system, set()):
                areas[parent_system].add(parent)
                todo.append((parent_system, parent))
    return Nesting(
        {system: tuple(sorted(codes)) for system, codes in areas.items()},
        {pair: tuple(sorted(pairs)) for pair, pairs in sorted(inside.items())},
    )
