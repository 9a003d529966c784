"""What the score of an area is made from: each input's value, how far it lies from the others, what it adds.

The steps are those of :mod:`sozialraum.analysis.composites`: the contributions of an area add up to what is
standardised again to become its score, or to the score itself where it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from sozialraum.analysis.columns import STATUSES, Column, Flags, Places
from sozialraum.analysis.composites import Known, Surroundings
from sozialraum.analysis.standardise import Numbers, standardise
from sozialraum.catalogue import CompositeDoc, InputDoc
from sozialraum.tables import STATUS

CONTRIBUTION_SCHEMA = pl.Schema(
    [
        ("area", pl.String),
        ("input", pl.String),
        ("period", pl.String),
        ("value", pl.Float64),
        ("status", STATUS),
        ("standardised", pl.Float64),
        ("contribution", pl.Float64),
    ]
)
"""One row for each area and input of a composite. ``period`` is the input's own, empty where it has none that goes with
the composite's. ``standardised`` is the value among the areas that have a score, turned round where the input lowers;
``contribution`` is that times the weight, and its share of all weights where the composite is a mean. Both are null for
an area without a score."""


def contributions_of(
    documents: Mapping[str, CompositeDoc],
    values: pl.DataFrame,
    population: Surroundings,
    scores: pl.DataFrame,
    *,
    composite: str,
    place: tuple[str, str],
) -> pl.DataFrame:
    """Take the scores of one area system and period apart.

    Args:
        documents: composites by id: this one and those that it is made from.
        values: values with ``VALUE_SCHEMA``, none of a breakdown.
        population: what the scores were made with beside values.
        scores: what :func:`~sozialraum.analysis.composites.compute_composites` gave.
        composite: the id of the composite.
        place: area system and period.

    Returns:
        A frame with :data:`CONTRIBUTION_SCHEMA`: areas by code, inputs in the order of the document. It is empty where
        scores are means of those of smaller areas: those can be taken apart.
    """
    document = documents[composite]
    known = Known.of(values, population)
    for name in document.refers_to:
        known.add_scores(name, documents[name], scores.filter(pl.col("composite") == name))
    own = scores.filter(pl.col("composite") == composite)
    columns = None if is_mean(document, own, population, place[0]) else known.inputs(document, *place)
    if columns is None:
        return pl.DataFrame(schema=CONTRIBUTION_SCHEMA)
    among = _Among.of(document, known, own.filter(area_system=place[0], period=place[1]), place)
    drawn = known.shrunk(document, columns, place[0], among.places)
    inputs = [
        _Input(part, known.period_of(part, *place), column.of(among.places), taken)
        for part, column, taken in zip(document.inputs, columns, drawn, strict=True)
    ]
    frames = [_contributions(document, one, among) for one in inputs]
    return pl.concat(frames).sort("area", maintain_order=True)


def is_mean(document: CompositeDoc, scores: pl.DataFrame, around: Surroundings, system: str) -> bool:
    """Tell whether the scores of a system are means of those of smaller areas.

    Args:
        document: the composite.
        scores: its scores.
        around: where each area lies.
        system: the area system.
    """
    smaller = around.parents.filter(pl.col("to") == system)["area_system"].unique().to_list()
    return document.aggregate != "no" and not set(smaller).isdisjoint(scores["area_system"])


@dataclass(frozen=True, slots=True, eq=False)
class _Input:
    """One input: its own period, its values as they are published, and as the composite takes them."""

    part: InputDoc
    period: str
    column: Column
    drawn: Column


@dataclass(frozen=True, slots=True, eq=False)
class _Among:
    """The areas with a row of scores: their places among all, their codes, which have a score, what they weigh."""

    places: Places
    codes: list[str]
    scored: Flags
    weights: Numbers | None

    @classmethod
    def of(cls, document: CompositeDoc, known: Known, scores: pl.DataFrame, place: tuple[str, str]) -> _Among:
        ordered = scores.sort("area")
        places = np.searchsorted(known.codes[place[0]].astype(str), ordered["area"].to_numpy().astype(str))
        scored = ordered["score"].is_not_null().to_numpy()
        weighted = document.standardise.weighted == "population"
        weights = known.people(*place, places).value[scored] if weighted else None
        return cls(places, ordered["area"].to_list(), scored, weights)


def _contributions(document: CompositeDoc, taken: _Input, among: _Among) -> pl.DataFrame:
    """Return the rows of one input."""
    numbers = taken.drawn.value[among.scored]
    turned = numbers if taken.part.direction == "raises" else -numbers
    found = standardise(turned, document.standardise.method, weights=among.weights)
    standardised = np.full(len(among.codes), np.nan)
    if found is not None:
        standardised[among.scored] = found
    share = taken.part.weight
    if document.combine.method == "mean":
        share /= sum(part.weight for part in document.inputs)
    content = {
        "area": among.codes,
        "input": taken.part.name,
        "period": taken.period,
        "value": pl.Series(taken.column.value, nan_to_null=True),
        "status": pl.Series(STATUSES[taken.column.rank].tolist(), dtype=STATUS),
        "standardised": pl.Series(standardised, nan_to_null=True),
        "contribution": pl.Series(share * standardised, nan_to_null=True),
    }
    return pl.DataFrame(content, schema_overrides=CONTRIBUTION_SCHEMA)
