"""Computes composites exactly as their documents say, step by step.

For each area system and period in which all inputs occur:

1. *Shrink* the shares towards the larger area, where the document asks for it.
2. *Take part.* An area takes part where every input has a number, it has at least ``minimum_residents``, and its
   population is known where it is needed. Mean, standard deviation and ranks are those of the areas that take part.
3. *Standardise* each input among these areas; an input that ``lowers`` is turned round first.
4. *Combine*: the weighted sum, or the weighted mean; then, where asked for, standardise the result again.
5. *Cut* the score into classes. A score is rounded to :data:`~sozialraum.analysis.classes.DIGITS` decimals first, so
   that an area that lies exactly on a cut does not fall to one side by the machine's rounding.

Dynamics are the same steps with ``value - value some years earlier`` in the place of the value. An area without a
score has the status of its inputs (a suppressed input makes it suppressed); where nothing varies, or the area is left
out by the rule, the score is undefined, and ``reason`` says why. Where the document asks for it, scores of larger areas
are then the means of those inside them (:mod:`sozialraum.analysis.aggregate`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.analysis.aggregate import with_means
from sozialraum.analysis.classes import Reason, classes_of
from sozialraum.analysis.columns import REASONS, STATUSES, Column, Places, columns_in
from sozialraum.analysis.standardise import Numbers
from sozialraum.analysis.steps import Outcomes, changed, outcomes_of, shrunk
from sozialraum.analysis.tables import COMPOSITE_KEY, COMPOSITE_SCHEMA, PARENT_SCHEMA, POPULATION_SCHEMA
from sozialraum.catalogue import ClassDoc, CompositeDoc, InputDoc
from sozialraum.catalogue.indicator import Break
from sozialraum.catalogue.references import circle_of
from sozialraum.errors import Fault, ProjectError
from sozialraum.indicators import break_between
from sozialraum.periods import MONTHS, Frequency, Period, parse_period
from sozialraum.tables import Status

DAYS = 365
"""An input with other periods may have ended so many days before the composite's period, and no more."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What composites need beside values.

    Attributes:
        population: residents of areas, with ``POPULATION_SCHEMA``.
        parents: the larger areas of each area, with ``PARENT_SCHEMA``; for shrinkage and for means of larger areas.
        breaks: breaks of each indicator's series (see :func:`sozialraum.indicators.breaks_of`).
    """

    population: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=POPULATION_SCHEMA))
    parents: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PARENT_SCHEMA))
    breaks: Mapping[str, Sequence[Break]] = field(default_factory=dict)


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
    return scores_from(documents, arrange(documents, values, around), around)


def scores_from(documents: Mapping[str, CompositeDoc], known: Known, around: Surroundings) -> pl.DataFrame:
    """Compute composites from what is arranged already, as :func:`compute_composites` does."""
    frames = [pl.DataFrame(schema=COMPOSITE_SCHEMA), *_scores(documents, known, around)]
    return pl.concat(frames).sort(COMPOSITE_KEY)


def arrange(documents: Mapping[str, CompositeDoc], values: pl.DataFrame, around: Surroundings) -> Known:
    """Return what composites are computed from, arranged as columns; no scores yet."""
    inputs = {part.indicator for document in documents.values() for part in document.inputs if part.indicator}
    return Known.of(values.filter(pl.col("indicator").is_in(sorted(inputs)), pl.col("breakdown") == ""), around)


def _scores(documents: Mapping[str, CompositeDoc], known: Known, around: Surroundings) -> Iterator[pl.DataFrame]:
    """Yield the scores of each composite, and take them in: others may be made from them."""
    for name in order_of(documents):
        scores = _scored(name, documents[name], known)
        if documents[name].aggregate != "no":
            scores = with_means(documents[name], scores, around.parents, around.population)
        known.add_scores(name, documents[name], scores)
        yield scores


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


def period_before(period: Period, years: int) -> Period:
    """Return the period of the same length some years earlier.

    Raises:
        ValueError: it would start before the year 1.
    """
    in_a_year = 1 if period.frequency is Frequency.DATE else 12 // MONTHS[period.frequency]
    return period.earlier(years * in_a_year)


def latest_until(period: str, own: Iterable[str]) -> str:
    """Return the last of an input's own periods that ended by the end of a period, and not a year or more before; empty
    where there is none."""
    end = parse_period(period).last
    fitting = [found for found in map(parse_period, own) if 0 <= (end - found.last).days < DAYS]
    return max(fitting).text if fitting else ""


# --- what is known ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """Values, scores and residents as columns.

    Attributes:
        codes: the areas of each system, sorted: what the columns are aligned to.
        columns: by input, area system and period.
        residents: by area system and period.
        parents: by area system and the system of the larger areas: the larger area of each area, None where there is
            none.
        breaks: breaks of the series of each input.
    """

    codes: Mapping[str, NDArray[np.object_]]
    columns: dict[tuple[str, str, str], Column]
    residents: dict[tuple[str, str], Column]
    parents: dict[tuple[str, str], NDArray[np.object_]]
    breaks: dict[str, Sequence[Break]]

    @classmethod
    def of(cls, values: pl.DataFrame, around: Surroundings) -> Known:
        """Arrange values and what is around them.

        Args:
            values: values of the inputs with ``VALUE_SCHEMA``, none of a breakdown.
            around: what composites need beside them.
        """
        above = around.parents.select(pl.col("to").alias("area_system"), pl.col("parent").alias("area"))
        spots = [frame.select("area_system", "area") for frame in (values, around.population, around.parents)]
        every = pl.concat([*spots, above]).unique()
        codes = {
            str(system): here["area"].sort().to_numpy()
            for (system,), here in every.partition_by("area_system", as_dict=True).items()
        }
        lists = {system: areas.tolist() for system, areas in codes.items()}
        people = columns_in(around.population.with_columns(what=pl.lit("")), lists, "what")
        return cls(
            codes,
            dict(columns_in(values, lists, "indicator")),
            {(system, period): column for (_, system, period), column in people},
            dict(_larger(around.parents, codes)),
            dict(around.breaks),
        )

    def add_scores(self, name: str, document: CompositeDoc, scores: pl.DataFrame) -> None:
        """Take in the scores of a composite and the breaks of its inputs, under a name that no indicator has."""
        self.breaks[_composite(name)] = self.breaks_of(document)
        lists = {system: areas.tolist() for system, areas in self.codes.items()}
        frame = scores.select("composite", "area_system", "area", "period", pl.col("score").alias("value"), "status")
        for (_, system, period), column in columns_in(frame, lists, "composite"):
            self.columns[_composite(name), system, period] = column

    def places(self, document: CompositeDoc) -> list[tuple[str, str]]:
        """Return the area systems and periods in which every input occurs."""
        leading = next(part for part in document.inputs if part.period == "same")
        systems = document.area_systems
        places = sorted(key[1:] for key in self.columns if key[0] == _key(leading))
        return [
            place
            for place in places
            if (not systems or place[0] in systems) and self.inputs(document, *place) is not None
        ]

    def breaks_of(self, document: CompositeDoc) -> list[Break]:
        """Return the breaks of all inputs of a composite."""
        return [found for part in document.inputs for found in self.breaks.get(_key(part), ())]

    def inputs(self, document: CompositeDoc, system: str, period: str) -> list[Column] | None:
        """Return the column of each input for a period of the composite; None where one of them has none."""
        keys = [(_key(part), system, self.period_of(part, system, period)) for part in document.inputs]
        columns = [self.columns[key] for key in keys if key in self.columns]
        return columns if len(columns) == len(keys) else None

    def period_of(self, part: InputDoc, system: str, period: str) -> str:
        """Return the input's own period that goes with a period of the composite; empty where there is none."""
        if part.period == "same":
            return period
        own = (key[2] for key in self.columns if key[:2] == (_key(part), system))
        return latest_until(period, own)

    def people(self, system: str, period: str, areas: Places) -> Column:
        """Return the residents of some areas."""
        nobody = Column.nothing(len(self.codes[system]))
        return self.residents.get((system, period), nobody).of(areas)

    def shrunk(self, document: CompositeDoc, columns: Sequence[Column], system: str, areas: Places) -> list[Column]:
        """Return the inputs of some areas, drawn towards larger areas where the document asks for it."""
        own = [column.of(areas) for column in columns]
        if document.shrinkage is None:
            return own
        nowhere = np.full(len(self.codes[system]), None, object)
        parents = self.parents.get((system, document.shrinkage.to), nowhere)[areas]
        return [shrunk(column, parents) for column in own]


