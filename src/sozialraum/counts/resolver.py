"""Every question finds its number among all deliveries, or is reported with the reason why there is none.

For each question and area system the ways to answer it are tried in their order on whole arrays (periods x areas); a
way fills what is still missing. So the tiling is chosen once for all areas, not for each cell. Nothing is guessed: a
missing or suppressed part makes the sum missing or suppressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.areas import AreaSystems
from sozialraum.catalogue.measures import Measure
from sozialraum.counts.attempts import Attempt, Offers
from sozialraum.counts.disagreements import Disagreements
from sozialraum.counts.filters import Codes, plain
from sozialraum.counts.reasons import why_not
from sozialraum.counts.shelves import MISSING, Ranks, Values
from sozialraum.counts.spelling import spell_out
from sozialraum.counts.supplies import Frame, Supply, stock
from sozialraum.counts.territory import Axis
from sozialraum.counts.trace import Place, Trace, traces
from sozialraum.errors import Fault
from sozialraum.tables import COUNT_SCHEMA, STATUS
from sozialraum.tables.status import PRECEDENCE

RESOLVED_SCHEMA = pl.Schema([*COUNT_SCHEMA.items(), ("source", pl.String), ("policy", pl.String)])
"""Columns of resolved counts; ``source`` and ``policy`` hold ids joined with ``+``."""

UNRESOLVED_SCHEMA = pl.Schema(dict.fromkeys(("universe", "where", "area_system", "period", "why"), pl.String))
"""Columns of questions without an answer."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Questions and their numbers.

    Attributes:
        frame: a frame with :data:`RESOLVED_SCHEMA`; the questions stand in it as they were asked.
        unresolved: a frame with :data:`UNRESOLVED_SCHEMA`; ``period`` is empty where no delivery has the universe.
        notes: unknown values, unknown areas, totals that disagree with the sum of their parts.
    """

    frame: pl.DataFrame
    unresolved: pl.DataFrame
    notes: tuple[Fault, ...]
    _answers: Mapping[tuple[Measure, str], _Answer] = field(repr=False)
    _frame: Frame = field(repr=False)

    def trace(self, question: Measure, area_system: str, area: str, period: str) -> tuple[Trace, ...]:
        """Return every delivered cell, or rows of a register, that went into a number.

        Returns:
            The traces, whose values add up to the number; empty where there is no number to trace.
        """
        answer = self._answers.get((plain(question, self._frame.codes), area_system))
        axis = self._frame.territory.axes.get(area_system)
        at = self._frame.place_of(period)
        if answer is None or axis is None or at < 0 or area not in axis.codes:
            return ()
        place = Place(area_system, at, axis.codes.index(area))
        chosen = int(answer.chosen[place.period, place.area])
        return traces(answer.attempts[chosen], place, self._frame) if chosen >= 0 else ()


def resolve(questions: Sequence[Measure], supplies: Sequence[Supply], systems: AreaSystems, codes: Codes) -> Resolution:
    """Find the number of every question in every area system and period.

    Args:
        questions: what is asked.
        supplies: the deliveries: cells, and placed records.
        systems: the area systems to answer for.
        codes: the code lists of all dimensions.

    Returns:
        Numbers for the areas that exist in a period (and for those a delivery speaks of), questions without an answer,
        and the way back of every number.
    """
    asked = {measure: plain(measure, codes) for measure in sorted(set(questions))}
    frame = Frame.of(supplies, systems, codes)
    notes = [note for supply in supplies for note in supply.data.notes]
    distinct = sorted(set(asked.values()))
    offers = Offers([stock(supply, distinct, frame, notes) for supply in supplies], frame)
    disagreements = Disagreements(frame)
    answers = {
        (question, id): _answer(question, id, offers, disagreements)
        for id in frame.territory.axes
        for question in distinct
    }
    tables = [_table(asked, id, answers, frame) for id in frame.territory.axes]
    table = pl.concat([pl.DataFrame(schema=RESOLVED_SCHEMA), *tables])
    rows = list(_unresolved(asked, answers, offers))
    unresolved = pl.DataFrame(rows, schema=UNRESOLVED_SCHEMA, orient="row")
    return Resolution(table, unresolved, (*notes, *disagreements.notes()), answers, frame)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A question's numbers in one area system, periods x areas.

    Attributes:
        values: the numbers, NaN where there is none.
        ranks: their statuses.
        chosen: which attempt each number comes from, -1 where it is missing.
        attempts: the ways that were tried.
    """

    values: Values
    ranks: Ranks
    chosen: NDArray[np.int64]
    attempts: tuple[Attempt, ...]

    @property
    def applicable(self) -> NDArray[np.bool_]:
        """Whether anything was offered that could answer, by period."""
        periods = [attempt.periods for attempt in self.attempts]
        return np.any(periods, axis=0) if periods else np.zeros(len(self.chosen), dtype=bool)

    @property
    def origin(self) -> NDArray[np.int64]:
        """Which attempt each number comes from or, where it is missing, should have come from; -1 where none."""
        first = np.full(len(self.chosen), -1, dtype=np.int64)
        for number in reversed(range(len(self.attempts))):
            first[self.attempts[number].periods] = number
        return np.where(self.chosen >= 0, self.chosen, first[:, None])


