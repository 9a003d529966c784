"""What can be read off without any working out: small numbers, small bases, values made from withheld numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import polars as pl

from sozialraum.audit.formulas import Formula
from sozialraum.audit.package import PublicPackage
from sozialraum.audit.report import Finding, Place
from sozialraum.catalogue import Measure
from sozialraum.catalogue.measures import NEIGHBOURS
from sozialraum.tables import Status

Spot = tuple[str, str, str]
"""area system, area, period"""
Sum = Callable[[Spot], float | None]

AGREEMENT = 1e-6
RATE_DIGITS = 3
"""More digits of a standardised rate would tell how its cases are spread over the ages."""


@dataclass(frozen=True)
class Ledger:
    """Counts by measure, then by place.

    Attributes:
        numbers: published numbers.
        withheld: places of withheld ones.
    """

    numbers: Mapping[Measure, Mapping[Spot, float]]
    withheld: Mapping[Measure, frozenset[Spot]]

    @classmethod
    def of(cls, counts: pl.DataFrame) -> Ledger:
        """Read a frame of counts."""
        published = _by_measure(counts.filter(pl.col("value").is_not_null()))
        hidden = _by_measure(counts.filter(pl.col("value").is_null() & (pl.col("status") == Status.SUPPRESSED.value)))
        return cls(
            {measure: dict(zip(_spots(frame), frame["value"].to_list(), strict=True)) for measure, frame in published},
            {measure: frozenset(_spots(frame)) for measure, frame in hidden},
        )

    def of_several(self, measures: Sequence[Measure]) -> Sum:
        """Return what finds the sum of published numbers in a place, None where one of them is not published."""
        columns = [self.numbers.get(measure, {}) for measure in measures]

        def sum_in(spot: Spot) -> float | None:
            total = 0.0
            for column in columns:
                number = column.get(spot)
                if number is None:
                    return None
                total += number
            return total

        return sum_in


def _by_measure(counts: pl.DataFrame) -> Iterator[tuple[Measure, pl.DataFrame]]:
    for (universe, where), frame in counts.partition_by("universe", "where", as_dict=True).items():
        yield Measure.parse(universe, where), frame


def _spots(counts: pl.DataFrame) -> Iterator[Spot]:
    return counts.select("area_system", "area", "period").iter_rows()


def place_of(measure: Measure, spot: Spot) -> Place:
    """Return the place of a number for the report."""
    return Place(measure.universe, measure.where_text, *spot)


def small_numbers(package: PublicPackage, ledger: Ledger) -> Iterator[Finding]:
    """Find published counts below the minimum."""
    for measure, numbers in ledger.numbers.items():
        minimum = package.rules[measure].minimum if measure.counts_units else 0
        for spot, number in numbers.items():
            if 0 < number < minimum:
                how = f"{number:g} is published, the minimum is {minimum}"
                yield Finding(place_of(measure, spot), number, number, exact=True, kind="published", how=how)


def thin_tallies(package: PublicPackage, ledger: Ledger) -> Iterator[Finding]:
    """Find published medians, quantiles and Gini coefficients of too few units, or with too many decimals.

    A quantile is the mean of some neighbouring units, so there must be as many on either side of it, and between it and
    any other quantile of the same units.
    """
    undefined = dict(_by_measure(package.counts.filter(pl.col("status") == Status.UNDEFINED.value)))
    tallies = sorted(measure for measure in {*ledger.numbers, *undefined} if measure.statistic)
    for measure in tallies:
        rules = package.rules[measure]
        needed = rules.minimum_cases if measure.base else _units_needed(measure, rules.minimum_tally, tallies)
        counts, numbers = ledger.numbers.get(measure.counted, {}), ledger.numbers.get(measure, {})
        for spot in _spots(undefined[measure]) if measure in undefined else ():
            if (units := counts.get(spot)) is None or 0 < units < needed:
                how = f"it is told that it can not exist, of {_shown(units)}; the minimum is {needed:g}"
                yield Finding(place_of(measure, spot), 0.0, None, exact=False, kind="tally", how=how)
        for spot, number in numbers.items():
            if (units := counts.get(spot)) is None or units < needed * (units > 0 or measure.base is None):
                how = f"{number:g} is published of {_shown(units)}; the minimum is {needed:g}"
                yield Finding(place_of(measure, spot), number, number, exact=True, kind="tally", how=how)
        yield from _too_exact(package, measure, numbers)


def _shown(units: float | None) -> str:
    return "a number that is not published" if units is None else f"{units:g}"


def _too_exact(package: PublicPackage, measure: Measure, numbers: Mapping[Spot, float]) -> Iterator[Finding]:
    """Find tallies with more decimals than an indicator that tells them, and rates with more than three digits."""
    if measure.base:
        for spot, number in numbers.items():
            if abs(float(f"{number:.{RATE_DIGITS - 1}e}") - number) > AGREEMENT * abs(number):
                how = f"{number!r} is published, a standardised rate has {RATE_DIGITS} digits"
                yield Finding(place_of(measure, spot), number, number, exact=True, kind="tally", how=how)
        return
    decimals = min((f.decimals for f in package.formulas.values() if measure in f.top), default=None)
    for spot, number in numbers.items() if decimals is not None else ():
        if abs(round(number, decimals) - number) > AGREEMENT:
            how = f"{number!r} is published, its indicator has {decimals} decimals"
            yield Finding(place_of(measure, spot), number, number, exact=True, kind="tally", how=how)


def _units_needed(measure: Measure, minimum: int, tallies: Sequence[Measure]) -> float:
    at = measure.at
    if at is None:
        return minimum
    others = [other.at for other in tallies if other.at not in (None, at) and other.summed == measure.summed]
    between = [NEIGHBOURS / abs(at - other) for other in others if other is not None]
    return max(minimum, NEIGHBOURS / 2 / min(at, 1 - at) - AGREEMENT, *(units - AGREEMENT for units in between))


def small_bases(package: PublicPackage, ledger: Ledger) -> Iterator[Finding]:
    """Find published parts of published bases that are too small for any part to be told."""
    found: dict[tuple[Measure, Spot], Finding] = {}
    for name, formula in package.formulas.items():
        if not formula.fraction or not formula.base:
            continue
        base_in = ledger.of_several(formula.base)
        bases = {spot: base for spot in ledger.numbers.get(formula.base[0], {}) if (base := base_in(spot))}
        for top in (measure for measure in (*formula.top, *formula.minus) if measure in package.rules):
            minimum, numbers = package.rules[top].minimum_base, ledger.numbers.get(top, {})
            for spot, base in bases.items():
                if 0 < base < minimum and (number := numbers.get(spot)) is not None:
                    how = f"{name} has a base of {base:g}, the minimum is {minimum}"
                    found[top, spot] = Finding(place_of(top, spot), number, number, exact=True, kind="base", how=how)
    yield from found.values()


def telling_values(package: PublicPackage, ledger: Ledger) -> Iterator[Finding]:
    """Find published values that are made from withheld numbers: with the others known, those follow."""
    hidden = package.values.filter(pl.col("status") == Status.SUPPRESSED.value)
    withheld_values = set(hidden.select("indicator", "area_system", "area", "period").iter_rows())
    names = [name for name, formula in package.formulas.items() if not formula.spread]
    told = package.values.filter(pl.col("value").is_not_null() & pl.col("indicator").is_in(names))
    ingredients = cache(partial(_ingredients, package, ledger))
    periods = cache(lambda name, period: package.formulas[name].periods(period))
    relatives = cache(partial(_relatives, package))
    columns = ("indicator", "breakdown", "period", "area_system", "area", "value", "status")
    for name, breakdown, period, system, area, value, status in told.select(columns).iter_rows():
        formula, withheld, base_in = ingredients(name, breakdown)
        others = relatives(system, area) if withheld and status == Status.ESTIMATED.value else ()
        for spot in ((system, other, when) for other in others for when in periods(name, period)):
            for measure in (measure for measure, spots in withheld.items() if spot in spots):
                how = f"{name} is published for {area}, which is estimated from it"
                yield Finding(place_of(measure, spot), 0.0, None, exact=False, kind="value", how=how)
        for spot in ((system, area, when) for when in periods(name, period)) if withheld or formula.refers_to else ():
            for measure in (measure for measure, spots in withheld.items() if spot in spots):
                low, high, how = _implied(formula, measure, base_in(spot), value)
                yield Finding(place_of(measure, spot), low, high, high is not None, "value", f"{name} {how}")
            if formula.refers_to and (formula.refers_to, *spot) in withheld_values:
                place = Place(f"indicator {formula.refers_to}", "", *spot)
                yield Finding(place, 0.0, None, exact=False, kind="value", how=f"{name} is published")


def _ingredients(
    package: PublicPackage, ledger: Ledger, name: str, breakdown: str
) -> tuple[Formula, Mapping[Measure, frozenset[Spot]], Sum]:
    """Return what values of an indicator are made from: where its measures are withheld, and what its base is."""
    formula = package.formulas[name]
    withheld = {m: ledger.withheld[m] for m in formula.measures(breakdown) if m in ledger.withheld}
    return formula, withheld, ledger.of_several(formula.base)


def _relatives(package: PublicPackage, system: str, area: str) -> frozenset[str]:
    """Return the areas of another time that cover the same ground: its number may be estimated from theirs."""
    reforms = package.reforms.get(system, {})
    return frozenset(reforms.get(area, ())) | {whole for whole, parts in reforms.items() if area in parts}


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
    expected_in = {name: _expected(formula, ledger) for name, formula in package.formulas.items() if formula.plain}
    known = pl.col("value").is_not_null() & pl.col("indicator").is_in(list(expected_in))
    columns = ("indicator", "area_system", "area", "period", "value")
    for name, *spot, value in package.values.filter(pl.col("breakdown") == "", known).select(columns).iter_rows():
        expected = expected_in[name](tuple(spot))
        if expected is not None and abs(expected - value) > AGREEMENT * max(1.0, abs(expected)):
            yield f"{name} in {' '.join(spot)}: {value:g} is published, the counts give {expected:g}"


def _expected(formula: Formula, ledger: Ledger) -> Sum:
    """Return what finds the value that the published counts give a place, None where they give none."""
    top_in, minus_in, base_in = (ledger.of_several(side) for side in (formula.top, formula.minus, formula.base))

    def value_in(spot: Spot) -> float | None:
        top, minus = top_in(spot), minus_in(spot)
        base = base_in(spot) if formula.base else 1.0
        return None if top is None or minus is None or not base else formula.scale * (top - minus) / base

    return value_in
