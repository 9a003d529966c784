"""Indices over the areas inside a larger one: what they are made from, and whether they are what that gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import polars as pl

from sozialraum.audit.formulas import Formula
from sozialraum.audit.package import PublicPackage
from sozialraum.audit.plain import AGREEMENT, Ledger, place_of
from sozialraum.audit.report import Finding
from sozialraum.catalogue import Measure

Parts = tuple[str, ...]
Pair = tuple[float, float]
"""Group and base of an area."""

FEWEST = 3


def telling_indices(package: PublicPackage, ledger: Ledger) -> Iterator[Finding]:
    """Find published indices for areas in which one of the areas inside has a number that is withheld."""
    for name, area, period, _, choices in _told(package, ledger):
        formula = package.formulas[name]
        hidden = [tuple(_hidden(formula, ledger, parts, period)) for parts in choices]
        for measure, part in min(hidden, key=len, default=()):
            place = place_of(measure, (formula.over, part, period))
            how = f"{name} is published for {area}, which is made from it"
            yield Finding(place, 0.0, None, exact=False, kind="value", how=how)


def contradicting_indices(package: PublicPackage, ledger: Ledger) -> Iterator[str]:
    """Find published indices that are not what the published numbers of the areas inside give."""
    for name, area, period, value, choices in _told(package, ledger):
        formula = package.formulas[name]
        top_in, base_in = ledger.of_several(formula.top), ledger.of_several(formula.base)
        expected = []
        for parts in choices:
            spots = [(formula.over, part, period) for part in parts]
            pairs = [(top, base) for spot in spots if (base := base_in(spot)) and (top := top_in(spot)) is not None]
            expected.append(index_of(formula.spread, pairs))
        if not any(number is not None and abs(number - value) <= AGREEMENT for number in expected):
            shown = " or ".join("none" if number is None else f"{number:g}" for number in expected) or "none"
            yield f"{name} in {area} {period}: {value:g} is published, the counts give {shown}"


def _told(package: PublicPackage, ledger: Ledger) -> Iterator[tuple[str, str, str, float, list[Parts]]]:
    """Yield indicator, area, period and number of each published index, and what it may be made from."""
    inside = cache(lambda over, system, area: _inside(package, over, system, area))
    names = [name for name, formula in package.formulas.items() if formula.spread]
    told = pl.col("value").is_not_null() & pl.col("indicator").is_in(names) & (pl.col("breakdown") == "")
    columns = ("indicator", "area_system", "area", "period", "value")
    for name, system, area, period, value in package.values.filter(told).select(columns).iter_rows():
        formula = package.formulas[name]
        known = {*_known(formula, ledger, period)}
        choices = _of_one_time(package, formula.over, inside(formula.over, system, area))
        yield name, area, period, value, [parts for parts in choices if known.issuperset(parts)]


def _known(formula: Formula, ledger: Ledger, period: str) -> Iterator[str]:
    """Yield the areas that something is told of, be it that it is withheld."""
    for measure in formula.base[:1]:
        spots = (*ledger.numbers.get(measure, ()), *ledger.withheld.get(measure, ()))
        yield from (area for system, area, when in spots if system == formula.over and when == period)


def _of_one_time(package: PublicPackage, over: str, areas: Parts) -> list[Parts]:
    """Return areas without those of another time that fill the same ground: the one way, and the other."""
    reforms = {whole: parts for whole, parts in package.reforms.get(over, {}).items() if whole in areas}
    pieces = {part for parts in reforms.values() for part in parts}
    choices = [tuple(area for area in areas if area not in gone) for gone in (reforms.keys(), pieces)]
    return choices if reforms else [areas]


def _hidden(formula: Formula, ledger: Ledger, parts: Parts, period: str) -> Iterator[tuple[Measure, str]]:
    for measure in (*formula.top, *formula.base):
        withheld = ledger.withheld.get(measure, frozenset())
        yield from ((measure, part) for part in parts if (formula.over, part, period) in withheld)


def _inside(package: PublicPackage, over: str, system: str, area: str) -> tuple[str, ...]:
    """Return the areas of a finer system that lie in an area, of any time."""
    parent, found = over, None
    while parent != system:
        if parent not in package.parents:
            return ()
        parent, steps = package.parents[parent]
        found = dict(steps) if found is None else {code: steps[own] for code, own in found.items() if own in steps}
    return tuple(sorted(code for code, own in (found or {}).items() if own == area))


def index_of(spread: str, pairs: Sequence[Pair]) -> float | None:
    """Work out an index; None where there is none.

    Args:
        spread: which index.
        pairs: group (or amount) and base of each area in which somebody lives.
    """
    group, everybody = sum(top for top, _ in pairs), sum(base for _, base in pairs)
    if len(pairs) < FEWEST or not group or (spread in ("dissimilarity", "gini") and group == everybody):
        return None
    if spread == "isolation":
        return sum(top / group * top / base for top, base in pairs)
    if spread == "dissimilarity":
        return sum(abs(top / group - (base - top) / (everybody - group)) for top, base in pairs) / 2
    share = group / everybody
    most = share if spread == "gini of means" else share * (1 - share)
    return _differences(pairs) / (everybody**2 * most)


def _differences(pairs: Sequence[Pair]) -> float:
    """Return how far the shares of any two areas lie apart, times both bases, added up over all pairs."""
    below, total = 0.0, 0.0
    everybody = sum(base for _, base in pairs)
    for top, base in sorted(pairs, key=lambda pair: pair[0] / pair[1]):
        total += top * (below - (everybody - below - base))
        below += base
    return total
