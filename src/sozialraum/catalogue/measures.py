"""Measures: what is counted or summed, written the same way everywhere.

A measure is a universe plus a filter over its dimensions (``persons {age 0-14, sgb2 yes}``), the sum of an amount over
the same (``taxpayers.income``), or a *figure*: a number that arrives ready made and can not be added up (a median, a
published rate; ``figure.debtor_rate``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sozialraum.catalogue.codes import split_codes

FIGURE = "figure"


@dataclass(frozen=True, slots=True, order=True)
class Measure:
    """What is counted or summed; hashable, ordered, the same text in every table.

    Attributes:
        universe: ``persons``, ``households`` ...; with an amount ``taxpayers.income``; ``figure.NAME`` for a figure.
        where: pairs (dimension, codes), sorted by dimension; codes of one dimension are joined by ``|``.
    """

    universe: str
    where: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, universe: str, where: Mapping[str, str] | None = None) -> Measure:
        """Build a measure from a mapping of dimension to codes; codes joined by ``|`` are sorted."""
        return cls(
            universe, tuple(sorted((name, "|".join(split_codes(codes))) for name, codes in (where or {}).items()))
        )

    @classmethod
    def parse(cls, universe: str, where: str) -> Measure:
        """Read a measure back from the two text columns of a table."""
        pairs = (part.partition("=") for part in where.split(";") if part)
        return cls.of(universe, {dimension: codes for dimension, _, codes in pairs})

    @property
    def where_text(self) -> str:
        """The filter as the tables write it: ``age=0-14;sgb2=yes``, empty for the whole universe."""
        return ";".join(f"{dimension}={codes}" for dimension, codes in self.where)

    @property
    def filter(self) -> dict[str, str]:
        """The filter as a mapping of dimension to codes."""
        return dict(self.where)

    @property
    def additive(self) -> bool:
        """Whether values of disjoint parts may be added. Counts and amounts may, figures may not."""
        return not self.universe.startswith(f"{FIGURE}.")

    @property
    def counts_units(self) -> bool:
        """Whether the measure counts units (persons, firms), so that small values need protection."""
        return "." not in self.universe

    def within(self, **codes: str) -> Measure:
        """Return the same measure with a narrower filter."""
        return Measure.of(self.universe, self.filter | codes)

    def __str__(self) -> str:
        return f"{self.universe} {{{', '.join(f'{d} {c}' for d, c in self.where)}}}" if self.where else self.universe