def _larger(
    parents: pl.DataFrame, codes: Mapping[str, NDArray[np.object_]]
) -> Iterator[tuple[tuple[str, str], NDArray[np.object_]]]:
    for (system, to), rows in parents.partition_by("area_system", "to", as_dict=True).items():
        found = dict(rows.select("area", "parent").iter_rows())
        yield (str(system), str(to)), np.array([found.get(code) for code in codes[str(system)]], object)


def _key(part: InputDoc) -> str:
    return part.indicator or _composite(part.name)


def _composite(name: str) -> str:
    return f"composite:{name}"  # a colon can not be in the id of an indicator


# --- one composite ----------------------------------------------------------------------------------------------------


Cells = dict[str, NDArray[np.object_] | Numbers]
"""Columns of the areas of one system and period."""


def _scored(name: str, document: CompositeDoc, known: Known) -> pl.DataFrame:
    parts = [_part(name, document, known, place) for place in known.places(document)]
    if not parts:
        return pl.DataFrame(schema=COMPOSITE_SCHEMA)
    return pl.DataFrame([_series(column, [part[column] for part in parts]) for column in COMPOSITE_SCHEMA])


def _series(name: str, arrays: Sequence[NDArray[np.object_] | Numbers]) -> pl.Series:
    kind, whole = COMPOSITE_SCHEMA[name], np.concatenate(arrays)
    if kind == pl.Float64:
        return pl.Series(name, whole.astype(float), nan_to_null=True)
    return pl.Series(name, whole.tolist(), dtype=pl.String).cast(kind)


