"""The measures of a universe as margins of one big table, and how they hang together.

``persons {age 0-14}`` and ``persons {sex f}`` are margins of the table age x sex x ... of all persons. That table is
far too large to write down, and it need not be. Each set of dimensions that some measure uses together gets a small
table, cut as coarsely as its measures allow; two tables agree on the dimensions they share. Whatever follows by adding
and subtracting from the margins follows from these tables, and so do bounds where the sets of dimensions form no circle
(decomposable models: Lauritzen 1996, Graphical Models; Dobra and Fienberg 2000 use them for bounds on cells).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import or_

from sozialraum.catalogue import CodeListDoc, Measure, parse_interval, split_codes
from sozialraum.catalogue.codes import OPEN_END

Box = tuple[tuple[str, int], ...]
"""A region of the big table: for each restricted dimension, sorted by name, the pieces inside as bits."""

WHOLE: Box = ()
REST = ""
"""Stands for the codes of an incomplete list that no measure names."""


@dataclass(frozen=True, slots=True, order=True)
class Sum:
    """``whole`` is the sum of ``parts``, which do not overlap."""

    whole: Box
    parts: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Every dimension cut into the pieces that some measure tells apart.

    Attributes:
        masks: for each dimension and codes the pieces inside, as bits.
        full: for each dimension all its pieces.
    """

    masks: Mapping[tuple[str, str], int]
    full: Mapping[str, int]

    def box(self, measure: Measure) -> Box:
        """Return the region that a measure counts."""
        masks = ((dimension, self.masks[dimension, codes]) for dimension, codes in measure.where)
        return tuple((dimension, mask) for dimension, mask in masks if mask != self.full[dimension])


def cut(measures: Iterable[Measure], codes: Mapping[str, CodeListDoc]) -> Pieces:
    """Cut the dimensions of measures into pieces."""
    used: defaultdict[str, set[str]] = defaultdict(set)
    for measure in measures:
        for dimension, text in measure.where:
            used[dimension].add(text)
    masks: dict[tuple[str, str], int] = {}
    full: dict[str, int] = {}
    for dimension, texts in used.items():
        members = _members(texts, codes.get(dimension))
        signatures = sorted({frozenset(t for t in texts if e in members[t]) for e in members[REST]}, key=sorted)
        for text in texts:
            masks[dimension, text] = sum(1 << i for i, signature in enumerate(signatures) if text in signature)
        full[dimension] = (1 << len(signatures)) - 1
    return Pieces(masks, full)


def _members(texts: set[str], document: CodeListDoc | None) -> dict[str, frozenset[object]]:
    """Return the elements behind each text, and under :data:`REST` all elements there are."""
    if document is not None and document.kind == "interval":
        try:
            return _interval_members(texts)
        except ValueError:  # an interval dimension with a code such as "unknown" is told apart code by code
            return _list_members(texts, {}, {REST})
    if document is None:
        return _list_members(texts, {}, {REST})
    return _list_members(texts, document.groups, set(document.codes))


def _interval_members(texts: set[str]) -> dict[str, frozenset[object]]:
    intervals = {text: [parse_interval(code) for code in split_codes(text)] for text in texts}
    ends = {end for several in intervals.values() for one in several for end in (one.low, one.high)}
    starts = sorted({0, *ends} - {OPEN_END})
    members: dict[str, frozenset[object]] = {REST: frozenset(starts)}
    for text, several in intervals.items():
        members[text] = frozenset(s for s in starts if any(one.low <= s < one.high for one in several))
    return members


def _list_members(texts: set[str], groups: Mapping[str, str], known: set[str]) -> dict[str, frozenset[object]]:
    members = {
        text: frozenset(member for code in split_codes(text) for member in split_codes(groups.get(code, code)))
        for text in texts
    }
    everything = frozenset(known).union(*members.values())
    return {**members, REST: everything}


