"""A number's way back: indicator -> counts -> delivered cells or rows of a register.

Scores of composites go the same way (:mod:`sozialraum.pipeline.explain_scores`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from sozialraum.areas import AreaSystems
from sozialraum.catalogue import IndicatorDoc, Measure, Project
from sozialraum.counts import Trace
from sozialraum.errors import Fault, Faults, InputError
from sozialraum.indicators import Inside
from sozialraum.periods import parse_period
from sozialraum.pipeline.build import KEY
from sozialraum.pipeline.counting import Counted, count_everything
from sozialraum.pipeline.progress import silent
from sozialraum.sources import Vault, load_key
from sozialraum.sources.raw import nearest
from sozialraum.tables import Status

MOST_PERIODS = 12
"""So many periods are listed one by one."""

CONFIDENTIAL = "Confidential: numbers as delivered, before protection. Do not pass them on."


@dataclass(frozen=True, slots=True)
class Term:
    """One measure of the formula with its number and where that came from.

    Attributes:
        role: ``numerator``, ``subtracted``, ``denominator`` or ``rates`` (worked out from the former two by age).
        measure: what was counted.
        period: when; a change has terms of two periods.
        value: the number before the door, None where there is none.
        status: its status before the door.
        traces: delivered cells or rows; their values, each times its ``share``, add up to ``value``.
        why: why there is no number, empty where there is one.
        area: the area inside that it is about, in an index over those; empty where it is about the area itself.
    """

    role: str
    measure: Measure
    period: str
    value: float | None
    status: Status
    traces: tuple[Trace, ...]
    why: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where the number of an indicator comes from. Confidential: for the steward at the command line."""

    indicator: str
    formula: str
    area_system: str
    area: str
    period: str
    terms: tuple[Term, ...]

    def as_text(self) -> str:
        """Return the explanation as indented lines."""
        return "\n".join([CONFIDENTIAL, *self.lines()])

    def lines(self) -> Iterator[str]:
        """Yield the lines of the explanation."""
        yield f"{self.indicator} ({self.formula}), {self.area_system} {self.area}, {self.period}"
        for term in self.terms:
            shown = term.status if term.value is None else f"{term.value:g}"
            why = f" ({term.why})" if term.why else ""
            place = f", {term.area}" if term.area else ""
            yield f"  {term.role}: {term.measure}{place}, {term.period} = {shown}{why}"
            yield from (f"    {_place(trace)}: {_number(trace)}  {trace.words}" for trace in term.traces)

    def as_json(self) -> dict[str, Any]:
        """Return the explanation for machines."""
        return {"confidential": CONFIDENTIAL, **self.content()}

    def content(self) -> dict[str, Any]:
        """Return the explanation without the word that it is confidential."""
        names = ("indicator", "formula", "area_system", "area", "period")
        return {**{name: getattr(self, name) for name in names}, "terms": [_term_json(term) for term in self.terms]}


def _term_json(term: Term) -> dict[str, Any]:
    names = ("source", "file", "line", "column", "value", "status", "rows", "lines", "share")
    return {
        "role": term.role,
        "measure": str(term.measure),
        "area": term.area,
        "period": term.period,
        "value": term.value,
        "status": term.status,
        "why": term.why,
        "traces": [{name: getattr(trace, name) for name in names} for trace in term.traces],
    }


def _place(trace: Trace) -> str:
    if trace.column:
        return f"{trace.file}:{trace.line} [{trace.column}]"
    first = ", ".join(str(line) for line in trace.lines)
    return f"{trace.file}: {trace.rows} rows" + (f" (the first: {first})" if first else "")


def _number(trace: Trace) -> str:
    if trace.value is None:
        return trace.status
    return f"{trace.value:g}" if trace.share == 1.0 else f"{trace.value:g} x {trace.share:.4g}"


def counted_for(project: Project, name: str, period: str) -> Counted:
    """Count everything, where there is such an indicator or composite and such a period.

    Raises:
        InputError: there is none; says which there are.
    """
    _check_asked(project, name, period)
    return count_everything(project, Vault(None, load_key(project.folder / KEY, create=False)), silent)


def explain_counted(project: Project, counted: Counted, indicator: str, area: str, period: str) -> Explanation:
    """Trace a number of a known indicator, where everything is counted already.

    Raises:
        InputError: there is no such area, or there are no numbers of this period; says which there are. Or an index
            over areas is asked of one that none lie in.
    """
    place = find_place(counted, area, period, universes_of(project, indicator))
    return explain_place(project, counted, indicator, (*place, period))


def explain_place(project: Project, counted: Counted, indicator: str, place: tuple[str, str, str]) -> Explanation:
    """Trace a number of a known indicator in a known area system, area and period."""
    indicators, (system, code, period) = project.catalogue.indicators, place
    asked = dict.fromkeys(_asked(indicators, indicator, period))
    inside = Inside.of(counted.delivered.systems, project.city.home)
    spread = _spread(indicators, indicator)
    terms = tuple(
        replace(_term(counted, role, measure, (*place, when)), area="" if spread is None else place[1])
        for role, measure, when in asked
        for place in ([(system, code)] if spread is None else _compared(counted, inside, spread, (system, code, when)))
    )
    if not terms:
        advice = "name an area that several of them lie in"
        raise InputError(
            Fault("AREA", what="an index over areas is told of larger ones", value=f"{system}:{code}", advice=advice)
        )
    return Explanation(indicator, indicators[indicator].formula, system, code, period, terms)


