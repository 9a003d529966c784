"""What an attacker knows without seeing a number: which regions of a universe add up to which.

For every filter and every dimension the attacker lines up the published codes: ``persons {sgb2 yes}`` by age, all
``persons`` by age, ``persons {age 0-14}`` by sgb2, and so on. Along each such line numbers add up, and gaps between the
published codes are regions too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

from sozialraum.catalogue import CodeListDoc, Measure, parse_interval, split_codes
from sozialraum.catalogue.codes import OPEN_END, Interval

Elements = frozenset[str]
Filter = frozenset[tuple[str, Elements]]
OTHER = "(other)"


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a universe: by dimension the elements inside; a dimension that is not restricted is left out."""

    universe: str
    filter: Filter

    def holds(self, other: Region) -> bool:
        """Whether another region of the universe lies inside."""
        inner = dict(other.filter)
        return all(dimension in inner and inner[dimension] <= inside for dimension, inside in self.filter)

    def without(self, dimension: str) -> Region:
        """Return the region with one dimension set free."""
        return Region(self.universe, frozenset(pair for pair in self.filter if pair[0] != dimension))


@dataclass(frozen=True, slots=True)
class Line:
    """The regions ``plus`` add up to the same number as the regions ``minus``; ``how`` says why."""

    plus: tuple[Region, ...]
    minus: tuple[Region, ...]
    how: str


class Alphabet:
    """The elements of each dimension of one universe, as fine as its measures tell them apart."""

    def __init__(self, measures: Iterable[Measure], codes: Mapping[str, CodeListDoc]) -> None:
        used: defaultdict[str, set[str]] = defaultdict(set)
        for measure in measures:
            for dimension, text in measure.where:
                used[dimension].add(text)
        self._elements = {d: dict(_spell(texts, codes.get(d))) for d, texts in used.items()}

    def region(self, measure: Measure) -> Region:
        """Return what a measure counts."""
        pairs = ((dimension, self._elements[dimension][text]) for dimension, text in measure.where)
        return Region(measure.universe, frozenset((d, inside) for d, inside in pairs if inside != self.all(d)))

    def all(self, dimension: str) -> Elements:
        """Return every element of a dimension."""
        return self._elements[dimension][""]

    def knows(self, measure: Measure) -> bool:
        """Whether every code of a measure was seen."""
        return all(text in self._elements.get(dimension, {}) for dimension, text in measure.where)


def _spell(texts: set[str], document: CodeListDoc | None) -> Iterator[tuple[str, Elements]]:
    """Yield the elements of each text, and under an empty text those of the whole dimension."""
    if document and document.kind == "interval":
        try:
            intervals = {text: [parse_interval(code) for code in split_codes(text)] for text in texts}
        except ValueError:
            document = None
        else:
            yield from _spell_intervals(intervals)
            return
    groups = document.groups if document else {}
    known = set(document.codes) if document and document.kind == "list" else {OTHER}
    for text in texts:
        inside = frozenset(code for part in split_codes(text) for code in split_codes(groups.get(part, part)))
        known |= inside
        yield text, frozenset(inside)
    yield "", frozenset(known)


def _spell_intervals(intervals: Mapping[str, list[Interval]]) -> Iterator[tuple[str, Elements]]:
    ends = {end for several in intervals.values() for one in several for end in (one.low, one.high)}
    segments = [Interval(low, high) for low, high in pairwise(sorted({0, OPEN_END} | ends))]
    for text, several in intervals.items():
        inside = (s for s in segments if any(one.low <= s.low and s.high <= one.high for one in several))
        yield text, frozenset(map(str, inside))
    yield "", frozenset(map(str, segments))


def lines(regions: Iterable[Region], alphabet: Alphabet) -> list[Line]:
    """Return every line along one dimension through the given regions, the wider ones around them, and the gaps."""
    once = _lines(regions, alphabet)
    return _lines({region for line in once for region in (*line.plus, *line.minus)} | set(regions), alphabet)


def _lines(regions: Iterable[Region], alphabet: Alphabet) -> list[Line]:
    groups: defaultdict[tuple[Region, str], set[Elements]] = defaultdict(set)
    for wide in {wide for region in regions for wide in _around(region)}:
        for dimension, inside in wide.filter:
            groups[wide.without(dimension), dimension].add(inside)
    found = []
    for (context, dimension), members in sorted(groups.items(), key=lambda item: _order(*item[0])):
        everything = alphabet.all(dimension)
        pieces = _pieces(everything, members)
        how = f"the codes of {dimension} add up"
        for member in sorted({*members, everything}, key=_elements_order):
            parts = tuple(_narrow(context, dimension, piece, everything) for piece in pieces if piece <= member)
            whole = _narrow(context, dimension, member, everything)
            if parts != (whole,):
                found.append(Line((whole,), parts, how))
    return found


def _around(region: Region) -> Iterator[Region]:
    pairs = sorted(region.filter, key=lambda pair: pair[0])
    for size in range(len(pairs) + 1):
        for chosen in combinations(pairs, size):
            yield Region(region.universe, frozenset(chosen))


def _pieces(everything: Elements, members: set[Elements]) -> list[Elements]:
    signature: defaultdict[frozenset[Elements], set[str]] = defaultdict(set)
    for element in everything:
        signature[frozenset(member for member in members if element in member)].add(element)
    return sorted((frozenset(piece) for piece in signature.values()), key=_elements_order)


def _narrow(context: Region, dimension: str, inside: Elements, everything: Elements) -> Region:
    if inside == everything:
        return context
    return Region(context.universe, context.filter | {(dimension, inside)})


def _elements_order(elements: Elements) -> list[str]:
    return sorted(elements)


def _order(context: Region, dimension: str) -> tuple[str, list[tuple[str, list[str]]], str]:
    return context.universe, sorted((d, _elements_order(e)) for d, e in context.filter), dimension
