"""Which areas exist in a period, and which lie in which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

Area = tuple[str, str]
"""An area system and the code of an area in it."""


@dataclass(frozen=True, slots=True)
class Nesting:
    """The areas of one period.

    Attributes:
        areas: codes by area system, sorted.
        inside: by (system, parent system) the pairs (area, parent). Both systems are the same where areas of another
            time fill an area.
    """

    areas: Mapping[str, tuple[str, ...]]
    inside: Mapping[tuple[str, str], tuple[tuple[str, str], ...]]

    def upward(self) -> list[str]:
        """Return the systems, each before those its areas lie in."""
        below: defaultdict[str, set[str]] = defaultdict(set)
        for child, parent in self.inside:
            below[parent] |= {child} - {parent}
        order: list[str] = []
        rest = sorted(self.areas)
        while rest:
            free = [system for system in rest if not below[system] & set(rest)] or rest[:1]
            order += free
            rest = [system for system in rest if system not in free]
        return order


def nest(present: Mapping[str, Iterable[str]], nesting: pl.DataFrame) -> Nesting:
    """Keep the nestings of areas that exist in a period.

    Where a reform split an area and some numbers of a period stand in the old area and some in the new ones, those lie
    in the old one, and they alone add up to what is above.

    Args:
        present: areas with numbers in the period, by system. An area without any does not exist then.
        nesting: every nesting, with the columns area_system, area, parent_system, parent.
    """
    areas = {system: set(codes) for system, codes in present.items()}
    inside: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    above: defaultdict[Area, list[Area]] = defaultdict(list)
    reforms: defaultdict[Area, set[str]] = defaultdict(set)
    for system, area, parent_system, parent in _of_systems(nesting, set(areas)).iter_rows():
        if system == parent_system:
            reforms[system, parent].add(area)
        else:
            above[system, area].append((parent_system, parent))
    for (system, whole), parts in _mixed(areas, reforms):
        inside[system, system] |= {(part, whole) for part in parts}
        if all(above[system, part] for part in parts):
            above[system, whole] = []
    todo = [(system, code) for system, codes in areas.items() for code in codes]
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


def _of_systems(nesting: pl.DataFrame, systems: set[str]) -> pl.DataFrame:
    """Return the nestings of some systems and of those above them, without the many of other systems."""
    pairs = set(nesting.select("area_system", "parent_system").unique().iter_rows())
    while above := {parent for child, parent in pairs if child in systems} - systems:
        systems = systems | above
    return nesting.filter(pl.col("area_system").is_in(systems))


def _mixed(areas: Mapping[str, set[str]], reforms: Mapping[Area, set[str]]) -> Iterator[tuple[Area, set[str]]]:
    """Yield the reformed areas that exist beside some of their parts, with the parts; all of those exist then."""
    todo = dict(reforms)
    while found := [key for key, parts in todo.items() if key[1] in areas.get(key[0], ()) and parts & areas[key[0]]]:
        for system, whole in found:
            parts = todo.pop((system, whole))
            areas[system].update(parts)
            yield (system, whole), parts
