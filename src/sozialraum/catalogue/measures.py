"""Measures: what is counted or summed, written the same way everywhere.

A measure is a universe plus a filter over its dimensions (``persons {age 0-14, sgb2 yes}``), the sum of an amount over
the same (``taxpayers.income``), a *tally* of an amount, for which single records are needed
(``taxpayers.income@median``), or a *figure*: a number that arrives ready made (``figure.debtor_rate``). Tallies and
figures can not be added up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sozialraum.catalogue.codes import split_codes

FIGURE = "figure"

MEDIAN, GINI = "median", "gini"
KNOWN = "known"
"""How many units have the amount: a tally that stands beside every other one until the door, and never leaves."""

STANDARDISED, VARIANCE = "standardised", "variance"
"""What stands in the place of an amount in a directly standardised rate, and in its variance."""

NEIGHBOURS = 10
"""A quantile is the mean of so many neighbouring units, so that it is nobody's own value."""

_QUANTILE = re.compile(r"q[1-9][0-9]")


@dataclass(frozen=True, slots=True, order=True)
class Measure:
    """What is counted or summed; hashable, ordered, the same text in every table.

    Attributes:
        universe: ``persons``, ``households`` ...; with an amount ``taxpayers.income``, with a tally of it
            ``taxpayers.income@median``; ``persons.standardised@STANDARD/BASE`` for a directly standardised rate;
            ``figure.NAME`` for a figure.
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
        """Whether values of disjoint parts may be added. Counts and amounts may, tallies and figures may not."""
        return not self.universe.startswith(f"{FIGURE}.") and not self.statistic

    @property
    def counts_units(self) -> bool:
        """Whether the measure counts units (persons, firms), so that small values need protection."""
        return "." not in self.universe

    @property
    def units(self) -> str:
        """The universe alone: what is counted, or whose amount it is."""
        return self.universe.partition(".")[0]

    @property
    def amount(self) -> str:
        """The amount that is summed or tallied, empty where units are counted."""
        return self.universe.partition("@")[0].partition(".")[2]

    @property
    def statistic(self) -> str:
        """What a tally tells of the amount: ``median``, ``q20``, ``gini``, ``known``; empty for any other measure."""
        return self.universe.partition("@")[2]

    @property
    def base(self) -> Measure | None:
        """The base of a directly standardised rate (and of its variance), None for any other measure."""
        _, slash, base = self.statistic.partition("/")
        universe, _, where = base.partition("/")
        return Measure.parse(universe, where) if slash else None

    @property
    def at(self) -> float | None:
        """The part of the units below a quantile (0.5 for a median), None for any other measure."""
        if self.statistic == MEDIAN:
            return 0.5
        return int(self.statistic[1:]) / 100 if _QUANTILE.fullmatch(self.statistic) else None

    @property
    def counted(self) -> Measure:
        """The number of units that an amount or a tally is about."""
        return replace(self, universe=self.units)

    @property
    def summed(self) -> Measure:
        """The sum of the amount that a tally is about."""
        return replace(self, universe=f"{self.units}.{self.amount}")

    def tallied(self, statistic: str) -> Measure:
        """Return a tally of the amount."""
        return replace(self, universe=f"{self.units}.{self.amount}@{statistic}")

    def standardised(self, base: Measure, standard: str) -> tuple[Measure, Measure]:
        """Return the directly standardised rate of these cases per unit of a base, and its variance.

        Args:
            base: whom the cases happen to, without any age.
            standard: id of the standard population.
        """
        name = "/".join(part for part in (standard, base.universe, base.where_text) if part)
        rate, variance = (replace(self, universe=f"{self.units}.{what}@{name}") for what in (STANDARDISED, VARIANCE))
        return rate, variance

    def within(self, **codes: str) -> Measure:
        """Return the same measure with a narrower filter."""
        return Measure.of(self.universe, self.filter | codes)

    def __str__(self) -> str:
        return f"{self.universe} {{{', '.join(f'{d} {c}' for d, c in self.where)}}}" if self.where else self.universe
