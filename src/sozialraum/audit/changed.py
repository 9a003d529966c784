"""Checks numbers that a policy changes: that they look as their method makes them.

A rounded number is no leak, and neither is what follows from rounded numbers. What a reader can check is the form:
every number is a multiple of its base, none is one that the method never gives, none is negative or broken, and areas
do not add up to more than the larger area has, but for what the method can do to each of them. So a number that was put
back by hand is found, unless it is one that the method could have given.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from sozialraum.audit.package import PublicPackage
from sozialraum.audit.report import Finding, Place
from sozialraum.catalogue import CellKeyDoc, Measure, RoundingDoc, RulesDoc, SmallCountsDoc

EXACT = 1e-6


def without_changed(counts: pl.DataFrame, package: PublicPackage) -> pl.DataFrame:
    """Leave out the counts that were changed: nothing true can be worked out from them."""
    return counts.join(_table(package), on=["universe", "where", "period"], how="anti", maintain_order="left")


def wrong_form(package: PublicPackage) -> Iterator[Finding]:
    """Find changed numbers that their method can not have given."""
    if not package.changed:
        return
    told = package.counts.join(_table(package), on=["universe", "where", "period"]).drop_nulls("value")
    columns = ("universe", "where", "area_system", "area", "period", "value")
    for universe, where, system, area, period, value in told.select(columns).iter_rows():
        rules = package.changed[Measure.parse(universe, where), period]
        if how := _amiss(value, rules):
            place = Place(universe, where, system, area, period)
            yield Finding(place, value, value, exact=True, kind="unchanged", how=f"{value:g} is published, but {how}")


def far_from_parts(package: PublicPackage) -> Iterator[Finding]:
    """Find larger areas whose parts add up to more than their methods allow. A reform makes areas overlap: no check."""
    told = package.counts.join(_table(package), on=["universe", "where", "period"]).drop_nulls("value")
    for system, (above, parents) in package.parents.items():
        if not told.height or package.reforms.get(system) or package.reforms.get(above):
            continue
        lies_in = pl.DataFrame({"area": list(parents), "parent": list(parents.values())}, schema_overrides=_TEXTS)
        parts = told.filter(area_system=system).join(lies_in, on="area")
        sums = parts.group_by("universe", "where", "parent", "period").agg(pl.col("value").sum().alias("sum"), pl.len())
        wholes = told.filter(area_system=above).rename({"area": "parent"})
        columns = ("universe", "where", "parent", "period", "value", "sum", "len")
        joined = wholes.join(sums, on=["universe", "where", "parent", "period"]).select(columns)
        for universe, where, area, period, value, total, number in joined.sort(columns[:4]).iter_rows():
            reach = _reach(package.changed[Measure.parse(universe, where), period])
            if reach is not None and total - value > reach * (number + 1) + EXACT:
                place = Place(universe, where, above, area, period)
                how = f"{value:g} is published, but its {number} parts add up to {total:g}"
                yield Finding(place, value, value, exact=True, kind="unchanged", how=how)


_TEXTS = {"area": pl.String, "parent": pl.String}


def _reach(rules: RulesDoc) -> float | None:
    """Return how far a method moves a number at most; None where there is no limit."""
    match rules.parameters:
        case RoundingDoc(base=base):
            return base / 2
        case CellKeyDoc(maximum=maximum):
            return maximum
        case SmallCountsDoc():
            return 0.0
    return None


def _table(package: PublicPackage) -> pl.DataFrame:
    rows = [(measure.universe, measure.where_text, period) for measure, period in package.changed]
    return pl.DataFrame(rows, schema=dict.fromkeys(("universe", "where", "period"), pl.String), orient="row")


def _amiss(value: float, rules: RulesDoc) -> str:
    """Say why a method can not have given a number; empty where it can."""
    if value < 0 or abs(value - round(value)) > EXACT:
        return "every number is whole and not negative"
    match rules.parameters:
        case RoundingDoc(base=base) if value % base:
            return f"every number is rounded to a multiple of {base}"
        case SmallCountsDoc(base=base) if 0 < value < base:
            return f"no number lies from 1 up to below {base}"
        case CellKeyDoc(forbidden=forbidden) if 0 < value <= forbidden:
            return f"no number lies from 1 to {forbidden}"
    return ""
