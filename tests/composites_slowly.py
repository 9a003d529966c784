"""Composites computed area by area, in plain Python: slow, obvious, and what the fast way must give exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sozialraum.analysis import COMPOSITE_KEY, COMPOSITE_SCHEMA, PARENT_SCHEMA, POPULATION_SCHEMA, Reason, Surroundings
from sozialraum.analysis.classes import class_of
from sozialraum.analysis.composites import DAYS, order_of, period_before
from sozialraum.analysis.standardise import Numbers, shrink_shares
from sozialraum.analysis.steps import combined
from sozialraum.catalogue import ClassDoc, CompositeDoc, InputDoc
from sozialraum.catalogue.indicator import Break
from sozialraum.indicators import break_between
from sozialraum.periods import parse_period
from sozialraum.tables import Status, combine


@dataclass(frozen=True, slots=True)
class Cell:
    """One input of one area: a number with its status, the counts behind it where they are published, or why not."""

    value: float | None
    status: Status
    cases: float | None = None
    base: float | None = None
    reason: Reason = Reason.INPUT


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out for one area: a score, or the reason why there is none."""

    score: float | None
    status: Status
    reason: Reason | None = None


Column = Mapping[str, Cell]
"""One input in one area system and period, by area."""

MISSING = Cell(None, Status.MISSING)


def compute_slowly(documents: Mapping[str, CompositeDoc], values: pl.DataFrame, around: Surroundings) -> pl.DataFrame:
    """Compute composites as :func:`sozialraum.analysis.compute_composites` does, means of larger areas aside."""
    inputs = {part.indicator for document in documents.values() for part in document.inputs if part.indicator}
    known = _Known.of(values.filter(pl.col("indicator").is_in(sorted(inputs))), around)
    rows: list[tuple[object, ...]] = []
    for name in order_of(documents):
        scored = list(_rows(name, documents[name], known))
        known.add_scores(name, documents[name], scored)
        rows.extend(scored)
    return pl.DataFrame(rows, schema=COMPOSITE_SCHEMA, orient="row").sort(COMPOSITE_KEY)


# --- what is known ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    """Values, scores and residents by input, area system and period."""

    columns: dict[tuple[str, str, str], dict[str, Cell]]
    residents: dict[tuple[str, str], dict[str, Cell]]
    parents: dict[tuple[str, str], dict[str, str]]
    breaks: dict[str, Sequence[Break]]

    @classmethod
    def of(cls, values: pl.DataFrame, around: Surroundings) -> _Known:
        columns: dict[tuple[str, str, str], dict[str, Cell]] = {}
        wanted = values.filter(pl.col("breakdown") == "").select(
            "indicator", "area_system", "period", "area", "value", "status", "numerator", "denominator"
        )
        for name, system, period, area, value, status, cases, base in wanted.iter_rows():
            columns.setdefault((name, system, period), {})[area] = Cell(value, Status(status), cases, base)
        residents: dict[tuple[str, str], dict[str, Cell]] = {}
        for system, area, period, value, status in around.population.select(POPULATION_SCHEMA.names()).iter_rows():
            residents.setdefault((system, period), {})[area] = Cell(value, Status(status))
        parents: dict[tuple[str, str], dict[str, str]] = {}
        for system, area, to, parent in around.parents.select(PARENT_SCHEMA.names()).iter_rows():
            parents.setdefault((system, to), {})[area] = parent
        return cls(columns, residents, parents, dict(around.breaks))

    def add_scores(self, name: str, document: CompositeDoc, rows: Sequence[tuple[object, ...]]) -> None:
        """Take in the scores of a composite and the breaks of its inputs, under a name that no indicator has."""
        self.breaks[_composite(name)] = self.breaks_of(document)
        scores = pl.DataFrame(rows, schema=COMPOSITE_SCHEMA, orient="row")
        for system, area, period, score, status in scores.select(
            "area_system", "area", "period", "score", "status"
        ).iter_rows():
            column = self.columns.setdefault((_composite(name), system, period), {})
            column[area] = Cell(score, Status(status))

    def places(self, document: CompositeDoc) -> list[tuple[str, str]]:
        """Return the area systems and periods in which every input occurs."""
        leading = next(part for part in document.inputs if part.period == "same")
        systems = document.area_systems
        places = sorted(key[1:] for key in self.columns if key[0] == _key(leading))
        return [
            place for place in places if (not systems or place[0] in systems) and all(self.inputs(document, *place))
        ]

    def breaks_of(self, document: CompositeDoc) -> list[Break]:
        return [found for part in document.inputs for found in self.breaks.get(_key(part), ())]

    def inputs(self, document: CompositeDoc, system: str, period: str) -> list[Column]:
        """Return the column of each input for a period of the composite; an empty one where there is none."""
        periods = [self._period(part, system, period) for part in document.inputs]
        return [
            self.columns.get((_key(part), system, own), {}) for part, own in zip(document.inputs, periods, strict=True)
        ]

    def _period(self, part: InputDoc, system: str, period: str) -> str:
        """Return the input's own period that goes with a period of the composite; empty where there is none."""
        if part.period == "same":
            return period
        end = parse_period(period).last
        own = (parse_period(key[2]) for key in self.columns if key[:2] == (_key(part), system))
        fitting = [found for found in own if 0 <= (end - found.last).days < DAYS]
        return max(fitting).text if fitting else ""


