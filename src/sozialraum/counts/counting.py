"""Single units become counts: every question, every area, every period, in few passes over the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.areas import AreaSystems
from sozialraum.catalogue.measures import Measure
from sozialraum.counts.classes import Classes, one_class_each
from sozialraum.counts.cube import answers, build_cube
from sozialraum.counts.engines import Units, gather, open_units
from sozialraum.counts.filters import Codes, plain
from sozialraum.counts.planning import plan_cubes
from sozialraum.counts.spelling import spell_out
from sozialraum.counts.tallies import asked_beside, tally_amounts, undefined
from sozialraum.counts.territory import Axis, Territory
from sozialraum.counts.unknowns import PERIOD, Unknowns, find_unknowns, needed
from sozialraum.errors import Fault
from sozialraum.periods import parse_period
from sozialraum.sources.records import AREA_PREFIX, Records
from sozialraum.tables import COUNT_SCHEMA, STATUS, Status, status_of


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one register.

    Attributes:
        source: id of the source document.
        frame: a frame with ``tables.COUNT_SCHEMA``: what the register says, true zeros included.
        notes: how many units have an unknown value in a dimension that was asked for.
    """

    source: str
    frame: pl.DataFrame
    notes: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of one universe as arrays of periods x areas.

    Attributes:
        periods: the periods that the records cover, in order.
        values: for each plain measure and area system the numbers, NaN where the records say nothing.
        covered: for each area system whether the records speak of the area in the period.
        undefined: for each tally of an amount and area system where it can not exist.
        unknowns: units without a known value in what was asked for.
    """

    periods: tuple[str, ...]
    values: Mapping[tuple[Measure, str], NDArray[np.float64]]
    covered: Mapping[str, NDArray[np.bool_]]
    undefined: Mapping[tuple[Measure, str], NDArray[np.bool_]]
    unknowns: Unknowns


def count(records: Records, measures: Sequence[Measure], systems: AreaSystems, codes: Codes) -> Counts:
    """Count (or sum, or tally) what the measures ask, in every area system, for every period of the records.

    A covered area without units is a true zero. Units with an unknown value are in no code of that dimension, only in
    the total; a note says how many they are. Where no unit of a period has a known value, the number is missing. Units
    that lie in no area of a system are not counted there.

    Args:
        records: placed records (see :func:`sozialraum.counts.placement.place`).
        measures: questions that the records can answer (see :func:`can_answer`).
        systems: the area systems to count in.
        codes: the code lists of the dimensions.

    Raises:
        ValueError: the records can not answer a measure.
    """
    tally = tally_units(records.frame, records.universe, measures, systems=systems, codes=codes)
    frame = tally_frame(tally, measures, systems, codes)
    return Counts(records.source, frame, notes_on(records, tally))


def can_answer(records: Records, measure: Measure) -> bool:
    """Tell whether records have the universe, the dimensions and the amount of a measure."""
    return not _lacking(records.frame.columns, records.universe, measure)


def tally_units(frame: Any, universe: str, measures: Iterable[Measure], *, systems: AreaSystems, codes: Codes) -> Tally:
    """Count single units held by any engine: a Polars frame, a Spark data frame.

    Args:
        frame: one row per unit with ``period``, a column ``area:SYSTEM`` per system, dimensions and amounts.
        universe: what one row is.
        measures: questions over these columns.
        systems: the area systems; those without a column are left out.
        codes: the code lists of the dimensions.

    Raises:
        ValueError: the frame lacks a column that a measure needs.
    """
    questions = sorted({plain(measure, codes) for measure in measures})
    columns = nw.from_native(frame).collect_schema().names()
    if wrong := [f"{q}: {lack}" for q in questions if (lack := _lacking(columns, universe, q))]:
        raise ValueError("the records can not answer " + "; ".join(wrong))
    units = open_units(frame, lists_of(questions, codes))
    places = Places.of(units, systems)
    located = bool({"building", "x"} & set(columns))
    every = asked_beside(questions)
    tallies = [question for question in every if question.statistic]
    sums = [question for question in every if not question.statistic]
    values, present = _passes(units, [*sums, Measure(universe)], places, codes)
    values |= tally_amounts(units, tallies, places, codes)
    covered = {id: _coverage(axis, places.periods, present[id], located) for id, axis in places.axes.items()}
    unknowns = find_unknowns(open_units(frame, {}), questions, places.periods)
    for (question, _), numbers in values.items():
        numbers[unknowns.silent(question)] = np.nan
    nowhere: dict[tuple[Measure, str], NDArray[np.bool_]] = {}
    for id in places.axes:
        nowhere |= undefined(tallies, id, values)
    return Tally(places.periods, values, covered, nowhere, unknowns)


def tally_frame(tally: Tally, measures: Iterable[Measure], systems: AreaSystems, codes: Codes) -> pl.DataFrame:
    """Write a tally as a frame with ``tables.COUNT_SCHEMA``, one row per measure and covered area and period."""
    asked = sorted(set(measures))
    parts = [_table(asked, id, systems[id].codes, tally=tally, codes=codes) for id in tally.covered]
    return pl.concat([pl.DataFrame(schema=COUNT_SCHEMA), *parts])


def notes_on(records: Records, tally: Tally) -> tuple[Fault, ...]:
    """Say how many units have unknown values."""
    told = tally.unknowns.sentences(records.universe)
    return tuple(Fault(records.source, 0, column, what) for column, what in told)


def lists_of(questions: Iterable[Measure], codes: Codes) -> dict[str, list[str]]:
    """Return the codes of each list that questions ask for."""
    return {d: sorted(codes[d].codes) for q in questions for d, _ in q.where if codes[d].kind == "list"}


def _lacking(columns: Iterable[str], universe: str, measure: Measure) -> str:
    if measure.units != universe:
        return f"the records are {universe}"
    missing = sorted({*needed(measure)} - set(columns))
    return f"no column {', '.join(missing)}" if missing else ""


@dataclass(frozen=True, slots=True)
class Places:
    """Every area system that units are placed in, and every period: where numbers can stand."""

    axes: Mapping[str, Axis]
    periods: tuple[str, ...]

    @classmethod
    def of(cls, units: Units, systems: AreaSystems) -> Places:
        """Return where numbers of some units can stand."""
        columns = set(units.columns)
        axes = {id: axis for id, axis in Territory.of(systems).axes.items() if f"{AREA_PREFIX}{id}" in columns}
        return cls(axes, _periods(units))

    @property
    def classes(self) -> list[Classes]:
        """The classes of the columns of areas and of the period."""
        areas = [one_class_each(f"{AREA_PREFIX}{id}", axis.codes) for id, axis in self.axes.items()]
        return [*areas, one_class_each(PERIOD, self.periods)]

    @property
    def most(self) -> int:
        """How many numbers of one measure there can be in one area system."""
        return max((len(axis) for axis in self.axes.values()), default=1) * max(len(self.periods), 1)

    def of_cells(self, classes: Mapping[str, NDArray[np.int64]], id: str) -> NDArray[np.int64]:
        """Return the place of each cell: period x areas + area, -1 where it has none."""
        area, period = classes[f"{AREA_PREFIX}{id}"] - 1, classes[PERIOD] - 1
        return np.where((area < 0) | (period < 0), -1, period * len(self.axes[id]) + area)

    def shape(self, id: str) -> tuple[int, int]:
        """Return periods x areas of a system."""
        return len(self.periods), len(self.axes[id])


def _periods(units: Units) -> tuple[str, ...]:
    if PERIOD in units.categories:
        return units.categories[PERIOD]
    found = gather(units.frame.select(PERIOD).unique())[PERIOD].drop_nulls()
    return tuple(sorted(found.to_list(), key=parse_period))


def _passes(
    units: Units, questions: Sequence[Measure], places: Places, codes: Codes
) -> tuple[dict[tuple[Measure, str], NDArray[np.float64]], dict[str, NDArray[np.bool_]]]:
    """Answer all questions, and say where there are any units at all."""
    values: dict[tuple[Measure, str], NDArray[np.float64]] = {}
    present = {id: np.zeros(places.shape(id), dtype=bool) for id in places.axes}
    for plan in plan_cubes(questions, codes, places.most):
        cube = build_cube(units, plan, places.classes)
        for id in places.axes:
            at = places.of_cells(cube.classes, id)
            present[id].ravel()[at[at >= 0]] = True
            found = answers(cube, plan, at, present[id].size)
            values |= {(question, id): numbers.reshape(places.shape(id)) for question, numbers in found.items()}
    return values, present


def _coverage(axis: Axis, periods: Sequence[str], present: NDArray[np.bool_], located: bool) -> NDArray[np.bool_]:
    """Return for which areas the records speak in each period.

    Those are the areas where units are, and the areas of today's territory that existed then; where units were placed
    by coordinates, all areas of today's territory.
    """
    valid = [axis.current & (axis.current if located else axis.valid(period)) for period in periods]
    covered: NDArray[np.bool_] = present | np.array(valid, dtype=bool).reshape(present.shape)
    return covered


def _table(asked: Sequence[Measure], id: str, areas: Sequence[str], *, tally: Tally, codes: Codes) -> pl.DataFrame:
    shape = len(asked), *tally.covered[id].shape
    values = np.array([tally.values[plain(measure, codes), id] for measure in asked]).reshape(shape)
    wanted = np.broadcast_to(tally.covered[id], shape)
    plainly = [(plain(measure, codes), id) for measure in asked]
    nowhere = np.array([tally.undefined.get(key, np.zeros(shape[1:], dtype=bool)) for key in plainly]).reshape(shape)
    columns = {"value": values, "undefined": nowhere}
    frame = spell_out(asked, id, areas, tally.periods, wanted=wanted, columns=columns)
    frame = frame.with_columns(pl.col("value").fill_nan(None))
    status = pl.when("undefined").then(pl.lit(Status.UNDEFINED.value, STATUS)).otherwise(status_of(pl.col("value")))
    return frame.with_columns(status.alias("status")).drop("undefined").match_to_schema(COUNT_SCHEMA)
