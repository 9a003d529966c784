"""Scores of composites as pages ask for them, and what they are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from sozialraum.analysis import (
    COMPOSITE_SCHEMA,
    Anatomy,
    Reason,
    Surroundings,
    anatomy_of,
    latest_until,
    leave_one_out,
    surroundings_of,
)
from sozialraum.analysis.aggregate import ways_up
from sozialraum.catalogue import CompositeDoc, InputDoc
from sozialraum.periods import parse_period
from sozialraum.tables import VALUE_SCHEMA, Status, Value
from sozialraum.web.atlas.queries import areas_at, best_match, listed_systems, sort_name
from sozialraum.web.atlas.release import MISSING, Atlas


@dataclass(frozen=True, slots=True)
class Score:
    """What a composite says about an area in a period.

    Attributes:
        value: the score.
        label: id of its class; None where there is no score.
        dynamics: the change since ``row["dynamics_from"]``, standardised like the score.
        movement: id of the class of the change.
        row: all of it, with ``COMPOSITE_SCHEMA``, for sentences.
    """

    value: Value
    label: str | None
    dynamics: Value
    movement: str | None
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scores:
    """Every score of one composite in one area system."""

    composite: str
    system: str
    periods: tuple[str, ...]
    scores: Mapping[tuple[str, str], Score]

    def score(self, area: str, period: str) -> Score:
        """Return the score of an area; one that is missing for want of values where the release has none."""
        return self.scores.get((area, period)) or _score(_nothing(area, period))

    def series(self, area: str) -> tuple[tuple[str, Value], ...]:
        """Return an area's scores over all periods."""
        return tuple((period, self.score(area, period).value) for period in self.periods)

    @property
    def told(self) -> tuple[str, ...]:
        """The periods in which any area has a score."""
        found = {period for (_, period), score in self.scores.items() if score.value.value is not None}
        return tuple(period for period in self.periods if period in found)

    @property
    def latest(self) -> str:
        """The latest period in which any area has a score; the last one if none has."""
        return (self.told or self.periods)[-1]

    def latest_until(self, day: date | None) -> str | None:
        """Return the latest period with a score that ended by ``day``; None where there is none."""
        return next((period for period in reversed(self.told) if not day or parse_period(period).last <= day), None)


def scores_of(atlas: Atlas, composite: str, system: str) -> Scores | None:
    """Return the scores of a composite in an area system; None where the release has none."""
    return atlas.keep(("scores", composite, system), lambda: _scores(atlas, composite, system))


def _scores(atlas: Atlas, composite: str, system: str) -> Scores | None:
    rows = atlas.package.composites.filter(composite=composite, area_system=system)
    if not rows.height:
        return None
    periods = sorted({parse_period(period) for period in rows["period"].unique()})
    found = {(row["area"], row["period"]): _score(row) for row in rows.iter_rows(named=True)}
    return Scores(composite, system, tuple(period.text for period in periods), found)


def _score(row: Mapping[str, Any]) -> Score:
    moved = Value(row["dynamics"], Status(row["dynamics_status"])) if row["dynamics_status"] else MISSING
    return Score(Value(row["score"], Status(row["status"])), row["class"], moved, row["dynamics_class"], row)


def _nothing(area: str, period: str) -> Mapping[str, Any]:
    """Return the row of an area that no input mentions."""
    nothing = {"status": Status.MISSING.value, "reason": Reason.INPUT.value}
    changed = {f"dynamics_{name}": value for name, value in nothing.items()}
    return dict.fromkeys(COMPOSITE_SCHEMA) | {"area": area, "period": period} | nothing | changed


def score_systems(atlas: Atlas, composite: str) -> tuple[str, ...]:
    """Return the systems that divide the territory and have rows of a composite: those with a score first."""
    found = [system for system in listed_systems(atlas) if scores_of(atlas, composite, system)]
    return tuple(sorted(found, key=lambda system: not _has_score(atlas, composite, system)))


def _has_score(atlas: Atlas, composite: str, system: str) -> bool:
    scores = scores_of(atlas, composite, system)
    return bool(scores and scores.told)


def composites_told(atlas: Atlas) -> tuple[str, ...]:
    """Return the composites by which any area has a score, by title."""
    return atlas.keep("composites told", lambda: _composites_told(atlas))


def _composites_told(atlas: Atlas) -> tuple[str, ...]:
    documents = atlas.catalogue.composites
    told = [name for name in documents if any(_has_score(atlas, name, system) for system in listed_systems(atlas))]
    return tuple(sorted(told, key=lambda name: sort_name(documents[name].title.de)))


def scores_at(atlas: Atlas, scores: Scores, period: str) -> dict[str, Score]:
    """Return the score of every area that existed in a period, also of those that have none, by name."""
    return {code: scores.score(code, period) for code in areas_at(atlas, scores.system, period)}


def ranked(found: Mapping[str, Score]) -> list[tuple[str, Score]]:
    """Order areas by their score, the highest first; those without one follow as they come."""
    return sorted(found.items(), key=lambda entry: (entry[1].value.value is None, -(entry[1].value.value or 0.0)))