def _answer(question: Measure, id: str, offers: Offers, disagreements: Disagreements) -> _Answer:
    frame = offers.frame
    shape = len(frame.periods), len(frame.territory.axes[id])
    values, ranks = np.full(shape, np.nan), np.full(shape, MISSING)
    chosen = np.full(shape, -1, dtype=np.int64)
    tried: list[Attempt] = []
    for attempt in _ways(question, id, offers, ranks):
        found, status = attempt.evaluate(id)
        so_far = values, ranks, chosen
        disagreements.compare(question, id, tried=tried, so_far=so_far, new=(attempt, found, status))
        fills = (ranks == MISSING) & (status != MISSING)
        values[fills], ranks[fills], chosen[fills] = found[fills], status[fills], len(tried)
        tried.append(attempt)
    return _Answer(values, ranks, chosen, tuple(tried))


def _ways(question: Measure, id: str, offers: Offers, ranks: Ranks) -> Iterator[Attempt]:
    """Yield the ways of single deliveries; those of several together only where numbers are still missing."""
    yield from offers.alone(question, id)
    if (ranks == MISSING).any():
        yield from offers.together(question, id)


def _table(
    asked: Mapping[Measure, Measure], id: str, answers: Mapping[tuple[Measure, str], _Answer], frame: Frame
) -> pl.DataFrame:
    axis = frame.territory.axes[id]
    found = [answers[question, id] for question in asked.values()]
    shape = len(found), len(frame.periods), len(axis)
    ranks = np.array([answer.ranks for answer in found], dtype=np.uint8).reshape(shape)
    values = np.array([answer.values for answer in found]).reshape(shape)
    labels = _Labels()
    origins = np.array([labels.number(answer) for answer in found], dtype=np.int64).reshape(shape)
    columns = {"value": values, "rank": ranks, "label": origins}
    wanted = _wanted(found, ranks, axis, frame.periods)
    table = spell_out(list(asked), id, axis.codes, frame.periods, wanted=wanted, columns=columns)
    statuses = pl.Series([status.value for status in PRECEDENCE], dtype=STATUS)
    return table.with_columns(
        pl.col("value").fill_nan(None),
        statuses.gather(table["rank"]).alias("status"),
        *(pl.Series(name, labels.texts[name], dtype=pl.String).gather(table["label"]) for name in ("source", "policy")),
    ).select(RESOLVED_SCHEMA.names())


def _wanted(found: Sequence[_Answer], ranks: Ranks, axis: Axis, periods: Sequence[str]) -> NDArray[np.bool_]:
    """Return which numbers get a row: all that there are, and missing ones of areas that one may ask for.

    Those are the areas for which anything at all is known in the period, and today's areas that existed then.
    """
    known = (ranks != MISSING).any(axis=0)
    valid = np.array([axis.valid(period) & axis.current for period in periods], dtype=bool).reshape(known.shape)
    applicable = np.array([answer.applicable for answer in found], dtype=bool).reshape(ranks.shape[:2])
    wanted: NDArray[np.bool_] = (ranks != MISSING) | (applicable[:, :, None] & (known | valid))
    return wanted


class _Labels:
    """Numbers the sources and policies of attempts, so that rows can hold a number."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {"source": [], "policy": []}
        self._numbers: dict[tuple[str, str], int] = {}

    def number(self, answer: _Answer) -> NDArray[np.int64]:
        """Return the number of the label of each cell; 0 where no attempt applies (such cells get no row)."""
        numbers = [self._number(attempt.label) for attempt in answer.attempts]
        return np.array([*numbers, 0], dtype=np.int64)[answer.origin]

    def _number(self, label: tuple[str, str]) -> int:
        if label not in self._numbers:
            self._numbers[label] = len(self._numbers)
            for name, text in zip(("source", "policy"), label, strict=True):
                self.texts[name].append(text)
        return self._numbers[label]


def _unresolved(
    asked: Mapping[Measure, Measure], answers: Mapping[tuple[Measure, str], _Answer], offers: Offers
) -> Iterator[tuple[str, str, str, str, str]]:
    for measure, question in asked.items():
        for id in offers.frame.territory.axes:
            for period, why in why_not(question, id, answers[question, id].applicable, offers=offers):
                yield measure.universe, measure.where_text, id, period, why