def _part(name: str, document: CompositeDoc, known: Known, place: tuple[str, str]) -> Cells:
    system, period = place
    columns = known.inputs(document, *place) or []
    areas = np.flatnonzero(np.any([column.there for column in columns], axis=0))
    now = known.shrunk(document, columns, system, areas)
    people = known.people(system, period, areas)
    status = outcomes_of(document, now, [people])
    earlier, moved = None, dict.fromkeys(MOVED, np.full(len(areas), None, object))
    if document.dynamics:
        earlier = period_before(parse_period(period), document.dynamics.years).text
        outcomes = _moved(document, known, (system, earlier, period), (areas, now, people))
        moved = _cells(outcomes, document.dynamics.classes, MOVED)
    same = {"composite": name, "area_system": system, "period": period, "dynamics_from": earlier}
    return {
        **{column: np.full(len(areas), text, object) for column, text in same.items()},
        "area": known.codes[system][areas],
        **_cells(status, document.classes, SCORED),
        **moved,
    }


SCORED = ("score", "class", "status", "reason")
MOVED = ("dynamics", "dynamics_class", "dynamics_status", "dynamics_reason")


def _cells(outcomes: Outcomes, classes: Sequence[ClassDoc], names: Sequence[str]) -> Cells:
    reasons = np.array([*(reason.value for reason in REASONS), ""], object)  # the last one is that of a score
    texts = (classes_of(classes, outcomes.score), STATUSES[outcomes.rank], reasons[outcomes.reason])
    return dict(zip(names, (outcomes.score, *texts), strict=True))


def _moved(
    document: CompositeDoc, known: Known, when: tuple[str, str, str], now: tuple[Places, Sequence[Column], Column]
) -> Outcomes:
    """Return the dynamics: of a system from an earlier period to a later one, for which all is known."""
    system, earlier, period = when
    areas, columns, people = now
    before = known.inputs(document, system, earlier)
    if before is None:
        return Outcomes.none(len(areas), Status.MISSING, Reason.NO_EARLIER)
    if break_between(known.breaks_of(document), earlier, period):
        return Outcomes.none(len(areas), Status.UNDEFINED, Reason.BREAK)
    then = known.shrunk(document, before, system, areas)
    changes = [changed(first, second) for first, second in zip(then, columns, strict=True)]
    return outcomes_of(document, changes, [people, known.people(system, earlier, areas)])
