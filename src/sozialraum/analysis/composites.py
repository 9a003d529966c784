"""Computes composites exactly as their documents say, step by step.

For each area system and period in which all inputs occur:

1. *Shrink* the shares towards the larger area, where the document asks for it.
2. *Take part.* An area takes part where every input has a number, it has at least ``minimum_residents``, and its
   population is known where it is needed. Mean, standard deviation and ranks are those of the areas that take part.
3. *Standardise* each input among these areas; an input that ``lowers`` is turned round first.
4. *Combine*: the weighted sum, or the weighted mean; then, where asked for, standardise the result again.
5. *Cut* the score into classes. A score is rounded to :data:`DIGITS` decimals first, so that an area that lies exactly
   on a cut does not fall to one side by the machine's rounding.

Dynamics are the same steps with ``value - value some years earlier`` in the place of the value. An area without a
score has the status of its inputs (a suppressed input makes it suppressed); where nothing varies, or the area is left
out by the rule, the score is undefined, and ``reason`` says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import polars as pl

from sozialraum.analysis.standardise import Numbers, shrink_shares, standardise, z_scores
from sozialraum.analysis.tables import COMPOSITE_KEY, COMPOSITE_SCHEMA, PARENT_SCHEMA, POPULATION_SCHEMA
from sozialraum.catalogue import ClassDoc, CompositeDoc, InputDoc
from sozialraum.catalogue.indicator import Break
from sozialraum.catalogue.references import circle_of
from sozialraum.errors import Fault, ProjectError
from sozialraum.indicators import break_between
from sozialraum.periods import MONTHS, Frequency, Period, parse_period
from sozialraum.tables import Status, combine

DIGITS = 12
"""Scores are rounded to so many decimals before they are cut into classes."""


DAYS = 365
"""An input with other periods may have ended so many days before the composite's period, and no more."""


class Reason(StrEnum):
    """Why an area has no score."""

    INPUT = "input"
    """An input has no number."""
    FEW_RESIDENTS = "few_residents"
    """The area has fewer residents than the document asks for."""
    POPULATION = "population"
    """Nobody knows how many residents the area has."""
    FEW_AREAS = "few_areas"
    """Too few areas take part to compare them."""
    EQUAL = "equal"
    """All areas have the same value of an input, or the same combined score."""
    NO_PARENT = "no_parent"
    """The area lies in no larger area that its share could be drawn to."""
    NO_COUNTS = "no_counts"
    """A share to be drawn to the larger area has no published counts."""
    BREAK = "break"
    """An input can not be compared with the earlier period."""
    NO_EARLIER = "no_earlier"
    """There is no earlier period."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What composites need beside values.

    Attributes:
        population: residents of areas, with ``POPULATION_SCHEMA``.
        parents: the larger area of each area, with ``PARENT_SCHEMA``; for shrinkage only.
        breaks: breaks of each indicator's series (see :func:`sozialraum.indicators.breaks_of`).
    """

    population: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=POPULATION_SCHEMA))
    parents: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PARENT_SCHEMA))
    breaks: Mapping[str, Sequence[Break]] = field(default_factory=dict)


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


def compute_composites(
    documents: Mapping[str, CompositeDoc], values: pl.DataFrame, population: pl.DataFrame | Surroundings
) -> pl.DataFrame:
    """Compute composites from published values.

    Args:
        documents: the composites by id.
        values: values with ``VALUE_SCHEMA``; rows of breakdowns are not used.
        population: residents with ``POPULATION_SCHEMA`` (see :func:`~sozialraum.analysis.tables.population_of`), or
            everything that composites can need beside values.

    Returns:
        A frame with ``COMPOSITE_SCHEMA``, sorted by its key: a row for each area of each area system and period in
        which every input has a row for some area.

    Raises:
        ProjectError: a composite is made from itself, or from one that is not among the documents.
    """
    around = population if isinstance(population, Surroundings) else Surroundings(population)
    inputs = {part.indicator for document in documents.values() for part in document.inputs if part.indicator}
    known = _Known.of(values.filter(pl.col("indicator").is_in(sorted(inputs))), around)
    rows: list[tuple[object, ...]] = []
    for name in order_of(documents):
        scored = list(_rows(name, documents[name], known))
        known.add_scores(name, documents[name], scored)
        rows.extend(scored)
    return pl.DataFrame(rows, schema=COMPOSITE_SCHEMA, orient="row").sort(COMPOSITE_KEY)


def order_of(documents: Mapping[str, CompositeDoc]) -> list[str]:
    """Order composites so that each stands after those that it is made from.

    Raises:
        ProjectError: with every circle, and every composite that another one needs and that is not there.
    """
    refers_to = {name: document.refers_to for name, document in documents.items()}
    faults = []
    for name, parts in refers_to.items():
        file = f"composites/{name}.toml"
        if circle := circle_of(name, refers_to):
            what = f"circular: {' -> '.join(circle)}"
            faults.append(Fault(file, what=what, advice="one of them must stand on its own"))
        faults += [Fault(file, what="there is no composite of this name", value=p) for p in parts if p not in documents]
    if faults:
        raise ProjectError(faults)
    ordered: list[str] = []
    while len(ordered) < len(documents):
        ordered += [name for name in documents if name not in ordered and set(refers_to[name]) <= set(ordered)]
    return ordered


def class_of(classes: Sequence[ClassDoc], score: float) -> str:
    """Return the id of the class that a score belongs to: the first, from below, that holds it."""
    rounded = round(score, DIGITS)
    return next(found.id for found in classes if found.holds(rounded))


def period_before(period: Period, years: int) -> Period:
    """Return the period of the same length some years earlier.

    Raises:
        ValueError: it would start before the year 1.
    """
    in_a_year = 1 if period.frequency is Frequency.DATE else 12 // MONTHS[period.frequency]
    return period.earlier(years * in_a_year)


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


def combined(document: CompositeDoc, inputs: Sequence[Numbers], weights: Numbers | None = None) -> Numbers | None:
    """Standardise and combine inputs of areas that all take part.

    Args:
        document: the recipe.
        inputs: for each input of the document, one number for each area.
        weights: residents of the areas where the recipe weights by population.

    Returns:
        One score for each area; None where an input, or the result, does not vary.
    """
    total = np.zeros(len(inputs[0]))
    for part, values in zip(document.inputs, inputs, strict=True):
        turned = values if part.direction == "raises" else -values
        standardised = standardise(turned, document.standardise.method, weights=weights)
        if standardised is None:
            return None
        total += part.weight * standardised
    if np.ptp(np.round(total, DIGITS)) == 0:  # inputs that cancel each other leave the machine's rounding
        return None
    if document.combine.method == "mean":
        total /= sum(part.weight for part in document.inputs)
    return z_scores(total, weights) if document.combine.standardise else total