def _key(part: InputDoc) -> str:
    return part.indicator or _composite(part.name)


def _composite(name: str) -> str:
    return f"composite:{name}"  # a colon can not be in the id of an indicator


# --- one composite ----------------------------------------------------------------------------------------------------


def _rows(name: str, document: CompositeDoc, known: _Known) -> Iterator[tuple[object, ...]]:
    places = known.places(document)
    for system, period in places:
        columns = known.inputs(document, system, period)
        areas = sorted(set().union(*columns))
        residents = known.residents.get((system, period), {})
        parents = known.parents.get((system, document.shrinkage.to), {}) if document.shrinkage else {}
        status = _scores(document, areas, _Matrix(_shrunk(document, areas, columns, parents), residents))
        dynamics = _dynamics(document, areas, known, (system, period))
        for area in areas:
            yield (
                name,
                system,
                area,
                period,
                *_cells(status[area], document.classes),
                *_dynamics_cells(document, dynamics, area, period),
            )


def _cells(outcome: Outcome, classes: Sequence[ClassDoc]) -> tuple[float | None, str | None, str, str]:
    label = None if outcome.score is None else class_of(classes, outcome.score)
    return outcome.score, label, outcome.status.value, outcome.reason.value if outcome.reason else ""


def _dynamics_cells(
    document: CompositeDoc, outcomes: Mapping[str, Outcome], area: str, period: str
) -> tuple[object, ...]:
    if document.dynamics is None:
        return (None,) * 5
    earlier = _earlier(document, period)
    return (earlier, *_cells(outcomes[area], document.dynamics.classes))


def _earlier(document: CompositeDoc, period: str) -> str | None:
    return None if document.dynamics is None else period_before(parse_period(period), document.dynamics.years).text


def _dynamics(
    document: CompositeDoc, areas: Sequence[str], known: _Known, place: tuple[str, str]
) -> Mapping[str, Outcome]:
    system, period = place
    earlier = _earlier(document, period)
    if earlier is None:
        return {}
    before = known.inputs(document, system, earlier)
    if not all(before):
        return dict.fromkeys(areas, Outcome(None, Status.MISSING, Reason.NO_EARLIER))
    if break_between(known.breaks_of(document), earlier, period):
        return dict.fromkeys(areas, Outcome(None, Status.UNDEFINED, Reason.BREAK))
    parents = known.parents.get((system, document.shrinkage.to), {}) if document.shrinkage else {}
    now = _shrunk(document, areas, known.inputs(document, system, period), parents)
    then = _shrunk(document, areas, before, parents)
    changes = [_changes(areas, first, second) for first, second in zip(then, now, strict=True)]
    residents = [known.residents.get((system, at), {}) for at in (period, earlier)]
    return _scores(document, areas, _Matrix(changes, *residents))


