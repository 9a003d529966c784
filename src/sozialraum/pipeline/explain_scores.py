"""A score's way back: composite -> inputs -> counts -> delivered cells or rows of a register.

The score is the one that a release tells, worked out from protected values; what the deliveries say comes below it, as
it was before protection. No score is made from unprotected numbers: it would be compared with other areas than the
published one, nobody could see it anywhere, and values are made behind the door alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sozialraum.analysis import Amount, Anatomy, Ingredient, Inside, latest_until
from sozialraum.analysis.composites import period_before
from sozialraum.catalogue import InputDoc, Project
from sozialraum.periods import parse_period
from sozialraum.pipeline.counting import Counted
from sozialraum.pipeline.explain import (
    CONFIDENTIAL,
    Explanation,
    counted_for,
    explain_counted,
    explain_place,
    find_place,
    universes_of,
)
from sozialraum.releases import Depth, Store

NAMES = ("composite", "area_system", "area", "period")


@dataclass(frozen=True, slots=True)
class Released:
    """What a release says of a score.

    Attributes:
        release: its id.
        depth: the package: ``public``, or ``internal`` where only that shows the area.
        anatomy: how the score came about.
    """

    release: str
    depth: Depth
    anatomy: Anatomy


@dataclass(frozen=True, slots=True)
class InputExplanation:
    """An input of a score and where its numbers come from.

    Attributes:
        part: the input as the recipe names it.
        released: what it contributes to the released score, None where there is none.
        now: where its number comes from.
        before: likewise in the earlier period of the dynamics.
    """

    part: InputDoc
    released: Ingredient | None
    now: Explanation | ScoreExplanation
    before: Explanation | ScoreExplanation | None = None


@dataclass(frozen=True, slots=True)
class ScoreExplanation:
    """Where a score comes from. Confidential: for the steward at the command line.

    Attributes:
        composite: the composite.
        area_system: the area system.
        area: the area's code.
        period: when.
        released: the score as a release tells it, None where no release does.
        inputs: what it is made from; none where it is the mean of scores inside the area.
    """

    composite: str
    area_system: str
    area: str
    period: str
    released: Released | None
    inputs: tuple[InputExplanation, ...]

    def as_text(self) -> str:
        """Return the explanation as indented lines."""
        return "\n".join([CONFIDENTIAL, *self.lines()])

    def lines(self) -> Iterator[str]:
        """Yield the lines of the explanation."""
        yield f"{self.composite} (composite), {self.area_system} {self.area}, {self.period}"
        if self.released is None:
            yield "  no release tells a score of this area and period"
        else:
            yield from (f"  {line}" for line in _released_lines(self.released))
        for one in self.inputs:
            yield from (f"  {line}" for line in _input_lines(one))

    def as_json(self) -> dict[str, Any]:
        """Return the explanation for machines."""
        return {"confidential": CONFIDENTIAL, **self.content()}

    def content(self) -> dict[str, Any]:
        """Return the explanation without the word that it is confidential."""
        return {
            **{name: getattr(self, name) for name in NAMES},
            "published": None if self.released is None else _released_json(self.released),
            "inputs": [_input_json(one) for one in self.inputs],
        }


# --- finding out ------------------------------------------------------------------------------------------------------


def explain(project: Project, name: str, area: str, period: str) -> Explanation | ScoreExplanation:
    """Trace a number or a score to the rows of the deliveries.

    Args:
        project: the city's documents and deliveries.
        name: the id of an indicator or a composite.
        area: code or name of the area, in any area system, or ``SYSTEM:CODE``.
        period: the period's text.

    Raises:
        InputError: there is no such indicator, composite, area or period; says which there are.
    """
    counted = counted_for(project, name, period)
    if name in project.catalogue.indicators:
        return explain_counted(project, counted, name, area, period)
    return explain_score(project, counted, name, area, period)


def explain_score(project: Project, counted: Counted, composite: str, area: str, period: str) -> ScoreExplanation:
    """Trace a score of a known composite, where everything is counted already.

    Raises:
        InputError: there is no such area, or there are no numbers of this period; says which there are.
    """
    universes = set[str]().union(*(universes_of(project, name) for name in _indicators(project, composite)))
    return _at(project, counted, composite, (*find_place(counted, area, period, universes), period))


def _indicators(project: Project, composite: str) -> Iterator[str]:
    for part in project.catalogue.composites[composite].inputs:
        yield from [part.indicator] if part.indicator else _indicators(project, part.name)


def _at(project: Project, counted: Counted, composite: str, place: tuple[str, str, str]) -> ScoreExplanation:
    released = _released(project, composite, place)
    if released and released.anatomy.inside:
        return ScoreExplanation(composite, *place, released, ())
    parts = project.catalogue.composites[composite].inputs
    known = {one.part.name: one for one in released.anatomy.ingredients} if released else {}
    inputs = (_input(project, counted, part, (known.get(part.name), composite, place)) for part in parts)
    return ScoreExplanation(composite, *place, released, tuple(inputs))


def _released(project: Project, composite: str, place: tuple[str, str, str]) -> Released | None:
    """Return what the published release, or else the newest one, says of a score."""
    store = Store(project.releases)
    release = store.published() or next(reversed(store.releases()), None)
    packages = (release.public, release.internal) if release else ()
    for package in packages:
        if release and place[0] in package.area_systems and (anatomy := package.anatomy(composite, *place)):
            return Released(release.id, package.depth, anatomy)
    return None


def _input(
    project: Project,
    counted: Counted,
    part: InputDoc,
    asked: tuple[Ingredient | None, str, tuple[str, str, str]],
) -> InputExplanation:
    known, composite, (system, area, period) = asked
    own = _own_period(project, counted, part, period)
    now = _explained(project, counted, part, (system, area, own or period))
    dynamics = project.catalogue.composites[composite].dynamics
    if dynamics is None:
        return InputExplanation(part, known, now)
    earlier = period_before(parse_period(period), dynamics.years).text
    then = _own_period(project, counted, part, earlier)
    there = then in set(counted.frame["period"].unique())
    before = _explained(project, counted, part, (system, area, then)) if there else None
    return InputExplanation(part, known, now, before)


def _own_period(project: Project, counted: Counted, part: InputDoc, period: str) -> str:
    """Return the input's own period; empty where there is none."""
    if part.period == "same" or part.indicator is None:
        return period
    universes = universes_of(project, part.indicator)
    rows = counted.frame.filter(counted.frame["universe"].is_in(sorted(universes)))
    return latest_until(period, rows["period"].unique().to_list())


