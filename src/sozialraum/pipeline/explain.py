"""A number's way back: indicator -> counts -> delivered cells or rows of a register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sozialraum.areas import AreaSystems
from sozialraum.catalogue import IndicatorDoc, Measure, Project
from sozialraum.counts import Trace
from sozialraum.errors import Fault, InputError
from sozialraum.periods import parse_period
from sozialraum.pipeline.build import KEY, Counted, count_everything
from sozialraum.pipeline.progress import silent
from sozialraum.sources import Vault, load_key
from sozialraum.tables import Status


@dataclass(frozen=True, slots=True)
class Term:
    """One measure of the formula with its number and where that came from.

    Attributes:
        role: ``numerator``, ``subtracted`` or ``denominator``.
        measure: what was counted.
        value: the number before the door, None where there is none.
        status: its status before the door.
        traces: delivered cells or rows; their values add up to ``value``.
    """

    role: str
    measure: Measure
    value: float | None
    status: Status
    traces: tuple[Trace, ...]


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
        lines = [f"{self.indicator} ({self.formula}), {self.area_system} {self.area}, {self.period}"]
        for term in self.terms:
            shown = term.status if term.value is None else f"{term.value:g}"
            lines.append(f"  {term.role}: {term.measure} = {shown}")
            lines += [f"    {_place(trace)}: {_number(trace)}  {trace.words}" for trace in term.traces]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Return the explanation for machines."""
        return {
            "indicator": self.indicator,
            "formula": self.formula,
            "area_system": self.area_system,
            "area": self.area,
            "period": self.period,
            "terms": [
                {
                    "role": term.role,
                    "measure": str(term.measure),
                    "value": term.value,
                    "status": term.status,
                    "traces": [
                        {"file": t.file, "line": t.line, "column": t.column, "value": t.value, "rows": t.rows}
                        for t in term.traces
                    ],
                }
                for term in self.terms
            ],
        }


def _place(trace: Trace) -> str:
    if trace.column:
        return f"{trace.file}:{trace.line} [{trace.column}]"
    first = ", ".join(str(line) for line in trace.lines)
    return f"{trace.file}: {trace.rows} rows (the first: {first})"


def _number(trace: Trace) -> str:
    return trace.status if trace.value is None else f"{trace.value:g}"


def explain(project: Project, indicator: str, area: str, period: str) -> Explanation:
    """Trace a number to the rows of the deliveries.

    Args:
        project: the city's documents and deliveries.
        indicator: the indicator's id.
        area: code or name of the area, in any area system.
        period: the period's text.

    Raises:
        InputError: there is no such indicator, area or period; says which there are.
    """
    document = _indicator(project, indicator)
    _check_period(period)
    counted = count_everything(project, Vault(None, load_key(project.folder / KEY, create=False)), silent)
    system, code = _area(counted.delivered.systems, area)
    subject = document
    while subject.refers_to:
        subject = project.catalogue.indicators[subject.refers_to]
    roles = {"numerator": subject.numerator, "subtracted": subject.subtracted, "denominator": subject.denominator}
    terms = [_term(counted, role, m, (system, code, period)) for role, measures in roles.items() for m in measures]
    return Explanation(indicator, document.formula, system, code, period, tuple(terms))


def _term(counted: Counted, role: str, measure: Measure, place: tuple[str, str, str]) -> Term:
    frame = counted.frame.filter(
        universe=measure.universe, where=measure.where_text, area_system=place[0], area=place[1], period=place[2]
    )
    value, status = frame.select("value", "status").row(0) if frame.height else (None, Status.MISSING)
    return Term(role, measure, value, Status(status), counted.resolution.trace(measure, *place))


def _indicator(project: Project, indicator: str) -> IndicatorDoc:
    if indicator in project.catalogue.indicators:
        return project.catalogue.indicators[indicator]
    advice = f"there are: {', '.join(sorted(project.catalogue.indicators))}"
    raise InputError(Fault("INDICATOR", what="there is no such indicator", value=indicator, advice=advice))


def _check_period(period: str) -> None:
    try:
        parse_period(period)
    except ValueError as error:
        raise InputError(Fault("PERIOD", what=str(error))) from error


def _area(systems: AreaSystems, area: str) -> tuple[str, str]:
    matches = [
        (system.id, code)
        for system in reversed([*systems.values()])
        for code, name in system.frame.select("code", "name").iter_rows()
        if area in (code, name, f"{system.id}:{code}")
    ]
    if not matches:
        raise InputError(Fault("AREA", what="no area has this code or name", value=area, advice="write its code"))
    return matches[0]