def _changes(areas: Sequence[str], before: Column, now: Column) -> Column:
    return {area: _change(before.get(area, MISSING), now.get(area, MISSING)) for area in areas}


def _change(before: Cell, now: Cell) -> Cell:
    status = combine((before.status, now.status))
    if before.value is None or now.value is None:
        return Cell(None, status, reason=(before if now.reason is Reason.INPUT else now).reason)
    return Cell(now.value - before.value, status)


# --- the steps --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Inputs and residents of one area system and period; for changes the residents of both periods."""

    columns: Sequence[Column]
    residents: Column
    earlier_residents: Column | None = None


def _shrunk(
    document: CompositeDoc, areas: Sequence[str], columns: Sequence[Column], parents: Mapping[str, str]
) -> Sequence[Column]:
    if document.shrinkage is None:
        return columns
    return [_shrunk_column(areas, column, parents) for column in columns]


def _shrunk_column(areas: Sequence[str], column: Column, parents: Mapping[str, str]) -> Column:
    shrunk = {area: column.get(area, MISSING) for area in areas}
    able = []
    for area, cell in shrunk.items():
        if cell.value is None:
            continue
        if cell.cases is None or not cell.base or not 0 <= cell.cases <= cell.base:
            shrunk[area] = Cell(None, Status.UNDEFINED, reason=Reason.NO_COUNTS)
        elif area not in parents:
            shrunk[area] = Cell(None, Status.UNDEFINED, reason=Reason.NO_PARENT)
        else:
            able.append((area, cell.cases, cell.base))
    if able:
        names, cases, bases = zip(*able, strict=True)
        shares = shrink_shares(np.array(cases, float), np.array(bases, float), [parents[name] for name in names])
        shrunk |= {
            name: Cell(100 * share, shrunk[name].status) for name, share in zip(names, shares.tolist(), strict=True)
        }
    return shrunk


def _scores(document: CompositeDoc, areas: Sequence[str], matrix: _Matrix) -> dict[str, Outcome]:
    """Return the score of each area, or why it has none."""
    outcomes = {area: _not_taking_part(document, area, matrix) for area in areas}
    taking_part = [area for area in areas if outcomes[area] is None]
    scores: Numbers | None = None
    reason = Reason.FEW_AREAS
    if len(taking_part) >= document.minimum_areas:
        values = [np.array([column[area].value for area in taking_part], float) for column in matrix.columns]
        weights = None
        if document.standardise.weighted == "population":
            weights = np.array([matrix.residents[area].value for area in taking_part], float)
        scores, reason = combined(document, values, weights), Reason.EQUAL
    found: dict[str, Outcome] = {}
    for area, score in zip(taking_part, [None] * len(taking_part) if scores is None else scores.tolist(), strict=True):
        status = combine(column[area].status for column in matrix.columns)
        known = Status.OK if status is Status.ZERO else status  # 0 is the average here, not nothing
        found[area] = Outcome(score, known) if score is not None else Outcome(None, Status.UNDEFINED, reason)
    return {area: outcomes[area] or found[area] for area in areas}


def _not_taking_part(document: CompositeDoc, area: str, matrix: _Matrix) -> Outcome | None:
    """Return why an area takes no part; None where it does."""
    residents = [matrix.residents.get(area, MISSING)]
    if matrix.earlier_residents is not None:
        residents.append(matrix.earlier_residents.get(area, MISSING))
    if document.minimum_residents or document.standardise.weighted == "population":
        if any(cell.value is None for cell in residents):
            return Outcome(None, combine(cell.status for cell in residents), Reason.POPULATION)
        if any((cell.value or 0.0) < document.minimum_residents for cell in residents):
            return Outcome(None, Status.UNDEFINED, Reason.FEW_RESIDENTS)
    cells = [column.get(area, MISSING) for column in matrix.columns]
    without = [cell for cell in cells if cell.value is None]
    if not without:
        return None
    why = next((cell.reason for cell in without if cell.reason is not Reason.INPUT), Reason.INPUT)
    return Outcome(None, combine(cell.status for cell in cells), why)
