"""Which questions share a pass over the records.

One cube for all questions would be the fewest passes, but with many dimensions it grows as large as the records. So
questions are gathered into cubes as long as the product of their classes stays small enough for the processor's cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

from sozialraum.catalogue.measures import Measure
from sozialraum.counts.classes import Classes, classes_of
from sozialraum.counts.filters import Codes

ROOM = 2**16
"""Cells of a cube that a processor's cache holds; measured, see ``benchmarks/counts_cube.py``."""

LEAST = 64
"""Combinations of classes that a cube may have however many areas and periods there are."""

LARGE = 2**22
"""Cells of a cube where not even that many combinations fit into the cache: then few passes count for more, and memory
sets the limit; measured, see ``benchmarks/counts_country.py``."""


@dataclass(slots=True)
class Plan:
    """Questions that are answered from one cube, and how its dimensions fall into classes."""

    questions: list[Measure] = field(default_factory=list)
    classes: dict[str, Classes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Combinations of classes."""
        return prod(each.size for each in self.classes.values())

    def joined(self, questions: Sequence[Measure], codes: Codes) -> Plan:
        """Return the plan with more questions."""
        asked = {dimension: list(each.asked) for dimension, each in self.classes.items()}
        for question in questions:
            for dimension, text in question.where:
                asked.setdefault(dimension, []).append(text)
        classes = {dimension: classes_of(dimension, texts, codes[dimension]) for dimension, texts in asked.items()}
        return Plan([*self.questions, *questions], classes)


def plan_cubes(questions: Sequence[Measure], codes: Codes, places: int) -> list[Plan]:
    """Gather questions into few cubes; those over the same dimensions stay together where they fit.

    Args:
        questions: plain measures of one universe.
        codes: the code lists of their dimensions.
        places: areas x periods.
    """
    room = ROOM // max(places, 1)
    if room < LEAST:
        room = max(LEAST, LARGE // places)
    plans: list[Plan] = []
    for alike in _alike(questions):
        if Plan().joined(alike, codes).size <= room:
            _add(plans, alike, codes, room)
        else:
            for question in alike:
                _add(plans, [question], codes, room)
    return plans


def _alike(questions: Sequence[Measure]) -> list[list[Measure]]:
    """Group questions by their dimensions, those with most dimensions first."""
    groups: dict[tuple[str, ...], list[Measure]] = {}
    for question in sorted(set(questions)):
        groups.setdefault(tuple(question.filter), []).append(question)
    return [groups[dimensions] for dimensions in sorted(groups, key=lambda d: (-len(d), d))]


def _add(plans: list[Plan], questions: Sequence[Measure], codes: Codes, room: int) -> None:
    """Add questions to the plan that grows least, or to a new one where none has room."""
    grown = [plan.joined(questions, codes) for plan in plans]
    fitting = [
        (new.size / old.size, place)
        for place, (old, new) in enumerate(zip(plans, grown, strict=True))
        if new.size <= room
    ]
    if fitting:
        place = min(fitting)[1]
        plans[place] = grown[place]
    else:
        plans.append(Plan().joined(questions, codes))