def _asked(indicators: Mapping[str, IndicatorDoc], indicator: str, period: str) -> Iterator[tuple[str, Measure, str]]:
    """Yield every measure that an indicator is made from, with its role in the formula and its period."""
    document = indicators[indicator]
    for when in _periods(document, period):
        if document.refers_to:
            yield from _asked(indicators, document.refers_to, when)
        roles = ("numerator", "subtracted", "denominator", "rates")
        yield from ((role, measure, when) for role in roles for measure in getattr(document, role))


def _spread(indicators: Mapping[str, IndicatorDoc], indicator: str) -> IndicatorDoc | None:
    """Return the index over areas inside larger ones that an indicator is, or is made from; None where it is none."""
    document = indicators[indicator]
    if document.refers_to:
        return _spread(indicators, document.refers_to)
    return document if document.segregation else None


def _compared(
    counted: Counted, inside: Inside, document: IndicatorDoc, place: tuple[str, str, str]
) -> list[tuple[str, str]]:
    """Return the areas that an index compares inside an area in a period."""
    measure, asked = document.numerator[0], {"area_system": inside.over(document), "period": place[2]}
    counts = counted.frame.filter(universe=measure.universe, where=measure.where_text, **asked)
    return inside.within(document, place, counts.filter(pl.col("status") != Status.MISSING.value)["area"].to_list())


def universes_of(project: Project, indicator: str) -> set[str]:
    """Return the universes, amounts and figures that an indicator is made from."""
    return _universes(project.catalogue.indicators, indicator)


def _universes(indicators: Mapping[str, IndicatorDoc], indicator: str) -> set[str]:
    document = indicators[indicator]
    own = {measure.universe for measure in document.measures}
    return own | _universes(indicators, document.refers_to) if document.refers_to else own


def _periods(document: IndicatorDoc, period: str) -> tuple[str, ...]:
    if document.index:
        return period, document.index.base
    if document.change:
        return period, document.change.base or str(parse_period(period).earlier(document.change.steps))
    return (period,)


def _term(counted: Counted, role: str, measure: Measure, place: tuple[str, str, str]) -> Term:
    system, area, period = place
    asked = {"universe": measure.universe, "where": measure.where_text, "area_system": system}
    frame = counted.frame.filter(**asked, area=area, period=period)
    value, status = frame.select("value", "status").row(0) if frame.height else (None, Status.MISSING)
    parts = _divided(counted, measure, place) if Status(status) is Status.MISSING else ()
    if parts:
        known = [trace.value * trace.share for trace in parts if trace.value is not None]
        value = sum(known) if len(known) == len(parts) else None
        return Term(role, measure, period, value, Status.ESTIMATED if value is not None else Status.SUPPRESSED, parts)
    reasons = counted.resolution.unresolved.filter(pl.col("period").is_in([period, ""]), **asked)["why"]
    why = reasons[0] if value is None and len(reasons) else ""
    return Term(role, measure, period, value, Status(status), counted.resolution.trace(measure, *place), why)


def _divided(counted: Counted, measure: Measure, place: tuple[str, str, str]) -> tuple[Trace, ...]:
    """Return what went into a number that is estimated from areas of another time, with the part of each."""
    system, area, period = place
    asked = {"universe": measure.universe, "where": measure.where_text, "area_system": system}
    parts = counted.divisions.filter(**asked, period=period, new=area)
    return tuple(
        replace(trace, share=share)
        for old, share in parts.select("old", "share").iter_rows()
        for trace in counted.resolution.trace(measure, system, old, period)
    )


def _check_asked(project: Project, name: str, period: str) -> None:
    """Check what can be checked before anything is read."""
    faults = Faults()
    names = [*project.catalogue.indicators, *project.catalogue.composites]
    if name not in names:
        advice = nearest(name, names)
        faults.add("INDICATOR", "there is no such indicator or composite", value=name, advice=advice)
    try:
        parse_period(period)
    except ValueError as error:
        faults.add("PERIOD", str(error))
    faults.throw()


def find_place(counted: Counted, area: str, period: str, universes: Collection[str]) -> tuple[str, str]:
    """Return area system and code of the area; check that there are numbers of the period."""
    faults = Faults()
    if period not in counted.frame["period"]:
        advice = f"there are numbers of {_periods_of(counted, universes)}"
        faults.add("PERIOD", "there are no numbers of this period", value=period, advice=advice)
    found = _find_areas(counted.delivered.systems, area)
    if not found:
        names = (name for system in counted.delivered.systems.values() for name in system.frame["name"])
        faults.add("AREA", "no area has this code or name", value=area, advice=nearest(area, names))
    faults.throw()
    return found[0]


def _periods_of(counted: Counted, universes: Collection[str]) -> str:
    """List the periods in which something is counted, of these universes where there are any."""
    ours = counted.frame.filter(pl.col("universe").is_in(list(universes)))
    found = (ours if ours.height else counted.frame)["period"].unique().cast(pl.String)
    periods = sorted(found, key=parse_period)
    if len(periods) > MOST_PERIODS:
        return f"{len(periods)} periods from {periods[0]} to {periods[-1]}"
    return ", ".join(periods) or "no period"


def _find_areas(systems: AreaSystems, area: str) -> list[tuple[str, str]]:
    """Return area system and code of every area of this code or name, the finest first."""
    return [
        (system.id, code)
        for system in reversed([*systems.values()])
        for code, name in system.frame.select("code", "name").iter_rows()
        if area in (code, name, f"{system.id}:{code}")
    ]