def counts_of(found: Mapping[str, Score]) -> dict[str, int]:
    """Return how many of the areas with a score are in each class."""
    return dict(Counter(score.label for score in found.values() if score.label is not None))


# --- what scores are made from ----------------------------------------------------------------------------------------


def anatomy_at(atlas: Atlas, scores: Scores, code: str, period: str) -> Anatomy | None:
    """Return how the score of an area came about; None where no input mentions the area."""
    key = ("anatomy", scores.composite, scores.system, code, period)
    return atlas.keep(key, lambda: _anatomy(atlas, scores, code, period))


def _anatomy(atlas: Atlas, scores: Scores, code: str, period: str) -> Anatomy | None:
    documents, values = _still(atlas, scores.composite), _values(atlas, scores, period)
    place = (scores.system, code, period)
    return anatomy_of(documents, values, _around_at(atlas, period), name=scores.composite, place=place)


def _still(atlas: Atlas, composite: str) -> dict[str, CompositeDoc]:
    """Return a composite and those that it is made from without their dynamics: nothing earlier has to be read."""
    documents = {name: atlas.catalogue.composites[name] for name in _needed(atlas, composite)}
    return {name: document.model_copy(update={"dynamics": None}) for name, document in documents.items()}


def sensitivity_at(atlas: Atlas, scores: Scores, period: str) -> tuple[dict[str, Any], ...]:
    """Return what each input decides in a period: a row with ``SENSITIVITY_SCHEMA`` for each that is left out."""
    key = ("sensitivity", scores.composite, scores.system, period)
    return atlas.keep(key, lambda: _sensitivity(atlas, scores, period))


def prepare(atlas: Atlas) -> None:
    """Compute what the first reader of each composite's page would wait for."""
    for name in composites_told(atlas):
        scores = scores_of(atlas, name, score_systems(atlas, name)[0])
        if scores:
            sensitivity_at(atlas, scores, scores.latest)


def _sensitivity(atlas: Atlas, scores: Scores, period: str) -> tuple[dict[str, Any], ...]:
    documents, values = _still(atlas, scores.composite), _values(atlas, scores, period)
    left_out = leave_one_out(documents, values, _around_at(atlas, period)).filter(area_system=scores.system)
    return tuple(left_out.filter(composite=scores.composite, period=period).iter_rows(named=True))


def _needed(atlas: Atlas, composite: str) -> list[str]:
    """Return a composite and all those that it is made from."""
    documents, found = atlas.catalogue.composites, [composite]
    for name in found:  # grows while it is read
        found += [part for part in documents[name].refers_to if part not in found]
    return found


def _values(atlas: Atlas, scores: Scores, period: str) -> pl.DataFrame:
    """Return the values that scores of a period are made from.

    Those of smaller areas are among them only where the scores are their means. Without an input that smaller areas
    lack, a variant would otherwise turn scores of larger areas into means, and be another composite altogether.
    """
    parts = [part for name in _needed(atlas, scores.composite) for part in atlas.catalogue.composites[name].inputs]
    systems = tuple(atlas.areas) if _are_means(atlas, scores) else (scores.system,)
    found = [
        frame.with_columns(indicator=pl.lit(part.name), area_system=pl.lit(where))
        for part in {part.name: part for part in parts if part.indicator}.values()
        for where in systems
        if (frame := _part(atlas, part, where, period)) is not None
    ]
    columns = [pl.lit("").alias("breakdown")]
    empty = pl.DataFrame(schema=VALUE_SCHEMA)
    return pl.concat([empty, *(frame.with_columns(columns).select(VALUE_SCHEMA.names()) for frame in found)])


def _are_means(atlas: Atlas, scores: Scores) -> bool:
    document, told = atlas.catalogue.composites[scores.composite], atlas.package.composites
    ways = ways_up(document, told.filter(composite=scores.composite), _around(atlas).parents)
    return scores.system in ways["to"].to_list()


def _part(atlas: Atlas, part: InputDoc, system: str, period: str) -> pl.DataFrame | None:
    frame = atlas.parts.get((part.name, system))
    if frame is None:
        return None
    own = period if part.period == "same" else latest_until(period, frame["period"].unique())
    return frame.filter(pl.col("period") == own)


def _around_at(atlas: Atlas, period: str) -> Surroundings:
    """Return what composites need beside the values of one period."""
    around = _around(atlas)
    return replace(around, population=around.population.filter(pl.col("period") == period))


def _around(atlas: Atlas) -> Surroundings:
    """Return what composites need beside values, as it was when the release was built."""

    def make() -> Surroundings:
        frames = {name: atlas.package.areas(name).frame for name in atlas.package.area_systems}
        return surroundings_of(atlas.catalogue, atlas.systems, atlas.package.values, frames)

    return atlas.keep("surroundings", make)


# --- finding ----------------------------------------------------------------------------------------------------------


def search_composites(atlas: Atlas, text: str) -> tuple[str, ...]:
    """Return the composites with scores that have every word of ``text``, in German or English, the best first."""
    documents = atlas.catalogue.composites
    return best_match(
        text, {name: (documents[name].title, documents[name].definition) for name in composites_told(atlas)}
    )
