"""What an attacker knows about a table before seeing a number: which counts add up to which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from sozialraum.catalogue import CodeListDoc, IndicatorDoc, Measure

NESTING_SCHEMA = pl.Schema(
    [("area_system", pl.String), ("area", pl.String), ("parent_system", pl.String), ("parent", pl.String)]
)


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A fraction that somebody publishes.

    Attributes:
        of: measures added up on top.
        base: measures added up below.
        inside: whether what is on top is a part of what is below (a share), so that base minus part is a number too.
    """

    of: tuple[Measure, ...]
    base: tuple[Measure, ...]
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Structure:
    """Every additive relation of a table, in the words of the catalogue.

    Attributes:
        areas: a frame with :data:`NESTING_SCHEMA`; one row for each area inside a larger one. An area may lie in areas
            of several systems; together the areas of a system that lie in one larger area fill it. An area that areas
            of another time fill (a reform split it, or put them together) is their parent in the same system.
        parts: the fractions that are published.
        codes: code lists of the dimensions; a list that is not given is taken to be incomplete.
        unseen: areas (system and code) that nobody publishes, but whose numbers others leave of a larger area: they are
            protected like any other, and do not come out of the door.
        atoms: area systems that are no more than the common refinement of others (districts and school districts): each
            of their areas lies in one of each, and is an *atom* of the overlay. They are counted as far as single
            records can be placed, to protect the others against each other, and nobody ever sees them. An atom whose
            numbers nobody knows has rows without a number.
        kept: measures that are rather kept than others, because many look at them.
    """

    areas: pl.DataFrame
    parts: tuple[Part, ...]
    codes: Mapping[str, CodeListDoc]
    unseen: frozenset[tuple[str, str]] = frozenset()
    atoms: frozenset[str] = frozenset()
    kept: frozenset[Measure] = frozenset()


def families_of(universes: Sequence[str], parts: Sequence[Part]) -> dict[str, str]:
    """Put universes together that a share ties (the unemployed are a part of all persons): universe to its first."""
    family = {universe: universe for universe in universes}
    for part in parts:
        tied = {family[m.universe] for m in (*part.of, *part.base) if part.inside and m.universe in family}
        family = {universe: min(tied) if own in tied else own for universe, own in family.items()}
    return family


def parts_of(indicators: Mapping[str, IndicatorDoc]) -> tuple[Part, ...]:
    """Return the fractions that these indicators publish, each once, in a fixed order."""
    return tuple(sorted({part for document in indicators.values() for part in _parts(document)}))


def _parts(document: IndicatorDoc) -> Iterator[Part]:
    if document.share or document.rate:
        yield Part(document.numerator, document.denominator, inside=document.share is not None)
    if document.segregation and all(measure.counts_units for measure in document.numerator):
        yield Part(document.numerator, document.denominator, inside=True)
    if document.subtracted:
        yield Part(document.subtracted, document.denominator, inside=False)
