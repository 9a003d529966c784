"""Which delivered numbers add up to a question exactly, without overlap and without gap."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sozialraum.catalogue.codes import tile_intervals, tile_list
from sozialraum.catalogue.documents import CodeListDoc
from sozialraum.catalogue.measures import Measure
from sozialraum.counts.filters import Codes, intervals, members, whole

EVERY_ORDER = 3
"""Up to so many dimensions every order of splitting them is tried; beyond it one order only."""


def tile(question: Measure, offered: Collection[Measure], codes: Codes) -> tuple[Measure, ...] | None:
    """Find the fewest offered measures that add up to a question exactly.

    A dimension that the question does not name stands for all its codes together: ``persons`` is the sum of age groups
    from 0 on. Several dimensions are split one after the other, so tilings that no such cutting yields are not found.

    Args:
        question: a plain measure.
        offered: plain measures.
        codes: the code lists of their dimensions.

    Returns:
        The parts (the question alone where it is offered itself), or None.
    """
    if question in offered:
        return (question,)
    if not question.additive:
        return None
    inside = [measure for measure in offered if _inside(measure, question, codes)]
    dimensions = tuple(sorted({dimension for measure in inside for dimension, _ in measure.where}))
    found = _Tiler(question.filter, codes).cover(tuple(sorted(inside)), dimensions)
    return tuple(sorted(found)) if found else None


def _inside(measure: Measure, question: Measure, codes: Codes) -> bool:
    filters = measure.filter
    return measure.universe == question.universe and all(
        dimension in filters and _within(filters[dimension], text, codes[dimension])
        for dimension, text in question.where
    )


def _within(text: str, other: str, document: CodeListDoc) -> bool:
    if text == other:
        return True
    if document.kind == "list":
        return members(text, document) <= members(other, document)
    around = intervals(other, document)
    return all(any(a.low <= i.low and i.high <= a.high for a in around) for i in intervals(text, document))


@dataclass(slots=True)
class _Tiler:
    """Covers what is asked by splitting one dimension after the other; every subproblem is solved once."""

    asked: Mapping[str, str]
    codes: Codes
    known: dict[tuple[tuple[Measure, ...], tuple[str, ...]], tuple[Measure, ...]] = field(default_factory=dict)

    def cover(self, pieces: tuple[Measure, ...], dimensions: tuple[str, ...]) -> tuple[Measure, ...]:
        """Return the fewest pieces that cover what is asked in ``dimensions``; empty where there are none."""
        if not dimensions or not pieces:
            return pieces[:1]
        if (pieces, dimensions) not in self.known:
            first = dimensions if len(dimensions) <= EVERY_ORDER else dimensions[:1]
            found = [cover for dimension in first if (cover := self._split(pieces, dimensions, dimension))]
            self.known[pieces, dimensions] = min(found, key=len, default=())
        return self.known[pieces, dimensions]

    def _split(self, pieces: Sequence[Measure], dimensions: Iterable[str], by: str) -> tuple[Measure, ...]:
        rest = tuple(dimension for dimension in dimensions if dimension != by)
        groups: dict[str | None, list[Measure]] = {}
        for piece in pieces:
            groups.setdefault(piece.filter.get(by), []).append(piece)
        solved = {code: cover for code, group in groups.items() if (cover := self.cover(tuple(group), rest))}
        undivided = solved.pop(self.asked.get(by), ())
        codes = _tile_codes(self.asked.get(by), {code for code in solved if code}, self.codes[by])
        divided = tuple(piece for code in codes for piece in solved[code])
        return min((cover for cover in (undivided, divided) if cover), key=len, default=())


def _tile_codes(asked: str | None, offered: Collection[str], document: CodeListDoc) -> tuple[str, ...]:
    wanted = whole(document) if asked is None else asked
    if document.kind == "list":
        return tile_list(members(wanted, document), offered) or ()
    single = [code for code in offered if "|" not in code]
    tilings = [tile_intervals(part, single) for part in intervals(wanted, document)]
    return () if None in tilings else tuple(code for tiling in tilings if tiling for code in tiling)