def relate(boxes: Iterable[Box], full: Mapping[str, int]) -> tuple[Sum, ...]:
    """Find the sums that tie regions of one universe together.

    Args:
        boxes: the regions that are published or asked for; the whole is always added.
        full: all pieces of each dimension.

    Returns:
        Sums over the given regions and over further, unpublished ones.
    """
    given = _with_filled({*boxes, WHOLE}, full)
    sums = set(_lines(given, full))
    asked: defaultdict[frozenset[str], set[Box]] = defaultdict(set)
    for box in given.union(*((line.whole, *line.parts) for line in sums)):
        asked[_dimensions(box)].add(box)
    families = _close(set(asked))
    for together in sorted(families, key=lambda family: (-len(family), sorted(family))):
        own = asked[together]
        split = {d: _refine(full[d], (dict(box)[d] for box in own)) for d in sorted(together)}
        cells = _cells(split, full)
        for smaller in _just_inside(together, families):
            for box in _cells({d: split[d] for d in sorted(smaller)}, full):
                asked[_dimensions(box)].add(box)
                own = own | {box}
        sums.update(_sum(whole, cells, full) for whole in own if whole not in cells)
    return tuple(sorted(sums))


def _lines(boxes: set[Box], full: Mapping[str, int]) -> Iterator[Sum]:
    """Yield how a given region is made of its parts along one dimension, those included that nobody asks for.

    All, women and men below 18 tell of the others below 18, however finely other measures cut the ages.
    """
    for (context, dimension), masks in _along(boxes).items():
        if context not in boxes:
            continue
        pieces = {mask: tuple(sorted((*context, (dimension, mask)))) for mask in _refine(full[dimension], masks)}
        wholes = {mask: tuple(sorted((*context, (dimension, mask)))) for mask in masks} | {full[dimension]: context}
        for mask, whole in wholes.items():
            if mask not in pieces:
                yield Sum(whole, tuple(piece for part, piece in pieces.items() if part & ~mask == 0))


def _with_filled(boxes: set[Box], full: Mapping[str, int]) -> set[Box]:
    """Add the regions that given ones fill along one dimension, until nothing new appears.

    Women and men below 18 tell how many there are below 18, though nobody asks; and with all persons, above 18.
    """

    def filled() -> set[Box]:
        return {context for (context, dimension), masks in _along(boxes).items() if _union(masks) == full[dimension]}

    while new := filled() - boxes:
        boxes = boxes | new
    return boxes


def _along(boxes: Iterable[Box]) -> Mapping[tuple[Box, str], set[int]]:
    """Return regions by what they restrict beside one dimension, and that dimension: the pieces of it inside."""
    lines: defaultdict[tuple[Box, str], set[int]] = defaultdict(set)
    for box in boxes:
        for dimension, mask in box:
            lines[tuple(pair for pair in box if pair[0] != dimension), dimension].add(mask)
    return lines


def _union(masks: Iterable[int]) -> int:
    return reduce(or_, masks, 0)


def _dimensions(box: Box) -> frozenset[str]:
    return frozenset(dimension for dimension, _ in box)


def _close(families: set[frozenset[str]]) -> set[frozenset[str]]:
    """Add what sets of dimensions have in common, until nothing new appears."""
    while new := {one & other for one in families for other in families} - families:
        families = families | new
    return families


def _just_inside(together: frozenset[str], families: set[frozenset[str]]) -> list[frozenset[str]]:
    """Return the largest sets inside a set of dimensions."""
    inside = [family for family in families if family < together]
    return [family for family in inside if not any(family < other for other in inside)]


def _refine(full: int, masks: Iterable[int]) -> tuple[int, ...]:
    pieces = {full}
    for mask in set(masks):
        pieces = {part for piece in pieces for part in (piece & mask, piece & ~mask) if part}
    return tuple(sorted(pieces))


def _cells(split: Mapping[str, tuple[int, ...]], full: Mapping[str, int]) -> list[Box]:
    dimensions = sorted(split)
    combos = product(*(split[d] for d in dimensions))
    return [tuple((d, m) for d, m in zip(dimensions, masks, strict=True) if m != full[d]) for masks in combos]


def _sum(whole: Box, cells: Iterable[Box], full: Mapping[str, int]) -> Sum:
    return Sum(whole, tuple(cell for cell in cells if _inside(dict(cell), whole, full)))


def _inside(cell: Mapping[str, int], whole: Box, full: Mapping[str, int]) -> bool:
    return all(cell.get(dimension, full[dimension]) & ~mask == 0 for dimension, mask in whole)