def _explained(
    project: Project, counted: Counted, part: InputDoc, place: tuple[str, str, str]
) -> Explanation | ScoreExplanation:
    if part.indicator is None:
        return _at(project, counted, part.name, place)
    return explain_place(project, counted, part.indicator, place)


# --- telling ----------------------------------------------------------------------------------------------------------


def _released_lines(released: Released) -> Iterator[str]:
    row, anatomy = released.anatomy.row, released.anatomy
    yield f"as released in {released.release} ({released.depth}), made from protected values:"
    yield f"  {_score(row, '')}; {anatomy.compared} areas {'averaged' if anatomy.inside else 'compared'}"
    if row["dynamics_from"] is not None:
        yield f"  since {row['dynamics_from']}: {_score(row, 'dynamics_')}"
    for one in anatomy.inside:
        people = "unknown" if one.residents is None else f"{one.residents:g}"
        yield f"  {one.area_system} {one.area}: {_shown(one.score, one.status)}, {people} residents"
    if anatomy.inside:
        yield "  explain one of these areas to see its inputs"


def _score(row: Mapping[str, Any], prefix: str) -> str:
    score = row["dynamics" if prefix else "score"]
    if score is None:
        return f"no score, {row[f'{prefix}status']} ({row[f'{prefix}reason']})"
    return f"{'change' if prefix else 'score'} {score:.4g}, class {row[f'{prefix}class']}"


def _input_lines(one: InputExplanation) -> Iterator[str]:
    yield f"input {one.part.name}, weight {one.part.weight:g}, a high value {one.part.direction} the score"
    if one.released:
        yield f"  released: {_amount(one.released.now, one.part)}"
        if one.released.before:
            yield f"  released before: {_amount(one.released.before, one.part, 'change')}"
    for title, found in (("as delivered", one.now), ("as delivered earlier", one.before)):
        if found is not None:
            yield f"  {title}, before protection:"
            yield from (f"    {line}" for line in found.lines())


def _amount(amount: Amount, part: InputDoc, what: str = "value") -> str:
    text = f"{amount.period}, {_shown(amount.value, amount.status)}"
    if amount.drawn is not None:
        text += f", drawn to {amount.drawn:.4g}"
    if amount.standardised is None:
        return text
    return f"{text}, {what} standardised {amount.standardised:.4g}, contributes {part.weight * amount.standardised:.4g}"


def _shown(value: float | None, status: str) -> str:
    return str(status) if value is None else f"{value:.4g}"


def _released_json(released: Released) -> dict[str, Any]:
    anatomy = released.anatomy
    row = {name: value for name, value in anatomy.row.items() if name not in NAMES}
    inside = [_inside_json(one) for one in anatomy.inside]
    return {"release": released.release, "depth": released.depth, "compared": anatomy.compared, **row, "inside": inside}


def _inside_json(one: Inside) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("area_system", "area", "score", "status", "residents")}


def _input_json(one: InputExplanation) -> dict[str, Any]:
    known = one.released
    return {
        "input": one.part.name,
        "kind": "indicator" if one.part.indicator else "composite",
        "weight": one.part.weight,
        "direction": one.part.direction,
        "published": _amount_json(known.now, one.part) if known else None,
        "published_before": _amount_json(known.before, one.part) if known and known.before else None,
        "delivered": one.now.content(),
        "delivered_before": one.before.content() if one.before else None,
    }


def _amount_json(amount: Amount, part: InputDoc) -> dict[str, Any]:
    names = ("period", "value", "status", "drawn", "standardised")
    z = amount.standardised
    return {**{name: getattr(amount, name) for name in names}, "contribution": None if z is None else part.weight * z}
