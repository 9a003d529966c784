"""What can be read off without any working out: small numbers, small bases, values made from withheld numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from sozialraum.audit.formulas import Formula
from sozialraum.audit.package import PublicPackage
from sozialraum.audit.report import Finding, Place
from sozialraum.catalogue import Measure
from sozialraum.tables import Status

Spot = tuple[str, str, str]
"""area system, area, period"""

AGREEMENT = 1e-6


@dataclass(frozen=True)
class Ledger:
    """Counts by measure and place.

    Attributes:
        numbers: published numbers.
        withheld: places of withheld ones.
    """

    numbers: Mapping[tuple[Measure, Spot], float]
    withheld: frozenset[tuple[Measure, Spot]]

    @classmethod
    def of(cls, counts: pl.DataFrame) -> Ledger:
        """Read a frame of counts."""
        measures = {pair: Measure.parse(*pair) for pair in counts.select("universe", "where").unique().iter_rows()}
        numbers: dict[tuple[Measure, Spot], float] = {}
        withheld = set()
        for universe, where, system, area, period, value, status in counts.iter_rows():
            key = measures[universe, where], (system, area, period)
            if value is not None:
                numbers[key] = value
            elif status == Status.SUPPRESSED:
                withheld.add(key)
        return cls(numbers, frozenset(withheld))

    def sum(self, measures: Sequence[Measure], spot: Spot) -> float | None:
        """Return the sum of published numbers, None where one of them is not published."""
        found = [self.numbers.get((measure, spot)) for measure in measures]
        return None if None in found else sum(number for number in found if number is not None)


def place_of(measure: Measure, spot: Spot) -> Place:
    """Return the place of a number for the report."""
    return Place(measure.universe, measure.where_text, *spot)


def small_numbers(package: PublicPackage, ledger: Ledger) -> Iterator[Finding]:
    """Find published counts below the minimum."""
    for (measure, spot), number in ledger.numbers.items():
        minimum = package.rules[measure].minimum
        if measure.counts_units and 0 < number < minimum:
            how = f"{number:g} is published, the minimum is {minimum}"
            yield Finding(place_of(measure, spot), number, number, exact=True, kind="published", how=how)


def small_bases(package: PublicPackage, ledger: Ledger) -> Iterator[Finding]:
    """Find published parts of published bases that are too small for any part to be told."""
    found: dict[tuple[Measure, Spot], Finding] = {}
    spots = {spot for _, spot in ledger.numbers}
    for name, formula in package.formulas.items():
        tops = [m for m in (*formula.top, *formula.minus) if m in package.rules]
        strictest = max((package.rules[m].minimum_base for m in tops), default=0)
        if not strictest or not formula.fraction:
            continue
        for spot in spots:
            base = ledger.sum(formula.base, spot)
            for top in tops if base is not None and 0 < base < strictest else ():
                minimum = package.rules[top].minimum_base
                number = ledger.numbers.get((top, spot))
                if number is not None and base is not None and base < minimum:
                    how = f"{name} has a base of {base:g}, the minimum is {minimum}"
                    found[top, spot] = Finding(place_of(top, spot), number, number, exact=True, kind="base", how=how)
    yield from found.values()


def telling_values(package: PublicPackage, ledger: Ledger) -> Iterator[Finding]:
    """Find published values that are made from withheld numbers: with the others known, those follow."""
    hidden = package.values.filter(pl.col("status") == Status.SUPPRESSED.value)
    withheld_values = set(hidden.select("indicator", "area_system", "area", "period").iter_rows())
    told = package.values.filter(pl.col("value").is_not_null() & pl.col("indicator").is_in(list(package.formulas)))
    columns = ("indicator", "area_system", "area", "period", "breakdown", "value")
    for name, system, area, period, breakdown, value in told.select(columns).iter_rows():
        formula = package.formulas[name]
        for when in formula.periods(period):
            spot = (system, area, when)
            for measure in formula.measures(breakdown):
                if (measure, spot) in ledger.withheld:
                    low, high, how = _implied(formula, measure, ledger.sum(formula.base, spot), value)
                    yield Finding(place_of(measure, spot), low, high, high is not None, "value", f"{name} {how}")
            if formula.refers_to and (formula.refers_to, *spot) in withheld_values:
                place = Place(f"indicator {formula.refers_to}", "", *spot)
                yield Finding(place, 0.0, None, exact=False, kind="value", how=f"{name} is published")


def _implied(formula: Formula, measure: Measure, base: float | None, value: float) -> tuple[float, float | None, str]:
    """Turn a published value and its base back into the number on top, where it stands there alone."""
    if not formula.plain or formula.top != (measure,) or formula.minus or base is None:
        return 0.0, None, "is published"
    if not formula.base:
        return value, value, "shows it"
    number = value * base / formula.scale
    return number, number, f"is published as {value:g} and its base is {base:g}"


def contradictions(package: PublicPackage, ledger: Ledger) -> Iterator[str]:
    """Find published values that are not what the published counts give."""
    columns = ("indicator", "area_system", "area", "period", "value")
    plain = package.values.filter((pl.col("breakdown") == "") & pl.col("value").is_not_null())
    for name, system, area, period, value in plain.select(columns).iter_rows():
        formula, spot = package.formulas.get(name), (system, area, period)
        if formula is None or not formula.plain:
            continue
        top, minus = ledger.sum(formula.top, spot), ledger.sum(formula.minus, spot)
        base = ledger.sum(formula.base, spot) if formula.base else 1.0
        if top is None or minus is None or not base:
            continue
        expected = formula.scale * (top - minus) / base
        if abs(expected - value) > AGREEMENT * max(1.0, abs(expected)):
            yield f"{name} in {' '.join(spot)}: {value:g} is published, the counts give {expected:g}"
